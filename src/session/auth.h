/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who we are: one attempt after another by AUTHENTICATE (RFC 9051 6.2.2) or
 * LOGIN, the strongest mechanism first, and what is made of a refusal. What a
 * mechanism says is net/sasl's; where passwords and tokens come from is the
 * session's. Private to this room.
 */
#ifndef CULVER_SESSION_AUTH_H
#define CULVER_SESSION_AUTH_H

#include "src/base/base.h"
#include "src/net/sasl.h"

struct connection;
struct imap_arg;

enum auth_awaits { AUTH_AWAITS_NOTHING, AUTH_AWAITS_SECRET, AUTH_AWAITS_TOKEN };

struct auth {
	const struct sasl_mechanism *mechanism; /* under way, or tried last */
	struct sasl *sasl;       /* NULL for the LOGIN command */
	GBytes *initial;         /* to be said when the server asks to begin */
	enum auth_awaits awaits;
	char *token;
	bool has_renewed;        /* the token: another one is not tried */
	bool is_unbound;         /* channel binding failed: without it now */
	/* Mechanisms that were refused, for good on this connection, and what
	 * the ones still to be tried must not do worse. */
	unsigned tried;
	enum sasl_protection at_least;
	char *excuse;            /* why the last of them came to nothing */
	GError *broken;          /* why we ended the exchange by "*" */
};

/* Tries the next mechanism; login_done() or the connection's end follows. */
void auth_start(struct connection *connection);
void auth_release(struct connection *connection);
/* The session has a password now. */
void auth_secret_given(struct connection *connection);
/*
 * Where the response code sends the user to another server (RFC 2221): a
 * sentence that says so, for g_free(); else NULL. It is never followed: whoever
 * made it up would get the password.
 */
char *auth_referral(const struct connection *connection, const char *code,
	const struct imap_arg *args, size_t n);
/* A token, or why there is none. */
void auth_token_given(struct connection *connection, const char *token,
	const GError *error);

#endif
