/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cursor and scroll position of a list. See list.h. */
#include "src/base/base.h"
#include "ui/list.h"

void list_init(struct list *list, const struct list_ops *ops, void *data)
{
	*list = (struct list){ .ops = ops, .data = data, .rows = 1 };
}

uint32_t list_end(const struct list *list)
{
	return MIN(list->length, list->top + (uint32_t)list->rows);
}

static uint32_t last_top(const struct list *list)
{
	return list->length > (uint32_t)list->rows ? list->length - (uint32_t)list->rows : 0;
}

/* Scrolls as little as possible so that the cursor is in sight. */
static void scroll_to_cursor(struct list *list)
{
	uint32_t rows = (uint32_t)list->rows;
	uint32_t context = (uint32_t)CLAMP(list->context, 0, (list->rows - 1) / 2);

	if (list->cursor < list->top + context)
		list->top = list->cursor > context ? list->cursor - context : 0;
	else if (list->cursor + context >= list->top + rows)
		list->top = list->cursor + context + 1 - rows;
	list->top = MIN(list->top, last_top(list));
}

static void tell_moved(struct list *list)
{
	if (list->ops->moved)
		list->ops->moved(list, list->data);
}

void list_set_length(struct list *list, uint32_t length)
{
	list->length = length;
	list->cursor = length == 0 ? 0 : MIN(list->cursor, length - 1);
	list->top = MIN(list->top, last_top(list));
	scroll_to_cursor(list);
}

void list_set_rows(struct list *list, int rows)
{
	list->rows = MAX(rows, 1);
	scroll_to_cursor(list);
}

void list_set_cursor(struct list *list, uint32_t i)
{
	list->cursor = list->length == 0 ? 0 : MIN(i, list->length - 1);
	scroll_to_cursor(list);
	tell_moved(list);
}

void list_shift_cursor(struct list *list, uint32_t i)
{
	uint32_t line = list->cursor - MIN(list->top, list->cursor);

	list->cursor = list->length == 0 ? 0 : MIN(i, list->length - 1);
	list->top = list->cursor > line ? list->cursor - line : 0;
	scroll_to_cursor(list);
}

static bool is_stop(struct list *list, uint32_t i)
{
	return !list->ops->is_stop || list->ops->is_stop(list, i, list->data);
}

/* One step over rows that are no stops; false: there is no other stop. */
static bool step(struct list *list, bool is_down, bool every)
{
	uint32_t i = list->cursor;

	while (is_down ? i + 1 < list->length : i > 0) {
		i = is_down ? i + 1 : i - 1;
		if (every || is_stop(list, i)) {
			list->cursor = i;
			return true;
		}
	}
	return false;
}

static bool step_many(struct list *list, bool is_down, bool every, unsigned count)
{
	uint32_t before = list->cursor;

	for (unsigned i = 0; i < MAX(count, 1) && step(list, is_down, every); i++)
		;
	return list->cursor != before;
}

/* A page: the cursor keeps its line, as far as there are rows. */
static bool scroll_page(struct list *list, bool is_down, uint32_t by)
{
	uint32_t cursor = list->cursor, top = list->top;

	if (list->length == 0)
		return false;
	if (is_down) {
		list->top = MIN(top + by, last_top(list));
		list->cursor = MIN(cursor + by, list->length - 1);
	} else {
		list->top = top > by ? top - by : 0;
		list->cursor = cursor > by ? cursor - by : 0;
	}
	return list->cursor != cursor || list->top != top;
}

static bool scroll_line(struct list *list, bool is_down)
{
	if (is_down ? list->top >= last_top(list) : list->top == 0)
		return false;
	list->top += is_down ? 1 : -1u;
	list->cursor = CLAMP(list->cursor, list->top, list->top + (uint32_t)list->rows - 1);
	return true;
}

static bool go_to(struct list *list, uint32_t i)
{
	uint32_t before = list->cursor;

	if (list->length == 0)
		return false;
	list->cursor = MIN(i, list->length - 1);
	return list->cursor != before;
}

static bool do_move(struct list *list, enum move move, unsigned count)
{
	uint32_t page = (uint32_t)MAX(list->rows, 1) * MAX(count, 1);
	uint32_t half = (uint32_t)MAX(list->rows / 2, 1) * MAX(count, 1);

	switch (move) {
	case MOVE_NEXT: return step_many(list, true, false, count);
	case MOVE_PREVIOUS: return step_many(list, false, false, count);
	case MOVE_NEXT_ENTRY: return step_many(list, true, true, count);
	case MOVE_PREVIOUS_ENTRY: return step_many(list, false, true, count);
	case MOVE_PAGE_DOWN: return scroll_page(list, true, page);
	case MOVE_PAGE_UP: return scroll_page(list, false, page);
	case MOVE_HALF_DOWN: return scroll_page(list, true, half);
	case MOVE_HALF_UP: return scroll_page(list, false, half);
	case MOVE_LINE_DOWN: return scroll_line(list, true);
	case MOVE_LINE_UP: return scroll_line(list, false);
	case MOVE_FIRST: return go_to(list, 0);
	case MOVE_LAST: return go_to(list, UINT32_MAX);
	case MOVE_TOP: return go_to(list, list->top);
	case MOVE_MIDDLE: return go_to(list, (list->top + list_end(list)) / 2);
	case MOVE_BOTTOM: return go_to(list, MAX(list_end(list), 1) - 1);
	case MOVE_JUMP: return go_to(list, MAX(count, 1) - 1);
	}
	return false;
}

bool list_move(struct list *list, enum move move, unsigned count)
{
	bool moved = do_move(list, move, count);

	if (moved) {
		if (move != MOVE_LINE_DOWN && move != MOVE_LINE_UP)
			scroll_to_cursor(list);
		tell_moved(list);
	}
	return moved;
}

void list_paint(struct list *list, const struct area *area)
{
	struct style blank = theme_style(THEME_NORMAL);

	for (int row = 0; row < area->rows; row++) {
		uint32_t i = list->top + (uint32_t)row;
		struct area line = area_line(area, row);

		if (i < list->length)
			list->ops->paint_row(list, &line, i, i == list->cursor, list->data);
		else
			paint_fill(&line, 0, 0, -1, blank);
	}
	paint_cursor(area, (int)(list->cursor - list->top), 0);
}
