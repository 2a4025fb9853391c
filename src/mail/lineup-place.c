/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads as a list. Items are put below what they answer in the order they
 * shall have there, then walked from the top. Rows that are not shown have no
 * place, but what is below them has one below the next that is.
 */
#include "src/base/base.h"
#include "src/mail/lineup-private.h"

/* The items below each, as rings: the last leads to the first. The root, which
 * is above all threads, is the item behind all others. */
struct rings {
	uint32_t root;
	uint32_t *last;  /* by item: the last one below it; LINEUP_NONE: none */
	uint32_t *next;  /* by item, below the same; LINEUP_NONE: not yet there */
};

static void ring_add(struct rings *rings, uint32_t parent, uint32_t item,
	bool in_front)
{
	uint32_t last = rings->last[parent];

	if (last == LINEUP_NONE) {
		rings->next[item] = item;
	} else {
		rings->next[item] = rings->next[last];
		rings->next[last] = item;
	}
	if (last == LINEUP_NONE || !in_front)
		rings->last[parent] = item;
}

static uint32_t *new_nones(uint32_t n)
{
	uint32_t *numbers = g_new(uint32_t, n);

	memset(numbers, 0xFF, sizeof(*numbers) * n);
	return numbers;
}

/* The i-th row in the order that replies have. */
static uint32_t row_at(const struct lineup_rows *rows, const uint32_t *sorted,
	bool is_reverse, uint32_t i)
{
	if (is_reverse)
		i = rows->n - 1 - i;
	return sorted != NULL ? sorted[i] : i;
}

/* A stand-in goes where the first of its rows goes. What has nothing above it
 * is left to add_threads(). */
static void add_answers(struct rings *rings, const struct lineup_rows *rows,
	const struct lineup_tree *tree, const uint32_t *sorted)
{
	bool is_reverse = rows->input->order.aux.is_reverse;

	for (uint32_t i = 0; i < rows->n; i++) {
		uint32_t item = row_at(rows, sorted, is_reverse, i);
		uint32_t parent = tree->parents[item];

		while (parent != LINEUP_NONE &&
			rings->next[item] == LINEUP_NONE) {
			ring_add(rings, parent, item, false);
			if (lineup_is_row(tree, parent))
				break;
			item = parent;
			parent = tree->parents[item];
		}
	}
}

/*
 * By the greatest of its rows a thread is where it is met first from the end;
 * by its first row where the item that begins it, or a row of the stand-in that
 * does, is met first from the beginning.
 */
static void add_threads(struct rings *rings, const struct lineup_rows *rows,
	const struct lineup_tree *tree, const uint32_t *sorted)
{
	const struct lineup_order *order = &rows->input->order;
	bool is_last = order->aux.is_last;
	bool from_end = is_last || order->aux.is_reverse;
	uint32_t *tops = is_last ? lineup_tree_tops(tree) : NULL;

	for (uint32_t i = 0; i < rows->n; i++) {
		uint32_t item = row_at(rows, sorted, from_end, i);

		if (tops != NULL)
			item = tops[item];
		else if (tree->parents[item] != LINEUP_NONE &&
			!lineup_is_row(tree, tree->parents[item]))
			item = tree->parents[item];
		if (rings->next[item] != LINEUP_NONE ||
			tree->parents[item] != LINEUP_NONE)
			continue;
		ring_add(rings, rings->root, item,
			(is_last && !order->aux.is_reverse) !=
			order->sort.is_reverse);
	}
	g_free(tops);
}

static void rings_init(struct rings *rings, const struct lineup_rows *rows,
	const struct lineup_tree *tree)
{
	uint32_t *sorted = lineup_sort_rows(rows, &rows->input->order.aux, 1);

	rings->root = tree->n_items;
	rings->last = new_nones(tree->n_items + 1);
	rings->next = new_nones(tree->n_items + 1);
	add_answers(rings, rows, tree, sorted);
	add_threads(rings, rows, tree, sorted);
	g_free(sorted);
}

/* --- places ---------------------------------------------------------------- */

struct placing {
	struct lineup *lineup;
	const struct lineup_rows *rows;
	const struct lineup_tree *tree;
	struct rings rings;
	uint32_t *places;    /* by item: the index of its row in the list, or if
	                      * it is not shown, of the next above that is */
	bool begins_thread;  /* no row of this thread was placed yet */
	uint32_t subject;    /* of the row placed last */
};

/* What a stand-in stands for is there by its subject with all it has below. */
static bool is_by_subject(const struct placing *placing, uint32_t row)
{
	const struct lineup_tree *tree = placing->tree;
	uint32_t parent = tree->parents[row];

	if (parent != LINEUP_NONE && !lineup_is_row(tree, parent))
		return tree->parents[parent] != LINEUP_NONE;
	return (placing->rows->marks[row] & ROW_BY_SUBJECT) != 0;
}

static uint16_t bits_of(const struct placing *placing, uint32_t row,
	uint32_t above)
{
	const struct lineup_tree *tree = placing->tree;
	uint8_t marks = placing->rows->marks[row];
	uint16_t bits = 0;

	if ((marks & ROW_IS_UNREAD) != 0)
		bits |= LINEUP_HAS_UNREAD;
	if ((marks & ROW_IS_FLAGGED) != 0)
		bits |= LINEUP_HAS_FLAGGED;
	if ((marks & ROW_IS_COPY) != 0)
		bits |= LINEUP_IS_COPY;
	if (is_by_subject(placing, row))
		bits |= LINEUP_BY_SUBJECT;
	if ((marks & ROW_LACKS_PARENT) != 0 || (above != LINEUP_NONE &&
		(placing->rows->marks[above] & ROW_IS_SHOWN) == 0))
		bits |= LINEUP_LACKS_PARENT;
	if (placing->begins_thread)
		bits |= LINEUP_BEGINS_THREAD;
	else if (tree->subjects[row] == placing->subject &&
		placing->subject != 0)
		bits |= LINEUP_SAME_SUBJECT;
	return bits;
}

/* The row that it is below in the tree, whether shown or not. */
static uint32_t row_above(const struct lineup_tree *tree, uint32_t row)
{
	uint32_t parent = tree->parents[row];

	if (parent != LINEUP_NONE && !lineup_is_row(tree, parent))
		parent = tree->parents[parent];
	return parent;
}

static void place_row(struct placing *placing, uint32_t row)
{
	struct lineup *lineup = placing->lineup;
	struct lineup_place *place = &lineup->places[lineup->n];
	uint32_t above = row_above(placing->tree, row);

	*place = (struct lineup_place){ .parent = LINEUP_NONE };
	if (above != LINEUP_NONE)
		place->parent = placing->places[above];
	if (place->parent != LINEUP_NONE) {
		uint16_t depth = lineup->places[place->parent].depth;

		place->depth = depth < UINT16_MAX ? depth + 1 : depth;
	}
	place->bits = bits_of(placing, row, above);
	placing->begins_thread = false;
	placing->subject = placing->tree->subjects[row];
	placing->places[row] = lineup->n;
	lineup_append(lineup, placing->rows, row);
}

static void visit(struct placing *placing, uint32_t item)
{
	const struct lineup_tree *tree = placing->tree;
	uint32_t parent = tree->parents[item];

	if (parent == LINEUP_NONE)
		placing->begins_thread = true;
	if (lineup_is_row(tree, item) &&
		(placing->rows->marks[item] & ROW_IS_SHOWN) != 0)
		place_row(placing, item);
	else
		placing->places[item] = parent != LINEUP_NONE ?
			placing->places[parent] : LINEUP_NONE;
}

/* The item that follows: below, beside, or beside one above; the root at the
 * end. */
static uint32_t next_of(const struct placing *placing, uint32_t item)
{
	const struct rings *rings = &placing->rings;

	if (rings->last[item] != LINEUP_NONE)
		return rings->next[rings->last[item]];
	while (item != rings->root) {
		uint32_t parent = placing->tree->parents[item];

		if (parent == LINEUP_NONE)
			parent = rings->root;
		if (rings->last[parent] != item)
			return rings->next[item];
		item = parent;
	}
	return rings->root;
}

/* From the end: when a row's turn comes, all below it had theirs, and all that
 * answer the same and follow are counted above it already. */
static void sum_up(struct lineup *lineup)
{
	for (uint32_t i = lineup->n; i-- > 0;) {
		struct lineup_place *place = &lineup->places[i], *parent;
		uint32_t next = i + 1 + place->n_below;

		if (place->parent == LINEUP_NONE) {
			if (next < lineup->n && (lineup->places[next].bits &
				LINEUP_BEGINS_THREAD) == 0)
				place->bits |= LINEUP_HAS_NEXT;
			continue;
		}
		parent = &lineup->places[place->parent];
		if (parent->n_below > 0)
			place->bits |= LINEUP_HAS_NEXT;
		parent->n_below += 1 + place->n_below;
		parent->bits |= place->bits &
			(LINEUP_HAS_UNREAD | LINEUP_HAS_FLAGGED);
	}
}

void lineup_place_threads(struct lineup *lineup, const struct lineup_rows *rows,
	const struct lineup_tree *tree)
{
	struct placing placing = {
		.lineup = lineup, .rows = rows, .tree = tree,
	};
	uint32_t root, item;

	rings_init(&placing.rings, rows, tree);
	placing.places = g_new(uint32_t, tree->n_items);
	root = placing.rings.root;
	for (item = next_of(&placing, root); item != root;
		item = next_of(&placing, item))
		visit(&placing, item);
	sum_up(lineup);
	g_free(placing.places);
	g_free(placing.rings.last);
	g_free(placing.rings.next);
}
