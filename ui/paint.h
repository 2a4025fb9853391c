/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Painting: rectangles of the terminal, and text and fills in them, clipped.
 * What is painted goes into curses' virtual screen; frame.c sends it off. The
 * only files that include curses are term.c and paint.c.
 */
#ifndef CULVER_UI_PAINT_H
#define CULVER_UI_PAINT_H

#include "ui/theme.h"

struct area {
	int row, col, rows, cols; /* on the terminal */
};

/* Part of an area, clipped to it; row and col are relative. */
struct area area_sub(const struct area *area, int row, int col, int rows, int cols);
/* One line of it. */
struct area area_line(const struct area *area, int row);

/* text is untrusted UTF-8. Paints at most cols columns (-1: up to the edge)
 * and gives the number of columns painted. */
int paint_text(const struct area *area, int row, int col, int cols,
	struct style style, const char *text, gssize len);
/* Spaces; cols -1: up to the edge. */
void paint_fill(const struct area *area, int row, int col, int cols, struct style style);
void paint_clear(const struct area *area, struct style style);
/* text, then spaces up to cols; cut with "…". */
void paint_fit(const struct area *area, int row, int col, int cols,
	struct style style, const char *text);
/* "─" or "│", or - and | in ASCII. */
void paint_hline(const struct area *area, int row, int col, int cols, struct style style);
void paint_vline(const struct area *area, int row, int col, int rows, struct style style);
/* Where the terminal's own cursor stands after the frame. */
void paint_cursor(const struct area *area, int row, int col);
/* The frame is complete: puts the cursor in its place. */
void paint_end(void);
/* The terminal has started anew: forgets its colour pairs. */
void paint_reset(void);

#endif
