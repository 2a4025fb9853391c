/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plain and flowed text. A line ends by CRLF, LF or CR. Quote levels are what
 * the marks at its begin say; the signature is all that follows "-- ".
 */
#include "src/base/base.h"
#include "src/mime/flowed.h"

#include "src/mime/text.h"

/* A paragraph that never ends is cut here, at a line of the source. */
enum { PARAGRAPH_MAX = 64 * 1024 };

static const char signature_mark[] = "-- ";

/* Takes a line off the text; false when there is none left. */
static bool next_line(const char **text, const char *end, const char **line_out,
	size_t *len_out)
{
	const char *p = *text;

	if (p == end)
		return false;
	while (p < end && *p != '\n' && *p != '\r')
		p++;
	*line_out = *text;
	*len_out = p - *text;
	if (p < end)
		p += *p == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1;
	*text = p;
	return true;
}

static bool is_signature_mark(const char *line, size_t len)
{
	return len == 3 && memcmp(line, signature_mark, 3) == 0;
}

/* ">>" and "> > " alike. */
static unsigned quote_level(const char *line, size_t len)
{
	unsigned level = 0;

	for (size_t i = 0; i < len; i++) {
		if (line[i] == '>')
			level++;
		else if (line[i] != ' ' || i + 1 == len || line[i + 1] != '>' ||
			level == 0)
			break;
	}
	return level;
}

static enum mime_line_kind kind_of(unsigned level, bool in_signature)
{
	if (in_signature)
		return MIME_LINE_SIGNATURE;
	return level > 0 ? MIME_LINE_QUOTE : MIME_LINE_TEXT;
}

void mime_plain_lines(struct mime_document *document, const char *text, size_t len)
{
	const char *end = text + len;
	struct mime_line line = { 0 };
	bool in_signature = false;

	while (next_line(&text, end, &line.text, &line.len)) {
		in_signature = in_signature ||
			is_signature_mark(line.text, line.len);
		line.level = quote_level(line.text, line.len);
		line.kind = kind_of(line.level, in_signature);
		if (!mime_document_append(document, &line))
			return;
	}
}

/* A line of the source, without its marks and stuffing. */
struct flowed_line {
	const char *text;
	size_t len;
	unsigned level;
	bool is_flowed;    /* goes on in the next line */
	bool is_signature; /* the mark itself */
};

/* The paragraph under way. */
struct paragraph {
	struct mime_document *document;
	GString *text;
	unsigned level;
	unsigned n_lines;
	bool in_signature;
};

static struct flowed_line parse_line(const char *text, size_t len, bool del_sp)
{
	struct flowed_line line = { .text = text, .len = len };

	while (line.len > 0 && *line.text == '>') {
		line.level++;
		line.text++;
		line.len--;
	}
	if (line.len > 0 && *line.text == ' ') {
		line.text++;
		line.len--;
	}
	line.is_signature = is_signature_mark(line.text, line.len);
	line.is_flowed = line.len > 0 && line.text[line.len - 1] == ' ' &&
		!line.is_signature;
	if (line.is_flowed && del_sp)
		line.len--;
	return line;
}

static bool paragraph_end(struct paragraph *paragraph)
{
	struct mime_line line = {
		.kind = kind_of(paragraph->level, paragraph->in_signature),
		.level = paragraph->level,
		.is_flowed = paragraph->level > 0 || paragraph->n_lines > 1,
		.text = paragraph->text->str,
		.len = paragraph->text->len,
	};
	bool has_room = paragraph->n_lines == 0 ||
		mime_document_append(paragraph->document, &line);

	g_string_truncate(paragraph->text, 0);
	paragraph->n_lines = 0;
	return has_room;
}

/* false when the document is full. */
static bool add_line(struct paragraph *paragraph, const struct flowed_line *line)
{
	/* Improperly flowed: the quoting changed, or the signature came
	 * (RFC 3676 4.3, 4.5). */
	if (paragraph->n_lines > 0 && (paragraph->level != line->level ||
		line->is_signature || paragraph->text->len > PARAGRAPH_MAX) &&
		!paragraph_end(paragraph))
		return false;
	paragraph->level = line->level;
	paragraph->n_lines++;
	if (line->is_signature && line->level == 0)
		paragraph->in_signature = true;
	g_string_append_len(paragraph->text, line->text, line->len);
	return line->is_flowed || paragraph_end(paragraph);
}

void mime_flowed_lines(struct mime_document *document, const char *text,
	size_t len, bool del_sp)
{
	const char *end = text + len, *source;
	struct paragraph paragraph = {
		.document = document,
		.text = g_string_new(NULL),
	};
	size_t source_len;
	bool has_room = true;

	while (has_room && next_line(&text, end, &source, &source_len)) {
		struct flowed_line line = parse_line(source, source_len, del_sp);

		has_room = add_line(&paragraph, &line);
	}
	if (has_room)
		paragraph_end(&paragraph);
	g_string_free(paragraph.text, TRUE);
}
