/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text of a pattern to a tree. Terms side by side are joined by "and",
 * which binds tighter than "|"; "!" and "^" belong to the term or the group
 * after them.
 */
#include "src/base/base.h"
#include "src/mail/pattern-parse.h"
#include "src/base/error.h"
#include "src/rc/option.h"

enum {
	TEXT_MAX = 16384,
	DEPTH_MAX = 64,
};

static struct pattern_node *parse_or(struct pattern_parser *parser);

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

/* --- terms --------------------------------------------------------------- */

static struct pattern_node *fail_letter(struct pattern_parser *parser)
{
	const char *at = parser->at;
	const char *why = pattern_letter_refusal(at[1]);
	char *what;

	if (at[1] == '\0')
		return pattern_fail(parser, at,
			"a letter is expected after '~'; see PATTERNS in "
			"culver(1)");
	if (why != NULL)
		what = g_strdup_printf("'%c%c': %s", at[0], at[1], why);
	else
		what = g_strdup_printf("'%c%.*s' is not known; see PATTERNS "
			"in culver(1)", at[0],
			(int)(g_utf8_next_char(at + 1) - (at + 1)), at + 1);
	pattern_fail(parser, at, what);
	g_free(what);
	return NULL;
}

static struct pattern_node *parse_group(struct pattern_parser *parser);

/* "~(...)", "~<(...)": the parenthesis is the letter, or follows it. */
static bool parse_inner(struct pattern_parser *parser,
	struct pattern_node *node)
{
	struct pattern_node *inner;

	if (node->letter->row.letter == '(')
		parser->at--;
	if (*parser->at != '(')
		return pattern_fail(parser, parser->at,
			"a pattern in parentheses is expected, such as ~<(~N)");
	inner = parse_group(parser);
	if (inner == NULL)
		return false;
	node->children = g_ptr_array_new_with_free_func(free_node);
	g_ptr_array_add(node->children, inner);
	return true;
}

static struct pattern_node *parse_term(struct pattern_parser *parser)
{
	const struct pattern_letter *letter;
	struct pattern_node *node;

	letter = pattern_letter_find(parser->at[1]);
	if (letter == NULL)
		return fail_letter(parser);
	parser->is_group = *parser->at == '%';
	if (parser->is_group && letter->match != pattern_match_addresses)
		return pattern_fail(parser, parser->at,
			"a group is of addresses, such as %f friends");
	node = node_new(PATTERN_TERM);
	node->letter = letter;
	parser->is_plain = parser->is_group || *parser->at == '=';
	parser->at += 2;
	if (letter->arg == PATTERN_ARG_PATTERN ? !parse_inner(parser, node) :
		!pattern_parse_argument(parser, node)) {
		pattern_node_free(node);
		return NULL;
	}
	return node;
}

static struct pattern_node *parse_group(struct pattern_parser *parser)
{
	const char *start = parser->at;
	struct pattern_node *node;

	if (parser->depth == DEPTH_MAX)
		return pattern_fail(parser, start, "too many parentheses");
	parser->at++;
	parser->depth++;
	node = parse_or(parser);
	parser->depth--;
	if (node == NULL)
		return NULL;
	if (*parser->at != ')') {
		pattern_node_free(node);
		return pattern_fail(parser, start,
			"the parenthesis is not closed");
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

static struct pattern_node *parse_factor(struct pattern_parser *parser)
{
	bool is_negated = false, wants_all = false;
	struct pattern_node *node;

	for (;; parser->at++) {
		pattern_skip_space(parser);
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
		return pattern_fail(parser, parser->at,
			"a pattern is expected, such as ~N or ~f bob");
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

static struct pattern_node *parse_and(struct pattern_parser *parser)
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
		pattern_skip_space(parser);
	} while (*parser->at != '\0' && *parser->at != '|' &&
		*parser->at != ')');
	return unwrap(list);
}

static struct pattern_node *parse_or(struct pattern_parser *parser)
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

static struct pattern_node *parse_all(struct pattern_parser *parser)
{
	struct pattern_node *node = parse_or(parser);

	if (node == NULL || *parser->at == '\0')
		return node;
	pattern_node_free(node);
	return pattern_fail(parser, parser->at,
		"this parenthesis was never opened");
}

/* --- plain words --------------------------------------------------------- */

/* "a=b" and "50%" are plain words, "~s x" and "=s x" are none. */
static bool is_simple(const char *text)
{
	bool at_start = true;

	for (const char *at = text; *at != '\0'; at++) {
		if (*at == '\\' && at[1] != '\0')
			at++;
		else if (*at == '~' || (at_start && pattern_begins_letter(at)))
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
	struct pattern_parser parser = { .text = text, .at = text,
		.is_simple = true, .shown = shown, .error = error };
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
	struct pattern_parser parser = { .text = text, .at = text,
		.shown = shown, .error = error };
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
		node = pattern_fail(&parser, text,
			"a pattern is expected, such as ~N or ~f bob");
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
