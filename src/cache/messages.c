/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages and their digests: two tables with the same key, so that the
 * digests of a mailbox lie close together and a change of flags writes a few
 * octets. The key is one number, the mailbox's above and the UID below: rows of
 * a mailbox are in order of UID, and a table needs no index.
 *
 * Every record is checked against its key when it is read; a bad one is
 * deleted, and its mailbox is no longer complete.
 */
#include "src/base/base.h"
#include "src/cache/store.h"

#include "src/base/arena.h"
#include "src/cache/digest.h"
#include "src/cache/record.h"

/* Bad records dropped at a time. */
enum { BAD_MAX = 1000 };

static int64_t row_key(int64_t id, uint32_t uid)
{
	return id << 32 | uid;
}

static uint32_t uid_of(sqlite3_stmt *sql)
{
	return (uint32_t)((uint64_t)sqlite3_column_int64(sql, 0) & UINT32_MAX);
}

static uint64_t sum_key(enum store_kind kind, int64_t id, uint32_t uid)
{
	return record_key_numbers(kind, (uint64_t)id, uid);
}

/* Keys of the range as the first two parameters; NULL: not now. */
static sqlite3_stmt *bind_range(struct store *store, enum store_sql which,
	int64_t id, struct imap_range range)
{
	sqlite3_stmt *sql = store_sql(store, which);

	if (sql == NULL)
		return NULL;
	sqlite3_bind_int64(sql, 1, row_key(id, range.first));
	sqlite3_bind_int64(sql, 2, row_key(id, range.last));
	return sql;
}

static void remove_range(struct store *store, int64_t id,
	struct imap_range range)
{
	if (!store_can_write(store))
		return;
	store_run(store, bind_range(store, SQL_REMOVE_MESSAGES, id, range));
	store_run(store, bind_range(store, SQL_REMOVE_DIGESTS, id, range));
}

void messages_drop(struct store *store, int64_t id)
{
	if (id > 0 && id <= STORE_MAILBOX_ID_MAX)
		remove_range(store, id, (struct imap_range){ 0, UINT32_MAX });
}

/* Records were bad: they go, and the mailbox has gaps. */
static void drop_bad(struct store *store, const char *name, int64_t id,
	const GArray *uids)
{
	if (uids->len == 0 || !store_can_write(store))
		return;
	for (guint i = 0; i < uids->len; i++) {
		uint32_t uid = g_array_index(uids, uint32_t, i);

		remove_range(store, id, (struct imap_range){ uid, uid });
	}
	mailboxes_note_gap(store, name);
}

/* --- reading --------------------------------------------------------------- */

/* The next row, whose UID is below the former one's: where it is not, the file
 * is damaged in a way that SQLite does not look for. above: UID and one. */
static bool step_down(struct store *store, sqlite3_stmt *sql,
	int64_t *above_io)
{
	if (!store_step(store, sql))
		return false;
	if (uid_of(sql) >= *above_io) {
		store->failure = SQLITE_CORRUPT;
		return false;
	}
	*above_io = uid_of(sql);
	return true;
}

/* From column at. */
static const uint8_t *open_column(sqlite3_stmt *sql, int at, uint64_t key,
	size_t *len_out)
{
	const void *record = sqlite3_column_blob(sql, at);

	return record_open(key, record, (size_t)sqlite3_column_bytes(sql, at),
		len_out);
}

static bool read_digest(sqlite3_stmt *sql, int64_t id, struct arena *arena,
	struct digest *digest_out)
{
	uint32_t uid = uid_of(sql);
	size_t len;
	const uint8_t *payload = open_column(sql, 1,
		sum_key(KIND_DIGEST, id, uid), &len);

	if (uid == 0 || payload == NULL ||
		!digest_unpack(payload, len, arena, digest_out))
		return false;
	digest_out->uid = uid;
	return true;
}

static bool read_message(sqlite3_stmt *sql, int at, int64_t id,
	struct arena *arena, struct cache_message *message)
{
	uint32_t uid = uid_of(sql);
	size_t len;
	const uint8_t *payload = open_column(sql, at,
		sum_key(KIND_MESSAGE, id, uid), &len);

	message->uid = message->fetch.uid = uid;
	return uid != 0 && payload != NULL &&
		record_read_message(payload, len, arena, message);
}

struct load {
	int64_t id;
	size_t limit;
	struct arena *arena;
	GArray *messages; /* of struct cache_message */
	GArray *bad;      /* of uint32_t */
};

/* From rows of (key, digest, message or NULL). */
static void load_range(struct store *store, struct load *load,
	struct imap_range range)
{
	sqlite3_stmt *sql = bind_range(store, SQL_LOAD_MESSAGES, load->id,
		range);
	int64_t above = (int64_t)range.last + 1;

	while (load->messages->len < load->limit &&
		step_down(store, sql, &above)) {
		uint32_t uid = uid_of(sql);
		struct digest *digest = arena_new_struct(load->arena,
			struct digest);
		struct cache_message message = { .uid = uid, .digest = digest,
			.fetch = { .uid = uid } };

		if (read_digest(sql, load->id, load->arena, digest) &&
			(sqlite3_column_type(sql, 2) == SQLITE_NULL ||
			read_message(sql, 2, load->id, load->arena, &message)))
			g_array_append_val(load->messages, message);
		else if (load->bad->len < BAD_MAX)
			g_array_append_val(load->bad, uid);
	}
	sqlite3_reset(sql);
}

static void give_page(struct load *load, struct cache_page *page)
{
	size_t size = load->messages->len * sizeof(struct cache_message);

	page->n = load->messages->len;
	page->messages = arena_alloc(page->arena, size);
	if (size > 0)
		memcpy(page->messages, load->messages->data, size);
	g_array_unref(load->messages);
}

void messages_load(struct store *store, const char *mailbox,
	const struct imap_seqset *uids, size_t limit, struct cache_page *page)
{
	struct load load = {
		.id = mailboxes_id(store, mailbox, false),
		.limit = limit,
		.arena = page->arena,
	};

	if (load.id == 0)
		return;
	load.messages = g_array_new(FALSE, FALSE,
		sizeof(struct cache_message));
	load.bad = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	if (uids == NULL)
		load_range(store, &load, (struct imap_range){ 0, UINT32_MAX });
	for (size_t i = uids == NULL ? 0 : imap_seqset_n_ranges(uids);
		i > 0 && load.messages->len < limit; i--)
		load_range(store, &load, imap_seqset_range(uids, i - 1));
	give_page(&load, page);
	drop_bad(store, mailbox, load.id, load.bad);
	g_array_unref(load.bad);
}

void digests_load(struct store *store, const char *mailbox, uint32_t last,
	size_t limit, struct store_digests *digests_out)
{
	int64_t id = mailboxes_id(store, mailbox, false);
	GArray *bad = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	sqlite3_stmt *sql = NULL;
	int64_t above = (int64_t)last + 1;
	size_t n = 0;

	if (id != 0)
		sql = bind_range(store, SQL_LOAD_DIGESTS, id,
			(struct imap_range){ 0, last });
	for (; n < limit && step_down(store, sql, &above); n++) {
		struct digest digest;
		uint32_t uid = uid_of(sql);

		digests_out->next = MAX(uid, 1) - 1;
		if (read_digest(sql, id, digests_out->arena, &digest))
			g_array_append_val(digests_out->items, digest);
		else if (bad->len < BAD_MAX)
			g_array_append_val(bad, uid);
	}
	if (n < limit)
		digests_out->next = 0;
	sqlite3_reset(sql);
	drop_bad(store, mailbox, id, bad);
	g_array_unref(bad);
}

/* --- scanning -------------------------------------------------------------- */

/* What is left of the range below and with scan->next. */
static bool cut_range(const struct store_scan *scan, struct imap_range *range)
{
	if (range->first > scan->next)
		return false;
	range->last = MIN(range->last, scan->next);
	return true;
}

static bool is_due(struct store_scan *scan)
{
	return ++scan->n % 16 == 0 &&
		g_get_monotonic_time() > scan->until_us;
}

/* False when time is up. */
static bool scan_range(struct store *store, struct store_scan *scan,
	int64_t id, struct imap_range range)
{
	sqlite3_stmt *sql;
	int64_t above;

	if (!cut_range(scan, &range))
		return true;
	sql = bind_range(store, SQL_SCAN_MESSAGES, id, range);
	above = (int64_t)range.last + 1;
	while (step_down(store, sql, &above)) {
		struct cache_message message = { 0 };

		if (read_message(sql, 1, id, scan->arena, &message))
			scan->each(&message, scan->data);
		arena_clear(scan->arena);
		scan->next = MAX(uid_of(sql), 1) - 1;
		if (scan->next > 0 && is_due(scan)) {
			sqlite3_reset(sql);
			return false;
		}
	}
	return true;
}

void messages_scan(struct store *store, const char *mailbox,
	const struct imap_seqset *uids, struct store_scan *scan)
{
	int64_t id = mailboxes_id(store, mailbox, false);
	size_t n = uids == NULL ? 1 : imap_seqset_n_ranges(uids);
	bool goes_on = true;

	for (size_t i = id == 0 ? 0 : n; i > 0 && goes_on; i--) {
		struct imap_range range = { 1, UINT32_MAX };

		if (uids != NULL)
			range = imap_seqset_range(uids, i - 1);
		goes_on = scan_range(store, scan, id, range);
	}
	if (goes_on)
		scan->next = 0;
}

/* --- writing --------------------------------------------------------------- */

static void write_row(struct store *store, enum store_sql which, int64_t id,
	uint32_t uid, const GByteArray *record)
{
	sqlite3_stmt *sql = store_sql(store, which);

	if (sql == NULL)
		return;
	sqlite3_bind_int64(sql, 1, row_key(id, uid));
	store_bind_blob(sql, 2, record);
	store_run(store, sql);
}

/* The row with this key, to be read and reset; NULL: there is none. */
static sqlite3_stmt *find_row(struct store *store, enum store_sql which,
	int64_t id, uint32_t uid)
{
	sqlite3_stmt *sql = store_sql(store, which);

	if (sql == NULL)
		return NULL;
	sqlite3_bind_int64(sql, 1, row_key(id, uid));
	return store_step(store, sql) ? sql : NULL;
}

/* What is there and what is new, as one payload; NULL if nothing is there. */
static GByteArray *merge_message(struct store *store, int64_t id, uint32_t uid,
	const struct store_payload *payload)
{
	sqlite3_stmt *sql = find_row(store, SQL_FIND_MESSAGE, id, uid);
	struct cache_message message = { 0 };
	GByteArray *merged = NULL;
	struct arena *arena;

	if (sql == NULL)
		return NULL;
	arena = arena_new();
	if (read_message(sql, 1, id, arena, &message) && message.uid == uid &&
		record_read_message(payload->octets, payload->len, arena,
			&message)) {
		merged = g_byte_array_new();
		record_write_message(merged, &message.fetch);
	}
	sqlite3_reset(sql);
	arena_free(&arena);
	return merged;
}

/* What new has takes the place of what old has. */
static void merge_bits(struct digest *old, const struct digest *new)
{
	const unsigned structure = DIGEST_HAS_STRUCTURE | DIGEST_HAS_ATTACHMENT;
	unsigned replaced = 0;
	struct digest row = new->bits & DIGEST_HAS_ROW ? *new : *old;

	if (new->bits & DIGEST_HAS_ROW)
		replaced |= DIGEST_HAS_ROW | DIGEST_IS_REPLY;
	if (new->bits & DIGEST_HAS_FLAGS)
		replaced |= DIGEST_HAS_FLAGS;
	if (new->bits & DIGEST_HAS_STRUCTURE)
		replaced |= structure;
	row.bits = (uint8_t)((old->bits & ~replaced) | (new->bits & replaced));
	row.flags = new->bits & DIGEST_HAS_FLAGS ? new->flags : old->flags;
	*old = row;
}

static GByteArray *merge_digest(struct store *store, int64_t id, uint32_t uid,
	const struct store_payload *payload)
{
	sqlite3_stmt *sql = find_row(store, SQL_FIND_DIGEST, id, uid);
	struct digest old, new;
	GByteArray *merged = NULL;
	struct arena *arena;

	if (sql == NULL)
		return NULL;
	arena = arena_new();
	if (read_digest(sql, id, arena, &old) && old.uid == uid &&
		digest_unpack(payload->octets, payload->len, arena, &new)) {
		merge_bits(&old, &new);
		merged = g_byte_array_new();
		digest_pack(&old, merged);
	}
	sqlite3_reset(sql);
	arena_free(&arena);
	return merged;
}

/* merged_take: instead of the payload, unless it is NULL. */
static void seal(GByteArray *record, uint64_t key,
	const struct store_payload *payload, GByteArray *merged_take)
{
	if (merged_take == NULL) {
		record_seal(record, key, payload->octets, payload->len);
		return;
	}
	record_seal(record, key, merged_take->data, merged_take->len);
	g_byte_array_unref(merged_take);
}

void messages_put(struct store *store, const char *mailbox, uint32_t uid,
	const struct store_payload *payload)
{
	int64_t id = mailboxes_id(store, mailbox, true);
	GByteArray *record;

	if (id == 0)
		return;
	record = g_byte_array_new();
	seal(record, sum_key(KIND_MESSAGE, id, uid), payload,
		merge_message(store, id, uid, payload));
	write_row(store, SQL_PUT_MESSAGE, id, uid, record);
	g_byte_array_unref(record);
}

void digests_put(struct store *store, const char *mailbox, uint32_t uid,
	const struct store_payload *payload)
{
	int64_t id = mailboxes_id(store, mailbox, true);
	GByteArray *record;

	if (id == 0)
		return;
	record = g_byte_array_new();
	seal(record, sum_key(KIND_DIGEST, id, uid), payload,
		merge_digest(store, id, uid, payload));
	write_row(store, SQL_PUT_DIGEST, id, uid, record);
	g_byte_array_unref(record);
}

static void remove_bodies(struct store *store, int64_t id,
	struct imap_range range)
{
	sqlite3_stmt *sql = store_sql(store, SQL_REMOVE_BODIES);

	if (sql == NULL)
		return;
	sqlite3_bind_int64(sql, 1, id);
	sqlite3_bind_int64(sql, 2, range.first);
	sqlite3_bind_int64(sql, 3, range.last);
	store_run(store, sql);
}

void messages_remove(struct store *store, const char *mailbox,
	const struct imap_seqset *uids)
{
	int64_t id = mailboxes_id(store, mailbox, false);

	if (id == 0)
		return;
	for (size_t i = 0; i < imap_seqset_n_ranges(uids); i++) {
		struct imap_range range = imap_seqset_range(uids, i);

		remove_range(store, id, range);
		remove_bodies(store, id, range);
	}
	store->body_clock = -1;
}
