/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command language: rc file, ":" prompt, key bindings, macros, hooks, -e
 * and batch mode all end in command_run(). A command is a row beside its
 * function; help, completion, "bind" checks, default keys and the manual read
 * the row. This room knows what a command is and the commands of the language
 * itself (set, account, mailbox, source, if, hook, alias ...); what acts on
 * mail and screens is registered by ui.
 *
 * Parsing is apart from running: a text becomes a list of calls, or an error
 * with FILE:LINE:COLUMN. Commands that wait for the server end later: their
 * row says is_async, and the runner goes on when command_finish() was called.
 */
#ifndef CULVER_RC_COMMAND_H
#define CULVER_RC_COMMAND_H

#include "src/base/base.h"

struct command_call;
struct command_list;
struct option_set;

struct command_origin {
	const char *file; /* "culverrc", "-e 2", ":" ; interned */
	unsigned line, column; /* from 1 */
};

typedef bool command_exec_fn(const struct command_call *call, GError **error);

/* What the rest of the line is. */
enum command_args {
	COMMAND_ARGS_WORDS,   /* split into words, quotes and escapes undone */
	COMMAND_ARGS_REST,    /* max_args - 1 words, then the rest of the command as
	                         written (patterns) as the last argument */
};

struct command_row {
	const char *name;      /* "delete"; "-" and "_" are equal */
	const char *aliases;   /* mutt's function names, space-separated, or NULL */
	const char *usage;     /* "MAILBOX [PATTERN]"; "" for none */
	enum command_args args;
	unsigned min_args, max_args; /* of words, not counting blocks */
	bool takes_block;      /* a last { ... } is a block of commands */
	bool takes_else;       /* ... and "else" may follow it */
	bool is_conditional;   /* errors in the block count only if it is run */
	bool is_skipped;       /* read over, blocks and all: nothing to do here */
	bool ends_file;        /* what follows in the file is not read */
	unsigned context;      /* bits of screens where it works; 0 everywhere */
	unsigned needs;        /* bits that the front end checks before exec */
	bool is_async;         /* exec only begins it; ends by command_finish() */
	bool is_batch;         /* works in batch mode */
	const char *keys;      /* default keys, "CONTEXT:KEY" words, e.g. "index:d pager:d" */
	const char *group;     /* of the help screen: "deleting" */
	const char *completes; /* what arguments are: "mailbox", "option", "file",
	                          "command", "pattern", "flag", "account"; "" none */
	const char *summary;   /* one line, no full stop */
	const char *doc;       /* paragraphs for the manual, or NULL */
	command_exec_fn *exec;
};

/* Valid until exec returned; until command_finish() if the row is_async. */
struct command_call {
	const struct command_row *row;
	struct command_origin origin;
	const char *const *argv;  /* NULL-terminated */
	unsigned argc;
	const struct command_origin *argv_origins; /* where each argument is */
	const struct command_list *block; /* or NULL; command_list_ref() to keep it */
	const struct command_list *otherwise; /* the else block, or NULL */
	struct option_set *scope; /* where "set" sets: global, or the enclosing block's */
	unsigned count;           /* a number typed before the key; 0 none */
	struct command_run *run;  /* for command_finish() */
};

void commands_init(void);
void commands_release(void);
/* Rows of the front end; the array stays valid. Names must be unique. */
void commands_register(const struct command_row *rows, size_t n);
/* By name or alias; NULL if none. */
const struct command_row *command_find(const char *name);
const struct command_row *const *command_rows(size_t *n_out); /* sorted */
const char *command_nearest(const char *name);

/* Usable as max_args of commands that take any number of words. */
#define COMMAND_ARGS_MAX UINT_MAX

/* Commands end at a newline or ";". Errors are given to report (may be NULL),
 * one each, and the rest is still parsed; errors in the blocks of "if" are
 * reported when these run. Never NULL; may be empty. */
typedef void command_report_fn(const struct command_origin *origin,
	bool is_warning, const char *message, void *data);
struct command_list *command_parse(const char *text, size_t len, const char *file,
	command_report_fn *report, void *data);
struct command_list *command_list_ref(const struct command_list *list);
void command_list_unref(struct command_list **list);
size_t command_list_length(const struct command_list *list);
/* The row of command i and how many words follow its name. */
const struct command_row *command_list_row(const struct command_list *list, size_t i, unsigned *n_args_out);
/* As text, for "bind" listings and help. Free with g_free(). */
char *command_list_to_string(const struct command_list *list);

/*
 * Runs a list from its first command; an asynchronous one suspends the run.
 * stop_on_error: batch mode without -k. done (may be NULL) runs once: at the
 * end, with failed set if any failed; it may run before this returns when
 * nothing was asynchronous. before (may be NULL) checks context and needs and
 * may refuse with an error. failed (may be NULL): errors go to
 * command_set_report() instead. ops (may be NULL) is borrowed for the run;
 * scope NULL is the global one. Returns the run for command_run_cancel(), or
 * NULL when it has ended already.
 */
struct command_run;
struct command_run_ops {
	bool (*before)(const struct command_call *call, GError **error, void *data);
	void (*failed)(const struct command_call *call, const GError *error, void *data);
	void (*done)(bool any_failed, void *data);
};
struct command_run *command_list_run(const struct command_list *list,
	struct option_set *scope, unsigned count, bool stop_on_error,
	const struct command_run_ops *ops, void *data);
/* Ends the asynchronous command of the call; error NULL: it is done. Not from
 * within exec. */
void command_finish(struct command_run *run, const GError *error);
/* Ends the run where it is; its done is not called. Allowed at any time before
 * done, also from within exec; an asynchronous command under way must not call
 * command_finish() any more. */
void command_run_cancel(struct command_run *run);

/* --- for exec ------------------------------------------------------------ */

/* Runs a list as part of the same run, before what follows the call: a block,
 * a macro. scope NULL: the call's own. false when nested too deeply. */
bool command_run_block(const struct command_call *call,
	const struct command_list *list, struct option_set *scope, GError **error);
/* The error that exec is about to return is argument i's (from 0). */
void command_blame(const struct command_call *call, unsigned i);
/* One line for the user where the call is: "mutt's 'x' has no meaning here". */
void command_warn(const struct command_call *call, const char *format, ...)
	G_GNUC_PRINTF(2, 3);

/* Reads and runs a file. false when it cannot be opened. Reads it whole, at
 * start, before the loop runs; only then may the rc run programs (`command`,
 * source "command|"), for at most ten seconds each. */
bool command_source(const char *path, command_report_fn *report, void *data, GError **error);

/* Where errors and warnings of commands that run outside command_source() go. */
void command_set_report(command_report_fn *report, void *data);

/* What "set name?" shows; option is the name, or NULL for a mere text. */
typedef void command_echo_fn(const char *option, const char *text, void *data);
void command_set_echo(command_echo_fn *echo, void *data);

/*
 * hook NAME [PATTERN] {...}: runs the blocks of a hook in order. One with a
 * pattern runs when match says so; match NULL takes subject (may be NULL: only
 * hooks without a pattern) and a regular expression, with "!" before it for
 * the opposite. Names: startup, shutdown, account, mailbox, message, send,
 * new-mail, timeout.
 */
typedef bool command_hook_match_fn(const char *pattern, void *data);
void command_run_hook(const char *name, const struct command_run_ops *ops, void *data);
void command_run_hook_for(const char *name, const char *subject,
	command_hook_match_fn *match, void *match_data,
	const struct command_run_ops *ops, void *data);
/* What mutt's save-hook, fcc-hook and the like name: the text of the first one
 * whose pattern matches, or NULL. */
const char *command_hook_text(const char *name, command_hook_match_fn *match, void *match_data);

/* Facts that the language collects and mail or ui read. */
struct rc_alias {
	char *name, *addresses;
};
const GPtrArray *rc_aliases(void);         /* of struct rc_alias * */
const struct rc_alias *rc_alias_find(const char *name);
/* Words collected by "mailboxes", "lists", "subscribe", "my_hdr", "auto_view",
 * "alternative_order" and their kin, in order; NULL-terminated; NULL if there
 * is no such command. Valid until the next command of that name. */
const char *const *rc_list(const char *command);
/* Members of a group (addresses, or regular expressions with is_regex); NULL
 * if there is none. */
const char *const *rc_group(const char *name, bool is_regex);
/* ignore, unignore, hdr_order: whether a field is shown, and its place. */
bool rc_header_is_shown(const char *field);
int rc_header_order(const char *field);    /* smaller first; INT_MAX if not listed */

#endif
