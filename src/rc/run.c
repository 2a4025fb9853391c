/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Running lists of commands. A run is a stack of lists, each with the place
 * reached and where "set" sets; blocks, sourced files and macros are pushed on
 * it, so that an asynchronous command may suspend at any depth and the C stack
 * stays flat.
 */
#include "src/base/base.h"
#include "src/rc/run.h"

#include "src/base/error.h"
#include "src/rc/option.h"

/* A macro or file that runs itself ends here. */
#define FRAMES_MAX 64
/* Runs begun by the commands of a run, on the C stack. */
#define RUNS_MAX 32

struct frame {
	struct command_list *list;
	size_t next;
	struct option_set *scope;
	bool is_file;
};

enum run_state {
	RUN_EXECUTING, /* or about to */
	RUN_WAITING,   /* for command_finish() */
	RUN_CANCELLED, /* by a callback; freed when that returned */
};

struct command_run {
	enum run_state state;
	GArray *frames; /* struct frame */
	guint frames_max;
	unsigned count;
	bool stop_on_error, any_failed;
	const struct command_run_ops *ops;
	void *data;
	struct command_call call;  /* the current one */
	struct command_list *list; /* that its command is in; NULL: no call */
	GPtrArray *argv;           /* of the current call */
	GArray *origins;           /* struct command_origin */
};

static unsigned n_nested_runs;

/* --- the current call ---------------------------------------------------- */

static void end_call(struct command_run *run)
{
	g_ptr_array_set_size(run->argv, 0);
	g_array_set_size(run->origins, 0);
	command_list_unref(&run->list);
}

static void report_failure(struct command_run *run, const GError *error)
{
	run->any_failed = true;
	if (run->ops != NULL && run->ops->failed != NULL)
		run->ops->failed(&run->call, error, run->data);
	else
		rc_report(&run->call.origin, false, error->message);
}

static void report_misread(struct command_run *run,
	const struct command *command)
{
	run->any_failed = true;
	rc_report(&command->origin, false, command->error);
}

static bool check_count(const struct command_call *call, GError **error)
{
	const struct command_row *row = call->row;
	unsigned max = row->max_args;

	if (row->args == COMMAND_ARGS_REST && max == 0)
		max = 1;
	if (call->argc >= row->min_args && call->argc <= max)
		return true;
	g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
		"too %s arguments; usage: %s %s",
		call->argc < row->min_args ? "few" : "many", row->name,
		row->usage != NULL ? row->usage : "");
	return false;
}

static bool begin_call(struct command_run *run, const struct command *command,
	const struct frame *frame, GError **error)
{
	run->list = command_list_ref(frame->list);
	run->call = (struct command_call){ .row = command->row,
		.origin = command->origin, .block = command->block,
		.otherwise = command->otherwise, .scope = frame->scope,
		.count = run->count, .run = run };
	if (!command_expand(command, frame->scope, run->argv, run->origins,
		    &run->call.origin, error))
		return false;
	run->call.argc = run->argv->len;
	g_ptr_array_add(run->argv, NULL);
	run->call.argv = (const char *const *)run->argv->pdata;
	run->call.argv_origins =
		(const struct command_origin *)(void *)run->origins->data;
	return check_count(&run->call, error);
}

/* --- frames -------------------------------------------------------------- */

static struct frame *top_frame(struct command_run *run)
{
	return &g_array_index(run->frames, struct frame, run->frames->len - 1);
}

static void pop_frame(struct command_run *run)
{
	command_list_unref(&top_frame(run)->list);
	g_array_set_size(run->frames, run->frames->len - 1);
}

static bool push_frame(struct command_run *run,
	const struct command_list *list, struct option_set *scope, bool is_file,
	GError **error)
{
	struct frame frame = { .scope = scope, .is_file = is_file };

	if (run->frames->len >= run->frames_max) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_FAILED,
			"commands are nested too deeply; does something "
			"run itself?");
		return false;
	}
	frame.list = command_list_ref(list);
	g_array_append_val(run->frames, frame);
	return true;
}

bool command_run_block(const struct command_call *call,
	const struct command_list *list, struct option_set *scope,
	GError **error)
{
	return push_frame(call->run, list, scope != NULL ? scope : call->scope,
		false, error);
}

bool command_run_file(const struct command_call *call,
	const struct command_list *list, GError **error)
{
	return push_frame(call->run, list, call->scope, true, error);
}

void command_run_finish_file(const struct command_call *call)
{
	struct command_run *run = call->run;
	guint n = run->frames->len;

	while (n > 1 &&
		!g_array_index(run->frames, struct frame, n - 1).is_file)
		n--;
	for (guint i = n - 1; i < run->frames->len; i++) {
		struct frame *frame =
			&g_array_index(run->frames, struct frame, i);

		frame->next = frame->list->n;
	}
}

/* --- the loop ------------------------------------------------------------ */

static void run_free(struct command_run *run)
{
	end_call(run);
	while (run->frames->len > 0)
		pop_frame(run);
	g_array_free(run->frames, TRUE);
	g_ptr_array_free(run->argv, TRUE);
	g_array_free(run->origins, TRUE);
	g_free(run);
}

static bool execute(struct command_run *run, const struct command *command,
	const struct frame *frame, GError **error)
{
	if (!begin_call(run, command, frame, error))
		return false;
	if (run->ops != NULL && run->ops->before != NULL &&
		!run->ops->before(&run->call, error, run->data))
		return false;
	return run->call.row->exec(&run->call, error);
}

/* Runs the next command. false: the run has to wait or to end. */
static bool step(struct command_run *run)
{
	struct frame *frame = top_frame(run);
	struct frame current = *frame;
	g_autoptr(GError) error = NULL;

	if (frame->next >= frame->list->n) {
		pop_frame(run);
		return true;
	}
	frame->next++;
	if (current.list->commands[current.next].row == NULL) {
		report_misread(run, &current.list->commands[current.next]);
		return !run->stop_on_error;
	}
	if (!execute(run, &current.list->commands[current.next], &current,
		    &error)) {
		if (run->state != RUN_CANCELLED)
			report_failure(run, error);
		end_call(run);
		return run->state != RUN_CANCELLED && !run->stop_on_error;
	}
	if (run->state == RUN_CANCELLED)
		return false;
	if (run->call.row->is_async) {
		run->state = RUN_WAITING;
		return false;
	}
	end_call(run);
	return true;
}

/* true: the run is over and freed. */
static bool go_on(struct command_run *run)
{
	const struct command_run_ops *ops = run->ops;
	void *data = run->data;
	bool any_failed, is_cancelled;

	n_nested_runs++;
	while (run->state == RUN_EXECUTING && run->frames->len > 0 && step(run))
		;
	n_nested_runs--;
	if (run->state == RUN_WAITING)
		return false;
	is_cancelled = run->state == RUN_CANCELLED;
	any_failed = run->any_failed;
	run_free(run);
	if (!is_cancelled && ops != NULL && ops->done != NULL)
		ops->done(any_failed, data);
	return true;
}

static struct command_run *run_new(unsigned count, bool stop_on_error,
	const struct command_run_ops *ops, void *data)
{
	struct command_run *run = g_new0(struct command_run, 1);

	run->frames = g_array_new(FALSE, FALSE, sizeof(struct frame));
	run->argv = g_ptr_array_new_with_free_func(g_free);
	run->origins =
		g_array_new(FALSE, FALSE, sizeof(struct command_origin));
	run->frames_max = FRAMES_MAX;
	run->count = count;
	run->stop_on_error = stop_on_error;
	run->ops = ops;
	run->data = data;
	return run;
}

static void refuse_run(struct command_run *run, const struct command_list *list)
{
	g_autoptr(GError) error = g_error_new(CMD_ERROR, CMD_ERROR_FAILED,
		"commands are nested too deeply; does something run itself?");

	if (list->n > 0) {
		run->list = command_list_ref(list);
		run->call.row = list->commands[0].row;
		run->call.origin = list->commands[0].origin;
		run->call.scope = options_global();
		run->call.run = run;
		report_failure(run, error);
	}
}

void command_lists_run(const struct command_list *const *lists, size_t n,
	const struct command_run_ops *ops, void *data)
{
	struct command_run *run = run_new(0, false, ops, data);

	if (n > 0 && n_nested_runs >= RUNS_MAX) {
		refuse_run(run, lists[0]);
		n = 0;
	}
	/* The last one pushed is the first one to run. */
	for (size_t i = n; i-- > 0;) {
		struct frame frame = { command_list_ref(lists[i]), 0,
			options_global(), true };

		g_array_append_val(run->frames, frame);
	}
	run->frames_max += (guint)n;
	go_on(run);
}

struct command_run *command_list_run(const struct command_list *list,
	struct option_set *scope, unsigned count, bool stop_on_error,
	const struct command_run_ops *ops, void *data)
{
	struct command_run *run = run_new(count, stop_on_error, ops, data);

	if (scope == NULL)
		scope = options_global();
	if (n_nested_runs >= RUNS_MAX)
		refuse_run(run, list);
	else
		push_frame(run, list, scope, true, NULL);
	return go_on(run) ? NULL : run;
}

void command_finish(struct command_run *run, const GError *error)
{
	g_assert(run->state == RUN_WAITING);
	run->state = RUN_EXECUTING;
	if (error != NULL)
		report_failure(run, error);
	end_call(run);
	if (error != NULL && run->stop_on_error) {
		while (run->frames->len > 0)
			pop_frame(run);
	}
	go_on(run);
}

void command_run_cancel(struct command_run *run)
{
	if (run->state == RUN_EXECUTING)
		run->state = RUN_CANCELLED;
	else if (run->state == RUN_WAITING)
		run_free(run);
}

/* --- for exec ------------------------------------------------------------ */

void command_blame(const struct command_call *call, unsigned i)
{
	if (i < call->argc)
		call->run->call.origin = call->argv_origins[i];
}

void command_warn(const struct command_call *call, const char *format, ...)
{
	g_autofree char *message = NULL;
	va_list args;

	va_start(args, format);
	message = g_strdup_vprintf(format, args);
	va_end(args);
	rc_report(&call->origin, true, message);
}
