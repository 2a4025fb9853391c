/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ESEARCH's items, SORT, THREAD, and criteria in another charset. */
#include "src/base/base.h"
#include "src/imap/esearch.h"
#include "src/imap/parser.h"
#include "src/imap/seqset.h"
#include "src/imap/sort.h"
#include "src/imap/thread.h"
#include "src/imap/write.h"

enum { MESSAGES = 10 };

struct fixture {
	struct imap_parser *parser;
};

static void set_up(struct fixture *f, gconstpointer data)
{
	(void)data;
	f->parser = imap_parser_new(NULL);
}

static void tear_down(struct fixture *f, gconstpointer data)
{
	(void)data;
	imap_parser_free(&f->parser);
}

static const struct imap_response *parse(struct fixture *f, const char *octets)
{
	const struct imap_response *response;

	imap_parser_push(f->parser, octets, strlen(octets));
	imap_parser_push(f->parser, "\r\n", 2);
	g_assert_cmpint(imap_parser_next(f->parser, &response, NULL), ==,
		IMAP_PARSER_RESPONSE);
	return response;
}

static void assert_changes(const struct imap_esearch *esearch,
	const char *name, const char *expected)
{
	struct imap_seqset set;
	char *text;

	imap_seqset_init(&set);
	g_assert_true(imap_esearch_changes(esearch, name, &set));
	text = imap_seqset_to_string(&set);
	g_assert_cmpstr(text, ==, expected);
	g_free(text);
	imap_seqset_release(&set);
}

static void test_esearch(struct fixture *f, gconstpointer data)
{
	static const char *const bad[] = { "* ESEARCH ALL", "* SEARCH 1",
		"* ESEARCH (TAG ()) UID", "* ESEARCH (UIDVALIDITY x) UID",
		"* ESEARCH (1 2) ALL" };
	struct imap_esearch esearch;
	struct imap_seqset set;

	(void)data;
	g_assert_true(imap_esearch_from_response(parse(f, "* ESEARCH (TAG "
		"\"a\" MAILBOX \"R&-D\" UIDVALIDITY 9) UID ALL 1:3"),
		&esearch));
	g_assert_cmpstr(esearch.tag, ==, "a");
	g_assert_cmpstr(esearch.mailbox, ==, "R&-D");
	g_assert_cmpuint(esearch.uid_validity, ==, 9);
	g_assert_true(esearch.is_uid);
	g_assert_nonnull(imap_esearch_find(&esearch, "all"));
	g_assert_null(imap_esearch_find(&esearch, "COUNT"));
	g_assert_true(imap_esearch_from_response(parse(f, "* ESEARCH (TAG a) "
		"UID ADDTO (0 2 1 4:5) ADDTO (0 9) REMOVEFROM (0 7)"),
		&esearch));
	assert_changes(&esearch, "ADDTO", "2,4:5,9");
	assert_changes(&esearch, "REMOVEFROM", "7");
	g_assert_true(imap_esearch_from_response(parse(f,
		"* ESEARCH UID ADDTO (0) REMOVEFROM (0 x)"), &esearch));
	imap_seqset_init(&set);
	g_assert_false(imap_esearch_changes(&esearch, "ADDTO", &set));
	g_assert_false(imap_esearch_changes(&esearch, "REMOVEFROM", &set));
	imap_seqset_release(&set);
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(imap_esearch_from_response(parse(f, bad[i]),
			&esearch));
}

static void test_sort(struct fixture *f, gconstpointer data)
{
	static const struct {
		const char *line, *expected; /* NULL: refused */
		bool is_partial;
	} cases[] = {
		{ "* SORT 3 1 2", "3 1 2 ", false },
		{ "* SORT", "", false },
		{ "* SORT 3 1 (MODSEQ 7)", "3 1 ", false },
		{ "* SORT 0", NULL, false },
		{ "* SORT x", NULL, false },
		{ "* SORT 1 2 3 4 5 6 7 8 9 10 11", NULL, false },
		{ "* ESEARCH (TAG a) UID ALL 5,1:3,4", "5 1 2 3 4 ", false },
		{ "* ESEARCH UID", "", false },
		{ "* ESEARCH UID ALL 1:11", NULL, false },
		{ "* ESEARCH UID ALL 1:4294967295", NULL, false },
		{ "* ESEARCH UID PARTIAL (1:2 9,8)", "9 8 ", true },
		{ "* ESEARCH UID PARTIAL (1:2 NIL)", "", true },
		{ "* ESEARCH UID PARTIAL 9", NULL, false },
		{ "* THREAD (1)", NULL, false },
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		GArray *numbers = g_array_new(FALSE, FALSE, sizeof(uint32_t));
		struct imap_sort sort = { .numbers = numbers };
		GString *text = g_string_new(NULL);
		bool ok = imap_sort_from_response(parse(f, cases[i].line),
			MESSAGES, &sort);

		for (guint k = 0; ok && k < numbers->len; k++)
			g_string_append_printf(text, "%u ",
				g_array_index(numbers, uint32_t, k));
		g_assert_cmpstr(ok ? text->str : NULL, ==, cases[i].expected);
		if (ok)
			g_assert_cmpint(sort.is_partial, ==,
				cases[i].is_partial);
		g_string_free(text, TRUE);
		g_array_unref(numbers);
	}
}

static void test_thread(struct fixture *f, gconstpointer data)
{
	static const struct {
		const char *line, *expected; /* NULL: refused */
	} cases[] = {
		{ "* THREAD (2)(3 6 (4 9)(7 8))",
			"|2 |3 .6 ..4 ...9 ..7 ...8 " },
		{ "* THREAD ((1)(2)) (3)", "|1 2 |3 " },
		{ "* THREAD ((1 5)(2))", "|1 .5 2 " },
		{ "* THREAD", "" },
		{ "* THREAD ()", "" },
		{ "* THREAD 1", NULL },
		{ "* THREAD (0)", NULL },
		{ "* THREAD (x)", NULL },
		{ "* THREAD (1 2 3 4 5)(6 7 8 9 10 11)", NULL },
		{ "* SORT 1", NULL },
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		GArray *nodes = g_array_new(FALSE, FALSE,
			sizeof(struct imap_thread_node));
		GString *text = g_string_new(NULL);
		bool ok = imap_thread_from_response(parse(f, cases[i].line),
			MESSAGES, nodes);

		for (guint k = 0; ok && k < nodes->len; k++) {
			struct imap_thread_node node = g_array_index(nodes,
				struct imap_thread_node, k);

			g_string_append(text, node.begins_thread ? "|" : "");
			for (uint32_t n = 0; n < node.depth; n++)
				g_string_append_c(text, '.');
			g_string_append_printf(text, "%u ", node.number);
		}
		g_assert_cmpstr(ok ? text->str : NULL, ==, cases[i].expected);
		g_string_free(text, TRUE);
		g_array_unref(nodes);
	}
}

static void test_charset(void)
{
	struct imap_text *text = imap_text_new("SUBJECT %s SEEN", "J\303\274r");
	struct imap_text *latin = imap_text_convert(text, "ISO-8859-1");
	const struct imap_segment *segments;
	size_t n;

	g_assert_true(imap_text_has_8bit(text));
	g_assert_null(imap_text_convert(text, "US-ASCII"));
	g_assert_null(imap_text_convert(text, "no-such-charset"));
	segments = imap_text_render(latin, "a", IMAP_WRITE_LITERAL_PLUS, &n);
	g_assert_cmpuint(n, ==, 1);
	g_assert_cmpmem(segments[0].octets, segments[0].len,
		"a SUBJECT {3+}\r\nJ\374r SEEN\r\n", 26);
	imap_text_free(&latin);
	imap_text_free(&text);
	text = imap_text_new("SUBJECT %s", "plain");
	g_assert_false(imap_text_has_8bit(text));
	imap_text_free(&text);
}

#define ADD(name, fn) \
	g_test_add("/imap/sort/" name, struct fixture, NULL, set_up, fn, \
		tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("esearch", test_esearch);
	ADD("sort", test_sort);
	ADD("thread", test_thread);
	g_test_add_func("/imap/sort/charset", test_charset);
	return g_test_run();
}
