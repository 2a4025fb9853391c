/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * File names of parts: RFC 2231 with its continuations, RFC 2047 where it has
 * no business but is sent all the same, and names that are safe to create.
 */
#include "src/base/base.h"
#include "src/mime/header.h"

#include "src/imap/bodystructure.h"
#include "src/mime/charset.h"
#include "src/mime/transfer.h"

enum { SEGMENTS_MAX = 100, FILENAME_MAX_OCTETS = 200, EXTENSION_MAX = 20 };

/* A parameter's value as it is put together from its segments. */
struct param_value {
	GString *octets;
	char *charset;      /* of the first extended segment, or NULL */
	bool is_extended;   /* some segment was percent-encoded */
};

static const char *find_param(const struct imap_param *params, size_t n,
	const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (params[i].name != NULL && params[i].value != NULL &&
			g_ascii_strcasecmp(params[i].name, name) == 0)
			return params[i].value;
	return NULL;
}

static void add_percent_decoded(GString *out, const char *p)
{
	for (; *p != '\0'; p++) {
		char c = *p;

		if (c == '%' && g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2])) {
			c = mime_hex_value(p[1]) << 4 | mime_hex_value(p[2]);
			p += 2;
		}
		g_string_append_c(out, c);
	}
}

/* "utf-8'de'%C3%A4": the first one names the charset. */
static void add_extended(struct param_value *value, const char *segment,
	bool is_first)
{
	const char *mark = is_first ? strchr(segment, '\'') : NULL;
	const char *text = mark != NULL ? strchr(mark + 1, '\'') : NULL;

	value->is_extended = true;
	if (text != NULL && value->charset == NULL)
		value->charset = g_strndup(segment, mark - segment);
	add_percent_decoded(value->octets, text != NULL ? text + 1 : segment);
}

/* The segments "name*0", "name*1*" ... in order, until one is missing. */
static bool add_segments(struct param_value *value,
	const struct imap_param *params, size_t n, const char *name)
{
	for (int i = 0; i < SEGMENTS_MAX; i++) {
		char *extended = g_strdup_printf("%s*%d*", name, i);
		char *plain = g_strdup_printf("%s*%d", name, i);
		const char *segment = find_param(params, n, extended);

		if (segment != NULL)
			add_extended(value, segment, i == 0);
		else if ((segment = find_param(params, n, plain)) != NULL)
			g_string_append(value->octets, segment);
		g_free(extended);
		g_free(plain);
		if (segment == NULL)
			return i > 0;
	}
	return true;
}

static bool collect(struct param_value *value, const struct imap_param *params,
	size_t n, const char *name)
{
	char *extended = g_strconcat(name, "*", NULL);
	const char *text = find_param(params, n, extended);

	g_free(extended);
	if (text != NULL) {
		add_extended(value, text, true);
		return true;
	}
	if (add_segments(value, params, n, name))
		return true;
	text = find_param(params, n, name);
	if (text != NULL)
		g_string_append(value->octets, text);
	return text != NULL;
}

/* Decoded, one line; NULL if there is no such parameter. */
static char *param_decode(const struct imap_param *params, size_t n,
	const char *name)
{
	struct param_value value = { .octets = g_string_new(NULL) };
	char *text = NULL;

	if (collect(&value, params, n, name) && value.is_extended)
		text = mime_to_utf8(value.octets->str, value.octets->len,
			value.charset, NULL);
	else if (value.octets->len > 0)
		text = mime_header_decode(value.octets->str);
	g_string_free(value.octets, TRUE);
	g_free(value.charset);
	if (text != NULL)
		g_strstrip(g_strdelimit(text, "\r\n\t\v\f", ' '));
	return text;
}

/* Behind the last separator of either kind. */
static const char *last_component(const char *name)
{
	const char *last = name;

	for (; *name != '\0'; name++)
		if (*name == '/' || *name == '\\')
			last = name + 1;
	return last;
}

/* The last component; takes name; NULL when that is no name. */
static char *file_component(char *name_take)
{
	const char *last = name_take != NULL ? last_component(name_take) : "";
	char *component = NULL;

	if (*last != '\0' && strcmp(last, ".") != 0 && strcmp(last, "..") != 0)
		component = g_strdup(last);
	g_free(name_take);
	return component;
}

char *mime_part_filename(const struct imap_body *body)
{
	char *name;

	name = file_component(param_decode(body->disposition_params,
		body->n_disposition_params, "filename"));
	if (name == NULL)
		name = file_component(param_decode(body->params, body->n_params,
			"name"));
	return name;
}

/* What would hide or reorder what a name says. */
static bool is_unsafe(gunichar c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad ||
		c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
		(c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
		c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
		(c >= 0xe0000 && c <= 0xe0fff);
}

static GString *safe_characters(const char *name)
{
	GString *out = g_string_new(NULL);

	for (; *name != '\0'; name = g_utf8_next_char(name)) {
		gunichar c = g_utf8_get_char(name);

		if (is_unsafe(c))
			continue;
		if (out->len == 0 && (c == '.' || c == '-' || c == ' '))
			continue;
		g_string_append_unichar(out, c);
	}
	while (out->len > 0 && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	return out;
}

/* The length of the longest prefix of at most len octets in whole characters. */
static size_t utf8_floor(const char *utf8, size_t len)
{
	while (len > 0 && ((unsigned char)utf8[len] & 0xc0) == 0x80)
		len--;
	return len;
}

/* Cut to the limit, but the extension stays. */
static void shorten(GString *name)
{
	const char *dot = strrchr(name->str, '.');
	size_t extension_len = dot != NULL ? strlen(dot) : 0;
	size_t keep;

	if (name->len <= FILENAME_MAX_OCTETS)
		return;
	if (extension_len > EXTENSION_MAX)
		extension_len = 0;
	keep = utf8_floor(name->str, FILENAME_MAX_OCTETS - extension_len);
	g_string_erase(name, keep, name->len - extension_len - keep);
}

char *mime_safe_filename(const char *name)
{
	char *utf8 = mime_to_utf8(name, strlen(name), NULL, NULL);
	GString *safe = safe_characters(last_component(utf8));

	g_free(utf8);
	shorten(safe);
	if (safe->len == 0)
		g_string_assign(safe, "attachment");
	return g_string_free(safe, FALSE);
}
