/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The map from message sequence numbers to UIDs of one selected mailbox. Pure.
 * Any part of it may be unknown (0); what is known ascends. It believes no
 * server: numbers outside are refused, contradictions are reported.
 */
#ifndef CULVER_SESSION_MSNMAP_H
#define CULVER_SESSION_MSNMAP_H

#include "src/base/base.h"

struct imap_seqset;

/* Messages in one mailbox that we follow; a server that says more is wrong. */
enum { MSNMAP_MAX = 5 * 1000 * 1000 };

struct msnmap {
	GArray *blocks;   /* of struct block (msnmap.c) */
	uint32_t count;
	uint32_t n_unknown;
};

void msnmap_init(struct msnmap *map);
void msnmap_release(struct msnmap *map);
void msnmap_clear(struct msnmap *map);
uint32_t msnmap_count(const struct msnmap *map);
bool msnmap_is_complete(const struct msnmap *map);
/* EXISTS: true when it grew, by rows unknown; never shrinks. */
bool msnmap_exists(struct msnmap *map, uint32_t n);
/* EXPUNGE. false when there is no such number; else its UID (0: unknown). */
bool msnmap_expunge(struct msnmap *map, uint32_t msn, uint32_t *uid_out);
/*
 * VANISHED of one UID. Its position, or that of an unknown row in the gap
 * where the UID must have been; false when there was none.
 */
bool msnmap_vanished(struct msnmap *map, uint32_t uid, uint32_t *pos_out);
/* VANISHED of many, of a complete map. */
void msnmap_remove_set(struct msnmap *map, const struct imap_seqset *uids);
/* FETCH told a UID. false when it contradicts a neighbour or what is known. */
bool msnmap_set(struct msnmap *map, uint32_t msn, uint32_t uid);
/*
 * All UIDs of the first rows, as SEARCH told. false, and nothing done, when
 * there are more than rows, or when a known UID is contradicted.
 */
bool msnmap_set_all(struct msnmap *map, const struct imap_seqset *uids);
/* 0: unknown, or outside. */
uint32_t msnmap_uid(const struct msnmap *map, uint32_t pos);
/* The UIDs of n rows from first, or of as many as there are: how many. */
uint32_t msnmap_copy(const struct msnmap *map, uint32_t first, uint32_t n,
	uint32_t *uids_out);
/* Adds those of uids that are known, by one pass over what may have them. */
void msnmap_find_all(const struct msnmap *map, const struct imap_seqset *uids,
	struct imap_seqset *known_io);
/* false when the position is not known. */
bool msnmap_find(const struct msnmap *map, uint32_t uid, uint32_t *pos_out);
/* The highest UID known, 0 if none. */
uint32_t msnmap_max_uid(const struct msnmap *map);

#endif
