/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disposable cache of one account: what the server said about mailboxes
 * and messages, in one SQLite file, used from one worker thread. Nothing in it
 * is missed when it is gone: deleted, truncated, corrupted, written by another
 * version, locked by another process or on a full disk, the cache turns itself
 * off or starts anew, and culver fetches again. Every record has a checksum;
 * one that does not match is as if it were not there.
 *
 * All calls return at once. Answers come from the main loop, in the order of
 * the calls, and never before the call returned. Writes are batched into
 * transactions; a mailbox's HIGHESTMODSEQ is stored in one transaction with
 * all changes put before it.
 */
#ifndef CULVER_CACHE_CACHE_H
#define CULVER_CACHE_CACHE_H

#include "src/base/base.h"
#include "src/imap/fetch.h"
#include "src/imap/seqset.h"

struct cache;
struct digest;

enum { CACHE_VERSION = 2 };

/* What is kept of a mailbox beside its messages. */
struct cache_mailbox {
	char *name;          /* UTF-8 */
	char delimiter;
	unsigned attributes; /* enum imap_mailbox_attribute */
	uint32_t uid_validity, uid_next, messages, unseen;
	uint64_t highest_mod_seq; /* 0: none */
	bool is_complete;    /* every message below uid_next is in the cache */
};

/* What is kept of a message. All strings raw as the server sent them. */
struct cache_message {
	uint32_t uid;
	const struct digest *digest; /* NULL while it is scanned */
	struct imap_fetch fetch;     /* what there is of envelope, references
	                              * and body, and nothing else */
};

/* A page of messages, newest first; owns everything in it. */
struct cache_page {
	struct arena *arena;
	struct cache_message *messages;
	size_t n;
};
void cache_page_free(struct cache_page **page);

/*
 * Opens (creating) dir/account.db. dir NULL: a cache that keeps nothing and
 * answers with nothing (--no-cache). Never fails: problems are logged and told
 * once by on_problem (may be NULL), with a sentence for the status line.
 */
typedef void cache_problem_fn(const GError *error, void *data);
struct cache *cache_open(const char *dir, const char *account,
	cache_problem_fn *on_problem, void *data);
/* Writes what is pending, then closes; what a slow disk does not take within
 * about a second is lost. No answer comes any more. */
void cache_close(struct cache **cache);
/* Forgets the answers under way to this data pointer (its owner dies). */
void cache_forget(struct cache *cache, void *data);

/* --- mailboxes. The list is replaced as a whole: a name that is no longer
 * there loses its messages, unless it was renamed before. ------------------- */
typedef void cache_mailboxes_fn(const struct cache_mailbox *mailboxes, size_t n, void *data);
void cache_load_mailboxes(struct cache *cache, cache_mailboxes_fn *done, void *data);
/* Copies. Only name, delimiter, attributes, messages and unseen are taken. */
void cache_put_mailboxes(struct cache *cache, const struct cache_mailbox *mailboxes, size_t n);
void cache_rename_mailbox(struct cache *cache, const char *from, const char *to);
/* Messages and state of the mailbox are dropped (UIDVALIDITY changed, deleted). */
void cache_drop_mailbox(struct cache *cache, const char *mailbox);

/* --- messages of a mailbox ------------------------------------------------- */

/* state NULL: nothing is known of the mailbox. page: the newest limit
 * messages with a digest; the callee's. Quick however many there are. */
typedef void cache_peek_fn(const struct cache_mailbox *state,
	struct cache_page *page_take, void *data);
void cache_peek_mailbox(struct cache *cache, const char *mailbox, size_t limit,
	cache_peek_fn *done, void *data);
typedef void cache_page_fn(struct cache_page *page_take, void *data);
/* Those of uids that have a digest, newest first, at most limit. */
void cache_load_messages(struct cache *cache, const char *mailbox,
	const struct imap_seqset *uids, size_t limit, cache_page_fn *done, void *data);
/*
 * Digests of all that are cached, newest first, a page at a time, so that other
 * jobs come between. page: borrowed until return; is_last: nothing comes after
 * it (its n may be 0).
 */
struct cache_digests {
	const struct digest *items; /* UIDs descend */
	size_t n;
	bool is_last;
};
typedef void cache_digests_fn(const struct cache_digests *page, void *data);
void cache_load_digests(struct cache *cache, const char *mailbox,
	cache_digests_fn *each, void *data);
/*
 * Runs a function of the caller's over the rows of uids (NULL: of all), newest
 * first, on the cache's thread: it may touch nothing but what it is given and
 * its own scan_data. In slices, so that other jobs come between; done from the
 * loop, once. cache_forget() with data ends it: scan_free is then called when
 * no slice runs any more, as it is after done. Once the cache is closed that
 * may be on its thread.
 */
typedef void cache_scan_fn(const struct cache_message *message,
	void *scan_data);
typedef void cache_scan_done_fn(void *scan_data, void *data);
void cache_scan(struct cache *cache, const char *mailbox,
	const struct imap_seqset *uids, cache_scan_fn *scan, void *scan_data,
	GDestroyNotify scan_free, cache_scan_done_fn *done, void *data);
/* Inserts or merges what fetch has of envelope, references and structure, and
 * nothing else of it. Copies. */
void cache_put_message(struct cache *cache, const char *mailbox, const struct imap_fetch *fetch);
/* The same for what the digest's bits name: before a digest has a row, the
 * message with its strings is put. */
void cache_put_digest(struct cache *cache, const char *mailbox, const struct digest *digest);
void cache_remove_messages(struct cache *cache, const char *mailbox, const struct imap_seqset *uids);
/* The state as of all puts and removes before it. delimiter and attributes 0
 * leave what the list said. After a batch was lost (damage, full disk)
 * is_complete is kept as false for the rest of the session; after writes were
 * lost to a slow disk highest_mod_seq as 0, too. */
void cache_put_state(struct cache *cache, const struct cache_mailbox *state);

/*
 * The disk is behind by some MB: who brings in what nobody waits for had better
 * bring no more until all that was put before is written, which done tells,
 * from the loop, once.
 */
bool cache_is_behind(const struct cache *cache);
typedef void cache_written_fn(void *data);
void cache_when_written(struct cache *cache, cache_written_fn *done,
	void *data);

/* --- bodies: sections as they came, bounded in size, oldest use goes first - */
typedef void cache_body_fn(GBytes *octets, void *data); /* NULL: not there */
void cache_load_body(struct cache *cache, const char *mailbox, uint32_t uid_validity,
	uint32_t uid, const char *section, cache_body_fn *done, void *data);
void cache_put_body(struct cache *cache, const char *mailbox, uint32_t uid_validity,
	uint32_t uid, const char *section, GBytes *octets);

/* --- small facts: capabilities, the server's identity ---------------------- */
typedef void cache_fact_fn(const char *value, void *data); /* NULL: not there */
void cache_load_fact(struct cache *cache, const char *key, cache_fact_fn *done, void *data);
void cache_put_fact(struct cache *cache, const char *key, const char *value);

#endif
