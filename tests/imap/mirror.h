/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What mail would know of one mailbox if it believed a selection's events: the
 * rows with their UIDs, and each message's flags as text (" \Seen work").
 * Pure. Functions that return bool say false when the event contradicts what
 * was told before.
 */
#ifndef CULVER_TESTS_MIRROR_H
#define CULVER_TESTS_MIRROR_H

#include "src/base/base.h"

struct imap_seqset;

struct mirror {
	bool is_opened;         /* was so at least once */
	bool is_gone;           /* the server knows no such mailbox */
	uint32_t uid_validity, uid_next;
	uint64_t mod_seq;       /* the last that may be stored */
	GArray *uids;           /* of uint32_t, by row; 0: unknown */
	GHashTable *flags;      /* UID to text, of those that were told */
};

struct mirror *mirror_new(void);
void mirror_free(gpointer mirror);
/* Known from a cache: these messages, without flags. */
void mirror_remember(struct mirror *mirror, uint32_t uid_validity,
	uint64_t mod_seq, const struct imap_seqset *uids);
void mirror_opened(struct mirror *mirror, uint32_t exists,
	uint32_t uid_validity, uint32_t uid_next, bool resynced);
void mirror_added(struct mirror *mirror, uint32_t n);
bool mirror_expunged(struct mirror *mirror, uint32_t pos, uint32_t uid);
bool mirror_identified(struct mirror *mirror, uint32_t first,
	const uint32_t *uids, uint32_t n);
void mirror_vanished(struct mirror *mirror, const struct imap_seqset *uids);
/* flags NULL: not told this time. */
bool mirror_fetched(struct mirror *mirror, uint32_t pos, uint32_t uid,
	const char *flags);
/* Every row's UID is known. */
bool mirror_is_complete(const struct mirror *mirror);
/* Rows whose flags were not told since the mailbox was opened. */
void mirror_without_flags(const struct mirror *mirror,
	struct imap_seqset *uids_out);
/* Messages of which everything is known. */
void mirror_known(const struct mirror *mirror, struct imap_seqset *uids_out);
const char *mirror_flags(const struct mirror *mirror, uint32_t uid);
uint32_t mirror_max_uid(const struct mirror *mirror);

#endif
