/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the command line to a running program: tables, rc, accounts, then the
 * screen or batch mode. The only place that decides about the process.
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/base/log.h"
#include "src/mail/account.h"
#include "src/rc/command.h"
#include "src/rc/option.h"
#include "ui/act.h"
#include "ui/batch.h"
#include "ui/cli.h"
#include "ui/commands.h"
#include "ui/docgen.h"
#include "ui/screen.h"
#include "ui/startup.h"
#include "ui/text.h"
#include "ui/version.h"

#include <fcntl.h>
#include <locale.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STATUS_OK, STATUS_FAILED, STATUS_USAGE, STATUS_NO_CONNECTION };

/* What the rc said, kept for the screen or printed at once. */
struct reports {
	GPtrArray *texts; /* NULL: standard error */
	unsigned n_errors;
};

static int complain(const char *format, ...) G_GNUC_PRINTF(1, 2);

static int complain(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	text_complain("culver: %s", text);
	g_free(text);
	return STATUS_USAGE;
}

static int complain_take(GError *error_take, int status)
{
	complain("%s", error_take->message);
	g_error_free(error_take);
	return status;
}

/* --- the rc ------------------------------------------------------------------ */

static void on_report(const struct command_origin *origin, bool is_warning,
	const char *message, void *data)
{
	struct reports *reports = data;
	char *text = g_strdup_printf("%s:%u:%u: %s%s", origin->file,
		origin->line, origin->column, is_warning ? "warning: " : "",
		message);

	if (!is_warning)
		reports->n_errors++;
	if (reports->texts != NULL) {
		g_ptr_array_add(reports->texts, text);
		return;
	}
	text_complain("%s", text);
	g_free(text);
}

static char *preferred_rc(void)
{
	return g_build_filename(g_get_user_config_dir(), "culver", "culverrc",
		NULL);
}

/* The first of the two places that has one; NULL if neither. */
static char *find_default_rc(void)
{
	char *path = preferred_rc();

	if (g_file_test(path, G_FILE_TEST_EXISTS))
		return path;
	g_free(path);
	path = g_build_filename(g_get_home_dir(), ".culverrc", NULL);
	if (g_file_test(path, G_FILE_TEST_EXISTS))
		return path;
	g_free(path);
	return NULL;
}

static bool read_rc(const struct cli *cli, struct reports *reports,
	GError **error)
{
	char *path = cli->rc != NULL ? g_strdup(cli->rc) : find_default_rc();
	const struct command_origin origin = { path, 1, 1 };
	bool ok = path == NULL || command_source(path, on_report, reports, error);

	/* One that was asked for by name is missed; else culver starts. */
	if (!ok && cli->rc == NULL) {
		on_report(&origin, false, (*error)->message, reports);
		g_clear_error(error);
		ok = true;
	}
	g_free(path);
	return ok;
}

static void on_execute_failed(const struct command_call *call,
	const GError *error, void *data)
{
	on_report(&call->origin, false, error->message, data);
}

/* -e commands of an interactive start; batch mode runs its own. */
static void execute(const struct cli *cli, struct reports *reports)
{
	static const struct command_run_ops ops = { .failed = on_execute_failed };

	for (guint i = 0; i < cli->commands->len; i++) {
		const char *text = g_ptr_array_index(cli->commands, i);
		char *file = g_strdup_printf("-e %u", i + 1);
		struct command_list *list = command_parse(text, strlen(text),
			g_intern_string(file), on_report, reports);

		command_list_run(list, options_global(), 0, false, &ops, reports);
		command_list_unref(&list);
		g_free(file);
	}
}

/* --- accounts -------------------------------------------------------------------- */

static bool looks_like_url(const char *argument)
{
	return strstr(argument, "://") != NULL || strchr(argument, '@') != NULL;
}

static bool is_account(const char *name)
{
	const char **names = options_accounts();
	bool found = g_strv_contains(names, name);

	g_free(names);
	return found;
}

/*
 * What the argument means: an account's name, a URL (which makes an account),
 * else a mailbox. Both results may stay NULL; free both.
 */
static bool interpret(const struct cli *cli, char **account_out,
	char **mailbox_out, GError **error)
{
	const char *argument = cli->argument;

	*mailbox_out = g_strdup(cli->mailbox);
	*account_out = NULL;
	if (argument == NULL)
		return true;
	if (is_account(argument)) {
		*account_out = g_strdup(argument);
		return true;
	}
	if (!looks_like_url(argument)) {
		g_free(*mailbox_out);
		*mailbox_out = g_strdup(argument);
		return true;
	}
	g_free(*mailbox_out);
	*account_out = account_options_from_url(argument, mailbox_out, error);
	if (*account_out == NULL)
		return false;
	if (cli->mailbox != NULL) {
		g_free(*mailbox_out);
		*mailbox_out = g_strdup(cli->mailbox);
	}
	return true;
}

static const char *first_account(void)
{
	const GPtrArray *all = accounts();

	return all->len > 0 ? account_name(g_ptr_array_index(all, 0)) : NULL;
}

/* --- the two ways to run --------------------------------------------------------- */

static char *state_dir(void)
{
	const char *base = g_getenv("XDG_STATE_HOME");

	if (base != NULL && *base == '/')
		return g_build_filename(base, "culver", NULL);
	return g_build_filename(g_get_home_dir(), ".local", "state", "culver", NULL);
}

static int run_batch(const struct cli *cli, const char *account, const char *mailbox)
{
	struct batch_startup startup = {
		.account = account,
		.mailbox = mailbox,
		.keep_going = cli->keep_going,
		.columns = cli->columns,
	};

	g_ptr_array_add(cli->commands, NULL);
	startup.commands = (const char *const *)cli->commands->pdata;
	return batch_run(&startup);
}

static int run_screen(const struct cli *cli, struct account *account,
	const char *mailbox, const struct reports *reports)
{
	char *state = state_dir();
	char *rc = cli->rc != NULL ? g_strdup(cli->rc) : preferred_rc();
	struct startup startup = {
		.account = account,
		.mailbox = mailbox,
		.state_dir = state,
		.rc_file = rc,
		.read_only = cli->read_only,
		.starts_with = cli->starts_with,
		.remarks = reports->texts,
	};
	int status;

	status = screen_run(&startup);
	g_free(state);
	g_free(rc);
	return status;
}

/* An account that cannot be made is an end only if it is the one that was asked
 * for; else the screen says it. */
static int open_screen(const struct cli *cli, const char *name,
	const char *mailbox, struct reports *reports)
{
	GError *error = NULL;

	if (!accounts_from_options(screen_account_ops(), NULL, &error)) {
		if (name != NULL)
			return complain_take(error, STATUS_USAGE);
		g_ptr_array_add(reports->texts, g_strdup(error->message));
		g_clear_error(&error);
	}
	if (name == NULL)
		name = first_account();
	return run_screen(cli, name != NULL ? account_find(name) : NULL, mailbox,
		reports);
}

static int run(const struct cli *cli, struct reports *reports)
{
	char *name, *mailbox;
	GError *error = NULL;
	int status;

	if (!interpret(cli, &name, &mailbox, &error))
		status = complain_take(error, STATUS_USAGE);
	else if (cli->batch)
		status = run_batch(cli, name, mailbox);
	else
		status = open_screen(cli, name, mailbox, reports);
	g_free(name);
	g_free(mailbox);
	return status;
}

/* --- the start -------------------------------------------------------------------- */

static int run_with_dirs(const struct cli *cli, struct reports *reports)
{
	char *cache = g_build_filename(g_get_user_cache_dir(), "culver", NULL);
	char *state = state_dir();
	struct mail_config config = {
		.cache_dir = cli->no_cache ? NULL : cache,
		.state_dir = state,
		.read_only = cli->read_only,
		.batch = cli->batch,
	};
	int status;

	mail_init(&config);
	status = run(cli, reports);
	mail_release();
	acts_release();
	g_free(cache);
	g_free(state);
	return status;
}

/* Options that print and end, once the tables are there. */
static bool run_and_exit(const struct cli *cli, int *status_out)
{
	char *text;

	*status_out = STATUS_OK;
	if (cli->help) {
		cli_print_help(stdout);
	} else if (cli->version) {
		text = version_text();
		fputs(text, stdout);
		g_free(text);
	} else if (cli->docgen != NULL) {
		*status_out = docgen(cli->docgen, stdout);
	} else if (cli->composing != NULL) {
		*status_out = complain("%s: writing mail is not part of this version",
			cli->composing);
	} else {
		return false;
	}
	return true;
}

static bool has_terminal(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

static int run_after_rc(const struct cli *cli, struct reports *reports)
{
	GError *error = NULL;

	if (!read_rc(cli, reports, &error))
		return complain_take(error, STATUS_USAGE);
	if (!cli->batch)
		execute(cli, reports);
	if (cli->dump_options) {
		char *text = options_dump();

		fputs(text, stdout);
		g_free(text);
		return STATUS_OK;
	}
	if (cli->check_rc)
		return reports->n_errors > 0 ? STATUS_FAILED : STATUS_OK;
	if (!cli->batch && !has_terminal())
		return complain("standard input and output must be a terminal;"
			" --batch runs commands without one");
	return run_with_dirs(cli, reports);
}

static int run_cli(const struct cli *cli)
{
	bool prints = cli->batch || cli->check_rc || cli->dump_options;
	struct reports reports = {
		.texts = prints ? NULL : g_ptr_array_new_with_free_func(g_free),
	};
	GError *error = NULL;
	int status;

	options_init();
	commands_init();
	if (cli->batch)
		batch_register();
	ui_register();
	if (cli->trace != NULL && !log_open_trace(cli->trace, &error))
		status = complain_take(error, STATUS_USAGE);
	else if (!run_and_exit(cli, &status))
		status = run_after_rc(cli, &reports);
	log_close_trace();
	commands_release();
	options_release();
	g_clear_pointer(&reports.texts, g_ptr_array_unref);
	return status;
}

/* Where a standard descriptor is closed, the next file opened, a cache say,
 * would get its number, and what is printed. */
static void reserve_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* What is large goes back to the system at once when it is freed, and threads
 * that work now and then do not each keep memory of their own. */
static void tune_malloc(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 64 * 1024);
	mallopt(M_ARENA_MAX, 2);
#endif
}

int main(int argc, char **argv)
{
	GError *error = NULL;
	struct cli cli;
	int status;

	tune_malloc();
	setlocale(LC_ALL, "");
	umask(077);
	reserve_descriptors();
	signal(SIGPIPE, SIG_IGN);
	if (cli_parse(&cli, argc, argv, &error))
		status = run_cli(&cli);
	else
		status = complain_take(error, STATUS_USAGE);
	cli_release(&cli);
	return status;
}
