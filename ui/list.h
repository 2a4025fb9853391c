/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A list with a cursor: index, folders, parts, help and links are lists. It
 * owns cursor and scroll position, not the rows; who uses it tells length and
 * paints a row. Embed it, call list_paint() from paint and list_move() from
 * move.
 */
#ifndef CULVER_UI_LIST_H
#define CULVER_UI_LIST_H

#include "ui/widget.h"

struct list;

struct list_ops {
	/* line is one line of the terminal; paint all of it. */
	void (*paint_row)(struct list *list, const struct area *line, uint32_t i,
		bool is_cursor, void *data);
	/* NEXT and PREVIOUS stop here; NULL: everywhere. */
	bool (*is_stop)(struct list *list, uint32_t i, void *data);
	/* The cursor or what is shown changed. May be NULL. */
	void (*moved)(struct list *list, void *data);
};

struct list {
	const struct list_ops *ops;
	void *data;
	uint32_t length;
	uint32_t cursor; /* 0 when empty */
	uint32_t top;    /* first row shown */
	int rows;        /* lines of the area, at least 1 */
	int context;     /* lines kept above and below the cursor */
};

void list_init(struct list *list, const struct list_ops *ops, void *data);
/* Keeps cursor and top within. */
void list_set_length(struct list *list, uint32_t length);
void list_set_rows(struct list *list, int rows);
/* Puts the cursor there and scrolls as little as possible. */
void list_set_cursor(struct list *list, uint32_t i);
/* Keeps the cursor on the same line of the terminal while it gets another
 * number: rows came or went above it. */
void list_shift_cursor(struct list *list, uint32_t i);
bool list_move(struct list *list, enum move move, unsigned count);
/* Paints the rows into area (rows below the last are blank) and puts the
 * terminal's cursor on the cursor's line. */
void list_paint(struct list *list, const struct area *area);
/* Last row shown plus one. */
uint32_t list_end(const struct list *list);

#endif
