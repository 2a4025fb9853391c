/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Expandos: index_format, status_format and the like to a line of text. The
 * letters' values come from a callback; widths, justification, conditionals
 * and padding are done here.
 *
 *   %4C  %-20.20L  %=10s (centred)  %_s (lower case)
 *   %?X?shown if X is set&else?   %<X?shown&else>
 *   %>c (pads with c, what follows is at the right edge)  %|c (pads to the
 *   edge)  %*c (as %>, the right side wins)
 *   %{strftime} %[strftime] %(strftime) %<strftime>   %@name@  %{name}
 */
#ifndef CULVER_UI_FORMAT_H
#define CULVER_UI_FORMAT_H

#include "ui/theme.h"

/* A run of text with one colour object. */
struct format_span {
	size_t start; /* octets */
	size_t len;
	enum theme_object object;
};

struct format_line {
	GString *text;
	GArray *spans; /* of struct format_span, in order, no gaps */
};

/*
 * One expando: letters is "C", "cr", "Fp", "{%b %d}" with its brackets, or a
 * long name. Appends the value; sets *object for its colour. Returns whether
 * the value counts as set in a conditional. Unknown letters append nothing and
 * return false.
 */
typedef bool format_expando_fn(const char *letters, GString *out,
	enum theme_object *object, const void *data);

struct format_line *format_expand(const char *format, int columns,
	enum theme_object object, format_expando_fn *fn, const void *data);
void format_line_free(struct format_line **line);
/* strftime in the user's locale, UTF-8 out, appended. */
void format_time(GString *out, const char *format, int64_t time);
/* Shortens as it nears: 09:14, Nov 20, 2024; always 6 columns. */
void format_short_date(GString *out, int64_t time, int64_t now);

#endif
