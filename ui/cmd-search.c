/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Searching: in the index by pattern, on other screens by text, everywhere. */
#include "src/base/base.h"
#include "ui/commands.h"

#include "src/base/error.h"
#include "src/mail/find.h"
#include "src/mail/listing.h"
#include "src/mail/pattern.h"
#include "ui/found.h"
#include "ui/options.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/view.h"
#include "ui/work.h"

static bool refuse(GError **error, const char *why)
{
	g_set_error_literal(error, CMD_ERROR, CMD_ERROR_CONTEXT, why);
	return false;
}

/* --- in the index --------------------------------------------------------- */

static struct {
	char *pattern; /* of the index */
	bool is_back;
	/* What only the server could tell, kept for the next time. */
	struct find *find;
	struct work *work;
	const struct mailbox *mailbox; /* whose hits they are; only compared */
	struct imap_seqset hits;
} search;

static void forget_hits(void)
{
	find_free(&search.find);
	work_end(&search.work);
	search.mailbox = NULL;
	imap_seqset_clear(&search.hits);
}

static bool matches_at(const struct pattern *pattern, uint32_t i, uint32_t *uid_out)
{
	struct listing *listing = view_current()->listing;
	struct message_row row;

	listing_get_row(listing, i, &row);
	*uid_out = row.uid;
	if (row.uid == 0)
		return false;
	if (pattern_needs_server(pattern))
		return imap_seqset_has(&search.hits, row.uid);
	return (row.is_loaded || pattern_is_cheap(pattern)) &&
		pattern_match(pattern, listing_mailbox(listing), row.number - 1);
}

static uint32_t find_match(const struct pattern *pattern, bool is_back)
{
	struct listing *listing = view_current()->listing;
	uint32_t n = listing_length(listing), uid;
	uint32_t from = listing_find_uid(listing, view_cursor_uid());
	uint32_t reach;

	if (n == 0 || from == UINT32_MAX)
		return 0;
	reach = ui_options()->wrap_search ? n : is_back ? from : n - from - 1;
	for (uint32_t k = 1; k <= reach; k++) {
		if (matches_at(pattern, is_back ? (from + n - k) % n : (from + k) % n, &uid))
			return uid;
	}
	return 0;
}

static bool go_to_match(const struct pattern *pattern, bool is_back, GError **error)
{
	uint32_t uid = find_match(pattern, is_back);

	if (uid == 0) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_FAILED, "no message matches '%s'",
			search.pattern);
		return false;
	}
	view_current()->ops->set_cursor_uid(view_current(), uid);
	return true;
}

static void on_hits(const GError *error, const struct imap_seqset *uids, void *data)
{
	struct pattern *pattern = pattern_parse(search.pattern, NULL);
	GError *why = NULL;

	(void)data;
	find_free(&search.find);
	work_end(&search.work);
	imap_seqset_copy(&search.hits, uids);
	if (error || !pattern)
		search.mailbox = NULL;
	if (error)
		view_message(VIEW_ERROR, "%s", error->message);
	else if (pattern && view_current() && view_current()->mailbox == search.mailbox &&
		!go_to_match(pattern, search.is_back, &why))
		view_message(VIEW_ERROR, "%s", why->message);
	g_clear_error(&why);
	pattern_free(&pattern);
}

static void stop_search(void *data)
{
	(void)data;
	forget_hits();
}

static void ask_for_hits(const struct pattern *pattern)
{
	forget_hits();
	search.mailbox = view_current()->mailbox;
	search.work = work_begin("search", stop_search, NULL);
	search.find = find_start(view_current()->mailbox, pattern, NULL, 0, on_hits, NULL);
}

static bool search_index(bool is_back, GError **error)
{
	struct pattern *pattern = pattern_parse(search.pattern, error);
	bool ok = pattern != NULL;

	if (ok && pattern_needs_server(pattern) &&
		(search.find || search.mailbox != view_current()->mailbox))
		ask_for_hits(pattern);
	else if (ok)
		ok = go_to_match(pattern, is_back, error);
	pattern_free(&pattern);
	return ok;
}

static bool start_search(const char *text, bool is_back, GError **error)
{
	const char *const argv[] = { text, NULL };

	if (screen_top()->ops->context != CONTEXT_INDEX)
		return tell_screen(is_back ? "search-reverse" : "search", argv, 0, error);
	if (!view_current()->listing)
		return refuse(error, "no mailbox is open");
	g_free(search.pattern);
	search.pattern = g_strdup(text);
	search.is_back = is_back;
	forget_hits();
	return search_index(is_back, error);
}

static void on_search(const char *text, void *data)
{
	GError *error = NULL;

	if (!text || *text == '\0')
		return;
	if (!start_search(text, GPOINTER_TO_INT(data), &error)) {
		view_message(VIEW_ERROR, "%s", error->message);
		g_error_free(error);
	}
}

static bool ask_search(const struct command_call *call, bool is_back, GError **error)
{
	bool is_index = screen_top()->ops->context == CONTEXT_INDEX;
	struct prompt_request request = {
		.kind = PROMPT_LINE,
		.label = is_back ? "Reverse search: " : "Search: ",
		.history = is_index ? "pattern" : "search",
		.completes = is_index ? "pattern" : NULL,
		.done = on_search,
		.data = GINT_TO_POINTER(is_back),
	};

	if (call->argc > 0)
		return start_search(call->argv[0], is_back, error);
	return view_prompt(&request, error);
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
		return tell_screen(call->row->name, call->argv, call->count, error);
	if (!search.pattern || !view_current()->listing)
		return refuse(error, "nothing has been searched for");
	return search_index(search.is_back != is_opposite, error);
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
		.keys = "generic:/", .group = "finding",
		.summary = "find a message, or text on this screen", .exec = cmd_search },
	{ .name = "search-reverse", .usage = "[PATTERN]", .args = COMMAND_ARGS_REST,
		.max_args = 1, .context = CONTEXT_GENERIC, .needs = NEED_SCREEN,
		.completes = "pattern", .keys = "generic:M-/", .group = "finding",
		.summary = "the same, backwards", .exec = cmd_search_reverse },
	{ .name = "search-everywhere", .usage = "[PATTERN]", .args = COMMAND_ARGS_REST,
		.max_args = 1, .context = CONTEXT_INDEX | CONTEXT_FOLDERS, .needs = NEED_SCREEN,
		.completes = "pattern", .keys = "index:\\", .group = "finding",
		.summary = "search all mailboxes of the accounts that are online",
		.doc = "What is found is shown mailbox by mailbox; Enter opens one, limited "
		"to its messages that match.", .exec = cmd_search_everywhere },
	{ .name = "search-next", .usage = "", .context = CONTEXT_GENERIC,
		.needs = NEED_SCREEN, .keys = "generic:n", .group = "finding",
		.summary = "the next match", .exec = cmd_search_next },
	{ .name = "search-opposite", .usage = "", .context = CONTEXT_GENERIC,
		.needs = NEED_SCREEN, .group = "finding",
		.summary = "the next match in the other direction",
		.exec = cmd_search_opposite },
};

const struct command_table cmd_search_table = { rows, G_N_ELEMENTS(rows) };
