/* SPDX-License-Identifier: GPL-3.0-or-later */
/* METADATA responses and response codes (RFC 5464 4.4). */
#ifndef CULVER_IMAP_METADATA_H
#define CULVER_IMAP_METADATA_H

#include "src/base/base.h"

struct arena;
struct imap_arg;
struct imap_response;

struct imap_metadata_entry {
	const char *name;  /* "/shared/comment" */
	const char *value; /* octets; NULL: there is none */
	size_t len;
};

struct imap_metadata {
	const char *mailbox; /* UTF-8; "": the server */
	/* false: the entries changed, their values are not told. */
	bool has_values;
	const struct imap_metadata_entry *entries;
	size_t n_entries;
};

/* [METADATA ...] */
enum imap_metadata_code {
	IMAP_METADATA_NONE,
	IMAP_METADATA_LONG_ENTRIES, /* left out: longer than asked for */
	IMAP_METADATA_MAX_SIZE,     /* the value is too long to be stored */
	IMAP_METADATA_TOO_MANY,
	IMAP_METADATA_NO_PRIVATE,
};

/* utf8: as in list.h. false when it is not what the grammar says. Results are
 * of the arena, or of the response. */
bool imap_metadata_from_response(const struct imap_response *response,
	bool utf8, struct arena *arena, struct imap_metadata *metadata_out);
/* From the arguments of the code METADATA. size_out: octets of the longest
 * entry, or those that are allowed; 0 if not told. */
enum imap_metadata_code imap_metadata_code_from_args(
	const struct imap_arg *args, size_t n, uint64_t *size_out);

#endif
