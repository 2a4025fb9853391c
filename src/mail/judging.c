/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * First all rows are judged by what is in memory. Those that only their texts
 * can decide are read from the cache, and judged again by what was read.
 */
#include "src/base/base.h"
#include "src/mail/judging.h"
#include "src/base/arena.h"
#include "src/cache/cache.h"
#include "src/mail/pattern-private.h"
#include "src/mail/pattern-scan.h"
#include "src/mail/private.h"

enum {
	SLICE_US = 4000,          /* of one turn of the loop */
	ROWS_BETWEEN_CLOCKS = 64,
	AT_ONCE_MAX = 2000,       /* rows that take no time to speak of ... */
	AT_ONCE_CHEAP_MAX = 20000, /* ... without texts */
};

/* The rows that are looked at, in ascending order. */
struct walk {
	const struct imap_seqset *among, *except; /* NULL: all, none */
	size_t among_at, except_at; /* ranges that end at next or behind it */
	uint32_t next;              /* UIDs below have been looked at */
};

struct judging {
	struct judging_task task;
	judging_done_fn *done;
	void *data;
	struct walk walk;
	bool is_second;             /* of what was read */
	struct imap_seqset unread;  /* by texts that are in the cache */
	struct judging_result result;
	struct pattern_scan *scan;  /* the cache's */
	struct pattern_answers *answers; /* of its own, else NULL */
	struct arena *arena;
	guint source;
	uint64_t n_looked;
	bool is_telling, is_freed;
};

/* --- walking ------------------------------------------------------------- */

/* The range of the set that ends at uid or behind it; index only goes up. */
static bool next_range(const struct imap_seqset *set, size_t *index_io,
	uint32_t uid, struct imap_range *range_out)
{
	for (; *index_io < imap_seqset_n_ranges(set); ++*index_io) {
		*range_out = imap_seqset_range(set, *index_io);
		if (range_out->last >= uid)
			return true;
	}
	return false;
}

/* The first UID from uid on that is to be looked at; 0: none. */
static uint32_t walk_skip(struct walk *walk, uint32_t uid)
{
	struct imap_range range;

	for (;;) {
		if (walk->among != NULL) {
			if (!next_range(walk->among, &walk->among_at, uid,
				&range))
				return 0;
			uid = MAX(uid, range.first);
		}
		if (walk->except == NULL || !next_range(walk->except,
			&walk->except_at, uid, &range) || range.first > uid)
			return uid;
		if (range.last == UINT32_MAX)
			return 0;
		uid = range.last + 1;
	}
}

/* The position of the next row from pos on; the table's length if none. */
static uint32_t walk_next(struct walk *walk, const struct table *table,
	uint32_t pos)
{
	while (pos < table_length(table)) {
		uint32_t uid = table_at(table, pos)->uid, wanted;

		if (uid == 0) {
			pos++;
			continue;
		}
		wanted = walk_skip(walk, uid);
		if (wanted == uid)
			return pos;
		if (wanted == 0)
			break;
		pos = table_lower_bound(table, wanted);
	}
	return table_length(table);
}

/* --- judging ------------------------------------------------------------- */

static unsigned needs_of(const struct judging *judging)
{
	const struct judging_task *task = &judging->task;

	return (task->node != NULL ? task->node :
		pattern_root(task->pattern))->needs;
}

static bool is_there(const struct judging *judging,
	const struct table_record *record)
{
	unsigned needs = needs_of(judging);

	return ((needs & PATTERN_NEEDS_FLAGS) == 0 ||
		(record->bits & TABLE_HAS_FLAGS) != 0) &&
		((needs & (PATTERN_NEEDS_ROW | PATTERN_NEEDS_TEXT)) == 0 ||
		(record->bits & TABLE_HAS_ROW) != 0);
}

static void judge_at(struct judging *judging, uint32_t pos,
	const struct pattern_scope *scope)
{
	const struct table_record *record = table_at(
		judging->task.mailbox->table, pos);
	struct judging_result *result = &judging->result;
	bool is_here = is_there(judging, record);

	if (!is_here && judging->task.skips_missing)
		return;
	switch (pattern_judge(judging->task.pattern, judging->task.mailbox, pos,
		scope, judging->arena)) {
	case PATTERN_YES:
		imap_seqset_add(&result->matched, record->uid);
		break;
	case PATTERN_NO:
		imap_seqset_add(&result->unmatched, record->uid);
		break;
	case PATTERN_UNKNOWN:
		imap_seqset_add(is_here && !judging->is_second &&
			(record->bits & TABLE_IN_CACHE) != 0 ?
			&judging->unread : &result->missing, record->uid);
		break;
	}
}

/* Until the deadline (0: none); true when there is nothing left. */
static bool look(struct judging *judging, int64_t deadline)
{
	const struct pattern_scope scope = { .node = judging->task.node,
		.tagged = judging->task.tagged,
		.answers = judging->task.answers,
		.is_found = judging->task.is_found };
	struct table *table = judging->task.mailbox->table;
	uint32_t pos = table_lower_bound(table, judging->walk.next), n = 0;

	while ((pos = walk_next(&judging->walk, table, pos)) <
		table_length(table)) {
		uint32_t uid = table_at(table, pos)->uid;

		judge_at(judging, pos++, &scope);
		judging->n_looked++;
		if (++n % ROWS_BETWEEN_CLOCKS != 0 || deadline == 0 ||
			g_get_monotonic_time() < deadline)
			continue;
		/* Positions may shift meanwhile, UIDs do not. */
		judging->walk.next = uid + 1;
		return uid == UINT32_MAX;
	}
	return true;
}

/* --- the steps ----------------------------------------------------------- */

static gboolean on_turn(gpointer data);

static void walk_over(struct judging *judging, const struct imap_seqset *among,
	const struct imap_seqset *except)
{
	judging->walk = (struct walk){ .among = among, .except = except };
	judging->source = g_idle_add_full(G_PRIORITY_DEFAULT, on_turn, judging,
		NULL);
}

static void destroy(struct judging *judging)
{
	imap_seqset_release(&judging->result.matched);
	imap_seqset_release(&judging->result.unmatched);
	imap_seqset_release(&judging->result.missing);
	imap_seqset_release(&judging->unread);
	pattern_answers_free(&judging->answers);
	arena_free(&judging->arena);
	g_free(judging);
}

static void tell(struct judging *judging)
{
	judging->is_telling = true;
	judging->done(&judging->result, judging->data);
	judging->is_telling = false;
	if (judging->is_freed)
		destroy(judging);
}

static void on_scanned(void *scan_data, void *data)
{
	struct judging *judging = data;

	judging->scan = NULL;
	pattern_scan_tell(scan_data, judging->task.answers);
	judging->is_second = true;
	pattern_prepare(judging->task.pattern, judging->task.mailbox);
	walk_over(judging, &judging->unread, NULL);
}

static void scan(struct judging *judging)
{
	struct mailbox *mailbox = judging->task.mailbox;

	judging->scan = pattern_scan_new(judging->task.pattern, mailbox);
	cache_scan(mailbox->account->cache, mailbox->name, &judging->unread,
		pattern_scan_read, judging->scan, pattern_scan_free, on_scanned,
		judging);
}

static gboolean on_turn(gpointer data)
{
	struct judging *judging = data;

	pattern_prepare(judging->task.pattern, judging->task.mailbox);
	if (!look(judging, g_get_monotonic_time() + SLICE_US))
		return G_SOURCE_CONTINUE;
	judging->source = 0;
	if (judging->is_second || imap_seqset_is_empty(&judging->unread))
		tell(judging);
	else
		scan(judging);
	return G_SOURCE_REMOVE;
}

static void init(struct judging *judging, const struct judging_task *task)
{
	judging->task = *task;
	judging->arena = arena_new();
	if (task->answers != NULL)
		return;
	judging->answers = pattern_answers_new(pattern_root(task->pattern));
	judging->task.answers = judging->answers;
}

struct judging *judging_start(const struct judging_task *task,
	judging_done_fn *done, void *data)
{
	struct judging *judging = g_new0(struct judging, 1);

	init(judging, task);
	judging->done = done;
	judging->data = data;
	walk_over(judging, task->among, task->except);
	return judging;
}

void judging_free(struct judging **judgingp)
{
	struct judging *judging = *judgingp;

	if (judging == NULL)
		return;
	*judgingp = NULL;
	source_clear(&judging->source);
	if (judging->scan != NULL)
		cache_forget(judging->task.mailbox->account->cache, judging);
	judging->is_freed = true;
	if (!judging->is_telling)
		destroy(judging);
}

void judging_get_progress(const struct judging *judging, uint64_t *had_out,
	uint64_t *wanted_out)
{
	uint64_t n_unread = imap_seqset_count(&judging->unread);

	if (judging->scan == NULL) {
		*had_out = judging->n_looked;
		*wanted_out = judging->is_second ? 0 :
			table_length(judging->task.mailbox->table);
		return;
	}
	*had_out = pattern_scan_count(judging->scan);
	*wanted_out = n_unread;
}

bool judging_at_once(const struct judging_task *task,
	struct imap_seqset *uids_out)
{
	struct judging judging = { 0 };
	uint32_t max = (pattern_root(task->pattern)->needs &
		PATTERN_NEEDS_TEXT) != 0 ? AT_ONCE_MAX : AT_ONCE_CHEAP_MAX;
	bool ok;

	if (table_length(task->mailbox->table) > max)
		return false;
	init(&judging, task);
	judging.walk = (struct walk){ .among = task->among,
		.except = task->except };
	pattern_prepare(task->pattern, task->mailbox);
	look(&judging, 0);
	ok = imap_seqset_is_empty(&judging.unread) &&
		imap_seqset_is_empty(&judging.result.missing);
	if (ok)
		imap_seqset_add_set(uids_out, &judging.result.matched);
	imap_seqset_release(&judging.result.matched);
	imap_seqset_release(&judging.result.unmatched);
	imap_seqset_release(&judging.result.missing);
	imap_seqset_release(&judging.unread);
	pattern_answers_free(&judging.answers);
	arena_free(&judging.arena);
	return ok;
}
