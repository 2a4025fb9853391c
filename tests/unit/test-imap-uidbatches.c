/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UIDBATCHES, MESSAGELIMIT: as RFCs 10022 and 9738 have them, and as not. */
#include "src/base/base.h"
#include "src/imap/code.h"
#include "src/imap/parser.h"
#include "src/imap/uidbatches.h"

static const struct imap_response *parse(struct imap_parser *parser,
	const char *line)
{
	const struct imap_response *response = NULL;

	imap_parser_push(parser, line, strlen(line));
	imap_parser_push(parser, "\r\n", 2);
	g_assert_cmpint(imap_parser_next(parser, &response, NULL), ==,
		IMAP_PARSER_RESPONSE);
	return response;
}

static void test_batches(void)
{
	struct imap_parser *parser = imap_parser_new(NULL);
	struct imap_uidbatches batches;
	const struct imap_range *ranges;

	g_assert_true(imap_uidbatches_from_response(parse(parser,
		"* UIDBATCHES (TAG \"A7\") 215295:99695,20351:99694,7"),
		&batches));
	g_assert_cmpstr(batches.tag, ==, "A7");
	g_assert_cmpuint(batches.ranges->len, ==, 3);
	ranges = (const struct imap_range *)(void *)batches.ranges->data;
	g_assert_cmpuint(ranges[0].first, ==, 99695);
	g_assert_cmpuint(ranges[0].last, ==, 215295);
	g_assert_cmpuint(ranges[1].first, ==, 20351);
	g_assert_cmpuint(ranges[2].first, ==, 7);
	g_assert_cmpuint(ranges[2].last, ==, 7);
	g_array_unref(batches.ranges);
	g_assert_true(imap_uidbatches_from_response(parse(parser,
		"* UIDBATCHES (TAG \"A8\")"), &batches));
	g_assert_cmpuint(batches.ranges->len, ==, 0);
	g_array_unref(batches.ranges);
	imap_parser_free(&parser);
}

static void test_bad_batches(void)
{
	static const char *const bad[] = { "1:*", "0:5", "5:0", "1,,2", "1,",
		"1:2:3", "4294967296", "x", ":1" };
	struct imap_parser *parser = imap_parser_new(NULL);
	struct imap_uidbatches batches;

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		char *line = g_strconcat("* UIDBATCHES (TAG \"A\") ", bad[i],
			NULL);

		g_test_message("%s", line);
		g_assert_false(imap_uidbatches_from_response(parse(parser,
			line), &batches));
		g_assert_null(batches.ranges);
		g_free(line);
	}
	g_assert_false(imap_uidbatches_from_response(parse(parser,
		"* UIDBATCHES 1:2"), &batches));
	g_assert_false(imap_uidbatches_from_response(parse(parser,
		"* UIDBATCHES (UID \"A\") 1:2"), &batches));
	imap_parser_free(&parser);
}

static bool limit_of(struct imap_parser *parser, const char *code,
	struct imap_message_limit *limit_out)
{
	char *line = g_strdup_printf("A1 OK [MESSAGELIMIT%s] done", code);
	const struct imap_response *response = parse(parser, line);
	bool ok = imap_message_limit_from_args(response->code_args,
		response->n_code_args, limit_out);

	g_free(line);
	return ok;
}

static void test_limit(void)
{
	struct imap_parser *parser = imap_parser_new(NULL);
	struct imap_message_limit limit;

	g_assert_true(limit_of(parser, " 1000 23221", &limit));
	g_assert_cmpuint(limit.limit, ==, 1000);
	g_assert_cmpuint(limit.uid, ==, 23221);
	g_assert_true(limit_of(parser, " 1000", &limit));
	g_assert_cmpuint(limit.uid, ==, 0);
	g_assert_false(limit_of(parser, "", &limit));
	g_assert_false(limit_of(parser, " x 5", &limit));
	g_assert_false(limit_of(parser, " 5 4294967296", &limit));
	imap_parser_free(&parser);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/imap/uidbatches/batches", test_batches);
	g_test_add_func("/imap/uidbatches/bad", test_bad_batches);
	g_test_add_func("/imap/uidbatches/limit", test_limit);
	return g_test_run();
}
