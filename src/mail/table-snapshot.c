/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/table-priv.h"

struct table_snapshot {
	guint n_chunks;
	uint32_t *starts;    /* of each chunk, and behind the last */
	struct page **pages;
};

struct table_snapshot *table_snapshot_new(struct table *table)
{
	struct table_snapshot *snapshot = g_new0(struct table_snapshot, 1);
	guint n = table->chunks->len;

	snapshot->n_chunks = n;
	snapshot->pages = g_new(struct page *, n);
	snapshot->starts = g_new(uint32_t, n + 1);
	for (guint i = 0; i < n; i++) {
		snapshot->pages[i] = chunk_at(table, i)->page;
		snapshot->pages[i]->refs++;
		snapshot->starts[i] = g_array_index(table->starts, uint32_t, i);
	}
	snapshot->starts[n] = table->length;
	return snapshot;
}

void table_snapshot_free(struct table_snapshot **snapshot)
{
	if (*snapshot == NULL)
		return;
	for (guint i = 0; i < (*snapshot)->n_chunks; i++)
		table_page_unref((*snapshot)->pages[i]);
	g_free((*snapshot)->pages);
	g_free((*snapshot)->starts);
	g_free(*snapshot);
	*snapshot = NULL;
}

uint32_t table_snapshot_length(const struct table_snapshot *snapshot)
{
	return snapshot->starts[snapshot->n_chunks];
}

const struct table_record *table_snapshot_run(
	const struct table_snapshot *snapshot, uint32_t pos, uint32_t *n_out)
{
	guint low = 0, high = snapshot->n_chunks;

	*n_out = 0;
	if (pos >= table_snapshot_length(snapshot))
		return NULL;
	while (high - low > 1) {
		guint middle = low + (high - low) / 2;

		if (snapshot->starts[middle] <= pos)
			low = middle;
		else
			high = middle;
	}
	*n_out = snapshot->starts[low + 1] - pos;
	return snapshot->pages[low]->records + (pos - snapshot->starts[low]);
}
