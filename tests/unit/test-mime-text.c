/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/bodystructure.h"
#include "src/imap/envelope.h"
#include "src/mime/text.h"

static const char kind_letters[] = {
	[MIME_LINE_TEXT] = 't', [MIME_LINE_QUOTE] = 'q',
	[MIME_LINE_SIGNATURE] = 's', [MIME_LINE_HEADER] = 'h',
	[MIME_LINE_PART] = 'p', [MIME_LINE_NOTE] = 'n',
};

/* A line is "<kind><level>[f]:text", joined by "\n". */
static char *dump(const struct mime_document *document)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < document->lines->len; i++) {
		const struct mime_line *line =
			&g_array_index(document->lines, struct mime_line, i);

		g_string_append_printf(out, "%s%c%u%s:%s", i > 0 ? "\n" : "",
			kind_letters[line->kind], line->level,
			line->is_flowed ? "f" : "", line->text);
		g_assert_cmpuint(strlen(line->text), ==, line->len);
	}
	return g_string_free(out, FALSE);
}

static void check_text(const struct imap_body *body, const char *octets,
	const char *expected)
{
	struct mime_document *document = mime_document_new();
	char *text;

	mime_document_add_text(document, body, octets, strlen(octets));
	text = dump(document);
	g_assert_cmpstr(text, ==, expected);
	g_free(text);
	mime_document_free(&document);
	g_assert_null(document);
}

static void test_plain(void)
{
	static const struct {
		const char *octets, *lines;
	} cases[] = {
		{ "", "" },
		{ "a", "t0:a" },
		{ "a\r\nb\nc\rd\r\n", "t0:a\nt0:b\nt0:c\nt0:d" },
		{ "\r\n\r\na", "t0:\nt0:\nt0:a" },
		{ "> a\n>> b\n> > c\n>\n >d", "q1:> a\nq2:>> b\nq2:> > c\nq1:>\nt0: >d" },
		{ "a\n-- \r\nme\n> x", "t0:a\ns0:-- \ns0:me\ns1:> x" },
		{ "a\n--\nme", "t0:a\nt0:--\nt0:me" },
		{ "\ta \fb", "t0:\ta \fb" },
		{ "a \nb", "t0:a \nt0:b" },
		{ "caf\xe9", "t0:café" },
	};
	const struct imap_body body = {
		.type = "text", .subtype = "plain", .encoding = "8bit",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		check_text(&body, cases[i].octets, cases[i].lines);
}

static void test_flowed(void)
{
	static const struct {
		const char *octets, *lines, *del_sp_lines;
	} cases[] = {
		{ "", "", "" },
		{ "a \r\nb \r\nc\r\n", "t0f:a b c", "t0f:abc" },
		{ "a\nb", "t0:a\nt0:b", "t0:a\nt0:b" },
		{ "a \n\nb", "t0f:a \nt0:b", "t0f:a\nt0:b" },
		{ "> a \n> b\n>> c \n>> d\ne", "q1f:a b\nq2f:c d\nt0:e",
			"q1f:ab\nq2f:cd\nt0:e" },
		/* improper: the level changes while text flows */
		{ "> a \n>> b\nc \n> d", "q1f:a \nq2f:b\nt0:c \nq1f:d",
			"q1f:a\nq2f:b\nt0:c\nq1f:d" },
		{ " >not quoted\n From me", "t0:>not quoted\nt0:From me",
			"t0:>not quoted\nt0:From me" },
		{ ">  two", "q1f: two", "q1f: two" },
		{ "> > one", "q1f:> one", "q1f:> one" },
		/* the signature's mark is not flowed */
		{ "a \n-- \nme", "t0:a \ns0:-- \ns0:me", "t0:a\ns0:-- \ns0:me" },
		{ "> -- \n> me\nx", "q1f:-- \nq1f:me\nt0:x",
			"q1f:-- \nq1f:me\nt0:x" },
		{ "a \n", "t0:a ", "t0:a" },
	};
	const struct imap_param params[] = {
		{ "format", "Flowed" }, { "delsp", "YES" },
	};
	struct imap_body body = {
		.type = "text", .subtype = "plain", .encoding = "7bit",
		.params = params,
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		body.n_params = 1;
		check_text(&body, cases[i].octets, cases[i].lines);
		body.n_params = 2;
		check_text(&body, cases[i].octets, cases[i].del_sp_lines);
	}
}

/* Encoding, charset and subtype in their order. */
static void test_layers(void)
{
	const struct imap_param koi8[] = { { "Charset", "koi8-r" } };
	struct imap_body body = {
		.type = "text", .subtype = "plain", .encoding = "base64",
		.params = koi8, .n_params = 1,
	};

	check_text(&body, "8NLJ18XUCg==", "t0:Привет");
	body.encoding = "quoted-printable";
	body.subtype = "html";
	check_text(&body, "<p>=F0=D2=C9<p>=D7=\r\n=C5=D4", "t0f:При\nt0f:\nt0f:вет");
	body.n_params = 0;
	check_text(&body, "<meta charset=3Dkoi8-r>=F0=D2=C9", "t0f:При");
	body.subtype = "x-patch";
	check_text(&body, "+a\n> b", "t0:+a\nq1:> b");
}

static void test_limits(void)
{
	const struct imap_body body = {
		.type = "text", .subtype = "plain", .encoding = "7bit",
	};
	struct mime_document *document = mime_document_new();
	size_t size = MIME_TEXT_MAX + 5;
	char *octets = g_malloc(size);
	const struct mime_line *last;

	memset(octets, 'x', size);
	mime_document_add_text(document, &body, octets, size);
	g_assert_cmpuint(document->lines->len, ==, 2);
	g_assert_cmpuint(g_array_index(document->lines, struct mime_line, 0).len,
		==, MIME_TEXT_MAX);
	last = &g_array_index(document->lines, struct mime_line, 1);
	g_assert_cmpint(last->kind, ==, MIME_LINE_NOTE);
	mime_document_free(&document);

	document = mime_document_new();
	memset(octets, '\n', MIME_LINES_MAX + 5);
	mime_document_add_text(document, &body, octets, MIME_LINES_MAX + 5);
	mime_document_add(document, MIME_LINE_TEXT, "no more");
	g_assert_cmpuint(document->lines->len, ==, MIME_LINES_MAX + 1);
	last = &g_array_index(document->lines, struct mime_line, MIME_LINES_MAX);
	g_assert_cmpint(last->kind, ==, MIME_LINE_NOTE);
	mime_document_free(&document);
	g_free(octets);
}

static void test_remarks(void)
{
	static const struct imap_envelope envelope = {
		.subject = "=?utf-8?q?=C3=A4?=",
	};
	static const struct imap_param name[] = { { "filename", "r.pdf" } };
	const struct imap_body pdf = {
		.section = "2", .type = "application", .subtype = "pdf",
		.encoding = "base64", .size = 67260, .disposition_params = name,
		.n_disposition_params = 1,
	};
	const struct imap_body nameless = {
		.section = "3", .type = "image", .subtype = "p\x1bng\r\n",
		.encoding = "7bit", .size = 7,
	};
	const struct imap_body message = {
		.section = "4", .type = "message", .subtype = "rfc822",
		.envelope = &envelope, .size = 2048,
	};
	struct mime_document *document = mime_document_new();
	char *text;

	mime_document_add_field(document, "Subject", "x");
	mime_document_add(document, MIME_LINE_NOTE, "remark");
	mime_document_add_part(document, &pdf);
	mime_document_add_part(document, &nameless);
	mime_document_add_part(document, &message);
	text = dump(document);
	g_assert_cmpstr(text, ==, "h0:Subject: x\nn0:remark\n"
		"p0:[2] r.pdf  application/pdf  48K\n"
		"p0:[3] image/p\x1bng  7\n"
		"p0:[4] ä  message/rfc822  2K");
	g_assert_cmpstr(g_array_index(document->lines, struct mime_line,
		2).section, ==, "2");
	g_free(text);
	mime_document_free(&document);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mime/text/plain", test_plain);
	g_test_add_func("/mime/text/flowed", test_flowed);
	g_test_add_func("/mime/text/layers", test_layers);
	g_test_add_func("/mime/text/limits", test_limits);
	g_test_add_func("/mime/text/remarks", test_remarks);
	return g_test_run();
}
