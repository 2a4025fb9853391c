/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keeps the table of an open mailbox in step with the server, by following
 * the events of its selection (RFC 9051, 7162).
 *
 * Rows from the cache stay on the screen until the server's UIDs are all
 * known; until then the server's positions live in a shadow table. Then rows
 * that both know move over, and one table takes the other's place. Flags of
 * cached rows are the server's at once with QRESYNC, after a SEARCH MODSEQ
 * and a FETCH with CONDSTORE, and else after all of them were fetched again.
 */
#include "src/base/base.h"
#include "src/mail/private.h"
#include "src/base/error.h"
#include "src/cache/cache.h"
#include "src/imap/bodystructure.h"
#include "src/mail/load.h"
#include "src/mail/row.h"

enum {
	ROW_HINT = 60,         /* rows that SELECT's flight brings */
	CACHE_PAGE = 200,      /* rows that the cache gives at once */
	ROWS_MAX = 20000000,
};

/* --- data of a row --------------------------------------------------------------- */

static bool is_attachment(const struct imap_body *part)
{
	bool has_name = imap_body_param(part, "name") != NULL ||
		imap_body_disposition_param(part, "filename") != NULL;

	if (part->n_children > 0 || strcmp(part->type, "multipart") == 0)
		return false;
	if (g_strcmp0(part->disposition, "attachment") == 0)
		return true;
	return has_name && part->id == NULL &&
		g_strcmp0(part->disposition, "inline") != 0 &&
		strcmp(part->type, "text") != 0;
}

static bool has_attachment(const struct imap_body *root)
{
	const struct imap_body *part = NULL;

	while ((part = imap_body_next(root, part)) != NULL)
		if (is_attachment(part))
			return true;
	return false;
}

static bool apply_flags(struct mailbox *mailbox, struct table_record *record,
	const struct imap_flags *flags)
{
	uint32_t set = keyword_sets_intern(mailbox->keywords, flags->keywords,
		flags->n_keywords);
	uint8_t system = (uint8_t)(flags->system & 0x3f);
	bool changed = (record->bits & TABLE_HAS_FLAGS) != 0 &&
		((record->flags & ~IMAP_FLAG_RECENT) !=
		(system & ~IMAP_FLAG_RECENT) || record->keyword_set != set);

	record->flags = system;
	record->keyword_set = set;
	record->bits |= TABLE_HAS_FLAGS;
	return changed;
}

void sync_apply_fetch(struct mailbox *mailbox, struct table_record *record,
	const struct imap_fetch *fetch)
{
	bool changed = false;

	if (fetch->has_flags)
		changed = apply_flags(mailbox, record, &fetch->flags);
	if (fetch->has_internaldate) {
		record->internaldate = fetch->internaldate;
		record->internaldate_offset =
			(int16_t)fetch->internaldate_offset;
	}
	if (fetch->has_size)
		record->size = fetch->size;
	if (fetch->has_envelope) {
		if (record->blob != NULL)
			mailbox->blob_octets -= row_size(record->blob);
		g_free(record->blob);
		record->blob = row_pack(&fetch->envelope, fetch->references);
		mailbox->blob_octets += row_size(record->blob);
	}
	if (fetch->has_envelope && fetch->has_internaldate && fetch->has_size) {
		record->bits |= TABLE_HAS_ROW;
		record->bits &= (uint8_t)~(TABLE_IS_REQUESTED | TABLE_IS_MISSING);
	}
	if (fetch->body != NULL) {
		record->bits |= TABLE_HAS_STRUCTURE;
		record->bits &= (uint8_t)~TABLE_STRUCTURE_REQUESTED;
		if (has_attachment(fetch->body))
			record->bits |= TABLE_HAS_ATTACHMENT;
	}
	if (changed && !imap_seqset_has(&mailbox->overlaid, record->uid))
		mailbox_event(mailbox, EVENT_FLAGS, record->uid);
	mailbox_rows_changed(mailbox);
}

/* --- the table ---------------------------------------------------------------------- */

/* The server's positions: the shadow while it is there. */
static struct table *positions(const struct mailbox *mailbox)
{
	return mailbox->shadow != NULL ? mailbox->shadow : mailbox->table;
}

static void forget_rows(struct mailbox *mailbox)
{
	table_free(&mailbox->table);
	table_free(&mailbox->shadow);
	mailbox->table = table_new();
	mailbox->blob_octets = 0;
	mailbox->cache_is_complete = false;
	mailbox->highest_mod_seq = mailbox->told_mod_seq = 0;
	mailbox->uid_next = 0;
	mailbox->new_from_uid = 0;
	imap_seqset_clear(&mailbox->failed);
	imap_seqset_clear(&mailbox->moved);
	fill_reset(mailbox);
	mailbox_positions_changed(mailbox);
}

static void forget_uid(struct mailbox *mailbox, uint32_t uid,
	struct imap_seqset *gone)
{
	bool is_ours = imap_seqset_has(&mailbox->moved, uid);

	for (guint i = 0; !is_ours && i < mailbox->overlays->len; i++) {
		const struct overlay *overlay = mailbox->overlays->pdata[i];

		is_ours = overlay->hides && imap_seqset_has(&overlay->uids, uid);
	}
	imap_seqset_remove(&mailbox->moved, uid);
	imap_seqset_remove(&mailbox->failed, uid);
	imap_seqset_add(gone, uid);
	if (!is_ours && mailbox->was_ready)
		mailbox_event(mailbox, EVENT_EXPUNGED, uid);
}

static void remove_at(struct mailbox *mailbox, struct table *table, uint32_t pos)
{
	const struct table_record *record = table_at(table, pos);

	if (record->blob != NULL)
		mailbox->blob_octets -= row_size(record->blob);
	table_remove(table, pos);
}

/* The server's table takes the place of the cached one. */
static void swap_tables(struct mailbox *mailbox)
{
	struct table *old = mailbox->table, *new = mailbox->shadow;
	uint32_t i = 0, former_next = 1;
	struct imap_seqset gone;

	imap_seqset_init(&gone);
	if (table_length(old) > 0)
		former_next = table_at(old, table_length(old) - 1)->uid + 1;
	for (uint32_t k = 0; k < table_length(new); k++) {
		struct table_record *record = table_edit(new, k);

		for (; i < table_length(old) &&
			table_at(old, i)->uid < record->uid; i++)
			forget_uid(mailbox, table_at(old, i)->uid, &gone);
		if (i < table_length(old) && table_at(old, i)->uid == record->uid)
			table_record_move(table_edit(old, i++), record);
		else if (mailbox->was_ready && record->uid >= former_next)
			mailbox_event(mailbox, EVENT_ARRIVED, record->uid);
	}
	for (; i < table_length(old); i++)
		forget_uid(mailbox, table_at(old, i)->uid, &gone);
	for (i = 0; i < table_length(old); i++)
		if (table_at(old, i)->blob != NULL)
			mailbox->blob_octets -= row_size(table_at(old, i)->blob);
	if (!imap_seqset_is_empty(&gone))
		cache_remove_messages(mailbox->account->cache, mailbox->name,
			&gone);
	imap_seqset_release(&gone);
	table_free(&mailbox->table);
	mailbox->table = new;
	mailbox->shadow = NULL;
	mailbox->n_arriving = 0;
	fill_reset(mailbox);
	mailbox_positions_changed(mailbox);
}

static void swap_if_mapped(struct mailbox *mailbox)
{
	if (mailbox->shadow != NULL && table_n_unknown(mailbox->shadow) == 0)
		swap_tables(mailbox);
}

/* --- events of the selection --------------------------------------------------------- */

static void on_want_known(struct selection *selection,
	struct selection_known *known_out, void *data)
{
	struct mailbox *mailbox = data;
	struct table *table = mailbox->table;
	bool lacks_some = false;

	(void)selection;
	imap_seqset_init(&known_out->uids);
	if (mailbox->uid_validity == 0)
		return;
	known_out->uid_validity = mailbox->uid_validity;
	known_out->uid_next = mailbox->uid_next;
	known_out->highest_mod_seq = mailbox->highest_mod_seq;
	for (uint32_t i = 0; i < table_length(table); i++) {
		const struct table_record *record = table_at(table, i);

		if (record->uid != 0 && (record->bits &
			(TABLE_HAS_FLAGS | TABLE_IN_CACHE)) != 0)
			imap_seqset_add(&known_out->uids, record->uid);
		else
			lacks_some = true;
	}
	known_out->uids_complete = !lacks_some &&
		(mailbox->cache_is_complete || mailbox->was_ready);
}

static void on_opened(struct selection *selection,
	const struct selection_info *info, void *data)
{
	struct mailbox *mailbox = data;

	(void)selection;
	if (info->exists > ROWS_MAX) {
		mailbox_set_state(mailbox, MAILBOX_GONE,
			"the server says that it holds more than 20 million "
			"messages");
		return;
	}
	if (mailbox->uid_validity != info->uid_validity ||
		info->uid_validity == 0) {
		if (mailbox->uid_validity != 0 || info->uid_validity == 0)
			cache_drop_mailbox(mailbox->account->cache,
				mailbox->name);
		forget_rows(mailbox);
	}
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
	table_free(&mailbox->shadow);
	if (table_length(mailbox->table) > 0)
		mailbox->shadow = table_new();
	table_append(positions(mailbox), info->exists);
	mailbox_set_state(mailbox, MAILBOX_SYNCING, NULL);
	swap_if_mapped(mailbox);
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
	if (mailbox->shadow == NULL) {
		mailbox->n_arriving += n;
		mailbox_positions_changed(mailbox);
	}
}

static void on_expunged(struct selection *selection, uint32_t pos,
	uint32_t uid, void *data)
{
	struct mailbox *mailbox = data;
	struct table *table = positions(mailbox);
	struct imap_seqset gone;

	(void)selection;
	if (pos >= table_length(table))
		return;
	if (uid == 0)
		uid = table_at(table, pos)->uid;
	if (pos >= table_length(table) - mailbox->n_arriving)
		mailbox->n_arriving--;
	remove_at(mailbox, table, pos);
	if (mailbox->shadow != NULL) {
		uint32_t shown = table_find(mailbox->table, uid);

		if (shown != UINT32_MAX)
			remove_at(mailbox, mailbox->table, shown);
	}
	if (mailbox->fill_pos > pos)
		mailbox->fill_pos--;
	if (uid != 0) {
		imap_seqset_init(&gone);
		forget_uid(mailbox, uid, &gone);
		cache_remove_messages(mailbox->account->cache, mailbox->name,
			&gone);
		imap_seqset_release(&gone);
	}
	swap_if_mapped(mailbox);
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

static void tell_arrived(struct mailbox *mailbox)
{
	while (mailbox->n_arriving > 0) {
		const struct table_record *record = table_at(mailbox->table,
			table_length(mailbox->table) - mailbox->n_arriving);

		if (record->uid == 0)
			return;
		mailbox_event(mailbox, EVENT_ARRIVED, record->uid);
		mailbox->n_arriving--;
	}
}

static void note_uid(struct mailbox *mailbox, struct table *table,
	uint32_t pos, uint32_t uid)
{
	if (uid == 0)
		return;
	table_set_uid(table, pos, uid);
	if (uid >= mailbox->uid_next && uid != UINT32_MAX)
		mailbox->uid_next = uid + 1;
}

static void on_identified(struct selection *selection, uint32_t first,
	const uint32_t *uids, uint32_t n, void *data)
{
	struct mailbox *mailbox = data;
	struct table *table = positions(mailbox);

	(void)selection;
	for (uint32_t i = 0; i < n && first + i < table_length(table); i++)
		note_uid(mailbox, table, first + i, uids[i]);
	if (mailbox->shadow != NULL) {
		swap_if_mapped(mailbox);
		return;
	}
	mailbox->fill_pos = MAX(mailbox->fill_pos,
		MIN(first + n, table_length(table)));
	tell_arrived(mailbox);
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
		record = table_edit(table, pos);
		if (record->uid != fetch->uid)
			note_uid(mailbox, table, pos, fetch->uid);
	}
	/* A row that is shown from the cache is brought up to date in place. */
	shown = mailbox->shadow != NULL || record == NULL ?
		table_find(mailbox->table, fetch->uid) : UINT32_MAX;
	if (shown != UINT32_MAX)
		record = table_edit(mailbox->table, shown);
	load_offer(mailbox, fetch);
	if (record == NULL)
		return;
	sync_apply_fetch(mailbox, record, fetch);
	if ((record->bits & TABLE_HAS_ROW) != 0)
		record->bits |= TABLE_IN_CACHE;
	cache_put_message(mailbox->account->cache, mailbox->name, fetch);
	swap_if_mapped(mailbox);
	if (mailbox->shadow == NULL)
		tell_arrived(mailbox);
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

static void on_state_changed(struct selection *selection,
	enum selection_state state, const char *text, void *data)
{
	struct mailbox *mailbox = data;

	(void)selection;
	if (state == SELECTION_LOST)
		on_lost(mailbox, text);
	else if (state == SELECTION_GONE) {
		mailbox->is_open = false;
		mailbox_set_state(mailbox, MAILBOX_GONE, text);
		load_retry(mailbox);
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
	.vanished_earlier = on_vanished_earlier,
	.identified = on_identified,
	.fetched = on_fetched,
	.synced = on_synced,
	.state_changed = on_state_changed,
};

/* --- opening: the cache first, then the server -------------------------------------- */

static void select_now(struct mailbox *mailbox)
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

static void take_page(struct mailbox *mailbox, struct cache_page *page)
{
	for (size_t i = 0; i < page->n; i++) {
		uint32_t pos = table_find(mailbox->table, page->messages[i].uid);

		if (pos == UINT32_MAX)
			continue;
		sync_apply_fetch(mailbox, table_edit(mailbox->table, pos),
			&page->messages[i].fetch);
	}
}

static void take_state(struct mailbox *mailbox, const struct cache_mailbox *state)
{
	mailbox->uid_validity = state->uid_validity;
	mailbox->uid_next = state->uid_next;
	mailbox->new_from_uid = state->uid_next;
	mailbox->highest_mod_seq = state->highest_mod_seq;
	mailbox->cache_is_complete = state->is_complete;
}

static void show_cached(struct mailbox *mailbox)
{
	mailbox_set_state(mailbox, table_length(mailbox->table) > 0 ?
		MAILBOX_CACHED : MAILBOX_LOADING, NULL);
	fill_reset(mailbox);
	fill_schedule(mailbox);
	mailbox_positions_changed(mailbox);
}

/* The newest rows are shown at once, behind as many unknown ones as the
 * mailbox had: to read all UIDs takes longer the more there are. */
static void on_cache_peeked(const struct cache_mailbox *state,
	const struct imap_seqset *uids, struct cache_page *page_take, void *data)
{
	struct mailbox *mailbox = data;
	uint32_t n = page_take == NULL ? 0 : (uint32_t)page_take->n;

	(void)uids;
	if (state != NULL && state->uid_validity != 0 && n > 0) {
		uint32_t length = CLAMP(state->messages, n, ROWS_MAX);

		take_state(mailbox, state);
		table_append(mailbox->table, length);
		for (uint32_t i = 0; i < n; i++) {
			table_set_uid(mailbox->table, length - 1 - i,
				page_take->messages[i].uid);
			table_edit(mailbox->table, length - 1 - i)->bits =
				TABLE_IN_CACHE;
		}
		take_page(mailbox, page_take);
		show_cached(mailbox);
	}
	cache_page_free(&page_take);
}

/* What is known of the peeked rows moves to where they are among all. */
static void keep_peeked(struct mailbox *mailbox, struct table *peeked)
{
	for (uint32_t i = table_lower_bound(peeked, 1);
		i < table_length(peeked); i++) {
		struct table_record *record = table_edit(peeked, i);
		uint32_t pos = table_find(mailbox->table, record->uid);

		if (pos != UINT32_MAX)
			table_record_move(record,
				table_edit(mailbox->table, pos));
		else if (record->blob != NULL)
			mailbox->blob_octets -= row_size(record->blob);
	}
	table_free(&peeked);
}

static void take_uids(struct mailbox *mailbox, const struct imap_seqset *uids)
{
	uint64_t n = imap_seqset_count(uids);
	uint32_t pos = 0;

	if (n > ROWS_MAX)
		return;
	table_append(mailbox->table, (uint32_t)n);
	for (size_t i = 0; i < imap_seqset_n_ranges(uids); i++) {
		struct imap_range range = imap_seqset_range(uids, i);

		for (uint64_t uid = range.first; uid <= range.last; uid++) {
			table_set_uid(mailbox->table, pos, (uint32_t)uid);
			table_edit(mailbox->table, pos++)->bits = TABLE_IN_CACHE;
		}
	}
}

static void on_cache_opened(const struct cache_mailbox *state,
	const struct imap_seqset *uids, struct cache_page *page_take, void *data)
{
	struct mailbox *mailbox = data;
	struct table *peeked = mailbox->table;
	bool was_shown = table_length(peeked) > 0;

	mailbox->has_cache_answer = true;
	mailbox->table = table_new();
	mailbox->uid_validity = 0;
	if (state != NULL && state->uid_validity != 0 && uids != NULL) {
		take_state(mailbox, state);
		take_uids(mailbox, uids);
	}
	keep_peeked(mailbox, peeked);
	if (page_take != NULL)
		take_page(mailbox, page_take);
	if (mailbox->uid_validity != 0 || was_shown)
		show_cached(mailbox);
	cache_page_free(&page_take);
	select_now(mailbox);
}

void sync_start(struct mailbox *mailbox)
{
	struct cache *cache = mailbox->account->cache;
	bool is_seen = !mail.batch && !mailbox->is_beside;

	if (is_seen)
		cache_peek_mailbox(cache, mailbox->name, CACHE_PAGE,
			on_cache_peeked, mailbox);
	cache_open_mailbox(cache, mailbox->name, is_seen ? 0 : CACHE_PAGE,
		on_cache_opened, mailbox);
}

void sync_stop(struct mailbox *mailbox)
{
	cache_forget(mailbox->account->cache, mailbox);
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
	select_now(mailbox);
	fill_reset(mailbox);
}

void sync_account_changed(struct mailbox *mailbox)
{
	struct account *account = mailbox->account;

	select_now(mailbox);
	if (account->state == ACCOUNT_WAITING ||
		account->state == ACCOUNT_FAILED)
		on_lost(mailbox, account_state_text(account));
	if (account_gave_up(account))
		load_retry(mailbox);
	mailbox_rows_changed(mailbox);
}

/* --- where we stand --------------------------------------------------------------------- */

static void store_state(struct mailbox *mailbox)
{
	const struct account_mailbox *row = account_mailbox_find(
		mailbox->account, mailbox->name);
	struct table_counts counts;
	struct cache_mailbox state = { .name = mailbox->name };
	bool complete;

	mailbox_count(mailbox, &counts);
	complete = counts.unknown == 0;
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
	if (mailbox->shadow != NULL || table_n_unknown(mailbox->table) > 0)
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
