/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/pattern-range.h"

enum { NUMBER_MAX = 1000000000 };

bool pattern_range_has(const struct pattern_range *range, int64_t n)
{
	return n >= range->min && n <= range->max;
}

/* Digits; advances. */
static bool get_digits(const char **at_io, int64_t *n_out)
{
	int64_t n = 0;

	if (!g_ascii_isdigit(**at_io))
		return false;
	for (; g_ascii_isdigit(**at_io); ++*at_io) {
		n = n * 10 + (**at_io - '0');
		if (n > (int64_t)NUMBER_MAX * 1000)
			return false;
	}
	*n_out = n;
	return true;
}

static bool get_number(const char **at_io, int64_t *n_out)
{
	if (!get_digits(at_io, n_out))
		return false;
	if (**at_io == 'K' || **at_io == 'k') {
		*n_out *= 1024;
		++*at_io;
	} else if (**at_io == 'M' || **at_io == 'm') {
		*n_out *= 1024 * 1024;
		++*at_io;
	}
	return true;
}

bool pattern_range_parse_numbers(struct pattern_range *range_out, const char *text)
{
	const char *at = text;
	int64_t n;

	*range_out = (struct pattern_range){ 0, INT64_MAX };
	if (*at == '<' || *at == '>') {
		bool is_less = *at++ == '<';

		if (!get_number(&at, &n) || *at != '\0')
			return false;
		if (is_less)
			range_out->max = n - 1;
		else
			range_out->min = n + 1;
		return true;
	}
	if (*at != '-') {
		if (!get_number(&at, &range_out->min))
			return false;
		range_out->max = range_out->min;
		if (*at == '\0')
			return true;
	}
	if (*at++ != '-')
		return false;
	range_out->max = INT64_MAX;
	if (*at == '\0' || strcmp(at, "*") == 0)
		return at > text + 1;
	return get_number(&at, &range_out->max) && *at == '\0' &&
		range_out->min <= range_out->max;
}

/* --- dates ------------------------------------------------------------------------ */

/* The day of a moment, at its first second. */
static GDateTime *start_of_day(GDateTime *moment)
{
	return g_date_time_new_local(g_date_time_get_year(moment),
		g_date_time_get_month(moment),
		g_date_time_get_day_of_month(moment), 0, 0, 0);
}

static GDateTime *add_unit(GDateTime *moment, int n, char unit)
{
	switch (unit) {
	case 'y':
		return g_date_time_add_years(moment, n);
	case 'm':
		return g_date_time_add_months(moment, n);
	case 'w':
		return g_date_time_add_weeks(moment, n);
	case 'd':
		return g_date_time_add_days(moment, n);
	case 'H':
		return g_date_time_add_hours(moment, n);
	case 'M':
		return g_date_time_add_minutes(moment, n);
	case 'S':
		return g_date_time_add_seconds(moment, n);
	default:
		return NULL;
	}
}

/* "+2w-1d": takes the moment, gives the moved one or NULL. */
static GDateTime *apply_offsets(GDateTime *moment_take, const char **at_io,
	char *unit_out)
{
	while (moment_take != NULL && (**at_io == '+' || **at_io == '-')) {
		bool is_minus = **at_io == '-';
		const char *at = *at_io + 1;
		GDateTime *moved;
		int64_t n;

		/* A "-" may also stand between two dates. */
		if (!get_digits(&at, &n) || n > 100000 ||
			strchr("ymwdHMS", *at) == NULL || *at == '\0')
			break;
		moved = add_unit(moment_take, is_minus ? -(int)n : (int)n, *at);
		*unit_out = *at;
		g_date_time_unref(moment_take);
		moment_take = moved;
		*at_io = at + 1;
	}
	return moment_take;
}

static bool next_number(const char **at_io, int *n_out)
{
	int64_t n;

	if (!get_digits(at_io, &n) || n > 99999999)
		return false;
	*n_out = (int)n;
	return true;
}

/* "24", "24/12", "24/12/2026", "20261224". */
static GDateTime *parse_day(const char **at_io, GDateTime *now)
{
	int day, month = g_date_time_get_month(now);
	int year = g_date_time_get_year(now);

	if (!next_number(at_io, &day))
		return NULL;
	if (day > 10000000) {
		year = day / 10000;
		month = day / 100 % 100;
		day %= 100;
	} else if (**at_io == '/') {
		++*at_io;
		if (!next_number(at_io, &month))
			return NULL;
		if (**at_io == '/') {
			++*at_io;
			if (!next_number(at_io, &year))
				return NULL;
			if (year < 70)
				year += 2000;
			else if (year < 100)
				year += 1900;
		}
	}
	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
		day > 31)
		return NULL;
	return g_date_time_new_local(year, month, day, 0, 0, 0);
}

static int64_t last_second(GDateTime *day)
{
	GDateTime *next = g_date_time_add_days(day, 1);
	int64_t seconds = next == NULL ? INT64_MAX :
		g_date_time_to_unix(next) - 1;

	if (next != NULL)
		g_date_time_unref(next);
	return seconds;
}

/* "<1w", ">3m", "=1d". */
static bool parse_relative(struct pattern_range *range, const char *text,
	GDateTime *now)
{
	const char *at = text + 1;
	bool is_time;
	GDateTime *moment, *day;
	int64_t n;
	char unit;

	if (!get_digits(&at, &n) || n > 100000 || at[0] == '\0' || at[1] != '\0')
		return false;
	unit = at[0];
	is_time = strchr("HMS", unit) != NULL;
	moment = add_unit(now, -(int)n, unit);
	if (moment == NULL)
		return false;
	day = is_time ? g_date_time_ref(moment) : start_of_day(moment);
	if (text[0] == '<')
		range->min = g_date_time_to_unix(day);
	else if (text[0] == '>')
		range->max = g_date_time_to_unix(is_time ? moment : day) - 1;
	else {
		range->min = g_date_time_to_unix(day);
		range->max = is_time ? range->min + 59 : last_second(day);
	}
	g_date_time_unref(day);
	g_date_time_unref(moment);
	return true;
}

static bool parse_until(struct pattern_range *range, const char **at_io,
	GDateTime *now)
{
	char unit = 'd';
	GDateTime *day;

	if (strcmp(*at_io, "*") == 0 || **at_io == '\0') {
		*at_io += strlen(*at_io);
		range->max = INT64_MAX;
		return true;
	}
	day = apply_offsets(parse_day(at_io, now), at_io, &unit);
	if (day == NULL)
		return false;
	range->max = last_second(day);
	g_date_time_unref(day);
	return true;
}

/* "D", "D-D", "D-*", "*-D", "-D". */
static bool parse_absolute(struct pattern_range *range, const char *text,
	GDateTime *now)
{
	const char *at = text;
	char unit = 'd';
	GDateTime *day;

	if (*at == '*')
		at++;
	if (*at == '-' && at[1] != '\0') {
		at++;
		return parse_until(range, &at, now) && *at == '\0';
	}
	if (at != text)
		return false;
	day = apply_offsets(parse_day(&at, now), &at, &unit);
	if (day == NULL)
		return false;
	range->min = g_date_time_to_unix(day);
	range->max = last_second(day);
	g_date_time_unref(day);
	if (*at == '\0')
		return true;
	if (*at++ != '-')
		return false;
	return parse_until(range, &at, now) && *at == '\0' &&
		range->min <= range->max;
}

bool pattern_range_parse_dates(struct pattern_range *range_out, const char *text,
	int64_t now)
{
	GDateTime *moment = g_date_time_new_from_unix_local(now);
	bool is_good;

	*range_out = (struct pattern_range){ INT64_MIN, INT64_MAX };
	if (moment == NULL)
		return false;
	if (text[0] == '<' || text[0] == '>' || text[0] == '=')
		is_good = parse_relative(range_out, text, moment);
	else
		is_good = parse_absolute(range_out, text, moment);
	g_date_time_unref(moment);
	return is_good;
}
