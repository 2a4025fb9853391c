/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FETCH responses as Dovecot, Cyrus, Courier, Exchange and Gmail send them. */
#include "src/base/base.h"
#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/imap/bodystructure.h"
#include "src/imap/fetch.h"
#include "src/imap/parser.h"

struct fixture {
	struct imap_parser *parser;
	struct arena *arena;
	struct imap_fetch fetch;
	const struct imap_response *response;
};

static void set_up(struct fixture *f, gconstpointer data)
{
	(void)data;
	f->parser = imap_parser_new(NULL);
	f->arena = arena_new();
}

static void tear_down(struct fixture *f, gconstpointer data)
{
	(void)data;
	imap_parser_free(&f->parser);
	arena_free(&f->arena);
}

static void parse(struct fixture *f, const char *octets)
{
	GError *error = NULL;

	imap_parser_push(f->parser, octets, strlen(octets));
	imap_parser_push(f->parser, "\r\n", 2);
	g_assert_cmpint(imap_parser_next(f->parser, &f->response, &error), ==,
		IMAP_PARSER_RESPONSE);
	g_assert_no_error(error);
}

static void fetch(struct fixture *f, const char *octets)
{
	GError *error = NULL;

	parse(f, octets);
	g_assert_true(imap_fetch_from_response(f->response, f->arena, &f->fetch,
		&error));
	g_assert_no_error(error);
}

static void test_row(struct fixture *f, gconstpointer data)
{
	const struct imap_envelope *envelope = &f->fetch.envelope;

	(void)data;
	fetch(f, "* 12 FETCH (UID 40 FLAGS (\\Seen $Forwarded \\Strange NonJunk) "
		"INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 4286 "
		"ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" "
		"{9}\r\n\"quoted\"! ((\"A. User\" NIL \"a\" \"x.example\")) NIL NIL "
		"((NIL NIL \"group\" NIL)(NIL NIL \"b\" \"y.example\")"
		"(NIL NIL NIL NIL)) NIL NIL NIL \"<m1@x>\") "
		"MODSEQ (12121231000) X-GM-MSGID 1278455344230334865 "
		"X-GM-LABELS (\\Inbox \"a b\") "
		"BODY[HEADER.FIELDS (REFERENCES)] {35}\r\n"
		"References: <a@x>\r\n <b@x>\t<c@x>\r\n\r\n)");
	g_assert_cmpuint(f->fetch.msn, ==, 12);
	g_assert_cmpuint(f->fetch.uid, ==, 40);
	g_assert_true(f->fetch.has_flags);
	g_assert_cmpuint(f->fetch.flags.system, ==, IMAP_FLAG_SEEN);
	g_assert_cmpuint(f->fetch.flags.n_keywords, ==, 2);
	g_assert_cmpstr(f->fetch.flags.keywords[1], ==, "NonJunk");
	g_assert_true(f->fetch.has_internaldate);
	g_assert_cmpint(f->fetch.internaldate, ==, 837596665);
	g_assert_cmpint(f->fetch.internaldate_offset, ==, -420);
	g_assert_true(f->fetch.has_size);
	g_assert_cmpuint(f->fetch.size, ==, 4286);
	g_assert_cmpuint(f->fetch.mod_seq, ==, 12121231000);
	g_assert_true(f->fetch.has_references);
	g_assert_cmpstr(f->fetch.references, ==, "<a@x>\r\n <b@x>\t<c@x>");
	g_assert_true(f->fetch.has_envelope);
	g_assert_cmpstr(envelope->subject, ==, "\"quoted\"!");
	g_assert_cmpuint(envelope->from.n, ==, 1);
	g_assert_cmpstr(envelope->from.items[0].name, ==, "A. User");
	g_assert_cmpuint(envelope->sender.n, ==, 0);
	g_assert_cmpuint(envelope->to.n, ==, 3);
	g_assert_cmpstr(envelope->to.items[0].mailbox, ==, "group");
	g_assert_null(envelope->to.items[0].host);
	g_assert_null(envelope->to.items[2].mailbox);
	g_assert_null(envelope->in_reply_to);
	g_assert_cmpstr(envelope->message_id, ==, "<m1@x>");
	g_assert_cmpuint(f->fetch.n_sections, ==, 0);
}

static void test_sections(struct fixture *f, gconstpointer data)
{
	const struct imap_section *sections;

	(void)data;
	fetch(f, "* 3 FETCH (BODY[] NIL body[header] \"\" BODY[1.2.mime]<0> {2}\r\n"
		"ab BINARY[2]<7> ~{1}\r\nx RFC822.TEXT atom UID 9 "
		"BODY[HEADER.FIELDS (SUBJECT \"From\")] \"y\" BINARY.SIZE[2] 4)");
	sections = f->fetch.sections;
	g_assert_cmpuint(f->fetch.n_sections, ==, 7);
	g_assert_cmpstr(sections[0].section, ==, "");
	g_assert_null(sections[0].data);
	g_assert_cmpstr(sections[1].section, ==, "HEADER");
	g_assert_cmpuint(sections[1].len, ==, 0);
	g_assert_nonnull(sections[1].data);
	g_assert_false(sections[1].has_origin);
	g_assert_cmpstr(sections[2].section, ==, "1.2.MIME");
	g_assert_true(sections[2].has_origin);
	g_assert_cmpuint(sections[2].origin, ==, 0);
	g_assert_cmpmem(sections[2].data, sections[2].len, "ab", 2);
	g_assert_true(sections[3].is_binary);
	g_assert_cmpuint(sections[3].origin, ==, 7);
	g_assert_cmpstr(sections[4].section, ==, "TEXT");
	g_assert_cmpstr(sections[5].section, ==,
		"HEADER.FIELDS (SUBJECT FROM)");
	g_assert_true(sections[6].is_size);
	g_assert_cmpuint(sections[6].size, ==, 4);
	g_assert_null(sections[6].data);
	g_assert_cmpuint(f->fetch.uid, ==, 9);
	fetch(f, "* 9 UIDFETCH (FLAGS () BODY[HEADER.FIELDS (REFERENCES)] NIL)");
	g_assert_cmpuint(f->fetch.msn, ==, 0);
	g_assert_cmpuint(f->fetch.uid, ==, 9);
	g_assert_true(f->fetch.has_references);
	g_assert_cmpstr(f->fetch.references, ==, "");
}

static bool wants(const char *line, size_t len, uint64_t size, void *data)
{
	(void)line, (void)len, (void)size, (void)data;
	return true;
}

static void test_spooled(struct fixture *f, gconstpointer data)
{
	(void)data;
	imap_parser_set_spool(f->parser, wants, NULL, NULL);
	fetch(f, "* 3 FETCH (UID 1 BODY[2] {3}\r\nabc)");
	g_assert_cmpuint(f->fetch.n_sections, ==, 1);
	g_assert_true(f->fetch.sections[0].is_spooled);
	g_assert_null(f->fetch.sections[0].data);
}

/* Values of the wrong kind are as if not sent; the others stay. */
static void test_odd_values(struct fixture *f, gconstpointer data)
{
	static const char *const bad[] = { "* FETCH (UID 1)", "* 0 FETCH ()",
		"* 1 FETCH", "* 1 FETCH 5", "* 1 FETCH (UID)",
		"* 1 FETCH (UID 1 FLAGS)", "* 1 FETCH ((UID) 1)" };

	(void)data;
	fetch(f, "* 3 FETCH (UID x FLAGS 5 INTERNALDATE \"yesterday\" "
		"RFC822.SIZE -1 ENVELOPE \"no\" BODYSTRUCTURE NIL MODSEQ () "
		"X-NEW (a (b)))");
	g_assert_cmpuint(f->fetch.uid, ==, 0);
	g_assert_false(f->fetch.has_flags);
	g_assert_false(f->fetch.has_internaldate);
	g_assert_false(f->fetch.has_size);
	g_assert_false(f->fetch.has_envelope);
	g_assert_null(f->fetch.body);
	g_assert_cmpuint(f->fetch.mod_seq, ==, 0);
	fetch(f, "* 3 FETCH (ENVELOPE (NIL \"short\") BODY[1]<x> \"\" "
		"BODY[1]<99999999999> \"\" BODY[1]<3>x \"\" UID 4)");
	g_assert_cmpstr(f->fetch.envelope.subject, ==, "short");
	g_assert_null(f->fetch.envelope.message_id);
	g_assert_cmpuint(f->fetch.n_sections, ==, 0);
	g_assert_cmpuint(f->fetch.uid, ==, 4);
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		GError *error = NULL;

		parse(f, bad[i]);
		g_assert_false(imap_fetch_from_response(f->response, f->arena,
			&f->fetch, &error));
		g_assert_error(error, IMAP_ERROR, IMAP_ERROR_SYNTAX);
		g_clear_error(&error);
	}
}

static void test_items(void)
{
	char *text = imap_fetch_items_to_string(IMAP_FETCH_ROW, true);

	g_assert_cmpstr(text, ==,
		"(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE "
		"BODY.PEEK[HEADER.FIELDS (REFERENCES)] MODSEQ)");
	g_free(text);
	text = imap_fetch_items_to_string(0, false);
	g_assert_cmpstr(text, ==, "(UID)");
	g_free(text);
}

/* --- body structures --------------------------------------------------------- */

/* Parts in document order, as "section type/subtype". */
static char *dump_body(const struct imap_body *root)
{
	GString *out = g_string_new(NULL);
	const struct imap_body *body = NULL;

	while ((body = imap_body_next(root, body)) != NULL)
		g_string_append_printf(out, "%s[%s] %s/%s", out->len ? " " : "",
			body->section, body->type, body->subtype);
	return g_string_free(out, FALSE);
}

#define TEXT "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") NIL NIL \"8BIT\" 10 1"
#define ENVELOPE "(NIL \"s\" NIL NIL NIL NIL NIL NIL NIL NIL)"

static void test_body_sections(struct fixture *f, gconstpointer data)
{
	static const struct {
		const char *arg, *parts;
	} table[] = {
		{ TEXT ")", "[1] text/plain" },
		/* Courier: multipart without extension data */
		{ "(" TEXT ")" TEXT ") \"ALTERNATIVE\")",
		  "[] multipart/alternative [1] text/plain [2] text/plain" },
		/* RFC 9051 6.4.5.1 */
		{ "(" TEXT ")(\"APPLICATION\" \"OCTET-STREAM\" NIL NIL NIL "
		  "\"BASE64\" 5)"
		  "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 500 " ENVELOPE
		  " (" TEXT ")(\"APPLICATION\" \"OCTET-STREAM\" NIL NIL NIL "
		  "\"BASE64\" 5) \"MIXED\") 20)"
		  "((\"IMAGE\" \"GIF\" NIL NIL NIL \"BASE64\" 9)"
		  "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 700 " ENVELOPE
		  " (" TEXT ")(" TEXT ")(\"TEXT\" \"RICHTEXT\" NIL NIL NIL "
		  "\"7BIT\" 1 1) \"ALTERNATIVE\") \"MIXED\") 30) \"MIXED\") "
		  "\"MIXED\" (\"BOUNDARY\" \"b\") NIL NIL)",
		  "[] multipart/mixed [1] text/plain "
		  "[2] application/octet-stream [3] message/rfc822 "
		  "[3] multipart/mixed [3.1] text/plain "
		  "[3.2] application/octet-stream [4] multipart/mixed "
		  "[4.1] image/gif [4.2] message/rfc822 "
		  "[4.2] multipart/mixed [4.2.1] text/plain "
		  "[4.2.2] multipart/alternative [4.2.2.1] text/plain "
		  "[4.2.2.2] text/richtext" },
		/* a message in a message, the inner one no multipart */
		{ "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 50 " ENVELOPE
		  " " TEXT ") 3 NIL (\"attachment\" NIL) NIL NIL)",
		  "[1] message/rfc822 [1.1] text/plain" },
		{ "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 50 NIL "
		  TEXT ") 3)", "[1] message/rfc822 [1.1] text/plain" },
		/* a server that sends message/rfc822 like any other part */
		{ "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 50 NIL "
		  "(\"attachment\" (\"filename\" \"m.eml\")) NIL NIL)",
		  "[1] message/rfc822" },
		/* Exchange: a type NIL; missing fields */
		{ "(NIL NIL NIL NIL NIL NIL 5)",
		  "[1] application/octet-stream" },
		{ "(\"TEXT\" \"PLAIN\")", "[1] text/plain" },
		{ "((\"TEXT\" \"PLAIN\"))",
			"[] multipart/mixed [1] text/plain" },
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		char *octets = g_strdup_printf(
			"* 1 FETCH (BODYSTRUCTURE %s UID 7)", table[i].arg);
		char *parts;

		fetch(f, octets);
		g_assert_nonnull(f->fetch.body);
		parts = dump_body(f->fetch.body);
		g_assert_cmpstr(parts, ==, table[i].parts);
		g_assert_cmpuint(f->fetch.uid, ==, 7);
		g_free(parts);
		g_free(octets);
	}
}

static void test_body_fields(struct fixture *f, gconstpointer data)
{
	const struct imap_body *body;

	(void)data;
	fetch(f, "* 1 FETCH (BODYSTRUCTURE (" TEXT " \"d41d\" (\"INLINE\" NIL) "
		"(\"de\" \"en\") \"http://x/\")(\"APPLICATION\" \"PDF\" "
		"(\"NAME\" {5}\r\na.pdf) \"<id@x>\" \"a \\\"paper\\\"\" "
		"\"BASE64\" 123456789012 NIL (\"attachment\" (\"FILENAME\" "
		"\"=?utf-8?Q?a?=\" \"size\" NIL)) NIL)"
		"(\"TEXT\" \"HTML\" NIL NIL NIL \"quoted-printable\" NIL 5 NIL "
		"\"inline\" \"fr\") \"MIXED\" (\"boundary\" \"b\") NIL (\"en\") "
		"NIL))");
	body = f->fetch.body;
	g_assert_cmpstr(imap_body_param(body, "boundary"), ==, "b");
	g_assert_cmpstr(body->language, ==, "en");
	body = imap_body_find(f->fetch.body, "1");
	g_assert_cmpstr(imap_body_param(body, "charset"), ==, "utf-8");
	g_assert_null(imap_body_param(body, "name"));
	g_assert_cmpuint(body->size, ==, 10);
	g_assert_cmpuint(body->lines, ==, 1);
	g_assert_cmpstr(body->encoding, ==, "8bit");
	g_assert_cmpstr(body->md5, ==, "d41d");
	g_assert_cmpstr(body->disposition, ==, "inline");
	g_assert_cmpstr(body->language, ==, "de");
	g_assert_cmpstr(body->location, ==, "http://x/");
	g_assert_true(body->parent == f->fetch.body);
	body = imap_body_find(f->fetch.body, "2");
	g_assert_cmpstr(body->type, ==, "application");
	g_assert_cmpstr(imap_body_param(body, "name"), ==, "a.pdf");
	g_assert_cmpstr(body->id, ==, "<id@x>");
	g_assert_cmpstr(body->description, ==, "a \"paper\"");
	g_assert_cmpuint(body->size, ==, 123456789012);
	g_assert_cmpstr(body->disposition, ==, "attachment");
	g_assert_cmpstr(imap_body_disposition_param(body, "filename"), ==,
		"=?utf-8?Q?a?=");
	g_assert_cmpstr(imap_body_disposition_param(body, "size"), ==, "");
	body = imap_body_find(f->fetch.body, "3");
	g_assert_cmpuint(body->lines, ==, 5);
	g_assert_cmpstr(body->disposition, ==, "inline");
	g_assert_cmpstr(body->language, ==, "fr");
	g_assert_null(imap_body_find(f->fetch.body, "4"));
}

static void assert_no_body(struct fixture *f, const char *arg,
	enum imap_error code)
{
	char *octets = g_strdup_printf("* 1 X %s", arg);
	GError *error = NULL;

	parse(f, octets);
	g_assert_null(imap_body_from_arg(&f->response->args[0], f->arena,
		&error));
	g_assert_error(error, IMAP_ERROR, (int)code);
	g_clear_error(&error);
	g_free(octets);
}

static unsigned count_parts(struct fixture *f, const char *arg)
{
	char *octets = g_strdup_printf("* 1 X %s", arg);
	const struct imap_body *root, *body = NULL;
	GError *error = NULL;
	unsigned n = 0;

	parse(f, octets);
	root = imap_body_from_arg(&f->response->args[0], f->arena, &error);
	g_assert_no_error(error);
	while ((body = imap_body_next(root, body)) != NULL)
		n++;
	g_free(octets);
	return n;
}

static void test_body_limits(struct fixture *f, gconstpointer data)
{
	GString *deep = g_string_new(NULL), *wide = g_string_new("(");

	(void)data;
	for (int i = 0; i < 110; i++)
		g_string_append_c(deep, '(');
	g_string_append(deep, "\"TEXT\" \"PLAIN\"");
	for (int i = 0; i < 110; i++)
		g_string_append(deep, " \"MIXED\")");
	for (int i = 0; i < IMAP_BODY_PARTS_MAX + 9; i++)
		g_string_append(wide, "(\"TEXT\" \"PLAIN\")");
	g_string_append(wide, " \"MIXED\")");
	g_assert_cmpuint(count_parts(f, deep->str), ==, IMAP_BODY_DEPTH_MAX);
	g_assert_cmpuint(count_parts(f, wide->str), ==, IMAP_BODY_PARTS_MAX);
	assert_no_body(f, "()", IMAP_ERROR_SYNTAX);
	assert_no_body(f, "NIL", IMAP_ERROR_SYNTAX);
	assert_no_body(f, "\"text\"", IMAP_ERROR_SYNTAX);
	assert_no_body(f, "((()) \"mixed\")", IMAP_ERROR_SYNTAX);
	g_string_free(deep, TRUE);
	g_string_free(wide, TRUE);
}

#define ADD(name, fn) \
	g_test_add("/imap/fetch/" name, struct fixture, NULL, set_up, fn, \
		tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("row", test_row);
	ADD("sections", test_sections);
	ADD("spooled", test_spooled);
	ADD("odd-values", test_odd_values);
	ADD("body-sections", test_body_sections);
	ADD("body-fields", test_body_fields);
	ADD("body-limits", test_body_limits);
	g_test_add_func("/imap/fetch/items", test_items);
	return g_test_run();
}
