/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a session knows of its server from another time, and tokens, which come
 * from above as passwords do. Capabilities that turn out to have changed are
 * replaced by what the server says, in the flight that relied on them.
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/imap/parser.h"
#include "src/net/stream.h"
#include "src/session/auth.h"
#include "src/session/session-priv.h"

enum {
	UNBINDABLE_SECONDS = 30 * 24 * 60 * 60,
};

/* Servers are mended: what failed is tried again some day. */
static bool is_recent(const char *value)
{
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;
	guint64 then;

	return g_ascii_string_to_unsigned(value, 10, 0, (guint64)now, &then,
		NULL) && (guint64)now - then < UNBINDABLE_SECONDS;
}

void session_give_fact(struct session *session, enum session_fact fact,
	const char *value)
{
	if (fact == SESSION_FACT_UNBINDABLE)
		session->is_unbindable |= is_recent(value);
	else if (session->capabilities[fact] == NULL)
		session->capabilities[fact] = g_strdup(value);
}

void session_learned(struct session *session, enum session_fact fact,
	const char *value)
{
	if (fact != SESSION_FACT_UNBINDABLE) {
		if (g_strcmp0(session->capabilities[fact], value) == 0)
			return;
		g_free(session->capabilities[fact]);
		session->capabilities[fact] = g_strdup(value);
	}
	if (session->ops != NULL && session->ops->learned != NULL)
		session->ops->learned(session, fact, value, session->ops_data);
}

void session_disable_capabilities(const struct session *session,
	struct imap_capabilities *capabilities)
{
	const char *const *disabled = session->config.disabled;

	for (; disabled != NULL && *disabled != NULL; disabled++)
		imap_capabilities_remove_name(capabilities, *disabled);
}

bool session_recall_capabilities(const struct session *session,
	enum session_fact fact, struct imap_capabilities *capabilities)
{
	if (session->capabilities[fact] == NULL)
		return false;
	imap_capabilities_set_string(capabilities, session->capabilities[fact]);
	session_disable_capabilities(session, capabilities);
	return true;
}

/* What is said in the clear, before STARTTLS, is not worth knowing. */
static bool is_worth_learning(const struct connection *connection)
{
	return connection->session->config.tls != SESSION_TLS_STARTTLS ||
		stream_is_tls(connection->stream);
}

bool session_hear_capabilities(struct command *command,
	const struct imap_response *response, void *data)
{
	struct connection *connection = data;
	struct imap_capabilities told;
	char *text;

	(void)command;
	if (strcmp(response->name, "CAPABILITY") != 0 ||
		!is_worth_learning(connection))
		return false;
	imap_capabilities_init(&told);
	imap_capabilities_set_args(&told, response->args, response->n_args);
	text = imap_capabilities_to_string(&told);
	session_learned(connection->session,
		connection->phase < PHASE_AUTH_CAPABILITY ?
		SESSION_FACT_GREETING : SESSION_FACT_CAPABILITIES, text);
	g_free(text);
	imap_capabilities_release(&told);
	return false;
}

/* --- tokens -------------------------------------------------------------- */

void session_connection_wants_token(struct session *session,
	bool is_refused)
{
	if (session->state == SESSION_CONNECTING)
		session_set_state(session, SESSION_CONNECTING,
			"getting an access token", NULL);
	if (session->ops != NULL && session->ops->wants_token != NULL)
		session->ops->wants_token(session, is_refused,
			session->ops_data);
}

void session_give_token(struct session *session, const char *token,
	const GError *error)
{
	GPtrArray *connections = session->connections;

	for (guint i = 0; i < connections->len; i++)
		auth_token_given(g_ptr_array_index(connections, i), token,
			error);
}
