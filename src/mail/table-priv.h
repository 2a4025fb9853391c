/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of a table, for the files of table-*.c. */
#ifndef CULVER_MAIL_TABLE_PRIV_H
#define CULVER_MAIL_TABLE_PRIV_H

#include "src/base/base.h"
#include "src/mail/table.h"

/* Small enough that counting one anew is nothing (mailbox_count()). */
enum { CHUNK_MAX = 2048, CHUNK_MIN = 64 };

struct page {
	guint refs; /* of chunks and of snapshots */
	bool is_zeros;
	uint32_t capacity;
	struct table_record records[];
};

struct chunk {
	struct page *page;
	uint32_t n;
	uint32_t n_unknown;         /* records whose UID is not known */
	bool is_counted;            /* counts are those of the records */
	bool is_stale;              /* and were before table_recount() */
	struct table_counts counts;
};

struct table {
	GArray *chunks; /* of struct chunk */
	GArray *starts; /* of uint32_t: position of each chunk's first record */
	uint32_t length;
	uint32_t n_unknown;
	guint hint;     /* the chunk that was asked for last */
	struct page *zeros; /* CHUNK_MAX of them; NULL until needed */
	table_gone_fn *gone;
	void *gone_data;
};

static inline struct chunk *chunk_at(const struct table *table, guint i)
{
	return &g_array_index(table->chunks, struct chunk, i);
}

/* The chunk of the position, which is there. */
guint table_find_chunk(const struct table *table, uint32_t pos);
/* The same, and at_out: where in it the position is. */
struct chunk *table_locate(const struct table *table, uint32_t pos,
	uint32_t *at_out);
/* Blobs are the table's, not the page's. */
void table_page_unref(struct page *page);

#endif
