/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The door: each call is an operation (batch.h), what it does in the worker
 * and how its answer is given. */
#include "src/base/base.h"
#include "src/cache/cache.h"

#include "src/base/arena.h"
#include "src/cache/batch.h"
#include "src/cache/digest.h"
#include "src/cache/record.h"

enum {
	DIGESTS_PAGE = 2000,  /* a few milliseconds for whoever takes them */
	SCAN_SLICE_MS = 20,
};

/* --- mailboxes ------------------------------------------------------------- */

static void run_load_mailboxes(struct store *store, struct op *op)
{
	g_ptr_array_set_size(op->list, 0);
	mailboxes_load(store, op->list);
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
	struct op *op = batch_add(cache, NULL, run_load_mailboxes);

	op->list = g_ptr_array_new_with_free_func(mailboxes_item_free);
	batch_ask(op, OP_PATIENT, answer_load_mailboxes,
		(void (*)(void))done, data);
}

static void run_put_mailboxes(struct store *store, struct op *op)
{
	mailboxes_put(store, op->mailboxes, op->n_mailboxes);
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
	struct op *op;

	if (!batch_has_room(cache))
		return;
	op = batch_add(cache, NULL, run_put_mailboxes);
	op->mailboxes = copy_mailboxes(op_arena(op), mailboxes, n);
	op->n_mailboxes = n;
	batch_schedule(cache);
}

static void run_rename(struct store *store, struct op *op)
{
	mailboxes_rename(store, op->name, op->text);
}

void cache_rename_mailbox(struct cache *cache, const char *from, const char *to)
{
	struct op *op = batch_add(cache, from, run_rename);

	op->text = arena_strdup(op_arena(op), to);
	batch_drop_latest(cache, 0);
	batch_schedule(cache);
}

static void run_drop(struct store *store, struct op *op)
{
	mailboxes_drop(store, op->name);
}

void cache_drop_mailbox(struct cache *cache, const char *mailbox)
{
	batch_add(cache, mailbox, run_drop);
	batch_drop_latest(cache, 0);
	batch_schedule(cache);
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
	mailboxes_item_free(op->state);
	op->state = NULL;
}

static void run_peek_mailbox(struct store *store, struct op *op)
{
	renew_results(op);
	op->state = mailboxes_load_state(store, op->name);
	if (op->state != NULL)
		messages_load(store, op->name, NULL, op->limit,
			op->page);
}

static void answer_peek_mailbox(struct op *op)
{
	cache_peek_fn *done = (cache_peek_fn *)op->done;

	done(op->state, g_steal_pointer(&op->page), op->data);
}

void cache_peek_mailbox(struct cache *cache, const char *mailbox, size_t limit,
	cache_peek_fn *done, void *data)
{
	struct op *op = batch_add(cache, mailbox, run_peek_mailbox);

	op->limit = limit;
	batch_ask(op, OP_URGENT, answer_peek_mailbox, (void (*)(void))done,
		data);
}

static void run_load_messages(struct store *store, struct op *op)
{
	renew_results(op);
	messages_load(store, op->name, &op->uids, op->limit, op->page);
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
	struct op *op = batch_add(cache, mailbox, run_load_messages);

	imap_seqset_copy(&op->uids, uids);
	op->limit = limit;
	batch_ask(op, OP_URGENT, answer_load_messages, (void (*)(void))done,
		data);
}

/* --- digests --------------------------------------------------------------- */

static void run_load_digests(struct store *store, struct op *op)
{
	arena_clear(op->digests->arena);
	g_array_set_size(op->digests->items, 0);
	digests_load(store, op->name, op->uid, op->limit, op->digests);
}

static void ask_digests(struct cache *cache, const char *mailbox,
	uint32_t last, cache_digests_fn *each, void *data);

/* The next page is read while this one is taken. */
static void answer_load_digests(struct op *op)
{
	cache_digests_fn *each = (cache_digests_fn *)op->done;
	struct cache_digests page = {
		.items = (struct digest *)(void *)op->digests->items->data,
		.n = op->digests->items->len,
		.is_last = op->digests->next == 0,
	};

	if (!page.is_last)
		ask_digests(op_cache(op), op->name, op->digests->next, each,
			op->data);
	each(&page, op->data);
}

static void ask_digests(struct cache *cache, const char *mailbox,
	uint32_t last, cache_digests_fn *each, void *data)
{
	struct op *op = batch_add(cache, mailbox, run_load_digests);

	op->uid = last;
	op->limit = DIGESTS_PAGE;
	op->digests = arena_new_struct(op_arena(op), struct store_digests);
	op->digests->arena = arena_new();
	op->digests->items = g_array_new(FALSE, FALSE, sizeof(struct digest));
	batch_ask(op, OP_PATIENT, answer_load_digests, (void (*)(void))each,
		data);
}

void cache_load_digests(struct cache *cache, const char *mailbox,
	cache_digests_fn *each, void *data)
{
	ask_digests(cache, mailbox, UINT32_MAX, each, data);
}

/* --- scanning -------------------------------------------------------------- */

static void run_scan(struct store *store, struct op *op)
{
	op->scan->until_us = g_get_monotonic_time() +
		SCAN_SLICE_MS * G_TIME_SPAN_MILLISECOND;
	messages_scan(store, op->name, op->has_uids ? &op->uids : NULL,
		op->scan);
}

static struct op *add_scan(struct cache *cache, const char *mailbox,
	const struct imap_seqset *uids, const struct store_scan *from)
{
	struct op *op = batch_add(cache, mailbox, run_scan);

	op->has_uids = uids != NULL;
	if (uids != NULL)
		imap_seqset_copy(&op->uids, uids);
	op->scan = arena_new_struct(op_arena(op), struct store_scan);
	*op->scan = *from;
	op->scan->arena = arena_new();
	return op;
}

static void answer_scan(struct op *op)
{
	cache_scan_done_fn *done = (cache_scan_done_fn *)op->done;
	struct op *next;

	if (op->scan->next == 0) {
		done(op->scan->data, op->data);
		return;
	}
	next = add_scan(op_cache(op), op->name, op->has_uids ? &op->uids : NULL,
		op->scan);
	next->scan_free = g_steal_pointer(&op->scan_free);
	batch_ask(next, OP_PATIENT, answer_scan, op->done, op->data);
}

void cache_scan(struct cache *cache, const char *mailbox,
	const struct imap_seqset *uids, cache_scan_fn *scan, void *scan_data,
	GDestroyNotify scan_free, cache_scan_done_fn *done, void *data)
{
	const struct store_scan whole = { .each = scan, .data = scan_data,
		.next = UINT32_MAX };
	struct op *op = add_scan(cache, mailbox, uids, &whole);

	op->scan_free = scan_free;
	batch_ask(op, OP_PATIENT, answer_scan, (void (*)(void))done, data);
}

/* --- what is put ----------------------------------------------------------- */

static GByteArray *empty_buffer(void)
{
	static GByteArray *buffer;

	if (buffer == NULL)
		buffer = g_byte_array_new();
	g_byte_array_set_size(buffer, 0);
	return buffer;
}

static void set_payload(struct op *op, const GByteArray *octets)
{
	op->payload.len = octets->len;
	op->payload.octets = (uint8_t *)arena_strndup(op_arena(op),
		(const char *)octets->data, octets->len);
}

static struct op *put_payload(struct cache *cache, const char *mailbox,
	uint32_t uid, op_run_fn *run, const GByteArray *octets)
{
	struct op *op = batch_add(cache, mailbox, run);

	op->uid = uid;
	set_payload(op, octets);
	return op;
}

static void run_put_message(struct store *store, struct op *op)
{
	messages_put(store, op->name, op->uid, &op->payload);
}

void cache_put_message(struct cache *cache, const char *mailbox,
	const struct imap_fetch *fetch)
{
	GByteArray *buffer = empty_buffer();

	if (fetch->uid == 0 || !record_has_message(fetch) ||
		!batch_has_room(cache))
		return;
	record_write_message(buffer, fetch);
	put_payload(cache, mailbox, fetch->uid, run_put_message, buffer);
	batch_schedule(cache);
}

static void run_put_digest(struct store *store, struct op *op)
{
	digests_put(store, op->name, op->uid, &op->payload);
}

/* A server may tell flags of the same message again and again. */
static void put_flags(struct cache *cache, const char *mailbox, uint32_t uid,
	const GByteArray *octets)
{
	struct op *op = batch_latest(cache, mailbox, uid);

	if (op == NULL) {
		op = put_payload(cache, mailbox, uid, run_put_digest, octets);
		batch_keep_latest(op);
		batch_schedule(cache);
	} else if (octets->len <= op->payload.len) {
		memcpy(op->payload.octets, octets->data, octets->len);
		op->payload.len = octets->len;
	} else {
		set_payload(op, octets);
	}
}

void cache_put_digest(struct cache *cache, const char *mailbox,
	const struct digest *digest)
{
	GByteArray *buffer = empty_buffer();

	if (digest->uid == 0 || !batch_has_room(cache))
		return;
	digest_pack(digest, buffer);
	if (digest->bits == DIGEST_HAS_FLAGS) {
		put_flags(cache, mailbox, digest->uid, buffer);
		return;
	}
	batch_drop_latest(cache, digest->uid);
	put_payload(cache, mailbox, digest->uid, run_put_digest, buffer);
	batch_schedule(cache);
}

static void run_remove_messages(struct store *store, struct op *op)
{
	messages_remove(store, op->name, &op->uids);
}

void cache_remove_messages(struct cache *cache, const char *mailbox,
	const struct imap_seqset *uids)
{
	struct op *last = batch_last(cache, mailbox, run_remove_messages);
	struct op *op = last != NULL ? last :
		batch_add(cache, mailbox, run_remove_messages);

	imap_seqset_add_set(&op->uids, uids);
	batch_drop_latest(cache, 0);
	batch_schedule(cache);
}

static void run_put_state(struct store *store, struct op *op)
{
	mailboxes_put_state(store, op->mailboxes);
}

void cache_put_state(struct cache *cache, const struct cache_mailbox *state)
{
	struct op *last = batch_last(cache, state->name, run_put_state);
	struct op *op = last != NULL ? last :
		batch_add(cache, state->name, run_put_state);

	op->mailboxes = copy_mailboxes(op_arena(op), state, 1);
	/* What was lost may have been a change of flags, too. */
	if (batch_has_lost(cache)) {
		op->mailboxes->is_complete = false;
		op->mailboxes->highest_mod_seq = 0;
	}
	batch_schedule(cache);
}

/* --- a disk that is behind ------------------------------------------------- */

bool cache_is_behind(const struct cache *cache)
{
	return batch_is_behind(cache);
}

static void run_nothing(struct store *store, struct op *op)
{
	(void)store;
	(void)op;
}

static void answer_written(struct op *op)
{
	cache_written_fn *done = (cache_written_fn *)op->done;

	done(op->data);
}

void cache_when_written(struct cache *cache, cache_written_fn *done, void *data)
{
	batch_ask(batch_add(cache, NULL, run_nothing), OP_PATIENT,
		answer_written, (void (*)(void))done, data);
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
	struct op *op = batch_add(cache, key->mailbox, run);

	op->uid_validity = key->uid_validity;
	op->uid = key->uid;
	op->text = arena_strdup(op_arena(op), key->section);
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

	batch_ask(op, OP_URGENT, answer_load_body, (void (*)(void))done, data);
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

	if (!batch_has_room(cache))
		return;
	op = add_body_op(cache, &key, run_put_body);
	op->octets = g_bytes_ref(octets);
	batch_schedule(cache);
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
	struct op *op = batch_add(cache, NULL, run_load_fact);

	op->text = arena_strdup(op_arena(op), key);
	batch_ask(op, OP_URGENT, answer_load_fact, (void (*)(void))done, data);
}

static void run_put_fact(struct store *store, struct op *op)
{
	facts_put(store, op->text, op->value);
}

void cache_put_fact(struct cache *cache, const char *key, const char *value)
{
	struct op *op = batch_add(cache, NULL, run_put_fact);

	op->text = arena_strdup(op_arena(op), key);
	op->value = g_strdup(value);
	batch_schedule(cache);
}
