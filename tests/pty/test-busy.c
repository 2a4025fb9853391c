/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A key is answered while the network is busy: with a big attachment on its
 * way, and with a flood of changes. */
#include "tests/pty/stage.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

enum {
	ATTACHMENT_MIB = 50,
	CHANGES = 100000,
	/* Sixteen milliseconds are for a frame; sanitizers, the terminal's model
	 * and a machine that does other things have their part. */
	SLOWEST_MS = 250,
};

/* --- keys ---------------------------------------------------------------- */

struct times {
	unsigned n;
	gint64 slowest_us, sum_us;
};

struct wanted {
	const char *text;
};

static bool cursor_is_on(struct tty *tty, void *data)
{
	const struct wanted *wanted = data;
	int row, col;

	tty_cursor(tty, &row, &col);
	return tty_find(tty, wanted->text) == row;
}

static void press(struct tty *tty, const char *key, const char *text,
	struct times *times)
{
	struct wanted wanted = { text };
	gint64 start = g_get_monotonic_time(), took;

	tty_type(tty, key);
	check(tty, tty_wait(tty, cursor_is_on, &wanted, TTY_DEADLINE_MS));
	took = g_get_monotonic_time() - start;
	times->n++;
	times->sum_us += took;
	times->slowest_us = MAX(times->slowest_us, took);
}

static void judge(struct tty *tty, const struct times *times)
{
	g_test_message("%u keys: %.1f ms on average, %.1f ms at most",
		times->n, (double)times->sum_us / times->n / 1000,
		(double)times->slowest_us / 1000);
	check(tty, times->slowest_us < SLOWEST_MS * 1000);
}

static void leave(struct tty **tty)
{
	tty_type(*tty, "q");
	check(*tty, tty_wait_exit(*tty) == 0);
	tty_free(tty);
}

/* --- an attachment ------------------------------------------------------- */

static char *big_message(void)
{
	GString *text = g_string_new("From: Ada <ada@example.org>\r\n"
		"Subject: big one\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n"
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
		"boundary=b\r\n\r\n--b\r\n\r\nsee below\r\n--b\r\n"
		"Content-Type: application/octet-stream; name=big.bin\r\n"
		"Content-Disposition: attachment; filename=big.bin\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\n");
	char line[79];

	memset(line, 'A', 76);
	strcpy(line + 76, "\r\n");
	for (size_t octets = 0; octets < ATTACHMENT_MIB * 1024u * 1024u;
		octets += 57)
		g_string_append_len(text, line, 78);
	g_string_append(text, "--b--\r\n");
	return g_string_free(text, FALSE);
}

static goffset size_of(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 ? info.st_size : 0;
}

static void test_attachment(void)
{
	char *text = big_message();
	char *path = g_strdup_printf("%s/culver-busy-%d.bin", g_get_tmp_dir(),
		(int)g_random_int_range(0, G_MAXINT32));
	struct times times = { 0 };
	struct tty *tty;

	stage_deliver("Busy", "S", "big one", text);
	stage_deliver("Busy", "S", "alpha", NULL);
	stage_deliver("Busy", "S", "beta", NULL);
	tty = stage_open(stage_rc(NULL), "Busy", NULL);
	see(tty, "beta");
	see(tty, "IDLE");
	tty_type(tty, "=v");
	see(tty, "big.bin");
	tty_type(tty, "Gs");
	see(tty, "Save");
	tty_type(tty, "\x15");
	tty_type(tty, path);
	tty_type(tty, "\rq");
	see(tty, "beta");
	while (size_of(path) < ATTACHMENT_MIB * (goffset)1000 * 1000 &&
		times.n < 2000) {
		press(tty, "*", "beta", &times);
		press(tty, "k", "alpha", &times);
	}
	judge(tty, &times);
	see(tty, "saved");
	check(tty, size_of(path) >= ATTACHMENT_MIB * (goffset)1024 * 1024);
	leave(&tty);
	g_remove(path);
	g_free(path);
	g_free(text);
}

/* --- a flood ------------------------------------------------------------- */

static void test_flood(void)
{
	char *here = g_get_current_dir();
	char *rc = g_strdup_printf("account work {\n"
		"\tset tunnel = \"%s/tests/pty/flood-server %d\"\n}\n", here,
		CHANGES);
	struct times times = { 0 };
	struct tty *tty = stage_open(stage_bare_rc(rc), "INBOX", NULL);

	see(tty, "flood 4");
	tty_type(tty, "=F");
	for (int i = 0; i < 1000; i++) {
		press(tty, "*", "flood 4", &times);
		press(tty, "k", "flood 3", &times);
	}
	judge(tty, &times);
	leave(&tty);
	g_free(rc);
	g_free(here);
}

int main(int argc, char **argv)
{
	static const struct stage_test tests[] = {
		{ "/busy/attachment", test_attachment },
		{ "/busy/flood", test_flood },
	};

	return stage_run(argc, argv, tests, G_N_ELEMENTS(tests));
}
