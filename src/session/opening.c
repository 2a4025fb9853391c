/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A connection's way to its server: a socket by src/net, or a command as
 * tunnel; TLS at once or on STARTTLS; and why it came to nothing.
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/net/connect.h"
#include "src/net/stream.h"
#include "src/net/tls.h"
#include "src/net/tunnel.h"
#include "src/session/connection.h"
#include "src/session/login.h"
#include "src/session/section.h"
#include "src/session/session-priv.h"
#include "src/session/timing.h"

static session_connector_fn *connector;
static void *connector_data;

void session_set_connector(session_connector_fn *fn, void *data)
{
	connector = fn;
	connector_data = data;
}

static void on_tls_done(struct stream *stream, const GError *error, void *data)
{
	struct connection *connection = data;

	if (error != NULL) {
		bool is_final = error->domain == TLS_ERROR &&
			error->code != TLS_ERROR_HANDSHAKE;

		connection_fail(connection, is_final ? CONNECTION_END_FINAL :
			CONNECTION_END_RETRY, g_error_copy(error));
		return;
	}
	log_note(connection->who, "%s%s", stream_protocol_name(stream),
		stream_is_resumed(stream) ? ", resumed" : "");
	if (connection->session->config.tls == SESSION_TLS_STARTTLS)
		login_tls_ready(connection);
	else
		connection_set_phase(connection, PHASE_GREETING);
}

static void ask_verdict(struct tls_question *question,
	const struct tls_peer *peer, void *data)
{
	struct session *session = data;

	if (session->ops == NULL || session->ops->wants_verdict == NULL) {
		tls_answer(question, TLS_REFUSE);
		return;
	}
	for (guint i = 0; i < session->connections->len; i++) {
		struct connection *connection =
			g_ptr_array_index(session->connections, i);

		connection->asks_verdict = connection->phase == PHASE_TLS;
	}
	session->ops->wants_verdict(session, question, peer, session->ops_data);
}

static struct tls_config *make_tls_config(struct session *session,
	GError **error)
{
	const struct session_config *config = &session->config;
	const struct tls_config_init init = {
		.host = config->host,
		.port = config->port,
		.ca_file = config->tls_ca_file,
		.client_cert = config->tls_client_cert,
		.client_key = config->tls_client_key,
		.pins = config->tls_pins,
		.ask = ask_verdict,
		.ask_data = session,
	};

	return tls_config_new(&init, error);
}

void connection_start_tls(struct connection *connection)
{
	struct session *session = connection->session;
	GError *error = NULL;

	if (session->tls == NULL)
		session->tls = make_tls_config(session, &error);
	if (session->tls == NULL) {
		connection_fail(connection, CONNECTION_END_FINAL, error);
		return;
	}
	connection_set_phase(connection, PHASE_TLS);
	stream_start_tls(connection->stream, session->tls,
		imap_parser_pending(connection->parser), on_tls_done,
		connection);
}

static void start_stream(struct connection *connection, int fd)
{
	connection->stream = stream_new(fd, fd, &connection_stream_ops, connection);
	connection->parser = imap_parser_new(NULL);
	imap_parser_set_spool(connection->parser, section_wants_spool,
		section_spool, connection);
	if (connection->session->config.tls == SESSION_TLS_IMPLICIT)
		connection_start_tls(connection);
	else
		connection_set_phase(connection, PHASE_GREETING);
}

static void on_connected(int fd, const GError *error, void *data)
{
	struct connection *connection = data;

	connection->connect = NULL;
	if (error != NULL) {
		connection_fail(connection, CONNECTION_END_RETRY,
			g_error_copy(error));
		return;
	}
	start_stream(connection, fd);
}

static gboolean on_connector_due(void *data)
{
	struct connection *connection = data;
	const struct session_config *config = &connection->session->config;
	int fd = connector(config->host, config->port, connector_data);

	connection->flush_source = 0;
	if (fd < 0)
		connection_fail(connection, CONNECTION_END_RETRY,
			g_error_new(NET_ERROR, NET_ERROR_CONNECT,
				"cannot connect to '%s': refused",
				config->host));
	else
		start_stream(connection, fd);
	return G_SOURCE_REMOVE;
}

static gboolean on_tunnel_due(void *data)
{
	struct connection *connection = data;
	const struct session_config *config = &connection->session->config;
	GError *error = NULL;
	int fd = -1;

	connection->flush_source = 0;
	connection->tunnel = tunnel_new(config->tunnel, &fd, &error);
	if (connection->tunnel != NULL)
		start_stream(connection, fd);
	else
		connection_fail(connection, CONNECTION_END_FINAL, error);
	return G_SOURCE_REMOVE;
}

void connection_open(struct connection *connection)
{
	const struct session_config *config = &connection->session->config;
	const struct connect_target target = {
		.host = config->host,
		.port = config->port,
		.proxy = config->proxy,
		.timeout_ms = config->timeout_ms,
	};

	connection_set_phase(connection, PHASE_CONNECT);
	/* Side by side with the way there; a file of its own is looked at
	 * first, and mostly enough. */
	if (config->tls != SESSION_TLS_NONE && config->tls_ca_file == NULL)
		tls_preload();
	if (connector != NULL)
		connection->flush_source =
			g_timeout_add(0, on_connector_due, connection);
	else if (config->tunnel != NULL)
		connection->flush_source =
			g_timeout_add(0, on_tunnel_due, connection);
	else
		connection->connect = connect_host(&target, on_connected,
			connection);
}
