/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person sees: the screens, their keys, and what others do meanwhile. */
#include "tests/pty/stage.h"

#include <string.h>

/* Leaves the program by its key; leaks would show in the status. */
static void leave(struct tty **tty)
{
	int status;

	tty_type(*tty, "q");
	status = tty_wait_exit(*tty);
	check(*tty, status == 0);
	tty_free(tty);
}

static int cursor_row(struct tty *tty)
{
	int row, col;

	tty_cursor(tty, &row, &col);
	return row;
}

static bool cursor_is_on(struct tty *tty, void *data)
{
	int row = tty_find(tty, data);

	return row >= 0 && cursor_row(tty) == row;
}

static bool wait_cursor(struct tty *tty, const char *text)
{
	return tty_wait(tty, cursor_is_on, (void *)text, TTY_DEADLINE_MS);
}

/* A row with this text has this status character, in the column after its
 * number. */
struct mark {
	const char *text;
	uint32_t ch;
};

static bool is_marked(struct tty *tty, void *data)
{
	const struct mark *mark = data;
	int row = tty_find(tty, mark->text);

	return row >= 0 && tty_cell(tty, row, 7).ch == mark->ch;
}

static bool wait_mark(struct tty *tty, const char *text, uint32_t ch)
{
	struct mark mark = { text, ch };

	return tty_wait(tty, is_marked, &mark, TTY_DEADLINE_MS);
}

static bool is_bold(struct tty *tty, void *data)
{
	int row = tty_find(tty, data);

	return row >= 0 && tty_cell(tty, row, 35).bold;
}

static bool is_plain(struct tty *tty, void *data)
{
	return tty_find(tty, data) >= 0 && !is_bold(tty, data);
}

/* A mailbox of its own for each test: three read messages and an unread one. */
static struct tty *open_four(const char *mailbox)
{
	struct tty *tty;

	stage_deliver(mailbox, "S", "alpha", NULL);
	stage_deliver(mailbox, "S", "beta", NULL);
	stage_deliver(mailbox, NULL, "gamma", NULL);
	stage_deliver(mailbox, "S", "delta", NULL);
	tty = stage_open(stage_rc(NULL), mailbox, NULL);
	see(tty, "alpha");
	see(tty, "delta");
	see(tty, "IDLE");
	return tty;
}

/* --- the index ----------------------------------------------------------- */

static void test_index(void)
{
	struct tty *tty = open_four("Index");
	int row;

	see(tty, "Index · work");
	see(tty, "1 new");
	see(tty, "Ada Lovelace");
	see(tty, "?:Help");
	row = tty_find(tty, "alpha");
	check(tty, tty_find(tty, "beta") == row + 1);
	check(tty, tty_find(tty, "delta") == row + 3);
	check(tty, wait_mark(tty, "gamma", 'N'));
	/* On the oldest unread one, which is bold. */
	check(tty, wait_cursor(tty, "gamma"));
	check(tty, is_bold(tty, (void *)"gamma"));
	check(tty, is_plain(tty, (void *)"alpha"));
	tty_type(tty, "k");
	check(tty, wait_cursor(tty, "beta"));
	tty_type(tty, "*");
	check(tty, wait_cursor(tty, "delta"));
	tty_type(tty, "=");
	check(tty, wait_cursor(tty, "alpha"));
	leave(&tty);
}

static void test_last_line(void)
{
	struct tty *tty;

	for (int i = 0; i < 40; i++) {
		char *subject = g_strdup_printf("number %02d", i);

		stage_deliver("Last", "S", subject, NULL);
		g_free(subject);
	}
	tty = stage_open(stage_rc(NULL), "Last", NULL);
	check(tty, wait_cursor(tty, "number 39"));
	see_gone(tty, "number 05");
	tty_type(tty, "=");
	check(tty, wait_cursor(tty, "number 00"));
	see_gone(tty, "number 39");
	tty_type(tty, "z");
	check(tty, tty_find(tty, "number 00") < 0 ||
		tty_wait_gone(tty, "number 00"));
	leave(&tty);
}

static void test_wide(void)
{
	static const char format[] = "From: %s <a@example.org>\n"
		"Subject: %s\nDate: Sat, 21 Nov 2026 10:00:00 +0000\n"
		"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
		"\n\xe2\x9c\x93 \xe6\x97\xa5\xe6\x9c\xac\n";
	static const char *const subjects[] = { "plain", "日本語の件名",
		"e\xcc\x81t\xcc\x83u\xcc\x88 combining", "한국어 ☃ snow",
		"\xe2\x80\xaeoverride\x1b[31m",
		"日本語日本語日本語日本語日本語日本語日本語日本語日本語" };
	struct tty *tty;
	int end, row;

	for (size_t i = 0; i < G_N_ELEMENTS(subjects); i++) {
		char *text = g_strdup_printf(format, i == 0 ? "Ada" :
			"日本 太郎左衛門さん", subjects[i]);

		stage_deliver("Wide", "S", "", text);
		g_free(text);
	}
	tty = stage_open(stage_rc(NULL), "Wide", NULL);
	see(tty, "plain");
	see(tty, "日本語の件名");
	see(tty, "combining");
	see(tty, "override");
	see(tty, "日本語日本語日本語");
	row = tty_find(tty, "plain");
	end = stage_row_end(tty, row, 80);
	for (size_t i = 1; i < G_N_ELEMENTS(subjects); i++)
		check(tty, stage_row_end(tty, row + (int)i, 80) == end);
	/* No control reached the terminal. */
	check(tty, tty_cell(tty, tty_find(tty, "override"), 40).fg !=
		1);
	leave(&tty);
}

/* --- the pager ----------------------------------------------------------- */

static void test_pager(void)
{
	struct tty *tty = open_four("Pager");

	tty_type(tty, "\r");
	see(tty, "The text of gamma.");
	see(tty, "Subject: gamma");
	see(tty, "From:    Ada Lovelace <ada@example.org>");
	tty_type(tty, "j");
	see(tty, "The text of delta.");
	see_gone(tty, "The text of gamma.");
	tty_type(tty, "k");
	see(tty, "The text of gamma.");
	tty_type(tty, "h");
	see(tty, "Content-Transfer-Encoding");
	tty_type(tty, "i");
	see(tty, "alpha");
	see_gone(tty, "The text of gamma.");
	check(tty, wait_cursor(tty, "gamma"));
	/* It has been read. */
	check(tty, wait_mark(tty, "gamma", ' '));
	check(tty, tty_wait(tty, is_plain, (void *)"gamma", TTY_DEADLINE_MS));
	leave(&tty);
}

static void test_long_text(void)
{
	GString *text = g_string_new("From: ada@example.org\n"
		"Subject: long\n\n");
	struct tty *tty;

	for (int i = 1; i <= 100; i++)
		g_string_append_printf(text, "line %03d\n", i);
	stage_deliver("Long", "S", "", text->str);
	g_string_free(text, TRUE);
	tty = stage_open(stage_rc(NULL), "Long", NULL);
	see(tty, "long");
	tty_type(tty, "\r");
	see(tty, "line 001");
	check(tty, tty_find(tty, "line 050") < 0);
	tty_type(tty, " ");
	see_gone(tty, "line 001");
	tty_type(tty, "-");
	see(tty, "line 001");
	tty_type(tty, "/line 077\r");
	see(tty, "line 077");
	tty_type(tty, "q");
	see(tty, "Long · work");
	leave(&tty);
}

/* --- deleting, flags, tags ----------------------------------------------- */

static void test_delete(void)
{
	struct tty *tty = open_four("Delete");

	check(tty, wait_cursor(tty, "gamma"));
	tty_type(tty, "d");
	see_gone(tty, "gamma");
	see(tty, "1 message moved to Trash");
	check(tty, wait_cursor(tty, "delta"));
	tty_type(tty, "u");
	see(tty, "gamma");
	check(tty, wait_cursor(tty, "gamma"));
	leave(&tty);
}

/* What is done is done, however fast the program is left. */
static void test_delete_and_quit(void)
{
	struct tty *tty = open_four("Hasty");

	check(tty, wait_cursor(tty, "gamma"));
	tty_type(tty, "d");
	leave(&tty);
	tty = stage_open(stage_rc(NULL), "Hasty", NULL);
	see(tty, "delta");
	see(tty, "IDLE");
	see_gone(tty, "gamma");
	leave(&tty);
}

static void test_mark(void)
{
	struct tty *tty;

	stage_deliver("Mark", "S", "alpha", NULL);
	stage_deliver("Mark", "S", "beta", NULL);
	tty = stage_open(stage_rc("set delete_mode = mark\n"), "Mark", NULL);
	check(tty, wait_cursor(tty, "beta"));
	tty_type(tty, "kd");
	check(tty, wait_mark(tty, "alpha", 'D'));
	tty_type(tty, "=u");
	check(tty, wait_mark(tty, "alpha", ' '));
	tty_type(tty, "=d");
	check(tty, wait_mark(tty, "alpha", 'D'));
	tty_type(tty, "$");
	see(tty, "?");
	tty_type(tty, "y");
	see_gone(tty, "alpha");
	see(tty, "beta");
	leave(&tty);
}

static void test_undo_flag(void)
{
	struct tty *tty = open_four("Undo");

	check(tty, wait_cursor(tty, "gamma"));
	tty_type(tty, "k");
	check(tty, wait_cursor(tty, "beta"));
	tty_type(tty, "F");
	check(tty, wait_mark(tty, "beta", 'F'));
	see(tty, "1 flagged");
	tty_type(tty, "\x1f");
	check(tty, wait_mark(tty, "beta", ' '));
	see_gone(tty, "1 flagged");
	leave(&tty);
}

static void test_tagged(void)
{
	struct tty *tty = open_four("Tagged");

	check(tty, wait_cursor(tty, "gamma"));
	tty_type(tty, "=tt;F");
	see(tty, "2 flagged");
	/* They stay tagged, which the mark of a row shows first. */
	check(tty, wait_mark(tty, "alpha", '*'));
	tty_type(tty, "=tt");
	check(tty, wait_mark(tty, "alpha", 'F'));
	check(tty, wait_mark(tty, "beta", 'F'));
	check(tty, is_marked(tty, &(struct mark){ "delta", ' ' }));
	leave(&tty);
}

static void test_tag_pattern(void)
{
	struct tty *tty = open_four("Pattern");

	tty_type(tty, "T~s 'alpha|delta'\r;d");
	see_gone(tty, "alpha");
	see_gone(tty, "delta");
	see(tty, "beta");
	see(tty, "2 messages moved to Trash");
	tty_type(tty, "T~K\r");
	see(tty, "column 1");
	leave(&tty);
}

/* --- others -------------------------------------------------------------- */

static void test_arrives(void)
{
	struct tty *tty = open_four("Arrives");

	check(tty, wait_cursor(tty, "gamma"));
	stage_deliver("Arrives", NULL, "epsilon", NULL);
	see(tty, "epsilon");
	see(tty, "2 new");
	check(tty, wait_cursor(tty, "gamma"));
	leave(&tty);
}

static void test_expunged_elsewhere(void)
{
	struct tty *tty = open_four("Elsewhere");

	check(tty, wait_cursor(tty, "gamma"));
	stage_batch("Elsewhere", "delete ~s beta");
	see_gone(tty, "beta");
	see(tty, "alpha");
	check(tty, wait_cursor(tty, "gamma"));
	stage_batch("Elsewhere", "flag \\Flagged ~s delta");
	check(tty, wait_mark(tty, "delta", 'F'));
	leave(&tty);
}

static void test_gone_while_read(void)
{
	struct tty *tty = open_four("Gone");

	check(tty, wait_cursor(tty, "gamma"));
	tty_type(tty, "\r");
	see(tty, "The text of gamma.");
	stage_batch("Gone", "delete ~s gamma");
	tty_type(tty, "i");
	see(tty, "alpha");
	see_gone(tty, "gamma");
	leave(&tty);
}

/* --- the frame ----------------------------------------------------------- */

static void test_resize(void)
{
	struct tty *tty = open_four("Resize");

	check(tty, tty_find(tty, "INBOX") < 0);
	tty_resize(tty, 40, 120);
	see(tty, "INBOX");
	see(tty, "alpha");
	see(tty, "C-_:Undo");
	tty_resize(tty, 3, 10);
	see_gone(tty, "INBOX");
	check(tty, tty_wait_quiet(tty, 100));
	tty_type(tty, "\r");
	check(tty, tty_wait_quiet(tty, 100));
	tty_type(tty, "i");
	tty_resize(tty, 1, 1);
	check(tty, tty_wait_quiet(tty, 100));
	tty_resize(tty, 24, 80);
	see(tty, "alpha");
	see(tty, "Resize · work");
	see(tty, "?:Help");
	see_gone(tty, "INBOX");
	leave(&tty);
}

static void test_help(void)
{
	struct tty *tty = open_four("Help");

	tty_type(tty, "?");
	see(tty, "Help · index");
	see(tty, "moving");
	see(tty, "next-unread");
	tty_type(tty, "undel");
	see_gone(tty, "next-unread");
	see(tty, "undelete");
	tty_type(tty, "\x07");
	see(tty, "next-unread");
	tty_type(tty, "\x07");
	see(tty, "Help · work");
	leave(&tty);
}

static void test_prompt(void)
{
	struct tty *tty = open_four("Prompt");

	tty_type(tty, ":echo hello");
	see(tty, ":echo hello");
	tty_type(tty, "\x07");
	see_gone(tty, ":echo");
	tty_type(tty, ":echo hello\r");
	see(tty, "hello");
	tty_type(tty, ":nonsense\r");
	see(tty, "nonsense");
	tty_type(tty, ":set wra\t");
	see(tty, ":set wrap");
	tty_type(tty, "\x1b");
	see_gone(tty, ":set");
	leave(&tty);
}

/* Pasted text is text: no command on a screen, one line in a prompt. */
static void test_paste(void)
{
	struct tty *tty = open_four("Paste");

	check(tty, wait_cursor(tty, "gamma"));
	tty_type(tty, "\x1b[200~dd\rq\x1b[201~");
	tty_type(tty, ":");
	see(tty, "alpha");
	see(tty, "gamma");
	see(tty, "delta");
	tty_type(tty, "\x1b[200~echo one\ntwo\x1b[201~");
	see(tty, ":echo one");
	tty_type(tty, "\x07");
	see_gone(tty, ":echo");
	leave(&tty);
}

static void test_folders(void)
{
	struct tty *tty = open_four("Folders/日本語");

	stage_deliver("Folders/Next", NULL, "elsewhere", NULL);
	tty_type(tty, "y");
	see(tty, "日本語");
	tty_type(tty, "=");
	see(tty, "Trash");
	tty_type(tty, "j\r");
	see(tty, "INBOX · work");
	tty_type(tty, "c=Folders/Next\r");
	see(tty, "elsewhere");
	leave(&tty);
}

static void test_monochrome(void)
{
	const char *env[] = { "TERM=vt100", NULL };
	struct tty *tty;
	int row;

	stage_deliver("Mono", "S", "alpha", NULL);
	stage_deliver("Mono", "S", "beta", NULL);
	tty = stage_open(stage_rc(NULL), "Mono", env);
	check(tty, wait_cursor(tty, "beta"));
	row = tty_find(tty, "beta");
	check(tty, tty_cell(tty, row, 40).reverse);
	check(tty, !tty_cell(tty, row - 1, 40).reverse);
	check(tty, tty_cell(tty, row, 40).bg == -1);
	leave(&tty);
}

static void test_c_locale(void)
{
	const char *env[] = { "LANG=C", "LC_ALL=C", NULL };
	struct tty *tty;

	stage_deliver("Plain", "S", "Zürich 日本", NULL);
	stage_deliver("Plain", "S", "beta", NULL);
	tty = stage_open(stage_rc(NULL), "Plain", env);
	see(tty, "beta");
	see(tty, "rich");
	tty_resize(tty, 30, 120);
	see(tty, "INBOX");
	for (int row = 0; row < 30; row++) {
		for (int col = 0; col < 120; col++)
			check(tty, tty_cell(tty, row, col).ch < 127);
	}
	leave(&tty);
}

int main(int argc, char **argv)
{
	static const struct stage_test tests[] = {
		{ "/screen/index", test_index },
		{ "/screen/last-line", test_last_line },
		{ "/screen/wide", test_wide },
		{ "/screen/pager", test_pager },
		{ "/screen/long-text", test_long_text },
		{ "/screen/delete", test_delete },
		{ "/screen/delete-and-quit", test_delete_and_quit },
		{ "/screen/mark", test_mark },
		{ "/screen/undo-flag", test_undo_flag },
		{ "/screen/tagged", test_tagged },
		{ "/screen/tag-pattern", test_tag_pattern },
		{ "/screen/arrives", test_arrives },
		{ "/screen/expunged-elsewhere", test_expunged_elsewhere },
		{ "/screen/gone-while-read", test_gone_while_read },
		{ "/screen/resize", test_resize },
		{ "/screen/help", test_help },
		{ "/screen/prompt", test_prompt },
		{ "/screen/paste", test_paste },
		{ "/screen/folders", test_folders },
		{ "/screen/monochrome", test_monochrome },
		{ "/screen/c-locale", test_c_locale },
	};

	return stage_run(argc, argv, tests, G_N_ELEMENTS(tests));
}
