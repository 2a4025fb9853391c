/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of the live trace: bounds, filter, finding, text. */
#include "src/base/base.h"
#include "ui/trace-lines.h"

static uint32_t add(struct trace_lines *lines, const char *who, const char *text)
{
	return trace_lines_add(lines, 0, who, LOG_IN, text, strlen(text));
}

static void test_bounds(void)
{
	struct trace_lines *lines = trace_lines_new();
	uint32_t dropped = 0, n = TRACE_LINES_MAX + 1;

	for (uint32_t i = 0; i < n; i++) {
		char *text = g_strdup_printf("line %u", i);

		dropped += add(lines, "a#1", text);
		g_free(text);
	}
	g_assert_cmpuint(dropped, >, 0);
	g_assert_cmpuint(trace_lines_length(lines), ==, n - dropped);
	g_assert_cmpuint(trace_lines_length(lines), <=, TRACE_LINES_MAX);
	g_assert_cmpstr(trace_lines_at(lines, n - dropped - 1)->text, ==,
		"line 10000");
	trace_lines_free(&lines);
	g_assert_null(lines);
}

/* Long lines: octets are the bound, and each line is cut. */
static void test_octets(void)
{
	struct trace_lines *lines = trace_lines_new();
	char *text = g_strnfill(2 * TRACE_LINE_MAX, 'x');
	size_t octets = 0;

	for (int i = 0; i < 600; i++)
		add(lines, "a#1", text);
	for (uint32_t i = 0; i < trace_lines_length(lines); i++) {
		g_assert_cmpuint(trace_lines_at(lines, i)->len, ==, TRACE_LINE_MAX);
		octets += trace_lines_at(lines, i)->len;
	}
	g_assert_cmpuint(octets, >, 0);
	g_assert_cmpuint(octets, <=, TRACE_OCTETS_MAX);
	g_free(text);
	trace_lines_free(&lines);
}

static void test_filter(void)
{
	struct trace_lines *lines = trace_lines_new();

	add(lines, "work#1", "one");
	add(lines, "work#12", "two");
	add(lines, "worker#1", "three");
	trace_lines_set_filter(lines, "Work");
	g_assert_cmpuint(trace_lines_length(lines), ==, 2);
	trace_lines_set_filter(lines, "work#1");
	g_assert_cmpuint(trace_lines_length(lines), ==, 1);
	add(lines, "work#1", "four");
	add(lines, "worker#1", "five");
	g_assert_cmpuint(trace_lines_length(lines), ==, 2);
	g_assert_cmpstr(trace_lines_at(lines, 1)->text, ==, "four");
	trace_lines_set_filter(lines, "");
	g_assert_null(trace_lines_filter(lines));
	g_assert_cmpuint(trace_lines_length(lines), ==, 5);
	trace_lines_free(&lines);
}

/* What goes at the front is counted only if it was shown. */
static void test_filter_bounds(void)
{
	struct trace_lines *lines = trace_lines_new();
	uint32_t dropped = 0;

	add(lines, "b#1", "first");
	trace_lines_set_filter(lines, "b");
	for (int i = 0; i < TRACE_LINES_MAX; i++)
		dropped += add(lines, "a#1", "x");
	g_assert_cmpuint(dropped, ==, 1);
	g_assert_cmpuint(trace_lines_length(lines), ==, 0);
	trace_lines_free(&lines);
}

static void test_find(void)
{
	struct trace_lines *lines = trace_lines_new();

	g_assert_cmpint(trace_lines_find(lines, 0, false, "x"), ==, -1);
	add(lines, "a#1", "A1 SELECT INBOX");
	add(lines, "a#1", "* 1 EXISTS");
	add(lines, "b#1", "A1 SELECT Work");
	g_assert_cmpint(trace_lines_find(lines, 0, false, "select"), ==, 2);
	g_assert_cmpint(trace_lines_find(lines, 2, false, "select"), ==, 0);
	g_assert_cmpint(trace_lines_find(lines, 0, true, "select"), ==, 2);
	g_assert_cmpint(trace_lines_find(lines, 1, false, "exists"), ==, 1);
	g_assert_cmpint(trace_lines_find(lines, 0, false, "b#1"), ==, 2);
	g_assert_cmpint(trace_lines_find(lines, 0, false, "nothing"), ==, -1);
	trace_lines_free(&lines);
}

static void test_text(void)
{
	static const struct {
		const char *text, *shown;
	} table[] = {
		{ "* 1 FETCH (BODY[1] {48211})", "* 1 FETCH (BODY[1] {48211 octets})" },
		{ "A1 APPEND x {3+} {4-}", "A1 APPEND x {3 octets} {4 octets}" },
		{ "{} {x} {3 {3+", "{} {x} {3 {3+" },
		{ "", "" },
	};
	struct trace_lines *lines = trace_lines_new();
	size_t len;
	char *whole;

	for (uint32_t i = 0; i < G_N_ELEMENTS(table); i++) {
		GString *out = g_string_new(NULL);

		add(lines, "a#1", table[i].text);
		trace_line_append_text(trace_lines_at(lines, i), out);
		g_assert_cmpstr(out->str, ==, table[i].shown);
		g_string_free(out, TRUE);
	}
	whole = trace_lines_to_text(lines, &len);
	g_assert_cmpuint(len, ==, strlen(whole));
	g_assert_nonnull(strstr(whole, " a#1 S: * 1 FETCH (BODY[1] {48211})\n"));
	g_free(whole);
	trace_lines_free(&lines);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ui/trace/bounds", test_bounds);
	g_test_add_func("/ui/trace/octets", test_octets);
	g_test_add_func("/ui/trace/filter", test_filter);
	g_test_add_func("/ui/trace/filter/bounds", test_filter_bounds);
	g_test_add_func("/ui/trace/find", test_find);
	g_test_add_func("/ui/trace/text", test_text);
	return g_test_run();
}
