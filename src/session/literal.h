/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A command's segments on their way: those that wait for the server's
 * continuation request, and streams, whose octets the command pulls as the
 * socket takes them, so that a big message is never in memory. Until the last
 * one has gone, nothing else goes over the connection.
 *
 * A literal once begun has to be completed (RFC 9051 4.3): who cancels a
 * command within one, or is refused before its end, closes the connection.
 */
#ifndef CULVER_SESSION_LITERAL_H
#define CULVER_SESSION_LITERAL_H

#include "src/base/base.h"

struct command;
struct connection;

/* From its next segment on, as far as the server need not agree. */
void literal_write(struct connection *connection, struct command *command);
/* The server agrees; false: to nothing that was asked. */
bool literal_continue(struct connection *connection);
/* What the command's pull() asked for, at least one octet; more than the
 * stream has are left out. */
void literal_feed(struct connection *connection, const char *octets,
	size_t len);
/* What was written has left. */
void literal_drained(struct connection *connection);
/* Octets of the command's literal are still owed. */
bool literal_owes(const struct connection *connection,
	const struct command *command);
/* Closes if octets are owed that nobody gives any more. */
void literal_check(struct connection *connection);

#endif
