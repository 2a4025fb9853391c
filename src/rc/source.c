/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading rc files, the programs they may run while they are read, and where
 * errors, warnings and echoed values go.
 */
#include "src/base/base.h"
#include "src/rc/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/error.h"
#include "src/rc/language.h"
#include "src/rc/option.h"

#define PROGRAM_TIMEOUT_MS 10000
#define OUTPUT_MAX ((size_t)1 << 20)

static struct {
	command_report_fn *report;
	void *report_data;
	command_echo_fn *echo;
	void *echo_data;
	unsigned n_reading; /* command_source() calls under way */
} state;

void command_set_report(command_report_fn *report, void *data)
{
	state.report = report;
	state.report_data = data;
}

void command_set_echo(command_echo_fn *echo, void *data)
{
	state.echo = echo;
	state.echo_data = data;
}

void rc_source_release(void)
{
	memset(&state, 0, sizeof(state));
}

void rc_report(const struct command_origin *origin, bool is_warning,
	const char *message)
{
	if (state.report != NULL)
		state.report(origin, is_warning, message, state.report_data);
}

void rc_echo(const char *option, const char *text)
{
	if (state.echo != NULL)
		state.echo(option, text, state.echo_data);
}

static void report_parse(const struct command_origin *origin, bool is_warning,
	const char *message, void *data)
{
	(void)data;
	rc_report(origin, is_warning, message);
}

struct command_list *rc_parse(const char *text, size_t len, const char *file)
{
	return command_parse(text, len, file, report_parse, NULL);
}

bool rc_is_reading(void)
{
	return state.n_reading > 0;
}

/* --- programs ------------------------------------------------------------ */

/* A shell's words where there is no shell: a sentence is better than a child
 * that wonders about its arguments. */
static bool wants_shell(char **argv)
{
	static const char *const words[] = { "|", "||", "&", "&&", ";", ">",
		">>", "<", "2>", "2>&1", "2>/dev/null", ">/dev/null" };

	for (size_t i = 0; argv[i] != NULL; i++) {
		for (size_t j = 0; j < G_N_ELEMENTS(words); j++) {
			if (strcmp(argv[i], words[j]) == 0)
				return true;
		}
	}
	return false;
}

/* Reads until the end; else gives the reason why not. */
static const char *read_output(int fd, GString *output)
{
	gint64 deadline_us =
		g_get_monotonic_time() + PROGRAM_TIMEOUT_MS * (gint64)1000;
	char buffer[4096];

	for (;;) {
		gint64 left_us = deadline_us - g_get_monotonic_time();
		struct pollfd pollfd = { .fd = fd, .events = POLLIN };
		ssize_t n;

		if (left_us <= 0)
			return "took more than ten seconds";
		if (poll(&pollfd, 1, (int)(left_us / 1000) + 1) <= 0)
			continue;
		n = read(fd, buffer, sizeof(buffer));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return NULL;
		if (output->len + (size_t)n > OUTPUT_MAX)
			return "wrote more than a megabyte";
		g_string_append_len(output, buffer, n);
	}
}

static bool reap(GPid pid, bool is_killed)
{
	int status = 0;

	if (is_killed)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	g_spawn_close_pid(pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool run_program(const char *command_line, char **argv, GString *output,
	GError **error)
{
	g_autoptr(GError) problem = NULL;
	const char *why;
	GPid pid;
	int fd;

	if (!g_spawn_async_with_pipes(NULL, argv, NULL,
		    G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
		    &pid, NULL, &fd, NULL, &problem)) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_FAILED,
			"cannot run '%s': %s", command_line, problem->message);
		return false;
	}
	why = read_output(fd, output);
	close(fd);
	if (!reap(pid, why != NULL) && why == NULL)
		why = "failed";
	if (why != NULL)
		g_set_error(error, CMD_ERROR, CMD_ERROR_FAILED, "'%s' %s",
			command_line, why);
	return why == NULL;
}

char *rc_output_of(const char *command_line, GError **error)
{
	g_autoptr(GString) output = NULL;
	g_autoptr(GError) problem = NULL;
	g_auto(GStrv) argv = NULL;
	const char *refusal = NULL;

	if (!rc_is_reading())
		refusal = "programs are run while the rc file is read only";
	else if (!g_shell_parse_argv(command_line, NULL, &argv, &problem))
		refusal = problem->message;
	else if (wants_shell(argv))
		refusal = "no shell runs it; write sh -c '...'";
	if (refusal != NULL) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_FAILED,
			"cannot run '%s': %s", command_line, refusal);
		return NULL;
	}
	output = g_string_new(NULL);
	if (!run_program(command_line, argv, output, error))
		return NULL;
	while (output->len > 0 && output->str[output->len - 1] == '\n')
		g_string_truncate(output, output->len - 1);
	return g_utf8_make_valid(output->str, -1);
}

/* --- files --------------------------------------------------------------- */

/* Nothing that waits for a server can run before the loop does. */
static bool refuse_async(const struct command_call *call, GError **error,
	void *data)
{
	(void)data;
	if (!call->row->is_async)
		return true;
	g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT,
		"'%s' cannot run while the rc file is read; put it into "
		"hook startup { }",
		call->row->name);
	return false;
}

bool command_source(const char *path, command_report_fn *report, void *data,
	GError **error)
{
	static const struct command_run_ops ops = { .before = refuse_async };
	command_report_fn *old_report = state.report;
	void *old_data = state.report_data;
	g_autoptr(GError) problem = NULL;
	g_autofree char *text = NULL;
	struct command_list *list;
	gsize len;

	if (!g_file_get_contents(path, &text, &len, &problem)) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_FAILED,
			"cannot read '%s': %s", path, problem->message);
		return false;
	}
	command_set_report(report, data);
	state.n_reading++;
	list = rc_parse(text, len, path);
	command_list_run(list, NULL, 0, false, &ops, NULL);
	command_list_unref(&list);
	state.n_reading--;
	command_set_report(old_report, old_data);
	return true;
}
