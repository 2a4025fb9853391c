/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lexer of HTML: a state machine of our own over the whole text, because
 * the parsers at hand keep a stack of open elements and compare each attribute
 * with all others, which hostile mail makes quadratic. The names of entities
 * are libxml2's table.
 */
#include "src/base/base.h"
#include "src/mime/html-token.h"

#include <libxml/HTMLparser.h>

enum { ENTITY_NAME_MAX = 32, ENTITY_VALUE_MAX = 10000 };

static const char *const attribute_names[HTML_ATTRIBUTE_COUNT] = {
	[HTML_ATTRIBUTE_ALT] = "alt",
	[HTML_ATTRIBUTE_CHARSET] = "charset",
	[HTML_ATTRIBUTE_CONTENT] = "content",
	[HTML_ATTRIBUTE_HIDDEN] = "hidden",
	[HTML_ATTRIBUTE_HREF] = "href",
	[HTML_ATTRIBUTE_START] = "start",
	[HTML_ATTRIBUTE_STYLE] = "style",
};

/* What is meant by references to C1 controls: windows-1252. */
static const gunichar c1_meanings[32] = {
	0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
	0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static const char *skip_spaces(const char *p, const char *end)
{
	while (p < end && is_space(*p))
		p++;
	return p;
}

static void set_attribute(struct html_token *token, const struct html_span *name,
	const struct html_span *value)
{
	for (int i = 0; i < HTML_ATTRIBUTE_COUNT; i++) {
		if (strlen(attribute_names[i]) != name->len ||
			g_ascii_strncasecmp(attribute_names[i], name->text,
				name->len) != 0)
			continue;
		if (token->attributes[i].text == NULL) /* the first counts */
			token->attributes[i] = *value;
		return;
	}
}

/* p is behind "="; returns what is behind the value. */
static const char *read_value(const char *p, const char *end,
	struct html_span *value_out)
{
	const char *start = skip_spaces(p, end);
	char quote = start < end ? *start : '\0';

	if (quote == '"' || quote == '\'') {
		start++;
		p = memchr(start, quote, end - start);
		if (p == NULL)
			p = end;
		*value_out = (struct html_span){ start, p - start };
		return p < end ? p + 1 : end;
	}
	for (p = start; p < end && !is_space(*p) && *p != '>'; p++)
		;
	*value_out = (struct html_span){ start, p - start };
	return p;
}

/* Returns what is behind the attribute; p is at its name. */
static const char *read_attribute(const char *p, const char *end,
	struct html_token *token)
{
	struct html_span name = { p, 0 }, value = { p, 0 };

	p++; /* a "=" here is part of the name */
	while (p < end && !is_space(*p) && *p != '=' && *p != '>' && *p != '/')
		p++;
	name.len = p - name.text;
	if (skip_spaces(p, end) < end && *skip_spaces(p, end) == '=')
		p = read_value(skip_spaces(p, end) + 1, end, &value);
	set_attribute(token, &name, &value);
	return p;
}

static const char *read_name(const char *p, const char *end,
	struct html_token *token)
{
	size_t len = 0;

	while (p < end && !is_space(*p) && *p != '>' && *p != '/') {
		if (len < HTML_NAME_MAX)
			token->name[len++] = g_ascii_tolower(*p);
		p++;
	}
	token->name[len < HTML_NAME_MAX ? len : 0] = '\0';
	return p;
}

/* p is at the tag's name. */
static const char *read_tag(const char *p, const char *end,
	struct html_token *token)
{
	p = read_name(p, end, token);
	while ((p = skip_spaces(p, end)) < end && *p != '>') {
		if (*p == '/')
			p++;
		else
			p = read_attribute(p, end, token);
	}
	return p < end ? p + 1 : end;
}

/* "<!-- -->", "<!DOCTYPE>", "<![if !mso]>", "<?xml ?>"; p is at the "<". */
static const char *skip_declaration(const char *p, const char *end)
{
	const char *stop;

	if (end - p >= 4 && memcmp(p, "<!--", 4) == 0) {
		/* "<!-->" is a whole comment to browsers. */
		stop = g_strstr_len(p + 2, end - p - 2, "-->");
		return stop != NULL ? stop + 3 : end;
	}
	stop = memchr(p, '>', end - p);
	return stop != NULL ? stop + 1 : end;
}

static bool is_tag_start(const char *p, const char *end)
{
	if (end - p < 2)
		return false;
	if (p[1] == '/')
		return end - p > 2 && g_ascii_isalpha(p[2]);
	return g_ascii_isalpha(p[1]);
}

static bool is_declaration(const char *p, const char *end)
{
	return end - p >= 2 && (p[1] == '!' || p[1] == '?');
}

/* The end of the text that starts at p, which may be a "<" that is none. */
static const char *text_end(const char *p, const char *end)
{
	for (p++; (p = memchr(p, '<', end - p)) != NULL; p++)
		if (is_tag_start(p, end) || is_declaration(p, end))
			return p;
	return end;
}

void html_next_token(struct html_lexer *lexer, struct html_token *token)
{
	const char *end = lexer->end;

	memset(token, 0, sizeof(*token));
	while (lexer->p < end && *lexer->p == '<' && is_declaration(lexer->p, end))
		lexer->p = skip_declaration(lexer->p, end);
	if (lexer->p == end)
		return;
	if (*lexer->p != '<' || !is_tag_start(lexer->p, end)) {
		token->type = HTML_TOKEN_TEXT;
		token->text.text = lexer->p;
		lexer->p = text_end(lexer->p, end);
		token->text.len = lexer->p - token->text.text;
		return;
	}
	token->type = lexer->p[1] == '/' ? HTML_TOKEN_CLOSE : HTML_TOKEN_OPEN;
	lexer->p = read_tag(lexer->p + 1 + (token->type == HTML_TOKEN_CLOSE),
		end, token);
}

void html_skip_element(struct html_lexer *lexer, const char *name)
{
	size_t len = strlen(name);
	const char *p = lexer->p, *end = lexer->end;
	struct html_token token;

	for (; (p = memchr(p, '<', end - p)) != NULL; p++)
		if ((size_t)(end - p) > len + 2 && p[1] == '/' &&
			g_ascii_strncasecmp(p + 2, name, len) == 0 &&
			(is_space(p[len + 2]) || strchr("/>", p[len + 2]) != NULL))
			break;
	lexer->p = p != NULL ? read_tag(p + 2, end, &token) : end;
}

static void *load_entities(void *unused)
{
	GHashTable *entities = g_hash_table_new(g_str_hash, g_str_equal);
	const htmlEntityDesc *entity;

	(void)unused;
	for (unsigned value = 1; value < ENTITY_VALUE_MAX; value++) {
		entity = htmlEntityValueLookup(value);
		if (entity != NULL)
			g_hash_table_insert(entities, (void *)entity->name,
				GUINT_TO_POINTER(value));
	}
	return entities;
}

/* 0 if there is no entity of that name. */
static gunichar named_entity(const char *name)
{
	static GOnce once = G_ONCE_INIT;

	g_once(&once, load_entities, NULL);
	return GPOINTER_TO_UINT(g_hash_table_lookup(once.retval, name));
}

static gunichar checked(gunichar c)
{
	if (c >= 0x80 && c < 0xa0)
		return c1_meanings[c - 0x80];
	return c == 0 || !g_unichar_validate(c) ? 0xfffd : c;
}

/* Digits behind "&#" or "&#x". NULL if there are none. */
static const char *read_digits(const char *p, const char *end, gunichar *c_out)
{
	bool is_hex = p < end && (*p == 'x' || *p == 'X');
	const char *digits = p += is_hex;
	gunichar c = 0;

	for (; p < end; p++) {
		int value = is_hex ? g_ascii_xdigit_value(*p) :
			g_ascii_digit_value(*p);
		if (value < 0)
			break;
		if (c <= 0x10ffff)
			c = c * (is_hex ? 16 : 10) + (unsigned)value;
	}
	if (p == digits)
		return NULL;
	*c_out = checked(c);
	return p < end && *p == ';' ? p + 1 : p;
}

/* p is at the "&"; NULL if it is no entity. */
static const char *read_entity(const char *p, const char *end, bool is_attribute,
	gunichar *c_out)
{
	char name[ENTITY_NAME_MAX];
	size_t len = 0;
	bool has_end;

	p++;
	if (p < end && *p == '#')
		return read_digits(p + 1, end, c_out);
	while (p < end && g_ascii_isalnum(*p) && len < sizeof(name) - 1)
		name[len++] = *p++;
	name[len] = '\0';
	*c_out = named_entity(name);
	has_end = p < end && *p == ';';
	/* Only those of Latin 1 were ever meant without a semicolon; in a
	 * URL, "&copy=2" is a parameter. */
	if (*c_out == 0 || (!has_end && (is_attribute || *c_out > 0xff)))
		return NULL;
	return p + has_end;
}

void html_append_decoded(GString *out, const struct html_span *text,
	bool is_attribute)
{
	const char *p = text->text, *end = p + text->len, *mark, *next;
	gunichar c;

	while ((mark = memchr(p, '&', end - p)) != NULL) {
		g_string_append_len(out, p, mark - p);
		next = read_entity(mark, end, is_attribute, &c);
		if (next != NULL)
			g_string_append_unichar(out, c);
		else
			g_string_append_c(out, '&');
		p = next != NULL ? next : mark + 1;
	}
	g_string_append_len(out, p, end - p);
}
