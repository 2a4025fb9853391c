/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The queue as a person sees it: actions that the server has not confirmed,
 * and those that could not be done and wait for a decision.
 */
#ifndef CULVER_MAIL_QUEUE_H
#define CULVER_MAIL_QUEUE_H

#include "src/base/base.h"
#include "src/imap/seqset.h"

enum queue_state {
	QUEUE_QUEUED,   /* not sent, or not known */
	QUEUE_SENT,     /* the answer is awaited */
	QUEUE_CONFLICT, /* it could not be done; why says it */
};

/* Borrowed until return. */
struct queue_row {
	uint64_t id;
	const char *account, *mailbox;
	const char *action;     /* "move", "flag \\Seen" */
	const char *text;       /* "moving 3 messages from INBOX to Trash" */
	const char *target;     /* "Trash", "home/Trash" or NULL */
	const struct imap_seqset *uids;
	int64_t since;          /* seconds since 1970 */
	enum queue_state state;
	const char *why;        /* or NULL */
	uint64_t had, wanted;   /* of what is on its way; wanted 0: no telling */
};
typedef void queue_fn(const struct queue_row *row, void *data);

/* In the order in which they were asked for, conflicts last. Where nothing is
 * queued by this process (batch mode), those of all others and of former
 * ones, from disk. */
void queue_each(queue_fn *fn, void *data);
/* Gives one up: it is not done, unless the server has done it already. false
 * with error when it is being sent. error may be NULL. */
bool queue_drop(uint64_t id, GError **error);
/* Connects what is not connected, and tries again, conflicts too. */
void queue_try_now(void);
/* "queued": as batch mode and screens name it; static. */
const char *queue_state_name(enum queue_state state);

#endif
