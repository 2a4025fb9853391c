/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A widget: something with an area, a vtable, and damage. A screen is a widget
 * that fills the body (index, pager, folders, help ...); the screens form a
 * stack, the top one has the keys. Widgets read the model in recalc and touch
 * the terminal only in paint.
 *
 * Embed struct widget as the first member of your own struct.
 */
#ifndef CULVER_UI_WIDGET_H
#define CULVER_UI_WIDGET_H

#include "ui/paint.h"

struct widget;
struct imap_seqset;
struct key_event;

enum damage {
	DAMAGE_PAINT = 1 << 0,   /* looks different */
	DAMAGE_CONTENT = 1 << 1, /* the model changed: recalc, then paint */
	DAMAGE_LAYOUT = 1 << 2,  /* areas changed: layout, recalc, paint */
};

enum move {
	MOVE_NEXT, MOVE_PREVIOUS,
	MOVE_NEXT_ENTRY, MOVE_PREVIOUS_ENTRY, /* those that NEXT skips, too */
	MOVE_PAGE_DOWN, MOVE_PAGE_UP,
	MOVE_HALF_DOWN, MOVE_HALF_UP,
	MOVE_LINE_DOWN, MOVE_LINE_UP,         /* scroll, cursor stays if it can */
	MOVE_FIRST, MOVE_LAST,
	MOVE_TOP, MOVE_MIDDLE, MOVE_BOTTOM,   /* of what is shown */
	MOVE_JUMP,                            /* to number count */
};

struct widget_ops {
	unsigned context; /* enum context: which keys and commands */
	/* The title line; either may stay empty. */
	void (*title)(struct widget *widget, GString *left, GString *right);
	/* The area is new. May be NULL. */
	void (*layout)(struct widget *widget);
	/* The model changed. May be NULL. */
	void (*recalc)(struct widget *widget);
	/* Paints the whole area. */
	void (*paint)(struct widget *widget);
	/* Cursor and scrolling; false: there was nowhere to go. May be NULL. */
	bool (*move)(struct widget *widget, enum move move, unsigned count);
	/* A key that no binding took, and before bindings if grabs_keys; true:
	 * used. May be NULL. */
	bool (*key)(struct widget *widget, const struct key_event *key);
	bool grabs_keys;
	/* A command of this screen's own, by the name of its row ("select",
	 * "search-next" ...): for what one screen alone can do. NULL error and
	 * false: it does not know the command. May be NULL. */
	bool (*command)(struct widget *widget, const char *name,
		const char *const *argv, unsigned count, GError **error);
	/* "45%", at the right of the line of keys. May be NULL. */
	void (*position)(struct widget *widget, GString *out);
	/* Came to the top of the stack, or left it. May be NULL. */
	void (*shown)(struct widget *widget, bool is_top);
	/* Frees the widget's own struct. */
	void (*free)(struct widget *widget);
};

struct widget {
	const struct widget_ops *ops;
	struct area area;
	unsigned damage; /* enum damage */
	bool is_visible;
};

void widget_init(struct widget *widget, const struct widget_ops *ops);
/* Sets bits and arms the frame timer. */
void widget_damage(struct widget *widget, enum damage damage);
/* Does what the damage asks for. */
void widget_update(struct widget *widget);
void widget_set_area(struct widget *widget, const struct area *area);
void widget_free(struct widget **widget);

#endif
