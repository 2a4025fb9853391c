/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/date.h"

static void test_parse(void)
{
	static const struct {
		const char *text;
		int64_t time;
		int offset;
	} table[] = {
		{ "17-Jul-1996 02:44:25 -0700", 837596665, -420 },
		{ " 1-Jan-1970 00:00:00 +0000", 0, 0 },
		{ "01-Jan-1970 00:00:00 +0000", 0, 0 },
		{ "1-Jan-1970 00:00:00 +0000", 0, 0 },
		{ "31-Dec-1969 23:59:59 +0000", -1, 0 },
		{ "29-feb-2024 12:00:00 +0530", 1709188200, 330 },
		{ "31-Dec-2016 23:59:60 +0000", 1483228800, 0 },
		{ "19-Jan-2038 03:14:08 +0000", 2147483648, 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		int64_t time;
		int offset;

		g_assert_true(imap_date_time_parse(table[i].text, &time,
			&offset));
		g_assert_cmpint(time, ==, table[i].time);
		g_assert_cmpint(offset, ==, table[i].offset);
	}
}

static void test_invalid(void)
{
	static const char *const table[] = { "", " ", "17-Jul-1996",
		"17-Jul-1996 02:44:25", "17-Jul-1996 02:44:25 0700",
		"17-Jul-1996 02:44:25 -070", "17-Jul-1996 02:44:25 -0760",
		"17-Jul-1996 24:00:00 +0000", "17-Jul-1996 02:60:00 +0000",
		"17-Jul-1996 02:44:61 +0000", "30-Feb-2024 00:00:00 +0000",
		"29-Feb-2023 00:00:00 +0000", "0-Jan-2023 00:00:00 +0000",
		"1-Foo-2023 00:00:00 +0000", "1-Jan-0000 00:00:00 +0000",
		"1-Jan-23 00:00:00 +0000", "17-Jul-1996 02:44:25 -0700x",
		"111-Jul-1996 02:44:25 -0700", "Wed, 17 Jul 1996 02:44:25" };

	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		int64_t time;
		int offset;

		g_assert_false(imap_date_time_parse(table[i], &time, &offset));
	}
}

static void assert_format(int64_t time, int offset, const char *text)
{
	char *str = imap_date_time_format(time, offset);

	g_assert_cmpstr(str, ==, text);
	g_free(str);
}

static void test_format(void)
{
	char *date = imap_date_format(2024, 2, 9);

	assert_format(837596665, -420, "17-Jul-1996 02:44:25 -0700");
	assert_format(0, 0, " 1-Jan-1970 00:00:00 +0000");
	assert_format(0, -30, "31-Dec-1969 23:30:00 -0030");
	assert_format(INT64_MAX, 60, "31-Dec-9999 23:59:59 +0100");
	assert_format(INT64_MIN, -60, " 1-Jan-0001 00:00:00 -0100");
	g_assert_cmpstr(date, ==, "9-Feb-2024");
	g_free(date);
}

static void test_round_trip(void)
{
	for (int round = 0; round < 5000; round++) {
		int64_t time =
			((int64_t)g_test_rand_int() - INT32_MAX / 4) * 20 +
			g_test_rand_int_range(0, 60);
		int offset = g_test_rand_int_range(-14 * 60, 14 * 60 + 1);
		char *text = imap_date_time_format(time, offset);
		int64_t time_again;
		int offset_again;

		g_assert_cmpuint(strlen(text), ==, 26);
		g_assert_true(imap_date_time_parse(text, &time_again,
			&offset_again));
		g_assert_cmpint(offset_again, ==, offset);
		g_assert_cmpint(time_again, ==, time);
		g_free(text);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/imap/date/parse", test_parse);
	g_test_add_func("/imap/date/invalid", test_invalid);
	g_test_add_func("/imap/date/format", test_format);
	g_test_add_func("/imap/date/round-trip", test_round_trip);
	return g_test_run();
}
