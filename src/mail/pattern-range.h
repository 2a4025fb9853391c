/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranges of numbers, sizes and dates in patterns. Pure. */
#ifndef CULVER_MAIL_PATTERN_RANGE_H
#define CULVER_MAIL_PATTERN_RANGE_H

#include "src/base/base.h"

/* Inclusive. */
struct pattern_range {
	int64_t min, max;
};

bool pattern_range_has(const struct pattern_range *range, int64_t n);
/* "10", "10-20", "-20", "10-", "<20", ">10", each number with K or M. */
bool pattern_range_parse_numbers(struct pattern_range *range_out, const char *text);
/*
 * "<1w" (within), ">3m" (before), "=1d" (that day), "24/12/2026",
 * "01/01/2026-*", "01/01-31/01/2026", "20260101". Days and months by local time,
 * units y m w d H M S; now in seconds since 1970. A date may be followed by
 * offsets: "01/01/2026+2w-1d".
 */
bool pattern_range_parse_dates(struct pattern_range *range_out, const char *text,
	int64_t now);

#endif
