/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The header of a message as lines: order, alignment, dates. */
#include "src/base/base.h"
#include "src/mail/fields.h"

#include "src/mime/header.h"
#include "src/mime/text.h"
#include "src/rc/command.h"
#include "src/rc/language.h"

static char *lines_of(const char *header, bool all)
{
	GPtrArray *fields = mime_header_fields(header, strlen(header));
	struct mime_document *document = mime_document_new();
	GString *out = g_string_new(NULL);

	fields_add(document, fields, all);
	for (guint i = 0; i < document->lines->len; i++) {
		const struct mime_line *line =
			&g_array_index(document->lines, struct mime_line, i);

		g_string_append_printf(out, "%.*s\n", (int)line->len, line->text);
	}
	mime_document_free(&document);
	g_ptr_array_unref(fields);
	return g_string_free(out, FALSE);
}

static void check(const char *header, bool all, const char *expected)
{
	char *text = lines_of(header, all);

	g_assert_cmpstr(text, ==, expected);
	g_free(text);
}

static void test_order(void)
{
	check("Subject: s\r\nX-Odd: 1\r\nFrom: a@example.org\r\nTo: b@example.org\r\n\r\n",
		false,
		"From:    a@example.org\nTo:      b@example.org\nSubject: s\n");
	check("Subject: s\r\nX-Odd: 1\r\nFrom: a@example.org\r\n\r\n", true,
		"Subject: s\nX-Odd: 1\nFrom: a@example.org\n");
}

static void test_date(void)
{
	check("Date: Sun, 22 Nov 2026 09:14:00 +0000\r\n\r\n", false,
		"Date: Sun, 22 Nov 2026 09:14\n");
	check("Date: Sun, 22 Nov 2026 12:14:00 +0300\r\nSubject: s\r\n\r\n", false,
		"Date:    Sun, 22 Nov 2026 09:14 (sender: 12:14 +0300)\nSubject: s\n");
	check("Date: Sun, 22 Nov 2026 20:14:00 -0530\r\n\r\n", false,
		"Date: Mon, 23 Nov 2026 01:44 (sender: Sun, 22 Nov 2026 20:14 -0530)\n");
	check("Date: the day after\r\n\r\n", false, "Date: the day after\n");
	check("Date: Sun, 22 Nov 2026 12:14:00 +0300\r\n\r\n", true,
		"Date: Sun, 22 Nov 2026 12:14:00 +0300\n");
}

int main(int argc, char **argv)
{
	int status;

	g_setenv("TZ", "UTC", TRUE);
	g_test_init(&argc, &argv, NULL);
	rc_headers_init();
	g_test_add_func("/mail/fields/order", test_order);
	g_test_add_func("/mail/fields/date", test_date);
	status = g_test_run();
	rc_headers_release();
	return status;
}
