/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is done where a server cannot do it at once, against a Dovecot that
 * announces nothing but IMAP4rev1, so that every fallback is taken.
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/imap/list.h"
#include "src/mail/action.h"
#include "src/rc/option.h"
#include "tests/unit/live.h"

static const struct imap_flags deleted = { .system = IMAP_FLAG_DELETED };
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

static struct account *begin_listed(void)
{
	struct account *account = live_begin(false, NULL);

	live_set_option("work", "trash", "Trash");
	account_connect(account);
	LIVE_WAIT(account_has_mailboxes(account));
	return account;
}

static void wait_well(struct live_result *result)
{
	LIVE_WAIT(result->done);
	g_assert_cmpstr(result->error, ==, NULL);
	result->done = false;
}

/* Without UIDPLUS the original goes by EXPUNGE if it alone is marked; its copy
 * comes back by being looked for, and is no news. */
static void test_delete_and_back(void)
{
	struct live_result result = { 0 };
	struct account *account;
	struct mailbox *mailbox;
	uint32_t n, uid, back, last;
	GError *error = NULL;

	LIVE_SKIP();
	account = begin_listed();
	mailbox = live_open(account, "INBOX");
	mailbox_listen(mailbox, &mailbox_ops, NULL);
	live_load_all(mailbox);
	n = live_visible(mailbox);
	uid = mailbox_uid_at(mailbox, 2);
	action_delete(mailbox, live_one(uid), live_on_action, &result);
	g_assert_cmpuint(live_visible(mailbox), ==, n - 1);
	wait_well(&result);
	LIVE_WAIT(mailbox_length(mailbox) == n - 1);
	g_assert_true(action_undelete_last(mailbox, &back, live_on_action,
		&result, &error));
	g_assert_no_error(error);
	wait_well(&result);
	while (live_visible(mailbox) < n)
		live_poll(mailbox);
	live_load_all(mailbox);
	last = mailbox_uid_at(mailbox, mailbox_length(mailbox) - 1);
	g_assert_true(action_restored_uid() == last ||
		action_restored_uid() == 0);
	g_assert_cmpuint(n_arrived, ==, 0);
	mailbox_unlisten(mailbox, &mailbox_ops, NULL);
	mailbox_unref(&mailbox);
	live_end();
}

/* Where another message is marked, too, the original stays, marked. */
static void test_delete_beside_marked(void)
{
	struct live_result result = { 0 };
	struct account *account;
	struct mailbox *mailbox;
	uint32_t n;

	LIVE_SKIP();
	account = begin_listed();
	mailbox = live_open(account, "INBOX");
	live_load_all(mailbox);
	n = live_visible(mailbox);
	action_flag(mailbox, live_one(mailbox_uid_at(mailbox, 0)), true,
		&deleted, live_on_action, &result);
	wait_well(&result);
	action_delete(mailbox, live_one(mailbox_uid_at(mailbox, 2)),
		live_on_action, &result);
	wait_well(&result);
	g_assert_cmpuint(live_visible(mailbox), ==, n);
	g_assert_true(mailbox_flags_at(mailbox, 2) & IMAP_FLAG_DELETED);
	g_assert_nonnull(strstr(live_said->str, "stay marked"));
	mailbox_unref(&mailbox);
	live_end();
}

/* EXPUNGE takes all that are marked: only if they are those that were asked. */
static void test_expunge(void)
{
	struct live_result result = { 0 };
	struct account *account;
	struct mailbox *mailbox;
	uint32_t n, first, second;
	struct imap_seqset both;

	LIVE_SKIP();
	account = begin_listed();
	mailbox = live_open(account, "Archive");
	live_load_all(mailbox);
	n = live_visible(mailbox);
	first = mailbox_uid_at(mailbox, 0);
	second = mailbox_uid_at(mailbox, 1);
	action_flag(mailbox, live_one(second), true, &deleted, live_on_action,
		&result);
	wait_well(&result);
	action_flag(mailbox, live_one(first), true, &deleted, live_on_action,
		&result);
	wait_well(&result);
	action_expunge(mailbox, live_one(first), live_on_action, &result);
	LIVE_WAIT(result.done);
	g_assert_nonnull(result.error);
	g_assert_nonnull(strstr(result.error, "2 are marked there, not 1"));
	g_clear_pointer(&result.error, g_free);
	result.done = false;
	g_assert_cmpuint(live_visible(mailbox), ==, n);
	imap_seqset_init(&both);
	imap_seqset_add(&both, first);
	imap_seqset_add(&both, second);
	action_expunge(mailbox, &both, live_on_action, &result);
	wait_well(&result);
	LIVE_WAIT(live_visible(mailbox) == n - 2);
	imap_seqset_release(&both);
	mailbox_unref(&mailbox);
	live_end();
}

/* Flags that changed while it was closed, all of them fetched again. */
static void test_flags_of_cached(void)
{
	const struct imap_flags flagged = { .system = IMAP_FLAG_FLAGGED };
	struct live_result result = { 0 };
	struct account *account;
	struct mailbox *mailbox;
	unsigned former;

	LIVE_SKIP();
	account = begin_listed();
	mailbox = live_open(account, "INBOX");
	live_load_all(mailbox);
	former = mailbox_flags_at(mailbox, 7) & IMAP_FLAG_FLAGGED;
	mailbox_unref(&mailbox);
	live_end();
	live_begin(true, NULL);
	mailbox = live_open(live_account("other"), "INBOX");
	live_load_all(mailbox);
	action_flag(mailbox, live_one(mailbox_uid_at(mailbox, 7)), former == 0,
		&flagged, live_on_action, &result);
	wait_well(&result);
	mailbox_unref(&mailbox);
	live_end();
	account = begin_listed();
	mailbox = live_open(account, "INBOX");
	g_assert_cmpuint(mailbox_flags_at(mailbox, 7) & IMAP_FLAG_FLAGGED, !=,
		former);
	mailbox_unref(&mailbox);
	live_end();
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	live_start("imap_capability = IMAP4rev1\n");
	g_test_add_func("/mail/poor/delete-and-back", test_delete_and_back);
	g_test_add_func("/mail/poor/delete-beside-marked",
		test_delete_beside_marked);
	g_test_add_func("/mail/poor/expunge", test_expunge);
	g_test_add_func("/mail/poor/flags-of-cached", test_flags_of_cached);
	return live_stop(g_test_run());
}
