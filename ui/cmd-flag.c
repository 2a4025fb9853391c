/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands for flags, tags and limits. */
#include "src/base/base.h"
#include "ui/commands.h"

#include "src/base/error.h"
#include "src/mail/action.h"
#include "src/mail/details.h"
#include "src/mail/listing.h"
#include "src/mail/mailbox.h"
#include "src/mail/pattern.h"
#include "src/mime/header.h"
#include "ui/act.h"
#include "ui/index.h"
#include "ui/options.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/text.h"
#include "ui/view.h"

static struct mailbox *the_mailbox(void)
{
	return view_current()->mailbox;
}

/* --- flags ---------------------------------------------------------------- */

struct flagging {
	char *text; /* what the keyword points into */
	bool is_add;
	struct imap_flags flags;
	const char *keyword;
};

static void flagging_free(void *data)
{
	struct flagging *flagging = data;

	g_free(flagging->text);
	g_free(flagging);
}

static struct flagging *flagging_new(const char *text, bool is_add, GError **error)
{
	struct flagging *flagging = g_new0(struct flagging, 1);
	bool invert = false;

	flagging->text = g_strdup(text);
	if (!action_parse_flag(flagging->text, &invert, &flagging->flags,
		&flagging->keyword, error)) {
		flagging_free(flagging);
		return NULL;
	}
	flagging->is_add = is_add != invert;
	return flagging;
}

static void flag_targets(const struct command_call *call,
	const struct imap_seqset *uids, void *data)
{
	struct flagging *flagging = data;
	struct act *act = act_new(call, "Flag not changed");

	if (imap_seqset_is_empty(uids)) {
		act_nothing(act);
		return;
	}
	if (flagging->keyword) {
		flagging->flags.keywords = &flagging->keyword;
		flagging->flags.n_keywords = 1;
	}
	action_flag(the_mailbox(), uids, flagging->is_add, &flagging->flags, act_done, act);
	if (view_current()->ops->acted)
		view_current()->ops->acted(view_current(), uids, false);
}

static bool change_flag(const struct command_call *call, const char *flag, bool is_add,
	const char *pattern, GError **error)
{
	struct flagging *flagging = flagging_new(flag, is_add, error);

	if (!flagging)
		return false;
	if (view_targets(call, pattern, flag_targets, flagging, flagging_free, error))
		return true;
	flagging_free(flagging);
	return false;
}

struct asked_flag {
	struct command_call call;
	bool is_add, has_prefix;
};

static void on_flag(const char *text, void *data)
{
	struct asked_flag *asked = data;
	GError *error = NULL;

	view_current()->tag_prefix = asked->has_prefix;
	if (!text || *text == '\0' ||
		!change_flag(&asked->call, text, asked->is_add, NULL, &error))
		view_finish(&asked->call, error);
	g_clear_error(&error);
}

static bool ask_flag(const struct command_call *call, bool is_add, GError **error)
{
	struct asked_flag *asked = g_new0(struct asked_flag, 1);
	struct prompt_request request = {
		.kind = PROMPT_LINE,
		.label = is_add ? "Set flag (! D N O r or a keyword): "
			: "Clear flag (! D N O r or a keyword): ",
		.history = "flag",
		.completes = "flag",
		.done = on_flag,
		.data = asked,
		.free_data = g_free,
	};

	asked->call = *call;
	asked->is_add = is_add;
	asked->has_prefix = view_current()->tag_prefix;
	if (!view_current()->is_batch && view_prompt(&request, error))
		return true;
	if (error && !*error)
		g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE, "expected a flag and a pattern");
	g_free(asked);
	return false;
}

static bool cmd_flag(const struct command_call *call, GError **error)
{
	bool is_add = strcmp(call->row->name, "flag") == 0;

	if (call->argc == 0)
		return ask_flag(call, is_add, error);
	return change_flag(call, call->argv[0], is_add,
		call->argc > 1 ? call->argv[1] : NULL, error);
}


/* --- labels --------------------------------------------------------------- */

struct labelling {
	struct command_call call;
	char *change;
	bool has_prefix;
};

static void labelling_free(void *data)
{
	struct labelling *labelling = data;

	g_free(labelling->change);
	g_free(labelling);
}

static void label_targets(const struct command_call *call,
	const struct imap_seqset *uids, void *data)
{
	struct labelling *labelling = data;
	struct act *act = act_new(call, "Labels not changed");
	GError *error = NULL;

	if (imap_seqset_is_empty(uids))
		act_nothing(act);
	else if (!mailbox_change_labels(the_mailbox(), uids, labelling->change,
		act_done, act, &error))
		act_refused(act, error);
}

static bool change_labels(const struct command_call *call, const char *change,
	const char *pattern, GError **error)
{
	struct labelling *labelling = g_new0(struct labelling, 1);

	labelling->change = g_strdup(change);
	if (view_targets(call, pattern, label_targets, labelling, labelling_free, error))
		return true;
	labelling_free(labelling);
	return false;
}

static void on_labels(const char *text, void *data)
{
	struct labelling *asked = data;
	GError *error = NULL;

	view_current()->tag_prefix = asked->has_prefix;
	if (!text || *text == '\0' || !change_labels(&asked->call, text, NULL, &error))
		view_finish(&asked->call, error);
	g_clear_error(&error);
}

static bool cmd_label(const struct command_call *call, GError **error)
{
	struct labelling *asked;
	struct prompt_request request = {
		.kind = PROMPT_LINE,
		.label = "Labels (+set -clear): ",
		.history = "label",
		.completes = "flag",
		.done = on_labels,
		.free_data = labelling_free,
	};

	if (call->argc > 0)
		return change_labels(call, call->argv[0],
			call->argc > 1 ? call->argv[1] : NULL, error);
	request.data = asked = g_new0(struct labelling, 1);
	asked->call = *call;
	asked->has_prefix = view_current()->tag_prefix;
	if (view_prompt(&request, error))
		return true;
	labelling_free(asked);
	return false;
}

/* Of several, all get what the first one had not. */
static void toggle_targets(const struct command_call *call,
	const struct imap_seqset *uids, void *data)
{
	enum imap_flag flag = (enum imap_flag)GPOINTER_TO_INT(data);
	struct imap_flags flags = { .system = flag };
	struct act *act = act_new(call, "Flag not changed");
	uint32_t pos = mailbox_find_uid(the_mailbox(), imap_seqset_min(uids));

	if (pos == UINT32_MAX) {
		act_nothing(act);
		return;
	}
	action_flag(the_mailbox(), uids, !(mailbox_flags_at(the_mailbox(), pos) & flag),
		&flags, act_done, act);
	if (view_current()->ops->acted)
		view_current()->ops->acted(view_current(), uids, false);
}

static bool cmd_toggle_flag(const struct command_call *call, GError **error)
{
	return view_targets(call, NULL, toggle_targets, GINT_TO_POINTER(IMAP_FLAG_FLAGGED),
		NULL, error);
}

static bool cmd_toggle_new(const struct command_call *call, GError **error)
{
	return view_targets(call, NULL, toggle_targets, GINT_TO_POINTER(IMAP_FLAG_SEEN),
		NULL, error);
}

/* --- tags ----------------------------------------------------------------- */

static void tags_changed(void)
{
	struct view *view = view_current();

	if (view->ops->changed)
		view->ops->changed(view);
}

static bool cmd_tag(const struct command_call *call, GError **error)
{
	struct view *view = view_current();
	uint32_t uid = view_cursor_uid();
	struct imap_seqset one;

	(void)call;
	(void)error;
	if (imap_seqset_has(&view->tagged, uid))
		imap_seqset_remove(&view->tagged, uid);
	else
		imap_seqset_add(&view->tagged, uid);
	tags_changed();
	imap_seqset_init(&one);
	imap_seqset_add(&one, uid);
	if (view->ops->acted)
		view->ops->acted(view, &one, false);
	imap_seqset_release(&one);
	return true;
}

static bool cmd_tag_prefix(const struct command_call *call, GError **error)
{
	struct view *view = view_current();

	(void)call;
	if (imap_seqset_is_empty(&view->tagged)) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT, "no message is tagged");
		return false;
	}
	view->tag_prefix_armed = true;
	view_message(VIEW_INFO, "for the tagged messages:");
	return true;
}

static void tag_targets(const struct command_call *call,
	const struct imap_seqset *uids, void *data)
{
	struct view *view = view_current();
	uint64_t n = imap_seqset_count(uids);

	(void)data;
	if (strcmp(call->row->name, "tag-pattern") == 0)
		imap_seqset_add_set(&view->tagged, uids);
	else
		imap_seqset_remove_set(&view->tagged, uids);
	if (n > 0)
		view_message(VIEW_INFO, "%" G_GUINT64_FORMAT " message%s %s", n, n == 1 ? "" : "s",
			strcmp(call->row->name, "tag-pattern") == 0 ? "tagged" : "untagged");
	tags_changed();
	view_finish(call, NULL);
}

static void on_tag_pattern(const char *text, void *data)
{
	struct command_call *call = data;
	GError *error = NULL;

	if (!text || *text == '\0' || !view_targets(call, text, tag_targets, NULL, NULL, &error))
		view_finish(call, error);
	g_clear_error(&error);
}

static bool cmd_tag_pattern(const struct command_call *call, GError **error)
{
	struct prompt_request request = {
		.kind = PROMPT_LINE,
		.label = strcmp(call->row->name, "tag-pattern") == 0
			? "Tag messages matching: " : "Untag messages matching: ",
		.history = "pattern",
		.completes = "pattern",
		.done = on_tag_pattern,
		.free_data = g_free,
	};

	if (call->argc > 0)
		return view_targets(call, call->argv[0], tag_targets, NULL, NULL, error);
	request.data = g_memdup2(call, sizeof(*call));
	if (view_prompt(&request, error))
		return true;
	g_free(request.data);
	return false;
}

/* --- limit ---------------------------------------------------------------- */

static struct command_call limit_call; /* whose limit is looked for */

static void on_limited(struct listing *listing, const GError *error, void *data)
{
	(void)listing;
	(void)data;
	if (g_error_matches(error, MAIL_ERROR, MAIL_ERROR_CANCELLED))
		error = NULL;
	view_finish(&limit_call, error);
}

static bool set_limit(const struct command_call *call, const char *text, GError **error)
{
	struct view *view = view_current();
	uint32_t uid = view_cursor_uid();
	struct pattern *pattern = NULL;

	if (!view->listing)
		return false;
	if (*text && g_ascii_strcasecmp(text, "all") != 0 && strcmp(text, "~A") != 0) {
		pattern = view_pattern(text, error);
		if (!pattern)
			return false;
	}
	/* The former one ends before. */
	listing_stop_search(view->listing);
	limit_call = *call;
	listing_set_limit(view->listing, pattern, on_limited);
	if (uid != 0 && view->ops->set_cursor_uid)
		view->ops->set_cursor_uid(view, uid);
	tags_changed();
	return true;
}

static void on_limit(const char *text, void *data)
{
	struct command_call *call = data;
	GError *error = NULL;

	if (!text || !set_limit(call, text, &error))
		view_finish(call, error);
	g_clear_error(&error);
}

static bool cmd_limit(const struct command_call *call, GError **error)
{
	const struct pattern *limit = listing_limit(view_current()->listing);
	struct prompt_request request = {
		.kind = PROMPT_LINE,
		.label = "Limit to messages matching: ",
		.initial = limit ? pattern_text(limit) : NULL,
		.history = "pattern",
		.completes = "pattern",
		.done = on_limit,
		.free_data = g_free,
	};

	if (call->argc > 0)
		return set_limit(call, call->argv[0], error);
	request.data = g_memdup2(call, sizeof(*call));
	if (view_prompt(&request, error))
		return true;
	g_free(request.data);
	return false;
}

static bool cmd_show_limit(const struct command_call *call, GError **error)
{
	const struct pattern *limit = listing_limit(view_current()->listing);

	(void)call;
	(void)error;
	if (limit)
		view_message(VIEW_INFO, "limit: %s", pattern_text(limit));
	else
		view_message(VIEW_INFO, "no limit: all messages are shown");
	return true;
}

static bool cmd_address(const struct command_call *call, GError **error)
{
	uint32_t pos = mailbox_find_uid(the_mailbox(), view_cursor_uid());
	struct message_row row = { 0 };
	char *addresses, *shown;

	(void)call;
	if (pos != UINT32_MAX)
		mailbox_get_row(the_mailbox(), pos, &row);
	if (!row.is_loaded || !row.envelope) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT, "the sender is not known yet");
		return false;
	}
	addresses = mime_addresses_format(&row.envelope->from);
	shown = text_reveal(addresses ? addresses : "no sender");
	view_message(VIEW_INFO, "%s", shown);
	g_free(shown);
	g_free(addresses);
	return true;
}

/* --- the rows ------------------------------------------------------------- */

enum {
	ON_MESSAGES = NEED_MAILBOX | NEED_MESSAGE | NEED_WRITABLE,
};

static const struct command_row rows[] = {
	{ .name = "flag", .aliases = "set-flag", .usage = "[FLAG [PATTERN]]",
		.args = COMMAND_ARGS_REST, .max_args = 2, .context = CONTEXT_MESSAGES,
		.needs = ON_MESSAGES, .is_async = true, .is_batch = true,
		.keys = "index:w pager:w", .group = "organising", .completes = "flag",
		.summary = "set a flag or keyword",
		.doc = "FLAG is \\Seen, \\Flagged and so on, with or without the backslash, "
		"mutt's letters ! D N O r, or a keyword.", .exec = cmd_flag },
	{ .name = "unflag", .aliases = "clear-flag", .usage = "[FLAG [PATTERN]]",
		.args = COMMAND_ARGS_REST, .max_args = 2, .context = CONTEXT_MESSAGES,
		.needs = ON_MESSAGES, .is_async = true, .is_batch = true,
		.keys = "index:W pager:W", .group = "organising", .completes = "flag",
		.summary = "clear a flag or keyword", .exec = cmd_flag },
	{ .name = "label", .aliases = "edit-label", .usage = "[LABELS [PATTERN]]",
		.args = COMMAND_ARGS_REST, .max_args = 2, .context = CONTEXT_MESSAGES,
		.needs = ON_MESSAGES | NEED_SCREEN, .is_async = true,
		.keys = "index:Y pager:Y", .group = "organising", .completes = "flag",
		.summary = "set and clear labels",
		.doc = "LABELS is as in \"+work -later\"; quotes keep words together. They are "
		"Gmail's labels where the server has them, keywords elsewhere.",
		.exec = cmd_label },
	{ .name = "toggle-flag", .aliases = "flag-message", .usage = "",
		.context = CONTEXT_MESSAGES, .needs = ON_MESSAGES | NEED_SCREEN,
		.is_async = true, .keys = "index:F pager:F", .group = "organising",
		.summary = "flag messages as important, or not", .exec = cmd_toggle_flag },
	{ .name = "toggle-new", .aliases = "mark-as-new", .usage = "",
		.context = CONTEXT_MESSAGES, .needs = ON_MESSAGES | NEED_SCREEN,
		.is_async = true, .keys = "index:N pager:N", .group = "organising",
		.summary = "mark messages as unread, or read", .exec = cmd_toggle_new },
	{ .name = "tag", .aliases = "tag-entry tag-message", .usage = "",
		.context = CONTEXT_MESSAGES, .needs = NEED_MAILBOX | NEED_MESSAGE | NEED_SCREEN,
		.keys = "index:t pager:t", .group = "organising",
		.summary = "tag a message for the next command, or untag it", .exec = cmd_tag },
	{ .name = "tag-pattern", .usage = "[PATTERN]", .args = COMMAND_ARGS_REST,
		.max_args = 1, .context = CONTEXT_INDEX, .needs = NEED_MAILBOX | NEED_SCREEN,
		.is_async = true, .keys = "index:T", .group = "organising",
		.completes = "pattern", .summary = "tag the messages that match a pattern",
		.exec = cmd_tag_pattern },
	{ .name = "untag-pattern", .usage = "[PATTERN]", .args = COMMAND_ARGS_REST,
		.max_args = 1, .context = CONTEXT_INDEX, .needs = NEED_MAILBOX | NEED_SCREEN,
		.is_async = true, .keys = "index:C-t", .group = "organising",
		.completes = "pattern", .summary = "untag the messages that match a pattern",
		.exec = cmd_tag_pattern },
	{ .name = "tag-prefix", .usage = "", .context = CONTEXT_MESSAGES,
		.needs = NEED_MAILBOX | NEED_SCREEN, .keys = "index:; pager:;",
		.group = "organising", .summary = "let the next command act on what is tagged",
		.exec = cmd_tag_prefix },
	{ .name = "limit", .usage = "[PATTERN]", .args = COMMAND_ARGS_REST, .max_args = 1,
		.context = CONTEXT_INDEX, .needs = NEED_MAILBOX | NEED_SCREEN,
		.is_async = true, .keys = "index:l", .group = "finding", .completes = "pattern",
		.summary = "show only the messages that match a pattern",
		.doc = "all, or an empty line, shows all of them again.", .exec = cmd_limit },
	{ .name = "show-limit", .usage = "", .context = CONTEXT_INDEX,
		.needs = NEED_MAILBOX | NEED_SCREEN, .keys = "index:M-l", .group = "finding",
		.summary = "tell the limit", .exec = cmd_show_limit },
	{ .name = "display-address", .usage = "", .context = CONTEXT_MESSAGES,
		.needs = NEED_MAILBOX | NEED_MESSAGE | NEED_SCREEN, .keys = "index:@ pager:@",
		.group = "reading", .summary = "show the sender's whole address",
		.exec = cmd_address },
};

const struct command_table cmd_flag_table = { rows, G_N_ELEMENTS(rows) };
