/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Blocks that run when something happens. mutt's hooks are the same with
 * another spelling; those that name a text instead of commands (save-hook) are
 * kept for whoever asks.
 */
#include "src/base/base.h"
#include "src/rc/language.h"

#include "src/base/error.h"
#include "src/rc/name.h"
#include "src/rc/run.h"

/* What can happen. */
static const char *const events[] = { "account", "mailbox", "message",
	"new-mail", "send", "shutdown", "startup", "timeout" };

/* mutt's commands for them. A text is a mailbox or charset, not commands. */
static const struct mutt_hook {
	const char *command, *event;
	bool has_pattern, is_text;
} mutt_hooks[] = {
	{ "account-hook", "account", true, false },
	{ "charset-hook", "charset-hook", true, true },
	{ "crypt-hook", "crypt-hook", true, true },
	{ "fcc-hook", "fcc-hook", true, true },
	{ "fcc-save-hook", "fcc-save-hook", true, true },
	{ "folder-hook", "mailbox", true, false },
	{ "iconv-hook", "iconv-hook", true, true },
	{ "index-format-hook", "index-format-hook", true, true },
	{ "mbox-hook", "mbox-hook", true, true },
	{ "message-hook", "message", true, false },
	{ "reply-hook", "reply-hook", true, false },
	{ "save-hook", "save-hook", true, true },
	{ "send-hook", "send", true, false },
	{ "send2-hook", "send2-hook", true, false },
	{ "shutdown-hook", "shutdown", false, false },
	{ "startup-hook", "startup", false, false },
	{ "timeout-hook", "timeout", false, false },
};

struct hook {
	const char *event;   /* of the tables above */
	char *pattern;       /* NULL: always */
	char *text;          /* NULL: commands */
	struct command_list *block;
};

static GPtrArray *hooks;

static void hook_free(void *data)
{
	struct hook *hook = data;

	command_list_unref(&hook->block);
	g_free(hook->pattern);
	g_free(hook->text);
	g_free(hook);
}

void rc_hooks_init(void)
{
	hooks = g_ptr_array_new_with_free_func(hook_free);
}

void rc_hooks_release(void)
{
	g_clear_pointer(&hooks, g_ptr_array_unref);
}

static const struct mutt_hook *find_mutt_hook(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(mutt_hooks); i++) {
		if (rc_name_equal(mutt_hooks[i].command, name))
			return &mutt_hooks[i];
	}
	return NULL;
}

static const char *find_event(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
		if (rc_name_equal(events[i], name))
			return events[i];
	}
	return NULL;
}

static void add_hook(const char *event, const char *pattern, const char *text,
	struct command_list *block_take)
{
	struct hook *hook = g_new0(struct hook, 1);

	hook->event = event;
	hook->pattern = g_strdup(pattern);
	hook->text = g_strdup(text);
	hook->block = block_take;
	g_ptr_array_add(hooks, hook);
}

/* --- commands ------------------------------------------------------------ */

static bool fail_event(const char *name, GError **error)
{
	g_autofree char *list = NULL;
	GString *names = g_string_new(NULL);
	struct rc_nearest nearest;

	rc_nearest_init(&nearest, name);
	for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
		rc_nearest_offer(&nearest, events[i]);
		g_string_append_printf(names, "%s%s", i > 0 ? ", " : "",
			events[i]);
	}
	list = g_string_free(names, FALSE);
	g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
		"no hook is named '%s', only %s%s%s%s", name, list,
		nearest.best != NULL ? "; did you mean '" : "",
		nearest.best != NULL ? nearest.best : "",
		nearest.best != NULL ? "'?" : "");
	return false;
}

static bool fail_block(GError **error, const char *what)
{
	g_set_error(error, CMD_ERROR, CMD_ERROR_SYNTAX,
		"expected '{' or a command after '%s'", what);
	return false;
}

static bool cmd_hook(const struct command_call *call, GError **error)
{
	const char *event = find_event(call->argv[0]);

	if (event == NULL) {
		command_blame(call, 0);
		return fail_event(call->argv[0], error);
	}
	if (call->block == NULL)
		return fail_block(error, event);
	add_hook(event, call->argv[1], NULL, command_list_ref(call->block));
	return true;
}

/* The commands of a mutt hook: a block, one quoted word, or the rest. */
static struct command_list *hook_block(const struct command_call *call,
	unsigned arg)
{
	g_autofree char *text = NULL;

	if (call->block != NULL)
		return command_list_ref(call->block);
	if (call->argc <= arg)
		return NULL;
	text = rc_rest_text(call->argv[arg]);
	return rc_parse(text, strlen(text), call->origin.file);
}

/* mutt's "." means every mailbox; "!" and blanks before a pattern deny it. */
static bool check_pattern(const struct command_call *call, const char *pattern,
	GError **error)
{
	g_autoptr(GError) problem = NULL;
	g_autoptr(GRegex) regex = NULL;

	if (strchr("~%=", *pattern) != NULL)
		return true; /* of messages: whoever matches reads it */
	regex = g_regex_new(pattern + strspn(pattern, "! "), 0, 0, &problem);
	if (regex != NULL)
		return true;
	command_blame(call, 0);
	g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
		"not a regular expression: %s", problem->message);
	return false;
}

static bool cmd_mutt_hook(const struct command_call *call, GError **error)
{
	const struct mutt_hook *kind = find_mutt_hook(call->row->name);
	const char *pattern = kind->has_pattern ? call->argv[0] : NULL;
	struct command_list *block;
	g_autofree char *text = NULL;

	if (pattern != NULL && !check_pattern(call, pattern, error))
		return false;
	if (kind->is_text) {
		text = rc_rest_text(call->argv[1]);
		add_hook(kind->event, pattern, text, NULL);
		return true;
	}
	block = hook_block(call, pattern != NULL ? 1 : 0);
	if (block == NULL)
		return fail_block(error, call->row->name);
	add_hook(kind->event, pattern, NULL, block);
	return true;
}

static bool cmd_unhook(const struct command_call *call, GError **error)
{
	const char *name = call->argv[0], *event = find_event(name);
	const struct mutt_hook *kind = find_mutt_hook(name);

	if (strcmp(name, "*") == 0) {
		g_ptr_array_set_size(hooks, 0);
		return true;
	}
	if (event == NULL && kind != NULL)
		event = kind->event;
	if (event == NULL) {
		command_blame(call, 0);
		return fail_event(name, error);
	}
	for (guint i = hooks->len; i-- > 0;) {
		const struct hook *hook = hooks->pdata[i];

		if (strcmp(hook->event, event) == 0)
			g_ptr_array_remove_index(hooks, i);
	}
	return true;
}

/* --- running ------------------------------------------------------------- */

/* A regular expression over the subject, "!" before it for the opposite. */
static bool match_subject(const char *pattern, void *data)
{
	const char *subject = data;
	const char *text = pattern + strspn(pattern, "! ");
	bool is_negated = *pattern == '!';

	return subject != NULL &&
		g_regex_match_simple(text, subject, 0, 0) != is_negated;
}

void command_run_hook_for(const char *name, const char *subject,
	command_hook_match_fn *match, void *match_data,
	const struct command_run_ops *ops, void *data)
{
	g_autoptr(GPtrArray) blocks = g_ptr_array_new();

	if (match == NULL) {
		match = match_subject;
		match_data = (void *)subject;
	}
	for (guint i = 0; i < hooks->len; i++) {
		const struct hook *hook = hooks->pdata[i];

		if (hook->block != NULL && rc_name_equal(hook->event, name) &&
			(hook->pattern == NULL ||
				match(hook->pattern, match_data)))
			g_ptr_array_add(blocks, hook->block);
	}
	command_lists_run((const struct command_list *const *)blocks->pdata,
		blocks->len, ops, data);
}

void command_run_hook(const char *name, const struct command_run_ops *ops,
	void *data)
{
	command_run_hook_for(name, NULL, NULL, NULL, ops, data);
}

const char *command_hook_text(const char *name, command_hook_match_fn *match,
	void *match_data)
{
	for (guint i = 0; i < hooks->len; i++) {
		const struct hook *hook = hooks->pdata[i];

		if (hook->text != NULL && rc_name_equal(hook->event, name) &&
			match(hook->pattern, match_data))
			return hook->text;
	}
	return NULL;
}

#define MUTT_HOOK(name_, usage_, min_, max_, summary_)                    \
	{ .name = name_, .usage = usage_, .args = COMMAND_ARGS_REST,      \
		.min_args = min_, .max_args = max_, .takes_block = true,  \
		.is_batch = true, .group = "hooks", .summary = summary_, \
		.exec = cmd_mutt_hook }
#define TEXT_HOOK(name_, summary_)                                       \
	{ .name = name_, .usage = "PATTERN TEXT",                        \
		.args = COMMAND_ARGS_REST, .min_args = 2, .max_args = 2, \
		.is_batch = true, .group = "hooks", .summary = summary_, \
		.exec = cmd_mutt_hook }

static const struct command_row rows[] = {
	MUTT_HOOK("account-hook", "REGEX COMMAND", 1, 2,
		"mutt's spelling of hook account"),
	TEXT_HOOK("charset-hook", "another name for a charset"),
	TEXT_HOOK("crypt-hook", "keys for an address"),
	TEXT_HOOK("fcc-hook", "where copies of messages sent to someone go"),
	TEXT_HOOK("fcc-save-hook", "fcc-hook and save-hook at once"),
	MUTT_HOOK("folder-hook", "REGEX COMMAND", 1, 2,
		"mutt's spelling of hook mailbox"),
	{ .name = "hook", .usage = "EVENT [PATTERN] { ... }", .min_args = 1,
		.max_args = 2, .takes_block = true, .is_batch = true,
		.group = "hooks",
		.summary = "run commands when something happens",
		.doc = "Events: startup, shutdown, account (one is selected), "
		"mailbox (one was opened), message (one is shown), send, "
		"new-mail, timeout (no key for a while). The pattern is a "
		"regular expression over the account's or the mailbox's name, "
		"and a message pattern for message and send; without it the "
		"hook runs always.",
		.exec = cmd_hook },
	TEXT_HOOK("iconv-hook", "another name of a charset for the converter"),
	TEXT_HOOK("index-format-hook", "formats of the index by pattern"),
	TEXT_HOOK("mbox-hook", "where read messages of a mailbox go"),
	MUTT_HOOK("message-hook", "PATTERN COMMAND", 1, 2,
		"mutt's spelling of hook message"),
	MUTT_HOOK("reply-hook", "PATTERN COMMAND", 1, 2,
		"commands to run before a reply"),
	TEXT_HOOK("save-hook", "the mailbox that save proposes"),
	MUTT_HOOK("send-hook", "PATTERN COMMAND", 1, 2,
		"mutt's spelling of hook send"),
	MUTT_HOOK("send2-hook", "PATTERN COMMAND", 1, 2,
		"commands to run when a draft has changed"),
	MUTT_HOOK("shutdown-hook", "COMMAND", 0, 1,
		"neomutt's spelling of hook shutdown"),
	MUTT_HOOK("startup-hook", "COMMAND", 0, 1,
		"neomutt's spelling of hook startup"),
	MUTT_HOOK("timeout-hook", "COMMAND", 0, 1,
		"neomutt's spelling of hook timeout"),
	{ .name = "unhook", .usage = "EVENT | *", .min_args = 1,
		.max_args = 1, .is_batch = true, .group = "hooks",
		.summary = "forget the hooks of an event, or all",
		.exec = cmd_unhook },
};

const struct rc_command_table rc_hook_commands = { rows, G_N_ELEMENTS(rows) };
