/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From text to lists of commands. The text is cut into tokens first, so that
 * looking ahead for "else" is free; then each command is checked against its
 * row. After an error the rest of that command is skipped, its block included.
 * An error within a block that may never run ("if version >= 2 {") becomes a
 * command that reports it.
 */
#include "src/base/base.h"
#include "src/rc/parse.h"

#include "src/base/arena.h"

/* Blocks within blocks; a limit of the C stack, not of taste. */
#define DEPTH_MAX 32

struct command_root {
	unsigned refs;
	struct arena *arena;
};

struct parser {
	const char *text;
	const char *file;
	struct command_root *root;
	GArray *tokens; /* struct rc_token; the last is EOF */
	guint at;
	unsigned depth;
	unsigned n_unclosed; /* blocks found to have no end */
	GArray *deferred; /* commands of a block that may not run; NULL: none */
	command_report_fn *report;
	void *data;
};

static struct command_list *parse_list(struct parser *parser,
	const struct rc_token *opening, bool is_conditional);

/* --- tokens and reports -------------------------------------------------- */

static const struct rc_token *token_at(const struct parser *parser, guint i)
{
	return &g_array_index(parser->tokens, struct rc_token,
		MIN(i, parser->tokens->len - 1));
}

static const struct rc_token *peek(const struct parser *parser)
{
	return token_at(parser, parser->at);
}

static struct command_origin origin_of(const struct parser *parser,
	const struct rc_token *token)
{
	return (struct command_origin){ parser->file, token->line,
		token->column };
}

static void defer(struct parser *parser, const struct command_origin *origin,
	const char *message)
{
	struct command command = { .origin = *origin, .source = "",
		.error = arena_strdup(parser->root->arena, message) };

	g_array_append_val(parser->deferred, command);
}

static void fail(struct parser *parser, const struct rc_token *token,
	const char *format, ...) G_GNUC_PRINTF(3, 4);

static void fail(struct parser *parser, const struct rc_token *token,
	const char *format, ...)
{
	struct command_origin origin = origin_of(parser, token);
	g_autofree char *message = NULL;
	va_list args;

	va_start(args, format);
	message = g_strdup_vprintf(format, args);
	va_end(args);
	if (parser->deferred != NULL)
		defer(parser, &origin, message);
	else if (parser->report != NULL)
		parser->report(&origin, false, message, parser->data);
}

static void read_tokens(struct parser *parser, size_t len)
{
	struct rc_lexer *lexer =
		rc_lexer_new(parser->text, len, parser->root->arena);
	struct rc_token token;

	parser->tokens = g_array_new(FALSE, FALSE, sizeof(struct rc_token));
	do {
		rc_lexer_next(lexer, &token);
		g_array_append_val(parser->tokens, token);
	} while (token.type != RC_TOKEN_EOF);
	rc_lexer_free(&lexer);
}

static bool is_word(const struct rc_token *token, const char *word)
{
	return token->type == RC_TOKEN_WORD && !token->is_quoted &&
		token->text != NULL && strcmp(token->text, word) == 0;
}

/* "}" closes a block, and is a character where none is open. */
static bool ends_command(const struct parser *parser,
	const struct rc_token *token)
{
	return token->type == RC_TOKEN_END || token->type == RC_TOKEN_EOF ||
		(token->type == RC_TOKEN_CLOSE && parser->depth > 0);
}

/* The token behind the "}" of the "{" at i, or 0 if there is none. What is
 * full of "{" without "}" is not looked through for each of them. */
static guint behind_block(struct parser *parser, guint i)
{
	unsigned depth = 0;

	if (parser->n_unclosed >= DEPTH_MAX)
		return 0;

	for (; i < parser->tokens->len; i++) {
		enum rc_token_type type = token_at(parser, i)->type;

		if (type == RC_TOKEN_OPEN)
			depth++;
		else if (type == RC_TOKEN_CLOSE && --depth == 0)
			return i + 1;
	}
	parser->n_unclosed++;
	return 0;
}

/* To the end of a command that is not understood. */
static void skip_command(struct parser *parser)
{
	while (!ends_command(parser, peek(parser))) {
		guint behind = peek(parser)->type == RC_TOKEN_OPEN ?
			behind_block(parser, parser->at) :
			0;

		parser->at = behind > 0 ? behind : parser->at + 1;
	}
}

/* --- words of a command -------------------------------------------------- */

static struct rc_word word_of(const struct parser *parser,
	const struct rc_token *token)
{
	return (struct rc_word){ token->parts, token->n_parts,
		token->is_quoted, origin_of(parser, token) };
}

static struct rc_word text_word(const struct parser *parser,
	const struct rc_token *token, const char *text, size_t len)
{
	struct arena *arena = parser->root->arena;
	struct rc_part *part = arena_new_struct(arena, struct rc_part);

	part->type = RC_PART_TEXT;
	part->is_quoted = true; /* never split */
	part->text = arena_strndup(arena, text, len);
	return (struct rc_word){ part, 1, false, origin_of(parser, token) };
}

/* "max_args - 1 words, then the rest": the first token of the rest. */
static guint rest_index(const struct command_row *row)
{
	if (row->args != COMMAND_ARGS_REST)
		return G_MAXUINT;
	return row->max_args > 1 ? row->max_args - 1 : 0;
}

static bool opens_block(const struct command_row *row,
	const struct rc_token *token)
{
	return row->takes_block &&
		(token->type == RC_TOKEN_OPEN || is_word(token, "{}"));
}

/* Words up to the end or the block. false: an error was reported. */
static bool read_words(struct parser *parser, const struct command_row *row,
	GArray *words)
{
	guint rest = rest_index(row);
	size_t rest_start = 0, rest_end = 0;
	const struct rc_token *first_of_rest = NULL;

	for (guint i = 0;; i++, parser->at++) {
		const struct rc_token *token = peek(parser);

		if (ends_command(parser, token) || opens_block(row, token))
			break;
		if (i >= rest) {
			if (first_of_rest == NULL) {
				first_of_rest = token;
				rest_start = token->start;
			}
			rest_end = token->end;
			continue;
		}
		if (token->type == RC_TOKEN_ERROR) {
			fail(parser, token, "%s", token->text);
			return false;
		}
		struct rc_word word = token->type == RC_TOKEN_WORD ?
			word_of(parser, token) :
			text_word(parser, token, parser->text + token->start,
				1);

		g_array_append_val(words, word);
	}
	if (first_of_rest != NULL) {
		struct rc_word word = text_word(parser, first_of_rest,
			parser->text + rest_start, rest_end - rest_start);

		/* An error token reaches to the end of its line. */
		g_strchomp((char *)word.parts[0].text);
		g_array_append_val(words, word);
	}
	return true;
}

static bool has_command_substitution(const struct rc_word *words, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		for (size_t j = 0; j < words[i].n_parts; j++) {
			const struct rc_part *part = &words[i].parts[j];

			if (part->type == RC_PART_COMMAND && !part->is_quoted)
				return true;
		}
	}
	return false;
}

static bool check_count(struct parser *parser, const struct rc_token *name,
	const struct command *command)
{
	const struct command_row *row = command->row;
	unsigned max = row->max_args;

	if (row->args == COMMAND_ARGS_REST && max == 0)
		max = 1;
	if (has_command_substitution(command->words, command->n_words) ||
		(command->n_words >= row->min_args && command->n_words <= max))
		return true;
	fail(parser, name, "%s arguments; usage: %s%s%s",
		command->n_words < row->min_args ? "too few" : "too many",
		row->name, row->usage != NULL && *row->usage != '\0' ? " " : "",
		row->usage != NULL ? row->usage : "");
	return false;
}

/* --- blocks -------------------------------------------------------------- */

static struct command_list *empty_list(struct parser *parser)
{
	struct command_list *list =
		arena_new_struct(parser->root->arena, struct command_list);

	list->root = parser->root;
	return list;
}

/* At "{" or "{}". NULL: an error was reported, and all of it skipped. */
static struct command_list *parse_block(struct parser *parser,
	const struct command_row *row)
{
	const struct rc_token *opening = peek(parser);
	struct command_list *list;

	if (opening->type == RC_TOKEN_WORD) {
		parser->at++;
		return empty_list(parser);
	}
	if (parser->depth >= DEPTH_MAX) {
		fail(parser, opening, "blocks are nested too deeply");
		skip_command(parser);
		return NULL;
	}
	parser->at++;
	parser->depth++;
	list = parse_list(parser, opening, row->is_conditional);
	parser->depth--;
	return list;
}

/* A list of the one "if" behind an "else". */
static struct command_list *list_of(struct parser *parser,
	const struct command *command)
{
	struct command_list *list = empty_list(parser);

	list->commands = arena_new_struct(parser->root->arena, struct command);
	list->commands[0] = *command;
	list->n = 1;
	return list;
}

static bool parse_command(struct parser *parser, struct command *command);

/* "else { }" or "else if ... { }", on this line or a later one. */
static void parse_else(struct parser *parser, struct command *command)
{
	guint i = parser->at;
	struct command nested;

	while (token_at(parser, i)->type == RC_TOKEN_END)
		i++;
	if (!is_word(token_at(parser, i), "else"))
		return;
	parser->at = i + 1;
	if (peek(parser)->type == RC_TOKEN_OPEN ||
		is_word(peek(parser), "{}")) {
		command->otherwise = parse_block(parser, command->row);
	} else if (is_word(peek(parser), "if") && parser->depth < DEPTH_MAX) {
		parser->depth++;
		if (parse_command(parser, &nested))
			command->otherwise = list_of(parser, &nested);
		parser->depth--;
	} else {
		fail(parser, peek(parser), "expected '{' or 'if' after 'else'");
		skip_command(parser);
	}
}

/* --- commands ------------------------------------------------------------ */

static void fail_unknown(struct parser *parser, const struct rc_token *token)
{
	const char *near = command_nearest(token->text);

	if (near != NULL)
		fail(parser, token, "unknown command '%s'; did you mean '%s'?",
			token->text, near);
	else
		fail(parser, token, "unknown command '%s'", token->text);
}

static const struct command_row *parse_name(struct parser *parser)
{
	const struct rc_token *token = peek(parser);
	const struct command_row *row;

	if (token->type == RC_TOKEN_ERROR) {
		fail(parser, token, "%s", token->text);
		return NULL;
	}
	if (token->type != RC_TOKEN_WORD || token->text == NULL) {
		fail(parser, token, "expected a command, not '%.*s'",
			(int)(token->end - token->start),
			parser->text + token->start);
		return NULL;
	}
	row = command_find(token->text);
	if (row == NULL)
		fail_unknown(parser, token);
	return row;
}

static bool parse_blocks(struct parser *parser, const struct rc_token *name,
	struct command *command)
{
	if (opens_block(command->row, peek(parser))) {
		command->block = parse_block(parser, command->row);
		if (command->block != NULL && command->row->takes_else)
			parse_else(parser, command);
		if (command->block == NULL)
			return false;
	} else if (command->row->takes_else) {
		fail(parser, peek(parser), "expected '{' after '%s'",
			name->text);
		return false;
	}
	if (ends_command(parser, peek(parser)))
		return true;
	fail(parser, peek(parser), "expected the end of the command after '}'");
	return false;
}

/* false: an error was reported; the parser is at the command's end. */
static bool parse_command(struct parser *parser, struct command *command)
{
	const struct rc_token *name = peek(parser);
	g_autoptr(GArray) words = NULL;
	struct arena *arena = parser->root->arena;
	const struct command_row *row = parse_name(parser);
	bool ok;

	*command = (struct command){ .row = row,
		.origin = origin_of(parser, name) };
	parser->at++;
	if (row == NULL || row->is_skipped) {
		skip_command(parser);
		return false;
	}
	words = g_array_new(FALSE, FALSE, sizeof(struct rc_word));
	if (!read_words(parser, row, words)) {
		skip_command(parser);
		return false;
	}
	command->n_words = words->len;
	command->words = arena_new_array(arena, struct rc_word, words->len);
	if (words->len > 0)
		memcpy(command->words, words->data,
			words->len * sizeof(struct rc_word));
	command->source = arena_strndup(arena, parser->text + name->start,
		token_at(parser, parser->at - 1)->end - name->start);
	ok = parse_blocks(parser, name, command);
	skip_command(parser);
	return ok && check_count(parser, name, command);
}

/* At a "}" outside of blocks or at an end: true, it was dealt with. */
static bool skip_separator(struct parser *parser)
{
	const struct rc_token *token = peek(parser);

	if (token->type == RC_TOKEN_CLOSE)
		fail(parser, token, "'}' without '{'");
	if (token->type != RC_TOKEN_CLOSE && token->type != RC_TOKEN_END)
		return false;
	parser->at++;
	return true;
}

/* At the "}" of the block or the end of the text. */
static bool at_list_end(struct parser *parser, const struct rc_token *opening)
{
	if (opening != NULL && peek(parser)->type == RC_TOKEN_CLOSE) {
		parser->at++;
		return true;
	}
	if (peek(parser)->type != RC_TOKEN_EOF)
		return false;
	if (opening != NULL) {
		parser->deferred = NULL;
		fail(parser, opening, "'{' without '}'");
	}
	return true;
}

/* opening NULL: the whole text. */
static struct command_list *parse_list(struct parser *parser,
	const struct rc_token *opening, bool is_conditional)
{
	g_autoptr(GArray) commands =
		g_array_new(FALSE, FALSE, sizeof(struct command));
	struct command_list *list = empty_list(parser);
	GArray *outer_deferred = parser->deferred;

	if (is_conditional)
		parser->deferred = commands;
	while (!at_list_end(parser, opening)) {
		struct command command;

		if (skip_separator(parser) || !parse_command(parser, &command))
			continue;
		g_array_append_val(commands, command);
		if (command.row->ends_file && opening == NULL)
			break;
	}
	parser->deferred = outer_deferred;
	list->n = commands->len;
	list->commands = arena_new_array(parser->root->arena, struct command,
		list->n);
	if (list->n > 0)
		memcpy(list->commands, commands->data,
			list->n * sizeof(struct command));
	return list;
}

/* --- lists --------------------------------------------------------------- */

struct command_list *command_parse(const char *text, size_t len,
	const char *file, command_report_fn *report, void *data)
{
	struct parser parser = { .file = g_intern_string(file),
		.report = report, .data = data };
	g_autofree char *valid = NULL;
	struct command_list *list;

	parser.text = text;
	if (!g_utf8_validate_len(text, len, NULL)) {
		valid = g_utf8_make_valid(text, (gssize)len);
		parser.text = valid;
		len = strlen(valid);
	}
	parser.root = g_new0(struct command_root, 1);
	parser.root->refs = 1;
	parser.root->arena = arena_new();
	read_tokens(&parser, len);
	list = parse_list(&parser, NULL, false);
	g_array_free(parser.tokens, TRUE);
	return list;
}

struct command_list *command_list_ref(const struct command_list *list)
{
	list->root->refs++;
	return (struct command_list *)list;
}

void command_list_unref(struct command_list **list)
{
	struct command_root *root;

	if (*list == NULL)
		return;
	root = (*list)->root;
	*list = NULL;
	if (--root->refs > 0)
		return;
	arena_free(&root->arena);
	g_free(root);
}

size_t command_list_length(const struct command_list *list)
{
	return list->n;
}

const struct command_row *command_list_row(const struct command_list *list,
	size_t i, unsigned *n_args_out)
{
	*n_args_out = list->commands[i].n_words;
	return list->commands[i].row;
}

static void write_list(const struct command_list *list, GString *out)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct command *command = &list->commands[i];

		g_string_append_printf(out, "%s%s", i > 0 ? "; " : "",
			command->source);
		if (command->block != NULL) {
			g_string_append(out, " { ");
			write_list(command->block, out);
			g_string_append(out, " }");
		}
		if (command->otherwise != NULL) {
			g_string_append(out, " else { ");
			write_list(command->otherwise, out);
			g_string_append(out, " }");
		}
	}
}

char *command_list_to_string(const struct command_list *list)
{
	GString *out = g_string_new(NULL);

	write_list(list, out);
	return g_string_free(out, FALSE);
}
