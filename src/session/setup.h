/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The first flight after the log-in, and what follows when the user has seen
 * something. In the flight: CAPABILITY where it is only remembered, ENABLE (RFC
 * 5161), NAMESPACE (RFC 2342), ID (RFC 2971), and whatever requests there are,
 * SELECT first. Private to this room.
 */
#ifndef CULVER_SESSION_SETUP_H
#define CULVER_SESSION_SETUP_H

#include "src/base/base.h"

struct connection;

/* The capabilities are the server's, or what it said another time: it is asked
 * again meanwhile. */
enum setup_source { SETUP_KNOWN, SETUP_RECALLED };

void setup_start(struct connection *connection, enum setup_source source);
/*
 * The newest rows of the mailbox are there: COMPRESS=DEFLATE (RFC 4978), once
 * on a connection, where it is offered and worth its flight. Nothing is sent
 * behind it until it is answered.
 */
void setup_compress(struct connection *connection);

#endif
