/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of this room share of a session: its connections, its
 * selections, its requests, and the events that a connection reports.
 */
#ifndef CULVER_SESSION_SESSION_PRIV_H
#define CULVER_SESSION_SESSION_PRIV_H

#include "src/base/base.h"
#include "src/base/log.h"
#include "src/imap/list.h"
#include "src/session/connection.h"
#include "src/session/session.h"

struct arena;
struct imap_response;
struct tls_config;

struct session {
	struct session_config config; /* strings are ours */
	const struct session_ops *ops;
	void *ops_data;
	enum session_state state;
	GPtrArray *connections; /* of struct connection, the first is the user's */
	GPtrArray *selections;  /* of struct selection, oldest first */
	GQueue requests;        /* of struct session_request, oldest first */
	struct tls_config *tls;
	char *secret;
	/* Before and after log-in, as last told (SESSION_FACT_GREETING and
	 * ..._CAPABILITIES); NULL: unknown. */
	char *capabilities[2];
	bool is_unbindable;     /* -PLUS is announced here, and fails */
	bool asks_secret;       /* wants_secret() is unanswered */
	char *refusal;          /* what the server said of the former, or NULL */
	bool is_offline;        /* by session_disconnect() */
	bool wants_connect;     /* connected, or trying to be */
	unsigned max_connections; /* less than the config's when refused */
	bool is_notify_bad;     /* the server could not keep it up */
	unsigned n_broken_beside; /* further connections, in a row, soon */
	guint more_source;        /* as many as the config's are tried again */

	unsigned attempts;      /* in a row that came to nothing */
	guint retry_source;
	gint64 retry_us;
	char *status_text;
	GError *error;          /* of WAITING and FAILED */

	guint arrange_source;   /* session_arrange() is due */
	guint logout_source;    /* limit of an orderly end */
	session_done_fn *logout_done;
	void *logout_data;

	struct arena *namespace_arena;
	struct imap_namespaces namespaces;
	/* How the server's names turned out to be written under UTF8=ACCEPT. */
	enum imap_name_coding names;
	struct imap_capabilities no_capabilities;
	char *summary;
};

/* The first connection if it is logged in, else NULL. */
struct connection *session_usable_connection(const struct session *session);
/* Which selection is on which connection is looked at when the loop turns. */
void session_schedule_arrange(struct session *session);
void session_set_state(struct session *session, enum session_state state,
	const char *text, const GError *error);
/* Begins with the first connection, unless there is one; the state tells. */
void session_open_first(struct session *session);
/* Will not get better by itself; every request ends. Takes the error. */
void session_fail(struct session *session, GError *error_take);
/* Anything pending may have ended: an orderly end may go on. */
void session_check_logout(struct session *session);

/* --- what a connection reports -------------------------------------------- */

void session_connection_phase(struct session *session,
	struct connection *connection);
/* A connection of this session is logged in: a refusal of another one is not
 * for the password's sake. */
bool session_has_logged_in(const struct session *session);
/* Needs a password, or another: refusal is what the server said of the former,
 * else NULL. login_secret_given() follows. */
void session_connection_wants_secret(struct session *session,
	struct connection *connection, const char *refusal);
/* A connection needs an access token; is_refused: it had one. auth_token_given() follows. */
void session_connection_wants_token(struct session *session,
	bool is_refused);
/* What the server listed after log-in, to be recalled on the next one. */
void session_learned(struct session *session, enum session_fact fact,
	const char *value);
/* Sets those of another time, without what the account does not want; false if
 * none are known. */
bool session_recall_capabilities(const struct session *session,
	enum session_fact fact, struct imap_capabilities *capabilities);
/* Of CAPABILITY: what it tells is learned, and then taken as any other. */
command_untagged_fn session_hear_capabilities;
/* Takes what the account does not want out of them. */
void session_disable_capabilities(const struct session *session,
	struct imap_capabilities *capabilities);
/* Gone: no command of it is pending any more. */
void session_connection_closed(struct session *session,
	struct connection *connection);
/* Something a status line shows may have changed. */
void session_changed(struct session *session);
void session_alert(struct session *session, const char *text);

/* --- status.c ------------------------------------------------------------- */

/* Selected by us: its STATUS may be frozen (RFC 9051 6.3.11). */
bool session_has_selected(const struct session *session, const char *mailbox);
/* "(MESSAGES UNSEEN ...)"; all: also what does not change every day. Free with
 * g_free(). */
char *session_status_items(const struct connection *connection, bool all);
/* Tells a STATUS, unless the mailbox is selected; false if it is none. */
bool session_take_status(struct connection *connection,
	const struct imap_response *response, session_status_fn *status,
	void *data);

/* --- arrange.c ------------------------------------------------------------ */

/* For what would delay all others: a connection where no mailbox is open,
 * opened if there may be another; NULL until it is ready. The first one if
 * there may not. */
struct connection *session_bulk_connection(struct session *session);
/* Gives every selection a connection, or its turn on one. */
void session_arrange(struct session *session);
/* For what nobody waits for: a further connection, kept from then on and opened
 * if need be, else the first. NULL: not yet. */
struct connection *session_aside_connection(struct session *session);

#endif
