/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Accounts, mailboxes, messages and actions against a real Dovecot, started
 * privately with the sample mail. Skipped where it cannot run.
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/base/log.h"
#include "src/imap/list.h"
#include "src/mail/account.h"
#include "src/mail/action.h"
#include "src/mail/listing.h"
#include "src/mail/mailbox.h"
#include "src/mail/message.h"
#include "src/mail/pattern.h"
#include "src/mime/text.h"
#include "src/rc/command.h"
#include "src/rc/option.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATIENCE_S = 30 };

static char *server_dir; /* NULL: there is no server */
static char *work_dir;
static GHashTable *env;
static bool owns_server;

/* --- the server --------------------------------------------------------------- */

static int run_script(const char *script, const char *verb, const char *dir)
{
	const char *argv[] = { script, verb, dir, NULL };
	int status = -1;

	if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL,
		NULL, NULL, NULL, NULL, &status, NULL))
		return -1;
	return status;
}

static void read_env(void)
{
	char *path = g_build_filename(server_dir, "env", NULL), *text;
	char **lines;

	env = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	if (!g_file_get_contents(path, &text, NULL, NULL))
		g_error("no %s", path);
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		char *equals = strchr(*line, '=');

		if (equals != NULL)
			g_hash_table_insert(env, g_strndup(*line,
				(gsize)(equals - *line)), g_strdup(equals + 1));
	}
	g_strfreev(lines);
	g_free(text);
	g_free(path);
}

static void start_server(void)
{
	const char *given = g_getenv("CULVER_TEST_SERVER_DIR");

	if (given != NULL) {
		server_dir = g_strdup(given);
	} else {
		server_dir = g_dir_make_tmp("culver-mail-XXXXXX", NULL);
		owns_server = true;
		if (run_script("tests/servers/dovecot", "start", server_dir) != 0 ||
			run_script("tests/servers/fill", server_dir, NULL) != 0)
			g_clear_pointer(&server_dir, g_free);
	}
	if (server_dir != NULL)
		read_env();
}

static void remove_tree(const char *path)
{
	const char *argv[] = { "rm", "-rf", path, NULL };

	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
		NULL, NULL, NULL, NULL);
}

static void stop_server(void)
{
	if (server_dir == NULL)
		return;
	if (owns_server) {
		run_script("tests/servers/dovecot", "stop", server_dir);
		remove_tree(server_dir);
	}
	g_hash_table_destroy(env);
	g_free(server_dir);
}

/* --- the program around it ------------------------------------------------------ */

static GString *said; /* sentences for the status line */

static void on_message(struct account *account, bool is_alert, const char *text, void *data)
{
	(void)account;
	(void)is_alert;
	(void)data;
	g_string_append_printf(said, "%s\n", text);
	g_test_message("says: %s", text);
}

static const struct account_ops account_ops = { .message = on_message };

static bool timed_out;

static gboolean on_timeout(gpointer data)
{
	(void)data;
	timed_out = true;
	return G_SOURCE_REMOVE;
}

#define WAIT_FOR(condition) do { \
	guint timer_ = g_timeout_add_seconds(PATIENCE_S, on_timeout, NULL); \
	timed_out = false; \
	while (!(condition) && !timed_out) \
		g_main_context_iteration(NULL, TRUE); \
	if (!timed_out) \
		g_source_remove(timer_); \
	g_assert_true(condition); \
} while (0)

static void set_option(const char *account, const char *name, const char *value)
{
	GError *error = NULL;

	option_set_value(options_account(account), option_find(name), value,
		&error);
	g_assert_no_error(error);
}

static struct account *begin(bool batch, const char *disable)
{
	char *cache = g_build_filename(work_dir, "cache", NULL);
	char *state = g_build_filename(work_dir, "state", NULL);
	const struct mail_config config = { .cache_dir = cache,
		.state_dir = state, .batch = batch };
	struct account *account;
	GError *error = NULL;
	char *url;

	g_mkdir_with_parents(cache, 0700);
	g_mkdir_with_parents(state, 0700);
	said = g_string_new(NULL);
	options_init();
	commands_init();
	mail_init(&config);
	url = g_strdup_printf("imaps://user@127.0.0.1:%s/",
		(char *)g_hash_table_lookup(env, "TLSPORT"));
	set_option("work", "url", url);
	set_option("work", "password", "pass");
	set_option("work", "tls_ca_file", g_hash_table_lookup(env, "CA"));
	if (disable != NULL)
		set_option("work", "imap_disable", disable);
	account = account_new("work", &account_ops, NULL, &error);
	g_assert_no_error(error);
	g_free(url);
	g_free(cache);
	g_free(state);
	return account;
}

static void end(void)
{
	mail_release();
	commands_release();
	options_release();
	g_string_free(said, TRUE);
}

struct result {
	bool done;
	uint32_t changed;
	char *error;
};

static void on_action(uint32_t changed, const GError *error, void *data)
{
	struct result *result = data;

	result->done = true;
	result->changed = changed;
	g_free(result->error);
	result->error = error != NULL ? g_strdup(error->message) : NULL;
}

static void on_mailbox(const GError *error, void *data)
{
	on_action(0, error, data);
}

static struct mailbox *open_ready(struct account *account, const char *name)
{
	struct mailbox *mailbox = mailbox_open(account, name);
	struct result result = { 0 };

	mailbox_when_ready(mailbox, on_mailbox, &result);
	WAIT_FOR(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	return mailbox;
}

static void load_all(struct mailbox *mailbox)
{
	struct result result = { 0 };

	mailbox_load_all(mailbox, on_mailbox, &result);
	WAIT_FOR(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
}

static uint32_t visible(struct mailbox *mailbox)
{
	struct mailbox_counts counts;

	mailbox_get_counts(mailbox, &counts);
	return counts.messages;
}

static struct imap_seqset *one(uint32_t uid)
{
	static struct imap_seqset set;

	imap_seqset_clear(&set);
	imap_seqset_add(&set, uid);
	return &set;
}

#define SKIP_WITHOUT_SERVER() do { \
	if (server_dir == NULL) { \
		g_test_skip("no private Dovecot here"); \
		return; \
	} \
} while (0)

/* --- reading -------------------------------------------------------------------------- */

static void test_list(void)
{
	struct account *account;

	SKIP_WITHOUT_SERVER();
	account = begin(false, NULL);
	account_connect(account);
	WAIT_FOR(account_has_mailboxes(account));
	g_assert_cmpstr(account_mailbox_at(account, 0)->name, ==, "INBOX");
	g_assert_cmpstr(account_mailbox_at(account, 1)->name, ==, "Drafts");
	g_assert_cmpstr(account_mailbox_by_use(account, IMAP_MAILBOX_TRASH), ==,
		"Trash");
	WAIT_FOR(account_mailbox_find(account, "INBOX")->has_counts);
	g_assert_cmpuint(account_mailbox_find(account, "INBOX")->messages, >, 10);
	end();
}

static void test_rows(void)
{
	struct account *account;
	struct mailbox *mailbox;
	struct listing *listing;
	struct mailbox_counts counts;
	struct message_row row;
	uint32_t n;

	SKIP_WITHOUT_SERVER();
	account = begin(false, NULL);
	mailbox = open_ready(account, "INBOX");
	listing = listing_new(mailbox, NULL, NULL);
	load_all(mailbox);
	n = mailbox_length(mailbox);
	g_assert_cmpuint(n, >, 10);
	mailbox_get_counts(mailbox, &counts);
	g_assert_cmpuint(counts.loaded, ==, n);
	g_assert_cmpuint(counts.unseen, >, 0);
	for (uint32_t i = 0; i < n; i++) {
		listing_get_row(listing, i, &row);
		g_assert_true(row.is_loaded);
		g_assert_cmpuint(listing_find_uid(listing, row.uid), ==, i);
	}
	listing_free(&listing);
	mailbox_unref(&mailbox);
	end();
}

/* What was loaded before is there before the server is. */
static void test_cached(void)
{
	struct account *account;
	struct mailbox *mailbox;
	struct message_row row;

	SKIP_WITHOUT_SERVER();
	account = begin(false, NULL);
	mailbox = mailbox_open(account, "INBOX");
	g_assert_cmpuint(mailbox_length(mailbox), ==, 0);
	WAIT_FOR(mailbox_length(mailbox) > 0);
	g_assert_cmpint(mailbox_state(mailbox), ==, MAILBOX_CACHED);
	mailbox_get_row(mailbox, mailbox_length(mailbox) - 1, &row);
	g_assert_true(row.is_loaded);
	WAIT_FOR(mailbox_state(mailbox) == MAILBOX_READY);
	mailbox_unref(&mailbox);
	end();
}

static void on_message_changed(struct message *message, void *data)
{
	(void)message;
	(void)data;
}

static void test_messages(void)
{
	struct account *account;
	struct mailbox *mailbox;

	SKIP_WITHOUT_SERVER();
	account = begin(false, NULL);
	mailbox = open_ready(account, "INBOX");
	for (uint32_t i = 0; i < MIN(mailbox_length(mailbox), 60); i++) {
		struct message *message = message_open(mailbox,
			mailbox_uid_at(mailbox, i), on_message_changed, NULL);
		struct mime_document *document;

		WAIT_FOR(message_state(message) != MESSAGE_LOADING);
		g_assert_cmpint(message_state(message), ==, MESSAGE_READY);
		document = message_document(message, true);
		g_assert_cmpuint(document->lines->len, >, 0);
		mime_document_free(&document);
		message_close(&message);
	}
	mailbox_unref(&mailbox);
	end();
}

struct raw {
	GString *octets;
	struct result result;
};

static void on_octets(const char *octets, size_t len, void *data)
{
	struct raw *raw = data;

	g_string_append_len(raw->octets, octets, (gssize)len);
}

static void on_transfer(uint64_t octets, const GError *error, void *data)
{
	struct raw *raw = data;

	on_action((uint32_t)octets, error, &raw->result);
}

static void test_raw(void)
{
	struct account *account;
	struct mailbox *mailbox;
	struct raw raw = { 0 };
	struct message_row row;

	SKIP_WITHOUT_SERVER();
	account = begin(true, NULL);
	mailbox = open_ready(account, "INBOX");
	load_all(mailbox);
	mailbox_get_row(mailbox, 0, &row);
	raw.octets = g_string_new(NULL);
	message_fetch_raw(mailbox, row.uid, on_octets, on_transfer, &raw);
	WAIT_FOR(raw.result.done);
	g_assert_cmpstr(raw.result.error, ==, NULL);
	g_assert_cmpuint(raw.octets->len, ==, row.size);
	mailbox_unref(&mailbox);
	end();
	g_string_free(raw.octets, TRUE);
}

/* --- actions ------------------------------------------------------------------------- */

static void test_flags(void)
{
	const struct imap_flags flagged = { .system = IMAP_FLAG_FLAGGED };
	struct result result = { 0 };
	struct account *account;
	struct mailbox *mailbox;
	uint32_t uid;
	char *text;
	unsigned former;

	SKIP_WITHOUT_SERVER();
	account = begin(false, NULL);
	mailbox = open_ready(account, "INBOX");
	load_all(mailbox);
	uid = mailbox_uid_at(mailbox, 1);
	former = mailbox_flags_at(mailbox, 1) & IMAP_FLAG_FLAGGED;
	action_flag(mailbox, one(uid), former == 0, &flagged, on_action, &result);
	/* Shown at once, before anything was sent. */
	g_assert_cmpuint(mailbox_flags_at(mailbox, 1) & IMAP_FLAG_FLAGGED, !=,
		former);
	g_assert_cmpuint(action_n_pending(account), ==, 1);
	WAIT_FOR(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	g_assert_cmpuint(result.changed, ==, 1);
	g_assert_cmpuint(action_n_pending(account), ==, 0);
	g_assert_cmpuint(mailbox_flags_at(mailbox, 1) & IMAP_FLAG_FLAGGED, !=,
		former);
	result.done = false;
	g_assert_true(action_undo(&text, on_action, &result, NULL));
	g_free(text);
	WAIT_FOR(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	g_assert_cmpuint(mailbox_flags_at(mailbox, 1) & IMAP_FLAG_FLAGGED, ==,
		former);
	mailbox_unref(&mailbox);
	end();
}

/* Reading marks, and undo does not know of it. */
static void test_mark_seen(void)
{
	struct account *account;
	struct mailbox *mailbox;
	GError *error = NULL;
	uint32_t pos;
	char *text;

	SKIP_WITHOUT_SERVER();
	account = begin(false, NULL);
	mailbox = open_ready(account, "INBOX");
	load_all(mailbox);
	for (pos = 0; (mailbox_flags_at(mailbox, pos) & IMAP_FLAG_SEEN) != 0;)
		pos++;
	action_mark_seen(mailbox, one(mailbox_uid_at(mailbox, pos)));
	g_assert_true(mailbox_flags_at(mailbox, pos) & IMAP_FLAG_SEEN);
	g_assert_cmpuint(action_n_pending(account), ==, 1);
	g_assert_false(action_undo(&text, NULL, NULL, &error));
	g_assert_error(error, MAIL_ERROR, MAIL_ERROR_NOT_FOUND);
	g_clear_error(&error);
	WAIT_FOR(action_n_pending(account) == 0);
	g_assert_true(mailbox_flags_at(mailbox, pos) & IMAP_FLAG_SEEN);
	g_assert_cmpstr(said->str, ==, "");
	/* Nothing to be done any more. */
	action_mark_seen(mailbox, one(mailbox_uid_at(mailbox, pos)));
	g_assert_cmpuint(action_n_pending(account), ==, 0);
	mailbox_unref(&mailbox);
	end();
}

static char *subject_at(struct mailbox *mailbox, uint32_t pos)
{
	struct message_row row;

	mailbox_get_row(mailbox, pos, &row);
	g_assert_true(row.is_loaded);
	return g_strdup(row.subject);
}

/* Deleting into the trash, and back, by whatever the server has. */
static void delete_and_back(const char *disable)
{
	struct result result = { 0 };
	struct account *account = begin(false, disable);
	struct mailbox *mailbox;
	uint32_t uid, n, back;
	GError *error = NULL;
	char *subject;

	account_connect(account);
	WAIT_FOR(account_has_mailboxes(account));
	mailbox = open_ready(account, "INBOX");
	load_all(mailbox);
	n = visible(mailbox);
	uid = mailbox_uid_at(mailbox, 2);
	subject = subject_at(mailbox, 2);
	g_assert_cmpint(action_delete_mode(mailbox), ==, ACTION_TRASH);
	action_delete(mailbox, one(uid), on_action, &result);
	g_assert_cmpuint(visible(mailbox), ==, n - 1);
	WAIT_FOR(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	WAIT_FOR(mailbox_find_uid(mailbox, uid) == UINT32_MAX);
	g_assert_cmpuint(visible(mailbox), ==, n - 1);
	result.done = false;
	g_assert_true(action_undelete_last(mailbox, &back, on_action, &result,
		&error));
	g_assert_no_error(error);
	WAIT_FOR(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	WAIT_FOR(visible(mailbox) == n);
	load_all(mailbox);
	if (disable == NULL)
		g_assert_cmpuint(action_restored_uid(), ==,
			mailbox_uid_at(mailbox, mailbox_length(mailbox) - 1));
	g_free(subject);
	subject = subject_at(mailbox, mailbox_length(mailbox) - 1);
	g_free(subject);
	g_assert_false(action_undelete_last(mailbox, &back, NULL, NULL, &error));
	g_clear_error(&error);
	mailbox_unref(&mailbox);
	end();
}

static void test_delete(void)
{
	SKIP_WITHOUT_SERVER();
	delete_and_back(NULL);
}

static void test_delete_without_move(void)
{
	SKIP_WITHOUT_SERVER();
	delete_and_back("MOVE");
}

/* "u" before anything reached the server, and while the answer is awaited. */
static void test_undo_at_once(void)
{
	struct result result = { 0 }, undone = { 0 };
	struct account *account;
	struct mailbox *mailbox;
	uint32_t n, back;

	SKIP_WITHOUT_SERVER();
	account = begin(false, NULL);
	account_connect(account);
	WAIT_FOR(account_has_mailboxes(account));
	mailbox = open_ready(account, "INBOX");
	n = visible(mailbox);
	action_delete(mailbox, one(mailbox_uid_at(mailbox, 0)), on_action,
		&result);
	g_assert_true(action_undelete_last(mailbox, &back, on_action, &undone,
		NULL));
	g_assert_cmpuint(back, ==, mailbox_uid_at(mailbox, 0));
	g_assert_cmpuint(visible(mailbox), ==, n);
	WAIT_FOR(result.done && undone.done);
	g_assert_cmpstr(undone.error, ==, NULL);
	g_assert_cmpuint(action_n_pending(account), ==, 0);
	g_free(result.error);
	mailbox_unref(&mailbox);
	end();
}

static void test_copy_and_expunge(void)
{
	struct result result = { 0 };
	struct account *account;
	struct mailbox *mailbox, *trash;
	uint32_t n;
	char *text;

	SKIP_WITHOUT_SERVER();
	account = begin(false, NULL);
	account_connect(account);
	WAIT_FOR(account_has_mailboxes(account));
	trash = open_ready(account, "Trash");
	n = visible(trash);
	mailbox = open_ready(account, "INBOX");
	action_copy(mailbox, one(mailbox_uid_at(mailbox, 0)), account, "Trash",
		on_action, &result);
	WAIT_FOR(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	result.done = false;
	g_assert_true(action_undo(&text, on_action, &result, NULL));
	g_free(text);
	WAIT_FOR(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	result.done = false;
	action_copy(mailbox, one(mailbox_uid_at(mailbox, 0)), account, "Trash",
		on_action, &result);
	WAIT_FOR(result.done);
	mailbox_unref(&mailbox);
	/* Dovecot may need a second look at a Maildir within one second. */
	while (visible(trash) != n + 1) {
		result.done = false;
		mailbox_poll(trash, on_mailbox, &result);
		WAIT_FOR(result.done);
		g_assert_cmpstr(result.error, ==, NULL);
	}
	/* In the trash, deleting marks. */
	g_assert_cmpint(action_delete_mode(trash), ==, ACTION_MARK);
	WAIT_FOR(mailbox_uid_at(trash, n) != 0);
	result.done = false;
	action_delete(trash, one(mailbox_uid_at(trash, n)), on_action, &result);
	g_assert_cmpuint(visible(trash), ==, n + 1);
	WAIT_FOR(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	result.done = false;
	action_expunge(trash, one(mailbox_uid_at(trash, n)), on_action, &result);
	WAIT_FOR(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	WAIT_FOR(visible(trash) == n);
	mailbox_unref(&trash);
	end();
}

/* Done without a connection, the program ended: the next one does it. */
static void test_journal(void)
{
	const struct imap_flags answered = { .system = IMAP_FLAG_ANSWERED };
	struct account *account;
	struct mailbox *mailbox;
	uint32_t uid;
	bool former;

	SKIP_WITHOUT_SERVER();
	account = begin(false, NULL);
	mailbox = open_ready(account, "INBOX");
	load_all(mailbox);
	uid = mailbox_uid_at(mailbox, 4);
	former = (mailbox_flags_at(mailbox, 4) & IMAP_FLAG_ANSWERED) != 0;
	account_disconnect(account);
	WAIT_FOR(account_state(account) == ACCOUNT_OFFLINE);
	action_flag(mailbox, one(uid), !former, &answered, NULL, NULL);
	g_assert_cmpuint(action_n_pending(account), ==, 1);
	mailbox_unref(&mailbox);
	end();

	account = begin(false, NULL);
	account_connect(account);
	WAIT_FOR(action_n_pending(account) == 1);
	WAIT_FOR(action_n_pending(account) == 0);
	mailbox = open_ready(account, "INBOX");
	load_all(mailbox);
	g_assert_cmpuint(mailbox_uid_at(mailbox, 4), ==, uid);
	g_assert_cmpint((mailbox_flags_at(mailbox, 4) & IMAP_FLAG_ANSWERED) != 0,
		==, !former);
	g_assert_cmpstr(said->str, ==, "");
	mailbox_unref(&mailbox);
	end();
}

/* The connection goes and comes while something is pending. */
static void test_reconnect(void)
{
	const struct imap_flags answered = { .system = IMAP_FLAG_ANSWERED };
	struct result result = { 0 };
	struct account *account;
	struct mailbox *mailbox;
	bool former;

	SKIP_WITHOUT_SERVER();
	account = begin(false, NULL);
	mailbox = open_ready(account, "INBOX");
	former = (mailbox_flags_at(mailbox, 0) & IMAP_FLAG_ANSWERED) != 0;
	account_disconnect(account);
	WAIT_FOR(mailbox_state(mailbox) != MAILBOX_READY);
	action_flag(mailbox, one(mailbox_uid_at(mailbox, 0)), !former,
		&answered, on_action, &result);
	g_assert_cmpuint(action_n_pending(account), ==, 1);
	account_connect(account);
	WAIT_FOR(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	WAIT_FOR(mailbox_state(mailbox) == MAILBOX_READY);
	g_assert_cmpint((mailbox_flags_at(mailbox, 0) & IMAP_FLAG_ANSWERED) != 0,
		==, !former);
	mailbox_unref(&mailbox);
	end();
}

static void test_wrong_password(void)
{
	struct account *account;
	struct mailbox *mailbox;
	struct result result = { 0 };

	SKIP_WITHOUT_SERVER();
	account = begin(true, NULL);
	set_option("work", "password", "wrong");
	mailbox = mailbox_open(account, "Projects");
	mailbox_when_ready(mailbox, on_mailbox, &result);
	WAIT_FOR(result.done);
	g_assert_cmpint(account_state(account), ==, ACCOUNT_FAILED);
	g_assert_nonnull(result.error);
	g_free(result.error);
	mailbox_unref(&mailbox);
	end();
}

static void test_no_mailbox(void)
{
	struct account *account;
	struct mailbox *mailbox;
	struct result result = { 0 };

	SKIP_WITHOUT_SERVER();
	account = begin(true, NULL);
	mailbox = mailbox_open(account, "No such mailbox");
	mailbox_when_ready(mailbox, on_mailbox, &result);
	WAIT_FOR(result.done);
	g_assert_nonnull(result.error);
	g_assert_cmpint(mailbox_state(mailbox), ==, MAILBOX_GONE);
	g_free(result.error);
	mailbox_unref(&mailbox);
	end();
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	if (g_getenv("CULVER_TEST_TRACE") != NULL)
		log_open_trace(g_getenv("CULVER_TEST_TRACE"), NULL);
	work_dir = g_dir_make_tmp("culver-mail-work-XXXXXX", NULL);
	start_server();
	g_test_add_func("/mail/live/list", test_list);
	g_test_add_func("/mail/live/rows", test_rows);
	g_test_add_func("/mail/live/cached", test_cached);
	g_test_add_func("/mail/live/messages", test_messages);
	g_test_add_func("/mail/live/raw", test_raw);
	g_test_add_func("/mail/live/flags", test_flags);
	g_test_add_func("/mail/live/mark-seen", test_mark_seen);
	g_test_add_func("/mail/live/delete", test_delete);
	g_test_add_func("/mail/live/delete-without-move", test_delete_without_move);
	g_test_add_func("/mail/live/undo-at-once", test_undo_at_once);
	g_test_add_func("/mail/live/copy-and-expunge", test_copy_and_expunge);
	g_test_add_func("/mail/live/journal", test_journal);
	g_test_add_func("/mail/live/reconnect", test_reconnect);
	g_test_add_func("/mail/live/wrong-password", test_wrong_password);
	g_test_add_func("/mail/live/no-mailbox", test_no_mailbox);
	status = g_test_run();
	stop_server();
	remove_tree(work_dir);
	g_free(work_dir);
	return status;
}
