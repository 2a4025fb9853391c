/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/session.h"
#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/net/secret.h"
#include "src/net/stream.h"
#include "src/net/tls.h"
#include "src/session/auth.h"
#include "src/session/request.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"
#include "src/session/timing.h"

struct session_timing session_timing = {
	.idle_quiet_ms = 500,
	.idle_renew_ms = 25 * 60 * 1000,
	.notify_ms = 500,
	.noop_ms = 2 * 60 * 1000,
	.backoff_first_ms = 1000,
	.backoff_max_ms = 60 * 1000,
	.progress_ms = 5000,
	.probe_ms = 5000,
	.trust_ms = 30 * 1000,
	.doubt_ms = 8000,
	.beside_ms = 30 * 1000,
	.more_ms = 5 * 60 * 1000,
	.logout_ms = 5000,
	.chunk_ms = 250,
	.dispatch_us = 5000,
	.sort_page = 20000,
	.map_page = 50000,
	.change_first = 4000,
};

/* --- life ----------------------------------------------------------------- */

/* An empty list is none. */
static const char *const *copy_list(const char *const *list)
{
	if (list == NULL || list[0] == NULL)
		return NULL;
	return (const char *const *)g_strdupv((char **)list);
}

static void copy_config(struct session_config *to,
	const struct session_config *from)
{
	*to = *from;
	to->name = g_strdup(from->name);
	to->host = g_strdup(from->host);
	to->user = g_strdup(from->user);
	to->acts_as = g_strdup(from->acts_as);
	to->tls_ca_file = g_strdup(from->tls_ca_file);
	to->tls_client_cert = g_strdup(from->tls_client_cert);
	to->tls_client_key = g_strdup(from->tls_client_key);
	to->proxy = from->proxy != NULL && from->proxy[0] != '\0' ?
		g_strdup(from->proxy) : NULL;
	to->auth = copy_list(from->auth);
	to->tls_pins = copy_list(from->tls_pins);
	to->tunnel = copy_list(from->tunnel);
	to->disabled = copy_list(from->disabled);
	to->max_connections = MAX(from->max_connections, 1);
	if (to->timeout_ms == 0)
		to->timeout_ms = 60000;
}

static void release_config(struct session_config *config)
{
	g_free((char *)config->name);
	g_free((char *)config->host);
	g_free((char *)config->user);
	g_free((char *)config->acts_as);
	g_free((char *)config->tls_ca_file);
	g_free((char *)config->tls_client_cert);
	g_free((char *)config->tls_client_key);
	g_free((char *)config->proxy);
	g_strfreev((char **)config->auth);
	g_strfreev((char **)config->tls_pins);
	g_strfreev((char **)config->tunnel);
	g_strfreev((char **)config->disabled);
}

struct session *session_new(const struct session_config *config,
	const struct session_ops *ops, void *data)
{
	struct session *session = g_new0(struct session, 1);

	copy_config(&session->config, config);
	session->ops = ops;
	session->ops_data = data;
	session->connections = g_ptr_array_new();
	session->selections = g_ptr_array_new();
	g_queue_init(&session->requests);
	session->max_connections = session->config.max_connections;
	session->namespace_arena = arena_new();
	imap_capabilities_init(&session->no_capabilities);
	session->status_text = g_strdup("");
	return session;
}

static void drop_connections(struct session *session,
	enum imap_outcome outcome, const char *text)
{
	GPtrArray *connections = session->connections;

	while (connections->len > 0) {
		struct connection *connection =
			g_ptr_array_remove_index(connections, 0);

		for (guint i = 0; i < session->selections->len; i++) {
			struct selection *selection =
				g_ptr_array_index(session->selections, i);

			if (selection->connection == connection)
				selection_leave(selection, text);
		}
		connection_abandon(connection, outcome, text);
		connection_unref(&connection);
	}
}

void session_free(struct session **session)
{
	struct session *s = *session;

	*session = NULL;
	if (s == NULL)
		return;
	requests_end(s, IMAP_OUTCOME_CANCELLED, "the session ends");
	drop_connections(s, IMAP_OUTCOME_CANCELLED, "the session ends");
	source_clear(&s->retry_source);
	source_clear(&s->arrange_source);
	source_clear(&s->logout_source);
	source_clear(&s->more_source);
	/* Requests that were made by the ends of others. */
	requests_end(s, IMAP_OUTCOME_CANCELLED, "the session ends");
	source_clear(&s->arrange_source);
	g_ptr_array_unref(s->connections);
	g_ptr_array_unref(s->selections);
	tls_config_unref(&s->tls);
	secret_free(&s->secret);
	for (size_t i = 0; i < G_N_ELEMENTS(s->capabilities); i++)
		g_free(s->capabilities[i]);
	arena_free(&s->namespace_arena);
	imap_capabilities_release(&s->no_capabilities);
	release_config(&s->config);
	g_clear_error(&s->error);
	g_free(s->refusal);
	g_free(s->status_text);
	g_free(s->summary);
	g_free(s);
}

static gboolean arrange_due(void *data)
{
	struct session *session = data;

	session->arrange_source = 0;
	if (session->state == SESSION_OFFLINE && session->wants_connect)
		session_connect(session);
	session_arrange(session);
	session_check_logout(session);
	return G_SOURCE_REMOVE;
}

void session_schedule_arrange(struct session *session)
{
	if (session->arrange_source == 0)
		session->arrange_source = g_timeout_add_full(G_PRIORITY_HIGH,
			0, arrange_due, session, NULL);
}

/* --- state ---------------------------------------------------------------- */

void session_set_state(struct session *session, enum session_state state,
	const char *text, const GError *error)
{
	GError *copy = error != NULL ? g_error_copy(error) : NULL;

	g_clear_error(&session->error);
	session->error = copy;
	if (session->state == state && strcmp(session->status_text, text) == 0)
		return;
	session->state = state;
	g_free(session->status_text);
	session->status_text = g_strdup(text);
	if (session->ops != NULL && session->ops->state_changed != NULL)
		session->ops->state_changed(session, state,
			session->status_text, session->error,
			session->ops_data);
}

void session_changed(struct session *session)
{
	if (session != NULL && session->ops != NULL &&
		session->ops->state_changed != NULL)
		session->ops->state_changed(session, session->state,
			session->status_text, session->error,
			session->ops_data);
}

void session_alert(struct session *session, const char *text)
{
	if (session->ops == NULL || session->ops->alert == NULL)
		return;
	char *valid = g_utf8_make_valid(text, -1);

	session->ops->alert(session, valid, session->ops_data);
	g_free(valid);
}

void session_open_first(struct session *session)
{
	char *text = g_strdup_printf("connecting to %s", session->config.host);

	source_clear(&session->retry_source);
	session->retry_us = 0;
	if (session->connections->len == 0) {
		struct connection *connection = connection_new(session, 1);

		g_ptr_array_add(session->connections, connection);
		connection_open(connection);
	}
	session_schedule_arrange(session);
	session_set_state(session, SESSION_CONNECTING, text, NULL);
	g_free(text);
}

void session_connect(struct session *session)
{
	session->wants_connect = true;
	session->is_offline = false;
	if (session->connections->len > 0 || session->asks_secret)
		return;
	session->attempts = 0;
	session->max_connections = session->config.max_connections;
	source_clear(&session->more_source);
	session_open_first(session);
}

void session_disconnect(struct session *session)
{
	session->wants_connect = false;
	session->is_offline = true;
	session->asks_secret = false;
	source_clear(&session->retry_source);
	session->retry_us = 0;
	requests_end_later(session, NULL, IMAP_OUTCOME_DISCONNECTED, "offline");
	drop_connections(session, IMAP_OUTCOME_DISCONNECTED, "offline");
	session_set_state(session, SESSION_OFFLINE, "offline", NULL);
}

/* --- what connections report ---------------------------------------------- */

static bool is_first(const struct session *session,
	const struct connection *connection)
{
	return session->connections->len > 0 &&
		g_ptr_array_index(session->connections, 0) == connection;
}

void session_connection_phase(struct session *session,
	struct connection *connection)
{
	enum connection_phase phase = connection->phase;

	if (phase == PHASE_SETUP || phase == PHASE_READY)
		session_schedule_arrange(session);
	if (!is_first(session, connection))
		return;
	if (phase == PHASE_READY) {
		session_set_state(session, SESSION_ONLINE, "online", NULL);
	} else if (phase == PHASE_AUTH) {
		session_set_state(session, SESSION_CONNECTING, "logging in",
			NULL);
	}
}

static void give_up_secret(struct session *session,
	struct connection *connection)
{
	const struct session_config *config = &session->config;

	connection_fail(connection, CONNECTION_END_FINAL,
		session->refusal != NULL ?
		g_error_new(NET_ERROR, NET_ERROR_AUTH,
			"wrong password for '%s' on '%s': %s", config->user,
			config->host, session->refusal) :
		g_error_new(NET_ERROR, NET_ERROR_AUTH,
			"no password for '%s' on '%s'", config->user,
			config->host));
}

bool session_has_logged_in(const struct session *session)
{
	for (guint i = 0; i < session->connections->len; i++)
		if (connection_is_usable(
			g_ptr_array_index(session->connections, i)))
			return true;
	return false;
}

void session_connection_wants_secret(struct session *session,
	struct connection *connection, const char *refusal)
{
	g_free(session->refusal);
	session->refusal = refusal != NULL ?
		g_utf8_make_valid(refusal, -1) : NULL;
	if (refusal != NULL)
		secret_free(&session->secret);
	if (session->ops == NULL || session->ops->wants_secret == NULL) {
		give_up_secret(session, connection);
		return;
	}
	if (session->asks_secret)
		return;
	session->asks_secret = true;
	session->ops->wants_secret(session, session->refusal,
		session->ops_data);
}

void session_give_secret(struct session *session, const char *secret)
{
	GPtrArray *connections = session->connections;

	session->asks_secret = false;
	secret_free(&session->secret);
	session->secret = secret_dup(secret);
	for (guint i = 0; i < connections->len; i++) {
		struct connection *connection = g_ptr_array_index(connections,
			i);

		if (connection->auth.awaits != AUTH_AWAITS_SECRET)
			continue;
		if (secret != NULL)
			auth_secret_given(connection);
		else
			give_up_secret(session, connection);
	}
	/* The server did not wait as long as the person thought. */
	if (connections->len == 0 && secret != NULL && session->wants_connect)
		session_open_first(session);
	else if (connections->len == 0 && session->wants_connect)
		session_fail(session, g_error_new(NET_ERROR, NET_ERROR_AUTH,
			"no password for '%s' on '%s'", session->config.user,
			session->config.host));
}

/* --- orderly end ---------------------------------------------------------- */

static void finish_logout(struct session *session)
{
	const struct imap_result result = {
		.outcome = IMAP_OUTCOME_OK,
		.text = "logged out",
	};
	session_done_fn *done = session->logout_done;

	source_clear(&session->logout_source);
	session->logout_done = NULL;
	done(&result, session->logout_data);
}

static gboolean logout_over(void *data)
{
	struct session *session = data;

	session->logout_source = 0;
	drop_connections(session, IMAP_OUTCOME_DISCONNECTED, "logged out");
	session->wants_connect = false;
	session->state = SESSION_OFFLINE;
	finish_logout(session);
	return G_SOURCE_REMOVE;
}

/* Whether an orderly end, if one is wanted, may go on. */
void session_check_logout(struct session *session)
{
	GPtrArray *connections = session->connections;

	if (session->logout_done == NULL)
		return;
	if (connections->len == 0) {
		source_clear(&session->logout_source);
		session->logout_source = g_timeout_add(0, logout_over, session);
		return;
	}
	if (requests_has(session, NULL))
		return;
	for (guint i = connections->len; i > 0; i--)
		connection_logout(g_ptr_array_index(connections, i - 1));
	if (session->logout_source == 0)
		session->logout_source = g_timeout_add(session_timing.logout_ms,
			logout_over, session);
}

void session_logout(struct session *session, session_done_fn *done, void *data)
{
	session->logout_done = done;
	session->logout_data = data;
	source_clear(&session->retry_source);
	if (session->connections->len == 0)
		requests_end_later(session, NULL, IMAP_OUTCOME_DISCONNECTED,
			"offline");
	session_check_logout(session);
}

void session_probe(struct session *session)
{
	if (session->state == SESSION_WAITING) {
		session->attempts = 0;
		session_open_first(session);
		return;
	}
	for (guint i = 0; i < session->connections->len; i++)
		connection_probe(g_ptr_array_index(session->connections, i),
			session_timing.probe_ms);
}
