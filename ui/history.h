/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was typed at each kind of prompt, kept from one session to the next. */
#ifndef CULVER_UI_HISTORY_H
#define CULVER_UI_HISTORY_H

#include "src/base/base.h"

/* Reads state_dir/history; NULL: nothing is kept. */
void history_start(const char *state_dir);
/* Writes what is new, if anything is. */
void history_stop(void);
/* A line that is there already becomes the newest. */
void history_add(const char *kind, const char *line);
/* Newest last; of char *; never NULL. */
const GPtrArray *history_lines(const char *kind);

#endif
