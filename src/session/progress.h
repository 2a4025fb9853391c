/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How far slow commands are, where the server tells (INPROGRESS, RFC 9585). That
 * it tells at all is a sign of life: the command's patience begins anew with
 * every response. Part of a connection.
 */
#ifndef CULVER_SESSION_PROGRESS_H
#define CULVER_SESSION_PROGRESS_H

#include "src/base/base.h"

struct command;
struct connection;
struct imap_response;

/* The response code INPROGRESS. */
void progress_on_code(struct connection *connection,
	const struct imap_response *response);
/* The command is answered, or nobody waits for it any more; NULL: none is in
 * flight any more. */
void progress_ended(struct connection *connection,
	const struct command *command);

#endif
