/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"

#include "src/base/error.h"
#include "src/rc/name.h"
#include "src/rc/option.h"
#include "src/rc/value.h"

/* A second table, as the front end's. */
struct extra {
	bool extra_bool;
	int64_t extra_number;
	const char *extra_text;
	enum option_quad extra_quad;
};

static const struct option_row extra_rows[] = {
	OPTION_ROW(struct extra, BOOL, extra_bool, .scope = OPTION_MAILBOX,
		.def = "yes", .summary = "a bool")
	OPTION_ROW(struct extra, NUMBER, extra_number, .scope = OPTION_MAILBOX,
		.def = "-2", .min = -5, .max = 5, .summary = "a number")
	OPTION_ROW(struct extra, QUAD, extra_quad, .def = "ask-yes",
		.summary = "a quad")
	OPTION_ROW(struct extra, STRING, extra_text, .def = "text",
		.scope = OPTION_ACCOUNT, .synonyms = "mutts_text trash",
		.summary = "a text")
};

static void setup(void)
{
	options_init();
	options_register(extra_rows, G_N_ELEMENTS(extra_rows),
		sizeof(struct extra));
}

static void set(struct option_set *where, const char *name, const char *value)
{
	g_autoptr(GError) error = NULL;
	bool ok = option_set_value(where, option_find(name), value, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
}

static void refuse(struct option_set *where, const char *name,
	const char *value, int code)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(option_set_value(where, option_find(name), value,
		&error));
	g_assert_error(error, OPTION_ERROR, code);
}

static const struct extra *extra(const struct option_set *where)
{
	return options_registered_values(where);
}

static void test_rows(void)
{
	g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash,
		g_str_equal, g_free, NULL);
	size_t n;
	const struct option_row *const *rows;

	options_init(); /* the engine's alone */
	rows = option_rows(&n);
	g_assert_cmpuint(n, >, 20);
	for (size_t i = 0; i < n; i++) {
		g_auto(GStrv) synonyms = g_strsplit(
			rows[i]->synonyms != NULL ? rows[i]->synonyms : "",
			" ", -1);
		g_autoptr(GError) error = NULL;
		struct option_value *value;

		if (i > 0)
			g_assert_cmpstr(rows[i - 1]->name, <, rows[i]->name);
		g_assert_true(g_hash_table_add(names,
			rc_name_key(rows[i]->name)));
		for (size_t s = 0; synonyms[s] != NULL; s++)
			g_assert_true(g_hash_table_add(names,
				rc_name_key(synonyms[s])));
		g_assert_nonnull(rows[i]->summary);
		g_assert_false(g_str_has_suffix(rows[i]->summary, "."));
		g_assert_nonnull(rows[i]->doc);
		g_assert_true(g_str_has_suffix(rows[i]->doc, "."));
		value = option_value_parse(rows[i], rows[i]->def, &error);
		g_assert_no_error(error);
		option_value_free(&value);
		g_assert_true(option_find(rows[i]->name) == rows[i]);
	}
	options_release();
}

static void test_find(void)
{
	setup();
	g_assert_cmpstr(option_find("delete-mode")->name, ==, "delete_mode");
	g_assert_cmpstr(option_find("deletemode")->name, ==, "delete_mode");
	g_assert_cmpstr(option_find("imap_pass")->name, ==, "password");
	g_assert_cmpstr(option_find("mutts-text")->name, ==, "extra_text");
	/* A name goes before a synonym of another option. */
	g_assert_cmpstr(option_find("trash")->name, ==, "trash");
	g_assert_null(option_find("Trash"));
	g_assert_null(option_find("nonsense"));
	g_assert_cmpstr(option_nearest("trahs"), ==, "trash");
	g_assert_cmpstr(option_nearest("imap_connection"), ==,
		"imap_connections");
	g_assert_null(option_nearest("completely_different"));
	options_release();
}

static void test_inheritance(void)
{
	struct option_set *global, *work, *mailbox, *glob;
	const struct options *values;

	setup();
	global = options_global();
	mailbox = options_for_mailbox("work", "Lists/x");
	work = options_account("work");
	values = options_values(mailbox);
	g_assert_true(mailbox == options_for_mailbox("work", "Lists/x"));
	g_assert_cmpstr(option_set_account(work), ==, "work");
	g_assert_cmpstr(option_set_account(mailbox), ==, "work");
	g_assert_null(option_set_account(global));
	set(global, "trash", "G");
	set(global, "extra_number", "1");
	g_assert_cmpstr(values->trash, ==, "G");
	g_assert_cmpint(extra(mailbox)->extra_number, ==, 1);
	set(work, "trash", "W");
	set(global, "trash", "G2");
	g_assert_cmpstr(values->trash, ==, "W");
	g_assert_cmpstr(options_values(options_account("home"))->trash, ==,
		"G2");
	glob = options_mailbox_glob("work/Lists/*");
	g_assert_true(glob == options_mailbox_glob("work/Lists/*"));
	set(glob, "extra_number", "2");
	g_assert_cmpint(extra(mailbox)->extra_number, ==, 2);
	set(work, "extra_number", "3");
	g_assert_cmpint(extra(mailbox)->extra_number, ==, 2);
	set(options_mailbox_glob("Lists/?"), "extra_number", "4");
	g_assert_cmpint(extra(mailbox)->extra_number, ==, 4);
	g_assert_cmpint(extra(options_for_mailbox("home", "Lists/y"))
				->extra_number, ==, 4);
	g_assert_cmpint(extra(options_for_mailbox("work", "x"))->extra_number,
		==, 3);
	set(mailbox, "extra_number", "5");
	g_assert_cmpint(extra(mailbox)->extra_number, ==, 5);
	option_reset(mailbox, option_find("extra_number"));
	option_reset(work, option_find("trash"));
	g_assert_cmpint(extra(mailbox)->extra_number, ==, 4);
	g_assert_cmpstr(values->trash, ==, "G2");
	g_assert_true(option_is_set(global, option_find("trash")));
	g_assert_false(option_is_set(work, option_find("trash")));
	options_release();
}

static void test_registered_late(void)
{
	struct option_set *mailbox;

	options_init();
	mailbox = options_for_mailbox("work", "x");
	options_register(extra_rows, G_N_ELEMENTS(extra_rows),
		sizeof(struct extra));
	g_assert_cmpint(extra(mailbox)->extra_number, ==, -2);
	set(options_global(), "extra_text", "new");
	g_assert_cmpstr(extra(mailbox)->extra_text, ==, "new");
	options_release();
}

static void test_values(void)
{
	static const char pin[] = "sha256:0123456789abcdef0123456789ABCDEF"
		"0123456789abcdef0123456789abcdef";
	struct option_set *global;
	g_autofree char *text = NULL, *secret = NULL, *path = NULL;

	setup();
	global = options_global();
	refuse(global, "extra_number", "6", OPTION_ERROR_VALUE);
	refuse(global, "extra_number", "1x", OPTION_ERROR_VALUE);
	refuse(global, "extra_number", "", OPTION_ERROR_VALUE);
	refuse(global, "extra_bool", "maybe", OPTION_ERROR_VALUE);
	refuse(global, "extra_quad", "ask", OPTION_ERROR_VALUE);
	refuse(global, "tls", "off", OPTION_ERROR_VALUE);
	refuse(global, "tls_pin", "sha256:00", OPTION_ERROR_VALUE);
	refuse(global, "password_command", "pass 'x", OPTION_ERROR_VALUE);
	refuse(global, "assumed_charset", "utf-8:nonsense", OPTION_ERROR_VALUE);
	refuse(global, "alternates", "a (", OPTION_ERROR_VALUE);
	refuse(options_account("a"), "header_cache", "x", OPTION_ERROR_SCOPE);
	refuse(options_mailbox_glob("a"), "url", "x@y", OPTION_ERROR_SCOPE);
	g_assert_cmpint(extra(global)->extra_number, ==, -2);
	set(global, "tls_pin", pin);
	set(global, "extra_bool", NULL);
	g_assert_true(extra(global)->extra_bool);
	set(global, "extra_quad", "ask_no");
	g_assert_cmpint(extra(global)->extra_quad, ==, OPTION_ASK_NO);
	g_assert_true(option_toggle(global, option_find("extra_quad"), NULL));
	g_assert_cmpint(extra(global)->extra_quad, ==, OPTION_ASK_YES);
	/* A row with a default is never NULL, one without never "". */
	set(global, "extra_text", NULL);
	g_assert_cmpstr(extra(global)->extra_text, ==, "");
	set(global, "trash", "");
	g_assert_null(options_values(global)->trash);
	set(global, "auth", " plain,\tlogin ");
	text = option_get_text(global, option_find("auth"));
	g_assert_cmpstr(text, ==, "plain login");
	set(global, "auth", "");
	g_assert_null(options_values(global)->auth);
	set(global, "password", "secret");
	secret = option_get_text(global, option_find("password"));
	g_assert_cmpstr(secret, ==, "");
	g_setenv("CULVER_TEST_DIR", "/d", TRUE);
	set(global, "tls_ca_file", "~/a/$CULVER_TEST_DIR/${CULVER_TEST_DIR}x$");
	path = g_strconcat(g_get_home_dir(), "/a//d//dx$", NULL);
	g_assert_cmpstr(options_values(global)->tls_ca_file, ==, path);
	options_release();
}

static void test_urls(void)
{
	static const char *const good[] = { "imaps://h", "imaps://u@h:993/",
		"IMAP://u@x@h/Box", "pops://h/", "imaps://[::1]:143/",
		"imaps://[::1]/", "bob@example.org", "imap://u%40@h/" };
	static const char *const bad[] = { "", "h", "http://h/", "imaps://",
		"imaps:///x", "imaps://h:/", "imaps://h:0/", "imaps://h:65536/",
		"imaps://h:12x/", "imaps://u@/", "imaps://a b/", "@h", "u@",
		"u@h/x", "imaps://:1/" };

	for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_true(option_validate_url(good[i], NULL));
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(option_validate_url(bad[i], NULL));
}

static void test_add(void)
{
	struct option_set *global;
	const struct option_row *number, *text, *list;
	g_autoptr(GError) error = NULL;

	setup();
	global = options_global();
	number = option_find("extra_number");
	text = option_find("extra_text");
	list = option_find("imap_disable");
	g_assert_true(option_add_value(global, number, "3", false, NULL));
	g_assert_cmpint(extra(global)->extra_number, ==, 1);
	g_assert_true(option_add_value(global, number, "2", true, NULL));
	g_assert_cmpint(extra(global)->extra_number, ==, -1);
	g_assert_false(option_add_value(global, number, "99", false, &error));
	g_assert_error(error, OPTION_ERROR, OPTION_ERROR_VALUE);
	g_assert_true(option_add_value(global, text, "+x", false, NULL));
	g_assert_cmpstr(extra(global)->extra_text, ==, "text+x");
	g_assert_true(option_add_value(global, text, "xt", true, NULL));
	g_assert_cmpstr(extra(global)->extra_text, ==, "te+x");
	g_assert_true(option_add_value(global, list, "A B A", false, NULL));
	/* An account's list begins with what it inherits. */
	g_assert_true(option_add_value(options_account("a"), list, "C", false,
		NULL));
	g_assert_true(option_add_value(options_account("a"), list, "A Z", true,
		NULL));
	g_assert_cmpstr(options_values(global)->imap_disable[1], ==, "B");
	g_assert_null(options_values(global)->imap_disable[2]);
	g_assert_cmpstr(options_values(options_account("a"))->imap_disable[0],
		==, "B");
	g_assert_cmpstr(options_values(options_account("a"))->imap_disable[1],
		==, "C");
	g_assert_false(option_add_value(global, option_find("extra_bool"), "yes",
		false, NULL));
	options_release();
}

static unsigned n_heard, second_id;

static void heard(const struct option_row *row, struct option_set *where,
	void *data)
{
	g_assert_cmpstr(row->name, ==, "trash");
	g_assert_true(where == data);
	n_heard++;
	option_unlisten(second_id); /* while being called */
}

static void heard_any(const struct option_row *row, struct option_set *where,
	void *data)
{
	(void)row;
	(void)where;
	++*(unsigned *)data;
}

static void test_listeners(void)
{
	struct option_set *global;
	unsigned n_any = 0, n_second = 0, first;

	setup();
	global = options_global();
	n_heard = 0;
	option_listen(NULL, heard_any, &n_any);
	first = option_listen("trash", heard, global);
	second_id = option_listen("trash", heard_any, &n_second);
	set(global, "trash", "T");
	set(global, "trash", "T"); /* no change */
	set(global, "sent", "S");
	g_assert_cmpuint(n_heard, ==, 1);
	g_assert_cmpuint(n_second, ==, 0);
	g_assert_cmpuint(n_any, ==, 2);
	option_unlisten(first);
	option_unlisten(first);
	set(global, "trash", "U");
	g_assert_cmpuint(n_heard, ==, 1);
	g_assert_cmpuint(n_any, ==, 3);
	options_release();
	option_unlisten(first);
}

static void test_implicit_account(void)
{
	const char **names;

	setup();
	names = options_accounts();
	g_assert_null(names[0]);
	g_free(names);
	set(options_global(), "url", "imaps://bob@imap.example.org:1993/x");
	names = options_accounts();
	g_assert_cmpstr(names[0], ==, "imap.example.org");
	g_assert_null(names[1]);
	g_free(names);
	options_release();
	setup();
	set(options_global(), "url", "imaps://h/");
	options_account("b");
	options_account("a");
	names = options_accounts();
	g_assert_cmpstr(names[0], ==, "b");
	g_assert_cmpstr(names[1], ==, "a");
	g_assert_null(names[2]);
	g_free(names);
	options_release();
}

static void test_names(void)
{
	g_assert_cmpuint(rc_name_distance("", "abc"), ==, 3);
	g_assert_cmpuint(rc_name_distance("trash", "trahs"), ==, 1);
	g_assert_cmpuint(rc_name_distance("kitten", "sitting"), ==, 3);
	g_assert_true(rc_name_equal("a-b_c", "ab-c"));
	g_assert_true(rc_name_equal("a_", "a"));
	g_assert_false(rc_name_equal("ab", "abc"));
	g_assert_cmpint(rc_version_compare("0.10", "0.9"), ==, 1);
	g_assert_cmpint(rc_version_compare("1.0", "1"), ==, 0);
	g_assert_cmpint(rc_version_compare("0.1", "0.1.1"), ==, -1);
	g_assert_cmpint(rc_version_compare("1a", "1b"), ==, -1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rc/option/rows", test_rows);
	g_test_add_func("/rc/option/find", test_find);
	g_test_add_func("/rc/option/inheritance", test_inheritance);
	g_test_add_func("/rc/option/registered-late", test_registered_late);
	g_test_add_func("/rc/option/values", test_values);
	g_test_add_func("/rc/option/urls", test_urls);
	g_test_add_func("/rc/option/add", test_add);
	g_test_add_func("/rc/option/listeners", test_listeners);
	g_test_add_func("/rc/option/implicit-account", test_implicit_account);
	g_test_add_func("/rc/option/names", test_names);
	return g_test_run();
}
