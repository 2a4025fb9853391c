/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks, conditions, files and the environment. */
#include "src/base/base.h"
#include "src/rc/language.h"

#include <errno.h>
#include <unistd.h>

#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/rc/run.h"
#include "src/rc/value.h"

static bool fail(GError **error, enum cmd_error code, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

static bool fail(GError **error, enum cmd_error code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_propagate_error(error,
		g_error_new_valist(CMD_ERROR, (int)code, format, args));
	va_end(args);
	return false;
}

/* --- account and mailbox ------------------------------------------------- */

static bool is_account_name(const char *name)
{
	return *name != '\0' && strpbrk(name, "/=+!\\{}\n\t ") == NULL;
}

static bool cmd_account(const struct command_call *call, GError **error)
{
	const char *name = call->argv[0];

	if (!is_account_name(name)) {
		command_blame(call, 0);
		return fail(error, CMD_ERROR_USAGE,
			"'%s' cannot name an account: it must be a word "
			"without / = + ! and \\", name);
	}
	if (call->block == NULL)
		return fail(error, CMD_ERROR_SYNTAX,
			"expected '{' after 'account %s'", name);
	if (call->scope != options_global())
		return fail(error, CMD_ERROR_CONTEXT,
			"'account' cannot be within another block");
	return command_run_block(call, call->block, options_account(name),
		error);
}

static bool cmd_mailbox(const struct command_call *call, GError **error)
{
	const char *account = option_set_account(call->scope);
	g_autofree char *glob = account == NULL ? g_strdup(call->argv[0]) :
		g_strdup_printf("%s/%s", account, call->argv[0]);

	if (call->block == NULL)
		return fail(error, CMD_ERROR_SYNTAX,
			"expected '{' after 'mailbox %s'", call->argv[0]);
	return command_run_block(call, call->block, options_mailbox_glob(glob),
		error);
}

/* --- conditions ---------------------------------------------------------- */

static bool cmd_if(const struct command_call *call, GError **error)
{
	unsigned blamed;
	bool result = false;
	const struct command_list *chosen;

	if (!rc_condition(call->argv, call->argc, &result, &blamed, error)) {
		command_blame(call, blamed);
		return false;
	}
	chosen = result ? call->block : call->otherwise;
	return chosen == NULL || command_run_block(call, chosen, NULL, error);
}

char *rc_rest_text(const char *rest)
{
	struct arena *arena = arena_new();
	struct rc_lexer *lexer = rc_lexer_new(rest, strlen(rest), arena);
	struct rc_token token, next;
	char *text;

	rc_lexer_next(lexer, &token);
	rc_lexer_next(lexer, &next);
	/* Within single quotes nothing was put in: it is source as it is. */
	if (token.type == RC_TOKEN_WORD && token.is_quoted &&
		next.type == RC_TOKEN_EOF && token.text != NULL)
		text = g_strdup(token.text);
	else
		text = g_strdup(rest);
	rc_lexer_free(&lexer);
	arena_free(&arena);
	return text;
}

static bool is_known(const char *name)
{
	return option_find(name) != NULL || command_find(name) != NULL ||
		(g_str_has_prefix(name, "my_") && rc_variable(name) != NULL) ||
		g_getenv(name) != NULL;
}

static bool run_if(const struct command_call *call, bool condition,
	GError **error)
{
	g_autofree char *text = NULL;
	struct command_list *list;
	bool ok;

	if (!condition)
		return true;
	if (call->block != NULL)
		return command_run_block(call, call->block, NULL, error);
	if (call->argc < 2)
		return fail(error, CMD_ERROR_USAGE,
			"expected a command after '%s'", call->argv[0]);
	text = rc_rest_text(call->argv[1]);
	list = rc_parse(text, strlen(text), call->origin.file);
	ok = command_run_block(call, list, NULL, error);
	command_list_unref(&list);
	return ok;
}

static bool cmd_ifdef(const struct command_call *call, GError **error)
{
	return run_if(call, is_known(call->argv[0]), error);
}

static bool cmd_ifndef(const struct command_call *call, GError **error)
{
	return run_if(call, !is_known(call->argv[0]), error);
}

/* --- files --------------------------------------------------------------- */

/* Relative to the file that names it. */
static char *resolve_path(const struct command_call *call)
{
	g_autofree char *path = option_expand_path(call->argv[0]);
	g_autofree char *directory = NULL;

	if (g_path_is_absolute(path) || strchr(call->origin.file, '/') == NULL)
		return g_steal_pointer(&path);
	directory = g_path_get_dirname(call->origin.file);
	return g_build_filename(directory, path, NULL);
}

/* The text of a file, or what "command|" prints. */
static char *read_source(const struct command_call *call, char **name_out,
	GError **error)
{
	const char *argument = call->argv[0];
	size_t length = strlen(argument);
	g_autofree char *command = NULL;
	g_autoptr(GError) problem = NULL;
	char *text = NULL;

	if (length > 0 && argument[length - 1] == '|') {
		command = g_strndup(argument, length - 1);
		*name_out = g_strdup(g_strstrip(command));
		return rc_output_of(command, error);
	}
	*name_out = resolve_path(call);
	if (!g_file_get_contents(*name_out, &text, NULL, &problem))
		fail(error, CMD_ERROR_FAILED, "cannot read '%s': %s", *name_out,
			problem->message);
	return text;
}

static bool cmd_source(const struct command_call *call, GError **error)
{
	g_autofree char *name = NULL;
	g_autofree char *text = read_source(call, &name, error);
	struct command_list *list;
	bool ok;

	if (text == NULL) {
		command_blame(call, 0);
		return false;
	}
	list = rc_parse(text, strlen(text), name);
	ok = command_run_file(call, list, error);
	command_list_unref(&list);
	return ok;
}

static bool cmd_finish(const struct command_call *call, GError **error)
{
	(void)error;
	command_run_finish_file(call);
	return true;
}

/* --- the process --------------------------------------------------------- */

static bool cmd_cd(const struct command_call *call, GError **error)
{
	g_autofree char *path =
		option_expand_path(call->argc > 0 ? call->argv[0] : "~");

	if (chdir(path) == 0)
		return true;
	return fail(error, CMD_ERROR_FAILED, "cannot change to '%s': %s", path,
		g_strerror(errno));
}

static bool set_environment(const char *name, const char *value, GError **error)
{
	/* Other threads may read the environment once the program runs. */
	if (!rc_is_reading())
		return fail(error, CMD_ERROR_CONTEXT,
			"the environment can be changed in the rc file only");
	if (*name == '\0' || strchr(name, '=') != NULL)
		return fail(error, CMD_ERROR_USAGE,
			"'%s' cannot name a variable", name);
	if (value != NULL)
		g_setenv(name, value, TRUE);
	else
		g_unsetenv(name);
	return true;
}

/* NAME VALUE, NAME=VALUE or NAME? */
static bool cmd_setenv(const struct command_call *call, GError **error)
{
	const char *text = call->argv[0];
	size_t length = strcspn(text, "=?");
	g_autofree char *name = g_strndup(text, length);
	const char *value = text[length] == '=' ? text + length + 1 :
						  call->argv[1];

	if (text[length] == '?') {
		value = g_getenv(name);
		rc_echo(name, value != NULL ? value : "");
		return true;
	}
	/* NAME = VALUE */
	if (value != NULL && call->argc > 2 && strcmp(value, "=") == 0)
		value = call->argv[2];
	if (value == NULL)
		return fail(error, CMD_ERROR_USAGE,
			"expected a value after '%s'", name);
	return set_environment(name, value, error);
}

static bool cmd_unsetenv(const struct command_call *call, GError **error)
{
	return set_environment(call->argv[0], NULL, error);
}

static const struct command_row rows[] = {
	{ .name = "account", .usage = "NAME { ... }", .min_args = 1,
		.max_args = 1, .takes_block = true, .is_batch = true,
		.group = "settings", .completes = "account",
		.summary = "an account and its options",
		.doc = "Options that are set within the block are the "
		"account's. A second block of the same name adds to the first. "
		"The order of accounts is that of their first mention; the "
		"first one's inbox is what culver opens.",
		.exec = cmd_account },
	{ .name = "cd", .usage = "[DIRECTORY]", .max_args = 1,
		.is_batch = true, .group = "settings", .completes = "file",
		.summary = "change the directory that files are saved to",
		.exec = cmd_cd },
	{ .name = "finish", .usage = "", .ends_file = true, .is_batch = true,
		.group = "settings",
		.summary = "read no further in this file",
		.exec = cmd_finish },
	{ .name = "if", .usage = "CONDITION { ... } [else { ... }]",
		.min_args = 1, .max_args = COMMAND_ARGS_MAX,
		.takes_block = true, .takes_else = true,
		.is_conditional = true, .is_batch = true,
		.group = "settings",
		.summary = "run commands if a condition holds",
		.doc = "Conditions: 'version >= 0.2', 'exists FILE', "
		"'env NAME' or 'env NAME=VALUE', 'option NAME', "
		"'command NAME', "
		"'term \"xterm*\"'; joined by 'and', 'or' and 'not'. 'else if' "
		"asks for another one.",
		.exec = cmd_if },
	{ .name = "ifdef", .usage = "NAME COMMAND", .min_args = 1,
		.args = COMMAND_ARGS_REST, .max_args = 2, .takes_block = true,
		.is_conditional = true, .is_batch = true, .group = "settings",
		.summary = "run a command if a name is known",
		.doc = "The name of an option, a command or a variable. "
		"The command may be quoted, or be a block.",
		.exec = cmd_ifdef },
	{ .name = "ifndef", .usage = "NAME COMMAND", .min_args = 1,
		.args = COMMAND_ARGS_REST, .max_args = 2, .takes_block = true,
		.is_conditional = true, .is_batch = true, .group = "settings",
		.summary = "run a command if a name is not known",
		.doc = "The name of an option, a command or a variable. "
		"The command may be quoted, or be a block.",
		.exec = cmd_ifndef },
	{ .name = "mailbox", .usage = "GLOB { ... }", .min_args = 1,
		.max_args = 1, .takes_block = true, .is_batch = true,
		.group = "settings", .completes = "mailbox",
		.summary = "options for the mailboxes that match",
		.doc = "The glob is 'account/Name' or 'Name', with * for any "
		"characters, / included, and ? for one. Where several match, "
		"the last one wins. Within an account's block, the account is "
		"put before the name.",
		.exec = cmd_mailbox },
	{ .name = "setenv", .usage = "NAME VALUE", .min_args = 1,
		.max_args = 3, .is_batch = true, .group = "settings",
		.summary = "set a variable of the environment",
		.doc = "In the rc file only. 'setenv NAME?' shows it.",
		.exec = cmd_setenv },
	{ .name = "source", .usage = "FILE | \"COMMAND|\"", .min_args = 1,
		.max_args = 1, .is_batch = true, .group = "settings",
		.completes = "file",
		.summary = "run the commands in a file",
		.doc = "A relative name is looked up beside the file that it "
		"is written in. With a | at its end it is a program whose "
		"output is read; that is possible in the rc file only.",
		.exec = cmd_source },
	{ .name = "unsetenv", .usage = "NAME", .min_args = 1, .max_args = 1,
		.is_batch = true, .group = "settings",
		.summary = "remove a variable of the environment",
		.doc = "In the rc file only.",
		.exec = cmd_unsetenv },
};

const struct rc_command_table rc_block_commands = { rows, G_N_ELEMENTS(rows) };

void rc_language_init(void)
{
	static const struct rc_command_table *const tables[] = {
		&rc_block_commands, &rc_collect_commands, &rc_header_commands,
		&rc_hook_commands, &rc_mutt_commands, &rc_set_commands,
	};

	rc_variables_init();
	rc_collect_init();
	rc_headers_init();
	rc_hooks_init();
	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
		commands_register(tables[i]->rows, tables[i]->n);
}

void rc_language_release(void)
{
	rc_hooks_release();
	rc_headers_release();
	rc_collect_release();
	rc_variables_release();
	rc_source_release();
}
