/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Actions on behalf of commands. See act.h. */
#include "src/base/base.h"
#include "ui/act.h"

#include "src/base/error.h"
#include "ui/work.h"

struct act {
	struct command_call call; /* its arguments may be gone */
	const char *failure;
	bool is_batch;
};

/* Not yet done: at the end of the program, what the journal keeps. */
static GPtrArray *acts;

/* Large actions under way: struct work by their serial. */
static GHashTable *works;

static void act_free(struct act *act)
{
	g_ptr_array_remove_fast(acts, act);
}

void acts_release(void)
{
	action_listen(NULL, NULL);
	g_clear_pointer(&works, g_hash_table_unref);
	g_clear_pointer(&acts, g_ptr_array_unref);
}

struct act *act_new(const struct command_call *call, const char *failure)
{
	struct act *act = g_new0(struct act, 1);

	act->call = *call;
	act->failure = failure;
	act->is_batch = view_current()->is_batch;
	if (!acts)
		acts = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(acts, act);
	/* What is shown is shown at once; the screen goes on. */
	if (!act->is_batch)
		view_finish(call, NULL);
	return act;
}

static void tell_result(struct act *act, uint32_t changed)
{
	struct view *view = view_current();

	if (view && view->ops->result)
		view->ops->result(view, &act->call, changed, NULL);
}

void act_done(uint32_t changed, const GError *error, void *data)
{
	struct act *act = data;

	if (act->is_batch) {
		if (!error)
			tell_result(act, changed);
		view_finish(&act->call, error);
	} else if (error && !g_error_matches(error, MAIL_ERROR, MAIL_ERROR_CANCELLED)) {
		view_message(VIEW_ERROR, "%s: %s", act->failure, error->message);
	}
	act_free(act);
}

void act_refused(struct act *act, GError *error_take)
{
	if (act->is_batch)
		view_finish(&act->call, error_take);
	else
		view_message(VIEW_ERROR, "%s", error_take->message);
	g_error_free(error_take);
	act_free(act);
}

void act_nothing(struct act *act)
{
	act_done(0, NULL, act);
}

/* --- what happens --------------------------------------------------------- */

static void stop(void *data)
{
	action_stop(GPOINTER_TO_UINT(data));
}

static void show_progress(const struct action_event *event)
{
	void *serial = GUINT_TO_POINTER(event->serial);
	struct work *work = g_hash_table_lookup(works, serial);

	if (!work) {
		work = work_begin(event->text, stop, serial);
		g_hash_table_insert(works, serial, work);
	}
	/* One that waits can be stopped too, but there is no end to see. */
	work_progress(work, event->count,
		event->kind == ACTION_EVENT_PROGRESS ? event->wanted : 0);
}

static void end_progress(const struct action_event *event)
{
	g_hash_table_remove(works, GUINT_TO_POINTER(event->serial));
}

static void on_event(const struct action_event *event, void *data)
{
	(void)data;
	switch (event->kind) {
	case ACTION_EVENT_PROGRESS:
	case ACTION_EVENT_WAITS:
		show_progress(event);
		return;
	case ACTION_EVENT_ENDED:
		end_progress(event);
		return;
	case ACTION_EVENT_FLAGGED:
	case ACTION_EVENT_UNFLAGGED:
		/* The row shows it. */
		if (event->count == 1)
			return;
		break;
	case ACTION_EVENT_DELETED:
	case ACTION_EVENT_UNDELETED:
	case ACTION_EVENT_MOVED:
	case ACTION_EVENT_COPIED:
	case ACTION_EVENT_EXPUNGED:
	case ACTION_EVENT_UNDONE:
	case ACTION_EVENT_REDONE:
	case ACTION_EVENT_STOPPED:
		break;
	}
	view_message(VIEW_INFO, "%s", event->text);
}

static void end_work(void *data)
{
	struct work *work = data;

	work_end(&work);
}

void acts_listen(void)
{
	works = g_hash_table_new_full(NULL, NULL, NULL, end_work);
	action_listen(on_event, NULL);
}
