/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is kept of a message in memory, however many there are: all that
 * sorting, threading, counting and patterns of flags, dates and sizes need, and
 * no strings. The cache stores it apart from the rest of the row, so that all
 * of a mailbox comes in at once and a change of flags writes a few octets.
 */
#ifndef CULVER_CACHE_DIGEST_H
#define CULVER_CACHE_DIGEST_H

#include "src/base/base.h"
#include "src/imap/flag.h"

enum digest_bits {
	DIGEST_HAS_FLAGS = 1 << 0,
	DIGEST_HAS_ROW = 1 << 1, /* date, size, threads; the row's strings are cached */
	DIGEST_HAS_STRUCTURE = 1 << 2,
	DIGEST_HAS_ATTACHMENT = 1 << 3,
	DIGEST_IS_REPLY = 1 << 4, /* the subject begins with "Re:" or the like */
};

/* References kept of one message: the first and the last ones. */
enum { DIGEST_REFERENCES_MAX = 32 };

/* Message-IDs as numbers (digest_hash()); 0: there is none. */
struct digest_ids {
	uint64_t id;
	uint16_t n_references;
	uint64_t references[DIGEST_REFERENCES_MAX]; /* the root first, the parent last */
};

struct digest {
	uint32_t uid;
	uint8_t bits;           /* enum digest_bits */
	struct imap_flags flags; /* keywords are borrowed, as told where it is given */
	int64_t internaldate;
	int16_t internaldate_offset; /* minutes */
	int64_t date;           /* of the Date field, in UTC; else internaldate */
	uint64_t size;
	uint32_t subject;       /* of the base subject, folded; 31 bits; 0: empty */
	struct digest_ids ids;
};

/*
 * The number of a text (a Message-ID without its brackets, a base subject in
 * folded case): nobody can make two texts that matter have the same one by
 * design, short of breaking SHA-256. Never 0.
 */
uint64_t digest_hash(const char *text, size_t len);

/* As octets, for the cache; what bits do not name is left out. */
void digest_pack(const struct digest *digest, GByteArray *out);
/* False if they are none. Keywords are of the arena. */
struct arena;
bool digest_unpack(const uint8_t *octets, size_t len, struct arena *arena,
	struct digest *digest_out);

#endif
