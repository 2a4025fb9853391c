/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/net/child.h"

#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

/* Between fork and exec: async-signal-safe calls only. */
static void set_up_child(gpointer data)
{
	const bool *is_detached = data;

	signal(SIGPIPE, SIG_DFL);
	if (*is_detached)
		setsid();
}

bool child_spawn(const char *const *argv, int fd_in, int fd_out, int fd_err,
	bool is_detached, GPid *pid_out, GError **error)
{
	GSpawnFlags flags = G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD;

	if (fd_out == -1)
		flags |= G_SPAWN_STDOUT_TO_DEV_NULL;
	if (fd_err == -1)
		flags |= G_SPAWN_STDERR_TO_DEV_NULL;
	return g_spawn_async_with_fds(NULL, (char **)(uintptr_t)argv, NULL,
		flags, set_up_child, &is_detached, pid_out, fd_in, fd_out,
		fd_err, error);
}

static void on_reaped(GPid pid, gint status, gpointer data)
{
	(void)status;
	(void)data;
	g_spawn_close_pid(pid);
}

void child_reap(GPid pid)
{
	g_child_watch_add(pid, on_reaped, NULL);
}

bool child_pipe(int *fd_read_out, int *fd_write_out)
{
	int fds[2];

	if (!g_unix_open_pipe(fds, FD_CLOEXEC, NULL))
		return false;
	g_unix_set_fd_nonblocking(fds[0], TRUE, NULL);
	*fd_read_out = fds[0];
	*fd_write_out = fds[1];
	return true;
}
