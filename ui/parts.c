/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parts of a message: a tree in document order, one line each with section,
 * type, size and name. Enter reads a part that is text, s saves any part to a
 * file. Nothing but the structure is fetched until then.
 */
#include "src/base/base.h"
#include "ui/parts.h"
#include "src/base/error.h"
#include "src/mail/append.h"
#include "src/mail/mailbox.h"
#include "src/mail/message.h"
#include "src/mime/header.h"
#include "src/mime/text.h"
#include "ui/list.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/text.h"
#include "ui/textview.h"
#include "ui/view.h"
#include "ui/work.h"

enum { SECTION_COLS = 8, TYPE_COLS = 28, SIZE_COLS = 6, PROGRESS_FROM_OCTETS = 100000 };

/* A part with strings of its own: the structure is lent for a moment only. */
struct part {
	char *section, *type, *size, *name;
	unsigned depth;
	uint64_t octets;
	bool is_text, is_leaf;
};

struct parts {
	struct widget widget; /* first */
	struct list list;
	struct mailbox *mailbox;
	uint32_t uid;
	GPtrArray *parts;     /* of struct part * */
	char *problem;        /* why there are none, or NULL */
	struct reading *reading; /* of a part that is to be shown, or NULL */
	struct message_transfer *transfer; /* its fetch */
};

static struct parts *to_parts(struct widget *widget)
{
	return (struct parts *)widget;
}

static struct part *part_at(const struct parts *parts, uint32_t i)
{
	return i < parts->parts->len ? g_ptr_array_index(parts->parts, i) : NULL;
}

static void part_free(gpointer data)
{
	struct part *part = data;

	g_free(part->section);
	g_free(part->type);
	g_free(part->size);
	g_free(part->name);
	g_free(part);
}

/* --- the structure ------------------------------------------------------------------ */

static unsigned depth_of(const struct imap_body *body)
{
	unsigned depth = 0;

	while ((body = body->parent) != NULL)
		depth++;
	return depth;
}

static struct part *part_new(const struct imap_body *body)
{
	struct part *part = g_new0(struct part, 1);
	char *name = mime_part_filename(body);

	part->section = g_strdup(body->section);
	part->type = g_strdup_printf("%s/%s", body->type, body->subtype);
	part->is_leaf = strcmp(body->type, "multipart") != 0;
	part->size = part->is_leaf ? mime_size_format(body->size) : g_strdup("");
	part->octets = body->size;
	part->name = name != NULL ? name : mime_header_decode(body->description);
	part->depth = depth_of(body);
	part->is_text = mime_part_is_text(body);
	return part;
}

static void on_body(const struct imap_body *root, const GError *error, void *data)
{
	struct parts *parts = data;
	const struct imap_body *body = NULL;

	if (error != NULL)
		parts->problem = g_strdup(error->message);
	while (error == NULL && (body = imap_body_next(root, body)) != NULL)
		g_ptr_array_add(parts->parts, part_new(body));
	list_set_length(&parts->list, parts->parts->len);
	screen_damage_frame();
	widget_damage(&parts->widget, DAMAGE_PAINT);
}

/* --- reading and saving ------------------------------------------------------------- */

/* A part on its way to the screen; outlives the list if that is left. */
struct reading {
	struct parts *parts; /* NULL: nobody wants it any more */
	struct mailbox *mailbox;
	uint32_t uid;
	char *section, *type;
	GByteArray *octets;
	uint64_t size;
	struct work *work;
};

static void reading_end(struct reading *reading)
{
	work_end(&reading->work);
	if (reading->parts != NULL) {
		reading->parts->reading = NULL;
		reading->parts->transfer = NULL;
	}
	mailbox_unref(&reading->mailbox);
	g_byte_array_unref(reading->octets);
	g_free(reading->section);
	g_free(reading->type);
	g_free(reading);
}

static void on_octets(const char *octets, size_t len, void *data)
{
	struct reading *reading = data;

	g_byte_array_append(reading->octets, (const guint8 *)octets, (guint)len);
}

/* The structure is lent, so it is asked for once more to decode by. */
static void show_read(const struct imap_body *root, const GError *error, void *data)
{
	struct reading *reading = data;
	const struct imap_body *body = root != NULL
		? imap_body_find(root, reading->section) : NULL;

	if (error != NULL)
		view_message(VIEW_ERROR, "%s", error->message);
	if (body != NULL && reading->parts != NULL) {
		struct mime_document *document = mime_document_new();

		mime_document_add_text(document, body,
			(const char *)reading->octets->data, reading->octets->len);
		screen_push(textview_new(reading->type, document, false));
	}
	reading_end(reading);
}

static bool was_stopped(const GError *error)
{
	return g_error_matches(error, MAIL_ERROR, MAIL_ERROR_CANCELLED);
}

static void on_fetched(uint64_t octets, const GError *error, void *data)
{
	struct reading *reading = data;

	(void)octets;
	if (error == NULL && reading->parts != NULL) {
		reading->parts->transfer = NULL;
		message_fetch_body(reading->mailbox, reading->uid, show_read, reading);
		return;
	}
	if (error != NULL && reading->parts != NULL && !was_stopped(error))
		view_message(VIEW_ERROR, "%s", error->message);
	reading_end(reading);
}

static void stop_reading(void *data)
{
	struct reading *reading = data;

	if (reading->parts != NULL)
		message_transfer_cancel(&reading->parts->transfer);
}

static void on_read_progress(uint64_t had, uint64_t wanted, void *data)
{
	struct reading *reading = data;

	(void)wanted;
	work_progress(reading->work, had, reading->size);
}

static bool read_part(struct parts *parts, GError **error)
{
	const struct part *part = part_at(parts, parts->list.cursor);
	struct reading *reading;

	if (part == NULL || parts->reading != NULL)
		return true;
	if (!part->is_text || part->octets > MIME_TEXT_MAX) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT,
			"%s is not text to read; s saves it", part->type);
		return false;
	}
	reading = g_new0(struct reading, 1);
	reading->parts = parts;
	reading->mailbox = mailbox_ref(parts->mailbox);
	reading->uid = parts->uid;
	reading->section = g_strdup(part->section);
	reading->type = g_strdup(part->type);
	reading->octets = g_byte_array_new();
	reading->size = part->octets >= PROGRESS_FROM_OCTETS ? part->octets : 0;
	reading->work = work_begin("Loading part", stop_reading, reading);
	parts->reading = reading;
	parts->transfer = message_fetch_part(parts->mailbox, parts->uid,
		part->section, on_octets, on_fetched, reading);
	message_transfer_watch(parts->transfer, on_read_progress, reading);
	return true;
}

/* A part on its way to a file: goes on when the list of parts is left. */
struct saving {
	char *path;
	struct message_transfer *transfer;
	struct work *work;
};

static void on_saved(uint64_t octets, const GError *error, void *data)
{
	struct saving *saving = data;
	char *size = mime_size_format(octets);

	work_end(&saving->work);
	if (error != NULL && !was_stopped(error))
		view_message(VIEW_ERROR, "%s", error->message);
	else if (error == NULL)
		view_message(VIEW_INFO, "saved %s, %s", saving->path, size);
	g_free(size);
	g_free(saving->path);
	g_free(saving);
}

static void stop_saving(void *data)
{
	struct saving *saving = data;

	message_transfer_cancel(&saving->transfer);
}

static void on_save_progress(uint64_t had, uint64_t wanted, void *data)
{
	struct saving *saving = data;

	work_progress(saving->work, had, wanted >= PROGRESS_FROM_OCTETS ? wanted : 0);
}

/* What a save needs while its questions are asked. */
struct save {
	struct mailbox *mailbox;
	uint32_t uid;
	char *section, *path;
};

static void save_free(gpointer data)
{
	struct save *save = data;

	mailbox_unref(&save->mailbox);
	g_free(save->section);
	g_free(save->path);
	g_free(save);
}

static void start_saving(struct save *save, bool overwrite)
{
	struct saving *saving = g_new0(struct saving, 1);

	saving->path = g_strdup(save->path);
	saving->work = work_begin("Saving part", stop_saving, saving);
	saving->transfer = message_save_part(save->mailbox, save->uid, save->section,
		save->path, overwrite, on_saved, saving);
	message_transfer_watch(saving->transfer, on_save_progress, saving);
}

static void on_overwrite(const char *text, void *data)
{
	if (g_strcmp0(text, "yes") == 0)
		start_saving(data, true);
}

static struct save *save_copy(const struct save *from)
{
	struct save *save = g_new0(struct save, 1);

	save->mailbox = mailbox_ref(from->mailbox);
	save->uid = from->uid;
	save->section = g_strdup(from->section);
	save->path = g_strdup(from->path);
	return save;
}

static char *expand_home(const char *path)
{
	if (g_str_has_prefix(path, "~/"))
		return g_build_filename(g_get_home_dir(), path + 2, NULL);
	return g_strdup(path);
}

static void on_path(const char *text, void *data)
{
	struct save *save = data;

	if (text == NULL || *text == '\0')
		return;
	g_free(save->path);
	save->path = expand_home(text);
	if (g_file_test(save->path, G_FILE_TEST_EXISTS)) {
		char *label = g_strdup_printf("%s exists. Overwrite it? ", text);

		prompt_quad(OPTION_ASK_NO, label, on_overwrite, save_copy(save),
			save_free);
		g_free(label);
		return;
	}
	start_saving(save, false);
}

static bool ask_path(struct parts *parts)
{
	const struct part *part = part_at(parts, parts->list.cursor);
	struct save *save;
	struct prompt_request request = {
		.kind = PROMPT_LINE, .label = "Save to file: ",
		.history = "file", .completes = "file", .done = on_path,
		.free_data = save_free,
	};
	char *name;

	if (part == NULL || !part->is_leaf)
		return true;
	name = mime_safe_filename(part->name != NULL ? part->name : "part");
	save = g_new0(struct save, 1);
	save->mailbox = mailbox_ref(parts->mailbox);
	save->uid = parts->uid;
	save->section = g_strdup(part->section);
	request.initial = name;
	request.data = save;
	prompt_ask(&request);
	g_free(name);
	return true;
}

/* --- removing ------------------------------------------------------------------------- */

static void on_removed(uint32_t uid, const GError *error, void *data)
{
	(void)uid;
	(void)data;
	if (error != NULL)
		view_message(VIEW_ERROR, "%s", error->message);
	else
		view_message(VIEW_INFO, "the part is removed");
}

static void on_remove(const char *text, void *data)
{
	struct save *save = data;

	if (g_strcmp0(text, "yes") != 0)
		return;
	view_message(VIEW_INFO, "removing part %s", save->section);
	action_delete_part(save->mailbox, save->uid, save->section, on_removed,
		NULL);
}

enum { NAME_COLS = 30 };

/* The question and its answers fit on a line of 80 columns. */
static char *removal_label(const struct part *part)
{
	char *name = mime_safe_filename(part->name != NULL ? part->name :
		part->type);
	char *shown = text_fit(name, MIN(text_width(name, -1), NAME_COLS),
		TEXT_LEFT);
	char *label = g_strdup_printf("Remove '%s' (%s) for good?", shown,
		part->size);

	g_free(shown);
	g_free(name);
	return label;
}

/* They are kept. */
static bool knows_flags_and_date(struct parts *parts)
{
	if (action_can_replace(parts->mailbox, parts->uid))
		return true;
	view_message(VIEW_ERROR,
		"the message's flags and date are not known yet");
	return false;
}

static bool ask_removal(struct parts *parts)
{
	const struct part *part = part_at(parts, parts->list.cursor);
	struct save *save;
	char *label;

	if (part == NULL || !knows_flags_and_date(parts))
		return true;
	save = g_new0(struct save, 1);
	save->mailbox = mailbox_ref(parts->mailbox);
	save->uid = parts->uid;
	save->section = g_strdup(part->section);
	label = removal_label(part);
	prompt_quad(OPTION_ASK_NO, label, on_remove, save, save_free);
	g_free(label);
	return true;
}

/* --- the widget ----------------------------------------------------------------------- */

static void paint_row(struct list *list, const struct area *line, uint32_t i,
	bool is_cursor, void *data)
{
	const struct part *part = part_at(data, i);
	struct style style = theme_style(THEME_NORMAL);
	int col = 1, name_col = SECTION_COLS + TYPE_COLS + SIZE_COLS + 4;
	char *size;

	(void)list;
	if (is_cursor)
		style = style_over(style, theme_layer(THEME_INDICATOR));
	paint_fill(line, 0, 0, -1, style);
	paint_fit(line, 0, col, SECTION_COLS, style, part->section);
	col += SECTION_COLS + (int)MIN(2 * part->depth, 8);
	paint_fit(line, 0, col, SECTION_COLS + TYPE_COLS - col, style, part->type);
	size = text_fit(part->size, SIZE_COLS, TEXT_RIGHT);
	paint_text(line, 0, SECTION_COLS + TYPE_COLS + 2, SIZE_COLS, style, size, -1);
	g_free(size);
	paint_fit(line, 0, name_col, line->cols - name_col, style,
		part->name != NULL ? part->name : "");
}

static void paint(struct widget *widget)
{
	struct parts *parts = to_parts(widget);

	list_paint(&parts->list, &widget->area);
	if (parts->parts->len == 0)
		paint_fit(&widget->area, 0, 1, widget->area.cols - 1,
			theme_style(THEME_NORMAL),
			parts->problem != NULL ? parts->problem : "…");
}

static void layout(struct widget *widget)
{
	list_set_rows(&to_parts(widget)->list, widget->area.rows);
}

static void title(struct widget *widget, GString *left, GString *right)
{
	struct parts *parts = to_parts(widget);

	g_string_append(left, "Parts");
	if (parts->parts->len > 0)
		g_string_append_printf(right, "%u part%s", parts->parts->len,
			parts->parts->len == 1 ? "" : "s");
}

static bool move(struct widget *widget, enum move how, unsigned count)
{
	widget_damage(widget, DAMAGE_PAINT);
	return list_move(&to_parts(widget)->list, how, count);
}

static bool command(struct widget *widget, const char *name,
	const char *const *argv, unsigned count, GError **error)
{
	(void)argv;
	(void)count;
	if (g_str_equal(name, "select"))
		return read_part(to_parts(widget), error);
	if (g_str_equal(name, "save-part"))
		return ask_path(to_parts(widget));
	if (g_str_equal(name, "delete-part"))
		return ask_removal(to_parts(widget));
	return false;
}

static void free_parts(struct widget *widget)
{
	struct parts *parts = to_parts(widget);

	if (parts->reading != NULL)
		parts->reading->parts = NULL;
	if (parts->transfer != NULL)
		message_transfer_cancel(&parts->transfer);
	mailbox_forget(parts->mailbox, parts);
	mailbox_unref(&parts->mailbox);
	g_ptr_array_unref(parts->parts);
	g_free(parts->problem);
	g_free(parts);
}

static const struct widget_ops ops = {
	.context = CONTEXT_PARTS,
	.title = title,
	.layout = layout,
	.paint = paint,
	.move = move,
	.command = command,
	.free = free_parts,
};

static const struct list_ops list_ops = { .paint_row = paint_row };

struct widget *parts_new(struct mailbox *mailbox, uint32_t uid)
{
	struct parts *parts = g_new0(struct parts, 1);

	widget_init(&parts->widget, &ops);
	list_init(&parts->list, &list_ops, parts);
	parts->mailbox = mailbox_ref(mailbox);
	parts->uid = uid;
	parts->parts = g_ptr_array_new_with_free_func(part_free);
	message_fetch_body(mailbox, uid, on_body, parts);
	return &parts->widget;
}
