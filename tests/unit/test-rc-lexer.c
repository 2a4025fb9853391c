/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"

#include "src/base/arena.h"
#include "src/rc/lexer.h"

static void append_token(GString *out, const struct rc_token *token)
{
	static const char marks[] = {
		[RC_PART_TEXT] = 't',
		[RC_PART_VARIABLE] = '$',
		[RC_PART_COMMAND] = '`',
	};

	switch (token->type) {
	case RC_TOKEN_OPEN:
		g_string_append(out, "OPEN ");
		return;
	case RC_TOKEN_CLOSE:
		g_string_append(out, "CLOSE ");
		return;
	case RC_TOKEN_END:
		g_string_append(out, "; ");
		return;
	case RC_TOKEN_EOF:
		return;
	case RC_TOKEN_ERROR:
		g_string_append_printf(out, "ERROR@%u:%u ", token->line,
			token->column);
		return;
	default:
		break;
	}
	g_string_append_c(out, '[');
	for (size_t i = 0; i < token->n_parts; i++) {
		const struct rc_part *part = &token->parts[i];

		if (part->type != RC_PART_TEXT)
			g_string_append_c(out, marks[part->type]);
		if (part->type != RC_PART_TEXT && part->is_quoted)
			g_string_append_c(out, '"');
		g_string_append(out, part->text);
		if (part->type != RC_PART_TEXT)
			g_string_append_c(out, marks[part->type]);
	}
	g_string_append(out, "] ");
}

static char *lex_len(const char *text, size_t len)
{
	GString *out = g_string_new(NULL);
	struct arena *arena = arena_new();
	struct rc_lexer *lexer = rc_lexer_new(text, len, arena);
	struct rc_token token;
	size_t last_end = 0;

	do {
		rc_lexer_next(lexer, &token);
		g_assert_cmpuint(token.start, >=, last_end);
		g_assert_cmpuint(token.end, <=, len);
		last_end = token.end;
		append_token(out, &token);
	} while (token.type != RC_TOKEN_EOF);
	rc_lexer_free(&lexer);
	g_assert_null(lexer);
	arena_free(&arena);
	return g_string_free(out, FALSE);
}

static void check(const char *text, const char *expected)
{
	g_autofree char *got = lex_len(text, strlen(text));

	g_assert_cmpstr(got, ==, expected);
}

static void test_words(void)
{
	check("", "");
	check("  a\tbc \r\n", "[a] [bc] ; ");
	check("a;b;;c", "[a] ; [b] ; ; [c] ");
	check("a # b ; c\nd#e #", "[a] ; [d#e] ");
	check("color index #ff8000 default #123456x", "[color] [index] [#ff8000] "
		"[default] ");
	check("#ff8000 x\ny", "; [y] ");
	check("a \\\n b\\\nc", "[a] [bc] ");
	check("a \\\r\n b", "[a] [b] ");
	check("a=b c=\"d e\"f", "[a=b] [c=d ef] ");
}

static void test_quotes(void)
{
	check("'a \"b\\n $x `y`' \"\" ''", "[a \"b\\n $x `y`] [] [] ");
	check("\"a'b\\\"c\\\\\"", "[a'b\"c\\] ");
	check("\"a\\\nb\" 'c\\\nd'", "[ab] [cd] ");
	check("a \"b\nc 'd\n\"e", "[a] ERROR@1:3 ; [c] ERROR@2:3 ; ERROR@3:1 ");
	check("x`a\nb", "ERROR@1:2 ; [b] ");
	check("\xd0\x96 \"\xd0\x96 'x", "[\xd0\x96] ERROR@1:3 ");
}

static void test_escapes(void)
{
	check("\\n\\t\\r\\e\\cA\\Cb\\101\\x\\ \\;\\#",
		"[\n\t\r\033\001\002Ax ;#] ");
	check("\\Seen \"\\Trash\" \\C \\Cx \\\\S", "[\\Seen] [\\Trash] [\\C] "
		"[\030] [\\S] ");
	check("\\{ \\", "[{] [\\] ");
	check("\\000 \\377 \\9", "[000] [377] [9] ");
}

static void test_parts(void)
{
	check("a$b.c \"$d e${f}g\" $ $/ ${ ${x", "[a$b$.c] [$\"d$ e$\"f$g] [$] "
		"[$/] [${] [${x] ");
	check("`a b` \"x`c d`\"", "[`a b`] [x`\"c d`] ");
}

static void test_braces(void)
{
	check("{ a } {a} {} '{' a{ {;}\n}", "OPEN [a] CLOSE [{a}] [{}] [{] [a{] "
		"OPEN ; CLOSE ; CLOSE ");
}

static void test_nul(void)
{
	static const char text[] = "a\0b \"c\0d\" \\\0 e";
	g_autofree char *got = lex_len(text, sizeof(text) - 1);

	g_assert_nonnull(strstr(got, "[a] [b] [cd] "));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rc/lexer/words", test_words);
	g_test_add_func("/rc/lexer/quotes", test_quotes);
	g_test_add_func("/rc/lexer/escapes", test_escapes);
	g_test_add_func("/rc/lexer/parts", test_parts);
	g_test_add_func("/rc/lexer/braces", test_braces);
	g_test_add_func("/rc/lexer/nul", test_nul);
	return g_test_run();
}
