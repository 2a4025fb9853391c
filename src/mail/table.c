/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chunks hold up to CHUNK_MAX records; the first position of each is kept in a
 * prefix sum that is mended from the chunk that changed, so that a position is
 * found by a binary search over a hundred numbers even with a million rows.
 */
#include "src/base/base.h"
#include "src/mail/table.h"

/* Small enough that counting one anew is nothing (mailbox_count()). */
enum { CHUNK_MAX = 2048, CHUNK_MIN = 64 };

struct chunk {
	struct table_record *records;
	uint32_t n, capacity;
	uint32_t n_unknown;         /* records whose UID is not known */
	bool is_counted;            /* counts are those of the records */
	struct table_counts counts;
};

struct table {
	GArray *chunks; /* of struct chunk */
	GArray *starts; /* of uint32_t: position of each chunk's first record */
	uint32_t length;
	uint32_t n_unknown;
	guint hint;     /* the chunk that was asked for last */
};

static struct chunk *chunk_at(const struct table *table, guint i)
{
	return &g_array_index(table->chunks, struct chunk, i);
}

struct table *table_new(void)
{
	struct table *table = g_new0(struct table, 1);

	table->chunks = g_array_new(FALSE, FALSE, sizeof(struct chunk));
	table->starts = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	return table;
}

static void chunk_release(struct chunk *chunk)
{
	for (uint32_t i = 0; i < chunk->n; i++)
		g_free(chunk->records[i].blob);
	g_free(chunk->records);
}

void table_free(struct table **table)
{
	if (*table == NULL)
		return;
	for (guint i = 0; i < (*table)->chunks->len; i++)
		chunk_release(chunk_at(*table, i));
	g_array_free((*table)->chunks, TRUE);
	g_array_free((*table)->starts, TRUE);
	g_free(*table);
	*table = NULL;
}

uint32_t table_length(const struct table *table)
{
	return table->length;
}

uint32_t table_n_unknown(const struct table *table)
{
	return table->n_unknown;
}

static bool chunk_has(const struct table *table, guint i, uint32_t pos)
{
	uint32_t start;

	if (i >= table->starts->len)
		return false;
	start = g_array_index(table->starts, uint32_t, i);
	return pos >= start && pos - start < chunk_at(table, i)->n;
}

/* The chunk that holds the position. Rows are mostly looked at one after the
 * other. */
static guint find_chunk(const struct table *table, uint32_t pos)
{
	guint low = 0, high = table->starts->len;

	if (chunk_has(table, table->hint, pos))
		return table->hint;

	while (high - low > 1) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(table->starts, uint32_t, middle) <= pos)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static struct table_record *record_at(const struct table *table, uint32_t pos,
	struct chunk **chunk_out)
{
	guint i;

	g_assert(pos < table->length);
	i = find_chunk(table, pos);
	((struct table *)table)->hint = i;
	*chunk_out = chunk_at(table, i);
	return &(*chunk_out)->records[pos -
		g_array_index(table->starts, uint32_t, i)];
}

const struct table_record *table_at(const struct table *table, uint32_t pos)
{
	struct chunk *chunk;

	return record_at(table, pos, &chunk);
}

struct table_record *table_edit(struct table *table, uint32_t pos)
{
	struct chunk *chunk;
	struct table_record *record = record_at(table, pos, &chunk);

	chunk->is_counted = false;
	return record;
}

void table_note_seen(struct table *table, uint32_t pos, uint32_t now_s)
{
	struct chunk *chunk;

	record_at(table, pos, &chunk)->seen_at = now_s;
}

/* --- counting ------------------------------------------------------------- */

static void count_chunk(struct chunk *chunk, table_count_fn *count, void *data)
{
	chunk->counts = (struct table_counts){ 0 };
	for (uint32_t i = 0; i < chunk->n; i++)
		count(&chunk->records[i], &chunk->counts, data);
	chunk->is_counted = true;
}

static void add_counts(struct table_counts *sum, const struct table_counts *counts)
{
	sum->messages += counts->messages;
	sum->unseen += counts->unseen;
	sum->flagged += counts->flagged;
	sum->deleted += counts->deleted;
	sum->is_new += counts->is_new;
	sum->loaded += counts->loaded;
	sum->unknown += counts->unknown;
	sum->unfilled += counts->unfilled;
}

void table_count(struct table *table, table_count_fn *count, void *data,
	struct table_counts *counts_out)
{
	*counts_out = (struct table_counts){ 0 };
	for (guint i = 0; i < table->chunks->len; i++) {
		struct chunk *chunk = chunk_at(table, i);

		if (!chunk->is_counted)
			count_chunk(chunk, count, data);
		add_counts(counts_out, &chunk->counts);
	}
}

void table_recount(struct table *table)
{
	for (guint i = 0; i < table->chunks->len; i++)
		chunk_at(table, i)->is_counted = false;
}

/* --- growing and shrinking ------------------------------------------------- */

static void mend_starts(struct table *table, guint from)
{
	uint32_t start = 0;

	if (from > 0)
		start = g_array_index(table->starts, uint32_t, from - 1) +
			chunk_at(table, from - 1)->n;
	g_array_set_size(table->starts, table->chunks->len);
	for (guint i = from; i < table->chunks->len; i++) {
		g_array_index(table->starts, uint32_t, i) = start;
		start += chunk_at(table, i)->n;
	}
}

/* Records come from the system zeroed and untouched, so that a big number
 * from a server costs memory only for the rows that are filled in. */
static void chunk_grow(struct chunk *chunk, uint32_t n)
{
	uint32_t capacity = MAX(chunk->capacity, (uint32_t)CHUNK_MIN);
	struct table_record *records;

	while (capacity < chunk->n + n)
		capacity *= 2;
	if (capacity == chunk->capacity)
		return;
	records = g_new0(struct table_record, capacity);
	if (chunk->n > 0)
		memcpy(records, chunk->records, sizeof(*records) * chunk->n);
	g_free(chunk->records);
	chunk->records = records;
	chunk->capacity = capacity;
}

void table_append(struct table *table, uint32_t n)
{
	guint from;

	if (n == 0)
		return;
	g_assert(n <= UINT32_MAX - 1 - table->length);
	from = table->chunks->len > 0 ? table->chunks->len - 1 : 0;
	table->length += n;
	table->n_unknown += n;
	while (n > 0) {
		struct chunk *last = NULL;
		uint32_t fits;

		if (table->chunks->len > 0)
			last = chunk_at(table, table->chunks->len - 1);
		if (last == NULL || last->n >= CHUNK_MAX) {
			g_array_append_val(table->chunks, (struct chunk){ 0 });
			continue;
		}
		fits = MIN(n, CHUNK_MAX - last->n);
		chunk_grow(last, fits);
		last->n += fits;
		last->n_unknown += fits;
		last->is_counted = false;
		n -= fits;
	}
	mend_starts(table, from);
}

/* Neighbours that fit in half a chunk together become one. */
static void merge_chunks(struct table *table, guint i)
{
	struct chunk *chunk, *next;

	if (i + 1 >= table->chunks->len)
		return;
	chunk = chunk_at(table, i);
	next = chunk_at(table, i + 1);
	if (chunk->n + next->n > CHUNK_MAX / 2)
		return;
	chunk_grow(chunk, next->n);
	if (next->n > 0)
		memcpy(chunk->records + chunk->n, next->records,
			sizeof(*next->records) * next->n);
	chunk->n += next->n;
	chunk->n_unknown += next->n_unknown;
	chunk->is_counted = false;
	g_free(next->records);
	g_array_remove_index(table->chunks, i + 1);
}

void table_remove(struct table *table, uint32_t pos)
{
	guint i = find_chunk(table, pos);
	struct table_record *record = table_edit(table, pos);
	struct chunk *chunk = chunk_at(table, i);
	size_t behind = (size_t)(chunk->records + chunk->n - record) - 1;

	if (record->uid == 0) {
		table->n_unknown--;
		chunk->n_unknown--;
	}
	g_free(record->blob);
	memmove(record, record + 1, behind * sizeof(*record));
	chunk->n--;
	memset(&chunk->records[chunk->n], 0, sizeof(*record));
	table->length--;
	if (chunk->n == 0) {
		g_free(chunk->records);
		g_array_remove_index(table->chunks, i);
	} else {
		merge_chunks(table, i);
	}
	mend_starts(table, i);
}

void table_set_uid(struct table *table, uint32_t pos, uint32_t uid)
{
	struct chunk *chunk;
	struct table_record *record = record_at(table, pos, &chunk);
	uint32_t was = record->uid == 0, is = uid == 0;

	if (record->uid == uid)
		return;
	table->n_unknown += is - was;
	chunk->n_unknown += is - was;
	chunk->is_counted = false;
	record->uid = uid;
}

/* The first position from pos with a known UID; the length if none. Chunks
 * without one are stepped over. */
static uint32_t next_known(const struct table *table, uint32_t pos)
{
	for (guint i = pos < table->length ? find_chunk(table, pos) :
		table->chunks->len; i < table->chunks->len; i++) {
		const struct chunk *chunk = chunk_at(table, i);
		uint32_t start = g_array_index(table->starts, uint32_t, i);
		uint32_t k = MAX(pos, start) - start;

		if (chunk->n_unknown == chunk->n)
			continue;
		while (k < chunk->n && chunk->records[k].uid == 0)
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

void table_get_uids(const struct table *table, struct imap_seqset *set_out)
{
	for (guint i = 0; i < table->chunks->len; i++) {
		const struct chunk *chunk = chunk_at(table, i);

		for (uint32_t k = 0; k < chunk->n; k++)
			if (chunk->records[k].uid != 0)
				imap_seqset_add(set_out, chunk->records[k].uid);
	}
}

void table_record_move(struct table_record *from, struct table_record *to)
{
	uint32_t from_uid = from->uid, to_uid = to->uid;

	g_free(to->blob);
	*to = *from;
	to->uid = to_uid;
	*from = (struct table_record){ .uid = from_uid };
}
