/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the greeting to a connection that can be used: CAPABILITY and STARTTLS
 * here, then auth.h and setup.h. Never in the clear unless the account says so
 * (RFC 8314).
 */
#ifndef CULVER_SESSION_LOGIN_H
#define CULVER_SESSION_LOGIN_H

#include "src/base/base.h"

struct connection;
struct imap_response;
struct imap_result;

/* The first response of a connection. */
void login_greeting(struct connection *connection,
	const struct imap_response *response);
/* What came was no response at all; line may be NULL. */
void login_not_imap(struct connection *connection, const char *line,
	size_t len);
/* TLS is up after STARTTLS. */
void login_tls_ready(struct connection *connection);
/* The server said OK to the log-in, and may be believed. */
void login_done(struct connection *connection,
	const struct imap_result *result);

#endif
