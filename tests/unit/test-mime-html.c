/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mime/html.h"
#include "src/mime/text.h"

/* The lines joined by "\n"; each level of quoting as ">", "=" for lines that
 * are not to be wrapped at words. */
static char *render(const char *html, size_t len)
{
	struct mime_document *document = mime_document_new();
	GString *out = g_string_new(NULL);

	mime_html_lines(document, html, len);
	for (guint i = 0; i < document->lines->len; i++) {
		const struct mime_line *line =
			&g_array_index(document->lines, struct mime_line, i);

		if (i > 0)
			g_string_append_c(out, '\n');
		for (unsigned k = 0; k < line->level; k++)
			g_string_append_c(out, '>');
		if (!line->is_flowed && line->len > 0)
			g_string_append_c(out, '=');
		g_assert_null(memchr(line->text, '\n', line->len));
		g_string_append_len(out, line->text, line->len);
	}
	mime_document_free(&document);
	return g_string_free(out, FALSE);
}

static void test_html(void)
{
	static const struct {
		const char *html, *text;
	} cases[] = {
		{ "", "" },
		{ "hello", "hello" },
		{ " a \r\n  b\tc ", "a b c" },
		{ "<p>a</p><p>b</p>", "a\n\nb" },
		{ "<p>a<p>b", "a\n\nb" },
		{ "<div>a</div><div>b</div>", "a\nb" },
		{ "a<br>b<br/>c</br>d", "a\nb\nc\nd" },
		{ "a<br><br><br>b", "a\n\nb" },
		{ "a<b>b</b>c <i> d</i>", "abc d" },
		{ "<P CLASS='x'>a</P>", "a" },
		{ "<h1>T</h1>text", "T\n\ntext" },
		{ "a<hr>b", "a\n--------\nb" },
		/* lists */
		{ "<ul><li>a<li>b</ul>c", "- a\n- b\n\nc" },
		{ "<ol><li>a</li><li>b</li></ol>", "1. a\n2. b" },
		{ "<ol start=5><li>a<li>b</ol>", "5. a\n6. b" },
		{ "x<ul><li>a<ul><li>b</ul><li>c</ul>", "x\n\n- a\n  - b\n- c" },
		{ "<li>a", "- a" },
		{ "<ul><li></li><li>b</ul>", "- b" },
		/* tables */
		{ "<table><tr><td>a<td>b<tr><td>c<td>d</table>e",
			"a | b\nc | d\n\ne" },
		{ "<table><tr><td>&nbsp;</td><td>b</td></tr></table>", "b" },
		/* preformatted */
		{ "<pre>\n a  b\n\nc\n</pre>d", "= a  b\n\n=c\n\nd" },
		{ "<pre>a\r\nb</pre>", "=a\n=b" },
		{ "x<pre>\ty</pre>", "x\n\n=\ty" },
		/* quoting */
		{ "a<blockquote>b<blockquote>c</blockquote>d</blockquote>e",
			"a\n\n>b\n>\n>>c\n>\n>d\n\ne" },
		/* links */
		{ "<a href='http://x.org/'>here</a>.", "here <http://x.org/>." },
		{ "<a href=\"https://x.org/\">x.org</a>", "x.org" },
		{ "<a href=https://x.org/a>https://x.org/a</a>",
			"https://x.org/a" },
		{ "<a href='https://evil.org'>https://bank.org</a>",
			"https://bank.org <https://evil.org>" },
		{ "<a href='mailto:a@b'>a@b</a>", "a@b" },
		{ "<a href='#top'>top</a> <a name=x>y</a>", "top y" },
		{ "<a href='javascript:x()'>top</a>", "top" },
		{ "<a href='http://x.org/?a=1&amp;b=2&copy=3'>t</a>",
			"t <http://x.org/?a=1&b=2&copy=3>" },
		{ "<a href='http://x\n.org'>t</a>", "t <http://x.org>" },
		{ "<a href='http://x.org'>unclosed", "unclosed <http://x.org>" },
		{ "<a href='http://x.org'></a>a", "a" },
		/* pictures */
		{ "a <img src=x alt='cat'> b", "a [cat] b" },
		{ "a <img src=x alt=''> b<img>", "a b" },
		{ "<a href='http://x.org'><img alt=Logo></a>",
			"[Logo] <http://x.org>" },
		/* what is not text */
		{ "<head><title>t</title><style>p{}</style></head>a", "a" },
		{ "a<script>if (1<2) '</p>'</script>b", "ab" },
		{ "a<STYLE>x</style\n>b", "ab" },
		{ "a<!-- b --><!doctype html><?xml ?>c", "ac" },
		{ "a<!--[if mso]>b<![endif]--><![if !mso]>c<![endif]>", "ac" },
		{ "a<!-->b", "ab" },
		{ "a<script>b", "a" },
		/* hidden */
		{ "<div style='Display : NONE'>x<div>y</div></div>z", "z" },
		{ "<span hidden>x<br></span>z", "z" },
		{ "<p style='display:none'>x<p>y", "y" },
		{ "<div><p hidden>x</div>y", "y" },
		{ "<p hidden>x</p>y", "y" },
		{ "<img hidden alt=x>y", "y" },
		{ "<div style='color:red'>x</div>", "x" },
		/* entities */
		{ "&lt;&gt;&amp;&quot;&apos;", "<>&\"'" },
		{ "&auml;&#228;&#xE4;&#XE4;", "ääää" },
		{ "&euro;&hellip;&mdash;", "€…—" },
		{ "&copy 2020 &auml", "© 2020 ä" },
		{ "&#146;&#0;&#xD800;&#x110000;&#99999999999;",
			"’\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "a&nbsp;&nbsp;b", "a b" },
		{ "&bogus; & && &; &#; &#x;", "&bogus; & && &; &#; &#x;" },
		{ "&amp;lt;", "&lt;" },
		{ "pre &#847; &zwnj;&nbsp;&#8203; x", "pre x" },
		/* broken */
		{ "1 < 2 and <3", "1 < 2 and <3" },
		{ "a<", "a<" },
		{ "a</", "a</" },
		{ "a<p", "a" },
		{ "a<p title='x>y", "a" },
		{ "</p></div>a", "a" },
		{ "<p/>a</ul></blockquote></pre>b", "a\n\nb" },
		{ "<x:y o=1>a</x:y>", "a" },
		{ "<averyveryverylongelementname>a", "a" },
		{ "<p a=1 a=2 = / //>x", "x" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *text = render(cases[i].html, strlen(cases[i].html));

		if (g_strcmp0(text, cases[i].text) != 0)
			g_test_message("%s", cases[i].html);
		g_assert_cmpstr(text, ==, cases[i].text);
		g_free(text);
	}
}

/* None of these may take more than linear time, nor the stack. */
static void test_hostile(void)
{
	static const char *const units[] = {
		"<div>", "<blockquote>x", "<ul><li>", "<a href=http://x>", "<!--",
		"<p a=b ", "a='", "&", "&amp", "&#", "<", "</", "<p hidden>",
		"<script>", "<pre>\n", "<td>", "<table><tr><td>x", "\xc2\xa0",
		"<a href=http://x>y</a>", "<br>",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
		GString *html = g_string_new(i == 6 ? "<p " : NULL);

		while (html->len < 400000)
			g_string_append(html, units[i]);
		g_free(render(html->str, html->len));
		g_string_free(html, TRUE);
	}
}

static void test_depth_is_bounded(void)
{
	GString *html = g_string_new(NULL);
	struct mime_document *document = mime_document_new();

	for (int i = 0; i < 100000; i++)
		g_string_append(html, "<blockquote>");
	g_string_append(html, "deep");
	for (int i = 0; i < 100000; i++)
		g_string_append(html, "</blockquote>");
	g_string_append(html, "<p>flat");
	mime_html_lines(document, html->str, html->len);
	g_assert_cmpuint(document->lines->len, ==, 3);
	g_assert_cmpuint(g_array_index(document->lines, struct mime_line,
		0).level, ==, 20);
	g_assert_cmpuint(g_array_index(document->lines, struct mime_line,
		2).level, ==, 0);
	mime_document_free(&document);
	g_string_free(html, TRUE);
}

static void test_charset(void)
{
	static const struct {
		const char *html, *charset;
	} cases[] = {
		{ "", NULL },
		{ "<p>charset=utf-8", NULL },
		{ "<meta charset=koi8-r>", "koi8-r" },
		{ "<META CHARSET=\"koi8-r\">", "koi8-r" },
		{ "<head><meta name=x><meta http-equiv=Content-Type "
			"content='text/html; charset=gb2312'>", "gb2312" },
		{ "<meta content='text/html'>", NULL },
		{ "<meta charset=utf-16>", NULL },
		{ "<!-- <meta charset=koi8-r> -->", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *charset = mime_html_charset(cases[i].html,
			strlen(cases[i].html));

		g_assert_cmpstr(charset, ==, cases[i].charset);
		g_free(charset);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mime/html/text", test_html);
	g_test_add_func("/mime/html/hostile", test_hostile);
	g_test_add_func("/mime/html/depth", test_depth_is_bounded);
	g_test_add_func("/mime/html/charset", test_charset);
	return g_test_run();
}
