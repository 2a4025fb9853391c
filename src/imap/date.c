/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/date.h"

enum {
	DAY = 24 * 60 * 60,
	JULIAN_1970 = 719163, /* GDate's day number of 1970-01-01 */
};

/* date-month */
static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* Exactly n digits; -1 if there are fewer. */
static int read_digits(const char **at_io, int n)
{
	int value = 0;

	for (; n > 0; n--, (*at_io)++) {
		if (!g_ascii_isdigit(**at_io))
			return -1;
		value = value * 10 + (**at_io - '0');
	}
	return value;
}

static bool read_char(const char **at_io, char c)
{
	if (**at_io != c)
		return false;
	(*at_io)++;
	return true;
}

static int read_month(const char **at_io)
{
	for (int i = 0; i < 12; i++)
		if (g_ascii_strncasecmp(*at_io, months[i], 3) == 0) {
			*at_io += 3;
			return i + 1;
		}
	return -1;
}

/* date-day-fixed "-" date-month "-" date-year; the day as GDate counts them. */
static bool read_date(const char **at_io, int64_t *julian_out)
{
	int day, month, year;
	GDate date;

	while (**at_io == ' ')
		(*at_io)++;
	/* Some servers send one digit without the space. */
	day = read_digits(at_io, g_ascii_isdigit((*at_io)[0]) &&
		g_ascii_isdigit((*at_io)[1]) ? 2 : 1);
	if (day < 0 || !read_char(at_io, '-'))
		return false;
	month = read_month(at_io);
	if (month < 0 || !read_char(at_io, '-'))
		return false;
	year = read_digits(at_io, 4);
	if (year < 1 || !g_date_valid_dmy((GDateDay)day, month,
		(GDateYear)year))
		return false;
	g_date_clear(&date, 1);
	g_date_set_dmy(&date, (GDateDay)day, month, (GDateYear)year);
	*julian_out = g_date_get_julian(&date);
	return true;
}

/* time = 2DIGIT ":" 2DIGIT ":" 2DIGIT, a leap second included */
static bool read_time(const char **at_io, int *seconds_out)
{
	int hour, minute, second;

	hour = read_digits(at_io, 2);
	if (hour < 0 || hour > 23 || !read_char(at_io, ':'))
		return false;
	minute = read_digits(at_io, 2);
	if (minute < 0 || minute > 59 || !read_char(at_io, ':'))
		return false;
	second = read_digits(at_io, 2);
	if (second < 0 || second > 60)
		return false;
	*seconds_out = (hour * 60 + minute) * 60 + second;
	return true;
}

/* zone = ("+" / "-") 4DIGIT */
static bool read_zone(const char **at_io, int *minutes_out)
{
	bool is_west = **at_io == '-';
	int hours, minutes;

	if (!is_west && **at_io != '+')
		return false;
	(*at_io)++;
	hours = read_digits(at_io, 2);
	minutes = hours < 0 ? -1 : read_digits(at_io, 2);
	if (minutes < 0 || minutes > 59)
		return false;
	*minutes_out = (hours * 60 + minutes) * (is_west ? -1 : 1);
	return true;
}

bool imap_date_time_parse(const char *str, int64_t *time_out, int *offset_out)
{
	int64_t julian;
	int seconds, offset;

	if (!read_date(&str, &julian) || !read_char(&str, ' ') ||
		!read_time(&str, &seconds) || !read_char(&str, ' ') ||
		!read_zone(&str, &offset) || *str != '\0')
		return false;
	*time_out = (julian - JULIAN_1970) * DAY + seconds - offset * 60;
	*offset_out = offset;
	return true;
}

char *imap_date_time_format(int64_t time, int offset)
{
	/* What four digits of a year can say. */
	const int64_t min = -(int64_t)(JULIAN_1970 - 1) * DAY;
	const int64_t max = (int64_t)2932897 * DAY - 1; /* 9999-12-31 */
	int64_t local;
	int seconds, zone;
	GDate date;

	offset = CLAMP(offset, -99 * 60, 99 * 60);
	zone = ABS(offset);
	local = CLAMP(time, min, max) + offset * 60;
	local = CLAMP(local, min, max);
	g_date_clear(&date, 1);
	g_date_set_julian(&date,
		(guint32)((local - min) / DAY + 1));
	seconds = (int)((local - min) % DAY);
	return g_strdup_printf("%2d-%s-%04d %02d:%02d:%02d %c%02d%02d",
		g_date_get_day(&date), months[g_date_get_month(&date) - 1],
		g_date_get_year(&date), seconds / 3600, seconds / 60 % 60,
		seconds % 60, offset < 0 ? '-' : '+', zone / 60, zone % 60);
}

char *imap_date_format(int year, int month, int day)
{
	return g_strdup_printf("%d-%s-%04d", day,
		months[CLAMP(month, 1, 12) - 1], year);
}
