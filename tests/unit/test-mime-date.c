/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mime/header.h"

enum { JULY = 1057049557 }; /* 2003-07-01 08:52:37 UTC */

static void test_good(void)
{
	static const struct {
		const char *raw;
		int64_t time;
		int offset;
	} cases[] = {
		{ "Tue, 1 Jul 2003 10:52:37 +0200", JULY, 120 },
		{ "Tue, 01 Jul 2003 10:52:37 +0200", JULY, 120 },
		{ "1 Jul 2003 10:52:37 +0200", JULY, 120 },
		{ " Tue,\r\n 1 Jul 2003\r\n\t10:52:37 +0200 (CEST)\r\n", JULY, 120 },
		{ "Tue (a (nested\\) comment)), 1 (x) Jul (y) 2003 10:52:37 (z) +0200",
			JULY, 120 },
		{ "Tue, 1 Jul 2003 10:52 +0200", JULY - 37, 120 },
		{ "Tue, 1 Jul 03 10:52:37 +0200", JULY, 120 },
		{ "Tue, 1 Jul 103 10:52:37 +0200", JULY, 120 },
		{ "Tuesday, 1 July 2003 10:52:37 +0200", JULY, 120 },
		{ "tue, 1 jul 2003 10:52:37 +0200", JULY, 120 },
		{ "Tue 1 Jul 2003 10.52.37 +0200", JULY, 120 },
		{ "Tue,1 Jul 2003 10:52:37+0200", JULY, 120 },
		{ "Tue, 1 Jul 2003 10:52:37 +02:00", JULY, 120 },
		{ "Tue, 1 Jul 2003 10:52:37 GMT+0200", JULY, 120 },
		{ "Tue, 1-Jul-2003 08:52:37", JULY, 0 },
		{ "Tue, 1 Jul 2003 08:52:37 GMT", JULY, 0 },
		{ "Tue, 1 Jul 2003 08:52:37 -0000", JULY, 0 },
		{ "Tue, 1 Jul 2003 08:52:37 Z", JULY, 0 },
		{ "Tue, 1 Jul 2003 08:52:37 A", JULY, 0 },
		{ "Tue, 1 Jul 2003 08:52:37 Nowhere", JULY, 0 },
		{ "Tue, 1 Jul 2003 08:52:37.123 +0000", JULY, 0 },
		{ "Tue, 1 Jul 2003 04:52:37 EDT", JULY, -240 },
		{ "Tue, 1 Jul 2003 01:52:37 pdt", JULY, -420 },
		{ "Tue, 1 Jul 2003 10:52:37 \"CEST\"", JULY, 120 },
		{ "Tue, 1 Jul 2003 14:22:37 +0530", JULY, 330 },
		{ "Tue, 1 Jul 2003 05:22:37 -0330", JULY, -210 },
		{ "Tue Jul  1 10:52:37 2003 +0200", JULY, 120 },
		{ "Tue Jul  1 08:52:37 2003", JULY, 0 },
		{ "Jul 1, 2003 08:52:37", JULY, 0 },
		{ "2003-07-01T08:52:37Z", JULY, 0 },
		{ "2003-07-01 10:52:37 +0200", JULY, 120 },
		{ "Tue, 1 Jul 2003", JULY - 8 * 3600 - 52 * 60 - 37, 0 },
		{ "Thu, 1 Jan 1970 00:00:00 +0000", 0, 0 },
		{ "Wed, 31 Dec 69 23:59:59 +0000", -1, 0 },
		{ "29 Feb 2004 00:00:00 +0000", 1078012800, 0 },
		{ "Sat, 31 Dec 2016 23:59:60 +0000", 1483228800, 0 },
		{ "19 Jan 2038 03:14:08 +0000", INT64_C(2147483648), 0 },
		{ "31 Dec 9999 23:59:59 +0000", INT64_C(253402300799), 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		int64_t time = -7;
		int offset = -7;

		g_test_message("%s", cases[i].raw);
		g_assert_true(mime_date_parse(cases[i].raw, &time, &offset));
		g_assert_cmpint(time, ==, cases[i].time);
		g_assert_cmpint(offset, ==, cases[i].offset);
		g_assert_true(mime_date_parse(cases[i].raw, &time, NULL));
	}
}

static void test_bad(void)
{
	static const char *const cases[] = {
		"", " ", "(", "hello", "Tue", "Tue,", "1", "1 Jul", "Jul", "Jul 1",
		"1 Foo 2003 10:00:00 +0000", "0 Jul 2003 10:00:00 +0000",
		"31 Feb 2003 10:00:00 +0000", "29 Feb 2003 10:00:00 +0000",
		"32 Jul 2003 10:00:00 +0000", "1 Jul 2003 24:00:00 +0000",
		"1 Jul 2003 10:60:00 +0000", "1 Jul 2003 10:00:61 +0000",
		"1 Jul 2003 10:00:00 +9999", "1 Jul 2003 10:00:00 +0060",
		"1 Jul 2003 10:00:00 +99999999999999999999",
		"1 Jul 99999 10:00:00 +0000", "1 Jul 1003 10:00:00 +0000",
		"99999999999999999999 Jul 2003 10:00:00", "1 Jul 2003 1:",
		"1 Jul 2003 100:00:00", "2003-13-01T00:00:00Z", "-1 Jul 2003",
		"\xff\xfe", "((((((((((",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		int64_t time = -7;
		int offset = -7;

		g_test_message("%s", cases[i]);
		g_assert_false(mime_date_parse(cases[i], &time, &offset));
		g_assert_cmpint(time, ==, -7);
	}
	g_assert_false(mime_date_parse(NULL, NULL, NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mime/date/good", test_good);
	g_test_add_func("/mime/date/bad", test_bad);
	return g_test_run();
}
