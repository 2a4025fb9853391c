/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text of a term against the text of a message, which is a stranger's: it
 * is cut before a regular expression sees it, and the steps of the expression
 * are limited. Most words are no expressions and most header fields are plain
 * ASCII: these are searched as they are, since a mailbox may have a million.
 */
#include "src/base/base.h"
#include "src/mail/pattern-private.h"
#include "src/mime/header.h"

enum { SUBJECT_MAX = 4096 };
/* Backtracking beyond this is no match. */
#define STEPS "(*LIMIT_MATCH=100000)"

/* --- a term's text ------------------------------------------------------- */

bool pattern_has_upper(const char *text)
{
	for (; *text != '\0'; text = g_utf8_next_char(text)) {
		if (*text == '\\' && text[1] != '\0')
			text++;
		else if (g_unichar_isupper(g_utf8_get_char(text)))
			return true;
	}
	return false;
}

/* POSIX's \< and \> are what PCRE calls otherwise. */
static char *to_pcre(const char *text)
{
	GString *out = g_string_new(STEPS);

	for (; *text != '\0'; text++) {
		if (*text != '\\' || text[1] == '\0') {
			g_string_append_c(out, *text);
			continue;
		}
		text++;
		if (*text == '<')
			g_string_append(out, "\\b(?=\\w)");
		else if (*text == '>')
			g_string_append(out, "\\b(?<=\\w)");
		else
			g_string_append_printf(out, "\\%c", *text);
	}
	return g_string_free(out, FALSE);
}

GRegex *pattern_regex_new(const char *text, bool is_caseless, GError **error)
{
	char *pcre = to_pcre(text);
	GRegex *regex = g_regex_new(pcre, is_caseless ? G_REGEX_CASELESS : 0,
		0, error);

	g_free(pcre);
	return regex;
}

/* The characters that an expression of nothing else stands for: ASCII; NULL if
 * there is more to it. */
static char *bare_text(const char *regex)
{
	GString *text = g_string_new(NULL);

	for (; *regex != '\0'; regex++) {
		bool is_escaped = *regex == '\\';

		regex += is_escaped;
		if (!g_ascii_isprint(*regex) || (is_escaped ?
			g_ascii_isalnum(*regex) || strchr("<>", *regex) :
			strchr("^$.[](){}|*+?", *regex) != NULL))
			return g_string_free(text, TRUE);
		g_string_append_c(text, *regex);
	}
	return g_string_free(text, FALSE);
}

void pattern_set_plain(struct pattern_node *node, const char *word)
{
	node->is_caseless = !pattern_has_upper(word);
	node->text = node->is_caseless ? g_utf8_casefold(word, -1) :
		g_strdup(word);
	if (g_str_is_ascii(node->text))
		node->ascii = g_strdup(node->text);
}

bool pattern_set_regex(struct pattern_node *node, const char *word,
	GError **error)
{
	node->is_caseless = !pattern_has_upper(word);
	node->regex = pattern_regex_new(word, node->is_caseless, error);
	if (node->regex == NULL)
		return false;
	node->ascii = bare_text(word);
	if (node->ascii != NULL && node->is_caseless) {
		char *lower = g_ascii_strdown(node->ascii, -1);

		g_free(node->ascii);
		node->ascii = lower;
	}
	return true;
}

/* --- matching ------------------------------------------------------------ */

/* The length of str, at most SUBJECT_MAX, and no character cut. */
static size_t bounded_length(const char *str)
{
	size_t len = strnlen(str, SUBJECT_MAX + 1);
	const char *end;

	if (len <= SUBJECT_MAX)
		return len;
	g_utf8_validate(str, SUBJECT_MAX, &end);
	return (size_t)(end - str);
}

bool pattern_regex_match(const GRegex *regex, const char *subject)
{
	return g_regex_match_full(regex, subject,
		(gssize)bounded_length(subject), 0, 0, NULL, NULL);
}

bool pattern_any_regex(const GPtrArray *regexes, const char *subject)
{
	for (guint i = 0; i < regexes->len; i++) {
		if (pattern_regex_match(regexes->pdata[i], subject))
			return true;
	}
	return false;
}

static bool contains(const struct pattern_node *node, const char *subject)
{
	char *cut = g_strndup(subject, bounded_length(subject));
	char *folded = node->is_caseless ? g_utf8_casefold(cut, -1) : NULL;
	bool found = strstr(folded != NULL ? folded : cut, node->text) != NULL;

	g_free(folded);
	g_free(cut);
	return found;
}

/* subject is UTF-8. */
static bool matches_text(const struct pattern_node *node, const char *subject)
{
	if (node->regex != NULL)
		return pattern_regex_match(node->regex, subject);
	return contains(node, subject);
}

/* The field's octets are its text: printable ASCII without encoded words. */
static bool is_plain(const char *raw, size_t *len_out)
{
	const char *at = raw;

	for (; *at != '\0'; at++) {
		if ((unsigned char)(*at - ' ') > '~' - ' ' ||
			(*at == '=' && at[1] == '?'))
			return false;
	}
	*len_out = (size_t)(at - raw);
	return true;
}

/* lower: in lower case, of len octets. */
static bool has_caseless(const char *text, size_t len, const char *lower,
	size_t lower_len)
{
	char first = *lower, upper = g_ascii_toupper(first);
	const char *end;

	if (lower_len == 0 || lower_len > len)
		return lower_len == 0;
	end = text + (len - lower_len);
	for (; text <= end; text++)
		if ((*text == first || *text == upper) &&
			g_ascii_strncasecmp(text, lower, lower_len) == 0)
			return true;
	return false;
}

static bool matches_plain(const struct pattern_node *node, const char *text,
	size_t len)
{
	/* White space around a field is none of it. */
	while (len > 0 && *text == ' ') {
		text++;
		len--;
	}
	while (len > 0 && text[len - 1] == ' ')
		len--;
	len = MIN(len, (size_t)SUBJECT_MAX);
	if (node->ascii == NULL && node->regex == NULL)
		return false;
	if (node->ascii == NULL)
		return g_regex_match_full(node->regex, text, (gssize)len, 0, 0,
			NULL, NULL);
	if (node->is_caseless)
		return has_caseless(text, len, node->ascii,
			strlen(node->ascii));
	return memmem(text, len, node->ascii, strlen(node->ascii)) != NULL;
}

bool pattern_match_raw(const struct pattern_node *node, const char *raw)
{
	size_t len;
	char *text;
	bool matches;

	if (raw == NULL)
		raw = "";
	if (is_plain(raw, &len))
		return matches_plain(node, raw, len);
	text = mime_header_decode(raw);
	matches = matches_text(node, text);
	g_free(text);
	return matches;
}
