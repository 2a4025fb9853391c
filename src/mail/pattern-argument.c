/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What follows a letter: a word, and what the letter takes it for. */
#include "src/base/base.h"
#include "src/mail/pattern-parse.h"
#include "src/base/error.h"
#include "src/imap/arg.h"

static long column(const struct pattern_parser *parser, const char *at)
{
	return g_utf8_strlen(parser->text, at - parser->text) + 1;
}

void *pattern_fail(struct pattern_parser *parser,
	const char *at, const char *what)
{
	g_set_error(parser->error, MAIL_ERROR, MAIL_ERROR_PATTERN,
		"column %ld of the pattern: %s", column(parser, at), what);
	return NULL;
}

/* --- words --------------------------------------------------------------- */

void pattern_skip_space(struct pattern_parser *parser)
{
	while (g_ascii_isspace(*parser->at))
		parser->at++;
}

bool pattern_begins_letter(const char *at)
{
	while (*at == '!' || *at == '^')
		at++;
	return *at == '~' ||
		((*at == '=' || *at == '%') && g_ascii_isalpha(at[1]));
}

/* "!" is part of a word unless another term begins there. */
static bool begins_term(const char *at)
{
	return pattern_begins_letter(at) || at[strspn(at, "!^")] == '(';
}

static bool ends_word(const char *at, unsigned open)
{
	if (*at == '\0' || g_ascii_isspace(*at) || *at == '~')
		return true;
	if (open > 0)
		return false;
	return *at == '|' || *at == ')' || (*at == '!' && begins_term(at));
}

static bool parse_quoted(struct pattern_parser *parser, GString *word)
{
	const char *start = parser->at;
	char quote = *parser->at++;

	for (; *parser->at != quote; parser->at++) {
		/* Within '...' a backslash is one, as a shell has it. */
		if (*parser->at == '\\' && quote == '"' &&
			(parser->at[1] == '"' || parser->at[1] == '\\'))
			parser->at++;
		if (*parser->at == '\0')
			return pattern_fail(parser, start,
				"the quote is not closed");
		g_string_append_c(word, *parser->at);
	}
	parser->at++;
	return true;
}

/* A backslash takes the meaning from what follows it, and stays if the word is
 * a regular expression. Parentheses that the word opens are its own. */
static char *parse_word(struct pattern_parser *parser)
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

/* --- what it is ---------------------------------------------------------- */

static bool set_text(struct pattern_parser *parser, struct pattern_node *node,
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
		pattern_fail(parser, at, what);
		g_free(what);
	}
	g_error_free(reason);
	return parser->is_simple;
}

/* For the server: it knows no regular expressions, and no case. */
static bool set_server_text(struct pattern_parser *parser,
	struct pattern_node *node, const char *word, const char *at)
{
	node->text = parser->is_plain ? g_strdup(word) :
		pattern_plain_text(word);
	if (node->text == NULL)
		return pattern_fail(parser, at, "the server knows no regular "
			"expressions: use plain text");
	return *node->text != '\0' ||
	       pattern_fail(parser, at, "an argument is missing");
}

/* "X-Mailer: mutt": field names are atoms without ":". */
static bool set_field(struct pattern_parser *parser, struct pattern_node *node,
	const char *word, const char *at)
{
	const char *colon = strchr(word, ':');
	size_t len = colon != NULL ? (size_t)(colon - word) : 0;

	for (size_t i = 0; i < len; i++)
		if (!imap_is_atom_char((unsigned char)word[i]))
			len = 0;
	if (len == 0)
		return pattern_fail(parser, at,
			"a field and its text are expected, such as "
			"\"X-Mailer: mutt\"");
	node->field = g_strndup(word, len);
	node->text = parser->is_plain ? g_strdup(colon + 1) :
		pattern_plain_text(colon + 1);
	if (node->text == NULL)
		return pattern_fail(parser, at, "the server knows no regular "
			"expressions: use plain text");
	g_strstrip(node->text);
	return true;
}

static bool set_id(struct pattern_parser *parser, struct pattern_node *node,
	const char *word, const char *at)
{
	for (const char *p = word; *p != '\0'; p++)
		if (!g_ascii_isalnum(*p) && *p != '-' && *p != '_')
			return pattern_fail(parser, at,
				"an identity of letters, digits, '-' and '_' "
				"is expected");
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
static bool set_numbers(struct pattern_parser *parser,
	struct pattern_node *node, const char *word, const char *at)
{
	const struct pattern_shown *shown = parser->shown;
	const char *why = pattern_numbers_parse(word, shown->cursor,
		&node->range);
	int64_t last = shown->last;

	if (why != NULL)
		return pattern_fail(parser, at, why);
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

static bool set_group(struct pattern_parser *parser, struct pattern_node *node,
	const char *word, const char *at)
{
	char *what;

	node->group = pattern_group_new(word);
	if (node->group != NULL)
		return true;
	what = g_strdup_printf("there is no group '%s'", word);
	pattern_fail(parser, at, what);
	g_free(what);
	return false;
}

static bool set_argument(struct pattern_parser *parser,
	struct pattern_node *node, const char *word, const char *at)
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
			pattern_fail(parser, at,
				"a number or a range is expected, such as <10, "
				">1M or 10K-1M");
	case PATTERN_ARG_DATE:
		return set_dates(node, word) ||
			pattern_fail(parser, at,
				"a date is expected, such as <1w, 2026-01-31, "
				"31/1/2026 or 1/1-31/1");
	case PATTERN_ARG_UIDS:
		return imap_seqset_parse(&node->uids, word) ||
			pattern_fail(parser, at,
				"a set of UIDs is expected, such as 1:40,50:*");
	}
	return false;
}

static bool is_optional(enum pattern_arg arg)
{
	return arg == PATTERN_ARG_COUNT || arg == PATTERN_ARG_UIDS;
}

static bool has_argument(const struct pattern_parser *parser,
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

static bool set_shown(struct pattern_parser *parser, struct pattern_node *node)
{
	const struct pattern_shown *shown = parser->shown;

	if (shown->get_uids != NULL)
		shown->get_uids((enum pattern_which)node->letter->operand, 0, 0,
			&node->uids, shown->data);
	return true;
}

bool pattern_parse_argument(struct pattern_parser *parser,
	struct pattern_node *node)
{
	const char *at;
	char *word;
	bool ok;

	if (node->letter->arg == PATTERN_ARG_SHOWN)
		return set_shown(parser, node);
	pattern_skip_space(parser);
	at = parser->at;
	node->has_arg = has_argument(parser, node->letter);
	if (!node->has_arg)
		return set_nothing(node) ||
			pattern_fail(parser, at, "an argument is missing");
	word = parse_word(parser);
	if (word == NULL)
		return false;
	ok = set_argument(parser, node, word, at);
	g_free(word);
	return ok;
}
