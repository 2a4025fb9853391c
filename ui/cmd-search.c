/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Searching: in the index by pattern, on other screens by text, everywhere. */
#include "src/base/base.h"
#include "ui/commands.h"

#include "src/base/error.h"
#include "src/mail/pattern.h"
#include "ui/found.h"
#include "ui/options.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/seek.h"
#include "ui/view.h"
#include "ui/work.h"

static bool refuse(GError **error, const char *why)
{
	g_set_error_literal(error, CMD_ERROR, CMD_ERROR_CONTEXT, why);
	return false;
}

enum { TICK_MS = 100 };

/* --- in the index --------------------------------------------------------- */

static struct {
	char *pattern;      /* of the index */
	bool is_back;
	struct seek *seek;  /* it, and what it has found out; NULL: not yet */
	struct work *work;  /* while it looks */
	guint timer;        /* for its bar */
	struct command_call call;
} search;

static void end_work(void)
{
	source_clear(&search.timer);
	work_end(&search.work);
}

static gboolean on_tick(void *data)
{
	uint64_t had, wanted;

	(void)data;
	seek_get_progress(search.seek, &had, &wanted);
	work_progress(search.work, had, wanted);
	return G_SOURCE_CONTINUE;
}

static void on_found(const GError *error, const struct seek_result *result, void *data)
{
	struct view *view = view_current();
	GError *none = NULL;

	(void)data;
	end_work();
	if (!error && result->uid == 0)
		g_set_error(&none, CMD_ERROR, CMD_ERROR_FAILED, "no message matches '%s'",
			search.pattern);
	else if (!error)
		view->ops->set_cursor_uid(view, result->uid);
	if (!error && result->has_wrapped)
		view_message(VIEW_INFO, "search went round the end of the list");
	view_finish(&search.call, error ? error : none);
	g_clear_error(&none);
}

static void stop_search(void *data)
{
	GError *error = g_error_new_literal(MAIL_ERROR, MAIL_ERROR_CANCELLED, "cancelled");

	(void)data;
	seek_free(&search.seek);
	on_found(error, NULL, NULL);
	g_error_free(error);
}

/* The one under way ends without a word. */
static void give_way(void)
{
	if (!search.work)
		return;
	end_work();
	seek_free(&search.seek);
	view_finish(&search.call, NULL);
}

static bool search_index(const struct command_call *call, bool is_back, GError **error)
{
	struct pattern *pattern = view_pattern(search.pattern, error);
	uint32_t uid = view_cursor_uid();

	if (!pattern)
		return false;
	give_way();
	search.call = *call;
	if (search.seek && !seek_is_current(search.seek))
		seek_free(&search.seek);
	if (!search.seek)
		search.seek = seek_new(pattern);
	pattern_free(&pattern);
	if (uid == 0)
		return refuse(error, "there is no message here");
	search.work = work_begin("search", stop_search, NULL);
	search.timer = g_timeout_add(TICK_MS, on_tick, NULL);
	seek_next(search.seek, uid, is_back, ui_options()->wrap_search, on_found, NULL);
	return true;
}

/* On another screen it is over when this returns. */
static bool search_screen(const struct command_call *call, const char *name,
	const char *const *argv, GError **error)
{
	if (!tell_screen(name, argv, call->count, error))
		return false;
	view_finish(call, NULL);
	return true;
}

static bool start_search(const struct command_call *call, const char *text, bool is_back,
	GError **error)
{
	const char *const argv[] = { text, NULL };

	if (screen_top()->ops->context != CONTEXT_INDEX)
		return search_screen(call, is_back ? "search-reverse" : "search", argv, error);
	if (!view_current()->listing)
		return refuse(error, "no mailbox is open");
	give_way();
	g_free(search.pattern);
	search.pattern = g_strdup(text);
	search.is_back = is_back;
	seek_free(&search.seek);
	return search_index(call, is_back, error);
}

struct asked_search {
	struct command_call call;
	bool is_back;
};

static void on_search(const char *text, void *data)
{
	struct asked_search *asked = data;
	GError *error = NULL;

	if (!text || *text == '\0' || !start_search(&asked->call, text, asked->is_back, &error))
		view_finish(&asked->call, error);
	g_clear_error(&error);
}

static bool ask_search(const struct command_call *call, bool is_back, GError **error)
{
	bool is_index = screen_top()->ops->context == CONTEXT_INDEX;
	struct asked_search *asked;
	struct prompt_request request = {
		.kind = PROMPT_LINE,
		.label = is_back ? "Reverse search: " : "Search: ",
		.history = is_index ? "pattern" : "search",
		.completes = is_index ? "pattern" : NULL,
		.done = on_search,
		.free_data = g_free,
	};

	if (call->argc > 0)
		return start_search(call, call->argv[0], is_back, error);
	request.data = asked = g_new0(struct asked_search, 1);
	asked->call = *call;
	asked->is_back = is_back;
	if (view_prompt(&request, error))
		return true;
	g_free(asked);
	return false;
}

static bool cmd_search(const struct command_call *call, GError **error)
{
	return ask_search(call, false, error);
}

static bool cmd_search_reverse(const struct command_call *call, GError **error)
{
	return ask_search(call, true, error);
}

static bool search_again(const struct command_call *call, bool is_opposite, GError **error)
{
	if (screen_top()->ops->context != CONTEXT_INDEX)
		return search_screen(call, call->row->name, call->argv, error);
	if (!search.pattern || !view_current()->listing)
		return refuse(error, "nothing has been searched for");
	return search_index(call, search.is_back != is_opposite, error);
}

/* --- everywhere ----------------------------------------------------------- */

static bool search_everywhere(const char *text, GError **error)
{
	struct pattern *pattern = pattern_parse(text, error);

	if (!pattern)
		return false;
	screen_push(found_new(pattern));
	return true;
}

static void on_everywhere(const char *text, void *data)
{
	GError *error = NULL;

	(void)data;
	if (!text || *text == '\0' || search_everywhere(text, &error))
		return;
	view_message(VIEW_ERROR, "%s", error->message);
	g_error_free(error);
}

static bool cmd_search_everywhere(const struct command_call *call, GError **error)
{
	const struct prompt_request request = {
		.kind = PROMPT_LINE,
		.label = "Search everywhere: ",
		.history = "pattern",
		.completes = "pattern",
		.done = on_everywhere,
	};

	if (call->argc > 0)
		return search_everywhere(call->argv[0], error);
	return view_prompt(&request, error);
}

/* --- again ---------------------------------------------------------------- */

static bool cmd_search_next(const struct command_call *call, GError **error)
{
	return search_again(call, false, error);
}

static bool cmd_search_opposite(const struct command_call *call, GError **error)
{
	return search_again(call, true, error);
}

/* --- the rows ------------------------------------------------------------- */

static const struct command_row rows[] = {
	{ .name = "search", .usage = "[PATTERN]", .args = COMMAND_ARGS_REST, .max_args = 1,
		.context = CONTEXT_GENERIC, .needs = NEED_SCREEN, .completes = "pattern",
		.is_async = true, .keys = "generic:/", .group = "finding",
		.summary = "find a message, or text on this screen", .exec = cmd_search },
	{ .name = "search-reverse", .usage = "[PATTERN]", .args = COMMAND_ARGS_REST,
		.max_args = 1, .context = CONTEXT_GENERIC, .needs = NEED_SCREEN,
		.is_async = true, .completes = "pattern", .keys = "generic:M-/", .group = "finding",
		.summary = "the same, backwards", .exec = cmd_search_reverse },
	{ .name = "search-everywhere", .usage = "[PATTERN]", .args = COMMAND_ARGS_REST,
		.max_args = 1, .context = CONTEXT_INDEX | CONTEXT_FOLDERS, .needs = NEED_SCREEN,
		.completes = "pattern", .keys = "index:\\", .group = "finding",
		.summary = "search all mailboxes of the accounts that are online",
		.doc = "What is found is shown mailbox by mailbox; Enter opens one, limited "
		"to its messages that match.", .exec = cmd_search_everywhere },
	{ .name = "search-next", .usage = "", .context = CONTEXT_GENERIC,
		.needs = NEED_SCREEN, .is_async = true, .keys = "generic:n", .group = "finding",
		.summary = "the next match", .exec = cmd_search_next },
	{ .name = "search-opposite", .usage = "", .context = CONTEXT_GENERIC,
		.needs = NEED_SCREEN, .is_async = true, .group = "finding",
		.summary = "the next match in the other direction",
		.exec = cmd_search_opposite },
};

const struct command_table cmd_search_table = { rows, G_N_ELEMENTS(rows) };
