/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/pty/tty.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vterm.h>

struct tty {
	int fd;
	pid_t pid;
	bool is_closed;  /* the program's end of the terminal */
	bool has_exited;
	int status;
	struct rusage usage;
	int rows, cols;
	VTerm *vterm;
	VTermScreen *screen;
	uint64_t octets;
	int64_t last_output_us;
};

/* --- the program --------------------------------------------------------------- */

static void run_child(const char *const *argv, const char *const *env)
{
	setenv("TERM", "xterm-256color", 1);
	for (; env != NULL && *env != NULL; env++)
		putenv(g_strdup(*env));
	execvp(argv[0], (char *const *)argv);
	fprintf(stderr, "cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* What vterm answers to the program's questions goes back to it. */
static void on_vterm_output(const char *octets, size_t len, void *data)
{
	struct tty *tty = data;
	ssize_t n = write(tty->fd, octets, len);

	(void)n;
}

static void start_vterm(struct tty *tty)
{
	tty->vterm = vterm_new(tty->rows, tty->cols);
	vterm_set_utf8(tty->vterm, 1);
	vterm_output_set_callback(tty->vterm, on_vterm_output, tty);
	tty->screen = vterm_obtain_screen(tty->vterm);
	vterm_screen_enable_altscreen(tty->screen, 1);
	vterm_screen_reset(tty->screen, 1);
}

static struct winsize window_size(const struct tty *tty)
{
	return (struct winsize){ .ws_row = (unsigned short)tty->rows,
		.ws_col = (unsigned short)tty->cols };
}

struct tty *tty_spawn(int rows, int cols, const char *const *argv,
	const char *const *env)
{
	struct tty *tty = g_new0(struct tty, 1);
	struct winsize size;

	tty->rows = rows;
	tty->cols = cols;
	size = window_size(tty);
	tty->pid = forkpty(&tty->fd, NULL, NULL, &size);
	if (tty->pid == 0)
		run_child(argv, env);
	g_assert_cmpint(tty->pid, >, 0);
	start_vterm(tty);
	tty->last_output_us = g_get_monotonic_time();
	return tty;
}

static void reap(struct tty *tty, int flags)
{
	if (!tty->has_exited && wait4(tty->pid, &tty->status, flags,
			&tty->usage) == tty->pid)
		tty->has_exited = true;
}

static void kill_and_reap(struct tty *tty)
{
	if (tty->has_exited)
		return;
	kill(tty->pid, SIGKILL);
	reap(tty, 0);
}

void tty_free(struct tty **ttyp)
{
	struct tty *tty = *ttyp;

	if (tty == NULL)
		return;
	*ttyp = NULL;
	close(tty->fd);
	reap(tty, WNOHANG);
	kill_and_reap(tty);
	vterm_free(tty->vterm);
	g_free(tty);
}

int tty_pid(const struct tty *tty)
{
	return tty->pid;
}

void tty_type(struct tty *tty, const char *octets)
{
	size_t len = strlen(octets);

	while (len > 0) {
		ssize_t n = write(tty->fd, octets, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		octets += n;
		len -= (size_t)n;
	}
}

void tty_resize(struct tty *tty, int rows, int cols)
{
	struct winsize size;

	tty->rows = rows;
	tty->cols = cols;
	size = window_size(tty);
	vterm_set_size(tty->vterm, rows, cols);
	ioctl(tty->fd, TIOCSWINSZ, &size);
}

/* --- waiting -------------------------------------------------------------------- */

/* Reads once, waiting at most timeout_ms; whether something came. */
static bool pump(struct tty *tty, int timeout_ms)
{
	struct pollfd poll_fd = { .fd = tty->fd, .events = POLLIN };
	char octets[65536];
	ssize_t n;

	if (tty->is_closed || poll(&poll_fd, 1, timeout_ms) <= 0)
		return false;
	n = read(tty->fd, octets, sizeof(octets));
	if (n <= 0) {
		tty->is_closed = n == 0 || errno != EINTR;
		return false;
	}
	tty->octets += (uint64_t)n;
	tty->last_output_us = g_get_monotonic_time();
	vterm_input_write(tty->vterm, octets, (size_t)n);
	vterm_screen_flush_damage(tty->screen);
	return true;
}

static int64_t deadline_after(int timeout_ms)
{
	return g_get_monotonic_time() + timeout_ms * INT64_C(1000);
}

static int ms_until(int64_t deadline_us)
{
	int64_t left = deadline_us - g_get_monotonic_time();

	return left <= 0 ? 0 : (int)(left / 1000 + 1);
}

bool tty_wait(struct tty *tty, tty_condition_fn *fn, void *data, int timeout_ms)
{
	int64_t deadline_us = deadline_after(timeout_ms);

	while (!fn(tty, data)) {
		int left = ms_until(deadline_us);

		if (left == 0 || tty->is_closed)
			return fn(tty, data);
		pump(tty, left);
	}
	return true;
}

static bool shows(struct tty *tty, void *data)
{
	return tty_find(tty, data) >= 0;
}

static bool lacks(struct tty *tty, void *data)
{
	return tty_find(tty, data) < 0;
}

bool tty_wait_for(struct tty *tty, const char *text)
{
	return tty_wait(tty, shows, (void *)text, TTY_DEADLINE_MS);
}

bool tty_wait_gone(struct tty *tty, const char *text)
{
	return tty_wait(tty, lacks, (void *)text, TTY_DEADLINE_MS);
}

bool tty_wait_quiet(struct tty *tty, int quiet_ms)
{
	int64_t deadline_us = deadline_after(TTY_DEADLINE_MS);

	while (pump(tty, quiet_ms))
		if (ms_until(deadline_us) == 0)
			return false;
	return true;
}

int tty_wait_exit(struct tty *tty)
{
	int64_t deadline_us = deadline_after(TTY_DEADLINE_MS);

	while (!tty->has_exited && ms_until(deadline_us) > 0) {
		if (tty->is_closed)
			poll(NULL, 0, 1);
		else
			pump(tty, 10);
		reap(tty, WNOHANG);
	}
	if (!tty->has_exited || !WIFEXITED(tty->status))
		return -1;
	return WEXITSTATUS(tty->status);
}

struct rusage tty_end(struct tty *tty)
{
	tty_wait_exit(tty);
	kill_and_reap(tty);
	return tty->usage;
}

/* --- the screen ------------------------------------------------------------------ */

char *tty_row(struct tty *tty, int row)
{
	GString *text = g_string_new(NULL);

	for (int col = 0; col < tty->cols; col++) {
		VTermPos pos = { .row = row, .col = col };
		VTermScreenCell cell;

		if (!vterm_screen_get_cell(tty->screen, pos, &cell))
			break;
		if (cell.chars[0] == 0)
			g_string_append_c(text, ' ');
		for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0; i++)
			if (cell.chars[i] != (uint32_t)-1)
				g_string_append_unichar(text, cell.chars[i]);
		if (cell.width == 2)
			col++;
	}
	g_strchomp(text->str);
	return g_string_free(text, FALSE);
}

int tty_find(struct tty *tty, const char *text)
{
	for (int row = 0; row < tty->rows; row++) {
		char *line = tty_row(tty, row);
		bool found = strstr(line, text) != NULL;

		g_free(line);
		if (found)
			return row;
	}
	return -1;
}

static int colour_index(VTermColor colour)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(&colour) || VTERM_COLOR_IS_DEFAULT_BG(&colour))
		return -1;
	return VTERM_COLOR_IS_INDEXED(&colour) ? colour.indexed.idx : -1;
}

struct tty_cell tty_cell(struct tty *tty, int row, int col)
{
	VTermPos pos = { .row = row, .col = col };
	VTermScreenCell cell = { 0 };

	vterm_screen_get_cell(tty->screen, pos, &cell);
	return (struct tty_cell){
		.ch = cell.chars[0],
		.bold = cell.attrs.bold,
		.reverse = cell.attrs.reverse,
		.underline = cell.attrs.underline != 0,
		.fg = colour_index(cell.fg),
		.bg = colour_index(cell.bg),
	};
}

void tty_cursor(struct tty *tty, int *row_out, int *col_out)
{
	VTermPos pos;

	vterm_state_get_cursorpos(vterm_obtain_state(tty->vterm), &pos);
	*row_out = pos.row;
	*col_out = pos.col;
}

void tty_dump(struct tty *tty)
{
	for (int row = 0; row < tty->rows; row++) {
		char *line = tty_row(tty, row);

		printf("# |%s\n", line);
		g_free(line);
	}
}

uint64_t tty_octets(const struct tty *tty)
{
	return tty->octets;
}

int64_t tty_last_output_us(const struct tty *tty)
{
	return tty->last_output_us;
}
