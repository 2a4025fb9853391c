/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the manual that the rows of tables say: `culver --docgen`. */
#ifndef CULVER_UI_DOCGEN_H
#define CULVER_UI_DOCGEN_H

#include "src/base/base.h"

#include <stdio.h>

/*
 * Prints mdoc(7) for "options", "commands", "language", "keys", "patterns",
 * "colours", "rights", "capabilities", "unused-capabilities" or "workarounds";
 * "bash-completion" and "zsh-completion" are scripts, "extensions" is a table
 * for tests. Returns the exit status: 0, or 2 when what is none of these, with
 * a sentence on standard error. Options and commands are registered.
 */
int docgen(const char *what, FILE *out);

/* Text in mdoc: escaped, filled, a new line for each sentence. */
void docgen_text(const char *text, FILE *out);
/* One argument of a macro: escaped and in quotes. Free with g_free(). */
char *docgen_argument(const char *text);

#endif
