/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QUOTA and QUOTAROOT responses (RFC 9208 4.2, 4.3; RFC 2087). */
#ifndef CULVER_IMAP_QUOTA_H
#define CULVER_IMAP_QUOTA_H

#include "src/base/base.h"

struct arena;
struct imap_response;

struct imap_quota_resource {
	const char *name; /* "STORAGE", upper case */
	uint64_t used;    /* in the resource's unit, see imap_quota_unit() */
	bool has_limit;   /* false: the server counts, and sets no bound */
	uint64_t limit;
};

struct imap_quota {
	const char *root; /* may be "" */
	const struct imap_quota_resource *resources;
	size_t n_resources;
};

struct imap_quota_roots {
	const char *mailbox; /* UTF-8 */
	const char *const *roots;
	size_t n_roots;
};

/* false when it is not what the grammar says. Results are of the arena, or of
 * the response. */
bool imap_quota_from_response(const struct imap_response *response,
	struct arena *arena, struct imap_quota *quota_out);
/* utf8: as in list.h. */
bool imap_quota_roots_from_response(const struct imap_response *response,
	bool utf8, struct arena *arena, struct imap_quota_roots *roots_out);
/* Octets of one unit of a resource: 1024 for STORAGE and ANNOTATION-STORAGE
 * (RFC 9208 5); 0 where things are counted. */
unsigned imap_quota_unit(const char *resource);

#endif
