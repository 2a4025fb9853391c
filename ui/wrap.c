/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laying out a document for a width. See wrap.h. */
#include "src/base/base.h"
#include "ui/wrap.h"

#include "src/base/arena.h"
#include "ui/text.h"

enum {
	TAB_COLUMNS = 8,
	PREFIX_LEVELS_MAX = 20, /* deeper quotes get no more marks */
};

struct wrapper {
	struct wrapped *out;
	const struct mime_line *line;
	uint32_t source;
	int columns;       /* for this line, marks and all */
	GString *current;
	int width;         /* of current */
	size_t prefix_len; /* octets of the quote marks in current */
	int prefix_width;
	int indent;        /* of continuation lines */
	bool is_continuation;
};

static void emit(struct wrapper *w)
{
	struct wrapped_line out = {
		.kind = w->line->kind,
		.level = w->line->level,
		.source = w->source,
		.is_continuation = w->is_continuation,
		.len = w->current->len,
	};

	out.text = arena_strndup(w->out->arena, w->current->str, w->current->len);
	g_array_append_val(w->out->lines, out);
	w->is_continuation = true;
}

static void begin(struct wrapper *w)
{
	unsigned levels = MIN(w->line->level, PREFIX_LEVELS_MAX);

	g_string_truncate(w->current, 0);
	if (w->line->is_flowed) {
		/* Marks must leave room for text on a very narrow screen. */
		for (unsigned i = 0; i < levels && (int)(2 * i) + 12 < w->columns; i++)
			g_string_append(w->current, "> ");
	}
	for (int i = 0; w->is_continuation && i < w->indent; i++)
		g_string_append_c(w->current, ' ');
	w->prefix_len = w->current->len;
	w->width = w->prefix_width = (int)w->prefix_len;
}

static bool is_at_start(const struct wrapper *w)
{
	return w->current->len == w->prefix_len;
}

static void break_line(struct wrapper *w)
{
	/* The blank that the line is broken at is not shown. */
	while (!is_at_start(w) && w->current->str[w->current->len - 1] == ' ')
		g_string_truncate(w->current, w->current->len - 1);
	emit(w);
	begin(w);
}

static void append_cell(struct wrapper *w, const struct text_cell *cell)
{
	if (w->width + cell->width > w->columns && !is_at_start(w))
		break_line(w);
	for (unsigned i = 0; i < cell->n_chars; i++)
		g_string_append_unichar(w->current, cell->chars[i]);
	w->width += cell->width;
}

static void append_tab(struct wrapper *w)
{
	static const struct text_cell space = { .chars = { ' ' }, .n_chars = 1, .width = 1 };
	int n = TAB_COLUMNS - (w->width - w->prefix_width) % TAB_COLUMNS;

	for (int i = 0; i < n && w->width < w->columns; i++)
		append_cell(w, &space);
}

static void append_text(struct wrapper *w, const char *text, size_t len)
{
	const char *p = text, *end = text + len;
	struct text_cell cell;

	while (p < end) {
		if (*p == '\t') {
			append_tab(w);
			p++;
		} else if (text_next_cell(&p, end, &cell)) {
			append_cell(w, &cell);
		}
	}
}

static bool is_wide(const char *text, size_t len)
{
	struct text_cell cell;
	const char *p = text;

	return (unsigned char)*text >= 0x80 && text_next_cell(&p, text + len, &cell) &&
		cell.width == 2;
}

/* A word: up to and without the next blank; a wide character, as Chinese and
 * Japanese are written, is a word of its own. */
static size_t word_length(const char *text, size_t len)
{
	const char *p = text, *end = text + len;
	struct text_cell cell;

	if (is_wide(text, len)) {
		text_next_cell(&p, end, &cell);
		return (size_t)(p - text);
	}
	while (p < end && *p != ' ' && *p != '\t') {
		if (p > text && is_wide(p, (size_t)(end - p)))
			break;
		p = (unsigned char)*p < 0x80 ? p + 1 : g_utf8_find_next_char(p, end);
		if (!p)
			p = end;
	}
	return (size_t)(p - text);
}

static void append_words(struct wrapper *w, const char *text, size_t len)
{
	const char *p = text, *end = text + len;

	while (p < end) {
		size_t n = word_length(p, (size_t)(end - p));
		int width = text_width(p, (gssize)n);

		if (n == 0) {
			/* A blank where the line is full is where it breaks. */
			if (w->width < w->columns)
				append_text(w, p, 1);
			p++;
			continue;
		}
		if (w->width + width > w->columns && !is_at_start(w) &&
			width <= w->columns - w->prefix_width)
			break_line(w);
		append_text(w, p, n);
		p += n;
	}
}

/* "Subject: " is 9 wide: what follows is written below the value. */
static int header_indent(const struct mime_line *line, int columns)
{
	const char *colon = line->kind == MIME_LINE_HEADER
		? memchr(line->text, ':', line->len) : NULL;
	size_t n = colon ? (size_t)(colon - line->text) + 1 : 0;

	while (n > 0 && n < line->len && line->text[n] == ' ')
		n++;
	return n < line->len && n <= (size_t)columns / 3 ? (int)n : 0;
}

/* A column of text keeps its place, unless too little is left of it. */
static int continuation_indent(const struct mime_line *line, int columns)
{
	if (line->indent == 0)
		return header_indent(line, columns);
	return line->indent <= (unsigned)columns / 2 ? (int)line->indent : 0;
}

static void wrap_line(struct wrapper *w, const struct mime_line *line, uint32_t source)
{
	w->line = line;
	w->source = source;
	w->is_continuation = false;
	w->indent = continuation_indent(line, w->columns);
	begin(w);
	append_words(w, line->text, line->len);
	emit(w);
}

struct wrapped *wrap_document(const struct mime_document *document, int columns,
	int flowed_columns)
{
	struct wrapper w = { .current = g_string_new(NULL) };
	int flowed = flowed_columns > 0 ? MIN(flowed_columns, columns) : columns;

	w.out = g_new0(struct wrapped, 1);
	w.out->arena = arena_new();
	w.out->lines = g_array_new(FALSE, FALSE, sizeof(struct wrapped_line));
	for (guint i = 0; i < document->lines->len; i++) {
		const struct mime_line *line =
			&g_array_index(document->lines, struct mime_line, i);

		w.columns = MAX(line->is_flowed ? flowed : columns, 1);
		wrap_line(&w, line, i);
	}
	g_string_free(w.current, TRUE);
	return w.out;
}

void wrapped_free(struct wrapped **wrapped)
{
	if (!*wrapped)
		return;
	g_array_unref((*wrapped)->lines);
	arena_free(&(*wrapped)->arena);
	g_free(*wrapped);
	*wrapped = NULL;
}
