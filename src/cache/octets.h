/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What records are made of: numbers of variable length, words of eight octets
 * and strings with their length. Reading trusts nothing: what does not fit
 * makes the reader bad, and all that is read from a bad one is 0 or NULL.
 */
#ifndef CULVER_CACHE_OCTETS_H
#define CULVER_CACHE_OCTETS_H

#include "src/base/base.h"

struct arena;

/* Seven bits an octet, the lowest first. */
void octets_put_number(GByteArray *out, uint64_t n);
/* Small ones of either sign are short. */
void octets_put_signed(GByteArray *out, int64_t n);
/* What is as likely great as small. */
void octets_put_word(GByteArray *out, uint64_t word);
/* NULL is kept apart from "". */
void octets_put_string(GByteArray *out, const char *str);

struct octets {
	const uint8_t *at, *end;
	struct arena *arena; /* of the strings */
	bool is_bad;
};

uint64_t octets_get_number(struct octets *in);
/* Bad above 2^32-1. */
uint32_t octets_get_number32(struct octets *in);
int64_t octets_get_signed(struct octets *in);
uint64_t octets_get_word(struct octets *in);
const char *octets_get_string(struct octets *in);
/* How many things follow, each of at least min octets. */
size_t octets_get_count(struct octets *in, size_t min);
/* All was read, and it was good. */
bool octets_is_whole(const struct octets *in);

#endif
