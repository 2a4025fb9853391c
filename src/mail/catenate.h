/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A message of which the server has sections already, in the message that it
 * replaces: those are named to it, and only what is between them is sent
 * (CATENATE, RFC 4469).
 */
#ifndef CULVER_MAIL_CATENATE_H
#define CULVER_MAIL_CATENATE_H

#include "src/base/base.h"

struct mailbox;

struct catenate *catenate_new(GBytes *octets);
void catenate_free(struct catenate **catenate);
/* These octets of the message are the old one's section; what was added before
 * is all in front of them. */
void catenate_add(struct catenate *catenate, const char *section, size_t at,
	size_t len);
/* Worth nothing without one. */
bool catenate_has_sections(const struct catenate *catenate);
size_t catenate_size(const struct catenate *catenate);
/*
 * The whole message, where the old one is this UID of the mailbox: GArray of
 * struct append_piece, to be freed with g_array_unref(); what the pieces point
 * to is the catenate's and the mailbox's.
 */
GArray *catenate_pieces(struct catenate *catenate,
	const struct mailbox *mailbox, uint32_t uid_validity, uint32_t uid);

#endif
