/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mime/charset.h"
#include "src/mime/header.h"

#define BAD "\xef\xbf\xbd"

struct charset_case {
	const char *octets;
	size_t len;
	const char *charset, *text;
};

#define CASE(octets, charset, text) { octets, sizeof(octets) - 1, charset, text }

static void check(const struct charset_case *c)
{
	size_t len;
	char *text = mime_to_utf8(c->octets, c->len, c->charset, &len);

	g_assert_cmpstr(text, ==, c->text);
	g_assert_cmpuint(len, ==, strlen(text));
	g_free(text);
}

static void test_to_utf8(void)
{
	static const struct charset_case cases[] = {
		CASE("", NULL, ""),
		CASE("abc", NULL, "abc"),
		CASE("caf\xc3\xa9", NULL, "café"),
		CASE("caf\xe9", NULL, "café"),
		CASE("caf\xe9", "us-ascii", "café"),
		CASE("caf\xc3\xa9", "US-ASCII", "café"),
		CASE("caf\xe9 \x80", "iso-8859-1", "café €"),
		CASE("caf\xe9", "x-unknown", "café"),
		CASE("caf\xe9", "no such charset", "café"),
		CASE("caf\xe9", "\xff\xfe''\"", "café"),
		CASE("caf\xe9", "", "café"),
		CASE("\xa4", "ISO-8859-15", "€"),
		CASE("caf\xc3\xa9", "utf8", "café"),
		CASE("caf\xc3\xa9", "\"UTF-8\"", "café"),
		CASE("a\xff\xfe" "b", "utf-8", "a" BAD BAD "b"),
		CASE("a\xe2\x82", "utf-8", "a" BAD BAD),
		CASE("\xed\xa0\x80", "utf-8", BAD BAD BAD),
		CASE("a\0b", "utf-8", "a" BAD "b"),
		CASE("a\0b", "iso-8859-1", "a" BAD "b"),
		CASE("a\0b", NULL, "a\xef\xbf\xbd" "b"),
		CASE("\xef\xbb\xbf" "a", "utf-8", "a"),
		CASE("\xf0\xd2\xc9\xd7\xc5\xd4", "KOI8-R", "Привет"),
		CASE("\xcf\xf0\xe8", "windows-1251", "При"),
		CASE("\xcf\xf0\xe8", "win1251", "При"),
		CASE("\xc4\xe3\xba\xc3", "gb2312", "你好"),
		CASE("\x95\x32\x82\x36", "gb18030", "𠀀"),
		CASE("\xc4", "gbk", BAD),
		CASE("\xbe\xc8\xb3\xe7", "euc-kr", "안녕"),
		CASE("\xbe\xc8\xb3\xe7", "ks_c_5601-1987", "안녕"),
		CASE("\x8c\x63", "euc-kr", "똠"), /* CP949 alone has it */
		CASE("\x83\x65\x83\x58\x83\x67", "Shift_JIS", "テスト"),
		CASE("\x87\x40", "shift_jis", "①"),
		CASE("\033$B%F%9%H\033(B.", "iso-2022-jp", "テスト."),
		CASE("\033$B%F\x22\x2f%H\033(B", "iso-2022-jp",
			"テ" BAD "ト"), /* the pair, not half of it */
		CASE("\033$B%F%9%H\033(B", NULL, "テスト"),
		CASE("\033[1mbold", NULL, "\033[1mbold"),
		CASE("+AOQ- x", "utf-7", "ä x"),
		CASE("+2AA-", "utf-7", BAD),
		CASE("\xff\xfe" "a\0\xe4\0", "utf-16", "aä"),
		CASE("\xfe\xff\0a\0\xe4", "utf-16", "aä"),
		CASE("\xfe\xff\0a\0\xe4", NULL, "aä"),
		CASE("a\0\0\xd8" "b\0", "utf-16le", "a" BAD "b"),
		CASE("a\0b", "utf-16le", "a" BAD),
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		check(&cases[i]);
}

static void test_long(void)
{
	GString *octets = g_string_new(NULL), *expected = g_string_new(NULL);
	size_t len;
	char *text;

	for (int i = 0; i < 20000; i++) {
		g_string_append(octets, i % 7 == 0 ? "\xc4\xe3\xff" : "\xba\xc3");
		g_string_append(expected, i % 7 == 0 ? "你" BAD : "好");
	}
	/* An octet that begins nothing must not stop what follows. */
	text = mime_to_utf8(octets->str, octets->len, "gb18030", &len);
	g_assert_cmpstr(text, ==, expected->str);
	g_free(text);
	g_string_free(octets, TRUE);
	g_string_free(expected, TRUE);
}

static void test_assumed(void)
{
	static const struct charset_case
		koi8 = CASE("\xf0\xd2\xc9", NULL, "При"),
		utf8 = CASE("\xc3\xa9", NULL, "é"),
		western = CASE("\xf0\xd2\xc9", NULL, "ðÒÉ"),
		chinese = CASE("\xc4\xe3", NULL, "你");

	mime_set_assumed_charset("utf-8:koi8-r");
	check(&koi8);
	check(&utf8);
	mime_set_assumed_charset("utf-8:no-such:gb18030:koi8-r");
	check(&chinese);
	mime_set_assumed_charset("no-such");
	check(&western);
	mime_set_assumed_charset(NULL);
	check(&western);
}

static void test_names(void)
{
	g_assert_cmpstr(mime_charset_name("UTF-8"), ==, "UTF-8");
	g_assert_cmpstr(mime_charset_name("utf8"), ==, "UTF-8");
	g_assert_cmpstr(mime_charset_name("iso-8859-1"), ==, "CP1252");
	g_assert_cmpstr(mime_charset_name("ISO_8859-1"), ==, "CP1252");
	g_assert_cmpstr(mime_charset_name("us-ascii"), ==, "CP1252");
	g_assert_cmpstr(mime_charset_name("gb2312"), ==, "GB18030");
	g_assert_cmpstr(mime_charset_name("ks_c_5601-1987"), ==, "CP949");
	g_assert_null(mime_charset_name("utf-9"));
	g_assert_null(mime_charset_name("utf-8//TRANSLIT"));
	g_assert_null(mime_charset_name(""));
	g_assert_null(mime_charset_name(NULL));
}

static void check_from(const char *utf8, const char *charset, const char *expected)
{
	char *text = mime_from_utf8(utf8, charset);

	g_assert_cmpstr(text, ==, expected);
	g_free(text);
}

static void test_from_utf8(void)
{
	check_from("café", "ISO-8859-1", "caf\xe9");
	check_from("café 你x", "ISO-8859-1", "caf\xe9 ?x");
	check_from("a\xf0\x9f\x98\x80" "b", "ANSI_X3.4-1968", "a?b");
	check_from("Привет", "KOI8-R", "\xf0\xd2\xc9\xd7\xc5\xd4");
	check_from("", "KOI8-R", "");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mime/charset/to-utf8", test_to_utf8);
	g_test_add_func("/mime/charset/long", test_long);
	g_test_add_func("/mime/charset/assumed", test_assumed);
	g_test_add_func("/mime/charset/names", test_names);
	g_test_add_func("/mime/charset/from-utf8", test_from_utf8);
	return g_test_run();
}
