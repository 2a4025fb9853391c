/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The search of all mailboxes, as a screen: lines come while it goes on, C-g
 * ends it and keeps them. Enter opens a mailbox with a limit to what was found.
 */
#include "src/base/base.h"
#include "ui/found.h"
#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/everywhere.h"
#include "src/mail/listing.h"
#include "src/mail/pattern.h"
#include "ui/list.h"
#include "ui/screen.h"
#include "ui/text.h"
#include "ui/view.h"
#include "ui/work.h"

enum { COUNT_COLS = 8 };

struct found_row {
	struct account *account;
	char *mailbox;
	struct imap_seqset uids;
};

struct found {
	struct widget widget; /* first */
	struct list list;
	struct pattern *pattern;
	GPtrArray *rows;      /* of struct found_row * */
	GPtrArray *searches;  /* of struct search *, under way */
	struct work *work;
	uint64_t count;
	bool is_stopped;
	char *problem;        /* what went wrong first, or NULL */
};

/* Of one account. */
struct search {
	struct found *found;
	struct everywhere *everywhere;
	unsigned n_done, n;
};

static struct found *to_found(struct widget *widget)
{
	return (struct found *)widget;
}

static const struct found_row *row_at(const struct found *found, uint32_t i)
{
	return i < found->rows->len ? found->rows->pdata[i] : NULL;
}

static void row_free(gpointer data)
{
	struct found_row *row = data;

	imap_seqset_release(&row->uids);
	g_free(row->mailbox);
	g_free(row);
}

static void search_free(gpointer data)
{
	struct search *search = data;

	everywhere_free(&search->everywhere);
	g_free(search);
}

static void changed(struct found *found)
{
	screen_damage_frame();
	widget_damage(&found->widget, DAMAGE_PAINT);
}

/* --- the search ---------------------------------------------------------- */

static void on_hits(struct account *account, const char *mailbox,
	const struct imap_seqset *uids, void *data)
{
	struct found *found = ((struct search *)data)->found;
	struct found_row *row = g_new0(struct found_row, 1);

	row->account = account;
	row->mailbox = g_strdup(mailbox);
	imap_seqset_copy(&row->uids, uids);
	g_ptr_array_add(found->rows, row);
	found->count += imap_seqset_count(uids);
	list_set_length(&found->list, found->rows->len);
	changed(found);
}

static void on_progress(unsigned n_done, unsigned n, void *data)
{
	struct search *search = data;
	struct found *found = search->found;
	unsigned done = 0, wanted = 0;

	search->n_done = n_done;
	search->n = n;
	for (guint i = 0; i < found->searches->len; i++) {
		const struct search *one = found->searches->pdata[i];

		done += one->n_done;
		wanted += one->n;
	}
	work_progress(found->work, done, wanted);
}

static void on_done(const GError *error, void *data)
{
	struct search *search = data;
	struct found *found = search->found;

	search->everywhere = NULL;
	if (error != NULL && found->problem == NULL)
		found->problem = g_strdup(error->message);
	g_ptr_array_remove(found->searches, search);
	if (found->searches->len == 0)
		work_end(&found->work);
	changed(found);
}

static const struct everywhere_ops search_ops = {
	.hits = on_hits,
	.progress = on_progress,
	.done = on_done,
};

static void stop(void *data)
{
	struct found *found = data;

	g_ptr_array_set_size(found->searches, 0);
	work_end(&found->work);
	found->is_stopped = true;
	changed(found);
}

static void start(struct found *found)
{
	const GPtrArray *all = accounts();

	for (guint i = 0; i < all->len; i++) {
		struct account *account = all->pdata[i];
		struct search *search;

		if (account_state(account) != ACCOUNT_ONLINE)
			continue;
		search = g_new0(struct search, 1);
		search->found = found;
		g_ptr_array_add(found->searches, search);
		search->everywhere = everywhere_start(account, found->pattern,
			&search_ops, search);
	}
	if (found->searches->len > 0)
		found->work = work_begin("Searching", stop, found);
	else
		found->problem = g_strdup("no account is online");
}

/* --- the widget ---------------------------------------------------------- */

static void paint_row(struct list *list, const struct area *line, uint32_t i,
	bool is_cursor, void *data)
{
	const struct found_row *row = row_at(data, i);
	struct style style = theme_style(THEME_INDEX);
	char *count, *fit, *name;

	(void)list;
	if (is_cursor)
		style = style_over(style, theme_layer(THEME_INDICATOR));
	paint_fill(line, 0, 0, -1, style);
	if (row == NULL)
		return;
	name = accounts()->len > 1 ? g_strdup_printf("%s/%s",
		account_name(row->account), row->mailbox) :
		g_strdup(row->mailbox);
	count = text_number((uint32_t)imap_seqset_count(&row->uids));
	fit = text_fit(count, COUNT_COLS, TEXT_RIGHT);
	paint_text(line, 0, 0, COUNT_COLS, style, fit, -1);
	paint_fit(line, 0, COUNT_COLS + 2, line->cols - COUNT_COLS - 2, style,
		name);
	g_free(fit);
	g_free(count);
	g_free(name);
}

static void layout(struct widget *widget)
{
	list_set_rows(&to_found(widget)->list, widget->area.rows);
}

static const char *state_text(const struct found *found)
{
	if (found->searches->len > 0)
		return "searching";
	if (found->is_stopped)
		return "stopped; these were found so far";
	if (found->problem != NULL)
		return found->problem;
	return found->rows->len == 0 ? "no message matches" : "";
}

static void paint(struct widget *widget)
{
	struct found *found = to_found(widget);
	const char *state = state_text(found);
	struct area line;
	struct style dim = style_over(theme_style(THEME_INDEX),
		theme_layer(THEME_INDEX_DIM));

	list_paint(&found->list, &widget->area);
	if (*state == '\0' || (int)found->rows->len >= widget->area.rows)
		return;
	line = area_line(&widget->area, (int)found->rows->len);
	paint_fit(&line, 0, COUNT_COLS + 2, line.cols - COUNT_COLS - 2, dim,
		state);
}

static void title(struct widget *widget, GString *left, GString *right)
{
	struct found *found = to_found(widget);
	char *count = text_number((uint32_t)MIN(found->count, UINT32_MAX));

	g_string_append_printf(left, "everywhere · %s",
		pattern_text(found->pattern));
	g_string_append_printf(right, "%s in %u mailbox%s%s", count,
		found->rows->len, found->rows->len == 1 ? "" : "es",
		found->searches->len > 0 ? text_sign(" ⟳", " ~") : "");
	g_free(count);
}

static bool move(struct widget *widget, enum move how, unsigned count)
{
	return list_move(&to_found(widget)->list, how, count);
}

static void open_row(struct found *found, const struct found_row *row)
{
	struct view *view = view_current();
	struct pattern *pattern = pattern_ref(found->pattern);
	struct imap_seqset uids;

	imap_seqset_init(&uids);
	imap_seqset_copy(&uids, &row->uids);
	/* The screen goes, and the search with it. */
	view->ops->open_mailbox(view, row->account, row->mailbox, false, NULL);
	if (view->listing != NULL)
		listing_limit_to(view->listing, pattern_ref(pattern), &uids);
	pattern_free(&pattern);
	imap_seqset_release(&uids);
}

static bool command(struct widget *widget, const char *name,
	const char *const *argv, unsigned count, GError **error)
{
	struct found *found = to_found(widget);
	const struct found_row *row = row_at(found, found->list.cursor);

	(void)argv;
	(void)count;
	(void)error;
	if (strcmp(name, "select") != 0)
		return false;
	if (row != NULL)
		open_row(found, row);
	return true;
}

static void free_found(struct widget *widget)
{
	struct found *found = to_found(widget);

	g_ptr_array_unref(found->searches);
	work_end(&found->work);
	g_ptr_array_unref(found->rows);
	pattern_free(&found->pattern);
	g_free(found->problem);
	g_free(found);
}

static const struct widget_ops ops = {
	.context = CONTEXT_FOUND,
	.title = title,
	.layout = layout,
	.paint = paint,
	.move = move,
	.command = command,
	.free = free_found,
};

static const struct list_ops list_ops = { .paint_row = paint_row };

struct widget *found_new(struct pattern *pattern_take)
{
	struct found *found = g_new0(struct found, 1);

	widget_init(&found->widget, &ops);
	list_init(&found->list, &list_ops, found);
	found->pattern = pattern_take;
	found->rows = g_ptr_array_new_with_free_func(row_free);
	found->searches = g_ptr_array_new_with_free_func(search_free);
	start(found);
	return &found->widget;
}
