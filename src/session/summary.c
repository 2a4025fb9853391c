/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a session tells of itself: state, capabilities, a line for the screen. */
#include "src/base/base.h"
#include "src/net/stream.h"
#include "src/session/request.h"
#include "src/session/session-priv.h"

static struct connection *first_connection(const struct session *session)
{
	return session->connections->len > 0 ?
		g_ptr_array_index(session->connections, 0) : NULL;
}

struct connection *session_usable_connection(const struct session *session)
{
	struct connection *connection = first_connection(session);

	return connection != NULL && connection_is_usable(connection) ?
		connection : NULL;
}

enum session_state session_state(const struct session *session)
{
	return session->state;
}

gint64 session_retry_us(const struct session *session)
{
	return session->state == SESSION_WAITING ? session->retry_us : 0;
}

const struct imap_capabilities *session_capabilities(const struct session *session)
{
	const struct connection *connection =
		session_usable_connection(session);

	return connection != NULL ? &connection->capabilities :
		&session->no_capabilities;
}

const struct imap_capabilities *session_login_capabilities(
	const struct session *session)
{
	const struct connection *connection =
		session_usable_connection(session);

	return connection != NULL ? &connection->before_login :
		&session->no_capabilities;
}

bool session_has(const struct session *session, enum imap_capability cap)
{
	return imap_capabilities_has(session_capabilities(session), cap);
}

bool session_is_enabled(const struct session *session, enum imap_capability cap)
{
	const struct connection *connection =
		session_usable_connection(session);

	return connection != NULL && connection_is_enabled(connection, cap);
}

/* What nobody waits for does not count. */
static bool has_awaited_requests(const struct session *session)
{
	for (const GList *l = session->requests.head; l != NULL; l = l->next)
		if (!((const struct session_request *)l->data)->is_aside)
			return true;
	return false;
}

const char *session_summary(const struct session *session)
{
	const struct connection *connection = first_connection(session);
	struct session *writable = (struct session *)session;
	const char *doing, *protocol = "";

	if (connection != NULL && connection->stream != NULL)
		protocol = stream_protocol_name(connection->stream);
	if (session->state != SESSION_ONLINE || connection == NULL)
		doing = session->state == SESSION_CONNECTING ? "connecting" :
			session->state == SESSION_WAITING ? "disconnected" :
			session->state == SESSION_FAILED ? "failed" : "offline";
	else if (connection->idle.state == IDLE_ON)
		doing = "IDLE";
	else
		doing = has_awaited_requests(session) ? "busy" : "online";
	g_free(writable->summary);
	writable->summary = protocol[0] == '\0' ? g_strdup(doing) :
		g_strdup_printf("%s · %s", doing, protocol);
	return writable->summary;
}

const char *session_mechanism(const struct session *session)
{
	const struct connection *connection =
		session_usable_connection(session);

	return connection == NULL || connection->auth.mechanism == NULL ?
		NULL : sasl_mechanism_name(connection->auth.mechanism);
}

const char *session_server_id(const struct session *session)
{
	const struct connection *connection = first_connection(session);

	return connection != NULL ? connection->server_id : NULL;
}

const struct imap_namespaces *session_namespaces(const struct session *session)
{
	return &session->namespaces;
}

bool session_is_busy(const struct session *session)
{
	return session->state == SESSION_CONNECTING ||
		has_awaited_requests(session);
}
