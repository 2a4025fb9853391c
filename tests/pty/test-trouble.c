/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person sees when something is wrong: one sentence, and keys that
 * answer. */
#include "tests/pty/stage.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

static void leave(struct tty **tty)
{
	int status;

	tty_type(*tty, "q");
	status = tty_wait_exit(*tty);
	check(*tty, status == 0);
	tty_free(tty);
}

/* An account whose lines are given, at the server's TLS port. */
static const char *rc_with(const char *lines)
{
	char *text = g_strdup_printf("account work {\n"
		"\tset url = imaps://user@localhost:%s/\n%s}\n",
		stage_env("TLSPORT"), lines);
	const char *path = stage_bare_rc(text);

	g_free(text);
	return path;
}

static char *with_ca(const char *line)
{
	return g_strdup_printf("\tset tls_ca_file = %s\n\t%s\n",
		stage_env("CA"), line);
}

static void make_two(const char *mailbox)
{
	stage_deliver(mailbox, "S", "alpha", NULL);
	stage_deliver(mailbox, "S", "beta", NULL);
}

static bool cursor_is_on(struct tty *tty, void *data)
{
	int row, col;

	tty_cursor(tty, &row, &col);
	return tty_find(tty, data) == row;
}

/* --- getting in ---------------------------------------------------------- */

static void test_wrong_password(void)
{
	char *lines = with_ca("set password = wrong");
	struct tty *tty;

	make_two("Password");
	tty = stage_open(rc_with(lines), "Password", NULL);
	see(tty, "Wrong password");
	tty_type(tty, "pass\r");
	see(tty, "alpha");
	leave(&tty);
	g_free(lines);
}

static void test_password_prompt(void)
{
	char *lines = with_ca("");
	struct tty *tty;

	make_two("Asked");
	tty = stage_open(rc_with(lines), "Asked", NULL);
	see(tty, "Password for work");
	tty_type(tty, "mistyped");
	/* It is not shown. */
	check(tty, tty_wait_quiet(tty, 100));
	check(tty, tty_find(tty, "mistyped") < 0);
	tty_type(tty, "\r");
	see(tty, "Wrong password");
	tty_type(tty, "pass\r");
	see(tty, "alpha");
	leave(&tty);
	g_free(lines);
}

static void test_certificate(void)
{
	struct tty *tty;

	make_two("Certificate");
	tty = stage_open(rc_with("\tset password = pass\n"), "Certificate",
		NULL);
	see(tty, "sha256");
	see(tty, "(o)nce");
	tty_type(tty, "o");
	see(tty, "alpha");
	see_gone(tty, "sha256");
	leave(&tty);
	/* Not remembered. */
	tty = stage_open(rc_with("\tset password = pass\n"), "Certificate",
		NULL);
	see(tty, "sha256");
	tty_type(tty, "r");
	see_gone(tty, "(o)nce");
	see(tty, "certificate");
	leave(&tty);
}

static void test_unknown_host(void)
{
	struct tty *tty = stage_open(stage_bare_rc("account work {\n"
		"set url = imaps://user@nowhere.invalid/\n"
		"set password = x\n}\n"), NULL, NULL);

	see(tty, "nowhere.invalid");
	tty_type(tty, "?");
	see(tty, "Help");
	tty_type(tty, "q");
	leave(&tty);
}

static void test_no_such_mailbox(void)
{
	struct tty *tty = stage_open(stage_rc(NULL), "Nowhere", NULL);

	see(tty, "Nowhere");
	see(tty, "exist");
	tty_type(tty, "c");
	tty_type(tty, "\x07");
	leave(&tty);
}

static void test_bad_rc(void)
{
	struct tty *tty;

	make_two("Broken");
	tty = stage_open(stage_rc("set nonsens = 5\n"), "Broken", NULL);
	see(tty, "nonsens");
	see(tty, "alpha");
	leave(&tty);
}

/* --- losing it ----------------------------------------------------------- */

static void test_stopped(void)
{
	struct tty *tty;

	make_two("Stopped");
	tty = stage_open(stage_rc(NULL), "Stopped", NULL);
	see(tty, "alpha");
	see(tty, "IDLE");
	stage_signal(SIGSTOP);
	tty_type(tty, "=");
	check(tty, tty_wait(tty, cursor_is_on, (void *)"alpha",
		TTY_DEADLINE_MS));
	tty_type(tty, "j");
	check(tty, tty_wait(tty, cursor_is_on, (void *)"beta",
		TTY_DEADLINE_MS));
	tty_type(tty, "\r");
	see(tty, "Stopped · work");
	tty_type(tty, "i");
	see(tty, "alpha");
	tty_type(tty, "d");
	see_gone(tty, "beta");
	tty_type(tty, "?");
	see(tty, "Help · index");
	tty_type(tty, "q");
	see(tty, "alpha");
	stage_signal(SIGCONT);
	see(tty, "IDLE");
	tty_type(tty, "u");
	see(tty, "beta");
	leave(&tty);
}

static void test_killed(void)
{
	struct tty *tty;

	make_two("Killed");
	tty = stage_open(stage_rc(NULL), "Killed", NULL);
	see(tty, "alpha");
	see(tty, "IDLE");
	stage_kill();
	see(tty, "Offline since");
	/* It fits: the reason gives way. */
	see(tty, "trying again in");
	see(tty, "alpha");
	tty_type(tty, "=d");
	see_gone(tty, "alpha");
	see(tty, "1 action queued");
	stage_restart();
	see(tty, "IDLE");
	see_gone(tty, "ffline");
	see(tty, "beta");
	leave(&tty);
	tty = stage_open(stage_rc(NULL), "Killed", NULL);
	see(tty, "beta");
	see(tty, "IDLE");
	check(tty, tty_find(tty, "alpha") < 0);
	leave(&tty);
}

/* What was seen is there without a server, and what is done then is done when
 * it comes back. */
static void test_offline(void)
{
	struct tty *tty;

	make_two("Offline");
	tty = stage_open_cached(stage_rc(NULL), "Offline", NULL);
	see(tty, "alpha");
	see(tty, "IDLE");
	tty_type(tty, "=\r");
	see(tty, "The text of alpha.");
	tty_type(tty, "i");
	see(tty, "beta");
	leave(&tty);
	stage_kill();
	tty = stage_open_cached(stage_rc(NULL), "Offline", NULL);
	see(tty, "alpha");
	see(tty, "ffline");
	tty_type(tty, "=\r");
	see(tty, "The text of alpha.");
	tty_type(tty, "ij");
	see(tty, "beta");
	tty_type(tty, "d");
	see_gone(tty, "beta");
	leave(&tty);
	stage_restart();
	tty = stage_open_cached(stage_rc(NULL), "Offline", NULL);
	see(tty, "IDLE");
	see(tty, "alpha");
	see_gone(tty, "beta");
	leave(&tty);
	tty = stage_open(stage_rc(NULL), "Offline", NULL);
	see(tty, "IDLE");
	see(tty, "alpha");
	check(tty, tty_find(tty, "beta") < 0);
	leave(&tty);
}

static void test_quit_while_stopped(void)
{
	struct tty *tty;

	make_two("Quit");
	tty = stage_open(stage_rc(NULL), "Quit", NULL);
	see(tty, "alpha");
	see(tty, "IDLE");
	stage_signal(SIGSTOP);
	leave(&tty);
	stage_signal(SIGCONT);
}

/* --- the terminal -------------------------------------------------------- */

static void test_unknown_term(void)
{
	/* ncurses keeps what it made before it gave up. */
	const char *env[] = { "TERM=nonsense-term",
		"ASAN_OPTIONS=detect_leaks=0", NULL };
	struct tty *tty = stage_open(stage_bare_rc(""), NULL, env);
	int status = tty_wait_exit(tty);

	check(tty, status > 0);
	check(tty, tty_find(tty, "nonsense-term") == 0);
	check(tty, stage_row_end(tty, 3, 80) == -1);
	tty_free(&tty);
}

static void test_no_terminal(void)
{
	const char *argv[] = { "./culver", "-n", "-F", stage_bare_rc(""),
		NULL };
	char *output = NULL, *errors = NULL;
	int status;

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, 0, NULL, NULL,
		&output, &errors, &status, NULL));
	g_test_message("%s", errors);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), >, 0);
	g_assert_cmpstr(output, ==, "");
	g_assert_true(g_str_has_prefix(errors, "culver: "));
	g_assert_nonnull(strstr(errors, "terminal"));
	/* One line. */
	g_assert_true(strchr(errors, '\n') == errors + strlen(errors) - 1);
	g_free(output);
	g_free(errors);
}

static void test_hang_up(void)
{
	struct tty *tty;
	int status;

	make_two("Hang");
	tty = stage_open(stage_rc(NULL), "Hang", NULL);
	see(tty, "alpha");
	g_assert_cmpint(kill(tty_pid(tty), SIGTERM), ==, 0);
	status = tty_wait_exit(tty);
	check(tty, status >= 0);
	tty_free(&tty);
}

int main(int argc, char **argv)
{
	static const struct stage_test tests[] = {
		{ "/trouble/wrong-password", test_wrong_password },
		{ "/trouble/password-prompt", test_password_prompt },
		{ "/trouble/certificate", test_certificate },
		{ "/trouble/unknown-host", test_unknown_host },
		{ "/trouble/no-such-mailbox", test_no_such_mailbox },
		{ "/trouble/bad-rc", test_bad_rc },
		{ "/trouble/stopped", test_stopped },
		{ "/trouble/killed", test_killed },
		{ "/trouble/offline", test_offline },
		{ "/trouble/quit-while-stopped", test_quit_while_stopped },
		{ "/trouble/unknown-term", test_unknown_term },
		{ "/trouble/no-terminal", test_no_terminal },
		{ "/trouble/hang-up", test_hang_up },
	};

	return stage_run(argc, argv, tests, G_N_ELEMENTS(tests));
}
