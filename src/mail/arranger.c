/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/arranger.h"
#include "src/base/worker.h"
#include "src/mail/forest.h"
#include "src/mail/private.h"
#include "src/mail/ranking.h"
#include "src/mail/ranks.h"

enum {
	SMALL = 4000,          /* rows that are put in order in the loop */
	HOLE_MAX = 1000,       /* unknown rows between known ones */
	PAUSE_FACTOR = 4,      /* a pause is as many times what one took */
	PAUSE_MS = 100,        /* at least, while rows come in; behind what
	                        * was made in the loop a screen may wait */
};

struct job {
	struct arranger *arranger;   /* NULL: nobody waits for it */
	struct mailbox *mailbox;     /* a reference */
	struct table_snapshot *snapshot;
	struct lineup_input input;
	struct listing_order order;
	struct imap_seqset hidden, limited, folded, unfolded;
	bool folds_all;
	uint32_t *parents;
	struct ranking_view *ranks[2];
	bool has_first;              /* of input, and of span */
	struct arrangement_span span;
	struct lineup *lineup;
	struct gaps gaps;
	int64_t took_us;
};

struct arranger {
	struct mailbox *mailbox;
	const struct arranger_ops *ops;
	void *data;
	struct job *job;        /* under way on the worker, or NULL */
	bool is_wanted;         /* an other one, when it may be */
	int64_t not_before_us;  /* of the next one */
	guint timer;
	struct ranks *ranks[2]; /* for the order's two keys, or NULL */
	enum lineup_field ranked[2]; /* what they are by */
};

struct arranger *arranger_new(struct mailbox *mailbox,
	const struct arranger_ops *ops, void *data)
{
	struct arranger *arranger = g_new0(struct arranger, 1);

	arranger->mailbox = mailbox;
	arranger->ops = ops;
	arranger->data = data;
	return arranger;
}

void arranger_free(struct arranger **arrangerp)
{
	struct arranger *arranger = *arrangerp;

	if (arranger == NULL)
		return;
	*arrangerp = NULL;
	source_clear(&arranger->timer);
	if (arranger->job != NULL)
		arranger->job->arranger = NULL;
	ranks_free(&arranger->ranks[0]);
	ranks_free(&arranger->ranks[1]);
	g_free(arranger);
}

static void job_free(struct job *job)
{
	lineup_free(&job->lineup);
	gaps_release(&job->gaps);
	table_snapshot_free(&job->snapshot);
	imap_seqset_release(&job->hidden);
	imap_seqset_release(&job->limited);
	imap_seqset_release(&job->folded);
	imap_seqset_release(&job->unfolded);
	ranking_view_free(&job->ranks[0]);
	ranking_view_free(&job->ranks[1]);
	g_free(job->parents);
	mailbox_unref(&job->mailbox);
	g_free(job);
}

/* --- which rows ----------------------------------------------------------- */

static bool is_known(const struct table_record *record)
{
	return record->uid != 0 &&
		(record->bits & (TABLE_HAS_ROW | TABLE_IS_MISSING)) != 0;
}

/* Rows become known from the newest to the oldest: those from here on are,
 * but for a few in between. Looks at none before from. */
static uint32_t known_from(const struct table_snapshot *snapshot, uint32_t from)
{
	uint32_t length = table_snapshot_length(snapshot);
	uint32_t first = from, n_unknown = 0, n;

	for (uint32_t pos = from; pos < length; pos += n) {
		const struct table_record *records = table_snapshot_run(
			snapshot, pos, &n);

		for (uint32_t i = 0; i < n; i++) {
			if (!is_known(&records[i])) {
				n_unknown++;
				continue;
			}
			if (n_unknown > HOLE_MAX)
				first = pos + i;
			n_unknown = 0;
		}
	}
	return n_unknown > HOLE_MAX ? length : first;
}

static uint32_t uid_at(const struct table_snapshot *snapshot, uint32_t pos)
{
	uint32_t n;
	const struct table_record *record = table_snapshot_run(snapshot, pos,
		&n);

	return record == NULL ? UINT32_MAX : record->uid;
}

/* Rows that are not known, at the beginning, need no place in a lineup unless
 * some of them are not shown. */
static void set_first(struct job *job, uint32_t first)
{
	uint32_t hidden = imap_seqset_min(&job->hidden);
	uint32_t uid = uid_at(job->snapshot, first);

	if (job->input.limited != NULL || uid == 0 ||
		(hidden != 0 && hidden < uid))
		first = 0;
	job->input.first = first;
	job->span.first_uid = first == 0 ? 0 : uid;
	if (uid == UINT32_MAX)
		job->span.shows_news = false;
}

/* Whether so few rows are known that they are put in order at once. */
static bool is_small(struct job *job)
{
	uint32_t length = table_snapshot_length(job->snapshot), first;
	uint32_t from = length - MIN(length, SMALL + 2 * HOLE_MAX);

	first = known_from(job->snapshot, from);
	if (first == from && from > 0)
		return false;
	set_first(job, first);
	return length - job->input.first <= SMALL;
}

/* --- the work, on any thread ---------------------------------------------- */

static bool has_any(const struct imap_seqset *uids, const struct lineup *lineup,
	uint32_t row, uint32_t end)
{
	if (imap_seqset_is_empty(uids))
		return false;
	for (; row < end; row++)
		if (imap_seqset_has(uids, lineup->uids[row]))
			return true;
	return false;
}

/* A thread, from a row to the one before end. */
static bool is_folded(const struct job *job, uint32_t row, uint32_t end,
	unsigned bits)
{
	if (end - row < 2 ||
		(!job->order.folds_unread && (bits & LINEUP_HAS_UNREAD) != 0) ||
		(!job->order.folds_flagged && (bits & LINEUP_HAS_FLAGGED) != 0))
		return false;
	return (job->folds_all ||
		has_any(&job->folded, job->lineup, row, end)) &&
		!has_any(&job->unfolded, job->lineup, row, end);
}

static void fold(struct job *job)
{
	struct lineup *lineup = job->lineup;
	uint32_t end;

	if (lineup->places == NULL ||
		(!job->folds_all && imap_seqset_is_empty(&job->folded)))
		return;
	for (uint32_t row = 0; row < lineup->n; row = end) {
		unsigned bits;

		end = lineup_thread_end(lineup, row, &bits);
		if (!is_folded(job, row, end, bits))
			continue;
		lineup->places[row].bits |= LINEUP_IS_FOLDED;
		gaps_add(&job->gaps, row + 1, end - 1);
	}
}

static void run(void *data)
{
	struct job *job = data;
	int64_t began_us = g_get_monotonic_time();

	if (!job->has_first)
		set_first(job, known_from(job->snapshot, 0));
	job->lineup = lineup_new(&job->input);
	fold(job);
	job->took_us = g_get_monotonic_time() - began_us;
}

/* --- what it is made of --------------------------------------------------- */

static uint32_t last_uid(const struct mailbox *mailbox)
{
	uint32_t behind = table_behind_known(mailbox->table,
		table_length(mailbox->table));

	return behind == 0 ? 0 : table_at(mailbox->table, behind - 1)->uid;
}

/* Where a message that comes has its place, as far as that can be told. */
static bool is_newest_last(const struct lineup_order *order)
{
	const struct lineup_key *key = order->sort.field == LINEUP_THREADS ?
		&order->aux : &order->sort;

	return !order->sort.is_reverse && !key->is_reverse &&
		(key->field == LINEUP_ARRIVAL || key->field == LINEUP_DATE ||
		key->field == LINEUP_DATE_RECEIVED);
}

static void set_span(struct job *job)
{
	const struct lineup_order *order = &job->order.order;

	job->span = (struct arrangement_span){
		.last_uid = last_uid(job->mailbox),
		.is_reverse = order->sort.is_reverse,
		.shows_news = job->input.limited == NULL &&
			is_newest_last(order),
	};
}

static void set_threads(struct job *job)
{
	struct forest *forest = job->mailbox->forest;

	if (job->order.order.sort.field != LINEUP_THREADS)
		return;
	job->parents = forest_parents(forest);
	job->input.parents = job->parents;
	job->input.n_parents = forest_size(forest) + 1;
}

static void on_ranks(void *data)
{
	arranger_request(data, false);
}

/* For a key by a text; false: they are still to come, and on_ranks() tells. */
static bool get_ranks(struct arranger *arranger, unsigned i,
	enum lineup_field field, struct ranking_view **view_out)
{
	struct ranks **ranks = &arranger->ranks[i];

	*view_out = NULL;
	if (*ranks != NULL && arranger->ranked[i] != field)
		ranks_free(ranks);
	if (!ranks_are_for(field))
		return true;
	if (*ranks == NULL)
		*ranks = ranks_new(arranger->mailbox, field, on_ranks,
			arranger);
	arranger->ranked[i] = field;
	*view_out = ranks_view(*ranks);
	return *view_out != NULL;
}

static bool set_ranks(struct arranger *arranger, struct job *job)
{
	const struct lineup_order *order = &job->order.order;
	bool has_both = get_ranks(arranger, 0, order->sort.field,
		&job->ranks[0]);

	has_both &= get_ranks(arranger, 1, order->aux.field, &job->ranks[1]);
	job->input.ranks[0] = job->ranks[0];
	job->input.ranks[1] = job->ranks[1];
	return has_both;
}

/* NULL: it cannot be made yet. */
static struct job *job_new(struct arranger *arranger,
	const struct arranger_wish *wish)
{
	struct job *job = g_new0(struct job, 1);

	job->arranger = arranger;
	job->mailbox = mailbox_ref(arranger->mailbox);
	job->snapshot = table_snapshot_new(job->mailbox->table);
	job->order = wish->order;
	job->folds_all = wish->folds_all;
	gaps_init(&job->gaps);
	imap_seqset_copy(&job->folded, wish->folded);
	imap_seqset_copy(&job->unfolded, wish->unfolded);
	if (wish->limited != NULL)
		imap_seqset_copy(&job->limited, wish->limited);
	mailbox_get_hidden(job->mailbox, &job->hidden);
	job->input = (struct lineup_input){
		.snapshot = job->snapshot,
		.order = wish->order.order,
		.joins_subjects = wish->order.joins_subjects,
		.needs_re = wish->order.needs_re,
		.joins_by_received = wish->order.joins_by_received,
		.hidden = &job->hidden,
		.limited = wish->limited != NULL ? &job->limited : NULL,
	};
	if (!set_ranks(arranger, job)) {
		job_free(job);
		return NULL;
	}
	set_threads(job);
	set_span(job);
	job->has_first = is_small(job);
	return job;
}

/* --- when ----------------------------------------------------------------- */

static void look(struct arranger *arranger);

static void give(struct arranger *arranger, struct job *job)
{
	int64_t pause_us = PAUSE_FACTOR * job->took_us;

	if (!job->has_first &&
		mailbox_state(arranger->mailbox) != MAILBOX_READY)
		pause_us = MAX(pause_us, PAUSE_MS * 1000);
	arranger->not_before_us = g_get_monotonic_time() + pause_us;
	arranger->ops->made(g_steal_pointer(&job->lineup), &job->span,
		&job->gaps, arranger->data);
}

static void on_done(void *data)
{
	struct job *job = data;
	struct arranger *arranger = job->arranger;

	if (arranger != NULL) {
		arranger->job = NULL;
		give(arranger, job);
		look(arranger);
	}
	job_free(job);
}

static void start(struct arranger *arranger)
{
	struct arranger_wish wish = { .limited = NULL };
	struct arrangement_span span = { .first_uid = 0 };
	struct job *job;

	arranger->is_wanted = false;
	if (!arranger->ops->ask(&wish, arranger->data)) {
		struct gaps none;

		gaps_init(&none);
		arranger->ops->made(NULL, &span, &none, arranger->data);
		gaps_release(&none);
		return;
	}
	job = job_new(arranger, &wish);
	if (job == NULL)
		return;
	if (!job->has_first) {
		arranger->job = job;
		worker_push(lineups_worker(), run, on_done, job);
		return;
	}
	run(job);
	give(arranger, job);
	job_free(job);
}

static gboolean on_time(gpointer data)
{
	struct arranger *arranger = data;

	arranger->timer = 0;
	look(arranger);
	return G_SOURCE_REMOVE;
}

static void look(struct arranger *arranger)
{
	int64_t now_us = g_get_monotonic_time();

	if (!arranger->is_wanted || arranger->job != NULL)
		return;
	if (now_us >= arranger->not_before_us) {
		source_clear(&arranger->timer);
		start(arranger);
	}
	if (arranger->is_wanted && arranger->job == NULL &&
		arranger->timer == 0)
		arranger->timer = g_timeout_add((guint)MAX(1,
			(arranger->not_before_us - now_us) / 1000 + 1),
			on_time, arranger);
}

void arranger_outdate(struct arranger *arranger)
{
	if (arranger->job != NULL)
		arranger_request(arranger, true);
}

void arranger_request(struct arranger *arranger, bool is_urgent)
{
	arranger->is_wanted = true;
	if (is_urgent) {
		arranger->not_before_us = 0;
		if (arranger->job != NULL)
			arranger->job->arranger = NULL;
		arranger->job = NULL;
	}
	look(arranger);
}
