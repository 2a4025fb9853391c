/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inside of the cache: one SQLite file and what is done with it, all in
 * the worker's thread. Nothing here reports failure to its caller: the store
 * remembers the first one, does nothing more until store_recover(), and what
 * was asked is then as if it were not there.
 */
#ifndef CULVER_CACHE_STORE_H
#define CULVER_CACHE_STORE_H

#include "src/base/base.h"
#include "src/cache/cache.h"

#include <sqlite3.h>
#include <sys/types.h>

enum { STORE_BODIES_MAX = 64 * 1024 * 1024 };
/* A mailbox's number is the upper half of its messages' keys. */
#define STORE_MAILBOX_ID_MAX INT32_MAX

enum store_sql {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_FIND_MAILBOX,
	SQL_ALL_MAILBOXES,
	SQL_ADD_MAILBOX,
	SQL_SET_MAILBOX,
	SQL_RENAME_MAILBOX,
	SQL_DROP_MAILBOX,
	SQL_DROP_BODIES,
	SQL_FIND_MESSAGE,
	SQL_FIND_DIGEST,
	SQL_PUT_MESSAGE,
	SQL_PUT_DIGEST,
	SQL_REMOVE_MESSAGES,
	SQL_REMOVE_DIGESTS,
	SQL_LOAD_MESSAGES,
	SQL_LOAD_DIGESTS,
	SQL_SCAN_MESSAGES,
	SQL_FIND_BODY,
	SQL_PUT_BODY,
	SQL_TOUCH_BODY,
	SQL_REMOVE_BODY,
	SQL_REMOVE_BODIES,
	SQL_BODIES_SUM,
	SQL_OLDEST_BODIES,
	SQL_FIND_FACT,
	SQL_PUT_FACT,
	SQL_COUNT,
};

/* What a checksum is of, so that no record passes for one of another kind. */
enum store_kind { KIND_MAILBOX, KIND_MESSAGE, KIND_DIGEST, KIND_BODY, KIND_FACT };

struct store {
	char *dir;
	char *path;
	sqlite3 *db; /* NULL: off */
	dev_t device;
	ino_t inode; /* of the file that db is */
	sqlite3_stmt *sql[SQL_COUNT];
	int failure;        /* SQLite's code; nothing is done until recovery */
	bool is_in_transaction;
	bool is_read_only;  /* disk full and the like */
	bool has_lost;      /* a batch: no mailbox is complete any more */
	unsigned resets;
	GError *problem;    /* to be told, or NULL */
	GHashTable *ids;    /* mailbox name to int64_t id */
	uint64_t body_sum;  /* octets in bodies */
	int64_t body_clock; /* the newest use; -1: both not yet known */
};

/* dir NULL: off from the start. Opens the file at once. */
struct store *store_new(const char *dir, const char *account);
void store_free(struct store **store);
/* A transaction; the file is made anew first if somebody took it away. */
void store_begin(struct store *store);
void store_commit(struct store *store);
/* After a failure: the transaction is lost, the file is made anew or written
 * no more; goes on in a new transaction. */
void store_recover(struct store *store);
bool store_can_write(const struct store *store);

/* The statement, reset; NULL when the store is off or has failed. */
sqlite3_stmt *store_sql(struct store *store, enum store_sql which);
/* True for a row; false at the end and for a failure. Resets at the end. */
bool store_step(struct store *store, sqlite3_stmt *sql);
/* For one that gives no rows. */
void store_run(struct store *store, sqlite3_stmt *sql);
void store_bind_text(sqlite3_stmt *sql, int at, const char *text);
void store_bind_blob(sqlite3_stmt *sql, int at, const GByteArray *octets);

/* --- mailboxes.c ------------------------------------------------------------ */

void mailboxes_load(struct store *store, GPtrArray *mailboxes_out);
void mailboxes_put(struct store *store, const struct cache_mailbox *mailboxes, size_t n);
void mailboxes_rename(struct store *store, const char *from, const char *to);
void mailboxes_drop(struct store *store, const char *name);
/* 0 if there is none and it is not to be made. */
int64_t mailboxes_id(struct store *store, const char *name, bool make);
/* NULL if nothing is known; else to be freed with mailboxes_item_free(). */
struct cache_mailbox *mailboxes_load_state(struct store *store, const char *name);
void mailboxes_item_free(void *mailbox);
void mailboxes_put_state(struct store *store, const struct cache_mailbox *state);
/* It is no longer complete. */
void mailboxes_note_gap(struct store *store, const char *name);

/* --- messages.c: messages and their digests --------------------------------- */

/* As record_write_message() or digest_pack() made it. */
struct store_payload {
	uint8_t *octets;
	size_t len;
};
/* Both merge with what is there. */
void messages_put(struct store *store, const char *mailbox, uint32_t uid,
	const struct store_payload *payload);
void digests_put(struct store *store, const char *mailbox, uint32_t uid,
	const struct store_payload *payload);
/* The page has its arena; uids NULL: the newest. */
void messages_load(struct store *store, const char *mailbox,
	const struct imap_seqset *uids, size_t limit, struct cache_page *page);
/* With what belongs to them. */
void messages_remove(struct store *store, const char *mailbox, const struct imap_seqset *uids);
/* All of a mailbox, by its id. */
void messages_drop(struct store *store, int64_t id);

struct store_digests {
	struct arena *arena; /* of the keywords */
	GArray *items;       /* of struct digest */
	uint32_t next;       /* the last UID of the next page; 0: there is none */
};
/* From last downwards. */
void digests_load(struct store *store, const char *mailbox, uint32_t last,
	size_t limit, struct store_digests *digests_out);

struct store_scan {
	cache_scan_fn *each;
	void *data;
	struct arena *arena; /* cleared between messages */
	uint32_t next;       /* where to go on, downwards; 0: it is through */
	unsigned n;
	int64_t until_us;    /* of the monotonic clock */
};
/* uids NULL: all. At least some are seen in each call. */
void messages_scan(struct store *store, const char *mailbox,
	const struct imap_seqset *uids, struct store_scan *scan);

/* --- bodies.c: bodies and facts --------------------------------------------- */

struct body_key {
	const char *mailbox;
	uint32_t uid_validity, uid;
	const char *section;
};
GBytes *bodies_load(struct store *store, const struct body_key *key);
void bodies_put(struct store *store, const struct body_key *key, GBytes *octets);
char *facts_load(struct store *store, const char *key);
void facts_put(struct store *store, const char *key, const char *value);

#endif
