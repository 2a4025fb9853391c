/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The commands of one connection: those that wait, by priority, and those in
 * flight, in the order sent. What may be pipelined with what is one predicate,
 * queue_may_send() (RFC 9051 5.5); nothing here does I/O.
 */
#ifndef CULVER_SESSION_QUEUE_H
#define CULVER_SESSION_QUEUE_H

#include "src/base/base.h"
#include "src/session/command.h"

enum {
	QUEUE_N_PRIORITIES = SESSION_PREFETCH + 1,
	QUEUE_DEPTH = 16, /* commands in flight at most */
};

struct queue {
	GQueue queued[QUEUE_N_PRIORITIES]; /* of struct command */
	GQueue in_flight;
	/* What the connection tells: */
	bool is_login;         /* only COMMAND_LOGIN may go */
	bool tells_closed;     /* [CLOSED] separates two mailboxes (7162, rev2) */
	const void *selection; /* whose SELECT was sent last */
	/* The command that waits for the "+" of its literal, or NULL. */
	struct command *literal;
};

void queue_init(struct queue *queue);
/* The queue must be empty: its commands have been ended. */
void queue_release(struct queue *queue);
void queue_push(struct queue *queue, struct command *command_take);
bool queue_may_send(const struct queue *queue, const struct command *command);
/* The next that may be sent, moved to those in flight; NULL if none may. */
struct command *queue_next(struct queue *queue);
bool queue_has_queued(const struct queue *queue);
bool queue_is_empty(const struct queue *queue);
/* The command in flight with the tag, or NULL. */
struct command *queue_find(const struct queue *queue, const char *tag);
/* Answered: no longer in flight; the caller ends it. */
void queue_remove(struct queue *queue, struct command *command);
/* Unsent commands of the owner vanish, sent ones are forgotten. */
void queue_cancel(struct queue *queue, const void *owner);
/* Any command, sent ones first: the connection is gone. NULL when empty. */
struct command *queue_pop(struct queue *queue);

#endif
