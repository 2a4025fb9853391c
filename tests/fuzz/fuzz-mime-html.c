/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTML to lines: bounded in number and length by the input. */
#include "src/base/base.h"
#include "src/mime/charset.h"
#include "src/mime/html.h"
#include "src/mime/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mime_document *document = mime_document_new();
	size_t len, total = 0;
	char *charset = mime_html_charset((const char *)data, size);
	char *html = mime_to_utf8((const char *)data, size, charset, &len);

	mime_html_lines(document, html, len);
	for (guint i = 0; i < document->lines->len; i++) {
		const struct mime_line *line =
			&g_array_index(document->lines, struct mime_line, i);

		g_assert_true(g_utf8_validate_len(line->text, line->len, NULL));
		g_assert_null(memchr(line->text, '\n', line->len));
		g_assert_cmpuint(line->level, <=, 20);
		total += line->len + 1;
	}
	g_assert_cmpuint(total, <=, 20 * len + 100);
	g_free(html);
	g_free(charset);
	mime_document_free(&document);
	return 0;
}
