/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NOTIFY (RFC 5465): the server tells by itself what happens in all mailboxes,
 * and brings the rows of new messages of the selected one. Part of the first
 * connection. As long as message sequence numbers are in use, expunges of the
 * selected mailbox wait for a command that allows them (SELECTED-DELAYED).
 *
 * A server that does not know an event is asked again without it; one that
 * refuses is not asked again. One that overflows says nothing at all from then
 * on: it is asked for the selected mailbox alone, and if it refuses that, too,
 * the connection is made anew, without NOTIFY.
 */
#ifndef CULVER_SESSION_NOTIFY_H
#define CULVER_SESSION_NOTIFY_H

#include "src/base/base.h"

struct connection;

enum notify_state {
	NOTIFY_OFF,
	NOTIFY_ASKED,
	NOTIFY_ON,       /* all mailboxes */
	NOTIFY_NARROW,   /* the selected mailbox only */
	NOTIFY_REFUSED,
};

struct notify {
	enum notify_state state;
	unsigned events; /* asked for: bits of the table of names */
};

/* Asks, once in a connection's life. with_status: session_watch(). */
void notify_start(struct connection *connection, bool with_status);
/* [NOTIFICATIONOVERFLOW], untagged. */
void notify_overflowed(struct connection *connection);
/* FETCH follows EXISTS by itself. */
bool notify_brings_rows(const struct connection *connection);

#endif
