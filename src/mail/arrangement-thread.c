/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads of an arrangement: trees, folding, the way from one to the next. */
#include "src/base/base.h"
#include "src/mail/arrangement-private.h"
#include "src/mail/private.h"

enum {
	NONE = ARRANGEMENT_NONE,
	DEEP = 1000, /* levels of a thread */
};

static struct lineup_place *place_at(const struct arrangement *a, uint32_t row)
{
	return a->lineup == NULL || a->lineup->places == NULL || row == NONE ?
		NULL : &a->lineup->places[row];
}

const struct lineup_place *arrangement_thread(const struct arrangement *a,
	uint32_t i)
{
	return place_at(a, arrangement_row(a, i));
}

bool arrangement_is_folded(const struct arrangement *a, uint32_t i)
{
	const struct lineup_place *place = arrangement_thread(a, i);

	return place != NULL && (place->bits & LINEUP_IS_FOLDED) != 0;
}

uint32_t arrangement_parent(const struct arrangement *a, uint32_t i)
{
	const struct lineup_place *place = arrangement_thread(a, i);
	uint32_t row = place != NULL ? place->parent : NONE;

	while (row != NONE && gaps_has(&a->gaps, row))
		row = place_at(a, row)->parent;
	return row == NONE ? NONE : arrangement_start(a) +
		gaps_place(&a->gaps, row);
}

uint32_t arrangement_root(const struct arrangement *a, uint32_t i)
{
	uint32_t row = arrangement_row(a, i);

	if (place_at(a, row) == NULL)
		return i;
	/* If it is left out, the next one is the thread's first. */
	return arrangement_start(a) + gaps_place(&a->gaps,
		lineup_thread_begin(a->lineup, row));
}

uint32_t arrangement_n_folded(const struct arrangement *a, uint32_t i)
{
	uint32_t row = arrangement_row(a, i), next;

	if (!arrangement_is_folded(a, i))
		return 0;
	next = gaps_row(&a->gaps, gaps_place(&a->gaps, row) + 1);
	return MIN(next, a->lineup->n) - row - 1;
}

/* NONE if it is not in the lineup. */
static uint32_t place_if(const struct arrangement *a, uint32_t row)
{
	uint32_t place = row < a->lineup->n ? gaps_place(&a->gaps, row) : NONE;

	return place >= arrangement_n_shown(a) ? NONE :
		arrangement_start(a) + place;
}

/* The row before it that is not deeper, or the first of the thread. */
static uint32_t row_before(const struct arrangement *a, uint32_t row)
{
	uint16_t depth = place_at(a, row)->depth;

	if (row == 0)
		return NONE;
	for (row--; place_at(a, row)->depth > depth;)
		row = place_at(a, row)->parent;
	return row;
}

uint32_t arrangement_beside(const struct arrangement *a, uint32_t i,
	bool is_next, bool is_thread)
{
	uint32_t row = arrangement_row(a, i);
	unsigned bits;

	if (place_at(a, row) == NULL)
		return NONE;
	if (is_thread)
		row = lineup_thread_begin(a->lineup, row);
	if (is_next)
		return place_if(a, is_thread ?
			lineup_thread_end(a->lineup, row, &bits) :
			row + place_at(a, row)->n_below + 1);
	if (is_thread)
		row = row == 0 ? NONE :
			lineup_thread_begin(a->lineup, row - 1);
	else
		row = row_before(a, row);
	return row == NONE ? NONE : place_if(a, row);
}

bool arrangement_rank(const struct arrangement *a, uint32_t i,
	uint32_t *rank_out, uint32_t *size_out)
{
	const struct lineup_place *place = arrangement_thread(a, i);
	uint32_t row = arrangement_row(a, i), begin;
	unsigned bits;

	if (place == NULL || place->depth > DEEP)
		return false;
	begin = lineup_thread_begin(a->lineup, row);
	*rank_out = row - begin + 1;
	*size_out = lineup_thread_end(a->lineup, begin, &bits) - begin;
	return true;
}

/* A row without one above it has a branch, too, where it is one of several
 * answers to a message that is not there. */
static bool has_branch(const struct lineup_place *place)
{
	return place->parent != NONE ||
		(place->bits & LINEUP_BEGINS_THREAD) == 0 ||
		(place->bits & LINEUP_HAS_NEXT) != 0;
}

uint32_t arrangement_tree(const struct arrangement *a, uint32_t i, uint32_t n,
	bool *has_next_out)
{
	uint32_t row = arrangement_row(a, i), levels = 0;

	for (bool is_own = true; place_at(a, row) != NULL && levels < n;
		row = place_at(a, row)->parent, is_own = false) {
		const struct lineup_place *place = place_at(a, row);

		if (has_branch(place) &&
			(is_own || !gaps_has(&a->gaps, row)))
			has_next_out[levels++] =
				(place->bits & LINEUP_HAS_NEXT) != 0;
	}
	return levels;
}

/* Of the rows from row to the one before end. */
static void get_uids(const struct arrangement *a, uint32_t row, uint32_t end,
	struct imap_seqset *uids_out)
{
	GArray *ranges = g_array_new(FALSE, FALSE, sizeof(struct imap_range));

	for (; row < end; row++) {
		struct imap_range one = { a->lineup->uids[row],
			a->lineup->uids[row] };

		if (one.first != 0 && !arrangement_is_gone(a, row))
			g_array_append_val(ranges, one);
	}
	imap_seqset_add_unsorted(uids_out, ranges);
	g_array_unref(ranges);
}

void arrangement_get_uids(const struct arrangement *a, uint32_t i,
	bool is_thread, struct imap_seqset *uids_out)
{
	uint32_t row = arrangement_row(a, i), pos, end;
	unsigned bits;

	if (place_at(a, row) != NULL) {
		end = row + place_at(a, row)->n_below + 1;
		if (is_thread) {
			row = lineup_thread_begin(a->lineup, row);
			end = lineup_thread_end(a->lineup, row, &bits);
		}
		get_uids(a, row, end, uids_out);
		return;
	}
	pos = arrangement_position(a, i);
	if (pos != NONE && mailbox_uid_at(a->mailbox, pos) != 0)
		imap_seqset_add(uids_out, mailbox_uid_at(a->mailbox, pos));
}

static void append_uid(const struct arrangement *a, uint32_t row,
	GArray *ranges)
{
	struct imap_range one = { a->lineup->uids[row], a->lineup->uids[row] };

	if (one.first != 0)
		g_array_append_val(ranges, one);
}

/* What is folded is left out behind a row that says so. */
void arrangement_get_folded(const struct arrangement *a,
	struct imap_seqset *uids_out)
{
	GArray *ranges = g_array_new(FALSE, FALSE, sizeof(struct imap_range));

	for (guint i = 0; i < gaps_n_ranges(&a->gaps); i++) {
		const struct gap *gap = &g_array_index(a->gaps.ranges,
			struct gap, i);
		const struct lineup_place *place = gap->first == 0 ? NULL :
			place_at(a, gap->first - 1);

		if (place == NULL || (place->bits & LINEUP_IS_FOLDED) == 0)
			continue;
		for (uint32_t row = gap->first - 1; row <= gap->last; row++)
			append_uid(a, row, ranges);
	}
	imap_seqset_add_unsorted(uids_out, ranges);
	g_array_unref(ranges);
}

void arrangement_get_by_subject(const struct arrangement *a,
	struct imap_seqset *uids_out)
{
	GArray *ranges = g_array_new(FALSE, FALSE, sizeof(struct imap_range));
	uint32_t n = place_at(a, 0) != NULL ? a->lineup->n : 0;

	for (uint32_t row = 0; row < n; row++)
		if ((place_at(a, row)->bits & LINEUP_BY_SUBJECT) != 0)
			append_uid(a, row, ranges);
	imap_seqset_add_unsorted(uids_out, ranges);
	g_array_unref(ranges);
}

uint32_t arrangement_folded_at(struct arrangement *a, uint32_t uid)
{
	uint32_t row = arrangement_find_row(a, uid);

	if (place_at(a, row) == NULL || !gaps_has(&a->gaps, row) ||
		arrangement_is_gone(a, row))
		return NONE;
	return arrangement_start(a) + gaps_place(&a->gaps,
		lineup_thread_begin(a->lineup, row));
}

bool arrangement_may_fold(const struct arrangement *a, uint32_t i,
	unsigned *bits_out)
{
	uint32_t row = arrangement_row(a, i);

	return place_at(a, row) != NULL &&
		lineup_thread_end(a->lineup, row, bits_out) > row + 1;
}

void arrangement_fold(struct arrangement *a, uint32_t i, bool is_folded)
{
	uint32_t row = arrangement_row(a, i), end;
	unsigned bits;

	if (!arrangement_may_fold(a, i, &bits))
		return;
	end = lineup_thread_end(a->lineup, row, &bits);
	if (is_folded) {
		a->lineup->places[row].bits |= LINEUP_IS_FOLDED;
		gaps_add(&a->gaps, row + 1, end - 1);
	} else {
		a->lineup->places[row].bits &= (uint16_t)~LINEUP_IS_FOLDED;
		gaps_remove(&a->gaps, row + 1, end - 1);
	}
}
