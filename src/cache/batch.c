/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A batch is one job of the worker and one transaction. Whatever asks for an
 * answer sends its batch off at once, so answers see all writes before them.
 *
 * Behind a disk that is slow batches wait: beyond so many octets writes are
 * lost, which costs the next session a look at all flags, and no memory now.
 */
#include "src/base/base.h"
#include "src/cache/batch.h"

#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/base/log.h"
#include "src/base/worker.h"

enum {
	BATCH_DELAY_MS = 200,
	BATCH_OPS_MAX = 2000,
	BATCH_SIZE_MAX = 1024 * 1024,
	WAITING_MAX = 8,               /* batches; further writes are one */
	QUEUED_MAX = 16 * 1024 * 1024, /* octets of writes */
	BEHIND_MIN = 4 * 1024 * 1024,
	CLOSE_MS = 1000,
};

struct batch {
	struct cache *cache;   /* NULL: it was closed */
	struct arena *arena;
	GPtrArray *ops;
	GHashTable *latest;    /* UID to struct op, that may yet be changed */
	const char *last_name; /* of the arena: most ops are of one mailbox */
	size_t octets;         /* of bodies */
	size_t cost;           /* octets of writes, once it is queued */
	bool has_writes, is_urgent;
	GError *problem;       /* the worker's report */
};

struct cache {
	struct worker *worker;
	char *dir, *account;
	struct store *store;    /* the worker's */
	struct batch *batch;    /* being collected; NULL if empty */
	GQueue flying;          /* of struct batch: not yet answered */
	struct batch *answered; /* whose answers are being given */
	guint timer, telling;   /* sources */
	size_t queued;          /* octets of writes under way */
	bool has_lost;          /* some were not taken */
	cache_problem_fn *on_problem;
	void *problem_data;
	bool has_told;
	GMutex lock;            /* of what follows */
	GQueue waiting, ran;    /* of struct batch, for the worker and from it */
	gint64 until_us;        /* when nothing runs any more; 0: not closing */
};

/* --- life of operations ---------------------------------------------------- */

void cache_page_free(struct cache_page **page)
{
	if (*page == NULL)
		return;
	arena_free(&(*page)->arena);
	g_free(*page);
	*page = NULL;
}

static void op_release(gpointer data)
{
	struct op *op = data;

	imap_seqset_release(&op->uids);
	if (op->octets != NULL)
		g_bytes_unref(op->octets);
	cache_page_free(&op->page);
	mailboxes_item_free(op->state);
	if (op->list != NULL)
		g_ptr_array_unref(op->list);
	if (op->digests != NULL) {
		arena_free(&op->digests->arena);
		g_array_unref(op->digests->items);
	}
	if (op->scan != NULL)
		arena_free(&op->scan->arena);
	if (op->scan_free != NULL)
		op->scan_free(op->scan->data);
	g_free(op->value);
}

static struct batch *batch_new(struct cache *cache)
{
	struct batch *batch = g_new0(struct batch, 1);

	batch->cache = cache;
	batch->arena = arena_new();
	batch->ops = g_ptr_array_new_with_free_func(op_release);
	batch->latest = g_hash_table_new(NULL, NULL);
	return batch;
}

static void batch_free(gpointer data)
{
	struct batch *batch = data;

	g_ptr_array_unref(batch->ops);
	g_hash_table_unref(batch->latest);
	arena_free(&batch->arena);
	g_clear_error(&batch->problem);
	g_free(batch);
}

struct arena *op_arena(struct op *op)
{
	return op->batch->arena;
}

struct cache *op_cache(struct op *op)
{
	return op->batch->cache;
}

struct op *batch_add(struct cache *cache, const char *name, op_run_fn *run)
{
	struct batch *batch;
	struct op *op;

	if (cache->batch == NULL)
		cache->batch = batch_new(cache);
	batch = cache->batch;
	op = arena_new_struct(batch->arena, struct op);
	op->run = run;
	op->batch = batch;
	if (name != NULL && (batch->last_name == NULL ||
			strcmp(batch->last_name, name) != 0))
		batch->last_name = arena_strdup(batch->arena, name);
	op->name = name != NULL ? batch->last_name : NULL;
	imap_seqset_init(&op->uids);
	g_ptr_array_add(batch->ops, op);
	return op;
}

struct op *batch_last(struct cache *cache, const char *name, op_run_fn *run)
{
	struct op *op;

	if (cache->batch == NULL || cache->batch->ops->len == 0)
		return NULL;
	op = cache->batch->ops->pdata[cache->batch->ops->len - 1];
	return op->run == run && strcmp(op->name, name) == 0 ? op : NULL;
}

void batch_keep_latest(struct op *op)
{
	g_hash_table_insert(op->batch->latest, GUINT_TO_POINTER(op->uid), op);
}

struct op *batch_latest(struct cache *cache, const char *name, uint32_t uid)
{
	struct op *op = cache->batch == NULL ? NULL : g_hash_table_lookup(
		cache->batch->latest, GUINT_TO_POINTER(uid));

	return op != NULL && strcmp(op->name, name) == 0 ? op : NULL;
}

void batch_drop_latest(struct cache *cache, uint32_t uid)
{
	if (cache->batch == NULL)
		return;
	if (uid != 0)
		g_hash_table_remove(cache->batch->latest,
			GUINT_TO_POINTER(uid));
	else
		g_hash_table_remove_all(cache->batch->latest);
}

/* --- in the worker --------------------------------------------------------- */

static void run_op(struct store *store, struct op *op)
{
	if (op->answer == NULL && !store_can_write(store))
		return;
	op->run(store, op);
	if (store->failure == SQLITE_OK)
		return;
	store_recover(store);
	/* An answer is asked for again, from what is left. */
	if (op->answer != NULL)
		op->run(store, op);
	if (store->failure != SQLITE_OK)
		store_recover(store);
}

static void run_batch(struct cache *cache, struct batch *batch)
{
	if (cache->store == NULL)
		cache->store = store_new(cache->dir, cache->account);
	store_begin(cache->store);
	for (guint i = 0; i < batch->ops->len; i++)
		run_op(cache->store, batch->ops->pdata[i]);
	store_commit(cache->store);
	batch->problem = g_steal_pointer(&cache->store->problem);
}

static void run_next(void *data)
{
	struct cache *cache = data;
	struct batch *batch;
	bool is_late;

	g_mutex_lock(&cache->lock);
	batch = g_queue_pop_head(&cache->waiting);
	is_late = cache->until_us != 0 &&
		g_get_monotonic_time() > cache->until_us;
	g_mutex_unlock(&cache->lock);
	if (!is_late)
		run_batch(cache, batch);
	g_mutex_lock(&cache->lock);
	g_queue_push_tail(&cache->ran, batch);
	g_mutex_unlock(&cache->lock);
}

/* --- back in the main loop ------------------------------------------------- */

static void tell_problem(struct cache *cache, const GError *problem)
{
	if (problem == NULL)
		return;
	log_note("cache", "%s", problem->message);
	if (cache->has_told || cache->on_problem == NULL)
		return;
	cache->has_told = true;
	cache->on_problem(problem, cache->problem_data);
}

static void schedule(struct cache *cache);

static void answer_batch(void *data)
{
	struct cache *cache = data;
	struct batch *batch;

	g_mutex_lock(&cache->lock);
	batch = g_queue_pop_head(&cache->ran);
	g_mutex_unlock(&cache->lock);
	g_queue_remove(&cache->flying, batch);
	cache->queued -= batch->cost;
	cache->answered = batch;
	tell_problem(cache, batch->problem);
	/* An answer may close the cache: that clears batch->cache. */
	for (guint i = 0; i < batch->ops->len && batch->cache != NULL; i++) {
		struct op *op = batch->ops->pdata[i];

		if (op->answer != NULL && op->done != NULL)
			op->answer(op);
	}
	if (batch->cache != NULL) {
		cache->answered = NULL;
		if (cache->batch != NULL)
			schedule(cache);
	}
	batch_free(batch);
}

/* --- sending --------------------------------------------------------------- */

/* An urgent one overtakes reads that nobody waits for. */
static void enqueue(struct cache *cache, struct batch *batch)
{
	GList *before = NULL;

	g_mutex_lock(&cache->lock);
	for (GList *link = cache->waiting.tail; batch->is_urgent &&
		link != NULL; link = link->prev) {
		const struct batch *other = link->data;

		if (other->is_urgent || other->has_writes)
			break;
		before = link;
	}
	if (before != NULL)
		g_queue_insert_before(&cache->waiting, before, batch);
	else
		g_queue_push_tail(&cache->waiting, batch);
	g_mutex_unlock(&cache->lock);
}

static size_t size_of(const struct batch *batch)
{
	return arena_size(batch->arena) + batch->octets;
}

static void push_batch(struct cache *cache)
{
	struct batch *batch = g_steal_pointer(&cache->batch);

	source_clear(&cache->timer);
	if (batch == NULL)
		return;
	if (batch->has_writes)
		batch->cost = size_of(batch);
	cache->queued += batch->cost;
	g_queue_push_tail(&cache->flying, batch);
	enqueue(cache, batch);
	worker_push(cache->worker, run_next, answer_batch, cache);
}

static gboolean on_timer(gpointer data)
{
	struct cache *cache = data;

	cache->timer = 0;
	push_batch(cache);
	return G_SOURCE_REMOVE;
}

/* While many wait, the next one grows: what is written twice in it is written
 * once. */
static void schedule(struct cache *cache)
{
	if (cache->flying.length >= WAITING_MAX)
		return;
	if (cache->batch->ops->len >= BATCH_OPS_MAX ||
		size_of(cache->batch) >= BATCH_SIZE_MAX)
		push_batch(cache);
	else if (cache->timer == 0)
		cache->timer = g_timeout_add(BATCH_DELAY_MS, on_timer, cache);
}

void batch_schedule(struct cache *cache)
{
	struct op *op = cache->batch->ops->pdata[cache->batch->ops->len - 1];

	cache->batch->has_writes = true;
	if (op->octets != NULL)
		cache->batch->octets += g_bytes_get_size(op->octets);
	schedule(cache);
}

void batch_ask(struct op *op, enum op_haste haste, op_answer_fn *answer,
	void (*done)(void), void *data)
{
	op->answer = answer;
	op->done = done;
	op->data = data;
	op->batch->is_urgent |= haste == OP_URGENT;
	push_batch(op->batch->cache);
}

static gboolean tell_loss(gpointer data)
{
	struct cache *cache = data;
	GError *problem = g_error_new(CACHE_ERROR, CACHE_ERROR_IO,
		"the disk of the cache '%s' is too slow: "
		"it does not keep everything", cache->dir);

	cache->telling = 0;
	tell_problem(cache, problem);
	g_error_free(problem);
	return G_SOURCE_REMOVE;
}

static size_t octets_waiting(const struct cache *cache)
{
	return cache->queued +
		(cache->batch != NULL ? size_of(cache->batch) : 0);
}

bool batch_is_behind(const struct cache *cache)
{
	return octets_waiting(cache) >= BEHIND_MIN;
}

bool batch_has_room(struct cache *cache)
{
	if (cache->dir == NULL)
		return false;
	if (octets_waiting(cache) < QUEUED_MAX)
		return true;
	if (!cache->has_lost)
		cache->telling = g_idle_add_full(G_PRIORITY_DEFAULT, tell_loss,
			cache, NULL);
	cache->has_lost = true;
	return false;
}

bool batch_has_lost(const struct cache *cache)
{
	return cache->has_lost;
}

/* --- life of the cache ----------------------------------------------------- */

struct cache *cache_open(const char *dir, const char *account,
	cache_problem_fn *on_problem, void *data)
{
	struct cache *cache = g_new0(struct cache, 1);

	cache->worker = worker_new("cache");
	cache->dir = g_strdup(dir);
	cache->account = g_strdup(account);
	cache->on_problem = on_problem;
	cache->problem_data = data;
	g_mutex_init(&cache->lock);
	/* An empty batch opens the file while the rest of us starts. */
	cache->batch = batch_new(cache);
	push_batch(cache);
	return cache;
}

/* The last job: all is the worker's by now. */
static void run_close(void *data)
{
	struct cache *cache = data;

	store_free(&cache->store);
	g_queue_clear_full(&cache->waiting, batch_free);
	g_queue_clear_full(&cache->ran, batch_free);
	g_queue_clear(&cache->flying);
	g_mutex_clear(&cache->lock);
	g_free(cache->dir);
	g_free(cache->account);
	g_free(cache);
}

void cache_close(struct cache **cachep)
{
	struct cache *cache = *cachep;
	struct worker *worker;

	if (cache == NULL)
		return;
	*cachep = NULL;
	if (cache->answered != NULL)
		cache->answered->cache = NULL;
	push_batch(cache);
	source_clear(&cache->telling);
	g_mutex_lock(&cache->lock);
	cache->until_us = g_get_monotonic_time() + CLOSE_MS * 1000;
	g_mutex_unlock(&cache->lock);
	worker = cache->worker;
	worker_push(worker, run_close, NULL, cache);
	worker_free_within(&worker, CLOSE_MS);
}

static void forget_in(struct batch *batch, void *data)
{
	for (guint i = 0; i < batch->ops->len; i++) {
		struct op *op = batch->ops->pdata[i];

		if (op->data == data)
			op->done = NULL;
	}
}

void cache_forget(struct cache *cache, void *data)
{
	if (cache->batch != NULL)
		forget_in(cache->batch, data);
	if (cache->answered != NULL)
		forget_in(cache->answered, data);
	for (GList *link = cache->flying.head; link != NULL; link = link->next)
		forget_in(link->data, data);
}
