/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index. See index.h. */
#include "src/base/base.h"
#include "ui/index.h"

#include "src/mail/account.h"
#include "src/mail/listing.h"
#include "src/mail/mailbox.h"
#include "src/mail/pattern.h"
#include "ui/context.h"
#include "ui/list.h"
#include "ui/options.h"
#include "ui/row.h"
#include "ui/screen.h"
#include "ui/text.h"
#include "ui/tree.h"
#include "ui/view.h"

enum { NOWHERE = UINT32_MAX };

struct index {
	struct widget widget;
	struct list list;
	uint32_t cursor_uid; /* 0: unknown, the row's distance from the end counts */
	uint32_t from_end;
	uint32_t wanted_uid; /* 0, or where the cursor goes when it has come */
	bool is_settled;     /* the cursor has found its first place */
	bool is_above;       /* the pager: a few rows around the cursor */
	uint32_t full_top;   /* of the list, as it was before */
	int number_width;    /* never shrinks: columns stay where they are */
	int64_t now;         /* seconds; of this frame */
};

static struct listing *the_listing(void)
{
	struct view *view = view_current();

	return view ? view->listing : NULL;
}

static struct index *to_index(struct widget *widget)
{
	return (struct index *)widget;
}

/* --- the cursor ----------------------------------------------------------- */

static void note_cursor(struct index *index)
{
	struct listing *listing = the_listing();
	struct list *list = &index->list;

	if (!listing || list->length == 0 || list->cursor >= listing_length(listing))
		return;
	index->cursor_uid = listing_uid_at(listing, list->cursor);
	index->from_end = list->length - list->cursor;
}

static uint32_t place_of_cursor(struct index *index, struct listing *listing)
{
	uint32_t length = listing_length(listing), place;

	if (index->cursor_uid != 0) {
		place = listing_find_uid(listing, index->cursor_uid);
		return place != NOWHERE ? place : listing_place_of(listing, index->cursor_uid);
	}
	return index->from_end <= length ? length - index->from_end : 0;
}

/* The oldest unread of the newest screenful, else the newest; NOWHERE while not
 * all of them are loaded. */
static uint32_t first_place(struct index *index, struct listing *listing)
{
	bool is_reverse = listing_order(listing)->order.sort.is_reverse;
	uint32_t length = listing_length(listing);
	uint32_t n = MIN(length, (uint32_t)index->list.rows);
	uint32_t place = is_reverse ? 0 : length - 1;

	for (uint32_t k = 0; k < n; k++) {
		uint32_t i = is_reverse ? k : length - 1 - k;
		struct message_row row;

		listing_get_row(listing, i, &row);
		if (!row.is_loaded)
			return NOWHERE;
		if (!(row.flags & (IMAP_FLAG_SEEN | IMAP_FLAG_DELETED)))
			place = i;
	}
	return length > 0 ? place : NOWHERE;
}

static void settle(struct index *index, struct listing *listing)
{
	enum mailbox_state state = mailbox_state(listing_mailbox(listing));
	uint32_t newest = listing_order(listing)->order.sort.is_reverse ?
		0 : UINT32_MAX;
	uint32_t place = first_place(index, listing);

	/* By way of the newest: its screenful is what is shown. */
	list_set_cursor(&index->list, newest);
	if (place == NOWHERE)
		return;
	list_set_cursor(&index->list, place);
	index->is_settled = state != MAILBOX_LOADING && state != MAILBOX_CACHED;
}

/* Rows that have gone since the order was made are taken out when they would
 * be shown. */
static void want_rows(struct index *index, struct listing *listing)
{
	struct list *list = &index->list;

	while (list_end(list) > 0 &&
		listing_want_rows(listing, list->top, list_end(list) - 1))
		list_set_length(list, listing_length(listing));
}

/* Above the pager, what comes next is worth more than what was read. */
static int rows_of_context(const struct index *index)
{
	int context = (int)ui_options()->menu_context;

	return index->is_above ? MAX(context, index->list.rows / 3) : context;
}

static void index_recalc(struct widget *widget)
{
	struct index *index = to_index(widget);
	struct listing *listing = the_listing();

	index->list.context = rows_of_context(index);
	if (!listing) {
		list_set_length(&index->list, 0);
		return;
	}
	uint32_t place;

	if (index->wanted_uid != 0 && listing_find_uid(listing, index->wanted_uid) != NOWHERE) {
		index->list.length = listing_length(listing);
		list_set_cursor(&index->list, listing_find_uid(listing, index->wanted_uid));
		index->wanted_uid = 0;
	}
	place = place_of_cursor(index, listing);
	index->list.length = listing_length(listing);
	if (index->is_settled)
		list_shift_cursor(&index->list, place);
	list_set_length(&index->list, index->list.length);
	if (!index->is_settled)
		settle(index, listing);
	want_rows(index, listing);
	note_cursor(index);
}

static void index_layout(struct widget *widget)
{
	struct index *index = to_index(widget);
	bool is_above = screen_top() != widget;

	if (is_above && !index->is_above)
		index->full_top = index->list.top;
	else if (index->is_above && !is_above)
		index->list.top = index->full_top;
	index->is_above = is_above;
	index->list.rows = MAX(widget->area.rows, 1);
	index->list.context = rows_of_context(index);
	list_set_rows(&index->list, widget->area.rows);
}

static void on_moved(struct list *list, void *data)
{
	struct index *index = data;

	(void)list;
	if (the_listing())
		want_rows(index, the_listing());
	note_cursor(index);
	widget_damage(&index->widget, DAMAGE_PAINT);
}

static bool is_stop(struct list *list, uint32_t i, void *data)
{
	struct listing *listing = the_listing();

	(void)list;
	(void)data;
	if (!listing || i >= listing_length(listing))
		return false;
	return listing_next_undeleted(listing, i, 1, true) == i;
}

static bool jump(struct index *index, unsigned number)
{
	struct listing *listing = the_listing();

	return listing && list_move(&index->list, MOVE_JUMP,
		listing_find_number(listing, number) + 1);
}

static bool index_move(struct widget *widget, enum move move, unsigned count)
{
	struct index *index = to_index(widget);

	index->is_settled = true;
	index->wanted_uid = 0;
	return move == MOVE_JUMP ? jump(index, count) : list_move(&index->list, move, count);
}

/* --- painting ------------------------------------------------------------- */

static void free_pattern(void *data)
{
	struct pattern *pattern = data;

	pattern_free(&pattern);
}

static bool rule_matches(struct theme_rule *rule, struct mailbox *mailbox,
	const struct message_row *row)
{
	if (!rule->compiled) {
		rule->compiled = pattern_parse(rule->pattern, NULL);
		if (!rule->compiled)
			rule->compiled = pattern_parse("!~A", NULL);
		rule->free_compiled = free_pattern;
	}
	return rule->compiled && pattern_match(rule->compiled, mailbox, row->number - 1);
}

static struct style apply_rules(struct style style, enum theme_object object,
	struct mailbox *mailbox, const struct message_row *row)
{
	const GPtrArray *rules = theme_rules();

	for (guint i = 0; i < rules->len; i++) {
		struct theme_rule *rule = rules->pdata[i];

		if (rule->object == object && rule_matches(rule, mailbox, row))
			style = style_over(style, rule->style);
	}
	return style;
}

static bool has_unread_below(const struct row_context *context)
{
	const struct lineup_place *place = listing_thread(context->listing,
		context->place);

	return place != NULL && (place->bits & LINEUP_HAS_UNREAD) != 0 &&
		(place->bits & LINEUP_IS_FOLDED) != 0;
}

static struct style row_style(const struct row_context *context)
{
	struct style style = theme_style(THEME_INDEX);
	const struct message_row *row = context->row;

	style = apply_rules(style, THEME_INDEX, context->mailbox, row);
	if (!(row->flags & IMAP_FLAG_SEEN) || has_unread_below(context))
		style = style_over(style, theme_layer(THEME_INDEX_NEW));
	if (row->flags & IMAP_FLAG_DELETED)
		style = style_over(style, theme_layer(THEME_INDEX_DELETED));
	if (context->is_tagged)
		style = style_over(style, theme_layer(THEME_INDEX_TAG));
	return style;
}

static struct style span_style(enum theme_object object, struct style base,
	const struct row_context *context, bool has_bar)
{
	struct style style = base;

	if (object != THEME_INDEX)
		style = apply_rules(style_over(style, theme_layer(object)),
			object, context->mailbox, context->row);
	if (has_bar)
		style = style_over(style, theme_layer(THEME_INDICATOR));
	return style;
}

/* The tree before a subject, as far as it has not been cut off. */
static gsize tree_length(const struct format_span *span, const char *text,
	const struct row_context *context)
{
	gsize len = strlen(context->tree);

	return span->object == THEME_INDEX_SUBJECT && len <= span->len &&
		memcmp(text, context->tree, len) == 0 ? len : 0;
}

static void paint_spans(const struct area *line, int col,
	const struct format_line *text, struct style base,
	const struct row_context *context, bool has_bar)
{
	enum theme_object tree = listing_is_folded(context->listing,
		context->place) ? THEME_INDEX_COLLAPSED : THEME_TREE;

	for (guint i = 0; i < text->spans->len; i++) {
		const struct format_span *span =
			&g_array_index(text->spans, struct format_span, i);
		const char *from = text->text->str + span->start;
		gsize len = tree_length(span, from, context);

		col += paint_text(line, 0, col, -1,
			span_style(tree, base, context, has_bar), from, (gssize)len);
		col += paint_text(line, 0, col, -1,
			span_style(span->object, base, context, has_bar),
			from + len, (gssize)(span->len - len));
	}
}

/* A row that is not loaded yet: its number, and that more will come. */
static void paint_unloaded(const struct area *line, const struct row_context *context,
	bool has_bar)
{
	struct style style = style_over(theme_style(THEME_INDEX), theme_layer(THEME_INDEX_DIM));
	char *text = g_strdup_printf(" %*u  %s", context->number_width,
		listing_number_at(context->listing, context->place),
		text_sign("…", "..."));

	if (has_bar)
		style = style_over(style, theme_layer(THEME_INDICATOR));
	paint_fit(line, 0, 0, -1, style, text);
	g_free(text);
}

static int digits(uint32_t n)
{
	int width = 1;

	for (; n >= 10; n /= 10)
		width++;
	return MAX(width, 5);
}

/* On a very narrow screen the user's columns would leave no room for what the
 * message is about. */
static const char *index_format(const struct ui_options *options, int columns)
{
	if (columns < 24)
		return "%Z %s";
	return columns < 50 ? "%Z %-10.10L %s" : options->index_format;
}

static void paint_loaded(const struct area *line, struct row_context *context,
	bool is_cursor)
{
	GString *tree = g_string_new(NULL);
	const struct ui_options *options = ui_options_of(mailbox_options(context->mailbox));
	bool has_arrow = options->arrow_cursor;
	struct style style = row_style(context);
	struct format_line *text;
	int col = has_arrow ? 3 : 0;

	context->has_subject = tree_append(tree, context->listing, context->place,
		line->cols);
	context->tree = tree->str;
	text = row_format(index_format(options, line->cols), MAX(line->cols - col, 0),
		context);
	if (has_arrow)
		paint_fit(line, 0, 0, col, theme_style(THEME_INDICATOR), is_cursor ? "->" : "");
	paint_spans(line, col, text, style, context, is_cursor && !has_arrow);
	format_line_free(&text);
	g_string_free(tree, TRUE);
}

static void paint_row(struct list *list, const struct area *line, uint32_t i,
	bool is_cursor, void *data)
{
	struct listing *listing = the_listing();
	struct index *index = data;
	struct message_row row;
	struct row_context context = { .row = &row, .now = index->now };
	struct style bar = style_over(theme_style(THEME_INDEX), theme_layer(THEME_INDICATOR));

	(void)list;
	paint_fill(line, 0, 0, -1, is_cursor && !ui_options()->arrow_cursor
		? bar : theme_style(THEME_INDEX));
	if (!listing || i >= listing_length(listing))
		return;
	listing_get_row(listing, i, &row);
	context.mailbox = listing_mailbox(listing);
	context.listing = listing;
	context.place = i;
	index->number_width = MAX(index->number_width,
		digits(mailbox_length(context.mailbox)));
	context.number_width = index->number_width;
	context.is_tagged = row.uid != 0 && imap_seqset_has(&view_current()->tagged, row.uid);
	if (row.is_loaded)
		paint_loaded(line, &context, is_cursor);
	else
		paint_unloaded(line, &context, is_cursor && !ui_options()->arrow_cursor);
}

static const char *empty_text(void)
{
	struct view *view = view_current();

	if (!view || !view->mailbox)
		return "no mailbox is open: c opens one, y lists them";
	switch (mailbox_state(view->mailbox)) {
	case MAILBOX_LOADING:
		return "loading";
	case MAILBOX_GONE:
	case MAILBOX_OFFLINE:
		return mailbox_state_text(view->mailbox);
	default:
		break;
	}
	return listing_limit(view->listing) ? "no message matches the limit" : "no messages";
}

/* Octets of text for a line of so many columns, broken at a space. */
static size_t line_of(const char *text, int columns)
{
	size_t n = text_fitting(text, -1, columns, NULL);
	size_t at = n;

	if (text[n] == '\0')
		return n;
	while (at > 0 && text[at] != ' ')
		at--;
	return at > 0 ? at : n;
}

/* A sentence instead of rows: in the middle, as many lines as it takes. */
static void paint_sentence(const struct area *area, const char *text)
{
	struct style style = style_over(theme_style(THEME_INDEX),
		theme_layer(THEME_INDEX_DIM));

	for (int row = area->rows / 3; row < area->rows && *text != '\0'; row++) {
		size_t n = line_of(text, MAX(area->cols - 2, 1));
		int width = text_width(text, (gssize)n);

		if (n == 0)
			break;
		paint_text(area, row, MAX((area->cols - width) / 2, 0), -1,
			style, text, (gssize)n);
		for (text += n; *text == ' '; text++)
			continue;
	}
}

static void index_paint(struct widget *widget)
{
	struct index *index = to_index(widget);

	index->now = g_get_real_time() / G_USEC_PER_SEC;
	list_paint(&index->list, &widget->area);
	if (index->list.length > 0)
		return;
	paint_sentence(&widget->area, empty_text());
}

static void append_count(GString *out, uint32_t n, const char *what)
{
	char *number = text_number(n);

	if (n > 0)
		g_string_append_printf(out, "%s %s  ", number, what);
	g_free(number);
}

/* With how many rows it leaves. */
static void append_limit(GString *out, const struct listing *listing)
{
	char *number = text_number(listing_length(listing));

	g_string_append_printf(out, "limit %s (%s)  ", pattern_text(listing_limit(listing)), number);
	g_free(number);
}

static void index_title(struct widget *widget, GString *left, GString *right)
{
	struct view *view = view_current();
	struct mailbox_counts counts;
	char *total;

	(void)widget;
	if (!view->mailbox) {
		g_string_append(left, view->account ? account_name(view->account) : "culver");
		return;
	}
	g_string_append_printf(left, "%s · %s%s", mailbox_name(view->mailbox),
		account_name(mailbox_account(view->mailbox)),
		mailbox_is_read_only(view->mailbox) ? " (read-only)" : "");
	mailbox_get_counts(view->mailbox, &counts);
	if (listing_next_limit(view->listing))
		g_string_append_printf(right, "searching %s%s  ",
			pattern_text(listing_next_limit(view->listing)),
			text_sign("…", "..."));
	else if (listing_limit(view->listing))
		append_limit(right, view->listing);
	append_count(right, (uint32_t)imap_seqset_count(&view->tagged), "tagged");
	append_count(right, counts.is_new, "new");
	append_count(right, counts.unseen - counts.is_new, "old");
	append_count(right, counts.flagged, "flagged");
	append_count(right, counts.deleted, "deleted");
	total = text_number(counts.messages);
	g_string_append(right, total);
	g_free(total);
	if (account_is_busy(mailbox_account(view->mailbox)))
		g_string_append(right, text_sign(" ⟳", " ~"));
}

static void index_free(struct widget *widget)
{
	g_free(widget);
}

static const struct widget_ops ops = {
	.context = CONTEXT_INDEX,
	.title = index_title,
	.layout = index_layout,
	.recalc = index_recalc,
	.paint = index_paint,
	.move = index_move,
	.free = index_free,
};

static const struct list_ops rows = {
	.paint_row = paint_row,
	.is_stop = is_stop,
	.moved = on_moved,
};

struct widget *index_new(void)
{
	struct index *index = g_new0(struct index, 1);

	widget_init(&index->widget, &ops);
	list_init(&index->list, &rows, index);
	return &index->widget;
}

void index_reset(struct widget *widget)
{
	struct index *index = to_index(widget);

	index->cursor_uid = index->wanted_uid = 0;
	index->from_end = 1;
	index->is_settled = false;
	index->number_width = 0;
	index->list.cursor = index->list.top = 0;
	widget_damage(widget, DAMAGE_CONTENT);
}

/* --- for commands --------------------------------------------------------- */

uint32_t index_cursor_uid(struct widget *widget)
{
	struct index *index = to_index(widget);
	struct listing *listing = the_listing();

	/* Damage may be newer than the last recalc. */
	if (listing && widget->damage & DAMAGE_CONTENT && index->is_settled)
		index_recalc(widget);
	if (!listing || index->list.cursor >= listing_length(listing))
		return 0;
	return listing_uid_at(listing, index->list.cursor);
}

void index_set_cursor_uid(struct widget *widget, uint32_t uid)
{
	struct index *index = to_index(widget);
	struct listing *listing = the_listing();
	uint32_t place = NOWHERE;

	if (listing) {
		listing_reveal(listing, uid);
		place = listing_find_uid(listing, uid);
	}
	index->is_settled = true;
	index->wanted_uid = place == NOWHERE ? uid : 0;
	if (place != NOWHERE) {
		index->cursor_uid = uid;
		index->list.length = listing_length(listing);
		list_set_cursor(&index->list, place);
	}
	widget_damage(widget, DAMAGE_CONTENT);
}

static uint32_t uid_or_none(const struct listing *listing, uint32_t place)
{
	return place == NOWHERE ? 0 : listing_uid_at(listing, place);
}

uint32_t index_neighbour(struct widget *widget, uint32_t uid, bool is_next)
{
	struct listing *listing = the_listing();
	uint32_t length = listing ? listing_length(listing) : 0, place;

	(void)widget;
	if (length == 0)
		return 0;
	place = listing_find_uid(listing, uid);
	/* If it has left, what moved up to its place is the next one. */
	if (place == NOWHERE)
		place = listing_place_of(listing, uid);
	else if (is_next)
		place++;
	if (is_next)
		return uid_or_none(listing, listing_next_undeleted(listing,
			place, length - MIN(place, length), true));
	return uid_or_none(listing, place == 0 ? NOWHERE :
		listing_next_undeleted(listing, place - 1, place, false));
}

/* From the place on, and round the end if wrap_search says so. */
static uint32_t unread_from(const struct listing *listing, uint32_t place,
	bool is_next)
{
	uint32_t length = listing_length(listing), found;
	uint32_t n = is_next ? length - place - 1 : place;

	found = listing_next_unread(listing, is_next ? place + 1 : place - 1, n,
		is_next);
	if (found != NOWHERE || !ui_options()->wrap_search)
		return found;
	return listing_next_unread(listing, is_next ? 0 : length - 1,
		length - 1 - n, is_next);
}

uint32_t index_next_unread(struct widget *widget, uint32_t uid, bool is_next)
{
	struct listing *listing = the_listing();
	uint32_t length = listing ? listing_length(listing) : 0, place;

	(void)widget;
	if (length == 0)
		return 0;
	place = listing_find_uid(listing, uid);
	if (place == NOWHERE)
		place = is_next ? length - 1 : 0;
	return uid_or_none(listing, unread_from(listing, place, is_next));
}
