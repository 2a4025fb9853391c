/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sorting by numbers: a pass for each digit of the keys that is not the same
 * in all, from the lowest (an LSD radix sort). It is stable, so that a list is
 * sorted by its second key first.
 */
#include "src/base/base.h"
#include "src/mail/lineup-private.h"
#include "src/mail/ranking.h"

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

struct list {
	uint32_t *items;
	uint64_t *keys;
};

static unsigned digit_of(uint64_t key, unsigned shift)
{
	return (unsigned)(key >> shift) & (DIGITS - 1);
}

static void sort_digit(const struct list *from, const struct list *to,
	uint32_t n, unsigned shift)
{
	uint32_t starts[DIGITS] = { 0 }, sum = 0;

	for (uint32_t i = 0; i < n; i++)
		starts[digit_of(from->keys[i], shift)]++;
	for (unsigned i = 0; i < DIGITS; i++) {
		uint32_t count = starts[i];

		starts[i] = sum;
		sum += count;
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = starts[digit_of(from->keys[i], shift)]++;

		to->keys[at] = from->keys[i];
		to->items[at] = from->items[i];
	}
}

static bool are_sorted(const uint64_t *keys, uint32_t n, uint64_t *varying)
{
	bool sorted = true;

	*varying = 0;
	for (uint32_t i = 1; i < n; i++) {
		*varying |= keys[i] ^ keys[i - 1];
		sorted = sorted && keys[i - 1] <= keys[i];
	}
	return sorted;
}

void lineup_sort(uint32_t *items, uint64_t *keys, uint32_t n)
{
	struct list lists[2] = { { items, keys } };
	uint64_t varying;
	int now = 0;

	if (are_sorted(keys, n, &varying))
		return;
	lists[1].items = g_new(uint32_t, n);
	lists[1].keys = g_new(uint64_t, n);
	for (unsigned shift = 0; shift < 64; shift += DIGIT_BITS) {
		if (digit_of(varying, shift) == 0)
			continue;
		sort_digit(&lists[now], &lists[!now], n, shift);
		now = !now;
	}
	if (now == 1) {
		memcpy(items, lists[1].items, sizeof(*items) * n);
		memcpy(keys, lists[1].keys, sizeof(*keys) * n);
	}
	g_free(lists[1].items);
	g_free(lists[1].keys);
}

/* --- the keys of rows ------------------------------------------------------ */

struct filling {
	uint64_t *keys;
	enum lineup_field field;
	struct ranking_cursor *ranks; /* or NULL */
	uint64_t flip;                /* all bits, to sort in reverse */
};

/* So that times compare as they should; below any is 0, the unknown. */
static uint64_t time_key(int64_t time)
{
	return MAX((uint64_t)time ^ UINT64_C(1) << 63, 1);
}

/* The subject, then the date: 32 bits of each do. */
static uint64_t rank_key(const struct filling *filling,
	const struct table_record *record)
{
	uint64_t rank = filling->ranks == NULL ? 0 :
		ranking_cursor_number(filling->ranks, record);

	return filling->field != LINEUP_SUBJECT ? rank :
		rank << 32 | (uint32_t)CLAMP(record->date, 0, UINT32_MAX);
}

static uint64_t key_of(const struct filling *filling,
	const struct table_record *record)
{
	if ((record->bits & TABLE_HAS_ROW) == 0)
		return 0;
	switch (filling->field) {
	case LINEUP_DATE:
		return time_key(record->date);
	case LINEUP_DATE_RECEIVED:
		return time_key(record->internaldate);
	case LINEUP_SIZE:
		return MIN(record->size, UINT64_MAX - 1) + 1;
	default:
		return rank_key(filling, record);
	}
}

static void fill_key(uint32_t row, const struct table_record *record,
	void *data)
{
	struct filling *filling = data;

	filling->keys[row] = key_of(filling, record) ^ filling->flip;
}

static bool is_arrival(const struct lineup_key *key)
{
	return key->field == LINEUP_ARRIVAL || key->field == LINEUP_THREADS;
}

/* keys has room for all rows. */
static void fill_keys(const struct lineup_rows *rows,
	const struct lineup_key *key, int which, uint64_t flip, uint64_t *keys)
{
	const struct ranking_view *ranks = rows->input->ranks[which];
	struct filling filling = {
		.keys = keys,
		.field = key->field,
		.ranks = ranks != NULL ? ranking_cursor_new(ranks) : NULL,
		.flip = flip,
	};

	lineup_each_row(rows, fill_key, &filling);
	ranking_cursor_free(&filling.ranks);
}

static uint32_t *by_arrival(const struct lineup_rows *rows, bool is_reverse)
{
	uint32_t *items = g_new(uint32_t, rows->n);

	for (uint32_t i = 0; i < rows->n; i++)
		items[i] = is_reverse ? rows->n - 1 - i : i;
	return items;
}

uint32_t *lineup_sort_rows(const struct lineup_rows *rows,
	const struct lineup_key *key, int which)
{
	uint32_t *items;
	uint64_t *keys;

	if (is_arrival(key))
		return NULL;
	items = by_arrival(rows, false);
	keys = g_new(uint64_t, rows->n);
	fill_keys(rows, key, which, 0, keys);
	lineup_sort(items, keys, rows->n);
	g_free(keys);
	return items;
}

/* Goes on sorting what is in order already. */
static void sort_further(const struct lineup_rows *rows,
	const struct lineup_key *key, int which, uint32_t *items)
{
	uint64_t *by_row = g_new(uint64_t, rows->n);
	uint64_t *keys = g_new(uint64_t, rows->n);

	fill_keys(rows, key, which, key->is_reverse ? UINT64_MAX : 0, by_row);
	for (uint32_t i = 0; i < rows->n; i++)
		keys[i] = by_row[items[i]];
	g_free(by_row);
	lineup_sort(items, keys, rows->n);
	g_free(keys);
}

uint32_t *lineup_sort_list(const struct lineup_rows *rows)
{
	const struct lineup_order *order = &rows->input->order;
	uint32_t *items;

	if (is_arrival(&order->sort))
		return by_arrival(rows, order->sort.is_reverse);
	items = by_arrival(rows, order->aux.is_reverse);
	if (!is_arrival(&order->aux))
		sort_further(rows, &order->aux, 1, items);
	sort_further(rows, &order->sort, 0, items);
	return items;
}
