/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/queue.h"

/* Commands in flight beyond which none of this priority is sent, so that an
 * interactive one finds little before it. */
static const unsigned depth_of[QUEUE_N_PRIORITIES] = {
	[SESSION_INTERACTIVE] = QUEUE_DEPTH,
	[SESSION_SYNC] = 4,
	[SESSION_PREFETCH] = 2,
};

void queue_init(struct queue *queue)
{
	memset(queue, 0, sizeof(*queue));
	for (int i = 0; i < QUEUE_N_PRIORITIES; i++)
		g_queue_init(&queue->queued[i]);
	g_queue_init(&queue->in_flight);
}

void queue_release(struct queue *queue)
{
	g_assert(queue_is_empty(queue));
}

void queue_push(struct queue *queue, struct command *command_take)
{
	g_queue_push_tail(
		&queue->queued[command_take->priority], command_take);
}

/* What is in flight forbids this command. */
static bool in_flight_forbids(const struct queue *queue,
	const struct command *sent, const struct command *command)
{
	if ((sent->flags & (COMMAND_BARRIER | COMMAND_LEADS)) != 0)
		return true;
	if ((command->flags & COMMAND_USES_MSN) != 0 &&
		(sent->flags & COMMAND_KEEPS_MSN) == 0)
		return true;
	if ((sent->flags & COMMAND_ENABLES) != 0 &&
		imap_text_depends_on_utf8(command->text))
		return true;
	/* Without [CLOSED] nobody could tell whose data comes. */
	return (command->flags & COMMAND_SELECTS) != 0 &&
		!queue->tells_closed && sent->selection != NULL;
}

bool queue_may_send(const struct queue *queue, const struct command *command)
{
	if (queue->literal != NULL)
		return false;
	if (queue->is_login && (command->flags & COMMAND_LOGIN) == 0)
		return false;
	if (queue->in_flight.length >= depth_of[command->priority])
		return false;
	if ((command->flags & COMMAND_BARRIER) != 0 &&
		(command->flags & COMMAND_FOLLOWS) == 0)
		return queue->in_flight.length == 0;
	if (command->selection != NULL &&
		(command->flags & COMMAND_SELECTS) == 0 &&
		command->selection != queue->selection)
		return false;
	for (const GList *l = queue->in_flight.head; l != NULL; l = l->next)
		if (in_flight_forbids(queue, l->data, command))
			return false;
	return true;
}

static struct command *take_login(struct queue *queue)
{
	GQueue *interactive = &queue->queued[SESSION_INTERACTIVE];

	for (GList *l = interactive->head; l != NULL; l = l->next) {
		struct command *command = l->data;

		if ((command->flags & COMMAND_LOGIN) == 0)
			continue;
		if (!queue_may_send(queue, command))
			return NULL;
		g_queue_delete_link(interactive, l);
		return command;
	}
	return NULL;
}

static struct command *take_first(struct queue *queue)
{
	for (int i = 0; i < QUEUE_N_PRIORITIES; i++) {
		struct command *command = g_queue_peek_head(&queue->queued[i]);

		if (command == NULL)
			continue;
		/* Nothing overtakes: what waits for the flight to be over
		 * would wait for ever. */
		if (!queue_may_send(queue, command))
			return NULL;
		return g_queue_pop_head(&queue->queued[i]);
	}
	return NULL;
}

struct command *queue_next(struct queue *queue)
{
	struct command *command =
		queue->is_login ? take_login(queue) : take_first(queue);

	if (command == NULL)
		return NULL;
	g_queue_push_tail(&queue->in_flight, command);
	if ((command->flags & COMMAND_SELECTS) != 0)
		queue->selection = command->selection;
	return command;
}

bool queue_has_queued(const struct queue *queue)
{
	for (int i = 0; i < QUEUE_N_PRIORITIES; i++)
		if (queue->queued[i].length > 0)
			return true;
	return false;
}

bool queue_is_empty(const struct queue *queue)
{
	return queue->in_flight.length == 0 && !queue_has_queued(queue);
}

struct command *queue_find(const struct queue *queue, const char *tag)
{
	for (const GList *l = queue->in_flight.head; l != NULL; l = l->next) {
		struct command *command = l->data;

		if (strcmp(command->tag, tag) == 0)
			return command;
	}
	return NULL;
}

void queue_remove(struct queue *queue, struct command *command)
{
	g_queue_remove(&queue->in_flight, command);
	if (queue->literal == command)
		queue->literal = NULL;
}

void queue_cancel(struct queue *queue, const void *owner)
{
	for (int i = 0; i < QUEUE_N_PRIORITIES; i++) {
		for (GList *l = queue->queued[i].head,
			*next; l != NULL; l = next) {
			struct command *command = l->data;

			next = l->next;
			if (command->owner != owner)
				continue;
			g_queue_delete_link(&queue->queued[i], l);
			command_free(&command);
		}
	}
	for (GList *l = queue->in_flight.head; l != NULL; l = l->next) {
		struct command *command = l->data;

		if (command->owner == owner)
			command_forget(command);
	}
}

struct command *queue_pop(struct queue *queue)
{
	struct command *command = g_queue_pop_head(&queue->in_flight);

	queue->literal = NULL;
	for (int i = 0; command == NULL && i < QUEUE_N_PRIORITIES; i++)
		command = g_queue_pop_head(&queue->queued[i]);
	return command;
}
