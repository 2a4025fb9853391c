/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the cache stores, as octets: numbers of variable length, strings with
 * their length, and a checksum over all of it and its key. Reading trusts
 * nothing: a damaged file must look like a missing record, never like mail.
 * The format belongs to CACHE_VERSION.
 */
#ifndef CULVER_CACHE_RECORD_H
#define CULVER_CACHE_RECORD_H

#include "src/base/base.h"
#include "src/cache/cache.h"

enum { RECORD_SUM_SIZE = 8 };

/* A 64-bit checksum (no protection against malice); any one changed bit
 * changes it. seed: the checksum of the key. */
uint64_t record_sum(uint64_t seed, const void *octets, size_t len);
uint64_t record_key_numbers(uint64_t kind, uint64_t a, uint64_t b);
uint64_t record_key_text(uint64_t kind, uint64_t a, const char *text);

/* The checksum, then the payload. */
void record_seal(GByteArray *out, uint64_t key, const void *payload, size_t len);
/* The payload of a sealed record; NULL if its checksum is wrong. */
const uint8_t *record_open(uint64_t key, const void *sealed, size_t size, size_t *len_out);

/* Whether it has any of what is stored as a message: envelope, references and
 * structure. All else is the digest's. */
bool record_has_message(const struct imap_fetch *fetch);
/* Those that it has. */
void record_write_message(GByteArray *out, const struct imap_fetch *fetch);
/* Adds the items of the payload to message; strings are the arena's. false if
 * it is damaged; message may then hold some of it. */
bool record_read_message(const uint8_t *payload, size_t len,
	struct arena *arena, struct cache_message *message);
void record_write_mailbox(GByteArray *out, const struct cache_mailbox *mailbox);
/* All but the name. */
bool record_read_mailbox(const uint8_t *payload, size_t len, struct cache_mailbox *mailbox_out);

#endif
