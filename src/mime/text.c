/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents: lines in an arena, and the way of a text part into them. */
#include "src/base/base.h"
#include "src/mime/text.h"

#include "src/base/arena.h"
#include "src/imap/bodystructure.h"
#include "src/imap/envelope.h"
#include "src/mime/charset.h"
#include "src/mime/flowed.h"
#include "src/mime/header.h"
#include "src/mime/html.h"

enum { DECODE_STEP = 64 * 1024 };

struct mime_document *mime_document_new(void)
{
	struct mime_document *document = g_new0(struct mime_document, 1);

	document->arena = arena_new();
	document->lines = g_array_new(FALSE, FALSE, sizeof(struct mime_line));
	return document;
}

void mime_document_free(struct mime_document **document)
{
	if (*document == NULL)
		return;
	arena_free(&(*document)->arena);
	g_array_free((*document)->lines, TRUE);
	g_free(*document);
	*document = NULL;
}

static void store(struct mime_document *document, const struct mime_line *line)
{
	struct mime_line copy = *line;

	copy.text = arena_strndup(document->arena, line->text, line->len);
	copy.section = arena_strdup(document->arena, line->section);
	g_array_append_val(document->lines, copy);
}

bool mime_document_append(struct mime_document *document,
	const struct mime_line *line)
{
	static const char remark[] = "more than 500000 lines: "
		"the rest is not shown; save the part to read it";
	struct mime_line note = {
		.kind = MIME_LINE_NOTE,
		.text = remark,
		.len = sizeof(remark) - 1,
	};

	if (document->lines->len < MIME_LINES_MAX) {
		store(document, line);
		return true;
	}
	if (document->lines->len == MIME_LINES_MAX)
		store(document, &note);
	return false;
}

void mime_document_add(struct mime_document *document, enum mime_line_kind kind,
	const char *text)
{
	struct mime_line line = {
		.kind = kind,
		.level = kind == MIME_LINE_QUOTE,
		.text = text,
		.len = strlen(text),
	};

	mime_document_append(document, &line);
}

void mime_document_add_field(struct mime_document *document, const char *name,
	const char *value)
{
	char *text = g_strconcat(name, ": ", value, NULL);

	mime_document_add(document, MIME_LINE_HEADER, text);
	g_free(text);
}

/* Line ends are 2 of 78 octets. */
uint64_t mime_decoded_size(const struct imap_body *body)
{
	if (g_strcmp0(body->encoding, "base64") != 0)
		return body->size;
	return body->size / 104 * 76 + body->size % 104 * 76 / 104;
}

/* The type is the sender's word too. */
static char *type_name(const struct imap_body *body)
{
	char *raw = g_strconcat(body->type != NULL ? body->type : "application",
		"/", body->subtype != NULL ? body->subtype : "octet-stream", NULL);
	char *type = mime_header_decode(raw);

	g_free(raw);
	return type;
}

void mime_document_add_part(struct mime_document *document,
	const struct imap_body *body)
{
	const char *section = body->section != NULL ? body->section : "";
	char *name = mime_part_filename(body);
	char *type = type_name(body);
	char *size = mime_size_format(mime_decoded_size(body));
	char *text;
	struct mime_line line = { .kind = MIME_LINE_PART, .section = section };

	if (name == NULL)
		name = mime_header_decode(body->description);
	if (name == NULL && body->envelope != NULL)
		name = mime_header_decode(body->envelope->subject);
	text = g_strconcat("[", section, "] ", name != NULL ? name : "",
		name != NULL && *name != '\0' ? "  " : "", type, "  ", size, NULL);
	line.text = text;
	line.len = strlen(text);
	mime_document_append(document, &line);
	g_free(name);
	g_free(type);
	g_free(size);
	g_free(text);
}

/* At most MIME_TEXT_MAX octets; is_cut_out tells whether there were more. */
static GByteArray *decode_body(const struct imap_body *body, const char *octets,
	size_t len, bool *is_cut_out)
{
	struct mime_decoder *decoder = mime_decoder_new(body->encoding);
	GByteArray *out = g_byte_array_new();
	size_t step;

	for (; len > 0 && out->len <= MIME_TEXT_MAX; octets += step, len -= step) {
		step = MIN(len, DECODE_STEP);
		mime_decoder_push(decoder, octets, step, out);
	}
	if (len == 0)
		mime_decoder_finish(decoder, out);
	mime_decoder_free(&decoder);
	*is_cut_out = len > 0 || out->len > MIME_TEXT_MAX;
	if (out->len > MIME_TEXT_MAX)
		g_byte_array_set_size(out, MIME_TEXT_MAX);
	return out;
}

static bool param_is(const struct imap_body *body, const char *name,
	const char *value)
{
	for (size_t i = 0; i < body->n_params; i++)
		if (g_ascii_strcasecmp(body->params[i].name, name) == 0)
			return body->params[i].value != NULL &&
				g_ascii_strcasecmp(body->params[i].value,
					value) == 0;
	return false;
}

static const char *charset_param(const struct imap_body *body)
{
	for (size_t i = 0; i < body->n_params; i++)
		if (g_ascii_strcasecmp(body->params[i].name, "charset") == 0)
			return body->params[i].value;
	return NULL;
}

static bool has_type(const struct imap_body *body, const char *type,
	const char *subtype)
{
	return g_strcmp0(body->type, type) == 0 &&
		g_strcmp0(body->subtype, subtype) == 0;
}

void mime_document_add_text(struct mime_document *document,
	const struct imap_body *body, const char *octets, size_t len)
{
	bool is_html = has_type(body, "text", "html");
	const char *charset = charset_param(body);
	char *declared = NULL, *utf8;
	size_t utf8_len;
	bool is_cut;
	GByteArray *decoded = decode_body(body, octets, len, &is_cut);
	const char *raw = decoded->len > 0 ? (const char *)decoded->data : "";

	if (is_html && mime_charset_name(charset) == NULL)
		charset = declared = mime_html_charset(raw, decoded->len);
	utf8 = mime_to_utf8(raw, decoded->len, charset, &utf8_len);
	g_byte_array_free(decoded, TRUE);
	g_free(declared);
	if (is_html)
		mime_html_lines(document, utf8, utf8_len);
	else if (has_type(body, "text", "plain") &&
		param_is(body, "format", "flowed"))
		mime_flowed_lines(document, utf8, utf8_len,
			param_is(body, "delsp", "yes"));
	else
		mime_plain_lines(document, utf8, utf8_len);
	g_free(utf8);
	if (is_cut)
		mime_document_add(document, MIME_LINE_NOTE,
			"longer than 16M: the rest is not shown; "
			"save the part to read it");
}
