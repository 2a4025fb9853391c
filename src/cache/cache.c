/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The door: calls become operations, operations are collected into batches,
 * and a batch is one job of the worker and one transaction. Whatever asks for
 * an answer sends its batch off at once, so answers see all writes before
 * them. An operation's callback is touched by the main loop only, its inputs
 * and results by the worker only while the batch is there.
 */
#include "src/base/base.h"
#include "src/cache/cache.h"

#include "src/base/arena.h"
#include "src/base/log.h"
#include "src/base/worker.h"
#include "src/cache/record.h"
#include "src/cache/store.h"

enum {
	BATCH_DELAY_MS = 200,
	BATCH_OPS_MAX = 1000,
	BATCH_SIZE_MAX = 1024 * 1024,
};

struct op;
/* In the worker. */
typedef void op_run_fn(struct store *store, struct op *op);
/* In the main loop. */
typedef void op_answer_fn(struct op *op);

struct op {
	op_run_fn *run;
	op_answer_fn *answer; /* NULL: a write */
	void (*done)(void);   /* the caller's, by its real type; NULL: forgotten */
	void *data;
	/* inputs, of the batch's arena unless noted */
	const char *name, *text;
	uint32_t uid, uid_validity;
	const uint8_t *payload;
	size_t len, limit;
	struct imap_seqset uids;   /* its own; for cache_open the result */
	struct cache_mailbox *mailboxes;
	GBytes *octets;            /* its own, in or out */
	/* results */
	struct cache_page *page;
	struct cache_mailbox *state;
	GPtrArray *list;
	char *value;
};

struct batch {
	struct cache *cache;
	struct arena *arena;
	GPtrArray *ops;
	const char *last_name; /* of the arena: most ops are of one mailbox */
	GError *problem;       /* the worker's report */
};

struct cache {
	struct worker *worker;
	char *dir, *account;
	struct store *store;    /* the worker's */
	struct batch *batch;    /* being collected; NULL if empty */
	GQueue flying;          /* of struct batch */
	struct batch *answered; /* whose answers are being given */
	guint timer;
	cache_problem_fn *on_problem;
	void *problem_data;
	bool has_told;
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
	headers_mailbox_free(op->state);
	if (op->list != NULL)
		g_ptr_array_unref(op->list);
	g_free(op->value);
}

static struct batch *batch_new(struct cache *cache)
{
	struct batch *batch = g_new0(struct batch, 1);

	batch->cache = cache;
	batch->arena = arena_new();
	batch->ops = g_ptr_array_new_with_free_func(op_release);
	return batch;
}

static void batch_free(struct batch *batch)
{
	g_ptr_array_unref(batch->ops);
	arena_free(&batch->arena);
	g_clear_error(&batch->problem);
	g_free(batch);
}

static struct op *add_op(struct cache *cache, const char *name, op_run_fn *run)
{
	struct batch *batch;
	struct op *op;

	if (cache->batch == NULL)
		cache->batch = batch_new(cache);
	batch = cache->batch;
	op = arena_new_struct(batch->arena, struct op);
	op->run = run;
	if (name != NULL && (batch->last_name == NULL ||
			strcmp(batch->last_name, name) != 0))
		batch->last_name = arena_strdup(batch->arena, name);
	op->name = name != NULL ? batch->last_name : NULL;
	imap_seqset_init(&op->uids);
	g_ptr_array_add(batch->ops, op);
	return op;
}

/* --- running --------------------------------------------------------------- */

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

static void run_batch(void *data)
{
	struct batch *batch = data;
	struct cache *cache = batch->cache;

	if (cache->store == NULL)
		cache->store = store_new(cache->dir, cache->account);
	store_begin(cache->store);
	for (guint i = 0; i < batch->ops->len; i++)
		run_op(cache->store, batch->ops->pdata[i]);
	store_commit(cache->store);
	batch->problem = g_steal_pointer(&cache->store->problem);
}

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

static void answer_batch(void *data)
{
	struct batch *batch = data;
	struct cache *cache = batch->cache;

	g_queue_remove(&cache->flying, batch);
	cache->answered = batch;
	tell_problem(cache, batch->problem);
	/* An answer may close the cache: that clears batch->cache. */
	for (guint i = 0; i < batch->ops->len && batch->cache != NULL; i++) {
		struct op *op = batch->ops->pdata[i];

		if (op->answer != NULL && op->done != NULL)
			op->answer(op);
	}
	if (batch->cache != NULL)
		cache->answered = NULL;
	batch_free(batch);
}

static void push_batch(struct cache *cache)
{
	struct batch *batch = g_steal_pointer(&cache->batch);

	source_clear(&cache->timer);
	if (batch == NULL)
		return;
	g_queue_push_tail(&cache->flying, batch);
	worker_push(cache->worker, run_batch, answer_batch, batch);
}

static gboolean on_timer(gpointer data)
{
	struct cache *cache = data;

	cache->timer = 0;
	push_batch(cache);
	return G_SOURCE_REMOVE;
}

/* After a write. */
static void schedule(struct cache *cache)
{
	if (cache->batch->ops->len >= BATCH_OPS_MAX ||
		arena_size(cache->batch->arena) >= BATCH_SIZE_MAX)
		push_batch(cache);
	else if (cache->timer == 0)
		cache->timer = g_timeout_add(BATCH_DELAY_MS, on_timer, cache);
}

static void ask(struct cache *cache, struct op *op, op_answer_fn *answer,
	void (*done)(void), void *data)
{
	op->answer = answer;
	op->done = done;
	op->data = data;
	push_batch(cache);
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
	g_queue_init(&cache->flying);
	/* An empty batch opens the file while the rest of us starts. */
	cache->batch = batch_new(cache);
	push_batch(cache);
	return cache;
}

void cache_close(struct cache **cachep)
{
	struct cache *cache = *cachep;
	struct batch *batch;

	if (cache == NULL)
		return;
	*cachep = NULL;
	if (cache->answered != NULL)
		cache->answered->cache = NULL;
	push_batch(cache);
	worker_free(&cache->worker);
	while ((batch = g_queue_pop_head(&cache->flying)) != NULL)
		batch_free(batch);
	store_free(&cache->store);
	g_free(cache->dir);
	g_free(cache->account);
	g_free(cache);
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

/* --- mailboxes ------------------------------------------------------------- */

static void run_load_mailboxes(struct store *store, struct op *op)
{
	g_ptr_array_set_size(op->list, 0);
	headers_load_mailboxes(store, op->list);
}

static void answer_load_mailboxes(struct op *op)
{
	cache_mailboxes_fn *done = (cache_mailboxes_fn *)op->done;
	GArray *flat = g_array_new(FALSE, FALSE, sizeof(struct cache_mailbox));

	for (guint i = 0; i < op->list->len; i++)
		g_array_append_vals(flat, op->list->pdata[i], 1);
	done((struct cache_mailbox *)(void *)flat->data, flat->len, op->data);
	g_array_unref(flat);
}

void cache_load_mailboxes(struct cache *cache, cache_mailboxes_fn *done,
	void *data)
{
	struct op *op = add_op(cache, NULL, run_load_mailboxes);

	op->list = g_ptr_array_new_with_free_func(headers_mailbox_free);
	ask(cache, op, answer_load_mailboxes, (void (*)(void))done, data);
}

static void run_put_mailboxes(struct store *store, struct op *op)
{
	headers_put_mailboxes(store, op->mailboxes, op->len);
}

static struct cache_mailbox *copy_mailboxes(struct arena *arena,
	const struct cache_mailbox *mailboxes, size_t n)
{
	struct cache_mailbox *copies = arena_new_array(arena,
		struct cache_mailbox, n);

	for (size_t i = 0; i < n; i++) {
		copies[i] = mailboxes[i];
		copies[i].name = arena_strdup(arena, mailboxes[i].name);
	}
	return copies;
}

void cache_put_mailboxes(struct cache *cache,
	const struct cache_mailbox *mailboxes, size_t n)
{
	struct op *op = add_op(cache, NULL, run_put_mailboxes);

	op->mailboxes = copy_mailboxes(cache->batch->arena, mailboxes, n);
	op->len = n;
	schedule(cache);
}

static void run_rename(struct store *store, struct op *op)
{
	headers_rename_mailbox(store, op->name, op->text);
}

void cache_rename_mailbox(struct cache *cache, const char *from, const char *to)
{
	struct op *op = add_op(cache, from, run_rename);

	op->text = arena_strdup(cache->batch->arena, to);
	schedule(cache);
}

static void run_drop(struct store *store, struct op *op)
{
	headers_drop_mailbox(store, op->name);
}

void cache_drop_mailbox(struct cache *cache, const char *mailbox)
{
	add_op(cache, mailbox, run_drop);
	schedule(cache);
}

/* --- messages -------------------------------------------------------------- */

static struct cache_page *page_new(void)
{
	struct cache_page *page = g_new0(struct cache_page, 1);

	page->arena = arena_new();
	return page;
}

static void renew_results(struct op *op)
{
	cache_page_free(&op->page);
	op->page = page_new();
	headers_mailbox_free(op->state);
	op->state = NULL;
}

static void run_peek_mailbox(struct store *store, struct op *op)
{
	renew_results(op);
	op->state = headers_load_state(store, op->name);
	if (op->state != NULL)
		headers_load_messages(store, op->name, NULL, op->limit,
			op->page);
}

static void run_open_mailbox(struct store *store, struct op *op)
{
	imap_seqset_clear(&op->uids);
	run_peek_mailbox(store, op);
	if (op->state != NULL)
		headers_load_uids(store, op->name, &op->uids);
}

static void answer_peek_mailbox(struct op *op)
{
	cache_open_fn *done = (cache_open_fn *)op->done;

	done(op->state, NULL, g_steal_pointer(&op->page), op->data);
}

static void answer_open_mailbox(struct op *op)
{
	cache_open_fn *done = (cache_open_fn *)op->done;

	done(op->state, &op->uids, g_steal_pointer(&op->page), op->data);
}

void cache_open_mailbox(struct cache *cache, const char *mailbox, size_t limit,
	cache_open_fn *done, void *data)
{
	struct op *op = add_op(cache, mailbox, run_open_mailbox);

	op->limit = limit;
	ask(cache, op, answer_open_mailbox, (void (*)(void))done, data);
}

void cache_peek_mailbox(struct cache *cache, const char *mailbox, size_t limit,
	cache_open_fn *done, void *data)
{
	struct op *op = add_op(cache, mailbox, run_peek_mailbox);

	op->limit = limit;
	ask(cache, op, answer_peek_mailbox, (void (*)(void))done, data);
}

static void run_load_messages(struct store *store, struct op *op)
{
	renew_results(op);
	headers_load_messages(store, op->name, &op->uids, op->limit, op->page);
}

static void answer_load_messages(struct op *op)
{
	cache_page_fn *done = (cache_page_fn *)op->done;

	done(g_steal_pointer(&op->page), op->data);
}

void cache_load_messages(struct cache *cache, const char *mailbox,
	const struct imap_seqset *uids, size_t limit, cache_page_fn *done,
	void *data)
{
	struct op *op = add_op(cache, mailbox, run_load_messages);

	imap_seqset_copy(&op->uids, uids);
	op->limit = limit;
	ask(cache, op, answer_load_messages, (void (*)(void))done, data);
}

static void run_put_message(struct store *store, struct op *op)
{
	headers_put_message(store, op->name, op->uid, op->payload, op->len);
}

void cache_put_message(struct cache *cache, const char *mailbox,
	const struct imap_fetch *fetch)
{
	static GByteArray *buffer;
	struct op *op;

	if (fetch->uid == 0 || cache->dir == NULL)
		return;
	if (buffer == NULL)
		buffer = g_byte_array_new();
	g_byte_array_set_size(buffer, 0);
	record_write_message(buffer, fetch);
	op = add_op(cache, mailbox, run_put_message);
	op->uid = fetch->uid;
	op->len = buffer->len;
	op->payload = (const uint8_t *)arena_strndup(cache->batch->arena,
		(const char *)buffer->data, buffer->len);
	schedule(cache);
}

static void run_remove_messages(struct store *store, struct op *op)
{
	headers_remove_messages(store, op->name, &op->uids);
}

void cache_remove_messages(struct cache *cache, const char *mailbox,
	const struct imap_seqset *uids)
{
	struct op *op = add_op(cache, mailbox, run_remove_messages);

	imap_seqset_copy(&op->uids, uids);
	schedule(cache);
}

static void run_put_state(struct store *store, struct op *op)
{
	headers_put_state(store, op->mailboxes);
}

void cache_put_state(struct cache *cache, const struct cache_mailbox *state)
{
	struct op *op = add_op(cache, state->name, run_put_state);

	op->mailboxes = copy_mailboxes(cache->batch->arena, state, 1);
	schedule(cache);
}

/* --- bodies and facts ------------------------------------------------------ */

static struct body_key key_of(const struct op *op)
{
	return (struct body_key){ op->name, op->uid_validity, op->uid,
		op->text };
}

static struct op *add_body_op(struct cache *cache, const struct body_key *key,
	op_run_fn *run)
{
	struct op *op = add_op(cache, key->mailbox, run);

	op->uid_validity = key->uid_validity;
	op->uid = key->uid;
	op->text = arena_strdup(cache->batch->arena, key->section);
	return op;
}

static void run_load_body(struct store *store, struct op *op)
{
	struct body_key key = key_of(op);

	g_clear_pointer(&op->octets, g_bytes_unref);
	op->octets = bodies_load(store, &key);
}

static void answer_load_body(struct op *op)
{
	cache_body_fn *done = (cache_body_fn *)op->done;

	done(op->octets, op->data);
}

void cache_load_body(struct cache *cache, const char *mailbox,
	uint32_t uid_validity, uint32_t uid, const char *section,
	cache_body_fn *done, void *data)
{
	struct body_key key = { mailbox, uid_validity, uid, section };
	struct op *op = add_body_op(cache, &key, run_load_body);

	ask(cache, op, answer_load_body, (void (*)(void))done, data);
}

static void run_put_body(struct store *store, struct op *op)
{
	struct body_key key = key_of(op);

	bodies_put(store, &key, op->octets);
}

void cache_put_body(struct cache *cache, const char *mailbox,
	uint32_t uid_validity, uint32_t uid, const char *section,
	GBytes *octets)
{
	struct body_key key = { mailbox, uid_validity, uid, section };
	struct op *op;

	if (cache->dir == NULL)
		return;
	op = add_body_op(cache, &key, run_put_body);
	op->octets = g_bytes_ref(octets);
	schedule(cache);
}

static void run_load_fact(struct store *store, struct op *op)
{
	g_free(op->value);
	op->value = facts_load(store, op->text);
}

static void answer_load_fact(struct op *op)
{
	cache_fact_fn *done = (cache_fact_fn *)op->done;

	done(op->value, op->data);
}

void cache_load_fact(struct cache *cache, const char *key, cache_fact_fn *done,
	void *data)
{
	struct op *op = add_op(cache, NULL, run_load_fact);

	op->text = arena_strdup(cache->batch->arena, key);
	ask(cache, op, answer_load_fact, (void (*)(void))done, data);
}

static void run_put_fact(struct store *store, struct op *op)
{
	facts_put(store, op->text, op->value);
}

void cache_put_fact(struct cache *cache, const char *key, const char *value)
{
	struct op *op = add_op(cache, NULL, run_put_fact);

	op->text = arena_strdup(cache->batch->arena, key);
	op->value = g_strdup(value);
	schedule(cache);
}
