/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A thread whose first message has nothing above it is joined to a message of
 * the same base subject: the last one before it by date that begins a thread,
 * or changes the subject of its own, and has not been joined itself. One that
 * is no reply begins anew where a reply is asked for.
 */
#include "src/base/base.h"
#include "src/mail/lineup-private.h"

struct joining {
	struct lineup_tree *tree;
	struct lineup_rows *rows;
	uint32_t n;
	uint32_t *items;     /* rows that may be joined, or be joined to */
	uint64_t *keys;      /* subject, then date */
	uint32_t *tops;
};

static bool has_subject_of_its_own(const struct lineup_tree *tree,
	uint32_t row)
{
	uint32_t parent = tree->parents[row];

	return tree->subjects[row] != 0 && (parent == LINEUP_NONE ||
		!lineup_is_row(tree, parent) ||
		tree->subjects[parent] != tree->subjects[row]);
}

/* Whether it is a reply is the lowest bit. */
static void note_row(uint32_t row, const struct table_record *record,
	void *data)
{
	struct joining *joining = data;
	int64_t date = joining->rows->input->joins_by_received ?
		record->internaldate : record->date;

	if (!has_subject_of_its_own(joining->tree, row))
		return;
	joining->items[joining->n] = row;
	joining->keys[joining->n++] = (uint64_t)record->subject << 33 |
		(uint64_t)CLAMP(date, 0, UINT32_MAX) << 1 | record->is_reply;
}

/* What is joined when the row is: itself, or all that stands beside it. */
static uint32_t thread_begun_by(const struct lineup_tree *tree, uint32_t row)
{
	uint32_t parent = tree->parents[row];

	if (parent == LINEUP_NONE)
		return row;
	if (!lineup_is_row(tree, parent) &&
		tree->parents[parent] == LINEUP_NONE &&
		tree->firsts[parent - tree->n_rows] == row)
		return parent;
	return LINEUP_NONE;
}

static bool join(struct joining *joining, uint32_t row, uint32_t last)
{
	struct lineup_tree *tree = joining->tree;
	uint32_t begun = thread_begun_by(tree, row), top;

	if (begun == LINEUP_NONE || last == LINEUP_NONE)
		return false;
	top = lineup_tree_top(joining->tops, last);
	if (top == begun)
		return false;
	tree->parents[begun] = last;
	joining->tops[begun] = top;
	if (begun == row)
		joining->rows->marks[row] |= ROW_BY_SUBJECT;
	return true;
}

static void join_all(struct joining *joining)
{
	bool needs_re = joining->rows->input->needs_re;
	uint32_t last = LINEUP_NONE;

	for (uint32_t i = 0; i < joining->n; i++) {
		uint64_t key = joining->keys[i];

		if (i > 0 && key >> 33 != joining->keys[i - 1] >> 33)
			last = LINEUP_NONE;
		if (((key & 1) == 0 && needs_re) ||
			!join(joining, joining->items[i], last))
			last = joining->items[i];
	}
}

void lineup_tree_join(struct lineup_tree *tree, struct lineup_rows *rows)
{
	struct joining joining = { .tree = tree, .rows = rows };

	joining.items = g_new(uint32_t, rows->n);
	joining.keys = g_new(uint64_t, rows->n);
	lineup_each_row(rows, note_row, &joining);
	lineup_sort(joining.items, joining.keys, joining.n);
	joining.tops = lineup_tree_tops(tree);
	join_all(&joining);
	g_free(joining.tops);
	g_free(joining.items);
	g_free(joining.keys);
}
