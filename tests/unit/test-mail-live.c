/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Accounts, mailboxes, messages and actions against a real Dovecot, started
 * privately with the sample mail. Skipped where it cannot run.
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/imap/list.h"
#include "src/mail/account.h"
#include "src/mail/action.h"
#include "src/mail/listing.h"
#include "src/mail/mailbox.h"
#include "src/mail/message.h"
#include "src/mail/pattern.h"
#include "src/mime/text.h"
#include "tests/unit/live.h"

/* --- reading -------------------------------------------------------------------------- */

static void test_list(void)
{
	struct account *account;

	LIVE_SKIP();
	account = live_begin(false, NULL);
	account_connect(account);
	LIVE_WAIT(account_has_mailboxes(account));
	g_assert_cmpstr(account_mailbox_at(account, 0)->name, ==, "INBOX");
	g_assert_cmpstr(account_mailbox_at(account, 1)->name, ==, "Drafts");
	g_assert_cmpstr(account_mailbox_by_use(account, IMAP_MAILBOX_TRASH), ==,
		"Trash");
	LIVE_WAIT(account_mailbox_find(account, "INBOX")->has_counts);
	g_assert_cmpuint(account_mailbox_find(account, "INBOX")->messages, >, 10);
	live_end();
}

static void test_rows(void)
{
	struct account *account;
	struct mailbox *mailbox;
	struct listing *listing;
	struct mailbox_counts counts;
	struct message_row row;
	uint32_t n;

	LIVE_SKIP();
	account = live_begin(false, NULL);
	mailbox = live_open(account, "INBOX");
	listing = listing_new(mailbox, NULL, NULL);
	live_load_all(mailbox);
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
	live_end();
}

/* What was loaded before is there before the server is. */
static void test_cached(void)
{
	struct account *account;
	struct mailbox *mailbox;
	struct message_row row;

	LIVE_SKIP();
	account = live_begin(false, NULL);
	mailbox = mailbox_open(account, "INBOX");
	g_assert_cmpuint(mailbox_length(mailbox), ==, 0);
	LIVE_WAIT(mailbox_length(mailbox) > 0);
	g_assert_cmpint(mailbox_state(mailbox), ==, MAILBOX_CACHED);
	mailbox_get_row(mailbox, mailbox_length(mailbox) - 1, &row);
	g_assert_true(row.is_loaded);
	LIVE_WAIT(mailbox_state(mailbox) == MAILBOX_READY);
	mailbox_unref(&mailbox);
	live_end();
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

	LIVE_SKIP();
	account = live_begin(false, NULL);
	mailbox = live_open(account, "INBOX");
	for (uint32_t i = 0; i < MIN(mailbox_length(mailbox), 60); i++) {
		struct message *message = message_open(mailbox,
			mailbox_uid_at(mailbox, i), on_message_changed, NULL);
		struct mime_document *document;

		LIVE_WAIT(message_state(message) != MESSAGE_LOADING);
		g_assert_cmpint(message_state(message), ==, MESSAGE_READY);
		document = message_document(message, true);
		g_assert_cmpuint(document->lines->len, >, 0);
		mime_document_free(&document);
		message_close(&message);
	}
	mailbox_unref(&mailbox);
	live_end();
}

struct raw {
	GString *octets;
	struct live_result result;
};

static void on_octets(const char *octets, size_t len, void *data)
{
	struct raw *raw = data;

	g_string_append_len(raw->octets, octets, (gssize)len);
}

static void on_transfer(uint64_t octets, const GError *error, void *data)
{
	struct raw *raw = data;

	live_on_action((uint32_t)octets, error, &raw->result);
}

static void test_raw(void)
{
	struct account *account;
	struct mailbox *mailbox;
	struct raw raw = { 0 };
	struct message_row row;

	LIVE_SKIP();
	account = live_begin(true, NULL);
	mailbox = live_open(account, "INBOX");
	live_load_all(mailbox);
	mailbox_get_row(mailbox, 0, &row);
	raw.octets = g_string_new(NULL);
	message_fetch_raw(mailbox, row.uid, on_octets, on_transfer, &raw);
	LIVE_WAIT(raw.result.done);
	g_assert_cmpstr(raw.result.error, ==, NULL);
	g_assert_cmpuint(raw.octets->len, ==, row.size);
	mailbox_unref(&mailbox);
	live_end();
	g_string_free(raw.octets, TRUE);
}

/* --- actions ------------------------------------------------------------------------- */

static void test_flags(void)
{
	const struct imap_flags flagged = { .system = IMAP_FLAG_FLAGGED };
	struct live_result result = { 0 };
	struct account *account;
	struct mailbox *mailbox;
	uint32_t uid;
	unsigned former;

	LIVE_SKIP();
	account = live_begin(false, NULL);
	mailbox = live_open(account, "INBOX");
	live_load_all(mailbox);
	uid = mailbox_uid_at(mailbox, 1);
	former = mailbox_flags_at(mailbox, 1) & IMAP_FLAG_FLAGGED;
	action_flag(mailbox, live_one(uid), former == 0, &flagged, live_on_action, &result);
	/* Shown at once, before anything was sent. */
	g_assert_cmpuint(mailbox_flags_at(mailbox, 1) & IMAP_FLAG_FLAGGED, !=,
		former);
	g_assert_cmpuint(action_n_pending(account), ==, 1);
	LIVE_WAIT(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	g_assert_cmpuint(result.changed, ==, 1);
	g_assert_cmpuint(action_n_pending(account), ==, 0);
	g_assert_cmpuint(mailbox_flags_at(mailbox, 1) & IMAP_FLAG_FLAGGED, !=,
		former);
	result.done = false;
	g_assert_true(action_undo(live_on_action, &result, NULL));
	LIVE_WAIT(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	g_assert_cmpuint(mailbox_flags_at(mailbox, 1) & IMAP_FLAG_FLAGGED, ==,
		former);
	mailbox_unref(&mailbox);
	live_end();
}

/* Reading marks, and undo does not know of it. */
static void test_mark_seen(void)
{
	struct account *account;
	struct mailbox *mailbox;
	GError *error = NULL;
	uint32_t pos;

	LIVE_SKIP();
	account = live_begin(false, NULL);
	mailbox = live_open(account, "INBOX");
	live_load_all(mailbox);
	for (pos = 0; (mailbox_flags_at(mailbox, pos) & IMAP_FLAG_SEEN) != 0;)
		pos++;
	action_mark_seen(mailbox, live_one(mailbox_uid_at(mailbox, pos)));
	g_assert_true(mailbox_flags_at(mailbox, pos) & IMAP_FLAG_SEEN);
	g_assert_cmpuint(action_n_pending(account), ==, 1);
	g_assert_false(action_undo(NULL, NULL, &error));
	g_assert_error(error, MAIL_ERROR, MAIL_ERROR_NOT_FOUND);
	g_clear_error(&error);
	LIVE_WAIT(action_n_pending(account) == 0);
	g_assert_true(mailbox_flags_at(mailbox, pos) & IMAP_FLAG_SEEN);
	g_assert_cmpstr(live_said->str, ==, "");
	/* Nothing to be done any more. */
	action_mark_seen(mailbox, live_one(mailbox_uid_at(mailbox, pos)));
	g_assert_cmpuint(action_n_pending(account), ==, 0);
	mailbox_unref(&mailbox);
	live_end();
}

static char *subject_at(struct mailbox *mailbox, uint32_t pos)
{
	struct message_row row;

	mailbox_get_row(mailbox, pos, &row);
	g_assert_true(row.is_loaded);
	return g_strdup(row.subject);
}

static unsigned n_arrived;

static void on_changed(struct mailbox *mailbox, void *data)
{
	(void)mailbox;
	(void)data;
}

static void on_arrived(struct mailbox *mailbox, uint32_t uid, void *data)
{
	(void)mailbox;
	(void)uid;
	(void)data;
	n_arrived++;
}

static const struct mailbox_ops mailbox_ops = {
	.changed = on_changed,
	.state_changed = on_changed,
	.arrived = on_arrived,
};

/* Deleting into the trash, and back, by whatever the server has. */
static void delete_and_back(const char *disable)
{
	struct live_result result = { 0 };
	struct account *account = live_begin(false, disable);
	struct mailbox *mailbox;
	uint32_t uid, n, back;
	GError *error = NULL;
	char *subject;

	account_connect(account);
	LIVE_WAIT(account_has_mailboxes(account));
	mailbox = live_open(account, "INBOX");
	live_load_all(mailbox);
	mailbox_listen(mailbox, &mailbox_ops, NULL);
	n_arrived = 0;
	n = live_visible(mailbox);
	uid = mailbox_uid_at(mailbox, 2);
	subject = subject_at(mailbox, 2);
	g_assert_cmpint(action_delete_mode(mailbox), ==, ACTION_TRASH);
	action_delete(mailbox, live_one(uid), live_on_action, &result);
	g_assert_cmpuint(live_visible(mailbox), ==, n - 1);
	LIVE_WAIT(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	LIVE_WAIT(mailbox_find_uid(mailbox, uid) == UINT32_MAX);
	g_assert_cmpuint(live_visible(mailbox), ==, n - 1);
	result.done = false;
	g_assert_true(action_undelete_last(mailbox, &back, live_on_action, &result,
		&error));
	g_assert_no_error(error);
	LIVE_WAIT(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	LIVE_WAIT(live_visible(mailbox) == n);
	live_load_all(mailbox);
	if (disable == NULL)
		g_assert_cmpuint(action_restored_uid(), ==,
			mailbox_uid_at(mailbox, mailbox_length(mailbox) - 1));
	g_free(subject);
	subject = subject_at(mailbox, mailbox_length(mailbox) - 1);
	g_free(subject);
	g_assert_cmpuint(n_arrived, ==, 0); /* it is no news */
	mailbox_unlisten(mailbox, &mailbox_ops, NULL);
	g_assert_false(action_undelete_last(mailbox, &back, NULL, NULL, &error));
	g_clear_error(&error);
	mailbox_unref(&mailbox);
	live_end();
}

static void test_delete(void)
{
	LIVE_SKIP();
	delete_and_back(NULL);
}

static void test_delete_without_move(void)
{
	LIVE_SKIP();
	delete_and_back("MOVE");
}

/* "u" before anything reached the server, and while the answer is awaited. */
static void test_undo_at_once(void)
{
	struct live_result result = { 0 }, undone = { 0 };
	struct account *account;
	struct mailbox *mailbox;
	uint32_t n, back;

	LIVE_SKIP();
	account = live_begin(false, NULL);
	account_connect(account);
	LIVE_WAIT(account_has_mailboxes(account));
	mailbox = live_open(account, "INBOX");
	n = live_visible(mailbox);
	action_delete(mailbox, live_one(mailbox_uid_at(mailbox, 0)), live_on_action,
		&result);
	g_assert_true(action_undelete_last(mailbox, &back, live_on_action, &undone,
		NULL));
	g_assert_cmpuint(back, ==, mailbox_uid_at(mailbox, 0));
	g_assert_cmpuint(live_visible(mailbox), ==, n);
	LIVE_WAIT(result.done && undone.done);
	g_assert_cmpstr(undone.error, ==, NULL);
	g_assert_cmpuint(action_n_pending(account), ==, 0);
	g_free(result.error);
	mailbox_unref(&mailbox);
	live_end();
}

static void test_copy_and_expunge(void)
{
	struct live_result result = { 0 };
	struct account *account;
	struct mailbox *mailbox, *trash;
	uint32_t n;

	LIVE_SKIP();
	account = live_begin(false, NULL);
	account_connect(account);
	LIVE_WAIT(account_has_mailboxes(account));
	trash = live_open(account, "Trash");
	n = live_visible(trash);
	mailbox = live_open(account, "INBOX");
	action_copy(mailbox, live_one(mailbox_uid_at(mailbox, 0)), account, "Trash",
		live_on_action, &result);
	LIVE_WAIT(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	result.done = false;
	g_assert_true(action_undo(live_on_action, &result, NULL));
	LIVE_WAIT(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	result.done = false;
	action_copy(mailbox, live_one(mailbox_uid_at(mailbox, 0)), account, "Trash",
		live_on_action, &result);
	LIVE_WAIT(result.done);
	mailbox_unref(&mailbox);
	/* Dovecot may need a second look at a Maildir within live_one second. */
	while (live_visible(trash) != n + 1) {
		result.done = false;
		mailbox_poll(trash, live_on_mailbox, &result);
		LIVE_WAIT(result.done);
		g_assert_cmpstr(result.error, ==, NULL);
	}
	/* In the trash, deleting marks. */
	g_assert_cmpint(action_delete_mode(trash), ==, ACTION_MARK);
	LIVE_WAIT(mailbox_uid_at(trash, n) != 0);
	result.done = false;
	action_delete(trash, live_one(mailbox_uid_at(trash, n)), live_on_action, &result);
	g_assert_cmpuint(live_visible(trash), ==, n + 1);
	LIVE_WAIT(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	result.done = false;
	action_expunge(trash, live_one(mailbox_uid_at(trash, n)), live_on_action, &result);
	LIVE_WAIT(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	LIVE_WAIT(live_visible(trash) == n);
	mailbox_unref(&trash);
	live_end();
}

/* Done without a connection, the program ended: the next live_one does it. */
static void test_journal(void)
{
	const struct imap_flags answered = { .system = IMAP_FLAG_ANSWERED };
	struct account *account;
	struct mailbox *mailbox;
	uint32_t uid;
	bool former;

	LIVE_SKIP();
	account = live_begin(false, NULL);
	mailbox = live_open(account, "INBOX");
	live_load_all(mailbox);
	uid = mailbox_uid_at(mailbox, 4);
	former = (mailbox_flags_at(mailbox, 4) & IMAP_FLAG_ANSWERED) != 0;
	account_disconnect(account);
	LIVE_WAIT(account_state(account) == ACCOUNT_OFFLINE);
	action_flag(mailbox, live_one(uid), !former, &answered, NULL, NULL);
	g_assert_cmpuint(action_n_pending(account), ==, 1);
	mailbox_unref(&mailbox);
	live_end();

	account = live_begin(false, NULL);
	account_connect(account);
	LIVE_WAIT(action_n_pending(account) == 1);
	LIVE_WAIT(action_n_pending(account) == 0);
	mailbox = live_open(account, "INBOX");
	live_load_all(mailbox);
	g_assert_cmpuint(mailbox_uid_at(mailbox, 4), ==, uid);
	g_assert_cmpint((mailbox_flags_at(mailbox, 4) & IMAP_FLAG_ANSWERED) != 0,
		==, !former);
	g_assert_cmpstr(live_said->str, ==, "");
	mailbox_unref(&mailbox);
	live_end();
}

/* The connection goes and comes while something is pending. */
static void test_reconnect(void)
{
	const struct imap_flags answered = { .system = IMAP_FLAG_ANSWERED };
	struct live_result result = { 0 };
	struct account *account;
	struct mailbox *mailbox;
	bool former;

	LIVE_SKIP();
	account = live_begin(false, NULL);
	mailbox = live_open(account, "INBOX");
	former = (mailbox_flags_at(mailbox, 0) & IMAP_FLAG_ANSWERED) != 0;
	account_disconnect(account);
	LIVE_WAIT(mailbox_state(mailbox) != MAILBOX_READY);
	action_flag(mailbox, live_one(mailbox_uid_at(mailbox, 0)), !former,
		&answered, live_on_action, &result);
	g_assert_cmpuint(action_n_pending(account), ==, 1);
	account_connect(account);
	LIVE_WAIT(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	LIVE_WAIT(mailbox_state(mailbox) == MAILBOX_READY);
	g_assert_cmpint((mailbox_flags_at(mailbox, 0) & IMAP_FLAG_ANSWERED) != 0,
		==, !former);
	mailbox_unref(&mailbox);
	live_end();
}

static void test_wrong_password(void)
{
	struct account *account;
	struct mailbox *mailbox;
	struct live_result result = { 0 };

	LIVE_SKIP();
	account = live_begin(true, NULL);
	live_set_option("work", "password", "wrong");
	mailbox = mailbox_open(account, "Projects");
	mailbox_when_ready(mailbox, live_on_mailbox, &result);
	LIVE_WAIT(result.done);
	g_assert_cmpint(account_state(account), ==, ACCOUNT_FAILED);
	g_assert_nonnull(result.error);
	g_free(result.error);
	mailbox_unref(&mailbox);
	live_end();
}

/* What is set after a failure counts at the next attempt. */
static void test_set_after_failure(void)
{
	struct account *account;
	struct mailbox *mailbox;
	char *url;

	LIVE_SKIP();
	account = live_begin(false, NULL);
	url = g_strdup(account_options(account)->url);
	live_set_option("work", "password", "wrong");
	mailbox = mailbox_open(account, "Archive");
	account_connect(account);
	LIVE_WAIT(account_state(account) == ACCOUNT_FAILED);
	live_set_option("work", "password", "pass");
	live_set_option("work", "url", "imaps://nobody@127.0.0.1:1/");
	account_reconnect(account);
	LIVE_WAIT(account_state(account) == ACCOUNT_WAITING);
	account_disconnect(account);
	LIVE_WAIT(account_state(account) == ACCOUNT_OFFLINE);
	live_set_option("work", "url", url);
	account_reconnect(account);
	LIVE_WAIT(mailbox_state(mailbox) == MAILBOX_READY);
	g_assert_null(account_error(account));
	mailbox_unref(&mailbox);
	live_end();
	g_free(url);
}

static void test_no_mailbox(void)
{
	struct account *account;
	struct mailbox *mailbox;
	struct live_result result = { 0 };

	LIVE_SKIP();
	account = live_begin(true, NULL);
	mailbox = mailbox_open(account, "No such mailbox");
	mailbox_when_ready(mailbox, live_on_mailbox, &result);
	LIVE_WAIT(result.done);
	g_assert_nonnull(result.error);
	g_assert_cmpint(mailbox_state(mailbox), ==, MAILBOX_GONE);
	g_free(result.error);
	mailbox_unref(&mailbox);
	live_end();
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	live_start(NULL);
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
	g_test_add_func("/mail/live/set-after-failure", test_set_after_failure);
	g_test_add_func("/mail/live/no-mailbox", test_no_mailbox);
	return live_stop(g_test_run());
}
