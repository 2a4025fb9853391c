/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes to the terminal: a slow line to it is no reason to wait. Only what
 * has changed is sent, and an octet that shows nothing is not. */
#include "tests/pty/stage.h"

enum {
	MESSAGES = 60,
	MOVES = 10,
	/* One cursor movement in 80 columns. */
	MOST = 300,
	/* Wider, the bar and the row that it leaves are cells that changed,
	 * which some terminals can only be told one by one. */
	MOST_BESIDE_CELLS = 100,
	/* A page: its cells, and the way to and the colours of each row. */
	MOST_OF_ROW = 50,
};

static const struct variant {
	const char *term;
	int rows, cols;
} variants[] = {
	{ "xterm-256color", 24, 80 }, { "xterm-256color", 50, 200 },
	{ "screen", 24, 80 }, { "screen", 50, 200 },
	{ "linux", 24, 80 }, { "linux", 50, 200 },
};

static char *why_not;

static int cursor_row(struct tty *tty)
{
	int row, col;

	tty_cursor(tty, &row, &col);
	return row;
}

static bool is_on_row(struct tty *tty, void *data)
{
	return cursor_row(tty) == *(int *)data;
}

/* Octets of keys that each move the cursor by one row. */
static uint64_t octets_of_moves(struct tty *tty, const char *key, int by)
{
	int row = cursor_row(tty);
	uint64_t before = tty_octets(tty);

	for (int i = 0; i < MOVES; i++) {
		row += by;
		tty_type(tty, key);
		check(tty, tty_wait(tty, is_on_row, &row, TTY_DEADLINE_MS));
	}
	tty_wait_quiet(tty, 50);
	return (tty_octets(tty) - before) / MOVES;
}

static uint64_t octets_of_page_up(struct tty *tty)
{
	uint64_t before = tty_octets(tty);

	tty_type(tty, "Z");
	see_gone(tty, "number 59");
	tty_wait_quiet(tty, 50);
	return tty_octets(tty) - before;
}

static void look(struct tty *tty, const struct variant *variant)
{
	uint64_t most = MAX(MOST, 2 * variant->cols + MOST_BESIDE_CELLS);
	uint64_t up, down, page;

	tty_type(tty, "*");
	see(tty, "number 59");
	tty_wait_quiet(tty, 50);
	up = octets_of_moves(tty, "k", -1);
	down = octets_of_moves(tty, "j", 1);
	page = octets_of_page_up(tty);
	g_test_message("%s, %dx%d: %d up, %d down, %d a page", variant->term,
		variant->cols, variant->rows, (int)up, (int)down, (int)page);
	check(tty, up > 0 && up <= most);
	check(tty, down > 0 && down <= most);
	check(tty, page <= (uint64_t)(variant->rows *
		(variant->cols + MOST_OF_ROW)));
}

static void test_octets(const void *data)
{
	const struct variant *variant = data;
	char *term = g_strconcat("TERM=", variant->term, NULL);
	const char *env[] = { term, NULL };
	struct tty *tty;

	if (why_not != NULL) {
		g_test_skip(why_not);
		g_free(term);
		return;
	}
	tty = stage_open_sized(stage_rc(NULL), "Octets", env, variant->rows,
		variant->cols);
	see(tty, "number 59");
	see(tty, "IDLE");
	look(tty, variant);
	tty_type(tty, "q");
	check(tty, tty_wait_exit(tty) == 0);
	tty_free(&tty);
	g_free(term);
}

static void fill(void)
{
	for (int i = 0; i < MESSAGES; i++) {
		char *subject = g_strdup_printf("number %02d of those whose "
			"subject is as long as many a screen is wide", i);

		stage_deliver("Octets", i % 7 ? "S" : "FS", subject, NULL);
		g_free(subject);
	}
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	if (stage_start(&why_not))
		fill();
	for (size_t i = 0; i < G_N_ELEMENTS(variants); i++) {
		const struct variant *variant = &variants[i];
		char *path = g_strdup_printf("/octets/%s/%d", variant->term,
			variant->cols);

		g_test_add_data_func(path, variant, test_octets);
		g_free(path);
	}
	status = g_test_run();
	stage_stop();
	g_free(why_not);
	return status;
}
