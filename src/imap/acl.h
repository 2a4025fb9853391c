/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Access control lists (RFC 4314): the responses, and the letters of rights
 * with their names. Servers of RFC 2086 know "c" and "d" where RFC 4314 has
 * k, x and t, e; those of RFC 4314 tell both, the old ones being virtual.
 */
#ifndef CULVER_IMAP_ACL_H
#define CULVER_IMAP_ACL_H

#include "src/base/base.h"

struct arena;
struct imap_response;

struct imap_acl_entry {
	const char *identifier; /* "bob", "anyone"; "-bob": rights taken away */
	const char *rights;     /* letters, as the server has them */
};

struct imap_acl {
	const char *mailbox; /* UTF-8 */
	const struct imap_acl_entry *entries;
	size_t n_entries;
};

/* What may be granted to an identifier. */
struct imap_list_rights {
	const char *mailbox, *identifier;
	const char *required;        /* granted always; may be "" */
	const char *const *optional; /* each a group that goes together */
	size_t n_optional;
};

struct imap_my_rights {
	const char *mailbox;
	const char *rights;
};

/* A right and what it allows. */
struct imap_right {
	char letter;
	const char *name;    /* "read" */
	const char *summary; /* "open it and read its messages" */
	bool is_old;         /* of RFC 2086 alone */
};
/* In the order they are shown; ends with the letter '\0'. */
extern const struct imap_right imap_rights[];

/* utf8: as in list.h. false when it is not what the grammar says. Results are
 * of the arena, or of the response. */
bool imap_acl_from_response(const struct imap_response *response, bool utf8,
	struct arena *arena, struct imap_acl *acl_out);
bool imap_list_rights_from_response(const struct imap_response *response,
	bool utf8, struct arena *arena, struct imap_list_rights *rights_out);
bool imap_my_rights_from_response(const struct imap_response *response,
	bool utf8, struct arena *arena, struct imap_my_rights *rights_out);

/* The row of a letter, or NULL: one of the server's own. */
const struct imap_right *imap_right_find(char letter);
/* Whether the rights have the letter, by itself or by an old one. */
bool imap_rights_have(const char *rights, char letter);
/* The rights without the virtual ones: "c" and "d" go where what they stand
 * for is there. Free with g_free(). */
char *imap_rights_real(const char *rights);
/* "+", "-" or nothing, then letters of rights (a-z, 0-9). */
bool imap_rights_are_valid(const char *rights);
/* The same for a server of RFC 2086, which knows c and d instead of k, x and
 * t, e. Free with g_free(). */
char *imap_rights_to_old(const char *rights);

#endif
