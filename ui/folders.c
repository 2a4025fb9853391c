/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The folder view, as a screen and as the sidebar. The screen has columns for
 * all messages and their size beside that of unread ones, and shows what is
 * special about a mailbox; the sidebar has room for one number.
 */
#include "src/base/base.h"
#include "ui/folders.h"
#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/mailbox.h"
#include "src/mail/quota.h"
#include "src/mime/text.h"
#include "ui/folder-tree.h"
#include "ui/list.h"
#include "ui/screen.h"
#include "ui/text.h"
#include "ui/view.h"

enum {
	INDENT = 2,
	COUNT_COLS = 7,
	SIZE_COLS = 7,
	SIZE_FROM_COLS = 60, /* of the screen: narrower, no sizes */
	NOTE_COLS_MIN = 10,
};

struct folders {
	struct widget widget; /* first */
	struct list list;
	struct folder_tree *tree;
	GPtrArray *rows;      /* its rows */
	bool is_sidebar;
	bool has_sizes;       /* of some row at least */
	const struct mailbox *shown; /* the open mailbox when last looked; only compared */
};

/* All that are alive. */
static GPtrArray *instances;
/* A mailbox just made or renamed: the cursor goes there when it is listed. */
static struct {
	const struct account *account;
	char *name; /* NULL: none */
} wanted;

static char *searched; /* on any of them */
static bool searches_back;

static struct folders *to_folders(struct widget *widget)
{
	return (struct folders *)widget;
}

static const struct folder_row *row_at(const struct folders *folders, uint32_t i)
{
	return i < folders->rows->len ? g_ptr_array_index(folders->rows, i) : NULL;
}

static const struct folder_row *chosen_row(const struct folders *folders)
{
	return row_at(folders, folders->list.cursor);
}

/* --- rows ----------------------------------------------------------------- */

static bool is_open(const struct folder_row *row)
{
	const struct view *view = view_current();

	return row->name != NULL && view->mailbox != NULL
		&& mailbox_account(view->mailbox) == row->account
		&& strcmp(mailbox_name(view->mailbox), row->name) == 0;
}

static enum theme_object row_object(const struct folder_row *row)
{
	if (row->name == NULL)
		return THEME_SIDEBAR_ORDINARY;
	if (is_open(row))
		return THEME_SIDEBAR_INDICATOR;
	if (row->unseen > 0)
		return THEME_SIDEBAR_UNREAD;
	if (strcmp(row->name, "INBOX") == 0)
		return THEME_SIDEBAR_SPECIAL;
	return THEME_SIDEBAR_ORDINARY;
}

/* "● " connected, "◐" on the way, "○" not. */
static const char *state_sign(const struct account *account)
{
	switch (account_state(account)) {
	case ACCOUNT_ONLINE:
		return account_is_busy(account) ? text_sign("◐", "~")
			: text_sign("●", "*");
	case ACCOUNT_CONNECTING:
		return text_sign("◐", "~");
	case ACCOUNT_OFFLINE:
	case ACCOUNT_WAITING:
	case ACCOUNT_FAILED:
		break;
	}
	return text_sign("○", "-");
}

static const char *fold_sign(const struct folder_row *row)
{
	if (!row->has_children)
		return " ";
	return row->is_folded ? text_sign("▸", "+") : text_sign("▾", "-");
}

static struct style dimmed(struct style style)
{
	style.attrs |= STYLE_DIM;
	return style;
}

static char *count_text(const struct folder_row *row, bool all)
{
	uint32_t n = all ? row->messages : row->unseen;

	if (!row->has_counts || (n == 0 && !all))
		return g_strdup("");
	if (all && (row->name == NULL || !row->can_select))
		return g_strdup("");
	return text_number(n);
}

static int paint_count(const struct area *line, int right, struct style style,
	const struct folder_row *row, bool all)
{
	char *text = count_text(row, all);
	char *fit = text_fit(text, COUNT_COLS, TEXT_RIGHT);

	paint_text(line, 0, right - COUNT_COLS, COUNT_COLS, style, fit, -1);
	g_free(fit);
	g_free(text);
	return right - COUNT_COLS;
}

/* In the sidebar names are long and columns few: only the count's own. */
static int paint_narrow_count(const struct area *line, int right, struct style style,
	const struct folder_row *row)
{
	char *text = count_text(row, false);
	int width = text_width(text, -1);

	paint_text(line, 0, right - width, width, style, text, -1);
	g_free(text);
	return width > 0 ? right - width - 1 : right;
}

/* "storage 93% full", left of the account's state. */
static int paint_warning(const struct area *line, int right, struct style style,
	const struct account *account)
{
	const char *text = account_quota_warning(account);
	int width = text != NULL ? text_width(text, -1) : 0;

	/* The account's name matters more. */
	if (width == 0 || width > right / 2)
		return right;
	paint_text(line, 0, right - width, width,
		style_over(style, theme_layer(THEME_WARNING)), text, -1);
	return right - width - 1;
}

static int paint_size(const struct area *line, int right, struct style style,
	const struct folder_row *row)
{
	char *text, *fit;

	text = row->has_size && row->messages > 0 ?
		mime_size_format(row->size) : g_strdup("");
	fit = text_fit(text, SIZE_COLS, TEXT_RIGHT);
	paint_text(
		line, 0, right - SIZE_COLS, SIZE_COLS, dimmed(style), fit, -1);
	g_free(fit);
	g_free(text);
	return right - SIZE_COLS;
}

/* Behind the name, if there is room: what is special, or the comment. */
static void paint_note(const struct area *line, int col, int right,
	struct style style, const struct folder_row *row)
{
	col += text_width(row->leaf, -1) + INDENT;
	if (row->note != NULL && right - col >= NOTE_COLS_MIN)
		paint_fit(line, 0, col, right - col, dimmed(style), row->note);
}

static int paint_name(const struct area *line, int right, struct style style,
	const struct folder_row *row)
{
	int col = 1 + (row->name == NULL ? 0 : INDENT * (int)(row->depth + 1));

	if (col > right - 4)
		col = MAX(1, right - 4);
	paint_text(line, 0, col, 1, style, fold_sign(row), -1);
	paint_fit(line, 0, col + 2, right - col - 2,
		row->name != NULL && !row->can_select ? dimmed(style) : style,
		row->leaf);
	return col + 2;
}

static void paint_row(struct list *list, const struct area *line, uint32_t i,
	bool is_cursor, void *data)
{
	struct folders *folders = data;
	const struct folder_row *row = row_at(folders, i);
	struct style style = theme_style(row_object(row));
	int right = line->cols - 1, col;

	(void)list;
	if (is_cursor)
		style = style_over(style, theme_layer(folders->is_sidebar
			? THEME_SIDEBAR_HIGHLIGHT : THEME_INDICATOR));
	paint_fill(line, 0, 0, -1, style);
	if (row->name == NULL) {
		paint_text(line, 0, right - 1, 1, style, state_sign(row->account), -1);
		right = paint_warning(line, right - 2, style, row->account);
	} else if (folders->is_sidebar) {
		right = paint_narrow_count(line, right, style, row);
	} else {
		if (folders->has_sizes && line->cols >= SIZE_FROM_COLS)
			right = paint_size(line, right, style, row);
		right = paint_count(line, right, style, row, true);
		right = paint_count(line, right, style, row, false);
	}
	col = paint_name(line, right, style, row);
	if (!folders->is_sidebar)
		paint_note(line, col, right, style, row);
}

static void make_rows(struct folders *folders)
{
	folder_tree_free(&folders->tree);
	folders->tree = folder_tree_new();
	folders->rows = folders->tree->rows;
	folders->has_sizes = false;
	for (guint i = 0; i < folders->rows->len; i++)
		folders->has_sizes |= row_at(folders, i)->has_size;
}

/* --- the widget ----------------------------------------------------------- */

static void put_cursor_on_open(struct folders *folders)
{
	/* An account that was never reached has no rows but its own. */
	for (guint i = 0; i < folders->rows->len; i++) {
		const struct folder_row *row = row_at(folders, i);

		if (is_open(row) || (row->name == NULL &&
			row->account == view_current()->account))
			list_set_cursor(&folders->list, i);
	}
	folders->shown = view_current()->mailbox;
}

/* Where the cursor belongs now: on the row it was on, or on what was just made.
 * -1: that is gone. */
static int find_cursor(const struct folders *folders,
	const struct account *account, const char *name)
{
	int cursor = wanted.name == NULL ? -1 : folder_tree_find(folders->tree,
		wanted.account, wanted.name);

	if (cursor < 0)
		return folder_tree_find(folders->tree, account, name);
	g_clear_pointer(&wanted.name, g_free);
	return cursor;
}

static void recalc(struct widget *widget)
{
	struct folders *folders = to_folders(widget);
	const struct folder_row *chosen = chosen_row(folders);
	const struct account *account = chosen != NULL ? chosen->account : NULL;
	char *name = chosen != NULL ? g_strdup(chosen->name) : NULL;
	int cursor;

	make_rows(folders);
	list_set_length(&folders->list, folders->rows->len);
	cursor = find_cursor(folders, account, name);
	g_free(name);
	if (cursor >= 0)
		list_shift_cursor(&folders->list, (uint32_t)cursor);
	if (folders->shown != view_current()->mailbox)
		put_cursor_on_open(folders);
}

static void paint_sidebar(struct folders *folders)
{
	const struct area *area = &folders->widget.area;
	uint32_t end = list_end(&folders->list);
	int row = 0;

	paint_clear(area, theme_style(THEME_SIDEBAR_BACKGROUND));
	for (uint32_t i = folders->list.top; i < end; i++) {
		struct area line = area_line(area, row++);

		paint_row(&folders->list, &line, i,
			i == folders->list.cursor, folders);
	}
}

static void paint(struct widget *widget)
{
	struct folders *folders = to_folders(widget);

	if (folders->is_sidebar)
		paint_sidebar(folders);
	else
		list_paint(&folders->list, &widget->area);
}

static void layout(struct widget *widget)
{
	list_set_rows(&to_folders(widget)->list, widget->area.rows);
}

static void title(struct widget *widget, GString *left, GString *right)
{
	struct folders *folders = to_folders(widget);
	uint32_t unseen = 0;
	guint n = 0;
	char *text;

	for (guint i = 0; i < folders->rows->len; i++) {
		const struct folder_row *row = row_at(folders, i);

		n += row->name != NULL;
		unseen += row->unseen;
	}
	g_string_append(left, "Folders");
	text = text_number(unseen);
	g_string_append_printf(right, "%s unread  %u mailboxes", text, n);
	g_free(text);
}

static bool move(struct widget *widget, enum move how, unsigned count)
{
	widget_damage(widget, DAMAGE_PAINT);
	return list_move(&to_folders(widget)->list, how, count);
}

static bool fold(struct folders *folders, bool is_folded)
{
	const struct folder_row *row = chosen_row(folders);

	if (row == NULL || !row->has_children)
		return true;
	folder_tree_set_folded(row, is_folded);
	folders_changed();
	return true;
}

/* The parent's line, for folding from a child. */
static void go_to_parent(struct folders *folders)
{
	const struct folder_row *row = chosen_row(folders);
	uint32_t i = folders->list.cursor;

	while (row != NULL && row->name != NULL && i > 0) {
		const struct folder_row *above = row_at(folders, --i);

		if (above->name == NULL || above->depth < row->depth)
			break;
	}
	list_set_cursor(&folders->list, i);
}

static bool open_chosen(struct folders *folders, GError **error)
{
	const struct folder_row *row = chosen_row(folders);
	struct view *view = view_current();

	if (row == NULL)
		return true;
	if (row->attributes & (IMAP_MAILBOX_REMOTE | IMAP_MAILBOX_NO_ACCESS)) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT,
			"%s cannot be opened: %s", row->name, row->note);
		return false;
	}
	if (row->name == NULL || !row->can_select)
		return fold(folders, !row->is_folded);
	view->ops->open_mailbox(view, row->account, row->name, false, NULL);
	return true;
}

/* The next mailbox in that direction that can be opened, with unread mail if
 * wanted. */
static void step(struct folders *folders, int by, bool unread)
{
	int at = (int)folders->list.cursor;

	for (int i = at + by; i >= 0 && i < (int)folders->rows->len; i += by) {
		const struct folder_row *row = row_at(folders, (uint32_t)i);

		if (row->name == NULL || !row->can_select
				|| (unread && row->unseen == 0))
			continue;
		list_set_cursor(&folders->list, (uint32_t)i);
		return;
	}
}

static bool has_text(const struct folder_row *row, const char *text)
{
	char *name = g_utf8_casefold(row->name != NULL ? row->name : row->leaf, -1);
	bool has = strstr(name, text) != NULL;

	g_free(name);
	return has;
}

/* The next mailbox whose name has the text, around the end. */
static bool search(struct folders *folders, int by, GError **error)
{
	int n = (int)folders->rows->len, at = (int)folders->list.cursor;
	char *folded;

	if (searched == NULL) {
		g_set_error_literal(error, CMD_ERROR, CMD_ERROR_CONTEXT,
			"nothing has been searched for");
		return false;
	}
	folded = g_utf8_casefold(searched, -1);
	for (int k = 1; k <= n; k++) {
		uint32_t i = (uint32_t)(((at + by * k) % n + n) % n);

		if (has_text(row_at(folders, i), folded)) {
			list_set_cursor(&folders->list, i);
			g_free(folded);
			return true;
		}
	}
	g_free(folded);
	g_set_error(error, CMD_ERROR, CMD_ERROR_FAILED, "no mailbox has '%s' in its name",
		searched);
	return false;
}

static bool search_command(struct folders *folders, const char *name,
	const char *const *argv, GError **error)
{
	if (g_str_equal(name, "search") || g_str_equal(name, "search-reverse")) {
		g_free(searched);
		searched = g_strdup(argv[0]);
		searches_back = g_str_equal(name, "search-reverse");
	}
	return search(folders, searches_back != g_str_equal(name, "search-opposite") ? -1 : 1,
		error);
}

static bool command(struct widget *widget, const char *name,
	const char *const *argv, unsigned count, GError **error)
{
	struct folders *folders = to_folders(widget);
	const struct folder_row *row = chosen_row(folders);

	(void)count;
	widget_damage(widget, DAMAGE_PAINT);
	if (g_str_has_prefix(name, "search"))
		return search_command(folders, name, argv, error);
	if (g_str_equal(name, "select") || g_str_equal(name, "sidebar-open"))
		return open_chosen(folders, error);
	if (g_str_equal(name, "toggle-fold")
			|| g_str_equal(name, "sidebar-toggle-fold"))
		return fold(folders, row != NULL && !row->is_folded);
	if (g_str_equal(name, "fold")) {
		if (row != NULL && (!row->has_children || row->is_folded))
			go_to_parent(folders);
		else
			fold(folders, true);
		return true;
	}
	if (g_str_equal(name, "unfold"))
		return fold(folders, false);
	if (g_str_equal(name, "sidebar-next"))
		return step(folders, 1, false), true;
	if (g_str_equal(name, "sidebar-prev"))
		return step(folders, -1, false), true;
	if (g_str_equal(name, "next-unread"))
		return step(folders, 1, true), true;
	if (g_str_equal(name, "previous-unread"))
		return step(folders, -1, true), true;
	return false;
}

static void free_folders(struct widget *widget)
{
	struct folders *folders = to_folders(widget);

	g_ptr_array_remove(instances, folders);
	folder_tree_free(&folders->tree);
	g_free(folders);
}

static const struct widget_ops screen_ops = {
	.context = CONTEXT_FOLDERS,
	.title = title,
	.layout = layout,
	.recalc = recalc,
	.paint = paint,
	.move = move,
	.command = command,
	.free = free_folders,
};

static const struct widget_ops sidebar_ops = {
	.context = CONTEXT_SIDEBAR,
	.layout = layout,
	.recalc = recalc,
	.paint = paint,
	.move = move,
	.command = command,
	.free = free_folders,
};

static const struct list_ops list_ops = { .paint_row = paint_row };

static struct widget *folders_make(bool is_sidebar)
{
	struct folders *folders = g_new0(struct folders, 1);

	widget_init(&folders->widget, is_sidebar ? &sidebar_ops : &screen_ops);
	list_init(&folders->list, &list_ops, folders);
	folders->is_sidebar = is_sidebar;
	make_rows(folders);
	list_set_length(&folders->list, folders->rows->len);
	put_cursor_on_open(folders);
	if (instances == NULL)
		instances = g_ptr_array_new();
	g_ptr_array_add(instances, folders);
	return &folders->widget;
}

struct widget *folders_new(void)
{
	return folders_make(false);
}

struct widget *folders_sidebar_new(void)
{
	return folders_make(true);
}

void folders_changed(void)
{
	for (guint i = 0; instances != NULL && i < instances->len; i++) {
		struct folders *folders = g_ptr_array_index(instances, i);

		widget_damage(&folders->widget, DAMAGE_CONTENT);
	}
}

void folders_choose(const struct account *account, const char *name)
{
	g_free(wanted.name);
	wanted.account = account;
	wanted.name = g_strdup(name);
	folders_changed();
}

const char *folders_chosen(struct widget *widget, struct account **account_out)
{
	const struct folder_row *row = chosen_row(to_folders(widget));

	*account_out = row != NULL ? row->account : NULL;
	return row != NULL ? row->name : NULL;
}
