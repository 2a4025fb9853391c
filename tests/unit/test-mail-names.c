/* SPDX-License-Identifier: GPL-3.0-or-later */
/* URLs of accounts, the tree of mailboxes, pins, sets of keywords. */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/imap/list.h"
#include "src/mail/keywords.h"
#include "src/mail/pin.h"
#include "src/mail/tree.h"
#include "src/mail/url.h"
#include "src/net/connect.h"

static void test_url_good(void)
{
	static const struct {
		const char *text, *user, *host;
		unsigned port;
		bool is_starttls, needs_srv;
		const char *mailbox;
	} rows[] = {
		{ "imaps://bob@imap.example.org", "bob", "imap.example.org", 993,
			false, false, NULL },
		{ "imaps://bob@imap.example.org/", "bob", "imap.example.org", 993,
			false, false, NULL },
		{ "imap://bob@h:1143/Lists/rust", "bob", "h", 1143, true, false,
			"Lists/rust" },
		{ "IMAPS://bob%40x.org@h", "bob@x.org", "h", 993, false, false,
			NULL },
		{ "imaps://bob@x.org@h/a@b", "bob@x.org", "h", 993, false,
			false, "a@b" },
		{ "imaps://h/%D0%9F", NULL, "h", 993, false, false, "П" },
		{ "imaps://bob@[::1]:9993/", "bob", "::1", 9993, false, false,
			NULL },
		{ "bob@example.org", "bob@example.org", "example.org", 993,
			false, true, NULL },
		{ "imap://bob;AUTH=PLAIN@h", "bob", "h", 143, true, false, NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct mail_url url;
		GError *error = NULL;

		g_assert_true(mail_url_parse(rows[i].text, &url, &error));
		g_assert_no_error(error);
		g_assert_cmpstr(url.user, ==, rows[i].user);
		g_assert_cmpstr(url.host, ==, rows[i].host);
		g_assert_cmpuint(url.port, ==, rows[i].port);
		g_assert_cmpint(url.is_starttls, ==, rows[i].is_starttls);
		g_assert_cmpint(url.needs_srv, ==, rows[i].needs_srv);
		g_assert_cmpstr(url.mailbox, ==, rows[i].mailbox);
		mail_url_release(&url);
	}
}

static void test_url_bad(void)
{
	static const char *const rows[] = { "", "imaps://", "imaps:///x",
		"imaps://bob@", "imaps://@h", "imaps://h:0", "imaps://h:99999",
		"imaps://h:1x", "imaps://[::1", "imaps://h/%zz", "pop://b@h",
		"http://h/", "bob", "bob@", "@h", "a b@h", "imaps://b%00@h",
		"imaps://h o/", "imaps://h/%FF" };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct mail_url url;
		GError *error = NULL;

		g_test_message("%s", rows[i]);
		g_assert_false(mail_url_parse(rows[i], &url, &error));
		g_assert_error(error, MAIL_ERROR, MAIL_ERROR_URL);
		g_assert_null(url.host);
		g_error_free(error);
	}
}

static void test_loopback(void)
{
	g_assert_true(connect_host_is_loopback("localhost"));
	g_assert_true(connect_host_is_loopback("127.0.0.1"));
	g_assert_true(connect_host_is_loopback("127.9.9.9"));
	g_assert_true(connect_host_is_loopback("::1"));
	g_assert_false(connect_host_is_loopback("127.0.0.1.example.org"));
	g_assert_false(connect_host_is_loopback("10.0.0.1"));
	g_assert_false(connect_host_is_loopback("localhost.example.org"));
}

/* --- the tree ------------------------------------------------------------------- */

static void add(struct mailbox_tree *tree, const char *name, unsigned attributes)
{
	const struct imap_list list = { .name = name, .delimiter = '/',
		.attributes = attributes };

	mailbox_tree_add(tree, &list);
}

static void assert_order(struct mailbox_tree *tree, const char *expected)
{
	GString *names = g_string_new(NULL);

	for (size_t i = 0; i < mailbox_tree_length(tree); i++)
		g_string_append_printf(names, "%s%s", i > 0 ? " " : "",
			mailbox_tree_at(tree, i)->name);
	g_assert_cmpstr(names->str, ==, expected);
	g_string_free(names, TRUE);
}

static void test_tree_order(void)
{
	struct mailbox_tree *tree = mailbox_tree_new();

	mailbox_tree_begin(tree);
	add(tree, "zoo", 0);
	add(tree, "Archive", IMAP_MAILBOX_ARCHIVE);
	add(tree, "Lists/rust", 0);
	add(tree, "Lists-old", 0);
	add(tree, "Bin", IMAP_MAILBOX_TRASH);
	add(tree, "INBOX", 0);
	add(tree, "Lists/c/gcc", 0);
	add(tree, "INBOX/sub", 0);
	add(tree, "Drafts", IMAP_MAILBOX_DRAFTS);
	mailbox_tree_end(tree, NULL, NULL);
	assert_order(tree, "INBOX INBOX/sub Drafts Bin Archive Lists Lists/c "
		"Lists/c/gcc Lists/rust Lists-old zoo");
	g_assert_false(mailbox_tree_find(tree, "Lists")->can_select);
	g_assert_true(mailbox_tree_find(tree, "Lists")->has_children);
	g_assert_true(mailbox_tree_find(tree, "zoo")->can_select);
	g_assert_cmpuint(mailbox_tree_find(tree, "Lists/c/gcc")->depth, ==, 2);
	g_assert_cmpstr(mailbox_tree_find(tree, "Lists/c/gcc")->leaf, ==, "gcc");
	g_assert_cmpstr(mailbox_tree_by_use(tree, IMAP_MAILBOX_TRASH)->name, ==,
		"Bin");
	g_assert_null(mailbox_tree_by_use(tree, IMAP_MAILBOX_SENT));
	mailbox_tree_free(&tree);
}

/* A later LIST: who is gone goes, made-up parents with them, counts stay. */
static void test_tree_again(void)
{
	struct mailbox_tree *tree = mailbox_tree_new();
	const struct imap_status status = { .name = "a/b", .has_messages = true,
		.has_unseen = true, .messages = 7, .unseen = 2 };

	mailbox_tree_begin(tree);
	add(tree, "a/b", 0);
	add(tree, "c/d", 0);
	mailbox_tree_end(tree, NULL, NULL);
	g_assert_true(mailbox_tree_set_status(tree, &status));
	g_assert_false(mailbox_tree_set_status(tree, &status));
	assert_order(tree, "a a/b c c/d");
	mailbox_tree_begin(tree);
	add(tree, "a/b", 0);
	mailbox_tree_end(tree, NULL, NULL);
	assert_order(tree, "a a/b");
	g_assert_cmpuint(mailbox_tree_find(tree, "a/b")->messages, ==, 7);
	mailbox_tree_free(&tree);
}

static void test_tree_rename(void)
{
	struct mailbox_tree *tree = mailbox_tree_new();

	mailbox_tree_begin(tree);
	add(tree, "a", 0);
	add(tree, "a/b", 0);
	add(tree, "ab", 0);
	mailbox_tree_end(tree, NULL, NULL);
	mailbox_tree_rename(tree, "a", "x/y");
	assert_order(tree, "ab x x/y x/y/b");
	mailbox_tree_remove(tree, "x/y/b");
	mailbox_tree_remove(tree, "x/y");
	assert_order(tree, "ab");
	mailbox_tree_free(&tree);
}

/* Names from a server that mean no harm to the tree. */
static void test_tree_odd(void)
{
	static const char *const names[] = { "/", "//", "/a", "a/", "a//b", "",
		"a/b/", "///" };
	struct mailbox_tree *tree = mailbox_tree_new();
	struct imap_list flat = { .name = "x/y", .delimiter = '\0' };

	mailbox_tree_begin(tree);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		add(tree, names[i], 0);
	mailbox_tree_add(tree, &flat);
	mailbox_tree_end(tree, NULL, NULL);
	g_assert_cmpuint(mailbox_tree_length(tree), >=, 7);
	for (size_t i = 0; i < mailbox_tree_length(tree); i++)
		g_assert_cmpstr(mailbox_tree_at(tree, i)->leaf, !=, "");
	g_assert_cmpuint(mailbox_tree_find(tree, "x/y")->depth, ==, 0);
	mailbox_tree_free(&tree);
}

static void count_gone(const char *name, void *data)
{
	g_assert_true(g_str_has_prefix(name, "gone"));
	++*(unsigned *)data;
}

/* Tens of thousands, told in no order, and asked about in between. */
static void test_tree_many(void)
{
	enum { MANY = 30000, GONE = 10 };
	struct mailbox_tree *tree = mailbox_tree_new();
	const char *former = "";
	unsigned gone = 0;

	for (unsigned i = 0; i < GONE; i++) {
		char *name = g_strdup_printf("gone/%u", i);

		add(tree, name, 0);
		g_free(name);
	}
	mailbox_tree_begin(tree);
	for (unsigned i = 0; i < MANY; i++) {
		char *name = g_strdup_printf("a/%05u/x",
			i * 7919 % MANY);

		add(tree, name, 0);
		g_assert_nonnull(mailbox_tree_peek(tree, name));
		g_assert_null(mailbox_tree_peek(tree, "a"));
		g_free(name);
	}
	mailbox_tree_end(tree, count_gone, &gone);
	g_assert_cmpuint(gone, ==, GONE);
	g_assert_cmpuint(mailbox_tree_length(tree), ==, 2 * MANY + 1);
	for (size_t i = 1; i < mailbox_tree_length(tree); i++) {
		const char *name = mailbox_tree_at(tree, i)->name;

		g_assert_cmpstr(former, <, name);
		former = name;
	}
	mailbox_tree_free(&tree);
}

/* A name of thousands of levels, many times: bounded. */
static void test_tree_deep(void)
{
	struct mailbox_tree *tree = mailbox_tree_new();
	GString *name = g_string_new(NULL);

	for (unsigned i = 0; i < 5000; i++)
		g_string_append_printf(name, "%u/", i);
	add(tree, name->str, 0);
	g_string_append_c(name, 'x');
	add(tree, name->str, 0);
	g_assert_cmpuint(mailbox_tree_length(tree), <, 100);
	g_string_free(name, TRUE);
	mailbox_tree_free(&tree);
}

/* What is known of a mailbox besides its counts. */
static void test_tree_details(void)
{
	struct mailbox_tree *tree = mailbox_tree_new();
	const struct account_mailbox *row;
	struct imap_status status = { .name = "a", .has_messages = true,
		.messages = 2, .has_size = true, .size = 5000000000,
		.has_append_limit = true, .append_limit = 100 };

	add(tree, "a", IMAP_MAILBOX_REMOTE);
	mailbox_tree_set_rights(tree, "a", "lrs");
	mailbox_tree_set_comment(tree, "a", "caf\xe9");
	mailbox_tree_set_rights(tree, "nowhere", "lrs");
	g_assert_true(mailbox_tree_set_status(tree, &status));
	mailbox_tree_rename(tree, "a", "b");
	row = mailbox_tree_find(tree, "b");
	g_assert_false(row->can_select);
	g_assert_cmpstr(row->rights, ==, "lrs");
	g_assert_cmpstr(row->comment, ==, "caf\xef\xbf\xbd");
	g_assert_true(row->has_size && row->size == 5000000000);
	g_assert_cmpuint(row->append_limit, ==, 100);
	g_assert_cmpstr(account_mailbox_restriction(row), ==,
		"on another server");
	add(tree, "b", 0);
	g_assert_cmpstr(account_mailbox_restriction(row), ==, "read-only");
	mailbox_tree_set_rights(tree, "b", "lrswi");
	g_assert_cmpstr(account_mailbox_restriction(row), ==, "no deleting");
	mailbox_tree_set_rights(tree, "b", "lrswipcda");
	g_assert_null(account_mailbox_restriction(row));
	/* Other messages, another size. */
	status = (struct imap_status){ .name = "b", .has_messages = true,
		.messages = 3 };
	g_assert_true(mailbox_tree_set_status(tree, &status));
	g_assert_false(row->has_size);
	mailbox_tree_set_comment(tree, "b", "");
	g_assert_null(row->comment);
	mailbox_tree_free(&tree);
}

/* --- small things ------------------------------------------------------------------ */

static void test_pins(void)
{
	const char *text = "a.org:993 sha256:aa\nb.org:993 sha256:bb\n"
		"A.ORG:993 sha256:cc\na.org:143 sha256:dd\ngarbage\n";
	char **pins = pin_find(text, "a.org", 993);

	g_assert_cmpuint(g_strv_length(pins), ==, 2);
	g_assert_cmpstr(pins[0], ==, "sha256:aa");
	g_assert_cmpstr(pins[1], ==, "sha256:cc");
	g_strfreev(pins);
}

static void test_keywords(void)
{
	const char *const first[] = { "Work", "$Forwarded" };
	const char *const second[] = { "$forwarded", "work", "WORK" };
	const char *const more[] = { "later" };
	struct keyword_sets *sets = keyword_sets_new();
	uint32_t set = keyword_sets_intern(sets, first, 2), changed;

	g_assert_cmpuint(set, !=, 0);
	g_assert_cmpuint(keyword_sets_intern(sets, second, 3), ==, set);
	g_assert_cmpuint(keyword_sets_intern(sets, NULL, 0), ==, 0);
	g_assert_true(keyword_sets_has(sets, set, "work"));
	changed = keyword_sets_change(sets, set, true, more, 1);
	g_assert_cmpuint(changed, !=, set);
	g_assert_true(keyword_sets_has(sets, changed, "Later"));
	g_assert_cmpuint(keyword_sets_change(sets, changed, false, more, 1), ==,
		set);
	changed = keyword_sets_change(sets, set, false, first, 2);
	g_assert_cmpuint(changed, ==, 0);
	g_assert_null(keyword_sets_get(sets, 0)[0]);
	keyword_sets_free(&sets);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/url/good", test_url_good);
	g_test_add_func("/mail/url/bad", test_url_bad);
	g_test_add_func("/mail/url/loopback", test_loopback);
	g_test_add_func("/mail/tree/order", test_tree_order);
	g_test_add_func("/mail/tree/again", test_tree_again);
	g_test_add_func("/mail/tree/rename", test_tree_rename);
	g_test_add_func("/mail/tree/odd", test_tree_odd);
	g_test_add_func("/mail/tree/many", test_tree_many);
	g_test_add_func("/mail/tree/deep", test_tree_deep);
	g_test_add_func("/mail/tree/details", test_tree_details);
	g_test_add_func("/mail/pins", test_pins);
	g_test_add_func("/mail/keywords", test_keywords);
	return g_test_run();
}
