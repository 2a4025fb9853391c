/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text of a pattern to a tree. Terms side by side are joined by "and",
 * which binds tighter than "|"; "!" and "^" belong to the term or the group
 * after them.
 */
#include "src/base/base.h"
#include "src/mail/pattern-private.h"
#include "src/base/error.h"
#include "src/imap/arg.h"
#include "src/rc/option.h"

enum {
	TEXT_MAX = 16384,
	DEPTH_MAX = 64,
};

struct parser {
	const char *text, *at;
	const struct pattern_shown *shown;
	unsigned depth;
	bool is_simple; /* made of plain words: a regular expression that is
			 * none is taken literally */
	bool is_plain;  /* the word being read is no regular expression */
	bool is_group;  /* but the name of a group */
	GError **error;
};

static struct pattern_node *parse_or(struct parser *parser);

static long column(const struct parser *parser, const char *at)
{
	return g_utf8_strlen(parser->text, at - parser->text) + 1;
}

static void *fail(struct parser *parser, const char *at, const char *what)
{
	g_set_error(parser->error, MAIL_ERROR, MAIL_ERROR_PATTERN,
		"column %ld of the pattern: %s", column(parser, at), what);
	return NULL;
}

static void free_node(void *node)
{
	pattern_node_free(node);
}

static struct pattern_node *node_new(enum pattern_op op)
{
	struct pattern_node *node = g_new0(struct pattern_node, 1);

	node->op = op;
	imap_seqset_init(&node->uids);
	if (op != PATTERN_TERM)
		node->children = g_ptr_array_new_with_free_func(free_node);
	return node;
}

void pattern_node_free(struct pattern_node *node)
{
	if (node == NULL)
		return;
	g_clear_pointer(&node->children, g_ptr_array_unref);
	g_clear_pointer(&node->regex, g_regex_unref);
	pattern_group_free(node->group);
	g_free(node->text);
	g_free(node->ascii);
	g_free(node->field);
	if (node->dates != NULL)
		g_free(node->dates->text);
	g_free(node->dates);
	imap_seqset_release(&node->uids);
	g_free(node);
}

static void skip_space(struct parser *parser)
{
	while (g_ascii_isspace(*parser->at))
		parser->at++;
}

/* --- words --------------------------------------------------------------- */

/* "~s", "=s" or "%f", after any "!" and "^". */
static bool begins_letter(const char *at)
{
	while (*at == '!' || *at == '^')
		at++;
	return *at == '~' ||
		((*at == '=' || *at == '%') && g_ascii_isalpha(at[1]));
}

/* "!" is part of a word unless another term begins there. */
static bool begins_term(const char *at)
{
	return begins_letter(at) || at[strspn(at, "!^")] == '(';
}

static bool ends_word(const char *at, unsigned open)
{
	if (*at == '\0' || g_ascii_isspace(*at) || *at == '~')
		return true;
	if (open > 0)
		return false;
	return *at == '|' || *at == ')' || (*at == '!' && begins_term(at));
}

static bool parse_quoted(struct parser *parser, GString *word)
{
	const char *start = parser->at;
	char quote = *parser->at++;

	for (; *parser->at != quote; parser->at++) {
		/* Within '...' a backslash is one, as a shell has it. */
		if (*parser->at == '\\' && quote == '"' &&
			(parser->at[1] == '"' || parser->at[1] == '\\'))
			parser->at++;
		if (*parser->at == '\0')
			return fail(parser, start, "the quote is not closed");
		g_string_append_c(word, *parser->at);
	}
	parser->at++;
	return true;
}

/* A backslash takes the meaning from what follows it, and stays if the word is
 * a regular expression. Parentheses that the word opens are its own. */
static char *parse_word(struct parser *parser)
{
	GString *word = g_string_new(NULL);
	unsigned open = 0;

	while (!ends_word(parser->at, open)) {
		if (*parser->at == '"' || *parser->at == '\'') {
			if (!parse_quoted(parser, word)) {
				g_string_free(word, TRUE);
				return NULL;
			}
			continue;
		}
		if (*parser->at == '\\' && parser->at[1] != '\0') {
			if (!parser->is_plain)
				g_string_append_c(word, *parser->at);
			parser->at++;
		} else if (*parser->at == '(')
			open++;
		else if (*parser->at == ')')
			open--;
		g_string_append_c(word, *parser->at++);
	}
	return g_string_free(word, FALSE);
}

/* --- terms --------------------------------------------------------------- */

static bool set_text(struct parser *parser, struct pattern_node *node,
	const char *word, const char *at)
{
	GError *reason = NULL;
	char *what;

	if (parser->is_plain) {
		pattern_set_plain(node, word);
		return true;
	}
	if (pattern_set_regex(node, word, &reason))
		return true;
	if (parser->is_simple) {
		pattern_set_plain(node, word);
	} else {
		what = g_strdup_printf("not a regular expression: %s",
			reason->message);
		fail(parser, at, what);
		g_free(what);
	}
	g_error_free(reason);
	return parser->is_simple;
}

/* For the server: it knows no regular expressions, and no case. */
static bool set_server_text(struct parser *parser, struct pattern_node *node,
	const char *word, const char *at)
{
	node->text = parser->is_plain ? g_strdup(word) :
		pattern_plain_text(word);
	if (node->text == NULL)
		return fail(parser, at, "the server knows no regular "
			"expressions: use plain text");
	return *node->text != '\0' ||
	       fail(parser, at, "an argument is missing");
}

/* "X-Mailer: mutt": field names are atoms without ":". */
static bool set_field(struct parser *parser, struct pattern_node *node,
	const char *word, const char *at)
{
	const char *colon = strchr(word, ':');
	size_t len = colon != NULL ? (size_t)(colon - word) : 0;

	for (size_t i = 0; i < len; i++)
		if (!imap_is_atom_char((unsigned char)word[i]))
			len = 0;
	if (len == 0)
		return fail(parser, at, "a field and its text are expected, "
			"such as \"X-Mailer: mutt\"");
	node->field = g_strndup(word, len);
	node->text = parser->is_plain ? g_strdup(colon + 1) :
		pattern_plain_text(colon + 1);
	if (node->text == NULL)
		return fail(parser, at, "the server knows no regular "
			"expressions: use plain text");
	g_strstrip(node->text);
	return true;
}

static bool set_id(struct parser *parser, struct pattern_node *node,
	const char *word, const char *at)
{
	for (const char *p = word; *p != '\0'; p++)
		if (!g_ascii_isalnum(*p) && *p != '-' && *p != '_')
			return fail(parser, at, "an identity of letters, "
				"digits, '-' and '_' is expected");
	node->text = g_strdup(word);
	return true;
}

static bool set_dates(struct pattern_node *node, const char *word)
{
	struct pattern_dates *dates = g_new0(struct pattern_dates, 1);

	node->dates = dates;
	dates->text = g_strdup(word);
	dates->counted_at = g_get_real_time() / G_USEC_PER_SEC;
	return pattern_dates_parse(word, dates->counted_at, &dates->range,
		&dates->is_relative);
}

/* By position they are compared as messages are judged. */
static bool set_numbers(struct parser *parser, struct pattern_node *node,
	const char *word, const char *at)
{
	const struct pattern_shown *shown = parser->shown;
	const char *why = pattern_numbers_parse(word, shown->cursor,
		&node->range);
	int64_t last = shown->last;

	if (why != NULL)
		return fail(parser, at, why);
	node->has_uids = shown->get_uids != NULL;
	if (node->range.min == INT64_MAX && node->has_uids)
		node->range.min = last;
	if (node->has_uids && node->range.min <= last && node->range.max > 0)
		shown->get_uids(PATTERN_NUMBERED,
			(uint32_t)MAX(node->range.min, 1),
			(uint32_t)MIN(node->range.max, last), &node->uids,
			shown->data);
	return true;
}

static bool set_group(struct parser *parser, struct pattern_node *node,
	const char *word, const char *at)
{
	char *what;

	node->group = pattern_group_new(word);
	if (node->group != NULL)
		return true;
	what = g_strdup_printf("there is no group '%s'", word);
	fail(parser, at, what);
	g_free(what);
	return false;
}

static bool set_argument(struct parser *parser, struct pattern_node *node,
	const char *word, const char *at)
{
	switch (node->letter->arg) {
	case PATTERN_ARG_NONE:
	case PATTERN_ARG_SHOWN:
	case PATTERN_ARG_PATTERN:
		return true;
	case PATTERN_ARG_TEXT:
		if (parser->is_group)
			return set_group(parser, node, word, at);
		return set_text(parser, node, word, at);
	case PATTERN_ARG_PLAIN:
		return set_server_text(parser, node, word, at);
	case PATTERN_ARG_FIELD:
		return set_field(parser, node, word, at);
	case PATTERN_ARG_ID:
		return set_id(parser, node, word, at);
	case PATTERN_ARG_NUMBERS:
		return set_numbers(parser, node, word, at);
	case PATTERN_ARG_RANGE:
	case PATTERN_ARG_COUNT:
		return pattern_range_parse(word, &node->range) ||
			fail(parser, at, "a number or a range is expected, "
				"such as <10, >1M or 10K-1M");
	case PATTERN_ARG_DATE:
		return set_dates(node, word) ||
			fail(parser, at, "a date is expected, such as <1w, "
				"2026-01-31, 31/1/2026 or 1/1-31/1");
	case PATTERN_ARG_UIDS:
		return imap_seqset_parse(&node->uids, word) ||
			fail(parser, at, "a set of UIDs is expected, such as "
				"1:40,50:*");
	}
	return false;
}

static bool is_optional(enum pattern_arg arg)
{
	return arg == PATTERN_ARG_COUNT || arg == PATTERN_ARG_UIDS;
}

static bool has_argument(const struct parser *parser,
	const struct pattern_letter *letter)
{
	char c = *parser->at;

	if (letter->arg == PATTERN_ARG_NONE)
		return false;
	if (!is_optional(letter->arg))
		return !ends_word(parser->at, 0);
	return g_ascii_isdigit(c) || (letter->arg == PATTERN_ARG_UIDS ?
		c == '*' : c != '\0' && strchr("<>-", c) != NULL);
}

/* false if there must be an argument. */
static bool set_nothing(struct pattern_node *node)
{
	node->range = (struct pattern_range){ 1, INT64_MAX };
	if (node->letter->arg == PATTERN_ARG_UIDS)
		node->letter = pattern_letter_subscribed();
	return node->letter->arg == PATTERN_ARG_NONE ||
		is_optional(node->letter->arg);
}

static bool set_shown(struct parser *parser, struct pattern_node *node)
{
	const struct pattern_shown *shown = parser->shown;

	if (shown->get_uids != NULL)
		shown->get_uids((enum pattern_which)node->letter->operand, 0, 0,
			&node->uids, shown->data);
	return true;
}

static bool parse_argument(struct parser *parser, struct pattern_node *node)
{
	const char *at;
	char *word;
	bool ok;

	if (node->letter->arg == PATTERN_ARG_SHOWN)
		return set_shown(parser, node);
	skip_space(parser);
	at = parser->at;
	node->has_arg = has_argument(parser, node->letter);
	if (!node->has_arg)
		return set_nothing(node) ||
			fail(parser, at, "an argument is missing");
	word = parse_word(parser);
	if (word == NULL)
		return false;
	ok = set_argument(parser, node, word, at);
	g_free(word);
	return ok;
}

static struct pattern_node *fail_letter(struct parser *parser)
{
	const char *at = parser->at;
	const char *why = pattern_letter_refusal(at[1]);
	char *what;

	if (at[1] == '\0')
		return fail(parser, at, "a letter is expected after '~'; "
			"see PATTERNS in culver(1)");
	if (why != NULL)
		what = g_strdup_printf("'%c%c': %s", at[0], at[1], why);
	else
		what = g_strdup_printf("'%c%.*s' is not known; see PATTERNS "
			"in culver(1)", at[0],
			(int)(g_utf8_next_char(at + 1) - (at + 1)), at + 1);
	fail(parser, at, what);
	g_free(what);
	return NULL;
}

static struct pattern_node *parse_group(struct parser *parser);

/* "~(...)", "~<(...)": the parenthesis is the letter, or follows it. */
static bool parse_inner(struct parser *parser, struct pattern_node *node)
{
	struct pattern_node *inner;

	if (node->letter->row.letter == '(')
		parser->at--;
	if (*parser->at != '(')
		return fail(parser, parser->at, "a pattern in parentheses is "
			"expected, such as ~<(~N)");
	inner = parse_group(parser);
	if (inner == NULL)
		return false;
	node->children = g_ptr_array_new_with_free_func(free_node);
	g_ptr_array_add(node->children, inner);
	return true;
}

static struct pattern_node *parse_term(struct parser *parser)
{
	const struct pattern_letter *letter;
	struct pattern_node *node;

	letter = pattern_letter_find(parser->at[1]);
	if (letter == NULL)
		return fail_letter(parser);
	parser->is_group = *parser->at == '%';
	if (parser->is_group && letter->match != pattern_match_addresses)
		return fail(parser, parser->at, "a group is of addresses, such "
			"as %f friends");
	node = node_new(PATTERN_TERM);
	node->letter = letter;
	parser->is_plain = parser->is_group || *parser->at == '=';
	parser->at += 2;
	if (letter->arg == PATTERN_ARG_PATTERN ? !parse_inner(parser, node) :
		!parse_argument(parser, node)) {
		pattern_node_free(node);
		return NULL;
	}
	return node;
}

static struct pattern_node *parse_group(struct parser *parser)
{
	const char *start = parser->at;
	struct pattern_node *node;

	if (parser->depth == DEPTH_MAX)
		return fail(parser, start, "too many parentheses");
	parser->at++;
	parser->depth++;
	node = parse_or(parser);
	parser->depth--;
	if (node == NULL)
		return NULL;
	if (*parser->at != ')') {
		pattern_node_free(node);
		return fail(parser, start, "the parenthesis is not closed");
	}
	parser->at++;
	return node;
}

/* "^" before a group means each of its terms. */
static void want_all(struct pattern_node *node)
{
	node->wants_all = true;
	for (guint i = 0; i < pattern_n_children(node); i++)
		want_all(g_ptr_array_index(node->children, i));
}

static struct pattern_node *parse_factor(struct parser *parser)
{
	bool is_negated = false, wants_all = false;
	struct pattern_node *node;

	for (;; parser->at++) {
		skip_space(parser);
		if (*parser->at == '!')
			is_negated = !is_negated;
		else if (*parser->at == '^')
			wants_all = !wants_all;
		else
			break;
	}
	if (*parser->at == '(')
		node = parse_group(parser);
	else if (*parser->at != '\0' && strchr("~=%", *parser->at) != NULL)
		node = parse_term(parser);
	else
		return fail(parser, parser->at, "a pattern is expected, such "
			"as ~N or ~f bob");
	if (node == NULL)
		return NULL;
	node->is_negated ^= is_negated;
	if (wants_all)
		want_all(node);
	return node;
}

/* Takes the place of a list of one by its only child. */
static struct pattern_node *unwrap(struct pattern_node *list)
{
	struct pattern_node *only;

	if (list->children->len != 1)
		return list;
	only = g_ptr_array_steal_index(list->children, 0);
	pattern_node_free(list);
	return only;
}

static struct pattern_node *parse_and(struct parser *parser)
{
	struct pattern_node *list = node_new(PATTERN_AND);
	struct pattern_node *node;

	do {
		node = parse_factor(parser);
		if (node == NULL) {
			pattern_node_free(list);
			return NULL;
		}
		g_ptr_array_add(list->children, node);
		skip_space(parser);
	} while (*parser->at != '\0' && *parser->at != '|' &&
		*parser->at != ')');
	return unwrap(list);
}

static struct pattern_node *parse_or(struct parser *parser)
{
	struct pattern_node *list = node_new(PATTERN_OR);
	struct pattern_node *node;

	for (;;) {
		node = parse_and(parser);
		if (node == NULL) {
			pattern_node_free(list);
			return NULL;
		}
		g_ptr_array_add(list->children, node);
		if (*parser->at != '|')
			return unwrap(list);
		parser->at++;
	}
}

static struct pattern_node *parse_all(struct parser *parser)
{
	struct pattern_node *node = parse_or(parser);

	if (node == NULL || *parser->at == '\0')
		return node;
	pattern_node_free(node);
	return fail(parser, parser->at, "this parenthesis was never opened");
}

/* --- plain words --------------------------------------------------------- */

/* "a=b" and "50%" are plain words, "~s x" and "=s x" are none. */
static bool is_simple(const char *text)
{
	bool at_start = true;

	for (const char *at = text; *at != '\0'; at++) {
		if (*at == '\\' && at[1] != '\0')
			at++;
		else if (*at == '~' || (at_start && begins_letter(at)))
			return false;
		at_start = strchr(" \t(|!^", *at) != NULL;
	}
	return true;
}

static void append_quoted(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *text);
	}
	g_string_append_c(out, '"');
}

static char *expand_simple(const char *words)
{
	const char *form = options_values(options_global())->simple_search;
	GString *out = g_string_new(NULL);

	for (; form != NULL && *form != '\0'; form++) {
		if (form[0] == '%' && form[1] == 's') {
			append_quoted(out, words);
			form++;
		} else {
			g_string_append_c(out, *form);
		}
	}
	return g_string_free(out, FALSE);
}

static struct pattern_node *parse_simple(const char *words,
	const struct pattern_shown *shown, GError **error)
{
	char *text = expand_simple(words);
	struct parser parser = { .text = text, .at = text, .is_simple = true,
		.shown = shown, .error = error };
	struct pattern_node *node = parse_all(&parser);

	if (node == NULL)
		g_prefix_error(error, "simple_search: ");
	g_free(text);
	return node;
}

/* --- numbers ------------------------------------------------------------- */

static unsigned note_needs(struct pattern_node *node)
{
	node->needs = node->op == PATTERN_TERM ? node->letter->needs : 0;
	for (guint i = 0; i < pattern_n_children(node); i++)
		node->needs |= note_needs(node->children->pdata[i]);
	return node->needs;
}

static void number_answers(struct pattern_node *node, unsigned *n_io)
{
	bool is_text = pattern_node_is_text(node);

	if (is_text || (node->op == PATTERN_TERM && (node->letter->needs &
		(PATTERN_NEEDS_SERVER | PATTERN_NEEDS_OTHERS)) != 0))
		node->answer = ++*n_io;
	if (is_text)
		return;
	for (guint i = 0; i < pattern_n_children(node); i++)
		number_answers(node->children->pdata[i], n_io);
}

static struct pattern_node *parse_text(const char *text,
	const struct pattern_shown *shown, GError **error)
{
	struct parser parser = { .text = text, .at = text, .shown = shown,
		.error = error };
	char *words;
	struct pattern_node *node;

	if (strlen(text) > TEXT_MAX || !g_utf8_validate(text, -1, NULL)) {
		g_set_error(error, MAIL_ERROR, MAIL_ERROR_PATTERN,
			"the pattern is too long, or not UTF-8");
		return NULL;
	}
	if (!is_simple(text))
		return parse_all(&parser);
	words = g_strdup(text);
	g_strstrip(words);
	if (*words == '\0')
		node = fail(&parser, text, "a pattern is expected, such as ~N "
			"or ~f bob");
	else
		node = parse_simple(words, shown, error);
	g_free(words);
	return node;
}

struct pattern_node *pattern_node_parse(const char *text,
	const struct pattern_shown *shown, GError **error)
{
	struct pattern_node *node = parse_text(text, shown, error);

	if (node != NULL) {
		note_needs(node);
		number_answers(node, &node->n_answers);
	}
	return node;
}
