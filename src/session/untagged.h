/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where untagged responses and response codes go: two tables of handlers,
 * by exact name. A response may come at any time, in any command.
 */
#ifndef CULVER_SESSION_UNTAGGED_H
#define CULVER_SESSION_UNTAGGED_H

#include "src/base/base.h"

struct connection;
struct imap_response;

/* A response that is neither tagged nor a continuation request, after the
 * greeting. */
void untagged_dispatch(struct connection *connection,
	const struct imap_response *response);
/* The response code of any response, tagged or not. */
void untagged_code(struct connection *connection,
	const struct imap_response *response);

#endif
