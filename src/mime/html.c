/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HTML without its tags, as lines. The state is that of the line under way,
 * plus bounded counters for what may nest: no tree and no stack of elements,
 * so nesting costs nothing, however deep. An element's row tells what it does.
 */
#include "src/base/base.h"
#include "src/mime/html.h"

#include "src/mime/html-token.h"
#include "src/mime/text.h"

enum {
	LEVEL_MAX = 20,  /* of quoting, as shown */
	LISTS_MAX = 10,  /* deeper ones are shown at this depth */
	URL_MAX = 2000,
	META_WITHIN = 4096,
};

enum element_flags {
	ELEMENT_BLOCK = 1 << 0,     /* on lines of its own */
	ELEMENT_PARAGRAPH = 1 << 1, /* with an empty line around it */
	ELEMENT_DROP = 1 << 2,      /* its content is for programs */
	ELEMENT_PRE = 1 << 3,
	ELEMENT_QUOTE = 1 << 4,
	ELEMENT_LIST = 1 << 5,
	ELEMENT_ORDERED = 1 << 6,
	ELEMENT_ITEM = 1 << 7,
	ELEMENT_CELL = 1 << 8,
	ELEMENT_BREAK = 1 << 9,
	ELEMENT_RULE = 1 << 10,
	ELEMENT_IMAGE = 1 << 11,
	ELEMENT_LINK = 1 << 12,
	ELEMENT_VOID = 1 << 13, /* has no content */
};

struct element {
	const char *name;
	unsigned flags;
};

/* Sorted by name. */
static const struct element elements[] = {
	{ "a", ELEMENT_LINK },
	{ "address", ELEMENT_BLOCK },
	{ "area", ELEMENT_VOID },
	{ "article", ELEMENT_BLOCK },
	{ "aside", ELEMENT_BLOCK },
	{ "base", ELEMENT_VOID },
	{ "blockquote", ELEMENT_PARAGRAPH | ELEMENT_QUOTE },
	{ "body", ELEMENT_BLOCK },
	{ "br", ELEMENT_BREAK | ELEMENT_VOID },
	{ "caption", ELEMENT_BLOCK },
	{ "center", ELEMENT_BLOCK },
	{ "col", ELEMENT_VOID },
	{ "dd", ELEMENT_BLOCK },
	{ "details", ELEMENT_BLOCK },
	{ "dir", ELEMENT_PARAGRAPH | ELEMENT_LIST },
	{ "div", ELEMENT_BLOCK },
	{ "dl", ELEMENT_PARAGRAPH },
	{ "dt", ELEMENT_BLOCK },
	{ "embed", ELEMENT_VOID },
	{ "fieldset", ELEMENT_PARAGRAPH },
	{ "figcaption", ELEMENT_BLOCK },
	{ "figure", ELEMENT_PARAGRAPH },
	{ "footer", ELEMENT_BLOCK },
	{ "form", ELEMENT_PARAGRAPH },
	{ "frameset", ELEMENT_DROP },
	{ "h1", ELEMENT_PARAGRAPH },
	{ "h2", ELEMENT_PARAGRAPH },
	{ "h3", ELEMENT_PARAGRAPH },
	{ "h4", ELEMENT_PARAGRAPH },
	{ "h5", ELEMENT_PARAGRAPH },
	{ "h6", ELEMENT_PARAGRAPH },
	{ "header", ELEMENT_BLOCK },
	{ "hr", ELEMENT_RULE | ELEMENT_BLOCK | ELEMENT_VOID },
	{ "html", ELEMENT_BLOCK },
	{ "iframe", ELEMENT_DROP },
	{ "img", ELEMENT_IMAGE | ELEMENT_VOID },
	{ "input", ELEMENT_VOID },
	{ "legend", ELEMENT_BLOCK },
	{ "li", ELEMENT_BLOCK | ELEMENT_ITEM },
	{ "link", ELEMENT_VOID },
	{ "listing", ELEMENT_PARAGRAPH | ELEMENT_PRE },
	{ "main", ELEMENT_BLOCK },
	{ "menu", ELEMENT_PARAGRAPH | ELEMENT_LIST },
	{ "meta", ELEMENT_VOID },
	{ "nav", ELEMENT_BLOCK },
	{ "object", ELEMENT_DROP },
	{ "ol", ELEMENT_PARAGRAPH | ELEMENT_LIST | ELEMENT_ORDERED },
	{ "p", ELEMENT_PARAGRAPH },
	{ "pre", ELEMENT_PARAGRAPH | ELEMENT_PRE },
	{ "script", ELEMENT_DROP },
	{ "section", ELEMENT_BLOCK },
	{ "select", ELEMENT_DROP },
	{ "source", ELEMENT_VOID },
	{ "style", ELEMENT_DROP },
	{ "summary", ELEMENT_BLOCK },
	{ "svg", ELEMENT_DROP },
	{ "table", ELEMENT_PARAGRAPH },
	{ "tbody", ELEMENT_BLOCK },
	{ "td", ELEMENT_CELL },
	{ "template", ELEMENT_DROP },
	{ "tfoot", ELEMENT_BLOCK },
	{ "th", ELEMENT_CELL },
	{ "thead", ELEMENT_BLOCK },
	{ "title", ELEMENT_DROP },
	{ "tr", ELEMENT_BLOCK },
	{ "ul", ELEMENT_PARAGRAPH | ELEMENT_LIST },
	{ "wbr", ELEMENT_VOID },
	{ "xmp", ELEMENT_PARAGRAPH | ELEMENT_PRE },
};

struct list {
	bool is_ordered;
	int number; /* of the last item */
};

struct layout {
	struct mime_document *document;
	GString *line;     /* the line under way */
	GString *scratch;  /* decoded text of one token */
	GString *prefix;   /* indent and mark of the item that begins */
	GString *url;      /* of the link we are in; "" outside */
	GString *link_text;
	bool has_room;     /* in the document */
	bool has_lines;
	unsigned last_level; /* of the last line */
	bool wants_space;  /* white space was read, nothing behind it yet */
	bool wants_empty;  /* an empty line before the next one */
	bool wants_cell;   /* a cell began, nothing in it yet */
	bool is_pre_line;  /* the line under way is preformatted */
	bool is_pre_start; /* a line end directly behind <pre> is none */
	unsigned n_pre, n_quotes, n_lists;
	struct list lists[LISTS_MAX];
	char hidden[HTML_NAME_MAX]; /* the hidden element we are in; "" outside */
	size_t n_hidden;            /* open elements of that name */
};

static int compare_element(const void *name, const void *row)
{
	return strcmp(name, ((const struct element *)row)->name);
}

static unsigned element_flags(const char *name)
{
	const struct element *row = bsearch(name, elements,
		G_N_ELEMENTS(elements), sizeof(elements[0]), compare_element);

	return row != NULL ? row->flags : 0;
}

static void emit(struct layout *layout, const char *text, size_t len)
{
	/* An empty line between two levels is of the lower one. */
	unsigned level = MIN(layout->n_quotes,
		len > 0 ? LEVEL_MAX : layout->last_level);
	struct mime_line line = {
		.kind = level > 0 ? MIME_LINE_QUOTE : MIME_LINE_TEXT,
		.level = level,
		.is_flowed = level > 0 || !layout->is_pre_line,
		.text = text,
		.len = len,
	};

	layout->has_room = layout->has_room &&
		mime_document_append(layout->document, &line);
	layout->has_lines = true;
	layout->last_level = level;
}

/* Ends the line under way, if there is one. */
static void end_line(struct layout *layout)
{
	GString *line = layout->line;

	if (line->len > 0) {
		if (layout->wants_empty && layout->has_lines)
			emit(layout, "", 0);
		emit(layout, line->str, line->len);
		g_string_truncate(line, 0);
		layout->wants_empty = false;
	}
	layout->is_pre_line = false;
	layout->wants_space = layout->wants_cell = false;
}

static void begin_block(struct layout *layout, unsigned flags)
{
	end_line(layout);
	if (flags & ELEMENT_PARAGRAPH)
		layout->wants_empty = true;
}

/* What goes before the first character of a line, a cell or a word. */
static void begin_text(struct layout *layout)
{
	GString *line = layout->line;

	if (layout->prefix->len > 0) {
		g_string_append(line, layout->prefix->str);
		g_string_truncate(layout->prefix, 0);
	} else if (line->len > 0 && layout->wants_cell) {
		g_string_append(line, " | ");
	} else if (line->len > 0 && layout->wants_space) {
		g_string_append_c(line, ' ');
	}
	layout->wants_space = layout->wants_cell = false;
}

static bool is_white(gunichar c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' ||
		c == 0xa0 || c == 0x2028 || c == 0x2029;
}

/* Characters without width that newsletters put in by the hundred. */
static bool is_filler(const struct layout *layout, gunichar c)
{
	if (c == 0xad || c == 0x34f || c == 0x200b || c == 0xfeff)
		return true;
	return (c == 0x200c || c == 0x200d) &&
		(layout->wants_space || layout->line->len == 0);
}

/* Text of the line, which may be a link's. */
static void append(struct layout *layout, const char *text, size_t len)
{
	g_string_append_len(layout->line, text, len);
	if (layout->url->len > 0 && layout->link_text->len < URL_MAX)
		g_string_append_len(layout->link_text, text, len);
}

static void add_flowing(struct layout *layout, const char *text)
{
	for (; *text != '\0'; text = g_utf8_next_char(text)) {
		gunichar c = g_utf8_get_char(text);

		if (is_white(c)) {
			layout->wants_space = true;
			continue;
		}
		if (is_filler(layout, c))
			continue;
		begin_text(layout);
		append(layout, text, g_utf8_next_char(text) - text);
	}
}

static void end_pre_line(struct layout *layout)
{
	if (layout->line->len > 0)
		end_line(layout);
	else if (!layout->wants_empty || !layout->has_lines)
		layout->wants_empty = true;
	else
		emit(layout, "", 0);
}

static void add_pre(struct layout *layout, const char *text)
{
	for (; *text != '\0' && layout->has_room; text++) {
		if (*text == '\r' && text[1] == '\n')
			continue;
		if (*text == '\n' || *text == '\r') {
			if (!layout->is_pre_start)
				end_pre_line(layout);
			layout->is_pre_start = false;
			continue;
		}
		layout->is_pre_start = false;
		layout->is_pre_line = true;
		begin_text(layout);
		append(layout, text, 1);
	}
}

static void add_text(struct layout *layout, const struct html_span *text,
	bool is_attribute)
{
	g_string_truncate(layout->scratch, 0);
	html_append_decoded(layout->scratch, text, is_attribute);
	if (layout->n_pre > 0)
		add_pre(layout, layout->scratch->str);
	else
		add_flowing(layout, layout->scratch->str);
}

static void add_literal(struct layout *layout, const char *text)
{
	begin_text(layout);
	g_string_append(layout->line, text);
}

static void add_image(struct layout *layout, const struct html_token *token)
{
	const struct html_span *alt = &token->attributes[HTML_ATTRIBUTE_ALT];

	if (alt->text == NULL || alt->len == 0 ||
		strspn(alt->text, " \t\r\n") >= alt->len)
		return;
	add_literal(layout, "[");
	layout->wants_space = false;
	add_text(layout, alt, true);
	g_string_append_c(layout->line, ']');
	layout->wants_space = false;
}

/* Without what tells nothing: "https://", "mailto:", the slash at the end. */
static char *bare_url(const char *url)
{
	static const char *const prefixes[] = {
		"http://", "https://", "mailto:", "tel:",
	};
	char *bare;

	for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
		size_t len = strlen(prefixes[i]);

		if (g_ascii_strncasecmp(url, prefixes[i], len) != 0)
			continue;
		url += len;
		break;
	}
	bare = g_strdup(url);
	if (g_str_has_suffix(bare, "/"))
		bare[strlen(bare) - 1] = '\0';
	return bare;
}

static bool says_url(const char *text, const char *url)
{
	char *bare_text = bare_url(text), *bare = bare_url(url);
	bool is_same = g_ascii_strcasecmp(bare_text, bare) == 0;

	g_free(bare_text);
	g_free(bare);
	return is_same;
}

static void end_link(struct layout *layout)
{
	GString *url = layout->url;

	if (url->len > 0 && layout->link_text->len > 0 &&
		!says_url(layout->link_text->str, url->str))
		g_string_append_printf(layout->line, "%s<%s>",
			layout->line->len > 0 ? " " : "", url->str);
	g_string_truncate(url, 0);
	g_string_truncate(layout->link_text, 0);
}

/* Only what leads somewhere: no fragments, scripts or data. */
static void begin_link(struct layout *layout, const struct html_span *href)
{
	GString *url = layout->scratch;
	static const char *const schemes[] = {
		"http:", "https:", "mailto:", "ftp:", "tel:",
	};

	end_link(layout);
	if (href->text == NULL || href->len > URL_MAX)
		return;
	g_string_truncate(url, 0);
	html_append_decoded(url, href, true);
	for (const char *p = url->str; *p != '\0'; p++)
		if ((unsigned char)*p > ' ' && *p != 0x7f)
			g_string_append_c(layout->url, *p);
	for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++)
		if (g_ascii_strncasecmp(layout->url->str, schemes[i],
			strlen(schemes[i])) == 0)
			return;
	g_string_truncate(layout->url, 0);
}

static void begin_list(struct layout *layout, const struct html_token *token,
	unsigned flags)
{
	const struct html_span *start = &token->attributes[HTML_ATTRIBUTE_START];
	struct list *list = &layout->lists[MIN(layout->n_lists, LISTS_MAX - 1)];

	layout->n_lists++;
	list->is_ordered = flags & ELEMENT_ORDERED;
	list->number = 0;
	if (start->text != NULL && start->len > 0 && start->len < 7 &&
		g_ascii_isdigit(*start->text))
		list->number = (int)g_ascii_strtoll(start->text, NULL, 10) - 1;
	/* A list within a list belongs to its item. */
	if (layout->n_lists > 1)
		layout->wants_empty = false;
}

static void begin_item(struct layout *layout)
{
	unsigned depth = CLAMP(layout->n_lists, 1, LISTS_MAX);
	struct list *list = &layout->lists[depth - 1];

	if (layout->n_lists > 0)
		layout->wants_empty = layout->wants_empty && list->number == 0 &&
			layout->n_lists == 1;
	g_string_printf(layout->prefix, "%*s", (int)(depth - 1) * 2, "");
	if (layout->n_lists > 0 && list->is_ordered)
		g_string_append_printf(layout->prefix, "%d. ", list->number + 1);
	else
		g_string_append(layout->prefix, "- ");
	if (list->number < G_MAXINT - 1)
		list->number++;
}

static bool style_hides(const struct html_span *style)
{
	static const char *const hiding[] = {
		"display:none", "visibility:hidden",
	};
	GString *text = g_string_new(NULL);
	bool hides = false;

	for (size_t i = 0; i < MIN(style->len, URL_MAX); i++)
		if ((unsigned char)style->text[i] > ' ')
			g_string_append_c(text, g_ascii_tolower(style->text[i]));
	for (size_t i = 0; i < G_N_ELEMENTS(hiding); i++)
		hides = hides || strstr(text->str, hiding[i]) != NULL;
	g_string_free(text, TRUE);
	return hides;
}

static bool is_hidden(const struct html_token *token)
{
	const struct html_span *style = &token->attributes[HTML_ATTRIBUTE_STYLE];

	return token->attributes[HTML_ATTRIBUTE_HIDDEN].text != NULL ||
		(style->text != NULL && style_hides(style));
}

/* True when the token is within a hidden element, whose end it may be. */
static bool stays_hidden(struct layout *layout, const struct html_token *token)
{
	bool is_same = strcmp(token->name, layout->hidden) == 0;

	if (layout->hidden[0] == '\0')
		return false;
	if (token->type == HTML_TOKEN_TEXT)
		return true;
	/* A paragraph ends without a tag where another block begins. */
	if (strcmp(layout->hidden, "p") == 0 && !(is_same &&
		token->type == HTML_TOKEN_CLOSE) && (element_flags(token->name) &
			(ELEMENT_BLOCK | ELEMENT_PARAGRAPH | ELEMENT_CELL))) {
		layout->hidden[0] = '\0';
		return false;
	}
	if (is_same)
		layout->n_hidden += token->type == HTML_TOKEN_OPEN ? 1 : -1;
	if (layout->n_hidden == 0)
		layout->hidden[0] = '\0';
	return true;
}

static void open_inline(struct layout *layout, const struct html_token *token,
	unsigned flags)
{
	if (flags & ELEMENT_BREAK) {
		if (layout->line->len > 0)
			end_line(layout);
		else
			layout->wants_empty = true;
	}
	if (flags & ELEMENT_CELL)
		layout->wants_cell = true;
	if (flags & ELEMENT_IMAGE)
		add_image(layout, token);
	if (flags & ELEMENT_LINK)
		begin_link(layout, &token->attributes[HTML_ATTRIBUTE_HREF]);
}

static void open_element(struct layout *layout, const struct html_token *token)
{
	unsigned flags = element_flags(token->name);

	if (is_hidden(token)) {
		if (!(flags & ELEMENT_VOID) && token->name[0] != '\0') {
			memcpy(layout->hidden, token->name, HTML_NAME_MAX);
			layout->n_hidden = 1;
		}
		return;
	}
	if (flags & (ELEMENT_BLOCK | ELEMENT_PARAGRAPH))
		begin_block(layout, flags);
	open_inline(layout, token, flags);
	if (flags & ELEMENT_RULE) {
		add_literal(layout, "--------");
		end_line(layout);
	}
	if (flags & ELEMENT_PRE) {
		layout->n_pre++;
		layout->is_pre_start = true;
	}
	layout->n_quotes += (flags & ELEMENT_QUOTE) != 0;
	if (flags & ELEMENT_LIST)
		begin_list(layout, token, flags);
	if (flags & ELEMENT_ITEM)
		begin_item(layout);
}

static void close_element(struct layout *layout, const struct html_token *token)
{
	unsigned flags = element_flags(token->name);

	if (flags & ELEMENT_LINK)
		end_link(layout);
	if (flags & ELEMENT_BREAK) /* "</br>" is one to browsers */
		open_inline(layout, token, flags);
	if (!(flags & (ELEMENT_BLOCK | ELEMENT_PARAGRAPH)))
		return;
	begin_block(layout, flags);
	if (flags & ELEMENT_PRE && layout->n_pre > 0)
		layout->n_pre--;
	if (flags & ELEMENT_QUOTE && layout->n_quotes > 0)
		layout->n_quotes--;
	if (flags & ELEMENT_ITEM) /* an item without text has no mark */
		g_string_truncate(layout->prefix, 0);
	if (flags & ELEMENT_LIST && layout->n_lists > 0) {
		layout->n_lists--;
		layout->wants_empty = layout->n_lists == 0;
	}
}

static void layout_token(struct layout *layout, struct html_lexer *lexer,
	const struct html_token *token)
{
	if (token->type == HTML_TOKEN_OPEN &&
		element_flags(token->name) & ELEMENT_DROP)
		html_skip_element(lexer, token->name);
	else if (stays_hidden(layout, token))
		return;
	else if (token->type == HTML_TOKEN_TEXT)
		add_text(layout, &token->text, false);
	else if (token->type == HTML_TOKEN_OPEN)
		open_element(layout, token);
	else
		close_element(layout, token);
}

void mime_html_lines(struct mime_document *document, const char *html, size_t len)
{
	struct html_lexer lexer = { html, html + len };
	struct html_token token;
	struct layout layout = {
		.document = document,
		.line = g_string_new(NULL),
		.scratch = g_string_new(NULL),
		.prefix = g_string_new(NULL),
		.url = g_string_new(NULL),
		.link_text = g_string_new(NULL),
		.has_room = true,
	};

	html_next_token(&lexer, &token);
	while (token.type != HTML_TOKEN_END && layout.has_room) {
		layout_token(&layout, &lexer, &token);
		html_next_token(&lexer, &token);
	}
	end_link(&layout);
	end_line(&layout);
	g_string_free(layout.line, TRUE);
	g_string_free(layout.scratch, TRUE);
	g_string_free(layout.prefix, TRUE);
	g_string_free(layout.url, TRUE);
	g_string_free(layout.link_text, TRUE);
}

/* "text/html; charset=koi8-r" */
static char *content_charset(const struct html_span *content)
{
	static const char name[] = "charset=";
	const char *p = content->text, *end = p + content->len, *start;

	for (; (size_t)(end - p) > strlen(name); p++) {
		if (g_ascii_strncasecmp(p, name, strlen(name)) != 0)
			continue;
		start = p += strlen(name);
		while (p < end && (g_ascii_isalnum(*p) || strchr("-_:.", *p)))
			p++;
		return g_strndup(start, p - start);
	}
	return NULL;
}

char *mime_html_charset(const char *octets, size_t len)
{
	struct html_lexer lexer = { octets, octets + MIN(len, META_WITHIN) };
	struct html_token token;

	for (;;) {
		const struct html_span *attributes = token.attributes;
		char *charset = NULL;

		html_next_token(&lexer, &token);
		if (token.type == HTML_TOKEN_END)
			return NULL;
		if (token.type != HTML_TOKEN_OPEN ||
			strcmp(token.name, "meta") != 0)
			continue;
		if (attributes[HTML_ATTRIBUTE_CHARSET].text != NULL)
			charset = g_strndup(
				attributes[HTML_ATTRIBUTE_CHARSET].text,
				attributes[HTML_ATTRIBUTE_CHARSET].len);
		else if (attributes[HTML_ATTRIBUTE_CONTENT].text != NULL)
			charset = content_charset(
				&attributes[HTML_ATTRIBUTE_CONTENT]);
		/* What could be read so far is no UTF-16. */
		if (charset != NULL &&
			g_ascii_strncasecmp(charset, "utf-16", 6) == 0)
			g_clear_pointer(&charset, g_free);
		if (charset != NULL)
			return charset;
	}
}
