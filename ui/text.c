/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Untrusted text to cells. See text.h. */
#include "src/base/base.h"
#include "ui/text.h"

#include <stdio.h>
#include <wchar.h>

static bool is_ascii;

void text_set_ascii(bool ascii)
{
	is_ascii = ascii;
}

bool text_is_ascii(void)
{
	return is_ascii;
}

const char *text_sign(const char *sign, const char *ascii)
{
	return is_ascii ? ascii : sign;
}

/* Sorted ranges of what must not reach a terminal, though wcwidth() may give
 * it a width: bidi controls, invisible operators, joiners, tags. */
static const struct {
	gunichar first, last;
} hidden[] = {
	{ 0x00AD, 0x00AD },   /* soft hyphen */
	{ 0x034F, 0x034F },   /* combining grapheme joiner */
	{ 0x061C, 0x061C },   /* Arabic letter mark */
	{ 0x115F, 0x1160 },   /* Hangul fillers */
	{ 0x180B, 0x180F },   /* Mongolian selectors */
	{ 0x200B, 0x200F },   /* ZWSP, joiners, LRM, RLM */
	{ 0x2028, 0x202E },   /* separators, embeddings, overrides */
	{ 0x2060, 0x206F },   /* word joiner, isolates, deprecated */
	{ 0x3164, 0x3164 },   /* Hangul filler */
	{ 0xFE00, 0xFE0F },   /* variation selectors */
	{ 0xFEFF, 0xFEFF },   /* byte order mark */
	{ 0xFFA0, 0xFFA0 },   /* halfwidth Hangul filler */
	{ 0xFFF0, 0xFFFB },   /* interlinear annotation */
	{ 0x1F3FB, 0x1F3FF }, /* skin tones: part of the emoji before */
	{ 0xE0000, 0xE0FFF }, /* tags, more selectors */
};

static bool is_hidden(gunichar c)
{
	for (size_t i = 0; i < G_N_ELEMENTS(hidden) && c >= hidden[i].first; i++) {
		if (c <= hidden[i].last)
			return true;
	}
	return false;
}

static bool is_control(gunichar c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

/* Strict: overlong forms, surrogates and stray octets are one U+FFFD for each
 * octet. */
static gunichar next_char(const char **p, const char *end)
{
	gunichar c;

	if ((unsigned char)**p < 0x80)
		return (unsigned char)*(*p)++;
	c = g_utf8_get_char_validated(*p, end - *p);
	if (c == (gunichar)-1 || c == (gunichar)-2) {
		(*p)++;
		return 0xFFFD;
	}
	*p = g_utf8_next_char(*p);
	return c;
}

static gunichar visible_char(gunichar c, int *width_out)
{
	int width;

	if (c < 0x7F) {
		*width_out = 1;
		return c;
	}
	width = wcwidth((wchar_t)c);
	/* Where the locale has ASCII only, what is not that is painted as a
	 * character of one column that stands for it. */
	if (width < 0 && is_ascii && g_unichar_isprint(c))
		width = g_unichar_iszerowidth(c) ? 0 : 1;
	if (width < 0) {
		*width_out = 1;
		return 0xFFFD;
	}
	*width_out = width;
	return c;
}

static bool is_regional(gunichar c)
{
	return c >= 0x1F1E6 && c <= 0x1F1FF;
}

static void add_marks(const char **p, const char *end, struct text_cell *cell)
{
	bool joined = false;

	while (*p < end) {
		const char *before = *p;
		gunichar c = next_char(p, end);
		int width;

		/* What a zero-width joiner ties to an emoji goes with it. */
		if (c == 0x200D && cell->chars[0] >= 0x2190) {
			joined = true;
			continue;
		}
		if (is_hidden(c))
			continue;
		visible_char(c, &width);
		if (joined && c >= 0x2190 && !is_control(c)) {
			joined = false;
			continue;
		}
		if (is_control(c) || width != 0) {
			*p = before;
			return;
		}
		if (cell->n_chars <= TEXT_MARKS_MAX)
			cell->chars[cell->n_chars++] = c;
	}
}

bool text_next_cell(const char **p, const char *end, struct text_cell *cell_out)
{
	while (*p < end) {
		gunichar c = next_char(p, end);
		int width;

		if (c == '\t' || c == '\n' || c == '\r')
			c = ' ';
		if (is_control(c) || is_hidden(c))
			continue;
		c = visible_char(c, &width);
		/* A mark without a base gets one. */
		cell_out->chars[0] = width == 0 ? 0x25CC : c;
		cell_out->n_chars = 1;
		if (width == 0) {
			cell_out->chars[cell_out->n_chars++] = c;
			width = 1;
		}
		cell_out->width = width;
		if (*p < end && (unsigned char)**p >= 0x80 && !is_regional(c))
			add_marks(p, end, cell_out);
		return true;
	}
	return false;
}

static const char *text_end(const char *text, gssize len)
{
	return text + (len < 0 ? strlen(text) : (size_t)len);
}

int text_width(const char *text, gssize len)
{
	const char *end = text_end(text, len);
	struct text_cell cell;
	int width = 0;

	while (text_next_cell(&text, end, &cell))
		width += cell.width;
	return width;
}

size_t text_fitting(const char *text, gssize len, int columns, int *columns_out)
{
	const char *p = text, *end = text_end(text, len), *fits = text;
	struct text_cell cell;
	int width = 0;

	while (text_next_cell(&p, end, &cell) && width + cell.width <= columns) {
		width += cell.width;
		fits = p;
	}
	if (columns_out)
		*columns_out = width;
	return fits - text;
}

static void append_cell(GString *out, const struct text_cell *cell)
{
	for (unsigned i = 0; i < cell->n_chars; i++)
		g_string_append_unichar(out, cell->chars[i]);
}

void text_append_clean(GString *out, const char *text, gssize len)
{
	const char *end = text_end(text, len);
	struct text_cell cell;

	while (text_next_cell(&text, end, &cell))
		append_cell(out, &cell);
}

char *text_clean(const char *text)
{
	GString *out = g_string_new(NULL);

	text_append_clean(out, text, -1);
	return g_string_free(out, FALSE);
}

void text_complain(const char *format, ...)
{
	va_list args;
	char *text, *clean;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	clean = text_clean(text);
	fprintf(stderr, "%s\n", clean);
	g_free(clean);
	g_free(text);
}

static void append_spaces(GString *out, int n)
{
	for (int i = 0; i < n; i++)
		g_string_append_c(out, ' ');
}

/* Cut so that the sign of the cut is the last column. */
static void append_cut(GString *out, const char *text, size_t len, int columns)
{
	int width;
	size_t fits = text_fitting(text, len, columns - 1, &width);

	text_append_clean(out, text, fits);
	g_string_append(out, text_sign("…", "~"));
	append_spaces(out, columns - 1 - width);
}

void text_append_fit(GString *out, const char *text, gssize len, int columns,
	enum text_align align)
{
	size_t octets = len < 0 ? strlen(text) : (size_t)len;
	int width, left;
	size_t fits;

	if (columns <= 0)
		return;
	fits = text_fitting(text, octets, columns, &width);
	if (text_width(text + fits, octets - fits) > 0) {
		append_cut(out, text, octets, columns);
		return;
	}
	left = align == TEXT_LEFT ? 0
		: align == TEXT_RIGHT ? columns - width : (columns - width) / 2;
	append_spaces(out, left);
	text_append_clean(out, text, octets);
	append_spaces(out, columns - width - left);
}

char *text_fit(const char *text, int columns, enum text_align align)
{
	GString *out = g_string_new(NULL);

	text_append_fit(out, text, -1, columns, align);
	return g_string_free(out, FALSE);
}

char *text_reveal(const char *text)
{
	GString *out = g_string_new(NULL);
	const char *end = text_end(text, -1);

	while (text < end) {
		gunichar c = next_char(&text, end);

		if (is_hidden(c) || is_control(c))
			g_string_append_printf(out, "<U+%04X>", c);
		else
			g_string_append_unichar(out, c);
	}
	return g_string_free(out, FALSE);
}

char *text_number(uint64_t number)
{
	char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, number);
	size_t len = strlen(digits);
	GString *out = g_string_new(NULL);

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			g_string_append_c(out, ' ');
		g_string_append_c(out, digits[i]);
	}
	g_free(digits);
	return g_string_free(out, FALSE);
}
