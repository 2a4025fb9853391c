/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Framing: octets are kept until a whole response is there, which is when a
 * line ends that announces no literal; then tokens.c parses it at once. No
 * octet is looked for a line's end twice, and what was consumed is only moved
 * away when that is less than what it makes room for.
 */
#include "src/base/base.h"
#include "src/imap/parser.h"
#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/imap/tokens.h"

enum {
	BUFFER_MIN = 16 * 1024,
	BUFFER_KEPT = 256 * 1024,   /* a bigger one is freed when empty */
	PENDING_KEPT = 4096,        /* elements */
};

const struct imap_limits imap_default_limits = {
	.line_max = 16 << 20,
	.literal_max = 16 << 20,
	.response_max = 32 << 20,
	.spool_max = (uint64_t)4 << 30,
	.depth_max = 128,
	.args_max = 4 << 20,
};

enum framing { FRAME_LINE, FRAME_LITERAL, FRAME_SPOOL };

struct imap_parser {
	struct imap_limits limits;
	imap_parser_wants_spool_fn *wants;
	imap_parser_spool_fn *spool;
	void *spool_data;

	char *buffer;
	size_t start, end, size; /* octets not consumed are start to end */

	/* The response that is coming in; offsets are from start. */
	enum framing framing;
	size_t fragment;    /* where the line goes on after the last literal */
	size_t scanned;     /* no LF from fragment to here */
	uint64_t left;      /* octets of the literal that are still to come */
	bool is_text;       /* has no literals */
	GString *line;      /* its fragments so far */
	GArray *literals;   /* of struct imap_literal */

	struct arena *arena;
	GArray *pending;
	size_t *starts;
	struct imap_response response;
	GError *broken;
};

struct imap_parser *imap_parser_new(const struct imap_limits *limits)
{
	struct imap_parser *parser = g_new0(struct imap_parser, 1);

	parser->limits = limits == NULL ? imap_default_limits : *limits;
	parser->line = g_string_new(NULL);
	parser->literals = g_array_new(FALSE, FALSE,
		sizeof(struct imap_literal));
	parser->arena = arena_new();
	parser->pending = g_array_new(FALSE, FALSE, sizeof(struct imap_arg));
	parser->starts = g_new(size_t, (size_t)parser->limits.depth_max + 1);
	return parser;
}

void imap_parser_free(struct imap_parser **parser)
{
	struct imap_parser *p = *parser;

	if (p == NULL)
		return;
	g_free(p->buffer);
	g_string_free(p->line, TRUE);
	g_array_unref(p->literals);
	arena_free(&p->arena);
	g_array_unref(p->pending);
	g_free(p->starts);
	g_clear_error(&p->broken);
	g_free(p);
	*parser = NULL;
}

void imap_parser_set_spool(struct imap_parser *parser,
	imap_parser_wants_spool_fn *wants, imap_parser_spool_fn *spool,
	void *data)
{
	parser->wants = wants;
	parser->spool = spool;
	parser->spool_data = data;
}

size_t imap_parser_pending(const struct imap_parser *parser)
{
	return parser->end - parser->start;
}

const char *imap_parser_take_pending(struct imap_parser *parser,
	size_t *len_out)
{
	const char *octets = parser->buffer + parser->start;

	*len_out = imap_parser_pending(parser);
	parser->start = parser->end;
	return octets;
}

static void make_room(struct imap_parser *parser, size_t len)
{
	size_t used = parser->end - parser->start;

	if (parser->size - parser->end >= len)
		return;
	if (parser->start > 0 && parser->start >= used) {
		memmove(parser->buffer, parser->buffer + parser->start, used);
		parser->start = 0;
		parser->end = used;
	}
	if (parser->size - parser->end < len) {
		parser->size = MAX(MAX(parser->size * 2, parser->end + len),
			(size_t)BUFFER_MIN);
		parser->buffer = g_realloc(parser->buffer, parser->size);
	}
}

void imap_parser_push(struct imap_parser *parser, const char *octets,
	size_t len)
{
	if (len == 0 || parser->broken != NULL)
		return;
	make_room(parser, len);
	memcpy(parser->buffer + parser->end, octets, len);
	parser->end += len;
}

/* The response before is not needed any more. */
static void forget_response(struct imap_parser *parser)
{
	arena_clear(parser->arena);
	if (parser->pending->len > PENDING_KEPT) {
		g_array_unref(parser->pending);
		parser->pending = g_array_new(FALSE, FALSE,
			sizeof(struct imap_arg));
	}
	g_array_set_size(parser->pending, 0);
	if (parser->start == parser->end) {
		parser->start = parser->end = 0;
		if (parser->size > BUFFER_KEPT) {
			g_clear_pointer(&parser->buffer, g_free);
			parser->size = 0;
		}
	}
}

static bool break_off(struct imap_parser *parser, const char *what)
{
	parser->broken = g_error_new(IMAP_ERROR, IMAP_ERROR_LIMIT,
		"cannot read the response: %s at octet %zu", what,
		parser->fragment);
	return false;
}

/* A quoted string that is open at the fragment's end hides a brace. */
static bool ends_quoted(const char *fragment, size_t len)
{
	bool is_quoted = false;

	for (size_t i = 0; i < len; i++) {
		if (fragment[i] == '\\' && is_quoted)
			i++;
		else if (fragment[i] == '"')
			is_quoted = !is_quoted;
	}
	return is_quoted;
}

/*
 * literal = "{" number64 ["+"] "}", literal8 = "~{" number64 "}", at the end
 * of the fragment and where a string can begin. More than 63 bits give
 * UINT64_MAX.
 */
static bool find_literal(const char *fragment, size_t len, uint64_t *size_out)
{
	size_t close = len - 1, at;
	uint64_t size = 0;

	if (len < 3 || fragment[close] != '}')
		return false;
	if (fragment[close - 1] == '+')
		close--;
	for (at = close; at > 0 && g_ascii_isdigit(fragment[at - 1]); at--)
		continue;
	if (at == close || at == 0 || fragment[at - 1] != '{')
		return false;
	for (size_t i = at; i < close; i++) {
		unsigned digit = (unsigned)(fragment[i] - '0');

		if (size > ((uint64_t)INT64_MAX - digit) / 10) {
			size = UINT64_MAX;
			break;
		}
		size = size * 10 + digit;
	}
	*size_out = size;
	at--;
	if (at > 0 && fragment[at - 1] == '~')
		at--;
	return (at == 0 || strchr(" ([", fragment[at - 1]) != NULL) &&
		!ends_quoted(fragment, len);
}

/* Octets of the response that are kept, when those to offset at are in. */
static bool check_response_size(struct imap_parser *parser, uint64_t at)
{
	if (at > parser->limits.response_max)
		return break_off(parser, "too long a response");
	return true;
}

static bool begin_literal(struct imap_parser *parser, size_t at, uint64_t size)
{
	struct imap_literal literal = { .at = at, .size = size };

	parser->fragment = parser->scanned = at;
	if (size > INT64_MAX)
		return break_off(parser, "literal above 63 bits");
	literal.is_spooled = parser->wants != NULL && parser->wants(
		parser->line->str, parser->line->len, size, parser->spool_data);
	if (literal.is_spooled && size > parser->limits.spool_max)
		return break_off(parser, "too big a literal");
	if (!literal.is_spooled && size > parser->limits.literal_max)
		return break_off(parser, "too big a literal");
	if (!literal.is_spooled && !check_response_size(parser, at + size))
		return false;
	g_array_append_val(parser->literals, literal);
	parser->left = size;
	parser->framing = literal.is_spooled ? FRAME_SPOOL : FRAME_LITERAL;
	return true;
}

/* Takes len octets out of the buffer, which begin at the fragment. */
static void cut_out(struct imap_parser *parser, size_t len)
{
	char *at = parser->buffer + parser->start + parser->fragment;
	size_t behind = parser->end - parser->start - parser->fragment - len;

	if (behind <= parser->fragment) {
		memmove(at, at + len, behind);
		parser->end -= len;
	} else {
		memmove(parser->buffer + parser->start + len,
			parser->buffer + parser->start, parser->fragment);
		parser->start += len;
	}
}

static bool frame_spool(struct imap_parser *parser)
{
	size_t there = parser->end - parser->start - parser->fragment;
	size_t len = (size_t)MIN((uint64_t)there, parser->left);

	if (len > 0 && parser->spool != NULL)
		parser->spool(parser->buffer + parser->start + parser->fragment,
			len, parser->spool_data);
	cut_out(parser, len);
	parser->left -= len;
	if (parser->left > 0)
		return false;
	parser->framing = FRAME_LINE;
	return true;
}

static bool frame_literal(struct imap_parser *parser)
{
	if (parser->end - parser->start - parser->fragment < parser->left)
		return false;
	parser->fragment += (size_t)parser->left;
	parser->scanned = parser->fragment;
	parser->left = 0;
	parser->framing = FRAME_LINE;
	return true;
}

/*
 * A line's end at parser->scanned: either the response is complete (*whole_out)
 * or a literal follows. false: broken.
 */
static bool end_fragment(struct imap_parser *parser, bool *whole_out)
{
	const char *fragment =
		parser->buffer + parser->start + parser->fragment;
	size_t len = parser->scanned - parser->fragment;
	uint64_t size;

	if (len > 0 && fragment[len - 1] == '\r')
		len--;
	if (parser->fragment == 0)
		parser->is_text = imap_tokens_is_text(fragment, len);
	if (parser->line->len + len > parser->limits.line_max)
		return break_off(parser, "too long a line");
	if (!check_response_size(parser, parser->scanned))
		return false;
	*whole_out = parser->is_text || !find_literal(fragment, len, &size);
	g_string_append_len(parser->line, fragment, (gssize)len);
	return *whole_out ||
		begin_literal(parser, parser->scanned + 1, size);
}

/* *whole_out: a response is complete. false: broken. */
static bool frame_line(struct imap_parser *parser, bool *more_out,
	bool *whole_out)
{
	const char *response = parser->buffer + parser->start;
	size_t there = parser->end - parser->start;
	const char *lf = there == parser->scanned ? NULL :
		memchr(response + parser->scanned, '\n',
			there - parser->scanned);

	*more_out = lf == NULL;
	if (lf != NULL) {
		parser->scanned = (size_t)(lf - response);
		return end_fragment(parser, whole_out);
	}
	parser->scanned = there;
	if (parser->line->len + (there - parser->fragment) >
		parser->limits.line_max)
		return break_off(parser, "too long a line");
	return check_response_size(parser, there);
}

static enum imap_parser_result frame(struct imap_parser *parser)
{
	bool whole = false, more = false;

	while (!whole) {
		if (parser->framing == FRAME_SPOOL)
			more = !frame_spool(parser);
		else if (parser->framing == FRAME_LITERAL)
			more = !frame_literal(parser);
		else if (!frame_line(parser, &more, &whole))
			return IMAP_PARSER_BROKEN;
		if (more)
			return IMAP_PARSER_NEED_MORE;
	}
	return IMAP_PARSER_RESPONSE;
}

/* parser->scanned is at the LF. */
static bool parse(struct imap_parser *parser, GError **error)
{
	const char *base = parser->buffer + parser->start;
	size_t len = parser->scanned;
	struct imap_tokens tokens = {
		.arena = parser->arena,
		.literals = (const void *)parser->literals->data,
		.n_literals = parser->literals->len,
		.pending = parser->pending,
		.starts = parser->starts,
		.depth_max = parser->limits.depth_max,
		.args_max = parser->limits.args_max,
	};

	if (len > parser->fragment && base[len - 1] == '\r')
		len--;
	tokens.base = tokens.at = base;
	tokens.end = base + len;
	if (imap_tokens_parse(&tokens, &parser->response))
		return true;
	g_set_error(error, IMAP_ERROR,
		tokens.is_limit ? IMAP_ERROR_LIMIT : IMAP_ERROR_SYNTAX,
		"cannot parse the response: %s at octet %zu", tokens.fault,
		(size_t)(tokens.at - base));
	return false;
}

static void consume(struct imap_parser *parser)
{
	parser->response.line = arena_strndup(parser->arena, parser->line->str,
		parser->line->len);
	parser->response.line_len = parser->line->len;
	parser->start += parser->scanned + 1;
	parser->fragment = parser->scanned = 0;
	g_array_set_size(parser->literals, 0);
	if (parser->line->allocated_len > BUFFER_KEPT) {
		g_string_free(parser->line, TRUE);
		parser->line = g_string_new(NULL);
	}
	g_string_truncate(parser->line, 0);
}

enum imap_parser_result imap_parser_next(struct imap_parser *parser,
	const struct imap_response **response_out, GError **error)
{
	enum imap_parser_result result = IMAP_PARSER_BROKEN;
	bool ok;

	*response_out = NULL;
	forget_response(parser);
	if (parser->broken == NULL)
		result = frame(parser);
	if (result == IMAP_PARSER_BROKEN && error != NULL)
		*error = g_error_copy(parser->broken);
	if (result != IMAP_PARSER_RESPONSE)
		return result;
	ok = parse(parser, error);
	consume(parser);
	*response_out = &parser->response;
	return ok ? IMAP_PARSER_RESPONSE : IMAP_PARSER_SKIPPED;
}
