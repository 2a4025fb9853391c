/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A document on the screen: wrapped for the width, scrolled, searched, with
 * quotes that may be folded. The pager and the text screens show one.
 */
#ifndef CULVER_UI_LINES_H
#define CULVER_UI_LINES_H

#include "ui/widget.h"
#include "ui/wrap.h"

struct lines {
	struct mime_document *document; /* owned, or NULL */
	struct wrapped *wrapped;
	GArray *shown;        /* of struct lines_entry */
	struct area area;
	uint32_t top;         /* index into shown */
	bool fold_quotes;
	bool rule_below_header;
	GRegex *search;       /* or NULL */
	uint32_t match;       /* index into shown of the last one found */
	bool search_is_back, search_is_shown;
};

struct lines_entry {
	uint32_t line;   /* of wrapped; or the first of those folded */
	uint32_t folded; /* number of folded lines, 0: none */
};

void lines_init(struct lines *lines);
void lines_release(struct lines *lines);
/* Takes the document; keep: the place that is shown is kept. */
void lines_set_document(struct lines *lines, struct mime_document *document_take, bool keep);
/* Wraps anew when the width changed. */
void lines_set_area(struct lines *lines, const struct area *area);
void lines_set_fold(struct lines *lines, bool is_folded);
bool lines_move(struct lines *lines, enum move move, unsigned count);
/* Past the next block of quotes; false: there is none. */
bool lines_skip_quoted(struct lines *lines);
void lines_paint(struct lines *lines);
/* "All", "Top", "45%", "End". */
void lines_position(const struct lines *lines, GString *out);
bool lines_is_at_end(const struct lines *lines);

/* Finds and shows the first match from the place shown; the expression is
 * case-sensitive if it has a capital letter. */
bool lines_search(struct lines *lines, const char *expression, bool is_back, GError **error);
/* The next one in the same direction, or the other. */
bool lines_search_next(struct lines *lines, bool is_opposite, GError **error);
/* The commands search, search-reverse, search-next, search-opposite,
 * search-toggle, skip-quoted, toggle-quoted; as widget_ops.command. */
bool lines_command(struct lines *lines, const char *name,
	const char *const *argv, GError **error);

#endif
