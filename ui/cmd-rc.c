/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands of the rc file that are about the screen: keys and colours. */
#include "src/base/base.h"
#include "ui/commands.h"

#include "src/base/error.h"
#include "ui/context.h"
#include "ui/keymap.h"
#include "ui/screen.h"
#include "ui/theme.h"
#include "ui/view.h"

static bool usage(const struct command_call *call, GError **error)
{
	g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE, "expected %s", call->row->usage);
	return false;
}

static void report_parse(const struct command_origin *origin, bool is_warning,
	const char *message, void *data)
{
	char **first = data;

	(void)origin;
	if (!is_warning && !*first)
		*first = g_strdup(message);
}

/* A command as text, or the block of the call. NULL with error. */
static struct command_list *bound_commands(const struct command_call *call, GError **error)
{
	struct command_list *list;
	char *why = NULL;

	if (call->block)
		return command_list_ref(call->block);
	if (call->argc < 3) {
		usage(call, error);
		return NULL;
	}
	list = command_parse(call->argv[2], strlen(call->argv[2]), call->origin.file,
		report_parse, &why);
	if (why) {
		g_set_error_literal(error, CMD_ERROR, CMD_ERROR_USAGE, why);
		command_blame(call, 2);
		command_list_unref(&list);
	}
	g_free(why);
	return list;
}

/* Functions of mutt that have no command here, with a blank after each. */
static const char mutt_functions[] =
	"attach-file attach-key attach-message attach-news autocrypt-acct-menu "
	"autocrypt-menu break-thread buffy-toggle check-stats "
	"collapse-parts compose-to-sender complete-query copy-file "
	"create-alias current-bottom current-middle current-top decode-copy "
	"decode-save decrypt-copy decrypt-save delete-entry "
	"descend-directory detach-file edit edit-label edit-message "
	"edit-or-view-raw-message edit-raw-message edit-type enter-mask "
	"extract-keys fetch-mail forget-passphrase group-chat-reply "
	"imap-logout-all link-threads list-action list-subscribe list-unsubscribe "
	"mail-key mark-message modify-labels modify-tags "
	"pipe-entry pipe-message postpone-message "
	"print-entry print-message purge-message purge-thread query "
	"quick-sort recall-message resend-message "
	"save-entry search-query send-message shell-escape show-version "
	"sort-alias spam subscribe-pattern "
	"toggle-mailboxes undelete-entry "
	"vfolder-from-query view-alt view-mailcap view-text what-key ";

static bool is_mutt_function(const char *name)
{
	char *word = g_strconcat(name, " ", NULL);
	const char *at = strstr(mutt_functions, word);
	bool is_one = at && (at == mutt_functions || at[-1] == ' ');

	g_free(word);
	return is_one;
}

/* The key keeps no other meaning: the rc wanted something else of it. */
static bool bind_unknown(const struct command_call *call, GError **error)
{
	command_warn(call, "mutt's '%s' has no meaning here", call->argv[2]);
	return keymap_unbind(call->argv[0], call->argv[1], error);
}

static bool cmd_bind(const struct command_call *call, GError **error)
{
	struct command_list *list;
	char *dropped = NULL;
	bool ok;

	if (call->argc == 3 && strcmp(call->argv[2], "noop") == 0)
		return keymap_unbind(call->argv[0], call->argv[1], error);
	if (call->argc == 3 && !command_find(call->argv[2]) && is_mutt_function(call->argv[2]))
		return bind_unknown(call, error);
	list = bound_commands(call, error);
	if (!list)
		return false;
	ok = keymap_bind(call->argv[0], call->argv[1], list, true, &dropped, error);
	if (dropped)
		command_warn(call, "%s", dropped);
	g_free(dropped);
	return ok;
}

static bool cmd_unbind(const struct command_call *call, GError **error)
{
	return keymap_unbind(call->argv[0], call->argc > 1 ? call->argv[1] : NULL, error);
}

static bool cmd_macro(const struct command_call *call, GError **error)
{
	return keymap_macro(call->argv[0], call->argv[1], call->argv[2],
		call->argc > 3 ? call->argv[3] : NULL, error);
}

static bool cmd_color(const struct command_call *call, GError **error)
{
	return theme_set(strcmp(call->row->name, "mono") == 0, call->argv, call->argc, error);
}

static bool cmd_uncolor(const struct command_call *call, GError **error)
{
	return theme_unset(strcmp(call->row->name, "unmono") == 0, call->argv, call->argc, error);
}

static bool cmd_push(const struct command_call *call, GError **error)
{
	(void)error;
	screen_push_keys(call->argv[0]);
	return true;
}

static bool cmd_exec(const struct command_call *call, GError **error)
{
	for (unsigned i = 0; i < call->argc; i++) {
		if (!command_find(call->argv[i])) {
			const char *near = command_nearest(call->argv[i]);

			command_blame(call, i);
			g_set_error(error, CMD_ERROR, CMD_ERROR_UNKNOWN,
				"no command '%s'%s%s%s", call->argv[i],
				near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
			return false;
		}
	}
	for (unsigned i = 0; i < call->argc; i++)
		screen_run_commands(call->argv[i], "exec");
	return true;
}

static bool cmd_echo(const struct command_call *call, GError **error)
{
	char *text = g_strjoinv(" ", (char **)call->argv);

	(void)error;
	view_message(VIEW_INFO, "%s", text);
	g_free(text);
	return true;
}

static bool cmd_noop(const struct command_call *call, GError **error)
{
	(void)call;
	(void)error;
	return true;
}

static const struct command_row rows[] = {
	{ .name = "bind", .usage = "SCREENS KEYS COMMAND | { ... }",
		.args = COMMAND_ARGS_REST, .min_args = 2, .max_args = 3, .takes_block = true,
		.is_batch = true, .completes = "command", .group = "keys",
		.summary = "let keys run a command",
		.doc = "SCREENS is one or more of generic, index, pager, folders, parts, "
		"help, text and prompt, with commas between; mutt's names are understood. "
		"KEYS is a sequence such as ,a or <f2> or C-x or M-x. A longer sequence "
		"that begins with a bound key drops the binding of that key, with a "
		"warning. The command noop removes a binding.", .exec = cmd_bind },
	{ .name = "unbind", .usage = "SCREENS [KEYS | *]", .min_args = 1, .max_args = 2,
		.is_batch = true, .group = "keys", .summary = "remove the binding of a key, or all",
		.exec = cmd_unbind },
	{ .name = "macro", .usage = "SCREENS KEYS TEXT [DESCRIPTION]", .min_args = 3,
		.max_args = 4, .is_batch = true, .group = "keys",
		.summary = "let keys stand for other keys",
		.doc = "In TEXT, <enter> and the like are keys, and <command-name> is a "
		"command.", .exec = cmd_macro },
	{ .name = "unmacro", .usage = "SCREENS [KEYS | *]", .min_args = 1, .max_args = 2,
		.is_batch = true, .group = "keys", .summary = "remove a macro, or all",
		.exec = cmd_unbind },
	{ .name = "push", .usage = "KEYS", .min_args = 1, .max_args = 1, .is_batch = true,
		.group = "keys", .summary = "as if these keys had been typed", .exec = cmd_push },
	{ .name = "exec", .usage = "COMMAND...", .min_args = 1, .max_args = 50,
		.is_batch = true, .completes = "command", .group = "keys",
		.summary = "run commands by name", .exec = cmd_exec },
	{ .name = "color", .aliases = "colour", .min_args = 2, .max_args = 12,
		.usage = "OBJECT [ATTRIBUTE...] FOREGROUND BACKGROUND [PATTERN]",
		.is_batch = true, .group = "colours",
		.summary = "give something a colour",
		.doc = "Colours are black, red, green, yellow, blue, magenta, cyan, white, "
		"each also with bright before it, default, color0 to color255, and "
		"#RRGGBB. Attributes are bold, dim, underline, reverse, italic and none.",
		.exec = cmd_color },
	{ .name = "mono", .usage = "OBJECT ATTRIBUTE [PATTERN]", .min_args = 2,
		.max_args = 12, .is_batch = true, .group = "colours",
		.summary = "the same for terminals without colours", .exec = cmd_color },
	{ .name = "uncolor", .aliases = "uncolour", .usage = "OBJECT [PATTERN... | *] | *",
		.min_args = 1, .max_args = 50, .is_batch = true, .group = "colours",
		.summary = "take a colour back", .exec = cmd_uncolor },
	{ .name = "unmono", .usage = "OBJECT [PATTERN... | *] | *", .min_args = 1,
		.max_args = 50, .is_batch = true, .group = "colours",
		.summary = "take an attribute back", .exec = cmd_uncolor },
	{ .name = "echo", .usage = "TEXT...", .max_args = 100, .is_batch = true,
		.group = "other", .summary = "show a text", .exec = cmd_echo },
	{ .name = "noop", .usage = "", .is_batch = true,
		.group = "keys", .summary = "do nothing", .exec = cmd_noop },
};

const struct command_table cmd_rc_table = { rows, G_N_ELEMENTS(rows) };
