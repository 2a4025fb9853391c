/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The next unread message. Of the lineup's rows only those are looked at that
 * were unread when it was made; another is made when more are.
 */
#include "src/base/base.h"
#include "src/mail/arrangement-private.h"
#include "src/mail/private.h"

enum { NONE = ARRANGEMENT_NONE };

static bool is_unread(const struct arrangement *a, uint32_t pos)
{
	return pos != NONE && mailbox_uid_at(a->mailbox, pos) != 0 &&
		(mailbox_flags_at(a->mailbox, pos) &
		(IMAP_FLAG_SEEN | IMAP_FLAG_DELETED)) == 0;
}

/* The row itself or the next one that was unread. */
static uint32_t next_marked(const struct lineup *lineup, uint32_t row,
	bool is_down)
{
	for (; row < lineup->n; row += is_down ? 1 : -1u) {
		uint8_t octet = lineup->unread[row / 8];

		if ((octet >> row % 8 & 1) != 0)
			return row;
		/* To the last one of eight that are not. */
		if (octet == 0)
			row = is_down ? row | 7 : row & ~7u;
	}
	return NONE;
}

/* Where an unread row is seen: at its place, or in the fold that it is in. */
static uint32_t place_of_unread(const struct arrangement *a, uint32_t row)
{
	uint32_t first = row;

	if (gaps_has(&a->gaps, row)) {
		if (a->lineup->places == NULL)
			return NONE;
		first = lineup_thread_begin(a->lineup, row);
		if ((a->lineup->places[first].bits & LINEUP_IS_FOLDED) == 0)
			return NONE;
	}
	return arrangement_start(a) + gaps_place(&a->gaps, first);
}

/* From this row on; NONE: not among the lineup's rows. i is its place. */
static uint32_t search_lineup(const struct arrangement *a, uint32_t row,
	uint32_t i, bool is_down)
{
	while ((row = next_marked(a->lineup, row, is_down)) != NONE) {
		uint32_t place = place_of_unread(a, row);
		bool is_behind = place != NONE &&
			(is_down ? place < i : place > i);

		if (place != NONE && !is_behind &&
			is_unread(a, arrangement_position_of(a, row)))
			return place;
		/* Behind what is left out, if the search began within. */
		if (is_behind)
			row = gaps_row(&a->gaps, gaps_place(&a->gaps, row));
		else
			row += is_down ? 1 : -1u;
	}
	return NONE;
}

uint32_t arrangement_next_unread(const struct arrangement *a, uint32_t i,
	uint32_t n, bool is_down)
{
	uint32_t end = arrangement_start(a) + arrangement_n_shown(a);

	while (n > 0) {
		uint32_t row = arrangement_row(a, i), place, skipped;

		if (row == NONE) {
			if (is_unread(a, arrangement_position(a, i)))
				return i;
			i += is_down ? 1 : -1u;
			n--;
			continue;
		}
		place = search_lineup(a, row, i, is_down);
		if (place != NONE)
			return (is_down ? place - i : i - place) < n ?
				place : NONE;
		skipped = is_down ? end - i : i - arrangement_start(a) + 1;
		n -= MIN(n, skipped);
		i += is_down ? skipped : -skipped;
	}
	return NONE;
}
