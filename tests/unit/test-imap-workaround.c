/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every workaround has its transcript, and every transcript that is named by a
 * server is a workaround's. */
#include "src/base/base.h"
#include "src/imap/workaround.h"

static void test_transcripts(void)
{
	size_t n;
	const struct imap_workaround *rows = imap_workarounds(&n);

	g_assert_cmpuint(n, >, 0);
	for (size_t i = 0; i < n; i++) {
		char *path = g_build_filename("tests", "imap",
			rows[i].transcript, NULL);

		if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
			g_error("'%s' of %s is not there", path,
				rows[i].server);
		g_assert_true(rows[i].symptom[0] != '\0' &&
			rows[i].remedy[0] != '\0');
		if (i > 0)
			g_assert_cmpstr(rows[i - 1].transcript, <,
				rows[i].transcript);
		g_free(path);
	}
}

static bool has_row(const char *transcript)
{
	size_t n;
	const struct imap_workaround *rows = imap_workarounds(&n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].transcript, transcript) == 0)
			return true;
	return false;
}

static bool is_named_by_server(const char *file)
{
	static const char *const servers[] = { "courier", "cyrus", "dovecot",
		"exchange", "gmail", "icloud", "outlook", "yahoo" };

	for (size_t i = 0; i < G_N_ELEMENTS(servers); i++)
		if (g_str_has_prefix(file, servers[i]))
			return g_str_has_suffix(file, ".txt");
	return false;
}

static void test_rows(void)
{
	GDir *dir = g_dir_open("tests/imap", 0, NULL);
	const char *file;

	g_assert_nonnull(dir);
	while ((file = g_dir_read_name(dir)) != NULL)
		if (is_named_by_server(file) && !has_row(file))
			g_error("'%s' has no row in src/imap/workaround.def",
				file);
	g_dir_close(dir);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/imap/workaround/transcripts", test_transcripts);
	g_test_add_func("/imap/workaround/rows", test_rows);
	return g_test_run();
}
