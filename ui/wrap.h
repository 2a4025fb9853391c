/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A document laid out for a width: paragraphs wrapped at words, quote marks put
 * before each line of a quoted paragraph, tabs spread, long words broken, wide
 * characters kept whole. No curses: "show" in batch mode uses it too.
 */
#ifndef CULVER_UI_WRAP_H
#define CULVER_UI_WRAP_H

#include "src/mime/text.h"

struct wrapped_line {
	const char *text;       /* clean UTF-8, without newline; of the lines' arena */
	size_t len;
	enum mime_line_kind kind;
	unsigned level;         /* quoting depth */
	uint32_t source;        /* index of the line in the document */
	bool is_continuation;   /* not the first of its line */
};

struct wrapped {
	struct arena *arena;
	GArray *lines; /* of struct wrapped_line */
};

/*
 * Nothing is wider than columns (at least 1); flowed paragraphs are wrapped at
 * flowed_columns if that is less and not 0. The document may go afterwards.
 */
struct wrapped *wrap_document(const struct mime_document *document, int columns,
	int flowed_columns);
void wrapped_free(struct wrapped **wrapped);

#endif
