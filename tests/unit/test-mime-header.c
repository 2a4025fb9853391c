/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/envelope.h"
#include "src/mime/header.h"

static void test_decode(void)
{
	static const struct {
		const char *raw, *text;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ " folded\r\n here\r\n\tand there\r\n", "folded here and there" },
		{ "two\nlines\rthree", "two lines three" },
		/* encoded words */
		{ "=?utf-8?Q?caf=C3=A9?=", "café" },
		{ "=?UTF-8?b?Y2Fmw6k=?=", "café" },
		{ "=?iso-8859-1?q?a_b=20c?=", "a b c" },
		{ "=?iso-8859-1?q?=80uro?=", "€uro" },
		{ "=?us-ascii*en?q?hello?=", "hello" },
		{ "a =?utf-8?q?b?= c", "a b c" },
		{ "=?utf-8?q?a?= =?utf-8?q?b?=", "ab" },
		{ "=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab" },
		{ "=?utf-8?q?a?= x =?utf-8?q?b?=", "a x b" },
		{ "=?utf-8?q?a?==?utf-8?q?b?=", "ab" },
		{ "=?koi8-r?B?8NLJ18XU?= =?utf-8?q?_=D0=BC=D0=B8=D1=80?=",
			"Привет мир" },
		{ "=?ISO-2022-JP?B?GyRCJUYlOSVIGyhC?=", "テスト" },
		{ "=?gb2312?B?xOO6ww==?=", "你好" },
		{ "=?ks_c_5601-1987?B?vsiz5w==?=", "안녕" },
		{ "=?utf-7?Q?+AOQ-?= =?utf-7?Q?+AOQ-?=", "ää" },
		/* what mailers do */
		{ "=?utf-8?Q?=C3?= =?utf-8?Q?=A4?=", "ä" },
		{ "=?utf-8?B?w?= =?UTF-8?B?6Q==?=", "ä" },
		{ "=?utf-8?B?YQ?= =?utf-8?B?YQ?=", "aa" },
		{ "=?utf-8?B?4pyT4p?= =?utf-8?B?yTIQ==?=", "✓✓!" },
		{ "=?ISO-2022-JP?B?GyRCJUYl?= =?ISO-2022-JP?B?OSVIGyhC?=",
			"テスト" },
		{ "\"=?utf-8?q?=C3=A4?=\" <x@y>", "\"ä\" <x@y>" },
		{ "pre=?utf-8?q?a?=post", "preapost" },
		{ "=?utf-8?Q?spaces in it?=", "spaces in it" },
		{ "=?utf-8?Q?is it ?\?=", "is it ?" },
		{ "=?utf-8?Q?\?=x", "x" },
		{ "=?utf-8?Q?a=0D=0Ab=00c?=", "a  b\xef\xbf\xbd" "c" },
		{ "=?utf-8?Q?bad =ZZ =4?=", "bad =ZZ =4" },
		{ "=?utf-8?B?!!Y*Q==?=", "a" },
		{ "=?x-nowhere?Q?a=E9?=", "aé" },
		{ "=?utf-8?Q?=FFx?=", "\xef\xbf\xbdx" },
		{ "caf\xc3\xa9", "café" },
		{ "caf\xe9", "café" },
		{ "=?utf-8?q?unfinished", "=?utf-8?q?unfinished" },
		{ "=?utf-8?x?a?=", "=?utf-8?x?a?=" },
		{ "=?utf-8?q?one =?utf-8?q?two?=", "=?utf-8?q?one two" },
		{ "=?=?=?", "=?=?=?" },
		{ "a\xe2\x80\xa8" "b", "a b" },
	};

	g_assert_null(mime_header_decode(NULL));
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *text = mime_header_decode(cases[i].raw);

		g_assert_cmpstr(text, ==, cases[i].text);
		g_free(text);
	}
}

static void test_decode_is_linear(void)
{
	static const char *const units[] = {
		"=?", "=?a?q?", "=?a?q?b?=", "=?a?q?b?= ", "=", "?=", "\r\n ",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
		GString *raw = g_string_new(NULL);
		char *text;

		while (raw->len < 300000)
			g_string_append(raw, units[i]);
		text = mime_header_decode(raw->str);
		g_assert_true(g_utf8_validate(text, -1, NULL));
		g_free(text);
		g_string_free(raw, TRUE);
	}
}

static void test_address(void)
{
	static const struct {
		struct imap_address address;
		const char *name, *format;
	} cases[] = {
		{ { "Ada", "ada", "example.org" }, "Ada", "Ada <ada@example.org>" },
		{ { NULL, "ada", "example.org" }, "ada@example.org",
			"ada@example.org" },
		{ { "", "ada", "example.org" }, "ada@example.org",
			"ada@example.org" },
		{ { "\"Ada\"", "ada", "x.org" }, "Ada", "Ada <ada@x.org>" },
		{ { "'Ada L'", "ada", "x.org" }, "Ada L", "Ada L <ada@x.org>" },
		{ { "=?utf-8?q?J=C3=BCrgen?=", "j", "x.org" }, "Jürgen",
			"Jürgen <j@x.org>" },
		{ { "J\xfcrgen", "j", "x.org" }, "Jürgen", "Jürgen <j@x.org>" },
		{ { "a\r\n b", "j\r\nx", "x.org" }, "a b", "a b <jx@x.org>" },
		{ { NULL, "root", "MISSING_DOMAIN" }, "root", "root" },
		{ { "Ada", "MISSING_MAILBOX", "MISSING_DOMAIN" }, "Ada", "Ada" },
		{ { NULL, "friends", NULL }, "friends", NULL },
		{ { NULL, NULL, NULL }, "", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *name = mime_address_name(&cases[i].address);
		char *format = mime_address_format(&cases[i].address);

		g_assert_cmpstr(name, ==, cases[i].name);
		g_assert_cmpstr(format, ==, cases[i].format);
		g_free(name);
		g_free(format);
	}
}

static void check_addresses(const struct imap_address *items, size_t n,
	const char *expected)
{
	struct imap_addresses addresses = { items, n };
	char *text = mime_addresses_format(&addresses);

	g_assert_cmpstr(text, ==, expected);
	g_free(text);
}

static void test_addresses(void)
{
	static const struct imap_address items[] = {
		{ "Ada", "ada", "x.org" },
		{ NULL, "friends", NULL },
		{ NULL, "bob", "x.org" },
		{ NULL, "eve", "x.org" },
		{ NULL, NULL, NULL },
		{ NULL, "nobody", NULL },
		{ NULL, NULL, NULL },
	};

	check_addresses(items, 0, NULL);
	check_addresses(items, 1, "Ada <ada@x.org>");
	check_addresses(items, 5, "Ada <ada@x.org>, friends: bob@x.org, eve@x.org;");
	check_addresses(items, 7, "Ada <ada@x.org>, friends: bob@x.org, eve@x.org;, "
		"nobody:;");
	check_addresses(items + 1, 2, "friends: bob@x.org;"); /* no end */
	check_addresses(items + 4, 1, NULL); /* no begin */
	check_addresses(items + 2, 2, "bob@x.org, eve@x.org");
}

static void check_ids(const char *raw, const char *expected)
{
	char **ids = mime_message_ids(raw);
	char *joined = g_strjoinv("|", ids);

	g_assert_cmpstr(joined, ==, expected);
	g_free(joined);
	g_strfreev(ids);
}

static void test_message_ids(void)
{
	check_ids(NULL, "");
	check_ids("", "");
	check_ids("<a@b>", "a@b");
	check_ids("<a@b>\r\n\t<c@d> <e@f>", "a@b|c@d|e@f");
	check_ids("<a@b><c@d>", "a@b|c@d");
	check_ids("Your message of Monday <a@b>", "a@b");
	check_ids("<a\r\n @b>", "a@b");
	check_ids("<a@b", "");
	check_ids("<a@b <c@d>", "c@d");
	check_ids("<>", "");
	check_ids("a@b, c@d nothing", "a@b|c@d");
	check_ids("<\xff@b>", "ÿ@b");
}

static void test_subject_base(void)
{
	static const struct {
		const char *subject, *base;
	} cases[] = {
		{ "", "" },
		{ "hello", "hello" },
		{ "Re: hello", "hello" },
		{ "RE:hello", "hello" },
		{ "  re : hello", "hello" },
		{ "Re: Re: AW: hello", "hello" },
		{ "Re[2]: hello", "hello" },
		{ "Re(3): hello", "hello" },
		{ "Re^2: hello", "hello" },
		{ "Re [4]: hello", "hello" },
		{ "Re[x]: hello", "Re[x]: hello" },
		{ "Antw: Sv: Odp: hello", "hello" },
		{ "Fwd: hello", "Fwd: hello" },
		{ "Re: Fwd: hello", "Fwd: hello" },
		{ "Red: hello", "Red: hello" },
		{ "Ref: hello", "hello" },
		{ "Re hello", "Re hello" },
		{ "Reply: hello", "Reply: hello" },
		{ "На: привет", "привет" },
		{ "Ответ: привет", "привет" },
		{ "回复：你好", "你好" },
		{ "Re: [list] hello", "[list] hello" },
		{ "Re:", "" },
	};

	g_assert_null(mime_subject_base(NULL));
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpstr(mime_subject_base(cases[i].subject), ==,
			cases[i].base);
}

static void check_field(GPtrArray *fields, guint i, const char *name,
	const char *value)
{
	const struct mime_field *field;

	g_assert_cmpuint(i, <, fields->len);
	field = fields->pdata[i];
	g_assert_cmpstr(field->name, ==, name);
	g_assert_cmpstr(field->value, ==, value);
}

static void test_fields(void)
{
	static const char block[] =
		"From someone Mon Nov 23\r\n"
		"Subject: =?utf-8?q?=C3=A4?=\r\n b\r\n"
		"X-Empty:\r\n"
		"no colon here\r\n"
		"To : a@b,\n\tc@d\n"
		"X: a: b\r\n"
		"\r\n"
		"Body: not a field\r\n";
	GPtrArray *fields = mime_header_fields(block, sizeof(block) - 1);

	g_assert_cmpuint(fields->len, ==, 4);
	check_field(fields, 0, "Subject", "ä b");
	check_field(fields, 1, "X-Empty", "");
	check_field(fields, 2, "To", "a@b, c@d");
	check_field(fields, 3, "X", "a: b");
	g_ptr_array_free(fields, TRUE);

	fields = mime_header_fields("", 0);
	g_assert_cmpuint(fields->len, ==, 0);
	g_ptr_array_free(fields, TRUE);
	fields = mime_header_fields("A: b", 4);
	check_field(fields, 0, "A", "b");
	g_ptr_array_free(fields, TRUE);
	fields = mime_header_fields("A: b\0c", 6);
	check_field(fields, 0, "A", "b c");
	g_ptr_array_free(fields, TRUE);
}

static void test_fields_limits(void)
{
	GString *block = g_string_new(NULL);
	GPtrArray *fields;

	for (int i = 0; i < 1200; i++)
		g_string_append(block, "A: b\n");
	fields = mime_header_fields(block->str, block->len);
	g_assert_cmpuint(fields->len, ==, 1001);
	check_field(fields, 1000, "", "more than 1000 fields: the rest is not shown");
	g_ptr_array_free(fields, TRUE);

	g_string_assign(block, "A: ");
	for (int i = 0; i < 300000; i++)
		g_string_append_c(block, 'x');
	fields = mime_header_fields(block->str, block->len);
	g_assert_cmpuint(fields->len, ==, 2);
	check_field(fields, 1, "",
		"the header is longer than 256K: the rest is not shown");
	g_ptr_array_free(fields, TRUE);

	g_string_prepend(block, "B: c\n\n"); /* a long body is no fault */
	fields = mime_header_fields(block->str, block->len);
	g_assert_cmpuint(fields->len, ==, 1);
	g_ptr_array_free(fields, TRUE);
	g_string_free(block, TRUE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mime/header/decode", test_decode);
	g_test_add_func("/mime/header/linear", test_decode_is_linear);
	g_test_add_func("/mime/header/address", test_address);
	g_test_add_func("/mime/header/addresses", test_addresses);
	g_test_add_func("/mime/header/message-ids", test_message_ids);
	g_test_add_func("/mime/header/subject-base", test_subject_base);
	g_test_add_func("/mime/header/fields", test_fields);
	g_test_add_func("/mime/header/fields-limits", test_fields_limits);
	return g_test_run();
}
