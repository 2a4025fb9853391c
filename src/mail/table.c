/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chunks hold up to CHUNK_MAX records; the first position of each is kept in a
 * prefix sum that is mended from the chunk that changed, so that a position is
 * found by a binary search over a few hundred numbers even with a million rows.
 *
 * The records of a chunk are in a page, which snapshots hold, too: whoever
 * changes a record of a page that is held gets a copy of the page first. All
 * full chunks of records that nobody has touched yet hold the same page of
 * zeros, so that a big number from a server costs memory only for the rows that
 * are filled in.
 */
#include "src/base/base.h"
#include "src/mail/table.h"

/* Small enough that counting one anew is nothing (mailbox_count()). */
enum { CHUNK_MAX = 2048, CHUNK_MIN = 64 };

struct page {
	guint refs; /* of chunks and of snapshots */
	uint32_t capacity;
	struct table_record records[];
};

struct chunk {
	struct page *page;
	uint32_t n;
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
	struct page *zeros; /* CHUNK_MAX of them; NULL until needed */
	table_gone_fn *gone;
	void *gone_data;
};

struct table_snapshot {
	guint n_chunks;
	uint32_t *starts;    /* of each chunk, and behind the last */
	struct page **pages;
};

/* --- pages ---------------------------------------------------------------- */

static struct page *page_new(uint32_t capacity)
{
	struct page *page = g_malloc0(sizeof(*page) +
		sizeof(struct table_record) * capacity);

	page->refs = 1;
	page->capacity = capacity;
	return page;
}

/* Blobs are the table's, not the page's. */
static void page_unref(struct page *page)
{
	if (--page->refs == 0)
		g_free(page);
}

/* The chunk alone holds its page from now on, which has room for as many. */
static void chunk_own(struct chunk *chunk, uint32_t capacity)
{
	struct page *page = page_new(capacity);

	memcpy(page->records, chunk->page->records,
		sizeof(page->records[0]) * chunk->n);
	page_unref(chunk->page);
	chunk->page = page;
}

/* To be called before any record of the chunk is changed. */
static void chunk_touch(struct chunk *chunk)
{
	if (chunk->page->refs > 1)
		chunk_own(chunk, chunk->page->capacity);
}

/* --- finding records ------------------------------------------------------ */

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

void table_on_gone(struct table *table, table_gone_fn *gone, void *data)
{
	table->gone = gone;
	table->gone_data = data;
}

/* The first n records go. */
static void let_go(const struct table *table, const struct table_record *records,
	uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (table->gone != NULL)
			table->gone(&records[i], table->gone_data);
		g_free(records[i].blob);
	}
}

static void chunk_release(const struct table *table, struct chunk *chunk)
{
	let_go(table, chunk->page->records, chunk->n);
	page_unref(chunk->page);
}

void table_free(struct table **table)
{
	if (*table == NULL)
		return;
	for (guint i = 0; i < (*table)->chunks->len; i++)
		chunk_release(*table, chunk_at(*table, i));
	g_array_free((*table)->chunks, TRUE);
	g_array_free((*table)->starts, TRUE);
	if ((*table)->zeros != NULL)
		page_unref((*table)->zeros);
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

/* The chunk, and where in it the position is. */
static struct chunk *locate(const struct table *table, uint32_t pos,
	uint32_t *at_out)
{
	guint i;

	g_assert(pos < table->length);
	i = find_chunk(table, pos);
	((struct table *)table)->hint = i;
	*at_out = pos - g_array_index(table->starts, uint32_t, i);
	return chunk_at(table, i);
}

const struct table_record *table_at(const struct table *table, uint32_t pos)
{
	uint32_t at;
	const struct chunk *chunk = locate(table, pos, &at);

	return &chunk->page->records[at];
}

struct table_record *table_edit(struct table *table, uint32_t pos)
{
	uint32_t at;
	struct chunk *chunk = locate(table, pos, &at);

	chunk_touch(chunk);
	chunk->is_counted = false;
	return &chunk->page->records[at];
}

void table_note_seen(struct table *table, uint32_t pos, uint32_t now_s)
{
	uint32_t at;
	struct chunk *chunk = locate(table, pos, &at);

	chunk_touch(chunk);
	chunk->page->records[at].seen_at = now_s;
}

/* --- counting ------------------------------------------------------------- */

static void count_chunk(struct chunk *chunk, table_count_fn *count, void *data)
{
	chunk->counts = (struct table_counts){ 0 };
	for (uint32_t i = 0; i < chunk->n; i++)
		count(&chunk->page->records[i], &chunk->counts, data);
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

static struct page *zeros(struct table *table)
{
	if (table->zeros == NULL)
		table->zeros = page_new(CHUNK_MAX);
	table->zeros->refs++;
	return table->zeros;
}

/* Room for n more, which are zero: no page has anything behind its records. */
static void chunk_grow(struct chunk *chunk, uint32_t n)
{
	uint32_t capacity = chunk->page->capacity;

	while (capacity < chunk->n + n)
		capacity *= 2;
	if (capacity > chunk->page->capacity)
		chunk_own(chunk, capacity);
}

/* A chunk at the end, which is to hold n records or more. */
static struct chunk *add_chunk(struct table *table, uint32_t n)
{
	struct chunk chunk = { .page = n >= CHUNK_MAX ? zeros(table) :
		page_new(CHUNK_MIN) };

	g_array_append_val(table->chunks, chunk);
	return chunk_at(table, table->chunks->len - 1);
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
		if (last == NULL || last->n >= CHUNK_MAX)
			last = add_chunk(table, n);
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
	chunk_touch(chunk);
	if (next->n > 0)
		memcpy(chunk->page->records + chunk->n, next->page->records,
			sizeof(next->page->records[0]) * next->n);
	chunk->n += next->n;
	chunk->n_unknown += next->n_unknown;
	chunk->is_counted = false;
	page_unref(next->page);
	g_array_remove_index(table->chunks, i + 1);
}

void table_remove(struct table *table, uint32_t pos)
{
	guint i = find_chunk(table, pos);
	struct table_record *record = table_edit(table, pos);
	struct chunk *chunk = chunk_at(table, i);
	size_t behind = (size_t)(chunk->page->records + chunk->n - record) - 1;

	if (record->uid == 0) {
		table->n_unknown--;
		chunk->n_unknown--;
	}
	let_go(table, record, 1);
	memmove(record, record + 1, behind * sizeof(*record));
	chunk->n--;
	memset(&chunk->page->records[chunk->n], 0, sizeof(*record));
	table->length--;
	if (chunk->n == 0) {
		page_unref(chunk->page);
		g_array_remove_index(table->chunks, i);
	} else {
		merge_chunks(table, i);
	}
	mend_starts(table, i);
}

void table_prepend(struct table *table, uint32_t n)
{
	struct table *front = table_new();

	g_assert(n <= UINT32_MAX - 1 - table->length);
	table_append(front, n);
	g_array_prepend_vals(table->chunks, front->chunks->data,
		front->chunks->len);
	g_array_set_size(front->chunks, 0);
	table_free(&front);
	table->length += n;
	table->n_unknown += n;
	mend_starts(table, 0);
}

/* Of one chunk, which has more. */
static void cut_front(struct table *table, struct chunk *chunk, uint32_t n)
{
	struct table_record *records;
	uint32_t n_unknown = 0;

	chunk_touch(chunk);
	records = chunk->page->records;
	for (uint32_t i = 0; i < n; i++)
		n_unknown += records[i].uid == 0;
	let_go(table, records, n);
	chunk->n -= n;
	memmove(records, records + n, sizeof(*records) * chunk->n);
	memset(records + chunk->n, 0, sizeof(*records) * n);
	chunk->n_unknown -= n_unknown;
	chunk->is_counted = false;
	table->n_unknown -= n_unknown;
	table->length -= n;
}

void table_remove_first(struct table *table, uint32_t n)
{
	guint whole = 0;

	g_assert(n <= table->length);
	for (; n > 0 && chunk_at(table, whole)->n <= n; whole++) {
		struct chunk *chunk = chunk_at(table, whole);

		n -= chunk->n;
		table->length -= chunk->n;
		table->n_unknown -= chunk->n_unknown;
		chunk_release(table, chunk);
	}
	g_array_remove_range(table->chunks, 0, whole);
	if (n > 0)
		cut_front(table, chunk_at(table, 0), n);
	mend_starts(table, 0);
}

void table_set_uid(struct table *table, uint32_t pos, uint32_t uid)
{
	uint32_t at;
	struct chunk *chunk = locate(table, pos, &at);
	uint32_t was = chunk->page->records[at].uid == 0, is = uid == 0;

	if (chunk->page->records[at].uid == uid)
		return;
	chunk_touch(chunk);
	table->n_unknown += is - was;
	chunk->n_unknown += is - was;
	chunk->is_counted = false;
	chunk->page->records[at].uid = uid;
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

void table_get_uids(const struct table *table, struct imap_seqset *set_out)
{
	for (guint i = 0; i < table->chunks->len; i++) {
		const struct chunk *chunk = chunk_at(table, i);

		for (uint32_t k = 0; k < chunk->n; k++)
			if (chunk->page->records[k].uid != 0)
				imap_seqset_add(set_out, chunk->page->records[k].uid);
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

	for (guint c = pos < table->length ? find_chunk(table, pos) :
		table->chunks->len; c < table->chunks->len && i < n; c++) {
		const struct chunk *chunk = chunk_at(table, c);
		uint32_t last = chunk->page->records[chunk->n - 1].uid;

		if (chunk->n_unknown == chunk->n || (last != 0 &&
			last < imap_seqset_range(uids, i).first))
			continue;
		i = each_of_chunk(chunk, uids, i, fn, data);
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

/* --- snapshots ------------------------------------------------------------ */

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
		page_unref((*snapshot)->pages[i]);
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
