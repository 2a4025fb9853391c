/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening a mailbox from the cache. Its newest rows are shown at once, behind
 * as many unknown ones as the mailbox had. Then the digests of all come in,
 * newest first, and fill the table from its end; only then, when all that is
 * known can be told, is the server asked for the mailbox. It is connected to
 * meanwhile.
 */
#include "src/base/base.h"
#include "src/mail/private.h"
#include "src/cache/cache.h"
#include "src/cache/digest.h"

enum { CACHE_PAGE = 200 }; /* rows that are shown at once */

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
	mailbox_positions_changed(mailbox);
}

static void end_loading(struct mailbox *mailbox)
{
	/* What is in the mailbox and not in the cache has no place yet. */
	table_remove_first(mailbox->table, mailbox->digest_pos);
	mailbox->digest_pos = 0;
	mailbox->has_cache_answer = true;
	if (mailbox->uid_validity != 0)
		show_cached(mailbox);
	sync_select(mailbox);
}

static void take_page(struct mailbox *mailbox, const struct cache_page *page)
{
	uint32_t pos = table_length(mailbox->table);

	for (size_t i = 0; i < page->n; i++) {
		const struct cache_message *message = &page->messages[i];
		struct table_record *record;

		table_set_uid(mailbox->table, --pos, message->uid);
		record = table_edit(mailbox->table, pos);
		sync_apply_digest(mailbox, record, message->digest);
		sync_apply_strings(mailbox, record, &message->fetch);
	}
}

static void on_cache_digests(const struct cache_digests *page, void *data);

static void on_cache_peeked(const struct cache_mailbox *state,
	struct cache_page *page_take, void *data)
{
	struct mailbox *mailbox = data;

	if (state != NULL && state->uid_validity != 0) {
		uint32_t n = (uint32_t)page_take->n;

		take_state(mailbox, state);
		table_append(mailbox->table,
			CLAMP(state->messages, n, ROWS_MAX));
		take_page(mailbox, page_take);
		mailbox->digest_pos = table_length(mailbox->table);
		if (n > 0)
			show_cached(mailbox);
	}
	cache_page_free(&page_take);
	cache_load_digests(mailbox->account->cache, mailbox->name,
		on_cache_digests, mailbox);
}

/* Where the digest belongs: rows above are known already. UINT32_MAX if the
 * table has another row there, or as many as there may be. */
static uint32_t place_for(struct mailbox *mailbox, uint32_t uid, size_t n_left)
{
	struct table *table = mailbox->table;

	while (mailbox->digest_pos > 0 &&
		table_at(table, mailbox->digest_pos - 1)->uid > uid)
		mailbox->digest_pos--;
	if (mailbox->digest_pos == 0) {
		if (n_left > ROWS_MAX - table_length(table))
			return UINT32_MAX;
		table_insert(table, 0, (uint32_t)n_left);
		mailbox->digest_pos = (uint32_t)n_left;
	}
	if (table_at(table, mailbox->digest_pos - 1)->uid == 0)
		table_set_uid(table, mailbox->digest_pos - 1, uid);
	if (table_at(table, mailbox->digest_pos - 1)->uid != uid)
		return UINT32_MAX;
	return --mailbox->digest_pos;
}

static void take_digests(struct mailbox *mailbox,
	const struct cache_digests *page)
{
	for (size_t i = 0; i < page->n; i++) {
		uint32_t pos = place_for(mailbox, page->items[i].uid,
			page->n - i);

		if (pos != UINT32_MAX)
			sync_apply_digest(mailbox, table_edit(mailbox->table,
				pos), &page->items[i]);
	}
}

static void on_cache_digests(const struct cache_digests *page, void *data)
{
	struct mailbox *mailbox = data;

	if (mailbox->uid_validity != 0)
		take_digests(mailbox, page);
	if (page->is_last)
		end_loading(mailbox);
	else
		mailbox_positions_changed(mailbox);
}

void sync_start(struct mailbox *mailbox)
{
	bool is_seen = !mail.batch && !mailbox->is_beside;

	cache_peek_mailbox(mailbox->account->cache, mailbox->name,
		is_seen ? CACHE_PAGE : 0, on_cache_peeked, mailbox);
}
