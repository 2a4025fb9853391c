/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One command on its way to the server: its text, what the queue must know to
 * send it at the right moment, and who is told. A command is owned by whoever
 * made it until connection_push(), then by the connection's queue; its done
 * function runs exactly once, from the main loop, and the command is freed
 * behind it.
 */
#ifndef CULVER_SESSION_COMMAND_H
#define CULVER_SESSION_COMMAND_H

#include "src/base/base.h"
#include "src/imap/seqset.h"
#include "src/imap/write.h"
#include "src/session/session.h"

struct command;
struct imap_response;

enum command_flags {
	/* Nothing in flight on either side: STARTTLS, IDLE. */
	COMMAND_BARRIER = 1 << 0,
	COMMAND_USES_MSN = 1 << 1,
	/* FETCH, STORE, SEARCH without UID: no EXPUNGE comes meanwhile. */
	COMMAND_KEEPS_MSN = 1 << 2,
	COMMAND_SENSITIVE = 1 << 3,
	/* Part of logging in: goes before everything else. */
	COMMAND_LOGIN = 1 << 4,
	COMMAND_SELECTS = 1 << 5,
	COMMAND_ENABLES = 1 << 6,
	/* Waits for the server as long as it likes. */
	COMMAND_UNTIMED = 1 << 7,
	/* With BARRIER: nothing in flight behind it, but before: AUTHENTICATE. */
	COMMAND_FOLLOWS = 1 << 8,
	/* What the user waits for: nothing in flight behind it, as servers hold
	 * back the end of an answer while they work on the next command. */
	COMMAND_LEADS = 1 << 9,
};

/* The next octets of a stream are wanted: answered by literal_feed(), from the
 * loop. */
typedef void command_pull_fn(struct command *command, void *data);
typedef void command_done_fn(struct command *command,
	const struct imap_result *result, void *data);
/* Untagged data while it is in flight; true when it was this command's. */
typedef bool command_untagged_fn(struct command *command,
	const struct imap_response *response, void *data);
/* A continuation request that is not for a literal. */
typedef void command_continue_fn(struct command *command,
	const struct imap_response *response, void *data);

struct command {
	char *tag;              /* NULL until sent */
	struct imap_text *text;
	struct imap_seqset uids; /* those it names; may be empty */
	const char *verb;       /* static: what the trace shows of a hidden one */
	unsigned flags;         /* enum command_flags */
	enum session_priority priority;
	/* The selection whose mailbox it is about; NULL: any state. Only
	 * compared by the queue. */
	const void *selection;
	const void *owner;      /* the request; only compared */
	command_done_fn *done;  /* NULL once cancelled */
	command_untagged_fn *untagged;
	command_continue_fn *on_continue;
	command_pull_fn *pull;  /* NULL: no streams in it, or forgotten */
	void *data;
	gint64 sent_us;
	/* What is left to send behind a synchronizing literal's "+". */
	const struct imap_segment *segments;
	size_t n_segments, next_segment;
	uint64_t stream_left;   /* octets of the stream that is being sent */
	bool is_pulling;
};

/* Takes the text. */
struct command *command_new(struct imap_text *text_take, const char *verb,
	unsigned flags, enum session_priority priority);
void command_free(struct command **command);
/* Calls done, if there still is one, and frees the command. */
void command_end(struct command **command, const struct imap_result *result);
/* Nobody waits for it any more: it stays until answered. */
void command_forget(struct command *command);
/* The line for the trace, without secrets; free with g_free(). */
char *command_to_string(const struct command *command,
	enum imap_write_mode mode);

#endif
