/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What rows amount to. Each chunk keeps its own sum; what shows rows otherwise
 * than before makes sums stale, and those of a big table are mended over
 * several calls, so that none of them takes long.
 */
#include "src/base/base.h"
#include "src/mail/table-priv.h"

enum { RECOUNT_MAX = 64 }; /* chunks in one call */

static void add_counts(struct table_counts *sum,
	const struct table_counts *counts, uint32_t times)
{
	sum->messages += counts->messages * times;
	sum->unseen += counts->unseen * times;
	sum->flagged += counts->flagged * times;
	sum->deleted += counts->deleted * times;
	sum->is_new += counts->is_new * times;
	sum->loaded += counts->loaded * times;
	sum->unknown += counts->unknown * times;
	sum->unfilled += counts->unfilled * times;
	sum->flagless += counts->flagless * times;
}

static void count_chunk(struct chunk *chunk, table_count_fn *count, void *data)
{
	const struct table_record *records = chunk->page->records;
	struct table_counts one = { 0 };

	chunk->counts = (struct table_counts){ 0 };
	if (chunk->page->is_zeros) {
		count(&records[0], &one, data);
		add_counts(&chunk->counts, &one, chunk->n);
	} else {
		for (uint32_t i = 0; i < chunk->n; i++)
			count(&records[i], &chunk->counts, data);
	}
	chunk->is_counted = true;
	chunk->is_stale = false;
}

bool table_count(struct table *table, table_count_fn *count, void *data,
	struct table_counts *counts_out)
{
	unsigned n_recounted = 0;

	*counts_out = (struct table_counts){ 0 };
	for (guint i = 0; i < table->chunks->len; i++) {
		struct chunk *chunk = chunk_at(table, i);

		if (!chunk->is_counted || (chunk->is_stale &&
			n_recounted++ < RECOUNT_MAX))
			count_chunk(chunk, count, data);
		add_counts(counts_out, &chunk->counts, 1);
	}
	return n_recounted <= RECOUNT_MAX;
}

void table_recount(struct table *table)
{
	for (guint i = 0; i < table->chunks->len; i++)
		chunk_at(table, i)->is_stale = true;
}

void table_recount_uids(struct table *table, const struct imap_seqset *uids)
{
	size_t n = imap_seqset_n_ranges(uids);
	uint32_t first = n == 0 ? 0 : imap_seqset_range(uids, 0).first;
	size_t at = 0;

	while (at < n) {
		uint32_t pos = table_lower_bound(table, first), behind;
		struct chunk *chunk;

		if (pos == table->length)
			return;
		chunk = table_locate(table, pos, &behind);
		chunk->is_stale = true;
		behind = table_behind_known(table, pos - behind + chunk->n);
		first = table_at(table, behind - 1)->uid;
		while (at < n && imap_seqset_range(uids, at).last <= first)
			at++;
		if (at < n)
			first = MAX(first + 1,
				imap_seqset_range(uids, at).first);
	}
}
