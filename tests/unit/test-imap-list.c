/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LIST, LSUB, STATUS, NAMESPACE, SEARCH, ESEARCH, COPYUID, flags, capabilities. */
#include "src/base/base.h"
#include "src/base/arena.h"
#include "src/imap/capability.h"
#include "src/imap/flag.h"
#include "src/imap/list.h"
#include "src/imap/parser.h"
#include "src/imap/search.h"

struct fixture {
	struct imap_parser *parser;
	struct arena *arena;
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

static const struct imap_response *parse(struct fixture *f, const char *octets)
{
	const struct imap_response *response;
	GError *error = NULL;

	imap_parser_push(f->parser, octets, strlen(octets));
	imap_parser_push(f->parser, "\r\n", 2);
	g_assert_cmpint(imap_parser_next(f->parser, &response, &error), ==,
		IMAP_PARSER_RESPONSE);
	g_assert_no_error(error);
	return response;
}

static void test_list(struct fixture *f, gconstpointer data)
{
	static const struct {
		const char *octets;
		bool utf8;
		const char *name;
		char delimiter;
		unsigned attributes;
		const char *old_name;
	} table[] = {
		{ "* LIST (\\HasNoChildren \\Trash) \"/\" Papierkorb", false,
		  "Papierkorb", '/',
		  IMAP_MAILBOX_HAS_NO_CHILDREN | IMAP_MAILBOX_TRASH, NULL },
		{ "* LIST (\\nonexistent) \".\" \"INBOX.Entw&APw-rfe\"", false,
		  "INBOX.Entwürfe", '.',
		  IMAP_MAILBOX_NONEXISTENT | IMAP_MAILBOX_NOSELECT, NULL },
		{ "* LIST (\\Noinferiors) NIL {5}\r\ninbox", true,
		  "INBOX", '\0',
		  IMAP_MAILBOX_NOINFERIORS | IMAP_MAILBOX_HAS_NO_CHILDREN,
		  NULL },
		{ "* LIST () \"\\\\\" R&D (\"CHILDINFO\" (\"SUBSCRIBED\") "
		  "\"OLDNAME\" (\"R\"))", true, "R&D", '\\', 0, "R" },
		{ "* LSUB () \"/\" a", false, "a", '/',
		  IMAP_MAILBOX_SUBSCRIBED, NULL },
		{ "* LSUB (\\Noselect) \"/\" a", false, "a", '/',
		  IMAP_MAILBOX_NOSELECT, NULL },
		{ "* LIST (\\X-Odd) \"\" NIL", false, "NIL", '\0', 0, NULL },
		{ "* LIST (\\Remote \\NoAccess) \"/\" a (OLDNAME (b) X (y))",
		  false, "a", '/',
		  IMAP_MAILBOX_REMOTE | IMAP_MAILBOX_NO_ACCESS, "b" },
		{ "* XLIST (\\Inbox) \"/\" \"Bo&AO4-te\"", false, "INBOX", '/',
		  0, NULL },
		{ "* XLIST (\\AllMail) \"/\" Tous", false, "Tous", '/',
		  IMAP_MAILBOX_ALL, NULL },
	};
	static const char *const bad[] = { "* LIST", "* LIST () \"/\"",
		"* LIST x \"/\" a", "* LIST () () a", "* LIST () \"/\" (a)" };
	struct imap_list list;

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		g_assert_true(imap_list_from_response(
			parse(f, table[i].octets), table[i].utf8, f->arena,
			&list));
		g_assert_cmpstr(list.name, ==, table[i].name);
		g_assert_cmpint(list.delimiter, ==, table[i].delimiter);
		g_assert_cmphex(list.attributes, ==, table[i].attributes);
		g_assert_cmpstr(list.old_name, ==, table[i].old_name);
		g_assert_cmpint(list.has_subscribed_children, ==,
			strstr(table[i].octets, "CHILDINFO") != NULL);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(imap_list_from_response(parse(f, bad[i]), false,
			f->arena, &list));
}

static void test_status(struct fixture *f, gconstpointer data)
{
	struct imap_status status;

	(void)data;
	g_assert_true(imap_status_from_response(parse(f,
		"* STATUS \"a b\" (MESSAGES 231 UIDNEXT 44292 UNSEEN 3 "
		"UIDVALIDITY 4294967296 HIGHESTMODSEQ 9223372036854775807 "
		"SIZE 4294967296 DELETED 0 APPENDLIMIT NIL "
		"MAILBOXID (F2212))"), false, f->arena, &status));
	g_assert_cmpstr(status.name, ==, "a b");
	g_assert_true(status.has_messages && status.has_unseen &&
		status.has_uid_next && status.has_highest_mod_seq &&
		status.has_size && status.has_deleted);
	g_assert_false(status.has_uid_validity); /* above 32 bits */
	g_assert_cmpuint(status.messages, ==, 231);
	g_assert_cmpuint(status.unseen, ==, 3);
	g_assert_cmpuint(status.size, ==, 4294967296);
	g_assert_cmpuint(status.highest_mod_seq, ==, INT64_MAX);
	g_assert_false(status.has_append_limit); /* NIL: none */
	g_assert_true(imap_status_from_response(parse(f, "* STATUS x "
		"(APPENDLIMIT 257890)"), false, f->arena,
		&status));
	g_assert_cmpuint(status.append_limit, ==, 257890);
	g_assert_true(imap_status_from_response(
		parse(f, "* STATUS x ()"), false, f->arena, &status));
	g_assert_false(status.has_messages);
	g_assert_false(imap_status_from_response(
		parse(f, "* STATUS x y"), false, f->arena, &status));
}

/* Dovecot 2.3 tells of mailboxes in UTF-8 by NOTIFY. */
static void test_coding(struct fixture *f, gconstpointer data)
{
	static const struct {
		const char *octets;
		enum imap_name_coding coding;
	} table[] = {
		{ "* LIST () \"/\" R&-D", IMAP_NAME_UTF7 },
		{ "* LIST () \"/\" &AMk-t&AOk-", IMAP_NAME_UTF7 },
		{ "* LIST () \"/\" R&D", IMAP_NAME_UTF8 },
		{ "* STATUS R&D ()", IMAP_NAME_UTF8 },
		{ "* STATUS plain ()", IMAP_NAME_NEUTRAL },
		{ "* STATUS {4}\r\n\xc3\xa9\xc3\xa9 ()", IMAP_NAME_UTF8 },
		{ "* STATUS {2}\r\n\xe9\xe9 ()", IMAP_NAME_NEUTRAL },
		{ "* LIST () \"/\"", IMAP_NAME_NEUTRAL },
		{ "* STATUS", IMAP_NAME_NEUTRAL },
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
		g_assert_cmpint(imap_list_coding(parse(f, table[i].octets)),
			==, table[i].coding);
}

static void test_namespaces(struct fixture *f, gconstpointer data)
{
	struct imap_namespaces namespaces;

	(void)data;
	g_assert_true(imap_namespaces_from_response(parse(f, "* NAMESPACE "
		"((\"\" \"/\")(\"#mh/\" \"/\" \"X-PARAM\" (\"F1\" \"F2\"))) NIL "
		"((\"&AOk-.\" NIL))"), false, f->arena, &namespaces));
	g_assert_cmpuint(namespaces.n_personal, ==, 2);
	g_assert_cmpstr(namespaces.personal[1].prefix, ==, "#mh/");
	g_assert_cmpuint(namespaces.n_other, ==, 0);
	g_assert_cmpstr(namespaces.shared[0].prefix, ==, "é.");
	g_assert_cmpint(namespaces.shared[0].delimiter, ==, '\0');
	g_assert_false(imap_namespaces_from_response(parse(f,
		"* NAMESPACE NIL NIL"), false, f->arena, &namespaces));
	g_assert_false(imap_namespaces_from_response(parse(f,
		"* NAMESPACE (x) NIL NIL"), false, f->arena, &namespaces));
}

static void test_attributes(void)
{
	g_assert_cmpuint(imap_mailbox_attribute_from_name("\\sent"), ==,
		IMAP_MAILBOX_SENT);
	g_assert_cmpuint(imap_mailbox_attribute_from_name("Sent"), ==, 0);
	g_assert_cmpstr(imap_mailbox_attribute_name(IMAP_MAILBOX_JUNK |
		IMAP_MAILBOX_TRASH), ==, "\\Junk");
	g_assert_null(imap_mailbox_attribute_name(0));
	g_assert_cmpuint(imap_mailbox_attribute_from_name("\\Spam"), ==,
		IMAP_MAILBOX_JUNK);
	g_assert_cmpstr(imap_mailbox_attribute_name(IMAP_MAILBOX_FLAGGED), ==,
		"\\Flagged");
}

static void assert_all(const struct imap_search *search, const char *expected)
{
	char *text = imap_seqset_to_string(&search->all);

	g_assert_cmpstr(text, ==, expected);
	g_free(text);
}

static void test_search(struct fixture *f, gconstpointer data)
{
	static const char *const bad[] = { "* SEARCH x", "* SEARCH 0",
		"* SEARCH 4294967296", "* ESEARCH ALL", "* ESEARCH ALL 1:x",
		"* ESEARCH COUNT x", "* ESEARCH (TAG ()) UID",
		"* SEARCH 1 (MODSEQ x)" };
	struct imap_search search;

	(void)data;
	imap_search_init(&search);
	g_assert_true(imap_search_from_response(
		parse(f, "* SEARCH 9 2 3 84 882 (MODSEQ 917162500)"), &search));
	assert_all(&search, "2:3,9,84,882");
	g_assert_cmpuint(search.mod_seq, ==, 917162500);
	g_assert_true(imap_search_from_response(parse(f, "* SEARCH"), &search));
	assert_all(&search, "");
	g_assert_cmpuint(search.mod_seq, ==, 0);
	g_assert_true(imap_search_from_response(parse(f,
		"* ESEARCH (TAG \"A283\") UID MIN 2 MAX 47 COUNT 25 ALL 2,10:11 "
		"MODSEQ 7 PARTIAL (-1:-100 43:47) RELEVANCY (4 99)"), &search));
	assert_all(&search, "2,10:11");
	g_assert_cmpstr(search.tag, ==, "A283");
	g_assert_true(search.is_uid && search.has_min && search.has_max &&
		search.has_count);
	g_assert_cmpuint(search.min + search.max + search.count, ==, 74);
	g_assert_true(imap_search_from_response(
		parse(f, "* ESEARCH (TAG x) UID"), &search));
	g_assert_true(search.is_uid);
	assert_all(&search, "");
	g_assert_true(imap_search_from_response(parse(f, "* ESEARCH COUNT 0"),
		&search));
	g_assert_null(search.tag);
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(imap_search_from_response(parse(f, bad[i]),
			&search));
	imap_search_release(&search);
}

static void test_copyuid(struct fixture *f, gconstpointer data)
{
	static const char *const bad[] = { "x 1 2", "1 1:2 3", "1 1 0", "1",
		"1 2 3 4", "1 (1) 2", "1 1:4294967295 1:4294967295" };
	const struct imap_response *response;
	struct imap_copyuid copyuid;

	(void)data;
	response = parse(f, "a OK [COPYUID 38505 304,319:320 3956:3958] Done");
	g_assert_true(imap_copyuid_from_args(response->code_args,
		response->n_code_args, &copyuid));
	g_assert_cmpuint(copyuid.uid_validity, ==, 38505);
	g_assert_cmpuint(copyuid.from->len, ==, 3);
	g_assert_cmpuint(copyuid.to->len, ==, 3);
	g_assert_cmpuint(g_array_index(copyuid.from, uint32_t, 1), ==, 319);
	g_assert_cmpuint(g_array_index(copyuid.to, uint32_t, 1), ==, 3957);
	imap_copyuid_release(&copyuid);
	response = parse(f, "a OK [APPENDUID 38505 3955] APPEND completed");
	g_assert_true(imap_copyuid_from_args(response->code_args,
		response->n_code_args, &copyuid));
	g_assert_cmpuint(g_array_index(copyuid.to, uint32_t, 0), ==, 3955);
	g_assert_cmpuint(copyuid.from->len, ==, 0);
	imap_copyuid_release(&copyuid);
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		char *octets = g_strdup_printf("a OK [COPYUID %s] x", bad[i]);

		response = parse(f, octets);
		g_assert_false(imap_copyuid_from_args(response->code_args,
			response->n_code_args, &copyuid));
		g_free(octets);
	}
}

static void test_flags(struct fixture *f, gconstpointer data)
{
	struct imap_flags flags;
	const struct imap_response *response;

	(void)data;
	response = parse(f, "* FLAGS (\\seen \\Recent \\* \\Odd a \"b\" ())");
	g_assert_true(imap_flags_from_arg(response->args, f->arena, &flags));
	g_assert_cmpuint(flags.system, ==, IMAP_FLAG_SEEN | IMAP_FLAG_RECENT |
		IMAP_FLAG_ANY_KEYWORD);
	g_assert_cmpuint(flags.n_keywords, ==, 2);
	g_assert_cmpstr(flags.keywords[0], ==, "a");
	response = parse(f, "* FLAGS x");
	g_assert_false(imap_flags_from_arg(response->args, f->arena, &flags));
	g_assert_cmpuint(imap_flag_from_name("flagged"), ==, IMAP_FLAG_FLAGGED);
	g_assert_cmpuint(imap_flag_from_name("\\DRAFT"), ==, IMAP_FLAG_DRAFT);
	g_assert_cmpuint(imap_flag_from_name("x"), ==, 0);
	g_assert_cmpstr(imap_flag_name(IMAP_FLAG_DELETED), ==, "\\Deleted");
	g_assert_null(imap_flag_name(0));
	g_assert_true(imap_keyword_is_valid("$Forwarded"));
	g_assert_false(imap_keyword_is_valid("\\Seen"));
	g_assert_false(imap_keyword_is_valid(""));
	g_assert_false(imap_keyword_is_valid("a b"));
	g_assert_false(imap_keyword_is_valid("é"));
}

static void test_capabilities(struct fixture *f, gconstpointer data)
{
	struct imap_capabilities caps;
	const struct imap_response *response;

	(void)data;
	imap_capabilities_init(&caps);
	response = parse(f,
		"* CAPABILITY imap4rev1 LITERAL+ AUTH=PLAIN Qresync "
		"XSERVER APPENDLIMIT=1000 QUOTA=RES-STORAGE (x) NIL");
	imap_capabilities_set_args(&caps, response->args, response->n_args);
	g_assert_true(imap_capabilities_has(&caps, IMAP_CAP_IMAP4REV1));
	g_assert_true(imap_capabilities_has(&caps, IMAP_CAP_LITERAL_PLUS));
	g_assert_true(imap_capabilities_has(&caps, IMAP_CAP_CONDSTORE));
	g_assert_true(imap_capabilities_has(&caps, IMAP_CAP_APPENDLIMIT));
	g_assert_true(imap_capabilities_has(&caps, IMAP_CAP_QUOTA_RES));
	g_assert_false(imap_capabilities_has(&caps, IMAP_CAP_MOVE));
	g_assert_cmpuint(caps.unknown->len, ==, 4);
	g_assert_cmpstr(caps.unknown->pdata[0], ==, "AUTH=PLAIN");
	imap_capabilities_remove(&caps, IMAP_CAP_QRESYNC);
	g_assert_false(imap_capabilities_has(&caps, IMAP_CAP_QRESYNC));
	response = parse(f, "a OK [CAPABILITY IMAP4rev2] x");
	imap_capabilities_set_args(&caps, response->code_args,
		response->n_code_args);
	g_assert_true(imap_capabilities_has(&caps, IMAP_CAP_MOVE));
	g_assert_true(imap_capabilities_has(&caps, IMAP_CAP_LITERAL_MINUS));
	g_assert_false(imap_capabilities_has(&caps, IMAP_CAP_LITERAL_PLUS));
	g_assert_null(caps.unknown);
	imap_capabilities_release(&caps);
}

/* Kept for another time, and taken out by name. */
static void test_capability_names(void)
{
	struct imap_capabilities caps;
	char *text;

	imap_capabilities_init(&caps);
	imap_capabilities_set_string(&caps,
		" IMAP4rev1  qresync AUTH=PLAIN AUTH=LOGIN XSERVER");
	imap_capabilities_remove_name(&caps, "auth=plain");
	imap_capabilities_remove_name(&caps, "nosuch");
	text = imap_capabilities_to_string(&caps);
	g_assert_cmpstr(text, ==,
		"CONDSTORE IMAP4rev1 QRESYNC AUTH=LOGIN XSERVER");
	g_free(text);
	imap_capabilities_remove_name(&caps, "Qresync");
	g_assert_false(imap_capabilities_has(&caps, IMAP_CAP_QRESYNC));
	imap_capabilities_set_string(&caps, "");
	imap_capabilities_remove_name(&caps, "AUTH=PLAIN");
	text = imap_capabilities_to_string(&caps);
	g_assert_cmpstr(text, ==, "");
	g_free(text);
	imap_capabilities_release(&caps);
}

static void test_capability_table(void)
{
	for (int i = 0; i < IMAP_N_CAPABILITIES; i++) {
		const struct imap_capability_row *row =
			&imap_capability_table[i];

		g_assert_nonnull(row->summary);
		g_assert_cmpint(imap_capability_from_name(row->name), ==, i);
		if (i > 0)
			g_assert_cmpint(g_ascii_strcasecmp(row[-1].name,
				row->name), <, 0);
	}
	g_assert_cmpint(imap_capability_from_name(""), ==, -1);
	g_assert_cmpint(imap_capability_from_name("MOVER"), ==, -1);
	g_assert_cmpint(imap_capability_from_name("MOV"), ==, -1);
	g_assert_cmpint(imap_capability_from_name("MOVE=1"), ==, -1);
}

#define ADD(name, fn) \
	g_test_add("/imap/list/" name, struct fixture, NULL, set_up, fn, \
		tear_down)

/* A row says what is done without it, or why it is not used where it is. */
static void test_capability_rows(void)
{
	for (size_t i = 0; i < IMAP_N_CAPABILITIES; i++) {
		const struct imap_capability_row *row =
			&imap_capability_table[i];

		g_test_message("%s", row->name);
		g_assert_nonnull(row->summary);
		g_assert_true((row->without != NULL) != (row->unused != NULL));
		/* What is not used shows nowhere. */
		g_assert_true(row->without != NULL || row->trace == NULL);
		g_assert_cmpint(imap_capability_from_name(row->name), ==, i);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("list", test_list);
	ADD("status", test_status);
	ADD("is-utf8", test_coding);
	ADD("namespaces", test_namespaces);
	g_test_add_func("/imap/list/attributes", test_attributes);
	ADD("search", test_search);
	ADD("copyuid", test_copyuid);
	ADD("flags", test_flags);
	ADD("capabilities", test_capabilities);
	g_test_add_func("/imap/list/capability-table", test_capability_table);
	g_test_add_func("/imap/capability/names", test_capability_names);
	g_test_add_func("/imap/list/capability-rows", test_capability_rows);
	return g_test_run();
}
