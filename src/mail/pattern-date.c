/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ranges of patterns, of numbers and of dates. Days begin and end by the clock
 * of this computer; both ends of a range are in it.
 */
#include "src/base/base.h"
#include "src/mail/pattern-private.h"

enum {
	OFFSET_MAX = 100000, /* of any unit */
	NUMBER_DIGITS_MAX = 12,
};

/* --- numbers ------------------------------------------------------------- */

bool pattern_number_read(const char **at_io, int64_t *number_out)
{
	const char *at = *at_io;
	int64_t number = 0;
	int shift;

	while (g_ascii_isdigit(*at) && at - *at_io < NUMBER_DIGITS_MAX)
		number = number * 10 + (*at++ - '0');
	if (at == *at_io || g_ascii_isdigit(*at))
		return false;
	switch (g_ascii_tolower(*at)) {
	case 'k':
		shift = 10;
		break;
	case 'm':
		shift = 20;
		break;
	case 'g':
		/* 10^12 times 2^20 is the most that surely fits. */
		if (number > INT64_MAX >> 30)
			return false;
		shift = 30;
		break;
	default:
		shift = 0;
	}
	*number_out = number << shift;
	*at_io = at + (shift > 0);
	return true;
}

static bool read_bounds(const char *at, struct pattern_range *range)
{
	bool has_min = pattern_number_read(&at, &range->min);

	if (has_min && *at == '\0') {
		range->max = range->min;
		return true;
	}
	if (*at != '-' && *at != ',')
		return false;
	at++;
	if (*at == '\0')
		return has_min;
	return pattern_number_read(&at, &range->max) && *at == '\0';
}

bool pattern_range_parse(const char *text, struct pattern_range *range_out)
{
	const char *at = text + 1;
	int64_t number;

	*range_out = (struct pattern_range){ INT64_MIN, INT64_MAX };
	if (*text != '<' && *text != '>')
		return read_bounds(text, range_out);
	if (!pattern_number_read(&at, &number) || *at != '\0')
		return false;
	if (*text == '<')
		range_out->max = number - 1;
	else
		range_out->min = number + 1;
	return true;
}

/* --- dates --------------------------------------------------------------- */

/* The three take the date that is given to them; NULL stays NULL. */
static GDateTime *midnight(GDateTime *date_take)
{
	GDateTime *result;
	int year, month, day;

	if (date_take == NULL)
		return NULL;
	g_date_time_get_ymd(date_take, &year, &month, &day);
	result = g_date_time_new_local(year, month, day, 0, 0, 0);
	g_date_time_unref(date_take);
	return result;
}

static GDateTime *shift(GDateTime *date_take, int n, char unit)
{
	GDateTime *result = NULL;

	if (date_take == NULL)
		return NULL;
	switch (unit) {
	case 'y':
		result = g_date_time_add_years(date_take, n);
		break;
	case 'm':
		result = g_date_time_add_months(date_take, n);
		break;
	case 'w':
		result = g_date_time_add_weeks(date_take, n);
		break;
	case 'd':
		result = g_date_time_add_days(date_take, n);
		break;
	}
	g_date_time_unref(date_take);
	return result;
}

static bool to_seconds(GDateTime *date_take, int64_t *seconds_out)
{
	if (date_take == NULL)
		return false;
	*seconds_out = g_date_time_to_unix(date_take);
	g_date_time_unref(date_take);
	return true;
}

static GDateTime *local(int64_t seconds)
{
	return g_date_time_new_from_unix_local(seconds);
}

static bool day_of(int64_t seconds, struct pattern_range *day_out)
{
	if (!to_seconds(midnight(local(seconds)), &day_out->min) ||
		!to_seconds(midnight(shift(local(seconds), 1, 'd')),
			&day_out->max))
		return false;
	day_out->max--;
	return true;
}

static int seconds_of_unit(char unit)
{
	switch (unit) {
	case 'H':
		return 3600;
	case 'M':
		return 60;
	case 'S':
		return 1;
	}
	return 0;
}

/* "2w"; false if there is none, *at_io then as it was. */
static bool read_offset(const char **at_io, int *n_out, char *unit_out)
{
	const char *at = *at_io;
	int n = 0;

	while (g_ascii_isdigit(*at) && n <= OFFSET_MAX)
		n = n * 10 + (*at++ - '0');
	if (at == *at_io || n > OFFSET_MAX || *at == '\0' ||
		strchr("ymwdHMS", *at) == NULL)
		return false;
	*n_out = n;
	*unit_out = *at;
	*at_io = at + 1;
	return true;
}

static bool move(int64_t *seconds_io, int n, char unit)
{
	int length = seconds_of_unit(unit);

	if (length == 0)
		return to_seconds(shift(local(*seconds_io), n, unit),
			seconds_io);
	*seconds_io += (int64_t)n * length;
	return true;
}

/* The day, hour, minute or second that was so long ago. */
static bool unit_ago(int64_t now, int n, char unit,
	struct pattern_range *unit_out)
{
	int length = seconds_of_unit(unit);

	if (!move(&now, -n, unit))
		return false;
	if (length == 0)
		return day_of(now, unit_out);
	unit_out->min = now - now % length;
	unit_out->max = unit_out->min + length - 1;
	return true;
}

/* "<2d": after the day before yesterday. "<2H": in the last 7200 seconds. */
static bool parse_relative(const char *text, int64_t now,
	struct pattern_range *range)
{
	const char *at = text + 1;
	struct pattern_range whole;
	char unit;
	int n;

	if (!read_offset(&at, &n, &unit) || *at != '\0' ||
		!unit_ago(now, n, unit, &whole))
		return false;
	if (seconds_of_unit(unit) != 0 && *text != '=') {
		whole.max = now - (int64_t)n * seconds_of_unit(unit);
		whole.min = whole.max;
	}
	if (*text == '=')
		*range = whole;
	else if (*text == '<')
		range->min = whole.max + 1;
	else
		range->max = whole.max;
	return true;
}

static bool read_digits(const char **at_io, int n_min, int n_max, int *out)
{
	const char *at = *at_io;
	int number = 0;

	while (g_ascii_isdigit(*at) && at - *at_io < n_max)
		number = number * 10 + (*at++ - '0');
	if (at - *at_io < n_min || g_ascii_isdigit(*at))
		return false;
	*out = number;
	*at_io = at;
	return true;
}

static bool read_iso(const char **at_io, int *year, int *month, int *day)
{
	const char *at = *at_io;
	int y, m, d;

	if (!read_digits(&at, 4, 4, &y) || *at++ != '-' ||
		!read_digits(&at, 2, 2, &m) || *at++ != '-' ||
		!read_digits(&at, 2, 2, &d))
		return false;
	*year = y;
	*month = m;
	*day = d;
	*at_io = at;
	return true;
}

static bool read_compact(const char **at_io, int *year, int *month, int *day)
{
	int number;

	if (!read_digits(at_io, 8, 8, &number))
		return false;
	*year = number / 10000;
	*month = number / 100 % 100;
	*day = number % 100;
	return true;
}

/* "31", "31/1", "31/1/26" and "31/1/2026"; what is left out is now's. */
static bool read_slashes(const char **at_io, int *year, int *month, int *day)
{
	const char *start;

	if (!read_digits(at_io, 1, 2, day))
		return false;
	if (**at_io != '/')
		return true;
	++*at_io;
	if (!read_digits(at_io, 1, 2, month))
		return false;
	if (**at_io != '/')
		return true;
	start = ++*at_io;
	if (!read_digits(at_io, 2, 4, year) || *at_io - start == 3)
		return false;
	if (*at_io - start == 2)
		*year += *year < 70 ? 2000 : 1900;
	return true;
}

static bool read_day(const char **at_io, int64_t now,
	struct pattern_range *day_out)
{
	GDateTime *today = local(now);
	int year, month, day;

	if (today == NULL)
		return false;
	g_date_time_get_ymd(today, &year, &month, &day);
	g_date_time_unref(today);
	if (!read_iso(at_io, &year, &month, &day) &&
		!read_compact(at_io, &year, &month, &day) &&
		!read_slashes(at_io, &year, &month, &day))
		return false;
	return to_seconds(g_date_time_new_local(year, month, day, 0, 0, 0),
			&day_out->min) &&
		day_of(day_out->min, day_out);
}

/* "*" or nothing is no bound. */
static bool is_open(const char **at_io)
{
	if (**at_io == '*' && ((*at_io)[1] == '\0' || (*at_io)[1] == '-'))
		++*at_io;
	else if (**at_io != '\0' && **at_io != '-')
		return false;
	return true;
}

/* "-" and what follows it: the end of the range. */
static bool read_end(const char **at_io, int64_t now,
	struct pattern_range *range)
{
	struct pattern_range day;

	++*at_io;
	if (is_open(at_io)) {
		range->max = INT64_MAX;
		return true;
	}
	if (!read_day(at_io, now, &day))
		return false;
	if (day.max < range->min) {
		range->max = MAX(range->max, day.max);
		range->min = day.min;
	} else {
		range->max = day.max;
	}
	return true;
}

/* "+2w" makes the range end later, "-2w" begin earlier, "*2w" both. */
static bool read_margin(const char **at_io, struct pattern_range *range)
{
	const char *at = *at_io + 1;
	char sign = **at_io, unit;
	int n;

	if (strchr("+-*", sign) == NULL || !read_offset(&at, &n, &unit))
		return false;
	*at_io = at;
	return (sign == '-' || range->max == INT64_MAX ||
			move(&range->max, n, unit)) &&
		(sign == '+' || range->min == INT64_MIN ||
			move(&range->min, -n, unit));
}

static bool parse_absolute(const char *at, int64_t now,
	struct pattern_range *range)
{
	bool has_end = false;

	if (*at == '\0' || g_str_equal(at, "-"))
		return false;
	if (!is_open(&at) && !read_day(&at, now, range))
		return false;
	while (*at != '\0') {
		if (read_margin(&at, range))
			continue;
		if (has_end || *at != '-' || !read_end(&at, now, range))
			return false;
		has_end = true;
	}
	/* Neither "*" nor "-2w" is all there ever was. */
	return range->min != INT64_MIN || range->max != INT64_MAX;
}

bool pattern_dates_parse(const char *text, int64_t now,
	struct pattern_range *range_out, bool *is_relative_out)
{
	*range_out = (struct pattern_range){ INT64_MIN, INT64_MAX };
	*is_relative_out = *text != '\0' && strchr("<>=", *text) != NULL;
	return *is_relative_out ? parse_relative(text, now, range_out) :
		parse_absolute(text, now, range_out);
}

/* "<1d" means another day tomorrow. */
const struct pattern_range *pattern_dates_now(struct pattern_dates *dates,
	int64_t now)
{
	if (dates->is_relative && now != dates->counted_at) {
		pattern_dates_parse(dates->text, now, &dates->range,
			&dates->is_relative);
		dates->counted_at = now;
	}
	return &dates->range;
}
