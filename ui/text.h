/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one door from text to the terminal. Untrusted UTF-8 goes in, cells come
 * out: no control bytes, no bidi controls and invisible characters, at most
 * four marks on a base, emoji sequences as their base, widths as the terminal
 * library has them (wcwidth). Knows no curses, so that batch mode and tests
 * use it too.
 */
#ifndef CULVER_UI_TEXT_H
#define CULVER_UI_TEXT_H

#include "src/base/base.h"

enum { TEXT_MARKS_MAX = 4 };

/* What one, two or (never) no columns show. */
struct text_cell {
	gunichar chars[1 + TEXT_MARKS_MAX]; /* base, then marks */
	unsigned n_chars;
	int width; /* 1 or 2 */
};

enum text_align { TEXT_LEFT, TEXT_RIGHT, TEXT_CENTRE };

/*
 * The next cell of [*p, end); moves *p. false at the end. Tabs and newlines
 * become one space.
 */
bool text_next_cell(const char **p, const char *end, struct text_cell *cell_out);
/* Columns of the whole text; len -1: up to NUL. */
int text_width(const char *text, gssize len);
/* Octets of text that fit into columns; *columns_out (may be NULL) is what
 * they take. */
size_t text_fitting(const char *text, gssize len, int columns, int *columns_out);
/* Appends what the cells of text are, as UTF-8. */
void text_append_clean(GString *out, const char *text, gssize len);
/* The same as a new string. Free with g_free(). */
char *text_clean(const char *text);
/* A clean line on standard error: messages have words of servers in them. */
void text_complain(const char *format, ...) G_GNUC_PRINTF(1, 2);
/*
 * Appends exactly columns columns: text padded with spaces, or cut with "…"
 * as its last column ("~" in terminals without it).
 */
void text_append_fit(GString *out, const char *text, gssize len, int columns,
	enum text_align align);
char *text_fit(const char *text, int columns, enum text_align align);
/* For addresses and links: hidden characters appear as "<U+202E>". */
char *text_reveal(const char *text);
/* Whether lines, bars and signs outside ASCII may be drawn; false in the C
 * locale. Set by term.c. */
void text_set_ascii(bool is_ascii);
bool text_is_ascii(void);
/* The sign, or its ASCII stand-in. */
const char *text_sign(const char *sign, const char *ascii);
/* "48 210". Free with g_free(). */
char *text_number(uint64_t number);

#endif
