/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line as a table: one row an option, from which parsing and --help
 * come. Pure: nothing is opened or run here.
 */
#ifndef CULVER_UI_CLI_H
#define CULVER_UI_CLI_H

#include "src/base/base.h"

#include <stdio.h>

struct cli {
	const char *rc;           /* -F, or NULL */
	GPtrArray *commands;      /* -e, in order (const char *) */
	const char *mailbox;      /* -f, or NULL */
	const char *argument;     /* ACCOUNT, MAILBOX, URL, or NULL */
	const char *trace;        /* --trace, or NULL */
	const char *docgen;       /* --docgen, or NULL */
	const char *starts_with;  /* -y "folders", -Z "new", or NULL */
	const char *composing;    /* an option that is about writing mail, or NULL */
	unsigned columns;         /* --columns */
	bool batch, keep_going, no_cache, read_only, check_rc, dump_options;
	bool version, help;
};

/* Strings of the result are argv's. false with error (CMD_ERROR_USAGE). */
bool cli_parse(struct cli *cli, int argc, char **argv, GError **error);
void cli_release(struct cli *cli);
void cli_print_help(FILE *out);

#endif
