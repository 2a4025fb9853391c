/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every response of a table goes in whole, octet by octet and in pieces of
 * seven, and comes out as the same tree. The responses are in the manner of
 * Dovecot, Cyrus, Courier, Exchange and Gmail.
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/imap/parser.h"

static void dump_args(GString *out, const struct imap_arg *args, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct imap_arg *arg = &args[i];

		if (i > 0)
			g_string_append_c(out, ' ');
		switch (arg->type) {
		case IMAP_ARG_NIL:
			g_string_append(out, "~");
			break;
		case IMAP_ARG_ATOM:
			g_string_append(out, arg->str);
			g_assert_cmpuint(strlen(arg->str), ==, arg->len);
			break;
		case IMAP_ARG_STRING:
			g_string_append_printf(out, "'%s'", arg->str);
			g_assert_cmpint(arg->str[arg->len], ==, '\0');
			break;
		case IMAP_ARG_SPOOLED:
			g_string_append_printf(out, "<%d>", (int)arg->len);
			break;
		case IMAP_ARG_LIST:
			g_string_append_c(out, '(');
			dump_args(out, arg->items, arg->n_items);
			g_string_append_c(out, ')');
			break;
		}
	}
}

/* "T tag OK [CODE args] text", "S ...", "D 23 NAME args", "C ..." */
static char *dump(const struct imap_response *response)
{
	GString *out = g_string_new(NULL);

	g_string_append_c(out, "TSDC"[response->kind]);
	if (response->tag != NULL)
		g_string_append_printf(out, " %s", response->tag);
	if (response->has_number)
		g_string_append_printf(out, " %u", response->number);
	if (response->name != NULL)
		g_string_append_printf(out, " %s", response->name);
	if (response->code != NULL) {
		g_string_append_printf(out, " [%s", response->code);
		if (response->n_code_args > 0)
			g_string_append_c(out, ' ');
		dump_args(out, response->code_args, response->n_code_args);
		g_string_append_c(out, ']');
	}
	if (response->n_args > 0)
		g_string_append_c(out, ' ');
	dump_args(out, response->args, response->n_args);
	if (response->kind != IMAP_RESPONSE_DATA)
		g_string_append_printf(out, " |%s", response->text);
	return g_string_free(out, FALSE);
}

static const struct {
	const char *octets, *tree;
} table[] = {
	/* status responses, codes and text */
	{ "* OK ready\r\n", "S OK |ready" },
	{ "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN LITERAL+] Dovecot "
	  "(Debian) ready.\r\n",
	  "S OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN LITERAL+] "
	  "|Dovecot (Debian) ready." },
	{ "* PREAUTH [CAPABILITY IMAP4rev1] IMAP4rev1 server logged in as x\r\n",
	  "S PREAUTH [CAPABILITY IMAP4rev1] "
	  "|IMAP4rev1 server logged in as x" },
	{ "* BYE\r\n", "S BYE |" },
	{ "* ok lower case\r\n", "S OK |lower case" },
	{ "* OK [PERMANENTFLAGS (\\Answered \\Deleted $Label1 \\*)] Flags "
	  "permitted.\r\n",
	  "S OK [PERMANENTFLAGS (\\Answered \\Deleted $Label1 \\*)] "
	  "|Flags permitted." },
	{ "* OK [UIDVALIDITY 3857529045] UIDs valid\r\n",
	  "S OK [UIDVALIDITY 3857529045] |UIDs valid" },
	{ "* OK [UIDVALIDITY 99999999999999999999] odd\r\n",
	  "S OK [UIDVALIDITY 99999999999999999999] |odd" },
	{ "* OK [uidnext] no number\r\n", "S OK [UIDNEXT] |no number" },
	{ "* OK [CLOSED] Previous mailbox closed.\r\n",
	  "S OK [CLOSED] |Previous mailbox closed." },
	{ "* OK [X-FOO (unbalanced \"quote] text\r\n",
	  "S OK [X-FOO (unbalanced \"quote] |text" },
	{ "* OK [X-FOO )(] text\r\n", "S OK [X-FOO )(] |text" },
	{ "* NO [BADCHARSET (\"a]b\" utf-8)] no\r\n",
	  "S NO [BADCHARSET ('a]b' utf-8)] |no" },
	{ "* OK [no end of this\r\n", "S OK |[no end of this" },
	{ "* OK [] empty\r\n", "S OK |[] empty" },
	{ "* OK [ALERT]no space\r\n", "S OK [ALERT] |no space" },
	{ "* OK text with {5}\r\n", "S OK |text with {5}" },
	{ "* NO (\"unbalanced {3}\r\n", "S NO |(\"unbalanced {3}" },
	{ "* NO caf\xc3\xa9 \xff\r\n", "S NO |caf\xc3\xa9 \xff" },
	{ "A1 OK\r\n", "T A1 OK |" },
	{ "A1 OK \r\n", "T A1 OK |" },
	{ "A001 OK [READ-WRITE] Select completed (0.001 + 0.000 secs).\r\n",
	  "T A001 OK [READ-WRITE] "
	  "|Select completed (0.001 + 0.000 secs)." },
	{ "a4 NO [AUTHENTICATIONFAILED] Authentication failed.\r\n",
	  "T a4 NO [AUTHENTICATIONFAILED] |Authentication failed." },
	{ "a5 BAD Command Argument Error. 11\r\n",
	  "T a5 BAD |Command Argument Error. 11" },
	{ "a6 OK [COPYUID 1511554416 142,399 41:42] Moved UIDs.\r\n",
	  "T a6 OK [COPYUID 1511554416 142,399 41:42] |Moved UIDs." },
	{ "a7 OK [HIGHESTMODSEQ 20010715194045319] done\r\n",
	  "T a7 OK [HIGHESTMODSEQ 20010715194045319] |done" },
	/* continuation requests */
	{ "+ idling\r\n", "C |idling" },
	{ "+\r\n", "C |" },
	{ "+ \r\n", "C |" },
	{ "+ PDEyMzQ1QGV4YW1wbGU+\r\n", "C |PDEyMzQ1QGV4YW1wbGU+" },
	{ "+ [CODE x] go on\r\n", "C [CODE x] |go on" },
	/* leniency: a bare LF, spaces before the end of the line */
	{ "* OK bare\n", "S OK |bare" },
	{ "* FLAGS (\\Seen )  \r\n", "D FLAGS (\\Seen)" },
	{ "* SEARCH \r\n", "D SEARCH" },
	{ "* SEARCH  2  3\r\n", "D SEARCH 2 3" },
	/* data */
	{ "* 23 EXISTS\r\n", "D 23 EXISTS" },
	{ "* 4294967295 Expunge\n", "D 4294967295 EXPUNGE" },
	{ "* VANISHED (EARLIER) 41,43:116,118\r\n",
	  "D VANISHED (EARLIER) 41,43:116,118" },
	{ "* ENABLED QRESYNC UTF8=ACCEPT\r\n",
		"D ENABLED QRESYNC UTF8=ACCEPT" },
	{ "* ENABLED\r\n", "D ENABLED" },
	{ "* ESEARCH (TAG \"A285\") UID ALL 1:5,7\r\n",
	  "D ESEARCH (TAG 'A285') UID ALL 1:5,7" },
	{ "* ID (\"name\" \"Cyrus IMAPD\" \"os\" NIL)\r\n",
	  "D ID ('name' 'Cyrus IMAPD' 'os' ~)" },
	{ "* NAMESPACE ((\"INBOX.\" \".\")) NIL ((\"shared.\" \".\"))\r\n",
	  "D NAMESPACE (('INBOX.' '.')) ~ (('shared.' '.'))" },
	{ "* LIST (\\HasNoChildren) \"/\" INBOX\r\n",
	  "D LIST (\\HasNoChildren) '/' INBOX" },
	{ "* LIST (\\Noselect) \"\\\\\" \"a \\\"b\\\\\"\r\n",
	  "D LIST (\\Noselect) '\\' 'a \"b\\'" },
	{ "* LIST () NIL {7}\r\n\"a\r\nb \"\r\n", "D LIST () ~ '\"a\r\nb \"'" },
	{ "* LIST (\\Trash \\HasNoChildren) \"/\" \"[Gmail]/Papierkorb\"\r\n",
	  "D LIST (\\Trash \\HasNoChildren) '/' '[Gmail]/Papierkorb'" },
	{ "* LIST () \"/\" [Gmail]/x\xc3\xa9\r\n",
		"D LIST () '/' [Gmail]/x\xc3\xa9" },
	{ "* STATUS {0}\r\n (MESSAGES 3 UIDNEXT 5)\r\n",
	  "D STATUS '' (MESSAGES 3 UIDNEXT 5)" },
	{ "* LIST () \".\" INBOX.caf\xe9 (\"OLDNAME\" (\"b\"))\r\n",
	  "D LIST () '.' INBOX.caf\xe9 ('OLDNAME' ('b'))" },
	{ "* X-UNKNOWN (((a) b) () c)\r\n", "D X-UNKNOWN (((a) b) () c)" },
	/* FETCH and its sections */
	{ "* 1 FETCH (UID 7 FLAGS (\\Seen $MDNSent) MODSEQ (65402))\r\n",
	  "D 1 FETCH (UID 7 FLAGS (\\Seen $MDNSent) MODSEQ (65402))" },
	{ "* 9 UIDFETCH (FLAGS ())\r\n", "D 9 UIDFETCH (FLAGS ())" },
	{ "* 1 FETCH (BODY[] NIL)\r\n", "D 1 FETCH (BODY[] ~)" },
	{ "* 1 FETCH (BODY[] \"a\\\"b\")\r\n", "D 1 FETCH (BODY[] 'a\"b')" },
	{ "* 1 FETCH (BODY[1.2.MIME]<0> {3}\r\na)\n UID 3)\r\n",
	  "D 1 FETCH (BODY[1.2.MIME]<0> 'a)\n' UID 3)" },
	{ "* 1 FETCH (BODY[HEADER.FIELDS (REFERENCES)] {4}\r\n\r\n\r\n)\r\n",
	  "D 1 FETCH (BODY[HEADER.FIELDS (REFERENCES)] '\r\n\r\n')" },
	{ "* 1 FETCH (BODY[HEADER.FIELDS ({10}\r\nREFERENCES)] \"\")\r\n",
	  "D 1 FETCH (BODY[HEADER.FIELDS (REFERENCES)] '')" },
	{ "* 1 FETCH (body[header.fields (\"To\" {2}\r\nCc)]<5> {1}\r\nx)\r\n",
	  "D 1 FETCH (body[header.fields (To Cc)]<5> 'x')" },
	{ "* 1 FETCH (BINARY[2] ~{2}\r\nab BINARY.SIZE[2] 2)\r\n",
	  "D 1 FETCH (BINARY[2] 'ab' BINARY.SIZE[2] 2)" },
	{ "* 1 FETCH (FLAGS (odd[flag) UID 3)\r\n",
	  "D 1 FETCH (FLAGS (odd[flag) UID 3)" },
	{ "* 1 FETCH (BODYSTRUCTURE ((\"a\" \"b\")(\"c\" \"d\")\"mixed\"))\r\n",
	  "D 1 FETCH (BODYSTRUCTURE (('a' 'b') ('c' 'd') 'mixed'))" },
	{ "* 1 FETCH (ENVELOPE ({6+}\r\n{3}\r\n) {3}\r\n\"{4 \"x {5}\" NIL))\r\n",
	  "D 1 FETCH (ENVELOPE ('{3}\r\n)' '\"{4' 'x {5}' ~))" },
};

static void assert_response(struct imap_parser *parser, const char *tree)
{
	const struct imap_response *response;
	GError *error = NULL;
	char *text;

	g_assert_cmpint(imap_parser_next(parser, &response, &error), ==,
		IMAP_PARSER_RESPONSE);
	g_assert_no_error(error);
	text = dump(response);
	g_assert_cmpstr(text, ==, tree);
	g_assert_cmpint(response->line[response->line_len], ==, '\0');
	g_free(text);
}

static void assert_need_more(struct imap_parser *parser)
{
	const struct imap_response *response;
	GError *error = NULL;

	g_assert_cmpint(imap_parser_next(parser, &response, &error), ==,
		IMAP_PARSER_NEED_MORE);
	g_assert_no_error(error);
	g_assert_null(response);
}

/* In pieces of n octets; before the last one, there is no response. */
static void feed(struct imap_parser *parser, const char *octets, size_t n)
{
	size_t len = strlen(octets);

	for (size_t at = 0; at < len; at += n) {
		imap_parser_push(parser, octets + at, MIN(n, len - at));
		if (at + n < len)
			assert_need_more(parser);
	}
}

static void test_table(void)
{
	static const size_t sizes[] = { 1, 2, 7, 100000 };
	struct imap_parser *parser = imap_parser_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		for (size_t j = 0; j < G_N_ELEMENTS(sizes); j++) {
			feed(parser, table[i].octets, sizes[j]);
			assert_response(parser, table[i].tree);
			assert_need_more(parser);
			g_assert_cmpuint(imap_parser_pending(parser), ==, 0);
		}
	}
	imap_parser_free(&parser);
	g_assert_null(parser);
	imap_parser_free(&parser);
}

/* At each prefix, more is needed; the rest then makes the response. */
static void test_prefixes(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		size_t len = strlen(table[i].octets);

		for (size_t cut = 0; cut < len; cut++) {
			struct imap_parser *parser = imap_parser_new(NULL);

			imap_parser_push(parser, table[i].octets, cut);
			assert_need_more(parser);
			g_assert_cmpuint(imap_parser_pending(parser), ==, cut);
			imap_parser_push(parser, table[i].octets + cut,
				len - cut);
			assert_response(parser, table[i].tree);
			imap_parser_free(&parser);
		}
	}
}

/* All of the table in one push. */
static void test_pipeline(void)
{
	struct imap_parser *parser = imap_parser_new(NULL);
	GString *octets = g_string_new(NULL);

	for (int round = 0; round < 50; round++)
		for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
			g_string_append(octets, table[i].octets);
	imap_parser_push(parser, octets->str, octets->len);
	for (int round = 0; round < 50; round++)
		for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
			assert_response(parser, table[i].tree);
	assert_need_more(parser);
	g_string_free(octets, TRUE);
	imap_parser_free(&parser);
}

static void assert_failure(struct imap_parser *parser,
	enum imap_parser_result expected, enum imap_error code)
{
	const struct imap_response *response;
	GError *error = NULL;

	g_assert_cmpint(imap_parser_next(parser, &response, &error), ==,
		expected);
	g_assert_error(error, IMAP_ERROR, (int)code);
	g_clear_error(&error);
}

static void test_malformed(void)
{
	static const char *const lines[] = { "\r\n", "\n", "*\r\n", "* \r\n",
		"A1\r\n", "A1 \r\n", "A1 MAYBE\r\n", "A1 BYE x\r\n",
		"A1 PREAUTH\r\n", "* 4294967296 EXISTS\r\n", "* LIST (\r\n",
		"* LIST )\r\n", "* LIST (()\r\n", "* LIST () \"/\" \"foo\r\n",
		"* LIST () \"/\" \"foo\\\"\r\n", "* LIST \"a\"\"b\"\r\n",
		"* LIST \"a\"b\r\n", "* LIST a\"b\"\r\n", "* LIST {x}\r\n",
		"* LIST {}\r\n", "* LIST {5} x\r\n", "* LIST {3\r\n",
		"* LIST \"open {3}\r\n", "* LIST {2}\r\n(({\r\n",
		"* LIST \x01\r\n", "* LIST {1}\r\na{1}x\r\n",
		"* 1 FETCH (BODY[HEADER.FIELDS (A B) {1})\r\n",
		"* 1 FETCH (BODY[\"] NIL)\r\n", " OK x\r\n", "HTTP/1.1\r\n" };
	struct imap_parser *parser = imap_parser_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		feed(parser, lines[i], 1);
		assert_failure(parser, IMAP_PARSER_SKIPPED, IMAP_ERROR_SYNTAX);
		feed(parser, "* OK fine\r\n", 1);
		assert_response(parser, "S OK |fine");
	}
	imap_parser_free(&parser);
}

static void test_fault_offset(void)
{
	struct imap_parser *parser = imap_parser_new(NULL);
	const struct imap_response *response;
	GError *error = NULL;

	imap_parser_push(parser, "* LIST ())\r\n", 12);
	g_assert_cmpint(imap_parser_next(parser, &response, &error), ==,
		IMAP_PARSER_SKIPPED);
	g_assert_nonnull(strstr(error->message, "octet 9"));
	g_assert_cmpstr(response->line, ==, "* LIST ())");
	g_clear_error(&error);
	imap_parser_free(&parser);
}

/* The trace's line has no literals' content. */
static void test_line(void)
{
	struct imap_parser *parser = imap_parser_new(NULL);
	const struct imap_response *response;
	const char *octets = "* 1 FETCH (BODY[] {3}\r\na\nb UID {1}\r\n7)\r\n";

	imap_parser_push(parser, octets, strlen(octets));
	g_assert_cmpint(imap_parser_next(parser, &response, NULL), ==,
		IMAP_PARSER_RESPONSE);
	g_assert_cmpstr(response->line, ==, "* 1 FETCH (BODY[] {3} UID {1})");
	g_assert_cmpuint(response->line_len, ==, strlen(response->line));
	imap_parser_free(&parser);
}

static void test_nul(void)
{
	static const char octets[] = "* 1 FETCH (BINARY[1] ~{3}\r\na\0b)\r\n";
	struct imap_parser *parser = imap_parser_new(NULL);
	const struct imap_response *response;
	const struct imap_arg *value;

	imap_parser_push(parser, octets, sizeof(octets) - 1);
	g_assert_cmpint(imap_parser_next(parser, &response, NULL), ==,
		IMAP_PARSER_RESPONSE);
	value = &response->args[0].items[1];
	g_assert_cmpmem(value->str, value->len, "a\0b", 3);
	imap_parser_free(&parser);
}

/* --- limits ----------------------------------------------------------------- */

static const struct imap_limits small = {
	.line_max = 100,
	.literal_max = 50,
	.response_max = 200,
	.spool_max = 1000,
	.depth_max = 5,
	.args_max = 20,
};

static void push_text(struct imap_parser *parser, const char *text)
{
	imap_parser_push(parser, text, strlen(text));
}

static void assert_breaks(const char *octets)
{
	struct imap_parser *parser = imap_parser_new(&small);

	push_text(parser, octets);
	assert_failure(parser, IMAP_PARSER_BROKEN, IMAP_ERROR_LIMIT);
	push_text(parser, "\r\n* OK too late\r\n");
	assert_failure(parser, IMAP_PARSER_BROKEN, IMAP_ERROR_LIMIT);
	imap_parser_free(&parser);
}

static void test_limits_break(void)
{
	char *x101 = g_strnfill(101, 'x');
	char *x50 = g_strnfill(50, 'x');
	char *long_literals = g_strdup_printf(
		"* A {50}\r\n%s {50}\r\n%s {50}\r\n%s {50}\r\n%s",
		x50, x50, x50, x50);
	char *fragments = g_strdup_printf("* A %s {1}\r\na%s\r\n", x50, x50);

	assert_breaks(x101); /* without an end of line in sight */
	assert_breaks("* A {51}\r\n");
	assert_breaks("* A {9223372036854775808}\r\n");
	assert_breaks("* A {99999999999999999999999999}\r\n");
	assert_breaks(long_literals);
	assert_breaks(fragments);
	g_free(x101);
	g_free(x50);
	g_free(long_literals);
	g_free(fragments);
}

static void test_limits_skip(void)
{
	struct imap_parser *parser = imap_parser_new(&small);

	push_text(parser, "* A (((((x)))))\r\n");
	assert_response(parser, "D A (((((x)))))");
	push_text(parser, "* A ((((((x))))))\r\n");
	assert_failure(parser, IMAP_PARSER_SKIPPED, IMAP_ERROR_LIMIT);
	push_text(parser, "* A 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1\r\n");
	assert_failure(parser, IMAP_PARSER_SKIPPED, IMAP_ERROR_LIMIT);
	push_text(parser, "* A {50}\r\n"
		"12345678901234567890123456789012345678901234567890\r\n");
	assert_response(parser,
		"D A '12345678901234567890123456789012345678901234567890'");
	imap_parser_free(&parser);
}

/* A million parentheses cost no C stack. */
static void test_depth(void)
{
	struct imap_parser *parser = imap_parser_new(NULL);
	char *deep = g_strnfill(1000000, '(');

	push_text(parser, "* A ");
	push_text(parser, deep);
	push_text(parser, "\r\n");
	assert_failure(parser, IMAP_PARSER_SKIPPED, IMAP_ERROR_LIMIT);
	g_free(deep);
	imap_parser_free(&parser);
}

static void test_million_numbers(void)
{
	struct imap_parser *parser = imap_parser_new(NULL);
	GString *line = g_string_new("* SEARCH");
	const struct imap_response *response;

	for (int i = 0; i < 1000000; i++)
		g_string_append(line, " 4000000");
	g_string_append(line, "\r\n");
	for (size_t at = 0; at < line->len; at += 65536) {
		assert_need_more(parser);
		imap_parser_push(parser, line->str + at,
			MIN((size_t)65536, line->len - at));
	}
	g_assert_cmpint(imap_parser_next(parser, &response, NULL), ==,
		IMAP_PARSER_RESPONSE);
	g_assert_cmpuint(response->n_args, ==, 1000000);
	g_assert_cmpstr(response->args[999999].str, ==, "4000000");
	g_string_free(line, TRUE);
	imap_parser_free(&parser);
}

/* --- spooling --------------------------------------------------------------- */

struct spool {
	GString *octets;
	GString *asked;
	const char *suffix; /* of lines whose literal is wanted */
};

static bool wants(const char *line, size_t len, uint64_t size, void *data)
{
	struct spool *spool = data;

	g_string_append_printf(spool->asked, "%.*s|", (int)len, line);
	return size > 2 && g_strstr_len(line, (gssize)len,
		"BODY[2]<0> ") != NULL;
}

static void take(const char *octets, size_t len, void *data)
{
	struct spool *spool = data;

	g_assert_cmpuint(len, >, 0);
	g_string_append_len(spool->octets, octets, (gssize)len);
}

static void spool_in_pieces(size_t n)
{
	static const char octets[] =
		"* 1 FETCH (UID 5 X {2}\r\nab BODY[2]<0> {12}\r\n"
		"(\r\n* OK no\r\n Y {4}\r\nrest Z \"z\")\r\n* 2 EXISTS\r\n";
	struct imap_parser *parser = imap_parser_new(&small);
	struct spool spool = { g_string_new(NULL), g_string_new(NULL), NULL };
	size_t len = strlen(octets), at = 0;
	const struct imap_response *response;

	imap_parser_set_spool(parser, wants, take, &spool);
	do {
		imap_parser_push(parser, octets + at, MIN(n, len - at));
		at += n;
	} while (imap_parser_next(parser, &response, NULL) ==
		IMAP_PARSER_NEED_MORE);
	g_assert_nonnull(response);
	char *text = dump(response);
	g_assert_cmpstr(text, ==, "D 1 FETCH (UID 5 X 'ab' BODY[2]<0> <12> "
		"Y <4> Z 'z')");
	g_free(text);
	g_assert_cmpstr(spool.octets->str, ==, "(\r\n* OK no\r\nrest");
	g_assert_cmpstr(spool.asked->str, ==, "* 1 FETCH (UID 5 X {2}|"
		"* 1 FETCH (UID 5 X {2} BODY[2]<0> {12}|"
		"* 1 FETCH (UID 5 X {2} BODY[2]<0> {12} Y {4}|");
	if (at < len)
		imap_parser_push(parser, octets + at, len - at);
	assert_response(parser, "D 2 EXISTS");
	g_string_free(spool.octets, TRUE);
	g_string_free(spool.asked, TRUE);
	imap_parser_free(&parser);
}

static void test_spool(void)
{
	for (size_t n = 1; n < 40; n++)
		spool_in_pieces(n);
	spool_in_pieces(1000);
}

/* More than is kept in memory, and more than a sink may get. */
static void test_spool_limits(void)
{
	struct imap_parser *parser = imap_parser_new(&small);
	struct spool spool = { g_string_new(NULL), g_string_new(NULL), NULL };
	char *kilobyte = g_strnfill(1000, 'k');

	imap_parser_set_spool(parser, wants, take, &spool);
	push_text(parser, "* 1 FETCH (BODY[2]<0> {1000}\r\n");
	assert_need_more(parser);
	push_text(parser, kilobyte);
	push_text(parser, ")\r\n* 1 FETCH (BODY[2]<0> {1001}\r\n");
	assert_response(parser, "D 1 FETCH (BODY[2]<0> <1000>)");
	assert_failure(parser, IMAP_PARSER_BROKEN, IMAP_ERROR_LIMIT);
	g_assert_cmpuint(spool.octets->len, ==, 1000);
	g_free(kilobyte);
	g_string_free(spool.octets, TRUE);
	g_string_free(spool.asked, TRUE);
	imap_parser_free(&parser);
}

/* --- accessors --------------------------------------------------------------- */

static void test_accessors(void)
{
	struct imap_parser *parser = imap_parser_new(NULL);
	const struct imap_response *response;
	const struct imap_arg *args, *items;
	const char *str;
	uint32_t n;
	uint64_t n64;
	size_t n_items;

	push_text(parser, "* A 4294967295 4294967296 9223372036854775807 "
		"9223372036854775808 12x \"7\" nil (a b) {1}\r\nx\r\n");
	g_assert_cmpint(imap_parser_next(parser, &response, NULL), ==,
		IMAP_PARSER_RESPONSE);
	args = response->args;
	g_assert_true(imap_arg_get_number(&args[0], &n));
	g_assert_cmpuint(n, ==, UINT32_MAX);
	g_assert_false(imap_arg_get_number(&args[1], &n));
	g_assert_true(imap_arg_get_number64(&args[2], &n64));
	g_assert_cmpuint(n64, ==, INT64_MAX);
	g_assert_false(imap_arg_get_number64(&args[3], &n64));
	g_assert_false(imap_arg_get_number64(&args[4], &n64));
	g_assert_false(imap_arg_get_number64(&args[5], &n64));
	g_assert_false(imap_arg_get_atom(&args[5], &str));
	g_assert_true(imap_arg_is_nil(&args[6]));
	g_assert_false(imap_arg_get_astring(&args[6], &str));
	g_assert_true(imap_arg_get_nstring(&args[6], &str));
	g_assert_null(str);
	g_assert_true(imap_arg_get_list(&args[6], &items, &n_items));
	g_assert_cmpuint(n_items, ==, 0);
	g_assert_true(imap_arg_get_list(&args[7], &items, &n_items));
	g_assert_cmpuint(n_items, ==, 2);
	g_assert_true(imap_arg_is_atom(&items[1], "B"));
	g_assert_false(imap_arg_get_nstring(&args[7], &str));
	g_assert_true(imap_arg_get_astring(&args[8], &str));
	g_assert_cmpstr(str, ==, "x");
	g_assert_false(imap_arg_get_list(&args[8], &items, &n_items));
	imap_parser_free(&parser);
}

/* A response stays as it is while more octets are pushed. */
static void test_push_keeps_response(void)
{
	struct imap_parser *parser = imap_parser_new(NULL);
	const struct imap_response *response;
	char *big = g_strnfill(300000, 'x');
	char *text;

	push_text(parser, "* LIST () \"/\" \"a b\"\r\n* OK ");
	g_assert_cmpint(imap_parser_next(parser, &response, NULL), ==,
		IMAP_PARSER_RESPONSE);
	push_text(parser, big);
	text = dump(response);
	g_assert_cmpstr(text, ==, "D LIST () '/' 'a b'");
	g_assert_cmpstr(response->line, ==, "* LIST () \"/\" \"a b\"");
	g_free(text);
	g_free(big);
	imap_parser_free(&parser);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/imap/parser/table", test_table);
	g_test_add_func("/imap/parser/prefixes", test_prefixes);
	g_test_add_func("/imap/parser/pipeline", test_pipeline);
	g_test_add_func("/imap/parser/malformed", test_malformed);
	g_test_add_func("/imap/parser/fault-offset", test_fault_offset);
	g_test_add_func("/imap/parser/line", test_line);
	g_test_add_func("/imap/parser/nul", test_nul);
	g_test_add_func("/imap/parser/limits-break", test_limits_break);
	g_test_add_func("/imap/parser/limits-skip", test_limits_skip);
	g_test_add_func("/imap/parser/depth", test_depth);
	g_test_add_func("/imap/parser/million-numbers", test_million_numbers);
	g_test_add_func("/imap/parser/spool", test_spool);
	g_test_add_func("/imap/parser/spool-limits", test_spool_limits);
	g_test_add_func("/imap/parser/accessors", test_accessors);
	g_test_add_func("/imap/parser/push-keeps-response",
		test_push_keeps_response);
	return g_test_run();
}
