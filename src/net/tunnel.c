/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/net/tunnel.h"

#include "src/base/error.h"
#include "src/base/log.h"
#include "src/net/child.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	LINE_MAX_OCTETS = 4096,
	/* ssh says why it failed before it ends; a command that lives on with
	 * its output closed is not waited for longer. */
	EXPLAIN_MS = 1000,
};

struct tunnel {
	char *name; /* of the program */
	GPid pid;
	guint child_watch; /* 0 once it has ended */
	int status;        /* then, as of waitpid() */
	int err_fd;
	guint err_watch;
	GString *line;     /* being read */
	char *last_line;   /* valid UTF-8; NULL: none yet */
	tunnel_why_fn *why;
	void *data;
	guint why_source;
};

/* --- standard error ------------------------------------------------------ */

static void end_line(struct tunnel *tunnel)
{
	g_strchomp(tunnel->line->str);
	if (tunnel->line->str[0] != '\0') {
		g_free(tunnel->last_line);
		tunnel->last_line = g_utf8_make_valid(tunnel->line->str, -1);
		log_note(tunnel->name, "%s", tunnel->last_line);
	}
	g_string_truncate(tunnel->line, 0);
}

static void take_errors(struct tunnel *tunnel, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n' || text[i] == '\0' ||
			tunnel->line->len == LINE_MAX_OCTETS)
			end_line(tunnel);
		if (text[i] != '\n' && text[i] != '\0')
			g_string_append_c(tunnel->line, text[i]);
	}
}

/* false at the end. */
static bool read_errors(struct tunnel *tunnel)
{
	char text[1024];
	ssize_t n = read(tunnel->err_fd, text, sizeof(text));

	if (n > 0)
		take_errors(tunnel, text, (size_t)n);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static gboolean on_errors(gint fd, GIOCondition condition, gpointer data)
{
	struct tunnel *tunnel = data;

	(void)fd;
	(void)condition;
	if (read_errors(tunnel))
		return G_SOURCE_CONTINUE;
	end_line(tunnel);
	tunnel->err_watch = 0;
	return G_SOURCE_REMOVE;
}

/* What it wrote before it ended is in the pipe; what it started may hold the
 * pipe open for ever (ssh's ControlMaster), so its end is not waited for. */
static void drain_errors(struct tunnel *tunnel)
{
	if (tunnel->err_watch == 0)
		return;
	for (int i = 0; i < 64 && read_errors(tunnel); i++)
		continue;
	end_line(tunnel);
}

/* --- its end ------------------------------------------------------------- */

static char *describe_end(const struct tunnel *tunnel)
{
	if (tunnel->child_watch == 0 && tunnel->last_line != NULL)
		return g_strdup_printf("the tunnel '%s' ended: %s",
			tunnel->name, tunnel->last_line);
	if (tunnel->last_line != NULL)
		return g_strdup_printf("the tunnel '%s' closed the connection: "
			"%s", tunnel->name, tunnel->last_line);
	if (tunnel->child_watch == 0 && WIFSIGNALED(tunnel->status))
		return g_strdup_printf("the tunnel '%s' was ended by signal %d",
			tunnel->name, WTERMSIG(tunnel->status));
	if (tunnel->child_watch == 0)
		return g_strdup_printf("the tunnel '%s' ended with status %d",
			tunnel->name, WEXITSTATUS(tunnel->status));
	return g_strdup_printf("the tunnel '%s' closed the connection",
		tunnel->name);
}

static gboolean tell_why(gpointer data)
{
	struct tunnel *tunnel = data;
	char *text;

	tunnel->why_source = 0;
	drain_errors(tunnel);
	text = describe_end(tunnel);
	tunnel->why(text, tunnel->data);
	g_free(text);
	return G_SOURCE_REMOVE;
}

static void on_exit_status(GPid pid, gint status, gpointer data)
{
	struct tunnel *tunnel = data;

	g_spawn_close_pid(pid);
	tunnel->child_watch = 0;
	tunnel->status = status;
	if (tunnel->why_source != 0) {
		source_clear(&tunnel->why_source);
		tell_why(tunnel);
	}
}

void tunnel_explain(struct tunnel *tunnel, tunnel_why_fn *fn, void *data)
{
	tunnel->why = fn;
	tunnel->data = data;
	source_clear(&tunnel->why_source);
	tunnel->why_source = g_timeout_add(
		tunnel->child_watch == 0 ? 0 : EXPLAIN_MS, tell_why, tunnel);
}

const char *tunnel_name(const struct tunnel *tunnel)
{
	return tunnel->name;
}

const char *tunnel_last_line(const struct tunnel *tunnel)
{
	return tunnel->last_line;
}

/* --- its beginning ------------------------------------------------------- */

/* A socket serves as the child's input and output: it is one descriptor, and
 * writing to a dead child raises no signal. */
static bool make_socket(int fds[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == -1)
		return false;
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	g_unix_set_fd_nonblocking(fds[0], TRUE, NULL);
	return true;
}

static bool run(struct tunnel *tunnel, const char *const *argv, int *fd_out,
	GError **error)
{
	int fds[2] = { -1, -1 }, err_write = -1;
	bool is_running = false;

	if (!make_socket(fds) || !child_pipe(&tunnel->err_fd, &err_write))
		g_set_error(error, NET_ERROR, NET_ERROR_CONNECT, "%s",
			g_strerror(errno));
	else
		is_running = child_spawn(argv, fds[1], fds[1], err_write, true,
			&tunnel->pid, error);
	if (fds[1] != -1)
		close(fds[1]);
	if (err_write != -1)
		close(err_write);
	if (is_running)
		*fd_out = fds[0];
	else if (fds[0] != -1)
		close(fds[0]);
	return is_running;
}

static void destroy(struct tunnel *tunnel)
{
	source_clear(&tunnel->err_watch);
	source_clear(&tunnel->why_source);
	if (tunnel->err_fd != -1)
		close(tunnel->err_fd);
	g_string_free(tunnel->line, TRUE);
	g_free(tunnel->last_line);
	g_free(tunnel->name);
	g_free(tunnel);
}

struct tunnel *tunnel_new(const char *const *argv, int *fd_out, GError **error)
{
	struct tunnel *tunnel = g_new0(struct tunnel, 1);
	GError *problem = NULL;

	tunnel->name = g_path_get_basename(argv[0]);
	tunnel->line = g_string_new(NULL);
	tunnel->err_fd = -1;
	if (!run(tunnel, argv, fd_out, &problem)) {
		g_set_error(error, NET_ERROR, NET_ERROR_CONNECT,
			"cannot run the tunnel '%s': %s", tunnel->name,
			problem->message);
		g_error_free(problem);
		destroy(tunnel);
		return NULL;
	}
	tunnel->child_watch = g_child_watch_add(tunnel->pid, on_exit_status,
		tunnel);
	tunnel->err_watch = g_unix_fd_add(tunnel->err_fd, G_IO_IN | G_IO_HUP,
		on_errors, tunnel);
	return tunnel;
}

void tunnel_free(struct tunnel **tunnelp)
{
	struct tunnel *tunnel = *tunnelp;

	*tunnelp = NULL;
	if (tunnel == NULL)
		return;
	if (tunnel->child_watch != 0) {
		source_clear(&tunnel->child_watch);
		/* It leads a group of its own; a dead network would keep ssh
		 * for hours. */
		kill(-tunnel->pid, SIGTERM);
		child_reap(tunnel->pid);
	}
	destroy(tunnel);
}
