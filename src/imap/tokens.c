/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Open lists are kept on a stack of our own, so that nesting costs no C stack.
 * Every token needs at most as many octets unescaped and with its NUL as it
 * had in the response with what follows it, so that one buffer of the
 * response's size takes all strings.
 */
#include "src/base/base.h"
#include "src/imap/tokens.h"
#include "src/base/arena.h"
#include "src/imap/parser.h"

/* resp-cond-state, resp-cond-bye, resp-cond-auth */
static const char *const status_names[] = { "OK", "NO", "BAD", "BYE",
	"PREAUTH" };

static bool fail(struct imap_tokens *tokens, const char *fault)
{
	if (tokens->fault == NULL)
		tokens->fault = fault;
	return false;
}

static bool fail_limit(struct imap_tokens *tokens, const char *fault)
{
	tokens->is_limit = true;
	return fail(tokens, fault);
}

/*
 * What goes on with an atom in a response: more than ATOM-CHAR, as flags have
 * a backslash, sequence sets an asterisk, and servers send 8-bit names.
 */
static const bool word_chars[256] = {
	['!'] = true,
	['#' ... '\''] = true,
	['*' ... '~'] = true,
	[0x80 ... 0xff] = true,
};

static inline bool is_word_char(unsigned char c)
{
	return word_chars[c];
}

static bool push(struct imap_tokens *tokens, const struct imap_arg *arg)
{
	if (++tokens->n_args > tokens->args_max)
		return fail_limit(tokens, "too many elements");
	g_array_append_vals(tokens->pending, arg, 1);
	return true;
}

static const char *finish_string(struct imap_tokens *tokens, char *out)
{
	const char *str = tokens->out;

	*out = '\0';
	tokens->out = out + 1;
	return str;
}

static bool open_list(struct imap_tokens *tokens)
{
	if (tokens->depth == tokens->depth_max)
		return fail_limit(tokens, "too many nested lists");
	tokens->starts[tokens->depth++] = tokens->pending->len;
	tokens->at++;
	return true;
}

static bool close_list(struct imap_tokens *tokens)
{
	struct imap_arg list = { .type = IMAP_ARG_LIST };
	size_t start;

	if (tokens->depth == 0)
		return fail(tokens, "')' without '('");
	start = tokens->starts[--tokens->depth];
	list.n_items = tokens->pending->len - start;
	if (list.n_items > 0) {
		size_t size = list.n_items * sizeof(struct imap_arg);
		struct imap_arg *items = arena_alloc(tokens->arena, size);

		memcpy(items, &g_array_index(tokens->pending, struct imap_arg,
			start), size);
		list.items = items;
		g_array_set_size(tokens->pending, (guint)start);
	}
	tokens->at++;
	return push(tokens, &list);
}

/* quoted = DQUOTE *QUOTED-CHAR DQUOTE; returns the end of the copy or NULL. */
static char *copy_quoted(struct imap_tokens *tokens, char *out)
{
	const char *p = tokens->at + 1, *end = tokens->end;

	for (; p < end && *p != '"'; p++) {
		if (*p == '\\' && ++p == end)
			break;
		*out++ = *p;
	}
	if (p >= end) {
		fail(tokens, "quoted string without an end");
		return NULL;
	}
	tokens->at = p + 1;
	return out;
}

/* The literal that begins here ("{3}" or "~{3}"), or NULL. */
static const struct imap_literal *literal_here(struct imap_tokens *tokens)
{
	const struct imap_literal *literal;
	const char *p = tokens->at;

	if (tokens->next_literal == tokens->n_literals)
		return NULL;
	literal = &tokens->literals[tokens->next_literal];
	p += *p == '~';
	if (p == tokens->end || *p != '{')
		return NULL;
	p = memchr(p, '\n', (size_t)(tokens->end - p));
	if (p == NULL || p + 1 != tokens->base + literal->at)
		return NULL;
	return literal;
}

/* literal = "{" number64 ["+"] "}" CRLF *CHAR8; moves behind it. */
static char *copy_literal(struct imap_tokens *tokens,
	const struct imap_literal *literal, char *out)
{
	const char *octets = tokens->base + literal->at;

	tokens->next_literal++;
	tokens->at = octets;
	if (literal->is_spooled)
		return out;
	if (literal->size > 0)
		memcpy(out, octets, (size_t)literal->size);
	tokens->at += literal->size;
	return out + literal->size;
}

/* A string ends where a word could not have begun. */
static bool check_delimiter(struct imap_tokens *tokens)
{
	if (tokens->at < tokens->end && (*tokens->at == '"' ||
		is_word_char((unsigned char)*tokens->at)))
		return fail(tokens, "space expected");
	return true;
}

static bool push_string(struct imap_tokens *tokens, char *out)
{
	struct imap_arg arg = { .type = IMAP_ARG_STRING };

	arg.len = (uint64_t)(out - tokens->out);
	arg.str = finish_string(tokens, out);
	return check_delimiter(tokens) && push(tokens, &arg);
}

static bool scan_quoted(struct imap_tokens *tokens)
{
	char *out = copy_quoted(tokens, tokens->out);

	return out != NULL && push_string(tokens, out);
}

static bool scan_literal(struct imap_tokens *tokens,
	const struct imap_literal *literal)
{
	struct imap_arg arg = { .type = IMAP_ARG_SPOOLED,
		.len = literal->size };
	char *out = copy_literal(tokens, literal, tokens->out);

	if (!literal->is_spooled)
		return push_string(tokens, out);
	return check_delimiter(tokens) && push(tokens, &arg);
}

/*
 * "[" [section-spec] "]": an atom goes on to the bracket's end, over spaces
 * and parentheses; strings in it lose their quotes.
 */
static char *copy_section(struct imap_tokens *tokens, char *out)
{
	while (out != NULL && tokens->at < tokens->end) {
		const struct imap_literal *literal = NULL;
		char c = *tokens->at;

		if (c == '{' || c == '~')
			literal = literal_here(tokens);
		if (literal != NULL && literal->is_spooled)
			break;
		if (literal != NULL) {
			out = copy_literal(tokens, literal, out);
		} else if (c == '"') {
			out = copy_quoted(tokens, out);
		} else {
			*out++ = c;
			tokens->at++;
			if (c == ']')
				return out;
		}
	}
	fail(tokens, "section without an end");
	return NULL;
}

static bool has_section(const char *name, size_t len)
{
	return (len == 4 && g_ascii_strncasecmp(name, "BODY", 4) == 0) ||
		(len == 6 && g_ascii_strncasecmp(name, "BINARY", 6) == 0) ||
		(len == 11 &&
			g_ascii_strncasecmp(name, "BINARY.SIZE", 11) == 0);
}

static bool scan_word(struct imap_tokens *tokens)
{
	struct imap_arg arg = { .type = IMAP_ARG_ATOM };
	const char *p = tokens->at, *end = tokens->end;
	char *out = tokens->out;

	while (p < end && is_word_char((unsigned char)*p)) {
		if (*p == '[' && tokens->has_sections &&
			has_section(tokens->out, (size_t)(out - tokens->out))) {
			tokens->at = p;
			out = copy_section(tokens, out);
			if (out == NULL)
				return false;
			p = tokens->at;
			continue;
		}
		*out++ = *p++;
	}
	if (out == tokens->out || (p < end && *p == '"'))
		return fail(tokens, "unexpected octet");
	tokens->at = p;
	arg.len = (uint64_t)(out - tokens->out);
	if (arg.len == 3 && g_ascii_strncasecmp(tokens->out, "NIL", 3) == 0)
		arg.type = IMAP_ARG_NIL;
	arg.str = finish_string(tokens, out);
	return push(tokens, &arg);
}

static bool scan_arg(struct imap_tokens *tokens)
{
	const struct imap_literal *literal;

	switch (*tokens->at) {
	case '(':
		return open_list(tokens);
	case ')':
		return close_list(tokens);
	case '"':
		return scan_quoted(tokens);
	case '{':
	case '~':
		literal = literal_here(tokens);
		if (literal != NULL)
			return scan_literal(tokens, literal);
		if (*tokens->at == '{')
			return fail(tokens, "literal without an end of line");
		return scan_word(tokens);
	default:
		return scan_word(tokens);
	}
}

/* Everything up to end, into pending. */
static bool scan_args(struct imap_tokens *tokens)
{
	while (tokens->at < tokens->end) {
		if (*tokens->at == ' ' || *tokens->at == '\t')
			tokens->at++;
		else if (!scan_arg(tokens))
			return false;
	}
	if (tokens->depth > 0)
		return fail(tokens, "'(' without ')'");
	if (tokens->next_literal != tokens->n_literals)
		return fail(tokens, "unexpected literal");
	return true;
}

static void take_args(struct imap_tokens *tokens,
	const struct imap_arg **args_out, size_t *n_out)
{
	*n_out = tokens->pending->len;
	*args_out = *n_out == 0 ? NULL :
		(const struct imap_arg *)(void *)tokens->pending->data;
}

static const char *word_end(const char *at, const char *end)
{
	while (at < end && is_word_char((unsigned char)*at))
		at++;
	return at;
}

static const char *copy_range(struct imap_tokens *tokens, const char *from,
	const char *to)
{
	size_t len = (size_t)(to - from);

	memcpy(tokens->out, from, len);
	return finish_string(tokens, tokens->out + len);
}

static const char *copy_upper(struct imap_tokens *tokens, const char *from,
	const char *to)
{
	char *str = tokens->out;

	copy_range(tokens, from, to);
	for (char *p = str; *p != '\0'; p++)
		*p = g_ascii_toupper(*p);
	return str;
}

/* The "]" that ends a response code: the first outside of quotes, else the
 * first; NULL if there is none. */
static const char *code_end(const char *at, const char *end)
{
	bool is_quoted = false;

	for (const char *p = at; p < end; p++) {
		if (*p == '\\' && is_quoted && p + 1 < end)
			p++;
		else if (*p == '"')
			is_quoted = !is_quoted;
		else if (*p == ']' && !is_quoted)
			return p;
	}
	return memchr(at, ']', (size_t)(end - at));
}

/* The arguments of a response code; those that do not parse are one atom. */
static void scan_code_args(struct imap_tokens *tokens, const char *end)
{
	struct imap_tokens before = *tokens;
	struct imap_arg raw = { .type = IMAP_ARG_ATOM };

	while (tokens->at < end && *tokens->at == ' ')
		tokens->at++;
	before.at = tokens->at;
	tokens->end = end;
	if (!scan_args(tokens)) {
		GArray *pending = tokens->pending;

		g_array_set_size(pending, 0);
		*tokens = before;
		raw.len = (uint64_t)(end - tokens->at);
		raw.str = copy_range(tokens, tokens->at, end);
		g_array_append_val(pending, raw);
	}
	tokens->end = before.end;
}

/* resp-text = ["[" resp-text-code "]" SP] text */
static void scan_text(struct imap_tokens *tokens,
	struct imap_response *response)
{
	const char *end, *name_end;

	if (tokens->at < tokens->end && *tokens->at == '[') {
		end = code_end(tokens->at, tokens->end);
		name_end = end == NULL ? NULL : word_end(tokens->at + 1, end);
		if (end != NULL && name_end > tokens->at + 1) {
			response->code = copy_upper(tokens, tokens->at + 1,
				name_end);
			tokens->at = name_end;
			scan_code_args(tokens, end);
			take_args(tokens, &response->code_args,
				&response->n_code_args);
			tokens->at = end + 1;
			if (tokens->at < tokens->end && *tokens->at == ' ')
				tokens->at++;
		}
	}
	response->text = copy_range(tokens, tokens->at, tokens->end);
}

static const char *status_name(const char *at, const char *end)
{
	size_t len = (size_t)(end - at);

	for (size_t i = 0; i < G_N_ELEMENTS(status_names); i++)
		if (strlen(status_names[i]) == len &&
			g_ascii_strncasecmp(at, status_names[i], len) == 0)
			return status_names[i];
	return NULL;
}

static void skip_spaces(struct imap_tokens *tokens)
{
	while (tokens->at < tokens->end && *tokens->at == ' ')
		tokens->at++;
}

/* response-tagged = tag SP resp-cond-state */
static bool scan_tagged(struct imap_tokens *tokens,
	struct imap_response *response)
{
	const char *end = word_end(tokens->at, tokens->end);

	if (end == tokens->at || end == tokens->end || *end != ' ')
		return fail(tokens, "no response");
	response->kind = IMAP_RESPONSE_TAGGED;
	response->tag = copy_range(tokens, tokens->at, end);
	tokens->at = end;
	skip_spaces(tokens);
	end = word_end(tokens->at, tokens->end);
	response->name = status_name(tokens->at, end);
	if (response->name == NULL || response->name[0] == 'P' ||
		strcmp(response->name, "BYE") == 0)
		return fail(tokens, "OK, NO or BAD expected");
	tokens->at = end;
	skip_spaces(tokens);
	scan_text(tokens, response);
	return true;
}

/* The number of "* 23 EXISTS"; false if it is one and too big. */
static bool scan_number(struct imap_tokens *tokens,
	struct imap_response *response)
{
	const char *p = tokens->at;
	uint64_t n = 0;

	while (p < tokens->end && g_ascii_isdigit(*p)) {
		n = n * 10 + (uint64_t)(*p++ - '0');
		if (n > UINT32_MAX)
			return fail(tokens, "number above 32 bits");
	}
	if (p == tokens->at || p == tokens->end || *p != ' ')
		return true;
	response->has_number = true;
	response->number = (uint32_t)n;
	tokens->at = p;
	skip_spaces(tokens);
	return true;
}

/* response-data = "*" SP (resp-cond-state / ... / message-data / ...) CRLF */
static bool scan_untagged(struct imap_tokens *tokens,
	struct imap_response *response)
{
	const char *end;

	skip_spaces(tokens);
	if (!scan_number(tokens, response))
		return false;
	end = word_end(tokens->at, tokens->end);
	if (end == tokens->at)
		return fail(tokens, "name of a response expected");
	response->name = response->has_number ? NULL :
		status_name(tokens->at, end);
	if (response->name != NULL) {
		response->kind = IMAP_RESPONSE_STATUS;
		tokens->at = end;
		skip_spaces(tokens);
		scan_text(tokens, response);
		return true;
	}
	response->kind = IMAP_RESPONSE_DATA;
	response->name = copy_upper(tokens, tokens->at, end);
	tokens->has_sections = strcmp(response->name, "FETCH") == 0 ||
		strcmp(response->name, "UIDFETCH") == 0;
	tokens->at = end;
	if (!scan_args(tokens))
		return false;
	take_args(tokens, &response->args, &response->n_args);
	return true;
}

static bool begins_untagged(const char *line, const char *end)
{
	return end - line >= 2 && line[0] == '*' && line[1] == ' ';
}

bool imap_tokens_parse(struct imap_tokens *tokens,
	struct imap_response *response_out)
{
	*response_out = (struct imap_response){ .text = "" };
	tokens->out = arena_alloc(tokens->arena,
		(size_t)(tokens->end - tokens->base) + 2);
	if (tokens->at == tokens->end)
		return fail(tokens, "empty line");
	if (*tokens->at == '+') {
		response_out->kind = IMAP_RESPONSE_CONTINUATION;
		tokens->at++;
		if (tokens->at < tokens->end && *tokens->at == ' ')
			tokens->at++;
		scan_text(tokens, response_out);
		return true;
	}
	if (begins_untagged(tokens->at, tokens->end)) {
		tokens->at += 2;
		return scan_untagged(tokens, response_out);
	}
	return scan_tagged(tokens, response_out);
}

bool imap_tokens_is_text(const char *line, size_t len)
{
	const char *end = line + len, *at = line + 2;

	if (!begins_untagged(line, end))
		return true;
	while (at < end && *at == ' ')
		at++;
	return status_name(at, word_end(at, end)) != NULL;
}
