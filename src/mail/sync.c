/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keeps the table of an open mailbox in step with the server, by following
 * the events of its selection (RFC 9051, 7162).
 *
 * Rows from the cache stay on the screen. Until the server's UIDs are all
 * known its positions are those of a shadow table; then the table is made to
 * have the same rows, in sync-uids.c. Flags of cached rows are the server's at once with QRESYNC, after one FETCH of what
 * changed with CONDSTORE, and else after all of them were fetched again.
 */
#include "src/base/base.h"
#include "src/mail/private.h"
#include "src/base/error.h"
#include "src/cache/cache.h"
#include "src/mail/advice.h"
#include "src/mail/forest.h"
#include "src/mail/load.h"

enum { ROW_HINT = 60 }; /* rows that SELECT's flight brings */

/* --- the table ------------------------------------------------------------ */

/* The server's positions: the shadow while it is there. */
static struct table *positions(const struct mailbox *mailbox)
{
	return mailbox->shadow != NULL ? mailbox->shadow : mailbox->table;
}

static void forget_rows(struct mailbox *mailbox)
{
	sync_tell_gone(mailbox);
	forest_free(&mailbox->forest);
	table_free(&mailbox->table);
	table_free(&mailbox->shadow);
	mailbox->forest = forest_new();
	mailbox->table = sync_table_new(mailbox);
	mailbox->cache_is_complete = mailbox->was_ready = false;
	mailbox->highest_mod_seq = mailbox->told_mod_seq = 0;
	mailbox->uid_next = 0;
	mailbox->new_from_uid = 0;
	imap_seqset_clear(&mailbox->failed);
	imap_seqset_clear(&mailbox->moved);
	details_clear(mailbox);
	fill_reset(mailbox);
	mailbox_positions_changed(mailbox);
}

/* --- events of the selection ---------------------------------------------- */

static void on_want_known(struct selection *selection,
	struct selection_known *known_out, void *data)
{
	struct mailbox *mailbox = data;

	(void)selection;
	imap_seqset_init(&known_out->uids);
	known_out->wants_unseen = sync_wants_unseen(mailbox);
	if (mailbox->uid_validity == 0)
		return;
	known_out->uid_validity = mailbox->uid_validity;
	known_out->uid_next = mailbox->uid_next;
	known_out->highest_mod_seq = mailbox->highest_mod_seq;
	known_out->uids_complete =
		sync_known_uids(mailbox, &known_out->uids) &&
		(mailbox->cache_is_complete || mailbox->was_ready);
}

static void on_opened(struct selection *selection,
	const struct selection_info *info, void *data)
{
	struct mailbox *mailbox = data;

	if (info->exists > ROWS_MAX) {
		mailbox_set_state(mailbox, MAILBOX_GONE,
			"the server says that it holds more than 5 million "
			"messages, and is not shown");
		return;
	}
	if (mailbox->uid_validity != info->uid_validity ||
		info->uid_validity == 0) {
		if (mailbox->uid_validity != 0 || info->uid_validity == 0)
			cache_drop_mailbox(mailbox->account->cache,
				mailbox->name);
		forget_rows(mailbox);
	}
	if (info->mailbox_id[0] != '\0')
		account_ids_opened(mailbox->account, mailbox->name,
			info->mailbox_id);
	mailbox->uid_validity = info->uid_validity;
	mailbox->uid_next = MAX(mailbox->uid_next, info->uid_next);
	mailbox->read_only = info->read_only;
	mailbox->is_open = true;
	mailbox->n_arriving = 0;
	mailbox->told_mod_seq = info->resynced ? 0 : info->highest_mod_seq;
	mailbox->is_in_step = info->resynced ||
		table_length(mailbox->table) == 0 ||
		(info->highest_mod_seq != 0 &&
		info->highest_mod_seq == mailbox->highest_mod_seq);
	mailbox->has_unseen_hint = false;
	table_recount(mailbox->table);
	sync_stop_reading(mailbox);
	table_free(&mailbox->shadow);
	/* What was empty is known, too. */
	if (table_length(mailbox->table) > 0 || mailbox->was_ready)
		mailbox->shadow = sync_table_new(mailbox);
	table_append(positions(mailbox), info->exists);
	mailbox_set_state(mailbox, MAILBOX_SYNCING, NULL);
	if (info->exists == 0)
		sync_on_mapped(selection, mailbox);
	fill_reset(mailbox);
	mailbox_positions_changed(mailbox);
}

static void on_added(struct selection *selection, uint32_t n, void *data)
{
	struct mailbox *mailbox = data;

	(void)selection;
	if (n > ROWS_MAX - MIN(table_length(positions(mailbox)), ROWS_MAX))
		return;
	table_append(positions(mailbox), n);
	mailbox->n_arriving += n;
	if (mailbox->shadow == NULL)
		mailbox_positions_changed(mailbox);
}

/* The position in the table from which on no row needs a look, and that of the
 * UIDs still to be read, as rows before them go. */
static void on_expunged(struct selection *selection, uint32_t pos,
	uint32_t uid, void *data)
{
	struct mailbox *mailbox = data;
	struct table *table = positions(mailbox);

	(void)selection;
	if (pos >= table_length(table))
		return;
	if (uid == 0)
		uid = table_at(table, pos)->uid;
	if (pos >= table_length(table) - mailbox->n_arriving)
		mailbox->n_arriving--;
	if (pos < mailbox->map_left)
		mailbox->map_left--;
	table_remove(table, pos);
	if (mailbox->shadow != NULL) {
		uint32_t shown = table_find(mailbox->table, uid);

		if (shown != UINT32_MAX)
			table_remove(mailbox->table, shown);
	}
	if (mailbox->fill_pos > pos)
		mailbox->fill_pos--;
	if (uid != 0)
		sync_forget_uid(mailbox, uid);
	mailbox_positions_changed(mailbox);
}

/* Of the last rows, those that go were not told of, and are not to be. */
static void forget_arriving(struct mailbox *mailbox,
	const struct imap_seqset *uids)
{
	uint32_t length = table_length(mailbox->table);

	for (uint32_t i = mailbox->n_arriving; i > 0; i--)
		if (imap_seqset_has(uids,
			table_at(mailbox->table, length - i)->uid))
			mailbox->n_arriving--;
}

static void on_vanished(struct selection *selection,
	const struct imap_seqset *uids, void *data)
{
	struct mailbox *mailbox = data;
	uint32_t fill_uid = UINT32_MAX;

	(void)selection;
	sync_read_rest(mailbox);
	forget_arriving(mailbox, uids);
	if (mailbox->fill_pos < table_length(mailbox->table))
		fill_uid = table_at(mailbox->table, mailbox->fill_pos)->uid;
	table_remove_uids(mailbox->table, uids);
	mailbox->fill_pos = table_lower_bound(mailbox->table, fill_uid);
	sync_forget_uids(mailbox, uids);
	mailbox_positions_changed(mailbox);
}

/* The rows that vanished are those that the new positions lack. */
static void on_vanished_earlier(struct selection *selection,
	const struct imap_seqset *uids, void *data)
{
	(void)selection;
	cache_remove_messages(((struct mailbox *)data)->account->cache,
		((struct mailbox *)data)->name, uids);
}

static void on_identified(struct selection *selection, uint32_t pos,
	uint32_t uid, void *data)
{
	struct mailbox *mailbox = data;
	struct table *table = positions(mailbox);

	(void)selection;
	if (pos >= table_length(table))
		return;
	table_set_uid(table, pos, uid);
	sync_note_uid(mailbox, uid);
	if (mailbox->shadow != NULL)
		return;
	mailbox->fill_pos = MAX(mailbox->fill_pos, pos + 1);
	sync_tell_arrived(mailbox);
	fill_schedule(mailbox);
	mailbox_positions_changed(mailbox);
}

static void on_fetched(struct selection *selection, uint32_t pos,
	const struct imap_fetch *fetch, void *data)
{
	struct mailbox *mailbox = data;
	struct table *table = positions(mailbox);
	struct table_record *record = NULL;
	uint32_t shown;

	(void)selection;
	if (fetch->uid == 0)
		return;
	if (pos < table_length(table)) {
		table_set_uid(table, pos, fetch->uid);
		sync_note_uid(mailbox, fetch->uid);
		record = table_edit(table, pos);
	}
	/* A row that is shown from the cache is brought up to date in place. */
	shown = mailbox->shadow != NULL || record == NULL ?
		table_find(mailbox->table, fetch->uid) : UINT32_MAX;
	if (shown != UINT32_MAX)
		record = table_edit(mailbox->table, shown);
	load_offer(mailbox, fetch);
	details_offer(mailbox, fetch);
	if (record == NULL)
		return;
	sync_apply_fetch(mailbox, record, fetch);
	if (mailbox->shadow == NULL)
		sync_tell_arrived(mailbox);
}

static void on_synced(struct selection *selection, uint64_t highest_mod_seq,
	void *data)
{
	struct mailbox *mailbox = data;

	(void)selection;
	mailbox->told_mod_seq = MAX(mailbox->told_mod_seq, highest_mod_seq);
	mailbox_rows_changed(mailbox);
}

static void on_lost(struct mailbox *mailbox, const char *text)
{
	mailbox->is_open = false;
	ops_mailbox_lost(mailbox);
	sync_stop_reading(mailbox);
	table_free(&mailbox->shadow);
	mailbox->n_arriving = 0;
	if (mailbox->state != MAILBOX_GONE)
		mailbox_set_state(mailbox, MAILBOX_OFFLINE, text);
}

static void fail_waiters(struct mailbox *mailbox, int code, const char *text)
{
	GError *error = g_error_new(MAIL_ERROR, code, "%s", text);

	mailbox_finish_waiters(mailbox->ready_waiters, error);
	mailbox_finish_waiters(mailbox->load_waiters, error);
	g_error_free(error);
}

static void on_gone(struct mailbox *mailbox, const char *code, const char *text)
{
	const char *advice = advice_of_code(code);
	char *sentence = advice == NULL ? g_strdup(text) :
		g_strdup_printf("%s: %s", text, advice);

	mailbox->is_open = false;
	mailbox_set_state(mailbox, MAILBOX_GONE, sentence);
	load_retry(mailbox);
	g_free(sentence);
}

static void on_state_changed(struct selection *selection,
	enum selection_state state, const char *text, void *data)
{
	struct mailbox *mailbox = data;

	if (state == SELECTION_LOST) {
		on_lost(mailbox, text);
	} else if (state == SELECTION_GONE) {
		on_gone(mailbox, selection_refusal_code(selection), text);
	} else if (state == SELECTION_OPENING &&
		mailbox->state != MAILBOX_GONE) {
		mailbox->is_open = false;
		mailbox_set_state(mailbox, table_length(mailbox->table) > 0 ?
			MAILBOX_CACHED : MAILBOX_LOADING, text);
	}
	mailbox_rows_changed(mailbox);
}

static const struct selection_ops selection_ops = {
	.want_known = on_want_known,
	.opened = on_opened,
	.added = on_added,
	.expunged = on_expunged,
	.vanished = on_vanished,
	.vanished_earlier = on_vanished_earlier,
	.identified = on_identified,
	.mapped = sync_on_mapped,
	.fetched = on_fetched,
	.unseen = sync_on_unseen,
	.synced = on_synced,
	.state_changed = on_state_changed,
};

/* --- opening and leaving ------------------------------------------------- */

void sync_select(struct mailbox *mailbox)
{
	struct session *session = account_session(mailbox->account);

	if (!mailbox->has_cache_answer || mailbox->selection != NULL ||
		session == NULL || mailbox->is_selecting)
		return;
	/* Connecting may begin here, which is told at once. */
	mailbox->is_selecting = true;
	mailbox->selection = selection_open(session, mailbox->name,
		mail.read_only || mailbox->wants_read_only ||
		options_values(mailbox->options)->read_only,
		mailbox->is_beside, mailbox->is_beside ? 1 : ROW_HINT,
		&selection_ops, mailbox);
	mailbox->is_selecting = false;
	load_retry(mailbox);
}

void sync_stop(struct mailbox *mailbox)
{
	sync_tell_gone(mailbox);
	cache_forget(mailbox->account->cache, mailbox);
	sync_stop_reading(mailbox);
	sync_flags_stop(mailbox);
	load_orphan(mailbox);
	selection_free(&mailbox->selection);
}

void sync_detach(struct mailbox *mailbox)
{
	if (mailbox->selection == NULL)
		return;
	on_lost(mailbox, "");
	sync_flags_stop(mailbox);
	selection_free(&mailbox->selection);
}

void sync_bring_forward(struct mailbox *mailbox)
{
	mailbox->is_beside = false;
	sync_detach(mailbox);
	sync_select(mailbox);
	fill_reset(mailbox);
}

void sync_account_changed(struct mailbox *mailbox)
{
	struct account *account = mailbox->account;

	sync_select(mailbox);
	if (account->state == ACCOUNT_WAITING ||
		account->state == ACCOUNT_FAILED)
		on_lost(mailbox, account_state_text(account));
	if (account_gave_up(account))
		load_retry(mailbox);
	mailbox_rows_changed(mailbox);
}

/* --- where we stand ------------------------------------------------------- */

static void store_state(struct mailbox *mailbox)
{
	const struct account_mailbox *row = account_mailbox_find(
		mailbox->account, mailbox->name);
	struct table_counts counts;
	struct cache_mailbox state = { .name = mailbox->name };
	bool complete;

	mailbox_count(mailbox, &counts);
	complete = counts.flagless == 0;
	if (mailbox->uid_validity == 0 ||
		(mailbox->stored.uid_validity == mailbox->uid_validity &&
		mailbox->stored.uid_next == mailbox->uid_next &&
		mailbox->stored.mod_seq == mailbox->told_mod_seq &&
		mailbox->stored.is_complete == complete))
		return;
	if (row != NULL) {
		state.delimiter = row->delimiter;
		state.attributes = row->attributes;
	}
	state.uid_validity = mailbox->uid_validity;
	state.uid_next = mailbox->uid_next;
	state.messages = counts.messages;
	state.unseen = counts.unseen;
	state.highest_mod_seq = mailbox->told_mod_seq;
	state.is_complete = complete;
	cache_put_state(mailbox->account->cache, &state);
	mailbox->highest_mod_seq = mailbox->told_mod_seq;
	mailbox->stored.uid_validity = mailbox->uid_validity;
	mailbox->stored.uid_next = mailbox->uid_next;
	mailbox->stored.mod_seq = mailbox->told_mod_seq;
	mailbox->stored.is_complete = complete;
}

void sync_note_counts(struct mailbox *mailbox)
{
	struct mailbox_counts counts;

	mailbox_get_counts(mailbox, &counts);
	account_note_counts(mailbox->account, mailbox->name, counts.messages,
		counts.unseen, mailbox->uid_next, mailbox->uid_validity);
}

static void check_open(struct mailbox *mailbox)
{
	if (mailbox->shadow != NULL || mailbox->is_reading ||
		table_n_unknown(mailbox->table) > 0)
		return;
	if (mailbox->is_beside) {
		mailbox_set_state(mailbox, MAILBOX_READY, NULL);
		mailbox_finish_waiters(mailbox->ready_waiters, NULL);
		return;
	}
	sync_flags_check(mailbox);
	if (!mailbox->is_in_step || !mailbox->has_unseen_hint)
		return;
	mailbox->was_ready = true;
	mailbox_set_state(mailbox, MAILBOX_READY, NULL);
	store_state(mailbox);
	sync_note_counts(mailbox);
	mailbox_finish_waiters(mailbox->ready_waiters, NULL);
}

void sync_check(struct mailbox *mailbox)
{
	struct account *account = mailbox->account;

	mailbox_ref(mailbox);
	sync_tell_gone(mailbox);
	if (mailbox->state == MAILBOX_GONE)
		fail_waiters(mailbox, MAIL_ERROR_NOT_FOUND, mailbox->state_text);
	else if (account_gave_up(account))
		fail_waiters(mailbox, MAIL_ERROR_OFFLINE,
			account_state_text(account));
	else if (mailbox->is_open && mailbox->selection != NULL)
		check_open(mailbox);
	if (mailbox->state == MAILBOX_READY && fill_is_done(mailbox)) {
		mailbox_finish_waiters(mailbox->load_waiters, NULL);
		fill_trim(mailbox);
	}
	ops_mailbox_changed(mailbox);
	mailbox_unref(&mailbox);
}
