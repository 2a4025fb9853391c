/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Body sections as the server sent them, up to STORE_BODIES_MAX octets in
 * all; those whose last use is oldest go first. And small facts by name.
 */
#include "src/base/base.h"
#include "src/cache/store.h"

#include "src/cache/record.h"

/* One body must not push out all others. */
enum { BODY_MAX = STORE_BODIES_MAX / 4 };

static uint64_t body_key(int64_t id, const struct body_key *key)
{
	return record_key_text(KIND_BODY, record_key_numbers((uint64_t)id,
		key->uid_validity, key->uid), key->section);
}

static sqlite3_stmt *find_body(struct store *store, int64_t id,
	const struct body_key *key)
{
	sqlite3_stmt *sql = store_sql(store, SQL_FIND_BODY);

	if (sql == NULL)
		return NULL;
	sqlite3_bind_int64(sql, 1, id);
	sqlite3_bind_int64(sql, 2, key->uid);
	sqlite3_bind_int64(sql, 3, key->uid_validity);
	store_bind_text(sql, 4, key->section);
	return store_step(store, sql) ? sql : NULL;
}

static void count_bodies(struct store *store)
{
	sqlite3_stmt *sql;

	if (store->body_clock >= 0)
		return;
	sql = store_sql(store, SQL_BODIES_SUM);
	if (!store_step(store, sql))
		return;
	/* The sum is for housekeeping: nonsense only costs the bodies. */
	store->body_sum = (uint64_t)CLAMP(sqlite3_column_double(sql, 0), 0.0,
		1e15);
	store->body_clock = MIN(MAX(sqlite3_column_int64(sql, 1), 0),
		G_MAXINT32);
	sqlite3_reset(sql);
}

static void touch(struct store *store, int64_t row)
{
	sqlite3_stmt *sql;

	count_bodies(store);
	sql = store_sql(store, SQL_TOUCH_BODY);
	if (sql == NULL || !store_can_write(store))
		return;
	sqlite3_bind_int64(sql, 1, ++store->body_clock);
	sqlite3_bind_int64(sql, 2, row);
	store_run(store, sql);
}

static void remove_body(struct store *store, int64_t row)
{
	sqlite3_stmt *sql = store_sql(store, SQL_REMOVE_BODY);

	if (sql == NULL || !store_can_write(store))
		return;
	sqlite3_bind_int64(sql, 1, row);
	store_run(store, sql);
}

GBytes *bodies_load(struct store *store, const struct body_key *key)
{
	int64_t id = mailboxes_id(store, key->mailbox, false), row;
	sqlite3_stmt *sql = id != 0 ? find_body(store, id, key) : NULL;
	const uint8_t *payload;
	GBytes *octets = NULL;
	const void *record;
	size_t len = 0;

	if (sql == NULL)
		return NULL;
	row = sqlite3_column_int64(sql, 0);
	record = sqlite3_column_blob(sql, 1);
	payload = record_open(body_key(id, key), record,
		(size_t)sqlite3_column_bytes(sql, 1), &len);
	if (payload != NULL) {
		void *copy = g_try_malloc(len + 1);

		if (copy != NULL)
			octets = g_bytes_new_take(memcpy(copy, payload, len),
				len);
	}
	sqlite3_reset(sql);
	if (payload == NULL) {
		remove_body(store, row);
		store->body_clock = -1;
	} else {
		touch(store, row);
	}
	return octets;
}

static void make_room(struct store *store, size_t size)
{
	while (store->body_sum + size > STORE_BODIES_MAX) {
		sqlite3_stmt *sql = store_sql(store, SQL_OLDEST_BODIES);
		GArray *rows = g_array_new(FALSE, FALSE, sizeof(int64_t));
		uint64_t freed = 0;

		while (store_step(store, sql) &&
			store->body_sum + size > STORE_BODIES_MAX + freed) {
			int64_t row = sqlite3_column_int64(sql, 0);

			g_array_append_val(rows, row);
			freed += (uint64_t)MAX(sqlite3_column_int64(sql, 1),
				0);
		}
		if (sql != NULL)
			sqlite3_reset(sql);
		for (guint i = 0; i < rows->len; i++)
			remove_body(store, g_array_index(rows, int64_t, i));
		store->body_sum -= MIN(freed, store->body_sum);
		if (rows->len == 0)
			store->body_sum = 0;
		g_array_unref(rows);
		if (store->failure != SQLITE_OK)
			return;
	}
}

void bodies_put(struct store *store, const struct body_key *key, GBytes *octets)
{
	int64_t id = mailboxes_id(store, key->mailbox, true);
	gsize len;
	const void *payload = g_bytes_get_data(octets, &len);
	GByteArray *record;
	sqlite3_stmt *sql;

	if (id == 0 || len > BODY_MAX)
		return;
	sql = find_body(store, id, key);
	if (sql != NULL) {
		int64_t row = sqlite3_column_int64(sql, 0);

		sqlite3_reset(sql);
		remove_body(store, row);
		store->body_clock = -1;
	}
	count_bodies(store);
	make_room(store, len);
	record = g_byte_array_sized_new((guint)len + RECORD_SUM_SIZE);
	record_seal(record, body_key(id, key), payload, len);
	sql = store_sql(store, SQL_PUT_BODY);
	if (sql != NULL) {
		sqlite3_bind_int64(sql, 1, id);
		sqlite3_bind_int64(sql, 2, key->uid);
		sqlite3_bind_int64(sql, 3, key->uid_validity);
		store_bind_text(sql, 4, key->section);
		sqlite3_bind_int64(sql, 5, ++store->body_clock);
		sqlite3_bind_int64(sql, 6, (int64_t)len);
		store_bind_blob(sql, 7, record);
		store_run(store, sql);
		store->body_sum += len;
	}
	g_byte_array_unref(record);
}

/* --- facts ----------------------------------------------------------------- */

char *facts_load(struct store *store, const char *key)
{
	sqlite3_stmt *sql = store_sql(store, SQL_FIND_FACT);
	const uint8_t *payload;
	const void *record;
	char *value = NULL;
	size_t len;

	if (sql == NULL)
		return NULL;
	store_bind_text(sql, 1, key);
	if (!store_step(store, sql))
		return NULL;
	record = sqlite3_column_blob(sql, 0);
	payload = record_open(record_key_text(KIND_FACT, 0, key), record,
		(size_t)sqlite3_column_bytes(sql, 0), &len);
	if (payload != NULL)
		value = g_strndup((const char *)payload, len);
	sqlite3_reset(sql);
	return value;
}

void facts_put(struct store *store, const char *key, const char *value)
{
	GByteArray *record = g_byte_array_new();
	sqlite3_stmt *sql = store_sql(store, SQL_PUT_FACT);

	record_seal(record, record_key_text(KIND_FACT, 0, key), value,
		strlen(value));
	if (sql != NULL) {
		store_bind_text(sql, 1, key);
		store_bind_blob(sql, 2, record);
		store_run(store, sql);
	}
	g_byte_array_unref(record);
}
