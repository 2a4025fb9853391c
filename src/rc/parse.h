/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What command_parse() makes and the runner reads. A list and the lists of its
 * blocks live in one arena and are counted together: a block that a hook keeps
 * keeps the whole text alive.
 */
#ifndef CULVER_RC_PARSE_H
#define CULVER_RC_PARSE_H

#include "src/base/base.h"
#include "src/rc/command.h"
#include "src/rc/lexer.h"

struct rc_word {
	const struct rc_part *parts;
	size_t n_parts;
	bool is_quoted;
	struct command_origin origin;
};

/* One command as written. */
struct command {
	const struct command_row *row; /* NULL: running it reports the error */
	const char *error;
	struct command_origin origin;
	const char *source; /* its words as written, without blocks */
	struct rc_word *words;
	unsigned n_words;
	struct command_list *block, *otherwise;
};

struct command_root;
struct command_list {
	struct command_root *root;
	struct command *commands;
	size_t n;
};

#endif
