/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The queue: a line for each action that no server has confirmed, and for each
 * that could not be done. It is read anew while it is on the screen, as it
 * changes by itself.
 */
#include "src/base/base.h"
#include "ui/queue.h"
#include "src/mail/queue.h"
#include "ui/format.h"
#include "ui/list.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/text.h"
#include "ui/textview.h"
#include "ui/view.h"

#include "src/mime/text.h"

enum { REFRESH_MS = 500, WHEN_COLS = 12, STATE_COLS = 8, ACCOUNT_COLS = 10 };

struct entry {
	uint64_t id;
	char *account, *text, *why, *uids, *progress;
	int64_t since;
	enum queue_state state;
};

struct queue_screen {
	struct widget widget; /* first */
	struct list list;
	GPtrArray *entries;   /* of struct entry * */
	guint source;
};

static struct queue_screen *to_queue(struct widget *widget)
{
	return (struct queue_screen *)widget;
}

static void entry_free(void *data)
{
	struct entry *entry = data;

	g_free(entry->account);
	g_free(entry->text);
	g_free(entry->why);
	g_free(entry->uids);
	g_free(entry->progress);
	g_free(entry);
}

/* --- reading ------------------------------------------------------------- */

static void add_row(const struct queue_row *row, void *data)
{
	struct entry *entry = g_new0(struct entry, 1);

	entry->id = row->id;
	entry->account = g_strdup(row->account);
	entry->text = g_strdup(row->text);
	entry->why = g_strdup(row->why);
	entry->uids = imap_seqset_to_string(row->uids);
	entry->since = row->since;
	entry->state = row->state;
	if (row->wanted > 0)
		entry->progress = g_strdup_printf("%" G_GUINT64_FORMAT " of %"
			G_GUINT64_FORMAT, row->had, row->wanted);
	g_ptr_array_add(data, entry);
}

static const struct entry *current(const struct queue_screen *queue)
{
	return queue->list.cursor < queue->entries->len ?
		queue->entries->pdata[queue->list.cursor] : NULL;
}

/* The cursor stays on its action. */
static void load(struct queue_screen *queue)
{
	const struct entry *at = current(queue);
	uint64_t id = at != NULL ? at->id : 0;

	g_ptr_array_set_size(queue->entries, 0);
	queue_each(add_row, queue->entries);
	list_set_length(&queue->list, queue->entries->len);
	for (guint i = 0; i < queue->entries->len; i++)
		if (((struct entry *)queue->entries->pdata[i])->id == id)
			list_set_cursor(&queue->list, i);
	widget_damage(&queue->widget, DAMAGE_PAINT);
	screen_damage_frame();
}

static gboolean refresh(gpointer data)
{
	load(data);
	return G_SOURCE_CONTINUE;
}

/* --- what is done -------------------------------------------------------- */

static void add_field(struct mime_document *document, const char *name,
	const char *value)
{
	char *line = g_strdup_printf("%-9s %s", name, value);

	if (value != NULL && *value != '\0')
		mime_document_add(document, MIME_LINE_TEXT, line);
	g_free(line);
}

static bool show_details(struct queue_screen *queue)
{
	const struct entry *entry = current(queue);
	struct mime_document *document;
	GString *since;

	if (entry == NULL)
		return true;
	since = g_string_new(NULL);
	format_time(since, "%Y-%m-%d %H:%M:%S", entry->since);
	document = mime_document_new();
	add_field(document, "What:", entry->text);
	add_field(document, "Account:", entry->account);
	add_field(document, "Messages:", entry->uids);
	add_field(document, "Asked:", since->str);
	add_field(document, "State:", queue_state_name(entry->state));
	add_field(document, "Done:", entry->progress);
	add_field(document, "Why:", entry->why);
	screen_push(textview_new("An action in the queue", document, true));
	g_string_free(since, TRUE);
	return true;
}

static void on_drop(const char *text, void *data)
{
	GError *error = NULL;

	if (g_strcmp0(text, "yes") == 0 &&
		!queue_drop(*(uint64_t *)data, &error)) {
		view_message(VIEW_ERROR, "Not given up: %s", error->message);
		g_error_free(error);
	}
}

static bool ask_drop(struct queue_screen *queue)
{
	const struct entry *entry = current(queue);
	char *label;

	if (entry == NULL)
		return true;
	label = g_strdup_printf("Give up %s?", entry->text);
	prompt_ask(&(struct prompt_request){
		.kind = PROMPT_YES_NO, .label = label, .done = on_drop,
		.data = g_memdup2(&entry->id, sizeof(entry->id)),
		.free_data = g_free,
	});
	g_free(label);
	return true;
}

static bool command(struct widget *widget, const char *name,
	const char *const *argv, unsigned count, GError **error)
{
	struct queue_screen *queue = to_queue(widget);

	(void)argv;
	(void)count;
	(void)error;
	if (g_str_equal(name, "select"))
		return show_details(queue);
	if (g_str_equal(name, "queue-drop"))
		return ask_drop(queue);
	if (!g_str_equal(name, "queue-retry"))
		return false;
	queue_try_now();
	view_message(VIEW_INFO, "trying again");
	load(queue);
	return true;
}

/* --- painting ------------------------------------------------------------ */

static void paint_row(struct list *list, const struct area *area, uint32_t i,
	bool is_cursor, void *data)
{
	struct queue_screen *queue = data;
	const struct entry *entry = queue->entries->pdata[i];
	struct style style = theme_style(entry->state == QUEUE_CONFLICT ?
		THEME_ERROR : THEME_NORMAL);
	GString *when = g_string_new(NULL);
	GString *text = g_string_new(entry->text);
	int col = 1;

	(void)list;
	if (entry->progress != NULL)
		g_string_append_printf(text, ", %s", entry->progress);
	if (entry->why != NULL)
		g_string_append_printf(text, ": %s", entry->why);
	format_time(when, "%b %d %H:%M", entry->since);
	if (is_cursor)
		style = style_over(style, theme_layer(THEME_INDICATOR));
	paint_fill(area, 0, 0, -1, style);
	paint_fit(area, 0, col, WHEN_COLS, style, when->str);
	col += WHEN_COLS + 1;
	paint_fit(area, 0, col, STATE_COLS, style,
		queue_state_name(entry->state));
	col += STATE_COLS + 1;
	paint_fit(area, 0, col, ACCOUNT_COLS, style, entry->account);
	col += ACCOUNT_COLS + 1;
	paint_fit(area, 0, col, area->cols - col, style, text->str);
	g_string_free(when, TRUE);
	g_string_free(text, TRUE);
}

static void paint(struct widget *widget)
{
	struct queue_screen *queue = to_queue(widget);

	list_paint(&queue->list, &widget->area);
	if (queue->entries->len == 0)
		paint_fit(&widget->area, 0, 1, widget->area.cols - 1,
			theme_style(THEME_NORMAL),
			"no action waits for a server");
}

static void layout(struct widget *widget)
{
	list_set_rows(&to_queue(widget)->list, widget->area.rows);
}

static void title(struct widget *widget, GString *left, GString *right)
{
	unsigned n = 0;
	struct queue_screen *queue = to_queue(widget);

	for (guint i = 0; i < queue->entries->len; i++)
		n += ((struct entry *)queue->entries->pdata[i])->state ==
			QUEUE_CONFLICT;
	g_string_append(left, "Queue");
	if (queue->entries->len > n)
		g_string_append_printf(right, "%u waiting ",
			queue->entries->len - n);
	if (n > 0)
		g_string_append_printf(right, "%u not done", n);
}

static bool move(struct widget *widget, enum move how, unsigned count)
{
	widget_damage(widget, DAMAGE_PAINT);
	return list_move(&to_queue(widget)->list, how, count);
}

static void free_queue(struct widget *widget)
{
	struct queue_screen *queue = to_queue(widget);

	source_clear(&queue->source);
	g_ptr_array_unref(queue->entries);
	g_free(queue);
}

static const struct widget_ops ops = {
	.context = CONTEXT_QUEUE,
	.title = title,
	.layout = layout,
	.paint = paint,
	.move = move,
	.command = command,
	.free = free_queue,
};

static const struct list_ops list_ops = { .paint_row = paint_row };

struct widget *queue_screen_new(void)
{
	struct queue_screen *queue = g_new0(struct queue_screen, 1);

	widget_init(&queue->widget, &ops);
	list_init(&queue->list, &list_ops, queue);
	queue->entries = g_ptr_array_new_with_free_func(entry_free);
	load(queue);
	queue->source = g_timeout_add(REFRESH_MS, refresh, queue);
	return &queue->widget;
}
