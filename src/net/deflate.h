/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Raw deflate both ways (RFC 4978, RFC 1951), for stream.c. Output of the
 * inflater is taken in bounded pieces, so that a few octets from the wire
 * cannot become a flood.
 */
#ifndef CULVER_NET_DEFLATE_H
#define CULVER_NET_DEFLATE_H

#include "src/base/base.h"

#include <sys/types.h>

struct deflate;

struct deflate *deflate_new(void);
void deflate_free(struct deflate **deflate);
/* Appends the compressed octets, flushed so that the peer can read them all. */
void deflate_compress(struct deflate *deflate, const char *octets, size_t len,
	GByteArray *out);
/* Keeps octets from the wire for deflate_read(). */
void deflate_feed(struct deflate *deflate, const char *octets, size_t len);
/* Inflated octets, 0 when more must be fed first; -1 with error when they are
 * no deflate, or when the server ended the compressed stream. */
ssize_t deflate_read(struct deflate *deflate, char *octets, size_t max, GError **error);
/* True if deflate_read() may give something without being fed. */
bool deflate_has_pending(const struct deflate *deflate);

#endif
