/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which selection is on which connection. The newest one that is not beside
 * has the first connection; others get one of their own as far as allowed, or
 * take turns. The same mailbox is never selected on two connections
 * (RFC 2683 3.1.1). Run from the loop whenever something changed.
 */
#include "src/base/base.h"
#include "src/session/connection.h"
#include "src/session/request.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"
#include "src/session/timing.h"

static struct selection *selection_at(const struct session *session, guint i)
{
	return g_ptr_array_index(session->selections, i);
}

/* The one the user looks through: newest, and not beside. */
static struct selection *find_foremost(const struct session *session)
{
	for (guint i = session->selections->len; i > 0; i--) {
		struct selection *selection = selection_at(session, i - 1);

		if (!selection->beside && selection->state != SELECTION_GONE)
			return selection;
	}
	return NULL;
}

static bool has_tenant(const struct session *session,
	const struct connection *connection)
{
	for (guint i = 0; i < session->selections->len; i++)
		if (selection_at(session, i)->connection == connection)
			return true;
	return false;
}

/* Where this mailbox is already selected, or will be. */
static struct connection *find_same(const struct session *session,
	const struct selection *selection)
{
	for (guint i = 0; i < session->selections->len; i++) {
		struct selection *other = selection_at(session, i);

		if (other != selection && other->connection != NULL &&
			strcmp(other->mailbox, selection->mailbox) == 0)
			return other->connection;
	}
	return NULL;
}

static struct connection *open_another(struct session *session)
{
	unsigned number = 1;

	for (guint i = 0; i < session->connections->len; i++) {
		struct connection *other =
			g_ptr_array_index(session->connections, i);

		number = MAX(number, other->number + 1);
	}
	struct connection *connection = connection_new(session, number);

	g_ptr_array_add(session->connections, connection);
	connection_open(connection);
	return connection;
}

static bool is_leaving(const struct connection *connection)
{
	return connection->phase == PHASE_LOGOUT || connection->error != NULL;
}

static struct connection *find_beside(struct session *session)
{
	GPtrArray *connections = session->connections;
	struct connection *main = g_ptr_array_index(connections, 0);

	for (guint i = 1; i < connections->len; i++)
		if (!has_tenant(session, g_ptr_array_index(connections, i)) &&
			!is_leaving(g_ptr_array_index(connections, i)) &&
			!requests_use(session,
			g_ptr_array_index(connections, i)))
			return g_ptr_array_index(connections, i);
	if (connections->len < session->max_connections &&
		connection_is_usable(main))
		return open_another(session);
	return connections->len > 1 ?
		g_ptr_array_index(connections, connections->len - 1) : main;
}

struct connection *session_bulk_connection(struct session *session)
{
	struct connection *main = session_usable_connection(session);
	struct connection *connection;

	if (main == NULL || session->max_connections < 2)
		return main;
	for (guint i = 1; i < session->connections->len; i++) {
		connection = g_ptr_array_index(session->connections, i);
		if (!has_tenant(session, connection) && !is_leaving(connection))
			return connection->phase == PHASE_READY ? connection :
				NULL;
	}
	if (session->connections->len >= session->max_connections)
		return main;
	open_another(session);
	return NULL;
}

static void assign(struct session *session, struct selection *foremost)
{
	struct connection *main = g_ptr_array_index(session->connections, 0);

	for (guint i = 0; i < session->selections->len; i++) {
		struct selection *selection = selection_at(session, i);

		if (selection->state == SELECTION_GONE)
			continue;
		if (selection->connection == main && !selection->beside &&
			selection != foremost && session->max_connections > 1 &&
			!requests_has_changing(session, selection))
			selection_leave(selection,
				"another mailbox was opened");
		if (selection->connection != NULL)
			continue;
		selection->connection = find_same(session, selection);
		if (selection->connection == NULL)
			selection->connection = selection == foremost ?
				main : find_beside(session);
	}
}

static bool wants_turn(const struct selection *selection)
{
	return selection->state == SELECTION_OPENING ||
		selection->was_cut_short ||
		requests_has_waiting(selection->session, selection);
}

static bool is_busy(const struct selection *selection)
{
	return selection_is_learning(selection) ||
		requests_has(selection->session, selection);
}

/* Who on this connection is to be selected now; NULL: nobody. */
static struct selection *choose_tenant(const struct session *session,
	const struct connection *connection, struct selection *foremost)
{
	struct selection *current = connection->selection;
	struct selection *waiting = NULL, *any = NULL;
	bool has_foremost = foremost != NULL &&
		foremost->connection == connection;

	for (guint i = 0; i < session->selections->len; i++) {
		struct selection *selection = selection_at(session, i);

		if (selection->connection != connection ||
			selection == current)
			continue;
		any = selection;
		if (waiting == NULL && wants_turn(selection))
			waiting = selection;
	}
	/* What the user looks at does not wait for what only reads. */
	if (has_foremost && current != foremost && (current == NULL ||
		!current->beside) && !requests_has_changing(session, current))
		return foremost;
	if (current != NULL && is_busy(current))
		return current;
	if (waiting != NULL)
		return waiting;
	if (has_foremost)
		return foremost;
	return current != NULL ? current : any;
}

static void give_turn(struct session *session, struct connection *connection,
	struct selection *foremost)
{
	struct selection *current = connection->selection;
	struct selection *next;

	if (!connection_is_usable(connection))
		return;
	next = choose_tenant(session, connection, foremost);
	if (next == NULL)
		idle_leave_mailbox(connection);
	if (next == current || next == NULL)
		return;
	if (current != NULL) {
		selection_leave(current, "another mailbox has its turn");
		/* It stays here, to come back; unless mail closed it. */
		if (g_ptr_array_find(session->selections, current, NULL))
			current->connection = connection;
		if (!g_ptr_array_find(session->selections, next, NULL))
			return;
	}
	selection_select(next);
}

static gboolean unused_long(void *data)
{
	struct connection *connection = data;

	connection->unused_source = 0;
	connection_logout(connection);
	return G_SOURCE_REMOVE;
}

/* All but the first go after a while without a mailbox. */
static void watch_unused(struct session *session)
{
	for (guint i = 0; i < session->connections->len; i++) {
		struct connection *connection =
			g_ptr_array_index(session->connections, i);

		if (i == 0 || connection->is_kept ||
			has_tenant(session, connection) ||
			requests_use(session, connection))
			source_clear(&connection->unused_source);
		else if (connection->unused_source == 0 &&
			connection->phase != PHASE_LOGOUT)
			connection->unused_source =
				g_timeout_add(session_timing.beside_ms,
					unused_long, connection);
	}
}

/* One that serves a selection does for this as well. */
struct connection *session_aside_connection(struct session *session)
{
	GPtrArray *connections = session->connections;
	struct connection *main = session_usable_connection(session);

	for (guint i = 1; i < connections->len; i++) {
		struct connection *connection =
			g_ptr_array_index(connections, i);

		if (is_leaving(connection))
			continue;
		connection->is_kept = true;
		return connection_is_usable(connection) ? connection : NULL;
	}
	if (connections->len >= session->max_connections || main == NULL)
		return main;
	if (main->phase == PHASE_READY)
		open_another(session)->is_kept = true;
	return NULL;
}

void session_arrange(struct session *session)
{
	struct selection *foremost = find_foremost(session);

	if (session->connections->len == 0)
		return;
	assign(session, foremost);
	for (guint i = 0; i < session->connections->len; i++)
		give_turn(session, g_ptr_array_index(session->connections, i),
			foremost);
	watch_unused(session);
	requests_start(session);
}
