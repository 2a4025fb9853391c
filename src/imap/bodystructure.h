/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BODYSTRUCTURE (RFC 9051 7.5.2): the tree of body parts with their sections. */
#ifndef CULVER_IMAP_BODYSTRUCTURE_H
#define CULVER_IMAP_BODYSTRUCTURE_H

#include "src/base/base.h"

struct arena;
struct imap_arg;
struct imap_envelope;

struct imap_param {
	const char *name; /* lower case */
	const char *value; /* raw; RFC 2231 decoding is mime's */
};

struct imap_body {
	const char *section; /* "1.2"; "" for the root when that is a multipart */
	const char *type, *subtype; /* lower case: "text", "plain" */
	const struct imap_param *params;
	size_t n_params;
	const char *id, *description;
	const char *encoding; /* lower case; "7bit" if missing */
	uint64_t size;        /* octets, encoded */
	uint64_t lines;       /* text and message/rfc822 */
	const char *disposition; /* lower case or NULL */
	const struct imap_param *disposition_params;
	size_t n_disposition_params;
	const char *language, *location, *md5;
	const struct imap_envelope *envelope; /* of message/rfc822, else NULL */
	const struct imap_body *parent;       /* NULL for the root */
	const struct imap_body *const *children; /* multipart's; message/rfc822's one */
	size_t n_children;
};

enum { IMAP_BODY_DEPTH_MAX = 100, IMAP_BODY_PARTS_MAX = 1000 };

/* The tree is of the arena, strings copied. Parts beyond the limits above are left
 * out. NULL with error when it is not a body structure. */
const struct imap_body *imap_body_from_arg(const struct imap_arg *arg,
	struct arena *arena, GError **error);
/* A parameter's raw value by its lower-case name, or NULL. */
const char *imap_body_param(const struct imap_body *body, const char *name);
const char *imap_body_disposition_param(const struct imap_body *body,
	const char *name);
/* The part with this section, or NULL. */
const struct imap_body *imap_body_find(const struct imap_body *root,
	const char *section);
/* Parts in document order; prev NULL gives the root; NULL at the end. */
const struct imap_body *imap_body_next(const struct imap_body *root,
	const struct imap_body *prev);
/* "1.2.MIME" and the like are built from the section; the text of a message
 * that is no multipart is "1", its header "HEADER". */

#endif
