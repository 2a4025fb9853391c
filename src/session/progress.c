/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/progress.h"
#include "src/imap/parser.h"
#include "src/imap/progress.h"
#include "src/session/connection.h"
#include "src/session/session-priv.h"

/* Without a tag it is the oldest: others wait behind it. */
static struct command *find_command(struct connection *connection,
	const struct imap_progress *progress)
{
	return progress->tag != NULL ?
		queue_find(&connection->queue, progress->tag) :
		g_queue_peek_head(&connection->queue.in_flight);
}

/* "UID MOVE" of a text that begins so. */
static char *verb_of(const struct command *command)
{
	char *text, *end;

	if ((command->flags & COMMAND_SENSITIVE) != 0)
		return g_strdup(command->verb);
	text = imap_text_to_string(command->text, 0);
	end = strchr(text, ' ');
	if (end != NULL && g_str_has_prefix(text, "UID "))
		end = strchr(end + 1, ' ');
	if (end != NULL)
		*end = '\0';
	return text;
}

static void tell(struct session *session, const char *verb, uint32_t done,
	uint32_t goal)
{
	if (session != NULL && session->ops != NULL &&
		session->ops->progress != NULL)
		session->ops->progress(session, verb, done, goal,
			session->ops_data);
}

void progress_on_code(struct connection *connection,
	const struct imap_response *response)
{
	struct imap_progress progress;
	const struct command *command;
	char *verb;

	if (response->kind != IMAP_RESPONSE_STATUS ||
		!imap_progress_from_args(response->code_args,
			response->n_code_args, &progress))
		return;
	command = find_command(connection, &progress);
	/* What nobody waits for is of no interest. */
	if (command == NULL || command->done == NULL ||
		command->priority == SESSION_PREFETCH ||
		(command->flags & COMMAND_UNTIMED) != 0)
		return;
	connection->slow = command;
	verb = verb_of(command);
	tell(connection->session, verb, progress.done, progress.goal);
	g_free(verb);
}

void progress_ended(struct connection *connection,
	const struct command *command)
{
	if (connection->slow == NULL ||
		(command != NULL && command != connection->slow))
		return;
	connection->slow = NULL;
	tell(connection->session, NULL, 0, 0);
}
