/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/pty/stage.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir, *rc_path;
static GHashTable *environment;
static unsigned delivered;

/* --- the server ---------------------------------------------------------- */

static void read_environment(void)
{
	char *path = g_build_filename(dir, "server", "env", NULL);
	char *text = NULL;
	char **lines;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	lines = g_strsplit(text, "\n", -1);
	for (size_t i = 0; lines[i] != NULL; i++) {
		char *equals = strchr(lines[i], '=');

		if (equals == NULL)
			continue;
		*equals = '\0';
		g_hash_table_replace(environment, g_strdup(lines[i]),
			g_strdup(equals + 1));
	}
	g_strfreev(lines);
	g_free(text);
	g_free(path);
}

/* The exit status of the script. */
static int run_server(const char *action, char **errors_out)
{
	char *place = g_build_filename(dir, "server", NULL);
	const char *argv[] = { "tests/servers/dovecot", action, place, NULL };
	int status = 1;

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL,
		G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, errors_out,
		&status, NULL));
	g_free(place);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

bool stage_start(char **why_out)
{
	int status;

	dir = g_dir_make_tmp("culver-screen-XXXXXX", NULL);
	g_assert_nonnull(dir);
	g_chmod(dir, 0755);
	g_setenv("LIFETIME", "600", FALSE);
	environment = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		g_free);
	status = run_server("start", why_out);
	if (status == 77) {
		g_strdelimit(g_strchomp(*why_out), "\n", ' ');
		return false;
	}
	if (status != 0)
		g_error("%s", *why_out);
	g_clear_pointer(why_out, g_free);
	read_environment();
	return true;
}

static void remove_tree(void)
{
	const char *argv[] = { "rm", "-rf", dir, NULL };

	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL,
		NULL, NULL, NULL, NULL, NULL);
}

void stage_stop(void)
{
	if (dir == NULL)
		return;
	g_setenv("REMOVE", "1", TRUE);
	run_server("stop", NULL);
	remove_tree();
	g_clear_pointer(&environment, g_hash_table_destroy);
	g_clear_pointer(&rc_path, g_free);
	g_clear_pointer(&dir, g_free);
}

const char *stage_env(const char *name)
{
	return g_hash_table_lookup(environment, name);
}

void stage_signal(int signal)
{
	char *path = g_build_filename(dir, "server", "pid", NULL);
	char *text = NULL;
	pid_t group;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	group = (pid_t)g_ascii_strtoll(text, NULL, 10);
	g_assert_cmpint(group, >, 1);
	g_assert_cmpint(kill(-group, signal), ==, 0);
	g_free(text);
	g_free(path);
}

void stage_kill(void)
{
	g_assert_cmpint(run_server("stop", NULL), ==, 0);
}

void stage_restart(void)
{
	char *why = NULL;

	if (run_server("start", &why) != 0)
		g_error("%s", why);
	g_free(why);
}

/* --- mail ---------------------------------------------------------------- */

/* The server may run as another user. */
static void give_away(const char *path)
{
	char *home = g_path_get_dirname(stage_env("MAILDIR"));
	struct stat info;

	g_assert_cmpint(stat(home, &info), ==, 0);
	if (geteuid() == 0)
		g_assert_cmpint(lchown(path, info.st_uid, info.st_gid), ==, 0);
	g_free(home);
}

static void make_folder(const char *path)
{
	if (g_mkdir(path, 0700) == 0)
		give_away(path);
}

static char *mailbox_path(const char *mailbox)
{
	return g_str_equal(mailbox, "INBOX") ? g_strdup(stage_env("MAILDIR")) :
		g_build_filename(stage_env("MAILDIR"), mailbox, NULL);
}

void stage_make_mailbox(const char *mailbox)
{
	static const char *const parts[] = { "tmp", "new", "cur" };
	char *path = mailbox_path(mailbox);

	make_folder(stage_env("MAILDIR"));
	for (char *slash = path + strlen(stage_env("MAILDIR")) + 1;
		(slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		make_folder(path);
		*slash = '/';
	}
	make_folder(path);
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		char *part = g_build_filename(path, parts[i], NULL);

		make_folder(part);
		g_free(part);
	}
	g_free(path);
}

static char *short_text(const char *subject)
{
	return g_strdup_printf(
		"From: Ada Lovelace <ada@example.org>\n"
		"To: user@example.org\n"
		"Subject: %s\n"
		"Date: Sat, 21 Nov 2026 10:%02u:00 +0000\n"
		"Message-ID: <%u@example.org>\n"
		"MIME-Version: 1.0\n"
		"Content-Type: text/plain; charset=utf-8\n"
		"Content-Transfer-Encoding: 8bit\n"
		"\n"
		"The text of %s.\n", subject, delivered % 60, delivered,
		subject);
}

void stage_deliver(const char *mailbox, const char *flags, const char *subject,
	const char *text)
{
	char *folder = mailbox_path(mailbox);
	char *own = text == NULL ? short_text(subject) : g_strdup(text);
	char *name = g_strdup_printf("%u.%u.screen",
		1795000000 + delivered, delivered);
	char *final = flags == NULL ? g_strdup(name) :
		g_strdup_printf("%s:2,%s", name, flags);
	char *from = g_build_filename(folder, "tmp", name, NULL);
	char *to = g_build_filename(folder, flags == NULL ? "new" : "cur",
		final, NULL);

	stage_make_mailbox(mailbox);
	g_assert_true(g_file_set_contents(from, own, -1, NULL));
	give_away(from);
	g_assert_cmpint(g_rename(from, to), ==, 0);
	delivered++;
	g_free(to);
	g_free(from);
	g_free(final);
	g_free(name);
	g_free(own);
	g_free(folder);
}

/* --- culver -------------------------------------------------------------- */

const char *stage_bare_rc(const char *lines)
{
	g_free(rc_path);
	rc_path = g_build_filename(dir, "rc", NULL);
	g_assert_true(g_file_set_contents(rc_path, lines, -1, NULL));
	return rc_path;
}

const char *stage_rc(const char *lines)
{
	char *text = g_strdup_printf(
		"account work {\n"
		"\tset url = imaps://user@localhost:%s/\n"
		"\tset password = %s\n"
		"\tset tls_ca_file = %s\n"
		"}\n%s", stage_env("TLSPORT"), stage_env("PASSWORD"),
		stage_env("CA"), lines != NULL ? lines : "");
	const char *path = stage_bare_rc(text);

	g_free(text);
	return path;
}

static struct tty *spawn(const char *const *argv, const char *const *env,
	int rows, int cols)
{
	GPtrArray *all = g_ptr_array_new_with_free_func(g_free);
	struct tty *tty;

	g_ptr_array_add(all, g_strdup_printf("HOME=%s", dir));
	g_ptr_array_add(all, g_strdup_printf("XDG_STATE_HOME=%s/state", dir));
	g_ptr_array_add(all, g_strdup("TZ=UTC"));
	g_ptr_array_add(all, g_strdup("LANG=C.UTF-8"));
	g_ptr_array_add(all, g_strdup("LC_ALL=C.UTF-8"));
	for (; env != NULL && *env != NULL; env++)
		g_ptr_array_add(all, g_strdup(*env));
	g_ptr_array_add(all, NULL);
	tty = tty_spawn(rows, cols, argv, (const char *const *)all->pdata);
	g_ptr_array_free(all, TRUE);
	return tty;
}

struct tty *stage_open_sized(const char *rc, const char *mailbox,
	const char *const *env, int rows, int cols)
{
	const char *argv[] = { "./culver", "-n", "-F", rc,
		mailbox != NULL ? "-f" : NULL, mailbox, NULL };

	return spawn(argv, env, rows, cols);
}

struct tty *stage_open_cached(const char *rc, const char *mailbox,
	const char *const *env)
{
	const char *argv[] = { "./culver", "-F", rc, "-f", mailbox, NULL };

	return spawn(argv, env, 24, 80);
}

struct tty *stage_open(const char *rc, const char *mailbox,
	const char *const *env)
{
	return stage_open_sized(rc, mailbox, env, 24, 80);
}

void stage_batch(const char *mailbox, const char *command)
{
	char *open = g_strdup_printf("open \"%s\"", mailbox);
	const char *argv[] = { "./culver", "-n", "--batch", "-F",
		stage_rc(NULL), "-e", open, "-e", command, NULL };
	char *errors = NULL;
	int status;

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL,
		G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &errors,
		&status, NULL));
	if (status != 0)
		g_error("%s: %s", command, errors);
	g_free(errors);
	g_free(open);
}

/* --- seeing -------------------------------------------------------------- */

void stage_check(struct tty *tty, bool holds, const char *what,
	const char *where)
{
	if (holds)
		return;
	tty_dump(tty);
	/* g_error() does not come back: nothing may be left running. */
	stage_stop();
	g_error("%s: %s", where, what);
}

void stage_see(struct tty *tty, const char *text, bool is_there,
	const char *where)
{
	bool came = is_there ? tty_wait_for(tty, text) :
		tty_wait_gone(tty, text);
	char *what = g_strdup_printf("%s '%s'", is_there ? "no" : "still",
		text);

	stage_check(tty, came, what, where);
	g_free(what);
}

int stage_row_end(struct tty *tty, int row, int cols)
{
	for (int column = cols - 1; column >= 0; column--) {
		uint32_t ch = tty_cell(tty, row, column).ch;

		if (ch != 0 && ch != ' ')
			return column;
	}
	return -1;
}

/* --- all tests of a file --------------------------------------------------- */

static char *why_not;

static void run_test(const void *data)
{
	const struct stage_test *test = data;

	if (why_not != NULL)
		g_test_skip(why_not);
	else
		test->test();
}

int stage_run(int argc, char **argv, const struct stage_test *tests, size_t n)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	stage_start(&why_not);
	for (size_t i = 0; i < n; i++)
		g_test_add_data_func(tests[i].path, &tests[i], run_test);
	status = g_test_run();
	stage_stop();
	g_clear_pointer(&why_not, g_free);
	return status;
}
