/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What auth.c (attempts) and auth-refusal.c (their ends) tell one another. */
#ifndef CULVER_SESSION_AUTH_PRIV_H
#define CULVER_SESSION_AUTH_PRIV_H

#include "src/base/base.h"
#include "src/session/auth.h"
#include "src/session/command.h"

/* The names behind AUTH=, and "LOGIN" where that command may be sent; borrowed
 * from the capabilities, the array is the caller's; NULL-terminated. */
GPtrArray *auth_offered(const struct connection *connection);
/* A password, or another: refusal is what the server said of the former. */
void auth_ask_secret(struct connection *connection, const char *refusal);
void auth_forget_exchange(struct connection *connection);

/* auth-refusal.c */
command_done_fn auth_on_done;
/* Nothing was sent: no ticket, a name that cannot be spelled. */
void auth_cannot_begin(struct connection *connection, const GError *error);
void auth_fail_without_mechanism(struct connection *connection);

#endif
