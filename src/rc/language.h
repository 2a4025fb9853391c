/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of the language's own commands, each table beside its functions. */
#ifndef CULVER_RC_LANGUAGE_H
#define CULVER_RC_LANGUAGE_H

#include "src/base/base.h"
#include "src/rc/command.h"
#include "src/rc/option.h"

struct rc_command_table {
	const struct command_row *rows;
	size_t n;
};
extern const struct rc_command_table rc_block_commands;   /* language.c */
extern const struct rc_command_table rc_collect_commands; /* collect.c */
extern const struct rc_command_table rc_header_commands;  /* headers.c */
extern const struct rc_command_table rc_hook_commands;    /* hook.c */
extern const struct rc_command_table rc_mutt_commands;    /* mutt.c */
extern const struct rc_command_table rc_set_commands;     /* set.c */

/* Registers the tables; called by commands_init(). */
void rc_language_init(void);
void rc_language_release(void);
void rc_source_release(void);
void rc_collect_init(void);
void rc_collect_release(void);
void rc_headers_init(void);
void rc_headers_release(void);
void rc_hooks_init(void);
void rc_hooks_release(void);
void rc_variables_init(void);
void rc_variables_release(void);

/* The conditions of "if": words joined by and, or, not. false with error when
 * they are not understood; blamed_out is the word at fault. */
bool rc_condition(const char *const *words, unsigned n, bool *result_out,
	unsigned *blamed_out, GError **error);

/* An operation of the set family on one name. */
enum rc_set_operator { RC_SET, RC_UNSET, RC_RESET, RC_TOGGLE, RC_QUERY, RC_ASSIGN, RC_ADD, RC_REMOVE };
/*
 * Names that are no rows but mutt's: folder, spoolfile, imap_qresync and the
 * like do what they mean here, others give a warning. false in handled_out: it
 * is none of these.
 */
bool rc_mutt_option(const struct command_call *call, const char *name,
	enum rc_set_operator operator, const char *value, bool *handled_out,
	GError **error);
/* True when mutt knows the name. */
bool rc_is_mutt_option(const char *name);

/* The rest of a line that may be one quoted word ('set x=y') or be written
 * out (set x=y). Free with g_free(). */
char *rc_rest_text(const char *rest);

#endif
