/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flags and keywords (RFC 9051 2.3.2). */
#ifndef CULVER_IMAP_FLAG_H
#define CULVER_IMAP_FLAG_H

#include "src/base/base.h"

struct arena;
struct imap_arg;

enum imap_flag {
	IMAP_FLAG_SEEN = 1 << 0,
	IMAP_FLAG_ANSWERED = 1 << 1,
	IMAP_FLAG_FLAGGED = 1 << 2,
	IMAP_FLAG_DELETED = 1 << 3,
	IMAP_FLAG_DRAFT = 1 << 4,
	IMAP_FLAG_RECENT = 1 << 5, /* IMAP4rev1 only; never stored */
	IMAP_FLAG_ANY_KEYWORD = 1 << 6, /* PERMANENTFLAGS's "\\*" */
};

struct imap_flags {
	unsigned system;             /* enum imap_flag */
	const char *const *keywords; /* as sent, without backslash */
	size_t n_keywords;
};

/* From a parenthesized list; unknown backslash flags are dropped. Strings
 * are the arg's, the array is the arena's. */
bool imap_flags_from_arg(const struct imap_arg *arg, struct arena *arena,
	struct imap_flags *flags_out);
/* The bit of "\\Seen" (or "seen", as a user may write it); 0 if none. */
enum imap_flag imap_flag_from_name(const char *name);
/* "\\Seen"; NULL for a bit that has no name. */
const char *imap_flag_name(enum imap_flag flag);
/* "(\\Seen $Forwarded)"; what is no keyword is left out, and \\Recent. Free
 * with g_free(). */
char *imap_flags_to_string(const struct imap_flags *flags);
/* What may be a keyword: an atom (RFC 9051 flag-keyword). */
bool imap_keyword_is_valid(const char *keyword);

#endif
