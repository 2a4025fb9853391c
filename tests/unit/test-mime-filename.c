/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/bodystructure.h"
#include "src/mime/header.h"

enum { PARAMS_MAX = 4 };

static void test_part_filename(void)
{
	static const struct {
		struct imap_param disposition[PARAMS_MAX];
		struct imap_param type[PARAMS_MAX];
		const char *name;
	} cases[] = {
		{ .name = NULL },
		{ { { "filename", "a.txt" } }, { { "name", "b.txt" } }, "a.txt" },
		{ .type = { { "name", "b.txt" } }, .name = "b.txt" },
		{ { { "filename", "" } }, { { "name", "b.txt" } }, "b.txt" },
		{ { { "filename", ".." } }, .name = NULL },
		{ { { "filename", "/etc/passwd" } }, .name = "passwd" },
		{ { { "filename", "C:\\docs\\a.doc" } }, .name = "a.doc" },
		{ { { "filename", "dir/" } }, .name = NULL },
		{ { { "filename", " a\r\n b.txt " } }, .name = "a b.txt" },
		{ { { "filename", "caf\xe9.txt" } }, .name = "café.txt" },
		{ { { "filename", "caf\xc3\xa9.txt" } }, .name = "café.txt" },
		{ { { "filename", "=?utf-8?q?caf=C3=A9=2Etxt?=" } },
			.name = "café.txt" },
		{ { { "filename", "=?utf-8?b?Li4vYQ==?=" } }, .name = "a" },
		{ { { "filename*", "utf-8'de'caf%C3%A9.txt" },
			{ "filename", "cafe.txt" } }, .name = "café.txt" },
		{ { { "filename*", "iso-8859-1''caf%E9.txt" } },
			.name = "café.txt" },
		{ { { "filename*", "caf%C3%A9.txt" } }, .name = "café.txt" },
		{ { { "filename*", "utf-8''100%.txt" } }, .name = "100%.txt" },
		{ { { "filename*", "utf-8''a%00b%0A.txt" } },
			.name = "a\xef\xbf\xbd" "b .txt" },
		{ { { "filename*1", "b.txt" }, { "filename*0", "a" } },
			.name = "ab.txt" },
		{ { { "filename*0*", "utf-8''caf%C3" },
			{ "filename*1*", "%A9" }, { "filename*2", ".txt" } },
			.name = "café.txt" },
		{ { { "filename*0", "=?utf-8?q?caf" },
			{ "filename*1", "=C3=A9?=" } }, .name = "café" },
		{ { { "filename*1", "b" } }, .name = NULL },
		{ { { "filename*0", "a" }, { "filename*2", "c" } }, .name = "a" },
		{ .type = { { "name*0*", "koi8-r''%F0" }, { "name*1*", "%D2" } },
			.name = "Пр" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct imap_body body = {
			.disposition_params = cases[i].disposition,
			.params = cases[i].type,
		};
		char *name;

		while (body.n_disposition_params < PARAMS_MAX &&
			cases[i].disposition[body.n_disposition_params].name != NULL)
			body.n_disposition_params++;
		while (body.n_params < PARAMS_MAX &&
			cases[i].type[body.n_params].name != NULL)
			body.n_params++;
		name = mime_part_filename(&body);
		g_assert_cmpstr(name, ==, cases[i].name);
		g_free(name);
	}
}

static void test_safe_filename(void)
{
	static const struct {
		const char *name, *safe;
	} cases[] = {
		{ "report.pdf", "report.pdf" },
		{ "über uns.txt", "über uns.txt" },
		{ "", "attachment" },
		{ "../", "attachment" },
		{ "..", "attachment" },
		{ "../../etc/passwd", "passwd" },
		{ "..\\..\\boot.ini", "boot.ini" },
		{ ".bashrc", "bashrc" },
		{ "-rf", "rf" },
		{ "- .-a", "a" },
		{ "a\nb\r\tc", "abc" },
		{ "\033[31mred\033[0m", "[31mred[0m" },
		{ "a\xc2\x9b" "b", "ab" },
		{ "invoice\xe2\x80\xae" "fdp.exe", "invoicefdp.exe" },
		{ "a\xe2\x80\x8b" "b\xef\xbb\xbf", "ab" },
		{ "\xff.txt", "ÿ.txt" },
		{ "trailing  ", "trailing" },
		{ "CON", "CON" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *safe = mime_safe_filename(cases[i].name);

		g_assert_cmpstr(safe, ==, cases[i].safe);
		g_free(safe);
	}
}

static void test_long_filename(void)
{
	GString *name = g_string_new(NULL);
	char *safe;

	for (int i = 0; i < 300; i++)
		g_string_append(name, "ä");
	g_string_append(name, ".pdf");
	safe = mime_safe_filename(name->str);
	g_assert_cmpuint(strlen(safe), <=, 200);
	g_assert_cmpuint(strlen(safe), >=, 198);
	g_assert_true(g_str_has_suffix(safe, "ä.pdf"));
	g_assert_true(g_utf8_validate(safe, -1, NULL));
	g_free(safe);

	g_string_assign(name, "a.");
	for (int i = 0; i < 300; i++)
		g_string_append_c(name, 'b');
	safe = mime_safe_filename(name->str);
	g_assert_cmpuint(strlen(safe), ==, 200);
	g_free(safe);
	g_string_free(name, TRUE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mime/filename/part", test_part_filename);
	g_test_add_func("/mime/filename/safe", test_safe_filename);
	g_test_add_func("/mime/filename/long", test_long_filename);
	return g_test_run();
}
