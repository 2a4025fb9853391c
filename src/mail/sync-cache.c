/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening a mailbox from the cache: its newest rows are shown at once, then
 * all UIDs that it has; only then is the server asked.
 */
#include "src/base/base.h"
#include "src/mail/private.h"
#include "src/cache/cache.h"
#include "src/mail/row.h"

enum { CACHE_PAGE = 200 }; /* rows that the cache gives at once */

static void take_page(struct mailbox *mailbox, struct cache_page *page)
{
	for (size_t i = 0; i < page->n; i++) {
		uint32_t pos =
			table_find(mailbox->table, page->messages[i].uid);

		if (pos == UINT32_MAX)
			continue;
		sync_apply_fetch(mailbox, table_edit(mailbox->table, pos),
			&page->messages[i].fetch);
	}
}

static void take_state(
	struct mailbox *mailbox, const struct cache_mailbox *state)
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
	const struct imap_seqset *uids, struct cache_page *page_take,
	void *data)
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
			table_edit(mailbox->table, pos++)->bits =
				TABLE_IN_CACHE;
		}
	}
}

static void on_cache_opened(const struct cache_mailbox *state,
	const struct imap_seqset *uids, struct cache_page *page_take,
	void *data)
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
	sync_select(mailbox);
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
