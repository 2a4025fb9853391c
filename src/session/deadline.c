/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection's patience: how long its server may be silent. */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/session/connection.h"
#include "src/session/session-priv.h"

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

static gboolean timer_due(void *data)
{
	struct connection *connection = data;
	gint64 deadline = deadline_us(connection);

	connection->timer_source = 0;
	if (deadline != 0 && g_get_monotonic_time() >= deadline)
		connection_fail(connection, CONNECTION_END_RETRY,
			g_error_new(NET_ERROR, NET_ERROR_TIMEOUT,
				"'%s' does not answer",
				connection->session->config.host));
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

static void on_probe_done(struct command *command,
	const struct imap_result *result, void *data)
{
	(void)command;
	(void)result;
	(void)data;
}

void connection_probe(struct connection *connection, unsigned limit_ms)
{
	if (connection->phase != PHASE_READY || connection->error != NULL)
		return;
	if (connection->idle.command != NULL) {
		idle_renew(connection);
	} else {
		struct command *command = command_new(imap_text_new("NOOP"),
			"NOOP", 0, SESSION_INTERACTIVE);

		command->done = on_probe_done;
		connection_push(connection, command);
	}
	connection->probe_deadline_us =
		g_get_monotonic_time() + (gint64)limit_ms * 1000;
	connection_arm_timer(connection);
}
