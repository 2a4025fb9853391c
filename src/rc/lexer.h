/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words of the command language; pure. See command.h for what becomes of them. */
#ifndef CULVER_RC_LEXER_H
#define CULVER_RC_LEXER_H

#include "src/base/base.h"

enum rc_token_type {
	RC_TOKEN_WORD,
	RC_TOKEN_OPEN,  /* a whole unquoted word "{" */
	RC_TOKEN_CLOSE, /* "}" */
	RC_TOKEN_END,   /* of a command: newline or ; */
	RC_TOKEN_EOF,
	RC_TOKEN_ERROR, /* unclosed quote: text says it; lexing goes on at the next line */
};

struct rc_token {
	enum rc_token_type type;
	char *text;           /* quotes undone; of the lexer until the next token */
	bool is_quoted;
	unsigned line, column;
	size_t start, end;    /* octets in the input, for COMMAND_ARGS_REST */
};

struct rc_lexer;
struct rc_lexer *rc_lexer_new(const char *text, size_t len);
void rc_lexer_free(struct rc_lexer **lexer);
void rc_lexer_next(struct rc_lexer *lexer, struct rc_token *token_out);

#endif
