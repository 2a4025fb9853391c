/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Title, keys, messages, progress. See status.h. */
#include "src/base/base.h"
#include "ui/status.h"

#include "ui/keymap.h"
#include "ui/screen.h"
#include "ui/text.h"
#include "ui/work.h"

enum {
	HISTORY_MAX = 500,
	INFO_STANDS_US = 4000000, /* above what stands */
	ERROR_STANDS_US = 1000000, /* a key hit meanwhile does not wipe it away */
	ALERT_STANDS_US = 5000000, /* nor do news */
	INFO_HIDES_BAR_US = 2000000,
	BAR_COLUMNS = 12,
	REASON_COLUMNS = 20, /* of it are worth showing */
};

static struct {
	GPtrArray *history; /* of struct status_entry */
	char *text;
	enum view_kind kind;
	int64_t shown_us;
	char *standing;
} status;

static void entry_free(void *data)
{
	struct status_entry *entry = data;

	g_free(entry->text);
	g_free(entry);
}

void status_start(void)
{
	if (!status.history)
		status.history = g_ptr_array_new_with_free_func(entry_free);
}

void status_stop(void)
{
	g_clear_pointer(&status.history, g_ptr_array_unref);
	g_clear_pointer(&status.text, g_free);
	g_clear_pointer(&status.standing, g_free);
}

static void remember(enum view_kind kind, const char *text)
{
	struct status_entry *entry = g_new0(struct status_entry, 1);

	status_start();
	entry->time = g_get_real_time() / G_USEC_PER_SEC;
	entry->kind = kind;
	entry->text = g_strdup(text);
	if (status.history->len >= HISTORY_MAX)
		g_ptr_array_remove_index(status.history, 0);
	g_ptr_array_add(status.history, entry);
}

static bool stands_since_less_than(int64_t limit_us)
{
	return status.text && status.kind >= VIEW_ERROR &&
		g_get_monotonic_time() - status.shown_us < limit_us;
}

void status_message(enum view_kind kind, const char *text)
{
	if (kind != VIEW_INFO)
		remember(kind, text);
	if (kind == VIEW_INFO && stands_since_less_than(
		status.kind == VIEW_ALERT ? ALERT_STANDS_US : ERROR_STANDS_US))
		return;
	g_free(status.text);
	status.text = g_strdup(text);
	status.kind = kind;
	status.shown_us = g_get_monotonic_time();
	screen_damage_frame();
}

const char *status_text(void)
{
	return status.text;
}

void status_clear(void)
{
	if (!status.text || stands_since_less_than(ERROR_STANDS_US))
		return;
	g_clear_pointer(&status.text, g_free);
	screen_damage_frame();
}

void status_set_standing(const char *text)
{
	if (g_strcmp0(text, status.standing) == 0)
		return;
	/* That it is offline matters more than what went well before. */
	if (text && status.kind == VIEW_INFO && (!status.standing ||
		g_get_monotonic_time() - status.shown_us > INFO_STANDS_US))
		g_clear_pointer(&status.text, g_free);
	g_free(status.standing);
	status.standing = g_strdup(text);
	screen_damage_frame();
}

const GPtrArray *status_history(void)
{
	status_start();
	return status.history;
}

/* --- the title ------------------------------------------------------------ */

void status_paint_title(const struct area *line, const char *left, const char *right)
{
	struct style style = theme_style(THEME_TITLE);
	struct style plain = theme_style(THEME_NORMAL);
	int width = right ? text_width(right, -1) : 0;
	int room = line->cols - width - 2;

	paint_fill(line, 0, 0, -1, plain);
	/* Too narrow for both: the name matters more than the counts. */
	if (width > 0 && room < MIN(text_width(left, -1) + 2, line->cols / 3)) {
		width = 0;
		room = line->cols;
	}
	paint_fit(line, 0, 0, MAX(room, 0), style, left);
	if (width > 0)
		paint_text(line, 0, line->cols - width - 1, width, plain, right, -1);
}

/* --- the keys ------------------------------------------------------------- */

/* What the line of keys offers, the more useful first; the keys are those of
 * the bindings. */
static const struct {
	unsigned contexts;
	const char *command, *label;
} hints[] = {
	{ CONTEXT_GENERIC, "help", "Help" },
	{ CONTEXT_PAGER | CONTEXT_FOLDERS | CONTEXT_PARTS | CONTEXT_HELP |
			CONTEXT_TEXT | CONTEXT_TRACE | CONTEXT_ACL |
			CONTEXT_FOUND | CONTEXT_QUEUE,
		"exit", "Back" },
	{ CONTEXT_QUEUE, "select", "Details" },
	{ CONTEXT_QUEUE, "queue-drop", "Give up" },
	{ CONTEXT_QUEUE, "queue-retry", "Try now" },
	{ CONTEXT_FOUND, "select", "Open" },
	{ CONTEXT_MESSAGES, "delete", "Delete" },
	{ CONTEXT_MESSAGES, "undelete", "Undelete" },
	{ CONTEXT_MESSAGES, "move", "Move" },
	{ CONTEXT_MESSAGES, "archive", "Archive" },
	{ CONTEXT_PAGER, "parts", "Parts" },
	{ CONTEXT_PAGER, "headers", "Headers" },
	{ CONTEXT_INDEX, "limit", "Limit" },
	{ CONTEXT_INDEX | CONTEXT_PAGER | CONTEXT_HELP | CONTEXT_TEXT |
			CONTEXT_TRACE,
		"search", "Search" },
	{ CONTEXT_TRACE, "trace-pause", "Pause" },
	{ CONTEXT_TRACE, "trace-filter", "Filter" },
	{ CONTEXT_TRACE, "trace-save", "Save" },
	{ CONTEXT_TRACE, "select", "Whole line" },
	{ CONTEXT_ACL, "select", "Change" },
	{ CONTEXT_ACL, "acl-add", "Add" },
	{ CONTEXT_ACL, "acl-remove", "Remove" },
	{ CONTEXT_INDEX, "open", "Mailbox" },
	{ CONTEXT_FOLDERS, "select", "Open" },
	{ CONTEXT_FOLDERS, "create-mailbox", "Create" },
	{ CONTEXT_FOLDERS, "rename-mailbox", "Rename" },
	{ CONTEXT_FOLDERS, "delete-mailbox", "Delete" },
	{ CONTEXT_PARTS, "select", "View" },
	{ CONTEXT_PARTS, "save-part", "Save" },
	{ CONTEXT_PARTS, "delete-part", "Remove" },
	{ CONTEXT_INDEX, "undo", "Undo" },
	{ CONTEXT_INDEX, "quit", "Quit" },
};

static int paint_hint(const struct area *line, int col, const char *key, const char *label)
{
	struct style style = theme_style(THEME_STATUS);
	struct style bright = style_over(style, theme_layer(THEME_OPTIONS));

	col += paint_text(line, 0, col, -1, bright, key, -1);
	col += paint_text(line, 0, col, -1, style, ":", 1);
	return col + paint_text(line, 0, col, -1, style, label, -1);
}

void status_paint_keys(const struct area *line, unsigned context, const char *right)
{
	int width = right ? text_width(right, -1) : 0;
	int room = line->cols - (width > 0 ? width + 3 : 0), col = 1;

	paint_fill(line, 0, 0, -1, theme_style(THEME_STATUS));
	if (room < line->cols / 3) {
		room = line->cols;
		width = 0;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(hints); i++) {
		char *key = hints[i].contexts & context
			? keymap_key_of(context, hints[i].command) : NULL;

		if (!key)
			continue;
		if (col + text_width(key, -1) + 1 + text_width(hints[i].label, -1) <= room)
			col = paint_hint(line, col, key, hints[i].label) + 2;
		g_free(key);
	}
	if (width > 0)
		paint_text(line, 0, line->cols - width - 1, width,
			theme_style(THEME_STATUS), right, -1);
}

/* --- messages and progress ------------------------------------------------ */

static int paint_bar(const struct area *line, int col, uint64_t had, uint64_t wanted)
{
	uint64_t full = wanted < UINT64_MAX / BAR_COLUMNS ? had * BAR_COLUMNS / wanted
		: had / (wanted / BAR_COLUMNS);
	GString *bar = g_string_new(NULL);
	int width;

	for (uint64_t i = 0; i < BAR_COLUMNS; i++)
		g_string_append(bar, i < full ? text_sign("▰", "#") : text_sign("▱", "."));
	width = paint_text(line, 0, col, -1, theme_style(THEME_PROGRESS), bar->str, -1);
	g_string_free(bar, TRUE);
	return width;
}

/* Where it is narrow, the words matter more than the bar. */
static void paint_progress(const struct area *line, const char *label,
	uint64_t had, uint64_t wanted)
{
	struct style plain = theme_style(THEME_MESSAGE);
	char *done = text_number(MIN(had, wanted)), *all = text_number(wanted);
	char *count = g_strdup_printf("%s / %s", done, all);
	int words = text_width(label, -1) + text_width(count, -1), col = 1;

	col += paint_text(line, 0, col, -1, plain, label, -1) + 2;
	if (words + BAR_COLUMNS + 6 <= line->cols)
		col += paint_bar(line, col, MIN(had, wanted), wanted) + 2;
	col += paint_text(line, 0, col, -1, plain, count, -1) + 3;
	if (col + 9 <= line->cols && work_can_cancel())
		paint_text(line, 0, col, -1, plain, "C-g stops", -1);
	g_free(count);
	g_free(all);
	g_free(done);
}

/* Where it is too long the reason gives way: what it has come to, and when it
 * is tried again, stand behind it. */
static void paint_standing(const struct area *line)
{
	const char *text = status.standing, *rest = strstr(text, " · ");
	struct style style = theme_style(THEME_WARNING);
	int col = line->cols > 20 ? 1 : 0;
	int room = line->cols - col - (rest ? text_width(rest, -1) : 0);
	char *reason;

	if (!rest || room < REASON_COLUMNS ||
		text_width(text, -1) <= line->cols - col) {
		paint_fit(line, 0, col, -1, style, text);
		return;
	}
	reason = g_strndup(text, (size_t)(rest - text));
	paint_fit(line, 0, col, room, style, reason);
	paint_text(line, 0, col + room, -1, style, rest, -1);
	g_free(reason);
}

/* What was said of work when it began gives way to how far it is. */
static bool hides_bar(void)
{
	return status.kind != VIEW_INFO || g_get_monotonic_time() -
		status.shown_us < INFO_HIDES_BAR_US;
}

void status_paint_message(const struct area *line)
{
	static const enum theme_object objects[] = {
		[VIEW_INFO] = THEME_MESSAGE,
		[VIEW_WARNING] = THEME_WARNING,
		[VIEW_ERROR] = THEME_ERROR,
		[VIEW_ALERT] = THEME_WARNING,
	};

	const char *label;
	uint64_t had, wanted;
	bool has_bar = work_shown(&label, &had, &wanted);
	struct style style = theme_style(objects[status.kind]);

	if (status.kind == VIEW_ALERT)
		style.attrs |= STYLE_BOLD;
	paint_fill(line, 0, 0, -1, theme_style(THEME_MESSAGE));
	if (status.text && (!has_bar || hides_bar()))
		paint_fit(line, 0, line->cols > 20 ? 1 : 0, -1, style,
			status.text);
	else if (has_bar)
		paint_progress(line, label, had, wanted);
	else if (status.standing)
		paint_standing(line);
}
