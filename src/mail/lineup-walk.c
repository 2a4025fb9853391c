/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/lineup.h"

static uint32_t top_of(const struct lineup *lineup, uint32_t row)
{
	while (lineup->places[row].parent != UINT32_MAX)
		row = lineup->places[row].parent;
	return row;
}

uint32_t lineup_thread_begin(const struct lineup *lineup, uint32_t row)
{
	row = top_of(lineup, row);
	while (row > 0 &&
		(lineup->places[row].bits & LINEUP_BEGINS_THREAD) == 0)
		row = top_of(lineup, row - 1);
	return row;
}

uint32_t lineup_thread_end(const struct lineup *lineup, uint32_t row,
	unsigned *bits_out)
{
	*bits_out = 0;
	do {
		*bits_out |= lineup->places[row].bits;
		row += lineup->places[row].n_below + 1;
	} while (row < lineup->n &&
		(lineup->places[row].bits & LINEUP_BEGINS_THREAD) == 0);
	return row;
}
