/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A password command ends when its process does, not when its output does: an
 * agent that it left behind may hold the pipe for hours. What the process
 * wrote is in the pipe by then.
 */
#include "src/base/base.h"
#include "src/net/secret.h"

#include "src/base/error.h"
#include "src/net/child.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_MAX = 64 * 1024 };

struct pipe {
	int fd; /* -1 when closed */
	guint watch;
	char *text; /* OUTPUT_MAX octets; the rest is dropped */
	size_t len;
};

static const char *const kinds[] = {
	[SECRET_PASSWORD] = "password",
	[SECRET_TOKEN] = "token",
};

struct secret_command {
	enum secret_kind kind;
	secret_done_fn *done;
	void *data;
	char *name; /* of the program: its arguments may be secret */
	unsigned timeout_ms;
	GPid pid;
	guint child_watch, timer, idle;
	struct pipe out, err;
	GError *error;
};

void secret_wipe(void *octets, size_t len)
{
	volatile unsigned char *p = octets;

	while (len-- > 0)
		*p++ = 0;
}

char *secret_dup(const char *text)
{
	return g_strdup(text);
}

void secret_free(char **secret)
{
	if (*secret == NULL)
		return;
	secret_wipe(*secret, strlen(*secret));
	g_free(*secret);
	*secret = NULL;
}

/* --- pipes ---------------------------------------------------------------- */

static void pipe_release(struct pipe *pipe)
{
	source_clear(&pipe->watch);
	if (pipe->fd != -1)
		close(pipe->fd);
	pipe->fd = -1;
	if (pipe->text != NULL)
		secret_wipe(pipe->text, OUTPUT_MAX);
	g_free(pipe->text);
	pipe->text = NULL;
}

/* false at the end of the pipe. */
static bool pipe_read(struct pipe *pipe)
{
	char octets[4096];
	ssize_t n;

	while ((n = read(pipe->fd, octets, sizeof(octets))) > 0) {
		size_t kept = MIN((size_t)n, OUTPUT_MAX - pipe->len);

		memcpy(pipe->text + pipe->len, octets, kept);
		pipe->len += kept;
		secret_wipe(octets, sizeof(octets));
		/* A command that never stops writing must not keep us. */
		if (pipe->len == OUTPUT_MAX)
			return true;
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static gboolean on_pipe(gint fd, GIOCondition condition, gpointer data)
{
	struct pipe *pipe = data;

	(void)fd;
	(void)condition;
	if (pipe_read(pipe))
		return G_SOURCE_CONTINUE;
	pipe->watch = 0;
	return G_SOURCE_REMOVE;
}

static void pipe_watch(struct pipe *pipe)
{
	pipe->text = g_malloc0(OUTPUT_MAX);
	pipe->watch = g_unix_fd_add(pipe->fd, G_IO_IN | G_IO_HUP, on_pipe,
		pipe);
}

static char *first_line(const struct pipe *pipe)
{
	size_t len = 0;

	while (len < pipe->len && strchr("\r\n", pipe->text[len]) == NULL)
		len++;
	return g_strndup(pipe->text, len);
}

/* The last line that says something; NULL if none. */
static char *last_line(const struct pipe *pipe)
{
	char *text = g_utf8_make_valid(pipe->text, (gssize)pipe->len);
	char *line = g_strchomp(text);
	char *newline = strrchr(line, '\n');

	line = g_strdup(newline != NULL ? newline + 1 : line);
	g_free(text);
	if (*line == '\0')
		g_clear_pointer(&line, g_free);
	return line;
}

/* --- the command ---------------------------------------------------------- */

static void destroy(struct secret_command *command)
{
	source_clear(&command->child_watch);
	source_clear(&command->timer);
	source_clear(&command->idle);
	pipe_release(&command->out);
	pipe_release(&command->err);
	g_clear_error(&command->error);
	g_free(command->name);
	g_free(command);
}

static void stop(struct secret_command *command)
{
	if (command->child_watch == 0)
		return;
	source_clear(&command->child_watch);
	kill(command->pid, SIGTERM);
	child_reap(command->pid);
}

void secret_cancel(struct secret_command **commandp)
{
	struct secret_command *command = *commandp;

	if (command == NULL)
		return;
	*commandp = NULL;
	stop(command);
	destroy(command);
}

static void set_exit_error(struct secret_command *command, int status)
{
	char *said = last_line(&command->err);

	if (said != NULL)
		g_set_error(&command->error, NET_ERROR, NET_ERROR_SECRET,
			"the %s command '%s' failed: %s",
			kinds[command->kind], command->name, said);
	else if (WIFSIGNALED(status))
		g_set_error(&command->error, NET_ERROR, NET_ERROR_SECRET,
			"the %s command '%s' was ended by signal %d",
			kinds[command->kind], command->name, WTERMSIG(status));
	else
		g_set_error(&command->error, NET_ERROR, NET_ERROR_SECRET,
			"the %s command '%s' failed with status %d",
			kinds[command->kind], command->name,
			WEXITSTATUS(status));
	g_free(said);
}

static gboolean report(gpointer data)
{
	struct secret_command *command = data;
	char *text = NULL;

	command->idle = 0;
	if (command->error == NULL) {
		text = command->kind == SECRET_PASSWORD ?
			first_line(&command->out) :
			g_strndup(command->out.text, command->out.len);
		if (*text == '\0') {
			g_set_error(&command->error, NET_ERROR,
				NET_ERROR_SECRET,
				"the %s command '%s' printed nothing",
				kinds[command->kind], command->name);
			secret_free(&text);
		}
	}
	command->done(text, command->error, command->data);
	secret_free(&text);
	destroy(command);
	return G_SOURCE_REMOVE;
}

static void on_exit_status(GPid pid, gint status, gpointer data)
{
	struct secret_command *command = data;

	command->child_watch = 0;
	g_spawn_close_pid(pid);
	pipe_read(&command->out);
	pipe_read(&command->err);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		set_exit_error(command, status);
	report(command);
}

static gboolean on_timeout(gpointer data)
{
	struct secret_command *command = data;

	command->timer = 0;
	g_set_error(&command->error, NET_ERROR, NET_ERROR_SECRET,
		"the %s command '%s' did not end within %u ms",
		kinds[command->kind], command->name, command->timeout_ms);
	stop(command);
	report(command);
	return G_SOURCE_REMOVE;
}

static bool start(struct secret_command *command, char **argv, GError **error)
{
	int out_write = -1, err_write = -1;
	bool is_running;

	if (!child_pipe(&command->out.fd, &out_write) ||
		!child_pipe(&command->err.fd, &err_write)) {
		g_set_error(error, NET_ERROR, NET_ERROR_SECRET, "%s",
			g_strerror(errno));
		is_running = false;
	} else {
		is_running = child_spawn((const char *const *)argv, -1,
			out_write, err_write, false, &command->pid, error);
	}
	if (out_write != -1)
		close(out_write);
	if (err_write != -1)
		close(err_write);
	if (!is_running)
		return false;
	pipe_watch(&command->out);
	pipe_watch(&command->err);
	command->child_watch = g_child_watch_add(command->pid, on_exit_status,
		command);
	if (command->timeout_ms > 0)
		command->timer = g_timeout_add(command->timeout_ms,
			on_timeout, command);
	return true;
}

struct secret_command *secret_run(const char *text, enum secret_kind kind,
	unsigned timeout_ms, secret_done_fn *done, void *data)
{
	struct secret_command *command = g_new0(struct secret_command, 1);
	GError *error = NULL;
	char **argv = NULL;

	command->kind = kind;
	command->done = done;
	command->data = data;
	command->timeout_ms = timeout_ms;
	command->out.fd = -1;
	command->err.fd = -1;
	if (g_shell_parse_argv(text, NULL, &argv, &error))
		command->name = g_path_get_basename(argv[0]);
	if (argv == NULL || !start(command, argv, &error)) {
		g_set_error(&command->error, NET_ERROR, NET_ERROR_SECRET,
			"cannot run the %s command '%s': %s",
			kinds[kind], argv != NULL ? command->name : "",
			error->message);
		command->idle = g_idle_add_full(G_PRIORITY_DEFAULT, report,
			command, NULL);
		g_error_free(error);
	}
	g_strfreev(argv);
	return command;
}
