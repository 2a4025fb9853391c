/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line being edited: text, a cursor, what was killed. Pure; prompt.c shows it. */
#ifndef CULVER_UI_EDIT_H
#define CULVER_UI_EDIT_H

#include "src/base/base.h"

struct edit {
	GString *text; /* UTF-8 */
	size_t cursor; /* octet, on the border of a cell */
	GString *killed;
};

void edit_init(struct edit *edit, const char *initial);
/* Wipes the text: it may be a secret. */
void edit_release(struct edit *edit);
/* Overwrites a secret. */
void edit_wipe(char *text);
void edit_set(struct edit *edit, const char *text);
/* What is no text (control characters) is left out. */
void edit_insert(struct edit *edit, const char *text, gssize len);

enum edit_action {
	EDIT_LEFT, EDIT_RIGHT, EDIT_WORD_LEFT, EDIT_WORD_RIGHT, EDIT_HOME, EDIT_END,
	EDIT_BACKSPACE, EDIT_DELETE, EDIT_KILL_LINE, EDIT_KILL_EOL,
	EDIT_KILL_WORD_LEFT, EDIT_KILL_WORD_RIGHT, EDIT_YANK, EDIT_TRANSPOSE,
	EDIT_UPCASE_WORD, EDIT_DOWNCASE_WORD, EDIT_CAPITALIZE_WORD,
};
/* false: there was nothing to do. */
bool edit_do(struct edit *edit, enum edit_action action);
/* The part that fits into columns with the cursor in it: *start_out and
 * *end_out in octets, the cursor's column. */
void edit_visible(const struct edit *edit, int columns, size_t *start_out,
	size_t *end_out, int *cursor_column_out);

#endif
