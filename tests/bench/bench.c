/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench: times the program on a pseudo terminal, as a person would feel it.
 *
 *   bench open SUBJECT -- PROGRAM ARG...
 *       milliseconds from exec to SUBJECT on the screen
 *   bench memory SUBJECT QUIET_MS -- PROGRAM ARG...
 *       resident and peak kB once the screen shows SUBJECT and the program has
 *       then been idle for so long, before and after a look at old messages
 *   bench keys SUBJECT COUNT GROUP -- PROGRAM ARG...
 *       stops the process group GROUP (the server) once SUBJECT shows, types
 *       COUNT keys that move the cursor, and prints p50, p99 and max
 *       milliseconds from a key to the cursor on its new row
 *   bench busy SUBJECT COUNT -- PROGRAM ARG...
 *       like keys, but with the server at work: typed from the moment that
 *       SUBJECT shows, while all else is fetched
 *   bench offline SUBJECT GROUP -- PROGRAM ARG...
 *       like open, with the process group GROUP stopped before
 *   bench settle SUBJECT QUIET_MS -- PROGRAM ARG...
 *       waits for SUBJECT, then until the program was idle for so long
 *   bench arrive SUBJECT QUIET_MS COMMAND NEW -- PROGRAM ARG...
 *       the same, then runs COMMAND, waits again, and for the subject NEW
 */
#include "tests/pty/tty.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 40, COLS = 100 };

static double ms_since(int64_t start_us)
{
	return (double)(g_get_monotonic_time() - start_us) / 1000.0;
}

static void fail(struct tty *tty, const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	if (tty != NULL)
		tty_dump(tty);
	exit(1);
}

static struct tty *start(char **argv, const char *subject, double *ms_out)
{
	int64_t start_us = g_get_monotonic_time();
	struct tty *tty = tty_spawn(ROWS, COLS, (const char *const *)argv, NULL);

	if (!tty_wait_for(tty, subject))
		fail(tty, "the newest message does not show");
	*ms_out = ms_since(start_us);
	return tty;
}

static void bench_open(char **args, char **program)
{
	double ms;
	struct tty *tty = start(program, args[0], &ms);

	printf("%.1f\n", ms);
	tty_type(tty, "q");
	tty_wait_exit(tty);
	tty_free(&tty);
}

static void bench_offline(char **args, char **program)
{
	int group = (int)strtol(args[1], NULL, 10);

	kill(-group, SIGSTOP);
	bench_open(args, program);
	kill(-group, SIGCONT);
}

static void print_status(int pid, const char *key)
{
	char *path = g_strdup_printf("/proc/%d/status", pid);
	char *text = NULL;
	const char *at;

	if (g_file_get_contents(path, &text, NULL, NULL)
			&& (at = strstr(text, key)) != NULL)
		printf("%s %ld kB\n", key, strtol(at + strlen(key) + 1, NULL, 10));
	g_free(text);
	g_free(path);
}

static bool never(struct tty *tty, void *data)
{
	(void)tty;
	(void)data;
	return false;
}

/* Clock ticks of the processor that the program has used. */
static long ticks(struct tty *tty)
{
	char *path = g_strdup_printf("/proc/%d/stat", tty_pid(tty));
	char *text = NULL, **words;
	long sum = 0;

	if (g_file_get_contents(path, &text, NULL, NULL)) {
		words = g_strsplit(text, " ", -1);
		if (g_strv_length(words) > 14)
			sum = strtol(words[13], NULL, 10)
				+ strtol(words[14], NULL, 10);
		g_strfreev(words);
	}
	g_free(text);
	g_free(path);
	return sum;
}

/* Until the program has done next to nothing for idle_ms: the screen may be
 * quiet long before. The time when that began. */
static int64_t wait_idle(struct tty *tty, int idle_ms)
{
	enum { STEP_MS = 100, IDLE_TICKS = 2 };
	int64_t since_us = g_get_monotonic_time();
	long before = ticks(tty);

	while (ms_since(since_us) < idle_ms) {
		tty_wait(tty, never, NULL, STEP_MS);
		if (ticks(tty) - before <= IDLE_TICKS)
			continue;
		before = ticks(tty);
		since_us = g_get_monotonic_time();
	}
	return since_us;
}

static void print_memory(struct tty *tty, const char *rss)
{
	int pid = tty_pid(tty);

	printf("%s ", rss);
	print_status(pid, "VmRSS");
	print_status(pid, "VmHWM");
}

static void bench_memory(char **args, char **program)
{
	enum { PAGES = 200, PAGE_MS = 20 };
	int idle_ms = (int)strtol(args[1], NULL, 10);
	double ms;
	int64_t start_us = g_get_monotonic_time();
	struct tty *tty = start(program, args[0], &ms);

	printf("settled %.0f ms\n",
		(double)(wait_idle(tty, idle_ms) - start_us) / 1000);
	print_memory(tty, "synced");
	for (int i = 0; i < PAGES; i++) {
		tty_type(tty, "Z");
		tty_wait(tty, never, NULL, PAGE_MS);
	}
	wait_idle(tty, 1000);
	print_memory(tty, "paged");
	tty_type(tty, "q");
	tty_wait_exit(tty);
	tty_free(&tty);
}

static void quit(struct tty *tty)
{
	tty_type(tty, "q");
	tty_wait_exit(tty);
	tty_free(&tty);
}

static void bench_settle(char **args, char **program)
{
	double ms;
	struct tty *tty = start(program, args[0], &ms);

	wait_idle(tty, (int)strtol(args[1], NULL, 10));
	quit(tty);
}

static void bench_arrive(char **args, char **program)
{
	int idle_ms = (int)strtol(args[1], NULL, 10);
	double ms;
	struct tty *tty = start(program, args[0], &ms);

	wait_idle(tty, idle_ms);
	if (system(args[2]) != 0)
		fail(tty, "the command failed");
	wait_idle(tty, idle_ms);
	/* It may be below the screen: to the last one. */
	tty_type(tty, "*");
	if (!tty_wait_for(tty, args[3]))
		fail(tty, "the new message does not show");
	quit(tty);
}

static int cursor_row(struct tty *tty)
{
	int row, col;

	tty_cursor(tty, &row, &col);
	return row;
}

static bool has_moved(struct tty *tty, void *data)
{
	return cursor_row(tty) != *(int *)data;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

enum { UP_AND_DOWN = 20, PAUSE_MS = 20 };

/* Up some rows, down again, and so on: each key moves the cursor. */
static bool type_keys(struct tty *tty, double *ms, int count)
{
	tty_type(tty, "*");
	tty_wait(tty, never, NULL, 200);
	for (int i = 0; i < count; i++) {
		int before = cursor_row(tty);
		int64_t start_us = g_get_monotonic_time();

		tty_type(tty, i / UP_AND_DOWN % 2 == 0 ? "K" : "J");
		if (!tty_wait(tty, has_moved, &before, 5000))
			return false;
		ms[i] = ms_since(start_us);
		tty_wait(tty, never, NULL, PAUSE_MS);
	}
	return true;
}

static void print_keys(double *ms, int count)
{
	qsort(ms, (size_t)count, sizeof(*ms), compare);
	printf("%.2f %.2f %.2f\n", ms[count / 2], ms[count * 99 / 100],
		ms[count - 1]);
}

static void bench_keys(char **args, char **program)
{
	int count = (int)strtol(args[1], NULL, 10);
	int group = (int)strtol(args[2], NULL, 10);
	double *ms = g_new(double, count), open_ms;
	struct tty *tty = start(program, args[0], &open_ms);
	bool is_painted;

	tty_wait_quiet(tty, 1000);
	kill(-group, SIGSTOP);
	is_painted = type_keys(tty, ms, count);
	kill(-group, SIGCONT);
	if (!is_painted)
		fail(tty, "a key was not painted");
	print_keys(ms, count);
	tty_type(tty, "q");
	tty_wait_exit(tty);
	tty_free(&tty);
	g_free(ms);
}

static void bench_busy(char **args, char **program)
{
	int count = (int)strtol(args[1], NULL, 10);
	double *ms = g_new(double, count), open_ms;
	struct tty *tty = start(program, args[0], &open_ms);

	if (!type_keys(tty, ms, count))
		fail(tty, "a key was not painted");
	print_keys(ms, count);
	tty_type(tty, "q");
	tty_wait_exit(tty);
	tty_free(&tty);
	g_free(ms);
}

static const struct {
	const char *name;
	int n_args;
	void (*run)(char **args, char **program);
} modes[] = {
	{ "open", 1, bench_open },
	{ "offline", 2, bench_offline },
	{ "memory", 2, bench_memory },
	{ "keys", 3, bench_keys },
	{ "busy", 2, bench_busy },
	{ "settle", 2, bench_settle },
	{ "arrive", 4, bench_arrive },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < G_N_ELEMENTS(modes); i++) {
		int program = 3 + modes[i].n_args;

		if (strcmp(argv[1], modes[i].name) != 0 || argc <= program
				|| strcmp(argv[program - 1], "--") != 0)
			continue;
		modes[i].run(argv + 2, argv + program);
		return 0;
	}
	fprintf(stderr,
		"usage: bench open|offline|memory|keys|busy|settle|arrive ..."
		" -- PROGRAM ARG...\n");
	return 2;
}
