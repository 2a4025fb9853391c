/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the greeting to a connection that can be used: CAPABILITY, STARTTLS,
 * AUTHENTICATE or LOGIN, ID, ENABLE, NAMESPACE. Never in the clear unless the
 * account says so (RFC 8314).
 */
#ifndef CULVER_SESSION_LOGIN_H
#define CULVER_SESSION_LOGIN_H

#include "src/base/base.h"

struct connection;
struct imap_response;

/* The first response of a connection. */
void login_greeting(struct connection *connection,
	const struct imap_response *response);
/* What came was no response at all; line may be NULL. */
void login_not_imap(struct connection *connection, const char *line,
	size_t len);
/* TLS is up after STARTTLS. */
void login_tls_ready(struct connection *connection);
/* The session has a password now. */
void login_secret_given(struct connection *connection);

#endif
