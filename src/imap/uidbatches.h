/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UIDBATCHES (RFC 10022): ranges of UIDs of about as many messages each. */
#ifndef CULVER_IMAP_UIDBATCHES_H
#define CULVER_IMAP_UIDBATCHES_H

#include "src/base/base.h"
#include "src/imap/seqset.h"

struct imap_response;

enum {
	IMAP_UIDBATCHES_MIN = 500,     /* messages of a batch, at least */
	IMAP_UIDBATCHES_MAX = 10 * 1000, /* batches that are taken from a server */
};

struct imap_uidbatches {
	const char *tag;  /* of the command; the response's */
	GArray *ranges;   /* of struct imap_range, as sent: the newest first */
};

/* false when it is not such a response. Release ranges with g_array_unref(). */
bool imap_uidbatches_from_response(const struct imap_response *response,
	struct imap_uidbatches *batches_out);

#endif
