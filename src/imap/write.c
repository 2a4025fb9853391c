/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pieces are kept with their meaning; rendering chooses for each the shortest
 * form that RFC 9051 section 9 allows: bare, quoted, literal. All text is in
 * one buffer; a segment ends where a continuation request is waited for.
 */
#include "src/base/base.h"
#include "src/imap/write.h"
#include "src/imap/arg.h"
#include "src/imap/seqset.h"
#include "src/imap/utf7.h"

enum {
	STRING_MAX = 1024,       /* longer: literals (RFC 2683 3.2.1.5) */
	LITERAL_MINUS_MAX = 4096, /* RFC 7888 section 5 */
	STREAM_PLUS_MAX = 256 * 1024, /* longer ones wait in any case */
	TAG_MAX = 16,
	LITERAL_HEAD_MAX = 24,   /* "{18446744073709551615+}" and CRLF */
};

enum piece_kind {
	PIECE_BARE,
	PIECE_ASTRING,
	PIECE_STRING,
	PIECE_MAILBOX,
	PIECE_PATTERN,
	PIECE_LITERAL,
	PIECE_STREAM,
};

struct piece {
	enum piece_kind kind;
	char *octets; /* len of them, and a NUL */
	size_t len;
	uint64_t stream; /* of PIECE_STREAM, which has no octets */
	bool is_binary;
};

struct imap_text {
	GArray *pieces;
	GString *rendered;
	GArray *segments; /* of struct imap_segment */
	GArray *ends;     /* of size_t: where each segment ends in rendered */
};

static void clear_piece(gpointer piece)
{
	g_free(((struct piece *)piece)->octets);
}

static void add_piece(struct imap_text *text, enum piece_kind kind,
	const char *octets, size_t len)
{
	struct piece piece = { kind, g_malloc(len + 1), len, 0, false };

	if (len > 0)
		memcpy(piece.octets, octets, len);
	piece.octets[len] = '\0';
	g_array_append_val(text->pieces, piece);
}

static void add_string(struct imap_text *text, enum piece_kind kind,
	const char *str)
{
	add_piece(text, kind, str, strlen(str));
}

static void add_number(struct imap_text *text, uint64_t n)
{
	char *str = g_strdup_printf("%" G_GUINT64_FORMAT, n);

	add_string(text, PIECE_BARE, str);
	g_free(str);
}

static void add_seqset(struct imap_text *text, const struct imap_seqset *set)
{
	char *str = imap_seqset_to_string(set);

	add_string(text, PIECE_BARE, str);
	g_free(str);
}

static void add_nstring(struct imap_text *text, const char *str)
{
	if (str == NULL)
		add_string(text, PIECE_BARE, "NIL");
	else
		add_string(text, PIECE_STRING, str);
}

/* A literal: %b has two arguments. */
static void add_octets(struct imap_text *text, va_list *args)
{
	const char *octets = va_arg(*args, const char *);

	add_piece(text, PIECE_LITERAL, octets, va_arg(*args, size_t));
}

static void add_directive(struct imap_text *text, char directive, va_list *args)
{
	static const char letters[] = "asqml";
	static const enum piece_kind kinds[] = { PIECE_BARE, PIECE_ASTRING,
		PIECE_STRING, PIECE_MAILBOX, PIECE_PATTERN };
	const char *at = strchr(letters, directive);

	if (directive != '\0' && at != NULL)
		add_string(text, kinds[at - letters],
			va_arg(*args, const char *));
	else if (directive == 'n')
		add_nstring(text, va_arg(*args, const char *));
	else if (directive == 'u')
		add_number(text, va_arg(*args, uint32_t));
	else if (directive == 'U')
		add_number(text, va_arg(*args, uint64_t));
	else if (directive == 'S')
		add_seqset(text, va_arg(*args, const struct imap_seqset *));
	else if (directive == 'b')
		add_octets(text, args);
	else if (directive == '%')
		add_string(text, PIECE_BARE, "%");
	else
		g_assert_not_reached();
}

static void append_format(struct imap_text *text, const char *format,
	va_list *args)
{
	while (*format != '\0') {
		const char *percent = strchr(format, '%');
		size_t len = percent == NULL ? strlen(format) :
			(size_t)(percent - format);

		if (len > 0)
			add_piece(text, PIECE_BARE, format, len);
		format += len;
		if (percent != NULL) {
			add_directive(text, format[1], args);
			format += 2;
		}
	}
}

struct imap_text *imap_text_new(const char *format, ...)
{
	struct imap_text *text = g_new0(struct imap_text, 1);
	va_list args;

	text->pieces = g_array_new(FALSE, FALSE, sizeof(struct piece));
	g_array_set_clear_func(text->pieces, clear_piece);
	text->rendered = g_string_new(NULL);
	text->segments = g_array_new(FALSE, FALSE, sizeof(struct imap_segment));
	text->ends = g_array_new(FALSE, FALSE, sizeof(size_t));
	va_start(args, format);
	append_format(text, format, &args);
	va_end(args);
	return text;
}

void imap_text_append(struct imap_text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	append_format(text, format, &args);
	va_end(args);
}

void imap_text_append_text(struct imap_text *text, const struct imap_text *from)
{
	for (guint i = 0; i < from->pieces->len; i++) {
		const struct piece *piece =
			&g_array_index(from->pieces, struct piece, i);

		add_piece(text, piece->kind, piece->octets, piece->len);
		g_array_index(text->pieces, struct piece,
			text->pieces->len - 1).stream = piece->stream;
		g_array_index(text->pieces, struct piece,
			text->pieces->len - 1).is_binary = piece->is_binary;
	}
}

void imap_text_append_stream(struct imap_text *text, uint64_t len,
	bool is_binary)
{
	struct piece piece = { PIECE_STREAM, g_strdup(""), 0, len, is_binary };

	g_array_append_val(text->pieces, piece);
}

void imap_text_free(struct imap_text **text)
{
	struct imap_text *t = *text;

	if (t == NULL)
		return;
	g_array_unref(t->pieces);
	g_string_free(t->rendered, TRUE);
	g_array_unref(t->segments);
	g_array_unref(t->ends);
	g_free(t);
	*text = NULL;
}

static bool has_8bit(const struct piece *piece)
{
	for (size_t i = 0; i < piece->len; i++)
		if ((piece->octets[i] & 0x80) != 0)
			return true;
	return false;
}

bool imap_text_has_8bit(const struct imap_text *text)
{
	for (guint i = 0; i < text->pieces->len; i++)
		if (has_8bit(&g_array_index(text->pieces, struct piece, i)))
			return true;
	return false;
}

struct imap_text *imap_text_convert(const struct imap_text *text,
	const char *charset)
{
	struct imap_text *converted = imap_text_new("");

	for (guint i = 0; i < text->pieces->len; i++) {
		const struct piece *piece = &g_array_index(text->pieces,
			struct piece, i);
		gsize len;
		char *octets = g_convert(piece->octets, (gssize)piece->len,
			charset, "UTF-8", NULL, &len, NULL);

		if (octets == NULL) {
			imap_text_free(&converted);
			return NULL;
		}
		add_piece(converted, piece->kind, octets, len);
		g_free(octets);
	}
	return converted;
}

static bool is_mailbox(const struct piece *piece)
{
	return piece->kind == PIECE_MAILBOX || piece->kind == PIECE_PATTERN;
}

bool imap_text_depends_on_utf8(const struct imap_text *text)
{
	for (guint i = 0; i < text->pieces->len; i++) {
		const struct piece *piece = &g_array_index(text->pieces,
			struct piece, i);

		if (is_mailbox(piece) &&
			!imap_mailbox_name_is_neutral(piece->octets))
			return true;
	}
	return false;
}

/*
 * astring = 1*ASTRING-CHAR / string; list-mailbox = 1*list-char / string, where
 * list-char = ATOM-CHAR / list-wildcards / resp-specials. "NIL" stays quoted:
 * it means something else to some servers.
 */
static bool can_be_bare(enum piece_kind kind, const char *octets, size_t len)
{
	if (len == 0 || len > STRING_MAX || kind == PIECE_STRING ||
		kind == PIECE_LITERAL ||
		g_ascii_strcasecmp(octets, "NIL") == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)octets[i];

		if (imap_is_astring_char(c))
			continue;
		if (kind != PIECE_PATTERN || (c != '%' && c != '*'))
			return false;
	}
	return true;
}

static void append_quoted(GString *out, const char *octets, size_t len)
{
	g_string_append_c(out, '"');
	for (size_t i = 0; i < len; i++) {
		if (octets[i] == '"' || octets[i] == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, octets[i]);
	}
	g_string_append_c(out, '"');
}

static void end_segment(struct imap_text *text, bool wait, uint64_t stream)
{
	struct imap_segment segment = { .wait = wait, .stream = stream };

	g_array_append_val(text->segments, segment);
	g_array_append_val(text->ends, text->rendered->len);
}

/* "{n+}", and true, where the server need not agree first; else "{n}". */
static bool append_length(GString *out, uint64_t len, uint64_t plus_max,
	enum imap_write_mode mode)
{
	bool is_free = ((mode & IMAP_WRITE_LITERAL_PLUS) != 0 &&
		len <= plus_max) || ((mode & IMAP_WRITE_LITERAL_MINUS) != 0 &&
		len <= LITERAL_MINUS_MAX);

	g_string_append_printf(out, "{%" G_GUINT64_FORMAT "%s}", len,
		is_free ? "+" : "");
	return is_free;
}

/* Ends the segment where the server has to agree. */
static bool append_literal_head(struct imap_text *text, uint64_t len,
	uint64_t plus_max, enum imap_write_mode mode)
{
	bool is_free = append_length(text->rendered, len, plus_max, mode);

	g_string_append(text->rendered, "\r\n");
	if (!is_free)
		end_segment(text, true, 0);
	return is_free;
}

static void append_literal(struct imap_text *text, const char *octets,
	size_t len, enum imap_write_mode mode)
{
	append_literal_head(text, len, UINT64_MAX, mode);
	g_string_append_len(text->rendered, octets, (gssize)len);
}

static void append_stream(struct imap_text *text, const struct piece *piece,
	enum imap_write_mode mode)
{
	if (piece->is_binary)
		g_string_append_c(text->rendered, '~');
	if (append_literal_head(text, piece->stream, STREAM_PLUS_MAX, mode))
		end_segment(text, false, 0);
	end_segment(text, false, piece->stream);
}

static void render_string(struct imap_text *text, enum piece_kind kind,
	const char *octets, size_t len, enum imap_write_mode mode)
{
	if (can_be_bare(kind, octets, len))
		g_string_append_len(text->rendered, octets, (gssize)len);
	else if (kind != PIECE_LITERAL && len <= STRING_MAX &&
		imap_is_quotable(octets, len, (mode & IMAP_WRITE_UTF8) != 0))
		append_quoted(text->rendered, octets, len);
	else
		append_literal(text, octets, len, mode);
}

static void render_piece(struct imap_text *text, const struct piece *piece,
	enum imap_write_mode mode)
{
	char *name;

	if (piece->kind == PIECE_BARE) {
		g_string_append_len(text->rendered, piece->octets,
			(gssize)piece->len);
	} else if (piece->kind == PIECE_STREAM) {
		append_stream(text, piece, mode);
	} else if (is_mailbox(piece)) {
		name = imap_mailbox_name_encode(piece->octets,
			(mode & (IMAP_WRITE_UTF8 | IMAP_WRITE_UTF7_NAMES)) ==
			IMAP_WRITE_UTF8);
		render_string(text, piece->kind, name, strlen(name), mode);
		g_free(name);
	} else {
		render_string(text, piece->kind, piece->octets, piece->len,
			mode);
	}
}

const struct imap_segment *imap_text_render(struct imap_text *text,
	const char *tag, enum imap_write_mode mode, size_t *n_out)
{
	size_t start = 0;

	g_string_printf(text->rendered, "%s ", tag);
	g_array_set_size(text->segments, 0);
	g_array_set_size(text->ends, 0);
	for (guint i = 0; i < text->pieces->len; i++)
		render_piece(text,
			&g_array_index(text->pieces, struct piece, i), mode);
	g_string_append(text->rendered, "\r\n");
	end_segment(text, false, 0);
	/* The buffer does not move any more. */
	for (guint i = 0; i < text->segments->len; i++) {
		struct imap_segment *segment = &g_array_index(text->segments,
			struct imap_segment, i);
		size_t end = g_array_index(text->ends, size_t, i);

		segment->octets = text->rendered->str + start;
		segment->len = end - start;
		start = end;
	}
	*n_out = text->segments->len;
	return (const struct imap_segment *)(void *)text->segments->data;
}

/* As it reads best, mailbox names in UTF-8. */
static void append_for_trace(GString *out, const struct piece *piece,
	enum imap_write_mode mode)
{
	if (piece->kind == PIECE_STREAM) {
		if (piece->is_binary)
			g_string_append_c(out, '~');
		append_length(out, piece->stream, STREAM_PLUS_MAX, mode);
	} else if (piece->kind == PIECE_BARE ||
		can_be_bare(piece->kind, piece->octets, piece->len)) {
		g_string_append(out, piece->octets);
	} else if (piece->kind != PIECE_LITERAL && piece->len <= STRING_MAX &&
		imap_is_quotable(piece->octets, piece->len, true)) {
		append_quoted(out, piece->octets, piece->len);
	} else {
		append_length(out, piece->len, UINT64_MAX, mode);
	}
}

char *imap_text_to_string(const struct imap_text *text,
	enum imap_write_mode mode)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < text->pieces->len; i++)
		append_for_trace(out, &g_array_index(text->pieces, struct piece,
			i), mode);
	return g_string_free(out, FALSE);
}

/* Each octet of a mailbox name gives at most five in modified UTF-7: "&AAk-"
 * for a control character. */
static size_t line_length(const struct piece *piece)
{
	switch (piece->kind) {
	case PIECE_BARE:
		return piece->len;
	case PIECE_LITERAL:
	case PIECE_STREAM:
		return LITERAL_HEAD_MAX + 1;
	case PIECE_MAILBOX:
	case PIECE_PATTERN:
		return MIN(piece->len * 5, (size_t)STRING_MAX) * 2 +
			LITERAL_HEAD_MAX;
	default:
		return MIN(piece->len, (size_t)STRING_MAX) * 2 +
			LITERAL_HEAD_MAX;
	}
}

size_t imap_text_line_length(const struct imap_text *text)
{
	size_t len = TAG_MAX + 1 + strlen("\r\n");

	for (guint i = 0; i < text->pieces->len; i++)
		len += line_length(
			&g_array_index(text->pieces, struct piece, i));
	return len;
}
