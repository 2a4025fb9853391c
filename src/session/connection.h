/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One socket's life, from the name of a host to the end: a table of phases, a
 * queue of commands, and what this connection's server said of itself. It is
 * never used again after CLOSED; who reconnects is the session.
 *
 * Re-entrancy: handlers run from the main loop on a connection that is
 * referenced meanwhile. connection_fail() within a handler only marks, the
 * loop closes. Private to this room.
 */
#ifndef CULVER_SESSION_CONNECTION_H
#define CULVER_SESSION_CONNECTION_H

#include "src/base/base.h"
#include "src/imap/capability.h"
#include "src/imap/parser.h"
#include "src/session/auth.h"
#include "src/session/idle.h"
#include "src/session/notify.h"
#include "src/session/queue.h"

struct connect;
struct selection;
struct session;
struct stream;
struct stream_ops;
struct tls_question;
struct tunnel;

enum connection_phase {
	PHASE_NEW,
	PHASE_CONNECT,    /* resolving, connecting */
	PHASE_TLS,        /* implicit TLS, or the handshake of STARTTLS */
	PHASE_GREETING,
	PHASE_CAPABILITY, /* asked in the clear, or under TLS before log-in */
	PHASE_STARTTLS,
	PHASE_SECRET,     /* waits for a person, untimed */
	PHASE_AUTH,
	PHASE_AUTH_CAPABILITY,
	PHASE_SETUP,      /* ENABLE, ID, NAMESPACE; requests go along */
	PHASE_READY,
	PHASE_LOGOUT,
	PHASE_CLOSED,
	N_PHASES
};

/* Why a connection ended, for the session's policy. */
enum connection_end {
	CONNECTION_END_RETRY,  /* network, server busy: may work later */
	CONNECTION_END_SECRET, /* the password was refused, another is wanted */
	CONNECTION_END_FINAL,  /* would not get better by itself */
};

struct connection {
	unsigned refs;
	struct session *session; /* NULL when the session has let it go */
	unsigned number;         /* 1 is the first; part of the trace's name */
	char *who;               /* "work#1" */
	enum connection_phase phase;
	struct connect *connect;
	struct tunnel *tunnel;   /* NULL without */
	struct stream *stream;
	struct imap_parser *parser;
	struct queue queue;
	unsigned last_tag;

	struct imap_capabilities capabilities, enabled;
	/* All that was told before the log-in, in the clear and under TLS. */
	struct imap_capabilities before_login;
	bool has_capabilities;   /* told since the last forgetting */
	bool is_preauth;
	gint64 ready_us;         /* since when READY; 0: never was */
	struct auth auth;
	char *server_id;         /* from ID */
	unsigned setup_pending;  /* commands of SETUP unanswered */
	bool asked_compress;     /* COMPRESS is sent once */

	/* The selection whose SELECT was sent or accepted, NULL for none. */
	struct selection *selection;
	/* A mailbox may be selected on the server. */
	bool is_selected;
	/* SELECT sent, and the former mailbox's data may still come. */
	bool awaits_closed;

	struct idle idle;
	struct notify notify;
	const struct command *slow; /* its progress was told last, or NULL */
	bool asks_verdict;       /* a person looks at the certificate */
	bool is_paused;          /* input waits for the loop to turn */
	bool in_dispatch;
	guint flush_source, dispatch_source, timer_source, close_source;
	gint64 last_input_us;
	guint unused_source;     /* closes it, when no selection has it */
	bool is_kept;            /* it looks for news: is not closed unused */
	gint64 probe_deadline_us; /* 0: none */
	bool is_probe_behind;    /* it waits behind another command */
	char *bye;               /* the server's last words */
	GError *error;           /* set: closing; why */
	enum connection_end end;
};

struct connection *connection_new(struct session *session, unsigned number);
struct connection *connection_ref(struct connection *connection);
void connection_unref(struct connection **connection);
/* Begins with the way to the server (opening.c). */
void connection_open(struct connection *connection);
/* What a stream tells its connection. */
extern const struct stream_ops connection_stream_ops;
/* Moves to a phase that the table allows from the present one. */
void connection_set_phase(struct connection *connection,
	enum connection_phase phase);
const char *connection_phase_name(enum connection_phase phase);
/* The server has to answer within the account's timeout. */
bool connection_phase_is_timed(enum connection_phase phase);
/* Logged in: requests may be queued. */
bool connection_is_usable(const struct connection *connection);
/* By IMAP4rev2, or by UTF8=ACCEPT: strings are UTF-8. */
bool connection_is_utf8(const struct connection *connection);
/* So are mailbox names, where the server means its UTF8=ACCEPT. */
bool connection_has_utf8_names(const struct connection *connection);
/* UTF8=ACCEPT is on, and no name has shown yet whether the server means it:
 * Dovecot 2.4.1 goes on in modified UTF-7. */
bool connection_may_be_utf7(const struct connection *connection);
bool connection_has(const struct connection *connection,
	enum imap_capability cap);
bool connection_is_enabled(const struct connection *connection,
	enum imap_capability cap);

/* Queues the command; it is sent, with others, when the loop turns. */
void connection_push(struct connection *connection,
	struct command *command_take);
/* Octets outside commands: "DONE", SASL responses (is_secret: traced hidden). */
void connection_write_line(struct connection *connection, const char *octets,
	size_t len, bool is_secret);
void connection_schedule_flush(struct connection *connection);
/* Looks at the timers again after something changed. */
void connection_arm_timer(struct connection *connection);
/* The connection ends when the loop turns. The first error counts. */
void connection_fail(struct connection *connection, enum connection_end end,
	GError *error_take);
void connection_start_tls(struct connection *connection);
/* LOGOUT behind whatever is pending. */
void connection_logout(struct connection *connection);
/* Asks for a sign of life, by NOOP or the end of IDLE: silent for longer than
 * the limit, it is given up; unless the server is busy with what was sent
 * before, and its system acknowledges. */
void connection_probe(struct connection *connection, unsigned limit_ms);
/* Something is about to be asked. Through a tunnel or a proxy the kernel would
 * not notice that the server is gone: after a long silence a probe goes first.
 * Not while the server works on something: its silence means nothing. */
void connection_doubt(struct connection *connection);
/* Says LOGOUT if it can, closes, ends its commands with the outcome. */
void connection_abandon(struct connection *connection,
	enum imap_outcome outcome,
	const char *text);

#endif
