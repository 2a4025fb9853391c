/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which rows are fetched when: those that the screen shows first, then their
 * structures (for the attachment mark), then all others from the newest to the
 * oldest, a chunk at a time. A chunk is what the link brings in about half a
 * second, so that what a user waits for is never far behind. What the cache has
 * comes from the cache. A row is asked for once: while it is under way and
 * after the server had nothing to say of it, it is not asked for again.
 */
#include "src/base/base.h"
#include "src/mail/private.h"
#include "src/cache/cache.h"
#include "src/mail/row.h"

enum {
	CACHED_MAX = 1000,        /* rows asked of the cache at once */
	CHUNK_FIRST = 50,         /* rows of one background FETCH */
	CHUNK_MIN = 10,
	CHUNK_MAX = 5000,
	CHUNK_MS = 500,           /* how long it should take */
	CHUNK_GROWTH = 8,         /* times the last one at most */
	BACKGROUND_MAX = 2,       /* of them under way */
	LOOK_MAX = 50000,         /* records looked at in one turn */
	WANTED_MAX = 500,         /* rows of a screen, at most */
	STRINGS_MAX = 2 << 20,    /* octets of strings kept, when they can be
	                           * had from the cache again */
};

struct fill_request {
	struct mailbox *mailbox;  /* NULL: gone */
	struct imap_seqset uids;
	uint8_t bit;              /* what is asked for: a *_REQUESTED bit */
	bool is_background;
	bool is_cached;           /* asked of the cache, not of the server */
	uint32_t n;               /* rows */
	gint64 sent_us;           /* of the monotonic clock */
};

static struct fill_request *request_new(struct mailbox *mailbox, uint8_t bit)
{
	struct fill_request *request = g_new0(struct fill_request, 1);

	request->mailbox = mailbox;
	request->bit = bit;
	imap_seqset_init(&request->uids);
	g_ptr_array_add(mailbox->fills, request);
	return request;
}

static void request_free(struct fill_request *request)
{
	if (request->mailbox != NULL)
		g_ptr_array_remove(request->mailbox->fills, request);
	imap_seqset_release(&request->uids);
	g_free(request);
}

/* What must be true of a record so that it needs no row. */
static bool has_row(const struct table_record *record)
{
	return (record->bits & TABLE_HAS_ROW) != 0 &&
		(record->bits & TABLE_HAS_FLAGS) != 0;
}

static bool may_ask(const struct table_record *record)
{
	return record->uid != 0 && (record->bits &
		(TABLE_IS_REQUESTED | TABLE_IS_MISSING)) == 0;
}

/* --- how much at a time --------------------------------------------------- */

static uint32_t chunk_of(const struct mailbox *mailbox)
{
	if (mail.batch)
		return CHUNK_MAX;
	return mailbox->fill_chunk != 0 ? mailbox->fill_chunk : CHUNK_FIRST;
}

/* What the link did with a chunk says how great the next one is. While one was
 * before it in the pipe, it took the time since that one's end. */
static void measure(struct mailbox *mailbox, const struct fill_request *request)
{
	gint64 now = g_get_monotonic_time();
	gint64 since = MAX(request->sent_us, mailbox->fill_ended_us);
	int64_t rows = (int64_t)request->n * CHUNK_MS * 1000 /
		MAX(now - since, 1);

	mailbox->fill_ended_us = now;
	/* Few rows tell more of the way than of its width. */
	if (request->n < chunk_of(mailbox) / 2)
		return;
	mailbox->fill_chunk = (uint32_t)CLAMP(rows, CHUNK_MIN,
		MIN((int64_t)request->n * CHUNK_GROWTH, CHUNK_MAX));
}

/* --- the end of a request ------------------------------------------------- */

/* true if it was to come and did not. */
static bool end_record(const struct fill_request *request,
	struct table_record *record, bool is_ok, bool was_cache)
{
	if ((record->bits & request->bit) == 0)
		return false;
	record->bits &= (uint8_t)~request->bit;
	if (was_cache)
		record->bits &= (uint8_t)~TABLE_IN_CACHE;
	else if (is_ok && request->bit == TABLE_IS_REQUESTED)
		record->bits |= TABLE_IS_MISSING;
	else if (is_ok)
		record->bits |= TABLE_HAS_STRUCTURE;
	return true;
}

/* Those that were asked for and did not come. */
static void end_request(struct fill_request *request, bool is_ok, bool was_cache)
{
	struct mailbox *mailbox = request->mailbox;
	bool lacks_some = false;

	if (mailbox == NULL) {
		request_free(request);
		return;
	}
	for (size_t i = 0; i < imap_seqset_n_ranges(&request->uids); i++) {
		struct imap_range range = imap_seqset_range(&request->uids, i);
		uint32_t pos = table_lower_bound(mailbox->table, range.first);

		for (; pos < table_length(mailbox->table); pos++) {
			struct table_record *record = table_edit(mailbox->table, pos);

			if (record->uid > range.last)
				break;
			lacks_some |= end_record(request, record, is_ok,
				was_cache);
		}
	}
	if (request->is_background)
		mailbox->n_background--;
	if (lacks_some)
		mailbox->fill_pos = table_length(mailbox->table);
	/* OK without its data: somebody may have removed it, and the server
	 * may tell only now (RFC 2180 4.1.2). */
	if (lacks_some && is_ok && !was_cache && mailbox->is_open &&
		request->bit == TABLE_IS_REQUESTED)
		selection_poll(mailbox->selection, NULL, NULL);
	request_free(request);
	fill_trim(mailbox);
	fill_schedule(mailbox);
	mailbox_rows_changed(mailbox);
}

static void on_fetched(const struct imap_result *result, void *data)
{
	struct fill_request *request = data;

	if (request->mailbox != NULL && result->outcome == IMAP_OUTCOME_OK &&
		request->is_background)
		measure(request->mailbox, request);
	end_request(request, result->outcome != IMAP_OUTCOME_CANCELLED &&
		result->outcome != IMAP_OUTCOME_DISCONNECTED, false);
}

/* Only strings: the digest may be older than what the server told. */
static void take_message(struct mailbox *mailbox, const struct fill_request *request,
	const struct cache_message *message)
{
	uint32_t pos = table_find(mailbox->table, message->uid);
	struct table_record *record;

	if (pos == UINT32_MAX)
		return;
	record = table_edit(mailbox->table, pos);
	sync_apply_strings(mailbox, record, &message->fetch);
	if (has_row(record) && record->blob != NULL)
		record->bits &= (uint8_t)~request->bit;
}

static void on_loaded(struct cache_page *page_take, void *data)
{
	struct fill_request *request = data;

	for (size_t i = 0; request->mailbox != NULL && page_take != NULL &&
		i < page_take->n; i++)
		take_message(request->mailbox, request, &page_take->messages[i]);
	cache_page_free(&page_take);
	end_request(request, true, true);
}

/* --- choosing ------------------------------------------------------------- */

/* Rows to be asked for, apart by where they are. */
struct basket {
	struct fill_request *cached, *remote;
	size_t n;
};

static bool is_full(const struct mailbox *mailbox, const struct basket *basket)
{
	return (basket->cached != NULL && basket->cached->n >= CACHED_MAX) ||
		(basket->remote != NULL &&
		basket->remote->n >= chunk_of(mailbox));
}

static void put(struct mailbox *mailbox, struct basket *basket,
	uint32_t pos, uint8_t bit)
{
	struct table_record *record = table_edit(mailbox->table, pos);
	bool in_cache = (record->bits & TABLE_IN_CACHE) != 0 &&
		bit == TABLE_IS_REQUESTED;
	struct fill_request **request;

	if (!in_cache && !mailbox->is_open)
		return;
	request = in_cache ? &basket->cached : &basket->remote;
	if (*request == NULL)
		*request = request_new(mailbox, bit);
	imap_seqset_add(&(*request)->uids, record->uid);
	(*request)->n++;
	record->bits |= bit;
	basket->n++;
}

static void send_basket(struct mailbox *mailbox, struct basket *basket,
	enum session_priority priority, bool is_background)
{
	if (basket->cached != NULL) {
		basket->cached->is_background = is_background;
		basket->cached->is_cached = true;
		mailbox->n_background += is_background;
		cache_load_messages(mailbox->account->cache, mailbox->name,
			&basket->cached->uids, basket->cached->n, on_loaded,
			basket->cached);
	}
	if (basket->remote != NULL) {
		basket->remote->is_background = is_background;
		basket->remote->sent_us = g_get_monotonic_time();
		mailbox->n_background += is_background;
		selection_fetch(mailbox->selection, &basket->remote->uids,
			basket->remote->bit == TABLE_IS_REQUESTED ?
			IMAP_FETCH_ROW : IMAP_FETCH_BODYSTRUCTURE,
			priority, on_fetched, basket->remote);
	}
}

static bool lacks_row(const struct table_record *record)
{
	return may_ask(record) && (!has_row(record) || record->blob == NULL);
}

static void add_wanted_range(struct mailbox *mailbox, struct basket *basket)
{
	uint32_t length = table_length(mailbox->table);
	uint32_t last = MIN(mailbox->want_last, length == 0 ? 0 : length - 1);

	for (uint32_t i = mailbox->want_first; i <= last && i < length &&
		basket->n < WANTED_MAX; i++)
		if (lacks_row(table_at(mailbox->table, i)))
			put(mailbox, basket, i, TABLE_IS_REQUESTED);
}

static void add_wanted_uids(struct mailbox *mailbox, struct basket *basket)
{
	for (size_t i = 0; i < imap_seqset_n_ranges(&mailbox->wanted); i++) {
		struct imap_range range = imap_seqset_range(&mailbox->wanted, i);
		uint32_t pos = table_lower_bound(mailbox->table, range.first);

		for (; pos < table_length(mailbox->table) &&
			basket->n < WANTED_MAX; pos++) {
			const struct table_record *record =
				table_at(mailbox->table, pos);

			if (record->uid > range.last)
				break;
			if (lacks_row(record))
				put(mailbox, basket, pos, TABLE_IS_REQUESTED);
		}
	}
	imap_seqset_clear(&mailbox->wanted);
}

static void fill_wanted(struct mailbox *mailbox)
{
	struct basket basket = { 0 };

	add_wanted_range(mailbox, &basket);
	add_wanted_uids(mailbox, &basket);
	send_basket(mailbox, &basket, SESSION_INTERACTIVE, false);
}

/* The attachment mark of what is on the screen, when all else of it is there. */
static void fill_structures(struct mailbox *mailbox)
{
	uint32_t length = table_length(mailbox->table);
	uint32_t last = MIN(mailbox->want_last, length == 0 ? 0 : length - 1);
	struct basket basket = { 0 };

	for (uint32_t i = mailbox->want_first; i <= last && i < length; i++)
		if (may_ask(table_at(mailbox->table, i)) &&
			!has_row(table_at(mailbox->table, i)))
			return;
	for (uint32_t i = mailbox->want_first; i <= last && i < length &&
		basket.n < WANTED_MAX; i++) {
		const struct table_record *record = table_at(mailbox->table, i);

		if (has_row(record) && (record->bits & (TABLE_HAS_STRUCTURE |
			TABLE_STRUCTURE_REQUESTED)) == 0)
			put(mailbox, &basket, i, TABLE_STRUCTURE_REQUESTED);
	}
	send_basket(mailbox, &basket, SESSION_SYNC, false);
}

/* --- rows that somebody waits for ---------------------------------------- */

struct fill_set {
	struct imap_seqset uids; /* what may still be missing */
	mailbox_done_fn *done;
	void *data;
};

static void fill_set_free(gpointer data)
{
	struct fill_set *set = data;

	imap_seqset_release(&set->uids);
	g_free(set);
}

void fill_load(struct mailbox *mailbox, const struct imap_seqset *uids,
	mailbox_done_fn *done, void *data)
{
	struct fill_set *set = g_new0(struct fill_set, 1);

	imap_seqset_init(&set->uids);
	imap_seqset_copy(&set->uids, uids);
	set->done = done;
	set->data = data;
	if (mailbox->sets == NULL)
		mailbox->sets = g_ptr_array_new_with_free_func(fill_set_free);
	g_ptr_array_add(mailbox->sets, set);
	fill_schedule(mailbox);
}

void fill_forget(struct mailbox *mailbox, void *data)
{
	for (guint i = mailbox->sets == NULL ? 0 : mailbox->sets->len; i > 0;
		i--)
		if (((struct fill_set *)mailbox->sets->pdata[i - 1])->data ==
			data)
			g_ptr_array_remove_index(mailbox->sets, i - 1);
}

/* All below this are there. */
static void cut_set(struct fill_set *set, uint32_t uid)
{
	struct imap_seqset there;

	if (uid <= 1)
		return;
	imap_seqset_init(&there);
	imap_seqset_add_range(&there, 1, uid - 1);
	imap_seqset_remove_set(&set->uids, &there);
	imap_seqset_release(&there);
}

/* Asks for what is missing, up to a helping of it; true when something was
 * asked for, now or before. */
static bool ask_for_set(struct mailbox *mailbox, struct fill_set *set)
{
	struct basket basket = { 0 };
	uint32_t waits_for = 0; /* the first UID */

	for (size_t i = 0; i < imap_seqset_n_ranges(&set->uids); i++) {
		struct imap_range range = imap_seqset_range(&set->uids, i);
		uint32_t pos = table_lower_bound(mailbox->table, range.first);

		for (; pos < table_length(mailbox->table) &&
			!is_full(mailbox, &basket); pos++) {
			const struct table_record *record =
				table_at(mailbox->table, pos);

			if (record->uid > range.last)
				break;
			if (lacks_row(record))
				put(mailbox, &basket, pos, TABLE_IS_REQUESTED);
			if (waits_for == 0 &&
				(record->bits & TABLE_IS_REQUESTED) != 0)
				waits_for = record->uid;
		}
	}
	send_basket(mailbox, &basket, SESSION_INTERACTIVE, false);
	cut_set(set, waits_for);
	return waits_for != 0;
}

static void fill_sets(struct mailbox *mailbox)
{
	guint i = 0;

	while (mailbox->sets != NULL && i < mailbox->sets->len) {
		struct fill_set *set = mailbox->sets->pdata[i];

		if (ask_for_set(mailbox, set)) {
			i++;
			continue;
		}
		/* Whoever waits may begin another. */
		g_ptr_array_steal_index(mailbox->sets, i);
		set->done(NULL, set->data);
		fill_set_free(set);
	}
}

static bool wants_all(const struct mailbox *mailbox)
{
	return mailbox->load_waiters->len > 0;
}

static bool lacks_in_background(const struct mailbox *mailbox,
	const struct table_record *record)
{
	return may_ask(record) && (!has_row(record) ||
		(wants_all(mailbox) && record->blob == NULL));
}

/* Goes down to where a chunk begins. */
static void seek_chunk(struct mailbox *mailbox)
{
	uint32_t n = 0, floor;

	mailbox->fill_pos = MIN(mailbox->fill_pos, table_length(mailbox->table));
	floor = mailbox->fill_pos - MIN(mailbox->fill_pos, (uint32_t)LOOK_MAX);
	while (mailbox->fill_pos > floor && n < chunk_of(mailbox)) {
		const struct table_record *record = table_at(mailbox->table,
			mailbox->fill_pos - 1);

		/* What only the server has waits until it is there. */
		if (may_ask(record) && !has_row(record) && !mailbox->is_open &&
			(record->bits & TABLE_IN_CACHE) == 0)
			return;
		mailbox->fill_pos--;
		n += lacks_in_background(mailbox, record);
	}
	if (floor > 0 && mailbox->fill_pos == floor)
		fill_schedule(mailbox);
}

static void on_written(void *data)
{
	struct mailbox *mailbox = data;

	mailbox->awaits_cache = false;
	fill_schedule(mailbox);
}

/* What comes in faster than the disk takes it would be lost to the cache. */
static bool is_held_up(struct mailbox *mailbox)
{
	struct cache *cache = mailbox->account->cache;

	if (!mailbox->awaits_cache && cache_is_behind(cache)) {
		mailbox->awaits_cache = true;
		cache_when_written(cache, on_written, mailbox);
	}
	return mailbox->awaits_cache;
}

static void fill_background(struct mailbox *mailbox)
{
	struct basket basket = { 0 };
	uint32_t end;

	if (!mailbox->has_cache_answer)
		return;
	if ((mail.batch || mailbox->is_beside || mailbox->is_fill_stopped) &&
		!wants_all(mailbox))
		return;
	if (is_held_up(mailbox))
		return;
	end = MIN(mailbox->fill_pos, table_length(mailbox->table));
	seek_chunk(mailbox);
	for (uint32_t pos = mailbox->fill_pos; pos < end; pos++)
		if (lacks_in_background(mailbox, table_at(mailbox->table, pos)))
			put(mailbox, &basket, pos, TABLE_IS_REQUESTED);
	send_basket(mailbox, &basket, wants_all(mailbox) ? SESSION_SYNC :
		SESSION_PREFETCH, true);
	/* The next one is on its way before this one has come. */
	if (basket.n > 0 && mailbox->n_background < BACKGROUND_MAX)
		fill_schedule(mailbox);
}

static gboolean run(gpointer data)
{
	struct mailbox *mailbox = data;

	mailbox->fill_source = 0;
	if (mailbox->selection == NULL)
		mailbox->is_open = false;
	/* A shadow's rows are not asked for: they may be known already. */
	if (mailbox->shadow != NULL)
		return G_SOURCE_REMOVE;
	mailbox_ref(mailbox);
	fill_wanted(mailbox);
	fill_sets(mailbox);
	if (mailbox->want_first != UINT32_MAX && mailbox->is_open)
		fill_structures(mailbox);
	if (mailbox->n_background < BACKGROUND_MAX)
		fill_background(mailbox);
	mailbox_unref(&mailbox);
	return G_SOURCE_REMOVE;
}

void fill_schedule(struct mailbox *mailbox)
{
	if (mailbox->fill_source == 0)
		mailbox->fill_source = g_idle_add_full(G_PRIORITY_DEFAULT, run,
			mailbox, NULL);
}

void fill_reset(struct mailbox *mailbox)
{
	mailbox->fill_pos = table_length(mailbox->table);
	fill_schedule(mailbox);
}

void fill_stop(struct mailbox *mailbox)
{
	source_clear(&mailbox->fill_source);
	for (guint i = 0; i < mailbox->fills->len; i++) {
		struct fill_request *request = mailbox->fills->pdata[i];

		request->mailbox = NULL;
		/* The selection ends its requests by itself, the cache does not. */
		if (!request->is_cached)
			continue;
		cache_forget(mailbox->account->cache, request);
		request_free(request);
	}
	g_ptr_array_set_size(mailbox->fills, 0);
}

bool mailbox_is_filling(const struct mailbox *mailbox)
{
	return (mailbox->n_background > 0 || mailbox->awaits_cache) &&
		(!mailbox->is_fill_stopped || wants_all(mailbox));
}

bool fill_is_done(const struct mailbox *mailbox)
{
	struct table_counts counts;

	if (!wants_all(mailbox))
		return false;
	mailbox_count(mailbox, &counts);
	return counts.unfilled == 0;
}

static int compare_seen(gconstpointer a, gconstpointer b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return left < right ? -1 : left > right;
}

/* The seen_at below which strings go, so that about half of them stay. */
static uint32_t threshold(const struct mailbox *mailbox)
{
	enum { SAMPLES = 257 };
	uint32_t seen[SAMPLES];
	uint32_t length = table_length(mailbox->table);

	for (uint32_t i = 0; i < SAMPLES; i++)
		seen[i] = table_at(mailbox->table,
			(uint32_t)((uint64_t)i * length / SAMPLES))->seen_at;
	qsort(seen, SAMPLES, sizeof(seen[0]), compare_seen);
	return seen[SAMPLES / 2];
}

void fill_trim(struct mailbox *mailbox)
{
	uint32_t length = table_length(mailbox->table), limit;

	if (mail.cache_dir == NULL || mail.batch || wants_all(mailbox) ||
		(mailbox->sets != NULL && mailbox->sets->len > 0) ||
		mailbox->blob_octets <= STRINGS_MAX || length == 0)
		return;
	limit = threshold(mailbox);
	/* What the screen shows has been seen just now. */
	for (uint32_t n = 0; n < MIN(length, (uint32_t)LOOK_MAX) &&
		mailbox->blob_octets > STRINGS_MAX / 2; n++) {
		uint32_t i = mailbox->trim_pos++ % length;
		const struct table_record *record = table_at(mailbox->table, i);

		if (record->blob == NULL || record->seen_at > limit ||
			(record->bits & TABLE_IN_CACHE) == 0 ||
			(i >= mailbox->want_first && i <= mailbox->want_last))
			continue;
		mailbox->blob_octets -= row_size(record->blob);
		g_clear_pointer(&table_edit(mailbox->table, i)->blob, g_free);
	}
}
