/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ESEARCH response (RFC 4731, 9051 7.3.4), which answers SEARCH, SORT
 * (RFC 5267) and searches of several mailboxes (RFC 7377): a correlator, and
 * names with values. Everything is of the response.
 */
#ifndef CULVER_IMAP_ESEARCH_H
#define CULVER_IMAP_ESEARCH_H

#include "src/base/base.h"

struct imap_arg;
struct imap_response;
struct imap_seqset;

struct imap_esearch {
	const char *tag;       /* whose answer it is, or NULL */
	const char *mailbox;   /* encoded as it came, or NULL: the selected one */
	uint32_t uid_validity; /* of mailbox; 0: not told */
	bool is_uid;
	const struct imap_arg *items; /* a name, its value, a name ... */
	size_t n_items;
};

/* False when the response is another, or ungrammatical. */
bool imap_esearch_from_response(const struct imap_response *response,
	struct imap_esearch *esearch_out);
/* The value of a name, or NULL. */
const struct imap_arg *imap_esearch_find(const struct imap_esearch *esearch,
	const char *name);
/*
 * Adds what ADDTO or REMOVEFROM, which may come several times, name to the
 * set: "(0 2,4:5 0 7)", a position before each set (RFC 5267 4.3). False when
 * one is ungrammatical.
 */
bool imap_esearch_changes(const struct imap_esearch *esearch, const char *name,
	struct imap_seqset *set);

#endif
