/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection's patience: how long its server may be silent. */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/net/stream.h"
#include "src/net/tunnel.h"
#include "src/session/connection.h"
#include "src/session/session-priv.h"
#include "src/session/timing.h"

static gint64 oldest_timed_us(const struct connection *connection)
{
	for (const GList *l = connection->queue.in_flight.head; l != NULL;
		l = l->next) {
		const struct command *command = l->data;

		if ((command->flags & COMMAND_UNTIMED) == 0)
			return command->sent_us;
	}
	return 0;
}

/* When the server's silence is too long; 0: it may be silent. */
static gint64 deadline_us(const struct connection *connection)
{
	gint64 since = oldest_timed_us(connection), deadline = 0;
	gint64 limit = (gint64)connection->session->config.timeout_ms * 1000;

	if ((connection_phase_is_timed(connection->phase) &&
		!connection->asks_verdict) ||
		since != 0)
		deadline = MAX(since, connection->last_input_us) + limit;
	if (connection->probe_deadline_us != 0 && (deadline == 0 ||
		connection->probe_deadline_us < deadline))
		deadline = connection->probe_deadline_us;
	return deadline;
}

/* Whether the kernel sees the server itself: it then notices by TCP's user
 * timeout when what was sent is lost. */
static bool is_direct(const struct connection *connection)
{
	const struct session_config *config = &connection->session->config;

	return config->tunnel == NULL && config->proxy == NULL;
}

/* The probe waits behind a command that the server is still busy with: then
 * it proves nothing, and the kernel's word has to do. */
static void excuse_busy(struct connection *connection)
{
	if (connection->probe_deadline_us == 0 ||
		!connection->is_probe_behind || !is_direct(connection) ||
		!stream_is_acknowledged(connection->stream))
		return;
	log_note(connection->who, "busy, but there");
	connection->probe_deadline_us = 0;
}

static void give_up(struct connection *connection)
{
	const char *host = connection->session->config.host;
	const char *said = connection->tunnel != NULL ?
		tunnel_last_line(connection->tunnel) : NULL;

	connection_fail(connection, CONNECTION_END_RETRY, said != NULL ?
		g_error_new(NET_ERROR, NET_ERROR_TIMEOUT, "'%s' does not "
			"answer; the tunnel '%s' said: %s", host,
			tunnel_name(connection->tunnel), said) :
		g_error_new(NET_ERROR, NET_ERROR_TIMEOUT,
			"'%s' does not answer", host));
}

static gboolean timer_due(void *data)
{
	struct connection *connection = data;
	gint64 deadline = deadline_us(connection);

	connection->timer_source = 0;
	if (deadline != 0 && g_get_monotonic_time() >= deadline) {
		excuse_busy(connection);
		deadline = deadline_us(connection);
	}
	if (deadline != 0 && g_get_monotonic_time() >= deadline)
		give_up(connection);
	else
		connection_arm_timer(connection);
	return G_SOURCE_REMOVE;
}

void connection_arm_timer(struct connection *connection)
{
	if (connection->session == NULL || connection->phase == PHASE_CLOSED)
		return;
	gint64 deadline = deadline_us(connection);

	/* An early timer looks again by itself; only a later one is wrong. */
	if (deadline == 0 || (connection->timer_source != 0 &&
		connection->probe_deadline_us == 0))
		return;
	source_clear(&connection->timer_source);
	gint64 left_ms = (deadline - g_get_monotonic_time()) / 1000 + 1;
	connection->timer_source = g_timeout_add(
		(guint)CLAMP(left_ms, 1, G_MAXINT), timer_due, connection);
}

static void send_probe(struct connection *connection)
{
	if (connection->idle.command != NULL)
		idle_renew(connection);
	else
		connection_push(connection, command_new(imap_text_new("NOOP"),
			"NOOP", 0, SESSION_INTERACTIVE));
}

void connection_probe(struct connection *connection, unsigned limit_ms)
{
	bool is_ready = connection->phase == PHASE_READY;

	if (connection->error != NULL || connection->asks_verdict ||
		connection->probe_deadline_us != 0)
		return;
	/* On the way in the server has something to say anyway. */
	if (!is_ready && connection->phase != PHASE_CONNECT &&
		!connection_phase_is_timed(connection->phase))
		return;
	connection->is_probe_behind = is_ready &&
		connection->idle.command == NULL &&
		connection->queue.in_flight.length > 0;
	connection->probe_deadline_us =
		g_get_monotonic_time() + (gint64)limit_ms * 1000;
	if (is_ready)
		send_probe(connection);
	connection_arm_timer(connection);
}

static bool has_nothing_to_do(const struct connection *connection)
{
	const struct queue *queue = &connection->queue;

	return !queue_has_queued(queue) && (queue_is_empty(queue) ||
		(queue->in_flight.length == 1 &&
		g_queue_peek_head((GQueue *)&queue->in_flight) ==
			connection->idle.command));
}

void connection_doubt(struct connection *connection)
{
	gint64 quiet_us = g_get_monotonic_time() - connection->last_input_us;

	if (!is_direct(connection) && has_nothing_to_do(connection) &&
		quiet_us >= (gint64)session_timing.trust_ms * 1000)
		connection_probe(connection, session_timing.doubt_ms);
}
