/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal by way of curses. See term.h. */
#include "src/base/base.h"
#include "ui/term.h"

#include "src/base/error.h"
#include "ui/keymap.h"
#include "ui/text.h"

#include <curses.h>
#include <errno.h>
#include <glib-unix.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

enum { PASTE_MAX = 1 << 20 };

/* Codes of our own, above those of curses. */
enum {
	CODE_PASTE_START = KEY_MAX + 1,
	CODE_PASTE_END,
	CODE_FOCUS_IN,
	CODE_FOCUS_OUT,
	CODE_C_UP,
	CODE_C_DOWN,
	CODE_C_LEFT,
	CODE_C_RIGHT,
};

static struct {
	const struct term_ops *ops;
	void *data;
	SCREEN *screen;
	int colours;
	bool has_sync;      /* understands DECSET 2026 */
	bool is_pasting;
	GString *paste;
	guint input, winch, term_signal, hup_signal;
} term;

/* What the terminal is asked for outside curses' knowledge: bracketed paste
 * and reports of focus. */
static const char modes_on[] = "\033[?2004h\033[?1004h";
static const char modes_off[] = "\033[?1004l\033[?2004l";

static void send_raw(const char *text)
{
	size_t len = strlen(text);

	fflush(stdout);
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

static const struct {
	int curses;
	uint32_t code;
} key_table[] = {
	{ KEY_UP, KEYCODE_UP }, { KEY_DOWN, KEYCODE_DOWN },
	{ KEY_LEFT, KEYCODE_LEFT }, { KEY_RIGHT, KEYCODE_RIGHT },
	{ KEY_HOME, KEYCODE_HOME }, { KEY_END, KEYCODE_END },
	{ KEY_PPAGE, KEYCODE_PAGE_UP }, { KEY_NPAGE, KEYCODE_PAGE_DOWN },
	{ KEY_IC, KEYCODE_INSERT }, { KEY_DC, KEYCODE_DELETE },
	{ KEY_BACKSPACE, KEYCODE_BACKSPACE }, { KEY_BTAB, KEYCODE_BACKTAB },
	{ KEY_ENTER, KEY_ENTER_CODE }, { KEY_SUSPEND, 26 }, { KEY_CANCEL, 7 },
	{ KEY_FIND, KEYCODE_HOME }, { KEY_SELECT, KEYCODE_END },
	{ CODE_FOCUS_IN, KEYCODE_FOCUS_IN }, { CODE_FOCUS_OUT, KEYCODE_FOCUS_OUT },
	{ CODE_C_UP, KEYCODE_C_UP }, { CODE_C_DOWN, KEYCODE_C_DOWN },
	{ CODE_C_LEFT, KEYCODE_C_LEFT }, { CODE_C_RIGHT, KEYCODE_C_RIGHT },
};

static uint32_t function_key(int curses_key)
{
	if (curses_key > KEY_F0 && curses_key <= KEY_F(20))
		return KEYCODE_F0 + (uint32_t)(curses_key - KEY_F0);
	for (size_t i = 0; i < G_N_ELEMENTS(key_table); i++) {
		if (key_table[i].curses == curses_key)
			return key_table[i].code;
	}
	return KEYCODE_NONE;
}

static uint32_t character_key(wint_t c)
{
	if (c == '\n')
		return KEY_ENTER_CODE;
	if (c == 0x7F)
		return KEYCODE_BACKSPACE;
	/* C-Space and the like; curses gives 0 for it. */
	return c == 0 ? KEYCODE_NONE : (uint32_t)c;
}

static void paste_key(bool is_function, wint_t c)
{
	if (is_function || term.paste->len >= PASTE_MAX)
		return;
	g_string_append_unichar(term.paste, c == '\r' ? '\n' : (gunichar)c);
}

static void end_paste(void)
{
	term.is_pasting = false;
	term.ops->pasted(term.paste->str, term.paste->len, term.data);
	g_string_truncate(term.paste, 0);
}

static void take_key(bool is_function, wint_t c)
{
	uint32_t code;

	if (is_function && c == CODE_PASTE_START) {
		term.is_pasting = true;
		return;
	}
	if (is_function && c == CODE_PASTE_END) {
		if (term.is_pasting)
			end_paste();
		return;
	}
	if (term.is_pasting) {
		paste_key(is_function, c);
		return;
	}
	code = is_function ? function_key((int)c) : character_key(c);
	if (code != KEYCODE_NONE)
		term.ops->key(code, term.data);
}

static gboolean on_input(gint fd, GIOCondition condition, void *data)
{
	wint_t c;
	int kind;
	/* Work for each dispatch is bounded: somebody leaning on a key, or a
	 * paste without brackets, must not keep the network waiting. */
	int budget = 4096;

	(void)fd;
	(void)data;
	while (term.screen && budget-- > 0 && (kind = wget_wch(stdscr, &c)) != ERR)
		take_key(kind == KEY_CODE_YES, c);
	if (term.screen && condition & (G_IO_HUP | G_IO_ERR | G_IO_NVAL)) {
		term.input = 0;
		term.ops->hung_up(term.data);
		return G_SOURCE_REMOVE;
	}
	return G_SOURCE_CONTINUE;
}

static gboolean on_winch(void *data)
{
	struct winsize size;

	(void)data;
	if (!term.screen || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return G_SOURCE_CONTINUE;
	if (size.ws_row > 0 && size.ws_col > 0)
		resizeterm(size.ws_row, size.ws_col);
	term.ops->resized(LINES, COLS, term.data);
	return G_SOURCE_CONTINUE;
}

static gboolean on_end(void *data)
{
	(void)data;
	term.ops->hung_up(term.data);
	return G_SOURCE_CONTINUE;
}

static void start_sources(void)
{
	/* Before curses starts: it would take the signal for itself. */
	term.winch = g_unix_signal_add(SIGWINCH, on_winch, NULL);
	term.term_signal = g_unix_signal_add(SIGTERM, on_end, NULL);
	term.hup_signal = g_unix_signal_add(SIGHUP, on_end, NULL);
	term.input = g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR,
		on_input, NULL);
}

static void stop_sources(void)
{
	source_clear(&term.winch);
	source_clear(&term.term_signal);
	source_clear(&term.hup_signal);
	source_clear(&term.input);
}

static void define_keys(void)
{
	static const struct {
		const char *sequence;
		int code;
	} keys[] = {
		{ "\033[200~", CODE_PASTE_START }, { "\033[201~", CODE_PASTE_END },
		{ "\033[I", CODE_FOCUS_IN }, { "\033[O", CODE_FOCUS_OUT },
		{ "\033[1;5A", CODE_C_UP }, { "\033[1;5B", CODE_C_DOWN },
		{ "\033[1;5C", CODE_C_RIGHT }, { "\033[1;5D", CODE_C_LEFT },
		/* Some terminals send these whatever their description says. */
		{ "\033[H", KEY_HOME }, { "\033[F", KEY_END },
		{ "\033[1~", KEY_HOME }, { "\033[4~", KEY_END },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		define_key(keys[i].sequence, keys[i].code);
}

static void start_colours(void)
{
	term.colours = 0;
	if (!has_colors() || start_color() == ERR)
		return;
	if (use_default_colors() == ERR)
		assume_default_colors(COLOR_WHITE, COLOR_BLACK);
	term.colours = COLORS >= 256 ? 256 : COLORS >= 8 ? 8 : 0;
}

static void start_modes(void)
{
	set_escdelay(25);
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	meta(stdscr, TRUE);
	intrflush(stdscr, FALSE);
	curs_set(0);
	/* C-z comes as a key; a stop from outside is the shell's business. */
	signal(SIGTSTP, SIG_DFL);
}

static bool is_terminal(GError **error)
{
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		return true;
	g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT,
		"%s is not a terminal; for use in scripts there is --batch",
		isatty(STDIN_FILENO) ? "standard output" : "standard input");
	return false;
}

static bool can_move_cursor(void)
{
	const char *move = tigetstr("cup");

	return move != NULL && move != (char *)-1 && *move != '\0';
}

/* Asked before newterm(), which accepts a terminal without a cursor to move
 * and forgets memory when it fails. */
static bool is_fit(const char *name, GError **error)
{
	const char *problem = "is unknown here";
	bool fits = false;
	int status;

	if (setupterm(name, STDOUT_FILENO, &status) == OK) {
		fits = can_move_cursor();
		problem = "cannot move its cursor";
		del_curterm(cur_term);
	}
	if (!fits)
		g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT,
			"the terminal type '%s' %s; "
			"try TERM=xterm-256color or TERM=vt100",
			name != NULL ? name : "", problem);
	return fits;
}

bool term_start(const struct term_ops *ops, void *data, GError **error)
{
	const char *name = getenv("TERM");

	if (!is_terminal(error) || !is_fit(name, error))
		return false;
	setlocale(LC_ALL, "");
	text_set_ascii(strcmp(nl_langinfo(CODESET), "UTF-8") != 0);
	term.ops = ops;
	term.data = data;
	start_sources();
	term.screen = newterm(NULL, stdout, stdin);
	if (!term.screen) {
		stop_sources();
		g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT,
			"cannot draw on a terminal of type '%s'", name);
		return false;
	}
	term.paste = g_string_new(NULL);
	start_modes();
	define_keys();
	start_colours();
	term.has_sync = term.colours >= 256 || tigetflag("XT") > 0;
	send_raw(modes_on);
	return true;
}

void term_stop(void)
{
	if (!term.screen)
		return;
	stop_sources();
	send_raw(modes_off);
	term_set_mouse(false);
	curs_set(1);
	endwin();
	delscreen(term.screen);
	term.screen = NULL;
	g_string_free(term.paste, TRUE);
	term.paste = NULL;
}

int term_rows(void)
{
	return term.screen ? LINES : 24;
}

int term_cols(void)
{
	return term.screen ? COLS : 80;
}

int term_colours(void)
{
	return term.colours;
}

void term_suspend(void)
{
	send_raw(modes_off);
	curs_set(1);
	endwin();
	/* The whole group: what started us, "make demo", stops with us. */
	kill(0, SIGTSTP);
	reset_prog_mode();
	send_raw(modes_on);
	curs_set(0);
	clearok(curscr, TRUE);
	on_winch(NULL);
}

void term_redraw(void)
{
	clearok(curscr, TRUE);
}

void term_beep(void)
{
	beep();
}

void term_show_cursor(bool is_shown)
{
	curs_set(is_shown ? 1 : 0);
}

void term_set_title(const char *title)
{
	char *clean = text_clean(title);
	char *sequence = g_strdup_printf("\033]2;%s\033\\", clean);

	if (term.has_sync)
		send_raw(sequence);
	g_free(sequence);
	g_free(clean);
}

void term_set_mouse(bool is_on)
{
	mousemask(is_on ? ALL_MOUSE_EVENTS : 0, NULL);
}

void term_update(void)
{
	if (!term.screen)
		return;
	if (term.has_sync)
		send_raw("\033[?2026h");
	doupdate();
	if (term.has_sync)
		send_raw("\033[?2026l");
}
