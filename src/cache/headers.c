/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mailboxes and messages. Every record is checked against its key when it is
 * read; a bad one is deleted, and its mailbox is no longer complete.
 */
#include "src/base/base.h"
#include "src/cache/store.h"

#include "src/base/arena.h"
#include "src/cache/record.h"

/* Bad records dropped at a time. */
enum { BAD_MAX = 1000 };

/* --- mailboxes ------------------------------------------------------------- */

void headers_mailbox_free(void *data)
{
	struct cache_mailbox *mailbox = data;

	if (mailbox == NULL)
		return;
	g_free(mailbox->name);
	g_free(mailbox);
}

static void run_with_id(struct store *store, enum store_sql which, int64_t id)
{
	sqlite3_stmt *sql = store_sql(store, which);

	if (sql == NULL)
		return;
	sqlite3_bind_int64(sql, 1, id);
	store_run(store, sql);
}

static void drop_id(struct store *store, int64_t id)
{
	if (!store_can_write(store))
		return;
	run_with_id(store, SQL_DROP_MESSAGES, id);
	run_with_id(store, SQL_DROP_BODIES, id);
	run_with_id(store, SQL_DROP_MAILBOX, id);
	g_hash_table_remove_all(store->ids);
	store->body_clock = -1;
}

/* From a row of (id, record): NULL if it is damaged. */
static struct cache_mailbox *mailbox_from_row(sqlite3_stmt *sql,
	const char *name)
{
	struct cache_mailbox *mailbox = g_new0(struct cache_mailbox, 1);
	int64_t id = sqlite3_column_int64(sql, 0);
	const void *record = sqlite3_column_blob(sql, 1);
	size_t size = (size_t)sqlite3_column_bytes(sql, 1), len;
	const uint8_t *payload = record_open(
		record_key_text(KIND_MAILBOX, (uint64_t)id, name), record,
		size, &len);

	if (payload != NULL && record_read_mailbox(payload, len, mailbox)) {
		mailbox->name = g_strdup(name);
		return mailbox;
	}
	headers_mailbox_free(mailbox);
	return NULL;
}

/* The mailbox and its id; a damaged one is dropped. */
static struct cache_mailbox *find_mailbox(struct store *store,
	const char *name, int64_t *id_out)
{
	sqlite3_stmt *sql = store_sql(store, SQL_FIND_MAILBOX);
	struct cache_mailbox *mailbox;

	*id_out = 0;
	if (sql == NULL)
		return NULL;
	store_bind_text(sql, 1, name);
	if (!store_step(store, sql))
		return NULL;
	mailbox = mailbox_from_row(sql, name);
	*id_out = sqlite3_column_int64(sql, 0);
	sqlite3_reset(sql);
	if (mailbox == NULL) {
		drop_id(store, *id_out);
		*id_out = 0;
	}
	return mailbox;
}

static void write_mailbox(struct store *store, int64_t id,
	const struct cache_mailbox *mailbox, enum store_sql which)
{
	GByteArray *payload = g_byte_array_new();
	GByteArray *record = g_byte_array_new();
	sqlite3_stmt *sql = store_sql(store, which);
	int at = 1;

	record_write_mailbox(payload, mailbox);
	record_seal(record, record_key_text(KIND_MAILBOX, (uint64_t)id,
		mailbox->name), payload->data, payload->len);
	if (sql != NULL) {
		if (which == SQL_RENAME_MAILBOX)
			store_bind_text(sql, at++, mailbox->name);
		store_bind_blob(sql, at++, record);
		sqlite3_bind_int64(sql, at, id);
		store_run(store, sql);
	}
	g_byte_array_unref(payload);
	g_byte_array_unref(record);
}

static int64_t add_mailbox(struct store *store, const char *name)
{
	sqlite3_stmt *sql = store_sql(store, SQL_ADD_MAILBOX);
	struct cache_mailbox empty = { .name = (char *)(uintptr_t)name };
	int64_t id;

	if (sql == NULL)
		return 0;
	store_bind_text(sql, 1, name);
	store_run(store, sql);
	if (store->failure != SQLITE_OK)
		return 0;
	id = sqlite3_last_insert_rowid(store->db);
	write_mailbox(store, id, &empty, SQL_SET_MAILBOX);
	return id;
}

int64_t headers_mailbox_id(struct store *store, const char *name, bool make)
{
	int64_t *known = g_hash_table_lookup(store->ids, name);
	int64_t id;

	if (known != NULL)
		return *known;
	headers_mailbox_free(find_mailbox(store, name, &id));
	if (id == 0 && make && store_can_write(store))
		id = add_mailbox(store, name);
	if (id != 0)
		g_hash_table_insert(store->ids, g_strdup(name),
			g_memdup2(&id, sizeof(id)));
	return id;
}

void headers_load_mailboxes(struct store *store, GPtrArray *mailboxes_out)
{
	sqlite3_stmt *sql = store_sql(store, SQL_ALL_MAILBOXES);

	while (store_step(store, sql)) {
		const char *name = (const char *)sqlite3_column_text(sql, 2);
		struct cache_mailbox *mailbox = name == NULL ? NULL
			: mailbox_from_row(sql, name);

		/* A damaged one is dropped when it is opened or listed
		 * anew. */
		if (mailbox != NULL)
			g_ptr_array_add(mailboxes_out, mailbox);
	}
}

static void drop_unlisted(struct store *store, GHashTable *names)
{
	sqlite3_stmt *sql = store_sql(store, SQL_ALL_MAILBOXES);
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));

	while (store_step(store, sql)) {
		const char *name = (const char *)sqlite3_column_text(sql, 2);
		int64_t id = sqlite3_column_int64(sql, 0);

		if (name == NULL || !g_hash_table_contains(names, name))
			g_array_append_val(ids, id);
	}
	for (guint i = 0; i < ids->len; i++)
		drop_id(store, g_array_index(ids, int64_t, i));
	g_array_unref(ids);
}

static void put_listed(struct store *store, const struct cache_mailbox *listed)
{
	int64_t id = headers_mailbox_id(store, listed->name, true);
	struct cache_mailbox *mailbox = find_mailbox(store, listed->name, &id);

	if (mailbox == NULL)
		return;
	mailbox->delimiter = listed->delimiter;
	mailbox->attributes = listed->attributes;
	mailbox->messages = listed->messages;
	mailbox->unseen = listed->unseen;
	write_mailbox(store, id, mailbox, SQL_SET_MAILBOX);
	headers_mailbox_free(mailbox);
}

void headers_put_mailboxes(struct store *store,
	const struct cache_mailbox *mailboxes, size_t n)
{
	GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < n; i++)
		g_hash_table_add(names, mailboxes[i].name);
	drop_unlisted(store, names);
	for (size_t i = 0; i < n; i++)
		put_listed(store, &mailboxes[i]);
	g_hash_table_unref(names);
}

void headers_rename_mailbox(struct store *store, const char *from,
	const char *to)
{
	int64_t id;
	struct cache_mailbox *mailbox = find_mailbox(store, from, &id);

	if (mailbox == NULL)
		return;
	headers_drop_mailbox(store, to);
	g_free(mailbox->name);
	mailbox->name = g_strdup(to);
	write_mailbox(store, id, mailbox, SQL_RENAME_MAILBOX);
	headers_mailbox_free(mailbox);
	g_hash_table_remove_all(store->ids);
}

void headers_drop_mailbox(struct store *store, const char *name)
{
	int64_t id = headers_mailbox_id(store, name, false);

	if (id != 0)
		drop_id(store, id);
}

struct cache_mailbox *headers_load_state(struct store *store, const char *name)
{
	int64_t id;
	struct cache_mailbox *mailbox = find_mailbox(store, name, &id);

	if (mailbox == NULL || mailbox->uid_validity != 0)
		return mailbox;
	/* Messages without a UIDVALIDITY are of nobody knows when. */
	headers_mailbox_free(mailbox);
	if (store_can_write(store))
		run_with_id(store, SQL_DROP_MESSAGES, id);
	return NULL;
}

void headers_put_state(struct store *store, const struct cache_mailbox *state)
{
	int64_t id = headers_mailbox_id(store, state->name, true);
	struct cache_mailbox *old = find_mailbox(store, state->name, &id);
	struct cache_mailbox mailbox = *state;

	if (old == NULL)
		return;
	/* The list knows these better. */
	if (mailbox.delimiter == '\0')
		mailbox.delimiter = old->delimiter;
	if (mailbox.attributes == 0)
		mailbox.attributes = old->attributes;
	mailbox.is_complete = state->is_complete && !store->has_lost;
	write_mailbox(store, id, &mailbox, SQL_SET_MAILBOX);
	headers_mailbox_free(old);
}

/* --- messages -------------------------------------------------------------- */

static uint64_t message_key(int64_t id, uint32_t uid)
{
	return record_key_numbers(KIND_MESSAGE, (uint64_t)id, uid);
}

static int64_t guard_of(int64_t id, uint32_t uid)
{
	return (int64_t)(record_key_numbers(KIND_GUARD, (uint64_t)id, uid) &
		0xffffffff);
}

static void remove_range(struct store *store, enum store_sql which, int64_t id,
	struct imap_range range)
{
	sqlite3_stmt *sql = store_sql(store, which);

	if (sql == NULL || !store_can_write(store))
		return;
	sqlite3_bind_int64(sql, 1, id);
	sqlite3_bind_int64(sql, 2, range.first);
	sqlite3_bind_int64(sql, 3, range.last);
	store_run(store, sql);
}

/* A record was bad: it goes, and the mailbox has a gap. */
static void drop_bad(struct store *store, const char *name, int64_t id,
	const GArray *uids)
{
	struct cache_mailbox *mailbox;

	if (uids->len == 0 || !store_can_write(store))
		return;
	for (guint i = 0; i < uids->len; i++) {
		uint32_t uid = g_array_index(uids, uint32_t, i);

		remove_range(store, SQL_REMOVE_MESSAGES, id,
			(struct imap_range){ uid, uid });
	}
	mailbox = find_mailbox(store, name, &id);
	if (mailbox == NULL)
		return;
	mailbox->is_complete = false;
	write_mailbox(store, id, mailbox, SQL_SET_MAILBOX);
	headers_mailbox_free(mailbox);
}

void headers_load_uids(struct store *store, const char *mailbox,
	struct imap_seqset *uids_out)
{
	int64_t id = headers_mailbox_id(store, mailbox, false);
	sqlite3_stmt *sql = store_sql(store, SQL_UIDS);
	struct imap_range run = { 1, 0 };

	if (id == 0 || sql == NULL)
		return;
	sqlite3_bind_int64(sql, 1, id);
	while (store_step(store, sql)) {
		int64_t uid = sqlite3_column_int64(sql, 0);

		if (uid < 1 || uid > UINT32_MAX || sqlite3_column_int64(sql,
			1) != guard_of(id, (uint32_t)uid))
			continue;
		if (run.last != 0 && uid == (int64_t)run.last + 1) {
			run.last = (uint32_t)uid;
			continue;
		}
		if (run.last != 0)
			imap_seqset_add_range(uids_out, run.first, run.last);
		run.first = run.last = (uint32_t)uid;
	}
	if (run.last != 0)
		imap_seqset_add_range(uids_out, run.first, run.last);
}

/* From a row of (uid, record). */
static bool read_row(sqlite3_stmt *sql, int64_t id, struct arena *arena,
	struct cache_message *message)
{
	int64_t uid = sqlite3_column_int64(sql, 0);
	const void *record = sqlite3_column_blob(sql, 1);
	size_t size = (size_t)sqlite3_column_bytes(sql, 1), len;
	const uint8_t *payload;

	if (uid < 1 || uid > UINT32_MAX)
		return false;
	payload = record_open(message_key(id, (uint32_t)uid), record, size,
		&len);
	message->uid = (uint32_t)uid;
	message->fetch.uid = (uint32_t)uid;
	return payload != NULL &&
		record_read_message(payload, len, arena, message);
}

struct load {
	int64_t id;
	size_t limit;
	struct arena *arena;
	GArray *messages; /* of struct cache_message */
	GArray *bad;      /* of uint32_t */
};

static void load_rows(struct store *store, struct load *load,
	sqlite3_stmt *sql)
{
	while (store_step(store, sql)) {
		struct cache_message message = { 0 };
		uint32_t uid = (uint32_t)sqlite3_column_int64(sql, 0);

		if (read_row(sql, load->id, load->arena, &message))
			g_array_append_val(load->messages, message);
		else if (load->bad->len < BAD_MAX)
			g_array_append_val(load->bad, uid);
	}
}

static void load_newest(struct store *store, struct load *load)
{
	sqlite3_stmt *sql = store_sql(store, SQL_NEWEST_MESSAGES);

	if (sql == NULL)
		return;
	sqlite3_bind_int64(sql, 1, load->id);
	sqlite3_bind_int64(sql, 2, (int64_t)MIN(load->limit, G_MAXINT32));
	load_rows(store, load, sql);
}

static void load_set(struct store *store, struct load *load,
	const struct imap_seqset *uids)
{
	for (size_t i = imap_seqset_n_ranges(uids);
		i > 0 && load->messages->len < load->limit; i--) {
		struct imap_range range = imap_seqset_range(uids, i - 1);
		sqlite3_stmt *sql = store_sql(store, SQL_RANGE_MESSAGES);

		if (sql == NULL)
			return;
		sqlite3_bind_int64(sql, 1, load->id);
		sqlite3_bind_int64(sql, 2, range.first);
		sqlite3_bind_int64(sql, 3, range.last);
		sqlite3_bind_int64(sql, 4, (int64_t)MIN(
			load->limit - load->messages->len, G_MAXINT32));
		load_rows(store, load, sql);
	}
}

void headers_load_messages(struct store *store, const char *mailbox,
	const struct imap_seqset *uids, size_t limit, struct cache_page *page)
{
	struct load load = {
		.id = headers_mailbox_id(store, mailbox, false),
		.limit = limit,
		.arena = page->arena,
	};
	size_t size;

	if (load.id == 0)
		return;
	load.messages = g_array_new(FALSE, FALSE,
		sizeof(struct cache_message));
	load.bad = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	if (uids == NULL)
		load_newest(store, &load);
	else
		load_set(store, &load, uids);
	page->n = load.messages->len;
	size = page->n * sizeof(struct cache_message);
	page->messages = arena_alloc(page->arena, size);
	if (size > 0)
		memcpy(page->messages, load.messages->data, size);
	drop_bad(store, mailbox, load.id, load.bad);
	g_array_unref(load.messages);
	g_array_unref(load.bad);
}

/* What is there and what is new, as one payload; NULL if nothing is there. */
static GByteArray *merge(struct store *store, int64_t id, uint32_t uid,
	const uint8_t *payload, size_t len)
{
	sqlite3_stmt *sql = store_sql(store, SQL_FIND_MESSAGE);
	struct cache_message message = { 0 };
	GByteArray *merged = NULL;
	struct arena *arena;

	if (sql == NULL)
		return NULL;
	sqlite3_bind_int64(sql, 1, id);
	sqlite3_bind_int64(sql, 2, uid);
	sqlite3_bind_int64(sql, 3, guard_of(id, uid));
	if (!store_step(store, sql))
		return NULL;
	arena = arena_new();
	if (read_row(sql, id, arena, &message) && message.uid == uid &&
		record_read_message(payload, len, arena, &message)) {
		merged = g_byte_array_new();
		record_write_message(merged, &message.fetch);
	}
	sqlite3_reset(sql);
	arena_free(&arena);
	return merged;
}

void headers_put_message(struct store *store, const char *mailbox,
	uint32_t uid, const uint8_t *payload, size_t len)
{
	int64_t id = headers_mailbox_id(store, mailbox, true);
	GByteArray *merged, *record;
	sqlite3_stmt *sql;

	if (id == 0)
		return;
	merged = merge(store, id, uid, payload, len);
	record = g_byte_array_new();
	record_seal(record, message_key(id, uid),
		merged != NULL ? merged->data : payload,
		merged != NULL ? merged->len : len);
	sql = store_sql(store, SQL_PUT_MESSAGE);
	if (sql != NULL) {
		sqlite3_bind_int64(sql, 1, id);
		sqlite3_bind_int64(sql, 2, uid);
		sqlite3_bind_int64(sql, 3, guard_of(id, uid));
		store_bind_blob(sql, 4, record);
		store_run(store, sql);
	}
	g_byte_array_unref(record);
	if (merged != NULL)
		g_byte_array_unref(merged);
}

void headers_remove_messages(struct store *store, const char *mailbox,
	const struct imap_seqset *uids)
{
	int64_t id = headers_mailbox_id(store, mailbox, false);

	if (id == 0)
		return;
	for (size_t i = 0; i < imap_seqset_n_ranges(uids); i++) {
		struct imap_range range = imap_seqset_range(uids, i);

		remove_range(store, SQL_REMOVE_MESSAGES, id, range);
		remove_range(store, SQL_REMOVE_BODIES, id, range);
	}
	store->body_clock = -1;
}
