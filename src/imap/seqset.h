/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sets of UIDs or message sequence numbers (RFC 9051 sequence-set): sorted,
 * merged ranges of numbers from 1 to 2^32-1; "*" is 4294967295 in a parsed set.
 */
#ifndef CULVER_IMAP_SEQSET_H
#define CULVER_IMAP_SEQSET_H

#include "src/base/base.h"

struct imap_range {
	uint32_t first, last; /* inclusive, first <= last */
};

struct imap_seqset {
	GArray *ranges; /* of struct imap_range, ascending, never adjacent; NULL if empty */
};

void imap_seqset_init(struct imap_seqset *set);
void imap_seqset_release(struct imap_seqset *set);
void imap_seqset_clear(struct imap_seqset *set);
void imap_seqset_copy(struct imap_seqset *set, const struct imap_seqset *from);
/* Adding in ascending order is O(1). */
void imap_seqset_add(struct imap_seqset *set, uint32_t n);
void imap_seqset_add_range(struct imap_seqset *set, uint32_t first,
	uint32_t last);
/* Costs both; what is behind all that set has, only itself. */
void imap_seqset_add_set(struct imap_seqset *set,
	const struct imap_seqset *from);
/* Ranges in any order, as servers may send them; the array is sorted in place,
 * and ranges that meet become one. */
void imap_seqset_add_unsorted(struct imap_seqset *set, GArray *ranges);
void imap_seqset_remove(struct imap_seqset *set, uint32_t n);
void imap_seqset_remove_set(struct imap_seqset *set,
	const struct imap_seqset *from);
/* Removes from set all that is not in other. */
void imap_seqset_intersect(struct imap_seqset *set,
	const struct imap_seqset *other);
/* Whether a number is in both. */
bool imap_seqset_overlaps(const struct imap_seqset *set,
	const struct imap_seqset *other);
bool imap_seqset_has(const struct imap_seqset *set, uint32_t n);
/* The same, fast for numbers that ascend: near_io, 0 at first, is where the
 * last one was looked for. Any value is right. */
bool imap_seqset_has_near(const struct imap_seqset *set, uint32_t n,
	size_t *near_io);
/* Whether it has any number of the range. */
bool imap_seqset_meets(const struct imap_seqset *set, struct imap_range range,
	size_t *near_io);
bool imap_seqset_is_empty(const struct imap_seqset *set);
bool imap_seqset_equal(const struct imap_seqset *a,
	const struct imap_seqset *b);
uint64_t imap_seqset_count(const struct imap_seqset *set);
uint32_t imap_seqset_min(const struct imap_seqset *set); /* 0 if empty */
uint32_t imap_seqset_max(const struct imap_seqset *set); /* 0 if empty */
size_t imap_seqset_n_ranges(const struct imap_seqset *set);
struct imap_range imap_seqset_range(const struct imap_seqset *set, size_t i);

/* Parses "1:4,7,9:*". false on anything else, set then empty. */
bool imap_seqset_parse(struct imap_seqset *set, const char *str);
/*
 * The same, in the order as sent and with duplicates: COPYUID's source and
 * destination sets correspond by position (RFC 4315). Fails above max numbers.
 */
bool imap_seqset_parse_ordered(const char *str, size_t max, GArray *uids_out);
/* The set as text; free with g_free(). "" if empty. */
char *imap_seqset_to_string(const struct imap_seqset *set);
/*
 * Moves the first n numbers of set to taken_out (initialised; what it had is
 * cleared), or fewer: as text they have at most so many octets, for commands
 * below a server's line limit, but there is at least one range.
 */
void imap_seqset_take(struct imap_seqset *set, uint64_t n, size_t octets,
	struct imap_seqset *taken_out);

#endif
