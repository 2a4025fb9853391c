/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The strings of a row, packed into one block: what the index, patterns and
 * threads need of an envelope, raw. Pure.
 */
#ifndef CULVER_MAIL_ROW_H
#define CULVER_MAIL_ROW_H

#include "src/base/base.h"
#include "src/imap/envelope.h"

struct arena;

/* Of envelope (NULL: empty) and the References field (may be NULL), cut to
 * sane lengths; sender only where it is not from. Free with g_free(). */
char *row_pack(const struct imap_envelope *envelope, const char *references);
/* Strings point into the blob, arrays are of the arena. reply_to and bcc are
 * empty, and sender where it was the same as from. */
void row_unpack(const char *blob, struct arena *arena,
	struct imap_envelope *envelope_out, const char **references_out);
/* A long References field keeps its root and its last ones, which are what
 * threads are made of. Free with g_free(). */
char *row_cut_references(const char *references);
/* Octets of the block. */
size_t row_size(const char *blob);

#endif
