/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One account's conversation with its server, as mail sees it. A session owns
 * up to imap_connections connections: the first does everything; another is
 * opened when mail needs a mailbox beside the selected one, or for background
 * work. It connects, logs in, keeps alive, reconnects with backoff, and runs
 * requests. It knows nothing of the cache, of messages as users see them, or
 * of the screen; upward it has only the tables of callbacks below.
 *
 * Every request ends exactly once with an outcome, never before the call that
 * made it returned; cancelled ones with IMAP_OUTCOME_CANCELLED.
 */
#ifndef CULVER_SESSION_SESSION_H
#define CULVER_SESSION_SESSION_H

#include "src/base/base.h"
#include "src/imap/capability.h"
#include "src/imap/fetch.h"

struct imap_list;
struct imap_my_rights;
struct imap_namespaces;
struct imap_quota;
struct imap_seqset;
struct imap_status;
struct selection;
struct session;
struct session_request;
struct tls_peer;
struct tls_question;

enum imap_outcome {
	IMAP_OUTCOME_OK,
	IMAP_OUTCOME_NO,
	IMAP_OUTCOME_BAD,
	IMAP_OUTCOME_CANCELLED,
	IMAP_OUTCOME_DISCONNECTED, /* it may or may not have been done */
};

/* How a request ended. Valid during the callback. */
struct imap_result {
	enum imap_outcome outcome;
	const char *code; /* "NOPERM", or NULL */
	const struct imap_arg *code_args;
	size_t n_code_args;
	const char *text; /* the server's words, or ours when it never got there */
};
typedef void session_done_fn(const struct imap_result *result, void *data);

enum session_priority {
	SESSION_INTERACTIVE, /* a user waits */
	SESSION_SYNC,
	SESSION_PREFETCH,
};

enum session_state {
	SESSION_OFFLINE,    /* not asked to connect */
	SESSION_CONNECTING, /* resolving ... logging in */
	SESSION_ONLINE,
	SESSION_WAITING,    /* lost; will try again by itself at retry_us */
	SESSION_FAILED,     /* will not try again by itself: password, certificate, not IMAP */
};

enum session_tls { SESSION_TLS_IMPLICIT, SESSION_TLS_STARTTLS,
	SESSION_TLS_NONE };

/* COMPRESS=DEFLATE where it is offered; auto: not to this computer. */
enum session_compress { SESSION_COMPRESS_AUTO, SESSION_COMPRESS_YES,
	SESSION_COMPRESS_NO };

/* What is worth knowing of a server the next time. */
enum session_fact {
	SESSION_FACT_GREETING,     /* capabilities before log-in */
	SESSION_FACT_CAPABILITIES, /* and after it */
	SESSION_FACT_UNBINDABLE,   /* channel binding is offered, but failed:
				    * when, in seconds since 1970 */
	SESSION_N_FACTS
};

struct session_config {
	const char *name;       /* the account's, for messages and the trace */
	const char *host;
	unsigned port;
	enum session_tls tls;
	const char *user;
	/* Whom EXTERNAL and GSSAPI ask to act as; NULL: whom the certificate
	 * or the ticket names. */
	const char *acts_as;
	const char *const *auth;         /* mechanisms to try, NULL-terminated; NULL: strongest */
	const char *tls_ca_file, *tls_client_cert, *tls_client_key;
	const char *const *tls_pins;     /* NULL-terminated or NULL */
	const char *const *tunnel;       /* argv or NULL */
	const char *proxy;               /* see net/connect.h; NULL: none */
	const char *const *disabled;     /* capability names not to be used, or NULL */
	bool has_token;                  /* wants_token() has an answer */
	bool token_only;                 /* no password: none is asked for */
	enum session_compress compress;
	unsigned max_connections;        /* at least 1 */
	unsigned timeout_ms;             /* for one command, and to connect */
	bool idle;
	bool uid_only;                   /* no sequence numbers, where it can (RFC 9586) */
	bool read_only;                  /* EXAMINE always */
	bool reconnect;                  /* false in batch mode: one attempt */
};

struct session_ops {
	/* state, or what it says, changed; text is a sentence ("connecting to
	 * imap.example.org", "wrong password: ..."). error is set (NET_, TLS_
	 * or IMAP_ERROR) for WAITING and FAILED. */
	void (*state_changed)(struct session *session, enum session_state state,
		const char *text, const GError *error, void *data);
	/* A password is needed; answer by session_give_secret(), any time.
	 * refusal: what the server said of the former, NULL: there was none. */
	void (*wants_secret)(struct session *session, const char *refusal,
		void *data);
	/* An OAuth token is needed; answer by session_give_token(), any time.
	 * is_refused: the former was refused, and is not to be given again. */
	void (*wants_token)(struct session *session, bool is_refused,
		void *data);
	/* To be given to the next session by session_give_fact(). */
	void (*learned)(struct session *session, enum session_fact fact,
		const char *value, void *data);
	/* See tls_ask_fn in net/tls.h. */
	void (*wants_verdict)(struct session *session,
		struct tls_question *question,
		const struct tls_peer *peer, void *data);
	/* [ALERT] and other texts that a person must see (RFC 9051 7.1). */
	void (*alert)(struct session *session, const char *text, void *data);
	/* How far a slow command is ("UID SEARCH"), by INPROGRESS (RFC 9585); goal 0:
	 * not known. verb NULL: it is over. */
	void (*progress)(struct session *session, const char *verb,
		uint64_t done, uint64_t goal, void *data);
	/* Untagged STATUS or LIST that nobody asked for (NOTIFY, rename). */
	void (*status)(struct session *session,
		const struct imap_status *status, void *data);
	void (*list)(struct session *session, const struct imap_list *list,
		void *data);
	/* Untagged QUOTA that nobody asked for. */
	void (*quota)(struct session *session, const struct imap_quota *quota,
		void *data);
};

/* Copies the config. Does not connect. ops is borrowed for the session's life. */
struct session *session_new(const struct session_config *config,
	const struct session_ops *ops, void *data);
/* Says LOGOUT on what is up, does not wait for it, ends every request with
 * CANCELLED, and forgets its callbacks. Sets *session to NULL. */
void session_free(struct session **session);

/* Starts connecting, or tries at once when WAITING or FAILED. */
void session_connect(struct session *session);
/* Goes offline until session_connect(): pending requests are DISCONNECTED. */
void session_disconnect(struct session *session);
/* Orderly end: waits until nothing is pending, then LOGOUT; done once. */
void session_logout(struct session *session, session_done_fn *done, void *data);
void session_give_secret(struct session *session, const char *secret); /* NULL: none, give up */
/* Or NULL and why there is none. */
void session_give_token(struct session *session, const char *token,
	const GError *error);
/* What learned() told another time; where nothing newer is known. */
void session_give_fact(struct session *session, enum session_fact fact,
	const char *value);
enum session_state session_state(const struct session *session);
/* When the next try begins (monotonic), 0 unless WAITING. */
gint64 session_retry_us(const struct session *session);
/* Probes the connections now (after suspend): a silent one is given up. */
void session_probe(struct session *session);

/* Of the first connection; empty before log-in. */
const struct imap_capabilities *session_capabilities(const struct session *session);
/* What it told before the log-in; with the names of mechanisms. */
const struct imap_capabilities *session_login_capabilities(
	const struct session *session);
bool session_has(const struct session *session, enum imap_capability cap);
/* ENABLEd, or on by itself: CONDSTORE, QRESYNC, IMAP4rev2, UTF8=ACCEPT. */
bool session_is_enabled(const struct session *session,
	enum imap_capability cap);
/* "IDLE · TLS 1.3": short, for the status line; valid until the next call. */
const char *session_summary(const struct session *session);
/* What ID said, "name version", or NULL. */
const char *session_server_id(const struct session *session);
/* How it was logged in: "PLAIN", "SCRAM-SHA-256" ...; NULL: not yet, or the
 * server knew us (PREAUTH). */
const char *session_mechanism(const struct session *session);
/* Valid when ONLINE; empty if the server has none. */
const struct imap_namespaces *session_namespaces(const struct session *session);
/* True when a request would have to wait on the network only. */
bool session_is_busy(const struct session *session);

/* Ends a request early: unsent ones vanish, sent ones are forgotten when
 * answered. done runs with CANCELLED from the loop. Sets *request to NULL. */
void session_cancel(struct session_request **request);

/*
 * Asks the server to tell by itself what happens in mailboxes that are not
 * selected (NOTIFY, RFC 5465), by session_ops' status() and list(); nothing
 * where it cannot, or the config's idle is off. with_status: it first tells
 * the counts of each, so that nothing is missed that happened meanwhile. To be
 * called again after a reconnect.
 */
void session_watch(struct session *session, bool with_status);
/* It does; else whoever wants to know has to ask. */
bool session_is_watching(const struct session *session);

/* --- mailboxes ------------------------------------------------------------ */

typedef void session_list_fn(const struct imap_list *list, void *data);
typedef void session_status_fn(const struct imap_status *status, void *data);
enum session_list_options {
	/* Counts come along where the server has LIST-STATUS; elsewhere ask
	 * session_statuses() for what is wanted. */
	SESSION_LIST_STATUS = 1 << 0,
	/* Those subscribed to, what is above them, and INBOX. */
	SESSION_LIST_SUBSCRIBED = 1 << 1,
	/* Nobody waits: by a further connection where one may be opened. */
	SESSION_LIST_ASIDE = 1 << 2,
	/* With rights, comments, sizes, limits. */
	SESSION_LIST_DETAILS = 1 << 3,
};
struct session_list_ops {
	session_list_fn *list;
	/* May be NULL. Never of a selected mailbox (RFC 9051 6.3.11). */
	session_status_fn *status;
	/* By LIST-MYRIGHTS (RFC 8440), with SESSION_LIST_DETAILS. */
	void (*rights)(const struct imap_my_rights *rights, void *data);
	/* By LIST-METADATA (RFC 9590), likewise: the user's own comment, else
	 * everybody's; NULL: none. */
	void (*comment)(const char *mailbox, const char *text, void *data);
};
/*
 * The mailboxes, or the one named if mailbox is not NULL, with SPECIAL-USE,
 * CHILDREN and SUBSCRIBED where the server can tell (LIST-EXTENDED, else LIST
 * level by level and LSUB). Items come as they arrive, each once. ops is
 * borrowed until done. Not finding the one named is OK.
 */
struct session_request *session_list(struct session *session,
	const char *mailbox, unsigned options,
	const struct session_list_ops *ops, session_done_fn *done, void *data);
/* STATUS; with sizes and identity where the server has them. */
struct session_request *session_status(struct session *session,
	const char *mailbox, enum session_priority priority,
	session_status_fn *status, session_done_fn *done, void *data);
/* STATUS of each (NULL-terminated, copied), but of no selected one. One that is
 * refused is passed over. is_aside: as SESSION_LIST_ASIDE. */
struct session_request *session_statuses(struct session *session,
	const char *const *mailboxes, bool is_aside, session_status_fn *status,
	session_done_fn *done, void *data);
/* The same for MAILBOXID alone, where IMAP_CAP_OBJECTID is: beside others, and
 * in LIST, Cyrus 3.12 tells octets that are none. */
struct session_request *session_identities(struct session *session,
	const char *const *mailboxes, session_status_fn *status,
	session_done_fn *done, void *data);
/* use: "\\Trash" and the like, or NULL. OK with the code USEATTR: it was made,
 * but the server does not take the use (RFC 6154 3). */
struct session_request *session_create(struct session *session,
	const char *mailbox,
	const char *use, session_done_fn *done, void *data);
struct session_request *session_rename(struct session *session,
	const char *from,
	const char *to, session_done_fn *done, void *data);
struct session_request *session_delete(struct session *session,
	const char *mailbox,
	session_done_fn *done, void *data);
struct session_request *session_subscribe(struct session *session,
	const char *mailbox,
	bool subscribed, session_done_fn *done, void *data);

#endif
