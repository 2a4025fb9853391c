/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Words of the command language; pure. See command.h for what becomes of them.
 *
 * A word is a sequence of parts, because "$name" and `command` are put in when
 * the command runs, not when the file is read: an earlier line may set name.
 */
#ifndef CULVER_RC_LEXER_H
#define CULVER_RC_LEXER_H

#include "src/base/base.h"

struct arena;

enum rc_token_type {
	RC_TOKEN_WORD,
	RC_TOKEN_OPEN,  /* a whole unquoted word "{" */
	RC_TOKEN_CLOSE, /* "}" */
	RC_TOKEN_END,   /* of a command: newline or ; */
	RC_TOKEN_EOF,
	RC_TOKEN_ERROR, /* unclosed quote: text says it; lexing goes on at the next line */
};

enum rc_part_type {
	RC_PART_TEXT,     /* quotes and escapes undone */
	RC_PART_VARIABLE, /* the name, without "$" and braces */
	RC_PART_COMMAND,  /* what is between the backticks */
};

struct rc_part {
	enum rc_part_type type;
	bool is_quoted;   /* within double quotes */
	const char *text;
};

struct rc_token {
	enum rc_token_type type;
	const struct rc_part *parts; /* WORD */
	size_t n_parts;              /* 0: an empty quoted word */
	const char *text;     /* ERROR: the message; WORD of text alone: the text;
	                         else NULL */
	bool is_quoted;       /* some of it */
	unsigned line, column; /* from 1; columns count characters */
	size_t start, end;    /* octets in the input, for COMMAND_ARGS_REST */
};

struct rc_lexer;
/* The text must be valid UTF-8 and outlive the lexer; what the tokens point at
 * comes from the arena. */
struct rc_lexer *rc_lexer_new(const char *text, size_t len, struct arena *arena);
void rc_lexer_free(struct rc_lexer **lexer);
void rc_lexer_next(struct rc_lexer *lexer, struct rc_token *token_out);

#endif
