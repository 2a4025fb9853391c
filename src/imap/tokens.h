/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the octets of one whole response to its tree. The parser has found the
 * ends of lines and literals; here is the grammar. Private to src/imap.
 */
#ifndef CULVER_IMAP_TOKENS_H
#define CULVER_IMAP_TOKENS_H

#include "src/base/base.h"
#include "src/imap/arg.h"

struct arena;
struct imap_response;

/* A literal as the parser has framed it. */
struct imap_literal {
	size_t at;      /* of its first octet, from the start of the response */
	uint64_t size;
	bool is_spooled; /* its octets are not in the response */
};

struct imap_tokens {
	const char *base, *at, *end;
	char *out;          /* strings go here; has room for all of the octets */
	struct arena *arena;
	const struct imap_literal *literals;
	size_t n_literals, next_literal;
	/* Items of the lists that are open, the outermost first: starts has for
	 * each open list the place of its first item. */
	GArray *pending;    /* of struct imap_arg */
	size_t *starts;
	unsigned depth, depth_max;
	size_t n_args, args_max;
	bool has_sections;  /* "BODY[...]" is one atom: a FETCH */
	const char *fault;  /* what is wrong at at, or NULL */
	bool is_limit;      /* a limit was exceeded */
};

/*
 * Fills in the response, but for its line, from what tokens was given: base,
 * at == base, end (the line's end is cut off), arena, literals, pending
 * (empty), starts, limits. The out buffer is taken from the arena. false with
 * fault set when the octets are ungrammatical.
 */
bool imap_tokens_parse(struct imap_tokens *tokens,
	struct imap_response *response_out);
/* Whether the line is a status response or continuation request, so that it
 * ends in text and has no literals. */
bool imap_tokens_is_text(const char *line, size_t len);

#endif
