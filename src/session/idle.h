/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a connection does while nobody wants anything: IDLE, or NOOP now and
 * then where the server has no IDLE. Part of a connection.
 */
#ifndef CULVER_SESSION_IDLE_H
#define CULVER_SESSION_IDLE_H

#include "src/base/base.h"

struct command;
struct connection;
struct imap_response;

enum idle_state {
	IDLE_OFF,
	IDLE_QUIET,  /* nothing to do; begins soon */
	IDLE_ASKED,  /* IDLE sent, no "+" yet */
	IDLE_ON,
	IDLE_DONE,   /* DONE sent */
};

struct idle {
	enum idle_state state;
	guint source;   /* quiet, renewal or NOOP */
	bool wants_out; /* a command waits, but the "+" must come first */
	struct command *command; /* IDLE, in flight; NULL when OFF or QUIET */
};

/* The queue has become empty or not: starts waiting, or says DONE. */
void idle_update(struct connection *connection);
/* Leaves IDLE, to begin again by itself: shows whether the server is there. */
void idle_renew(struct connection *connection);
/* The selected mailbox is nobody's any more: UNSELECT follows soon. */
void idle_leave_mailbox(struct connection *connection);
void idle_release(struct connection *connection);

#endif
