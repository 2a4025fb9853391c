/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The durations this room lives by, and the way to a socket, in one place:
 * tests make time short and put a scripted server at the other end. A program
 * changes neither.
 */
#ifndef CULVER_SESSION_TIMING_H
#define CULVER_SESSION_TIMING_H

#include "src/base/base.h"

struct session_timing {
	unsigned idle_quiet_ms;    /* quiet before IDLE */
	unsigned idle_renew_ms;    /* below 29 minutes (RFC 9051 6.3.13) */
	unsigned notify_ms;        /* for the rows that NOTIFY brings along */
	unsigned noop_ms;          /* between NOOPs where there is no IDLE */
	unsigned backoff_first_ms; /* doubled from try to try */
	unsigned backoff_max_ms;
	unsigned progress_ms;      /* a connection that lived so long was good */
	unsigned probe_ms;         /* for an answer to session_probe() */
	unsigned trust_ms;         /* silence after which a tunnel is doubted */
	unsigned doubt_ms;         /* for its answer then */
	unsigned beside_ms;        /* a further connection lives on unused */
	unsigned more_ms;          /* until a server that wanted fewer is asked */
	unsigned logout_ms;        /* for the answer to LOGOUT */
	unsigned chunk_ms;         /* that a chunk of a section may come in */
	unsigned dispatch_us;      /* parsing before the loop turns */
	unsigned sort_page;        /* messages: a bigger mailbox in pages */
	unsigned map_page;         /* the same of the search for its UIDs */
	unsigned change_first;     /* messages of a change's first command */
};
extern struct session_timing session_timing;

/* A connected socket, whose owner the session becomes, or -1. */
typedef int session_connector_fn(const char *host, unsigned port, void *data);
/* Instead of src/net/connect; NULL: back to that. */
void session_set_connector(session_connector_fn *fn, void *data);

/* A channel binding as if TLS had one, its octets a string; NULL, NULL: TLS's
 * own again. */
void session_set_binding(const char *name, const char *octets);

#endif
