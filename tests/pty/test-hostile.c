/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A server that means no good: what it sends is shown, or cut with a mark; keys
 * are answered, and neither memory nor processor time grow beyond a bound. A
 * case that would take for ever fails at the deadline of its screen.
 */
#include "tests/pty/stage.h"

#include <string.h>

/* Sanitizers multiply both. */
#if defined(__SANITIZE_ADDRESS__)
enum { MEMORY_KB = 1000 * 1024, SECONDS = 60 };
#else
enum { MEMORY_KB = 150 * 1024, SECONDS = 10 };
#endif

static struct tty *open_kind(const char *kind)
{
	char *here = g_get_current_dir();
	char *rc = g_strdup_printf("account work {\n"
		"\tset tunnel = \"%s/tests/pty/hostile-server %s\"\n}\n", here,
		kind);
	struct tty *tty = stage_open(stage_bare_rc(rc), "INBOX", NULL);

	g_free(rc);
	g_free(here);
	return tty;
}

/* Ends it, and judges what it took. */
static void leave(struct tty **tty)
{
	struct rusage usage;

	tty_type(*tty, "q");
	usage = tty_end(*tty);
	g_test_message("%ld kB, %ld s", usage.ru_maxrss, usage.ru_utime.tv_sec);
	g_assert_cmpint(usage.ru_maxrss, <, MEMORY_KB);
	g_assert_cmpint(usage.ru_utime.tv_sec, <, SECONDS);
	tty_free(tty);
}

/* The cursor moves, and the screen follows. */
static void move(struct tty *tty, const char *key, const char *text)
{
	tty_type(tty, key);
	see(tty, text);
}

static void test_subject(void)
{
	struct tty *tty = open_kind("subject 1048576");

	see(tty, "plain mail");
	see(tty, "odd xxxx");
	move(tty, "/odd mail 3\r", "odd mail 3");
	leave(&tty);
}

static void test_from(void)
{
	struct tty *tty = open_kind("from 100000");

	see(tty, "plain mail");
	see(tty, "odd mail 2");
	see(tty, "Eve");
	leave(&tty);
}

static void test_references(void)
{
	struct tty *tty = open_kind("refs 200000");

	see(tty, "plain mail");
	see(tty, "odd mail 2");
	leave(&tty);
}

static void test_deep(void)
{
	struct tty *tty = open_kind("deep 20000");

	see(tty, "plain mail");
	/* Down to the first, and back. */
	move(tty, "=", "odd mail 1 ");
	move(tty, "*", "plain mail");
	leave(&tty);
}

static void test_cycle(void)
{
	struct tty *tty = open_kind("cycle");

	see(tty, "plain mail");
	see(tty, "odd mail 1");
	see(tty, "odd mail 2");
	see(tty, "odd mail 3");
	leave(&tty);
}

static void test_gaps(void)
{
	struct tty *tty = open_kind("gaps");

	see(tty, "plain mail");
	see(tty, "odd mail 1");
	/* Tagged all: the sets of UIDs that follow are of four, not of billions. */
	tty_type(tty, "T~A\r");
	see(tty, "4 messages tagged");
	tty_type(tty, ";F");
	see(tty, "4 messages: \\Flagged set");
	leave(&tty);
}

/* Most of them are never told of. Nothing waits for them. */
static void test_exists(void)
{
	struct tty *tty = open_kind("exists 4000000");

	see(tty, "4000000  …");
	move(tty, "=", " 1  …");
	move(tty, "*", "4000000  …");
	leave(&tty);
}

static void test_too_many(void)
{
	struct tty *tty = open_kind("exists 20000000");

	see(tty, "more than 5 million");
	leave(&tty);
}

int main(int argc, char **argv)
{
	static const struct stage_test tests[] = {
		{ "/hostile/subject", test_subject },
		{ "/hostile/from", test_from },
		{ "/hostile/references", test_references },
		{ "/hostile/deep", test_deep },
		{ "/hostile/cycle", test_cycle },
		{ "/hostile/gaps", test_gaps },
		{ "/hostile/exists", test_exists },
		{ "/hostile/too-many", test_too_many },
	};

	return stage_run(argc, argv, tests, G_N_ELEMENTS(tests));
}
