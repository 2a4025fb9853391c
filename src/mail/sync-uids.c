/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table follows the server's UIDs, which the selection has all at once:
 * they are read from the end, so many rows in a turn of the loop that it never
 * takes long. Rows from the cache stay where they are if the server has them,
 * too; the others go, and what the server has besides is put between them.
 * Until that is done the shadow counts the server's rows, and has what the
 * server told of such that are not in the table yet.
 */
#include "src/base/base.h"
#include "src/mail/private.h"
#include "src/cache/cache.h"

uint32_t sync_slice_rows = 32 * 1024;

/* --- messages that are gone ------------------------------------------------ */

static bool is_ours(const struct mailbox *mailbox, uint32_t uid)
{
	if (imap_seqset_has(&mailbox->moved, uid))
		return true;
	for (guint i = 0; i < mailbox->overlays->len; i++) {
		const struct overlay *overlay = mailbox->overlays->pdata[i];

		if (overlay->hides && imap_seqset_has(&overlay->uids, uid))
			return true;
	}
	return false;
}

void sync_forget_uid(struct mailbox *mailbox, uint32_t uid)
{
	if (mailbox->was_ready && !is_ours(mailbox, uid))
		mailbox_event(mailbox, EVENT_EXPUNGED, uid);
	imap_seqset_add(&mailbox->gone, uid);
}

void sync_forget_uids(struct mailbox *mailbox, const struct imap_seqset *uids)
{
	for (size_t i = 0; i < imap_seqset_n_ranges(uids); i++) {
		struct imap_range range = imap_seqset_range(uids, i);

		for (uint64_t uid = range.first; mailbox->was_ready &&
			uid <= range.last; uid++)
			if (!is_ours(mailbox, (uint32_t)uid))
				mailbox_event(mailbox, EVENT_EXPUNGED,
					(uint32_t)uid);
	}
	imap_seqset_add_set(&mailbox->gone, uids);
}

void sync_tell_gone(struct mailbox *mailbox)
{
	if (imap_seqset_is_empty(&mailbox->gone))
		return;
	imap_seqset_remove_set(&mailbox->moved, &mailbox->gone);
	imap_seqset_remove_set(&mailbox->failed, &mailbox->gone);
	cache_remove_messages(mailbox->account->cache, mailbox->name,
		&mailbox->gone);
	imap_seqset_clear(&mailbox->gone);
}

/* --- a slice, where nothing is known but by the server -------------------- */

void sync_tell_arrived(struct mailbox *mailbox)
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

void sync_note_uid(struct mailbox *mailbox, uint32_t uid)
{
	if (uid >= mailbox->uid_next && uid != UINT32_MAX)
		mailbox->uid_next = uid + 1;
}

static void take_slice(struct mailbox *mailbox, const uint32_t *uids,
	uint32_t n)
{
	table_set_uids(mailbox->table, mailbox->map_left, uids, n);
	mailbox->fill_pos = MAX(mailbox->fill_pos, mailbox->map_left + n);
	sync_tell_arrived(mailbox);
	mailbox_positions_changed(mailbox);
}

/* --- a slice, where rows are known from the cache ------------------------- */

/* Rows from first on have these UIDs, and behind is the one after them. */
static bool is_same(const struct table *table, uint32_t first, uint32_t behind,
	const uint32_t *uids, uint32_t n)
{
	if (behind - first != n)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (table_at(table, first + i)->uid != uids[i])
			return false;
	return true;
}

static void remove_others(struct mailbox *mailbox, uint32_t first,
	uint32_t behind, const uint32_t *uids, uint32_t n)
{
	struct imap_seqset gone, slice;

	imap_seqset_init(&gone);
	imap_seqset_init(&slice);
	for (uint32_t pos = first; pos < behind; pos++)
		imap_seqset_add(&gone, table_at(mailbox->table, pos)->uid);
	for (uint32_t i = 0; i < n; i++)
		imap_seqset_add(&slice, uids[i]);
	imap_seqset_remove_set(&gone, &slice);
	table_remove_uids(mailbox->table, &gone);
	sync_forget_uids(mailbox, &gone);
	imap_seqset_release(&gone);
	imap_seqset_release(&slice);
}

static void insert(struct mailbox *mailbox, uint32_t pos, const uint32_t *uids,
	uint32_t n)
{
	table_insert(mailbox->table, pos, n);
	table_set_uids(mailbox->table, pos, uids, n);
	for (uint32_t i = 0; mailbox->was_ready && i < n; i++)
		if (uids[i] >= mailbox->map_new_from)
			mailbox_event(mailbox, EVENT_ARRIVED, uids[i]);
}

/* Rows from first on have none but these UIDs, and then all of them. */
static void insert_lacking(struct mailbox *mailbox, uint32_t first,
	uint32_t behind, const uint32_t *uids, uint32_t n)
{
	const struct table *table = mailbox->table;

	while (n > 0) {
		uint32_t end = n;

		while (n > 0 && (behind == first ||
			table_at(table, behind - 1)->uid != uids[n - 1]))
			n--;
		if (end > n)
			insert(mailbox, behind, uids + n, end - n);
		for (; n > 0 && behind > first &&
			table_at(table, behind - 1)->uid == uids[n - 1]; n--)
			behind--;
	}
}

static uint32_t position_of(const struct table *table, uint64_t uid)
{
	return uid > UINT32_MAX ? table_length(table) :
		table_lower_bound(table, (uint32_t)uid);
}

/* Where there are too many rows of the cache in the slice's place, only the last
 * of them are looked at, and the UIDs from theirs on; how many UIDs are left. */
static uint32_t cut_slice(struct mailbox *mailbox, uint32_t *first_io,
	uint32_t behind, const uint32_t *uids, uint32_t n)
{
	uint32_t n_left = 0, uid;

	mailbox->is_reading = behind - *first_io > 2 * sync_slice_rows;
	if (!mailbox->is_reading)
		return 0;
	*first_io = behind - sync_slice_rows;
	uid = table_at(mailbox->table, *first_io)->uid;
	while (n_left < n && uids[n_left] < uid)
		n_left++;
	mailbox->map_left += n_left;
	mailbox->map_uid = uid;
	return n_left;
}

static void merge_slice(struct mailbox *mailbox, const uint32_t *uids,
	uint32_t n)
{
	struct table *table = mailbox->table;
	uint64_t behind_uid = mailbox->map_uid;
	uint32_t first, behind, n_left;

	/* Behind the UIDs are rows whose UIDs are not known yet. */
	while (n > 0 && uids[n - 1] == 0)
		n--;
	if (n == 0 && mailbox->map_left > 0)
		return;
	first = mailbox->map_left > 0 ? table_lower_bound(table, uids[0]) : 0;
	behind = position_of(table, behind_uid);
	if (n > 0)
		mailbox->map_uid = uids[0];
	n_left = cut_slice(mailbox, &first, behind, uids, n);
	uids += n_left;
	n -= n_left;
	if (is_same(table, first, behind, uids, n))
		return;
	remove_others(mailbox, first, behind, uids, n);
	insert_lacking(mailbox, first, position_of(table, behind_uid), uids, n);
	mailbox_positions_changed(mailbox);
}

/* What the server told meanwhile of rows that are in the table now. */
static void take_shadow(struct mailbox *mailbox)
{
	struct table *shadow = mailbox->shadow;
	uint32_t n = MIN(table_length(shadow), table_length(mailbox->table));

	for (uint32_t pos = table_lower_bound(shadow, 1); pos < n; pos++) {
		const struct table_record *from = table_at(shadow, pos);
		const struct table_record *to = table_at(mailbox->table, pos);

		if (from->uid == 0)
			continue;
		if (to->uid == 0)
			table_set_uid(mailbox->table, pos, from->uid);
		/* What came when it was in the table already is newer. */
		if ((to->bits & TABLE_HAS_FLAGS) == 0)
			table_record_move(table_edit(shadow, pos),
				table_edit(mailbox->table, pos));
	}
}

/* The server's rows are in the table, and those behind them that came since. */
static void end_merge(struct mailbox *mailbox)
{
	uint32_t n = table_length(mailbox->shadow);
	uint32_t n_new = n - MIN(n, table_length(mailbox->table));

	table_append(mailbox->table, n_new);
	take_shadow(mailbox);
	table_free(&mailbox->shadow);
	mailbox->n_arriving = mailbox->was_ready ? n_new :
		MIN(n_new, mailbox->n_arriving);
	sync_tell_arrived(mailbox);
	fill_reset(mailbox);
	mailbox_positions_changed(mailbox);
}

/* --- slice by slice ------------------------------------------------------- */

static void read_slice(struct mailbox *mailbox)
{
	uint32_t n = MIN(mailbox->map_left, sync_slice_rows);
	uint32_t *uids = g_new(uint32_t, n);

	mailbox->is_reading = false;
	mailbox->map_left -= n;
	n = selection_uids(mailbox->selection, mailbox->map_left, n, uids);
	if (n > 0)
		sync_note_uid(mailbox, uids[n - 1]);
	if (mailbox->shadow != NULL)
		merge_slice(mailbox, uids, n);
	else
		take_slice(mailbox, uids, n);
	g_free(uids);
	mailbox->is_reading |= mailbox->map_left > 0;
	if (mailbox->is_reading)
		return;
	if (mailbox->shadow != NULL)
		end_merge(mailbox);
	fill_schedule(mailbox);
	mailbox_rows_changed(mailbox);
}

static gboolean read_due(gpointer data)
{
	struct mailbox *mailbox = data;

	read_slice(mailbox);
	if (mailbox->is_reading)
		return G_SOURCE_CONTINUE;
	mailbox->map_source = 0;
	return G_SOURCE_REMOVE;
}

void sync_on_mapped(struct selection *selection, void *data)
{
	struct mailbox *mailbox = data;
	uint32_t behind = table_behind_known(mailbox->table,
		table_length(mailbox->table));
	bool is_again = mailbox->is_reading;

	sync_stop_reading(mailbox);
	if (mailbox->shadow == NULL && table_n_unknown(mailbox->table) == 0)
		return;
	mailbox->map_left = selection_exists(selection);
	mailbox->map_uid = (uint64_t)UINT32_MAX + 1;
	if (!is_again)
		mailbox->map_new_from = behind == 0 ? 1 :
			table_at(mailbox->table, behind - 1)->uid + 1;
	if (mailbox->shadow != NULL)
		table_remove_unknown(mailbox->table);
	read_slice(mailbox);
	if (mailbox->is_reading)
		mailbox->map_source = g_idle_add_full(G_PRIORITY_DEFAULT,
			read_due, mailbox, NULL);
}

void sync_read_rest(struct mailbox *mailbox)
{
	while (mailbox->is_reading)
		read_slice(mailbox);
	source_clear(&mailbox->map_source);
}

void sync_stop_reading(struct mailbox *mailbox)
{
	source_clear(&mailbox->map_source);
	mailbox->is_reading = false;
	mailbox->map_left = 0;
}
