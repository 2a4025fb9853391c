/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is expected: segments, with "^" where the server is waited for. */
#include "src/base/base.h"
#include "src/imap/parser.h"
#include "src/imap/seqset.h"
#include "src/imap/write.h"

enum {
	PLUS = IMAP_WRITE_LITERAL_PLUS,
	MINUS = IMAP_WRITE_LITERAL_MINUS,
	UTF8 = IMAP_WRITE_UTF8,
};

static char *render(struct imap_text *text, int mode)
{
	GString *out = g_string_new(NULL);
	const struct imap_segment *segments;
	size_t n, line = imap_text_line_length(text);

	segments = imap_text_render(text, "a1", (enum imap_write_mode)mode, &n);
	for (size_t i = 0; i < n; i++) {
		g_string_append_len(out, segments[i].octets,
			(gssize)segments[i].len);
		if (segments[i].wait)
			g_string_append_c(out, '^');
		g_assert_cmpint(segments[i].wait, ==, i + 1 < n);
	}
	if (n == 1 && strstr(out->str, "+}") == NULL)
		g_assert_cmpuint(out->len, <=, line);
	return g_string_free(out, FALSE);
}

#define assert_text(expected, mode, ...) G_STMT_START { \
		struct imap_text *text_ = imap_text_new(__VA_ARGS__); \
		char *str_ = render(text_, mode); \
		g_assert_cmpstr(str_, ==, expected); \
		g_free(str_); \
		imap_text_free(&text_); \
		g_assert_null(text_); \
	} G_STMT_END

static void test_strings(void)
{
	assert_text("a1 NOOP\r\n", 0, "NOOP");
	assert_text("a1 LOGIN joe \"abc\"\r\n", 0, "LOGIN %s %q", "joe", "abc");
	assert_text("a1 X \"\"\r\n", 0, "X %s", "");
	assert_text("a1 X \"a b\"\r\n", 0, "X %s", "a b");
	assert_text("a1 X \"a\\\"b\\\\c\"\r\n", 0, "X %s", "a\"b\\c");
	assert_text("a1 X a]b\r\n", 0, "X %s", "a]b");
	assert_text("a1 X \"nil\"\r\n", 0, "X %s", "nil");
	assert_text("a1 X \"50%\"\r\n", 0, "X %s", "50%");
	assert_text("a1 X \"{3}\"\r\n", 0, "X %s", "{3}");
	assert_text("a1 X NIL \"NIL\"\r\n", 0, "X %n %n", (char *)NULL, "NIL");
	assert_text("a1 X 100%\r\n", 0, "X 100%%");
	assert_text("a1 X 4294967295 18446744073709551615 \\Seen\r\n", 0,
		"X %u %U %a", UINT32_MAX, UINT64_MAX, "\\Seen");
}

static void test_literals(void)
{
	assert_text("a1 X {3}\r\n^a\nb y\r\n", 0, "X %s y", "a\nb");
	assert_text("a1 X {3+}\r\na\nb y\r\n", PLUS, "X %s y", "a\nb");
	assert_text("a1 X {3+}\r\na\nb y\r\n", MINUS, "X %s y", "a\nb");
	assert_text("a1 X {1}\r\n^\r {1}\r\n^\n\r\n", 0, "X %s %q", "\r", "\n");
	assert_text("a1 X {5}\r\n^caf\xc3\xa9\r\n", 0, "X %q", "caf\xc3\xa9");
	assert_text("a1 X \"caf\xc3\xa9\"\r\n", UTF8, "X %q", "caf\xc3\xa9");
	assert_text("a1 X {4}\r\n^caf\xe9\r\n", UTF8, "X %q", "caf\xe9");
	assert_text("a1 X {0}\r\n^\r\n", 0, "X %b", "", (size_t)0);
}

static void test_octets(void)
{
	struct imap_text *text = imap_text_new("APPEND %m %b", "Sent",
		"a\0b\r\n", (size_t)5);
	const struct imap_segment *segments;
	char *line;
	size_t n;

	segments = imap_text_render(text, "t", IMAP_WRITE_LITERAL_PLUS, &n);
	g_assert_cmpuint(n, ==, 1);
	g_assert_cmpmem(segments[0].octets, segments[0].len,
		"t APPEND Sent {5+}\r\na\0b\r\n\r\n", 27);
	segments = imap_text_render(text, "t", 0, &n);
	g_assert_cmpuint(n, ==, 2);
	g_assert_cmpmem(segments[0].octets, segments[0].len,
		"t APPEND Sent {5}\r\n", 19);
	g_assert_cmpmem(segments[1].octets, segments[1].len,
		"a\0b\r\n\r\n", 7);
	line = imap_text_to_string(text, 0);
	g_assert_cmpstr(line, ==, "APPEND Sent {5}");
	g_free(line);
	line = imap_text_to_string(text, IMAP_WRITE_LITERAL_MINUS);
	g_assert_cmpstr(line, ==, "APPEND Sent {5+}");
	g_assert_cmpuint(imap_text_line_length(text), <, 200);
	g_free(line);
	imap_text_free(&text);
}

static void assert_stream(uint64_t len, bool is_binary, int mode,
	const char *head, bool wait)
{
	struct imap_text *text = imap_text_new("X ");
	const struct imap_segment *segments;
	size_t n;

	imap_text_append_stream(text, len, is_binary);
	imap_text_append(text, ")");
	segments = imap_text_render(text, "t", (enum imap_write_mode)mode, &n);
	g_assert_cmpuint(n, ==, 3);
	g_assert_cmpmem(segments[0].octets, segments[0].len, head,
		strlen(head));
	g_assert_cmpint(segments[0].wait, ==, wait);
	g_assert_cmpuint(segments[0].stream, ==, 0);
	g_assert_cmpuint(segments[1].len, ==, 0);
	g_assert_cmpuint(segments[1].stream, ==, len);
	g_assert_cmpmem(segments[2].octets, segments[2].len, ")\r\n", 3);
	imap_text_free(&text);
}

/* Octets that come later; many of them only where the server agrees. */
static void test_stream(void)
{
	assert_stream(9, false, 0, "t X {9}\r\n", true);
	assert_stream(9, false, PLUS, "t X {9+}\r\n", false);
	assert_stream(9, true, PLUS, "t X ~{9+}\r\n", false);
	assert_stream(4096, false, MINUS, "t X {4096+}\r\n", false);
	assert_stream(4097, false, MINUS, "t X {4097}\r\n", true);
	assert_stream(5000000000, false, PLUS, "t X {5000000000}\r\n", true);
}

static void assert_n_segments(size_t len, int mode, size_t expected)
{
	char *octets = g_strnfill(len, 'o');
	struct imap_text *text = imap_text_new("X %s", octets);
	size_t n;

	imap_text_render(text, "t", (enum imap_write_mode)mode, &n);
	g_assert_cmpuint(n, ==, expected);
	g_free(octets);
	imap_text_free(&text);
}

/* RFC 7888: LITERAL- is for up to 4096 octets. */
static void test_literal_minus(void)
{
	char *big = g_strnfill(4097, '\n');

	assert_text("a1 X {2+}\r\n\n\n\r\n", MINUS, "X %b", "\n\n", (size_t)2);
	big[4096] = '\0';
	struct imap_text *text = imap_text_new("X %s", big);
	size_t n;
	imap_text_render(text, "t", IMAP_WRITE_LITERAL_MINUS, &n);
	g_assert_cmpuint(n, ==, 1);
	imap_text_free(&text);
	big[4096] = '\n';
	text = imap_text_new("X %b", big, (size_t)4097);
	imap_text_render(text, "t", IMAP_WRITE_LITERAL_MINUS, &n);
	g_assert_cmpuint(n, ==, 2);
	imap_text_render(text, "t", IMAP_WRITE_LITERAL_PLUS, &n);
	g_assert_cmpuint(n, ==, 1);
	imap_text_free(&text);
	g_free(big);
	/* a long string is a literal, were it an atom */
	assert_n_segments(1024, 0, 1);
	assert_n_segments(1025, 0, 2);
	assert_n_segments(1025, MINUS, 1);
}

static void test_mailboxes(void)
{
	assert_text("a1 SELECT Entw&APw-rfe\r\n", 0, "SELECT %m", "Entwürfe");
	assert_text("a1 SELECT \"Entwürfe\"\r\n", UTF8, "SELECT %m",
		"Entwürfe");
	assert_text("a1 SELECT R&-D\r\n", 0, "SELECT %m", "R&D");
	assert_text("a1 SELECT R&D\r\n", UTF8, "SELECT %m", "R&D");
	assert_text("a1 SELECT INBOX\r\n", 0, "SELECT %m", "inbox");
	assert_text("a1 SELECT \"a%*\"\r\n", 0, "SELECT %m", "a%*");
	assert_text("a1 LIST \"\" &AOk-/%\r\n", 0, "LIST %q %l", "", "é/%");
	assert_text("a1 LIST \"\" \"a b*\"\r\n", 0, "LIST %q %l", "", "a b*");
	assert_text("a1 LIST \"\" *\r\n", UTF8, "LIST \"\" %l", "*");
}

static void test_depends(void)
{
	struct imap_text *text = imap_text_new("SELECT %m %s", "Sent", "R&D");

	g_assert_false(imap_text_depends_on_utf8(text));
	imap_text_append(text, " (%m)", "R&D");
	g_assert_true(imap_text_depends_on_utf8(text));
	imap_text_free(&text);
	imap_text_free(&text);
}

static void test_append_and_set(void)
{
	struct imap_seqset set;
	struct imap_text *text = imap_text_new("UID FETCH ");
	char *str;

	imap_seqset_init(&set);
	g_assert_true(imap_seqset_parse(&set, "1:3,9"));
	imap_text_append(text, "%S (%a)", &set, "FLAGS");
	imap_seqset_release(&set);
	str = render(text, 0);
	g_assert_cmpstr(str, ==, "a1 UID FETCH 1:3,9 (FLAGS)\r\n");
	g_free(str);
	str = imap_text_to_string(text, 0);
	g_assert_cmpstr(str, ==, "UID FETCH 1:3,9 (FLAGS)");
	g_free(str);
	imap_text_free(&text);
}

/* What is written is what a parser reads. */
static void assert_round_trip(const char *octets, size_t len, bool literal,
	int mode)
{
	struct imap_text *text = literal ? imap_text_new("X %b", octets, len) :
		imap_text_new("X %s", octets);
	struct imap_parser *parser = imap_parser_new(NULL);
	const struct imap_response *response;
	const struct imap_segment *segments;
	size_t n;

	/* The tag "*" makes a response of it. */
	segments = imap_text_render(text, "*", (enum imap_write_mode)mode, &n);
	for (size_t i = 0; i < n; i++)
		imap_parser_push(parser, segments[i].octets, segments[i].len);
	g_assert_cmpint(imap_parser_next(parser, &response, NULL), ==,
		IMAP_PARSER_RESPONSE);
	g_assert_cmpuint(response->n_args, ==, 1);
	g_assert_cmpmem(response->args[0].str, response->args[0].len, octets,
		len);
	imap_parser_free(&parser);
	imap_text_free(&text);
}

static void test_round_trips(void)
{
	for (int round = 0; round < 3000; round++) {
		char octets[20] = "";
		int n = g_test_rand_int_range(0, 19);
		int mode = g_test_rand_int_range(0, 8);

		for (int i = 0; i < n; i++)
			octets[i] = (char)g_test_rand_int_range(
				g_test_rand_bit() ? 1 : 32, 256);
		assert_round_trip(octets, strlen(octets), false, mode);
		for (int i = 0; i < n; i++)
			octets[i] = (char)g_test_rand_int_range(0, 256);
		assert_round_trip(octets, (size_t)n, true, mode);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/imap/write/strings", test_strings);
	g_test_add_func("/imap/write/literals", test_literals);
	g_test_add_func("/imap/write/octets", test_octets);
	g_test_add_func("/imap/write/literal-minus", test_literal_minus);
	g_test_add_func("/imap/write/mailboxes", test_mailboxes);
	g_test_add_func("/imap/write/depends", test_depends);
	g_test_add_func("/imap/write/stream", test_stream);
	g_test_add_func("/imap/write/append-and-set", test_append_and_set);
	g_test_add_func("/imap/write/round-trips", test_round_trips);
	return g_test_run();
}
