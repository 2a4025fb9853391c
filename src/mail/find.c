/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is here is judged first (judging.h). Of rows that are not, the server
 * is asked which are worth loading, if they are many; these are loaded a
 * helping at a time, so that their strings need not all be in memory at once.
 */
#include "src/base/base.h"
#include "src/mail/find-private.h"
#include "src/mail/judging.h"
#include "src/session/search.h"

enum {
	HELPING = 4000,     /* rows loaded at a time */
	PAUSE_MS = 100,     /* between looks at what has arrived */
	PAUSE_OTHERS_MS = 1000, /* where all messages are looked at again */
	PROGRESS_MS = 100,
};

static void on_changed(struct mailbox *mailbox, void *data);

static const struct mailbox_ops ops = { .changed = on_changed };

/* Nothing of it goes on any more but its request. */
static void stop(struct find *find)
{
	find_others_stop(find);
	judging_free(&find->judging);
	source_clear(&find->timer);
	source_clear(&find->progress_timer);
	if (find->is_listening)
		mailbox_unlisten(find->mailbox, &ops, find);
	find->is_listening = false;
	mailbox_forget(find->mailbox, find);
	fill_forget(find->mailbox, find);
}

void find_destroy(struct find *find)
{
	stop(find);
	search_context_free(&find->context);
	if (find->has_plan)
		pattern_plan_release(&find->plan);
	g_ptr_array_unref(find->others);
	pattern_answers_free(&find->answers);
	imap_seqset_release(&find->tagged);
	imap_seqset_release(&find->found);
	imap_seqset_release(&find->matched);
	imap_seqset_release(&find->missing);
	imap_seqset_release(&find->helping);
	imap_seqset_release(&find->judged);
	pattern_free(&find->pattern);
	mailbox_unref(&find->mailbox);
	g_free(find);
}

void find_free(struct find **findp)
{
	struct find *find = *findp;
	struct session_request *request;

	if (find == NULL)
		return;
	*findp = NULL;
	find->is_freed = true;
	stop(find);
	request = find->request;
	/* Its end is told, whatever it is. */
	if (request != NULL)
		session_cancel(&request);
	else if (!find->is_telling)
		find_destroy(find);
}

/* --- the end ------------------------------------------------------------- */

bool find_tell(struct find *find, const GError *error)
{
	static const struct imap_seqset none;

	source_clear(&find->progress_timer);
	find->has_told = true;
	find->n_told = imap_seqset_count(&find->matched);
	find->is_telling = true;
	find->done(error, error == NULL ? &find->matched : &none, find->data);
	find->is_telling = false;
	if (!find->is_freed)
		return true;
	/* A request of it ends later. */
	if (find->request == NULL)
		find_destroy(find);
	return false;
}

/* --- what is here -------------------------------------------------------- */

/* It goes on by itself: what arrives is judged as well. */
static bool stays_here(const struct find *find)
{
	return (find->flags & (FIND_STAYS | FIND_ASKS)) == FIND_STAYS &&
		!pattern_needs_server(find->pattern);
}

/* Rows come without being asked for. */
static bool is_filling(const struct find *find)
{
	const struct mailbox *mailbox = find->mailbox;

	return !mail.batch && !mailbox->is_beside && !mailbox->is_fill_stopped;
}

static void on_judged(struct judging_result *result, void *data)
{
	struct find *find = data;

	imap_seqset_add_set(&find->matched, &result->matched);
	if (stays_here(find)) {
		imap_seqset_add_set(&find->judged, &result->matched);
		imap_seqset_add_set(&find->judged, &result->unmatched);
	}
	/* What was loaded just now, and is still missing, is not to be had. */
	if (imap_seqset_is_empty(&find->helping))
		imap_seqset_copy(&find->missing, &result->missing);
	else if (stays_here(find))
		imap_seqset_add_set(&find->judged, &find->helping);
	imap_seqset_clear(&find->helping);
	judging_free(&find->judging);
	find_go_on(find);
}

void find_judge(struct find *find, const struct imap_seqset *among)
{
	const struct judging_task task = {
		.mailbox = find->mailbox,
		.pattern = find->pattern,
		.tagged = find->has_tagged ? &find->tagged : NULL,
		.is_found = find->is_found,
		.answers = find->answers,
		.among = among,
		.except = stays_here(find) ? &find->judged : NULL,
		.skips_missing = find->has_told && stays_here(find) &&
			is_filling(find),
	};

	judging_free(&find->judging);
	find->judging = judging_start(&task, on_judged, find);
}

/* --- what is not --------------------------------------------------------- */

static void on_loaded(const GError *error, void *data)
{
	struct find *find = data;

	(void)error;
	find_judge(find, &find->helping);
}

static void load_some(struct find *find)
{
	imap_seqset_take(&find->missing, HELPING, SIZE_MAX, &find->helping);
	fill_load(find->mailbox, &find->helping, on_loaded, find);
}

static gboolean look_again(gpointer data)
{
	struct find *find = data;

	find->timer = 0;
	find->has_changed = false;
	find_judge_all(find);
	return G_SOURCE_REMOVE;
}

static void look_later(struct find *find)
{
	bool is_busy = !stays_here(find) || find->judging != NULL ||
		find->request != NULL || find->job != NULL ||
		!imap_seqset_is_empty(&find->helping);

	if (find->timer == 0 && !is_busy)
		find->timer = g_timeout_add(find->others->len > 0 ?
			PAUSE_OTHERS_MS : PAUSE_MS, look_again, find);
}

/* Nothing has to come, and nobody to be asked. */
static bool is_here(const struct find *find)
{
	const struct mailbox *mailbox = find->mailbox;
	struct table_counts counts;

	if (mail.batch || (find->flags & FIND_ASKS) != 0 ||
		mailbox->state == MAILBOX_LOADING ||
		mailbox->state == MAILBOX_GONE)
		return false;
	mailbox_count(mailbox, &counts);
	return counts.unknown == 0 && table_n_unknown(mailbox->table) == 0;
}

static void on_changed(struct mailbox *mailbox, void *data)
{
	struct find *find = data;

	/* The UIDs name other messages now. */
	if (find->uid_validity != mailbox->uid_validity) {
		find->uid_validity = mailbox->uid_validity;
		imap_seqset_clear(&find->judged);
		imap_seqset_clear(&find->matched);
	}
	find->has_changed = true;
	if (!find->is_waiting) {
		look_later(find);
	} else if (is_here(find)) {
		/* Before the server has answered, if it ever does. */
		mailbox_forget(mailbox, find);
		find->is_waiting = false;
		find_judge_all(find);
	}
}

static void end_round(struct find *find)
{
	find->has_narrowed = false;
	imap_seqset_clear(&find->missing);
	if (find->has_told && find->n_told == imap_seqset_count(&find->matched)
		&& stays_here(find))
		source_clear(&find->progress_timer);
	else if (!find_tell(find, NULL))
		return;
	if (find->has_changed)
		look_later(find);
}

void find_go_on(struct find *find)
{
	bool waits = stays_here(find) && is_filling(find);

	if (imap_seqset_is_empty(&find->missing))
		end_round(find);
	/* What is here is shown while the server is asked. */
	else if (waits && !find->has_told && !find_tell(find, NULL))
		return;
	else if (find_narrow_down(find))
		return;
	else if (waits && !find->has_narrowed)
		end_round(find);
	else
		load_some(find);
}

/* --- the beginning ------------------------------------------------------- */

static void listen(struct find *find)
{
	mailbox_listen(find->mailbox, &ops, find);
	find->is_listening = true;
	find->uid_validity = find->mailbox->uid_validity;
	if ((find->flags & FIND_ARRIVALS) != 0)
		table_get_uids(find->mailbox->table, &find->judged);
}

/* Does the server tell what the rows know as well? */
static bool is_asked_first(const struct find *find)
{
	const struct mailbox *mailbox = find->mailbox;

	return pattern_needs_server(find->pattern) ||
		((find->flags & FIND_ASKS) != 0 &&
		((find->flags & FIND_STAYS) != 0 || mailbox->is_beside ||
		!(pattern_is_cheap(find->pattern) ||
		mailbox_is_loaded(mailbox))));
}

static void on_ready(const GError *error, void *data)
{
	struct find *find = data;

	find->is_waiting = false;
	if (error != NULL)
		find_tell(find, error);
	else if (is_asked_first(find))
		find_ask(find);
	else
		find_judge_all(find);
}

struct find *find_start(struct mailbox *mailbox, const struct pattern *pattern,
	const struct imap_seqset *tagged, unsigned flags, find_done_fn *done,
	void *data)
{
	struct find *find = g_new0(struct find, 1);

	find->mailbox = mailbox_ref(mailbox);
	find->pattern = pattern_ref(pattern);
	find->has_tagged = tagged != NULL;
	if (tagged != NULL)
		imap_seqset_copy(&find->tagged, tagged);
	find->flags = flags;
	find->done = done;
	find->data = data;
	find->answers = pattern_answers_new(pattern_root(pattern));
	find->others = find_others_of(pattern_root(pattern));
	listen(find);
	if (!pattern_needs_server(pattern) && (flags & FIND_LOADS_ALL) == 0 &&
		(stays_here(find) || is_here(find)))
		find_judge_all(find);
	else if ((flags & FIND_LOADS_ALL) != 0 || pattern_needs_all(pattern))
		mailbox_load_all(mailbox, on_ready, find);
	else {
		find->is_waiting = !pattern_needs_server(pattern);
		mailbox_when_ready(mailbox, on_ready, find);
	}
	return find;
}

static gboolean tell_progress(gpointer data)
{
	struct find *find = data;
	uint64_t had = 0, wanted = 0;

	if (find->judging != NULL)
		judging_get_progress(find->judging, &had, &wanted);
	find->progress(had, wanted, find->data);
	return G_SOURCE_CONTINUE;
}

void find_watch(struct find *find, find_progress_fn *progress)
{
	find->progress = progress;
	find->progress_timer = g_timeout_add(PROGRESS_MS, tell_progress, find);
}

bool find_now(struct mailbox *mailbox, const struct pattern *pattern,
	const struct imap_seqset *tagged, struct imap_seqset *uids_out)
{
	const struct judging_task task = { .mailbox = mailbox,
		.pattern = pattern, .tagged = tagged };

	return !pattern_needs_server(pattern) && !pattern_needs_all(pattern) &&
		judging_at_once(&task, uids_out);
}
