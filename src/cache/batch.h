/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How calls reach the worker: an operation each, collected into batches. An
 * operation's callback is touched by the main loop only, its inputs and results
 * by the worker only while the batch is there.
 */
#ifndef CULVER_CACHE_BATCH_H
#define CULVER_CACHE_BATCH_H

#include "src/base/base.h"
#include "src/cache/cache.h"
#include "src/cache/store.h"

struct batch;
struct op;
/* In the worker; once more after a failure that was mended. */
typedef void op_run_fn(struct store *store, struct op *op);
/* In the main loop. */
typedef void op_answer_fn(struct op *op);

struct op {
	op_run_fn *run;
	op_answer_fn *answer; /* NULL: a write */
	void (*done)(void);   /* the caller's, by its real type; NULL: forgotten */
	void *data;
	struct batch *batch;
	/* inputs, of the batch's arena unless noted */
	const char *name, *text;
	uint32_t uid, uid_validity;
	struct store_payload payload;
	size_t limit;
	bool has_uids;
	struct imap_seqset uids;   /* its own */
	struct cache_mailbox *mailboxes;
	size_t n_mailboxes;
	GBytes *octets;            /* its own, in or out */
	struct store_scan *scan;
	GDestroyNotify scan_free;  /* of scan->data; NULL: not its own (any more) */
	/* results */
	struct cache_page *page;
	struct cache_mailbox *state;
	GPtrArray *list;
	struct store_digests *digests;
	char *value;
};

enum op_haste {
	OP_PATIENT, /* much is asked for, and nobody waits for it all */
	OP_URGENT,  /* goes before reads that are patient, never before a write */
};

struct arena *op_arena(struct op *op);
struct cache *op_cache(struct op *op);

/* A new operation of the batch that is being collected. name: copied. */
struct op *batch_add(struct cache *cache, const char *name, op_run_fn *run);
/* A write is ready: it goes with others, soon. */
void batch_schedule(struct cache *cache);
/* A question is: it goes now, and sees all writes before it. */
void batch_ask(struct op *op, enum op_haste haste, op_answer_fn *answer,
	void (*done)(void), void *data);
/* The last operation that was collected if it does the same to the same
 * mailbox, to be added to; NULL if not. */
struct op *batch_last(struct cache *cache, const char *name, op_run_fn *run);
/* The write is of one message, and another of its kind may take its place
 * while it was not sent, until something else is done to the message: UID 0,
 * to any. */
void batch_keep_latest(struct op *op);
struct op *batch_latest(struct cache *cache, const char *name, uint32_t uid);
void batch_drop_latest(struct cache *cache, uint32_t uid);
/* Whether one more write that can be done without is taken. Not when the disk
 * is so slow that too many wait: then some are lost, which is told. */
bool batch_has_room(struct cache *cache);
/* So many wait that those that can wait, too, had better. */
bool batch_is_behind(const struct cache *cache);
/* Writes were lost. */
bool batch_has_lost(const struct cache *cache);

#endif
