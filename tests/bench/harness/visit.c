/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/harness/visit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { ROWS = 40, COLS = 120 };
/* The list has settled when it was the same for so long, and what may be on
 * its way over the slow line has come. */
enum { SETTLE_MS = 150, QUIET_MS = 600, STEP_MS = 50, STEP_CPU_MS = 5,
	/* An IDLE, which may well come later, is no work. */
	IDLE_OCTETS = 200 };

static double ms_since(int64_t start_us)
{
	return (double)(g_get_monotonic_time() - start_us) / 1000;
}

/* --- the screen ----------------------------------------------------------- */

/* The number of the message that the row shows; 0: none. */
static unsigned message_in(const char *row)
{
	const char *at = strstr(row, "bench message ");

	return at == NULL ? 0 :
		(unsigned)strtoul(at + strlen("bench message "), NULL, 10);
}

static void add(guint *hash, guint value)
{
	*hash = (*hash ^ value) * 16777619u;
}

static void add_look(struct tty *tty, int row, guint *hash)
{
	for (int col = 0; col < COLS; col++) {
		struct tty_cell cell = tty_cell(tty, row, col);

		add(hash, cell.ch);
		add(hash, (guint)cell.fg ^ (guint)cell.bg << 9 ^
			(guint)(cell.bold | cell.reverse << 1) << 20);
	}
}

struct shown visit_shown(struct visit *visit)
{
	struct shown shown = { .least = UINT_MAX };
	int at_row, at_col;

	tty_cursor(visit->tty, &at_row, &at_col);
	add(&shown.look, (guint)at_row);
	for (int i = 0; i < ROWS; i++) {
		char *row = tty_row(visit->tty, i);
		unsigned n = message_in(row);

		if (n > 0) {
			shown.n_rows++;
			shown.n_rare += strstr(row, "rare") != NULL;
			shown.least = MIN(shown.least, n);
			shown.most = MAX(shown.most, n);
			add(&shown.list, (guint)i);
			add(&shown.list, n);
			add_look(visit->tty, i, &shown.look);
		}
		g_free(row);
	}
	return shown;
}

/* --- waiting -------------------------------------------------------------- */

/* For whoever looks why a client is late. */
static double late(struct visit *visit)
{
	tty_dump(visit->tty);
	return VISIT_LATE;
}

static bool never(struct tty *tty, void *data)
{
	(void)tty;
	(void)data;
	return false;
}

void visit_pass(struct visit *visit, unsigned ms)
{
	tty_wait(visit->tty, never, NULL, (int)ms);
}

struct awaited {
	struct visit *visit;
	struct shown before;
	unsigned text;          /* the message whose text was shown before */
	unsigned prompts;       /* that were answered, by bits */
};

static bool list_differs(struct tty *tty, void *data)
{
	struct awaited *awaited = data;
	struct shown shown = visit_shown(awaited->visit);

	(void)tty;
	return shown.n_rows > 0 && shown.list != awaited->before.list;
}

static bool look_differs(struct tty *tty, void *data)
{
	struct awaited *awaited = data;

	(void)tty;
	return visit_shown(awaited->visit).look != awaited->before.look;
}

static void answer(struct awaited *awaited, struct tty *tty)
{
	const struct client_prompt *prompts = awaited->visit->client->prompts;

	for (unsigned i = 0; i < CLIENT_PROMPTS && prompts[i].asks; i++) {
		if (awaited->prompts & 1u << i ||
				tty_find(tty, prompts[i].asks) < 0)
			continue;
		awaited->prompts |= 1u << i;
		tty_type(tty, prompts[i].answer);
	}
}

static bool newest_shows(struct tty *tty, void *data)
{
	struct awaited *awaited = data;

	answer(awaited, tty);
	return visit_shown(awaited->visit).most == awaited->visit->setup->count;
}

/* The message whose text the screen shows; 0: none. */
static unsigned text_shown(struct tty *tty)
{
	int row = tty_find(tty, "This is message ");
	char *line = row < 0 ? NULL : tty_row(tty, row);
	unsigned n = line == NULL ? 0 : (unsigned)strtoul(strstr(line,
		"This is message ") + strlen("This is message "), NULL, 10);

	g_free(line);
	return n;
}

static bool text_differs(struct tty *tty, void *data)
{
	struct awaited *awaited = data;
	unsigned n = text_shown(tty);

	return n != 0 && n != awaited->text;
}

/* The list is new: when, and what it took until then. */
static double note_list(struct visit *visit, int64_t start_us)
{
	visit->list_cpu = visit_cpu(visit);
	visit->list_in = visit->setup->live->in;
	return ms_since(start_us);
}

/* Until the list is the same for a while; when it changed last. */
static double settle(struct visit *visit, int64_t start_us)
{
	int patience = SETTLE_MS + (int)visit->setup->delay_ms * 3 / 2;
	struct awaited awaited = { .visit = visit };
	double last_ms = note_list(visit, start_us);

	awaited.before = visit_shown(visit);
	while (last_ms < visit->setup->limit_ms &&
			tty_wait(visit->tty, list_differs, &awaited, patience)) {
		last_ms = note_list(visit, start_us);
		awaited.before = visit_shown(visit);
	}
	return last_ms < visit->setup->limit_ms ? last_ms : VISIT_LATE;
}

double visit_first_screen(struct visit *visit)
{
	struct awaited awaited = { .visit = visit };

	if (!tty_wait(visit->tty, newest_shows, &awaited,
			(int)visit->setup->limit_ms))
		return late(visit);
	return settle(visit, visit->start_us);
}

double visit_list_change(struct visit *visit, const char *keys)
{
	int64_t start_us = g_get_monotonic_time();
	char **parts = g_strsplit(keys, "\f", -1);
	bool is_late = false;

	for (char **part = parts; *part != NULL && !is_late; part++) {
		struct awaited awaited = { .visit = visit,
			.before = visit_shown(visit) };

		tty_type(visit->tty, *part);
		is_late = !tty_wait(visit->tty, list_differs, &awaited,
			(int)visit->setup->limit_ms);
	}
	g_strfreev(parts);
	return is_late ? late(visit) : settle(visit, start_us);
}

double visit_text(struct visit *visit, const char *keys, bool other)
{
	struct awaited awaited = { .visit = visit,
		.text = other ? text_shown(visit->tty) : 0 };
	int64_t start_us = g_get_monotonic_time();

	tty_type(visit->tty, keys);
	if (!tty_wait(visit->tty, text_differs, &awaited,
			(int)visit->setup->limit_ms))
		return late(visit);
	return ms_since(start_us);
}

double visit_cursor(struct visit *visit, const char *key)
{
	struct awaited awaited = { .visit = visit,
		.before = visit_shown(visit) };
	int64_t start_us = g_get_monotonic_time();

	tty_type(visit->tty, key);
	if (!tty_wait(visit->tty, look_differs, &awaited,
			(int)visit->setup->limit_ms))
		return late(visit);
	return ms_since(start_us);
}

/* --- what it uses --------------------------------------------------------- */

double visit_cpu(const struct visit *visit)
{
	struct timespec used = { 0 };
	clockid_t clock;

	if (clock_getcpuclockid(tty_pid(visit->tty), &clock) == 0)
		clock_gettime(clock, &used);
	return (double)used.tv_sec * 1e3 + (double)used.tv_nsec / 1e6;
}

static uint64_t octets(const struct live *live)
{
	return live->in + live->out;
}

static bool is_loading(const struct visit *visit)
{
	const char *const *words = visit->client->loading;

	for (int i = 0; i < CLIENT_WORDS && words[i] != NULL; i++)
		if (tty_find(visit->tty, words[i]) >= 0)
			return true;
	return false;
}

double visit_quiet(struct visit *visit)
{
	const struct live *live = visit->setup->live;
	int64_t busy_us = tty_last_output_us(visit->tty);
	int64_t quiet_us = (QUIET_MS + visit->setup->delay_ms * 2) *
		INT64_C(1000);
	double cpu = visit_cpu(visit);
	uint64_t passed = 0;

	while (g_get_monotonic_time() - busy_us < quiet_us) {
		if (ms_since(visit->start_us) > visit->setup->limit_ms)
			return VISIT_LATE;
		visit_pass(visit, STEP_MS);
		if (visit_cpu(visit) - cpu > STEP_CPU_MS || is_loading(visit))
			busy_us = g_get_monotonic_time();
		cpu = visit_cpu(visit);
		busy_us = MAX(busy_us, tty_last_output_us(visit->tty));
		if (octets(live) - passed > IDLE_OCTETS) {
			passed = octets(live);
			busy_us = MAX(busy_us, live->last_us);
		}
	}
	return (double)(busy_us - visit->start_us) / 1000;
}

void visit_print(const struct visit *visit, const char *name, const char *what,
	double value)
{
	if (value == VISIT_LATE)
		printf("%s.%s\t>%u\n", name, what, visit->setup->limit_ms);
	else
		printf("%s.%s\t%.2f\n", name, what, value);
	fflush(stdout);
}

void visit_count_anew(struct visit *visit)
{
	const struct live *now = visit->setup->live;

	visit->before.out = now->out;
	visit->before.in = now->in;
	visit->before.flights = now->flights;
}

void visit_print_wire(const struct visit *visit, const char *name)
{
	const struct live *now = visit->setup->live;

	visit_print(visit, name, "out", (double)(now->out - visit->before.out));
	visit_print(visit, name, "in", (double)(now->in - visit->before.in));
	visit_print(visit, name, "flights",
		(double)(now->flights - visit->before.flights));
}

void visit_print_memory(const struct visit *visit, const char *name)
{
	char *path = g_strdup_printf("/proc/%d/status", tty_pid(visit->tty));
	char *text = NULL;
	const char *at;

	if (g_file_get_contents(path, &text, NULL, NULL) &&
			(at = strstr(text, "VmRSS:")) != NULL)
		visit_print(visit, name, "rss",
			(double)strtol(at + strlen("VmRSS:"), NULL, 10));
	g_free(text);
	g_free(path);
}

/* --- start and end -------------------------------------------------------- */

void visit_start(struct visit *visit, const struct setup *setup)
{
	char **words = g_strsplit(setup->client->command, " ", -1);

	visit->setup = setup;
	visit->client = setup->client;
	visit_count_anew(visit);
	visit->start_us = g_get_monotonic_time();
	visit->tty = tty_spawn(ROWS, COLS, (const char *const *)words, NULL);
	g_strfreev(words);
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

void visit_end(struct visit *visit, const char *name)
{
	struct rusage usage;

	if (visit->client->quit != NULL)
		tty_type(visit->tty, visit->client->quit);
	usage = tty_end(visit->tty);
	visit_print(visit, name, "cpu",
		(seconds(usage.ru_utime) + seconds(usage.ru_stime)) * 1000);
	visit_print(visit, name, "peak", (double)usage.ru_maxrss);
	tty_free(&visit->tty);
}
