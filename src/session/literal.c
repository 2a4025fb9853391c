/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/literal.h"
#include "src/base/error.h"
#include "src/net/stream.h"
#include "src/session/connection.h"

enum { OUTPUT_MAX = 64 * 1024 /* not yet sent: no more is pulled */ };

static void break_off(struct connection *connection)
{
	connection->queue.literal = NULL;
	connection_fail(connection, CONNECTION_END_RETRY,
		g_error_new(NET_ERROR, NET_ERROR_CLOSED,
			"closed within a message that was being sent"));
}

static void pull(struct connection *connection, struct command *command)
{
	if (command->is_pulling || command->stream_left == 0 ||
		stream_pending_output(connection->stream) > OUTPUT_MAX)
		return;
	command->is_pulling = true;
	command->pull(command, command->data);
}

void literal_write(struct connection *connection, struct command *command)
{
	struct queue *queue = &connection->queue;

	queue->literal = NULL;
	while (command->next_segment < command->n_segments) {
		const struct imap_segment *segment =
			&command->segments[command->next_segment++];

		stream_write(connection->stream, segment->octets, segment->len);
		command->stream_left = segment->stream;
		if (!segment->wait && segment->stream == 0)
			continue;
		queue->literal = command;
		if (segment->stream > 0 && command->pull == NULL)
			break_off(connection);
		else
			pull(connection, command);
		return;
	}
}

bool literal_continue(struct connection *connection)
{
	struct command *command = connection->queue.literal;

	if (command == NULL || command->stream_left > 0)
		return false;
	literal_write(connection, command);
	return true;
}

void literal_feed(struct connection *connection, const char *octets,
	size_t len)
{
	struct command *command = connection->queue.literal;

	if (command == NULL || !command->is_pulling ||
		connection->stream == NULL)
		return;
	command->is_pulling = false;
	len = (size_t)MIN((uint64_t)len, command->stream_left);
	command->stream_left -= len;
	stream_cork(connection->stream);
	stream_write(connection->stream, octets, len);
	if (command->stream_left == 0)
		literal_write(connection, command);
	stream_uncork(connection->stream);
	/* The socket may have taken it all already. */
	if (connection->queue.literal == command)
		pull(connection, command);
	else
		connection_schedule_flush(connection);
}

void literal_drained(struct connection *connection)
{
	struct command *command = connection->queue.literal;

	if (command == NULL || command->stream_left == 0)
		return;
	/* It says nothing while it listens, and is alive. */
	connection->last_input_us = g_get_monotonic_time();
	connection->probe_deadline_us = 0;
	if (command->pull != NULL)
		pull(connection, command);
}

bool literal_owes(const struct connection *connection,
	const struct command *command)
{
	return connection->queue.literal == command && command->stream_left > 0;
}

void literal_check(struct connection *connection)
{
	struct command *command = connection->queue.literal;

	if (command != NULL && command->pull == NULL &&
		command->stream_left > 0)
		break_off(connection);
}
