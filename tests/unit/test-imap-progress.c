/* SPDX-License-Identifier: GPL-3.0-or-later */
/* INPROGRESS (RFC 9585). */
#include "src/base/base.h"
#include "src/imap/parser.h"
#include "src/imap/progress.h"

static const struct {
	const char *code;
	bool is_good;
	const char *tag;
	bool has_done, has_goal;
	uint32_t done, goal;
} table[] = {
	{ "INPROGRESS", true, NULL, false, false, 0, 0 },
	{ "INPROGRESS (\"A1\" 454 1000)", true, "A1", true, true, 454, 1000 },
	{ "inprogress (NIL 1 NIL)", true, NULL, true, false, 1, 0 },
	{ "INPROGRESS (NIL NIL NIL)", true, NULL, false, false, 0, 0 },
	{ "INPROGRESS (\"A1\" 5 0)", true, "A1", true, false, 5, 0 },
	{ "INPROGRESS (A1 5 4)", true, "A1", true, true, 5, 4 },
	{ "INPROGRESS ()", false, NULL, false, false, 0, 0 },
	{ "INPROGRESS 5", false, NULL, false, false, 0, 0 },
	{ "INPROGRESS (\"A1\" 5)", false, NULL, false, false, 0, 0 },
	{ "INPROGRESS (\"A1\" 5 6 7)", false, NULL, false, false, 0, 0 },
	{ "INPROGRESS ((x) 5 6)", false, NULL, false, false, 0, 0 },
	{ "INPROGRESS (\"A1\" -1 6)", false, NULL, false, false, 0, 0 },
	{ "INPROGRESS (\"A1\" 1 4294967296)", false, NULL, false, false, 0, 0 },
};

static void test_args(void)
{
	struct imap_parser *parser = imap_parser_new(NULL);
	const struct imap_response *response;
	struct imap_progress progress;

	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		char *line = g_strdup_printf("* OK [%s] working\r\n",
			table[i].code);

		imap_parser_push(parser, line, strlen(line));
		g_free(line);
		g_assert_cmpint(imap_parser_next(parser, &response, NULL), ==,
			IMAP_PARSER_RESPONSE);
		g_assert_cmpint(imap_progress_from_args(response->code_args,
			response->n_code_args, &progress), ==,
			table[i].is_good);
		if (!table[i].is_good)
			continue;
		g_assert_cmpstr(progress.tag, ==, table[i].tag);
		g_assert_cmpint(progress.has_done, ==, table[i].has_done);
		g_assert_cmpint(progress.has_goal, ==, table[i].has_goal);
		g_assert_cmpuint(progress.done, ==, table[i].done);
		g_assert_cmpuint(progress.goal, ==, table[i].goal);
	}
	imap_parser_free(&parser);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/imap/progress/args", test_args);
	return g_test_run();
}
