/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text to read. See textview.h. */
#include "src/base/base.h"
#include "ui/textview.h"

#include "src/mime/text.h"
#include "ui/context.h"
#include "ui/lines.h"
#include "ui/screen.h"

struct textview {
	struct widget widget;
	struct lines lines;
	char *title;
	bool starts_at_end;
};

static struct textview *to_textview(struct widget *widget)
{
	return (struct textview *)widget;
}

static void textview_title(struct widget *widget, GString *left, GString *right)
{
	(void)right;
	g_string_append(left, to_textview(widget)->title);
}

static void textview_layout(struct widget *widget)
{
	struct textview *view = to_textview(widget);

	lines_set_area(&view->lines, &widget->area);
	if (view->starts_at_end)
		lines_move(&view->lines, MOVE_LAST, 0);
	view->starts_at_end = false;
}

static void textview_paint(struct widget *widget)
{
	lines_paint(&to_textview(widget)->lines);
}

static bool textview_move(struct widget *widget, enum move move, unsigned count)
{
	bool moved = lines_move(&to_textview(widget)->lines, move, count);

	if (moved) {
		widget_damage(widget, DAMAGE_PAINT);
		screen_damage_frame();
	}
	return moved;
}

static bool textview_command(struct widget *widget, const char *name,
	const char *const *argv, unsigned count, GError **error)
{
	(void)count;
	widget_damage(widget, DAMAGE_PAINT);
	return lines_command(&to_textview(widget)->lines, name, argv, error);
}

static void textview_position(struct widget *widget, GString *out)
{
	lines_position(&to_textview(widget)->lines, out);
}

static void textview_free(struct widget *widget)
{
	struct textview *view = to_textview(widget);

	lines_release(&view->lines);
	g_free(view->title);
	g_free(view);
}

static const struct widget_ops ops = {
	.context = CONTEXT_TEXT,
	.title = textview_title,
	.layout = textview_layout,
	.paint = textview_paint,
	.move = textview_move,
	.command = textview_command,
	.position = textview_position,
	.free = textview_free,
};

struct widget *textview_new(const char *title, struct mime_document *document_take, bool at_end)
{
	struct textview *view = g_new0(struct textview, 1);

	widget_init(&view->widget, &ops);
	lines_init(&view->lines);
	view->title = g_strdup(title);
	view->starts_at_end = at_end;
	lines_set_document(&view->lines, document_take, false);
	return &view->widget;
}
