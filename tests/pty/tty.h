/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A program on a pseudo terminal, with its screen kept by libvterm: what a
 * person would see. Waiting is always for a condition, up to a deadline.
 */
#ifndef CULVER_TESTS_PTY_TTY_H
#define CULVER_TESTS_PTY_TTY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

struct tty;

enum { TTY_DEADLINE_MS = 20000 };

/* argv[0] is looked up in PATH if it has no slash. env: "NAME=value" words
 * over the environment, NULL-terminated; may be NULL. TERM is xterm-256color
 * unless env says otherwise. */
struct tty *tty_spawn(int rows, int cols, const char *const *argv,
	const char *const *env);
/* Hangs up, ends the program if it has not ended by itself, and frees. */
void tty_free(struct tty **tty);
int tty_pid(const struct tty *tty);

/* Octets as if typed. */
void tty_type(struct tty *tty, const char *octets);
void tty_resize(struct tty *tty, int rows, int cols);

typedef bool tty_condition_fn(struct tty *tty, void *data);
/* Reads what the program prints until fn holds; false at the deadline or when
 * the program has ended without it. */
bool tty_wait(struct tty *tty, tty_condition_fn *fn, void *data, int timeout_ms);
/* The screen shows this text in one row; or nowhere. */
bool tty_wait_for(struct tty *tty, const char *text);
bool tty_wait_gone(struct tty *tty, const char *text);
/* Waits until nothing was printed for quiet_ms (a frame is 16). */
bool tty_wait_quiet(struct tty *tty, int quiet_ms);
/* Waits for the end of the program; its exit status, -1 at the deadline. */
int tty_wait_exit(struct tty *tty);
/* The same, and kills it at the deadline; what it and its children used. */
struct rusage tty_end(struct tty *tty);

/* A row's text without trailing blanks; g_free() it. */
char *tty_row(struct tty *tty, int row);
/* The first row that has the text, or -1. */
int tty_find(struct tty *tty, const char *text);
struct tty_cell {
	uint32_t ch;
	bool bold, reverse, underline;
	int fg, bg; /* index of 256, or -1 for the default */
};
struct tty_cell tty_cell(struct tty *tty, int row, int col);
void tty_cursor(struct tty *tty, int *row_out, int *col_out);
/* The whole screen as comment lines of TAP, for a failed test. */
void tty_dump(struct tty *tty);
/* Octets the program has printed, and when the last came (monotonic, us). */
uint64_t tty_octets(const struct tty *tty);
int64_t tty_last_output_us(const struct tty *tty);

#endif
