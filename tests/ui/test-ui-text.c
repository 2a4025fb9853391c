/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pure parts of the screen: text to cells, editing, keys, expandos,
 * wrapping, and the contrast of the colours. */
#include "src/base/base.h"

#include "src/mime/text.h"
#include "ui/edit.h"
#include "ui/format.h"
#include "ui/keymap.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/wrap.h"

#include <locale.h>

static void check_clean(const char *text, const char *expected)
{
	char *clean = text_clean(text);

	g_assert_cmpstr(clean, ==, expected);
	g_free(clean);
}

static void test_clean(void)
{
	check_clean("plain", "plain");
	check_clean("a\033[31mb\x7f\xc2\x9b" "c", "a[31mbc");
	check_clean("\xe2\x80\xae" "evil\xe2\x80\xac", "evil");
	check_clean("bad\xff\xc0\xaf", "bad\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	check_clean("tab\tnl\n", "tab nl ");
	/* Six acute accents: four are kept. */
	check_clean("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
		"e\xcc\x81\xcc\x81\xcc\x81\xcc\x81");
	/* Man, joiner, woman: the base stays. */
	check_clean("\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9", "\xf0\x9f\x91\xa8");
}

static void test_width(void)
{
	char *fit;

	g_assert_cmpint(text_width("日本語", -1), ==, 6);
	g_assert_cmpint(text_width("e\xcc\x81", -1), ==, 1);
	fit = text_fit("日本語", 5, TEXT_LEFT);
	g_assert_cmpstr(fit, ==, "日本…");
	g_free(fit);
	fit = text_fit("日本語", 4, TEXT_LEFT);
	g_assert_cmpstr(fit, ==, "日… ");
	g_free(fit);
	fit = text_fit("abc", 5, TEXT_RIGHT);
	g_assert_cmpstr(fit, ==, "  abc");
	g_free(fit);
	fit = text_reveal("a\xe2\x80\xae" "b");
	g_assert_cmpstr(fit, ==, "a<U+202E>b");
	g_free(fit);
	fit = text_number(1048210);
	g_assert_cmpstr(fit, ==, "1 048 210");
	g_free(fit);
}

static void test_edit(void)
{
	struct edit edit;
	size_t start, end;
	int column;

	edit_init(&edit, "=Lists/plan9");
	edit_do(&edit, EDIT_KILL_WORD_LEFT);
	g_assert_cmpstr(edit.text->str, ==, "=Lists/");
	edit_do(&edit, EDIT_YANK);
	g_assert_cmpstr(edit.text->str, ==, "=Lists/plan9");
	edit_do(&edit, EDIT_HOME);
	edit_do(&edit, EDIT_WORD_RIGHT);
	edit_do(&edit, EDIT_KILL_EOL);
	g_assert_cmpstr(edit.text->str, ==, "=Lists");
	edit_set(&edit, "日本e\xcc\x81");
	edit_do(&edit, EDIT_BACKSPACE);
	g_assert_cmpstr(edit.text->str, ==, "日本");
	edit_insert(&edit, "x\033\n", -1);
	g_assert_cmpstr(edit.text->str, ==, "日本x ");
	edit_visible(&edit, 4, &start, &end, &column);
	g_assert_cmpuint(start, ==, 6);
	g_assert_cmpint(column, ==, 2);
	edit_release(&edit);
}

static void check_keys(const char *text, unsigned n, uint32_t last, const char *shown)
{
	struct keys keys;
	GError *error = NULL;
	char *string;

	g_assert_true(keys_parse(text, &keys, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(keys.n, ==, n);
	g_assert_cmpuint(keys.codes[n - 1], ==, last);
	string = keys_to_string(&keys);
	g_assert_cmpstr(string, ==, shown);
	g_free(string);
}

static void test_keys(void)
{
	struct keys keys;
	GError *error = NULL;

	check_keys("C-x", 1, 24, "C-x");
	check_keys("\\Cx", 1, 24, "C-x");
	check_keys("^X", 1, 24, "C-x");
	check_keys("M-x", 2, 'x', "M-x");
	check_keys("<enter>", 1, 13, "Enter");
	check_keys("M-<tab>", 2, 9, "M-Tab");
	check_keys(",a", 2, 'a', ", a");
	check_keys("C-_", 1, 31, "C-_");
	check_keys("<f12>", 1, KEYCODE_F0 + 12, "F12");
	check_keys("<", 1, '<', "<");
	check_keys("д", 1, 0x434, "д");
	g_assert_false(keys_parse("", &keys, &error));
	g_clear_error(&error);
	g_assert_false(keys_parse("01234567890123456789", &keys, &error));
	g_clear_error(&error);
}

static bool expand_letter(const char *letters, GString *out, enum theme_object *object,
	const void *data)
{
	(void)data;
	if (strcmp(letters, "s") == 0) {
		*object = THEME_INDEX_SUBJECT;
		g_string_append(out, "Периодический закон");
		return true;
	}
	if (strcmp(letters, "C") == 0) {
		g_string_append(out, "42");
		return true;
	}
	return false;
}

static void check_format(const char *format, int columns, const char *expected)
{
	struct format_line *line = format_expand(format, columns, THEME_INDEX,
		expand_letter, NULL);
	size_t at = 0;

	g_assert_cmpstr(line->text->str, ==, expected);
	for (guint i = 0; i < line->spans->len; i++) {
		const struct format_span *span =
			&g_array_index(line->spans, struct format_span, i);

		g_assert_cmpuint(span->start, ==, at);
		at += span->len;
	}
	g_assert_cmpuint(at, ==, line->text->len);
	format_line_free(&line);
}

static void test_format(void)
{
	check_format("%4C|%-4C|%04C", 80, "  42|42  |0042");
	check_format("%.5s", 80, "Пери…");
	check_format("%?C?yes&no? %?X?yes&no?", 80, "yes no");
	check_format("%<C?a&b>%<X?a&b>", 80, "ab");
	check_format("a%>.b", 6, "a....b");
	check_format("%s%* %C", 10, "Периоди…42");
	check_format("%|-", 3, "---");
	check_format("100%%", 80, "100%");
	check_format("%s", 4, "Пер…");
	check_format("%", 4, "%");
	check_format("%?C?open", 20, "open");
}

static void check_line(const struct wrapped *wrapped, guint i, const char *expected)
{
	g_assert_cmpuint(i, <, wrapped->lines->len);
	g_assert_cmpstr(g_array_index(wrapped->lines, struct wrapped_line, i).text, ==,
		expected);
}

static void test_wrap(void)
{
	struct mime_document *document = mime_document_new();
	struct wrapped *wrapped;

	mime_document_add(document, MIME_LINE_TEXT, "one two three");
	mime_document_add(document, MIME_LINE_TEXT, "");
	mime_document_add(document, MIME_LINE_TEXT, "a\tb");
	mime_document_add(document, MIME_LINE_TEXT, "unbreakable-word");
	mime_document_add(document, MIME_LINE_TEXT, "日本語日本語");
	wrapped = wrap_document(document, 10, 0);
	check_line(wrapped, 0, "one two");
	check_line(wrapped, 1, "three");
	check_line(wrapped, 2, "");
	check_line(wrapped, 3, "a       b");
	check_line(wrapped, 4, "unbreakabl");
	check_line(wrapped, 5, "e-word");
	check_line(wrapped, 6, "日本語日本");
	check_line(wrapped, 7, "語");
	g_assert_true(g_array_index(wrapped->lines, struct wrapped_line, 1).is_continuation);
	wrapped_free(&wrapped);
	wrapped = wrap_document(document, 1, 0);
	g_assert_cmpuint(wrapped->lines->len, >, 20);
	wrapped_free(&wrapped);
	mime_document_free(&document);
}

/* Every pair of a ground's defaults can be read. */
static void check_contrast(bool is_light)
{
	theme_setup(256, is_light);
	for (int i = 0; i < THEME_N_OBJECTS; i++) {
		struct style style = theme_style(i);
		unsigned ground = is_light ? 0xffffff : 0x000000;
		unsigned text = is_light ? 0x000000 : 0xffffff;

		if (style.bg >= 0)
			ground = theme_rgb(style.bg);
		if (style.fg >= 0)
			text = theme_rgb(style.fg);
		if (theme_contrast(text, ground) < 4.5)
			g_test_message("%s: %f", theme_object_name(i),
				theme_contrast(text, ground));
		g_assert_cmpfloat(theme_contrast(text, ground), >=, 4.5);
	}
	theme_release();
}

/* The second column of a table goes on below its beginning. */
static void test_wrap_column(void)
{
	struct mime_document *document = mime_document_new();
	struct mime_line line = {
		.kind = MIME_LINE_TEXT,
		.indent = 4,
		.text = "ID  one two three",
		.len = 17,
	};
	struct wrapped *wrapped;

	mime_document_append(document, &line);
	wrapped = wrap_document(document, 12, 0);
	check_line(wrapped, 0, "ID  one two");
	check_line(wrapped, 1, "    three");
	wrapped_free(&wrapped);
	/* Where it would leave too little, it does not. */
	wrapped = wrap_document(document, 7, 0);
	check_line(wrapped, 0, "ID  one");
	check_line(wrapped, 1, "two");
	check_line(wrapped, 2, "three");
	wrapped_free(&wrapped);
	mime_document_free(&document);
}

static void test_contrast(void)
{
	g_assert_cmpfloat(theme_contrast(0xffffff, 0x000000), >, 20.9);
	check_contrast(false);
	check_contrast(true);
}

static void test_color(void)
{
	const char *const words[] = { "index", "bold", "#ff0000", "default", "~F" };
	const char *const wrong[] = { "indx", "red", "default" };
	GError *error = NULL;

	theme_setup(256, false);
	g_assert_true(theme_set(false, words, 5, &error));
	g_assert_cmpuint(theme_rules()->len, ==, 1);
	g_assert_true(theme_set(false, words, 4, &error));
	g_assert_cmpint(theme_style(THEME_INDEX).fg, ==, 196);
	g_assert_true(theme_unset(false, words, 1, &error));
	g_assert_cmpint(theme_style(THEME_INDEX).fg, ==, COLOUR_DEFAULT);
	g_assert_false(theme_set(false, wrong, 3, &error));
	g_clear_error(&error);
	theme_release();
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ui/text/clean", test_clean);
	g_test_add_func("/ui/text/width", test_width);
	g_test_add_func("/ui/edit", test_edit);
	g_test_add_func("/ui/keys", test_keys);
	g_test_add_func("/ui/format", test_format);
	g_test_add_func("/ui/wrap", test_wrap);
	g_test_add_func("/ui/wrap/column", test_wrap_column);
	g_test_add_func("/ui/theme/contrast", test_contrast);
	g_test_add_func("/ui/theme/color", test_color);
	return g_test_run();
}
