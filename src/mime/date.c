/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The Date field: RFC 5322 3.3 with the obsolete forms of 4.3, and what
 * mailers made of it: dots in the time, no seconds, no space before the zone,
 * two- and three-digit years, the form of asctime(), RFC 3339.
 */
#include "src/base/base.h"
#include "src/mime/header.h"

enum { YEAR_MIN = 1900, YEAR_MAX = 9999, EPOCH_JULIAN = 719163 };

struct moment {
	int year, month, day;
	int hour, minute, second;
	int offset; /* minutes east of Greenwich */
};

static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

static const struct {
	const char *name;
	int offset;
} zones[] = {
	{ "bst", 60 }, { "cdt", -300 }, { "cest", 120 }, { "cet", 60 },
	{ "cst", -360 }, { "edt", -240 }, { "eest", 180 }, { "eet", 120 },
	{ "est", -300 }, { "gmt", 0 }, { "hst", -600 }, { "jst", 540 },
	{ "kst", 540 }, { "mdt", -360 }, { "mest", 120 }, { "met", 60 },
	{ "msd", 240 }, { "msk", 180 }, { "mst", -420 }, { "pdt", -420 },
	{ "pst", -480 }, { "ut", 0 }, { "utc", 0 }, { "west", 60 },
	{ "wet", 0 }, { "z", 0 },
};

/* Behind white space, commas and comments, which may nest. */
static const char *skip_blanks(const char *p)
{
	size_t depth = 0;

	for (; *p != '\0'; p++) {
		if (*p == '(')
			depth++;
		else if (*p == ')' && depth > 0)
			depth--;
		else if (*p == '\\' && depth > 0 && p[1] != '\0')
			p++;
		else if (depth == 0 && strchr(" \t\r\n,\"", *p) == NULL)
			break;
	}
	return p;
}

/* A number of 1 to max_digits digits; NULL if there is none or it is longer. */
static const char *read_number(const char *p, int max_digits, int *number_out)
{
	int n_digits = 0, number = 0;

	for (; g_ascii_isdigit(*p); p++) {
		if (++n_digits > max_digits)
			return NULL;
		number = number * 10 + (*p - '0');
	}
	*number_out = number;
	return n_digits > 0 ? p : NULL;
}

static size_t word_len(const char *p)
{
	size_t len = 0;

	while (g_ascii_isalpha(p[len]))
		len++;
	return len;
}

/* "Jul", "July" or "jul."; NULL if it is no month's name. */
static const char *read_month(const char *p, int *month_out)
{
	size_t len = word_len(p);

	if (len < 3)
		return NULL;
	for (int i = 0; i < 12; i++) {
		if (g_ascii_strncasecmp(p, months + 3 * i, 3) != 0)
			continue;
		*month_out = i + 1;
		return p + len + (p[len] == '.');
	}
	return NULL;
}

static const char *read_year(const char *p, int *year_out)
{
	const char *end = read_number(p, 4, year_out);

	if (end == NULL)
		return NULL;
	/* RFC 5322 4.3 */
	if (end - p <= 2)
		*year_out += *year_out < 50 ? 2000 : 1900;
	else if (end - p == 3)
		*year_out += 1900;
	return end;
}

/* "10:52", "10:52:37", "10.52.37", "10:52:37.123" */
static const char *read_time(const char *p, struct moment *moment)
{
	const char *rest;
	char mark;

	p = read_number(p, 2, &moment->hour);
	if (p == NULL || (*p != ':' && *p != '.'))
		return NULL;
	mark = *p;
	p = read_number(p + 1, 2, &moment->minute);
	if (p == NULL || *p != mark)
		return p;
	p = read_number(p + 1, 2, &moment->second);
	if (p != NULL && *p == '.')
		for (rest = p + 1; g_ascii_isdigit(*rest); rest++)
			p = rest + 1;
	return p;
}

/* "+0200", "+02:00", "+2" */
static bool read_offset(const char *p, int *offset_out)
{
	int sign = *p == '-' ? -1 : 1, hours, minutes = 0;
	const char *end = read_number(p + 1, 4, &hours);

	if (end == NULL)
		return false;
	if (end - p > 3) {
		minutes = hours % 100;
		hours /= 100;
	} else if (*end == ':' && read_number(end + 1, 2, &minutes) == NULL) {
		return false;
	}
	*offset_out = sign * (hours * 60 + minutes);
	return hours < 24 && minutes < 60;
}

/* An unknown name is Greenwich's, as RFC 5322 4.3 has it. */
static bool read_zone(const char *p, int *offset_out)
{
	size_t len;

	p = skip_blanks(p);
	len = word_len(p);
	for (size_t i = 0; i < G_N_ELEMENTS(zones); i++)
		if (strlen(zones[i].name) == len &&
			g_ascii_strncasecmp(p, zones[i].name, len) == 0)
			*offset_out = zones[i].offset;
	p = skip_blanks(p + len); /* "GMT+0200" */
	if (*p == '+' || *p == '-')
		return read_offset(p, offset_out);
	return true;
}

static const char *skip_separator(const char *p)
{
	p = skip_blanks(p);
	return *p == '-' ? skip_blanks(p + 1) : p;
}

/* "1 Jul 2003 10:52:37", the name of the day is behind us. */
static const char *read_day_first(const char *p, struct moment *moment)
{
	const char *end;

	p = read_number(p, 2, &moment->day);
	if (p != NULL)
		p = read_month(skip_separator(p), &moment->month);
	if (p != NULL)
		p = read_year(skip_separator(p), &moment->year);
	if (p == NULL)
		return NULL;
	p = skip_blanks(p);
	if (!g_ascii_isdigit(*p))
		return p;
	end = read_time(p, moment);
	return end;
}

/* "Jul  1 10:52:37 2003", "Jul 1, 2003 10:52" */
static const char *read_month_first(const char *p, struct moment *moment)
{
	const char *time_end;

	p = read_month(p, &moment->month);
	if (p != NULL)
		p = read_number(skip_blanks(p), 2, &moment->day);
	if (p == NULL)
		return NULL;
	p = skip_blanks(p);
	time_end = read_time(p, moment);
	p = read_year(skip_blanks(time_end != NULL ? time_end : p),
		&moment->year);
	if (p == NULL || time_end != NULL)
		return p;
	p = skip_blanks(p);
	return g_ascii_isdigit(*p) ? read_time(p, moment) : p;
}

/* "2003-07-01T10:52:37Z" */
static const char *read_rfc3339(const char *p, struct moment *moment)
{
	p = read_number(p, 4, &moment->year);
	if (p != NULL && *p == '-')
		p = read_number(p + 1, 2, &moment->month);
	if (p != NULL && *p == '-')
		p = read_number(p + 1, 2, &moment->day);
	if (p == NULL)
		return NULL;
	if (*p == 'T' || *p == 't')
		return read_time(p + 1, moment);
	p = skip_blanks(p);
	return g_ascii_isdigit(*p) ? read_time(p, moment) : p;
}

static const char *read_moment(const char *p, struct moment *moment)
{
	int month;
	size_t len;

	p = skip_blanks(p);
	len = word_len(p);
	if (len > 0 && read_month(p, &month) == NULL)
		p = skip_blanks(p + len + (p[len] == '.')); /* the day's name */
	if (g_ascii_isalpha(*p))
		return read_month_first(p, moment);
	if (strspn(p, "0123456789") == 4 && p[4] == '-')
		return read_rfc3339(p, moment);
	return read_day_first(p, moment);
}

static bool is_possible(const struct moment *moment)
{
	return moment->year >= YEAR_MIN && moment->year <= YEAR_MAX &&
		moment->month >= 1 && moment->month <= 12 &&
		g_date_valid_dmy(moment->day, moment->month, moment->year) &&
		moment->hour < 24 && moment->minute < 60 &&
		moment->second <= 60; /* leap seconds are counted */
}

static int64_t to_seconds(const struct moment *moment)
{
	int64_t days;
	GDate date;

	g_date_clear(&date, 1);
	g_date_set_dmy(&date, moment->day, moment->month, moment->year);
	days = (int64_t)g_date_get_julian(&date) - EPOCH_JULIAN;
	return days * 86400 + moment->hour * 3600 + moment->minute * 60 +
		moment->second - moment->offset * 60;
}

bool mime_date_parse(const char *raw, int64_t *time_out, int *offset_minutes_out)
{
	struct moment moment = { 0 };
	const char *p;

	if (raw == NULL)
		return false;
	p = read_moment(raw, &moment);
	if (p == NULL || !read_zone(p, &moment.offset) || !is_possible(&moment))
		return false;
	*time_out = to_seconds(&moment);
	if (offset_minutes_out != NULL)
		*offset_minutes_out = moment.offset;
	return true;
}
