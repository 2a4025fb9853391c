/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The screen as a whole. See screen.h. */
#include "src/base/base.h"
#include "ui/screen.h"

#include "src/rc/command.h"
#include "ui/desk.h"
#include "ui/folders.h"
#include "ui/frame.h"
#include "ui/input.h"
#include "ui/options.h"
#include "ui/prompt.h"
#include "ui/startup.h"
#include "ui/status.h"
#include "ui/term.h"
#include "ui/text.h"

#include <stdlib.h>

enum {
	TITLE_FROM_ROWS = 4, /* lower screens have no title line */
	KEYS_FROM_ROWS = 6,
	BODY_MIN_COLUMNS = 20, /* beside the sidebar */
	PAGER_MIN_ROWS = 5,    /* below rows of the index */
	ABOVE_MIN_ROWS = 3,
};

static struct {
	GMainLoop *loop;
	int status;
	GPtrArray *stack; /* of struct widget, owned */
	struct widget *sidebar;
	struct widget *above; /* the index, while some of it is above the pager; or NULL */
	bool is_laid_out, is_frame_damaged;
	int sidebar_wish; /* of M-b: -1 none, 0 hide, 1 show */
	struct area title, keys, bottom, divider, rule;
	unsigned theme_generation;
	unsigned option_listener;
} screen = { .sidebar_wish = -1 };

/* --- the stack ------------------------------------------------------------------- */

struct widget *screen_top(void)
{
	return screen.stack->pdata[screen.stack->len - 1];
}

static void tell_shown(struct widget *widget, bool is_top)
{
	widget->is_visible = is_top;
	if (widget->ops->shown)
		widget->ops->shown(widget, is_top);
}

void screen_push(struct widget *widget)
{
	if (screen.stack->len > 0)
		tell_shown(screen_top(), false);
	g_ptr_array_add(screen.stack, widget);
	tell_shown(widget, true);
	screen_layout();
}

void screen_pop(void)
{
	struct widget *widget;

	if (screen.stack->len <= 1)
		return;
	widget = g_ptr_array_steal_index(screen.stack, screen.stack->len - 1);
	screen.above = NULL;
	tell_shown(widget, false);
	widget_free(&widget);
	tell_shown(screen_top(), true);
	screen_layout();
}

void screen_pop_to(struct widget *widget)
{
	if (!g_ptr_array_find(screen.stack, widget, NULL))
		return;
	while (screen_top() != widget)
		screen_pop();
}

struct widget *screen_find(enum context context)
{
	for (guint i = screen.stack ? screen.stack->len : 0; i-- > 0;) {
		struct widget *widget = screen.stack->pdata[i];

		if (widget->ops->context == context)
			return widget;
	}
	return NULL;
}

struct widget *screen_sidebar(void)
{
	return screen.sidebar && screen.sidebar->is_visible ? screen.sidebar : NULL;
}

/* --- sharing out the areas ---------------------------------------------------------- */

int screen_rows(void)
{
	return term_rows();
}

int screen_cols(void)
{
	return term_cols();
}

static int sidebar_columns(void)
{
	const struct ui_options *options = ui_options();
	int width = (int)options->sidebar_width, cols = screen_cols();
	bool wants = options->sidebar_visible ||
		(options->sidebar_columns > 0 && cols >= options->sidebar_columns);

	if (screen.sidebar_wish >= 0)
		wants = screen.sidebar_wish;
	if (!wants || !(screen_top()->ops->context & (CONTEXT_INDEX | CONTEXT_PAGER)))
		return 0;
	return cols - width - 1 >= BODY_MIN_COLUMNS ? width : 0;
}

static struct area take_rows(struct area *from, bool at_top, int rows)
{
	struct area taken = *from;

	taken.rows = CLAMP(rows, 0, from->rows);
	from->rows -= taken.rows;
	if (at_top)
		from->row += taken.rows;
	else
		taken.row += from->rows;
	return taken;
}

static void lay_out_sidebar(struct area *body)
{
	int width = sidebar_columns();
	struct area area = *body;

	screen.sidebar->is_visible = width > 0;
	if (width == 0)
		return;
	area.cols = width;
	widget_set_area(screen.sidebar, &area);
	body->col += width + 1;
	body->cols -= width + 1;
	screen.divider = (struct area){ area.row, area.col + width, area.rows, 1 };
}

/* Some rows of the index above the pager, and a rule between the two. */
static void lay_out_above(struct area *body)
{
	struct widget *index = screen_find(CONTEXT_INDEX);
	bool is_pager = screen_top()->ops->context == CONTEXT_PAGER;
	int lines = is_pager ? MIN((int)ui_options()->pager_index_lines,
		body->rows - PAGER_MIN_ROWS) : 0;
	struct area area;

	screen.above = NULL;
	if (index && index != screen_top())
		index->is_visible = false;
	if (!index || lines < ABOVE_MIN_ROWS)
		return;
	area = take_rows(body, true, lines - 1);
	screen.rule = take_rows(body, true, 1);
	screen.above = index;
	index->is_visible = true;
	widget_set_area(index, &area);
}

static void lay_out(void)
{
	int rows = screen_rows(), cols = screen_cols();
	struct area body = { 0, 0, rows, cols };
	int asked = prompt_rows(MAX(rows - 1, 1), cols);
	bool has_keys = rows >= KEYS_FROM_ROWS && ui_options()->help;

	screen.bottom = take_rows(&body, false, MAX(asked, 1));
	/* A prompt of several lines covers the line of keys first. */
	screen.keys = take_rows(&body, false, has_keys && asked <= 1 ? 1 : 0);
	lay_out_sidebar(&body);
	screen.title = take_rows(&body, true, rows >= TITLE_FROM_ROWS ? 1 : 0);
	lay_out_above(&body);
	widget_set_area(screen_top(), &body);
	screen.is_laid_out = true;
	screen.is_frame_damaged = true;
}

void screen_layout(void)
{
	screen.is_laid_out = false;
	frame_request();
}

void screen_damage_frame(void)
{
	screen.is_frame_damaged = true;
	frame_request();
}

/* --- painting -------------------------------------------------------------------------- */

static void paint_title(void)
{
	GString *left = g_string_new(" "), *right = g_string_new(NULL);
	struct widget *top = screen_top();

	if (top->ops->title)
		top->ops->title(top, left, right);
	status_paint_title(&screen.title, left->str, right->len > 0 ? right->str : NULL);
	g_string_free(left, TRUE);
	g_string_free(right, TRUE);
}

static void paint_keys(void)
{
	GString *right = g_string_new(NULL);
	struct widget *top = screen_top();

	if (input_pending())
		g_string_append(right, input_pending());
	else if (top->ops->position)
		top->ops->position(top, right);
	if (desk_connection_text()) {
		if (right->len > 0)
			g_string_append(right, "   ");
		g_string_append(right, desk_connection_text());
	}
	status_paint_keys(&screen.keys, top->ops->context, right->len > 0 ? right->str : NULL);
	g_string_free(right, TRUE);
}

static void paint_frame_lines(void)
{
	screen.is_frame_damaged = false;
	if (screen.sidebar->is_visible)
		paint_vline(&screen.divider, 0, 0, screen.divider.rows,
			theme_style(THEME_SIDEBAR_DIVIDER));
	if (screen.above)
		paint_hline(&screen.rule, 0, 0, screen.rule.cols,
			theme_style(THEME_SIDEBAR_DIVIDER));
	if (screen.title.rows > 0)
		paint_title();
	if (screen.keys.rows > 0)
		paint_keys();
	if (!prompt_is_open() && screen.bottom.rows > 0)
		status_paint_message(&screen.bottom);
}

static void check_theme(void)
{
	if (screen.theme_generation == theme_generation())
		return;
	screen.theme_generation = theme_generation();
	screen.is_laid_out = false;
}

/* What is beside the top screen. The cursor is the top screen's: it is painted
 * after. */
static void update_beside(struct widget *widget)
{
	if (!widget || !widget->is_visible || !widget->damage)
		return;
	widget_update(widget);
	screen_top()->damage |= DAMAGE_PAINT;
}

static void paint(void *data)
{
	(void)data;
	if (screen.stack->len == 0)
		return;
	check_theme();
	if (!screen.is_laid_out)
		lay_out();
	update_beside(screen.sidebar);
	update_beside(screen.above);
	widget_update(screen_top());
	if (screen.is_frame_damaged)
		paint_frame_lines();
	if (prompt_is_open())
		prompt_paint(&screen.bottom);
	paint_end();
}

void screen_redraw(void)
{
	term_redraw();
	screen_layout();
}

void screen_toggle_sidebar(void)
{
	screen.sidebar_wish = sidebar_columns() > 0 ? 0 : 1;
	screen_layout();
}

/* --- the terminal --------------------------------------------------------------------------- */

static void on_key(uint32_t code, void *data)
{
	(void)data;
	input_key(code);
	frame_flush();
}

static void on_pasted(const char *text, size_t len, void *data)
{
	(void)data;
	if (prompt_is_open())
		prompt_paste(text, len);
	else
		status_message(VIEW_INFO, "pasted text is taken in prompts only");
	frame_flush();
}

static void on_resized(int rows, int cols, void *data)
{
	(void)rows;
	(void)cols;
	(void)data;
	screen_layout();
}

static void on_hung_up(void *data)
{
	(void)data;
	desk_hang_up();
}

static void on_option(const struct option_row *row, struct option_set *set, void *data)
{
	bool is_light = ui_options()->background == 2 ||
		(ui_options()->background == 0 && theme_ground_is_light(getenv("COLORFGBG")));

	(void)set;
	(void)data;
	if (row && strcmp(row->name, "background") == 0)
		theme_setup(term_colours(), is_light);
	if (row && strcmp(row->name, "mouse") == 0)
		term_set_mouse(ui_options()->mouse);
	if (row && strcmp(row->name, "ascii_chars") == 0 && ui_options()->ascii_chars)
		text_set_ascii(true);
	screen_layout();
}

void screen_suspend(void)
{
	frame_hold(true);
	term_suspend();
	frame_hold(false);
	screen_redraw();
}

/* --- running ------------------------------------------------------------------------------------ */

void screen_push_keys(const char *keys)
{
	input_push(keys);
}

void screen_run_list(const struct command_list *list, unsigned count)
{
	input_run_list(list, count);
}

static void report(const struct command_origin *origin, bool is_warning,
	const char *message, void *data)
{
	(void)data;
	(void)origin;
	view_message(is_warning ? VIEW_WARNING : VIEW_ERROR, "%s", message);
}

/* What "set name?" asks for. */
static void echo(const char *option, const char *text, void *data)
{
	(void)data;
	if (option)
		view_message(VIEW_INFO, "%s = %s", option, text);
	else
		view_message(VIEW_INFO, "%s", text);
}

void screen_run_commands(const char *text, const char *file)
{
	struct command_list *list = command_parse(text, strlen(text), file, report, NULL);

	if (command_list_length(list) > 0)
		input_run_list(list, 0);
	command_list_unref(&list);
}

void screen_quit(int status)
{
	screen.status = status;
	if (screen.loop)
		g_main_loop_quit(screen.loop);
}

static bool start(const struct startup *startup, GError **error)
{
	static const struct term_ops term = {
		.key = on_key,
		.pasted = on_pasted,
		.resized = on_resized,
		.hung_up = on_hung_up,
	};

	if (!term_start(&term, NULL, error))
		return false;
	paint_reset();
	theme_setup(term_colours(), ui_options()->background == 2 ||
		(ui_options()->background == 0 && theme_ground_is_light(getenv("COLORFGBG"))));
	if (ui_options()->ascii_chars)
		text_set_ascii(true);
	term_set_mouse(ui_options()->mouse);
	screen.stack = g_ptr_array_new();
	screen.loop = g_main_loop_new(NULL, FALSE);
	screen.option_listener = option_listen(NULL, on_option, NULL);
	command_set_report(report, NULL);
	command_set_echo(echo, NULL);
	status_start();
	prompt_start(startup->state_dir);
	return true;
}

static void stop(void)
{
	option_unlisten(screen.option_listener);
	command_set_report(NULL, NULL);
	command_set_echo(NULL, NULL);
	frame_stop();
	input_stop();
	prompt_stop();
	while (screen.stack->len > 0) {
		struct widget *widget = g_ptr_array_steal_index(screen.stack,
			screen.stack->len - 1);

		widget_free(&widget);
	}
	widget_free(&screen.sidebar);
	desk_stop();
	g_clear_pointer(&screen.stack, g_ptr_array_unref);
	status_stop();
	term_stop();
	g_clear_pointer(&screen.loop, g_main_loop_unref);
	theme_release();
}

int screen_run(const struct startup *startup)
{
	GError *error = NULL;

	if (!start(startup, &error)) {
		text_complain("culver: %s", error->message);
		g_error_free(error);
		return 1;
	}
	desk_start(startup);
	screen.sidebar = folders_sidebar_new();
	frame_start(paint, NULL);
	frame_request();
	frame_flush();
	g_main_loop_run(screen.loop);
	stop();
	return screen.status;
}
