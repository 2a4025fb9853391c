/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What mail asked for: one or several commands that end as one. A request
 * waits until its session, or its selection, can take it; is begun again after
 * a reconnect if it only reads; and calls its done function exactly once.
 * Kinds of requests embed struct session_request as their first member.
 */
#ifndef CULVER_SESSION_REQUEST_H
#define CULVER_SESSION_REQUEST_H

#include "src/base/base.h"
#include "src/session/command.h"

struct connection;
struct selection;

struct request_class {
	const char *verb;  /* for the log: "UID FETCH" */
	bool is_reading;   /* may be done twice */
	bool needs_ready;  /* waits for NAMESPACE's answer */
	/* Queues what is still to be done, on request->connection. */
	void (*start)(struct session_request *request);
	/* One of its commands was answered; NULL: request_note_end(). */
	void (*answered)(struct session_request *request,
		struct command *command, const struct imap_result *result);
	command_untagged_fn *untagged;
	command_pull_fn *pull; /* of its commands; they get the request */
	/* The server did not get further (RFC 9738): queues what is left of a
	 * command; answered() follows. NULL: its commands name no UIDs. */
	void (*rest)(struct session_request *request,
		const struct imap_seqset *uids);
	/* Calls mail's function. */
	void (*finish)(struct session_request *request,
		const struct imap_result *result);
	void (*release)(struct session_request *request);
};

struct session_request {
	const struct request_class *class;
	struct session *session;
	struct selection *selection; /* NULL: of the session */
	enum session_priority priority;
	bool is_aside;           /* session_aside_connection() runs it */
	bool is_bulky;           /* sends much: not where a person waits */
	struct connection *connection; /* NULL while it waits */
	unsigned pending;        /* commands without an answer */
	enum imap_outcome worst; /* the first that is not OK */
	char *worst_code, *worst_text;
	guint end_source;        /* ends when the loop turns */
	enum imap_outcome end_outcome;
	char *end_text;
};

/* Zeroed, of the size of the kind's struct; joins the session's requests. */
struct session_request *request_new(const struct request_class *class,
	size_t size, struct session *session, struct selection *selection,
	enum session_priority priority);
/* Takes the text. */
void request_send(struct session_request *request, struct imap_text *text_take,
	unsigned flags);
/* The same; uids (copied) are those that the command names. */
void request_send_uids(struct session_request *request,
	struct imap_text *text_take, const struct imap_seqset *uids);
/* Whether the server offers what the request is made of; if not, it ends as
 * refused, from the loop: nothing is sent on trial (RFC 9051 6.1.1). */
bool request_needs(struct session_request *request, enum imap_capability cap);
/* Remembers the first outcome that is not OK. */
void request_note(struct session_request *request,
	const struct imap_result *result);
/* The same, and ends the request when nothing is pending. */
void request_note_end(struct session_request *request,
	const struct imap_result *result);
/* Ends it with what was noted; with the result itself if all was well. */
void request_end(struct session_request *request,
	const struct imap_result *result);
/* Ends it from the loop with what was noted. */
void request_end_noted(struct session_request *request);
/* Ends it from the loop, if nothing has ended it by then. */
void request_end_later(struct session_request *request,
	enum imap_outcome outcome, const char *text);
/* Its commands are withdrawn; it waits to be started again. */
void request_suspend(struct session_request *request);
/* Starts those that waited for what is there now. */
void requests_start(struct session *session);
/* Requests of the selection (NULL: of any) that are not ended: all, those
 * begun that change something, those not begun. */
bool requests_has(const struct session *session,
	const struct selection *selection);
bool requests_use(const struct session *session,
	const struct connection *connection);
bool requests_has_changing(const struct session *session,
	const struct selection *selection);
bool requests_has_waiting(const struct session *session,
	const struct selection *selection);
void requests_suspend(struct session *session,
	const struct selection *selection);
/* Ends those of the selection (NULL: of any) from the loop. */
void requests_end_later(struct session *session,
	const struct selection *selection,
	enum imap_outcome outcome, const char *text);
/* Ends all at once: the session goes. */
void requests_end(struct session *session, enum imap_outcome outcome,
	const char *text);

#endif
