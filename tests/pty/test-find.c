/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Searches, limits and what is done by pattern, as a person sees them. */
#include "tests/pty/stage.h"

static void leave(struct tty **tty)
{
	int status;

	tty_type(*tty, "q");
	status = tty_wait_exit(*tty);
	check(*tty, status == 0);
	tty_free(tty);
}

static bool cursor_is_on(struct tty *tty, void *data)
{
	int row = tty_find(tty, data), cursor, col;

	tty_cursor(tty, &cursor, &col);
	return row >= 0 && cursor == row;
}

static bool wait_cursor(struct tty *tty, const char *text)
{
	return tty_wait(tty, cursor_is_on, (void *)text, TTY_DEADLINE_MS);
}

static void deliver_six(const char *mailbox)
{
	static const char *const subjects[] = { "alpha", "beta", "gamma",
		"delta", "epsilon", "zeta" };

	for (size_t i = 0; i < G_N_ELEMENTS(subjects); i++)
		stage_deliver(mailbox, "S", subjects[i], NULL);
}

static struct tty *open_six(const char *mailbox, const char *lines)
{
	struct tty *tty;

	deliver_six(mailbox);
	tty = stage_open(stage_rc(lines), mailbox, NULL);
	see(tty, "alpha");
	see(tty, "zeta");
	see(tty, "IDLE");
	return tty;
}

/* --- searches ------------------------------------------------------------- */

static void search(struct tty *tty)
{
	tty_type(tty, "=");
	check(tty, wait_cursor(tty, "alpha"));
	tty_type(tty, "/~s ta\r");
	check(tty, wait_cursor(tty, "beta"));
	tty_type(tty, "nn");
	check(tty, wait_cursor(tty, "zeta"));
	tty_type(tty, "n");
	check(tty, wait_cursor(tty, "beta"));
	see(tty, "went round the end");
	tty_type(tty, "\x1b/~s ^g\r");
	check(tty, wait_cursor(tty, "gamma"));
	tty_type(tty, "/~s nothing\r");
	see(tty, "no message matches '~s nothing'");
	check(tty, wait_cursor(tty, "gamma"));
	tty_type(tty, "/~s [\r");
	see(tty, "column 4 of the pattern");
}

static void test_search(void)
{
	struct tty *tty = open_six("Search", NULL);

	search(tty);
	leave(&tty);
}

/* Not beyond the ends. */
static void test_no_wrap(void)
{
	struct tty *tty = open_six("NoWrap", "set wrap_search = no\n");

	tty_type(tty, "*");
	check(tty, wait_cursor(tty, "zeta"));
	tty_type(tty, "/~s beta\r");
	see(tty, "no message matches '~s beta'");
	tty_type(tty, "\x1b/~s beta\r");
	check(tty, wait_cursor(tty, "beta"));
	leave(&tty);
}

/* The next key of a macro is for what is found. */
static void test_macro(void)
{
	struct tty *tty = open_six("Macro",
		"macro index X \"/~s delta<enter>d\"\n");

	tty_type(tty, "=X");
	see_gone(tty, "delta");
	see(tty, "alpha");
	see(tty, "1 message moved to Trash");
	leave(&tty);
}

/* Of rows whose texts only the cache has. */
static void test_cached(void)
{
	struct tty *tty;

	deliver_six("Cached");
	tty = stage_open_cached(stage_rc(NULL), "Cached", NULL);
	see(tty, "zeta");
	see(tty, "IDLE");
	leave(&tty);
	tty = stage_open_cached(stage_rc(NULL), "Cached", NULL);
	see(tty, "IDLE");
	search(tty);
	leave(&tty);
}

/* --- limits --------------------------------------------------------------- */

static void test_limit(void)
{
	struct tty *tty = open_six("Limit", NULL);

	tty_type(tty, "l~s ta\r");
	see_gone(tty, "alpha");
	see(tty, "limit ~s ta (3)");
	/* What arrives is judged, too. */
	stage_deliver("Limit", "S", "iota", NULL);
	stage_deliver("Limit", "S", "omicron", NULL);
	see(tty, "limit ~s ta (4)");
	see(tty, "iota");
	check(tty, tty_find(tty, "omicron") < 0);
	/* By pattern, but no more than is shown. */
	tty_type(tty, "T!~s iota\r;d");
	see(tty, "3 messages moved to Trash");
	see(tty, "limit ~s ta (1)");
	tty_type(tty, "l\x15" "all\r");
	see(tty, "omicron");
	see(tty, "alpha");
	check(tty, tty_find(tty, "beta") < 0);
	leave(&tty);
}

/* The tag prefix is for what the limit shows. */
static void test_limit_tagged(void)
{
	struct tty *tty = open_six("LimitTagged", NULL);

	tty_type(tty, "T.\r");
	see(tty, "6 tagged");
	tty_type(tty, "l~s ta\r");
	see(tty, "limit ~s ta (3)");
	tty_type(tty, ";d");
	see(tty, "3 messages moved to Trash");
	tty_type(tty, "l\x15" "all\r");
	see(tty, "alpha");
	check(tty, tty_find(tty, "beta") < 0);
	leave(&tty);
}

static void test_limit_errors(void)
{
	struct tty *tty = open_six("LimitErrors", NULL);

	tty_type(tty, "l~s nothing\r");
	see(tty, "no message matches the limit");
	tty_type(tty, "\x1bl");
	see(tty, "limit: ~s nothing");
	/* An empty line shows all again. */
	tty_type(tty, "l\x15\r");
	see(tty, "alpha");
	tty_type(tty, "l~s [\r");
	see(tty, "column 4 of the pattern");
	see(tty, "alpha");
	leave(&tty);
}

int main(int argc, char **argv)
{
	static const struct stage_test tests[] = {
		{ "/find/search", test_search },
		{ "/find/no-wrap", test_no_wrap },
		{ "/find/macro", test_macro },
		{ "/find/cached", test_cached },
		{ "/find/limit", test_limit },
		{ "/find/limit-tagged", test_limit_tagged },
		{ "/find/limit-errors", test_limit_errors },
	};

	return stage_run(argc, argv, tests, G_N_ELEMENTS(tests));
}
