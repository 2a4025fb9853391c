/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The alphabets of the transfer encodings (RFC 2045 6.7, 6.8), for bodies and
 * for the encoded words of headers. The rest of the door is in text.h.
 */
#ifndef CULVER_MIME_TRANSFER_H
#define CULVER_MIME_TRANSFER_H

#include "src/base/base.h"

/* What is left of an unfinished group; all zero at the start. */
struct mime_base64 {
	uint32_t bits;
	unsigned n_bits;
};

/* Junk is skipped; padding ends a group, and another one may follow. */
void mime_base64_push(struct mime_base64 *base64, const char *octets, size_t len,
	GByteArray *out);
/* The value of a hexadecimal digit, or -1. */
int mime_hex_value(unsigned char c);

#endif
