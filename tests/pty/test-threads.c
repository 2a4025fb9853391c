/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads and orders as a person sees them. */
#include "tests/pty/stage.h"

#include <string.h>

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

/* A message by somebody, on a day of November; it answers the Message-ID. */
static void deliver(const char *mailbox, const char *id, const char *answers,
	const char *from, const char *subject, int day)
{
	char *text = g_strdup_printf("From: %s <%s@example.org>\n"
		"Subject: %s\nDate: %02d Nov 2025 10:00:00 +0000\n"
		"Message-ID: <%s@example.org>\n%s%s%s\nText of %s.\n",
		from, id, subject, day, id,
		answers ? "References: <" : "", answers ? answers : "",
		answers ? "@example.org>\n" : "", from);

	stage_deliver(mailbox, "S", "", text);
	g_free(text);
}

/* Rows that have these texts follow one another. */
static bool is_in_order(struct tty *tty, void *data)
{
	const char *const *texts = data;
	int first = tty_find(tty, texts[0]);

	for (int i = 0; texts[i]; i++) {
		if (first < 0 || tty_find(tty, texts[i]) != first + i)
			return false;
	}
	return true;
}

static void check_order(struct tty *tty, const char *const *texts)
{
	check(tty, tty_wait(tty, is_in_order, (void *)texts, TTY_DEADLINE_MS));
}

static void fill(const char *mailbox)
{
	deliver(mailbox, "a", NULL, "Ann", "the drum", 2);
	deliver(mailbox, "b", NULL, "Bea", "other matters", 7);
	deliver(mailbox, "c", "a", "Cid", "Re: the drum", 3);
	deliver(mailbox, "d", "c", "Dot", "Re: the drum", 4);
	deliver(mailbox, "e", "a", "Eve", "Re: the wire", 5);
	deliver(mailbox, "f", NULL, "Fay", "a question", 1);
}

static struct tty *open_threads(const char *mailbox, const char *rc,
	const char *const *env, int cols)
{
	struct tty *tty;

	fill(mailbox);
	tty = stage_open_sized(stage_rc(rc), mailbox, env, 24, cols);
	see(tty, "Fay");
	see(tty, "IDLE");
	return tty;
}

/* --- the tree -------------------------------------------------------------- */

static void test_tree(void)
{
	static const char *const rows[] = { "other matters", "the drum",
		"├─>", "│ └─>", "└─>Re: the wire", "a question", NULL };
	struct tty *tty = open_threads("Tree", NULL, NULL, 80);

	check_order(tty, rows);
	/* A subject that is the one above is left out. */
	check(tty, tty_find(tty, "Re: the drum") < 0);
	leave(&tty);
}

static void test_tree_wide(void)
{
	struct tty *tty = open_threads("Wide", "set nohide_thread_subject\n"
		"set narrow_tree\n", NULL, 200);

	see(tty, "├>Re: the drum");
	see(tty, "│└>Re: the drum");
	leave(&tty);
}

static void test_tree_ascii(void)
{
	const char *env[] = { "LANG=C", "LC_ALL=C", NULL };
	struct tty *tty = open_threads("Plain", NULL, env, 80);

	see(tty, "|->");
	see(tty, "| `->");
	see(tty, "`->Re: the wire");
	leave(&tty);
}

/* A long chain leaves room for its subjects. */
static void test_deep(void)
{
	struct tty *tty;

	for (int i = 0; i < 30; i++) {
		char *id = g_strdup_printf("deep%d", i);
		char *above = g_strdup_printf("deep%d", i - 1);
		char *subject = g_strdup_printf("level %02d", i);

		deliver("Deep", id, i > 0 ? above : NULL, "Ann", subject, 2);
		g_free(subject);
		g_free(above);
		g_free(id);
	}
	tty = stage_open(stage_rc(NULL), "Deep", NULL);
	see(tty, "└─>level 29");
	see(tty, "…");
	leave(&tty);
}

/* --- folding --------------------------------------------------------------- */

static void test_fold(void)
{
	static const char *const folded[] = { "other matters",
		"▸ [4] the drum", "a question", NULL };
	struct tty *tty = open_threads("Fold", NULL, NULL, 80);

	tty_type(tty, "k");
	check(tty, wait_cursor(tty, "the wire"));
	tty_type(tty, "\033v");
	check(tty, wait_cursor(tty, "▸ [4] the drum"));
	check_order(tty, folded);
	/* Numbers count what is folded. */
	tty_type(tty, "6\r");
	check(tty, wait_cursor(tty, "a question"));
	tty_type(tty, "4\r");
	check(tty, wait_cursor(tty, "▸ [4] the drum"));
	tty_type(tty, "\033v");
	check(tty, wait_cursor(tty, "the drum"));
	see(tty, "└─>Re: the wire");
	tty_type(tty, "\033V");
	see(tty, "▸ [4] the drum");
	see_gone(tty, "Eve");
	/* What is searched for is unfolded when it is gone to. */
	tty_type(tty, "\r");
	see(tty, "Text of Ann");
	tty_type(tty, "i");
	see(tty, "└─>Re: the wire");
	leave(&tty);
}

static void test_delete_folded(void)
{
	struct tty *tty = open_threads("FoldDelete", NULL, NULL, 80);

	tty_type(tty, "\033V");
	see(tty, "▸ [4] the drum");
	tty_type(tty, "k");
	check(tty, wait_cursor(tty, "the drum"));
	/* The first of them only; the others stay folded. */
	tty_type(tty, "d");
	see(tty, "▸ [3]");
	see_gone(tty, "Ann");
	tty_type(tty, "u");
	see(tty, "▸ [4] the drum");
	tty_type(tty, "\004");
	see_gone(tty, "the drum");
	see(tty, "4 messages");
	see(tty, "other matters");
	leave(&tty);
}

/* --- moving ---------------------------------------------------------------- */

static void test_move(void)
{
	struct tty *tty = open_threads("Move", NULL, NULL, 80);

	check(tty, wait_cursor(tty, "a question"));
	tty_type(tty, "\020");
	check(tty, wait_cursor(tty, "the drum"));
	tty_type(tty, "j");
	check(tty, wait_cursor(tty, "├─>"));
	tty_type(tty, "\033n");
	check(tty, wait_cursor(tty, "└─>Re: the wire"));
	tty_type(tty, "\033p");
	check(tty, wait_cursor(tty, "├─>"));
	tty_type(tty, "jP");
	check(tty, wait_cursor(tty, "├─>"));
	tty_type(tty, "P");
	check(tty, wait_cursor(tty, "the drum"));
	tty_type(tty, "\016");
	check(tty, wait_cursor(tty, "a question"));
	tty_type(tty, "\016");
	see(tty, "this is the last thread");
	leave(&tty);
}

/* --- orders ---------------------------------------------------------------- */

static void test_sort(void)
{
	static const char *const by_date[] = { "Fay", "Ann", "Cid", "Dot",
		"Eve", "Bea", NULL };
	static const char *const backwards[] = { "Bea", "Eve", "Dot", "Cid",
		"Ann", "Fay", NULL };
	static const char *const arrived[] = { "Ann", "Bea", "Cid", "Dot",
		"Eve", "Fay", NULL };
	static const char *const by_subject[] = { "Fay", "Bea", "Ann", "Cid",
		"Dot", "Eve", NULL };
	struct tty *tty = open_threads("Sort", NULL, NULL, 80);

	tty_type(tty, "k");
	check(tty, wait_cursor(tty, "Eve"));
	tty_type(tty, "o");
	see(tty, "The order is threads now");
	tty_type(tty, "d");
	see_gone(tty, "└─>");
	check_order(tty, by_date);
	check(tty, wait_cursor(tty, "Eve"));
	tty_type(tty, "Od");
	check_order(tty, backwards);
	check(tty, wait_cursor(tty, "Eve"));
	tty_type(tty, "os");
	check_order(tty, by_subject);
	tty_type(tty, "of");
	check_order(tty, arrived);
	tty_type(tty, "Od");
	check_order(tty, backwards);
	tty_type(tty, "ou");
	check_order(tty, arrived);
	check(tty, wait_cursor(tty, "Eve"));
	tty_type(tty, ":set sort=threads\r");
	see(tty, "└─>Re: the wire");
	check(tty, wait_cursor(tty, "Eve"));
	tty_type(tty, ":set sort=nonsense\r");
	see(tty, "is no order");
	leave(&tty);
}

/* A mailbox may have an order of its own. */
static void test_sort_of_mailbox(void)
{
	struct tty *tty = open_threads("Own",
		"mailbox Own { set sort=mailbox-order }\n", NULL, 80);

	check(tty, tty_find(tty, "└─>") < 0);
	tty_type(tty, "ot");
	see(tty, "└─>Re: the wire");
	leave(&tty);
}

/* --- what comes in --------------------------------------------------------- */

static void test_arrives(void)
{
	static const char *const before[] = { "other matters", "the drum",
		"├─>", "│ └─>", "└─>Re: the wire", "a question", NULL };
	static const char *const after[] = { "other matters", "a question",
		"the drum", "├─>", "│ └─>", "├─>Re: the wire",
		"└─>Re: the drum", NULL };
	struct tty *tty = open_threads("Arrives", NULL, NULL, 80);

	check_order(tty, before);
	tty_type(tty, "=");
	check(tty, wait_cursor(tty, "other matters"));
	deliver("Arrives", "g", "a", "Guy", "Re: the drum", 9);
	see(tty, "Guy");
	see(tty, "└─>Re: the drum");
	check_order(tty, after);
	check(tty, wait_cursor(tty, "other matters"));
	/* A folded thread that something comes to unfolds. */
	tty_type(tty, "\033V");
	see_gone(tty, "Guy");
	deliver("Arrives", "h", "b", "Hal", "Re: other matters", 9);
	see(tty, "Hal");
	leave(&tty);
}

/* Rows fill in above; the cursor stays on its message and on its line. More
 * than what is put in order in the loop. */
static void test_first_sync(void)
{
	enum { MESSAGES = 4800, NEAR_THE_END = MESSAGES - 6 };
	char *subject = g_strdup_printf("Re: number %d", NEAR_THE_END);
	char *number = g_strdup_printf("%d  ", NEAR_THE_END);
	int line, col, now;
	struct tty *tty;

	for (int i = 1; i <= MESSAGES; i++) {
		char *id = g_strdup_printf("n%d", i);
		char *above = g_strdup_printf("n%d", i - i % 4);
		char *text = g_strdup_printf("%snumber %d",
			i % 4 == 0 ? "" : "Re: ", i);

		deliver("First", id, i % 4 == 0 ? NULL : above, "Ann", text, 2);
		g_free(text);
		g_free(above);
		g_free(id);
	}
	tty = stage_open(stage_rc(NULL), "First", NULL);
	see(tty, subject);
	for (int i = 0; i < MESSAGES - NEAR_THE_END; i++)
		tty_type(tty, "k");
	check(tty, wait_cursor(tty, subject));
	tty_cursor(tty, &line, &col);
	see(tty, "IDLE");
	tty_cursor(tty, &now, &col);
	check(tty, now == line);
	check(tty, cursor_is_on(tty, subject));
	check(tty, cursor_is_on(tty, number));
	see(tty, "├─>");
	/* All are there, and in threads. */
	tty_type(tty, "=");
	see(tty, "└─>Re: number 3");
	tty_type(tty, "\033V");
	see(tty, "▸ [4] number 4");
	leave(&tty);
	g_free(number);
	g_free(subject);
}

int main(int argc, char **argv)
{
	static const struct stage_test tests[] = {
		{ "/threads/tree", test_tree },
		{ "/threads/tree-wide", test_tree_wide },
		{ "/threads/tree-ascii", test_tree_ascii },
		{ "/threads/deep", test_deep },
		{ "/threads/fold", test_fold },
		{ "/threads/delete-folded", test_delete_folded },
		{ "/threads/move", test_move },
		{ "/threads/sort", test_sort },
		{ "/threads/sort-of-mailbox", test_sort_of_mailbox },
		{ "/threads/arrives", test_arrives },
		{ "/threads/first-sync", test_first_sync },
	};

	return stage_run(argc, argv, tests, G_N_ELEMENTS(tests));
}
