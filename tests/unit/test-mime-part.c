/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Trees are written as the short text they are: a leaf is
 * "type/subtype[@size][!][#]" ("!" is an attachment, "#" has a Content-ID), a
 * multipart is "(subtype child child)", a message "{child}".
 */
#include "src/base/base.h"
#include "src/base/arena.h"
#include "src/imap/bodystructure.h"
#include "src/imap/envelope.h"
#include "src/mime/text.h"

enum { CHILDREN_MAX = 8 };

static const struct imap_envelope some_envelope;

static char *word(struct arena *arena, const char **p)
{
	size_t len = strcspn(*p, " ()/@!#{}");
	char *text = arena_strndup(arena, *p, len);

	*p += len;
	return text;
}

static void leaf(struct arena *arena, const char **p, struct imap_body *body)
{
	body->type = word(arena, p);
	++*p;
	body->subtype = word(arena, p);
	body->size = 100;
	if (**p == '@')
		body->size = g_ascii_strtoull(*p + 1, (char **)p, 10);
	if (**p == '!')
		body->disposition = (++*p, "attachment");
	if (**p == '#')
		body->id = (++*p, "<id>");
}

static struct imap_body *tree(struct arena *arena, const char **p,
	const char *section)
{
	struct imap_body *body = arena_new_struct(arena, struct imap_body);
	const struct imap_body **children = arena_new_array(arena,
		const struct imap_body *, CHILDREN_MAX);
	bool is_message = **p == '{';

	body->section = section;
	body->children = children;
	if (**p != '(' && **p != '{') {
		leaf(arena, p, body);
		return body;
	}
	++*p;
	body->type = is_message ? "message" : "multipart";
	body->subtype = is_message ? "rfc822" : word(arena, p);
	body->envelope = is_message ? &some_envelope : NULL;
	while (**p != ')' && **p != '}') {
		char *number = g_strdup_printf("%s%s%zu", section,
			*section != '\0' ? "." : "", body->n_children + 1);

		*p += **p == ' ';
		children[body->n_children++] =
			tree(arena, p, arena_strdup(arena, number));
		g_free(number);
	}
	++*p;
	return body;
}

static void check(const char *text, const char *expected)
{
	struct arena *arena = arena_new();
	const char *p = text;
	GPtrArray *parts = mime_parts_to_show(tree(arena, &p, ""));
	GString *sections = g_string_new(NULL);

	g_test_message("%s", text);
	for (guint i = 0; i < parts->len; i++) {
		const struct imap_body *body = parts->pdata[i];

		g_string_append_printf(sections, "%s%s%s", i > 0 ? " " : "",
			body->section, mime_part_is_text(body) ? "t" : "");
	}
	g_assert_cmpstr(sections->str, ==, expected);
	g_string_free(sections, TRUE);
	g_ptr_array_free(parts, TRUE);
	arena_free(&arena);
}

static void test_parts(void)
{
	check("(mixed text/plain text/html image/png)", "1t 2t 3");
	check("(mixed text/plain! text/plain)", "1 2t");
	check("(mixed text/calendar text/x-patch text/csv)", "1 2t 3t");
	check("(mixed)", "");
	check("(signed text/plain application/pgp-signature)", "1t 2");
	check("(report text/plain message/delivery-status {text/plain})",
		"1t 2t 3.1t");
	check("(mixed {(mixed text/plain {text/html})})",
		"1.1.1t 1.1.2.1t");
}

static void test_alternative(void)
{
	check("(alternative text/plain text/html)", "1t");
	check("(alternative text/html text/plain)", "2t");
	check("(alternative text/plain@0 text/html)", "2t");
	check("(alternative text/plain@2 text/html)", "2t");
	check("(alternative text/html)", "1t");
	check("(alternative text/html text/enriched)", "1t");
	check("(alternative text/html text/html)", "2t");
	check("(alternative text/plain (related text/html image/png#))", "1t");
	check("(alternative text/plain@0 (related text/html image/png#))",
		"2.1t");
	check("(alternative (related text/html image/png#))", "1.1t");
	check("(alternative image/gif image/png)", "2");
	check("(alternative text/plain@0 text/plain@0)", "2t");
	check("(alternative)", "");
	/* what is attached within the others is not lost */
	check("(alternative text/plain (mixed text/html application/pdf "
		"text/html))", "1t 2.2");
	check("(alternative text/plain text/html text/calendar)", "1t 3");
	check("(alternative text/plain (related text/html image/png!#))", "1t");
	check("(alternative text/plain text/x-amp-html text/html)", "1t");
	check("(alternative text/plain {text/plain})", "1t 2");
}

static void test_related(void)
{
	check("(related text/html image/png#)", "1t");
	check("(related text/html image/png# application/pdf)", "1t 3");
	check("(related (alternative text/plain text/html) image/png#)", "1.1t");
	check("(mixed (related text/html image/png#) image/png)", "1.1t 2");
}

/* The limit of body structures is not reached by trees of servers; here it is. */
static void test_depth(void)
{
	struct imap_body bodies[300] = { 0 };
	const struct imap_body *children[300];
	GPtrArray *parts;

	for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
		children[i] = &bodies[(i + 1) % G_N_ELEMENTS(bodies)];
		bodies[i] = (struct imap_body){
			.section = "1", .type = "multipart",
			.subtype = i % 2 == 0 ? "alternative" : "related",
			.children = &children[i], .n_children = 1,
		};
	}
	parts = mime_parts_to_show(&bodies[0]);
	g_assert_cmpuint(parts->len, ==, 0);
	g_ptr_array_free(parts, TRUE);
}

static void test_size(void)
{
	static const struct {
		uint64_t octets;
		const char *text;
	} cases[] = {
		{ 0, "0" }, { 873, "873" }, { 999, "999" }, { 1000, "1K" },
		{ 1024, "1K" }, { 1025, "1.1K" }, { 4096, "4K" },
		{ 48 * 1024, "48K" }, { 999 * 1024, "999K" },
		{ 1023 * 1024, "1M" }, { 1258291, "1.2M" },
		{ UINT64_C(5) << 30, "5G" }, { UINT64_MAX, "16E" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *text = mime_size_format(cases[i].octets);

		g_assert_cmpstr(text, ==, cases[i].text);
		g_assert_cmpuint(strlen(text), <=, 5);
		g_free(text);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mime/part/order", test_parts);
	g_test_add_func("/mime/part/alternative", test_alternative);
	g_test_add_func("/mime/part/related", test_related);
	g_test_add_func("/mime/part/depth", test_depth);
	g_test_add_func("/mime/part/size", test_size);
	return g_test_run();
}
