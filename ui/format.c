/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Expandos to text. The line is built as octets with a colour object for each,
 * so that cutting and padding need not care where spans begin.
 */
#include "src/base/base.h"
#include "ui/format.h"

#include "ui/text.h"

#include <time.h>

enum { WIDTH_MAX = 500, NESTING_MAX = 8 };

struct pad {
	char kind;    /* '>' or '*', 0: none */
	gunichar fill;
	size_t at;
};

struct builder {
	GString *text;
	GByteArray *objects; /* one for each octet of text */
	enum theme_object object;
	int columns;
	struct pad pad;
	format_expando_fn *fn;
	const void *data;
	bool is_silent;      /* in the branch of a conditional not taken */
	int nesting;
};

struct spec {
	enum text_align align;
	bool is_lower, is_zero;
	int width, precision; /* -1: none */
};

static void put(struct builder *b, const char *text, size_t len, enum theme_object object)
{
	guint8 octet = (guint8)object;

	if (b->is_silent)
		return;
	g_string_append_len(b->text, text, (gssize)len);
	for (size_t i = 0; i < len; i++)
		g_byte_array_append(b->objects, &octet, 1);
}

static void cut(struct builder *b, size_t at, size_t len)
{
	if (len == 0)
		return;
	g_string_erase(b->text, (gssize)at, (gssize)len);
	g_byte_array_remove_range(b->objects, (guint)at, (guint)len);
}

static void insert(struct builder *b, size_t at, const char *text, size_t len)
{
	guint8 object = (guint8)b->object;
	guint8 *octets = g_malloc(len + 1);
	GByteArray *objects = g_byte_array_new();

	memset(octets, object, len);
	g_byte_array_append(objects, b->objects->data, (guint)at);
	g_byte_array_append(objects, octets, (guint)len);
	g_byte_array_append(objects, b->objects->data + at, b->objects->len - (guint)at);
	g_byte_array_unref(b->objects);
	g_free(octets);
	b->objects = objects;
	g_string_insert_len(b->text, (gssize)at, text, (gssize)len);
}

/* --- one expando ----------------------------------------------------------------- */

static int read_number(const char **p, const char *end)
{
	int n = 0;

	while (*p < end && g_ascii_isdigit(**p)) {
		n = MIN(n * 10 + (**p - '0'), WIDTH_MAX);
		(*p)++;
	}
	return n;
}

static void read_spec(const char **p, const char *end, struct spec *spec)
{
	*spec = (struct spec){ .align = TEXT_RIGHT, .width = -1, .precision = -1 };
	for (; *p < end; (*p)++) {
		if (**p == '-')
			spec->align = TEXT_LEFT;
		else if (**p == '=')
			spec->align = TEXT_CENTRE;
		else if (**p == '_')
			spec->is_lower = true;
		else if (**p == '0')
			spec->is_zero = true;
		else
			break;
	}
	if (*p < end && g_ascii_isdigit(**p))
		spec->width = read_number(p, end);
	if (*p < end && **p == '.') {
		(*p)++;
		spec->precision = read_number(p, end);
	}
	if (*p < end && **p == '_') {
		spec->is_lower = true;
		(*p)++;
	}
}

static const char *find_close(const char *p, const char *end, char close)
{
	while (p < end && *p != close)
		p++;
	return p < end ? p : NULL;
}

/* The name of an expando: one letter, two, or up to a closing bracket. Gives a
 * new string and moves *p behind it. */
static char *read_letters(const char **p, const char *end)
{
	static const char open[] = "{[(<@", close[] = "}])>@";
	static const char *const two[] = { "cr", "Fp", "zs", "zc", "zt", "G?" };
	const char *bracket = **p ? strchr(open, **p) : NULL;
	const char *start = *p, *stop;

	if (bracket && (stop = find_close(start + 1, end, close[bracket - open]))) {
		*p = stop + 1;
		return g_strndup(start, (gsize)(*p - start));
	}
	for (size_t i = 0; i < G_N_ELEMENTS(two); i++) {
		if (end - start >= 2 && strncmp(start, two[i], 2) == 0) {
			*p = start + 2;
			return g_strndup(start, 2);
		}
	}
	*p = g_utf8_find_next_char(start, end);
	if (!*p)
		*p = end;
	return g_strndup(start, (gsize)(*p - start));
}

static void put_value(struct builder *b, const struct spec *spec,
	const char *value, enum theme_object object)
{
	GString *out = g_string_new(NULL);
	char *lower = spec->is_lower ? g_utf8_strdown(value, -1) : NULL;
	int width;

	if (lower)
		value = lower;
	width = text_width(value, -1);
	if (spec->precision >= 0)
		width = MIN(width, spec->precision);
	if (spec->is_zero && spec->width > width) {
		for (int i = width; i < spec->width; i++)
			g_string_append_c(out, '0');
		text_append_clean(out, value, -1);
	} else {
		int total = MAX(width, spec->width);

		/* Cut first: the sign of the cut belongs to the value. */
		char *fit = text_fit(value, width, TEXT_LEFT);

		text_append_fit(out, fit, -1, total, spec->align);
		g_free(fit);
	}
	put(b, out->str, out->len, object);
	g_string_free(out, TRUE);
	g_free(lower);
}

static bool get_value(struct builder *b, const char *letters, GString *value,
	enum theme_object *object)
{
	*object = b->object;
	return b->fn(letters, value, object, b->data);
}

static void expand(struct builder *b, const char **p, const char *end, const char *stops);

/* "X?then&else" up to close; *p is behind "%?" or "%<". */
static void expand_condition(struct builder *b, const char **p, const char *end, char close)
{
	char stops[3] = { '&', close, '\0' };
	bool was_silent = b->is_silent, is_set;
	enum theme_object object;
	GString *value = g_string_new(NULL);
	char *letters = read_letters(p, end);

	is_set = get_value(b, letters, value, &object);
	g_free(letters);
	g_string_free(value, TRUE);
	if (*p < end && **p == '?')
		(*p)++;
	b->nesting++;
	b->is_silent = was_silent || !is_set;
	expand(b, p, end, stops);
	if (*p < end && **p == '&') {
		(*p)++;
		b->is_silent = was_silent || is_set;
		expand(b, p, end, stops + 1);
	}
	if (*p < end)
		(*p)++;
	b->is_silent = was_silent;
	b->nesting--;
}

static bool is_angle_condition(const char *p, const char *end)
{
	const char *after = p;
	char *letters;
	bool is;

	if (p >= end || *p == '>')
		return false;
	letters = read_letters(&after, end);
	is = after < end && *after == '?';
	g_free(letters);
	return is;
}

static void fill_to_edge(struct builder *b, gunichar fill)
{
	char octets[6];
	size_t len = (size_t)g_unichar_to_utf8(fill, octets);
	int width = MAX(text_width(octets, (gssize)len), 1);

	for (int n = text_width(b->text->str, -1); n + width <= b->columns; n += width)
		put(b, octets, len, b->object);
}

static void take_padding(struct builder *b, char kind, const char **p, const char *end)
{
	gunichar fill = ' ';

	if (*p < end) {
		fill = g_utf8_get_char(*p);
		*p = g_utf8_next_char(*p);
	}
	if (b->is_silent)
		return;
	if (kind == '|')
		fill_to_edge(b, fill);
	else if (b->pad.kind == 0)
		b->pad = (struct pad){ .kind = kind, .fill = fill, .at = b->text->len };
}

/* *p is behind the "%". */
static void expand_one(struct builder *b, const char **p, const char *end)
{
	struct spec spec;
	enum theme_object object;
	GString *value;
	char *letters;

	if (**p == '%') {
		put(b, "%", 1, b->object);
		(*p)++;
		return;
	}
	if (**p == '>' || **p == '|' || **p == '*') {
		char kind = *(*p)++;

		take_padding(b, kind, p, end);
		return;
	}
	read_spec(p, end, &spec);
	if (*p >= end)
		return;
	if ((**p == '?' || (**p == '<' && is_angle_condition(*p + 1, end))) &&
		b->nesting < NESTING_MAX) {
		char close = *(*p)++ == '?' ? '?' : '>';

		expand_condition(b, p, end, close);
		return;
	}
	letters = read_letters(p, end);
	value = g_string_new(NULL);
	get_value(b, letters, value, &object);
	put_value(b, &spec, value->str, object);
	g_string_free(value, TRUE);
	g_free(letters);
}

static void expand(struct builder *b, const char **p, const char *end, const char *stops)
{
	while (*p < end && (**p == '\0' || !strchr(stops, **p))) {
		const char *start = *p;

		if (**p == '%' && *p + 1 < end) {
			(*p)++;
			expand_one(b, p, end);
			continue;
		}
		*p = g_utf8_find_next_char(*p, end);
		if (!*p)
			*p = end;
		put(b, start, (size_t)(*p - start), b->object);
	}
}

/* --- the whole line ------------------------------------------------------------------ */

static void cut_to(struct builder *b, size_t from, size_t to, int columns)
{
	GString *fit = g_string_new(NULL);
	enum theme_object object = b->object;

	if (to > from)
		object = b->objects->data[to - 1];
	text_append_fit(fit, b->text->str + from, (gssize)(to - from), columns, TEXT_LEFT);
	/* Only the tail differs: the cells up to the sign of the cut stay. */
	size_t same = 0;

	while (same < fit->len && same < to - from &&
		fit->str[same] == b->text->str[from + same])
		same++;
	cut(b, from + same, to - from - same);
	insert(b, from + same, fit->str + same, fit->len - same);
	memset(b->objects->data + from + same, (int)object, fit->len - same);
	g_string_free(fit, TRUE);
}

static void apply_padding(struct builder *b)
{
	int left = text_width(b->text->str, (gssize)b->pad.at);
	int right = text_width(b->text->str + b->pad.at, -1);
	GString *fill = g_string_new(NULL);

	if (b->pad.kind == '*' && left + right > b->columns && right < b->columns) {
		cut_to(b, 0, b->pad.at, b->columns - right);
	} else {
		for (int n = left + right; n < b->columns; n++)
			g_string_append_unichar(fill, b->pad.fill);
		insert(b, b->pad.at, fill->str, fill->len);
	}
	g_string_free(fill, TRUE);
}

static struct format_line *to_line(struct builder *b)
{
	struct format_line *line = g_new0(struct format_line, 1);
	size_t start = 0;

	line->text = b->text;
	line->spans = g_array_new(FALSE, FALSE, sizeof(struct format_span));
	for (size_t i = 1; i <= b->objects->len; i++) {
		struct format_span span = { start, i - start, b->objects->data[start] };

		if (i < b->objects->len && b->objects->data[i] == b->objects->data[start])
			continue;
		g_array_append_val(line->spans, span);
		start = i;
	}
	g_byte_array_unref(b->objects);
	return line;
}

struct format_line *format_expand(const char *format, int columns,
	enum theme_object object, format_expando_fn *fn, const void *data)
{
	struct builder b = {
		.text = g_string_new(NULL),
		.objects = g_byte_array_new(),
		.object = object,
		.columns = columns,
		.fn = fn,
		.data = data,
	};
	const char *p = format, *end = format + strlen(format);

	expand(&b, &p, end, "");
	if (b.pad.kind)
		apply_padding(&b);
	if (text_width(b.text->str, -1) > columns)
		cut_to(&b, 0, b.text->len, columns);
	return to_line(&b);
}

void format_line_free(struct format_line **line)
{
	if (!*line)
		return;
	g_string_free((*line)->text, TRUE);
	g_array_unref((*line)->spans);
	g_free(*line);
	*line = NULL;
}

/* --- times ------------------------------------------------------------------------------ */

void format_time(GString *out, const char *format, int64_t time)
{
	GDateTime *then = g_date_time_new_from_unix_local(time);
	char *text = then ? g_date_time_format(then, *format == '!' ? format + 1 : format) : NULL;

	if (text)
		g_string_append(out, text);
	g_free(text);
	if (then)
		g_date_time_unref(then);
}

static const char *short_date_format(GDateTime *then, GDateTime *now)
{
	GTimeSpan age = g_date_time_difference(now, then);

	if (g_date_time_get_year(then) == g_date_time_get_year(now)) {
		if (g_date_time_get_day_of_year(then) == g_date_time_get_day_of_year(now))
			return "%H:%M";
		return "%b %d";
	}
	return age >= 0 && age < 180 * G_TIME_SPAN_DAY ? "%b %d" : "%Y";
}

void format_short_date(GString *out, int64_t time, int64_t now)
{
	GDateTime *then = g_date_time_new_from_unix_local(time);
	GDateTime *today = g_date_time_new_from_unix_local(now);
	char *text = NULL;

	if (then && today)
		text = g_date_time_format(then, short_date_format(then, today));
	text_append_fit(out, text ? text : "", -1, 6, TEXT_LEFT);
	g_free(text);
	g_clear_pointer(&then, g_date_time_unref);
	g_clear_pointer(&today, g_date_time_unref);
}
