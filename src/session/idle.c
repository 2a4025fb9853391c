/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/idle.h"
#include "src/imap/write.h"
#include "src/session/connection.h"
#include "src/session/session-priv.h"
#include "src/session/timing.h"

static void say_done(struct connection *connection)
{
	struct idle *idle = &connection->idle;

	if (idle->state == IDLE_ASKED) {
		idle->wants_out = true;
		return;
	}
	if (idle->state != IDLE_ON)
		return;
	source_clear(&idle->source);
	idle->state = IDLE_DONE;
	connection_write_line(connection, "DONE", 4, false);
	/* From here on commands may follow, in DONE's own flight. */
	idle->command->flags &= ~(unsigned)(COMMAND_BARRIER | COMMAND_UNTIMED);
	idle->command->sent_us = g_get_monotonic_time();
	connection_arm_timer(connection);
	connection_schedule_flush(connection);
}

static gboolean renewal_due(void *data)
{
	struct connection *connection = data;

	connection->idle.source = 0;
	say_done(connection);
	return G_SOURCE_REMOVE;
}

static void on_idle_continue(struct command *command,
	const struct imap_response *response, void *data)
{
	struct connection *connection = data;
	struct idle *idle = &connection->idle;

	(void)response;
	if (idle->state != IDLE_ASKED)
		return;
	idle->state = IDLE_ON;
	command->flags |= COMMAND_UNTIMED;
	connection_arm_timer(connection);
	if (idle->wants_out) {
		say_done(connection);
		return;
	}
	idle->source = g_timeout_add(session_timing.idle_renew_ms,
		renewal_due, connection);
	session_changed(connection->session);
}

static void on_idle_done(struct command *command,
	const struct imap_result *result, void *data)
{
	struct connection *connection = data;

	(void)command;
	source_clear(&connection->idle.source);
	connection->idle.state = IDLE_OFF;
	connection->idle.wants_out = false;
	connection->idle.command = NULL;
	if (result->outcome == IMAP_OUTCOME_NO ||
		result->outcome == IMAP_OUTCOME_BAD) {
		/* Announced but refused: NOOP from now on. */
		log_note(connection->who, "IDLE refused: %s", result->text);
		imap_capabilities_remove(&connection->capabilities,
			IMAP_CAP_IDLE);
	}
	if (connection->phase == PHASE_READY)
		idle_update(connection);
}

static bool may_idle(const struct connection *connection)
{
	return connection->session->config.idle &&
		connection_has(connection, IMAP_CAP_IDLE);
}

static void send_idle(struct connection *connection)
{
	struct command *command = command_new(imap_text_new("IDLE"), "IDLE",
		COMMAND_BARRIER, SESSION_INTERACTIVE);

	command->done = on_idle_done;
	command->on_continue = on_idle_continue;
	command->data = connection;
	connection->idle.state = IDLE_ASKED;
	connection->idle.command = command;
	connection_push(connection, command);
}

static bool may_unselect(const struct connection *connection)
{
	return connection->is_selected && connection->selection == NULL &&
		connection_has(connection, IMAP_CAP_UNSELECT);
}

static gboolean quiet_over(void *data)
{
	struct connection *connection = data;

	connection->idle.source = 0;
	connection->idle.state = IDLE_OFF;
	if (may_unselect(connection)) {
		connection->is_selected = false;
		connection_push(connection, command_new(
			imap_text_new("UNSELECT"), "UNSELECT",
			COMMAND_BARRIER, SESSION_INTERACTIVE));
	} else if (may_idle(connection)) {
		send_idle(connection);
	} else {
		connection_push(connection, command_new(imap_text_new("NOOP"),
			"NOOP", 0, SESSION_INTERACTIVE));
	}
	return G_SOURCE_REMOVE;
}

void idle_update(struct connection *connection)
{
	struct idle *idle = &connection->idle;

	if (connection->phase != PHASE_READY || connection->session == NULL)
		return;
	/* IDLE itself is what is queued. */
	if (idle->command != NULL && idle->command->tag == NULL)
		return;
	if (queue_has_queued(&connection->queue)) {
		if (idle->state == IDLE_QUIET) {
			source_clear(&idle->source);
			idle->state = IDLE_OFF;
		} else if (idle->state == IDLE_ON ||
			idle->state == IDLE_ASKED) {
			say_done(connection);
		}
		return;
	}
	if (idle->state != IDLE_OFF || !queue_is_empty(&connection->queue))
		return;
	bool is_soon = may_idle(connection) || may_unselect(connection);

	idle->state = IDLE_QUIET;
	idle->source = g_timeout_add(is_soon ? session_timing.idle_quiet_ms :
		session_timing.noop_ms, quiet_over, connection);
}

void idle_renew(struct connection *connection)
{
	say_done(connection);
}

void idle_leave_mailbox(struct connection *connection)
{
	if (may_unselect(connection))
		say_done(connection);
}

void idle_release(struct connection *connection)
{
	source_clear(&connection->idle.source);
	connection->idle.state = IDLE_OFF;
	connection->idle.command = NULL;
}
