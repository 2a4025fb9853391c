/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/utf7.h"

static const struct {
	const char *utf8, *utf7;
} table[] = {
	{ "", "" },
	{ "Archive/2024", "Archive/2024" },
	{ "R&D", "R&-D" },
	{ "&&", "&-&-" },
	{ "Entwürfe", "Entw&APw-rfe" },
	{ "~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-" },
	{ "Отправленные", "&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-" },
	{ "😀", "&2D3eAA-" },
	{ "a😀é b", "a&2D3eAADp- b" },
	{ "tab\there", "tab&AAk-here" },
	{ "\x7f", "&AH8-" },
};

static void test_both_ways(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		char *utf7 = imap_utf8_to_utf7(table[i].utf8);
		char *utf8 = imap_utf7_to_utf8(table[i].utf7);

		g_assert_cmpstr(utf7, ==, table[i].utf7);
		g_assert_cmpstr(utf8, ==, table[i].utf8);
		g_free(utf7);
		g_free(utf8);
	}
	g_assert_null(imap_utf8_to_utf7("caf\xe9"));
}

static const char *const invalid[] = {
	"&", "a&b", "&U,BTFw", "&AGE-" /* an "a" */, "&AAA-" /* U+0000 */,
	"&2D0-" /* half a pair */, "&3gDYPQ-", "&APx-" /* padding not zero */,
	"&APwA-" /* six bits left */, "caf\xc3\xa9", "&AP/-", "a\tb", "&A-",
	"\x80",
};

static void test_invalid(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(invalid); i++)
		g_assert_null(imap_utf7_to_utf8(invalid[i]));
}

static void assert_comes_back(const char *octets, bool utf8)
{
	char *name = imap_mailbox_name_decode(octets, utf8);
	char *again = imap_mailbox_name_encode(name, utf8);

	g_assert_true(g_utf8_validate(name, -1, NULL));
	g_assert_cmpstr(again, ==, octets);
	g_free(name);
	g_free(again);
}

static void test_names_come_back(void)
{
	static const char *const odd[] = { "caf\xe9", "\xef\xbf\xbdx",
		"\xef\xbf\xbd", "&AOk-&AOk-" /* shifted twice */, "\xff\xfe",
		"\xef\x9e\x80", "a\xef\xbf\xbd", "&,,0-x" /* U+FFFD */ };

	for (size_t i = 0; i < G_N_ELEMENTS(invalid); i++) {
		assert_comes_back(invalid[i], false);
		assert_comes_back(invalid[i], true);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(odd); i++) {
		assert_comes_back(odd[i], false);
		assert_comes_back(odd[i], true);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		assert_comes_back(table[i].utf7, false);
		assert_comes_back(table[i].utf8, true);
	}
}

static void test_random_octets(void)
{
	static const char some[] = "&-AB,+\xc3\xa9\xef\xbf\xbd \"\\wz/";

	for (int round = 0; round < 20000; round++) {
		char octets[12] = "";
		int n = g_test_rand_int_range(0, 11);

		for (int i = 0; i < n; i++)
			octets[i] = some[g_test_rand_int_range(0,
				sizeof(some) - 1)];
		assert_comes_back(octets, g_test_rand_bit());
	}
}

static void test_names(void)
{
	char *name = imap_mailbox_name_decode("inBox", false);

	g_assert_cmpstr(name, ==, "INBOX");
	g_free(name);
	name = imap_mailbox_name_encode("Inbox", true);
	g_assert_cmpstr(name, ==, "INBOX");
	g_free(name);
	name = imap_mailbox_name_decode("Entw&APw-rfe", false);
	g_assert_cmpstr(name, ==, "Entwürfe");
	g_free(name);
	name = imap_mailbox_name_decode("R&D", true);
	g_assert_cmpstr(name, ==, "R&D");
	g_free(name);
	name = imap_mailbox_name_encode("R&D", false);
	g_assert_cmpstr(name, ==, "R&-D");
	g_free(name);
	g_assert_true(imap_mailbox_name_is_neutral("Sent Items"));
	g_assert_true(imap_mailbox_name_is_neutral("iNBOX"));
	g_assert_false(imap_mailbox_name_is_neutral("R&D"));
	g_assert_false(imap_mailbox_name_is_neutral("Entwürfe"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/imap/utf7/both-ways", test_both_ways);
	g_test_add_func("/imap/utf7/invalid", test_invalid);
	g_test_add_func("/imap/utf7/names-come-back", test_names_come_back);
	g_test_add_func("/imap/utf7/random-octets", test_random_octets);
	g_test_add_func("/imap/utf7/names", test_names);
	return g_test_run();
}
