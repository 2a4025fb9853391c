/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Left running for days: the clock is turned while mail comes and goes, others
 * change it, the server goes away and comes back, and a person does this and
 * that. What it holds of memory and descriptors does not grow. SOAK_HOURS of
 * simulated time (24 by `make soak`); without it as many as show a leak.
 */
#include "tests/preload/clock.h"
#include "tests/pty/stage.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const int64_t SECOND_US = 1000000;

enum {
	HOURS = 4,
	ROUND_MINUTES = 5,
	STEP_S = 60,
	WARM_UP_CYCLES = 2,
	MESSAGES = 20, /* of each event that brings some */
	/* Allocators keep some of what was freed. */
	MEMORY_SPARE_KB = 2048,
	DESCRIPTORS_SPARE = 2, /* a connection that is about to be closed */
};

static struct {
	char *why_not;
	char *preload, *clock_path;
	struct clock_ahead *ahead;
	unsigned n_news, n_gone;
} soak;

/* --- the clock ----------------------------------------------------------- */

static void make_clock(const char *program)
{
	char *folder = g_path_get_dirname(program);
	char *preload = g_build_filename(folder, "..", "preload", "clock.so",
		NULL);
	int fd = g_file_open_tmp("culver-clock-XXXXXX", &soak.clock_path, NULL);

	soak.preload = g_canonicalize_filename(preload, NULL);
	g_assert_cmpint(ftruncate(fd, sizeof(*soak.ahead)), ==, 0);
	soak.ahead = mmap(NULL, sizeof(*soak.ahead), PROT_READ | PROT_WRITE,
		MAP_SHARED, fd, 0);
	g_assert_true(soak.ahead != MAP_FAILED);
	close(fd);
	g_free(preload);
	g_free(folder);
}

static void remove_clock(void)
{
	munmap(soak.ahead, sizeof(*soak.ahead));
	unlink(soak.clock_path);
	g_free(soak.clock_path);
	g_free(soak.preload);
}

/* So much time, in steps that leave the server time to answer. */
static void pass(struct tty *tty, int seconds)
{
	for (int i = 0; i < seconds; i += STEP_S) {
		soak.ahead->awake_us += STEP_S * SECOND_US;
		tty_wait_quiet(tty, 20);
		see(tty, "IDLE");
	}
}

/* --- what goes on -------------------------------------------------------- */

static char *subject_of(unsigned n)
{
	return g_strdup_printf("news %06u", n);
}

static void news(struct tty *tty)
{
	char *subject = NULL;

	for (int i = 0; i < MESSAGES; i++) {
		g_free(subject);
		subject = subject_of(soak.n_news++);
		stage_deliver("Soak", NULL, subject, NULL);
	}
	tty_type(tty, "*");
	see(tty, subject);
	g_free(subject);
}

static bool last_is_flagged(struct tty *tty, void *data)
{
	int row = tty_find(tty, data);

	return row >= 0 && tty_cell(tty, row, 7).ch == 'F';
}

static void flags_elsewhere(struct tty *tty)
{
	char *subject = subject_of(soak.n_news - 1);
	char *command = g_strdup_printf("flag \\Flagged ~s \"%s\"", subject);

	stage_batch("Soak", command);
	check(tty, tty_wait(tty, last_is_flagged, subject, TTY_DEADLINE_MS));
	g_free(command);
	g_free(subject);
}

/* As many as came, the oldest. */
static void expunge_elsewhere(struct tty *tty)
{
	GString *command = g_string_new("delete ");
	char *subject = NULL;

	for (int i = 0; i < MESSAGES; i++) {
		g_free(subject);
		subject = subject_of(soak.n_gone++);
		g_string_append_printf(command, "%s~s \"%s\"",
			i > 0 ? " | " : "", subject);
	}
	tty_type(tty, "=");
	see(tty, "the first");
	stage_batch("Soak", command->str);
	see_gone(tty, subject);
	g_string_free(command, TRUE);
	g_free(subject);
}

static void other_mailbox(struct tty *tty)
{
	tty_type(tty, "cOther\r");
	see(tty, "other 09");
	see(tty, "IDLE");
	tty_type(tty, "cSoak\r");
	see_gone(tty, "other 09");
	tty_type(tty, "=");
	see(tty, "the first");
	see(tty, "IDLE");
}

static void read_one(struct tty *tty)
{
	tty_type(tty, "=\r");
	see(tty, "The text of the first");
	tty_type(tty, "i");
	see_gone(tty, "The text of");
}

static void limit(struct tty *tty)
{
	tty_type(tty, "l\x15~s first\r");
	see(tty, "limit ~s first");
	tty_type(tty, "l\x15" "all\r");
	see_gone(tty, "limit ~s");
}

static void sort(struct tty *tty)
{
	tty_type(tty, ":set sort = subject\r");
	tty_type(tty, "*");
	see(tty, "the first");
	tty_type(tty, ":set sort = threads\r");
	tty_type(tty, "=");
	see(tty, "the first");
}

static void delete_and_undo(struct tty *tty)
{
	tty_type(tty, "=d");
	see_gone(tty, "the first");
	tty_type(tty, "\x1f");
	tty_type(tty, "=");
	see(tty, "the first");
}

static void restart(struct tty *tty)
{
	stage_kill();
	see(tty, "ffline");
	stage_restart();
	soak.ahead->awake_us += 30 * 60 * SECOND_US;
	see_gone(tty, "ffline");
	see(tty, "IDLE");
}

/* The server says nothing, longer than anybody waits. */
static void silence(struct tty *tty)
{
	stage_signal(SIGSTOP);
	for (int i = 0; i < 40 && tty_find(tty, "ffline") < 0; i++) {
		soak.ahead->awake_us += STEP_S * SECOND_US;
		tty_wait_quiet(tty, 20);
	}
	see(tty, "ffline");
	stage_signal(SIGCONT);
	soak.ahead->awake_us += 30 * 60 * SECOND_US;
	see_gone(tty, "ffline");
	see(tty, "IDLE");
}

static void sleep_for_an_hour(struct tty *tty)
{
	soak.ahead->asleep_us += 3600 * SECOND_US;
	tty_type(tty, "*");
	tty_wait_quiet(tty, 50);
	see(tty, "IDLE");
}

static void (*const events[])(struct tty *tty) = {
	news, flags_elsewhere, expunge_elsewhere, other_mailbox, read_one,
	limit, sort, delete_and_undo, restart, silence, sleep_for_an_hour,
};

/* --- what it holds ------------------------------------------------------- */

struct held {
	long memory_kb;
	unsigned descriptors, threads;
};

static unsigned count_entries(int pid, const char *what)
{
	char *path = g_strdup_printf("/proc/%d/%s", pid, what);
	GDir *folder = g_dir_open(path, 0, NULL);
	unsigned n = 0;

	while (folder != NULL && g_dir_read_name(folder) != NULL)
		n++;
	g_clear_pointer(&folder, g_dir_close);
	g_free(path);
	return n;
}

static long resident_kb(int pid)
{
	char *path = g_strdup_printf("/proc/%d/status", pid);
	char *text = NULL, *at;
	long kb = 0;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	at = strstr(text, "RssAnon:");
	if (at != NULL)
		kb = strtol(at + strlen("RssAnon:"), NULL, 10);
	g_free(text);
	g_free(path);
	return kb;
}

static struct held look(struct tty *tty)
{
	int pid = tty_pid(tty);

	return (struct held){
		.memory_kb = resident_kb(pid),
		.descriptors = count_entries(pid, "fd"),
		.threads = count_entries(pid, "task"),
	};
}

/* Freed memory is kept from reuse by the sanitizer, which finds leaks itself. */
static void compare(struct tty *tty, const struct held *before,
	const struct held *now)
{
	g_test_message("%ld kB, %u descriptors, %u threads", now->memory_kb,
		now->descriptors, now->threads);
#ifndef __SANITIZE_ADDRESS__
	check(tty, now->memory_kb <= before->memory_kb + MEMORY_SPARE_KB);
#endif
	check(tty, now->descriptors <= before->descriptors + DESCRIPTORS_SPARE);
	check(tty, now->threads <= before->threads + DESCRIPTORS_SPARE);
}

static struct held more_of(const struct held *a, const struct held *b)
{
	return (struct held){
		.memory_kb = MAX(a->memory_kb, b->memory_kb),
		.descriptors = MAX(a->descriptors, b->descriptors),
		.threads = MAX(a->threads, b->threads),
	};
}

/* --- the run ------------------------------------------------------------- */

static void fill(void)
{
	stage_deliver("Soak", "S", "the first", NULL);
	for (int i = 0; i < 10; i++) {
		char *subject = g_strdup_printf("other %02d", i);

		stage_deliver("Other", "S", subject, NULL);
		g_free(subject);
	}
}

static struct tty *open_with_clock(void)
{
	const char *options = g_getenv("ASAN_OPTIONS");
	char *sanitizer = g_strdup_printf("ASAN_OPTIONS=%s:"
		"verify_asan_link_order=0:quarantine_size_mb=1",
		options != NULL ? options : "");
	char *preload = g_strconcat("LD_PRELOAD=", soak.preload, NULL);
	char *clock = g_strconcat("CLOCK=", soak.clock_path, NULL);
	const char *env[] = { sanitizer, preload, clock, NULL };
	struct tty *tty = stage_open_cached(stage_rc(NULL), "Soak", env);

	g_free(clock);
	g_free(preload);
	g_free(sanitizer);
	return tty;
}

static void cycle(struct tty *tty)
{
	for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
		events[i](tty);
		pass(tty, ROUND_MINUTES * 60);
	}
}

static void test_soak(void)
{
	const char *hours = g_getenv("SOAK_HOURS");
	int64_t end_us = (hours != NULL ? strtol(hours, NULL, 10) : HOURS) *
		3600 * SECOND_US;
	struct held before = { 0 }, now;
	struct tty *tty;

	if (soak.why_not != NULL) {
		g_test_skip(soak.why_not);
		return;
	}
	fill();
	tty = open_with_clock();
	see(tty, "the first");
	see(tty, "IDLE");
	for (int i = 0; soak.ahead->awake_us + soak.ahead->asleep_us < end_us ||
		i <= WARM_UP_CYCLES; i++) {
		cycle(tty);
		now = look(tty);
		if (i < WARM_UP_CYCLES)
			before = more_of(&before, &now);
		else
			compare(tty, &before, &now);
	}
	tty_type(tty, "q");
	check(tty, tty_wait_exit(tty) == 0);
	tty_free(&tty);
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	g_setenv("LIFETIME", "7200", FALSE);
	make_clock(argv[0]);
	stage_start(&soak.why_not);
	g_test_add_func("/soak", test_soak);
	status = g_test_run();
	stage_stop();
	remove_clock();
	g_free(soak.why_not);
	return status;
}
