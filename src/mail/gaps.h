/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows that are left out of a list, as ranges, and the two ways between the
 * rows of the list (from 0) and the places of those that remain (from 0): each
 * costs the logarithm of the ranges. A range is added in time proportional to
 * them, or in no time behind the last one. Pure.
 */
#ifndef CULVER_MAIL_GAPS_H
#define CULVER_MAIL_GAPS_H

#include "src/base/base.h"

struct gap {
	uint32_t first, last; /* rows, inclusive */
	uint32_t before;      /* rows in the ranges before this one */
};

struct gaps {
	GArray *ranges; /* of struct gap, ascending, never adjacent */
};

void gaps_init(struct gaps *gaps);
void gaps_release(struct gaps *gaps);
void gaps_clear(struct gaps *gaps);
/* What other has; other is left empty. */
void gaps_take(struct gaps *gaps, struct gaps *other);
void gaps_add(struct gaps *gaps, uint32_t first, uint32_t last);
/* These rows are back. */
void gaps_remove(struct gaps *gaps, uint32_t first, uint32_t last);
bool gaps_has(const struct gaps *gaps, uint32_t row);
/* Rows that are left out. */
uint32_t gaps_count(const struct gaps *gaps);
uint32_t gaps_n_ranges(const struct gaps *gaps);
uint32_t gaps_row(const struct gaps *gaps, uint32_t place);
/* Of a row that is left out: the place of the next one that is not. */
uint32_t gaps_place(const struct gaps *gaps, uint32_t row);

#endif
