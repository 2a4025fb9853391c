/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/gaps.h"

void gaps_init(struct gaps *gaps)
{
	gaps->ranges = g_array_new(FALSE, FALSE, sizeof(struct gap));
}

void gaps_release(struct gaps *gaps)
{
	g_clear_pointer(&gaps->ranges, g_array_unref);
}

void gaps_clear(struct gaps *gaps)
{
	g_array_set_size(gaps->ranges, 0);
}

void gaps_take(struct gaps *gaps, struct gaps *other)
{
	GArray *ranges = gaps->ranges;

	gaps->ranges = other->ranges;
	other->ranges = ranges;
	gaps_clear(other);
}

static struct gap *gap_at(const struct gaps *gaps, uint32_t i)
{
	return &g_array_index(gaps->ranges, struct gap, i);
}

/* How many ranges begin at or before the row. */
static uint32_t n_until(const struct gaps *gaps, uint32_t row)
{
	uint32_t low = 0, high = gaps->ranges->len;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (gap_at(gaps, middle)->first <= row)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void count_from(struct gaps *gaps, uint32_t i)
{
	for (; i < gaps->ranges->len; i++) {
		const struct gap *former = i > 0 ? gap_at(gaps, i - 1) : NULL;

		gap_at(gaps, i)->before = former == NULL ? 0 : former->before +
			former->last - former->first + 1;
	}
}

void gaps_add(struct gaps *gaps, uint32_t first, uint32_t last)
{
	struct gap gap = { first, last, 0 };
	uint32_t i = n_until(gaps, first), n = 0;

	if (i > 0 && gap_at(gaps, i - 1)->last + 1 >= first) {
		gap.first = gap_at(gaps, --i)->first;
		gap.last = MAX(last, gap_at(gaps, i)->last);
	}
	while (i + n < gaps->ranges->len &&
		gap_at(gaps, i + n)->first <= gap.last + 1) {
		gap.last = MAX(gap.last, gap_at(gaps, i + n)->last);
		n++;
	}
	if (n > 1)
		g_array_remove_range(gaps->ranges, i + 1, n - 1);
	if (n > 0)
		*gap_at(gaps, i) = gap;
	else
		g_array_insert_val(gaps->ranges, i, gap);
	count_from(gaps, i);
}

void gaps_remove(struct gaps *gaps, uint32_t first, uint32_t last)
{
	uint32_t i = n_until(gaps, first), from;

	if (i > 0 && gap_at(gaps, i - 1)->last >= first)
		i--;
	from = i;
	while (i < gaps->ranges->len && gap_at(gaps, i)->first <= last) {
		struct gap gap = *gap_at(gaps, i);
		struct gap behind = { last + 1, gap.last, 0 };

		g_array_remove_index(gaps->ranges, i);
		if (gap.last > last)
			g_array_insert_val(gaps->ranges, i, behind);
		gap.last = first - 1;
		if (gap.first < first)
			g_array_insert_val(gaps->ranges, i++, gap);
		if (behind.last > last)
			break;
	}
	count_from(gaps, from);
}

bool gaps_has(const struct gaps *gaps, uint32_t row)
{
	uint32_t i = n_until(gaps, row);

	return i > 0 && gap_at(gaps, i - 1)->last >= row;
}

uint32_t gaps_count(const struct gaps *gaps)
{
	const struct gap *last;

	if (gaps->ranges->len == 0)
		return 0;
	last = gap_at(gaps, gaps->ranges->len - 1);
	return last->before + last->last - last->first + 1;
}

uint32_t gaps_n_ranges(const struct gaps *gaps)
{
	return gaps->ranges->len;
}

uint32_t gaps_row(const struct gaps *gaps, uint32_t place)
{
	uint32_t low = 0, high = gaps->ranges->len;
	const struct gap *gap;

	/* Ranges that lie before it: as many places are before each. */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		gap = gap_at(gaps, middle);
		if (gap->first - gap->before <= place)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return place;
	gap = gap_at(gaps, low - 1);
	return place + gap->before + gap->last - gap->first + 1;
}

uint32_t gaps_place(const struct gaps *gaps, uint32_t row)
{
	uint32_t i = n_until(gaps, row);
	const struct gap *gap;

	if (i == 0)
		return row;
	gap = gap_at(gaps, i - 1);
	if (row <= gap->last)
		return gap->first - gap->before;
	return row - gap->before - (gap->last - gap->first + 1);
}
