/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a regular expression surely contains: the longest run of characters
 * that every match has. It is put to servers that know no expressions, so it
 * keeps to what they find in any header: ASCII letters, digits and a few signs,
 * never spaces, at which a field may be folded.
 */
#include "src/base/base.h"
#include "src/mail/pattern-private.h"

enum { RUN_MIN = 3 };

static bool is_sure(char c)
{
	return g_ascii_isalnum(c) || (c != '\0' && strchr("@.-_+", c) != NULL);
}

struct runs {
	GString *now, *longest;
};

static void end_run(struct runs *runs)
{
	if (runs->now->len > runs->longest->len)
		g_string_assign(runs->longest, runs->now->str);
	g_string_truncate(runs->now, 0);
}

static char *finish(struct runs *runs, bool is_usable)
{
	end_run(runs);
	is_usable = is_usable && runs->longest->len >= RUN_MIN;
	g_string_free(runs->now, TRUE);
	return g_string_free(runs->longest, !is_usable);
}

static char *of_text(const char *text)
{
	struct runs runs = { g_string_new(NULL), g_string_new(NULL) };

	for (; *text != '\0'; text++) {
		if (is_sure(*text))
			g_string_append_c(runs.now, *text);
		else
			end_run(&runs);
	}
	return finish(&runs, true);
}

/* Behind a "[...]" or a "(...)" that begins at at; NULL if it has no end. */
static const char *skip_brackets(const char *at)
{
	unsigned depth = 0;
	bool in_class = false;

	for (; *at != '\0'; at++) {
		if (*at == '\\' && at[1] != '\0') {
			at++;
		} else if (in_class) {
			in_class = *at != ']';
		} else if (*at == '[') {
			in_class = true;
			/* A "]" that comes first is one of the class. */
			at += at[1] == '^';
			at += at[1] == ']';
		} else if (*at == '(') {
			depth++;
		} else if (*at == ')') {
			depth--;
		}
		if (depth == 0 && !in_class)
			return at + 1;
	}
	return NULL;
}

static bool is_optional(char c)
{
	return c == '*' || c == '?' || c == '{';
}

/* One item of an expression, and what says how often it comes. NULL: this one
 * is not understood. */
static const char *read_item(const char *at, struct runs *runs)
{
	bool is_escaped = *at == '\\';
	char c = is_escaped ? at[1] : *at;

	if (!is_escaped && (c == '[' || c == '(')) {
		end_run(runs);
		at = skip_brackets(at);
	} else {
		/* "\d" and "." are no characters, "\." is one. */
		bool is_char = is_sure(c) && (is_escaped ?
			!g_ascii_isalnum(c) : c != '.' && c != '+');

		at += is_escaped ? 2 : 1;
		if (is_char && !is_optional(*at))
			g_string_append_c(runs->now, c);
		else
			end_run(runs);
	}
	if (at == NULL || *at == '\0' || strchr("*+?{", *at) == NULL)
		return at;
	end_run(runs);
	at = *at == '{' ? strchr(at, '}') : at;
	return at != NULL ? at + 1 : NULL;
}

/* Alternatives share nothing; options such as "(?x)" change all the rest, and
 * "\Q", "\x41" and the like are characters of another kind. */
static bool is_simple(const char *regex)
{
	for (; *regex != '\0'; regex++) {
		if (*regex == '|' || (*regex == '(' &&
			(regex[1] == '?' || regex[1] == '*')))
			return false;
		if (*regex != '\\')
			continue;
		regex++;
		if (*regex == '\0' || strchr("QEcxopPNUuLlgk0123456789",
			*regex) != NULL)
			return false;
	}
	return true;
}

static char *of_regex(const char *regex)
{
	struct runs runs = { g_string_new(NULL), g_string_new(NULL) };
	const char *at = is_simple(regex) ? regex : NULL;

	while (at != NULL && *at != '\0')
		at = read_item(at, &runs);
	return finish(&runs, at != NULL);
}

char *pattern_literal(const struct pattern_node *node)
{
	const char *regex;

	if (node->regex == NULL)
		return of_text(node->text);
	regex = g_regex_get_pattern(node->regex);
	/* Behind the limit of steps that each has. */
	return of_regex(g_str_has_prefix(regex, "(*") ?
		strchr(regex, ')') + 1 : regex);
}

char *pattern_plain_text(const char *regex)
{
	GString *text = g_string_new(NULL);

	for (; *regex != '\0'; regex++) {
		if (*regex == '\\' && regex[1] != '\0' &&
			!g_ascii_isalnum(regex[1]))
			regex++;
		else if (strchr("\\^$[](){}|*+?", *regex) != NULL)
			return g_string_free(text, TRUE);
		g_string_append_c(text, *regex);
	}
	return g_string_free(text, FALSE);
}
