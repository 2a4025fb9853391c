/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench: times mail readers on a pseudo terminal, as a person would feel it.
 *
 *   bench clients
 *       the names of the clients that are installed
 *   bench scene NAME CLIENT
 *       one scene of harness/scene.c with that client; lines "measure<TAB>value".
 *       What it needs to know is in the environment: BENCH_COUNT (messages),
 *       BENCH_DELAY (ms), BENCH_LIMIT (ms), BENCH_PORT (the server's, in the
 *       clear), BENCH_PROXY (its process), BENCH_LIVE (its counters), USER and
 *       PASSWORD
 *   bench command COMMAND...
 *       says these IMAP commands to the server, at BENCH_PORT
 *   bench time COMMAND ARG...
 *       milliseconds from exec to the end of the command
 *   bench settle SUBJECT QUIET_MS -- PROGRAM ARG...
 *       waits for SUBJECT, then until the program was idle for so long
 *   bench arrive SUBJECT QUIET_MS COMMAND NEW -- PROGRAM ARG...
 *       the same, then runs COMMAND, waits again, and for the subject NEW
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/harness/imap.h"
#include "tests/bench/harness/scene.h"

enum { ROWS = 40, COLS = 100 };

static void fail(struct tty *tty, const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	if (tty != NULL)
		tty_dump(tty);
	exit(1);
}

/* --- scenes --------------------------------------------------------------- */

static unsigned number(const char *name)
{
	const char *text = getenv(name);

	return text == NULL ? 0 : (unsigned)strtoul(text, NULL, 10);
}

static void run_scene(char **args)
{
	const char *live = getenv("BENCH_LIVE");
	const struct scene *scene = scene_find(args[0]);
	const struct setup setup = {
		.count = number("BENCH_COUNT"),
		.delay_ms = number("BENCH_DELAY"),
		.limit_ms = number("BENCH_LIMIT"),
		.port = number("BENCH_PORT"),
		.proxy = (int)number("BENCH_PROXY"),
		.user = getenv("USER"),
		.password = getenv("PASSWORD"),
		.client = client_find(args[1]),
		.live = live == NULL ? NULL : live_map(live),
	};

	if (scene == NULL || setup.client == NULL || setup.live == NULL ||
			setup.user == NULL || setup.password == NULL)
		fail(NULL, "no such scene or client, or no setting for it");
	scene->run(&setup);
}

static void time_command(char **args)
{
	int64_t start_us = g_get_monotonic_time();
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execvp(args[0], args);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0)
		fail(NULL, "the command failed");
	printf("%.2f\n", (double)(g_get_monotonic_time() - start_us) / 1000);
}

static void say_commands(char **args)
{
	struct imap *imap = imap_open(number("BENCH_PORT"), getenv("USER"),
		getenv("PASSWORD"));

	for (; *args != NULL; args++)
		imap_command(imap, *args);
	imap_close(&imap);
}

static void print_clients(char **args)
{
	(void)args;
	client_print_installed();
}

/* --- for ./wire ----------------------------------------------------------- */

static bool never(struct tty *tty, void *data)
{
	(void)tty;
	(void)data;
	return false;
}

/* Until the program has done next to nothing for idle_ms: the screen may be
 * quiet long before. */
static void wait_idle(struct tty *tty, int idle_ms)
{
	enum { STEP_MS = 100, IDLE_CPU_MS = 20 };
	const struct visit visit = { .tty = tty };
	int64_t since_us = g_get_monotonic_time();
	double before = visit_cpu(&visit);

	while (g_get_monotonic_time() - since_us < idle_ms * INT64_C(1000)) {
		tty_wait(tty, never, NULL, STEP_MS);
		if (visit_cpu(&visit) - before <= IDLE_CPU_MS)
			continue;
		before = visit_cpu(&visit);
		since_us = g_get_monotonic_time();
	}
}

static struct tty *start(char **args)
{
	char **argv = args;
	struct tty *tty;

	while (*argv != NULL && strcmp(*argv, "--") != 0)
		argv++;
	if (*argv == NULL || argv[1] == NULL)
		fail(NULL, "which program?");
	tty = tty_spawn(ROWS, COLS, (const char *const *)argv + 1, NULL);
	if (!tty_wait_for(tty, args[0]))
		fail(tty, "the newest message does not show");
	wait_idle(tty, (int)strtol(args[1], NULL, 10));
	return tty;
}

static void quit(struct tty *tty)
{
	tty_type(tty, "q");
	tty_wait_exit(tty);
	tty_free(&tty);
}

static void settle(char **args)
{
	quit(start(args));
}

static void arrive(char **args)
{
	struct tty *tty = start(args);

	if (system(args[2]) != 0)
		fail(tty, "the command failed");
	wait_idle(tty, (int)strtol(args[1], NULL, 10));
	/* It may be below the screen: to the last one. */
	tty_type(tty, "*");
	if (!tty_wait_for(tty, args[3]))
		fail(tty, "the new message does not show");
	quit(tty);
}

static const struct {
	const char *name;
	int n_args;
	void (*run)(char **args);
} modes[] = {
	{ "clients", 0, print_clients },
	{ "scene", 2, run_scene },
	{ "command", 1, say_commands },
	{ "time", 1, time_command },
	{ "settle", 4, settle },
	{ "arrive", 6, arrive },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < G_N_ELEMENTS(modes); i++) {
		if (strcmp(argv[1], modes[i].name) != 0 ||
				argc < 2 + modes[i].n_args)
			continue;
		modes[i].run(argv + 2);
		return 0;
	}
	fprintf(stderr, "usage: bench clients | scene NAME CLIENT |"
		" command COMMAND... | time COMMAND... | settle ... | arrive ...\n");
	return 2;
}
