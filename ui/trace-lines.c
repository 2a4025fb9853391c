/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "ui/trace-lines.h"

struct trace_lines {
	GPtrArray *all;   /* of struct trace_line *, oldest first */
	GPtrArray *shown; /* those that the filter lets through; borrowed */
	size_t octets;
	char *filter;     /* or NULL */
};

static void line_free(void *data)
{
	struct trace_line *line = data;

	g_free(line->text);
	g_free(line);
}

struct trace_lines *trace_lines_new(void)
{
	struct trace_lines *lines = g_new0(struct trace_lines, 1);

	lines->all = g_ptr_array_new_with_free_func(line_free);
	lines->shown = g_ptr_array_new();
	return lines;
}

void trace_lines_free(struct trace_lines **lines)
{
	struct trace_lines *l = *lines;

	*lines = NULL;
	if (l == NULL)
		return;
	g_ptr_array_unref(l->shown);
	g_ptr_array_unref(l->all);
	g_free(l->filter);
	g_free(l);
}

/* --- what is shown -------------------------------------------------------- */

/* "work" lets "work#2" through, "work#1" itself alone. */
static bool passes(
	const struct trace_lines *lines, const struct trace_line *line)
{
	size_t len = lines->filter != NULL ? strlen(lines->filter) : 0;

	return len == 0 ||
		(g_ascii_strncasecmp(line->who, lines->filter, len) == 0 &&
		(line->who[len] == '\0' || line->who[len] == '#'));
}

void trace_lines_set_filter(struct trace_lines *lines, const char *filter)
{
	g_free(lines->filter);
	lines->filter =
		filter != NULL && *filter != '\0' ? g_strdup(filter) : NULL;
	g_ptr_array_set_size(lines->shown, 0);
	for (guint i = 0; i < lines->all->len; i++)
		if (passes(lines, lines->all->pdata[i]))
			g_ptr_array_add(lines->shown, lines->all->pdata[i]);
}

const char *trace_lines_filter(const struct trace_lines *lines)
{
	return lines->filter;
}

uint32_t trace_lines_length(const struct trace_lines *lines)
{
	return lines->shown->len;
}

const struct trace_line *trace_lines_at(
	const struct trace_lines *lines, uint32_t i)
{
	return lines->shown->pdata[i];
}

/* --- adding --------------------------------------------------------------- */

static bool is_full(
	const struct trace_lines *lines, guint n_dropped, size_t octets)
{
	return lines->all->len - n_dropped > TRACE_LINES_MAX ||
		octets > TRACE_OCTETS_MAX;
}

/* A part of the oldest at once, so that not each new line moves the array. */
static uint32_t drop_oldest(struct trace_lines *lines)
{
	guint n = MIN(lines->all->len, TRACE_LINES_MAX / 20), n_shown = 0;
	size_t octets = lines->octets;

	for (guint i = 0; i < lines->all->len &&
		(i < n || is_full(lines, i, octets)); i++) {
		const struct trace_line *line = lines->all->pdata[i];

		octets -= line->len;
		n = i + 1;
		if (n_shown < lines->shown->len &&
			lines->shown->pdata[n_shown] == line)
			n_shown++;
	}
	g_ptr_array_remove_range(lines->shown, 0, n_shown);
	g_ptr_array_remove_range(lines->all, 0, n);
	lines->octets = octets;
	return n_shown;
}

uint32_t trace_lines_add(struct trace_lines *lines, int64_t time_us,
	const char *who, enum log_direction direction, const char *text,
	size_t len)
{
	struct trace_line *line = g_new0(struct trace_line, 1);

	line->time_us = time_us;
	line->who = g_intern_string(who);
	line->direction = direction;
	line->len = MIN(len, (size_t)TRACE_LINE_MAX);
	line->text = g_strndup(text, line->len);
	lines->octets += line->len;
	g_ptr_array_add(lines->all, line);
	if (passes(lines, line))
		g_ptr_array_add(lines->shown, line);
	return is_full(lines, 0, lines->octets) ? drop_oldest(lines) : 0;
}

/* --- finding -------------------------------------------------------------- */

static bool has_text(const struct trace_line *line, const char *folded)
{
	char *text = g_utf8_make_valid(line->text, (gssize)line->len);
	char *own = g_utf8_casefold(text, -1);
	bool has = strstr(own, folded) != NULL ||
		   strstr(line->who, folded) != NULL;

	g_free(own);
	g_free(text);
	return has;
}

int64_t trace_lines_find(const struct trace_lines *lines, uint32_t from,
	bool is_back, const char *text)
{
	int64_t n = lines->shown->len;
	char *folded = g_utf8_casefold(text, -1);
	int64_t found = -1;

	for (int64_t k = 1; k <= n && found < 0; k++) {
		int64_t i = (((int64_t)from + (is_back ? -k : k)) % n + n) % n;

		if (has_text(lines->shown->pdata[i], folded))
			found = i;
	}
	g_free(folded);
	return found;
}

/* --- as text -------------------------------------------------------------- */

void trace_line_append_time(const struct trace_line *line, GString *out)
{
	GDateTime *time =
		g_date_time_new_from_unix_local(line->time_us / G_USEC_PER_SEC);
	char *clock =
		time != NULL ? g_date_time_format(time, "%H:%M:%S") : NULL;

	g_string_append_printf(out, "%s.%03d", clock != NULL ? clock : "",
		(int)(line->time_us % G_USEC_PER_SEC / 1000));
	g_free(clock);
	if (time != NULL)
		g_date_time_unref(time);
}

const char *trace_line_mark(const struct trace_line *line)
{
	static const char *const marks[] = { [LOG_IN] = "S", [LOG_OUT] = "C",
		[LOG_NOTE] = "#" };

	return marks[line->direction];
}

/* The octets of "{123}" or "{123+}" at text, and how many are the digits; 0 if
 * it is none. */
static size_t literal_at(const char *text, size_t *digits_out)
{
	size_t digits;

	if (*text != '{')
		return 0;
	digits = strspn(text + 1, "0123456789");
	*digits_out = digits;
	if (digits == 0)
		return 0;
	if (text[1 + digits] == '}')
		return digits + 2;
	return (text[1 + digits] == '+' || text[1 + digits] == '-') &&
		text[2 + digits] == '}' ? digits + 3 : 0;
}

void trace_line_append_text(const struct trace_line *line, GString *out)
{
	const char *text = line->text;

	while (*text != '\0') {
		size_t digits = 0, len = literal_at(text, &digits);

		if (len == 0) {
			g_string_append_c(out, *text++);
			continue;
		}
		g_string_append_c(out, '{');
		g_string_append_len(out, text + 1, (gssize)digits);
		g_string_append(out, " octets}");
		text += len;
	}
}

char *trace_lines_to_text(const struct trace_lines *lines, size_t *len_out)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < lines->shown->len; i++) {
		const struct trace_line *line = lines->shown->pdata[i];

		trace_line_append_time(line, out);
		g_string_append_printf(
			out, " %s %s: ", line->who, trace_line_mark(line));
		g_string_append_len(
			out, line->text, (gssize)strlen(line->text));
		g_string_append_c(out, '\n');
	}
	*len_out = out->len;
	return g_string_free(out, FALSE);
}
