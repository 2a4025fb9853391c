/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The typed parse tree of one response (RFC 9051 section 9): what the grammar
 * calls atom, number, string, NIL and parenthesized list. The tree and its
 * strings live in the arena of the response and no longer. Accessors check:
 * each returns false when the argument is of another kind, so that no handler
 * trusts what a server sent.
 */
#ifndef CULVER_IMAP_ARG_H
#define CULVER_IMAP_ARG_H

#include "src/base/base.h"

enum imap_arg_type {
	IMAP_ARG_NIL,
	IMAP_ARG_ATOM,    /* a number is an atom too; also "\\Seen", "BODY[1.2]<0>" */
	IMAP_ARG_STRING,  /* quoted or literal, NUL-terminated; may hold NULs (literal8) */
	IMAP_ARG_SPOOLED, /* a literal that went to a sink: only its size is here */
	IMAP_ARG_LIST,
};

struct imap_arg {
	enum imap_arg_type type;
	const char *str;        /* ATOM, STRING */
	uint64_t len;           /* of str; of the literal for SPOOLED */
	const struct imap_arg *items; /* LIST */
	size_t n_items;
};

bool imap_arg_is_nil(const struct imap_arg *arg);
/* ASCII case-insensitive comparison with an atom. */
bool imap_arg_is_atom(const struct imap_arg *arg, const char *name);
/* An atom, a quoted string or a literal: any string of the grammar, never NIL. */
G_GNUC_WARN_UNUSED_RESULT
bool imap_arg_get_astring(const struct imap_arg *arg, const char **str_out);
/* A string or NIL (NULL); an atom is accepted too, as servers send it. */
G_GNUC_WARN_UNUSED_RESULT
bool imap_arg_get_nstring(const struct imap_arg *arg, const char **str_out);
G_GNUC_WARN_UNUSED_RESULT
bool imap_arg_get_atom(const struct imap_arg *arg, const char **str_out);
/* Digits only, within the type; number64 is of 63 bits. */
G_GNUC_WARN_UNUSED_RESULT
bool imap_arg_get_number(const struct imap_arg *arg, uint32_t *n_out);
G_GNUC_WARN_UNUSED_RESULT
bool imap_arg_get_number64(const struct imap_arg *arg, uint64_t *n_out);
/* NIL gives an empty list. */
G_GNUC_WARN_UNUSED_RESULT
bool imap_arg_get_list(const struct imap_arg *arg,
	const struct imap_arg **items_out, size_t *n_out);

/* Character classes of RFC 9051 section 9, with their ABNF in arg.c. */
bool imap_is_atom_char(unsigned char c);
bool imap_is_astring_char(unsigned char c);
/* Bytes that a quoted string may hold without being a literal. */
bool imap_is_quotable(const char *str, size_t len, bool utf8);

#endif
