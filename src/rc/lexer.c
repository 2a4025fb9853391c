/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/rc/lexer.h"

#include "src/base/arena.h"

#define END_OF_INPUT (-1)

struct rc_lexer {
	const char *text;
	size_t len, pos;
	unsigned line, column;
	struct arena *arena;
	bool at_start;   /* of a command: "#" is a comment whatever follows */
	GString *buffer; /* of the text part being read */
	GArray *parts;   /* struct rc_part, of the word being read */
	bool is_quoted;  /* a quote was seen in this word */
	const char *error; /* why the word ended early */
	unsigned error_line, error_column;
};

struct rc_lexer *rc_lexer_new(const char *text, size_t len, struct arena *arena)
{
	struct rc_lexer *lexer = g_new0(struct rc_lexer, 1);

	lexer->text = text;
	lexer->len = len;
	lexer->line = lexer->column = 1;
	lexer->arena = arena;
	lexer->at_start = true;
	lexer->buffer = g_string_new(NULL);
	lexer->parts = g_array_new(FALSE, FALSE, sizeof(struct rc_part));
	return lexer;
}

void rc_lexer_free(struct rc_lexer **lexer)
{
	struct rc_lexer *old = *lexer;

	*lexer = NULL;
	if (old == NULL)
		return;
	g_string_free(old->buffer, TRUE);
	g_array_free(old->parts, TRUE);
	g_free(old);
}

/* --- characters ---------------------------------------------------------- */

static int peek_at(const struct rc_lexer *lexer, size_t offset)
{
	if (lexer->len - lexer->pos <= offset)
		return END_OF_INPUT;
	return (unsigned char)lexer->text[lexer->pos + offset];
}

static int peek(const struct rc_lexer *lexer)
{
	return peek_at(lexer, 0);
}

static void advance(struct rc_lexer *lexer)
{
	unsigned char c = (unsigned char)lexer->text[lexer->pos++];

	if (c == '\n') {
		lexer->line++;
		lexer->column = 1;
	} else if ((c & 0xc0) != 0x80) {
		lexer->column++;
	}
}

static void advance_by(struct rc_lexer *lexer, size_t n)
{
	while (n-- > 0)
		advance(lexer);
}

/* NUL and the CR of a CRLF are no part of words. */
static bool is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' ||
		c == '\0';
}

static bool ends_word(int c)
{
	return c == END_OF_INPUT || c == '\n' || c == ';' || is_blank(c);
}

/* The octets of a "\" and newline, or 0. */
static size_t continuation(const struct rc_lexer *lexer)
{
	if (peek(lexer) != '\\')
		return 0;
	if (peek_at(lexer, 1) == '\n')
		return 2;
	return peek_at(lexer, 1) == '\r' && peek_at(lexer, 2) == '\n' ? 3 : 0;
}

static void skip_line(struct rc_lexer *lexer)
{
	while (peek(lexer) != END_OF_INPUT && peek(lexer) != '\n')
		advance(lexer);
}

/* "#ff8000" is a colour, unless a command begins with it. */
static bool is_comment(const struct rc_lexer *lexer)
{
	if (peek(lexer) != '#')
		return false;
	if (lexer->at_start)
		return true;
	for (size_t i = 1; i <= 6; i++) {
		int c = peek_at(lexer, i);

		if (c == END_OF_INPUT || !g_ascii_isxdigit((char)c))
			return true;
	}
	return !ends_word(peek_at(lexer, 7));
}

static void skip_blanks(struct rc_lexer *lexer)
{
	for (;;) {
		size_t joined = continuation(lexer);

		if (joined > 0)
			advance_by(lexer, joined);
		else if (is_blank(peek(lexer)))
			advance(lexer);
		else if (is_comment(lexer))
			skip_line(lexer);
		else
			return;
	}
}

/* --- parts of a word ----------------------------------------------------- */

static void add_part(struct rc_lexer *lexer, enum rc_part_type type,
	bool is_quoted, const char *text, size_t len)
{
	struct rc_part part = { type, is_quoted,
		arena_strndup(lexer->arena, text, len) };

	g_array_append_val(lexer->parts, part);
}

static void flush_text(struct rc_lexer *lexer)
{
	if (lexer->buffer->len == 0)
		return;
	add_part(lexer, RC_PART_TEXT, false, lexer->buffer->str,
		lexer->buffer->len);
	g_string_truncate(lexer->buffer, 0);
}

static void take(struct rc_lexer *lexer)
{
	g_string_append_c(lexer->buffer, (char)peek(lexer));
	advance(lexer);
}

static void fail_at(struct rc_lexer *lexer, unsigned line, unsigned column,
	const char *error)
{
	lexer->error = error;
	lexer->error_line = line;
	lexer->error_column = column;
}

/* "\033": three octal digits. */
static bool take_octal(struct rc_lexer *lexer)
{
	unsigned value = 0;

	for (size_t i = 0; i < 3; i++) {
		int c = peek_at(lexer, i);

		if (c < '0' || c > '7')
			return false;
		value = value * 8 + (unsigned)(c - '0');
	}
	if (value == 0 || value > 0x7f)
		return false; /* would not be UTF-8 */
	g_string_append_c(lexer->buffer, (char)value);
	advance_by(lexer, 3);
	return true;
}

/* "\cx" and "\Cx": the control character. */
static bool take_control(struct rc_lexer *lexer)
{
	int c = peek_at(lexer, 1);

	if (c == END_OF_INPUT || g_ascii_toupper((char)c) < '@' ||
		g_ascii_toupper((char)c) > '_' || c == '@')
		return false;
	g_string_append_c(lexer->buffer,
		(char)(g_ascii_toupper((char)c) & 0x1f));
	advance_by(lexer, 2);
	return true;
}

/* As in mutt; but "\" before an upper-case letter is kept, so that \Seen and
 * \Trash need no quotes. */
static void take_escape(struct rc_lexer *lexer)
{
	static const char from[] = "nrtfe", to[] = "\n\r\t\f\033";
	const char *found;
	int c;

	advance(lexer);
	c = peek(lexer);
	if (c == END_OF_INPUT || c == '\n') {
		g_string_append_c(lexer->buffer, '\\');
		return;
	}
	found = c == 0 ? NULL : strchr(from, c);
	if (found != NULL) {
		g_string_append_c(lexer->buffer, to[found - from]);
		advance(lexer);
	} else if ((c == 'c' || c == 'C') && take_control(lexer)) {
		return;
	} else if (!take_octal(lexer)) {
		if (g_ascii_isupper((char)c))
			g_string_append_c(lexer->buffer, '\\');
		take(lexer);
	}
}

static void take_variable(struct rc_lexer *lexer, bool is_quoted)
{
	bool has_brace = peek_at(lexer, 1) == '{';
	size_t start = has_brace ? 2 : 1, length = 0;

	for (;; length++) {
		int c = peek_at(lexer, start + length);

		if (c == END_OF_INPUT ||
			!(g_ascii_isalnum((char)c) || c == '_'))
			break;
	}
	if (length == 0 ||
		(has_brace && peek_at(lexer, start + length) != '}')) {
		take(lexer);
		return;
	}
	flush_text(lexer);
	add_part(lexer, RC_PART_VARIABLE, is_quoted,
		lexer->text + lexer->pos + start, length);
	advance_by(lexer, start + length + (has_brace ? 1 : 0));
}

static void take_command(struct rc_lexer *lexer, bool is_quoted)
{
	unsigned line = lexer->line, column = lexer->column;
	size_t start = lexer->pos + 1;

	advance(lexer);
	while (peek(lexer) != '`') {
		if (peek(lexer) == END_OF_INPUT || peek(lexer) == '\n') {
			fail_at(lexer, line, column,
				"expected ` before the end of the line");
			return;
		}
		advance(lexer);
	}
	flush_text(lexer);
	add_part(lexer, RC_PART_COMMAND, is_quoted, lexer->text + start,
		lexer->pos - start);
	advance(lexer);
}

static void take_quoted(struct rc_lexer *lexer, int quote)
{
	unsigned line = lexer->line, column = lexer->column;

	lexer->is_quoted = true;
	advance(lexer);
	while (peek(lexer) != quote && lexer->error == NULL) {
		size_t joined = continuation(lexer);
		int c = peek(lexer);

		if (joined > 0)
			advance_by(lexer, joined);
		else if (c == END_OF_INPUT || c == '\n')
			fail_at(lexer, line, column, quote == '"' ?
				"expected \" before the end of the line" :
				"expected ' before the end of the line");
		else if (c == 0)
			advance(lexer);
		else if (quote == '\'')
			take(lexer);
		else if (c == '\\')
			take_escape(lexer);
		else if (c == '$')
			take_variable(lexer, true);
		else if (c == '`')
			take_command(lexer, true);
		else
			take(lexer);
	}
	if (lexer->error == NULL)
		advance(lexer);
}

static void take_word(struct rc_lexer *lexer)
{
	while (!ends_word(peek(lexer)) && lexer->error == NULL) {
		size_t joined = continuation(lexer);
		int c = peek(lexer);

		if (joined > 0)
			advance_by(lexer, joined);
		else if (c == '"' || c == '\'')
			take_quoted(lexer, c);
		else if (c == '\\')
			take_escape(lexer);
		else if (c == '$')
			take_variable(lexer, false);
		else if (c == '`')
			take_command(lexer, false);
		else
			take(lexer);
	}
	flush_text(lexer);
}

/* --- tokens -------------------------------------------------------------- */

static bool is_brace(const struct rc_lexer *lexer, int brace)
{
	return peek(lexer) == brace && ends_word(peek_at(lexer, 1));
}

/* The text of a word that has nothing to put in. */
static const char *whole_text(const struct rc_lexer *lexer,
	const struct rc_token *token)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (size_t i = 0; i < token->n_parts; i++) {
		if (token->parts[i].type != RC_PART_TEXT)
			return NULL;
		g_string_append(text, token->parts[i].text);
	}
	return arena_strndup(lexer->arena, text->str, text->len);
}

static void finish_word(struct rc_lexer *lexer, struct rc_token *token)
{
	size_t size = lexer->parts->len * sizeof(struct rc_part);
	struct rc_part *parts;

	if (lexer->error != NULL) {
		skip_line(lexer);
		token->type = RC_TOKEN_ERROR;
		token->text = lexer->error;
		token->line = lexer->error_line;
		token->column = lexer->error_column;
		return;
	}
	token->n_parts = lexer->parts->len;
	if (token->n_parts > 0) {
		parts = arena_alloc(lexer->arena, size);
		memcpy(parts, lexer->parts->data, size);
		token->parts = parts;
	}
	token->text = whole_text(lexer, token);
	token->is_quoted = lexer->is_quoted;
}

static void read_word(struct rc_lexer *lexer, struct rc_token *token)
{
	token->type = RC_TOKEN_WORD;
	lexer->is_quoted = false;
	lexer->error = NULL;
	g_array_set_size(lexer->parts, 0);
	take_word(lexer);
	finish_word(lexer, token);
}

void rc_lexer_next(struct rc_lexer *lexer, struct rc_token *token_out)
{
	int c;

	skip_blanks(lexer);
	c = peek(lexer);
	*token_out = (struct rc_token){ .line = lexer->line,
		.column = lexer->column, .start = lexer->pos };
	if (c == END_OF_INPUT) {
		token_out->type = RC_TOKEN_EOF;
	} else if (c == '\n' || c == ';') {
		token_out->type = RC_TOKEN_END;
		advance(lexer);
	} else if (is_brace(lexer, '{')) {
		token_out->type = RC_TOKEN_OPEN;
		advance(lexer);
	} else if (is_brace(lexer, '}')) {
		token_out->type = RC_TOKEN_CLOSE;
		advance(lexer);
	} else {
		read_word(lexer, token_out);
	}
	token_out->end = lexer->pos;
	lexer->at_start = token_out->type == RC_TOKEN_END ||
		token_out->type == RC_TOKEN_OPEN ||
		token_out->type == RC_TOKEN_CLOSE;
}
