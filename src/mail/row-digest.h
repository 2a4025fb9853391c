/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The digest of a message, from what a FETCH tells of it. Pure. */
#ifndef CULVER_MAIL_ROW_DIGEST_H
#define CULVER_MAIL_ROW_DIGEST_H

#include "src/base/base.h"

struct digest;
struct imap_fetch;

/*
 * What fetch has goes into the digest, and its bits tell what that is: the row
 * only when envelope, internal date and size came together. Threads go by
 * References, else by the first Message-ID of In-Reply-To. Fields of any
 * length cost what row_pack() keeps of them. Keywords are the fetch's.
 */
void row_digest(const struct imap_fetch *fetch, struct digest *digest_out);

#endif
