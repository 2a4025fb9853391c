/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The SQLite file: made, opened, made anew. With WAL, exclusive locking and
 * without mmap a damaged file gives an error code and never a crash.
 */
#include "src/base/base.h"
#include "src/cache/store.h"

#include "src/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RESETS_MAX = 8 };

/* The order matters: nothing touches the file before it is locked. */
static const char set_up[] =
	"PRAGMA locking_mode = EXCLUSIVE;"
	"PRAGMA mmap_size = 0;"
	"PRAGMA cell_size_check = ON;"
	"PRAGMA trusted_schema = OFF;"
	"PRAGMA temp_store = MEMORY;"
	"PRAGMA cache_size = -512;"
	"PRAGMA journal_mode = WAL;"
	"PRAGMA synchronous = NORMAL;"
	"BEGIN IMMEDIATE; COMMIT;";

/* Messages and digests have the number of the mailbox in the upper half of
 * their key and the UID in the lower one. */
static const char schema[] =
	"BEGIN;"
	"CREATE TABLE mailboxes (id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" name TEXT NOT NULL UNIQUE, record BLOB);"
	"CREATE TABLE messages (id INTEGER PRIMARY KEY, record BLOB);"
	"CREATE TABLE digests (id INTEGER PRIMARY KEY, record BLOB);"
	"CREATE TABLE bodies (id INTEGER PRIMARY KEY,"
	" mailbox INTEGER NOT NULL, validity INTEGER NOT NULL,"
	" uid INTEGER NOT NULL, section TEXT NOT NULL,"
	" used INTEGER NOT NULL, size INTEGER NOT NULL, record BLOB);"
	"CREATE UNIQUE INDEX bodies_key"
	" ON bodies (mailbox, uid, validity, section);"
	"CREATE INDEX bodies_used ON bodies (used, size);"
	"CREATE TABLE facts (key TEXT PRIMARY KEY, record BLOB);";

static const char *const texts[SQL_COUNT] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_FIND_MAILBOX] =
		"SELECT id, record FROM mailboxes WHERE name = ?",
	[SQL_ALL_MAILBOXES] =
		"SELECT id, record, name FROM mailboxes ORDER BY name",
	[SQL_ADD_MAILBOX] = "INSERT INTO mailboxes (name) VALUES (?)",
	[SQL_SET_MAILBOX] = "UPDATE mailboxes SET record = ? WHERE id = ?",
	[SQL_RENAME_MAILBOX] =
		"UPDATE mailboxes SET name = ?, record = ? WHERE id = ?",
	[SQL_DROP_MAILBOX] = "DELETE FROM mailboxes WHERE id = ?",
	[SQL_DROP_BODIES] = "DELETE FROM bodies WHERE mailbox = ?",
	[SQL_FIND_MESSAGE] = "SELECT id, record FROM messages WHERE id = ?",
	[SQL_FIND_DIGEST] = "SELECT id, record FROM digests WHERE id = ?",
	[SQL_PUT_MESSAGE] =
		"INSERT OR REPLACE INTO messages (id, record) VALUES (?, ?)",
	[SQL_PUT_DIGEST] =
		"INSERT OR REPLACE INTO digests (id, record) VALUES (?, ?)",
	[SQL_REMOVE_MESSAGES] = "DELETE FROM messages WHERE id BETWEEN ? AND ?",
	[SQL_REMOVE_DIGESTS] = "DELETE FROM digests WHERE id BETWEEN ? AND ?",
	[SQL_LOAD_MESSAGES] = "SELECT d.id, d.record, m.record"
		" FROM digests AS d LEFT JOIN messages AS m ON m.id = d.id"
		" WHERE d.id BETWEEN ? AND ? ORDER BY d.id DESC",
	[SQL_LOAD_DIGESTS] = "SELECT id, record FROM digests"
		" WHERE id BETWEEN ? AND ? ORDER BY id DESC",
	[SQL_SCAN_MESSAGES] = "SELECT id, record FROM messages"
		" WHERE id BETWEEN ? AND ? ORDER BY id DESC",
	[SQL_FIND_BODY] = "SELECT id, record FROM bodies WHERE mailbox = ?"
		" AND uid = ? AND validity = ? AND section = ?",
	[SQL_PUT_BODY] = "INSERT INTO bodies"
		" (mailbox, uid, validity, section, used, size, record)"
		" VALUES (?, ?, ?, ?, ?, ?, ?)",
	[SQL_TOUCH_BODY] = "UPDATE bodies SET used = ? WHERE id = ?",
	[SQL_REMOVE_BODY] = "DELETE FROM bodies WHERE id = ?",
	[SQL_REMOVE_BODIES] = "DELETE FROM bodies"
		" WHERE mailbox = ? AND uid BETWEEN ? AND ?",
	[SQL_BODIES_SUM] = "SELECT total(size), max(used) FROM bodies",
	[SQL_OLDEST_BODIES] =
		"SELECT id, size FROM bodies ORDER BY used LIMIT 64",
	[SQL_FIND_FACT] = "SELECT record FROM facts WHERE key = ?",
	[SQL_PUT_FACT] = "INSERT INTO facts (key, record) VALUES (?, ?)"
		" ON CONFLICT (key) DO UPDATE SET record = excluded.record",
};

/* --- problems -------------------------------------------------------------- */

static void set_problem(struct store *store, int code, const char *what,
	const char *why)
{
	if (store->problem == NULL)
		store->problem = g_error_new(CACHE_ERROR, code, "%s '%s': %s",
			what, store->path, why);
}

static void forget_ids(struct store *store)
{
	g_hash_table_remove_all(store->ids);
	store->body_clock = -1;
}

/* --- opening --------------------------------------------------------------- */

static void close_db(struct store *store)
{
	struct stat now;
	int keep_wal = 1;

	for (int i = 0; i < SQL_COUNT; i++)
		g_clear_pointer(&store->sql[i], sqlite3_finalize);
	if (store->db == NULL)
		return;
	/* Behind our name is another's file now: so is its WAL. */
	if (stat(store->path, &now) != 0 || now.st_ino != store->inode ||
		now.st_dev != store->device)
		sqlite3_file_control(store->db, "main",
			SQLITE_FCNTL_PERSIST_WAL, &keep_wal);
	sqlite3_close(store->db);
	store->db = NULL;
	store->is_in_transaction = false;
	forget_ids(store);
}

static int read_number(struct store *store, const char *text, int64_t *n_out)
{
	sqlite3_stmt *sql = NULL;
	int code = sqlite3_prepare_v2(store->db, text, -1, &sql, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(sql);
	if (code == SQLITE_ROW)
		*n_out = sqlite3_column_int64(sql, 0);
	sqlite3_finalize(sql);
	return code == SQLITE_ROW ? SQLITE_OK : code;
}

/* SQLITE_NOTADB also for a file of another version. */
static int check_version(struct store *store)
{
	int64_t version = 0, tables = 0;
	char *text;
	int code = read_number(store, "PRAGMA user_version", &version);

	if (code == SQLITE_OK)
		code = read_number(store,
			"SELECT count(*) FROM sqlite_master", &tables);
	if (code != SQLITE_OK)
		return code;
	if (version == CACHE_VERSION && tables > 0)
		return SQLITE_OK;
	if (version != 0 || tables != 0)
		return SQLITE_NOTADB;
	code = sqlite3_exec(store->db, schema, NULL, NULL, NULL);
	if (code != SQLITE_OK)
		return code;
	text = g_strdup_printf("PRAGMA user_version = %d; COMMIT",
		CACHE_VERSION);
	code = sqlite3_exec(store->db, text, NULL, NULL, NULL);
	g_free(text);
	return code;
}

/* The file exists with its mode before SQLite sees it. One that exists is not
 * opened here: closing it would give up the locks on it. */
static void make_file(struct store *store)
{
	int fd;

	g_mkdir_with_parents(store->dir, 0700);
	fd = open(store->path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if (fd != -1)
		close(fd);
}

static int open_db(struct store *store)
{
	struct stat file;
	int code;

	make_file(store);
	code = sqlite3_open_v2(store->path, &store->db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (code == SQLITE_OK && stat(store->path, &file) == 0) {
		store->device = file.st_dev;
		store->inode = file.st_ino;
	}
	if (code == SQLITE_OK)
		code = sqlite3_exec(store->db, set_up, NULL, NULL, NULL);
	if (code == SQLITE_OK)
		code = check_version(store);
	return code & 0xff;
}

static void remove_files(const struct store *store)
{
	static const char *const suffixes[] = { "", "-wal", "-shm",
		"-journal" };

	for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		char *path = g_strconcat(store->path, suffixes[i], NULL);

		g_unlink(path);
		g_free(path);
	}
}

enum remedy { REMEDY_NONE, REMEDY_OFF, REMEDY_READ_ONLY, REMEDY_RESET };

static enum remedy remedy_for(int code)
{
	switch (code) {
	case SQLITE_OK:
		return REMEDY_NONE;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return REMEDY_OFF;
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_NOMEM:
		return REMEDY_READ_ONLY;
	default:
		return REMEDY_RESET;
	}
}

static void open_or_reset(struct store *store)
{
	int code = open_db(store);

	while (remedy_for(code) == REMEDY_RESET &&
		store->resets++ < RESETS_MAX) {
		close_db(store);
		remove_files(store);
		code = open_db(store);
	}
	if (code == SQLITE_OK)
		return;
	if (remedy_for(code) == REMEDY_OFF)
		set_problem(store, CACHE_ERROR_BUSY,
			"going on without the cache",
			"another culver is using it");
	else
		set_problem(store, CACHE_ERROR_OPEN, "cannot open the cache",
			sqlite3_errstr(code));
	close_db(store);
}

struct store *store_new(const char *dir, const char *account)
{
	struct store *store = g_new0(struct store, 1);
	char *name;

	store->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		g_free);
	store->body_clock = -1;
	if (dir == NULL)
		return store;
	name = g_strdup_printf("%s.db", account);
	g_strdelimit(name, "/", '_');
	store->dir = g_strdup(dir);
	store->path = g_build_filename(dir, name, NULL);
	g_free(name);
	open_or_reset(store);
	return store;
}

void store_free(struct store **storep)
{
	struct store *store = *storep;

	if (store == NULL)
		return;
	*storep = NULL;
	close_db(store);
	g_hash_table_unref(store->ids);
	g_clear_error(&store->problem);
	g_free(store->path);
	g_free(store->dir);
	g_free(store);
}

/* --- transactions ---------------------------------------------------------- */

bool store_can_write(const struct store *store)
{
	return store->db != NULL && store->failure == SQLITE_OK &&
		!store->is_read_only;
}

static bool is_replaced(const struct store *store)
{
	struct stat now;

	return stat(store->path, &now) != 0 || now.st_ino != store->inode ||
		now.st_dev != store->device;
}

static void begin(struct store *store)
{
	if (!store_can_write(store))
		return;
	store_run(store, store_sql(store, SQL_BEGIN));
	store->is_in_transaction = store->failure == SQLITE_OK;
}

void store_begin(struct store *store)
{
	if (store->db != NULL && is_replaced(store)) {
		close_db(store);
		store->has_lost = true;
		store->is_read_only = false;
		/* A new file with an old WAL would be neither. */
		if (access(store->path, F_OK) != 0)
			remove_files(store);
		open_or_reset(store);
	}
	begin(store);
	if (store->failure != SQLITE_OK)
		store_recover(store);
}

void store_commit(struct store *store)
{
	if (store->is_in_transaction)
		store_run(store, store_sql(store, SQL_COMMIT));
	if (store->failure != SQLITE_OK) {
		store_recover(store);
		if (store->is_in_transaction)
			store_run(store, store_sql(store, SQL_COMMIT));
	}
	store->is_in_transaction = false;
}

void store_recover(struct store *store)
{
	int code = store->failure & 0xff;

	store->failure = SQLITE_OK;
	store->has_lost = true;
	forget_ids(store);
	if (store->is_in_transaction)
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	store->is_in_transaction = false;
	switch (remedy_for(code)) {
	case REMEDY_RESET:
		set_problem(store, CACHE_ERROR_CORRUPT,
			"made a damaged cache anew", sqlite3_errstr(code));
		close_db(store);
		if (store->resets++ < RESETS_MAX) {
			remove_files(store);
			open_or_reset(store);
		}
		break;
	case REMEDY_READ_ONLY:
		set_problem(store, CACHE_ERROR_IO,
			"no longer writing the cache", sqlite3_errstr(code));
		store->is_read_only = true;
		break;
	default:
		close_db(store);
	}
	begin(store);
	/* What fails now has no remedy. */
	if (store->failure != SQLITE_OK) {
		store->failure = SQLITE_OK;
		close_db(store);
	}
}

/* --- statements ------------------------------------------------------------ */

sqlite3_stmt *store_sql(struct store *store, enum store_sql which)
{
	int code;

	if (store->db == NULL || store->failure != SQLITE_OK)
		return NULL;
	if (store->sql[which] != NULL) {
		sqlite3_reset(store->sql[which]);
		return store->sql[which];
	}
	code = sqlite3_prepare_v3(store->db, texts[which], -1,
		SQLITE_PREPARE_PERSISTENT, &store->sql[which], NULL);
	if (code != SQLITE_OK)
		store->failure = code;
	return store->sql[which];
}

bool store_step(struct store *store, sqlite3_stmt *sql)
{
	int code;

	if (sql == NULL || store->failure != SQLITE_OK)
		return false;
	code = sqlite3_step(sql);
	if (code == SQLITE_ROW)
		return true;
	if (code != SQLITE_DONE)
		store->failure = code;
	sqlite3_reset(sql);
	return false;
}

void store_run(struct store *store, sqlite3_stmt *sql)
{
	while (store_step(store, sql))
		;
}

void store_bind_text(sqlite3_stmt *sql, int at, const char *text)
{
	sqlite3_bind_text(sql, at, text, -1, SQLITE_TRANSIENT);
}

void store_bind_blob(sqlite3_stmt *sql, int at, const GByteArray *octets)
{
	sqlite3_bind_blob64(sql, at, octets->data, octets->len,
		SQLITE_TRANSIENT);
}
