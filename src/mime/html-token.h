/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HTML cut into text and tags, the way browsers do it, without building
 * anything: a token points into the text. What is broken becomes text or is
 * skipped; the lexer always moves forward, and each octet is looked at a
 * bounded number of times.
 */
#ifndef CULVER_MIME_HTML_TOKEN_H
#define CULVER_MIME_HTML_TOKEN_H

#include "src/base/base.h"

enum html_token_type {
	HTML_TOKEN_END,
	HTML_TOKEN_TEXT,
	HTML_TOKEN_OPEN,
	HTML_TOKEN_CLOSE,
};

/* The attributes that matter; others are passed over. */
enum html_attribute {
	HTML_ATTRIBUTE_ALT,
	HTML_ATTRIBUTE_CHARSET,
	HTML_ATTRIBUTE_CONTENT,
	HTML_ATTRIBUTE_HIDDEN,
	HTML_ATTRIBUTE_HREF,
	HTML_ATTRIBUTE_START,
	HTML_ATTRIBUTE_STYLE,
	HTML_ATTRIBUTE_COUNT,
};

/* text NULL: the attribute is not there. Raw: entities are not decoded. */
struct html_span {
	const char *text;
	size_t len;
};

enum { HTML_NAME_MAX = 16 };

struct html_token {
	enum html_token_type type;
	struct html_span text;    /* of TEXT */
	char name[HTML_NAME_MAX]; /* of a tag: lower case; "" if longer */
	struct html_span attributes[HTML_ATTRIBUTE_COUNT];
};

struct html_lexer {
	const char *p, *end;
};

void html_next_token(struct html_lexer *lexer, struct html_token *token_out);
/* Passes over all until the end tag of that name, or to the end. */
void html_skip_element(struct html_lexer *lexer, const char *name);
/* Appends text with its entities decoded; valid UTF-8 if text was. In an
 * attribute, an entity needs its semicolon. */
void html_append_decoded(GString *out, const struct html_span *text,
	bool is_attribute);

#endif
