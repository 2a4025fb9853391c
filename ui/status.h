/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The frame around every screen: one title line, one line of keys, one line
 * for messages and progress. Keeps the history of errors and warnings.
 */
#ifndef CULVER_UI_STATUS_H
#define CULVER_UI_STATUS_H

#include "ui/view.h"
#include "ui/widget.h"

struct status_entry {
	int64_t time; /* seconds since 1970 */
	enum view_kind kind;
	char *text;
};

void status_start(void);
void status_stop(void);
/* Stands until the next key that acts, errors a little longer. */
void status_message(enum view_kind kind, const char *text);
/* What stands there, or NULL. */
const char *status_text(void);
void status_clear(void);
/* Shown while there is nothing else to say: that we are offline. NULL: none. */
void status_set_standing(const char *text);
/* Newest last; of struct status_entry *. */
const GPtrArray *status_history(void);

void status_paint_title(const struct area *line, const char *left, const char *right);
/* The keys of a screen from its command rows, and the connection's state. */
void status_paint_keys(const struct area *line, unsigned context, const char *right);
void status_paint_message(const struct area *line);

#endif
