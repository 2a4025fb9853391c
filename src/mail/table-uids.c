/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records by their UIDs. Those that are not known yet are stepped over, by
 * chunks where they are many. */
#include "src/base/base.h"
#include "src/mail/table-priv.h"

/* The first position from pos with a known UID; the length if none. Chunks
 * without one are stepped over. */
static uint32_t next_known(const struct table *table, uint32_t pos)
{
	for (guint i = pos < table->length ? table_find_chunk(table, pos) :
		table->chunks->len; i < table->chunks->len; i++) {
		const struct chunk *chunk = chunk_at(table, i);
		uint32_t start = g_array_index(table->starts, uint32_t, i);
		uint32_t k = MAX(pos, start) - start;

		if (chunk->n_unknown == chunk->n)
			continue;
		while (k < chunk->n && chunk->page->records[k].uid == 0)
			k++;
		if (k < chunk->n)
			return start + k;
	}
	return table->length;
}

uint32_t table_lower_bound(const struct table *table, uint32_t uid)
{
	uint32_t low = 0, high = table->length;

	/* Below low all known UIDs are smaller; from high on none is. */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		uint32_t at = next_known(table, middle);

		if (at < high && table_at(table, at)->uid < uid)
			low = at + 1;
		else
			high = middle;
	}
	return next_known(table, low);
}

uint32_t table_find(const struct table *table, uint32_t uid)
{
	uint32_t pos;

	if (uid == 0)
		return UINT32_MAX;
	pos = table_lower_bound(table, uid);
	if (pos >= table->length || table_at(table, pos)->uid != uid)
		return UINT32_MAX;
	return pos;
}

uint32_t table_behind_known(const struct table *table, uint32_t pos)
{
	for (guint i = pos > 0 ? table_find_chunk(table, pos - 1) + 1 : 0; i > 0;
		i--) {
		const struct chunk *chunk = chunk_at(table, i - 1);
		uint32_t start = g_array_index(table->starts, uint32_t, i - 1);
		uint32_t k = MIN(pos - start, chunk->n);

		if (chunk->n_unknown == chunk->n)
			continue;
		while (k > 0 && chunk->page->records[k - 1].uid == 0)
			k--;
		if (k > 0)
			return start + k;
	}
	return 0;
}

static void get_chunk(const struct chunk *chunk, struct imap_seqset *set)
{
	const struct table_record *records = chunk->page->records;
	uint32_t n = chunk->n;

	if (chunk->n_unknown == n)
		return;
	/* UIDs ascend, so these are all that can be. */
	if (chunk->n_unknown == 0 &&
		records[n - 1].uid - records[0].uid == n - 1) {
		imap_seqset_add_range(set, records[0].uid, records[n - 1].uid);
		return;
	}
	for (uint32_t k = 0; k < n; k++)
		if (records[k].uid != 0)
			imap_seqset_add(set, records[k].uid);
}

void table_get_uids(const struct table *table, struct imap_seqset *set_io)
{
	for (guint i = 0; i < table->chunks->len; i++)
		get_chunk(chunk_at(table, i), set_io);
}

void table_get_range(const struct table *table, struct imap_range range,
	struct imap_seqset *set_io)
{
	for (uint32_t pos = table_lower_bound(table, range.first);
		pos < table->length; pos++) {
		uint32_t uid = table_at(table, pos)->uid;

		if (uid > range.last)
			return;
		if (uid != 0)
			imap_seqset_add(set_io, uid);
	}
}

/* Of the chunk's, from the range i on; the range of the next chunk. */
static size_t each_of_chunk(const struct chunk *chunk,
	const struct imap_seqset *uids, size_t i, table_each_fn *fn, void *data)
{
	size_t n = imap_seqset_n_ranges(uids);
	struct imap_range range = imap_seqset_range(uids, i);

	for (uint32_t k = 0; k < chunk->n; k++) {
		const struct table_record *record = &chunk->page->records[k];

		while (range.last < record->uid && ++i < n)
			range = imap_seqset_range(uids, i);
		if (i == n)
			break;
		if (record->uid != 0 && range.first <= record->uid)
			fn(record, data);
	}
	return i;
}

void table_each(const struct table *table, const struct imap_seqset *uids,
	table_each_fn *fn, void *data)
{
	size_t i = 0, n = imap_seqset_n_ranges(uids);
	uint32_t pos = n == 0 ? table->length :
		table_lower_bound(table, imap_seqset_min(uids));

	for (guint c = pos < table->length ? table_find_chunk(table, pos) :
		table->chunks->len; c < table->chunks->len && i < n; c++) {
		const struct chunk *chunk = chunk_at(table, c);
		uint32_t last = chunk->page->records[chunk->n - 1].uid;

		if (chunk->n_unknown == chunk->n || (last != 0 &&
			last < imap_seqset_range(uids, i).first))
			continue;
		i = each_of_chunk(chunk, uids, i, fn, data);
	}
}
