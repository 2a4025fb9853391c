/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "ui/trace.h"
#include "src/base/error.h"
#include "src/base/log.h"
#include "src/mime/text.h"
#include "ui/list.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/text.h"
#include "ui/textview.h"
#include "ui/trace-lines.h"
#include "ui/view.h"

#include <gio/gio.h>

enum {
	WHO_COLS = 10,
	WIDE_COLS = 60, /* from here on, time and connection have room */
};

struct trace {
	struct widget widget; /* first */
	struct list list;
	struct trace_lines *lines;
	uint32_t n_dropped;   /* shown lines that went since recalc */
	bool follows;         /* the cursor stays on the newest line */
	bool is_paused;
	uint64_t n_missed;    /* while paused */
	char *searched;       /* or NULL */
	bool searches_back;
};

static struct trace *to_trace(struct widget *widget)
{
	return (struct trace *)widget;
}

/* --- lines as they come --------------------------------------------------- */

static void on_line(const char *who, enum log_direction direction,
	const char *text, size_t len, void *data)
{
	struct trace *trace = data;

	if (trace->is_paused) {
		trace->n_missed++;
		screen_damage_frame();
		return;
	}
	trace->n_dropped += trace_lines_add(trace->lines, g_get_real_time(), who,
		direction, text, len);
	widget_damage(&trace->widget, DAMAGE_CONTENT);
	screen_damage_frame();
}

static void recalc(struct widget *widget)
{
	struct trace *trace = to_trace(widget);
	uint32_t length = trace_lines_length(trace->lines);
	uint32_t cursor = trace->list.cursor - MIN(trace->list.cursor, trace->n_dropped);

	if (trace->n_dropped > 0)
		list_shift_cursor(&trace->list, cursor);
	trace->n_dropped = 0;
	list_set_length(&trace->list, length);
	if (trace->follows && length > 0)
		list_set_cursor(&trace->list, length - 1);
}

/* --- painting ------------------------------------------------------------- */

static enum theme_object row_object(const struct trace_line *line)
{
	switch (line->direction) {
	case LOG_OUT: return THEME_QUOTED;
	case LOG_NOTE: return THEME_MARKERS;
	case LOG_IN: break;
	}
	return THEME_NORMAL;
}

static void paint_row(struct list *list, const struct area *area, uint32_t i,
	bool is_cursor, void *data)
{
	struct trace *trace = data;
	const struct trace_line *line = trace_lines_at(trace->lines, i);
	struct style style = theme_style(row_object(line));
	GString *text = g_string_new(NULL);
	char *who = text_fit(line->who, WHO_COLS, TEXT_LEFT);

	(void)list;
	if (is_cursor)
		style = style_over(style, theme_layer(THEME_INDICATOR));
	paint_fill(area, 0, 0, -1, style);
	if (area->cols >= WIDE_COLS) {
		trace_line_append_time(line, text);
		g_string_append_printf(text, " %s ", who);
	}
	g_string_append_printf(text, "%s ", trace_line_mark(line));
	trace_line_append_text(line, text);
	paint_fit(area, 0, 1, area->cols - 1, style, text->str);
	g_free(who);
	g_string_free(text, TRUE);
}

static void paint(struct widget *widget)
{
	struct trace *trace = to_trace(widget);

	list_paint(&trace->list, &widget->area);
	if (trace->list.length == 0)
		paint_fit(&widget->area, 0, 1, widget->area.cols - 1,
			theme_style(THEME_MARKERS),
			"nothing was said since this screen was opened");
}

static void layout(struct widget *widget)
{
	list_set_rows(&to_trace(widget)->list, widget->area.rows);
}

static void title(struct widget *widget, GString *left, GString *right)
{
	struct trace *trace = to_trace(widget);
	const char *filter = trace_lines_filter(trace->lines);
	char *n = text_number(trace->list.length);

	g_string_append(left, "Trace");
	if (filter != NULL)
		g_string_append_printf(left, " of %s", filter);
	g_string_append_printf(right, "%s line%s  ", n,
		trace->list.length == 1 ? "" : "s");
	if (trace->is_paused)
		g_string_append_printf(right, "paused, %" G_GUINT64_FORMAT " not kept",
			trace->n_missed);
	else
		g_string_append(right, trace->follows ? "following" : "not following");
	g_free(n);
}

/* --- keys ----------------------------------------------------------------- */

static void note_place(struct trace *trace)
{
	trace->follows = trace->list.length == 0 ||
		trace->list.cursor == trace->list.length - 1;
	widget_damage(&trace->widget, DAMAGE_PAINT);
	screen_damage_frame();
}

static bool move(struct widget *widget, enum move how, unsigned count)
{
	struct trace *trace = to_trace(widget);
	bool moved = list_move(&trace->list, how, count);

	note_place(trace);
	return moved;
}

/* The line under the cursor, all of it. */
static void show_line(struct trace *trace)
{
	const struct trace_line *line;
	struct mime_document *document;
	GString *head = g_string_new(NULL);

	if (trace->list.length > 0) {
		line = trace_lines_at(trace->lines, trace->list.cursor);
		document = mime_document_new();
		trace_line_append_time(line, head);
		g_string_append_printf(head, "  %s  %s", line->who, trace_line_mark(line));
		mime_document_add(document, MIME_LINE_NOTE, head->str);
		mime_document_add(document, MIME_LINE_TEXT, line->text);
		screen_push(textview_new("Trace", document, false));
	}
	g_string_free(head, TRUE);
}

static bool search(struct trace *trace, bool is_back, GError **error)
{
	int64_t found;

	if (trace->searched == NULL) {
		g_set_error_literal(error, CMD_ERROR, CMD_ERROR_CONTEXT,
			"nothing has been searched for");
		return false;
	}
	found = trace_lines_find(trace->lines, trace->list.cursor, is_back,
		trace->searched);
	if (found < 0) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_FAILED, "no line has '%s'",
			trace->searched);
		return false;
	}
	list_set_cursor(&trace->list, (uint32_t)found);
	note_place(trace);
	return true;
}

static bool search_command(struct trace *trace, const char *name,
	const char *const *argv, GError **error)
{
	if (g_str_equal(name, "search") || g_str_equal(name, "search-reverse")) {
		g_free(trace->searched);
		trace->searched = g_strdup(argv[0]);
		trace->searches_back = g_str_equal(name, "search-reverse");
	}
	return search(trace,
		trace->searches_back != g_str_equal(name, "search-opposite"), error);
}

static void set_filter(struct trace *trace, const char *filter)
{
	trace_lines_set_filter(trace->lines, filter);
	trace->follows = true;
	widget_damage(&trace->widget, DAMAGE_CONTENT);
	screen_damage_frame();
}

static void on_filter(const char *text, void *data)
{
	if (text != NULL)
		set_filter(data, text);
}

static void ask_filter(struct trace *trace, const char *const *argv)
{
	const struct prompt_request request = {
		.kind = PROMPT_LINE,
		.label = "Only account or connection (empty: all): ",
		.initial = trace_lines_filter(trace->lines),
		.is_proposal = true, .completes = "account",
		.done = on_filter, .data = trace,
	};

	if (argv[0] != NULL)
		set_filter(trace, argv[0]);
	else
		prompt_ask(&request);
}

static void toggle_pause(struct trace *trace)
{
	trace->is_paused = !trace->is_paused;
	if (trace->is_paused)
		trace->n_missed = 0;
	else if (trace->n_missed > 0)
		view_message(VIEW_INFO, "%" G_GUINT64_FORMAT " line%s not kept meanwhile",
			trace->n_missed, trace->n_missed == 1 ? " was" : "s were");
	screen_damage_frame();
}

/* --- saving --------------------------------------------------------------- */

/* On its way to a file, with GIO's threads; outlives the screen. */
struct trace_saving {
	char *path, *text;
	size_t len;
};

static void saving_end(struct trace_saving *saving, const GError *error)
{
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_EXISTS))
		view_message(VIEW_ERROR, "not saved: '%s' exists", saving->path);
	else if (error != NULL)
		view_message(VIEW_ERROR, "not saved: %s", error->message);
	else
		view_message(VIEW_INFO, "saved %s", saving->path);
	g_free(saving->path);
	g_free(saving->text);
	g_free(saving);
}

static void on_written(GObject *stream, GAsyncResult *result, void *data)
{
	GError *error = NULL;

	g_output_stream_write_all_finish(G_OUTPUT_STREAM(stream), result, NULL, &error);
	saving_end(data, error);
	g_clear_error(&error);
}

static void on_created(GObject *file, GAsyncResult *result, void *data)
{
	struct trace_saving *saving = data;
	GError *error = NULL;
	GFileOutputStream *stream = g_file_create_finish(G_FILE(file), result, &error);

	if (stream == NULL) {
		saving_end(saving, error);
		g_clear_error(&error);
		return;
	}
	g_output_stream_write_all_async(G_OUTPUT_STREAM(stream), saving->text,
		saving->len, G_PRIORITY_DEFAULT, NULL, on_written, saving);
	g_object_unref(stream);
}

/* A new file, for the user alone: it has addresses and subjects in it. */
static void save(struct trace *trace, const char *path)
{
	struct trace_saving *saving = g_new0(struct trace_saving, 1);
	GFile *file;

	saving->path = g_str_has_prefix(path, "~/")
		? g_build_filename(g_get_home_dir(), path + 2, NULL) : g_strdup(path);
	saving->text = trace_lines_to_text(trace->lines, &saving->len);
	file = g_file_new_for_path(saving->path);
	g_file_create_async(file, G_FILE_CREATE_PRIVATE, G_PRIORITY_DEFAULT, NULL,
		on_created, saving);
	g_object_unref(file);
}

static void on_path(const char *text, void *data)
{
	if (text != NULL && *text != '\0')
		save(data, text);
}

static void ask_path(struct trace *trace, const char *const *argv)
{
	const struct prompt_request request = {
		.kind = PROMPT_LINE, .label = "Save trace to file: ",
		.history = "file", .completes = "file",
		.done = on_path, .data = trace,
	};

	if (argv[0] != NULL)
		save(trace, argv[0]);
	else
		prompt_ask(&request);
}

static bool command(struct widget *widget, const char *name,
	const char *const *argv, unsigned count, GError **error)
{
	struct trace *trace = to_trace(widget);

	(void)count;
	if (g_str_has_prefix(name, "search"))
		return search_command(trace, name, argv, error);
	if (g_str_equal(name, "select"))
		show_line(trace);
	else if (g_str_equal(name, "trace-filter"))
		ask_filter(trace, argv);
	else if (g_str_equal(name, "trace-pause"))
		toggle_pause(trace);
	else if (g_str_equal(name, "trace-save"))
		ask_path(trace, argv);
	else
		return false;
	return true;
}

/* --- the widget ----------------------------------------------------------- */

static void free_trace(struct widget *widget)
{
	struct trace *trace = to_trace(widget);

	log_set_trace_listener(NULL, NULL);
	prompt_cancel(trace);
	trace_lines_free(&trace->lines);
	g_free(trace->searched);
	g_free(trace);
}

static const struct widget_ops ops = {
	.context = CONTEXT_TRACE,
	.title = title,
	.layout = layout,
	.recalc = recalc,
	.paint = paint,
	.move = move,
	.command = command,
	.free = free_trace,
};

static const struct list_ops list_ops = { .paint_row = paint_row };

struct widget *trace_new(const char *filter)
{
	struct trace *trace = g_new0(struct trace, 1);

	widget_init(&trace->widget, &ops);
	list_init(&trace->list, &list_ops, trace);
	trace->lines = trace_lines_new();
	trace_lines_set_filter(trace->lines, filter);
	trace->follows = true;
	log_set_trace_listener(on_line, trace);
	return &trace->widget;
}
