/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Help and the command palette: the same list of commands with their keys, in
 * groups. Typing narrows it; Enter shows the whole help of a command, or in
 * the palette runs it.
 */
#include "src/base/base.h"
#include "ui/help.h"
#include "src/mime/text.h"
#include "src/rc/command.h"
#include "ui/keymap.h"
#include "ui/list.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/text.h"
#include "ui/textview.h"

enum { KEYS_COLS = 15, NAME_COLS = 22, KEY_CTRL_G = 7 };

/* One line: a command, a binding of the user's own, or a group's title. */
struct entry {
	const struct command_row *row; /* NULL: title, or several commands */
	char *keys;
	char *name;    /* or the title */
	char *summary; /* NULL: a title */
	bool is_user;  /* bound by the rc */
};

struct help {
	struct widget widget; /* first */
	struct list list;
	enum context context;
	bool is_palette;
	GPtrArray *entries;   /* all, of struct entry * */
	GPtrArray *shown;     /* those that match filter; borrowed */
	GString *filter;
};

static const char *const group_order[] = {
	"moving", "reading", "deleting", "organising", "finding", "mailboxes",
	"screen", "other", NULL,
};
static const char *const own_group = "your own";

static struct help *to_help(struct widget *widget)
{
	return (struct help *)widget;
}

/* --- collecting ------------------------------------------------------------------- */

static void entry_free(gpointer data)
{
	struct entry *entry = data;

	g_free(entry->keys);
	g_free(entry->name);
	g_free(entry->summary);
	g_free(entry);
}

static void add_title(GPtrArray *entries, const char *title)
{
	struct entry *entry = g_new0(struct entry, 1);

	entry->name = g_strdup(title);
	g_ptr_array_add(entries, entry);
}

/* All keys of a command on the screen: "d, <delete>". */
static char *keys_of(const GPtrArray *bindings, const struct command_row *row,
	bool *is_user_out)
{
	GString *text = g_string_new(NULL);

	*is_user_out = false;
	for (guint i = 0; i < bindings->len; i++) {
		const struct binding *binding = g_ptr_array_index(bindings, i);
		char *keys;

		if (binding->row != row)
			continue;
		keys = keys_to_string(&binding->keys);
		g_string_append_printf(text, "%s%s", text->len ? ", " : "", keys);
		*is_user_out |= binding->is_user;
		g_free(keys);
	}
	return g_string_free(text, FALSE);
}

static void add_command(GPtrArray *entries, const GPtrArray *bindings,
	const struct command_row *row)
{
	struct entry *entry = g_new0(struct entry, 1);

	entry->row = row;
	entry->keys = keys_of(bindings, row, &entry->is_user);
	entry->name = g_strdup(row->name);
	entry->summary = g_strdup(row->summary);
	g_ptr_array_add(entries, entry);
}

static bool is_of_group(const struct command_row *row, const char *group)
{
	if (g_str_equal(group, "other"))
		return row->group == NULL
			|| !g_strv_contains(group_order, row->group);
	return g_strcmp0(row->group, group) == 0;
}

/* A command of this screen; help leaves out what has no key and works
 * everywhere: that is the rc's language. */
static bool belongs(const struct help *help, const struct command_row *row,
	const GPtrArray *bindings)
{
	bool is_user, has_key;
	char *keys;

	if (row->context != 0)
		return (row->context & help->context) != 0;
	keys = keys_of(bindings, row, &is_user);
	has_key = *keys != '\0';
	g_free(keys);
	return has_key || help->is_palette;
}

static void add_group(struct help *help, const GPtrArray *bindings, const char *group)
{
	size_t n;
	const struct command_row *const *rows = command_rows(&n);
	bool has_title = false;

	for (size_t i = 0; i < n; i++) {
		if (!is_of_group(rows[i], group)
				|| !belongs(help, rows[i], bindings))
			continue;
		if (!has_title)
			add_title(help->entries, group);
		has_title = true;
		add_command(help->entries, bindings, rows[i]);
	}
}

/* Macros, and keys that run several commands or one with arguments. */
static void add_own(struct help *help, const GPtrArray *bindings)
{
	bool has_title = false;

	for (guint i = 0; i < bindings->len; i++) {
		const struct binding *binding = g_ptr_array_index(bindings, i);
		struct entry *entry;

		if (binding->row != NULL
				|| (binding->macro == NULL && binding->commands == NULL))
			continue;
		if (!has_title)
			add_title(help->entries, own_group);
		has_title = true;
		entry = g_new0(struct entry, 1);
		entry->keys = keys_to_string(&binding->keys);
		entry->name = g_strdup(binding->macro != NULL ? "macro" : "bind");
		entry->summary = binding->description != NULL
			? g_strdup(binding->description)
			: binding->macro != NULL ? g_strdup(binding->macro)
			: command_list_to_string(binding->commands);
		entry->is_user = binding->is_user;
		g_ptr_array_add(help->entries, entry);
	}
}

static void collect(struct help *help)
{
	GPtrArray *bindings = keymap_bindings(help->context);

	for (size_t i = 0; group_order[i] != NULL; i++)
		add_group(help, bindings, group_order[i]);
	if (!help->is_palette)
		add_own(help, bindings);
	g_ptr_array_unref(bindings);
}

/* --- narrowing ---------------------------------------------------------------------- */

/* Every word of the filter is in the name, the summary or the keys. */
static bool matches(const struct help *help, const struct entry *entry)
{
	char *all = g_strjoin(" ", entry->keys, entry->name, entry->summary, NULL);
	char *folded = g_utf8_casefold(all, -1);
	char *wanted = g_utf8_casefold(help->filter->str, -1);
	char **words = g_strsplit(wanted, " ", -1);
	bool found = true;

	for (size_t i = 0; found && words[i] != NULL; i++)
		found = strstr(folded, words[i]) != NULL;
	g_strfreev(words);
	g_free(wanted);
	g_free(folded);
	g_free(all);
	return found;
}

static bool is_title(const struct entry *entry)
{
	return entry->summary == NULL;
}

static const struct entry *entry_at(const struct help *help, uint32_t i)
{
	return i < help->shown->len ? g_ptr_array_index(help->shown, i) : NULL;
}

static bool is_stop(struct list *list, uint32_t i, void *data)
{
	const struct entry *entry = entry_at(data, i);

	(void)list;
	return entry != NULL && !is_title(entry);
}

static void narrow(struct help *help)
{
	bool all = help->filter->len == 0;

	g_ptr_array_set_size(help->shown, 0);
	for (guint i = 0; i < help->entries->len; i++) {
		struct entry *entry = g_ptr_array_index(help->entries, i);

		if (is_title(entry) ? all : all || matches(help, entry))
			g_ptr_array_add(help->shown, entry);
	}
	list_set_length(&help->list, help->shown->len);
	list_set_cursor(&help->list, 0);
	if (!is_stop(&help->list, 0, help))
		list_move(&help->list, MOVE_NEXT, 1);
	widget_damage(&help->widget, DAMAGE_PAINT);
	screen_damage_frame();
}

/* --- the widget ----------------------------------------------------------------------- */

static void paint_row(struct list *list, const struct area *line, uint32_t i,
	bool is_cursor, void *data)
{
	const struct entry *entry = entry_at(data, i);
	struct style style = theme_style(THEME_NORMAL);
	struct style strong;

	(void)list;
	if (is_cursor)
		style = style_over(style, theme_layer(THEME_INDICATOR));
	strong = style;
	strong.attrs |= STYLE_BOLD;
	paint_fill(line, 0, 0, -1, style);
	if (is_title(entry)) {
		paint_fit(line, 0, 1, line->cols - 1, strong, entry->name);
		return;
	}
	paint_fit(line, 0, 3, KEYS_COLS, strong, entry->keys);
	if (entry->is_user)
		paint_text(line, 0, 2, 1, style, text_sign("•", "*"), -1);
	paint_fit(line, 0, 4 + KEYS_COLS, NAME_COLS, style, entry->name);
	paint_fit(line, 0, 5 + KEYS_COLS + NAME_COLS,
		line->cols - 5 - KEYS_COLS - NAME_COLS, style, entry->summary);
}

static void title(struct widget *widget, GString *left, GString *right)
{
	struct help *help = to_help(widget);

	if (help->is_palette)
		g_string_append(left, "Commands");
	else
		g_string_append_printf(left, "Help · %s", context_name(help->context));
	if (help->filter->len > 0)
		g_string_append_printf(right, "“%s”", help->filter->str);
	else
		g_string_append(right, "type to narrow");
}

static void paint(struct widget *widget)
{
	list_paint(&to_help(widget)->list, &widget->area);
}

static void layout(struct widget *widget)
{
	struct list *list = &to_help(widget)->list;

	list_set_rows(list, widget->area.rows);
	/* The first group's title stands above the first entry. */
	if (list->cursor < (uint32_t)list->rows)
		list->top = 0;
}

static bool move(struct widget *widget, enum move how, unsigned count)
{
	widget_damage(widget, DAMAGE_PAINT);
	return list_move(&to_help(widget)->list, how, count);
}

static void add_line(struct mime_document *document, const char *label, const char *text)
{
	char *line;

	if (text == NULL || *text == '\0')
		return;
	line = g_strdup_printf("%-9s %s", label, text);
	mime_document_add(document, MIME_LINE_TEXT, line);
	g_free(line);
}

static void show_entry(const struct entry *entry)
{
	struct mime_document *document = mime_document_new();
	char *usage = g_strjoin(" ", entry->row->name, entry->row->usage, NULL);
	char **paragraphs = g_strsplit(entry->row->doc != NULL
		? entry->row->doc : "", "\n\n", -1);

	mime_document_add(document, MIME_LINE_TEXT, entry->summary);
	mime_document_add(document, MIME_LINE_TEXT, "");
	add_line(document, "Command:", usage);
	add_line(document, "Keys:", entry->keys);
	add_line(document, "Also:", entry->row->aliases);
	for (size_t i = 0; paragraphs[i] != NULL && *paragraphs[i] != '\0'; i++) {
		mime_document_add(document, MIME_LINE_TEXT, "");
		mime_document_add(document, MIME_LINE_TEXT, paragraphs[i]);
	}
	g_strfreev(paragraphs);
	g_free(usage);
	screen_push(textview_new(entry->name, document, false));
}

static void run_typed(const char *text, void *data)
{
	(void)data;
	if (text != NULL)
		screen_run_commands(text, ":");
}

/* Leaves the palette, then runs; what needs arguments is asked for them. */
static void run_entry(const struct entry *entry)
{
	const struct command_row *row = entry->row;
	char *text = g_strdup_printf("%s ", row->name);
	struct prompt_request request = {
		.kind = PROMPT_LINE, .label = ":", .initial = text,
		.history = "command", .completes = "command", .done = run_typed,
	};

	screen_pop();
	if (row->min_args > 0 || row->takes_block)
		prompt_ask(&request);
	else
		screen_run_commands(row->name, ":");
	g_free(text);
}

static void choose(struct help *help)
{
	const struct entry *entry = entry_at(help, help->list.cursor);

	if (entry == NULL || entry->row == NULL)
		return;
	if (help->is_palette)
		run_entry(entry);
	else
		show_entry(entry);
}

static void shorten_filter(struct help *help)
{
	const char *end = help->filter->str + help->filter->len;
	const char *at = g_utf8_find_prev_char(help->filter->str, end);

	if (at == NULL)
		return;
	g_string_truncate(help->filter, (gsize)(at - help->filter->str));
	narrow(help);
}

/* All that is typed goes; then the screen itself, the palette at once. */
static void cancel(struct help *help)
{
	if (help->is_palette || help->filter->len == 0) {
		screen_pop();
		return;
	}
	g_string_truncate(help->filter, 0);
	narrow(help);
}

/* Letters narrow; with nothing typed, q leaves and Space pages as elsewhere. */
static bool key(struct widget *widget, const struct key_event *event)
{
	struct help *help = to_help(widget);
	bool is_empty = help->filter->len == 0;

	if (event->code == KEY_ENTER_CODE) {
		choose(help);
		return true;
	}
	if (event->code == KEY_CTRL_G) {
		cancel(help);
		return true;
	}
	if (event->code == KEYCODE_BACKSPACE || event->code == 127) {
		shorten_filter(help);
		return !is_empty;
	}
	if (event->code < KEYCODE_BASE && g_unichar_isprint(event->code)) {
		if (is_empty && !help->is_palette
				&& strchr("q -?", (int)event->code) != NULL)
			return false;
		g_string_append_unichar(help->filter, event->code);
		narrow(help);
		return true;
	}
	return false;
}

static void free_help(struct widget *widget)
{
	struct help *help = to_help(widget);

	g_ptr_array_unref(help->shown);
	g_ptr_array_unref(help->entries);
	g_string_free(help->filter, TRUE);
	g_free(help);
}

static const struct widget_ops ops = {
	.context = CONTEXT_HELP,
	.title = title,
	.layout = layout,
	.paint = paint,
	.move = move,
	.key = key,
	.grabs_keys = true,
	.free = free_help,
};

static const struct list_ops list_ops = {
	.paint_row = paint_row,
	.is_stop = is_stop,
};

static struct widget *help_make(enum context context, bool is_palette)
{
	struct help *help = g_new0(struct help, 1);

	widget_init(&help->widget, &ops);
	list_init(&help->list, &list_ops, help);
	help->context = context;
	help->is_palette = is_palette;
	help->entries = g_ptr_array_new_with_free_func(entry_free);
	help->shown = g_ptr_array_new();
	help->filter = g_string_new(NULL);
	collect(help);
	narrow(help);
	return &help->widget;
}

struct widget *help_new(enum context context)
{
	return help_make(context, false);
}

struct widget *help_palette_new(enum context context)
{
	return help_make(context, true);
}
