/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QUOTA, QUOTAROOT, ACL, LISTRIGHTS, MYRIGHTS, METADATA; letters of rights. */
#include "src/base/base.h"
#include "src/base/arena.h"
#include "src/imap/acl.h"
#include "src/imap/metadata.h"
#include "src/imap/parser.h"
#include "src/imap/quota.h"

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

static void test_quota(struct fixture *f, gconstpointer data)
{
	struct imap_quota quota;

	(void)data;
	g_assert_true(imap_quota_from_response(parse(f,
		"* QUOTA \"user mail\" (storage 10 512 MESSAGE 3 20)"),
		f->arena, &quota));
	g_assert_cmpstr(quota.root, ==, "user mail");
	g_assert_cmpuint(quota.n_resources, ==, 2);
	g_assert_cmpstr(quota.resources[0].name, ==, "STORAGE");
	g_assert_cmpuint(quota.resources[0].used, ==, 10);
	g_assert_true(quota.resources[0].has_limit);
	g_assert_cmpuint(quota.resources[0].limit, ==, 512);
	g_assert_cmpuint(quota.resources[1].limit, ==, 20);
	g_assert_cmpuint(imap_quota_unit("STORAGE"), ==, 1024);
	g_assert_cmpuint(imap_quota_unit("MESSAGE"), ==, 0);
}

/* What is not a resource is passed over, what is not a list refused. */
static void test_quota_odd(struct fixture *f, gconstpointer data)
{
	struct imap_quota quota;

	(void)data;
	g_assert_true(imap_quota_from_response(parse(f, "* QUOTA \"\" ()"),
		f->arena, &quota));
	g_assert_cmpuint(quota.n_resources, ==, 0);
	g_assert_true(imap_quota_from_response(parse(f,
		"* QUOTA \"\" (STORAGE 1 -1 MESSAGE x 5 MAILBOX 2 NIL X)"),
		f->arena, &quota));
	g_assert_cmpuint(quota.n_resources, ==, 2);
	g_assert_false(quota.resources[0].has_limit);
	g_assert_cmpstr(quota.resources[1].name, ==, "MAILBOX");
	g_assert_false(quota.resources[1].has_limit);
	g_assert_true(imap_quota_from_response(parse(f, "* QUOTA \"\""),
		f->arena, &quota));
	g_assert_cmpuint(quota.n_resources, ==, 0);
	g_assert_false(imap_quota_from_response(parse(f, "* QUOTA"),
		f->arena, &quota));
	g_assert_false(imap_quota_from_response(parse(f, "* QUOTA () ()"),
		f->arena, &quota));
	g_assert_false(imap_quota_from_response(parse(f, "* QUOTA a b"),
		f->arena, &quota));
}

static void test_quota_roots(struct fixture *f, gconstpointer data)
{
	struct imap_quota_roots roots;

	(void)data;
	g_assert_true(imap_quota_roots_from_response(parse(f,
		"* QUOTAROOT Entw&APw-rfe \"\" {3}\r\na b"), false,
		f->arena, &roots));
	g_assert_cmpstr(roots.mailbox, ==, "Entwürfe");
	g_assert_cmpuint(roots.n_roots, ==, 2);
	g_assert_cmpstr(roots.roots[0], ==, "");
	g_assert_cmpstr(roots.roots[1], ==, "a b");
	g_assert_true(imap_quota_roots_from_response(parse(f,
		"* QUOTAROOT inbox"), false, f->arena, &roots));
	g_assert_cmpstr(roots.mailbox, ==, "INBOX");
	g_assert_cmpuint(roots.n_roots, ==, 0);
	g_assert_false(imap_quota_roots_from_response(parse(f,
		"* QUOTAROOT"), false, f->arena, &roots));
}

static void test_acl(struct fixture *f, gconstpointer data)
{
	struct imap_acl acl;

	(void)data;
	g_assert_true(imap_acl_from_response(parse(f,
		"* ACL \"a b\" bob lrs \"-eve\" \"\" odd"), false, f->arena,
		&acl));
	g_assert_cmpstr(acl.mailbox, ==, "a b");
	g_assert_cmpuint(acl.n_entries, ==, 2);
	g_assert_cmpstr(acl.entries[0].rights, ==, "lrs");
	g_assert_cmpstr(acl.entries[1].identifier, ==, "-eve");
	g_assert_cmpstr(acl.entries[1].rights, ==, "");
	g_assert_true(imap_acl_from_response(parse(f, "* ACL x (a) lr c d"),
		false, f->arena, &acl));
	g_assert_cmpuint(acl.n_entries, ==, 1);
	g_assert_false(imap_acl_from_response(parse(f, "* ACL"), false,
		f->arena, &acl));
}

static void test_rights_responses(struct fixture *f, gconstpointer data)
{
	struct imap_list_rights list;
	struct imap_my_rights mine;

	(void)data;
	g_assert_true(imap_list_rights_from_response(parse(f,
		"* LISTRIGHTS x bob la r swicdkxte"), false, f->arena, &list));
	g_assert_cmpstr(list.identifier, ==, "bob");
	g_assert_cmpstr(list.required, ==, "la");
	g_assert_cmpuint(list.n_optional, ==, 2);
	g_assert_cmpstr(list.optional[1], ==, "swicdkxte");
	g_assert_false(imap_list_rights_from_response(parse(f,
		"* LISTRIGHTS x bob"), false, f->arena, &list));
	g_assert_true(imap_my_rights_from_response(parse(f,
		"* MYRIGHTS x lr"), false, f->arena, &mine));
	g_assert_cmpstr(mine.rights, ==, "lr");
	g_assert_false(imap_my_rights_from_response(parse(f,
		"* MYRIGHTS x (l)"), false, f->arena, &mine));
}

static void test_metadata(struct fixture *f, gconstpointer data)
{
	struct imap_metadata metadata;

	(void)data;
	g_assert_true(imap_metadata_from_response(parse(f,
		"* METADATA INBOX (/shared/comment NIL /private/x ~{3}\r\na\nb)"),
		false, f->arena, &metadata));
	g_assert_true(metadata.has_values);
	g_assert_cmpuint(metadata.n_entries, ==, 2);
	g_assert_null(metadata.entries[0].value);
	g_assert_cmpstr(metadata.entries[1].name, ==, "/private/x");
	g_assert_cmpmem(metadata.entries[1].value, metadata.entries[1].len,
		"a\nb", 3);
	g_assert_true(imap_metadata_from_response(parse(f,
		"* METADATA \"\" /shared/comment /private/x"), false, f->arena,
		&metadata));
	g_assert_cmpstr(metadata.mailbox, ==, "");
	g_assert_false(metadata.has_values);
	g_assert_cmpuint(metadata.n_entries, ==, 2);
	g_assert_cmpstr(metadata.entries[1].name, ==, "/private/x");
	g_assert_false(imap_metadata_from_response(parse(f,
		"* METADATA INBOX"), false, f->arena, &metadata));
}

static void test_metadata_code(struct fixture *f, gconstpointer data)
{
	static const struct {
		const char *octets;
		enum imap_metadata_code code;
		uint64_t size;
	} table[] = {
		{ "* OK [METADATA LONGENTRIES 2199] x",
			IMAP_METADATA_LONG_ENTRIES, 2199 },
		{ "* NO [METADATA MAXSIZE 1024] x",
			IMAP_METADATA_MAX_SIZE, 1024 },
		{ "* NO [METADATA MAXSIZE x] x", IMAP_METADATA_MAX_SIZE, 0 },
		{ "* NO [METADATA TOOMANY] x", IMAP_METADATA_TOO_MANY, 0 },
		{ "* NO [METADATA NOPRIVATE] x", IMAP_METADATA_NO_PRIVATE, 0 },
		{ "* NO [METADATA] x", IMAP_METADATA_NONE, 0 },
		{ "* NO [METADATA NEWS 4] x", IMAP_METADATA_NONE, 0 },
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		const struct imap_response *response =
			parse(f, table[i].octets);
		uint64_t size = 7;

		g_assert_cmpint(imap_metadata_code_from_args(
			response->code_args, response->n_code_args, &size),
			==, table[i].code);
		g_assert_cmpuint(size, ==, table[i].size);
	}
}

/* What a server of RFC 4314 adds for older clients counts no second time. */
static void test_real_rights(void)
{
	static const struct {
		const char *rights, *real;
	} table[] = {
		{ "lrswipkxtecda", "lrswipkxtea" },
		{ "lrcd", "lrcd" },
		{ "lrtd", "lrt" },
		{ "lrkcd", "lrkd" },
		{ "", "" },
		{ "l09", "l09" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		char *real = imap_rights_real(table[i].rights);

		g_assert_cmpstr(real, ==, table[i].real);
		g_free(real);
	}
}

static void test_rights(void)
{
	char *old = imap_rights_to_old("+lrkxte");

	g_assert_cmpstr(old, ==, "+lrcd");
	g_free(old);
	g_assert_true(imap_rights_have("lrd", 'e'));
	g_assert_true(imap_rights_have("lrd", 't'));
	g_assert_true(imap_rights_have("lrc", 'k'));
	g_assert_false(imap_rights_have("lrtd", 'e'));
	g_assert_false(imap_rights_have("lr", '\0'));
	g_assert_true(imap_rights_are_valid("lrs0"));
	g_assert_true(imap_rights_are_valid("-w"));
	g_assert_true(imap_rights_are_valid(""));
	g_assert_false(imap_rights_are_valid("l r"));
	g_assert_false(imap_rights_are_valid("LR"));
	g_assert_false(imap_rights_are_valid("+-l"));
	g_assert_null(imap_right_find('?'));
	g_assert_cmpstr(imap_right_find('e')->name, ==, "expunge");
}

#define ADD(path, test) \
	g_test_add("/imap/account/" path, struct fixture, NULL, set_up, test, \
		tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("quota", test_quota);
	ADD("quota/odd", test_quota_odd);
	ADD("quota/roots", test_quota_roots);
	ADD("acl", test_acl);
	ADD("acl/rights", test_rights_responses);
	ADD("metadata", test_metadata);
	ADD("metadata/code", test_metadata_code);
	g_test_add_func("/imap/account/rights/real", test_real_rights);
	g_test_add_func("/imap/account/rights", test_rights);
	return g_test_run();
}
