/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a command or a response ends, literals and all (RFC 9051 2.2). Pure. */
#ifndef CULVER_TESTS_FRAME_H
#define CULVER_TESTS_FRAME_H

#include "src/base/base.h"

/* Octets of the first whole one, with its CRLF; 0: it is not whole yet. */
size_t frame_length(const char *octets, size_t len);
/* All there is ends in a literal's announcement that wants a "+" first. */
bool frame_wants_go(const char *octets, size_t len);
/* The literal that begins here, "{3}\r\nabc": its octets, or NULL. */
const char *frame_literal(const char *text, size_t *len_out);
/* One argument, up to a space or a closing parenthesis that is not its own: an
 * atom with its brackets, a string, a literal, a list. */
const char *frame_skip(const char *text);

#endif
