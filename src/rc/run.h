/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands of the language need to know of the run they are in. */
#ifndef CULVER_RC_RUN_H
#define CULVER_RC_RUN_H

#include "src/base/base.h"
#include "src/rc/command.h"
#include "src/rc/parse.h"

/* Runs the commands of a file as part of the run; "finish" leaves it. */
bool command_run_file(const struct command_call *call,
	const struct command_list *list, GError **error);
void command_run_finish_file(const struct command_call *call);

/* Runs several lists one after the other, in one run. */
void command_lists_run(const struct command_list *const *lists, size_t n,
	const struct command_run_ops *ops, void *data);

/* The words of a command with variables and the output of commands put in.
 * Appends strings to argv and the places they come from to origins. On error
 * blamed_out is the place at fault. */
bool command_expand(const struct command *command, struct option_set *scope,
	GPtrArray *argv, GArray *origins, struct command_origin *blamed_out,
	GError **error);
/* The value of "$name": an option, a my_ variable, or the environment. NULL if
 * there is none. Free with g_free(). */
char *command_variable(const char *name, struct option_set *scope);
/* my_ variables; value NULL: none. The returned string is borrowed. */
const char *rc_variable(const char *name);
void rc_set_variable(const char *name, const char *value);

/* Output of a program, run without a shell: at start only. */
char *rc_output_of(const char *command_line, GError **error);
/* True while command_source() reads a file. */
bool rc_is_reading(void);
/* To whoever listens to errors now. */
void rc_report(const struct command_origin *origin, bool is_warning, const char *message);
void rc_echo(const char *option, const char *text);
/* Parses with errors reported. */
struct command_list *rc_parse(const char *text, size_t len, const char *file);

#endif
