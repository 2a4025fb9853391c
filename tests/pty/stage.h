/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the tests of screens share: a private Dovecot whose Maildir they write,
 * a rc, and culver on a terminal. All of it lies in one temporary folder.
 */
#ifndef CULVER_TESTS_PTY_STAGE_H
#define CULVER_TESTS_PTY_STAGE_H

#include "tests/pty/tty.h"

/* Starts the server. false if it cannot run here: *why_out says why; g_free() it. */
bool stage_start(char **why_out);
/* Nothing where it was not started. */
void stage_stop(void);
/* "HOST", "PORT", "TLSPORT", "CA" ... of the server. */
const char *stage_env(const char *name);
/* To every process of the server. */
void stage_signal(int signal);
void stage_kill(void);
/* Starts the server again, with the same ports and mail. */
void stage_restart(void);

struct stage_test {
	const char *path;
	void (*test)(void);
};
/* The whole of main(): all tests, or none where the server cannot run, which
 * is said. The exit status. */
int stage_run(int argc, char **argv, const struct stage_test *tests, size_t n);

/* Makes mailbox (UTF-8, levels by "/") if it is not there. */
void stage_make_mailbox(const char *mailbox);
/* A message in it; flags as a Maildir writes them ("S", "FS"), NULL: new. text
 * is all of it, or NULL: a short text from Ada of 21 November 2026. */
void stage_deliver(const char *mailbox, const char *flags, const char *subject,
	const char *text);

/* A rc file with an account of the server, then the lines; its path is valid
 * until the next call. */
const char *stage_rc(const char *lines);
/* The same, with nothing but the lines. */
const char *stage_bare_rc(const char *lines);
/* culver on a terminal of 24x80 with this rc and mailbox; env may be NULL. */
struct tty *stage_open(const char *rc, const char *mailbox,
	const char *const *env);
struct tty *stage_open_sized(const char *rc, const char *mailbox,
	const char *const *env, int rows, int cols);
/* The same with a cache, which the others do without. */
struct tty *stage_open_cached(const char *rc, const char *mailbox,
	const char *const *env);
/* Runs commands in batch mode to their end; they must succeed. */
void stage_batch(const char *open, const char *command);

/* Fails the test, and shows the screen, unless it comes to that. */
#define see(tty, text) stage_see(tty, text, true, G_STRLOC)
#define see_gone(tty, text) stage_see(tty, text, false, G_STRLOC)
#define check(tty, condition) stage_check(tty, condition, #condition, G_STRLOC)
void stage_see(struct tty *tty, const char *text, bool is_there,
	const char *where);
void stage_check(struct tty *tty, bool holds, const char *what,
	const char *where);
/* The last column of the row that is not blank; -1: none. */
int stage_row_end(struct tty *tty, int row, int cols);

#endif
