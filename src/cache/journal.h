/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The journal of pending actions: what this user wants done on the server and
 * what the server has not yet confirmed. Not disposable. Each process writes
 * its own file in dir, locked while it lives; at start a
 * process adopts files whose lock is free. An entry is an absolute state
 * addressed by (mailbox, UIDVALIDITY, UID), never a toggle.
 *
 * Writing goes to the worker; an entry is on disk before its written callback
 * runs, and only then is the command sent.
 */
#ifndef CULVER_CACHE_JOURNAL_H
#define CULVER_CACHE_JOURNAL_H

#include "src/base/base.h"
#include "src/imap/seqset.h"

struct journal;

enum journal_kind {
	JOURNAL_STORE,   /* flags to add or remove */
	JOURNAL_MOVE,
	JOURNAL_COPY,
	JOURNAL_EXPUNGE, /* UID EXPUNGE of exactly these */
	JOURNAL_APPEND,  /* a message from a file */
	JOURNAL_REPLACE, /* one in the place of another */
};

/* Steps of a move without MOVE, or of a replacement without REPLACE, each done
 * after the former's OK. */
enum journal_step { JOURNAL_STEP_NONE, JOURNAL_STEP_COPIED, JOURNAL_STEP_MARKED };

struct journal_entry {
	uint64_t id;             /* of the journal; 0 in a new one */
	enum journal_kind kind;
	enum journal_step step;
	char *account, *mailbox;
	uint32_t uid_validity;
	struct imap_seqset uids;
	bool add;                /* STORE */
	/* STORE, APPEND, REPLACE: "\\Seen $Forwarded", space-separated */
	char *flags;
	char *target;            /* MOVE, COPY */
	char *target_account;    /* of target; NULL: the same */
	/* APPEND, REPLACE: the message's file in the state directory, and what
	 * it is known by once it is stored. */
	char *spool;
	char *message_id;        /* or NULL */
	uint64_t size;
	int64_t internaldate;
	uint32_t target_uid_next; /* noted before the first try; 0 unknown */
	uint32_t target_uid_validity;
	int64_t time;            /* when the user asked, seconds since 1970 */
	char *conflict;          /* why it is not replayed (UIDVALIDITY changed), or NULL */
};
void journal_entry_free(struct journal_entry **entry);
struct journal_entry *journal_entry_copy(const struct journal_entry *entry);

/* dir NULL: nothing is kept (batch mode). The entries of former processes are
 * given by adopted, once, from the main loop; they are the callee's. */
typedef void journal_adopted_fn(GPtrArray *entries_take, void *data);
struct journal *journal_open(const char *dir, journal_adopted_fn *adopted, void *data);
void journal_close(struct journal **journal);

/* What all journals in dir hold, those of living processes too; changes
 * nothing. Blocks: for a program that does nothing else. GPtrArray of struct
 * journal_entry, owned. */
GPtrArray *journal_list(const char *dir);

/* Copies; returns the id. written (may be NULL) runs when it is on disk, or
 * with error when it cannot be (disk full): the action is then done anyway,
 * and the error is shown. */
typedef void journal_written_fn(uint64_t id, const GError *error, void *data);
uint64_t journal_add(struct journal *journal, const struct journal_entry *entry,
	journal_written_fn *written, void *data);
void journal_set_step(struct journal *journal, uint64_t id, enum journal_step step);
/* What the target was before the first try, in one line: no crash comes between
 * the entry and its note. written as for journal_add(). */
void journal_set_target(struct journal *journal, uint64_t id,
	uint32_t uid_next, uint32_t uid_validity, journal_written_fn *written,
	void *data);
/* The server confirmed or refused it, or the user gave it up. */
void journal_remove(struct journal *journal, uint64_t id);
void journal_set_conflict(struct journal *journal, uint64_t id, const char *why);
/* No written callback to this data any more. */
void journal_forget(struct journal *journal, void *data);

#endif
