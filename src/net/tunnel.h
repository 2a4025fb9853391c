/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A command as the way to a server ("ssh host imapd"): its standard input and
 * output are the stream. It has no terminal: it can neither read keys nor
 * write on the screen, and cannot ask for a password there. What it says on
 * standard error goes to the log; the last of it explains its end.
 */
#ifndef CULVER_NET_TUNNEL_H
#define CULVER_NET_TUNNEL_H

#include "src/base/base.h"

struct tunnel;

/* Runs argv without a shell. *fd_out is a socket, the caller's to close. NULL
 * with error when it cannot be run. */
struct tunnel *tunnel_new(const char *const *argv, int *fd_out, GError **error);
/*
 * The stream has ended: why ("the tunnel 'ssh' ended: Permission denied") is
 * told once, from the loop, when the command has ended too, or after a
 * second. At most one question, and none after tunnel_free().
 */
typedef void tunnel_why_fn(const char *why, void *data);
void tunnel_explain(struct tunnel *tunnel, tunnel_why_fn *fn, void *data);
/* The name of its program. */
const char *tunnel_name(const struct tunnel *tunnel);
/* The last line on standard error so far, valid until the loop turns; NULL
 * if there is none. */
const char *tunnel_last_line(const struct tunnel *tunnel);
/* Ends the command and what it started, if they live; it is reaped from the
 * loop. Sets *tunnel to NULL; NULL is fine. */
void tunnel_free(struct tunnel **tunnel);

#endif
