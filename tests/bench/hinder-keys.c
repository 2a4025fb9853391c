/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hinder-keys HINDRANCE COUNT GROUP -- PROGRAM ARG...
 *
 * Starts the program on a pseudo terminal, waits for a list of messages, brings
 * about what the hindrance is (most are there already: ./hinder), types COUNT
 * keys that move the cursor by lines and by pages, and prints p50, p99 and max
 * of the milliseconds from a key to its row painted. GROUP is the server's
 * process group.
 */
#include "tests/preload/clock.h"
#include "tests/pty/tty.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 40, COLS = 100, PAUSE_MS = 20, SLOWEST_MS = 20000 };

static int group;

static void fail(struct tty *tty, const char *what)
{
	fprintf(stderr, "hinder-keys: %s\n", what);
	tty_dump(tty);
	kill(-group, SIGCONT);
	tty_free(&tty);
	exit(1);
}

static void see(struct tty *tty, const char *text)
{
	if (!tty_wait_for(tty, text))
		fail(tty, text);
}

/* There are rows enough to move over. */
static bool has_page(struct tty *tty, void *data)
{
	int rows = 0;

	(void)data;
	for (int row = 0; row < ROWS; row++) {
		char *text = tty_row(tty, row);

		rows += strstr(text, "bench message") != NULL;
		g_free(text);
	}
	return rows > ROWS / 2;
}

/* --- hindrances ----------------------------------------------------------- */

static void stop_server(struct tty *tty)
{
	tty_wait_quiet(tty, 1000);
	kill(-group, SIGSTOP);
}

static void set_flag(struct tty *tty)
{
	see(tty, "online");
	tty_type(tty, "F");
}

static void save_attachment(struct tty *tty)
{
	const char *path = getenv("SAVE");

	see(tty, "online");
	tty_type(tty, "=");
	see(tty, "message 2 ");
	tty_type(tty, "v");
	see(tty, "big.bin");
	tty_type(tty, "Gs");
	see(tty, "Save");
	tty_type(tty, "\x15");
	tty_type(tty, path);
	tty_type(tty, "\rq");
	see(tty, "bench message");
}

/* Of an hour, as the clocks tell it afterwards. */
static void sleep_for_an_hour(struct tty *tty)
{
	const struct clock_ahead ahead = {
		.asleep_us = 3600 * G_GINT64_CONSTANT(1000000),
	};
	int fd = open(getenv("CLOCK"), O_WRONLY | O_CLOEXEC);

	see(tty, "online");
	if (pwrite(fd, &ahead, sizeof(ahead), 0) != sizeof(ahead))
		fail(tty, "cannot turn the clock");
	close(fd);
}

static const struct {
	const char *name;
	void (*bring_about)(struct tty *tty);
} hindrances[] = {
	{ "stopped", stop_server },
	{ "flood", set_flag },
	{ "attachment", save_attachment },
	{ "slept", sleep_for_an_hour },
};

static void bring_about(struct tty *tty, const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(hindrances); i++)
		if (strcmp(hindrances[i].name, name) == 0)
			hindrances[i].bring_about(tty);
}

/* --- keys ----------------------------------------------------------------- */

/* The row with the bar. */
struct place {
	int row;
	char *text;
};

static struct place place_of(struct tty *tty)
{
	struct place place;
	int col;

	tty_cursor(tty, &place.row, &col);
	place.text = tty_row(tty, place.row);
	return place;
}

static bool has_moved(struct tty *tty, void *data)
{
	const struct place *before = data;
	struct place now = place_of(tty);
	bool moved = now.row != before->row ||
		strcmp(now.text, before->text) != 0;

	g_free(now.text);
	return moved;
}

static bool never(struct tty *tty, void *data)
{
	(void)tty;
	(void)data;
	return false;
}

/* Milliseconds until the key's row is painted. */
static double press(struct tty *tty, const char *key)
{
	struct place before = place_of(tty);
	gint64 start_us = g_get_monotonic_time();

	tty_type(tty, key);
	if (!tty_wait(tty, has_moved, &before, SLOWEST_MS))
		fail(tty, "a key was not painted");
	g_free(before.text);
	return (double)(g_get_monotonic_time() - start_us) / 1000;
}

/* From the end: ten rows up, two pages up, and back. */
static void type_keys(struct tty *tty, double *ms, int count)
{
	static const char round[] = "KKKKKKKKKKZZzzJJJJJJJJJJ";

	tty_type(tty, "*");
	tty_wait(tty, never, NULL, 200);
	for (int i = 0; i < count; i++) {
		const char key[] = { round[(size_t)i % (sizeof(round) - 1)], 0 };

		ms[i] = press(tty, key);
		tty_wait(tty, never, NULL, PAUSE_MS);
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(struct tty *tty, int count)
{
	double *ms = g_new(double, count);

	type_keys(tty, ms, count);
	qsort(ms, (size_t)count, sizeof(*ms), compare);
	printf("%.2f %.2f %.2f\n", ms[count / 2], ms[count * 99 / 100],
		ms[count - 1]);
	g_free(ms);
}

int main(int argc, char **argv)
{
	int count = argc > 5 ? (int)strtol(argv[2], NULL, 10) : 0;
	struct tty *tty;

	if (count <= 0 || strcmp(argv[4], "--") != 0) {
		fprintf(stderr, "usage: hinder-keys HINDRANCE COUNT GROUP"
			" -- PROGRAM ARG...\n");
		return 2;
	}
	group = (int)strtol(argv[3], NULL, 10);
	tty = tty_spawn(ROWS, COLS, (const char *const *)argv + 5, NULL);
	if (!tty_wait(tty, has_page, NULL, SLOWEST_MS))
		fail(tty, "no list of messages");
	bring_about(tty, argv[1]);
	measure(tty, count);
	kill(-group, SIGCONT);
	tty_type(tty, "q");
	tty_wait_exit(tty);
	tty_free(&tty);
	return 0;
}
