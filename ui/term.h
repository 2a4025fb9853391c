/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The terminal: starting and stopping curses, keys, resizing, suspending,
 * colours. Nothing is read from the terminal but by the main loop.
 */
#ifndef CULVER_UI_TERM_H
#define CULVER_UI_TERM_H

#include "ui/theme.h"

struct term_ops {
	void (*key)(uint32_t code, void *data);
	/* Between the brackets of a bracketed paste; UTF-8. */
	void (*pasted)(const char *text, size_t len, void *data);
	void (*resized)(int rows, int cols, void *data);
	/* The terminal is gone. */
	void (*hung_up)(void *data);
};

/* false with error: TERM is unknown, or this is no terminal. ops is borrowed. */
bool term_start(const struct term_ops *ops, void *data, GError **error);
void term_stop(void);
int term_rows(void);
int term_cols(void);
/* 256, 8 or 0. */
int term_colours(void);
/* Stops the process as C-z does; returns when it goes on. */
void term_suspend(void);
/* Repaints everything. */
void term_redraw(void);
void term_beep(void);
/* A prompt shows the terminal's cursor; on lists it stands unseen. */
void term_show_cursor(bool is_shown);
void term_set_title(const char *title);
void term_set_mouse(bool is_on);
/* One doupdate, with synchronized output around it. */
void term_update(void);

#endif
