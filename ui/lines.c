/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A document on the screen. See lines.h. */
#include "src/base/base.h"
#include "ui/lines.h"

#include "src/base/error.h"
#include "ui/options.h"
#include "ui/text.h"

void lines_init(struct lines *lines)
{
	*lines = (struct lines){
		.shown = g_array_new(FALSE, FALSE, sizeof(struct lines_entry)),
		.search_is_shown = true,
	};
}

void lines_release(struct lines *lines)
{
	wrapped_free(&lines->wrapped);
	mime_document_free(&lines->document);
	g_clear_pointer(&lines->search, g_regex_unref);
	g_array_unref(lines->shown);
	lines->shown = NULL;
}

static const struct wrapped_line *line_at(const struct lines *lines, uint32_t i)
{
	return &g_array_index(lines->wrapped->lines, struct wrapped_line, i);
}

static const struct lines_entry *entry_at(const struct lines *lines, uint32_t i)
{
	return &g_array_index(lines->shown, struct lines_entry, i);
}

static uint32_t last_top(const struct lines *lines)
{
	uint32_t rows = (uint32_t)MAX(lines->area.rows, 1);

	return lines->shown->len > rows ? lines->shown->len - rows : 0;
}

static bool is_folded(const struct lines *lines, const struct wrapped_line *line)
{
	return lines->fold_quotes && line->kind == MIME_LINE_QUOTE &&
		line->level > (unsigned)ui_options()->toggle_quoted_show_levels;
}

static void collect_shown(struct lines *lines)
{
	uint32_t n = lines->wrapped ? lines->wrapped->lines->len : 0;

	g_array_set_size(lines->shown, 0);
	for (uint32_t i = 0; i < n;) {
		struct lines_entry entry = { i, 0 };

		while (i < n && is_folded(lines, line_at(lines, i)))
			i++;
		entry.folded = i - entry.line;
		/* One line would give way to one line. */
		if (entry.folded <= 1)
			i = entry.line + 1;
		if (entry.folded == 1)
			entry.folded = 0;
		g_array_append_val(lines->shown, entry);
	}
}

/* The line of the document that stands at the top, and the entry of one. */
static uint32_t top_source(const struct lines *lines)
{
	if (!lines->wrapped || lines->top >= lines->shown->len)
		return 0;
	return line_at(lines, entry_at(lines, lines->top)->line)->source;
}

static uint32_t entry_of_source(const struct lines *lines, uint32_t source)
{
	uint32_t low = 0, high = lines->shown->len;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (line_at(lines, entry_at(lines, middle)->line)->source < source)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void wrap(struct lines *lines)
{
	uint32_t source = top_source(lines);
	bool was_at_start = lines->top == 0;

	wrapped_free(&lines->wrapped);
	/* The last column stays free: text that fills the edge reads badly. */
	if (lines->document)
		lines->wrapped = wrap_document(lines->document,
			MAX(lines->area.cols - (lines->area.cols > 20 ? 2 : 0), 1),
			(int)ui_options()->wrap);
	collect_shown(lines);
	lines->top = was_at_start ? 0 : MIN(entry_of_source(lines, source), last_top(lines));
}

void lines_set_document(struct lines *lines, struct mime_document *document_take, bool keep)
{
	mime_document_free(&lines->document);
	lines->document = document_take;
	if (!keep)
		lines->top = 0;
	wrap(lines);
}

void lines_set_area(struct lines *lines, const struct area *area)
{
	bool is_new = lines->area.cols != area->cols;

	lines->area = *area;
	if (is_new)
		wrap(lines);
	lines->top = MIN(lines->top, last_top(lines));
}

void lines_set_fold(struct lines *lines, bool fold)
{
	uint32_t source = top_source(lines);

	lines->fold_quotes = fold;
	collect_shown(lines);
	lines->top = MIN(entry_of_source(lines, source), last_top(lines));
}

/* --- moving ------------------------------------------------------------------------ */

static bool scroll_to(struct lines *lines, int64_t top)
{
	uint32_t before = lines->top;

	lines->top = (uint32_t)CLAMP(top, 0, (int64_t)last_top(lines));
	return lines->top != before;
}

bool lines_move(struct lines *lines, enum move move, unsigned count)
{
	int64_t n = MAX(count, 1), top = lines->top;
	int64_t rows = MAX(lines->area.rows, 1);
	int64_t page = MAX(rows - ui_options()->pager_context, 1), half = MAX(rows / 2, 1);

	switch (move) {
	case MOVE_NEXT: case MOVE_NEXT_ENTRY: case MOVE_LINE_DOWN:
		return scroll_to(lines, top + n);
	case MOVE_PREVIOUS: case MOVE_PREVIOUS_ENTRY: case MOVE_LINE_UP:
		return scroll_to(lines, top - n);
	case MOVE_PAGE_DOWN: return scroll_to(lines, top + n * page);
	case MOVE_PAGE_UP: return scroll_to(lines, top - n * page);
	case MOVE_HALF_DOWN: return scroll_to(lines, top + n * half);
	case MOVE_HALF_UP: return scroll_to(lines, top - n * half);
	case MOVE_FIRST: case MOVE_TOP: return scroll_to(lines, 0);
	case MOVE_LAST: case MOVE_BOTTOM: return scroll_to(lines, G_MAXINT32);
	case MOVE_MIDDLE: return scroll_to(lines, lines->shown->len / 2);
	case MOVE_JUMP: return scroll_to(lines, n - 1);
	}
	return false;
}

static bool is_quoted(const struct lines *lines, uint32_t i)
{
	return line_at(lines, entry_at(lines, i)->line)->kind == MIME_LINE_QUOTE;
}

bool lines_skip_quoted(struct lines *lines)
{
	uint32_t i = lines->top, n = lines->shown->len;

	while (i < n && !is_quoted(lines, i))
		i++;
	while (i < n && is_quoted(lines, i))
		i++;
	if (i >= n)
		return false;
	scroll_to(lines, (int64_t)i - ui_options()->skip_quoted_offset);
	return true;
}

bool lines_is_at_end(const struct lines *lines)
{
	return lines->top >= last_top(lines);
}

void lines_position(const struct lines *lines, GString *out)
{
	uint32_t n = lines->shown->len;

	if (n == 0)
		return;
	if (last_top(lines) == 0)
		g_string_append(out, "All");
	else if (lines_is_at_end(lines))
		g_string_append(out, "End");
	else
		g_string_append_printf(out, "%u%%",
			(unsigned)((uint64_t)(lines->top + (uint32_t)lines->area.rows) * 100 / n));
}

/* --- painting ---------------------------------------------------------------------------- */

static GRegex *rule_regex(struct theme_rule *rule)
{
	if (!rule->compiled) {
		char *limited = g_strconcat("(*LIMIT_MATCH=100000)", rule->pattern, NULL);

		rule->compiled = g_regex_new(limited, G_REGEX_OPTIMIZE, 0, NULL);
		rule->free_compiled = (GDestroyNotify)g_regex_unref;
		g_free(limited);
	}
	return rule->compiled;
}

static struct style line_style(const struct wrapped_line *line)
{
	switch (line->kind) {
	case MIME_LINE_QUOTE: return theme_style(theme_quoted(line->level));
	case MIME_LINE_SIGNATURE: return theme_style(THEME_SIGNATURE);
	case MIME_LINE_HEADER: return theme_style(THEME_HDRDEFAULT);
	case MIME_LINE_PART: return theme_style(THEME_ATTACHMENT);
	case MIME_LINE_NOTE: return theme_style(THEME_MARKERS);
	case MIME_LINE_TEXT: break;
	}
	return theme_style(THEME_NORMAL);
}

/* The whole line takes the colour of a rule for header lines. */
static struct style header_style(struct lines *lines, const struct wrapped_line *line,
	bool *has_rule_out)
{
	const struct mime_line *whole =
		&g_array_index(lines->document->lines, struct mime_line, line->source);
	const GPtrArray *rules = theme_rules();
	struct style style = theme_style(THEME_HDRDEFAULT);

	if (whole->len > 8 && g_ascii_strncasecmp(whole->text, "Subject:", 8) == 0)
		style = style_over(style, theme_layer(THEME_BOLD));
	for (guint i = 0; i < rules->len; i++) {
		struct theme_rule *rule = rules->pdata[i];

		if (rule->object == THEME_HEADER && rule_regex(rule) &&
			g_regex_match_full(rule_regex(rule), whole->text, (gssize)whole->len,
				0, 0, NULL, NULL)) {
			style = style_over(style, rule->style);
			*has_rule_out = true;
		}
	}
	return style;
}

/* The name of the field is quieter than what it says. */
static void paint_header(struct lines *lines, const struct area *area,
	const struct wrapped_line *line)
{
	bool has_rule = false;
	struct style style = header_style(lines, line, &has_rule);
	const char *colon = line->is_continuation || has_rule ? NULL
		: memchr(line->text, ':', line->len);

	paint_text(area, 0, 0, -1, style, line->text, (gssize)line->len);
	if (colon)
		paint_text(area, 0, 0, -1, style_over(theme_style(THEME_HDRDEFAULT),
			theme_layer(THEME_MARKERS)), line->text, colon + 1 - line->text);
}

static void paint_matches(const struct area *line, const struct wrapped_line *text,
	GRegex *regex, struct style style)
{
	GMatchInfo *match = NULL;
	int start, end;

	g_regex_match_full(regex, text->text, (gssize)text->len, 0, 0, &match, NULL);
	while (g_match_info_matches(match)) {
		if (g_match_info_fetch_pos(match, 0, &start, &end) && end > start)
			paint_text(line, 0, text_width(text->text, start), -1, style,
				text->text + start, end - start);
		if (!g_match_info_next(match, NULL))
			break;
	}
	g_match_info_free(match);
}

static void paint_body_rules(const struct area *line, const struct wrapped_line *text,
	struct style base)
{
	const GPtrArray *rules = theme_rules();

	for (guint i = 0; i < rules->len; i++) {
		struct theme_rule *rule = rules->pdata[i];

		if (rule->object == THEME_BODY && rule_regex(rule))
			paint_matches(line, text, rule_regex(rule), style_over(base, rule->style));
	}
}

static bool is_rule(const struct lines *lines, uint32_t i)
{
	const struct wrapped_line *line = line_at(lines, i);

	return lines->rule_below_header && line->len == 0 && i > 0 &&
		line->kind == MIME_LINE_TEXT &&
		line_at(lines, i - 1)->kind == MIME_LINE_HEADER;
}

static void paint_entry(struct lines *lines, const struct area *area,
	const struct lines_entry *entry)
{
	const struct wrapped_line *text = line_at(lines, entry->line);
	struct style style = line_style(text);

	if (entry->folded > 0) {
		char *folded = g_strdup_printf("  %s %u quoted line%s folded (T)",
			text_sign("⋯", "..."), entry->folded, entry->folded == 1 ? "" : "s");

		paint_text(area, 0, 0, -1, theme_style(THEME_MARKERS), folded, -1);
		g_free(folded);
		return;
	}
	if (is_rule(lines, entry->line)) {
		paint_hline(area, 0, 0, area->cols - 1, theme_style(THEME_MARKERS));
		return;
	}
	if (text->kind == MIME_LINE_HEADER)
		paint_header(lines, area, text);
	else
		paint_text(area, 0, 0, -1, style, text->text, (gssize)text->len);
	if (text->kind == MIME_LINE_TEXT || text->kind == MIME_LINE_QUOTE)
		paint_body_rules(area, text, style);
	if (lines->search && lines->search_is_shown)
		paint_matches(area, text, lines->search,
			style_over(style, theme_layer(THEME_SEARCH)));
}

void lines_paint(struct lines *lines)
{
	struct style plain = theme_style(THEME_NORMAL);
	bool has_tilde = ui_options()->tilde;

	for (int row = 0; row < lines->area.rows; row++) {
		struct area whole = area_line(&lines->area, row);
		struct area line = area_sub(&whole, 0, whole.cols > 20 ? 1 : 0, 1, whole.cols);
		uint32_t i = lines->top + (uint32_t)row;

		paint_fill(&whole, 0, 0, -1, plain);
		if (i < lines->shown->len)
			paint_entry(lines, &line, entry_at(lines, i));
		else if (has_tilde)
			paint_text(&line, 0, 0, -1, theme_style(THEME_TILDE), "~", 1);
	}
	paint_cursor(&lines->area, 0, 0);
}

/* --- searching ----------------------------------------------------------------------------- */

static bool line_matches(const struct lines *lines, uint32_t i)
{
	const struct lines_entry *entry = entry_at(lines, i);
	const struct wrapped_line *line = line_at(lines, entry->line);

	return entry->folded == 0 && g_regex_match_full(lines->search, line->text,
		(gssize)line->len, 0, 0, NULL, NULL);
}

static void show_match(struct lines *lines, uint32_t i)
{
	if (i < lines->top || i >= lines->top + (uint32_t)MAX(lines->area.rows, 1))
		scroll_to(lines, (int64_t)i - ui_options()->search_context);
}

static bool find(struct lines *lines, uint32_t from, bool is_back, GError **error)
{
	uint32_t n = lines->shown->len;
	uint32_t reach = ui_options()->wrap_search ? n : is_back ? from + 1 : n - MIN(from, n);

	for (uint32_t k = 0; k < reach && n > 0; k++) {
		uint32_t i = is_back ? (from + n - k) % n : (from + k) % n;

		if (line_matches(lines, i)) {
			show_match(lines, i);
			lines->match = i;
			return true;
		}
	}
	g_set_error(error, CMD_ERROR, CMD_ERROR_FAILED, "'%s' is not found",
		g_regex_get_pattern(lines->search) + strlen("(*LIMIT_MATCH=100000)"));
	return false;
}

static bool has_capital(const char *text)
{
	for (; *text; text = g_utf8_next_char(text)) {
		if (g_unichar_isupper(g_utf8_get_char(text)))
			return true;
	}
	return false;
}

bool lines_search(struct lines *lines, const char *expression, bool is_back, GError **error)
{
	char *limited = g_strconcat("(*LIMIT_MATCH=100000)", expression, NULL);
	GRegex *regex = g_regex_new(limited,
		G_REGEX_OPTIMIZE | (has_capital(expression) ? 0 : G_REGEX_CASELESS), 0, error);

	g_free(limited);
	if (!regex)
		return false;
	g_clear_pointer(&lines->search, g_regex_unref);
	lines->search = regex;
	lines->search_is_back = is_back;
	lines->search_is_shown = true;
	return find(lines, lines->top, is_back, error);
}

bool lines_search_next(struct lines *lines, bool is_opposite, GError **error)
{
	bool is_back = lines->search_is_back != is_opposite;
	uint32_t n = lines->shown->len, from = lines->match;

	if (!lines->search) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT, "nothing has been searched for");
		return false;
	}
	if (n == 0)
		return find(lines, 0, is_back, error);
	/* From the last match while it is in sight. */
	if (from < lines->top || from >= lines->top + (uint32_t)MAX(lines->area.rows, 1))
		from = lines->top;
	from = MIN(from, n - 1);
	return find(lines, is_back ? (from + n - 1) % n : (from + 1) % n, is_back, error);
}

bool lines_command(struct lines *lines, const char *name,
	const char *const *argv, GError **error)
{
	if (strcmp(name, "search") == 0)
		return lines_search(lines, argv[0], false, error);
	if (strcmp(name, "search-reverse") == 0)
		return lines_search(lines, argv[0], true, error);
	if (strcmp(name, "search-next") == 0)
		return lines_search_next(lines, false, error);
	if (strcmp(name, "search-opposite") == 0)
		return lines_search_next(lines, true, error);
	if (strcmp(name, "search-toggle") == 0) {
		lines->search_is_shown = !lines->search_is_shown;
		return true;
	}
	if (strcmp(name, "toggle-quoted") == 0) {
		lines_set_fold(lines, !lines->fold_quotes);
		return true;
	}
	if (strcmp(name, "skip-quoted") == 0) {
		if (lines_skip_quoted(lines))
			return true;
		g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT, "no more text after the quotes");
	}
	return false;
}
