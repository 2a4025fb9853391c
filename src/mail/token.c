/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/token.h"
#include "src/base/error.h"

#include <json-glib/json-glib.h>

enum {
	NESTING_MAX = 8,
	LIFETIME_MAX = 365 * 24 * 3600,
};

static char *refuse(GError **error, const char *what)
{
	g_set_error(error, NET_ERROR, NET_ERROR_SECRET,
		"the token command printed no token: %s", what);
	return NULL;
}

/* RFC 6750 2.1, b68token: anything else is a message, not a token. */
static bool is_token(const char *text)
{
	size_t len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789-._~+/=");

	return len > 0 && text[len] == '\0';
}

static const char *string_member(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
		json_node_get_value_type(node) == G_TYPE_STRING ?
		json_node_get_string(node) : NULL;
}

/* Some print the number as a string. */
static int64_t lifetime_of(JsonObject *object)
{
	JsonNode *node = json_object_get_member(object, "expires_in");
	const char *text = string_member(object, "expires_in");
	int64_t lifetime = 0;

	if (text != NULL)
		lifetime = g_ascii_strtoll(text, NULL, 10);
	else if (node != NULL && JSON_NODE_HOLDS_VALUE(node))
		lifetime = json_node_get_int(node);
	return CLAMP(lifetime, 0, LIFETIME_MAX);
}

static char *take_token(JsonObject *object, int64_t *lifetime_out,
	GError **error)
{
	const char *token = string_member(object, "access_token");
	const char *problem = string_member(object, "error_description");

	if (problem == NULL)
		problem = string_member(object, "error");
	if (token != NULL && is_token(token)) {
		*lifetime_out = lifetime_of(object);
		return g_strdup(token);
	}
	return refuse(error,
		problem != NULL ? problem : "there is no access_token in it");
}

/* The parser recurses. */
static bool is_shallow(const char *text)
{
	unsigned depth = 0;

	for (; *text != '\0'; text++)
		if ((*text == '{' || *text == '[') && ++depth > NESTING_MAX)
			return false;
	return true;
}

static char *parse_json(const char *text, int64_t *lifetime_out,
	GError **error)
{
	JsonParser *parser = json_parser_new();
	JsonNode *root = NULL;
	char *token;

	if (is_shallow(text) &&
		json_parser_load_from_data(parser, text, -1, NULL))
		root = json_parser_get_root(parser);
	token = root != NULL && JSON_NODE_HOLDS_OBJECT(root) ?
		take_token(json_node_get_object(root), lifetime_out, error) :
		refuse(error, "it is not JSON");
	g_object_unref(parser);
	return token;
}

char *token_parse(const char *output, int64_t *lifetime_out, GError **error)
{
	size_t len;

	*lifetime_out = 0;
	output += strspn(output, " \t\r\n");
	if (*output == '{')
		return parse_json(output, lifetime_out, error);
	len = strcspn(output, "\r\n");
	char *line = g_strndup(output, len);

	if (is_token(line))
		return line;
	g_free(line);
	return refuse(error, "its first line is something else");
}
