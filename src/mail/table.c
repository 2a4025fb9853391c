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
#include "src/mail/table-priv.h"

/* --- pages ---------------------------------------------------------------- */

static struct page *page_new(uint32_t capacity)
{
	struct page *page = g_malloc0(sizeof(*page) +
		sizeof(struct table_record) * capacity);

	page->refs = 1;
	page->capacity = capacity;
	return page;
}

void table_page_unref(struct page *page)
{
	if (--page->refs == 0)
		g_free(page);
}

/* The least capacity that has room for n records. */
static uint32_t capacity_for(uint32_t n)
{
	uint32_t capacity = CHUNK_MIN;

	while (capacity < n)
		capacity *= 2;
	return capacity;
}

/* The chunk alone holds its page from now on, which has room for as many. */
static void chunk_own(struct chunk *chunk, uint32_t capacity)
{
	struct page *page = page_new(capacity);

	if (!chunk->page->is_zeros)
		memcpy(page->records, chunk->page->records,
			sizeof(page->records[0]) * chunk->n);
	table_page_unref(chunk->page);
	chunk->page = page;
}

/* To be called before any record of the chunk is changed. */
static void chunk_touch(struct chunk *chunk)
{
	if (chunk->page->refs > 1)
		chunk_own(chunk, chunk->page->capacity);
}

/* --- finding records ------------------------------------------------------ */

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
	if (!chunk->page->is_zeros)
		let_go(table, chunk->page->records, chunk->n);
	table_page_unref(chunk->page);
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
		table_page_unref((*table)->zeros);
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
guint table_find_chunk(const struct table *table, uint32_t pos)
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
struct chunk *table_locate(const struct table *table, uint32_t pos,
	uint32_t *at_out)
{
	guint i;

	g_assert(pos < table->length);
	i = table_find_chunk(table, pos);
	((struct table *)table)->hint = i;
	*at_out = pos - g_array_index(table->starts, uint32_t, i);
	return chunk_at(table, i);
}

const struct table_record *table_at(const struct table *table, uint32_t pos)
{
	uint32_t at;
	const struct chunk *chunk = table_locate(table, pos, &at);

	return &chunk->page->records[at];
}

struct table_record *table_edit(struct table *table, uint32_t pos)
{
	uint32_t at;
	struct chunk *chunk = table_locate(table, pos, &at);

	chunk_touch(chunk);
	chunk->is_counted = false;
	return &chunk->page->records[at];
}

void table_note_seen(struct table *table, uint32_t pos, uint32_t now_s)
{
	uint32_t at;
	struct chunk *chunk = table_locate(table, pos, &at);

	chunk_touch(chunk);
	chunk->page->records[at].seen_at = now_s;
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
	if (table->zeros == NULL) {
		table->zeros = page_new(CHUNK_MAX);
		table->zeros->is_zeros = true;
	}
	table->zeros->refs++;
	return table->zeros;
}

/* A page of n records that nobody has touched. */
static struct page *blank_page(struct table *table, uint32_t n)
{
	return n == CHUNK_MAX ? zeros(table) : page_new(capacity_for(n));
}

/* Room for n more, which are zero: no page has anything behind its records. */
static void chunk_grow(struct chunk *chunk, uint32_t n)
{
	if (chunk->page->capacity < chunk->n + n)
		chunk_own(chunk, capacity_for(chunk->n + n));
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
			struct chunk chunk = { .page = blank_page(table,
				MIN(n, (uint32_t)CHUNK_MAX)) };

			g_array_append_val(table->chunks, chunk);
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

static void remove_chunk(struct table *table, guint i)
{
	table_page_unref(chunk_at(table, i)->page);
	g_array_remove_index(table->chunks, i);
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
	remove_chunk(table, i + 1);
}

void table_remove(struct table *table, uint32_t pos)
{
	guint i = table_find_chunk(table, pos);
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
		remove_chunk(table, i);
	} else {
		merge_chunks(table, i);
	}
	mend_starts(table, i);
}

/* The chunk's records go that are in uids, of which *at_io is the first range
 * that may have some of them. uids NULL: those without a UID. */
static void sift_chunk(struct table *table, struct chunk *chunk,
	const struct imap_seqset *uids, size_t *at_io)
{
	struct table_record *records;
	uint32_t kept = 0, n = chunk->n;

	chunk_touch(chunk);
	records = chunk->page->records;
	for (uint32_t i = 0; i < n; i++) {
		if (uids == NULL ? records[i].uid == 0 : records[i].uid != 0 &&
			imap_seqset_has_near(uids, records[i].uid, at_io))
			let_go(table, &records[i], 1);
		else if (kept++ < i)
			records[kept - 1] = records[i];
	}
	memset(records + kept, 0, (n - kept) * sizeof(records[0]));
	chunk->n = kept;
	chunk->is_counted = false;
	table->length -= n - kept;
}

/* Whether the chunk may have some of uids; *at_io as above. */
static bool may_have(const struct chunk *chunk, const struct imap_seqset *uids,
	size_t *at_io)
{
	const struct table_record *records = chunk->page->records;
	uint32_t first = 0, last = chunk->n;

	if (chunk->n_unknown == chunk->n)
		return false;
	while (records[first].uid == 0)
		first++;
	while (records[last - 1].uid == 0)
		last--;
	/* Not only its first and its last one: what is between them, too. */
	return imap_seqset_meets(uids, (struct imap_range){ records[first].uid,
		records[last - 1].uid }, at_io);
}

/* Drops empty chunks and joins small ones. */
static void tidy_chunks(struct table *table)
{
	for (guint i = table->chunks->len; i > 0; i--) {
		if (chunk_at(table, i - 1)->n == 0)
			remove_chunk(table, i - 1);
		else
			merge_chunks(table, i - 1);
	}
	mend_starts(table, 0);
}

void table_remove_uids(struct table *table, const struct imap_seqset *uids)
{
	uint32_t before = table->length;
	size_t at = 0;

	for (guint i = 0; i < table->chunks->len; i++)
		if (may_have(chunk_at(table, i), uids, &at))
			sift_chunk(table, chunk_at(table, i), uids, &at);
	if (table->length < before)
		tidy_chunks(table);
}

void table_remove_unknown(struct table *table)
{
	for (guint i = 0; i < table->chunks->len; i++) {
		struct chunk *chunk = chunk_at(table, i);

		if (chunk->n_unknown == chunk->n) {
			table->length -= chunk->n;
			chunk->n = 0;
		} else if (chunk->n_unknown > 0) {
			sift_chunk(table, chunk, NULL, NULL);
		}
		chunk->n_unknown = 0;
	}
	table->n_unknown = 0;
	tidy_chunks(table);
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

/* The chunk ends at this place, and the rest of it begins another one. */
static void split_chunk(struct table *table, guint i, uint32_t at)
{
	struct chunk *chunk = chunk_at(table, i);
	const struct table_record *from = chunk->page->records + at;
	struct chunk behind = { .n = chunk->n - at };

	behind.page = page_new(capacity_for(behind.n));
	memcpy(behind.page->records, from, behind.n * sizeof(*from));
	for (uint32_t k = 0; k < behind.n; k++)
		behind.n_unknown += from[k].uid == 0;
	chunk_touch(chunk);
	memset(chunk->page->records + at, 0, behind.n * sizeof(*from));
	chunk->n = at;
	chunk->n_unknown -= behind.n_unknown;
	chunk->is_counted = false;
	g_array_insert_val(table->chunks, i + 1, behind);
}

/* Room for n more at this place of the chunk, where they fit. */
static void widen_chunk(struct chunk *chunk, uint32_t at, uint32_t n)
{
	struct table_record *records;

	chunk_grow(chunk, n);
	chunk_touch(chunk);
	records = chunk->page->records + at;
	memmove(records + n, records, (chunk->n - at) * sizeof(*records));
	memset(records, 0, n * sizeof(*records));
	chunk->n += n;
	chunk->n_unknown += n;
	chunk->is_counted = false;
}

/* Chunks of n records before chunk i. */
static void insert_chunks(struct table *table, guint i, uint32_t n)
{
	while (n > 0) {
		uint32_t fits = MIN(n, (uint32_t)CHUNK_MAX);
		struct chunk chunk = { .n = fits, .n_unknown = fits,
			.page = blank_page(table, fits) };

		g_array_insert_val(table->chunks, i, chunk);
		n -= fits;
	}
}

void table_insert(struct table *table, uint32_t pos, uint32_t n)
{
	uint32_t at;
	guint i;

	if (pos == table->length) {
		table_append(table, n);
		return;
	}
	if (n == 0)
		return;
	i = table_find_chunk(table, pos);
	at = pos - g_array_index(table->starts, uint32_t, i);
	if (chunk_at(table, i)->n + n > CHUNK_MAX && at > 0) {
		split_chunk(table, i++, at);
		at = 0;
	}
	if (chunk_at(table, i)->n + n > CHUNK_MAX)
		insert_chunks(table, i, n);
	else
		widen_chunk(chunk_at(table, i), at, n);
	table->length += n;
	table->n_unknown += n;
	mend_starts(table, i > 0 ? i - 1 : 0);
}

/* --- UIDs ----------------------------------------------------------------- */

static void set_uid(struct table *table, struct chunk *chunk, uint32_t at,
	uint32_t uid)
{
	uint32_t was = chunk->page->records[at].uid == 0, is = uid == 0;

	if (chunk->page->records[at].uid == uid)
		return;
	chunk_touch(chunk);
	table->n_unknown += is - was;
	chunk->n_unknown += is - was;
	chunk->is_counted = false;
	chunk->page->records[at].uid = uid;
}

void table_set_uid(struct table *table, uint32_t pos, uint32_t uid)
{
	uint32_t at;
	struct chunk *chunk = table_locate(table, pos, &at);

	set_uid(table, chunk, at, uid);
}

void table_set_uids(struct table *table, uint32_t first, const uint32_t *uids,
	uint32_t n)
{
	uint32_t at;

	for (uint32_t done = 0; done < n;) {
		struct chunk *chunk = table_locate(table, first + done, &at);

		for (; at < chunk->n && done < n; at++)
			set_uid(table, chunk, at, uids[done++]);
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
