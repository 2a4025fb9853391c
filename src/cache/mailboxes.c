/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mailboxes: their names, numbers and state. A damaged record is as if its
 * mailbox had never been there. */
#include "src/base/base.h"
#include "src/cache/store.h"

#include "src/base/arena.h"
#include "src/cache/record.h"

void mailboxes_item_free(void *data)
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
	messages_drop(store, id);
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
	mailboxes_item_free(mailbox);
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
	if (id > STORE_MAILBOX_ID_MAX) {
		store->failure = SQLITE_CORRUPT;
		return 0;
	}
	write_mailbox(store, id, &empty, SQL_SET_MAILBOX);
	return id;
}

int64_t mailboxes_id(struct store *store, const char *name, bool make)
{
	int64_t *known = g_hash_table_lookup(store->ids, name);
	int64_t id;

	if (known != NULL)
		return *known;
	mailboxes_item_free(find_mailbox(store, name, &id));
	if (id == 0 && make && store_can_write(store))
		id = add_mailbox(store, name);
	if (id != 0)
		g_hash_table_insert(store->ids, g_strdup(name),
			g_memdup2(&id, sizeof(id)));
	return id;
}

void mailboxes_load(struct store *store, GPtrArray *mailboxes_out)
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
	int64_t id = mailboxes_id(store, listed->name, true);
	struct cache_mailbox *mailbox = find_mailbox(store, listed->name, &id);

	if (mailbox == NULL)
		return;
	mailbox->delimiter = listed->delimiter;
	mailbox->attributes = listed->attributes;
	mailbox->messages = listed->messages;
	mailbox->unseen = listed->unseen;
	write_mailbox(store, id, mailbox, SQL_SET_MAILBOX);
	mailboxes_item_free(mailbox);
}

void mailboxes_put(struct store *store,
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

void mailboxes_rename(struct store *store, const char *from,
	const char *to)
{
	int64_t id;
	struct cache_mailbox *mailbox = find_mailbox(store, from, &id);

	if (mailbox == NULL)
		return;
	mailboxes_drop(store, to);
	g_free(mailbox->name);
	mailbox->name = g_strdup(to);
	write_mailbox(store, id, mailbox, SQL_RENAME_MAILBOX);
	mailboxes_item_free(mailbox);
	g_hash_table_remove_all(store->ids);
}

void mailboxes_drop(struct store *store, const char *name)
{
	int64_t id = mailboxes_id(store, name, false);

	if (id != 0)
		drop_id(store, id);
}

struct cache_mailbox *mailboxes_load_state(struct store *store, const char *name)
{
	int64_t id;
	struct cache_mailbox *mailbox = find_mailbox(store, name, &id);

	if (mailbox == NULL || mailbox->uid_validity != 0)
		return mailbox;
	/* Messages without a UIDVALIDITY are of nobody knows when. */
	mailboxes_item_free(mailbox);
	if (store_can_write(store))
		messages_drop(store, id);
	return NULL;
}

void mailboxes_put_state(struct store *store, const struct cache_mailbox *state)
{
	int64_t id = mailboxes_id(store, state->name, true);
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
	mailboxes_item_free(old);
}

void mailboxes_note_gap(struct store *store, const char *name)
{
	int64_t id;
	struct cache_mailbox *mailbox = find_mailbox(store, name, &id);

	if (mailbox == NULL)
		return;
	mailbox->is_complete = false;
	write_mailbox(store, id, mailbox, SQL_SET_MAILBOX);
	mailboxes_item_free(mailbox);
}
