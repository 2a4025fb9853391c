/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * OAuth 2.0 access tokens: OAUTHBEARER (RFC 7628) and XOAUTH2 (as Google and
 * Microsoft describe it). A token that is refused comes back as a challenge
 * with a JSON object that says why; it is answered, and the NO follows.
 */
#include "src/base/base.h"
#include "src/net/sasl-mechanism.h"

#include <json-glib/json-glib.h>

enum {
	REFUSAL_MAX = 4096, /* octets of JSON */
	NESTING_MAX = 8,    /* of its brackets: the parser recurses */
	VALUE_MAX = 200,    /* octets shown of one value */
};

/* --- what the server holds against the token ----------------------------- */

static bool is_shallow(const char *json, size_t len)
{
	unsigned depth = 0;

	for (size_t i = 0; i < len; i++)
		if ((json[i] == '{' || json[i] == '[') && ++depth > NESTING_MAX)
			return false;
	return true;
}

static void append_value(GString *text, JsonObject *object, const char *key,
	const char *label)
{
	JsonNode *node = json_object_get_member(object, key);
	const char *value = NULL;
	char *valid;

	if (node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
		json_node_get_value_type(node) == G_TYPE_STRING)
		value = json_node_get_string(node);
	if (value == NULL || value[0] == '\0')
		return;
	valid = g_utf8_make_valid(value, (gssize)MIN(strlen(value), VALUE_MAX));
	g_string_append_printf(text, "%s%s%s", text->len > 0 ? ", " : "", label,
		valid);
	g_free(valid);
}

/* "invalid_token, scope mail" */
static char *describe_refusal(const char *json, size_t len)
{
	JsonParser *parser;
	JsonNode *root;
	GString *text;

	if (len > REFUSAL_MAX || !is_shallow(json, len))
		return NULL;
	parser = json_parser_new();
	text = g_string_new(NULL);
	if (json_parser_load_from_data(parser, json, (gssize)len, NULL) &&
		(root = json_parser_get_root(parser)) != NULL &&
		JSON_NODE_HOLDS_OBJECT(root)) {
		JsonObject *object = json_node_get_object(root);

		append_value(text, object, "status", "");
		append_value(text, object, "scope", "scope ");
	}
	g_object_unref(parser);
	return g_string_free(text, text->len == 0);
}

/* Said to the refusal, so that the server can end with its NO. */
static GBytes *answer_refusal(struct sasl *sasl, const char *challenge,
	size_t len, const char *answer, GError **error)
{
	sasl->is_complete = false;
	if (sasl->steps > 0)
		return sasl_unexpected(sasl, error);
	sasl->refusal = describe_refusal(challenge, len);
	return sasl_text_response(answer);
}

/* --- the mechanisms ------------------------------------------------------ */

GBytes *sasl_oauthbearer_initial(struct sasl *sasl, GError **error)
{
	GString *text = g_string_sized_new(strlen(sasl->token) +
		strlen(sasl->user) * 3 + strlen(sasl->host) + 64);

	(void)error;
	sasl->is_complete = true;
	g_string_append(text, "n,a=");
	sasl_append_name(text, sasl->user);
	g_string_append_printf(text, ",\001host=%s\001port=%u\001", sasl->host,
		sasl->port);
	g_string_append_printf(text, "auth=Bearer %s\001\001", sasl->token);
	return sasl_take_response(text);
}

GBytes *sasl_oauthbearer_step(struct sasl *sasl, const char *challenge,
	size_t len, GError **error)
{
	return answer_refusal(sasl, challenge, len, "\001", error);
}

GBytes *sasl_xoauth2_initial(struct sasl *sasl, GError **error)
{
	GString *text = g_string_sized_new(strlen(sasl->token) +
		strlen(sasl->user) + 64);

	(void)error;
	sasl->is_complete = true;
	g_string_append_printf(text, "user=%s\001auth=Bearer %s\001\001",
		sasl->user, sasl->token);
	return sasl_take_response(text);
}

GBytes *sasl_xoauth2_step(struct sasl *sasl, const char *challenge, size_t len,
	GError **error)
{
	return answer_refusal(sasl, challenge, len, "", error);
}
