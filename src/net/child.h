/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Child processes of this room: run without a shell, with default signals, and
 * always reaped. For connect.c and secret.c.
 */
#ifndef CULVER_NET_CHILD_H
#define CULVER_NET_CHILD_H

#include "src/base/base.h"

/*
 * Runs argv with these descriptors (-1: /dev/null), which stay the caller's.
 * is_detached: without our terminal, so that it can neither read keys nor be
 * hit by them. The caller watches pid_out. The error says what cannot be run.
 */
bool child_spawn(const char *const *argv, int fd_in, int fd_out, int fd_err,
	bool is_detached, GPid *pid_out, GError **error);
/* For a child that nobody waits for: it is reaped when it ends. */
void child_reap(GPid pid);
/* A pipe, both ends closed on exec, the read end non-blocking. */
bool child_pipe(int *fd_read_out, int *fd_write_out);

#endif
