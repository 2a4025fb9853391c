/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sets of keywords, interned: a mailbox has few different ones, a row keeps the
 * number of its set. Pure.
 */
#ifndef CULVER_MAIL_KEYWORDS_H
#define CULVER_MAIL_KEYWORDS_H

#include "src/base/base.h"

struct keyword_sets;

struct keyword_sets *keyword_sets_new(void);
void keyword_sets_free(struct keyword_sets **sets);
/* The number of the set with these; 0 for none. Order does not matter; case
 * does not distinguish, the spelling first seen is kept. */
uint32_t keyword_sets_intern(struct keyword_sets *sets,
	const char *const *keywords, size_t n);
/* The set with keywords added or removed. */
uint32_t keyword_sets_change(struct keyword_sets *sets, uint32_t set,
	bool add, const char *const *keywords, size_t n);
/* Sets have the numbers from 0 to this. */
uint32_t keyword_sets_count(const struct keyword_sets *sets);
/* NULL-terminated, sorted; valid as long as sets. */
const char *const *keyword_sets_get(const struct keyword_sets *sets,
	uint32_t set);
bool keyword_sets_has(const struct keyword_sets *sets, uint32_t set,
	const char *keyword);

#endif
