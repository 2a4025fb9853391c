/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Actions on behalf of commands. See act.h. */
#include "src/base/base.h"
#include "ui/act.h"

#include "src/base/error.h"

struct act {
	struct command_call call; /* its arguments may be gone */
	const char *failure;
	bool is_batch;
};

/* Not yet done: at the end of the program, what the journal keeps. */
static GPtrArray *acts;

static void act_free(struct act *act)
{
	g_ptr_array_remove_fast(acts, act);
}

void acts_release(void)
{
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
	} else if (error && g_str_has_prefix(error->message, "Not ")) {
		view_message(VIEW_ERROR, "%s", error->message);
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
