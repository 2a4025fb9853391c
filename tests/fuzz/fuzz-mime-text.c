/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text parts: the first line of the input says how they were sent
 * ("subtype charset encoding format delsp"), the rest is the body. And the
 * decoders: any cut of the input gives the same output.
 */
#include "src/base/base.h"
#include "src/imap/bodystructure.h"
#include "src/mime/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *word(char **words, guint n, guint i)
{
	return i < n ? words[i] : "";
}

static void check_document(const struct imap_body *body, const char *octets,
	size_t len)
{
	struct mime_document *document = mime_document_new();

	mime_document_add_part(document, body);
	mime_document_add_text(document, body, octets, len);
	for (guint i = 0; i < document->lines->len; i++) {
		const struct mime_line *line =
			&g_array_index(document->lines, struct mime_line, i);

		g_assert_true(g_utf8_validate_len(line->text, line->len, NULL));
		g_assert_null(memchr(line->text, '\n', line->len));
		g_assert_cmpuint(strlen(line->text), ==, line->len);
	}
	mime_document_free(&document);
}

static void check_cuts(const char *encoding, const char *octets, size_t len)
{
	GByteArray *whole = mime_transfer_decode(encoding, octets, len);
	GByteArray *parts = g_byte_array_new();
	struct mime_decoder *decoder = mime_decoder_new(encoding);

	for (size_t i = 0, n; i < len; i += n) {
		n = MIN(len - i, 1 + i % 5);
		mime_decoder_push(decoder, octets + i, n, parts);
	}
	mime_decoder_finish(decoder, parts);
	g_assert_cmpmem(parts->data, parts->len, whole->data, whole->len);
	mime_decoder_free(&decoder);
	g_byte_array_free(parts, TRUE);
	g_byte_array_free(whole, TRUE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *octets = (const char *)data;
	const char *line_end = memchr(octets, '\n', size);
	size_t head = line_end != NULL ? (size_t)(line_end - octets) : size;
	char *line = g_strndup(octets, MIN(head, 200));
	char **words = g_strsplit(line, " ", 5);
	guint n = g_strv_length(words);
	const struct imap_param params[] = {
		{ "charset", word(words, n, 1) },
		{ "format", word(words, n, 3) },
		{ "delsp", word(words, n, 4) },
	};
	const struct imap_body body = {
		.section = "1", .type = "text", .subtype = word(words, n, 0),
		.params = params, .n_params = G_N_ELEMENTS(params),
		.encoding = word(words, n, 2), .size = size,
	};

	head = line_end != NULL ? head + 1 : size;
	check_document(&body, octets + head, size - head);
	check_cuts(body.encoding, octets + head, size - head);
	g_strfreev(words);
	g_free(line);
	return 0;
}
