/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A connection is gone: tried again after a while, ever longer, with jitter;
 * or done without, where others are left; or given up, where time does not
 * help.
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/session/request.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"
#include "src/session/timing.h"

enum {
	BROKEN_BESIDE_MAX = 3, /* in a row, before the server is believed */
};

static gboolean retry_due(void *data)
{
	struct session *session = data;

	session->retry_source = 0;
	session_open_first(session);
	return G_SOURCE_REMOVE;
}

static unsigned backoff_ms(const struct session *session)
{
	unsigned shift = MIN(session->attempts, 16u);
	guint64 delay = session->attempts == 0 ? 0 :
		(guint64)session_timing.backoff_first_ms << (shift - 1);

	delay = MIN(delay, session_timing.backoff_max_ms);
	/* Jitter, so that many do not come back at once. */
	return (unsigned)(delay * (guint64)g_random_int_range(75, 126) / 100);
}

void session_fail(struct session *session, GError *error_take)
{
	session->wants_connect = false;
	requests_end_later(session, NULL, IMAP_OUTCOME_DISCONNECTED,
		error_take->message);
	session_set_state(session, SESSION_FAILED, error_take->message,
		error_take);
	g_error_free(error_take);
}

static void wait_and_retry(struct session *session, const GError *error)
{
	unsigned delay_ms = backoff_ms(session);

	session->attempts++;
	session->retry_us = g_get_monotonic_time() + (gint64)delay_ms * 1000;
	source_clear(&session->retry_source);
	session->retry_source = g_timeout_add(delay_ms, retry_due, session);
	session_set_state(session, SESSION_WAITING, error->message, error);
}

static gboolean more_due(void *data)
{
	struct session *session = data;

	session->more_source = 0;
	session->max_connections = session->config.max_connections;
	session_schedule_arrange(session);
	return G_SOURCE_REMOVE;
}

/* What became of a connection. */
struct loss {
	bool was_ready;
	bool was_good;   /* it was so for a while */
	bool was_silent; /* no BYE: the network broke, not the server's will */
};

/* Not let in, or put out soon; or it broke again and again. */
static bool wants_fewer(struct session *session, const struct loss *loss)
{
	if (loss->was_good) {
		session->n_broken_beside = 0;
		return false;
	}
	return !loss->was_ready || !loss->was_silent ||
		++session->n_broken_beside >= BROKEN_BESIDE_MAX;
}

/* One of several: what it did is done on the others, and no news. Where the
 * server wants fewer, others may leave room in time. */
static void lost_beside(struct session *session, const struct loss *loss)
{
	struct connection *first = g_ptr_array_index(session->connections, 0);

	/* All of them may be dead. */
	if (loss->was_ready && loss->was_silent)
		session_probe(session);
	if (wants_fewer(session, loss)) {
		session->n_broken_beside = 0;
		session->max_connections = session->connections->len;
		source_clear(&session->more_source);
		session->more_source = g_timeout_add(session_timing.more_ms,
			more_due, session);
	}
	if (session->state == SESSION_ONLINE && first->phase != PHASE_READY)
		session_set_state(session, SESSION_CONNECTING, "logging in",
			NULL);
	session_schedule_arrange(session);
}

static void lost_first(struct session *session, enum connection_end end,
	bool was_good, GError *error_take)
{
	/* Only what worked is tried again at once: a server that lets us in
	 * and drops us is not to be run against. */
	session->attempts = was_good ? 0 : MAX(session->attempts, 1u);
	/* All are gone: that a further one did not come up says nothing. */
	session->max_connections = session->config.max_connections;
	if (session->logout_done != NULL || !session->wants_connect) {
		session->wants_connect = false;
		session_set_state(session, SESSION_OFFLINE, "offline", NULL);
	} else if (session->asks_secret) {
		log_note(session->config.name, "waiting for the password");
	} else if (end == CONNECTION_END_FINAL || !session->config.reconnect) {
		session_fail(session, error_take);
		return;
	} else {
		wait_and_retry(session, error_take);
	}
	g_error_free(error_take);
}

static void leave_connection(struct session *session,
	const struct connection *connection, const char *text)
{
	for (guint i = 0; i < session->selections->len; i++) {
		struct selection *selection =
			g_ptr_array_index(session->selections, i);

		if (selection->connection == connection)
			selection_leave(selection, text);
	}
}

void session_connection_closed(struct session *session,
	struct connection *connection)
{
	GError *error = g_error_copy(connection->error);
	enum connection_end end = connection->end;
	const struct loss loss = {
		.was_ready = connection->ready_us != 0,
		.was_good = connection->ready_us != 0 &&
			    g_get_monotonic_time() - connection->ready_us >=
				    (gint64)session_timing.progress_ms * 1000,
		.was_silent = connection->bye == NULL,
	};

	connection->session = NULL;
	g_ptr_array_remove(session->connections, connection);
	leave_connection(session, connection, error->message);
	unsigned n_left = session->connections->len;

	connection_unref(&connection);
	if (n_left > 0) {
		g_error_free(error);
		lost_beside(session, &loss);
		session_check_logout(session);
		return;
	}
	session_check_logout(session);
	lost_first(session, end, loss.was_good, error);
}
