/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What pattern-parse.c, the tree, and pattern-argument.c, a term's argument,
 * know of one another. */
#ifndef CULVER_MAIL_PATTERN_PARSE_H
#define CULVER_MAIL_PATTERN_PARSE_H

#include "src/mail/pattern-private.h"

struct pattern_parser {
	const char *text, *at;
	const struct pattern_shown *shown;
	unsigned depth;
	bool is_simple; /* made of plain words: a regular expression that is
			 * none is taken literally */
	bool is_plain;  /* the word being read is no regular expression */
	bool is_group;  /* but the name of a group */
	GError **error;
};

/* NULL, or false: what is wrong, and where. */
void *pattern_fail(struct pattern_parser *parser, const char *at,
	const char *what);
void pattern_skip_space(struct pattern_parser *parser);
/* "~s", "=s" or "%f", after any "!" and "^". */
bool pattern_begins_letter(const char *at);
/* What follows the letter of the node; false with error. */
bool pattern_parse_argument(struct pattern_parser *parser,
	struct pattern_node *node);

#endif
