/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the journal keeps from one process for the next, against a real
 * Dovecot: done once after a process was killed, a copy not twice, and never
 * done where the mailbox was replaced.
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/cache/journal.h"
#include "src/imap/list.h"
#include "src/mail/action.h"
#include "tests/unit/live.h"

#include <signal.h>

/* --- by hand ------------------------------------------------------------------ */

static bool is_written;

static void on_written(uint64_t id, const GError *error, void *data)
{
	(void)id;
	(void)data;
	g_assert_no_error(error);
	is_written = true;
}

/* As a process leaves it that ended before the answer came. */
static void leave_entry(const struct journal_entry *entry)
{
	char *dir = g_build_filename(live_dir(), "state", NULL);
	struct journal *journal = journal_open(dir, NULL, NULL);

	is_written = false;
	journal_add(journal, entry, on_written, NULL);
	LIVE_WAIT(is_written);
	journal_close(&journal);
	g_free(dir);
}

static void entry_init(struct journal_entry *entry, enum journal_kind kind,
	struct mailbox *mailbox, uint32_t uid)
{
	*entry = (struct journal_entry){ .kind = kind, .account = (char *)"work",
		.mailbox = g_strdup(mailbox_name(mailbox)),
		.uid_validity = mailbox_uid_validity(mailbox), .time = 1 };
	imap_seqset_init(&entry->uids);
	imap_seqset_add(&entry->uids, uid);
}

static void entry_release(struct journal_entry *entry)
{
	imap_seqset_release(&entry->uids);
	g_free(entry->mailbox);
}

static uint32_t uid_next(struct account *account, const char *mailbox)
{
	struct live_result result = { 0 };

	account_refresh_status(account, mailbox, live_on_mailbox, &result);
	LIVE_WAIT(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
	return account_mailbox_find(account, mailbox)->uid_next;
}

static struct account *begin_listed(void)
{
	struct account *account = live_begin(false, NULL);

	account_connect(account);
	LIVE_WAIT(account_has_mailboxes(account));
	return account;
}

/* The next process does what was left, and nothing is pending after it. */
static struct account *begin_and_replay(void)
{
	struct account *account = begin_listed();

	LIVE_WAIT(action_n_pending(account) == 0);
	return account;
}

/* --- a copy ------------------------------------------------------------------------ */

static void copy_once(struct mailbox *mailbox, uint32_t uid)
{
	struct live_result result = { 0 };

	action_copy(mailbox, live_one(uid), mailbox_account(mailbox), "Junk",
		live_on_action, &result);
	LIVE_WAIT(result.done);
	g_assert_cmpstr(result.error, ==, NULL);
}

/* copied: the server did it, and the process did not live to hear of it. */
static void replay_copy(bool copied, uint32_t n_more)
{
	struct account *account = begin_listed();
	struct mailbox *mailbox = live_open(account, "INBOX");
	struct journal_entry entry;
	uint32_t n_before = uid_next(account, "Junk");
	struct mailbox *junk;
	uint32_t uid;

	live_load_all(mailbox);
	uid = mailbox_uid_at(mailbox, 3);
	entry_init(&entry, JOURNAL_COPY, mailbox, uid);
	entry.target = (char *)"Junk";
	entry.target_uid_next = n_before;
	if (copied)
		copy_once(mailbox, uid);
	mailbox_unref(&mailbox);
	live_end();
	leave_entry(&entry);
	entry_release(&entry);

	account = begin_listed();
	LIVE_WAIT(action_n_pending(account) == 1);
	LIVE_WAIT(action_n_pending(account) == 0);
	g_assert_cmpstr(live_said->str, ==, "");
	g_assert_cmpuint(uid_next(account, "Junk"), ==, n_before + n_more);
	junk = live_open(account, "Junk");
	mailbox_unref(&junk);
	live_end();
}

static void test_copy_done(void)
{
	LIVE_SKIP();
	replay_copy(true, 1);
}

static void test_copy_not_done(void)
{
	LIVE_SKIP();
	replay_copy(false, 1);
}

/* Of a move without MOVE that was copied already, the rest. */
static void test_move_rest(void)
{
	struct account *account;
	struct mailbox *mailbox;
	struct journal_entry entry;
	uint32_t uid, n, next;

	LIVE_SKIP();
	account = begin_listed();
	mailbox = live_open(account, "INBOX");
	n = mailbox_length(mailbox);
	uid = mailbox_uid_at(mailbox, n - 1);
	copy_once(mailbox, uid);
	next = uid_next(account, "Junk");
	entry_init(&entry, JOURNAL_MOVE, mailbox, uid);
	entry.target = (char *)"Junk";
	entry.step = JOURNAL_STEP_COPIED;
	mailbox_unref(&mailbox);
	live_end();
	leave_entry(&entry);
	entry_release(&entry);

	account = begin_listed();
	LIVE_WAIT(action_n_pending(account) == 1);
	LIVE_WAIT(action_n_pending(account) == 0);
	g_assert_cmpuint(uid_next(account, "Junk"), ==, next);
	mailbox = live_open(account, "INBOX");
	g_assert_cmpuint(mailbox_length(mailbox), ==, n - 1);
	g_assert_cmpuint(mailbox_find_uid(mailbox, uid), ==, UINT32_MAX);
	mailbox_unref(&mailbox);
	live_end();
}

/* --- killed ------------------------------------------------------------------------- */

static bool journal_has(const char *what)
{
	char *dir = g_build_filename(live_dir(), "state", NULL);
	GDir *files = g_dir_open(dir, 0, NULL);
	const char *name;
	bool has = false;

	while (files != NULL && (name = g_dir_read_name(files)) != NULL) {
		char *path = g_build_filename(dir, name, NULL), *text = NULL;

		if (g_file_get_contents(path, &text, NULL, NULL))
			has = has || strstr(text, what) != NULL;
		g_free(text);
		g_free(path);
	}
	if (files != NULL)
		g_dir_close(files);
	g_free(dir);
	return has;
}

/* Acts without a connection, and is killed when it is on disk. */
static void act_and_die(void)
{
	const char *keywords[] = { "CulverKilled", NULL };
	const struct imap_flags flags = { .keywords = keywords,
		.n_keywords = 1 };
	struct account *account = live_begin(false, NULL);
	struct mailbox *mailbox = mailbox_open(account, "INBOX");

	account_disconnect(account);
	LIVE_WAIT(mailbox_length(mailbox) > 5);
	action_flag(mailbox, live_one(mailbox_uid_at(mailbox, 5)), true, &flags,
		NULL, NULL);
	LIVE_WAIT(journal_has("CulverKilled"));
	kill(getpid(), SIGKILL);
}

static void test_killed(void)
{
	struct account *account;
	struct mailbox *mailbox;

	LIVE_SKIP();
	if (g_test_subprocess()) {
		act_and_die();
		return;
	}
	/* So that the cache has what the other one acts on. */
	account = begin_listed();
	mailbox = live_open(account, "INBOX");
	live_load_all(mailbox);
	mailbox_unref(&mailbox);
	live_end();
	g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_failed();
	g_assert_true(journal_has("CulverKilled"));

	account = begin_listed();
	LIVE_WAIT(action_n_pending(account) == 1);
	LIVE_WAIT(action_n_pending(account) == 0);
	mailbox = live_open(account, "INBOX");
	live_load_all(mailbox);
	g_assert_cmpstr(mailbox_keywords_at(mailbox, 5)[0], ==, "CulverKilled");
	mailbox_unref(&mailbox);
	live_end();

	/* Once: the third one finds nothing to do. */
	account = begin_and_replay();
	mailbox = live_open(account, "INBOX");
	g_assert_cmpuint(action_n_pending(account), ==, 0);
	g_assert_false(journal_has("CulverKilled"));
	mailbox_unref(&mailbox);
	live_end();
}

/* --- another mailbox of the same name ------------------------------------------------- */

static void wait_well(struct live_result *result)
{
	LIVE_WAIT(result->done);
	g_assert_cmpstr(result->error, ==, NULL);
	result->done = false;
}

/* By another client: the mailbox goes, and another one comes, with n copies of
 * messages. */
static void replace(struct account *other, const char *name, uint32_t n)
{
	struct live_result result = { 0 };
	struct mailbox *inbox = live_open(other, "INBOX");
	struct imap_seqset uids;

	if (account_mailbox_find(other, name) != NULL) {
		account_delete_mailbox(other, name, live_on_mailbox, &result);
		wait_well(&result);
	}
	account_create_mailbox(other, name, NULL, live_on_mailbox, &result);
	wait_well(&result);
	imap_seqset_init(&uids);
	for (uint32_t i = 0; i < n; i++)
		imap_seqset_add(&uids, mailbox_uid_at(inbox, i));
	action_copy(inbox, &uids, other, name, live_on_action, &result);
	wait_well(&result);
	imap_seqset_release(&uids);
	mailbox_unref(&inbox);
}

static struct account *other_account(void)
{
	struct account *other = live_account("other");

	account_connect(other);
	LIVE_WAIT(account_has_mailboxes(other));
	return other;
}

static void replace_alone(const char *name, uint32_t n)
{
	struct account *account = live_begin(false, NULL);

	(void)account;
	replace(other_account(), name, n);
	live_end();
}

static void test_replaced_while_closed(void)
{
	const struct imap_flags flagged = { .system = IMAP_FLAG_FLAGGED };
	struct account *account;
	struct mailbox *mailbox;
	uint32_t uid_validity;

	LIVE_SKIP();
	replace_alone("Replaced", 5);
	account = begin_listed();
	mailbox = live_open(account, "Replaced");
	live_load_all(mailbox);
	g_assert_cmpuint(mailbox_length(mailbox), ==, 5);
	uid_validity = mailbox_uid_validity(mailbox);
	account_disconnect(account);
	LIVE_WAIT(account_state(account) == ACCOUNT_OFFLINE);
	action_flag(mailbox, live_one(mailbox_uid_at(mailbox, 1)), true,
		&flagged, NULL, NULL);
	LIVE_WAIT(journal_has("Flagged"));
	mailbox_unref(&mailbox);
	live_end();
	replace_alone("Replaced", 3);

	account = begin_listed();
	mailbox = live_open(account, "Replaced");
	live_load_all(mailbox);
	g_assert_cmpuint(mailbox_uid_validity(mailbox), !=, uid_validity);
	g_assert_cmpuint(mailbox_length(mailbox), ==, 3);
	LIVE_WAIT(action_n_pending(account) == 0);
	g_assert_cmpuint(action_n_conflicts(), ==, 1);
	g_assert_nonnull(strstr(live_said->str, "Replaced was replaced"));
	mailbox_unref(&mailbox);
	live_end();

	/* It is told again, and not done, until it is forgotten. */
	account = begin_listed();
	LIVE_WAIT(strstr(live_said->str, "Replaced was replaced") != NULL);
	g_assert_cmpuint(action_n_conflicts(), ==, 1);
	mailbox = live_open(account, "Replaced");
	live_load_all(mailbox);
	g_assert_cmpuint(mailbox_flags_at(mailbox, 1) & IMAP_FLAG_FLAGGED, ==, 0);
	mailbox_unref(&mailbox);
	g_assert_cmpuint(action_forget_conflicts(), ==, 1);
	g_assert_cmpuint(action_forget_conflicts(), ==, 0);
	live_end();
	account = begin_and_replay();
	g_assert_cmpuint(action_n_conflicts(), ==, 0);
	g_assert_cmpstr(live_said->str, ==, "");
	live_end();
}

/* While it is on the screen, and the connection is away for a moment. */
static void test_replaced_while_open(void)
{
	struct account *account, *other;
	struct mailbox *mailbox;
	uint32_t uid_validity;

	LIVE_SKIP();
	replace_alone("Replaced", 5);
	account = begin_listed();
	other = other_account();
	mailbox = live_open(account, "Replaced");
	live_load_all(mailbox);
	uid_validity = mailbox_uid_validity(mailbox);
	account_disconnect(account);
	LIVE_WAIT(mailbox_state(mailbox) == MAILBOX_OFFLINE);
	replace(other, "Replaced", 2);
	account_connect(account);
	LIVE_WAIT(mailbox_state(mailbox) == MAILBOX_READY);
	live_load_all(mailbox);
	g_assert_cmpuint(mailbox_uid_validity(mailbox), !=, uid_validity);
	g_assert_cmpuint(mailbox_length(mailbox), ==, 2);
	mailbox_unref(&mailbox);
	live_end();
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	live_start(NULL);
	g_test_add_func("/mail/journal/copy-done", test_copy_done);
	g_test_add_func("/mail/journal/copy-not-done", test_copy_not_done);
	g_test_add_func("/mail/journal/move-rest", test_move_rest);
	g_test_add_func("/mail/journal/killed", test_killed);
	g_test_add_func("/mail/journal/replaced-while-closed",
		test_replaced_while_closed);
	g_test_add_func("/mail/journal/replaced-while-open",
		test_replaced_while_open);
	return live_stop(g_test_run());
}
