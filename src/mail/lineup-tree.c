/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the links of Message-IDs to those of rows: what is above a row is the
 * next node upwards that has one. Nodes without rows are climbed once: those
 * on the way lead directly to what was found, then. Nodes that only their ends
 * are left of, with one row below, stand for nobody; with more they hold them
 * together as an item of their own.
 *
 * A message whose Message-ID came before stands below the first that has it.
 */
#include "src/base/base.h"
#include "src/mail/lineup-private.h"

/* In by_node: a row that has nothing above it but this node, which others may
 * have, too. */
enum { IS_ALONE = 1u << 31 };

struct nodes {
	uint32_t n;
	uint32_t *up;      /* by node; shortened on the way */
	uint32_t *by_node; /* its first row, its stand-in, or a row alone */
};

struct building {
	struct lineup_tree *tree;
	struct lineup_rows *rows;
	struct nodes nodes;
};

static uint32_t node_of(const struct nodes *nodes,
	const struct table_record *record)
{
	return record->node < nodes->n ? record->node : 0;
}

static void note_row(uint32_t row, const struct table_record *record,
	void *data)
{
	struct building *building = data;
	uint32_t node = node_of(&building->nodes, record);

	building->tree->subjects[row] = record->subject;
	if (node != 0 && building->nodes.by_node[node] == LINEUP_NONE)
		building->nodes.by_node[node] = row;
}

/* The next node from this one upwards that has an item; else the topmost. */
static uint32_t climb(struct nodes *nodes, uint32_t node)
{
	uint32_t end = node;

	while (nodes->by_node[end] == LINEUP_NONE && nodes->up[end] != 0)
		end = nodes->up[end];
	while (node != end) {
		uint32_t next = nodes->up[node];

		nodes->up[node] = end;
		node = next;
	}
	return end;
}

/* A second row has nothing but the node above it, as the one alone had. */
static uint32_t add_stand_in(struct lineup_tree *tree, uint32_t alone)
{
	uint32_t item = tree->n_items++;

	tree->firsts[item - tree->n_rows] = alone;
	tree->parents[item] = LINEUP_NONE;
	tree->parents[alone] = item;
	return item;
}

static uint32_t item_above(struct building *building, uint32_t row,
	uint32_t node)
{
	struct nodes *nodes = &building->nodes;
	uint32_t end = climb(nodes, nodes->up[node]);
	uint32_t item = nodes->by_node[end];

	if (end != nodes->up[node] || item >= building->tree->n_rows)
		building->rows->marks[row] |= ROW_LACKS_PARENT;
	if (item == LINEUP_NONE) {
		nodes->by_node[end] = row | IS_ALONE;
		return LINEUP_NONE;
	}
	if ((item & IS_ALONE) != 0) {
		item = add_stand_in(building->tree, item & ~IS_ALONE);
		nodes->by_node[end] = item;
	}
	return item;
}

static void link_row(uint32_t row, const struct table_record *record,
	void *data)
{
	struct building *building = data;
	struct nodes *nodes = &building->nodes;
	uint32_t node = node_of(nodes, record);
	uint32_t *parent = &building->tree->parents[row];

	if (node != 0 && nodes->by_node[node] != row) {
		building->rows->marks[row] |= ROW_IS_COPY;
		*parent = nodes->by_node[node];
	} else if (nodes->up[node] != 0) {
		*parent = item_above(building, row, node);
	} else {
		*parent = LINEUP_NONE;
	}
}

static void nodes_init(struct nodes *nodes, const struct lineup_input *input)
{
	nodes->n = input->parents != NULL ? MAX(input->n_parents, 1) : 1;
	nodes->up = g_new(uint32_t, nodes->n);
	nodes->by_node = g_new(uint32_t, nodes->n);
	if (input->parents != NULL)
		memcpy(nodes->up, input->parents, sizeof(uint32_t) * nodes->n);
	nodes->up[0] = 0;
	memset(nodes->by_node, 0xFF, sizeof(uint32_t) * nodes->n);
}

void lineup_tree_init(struct lineup_tree *tree, struct lineup_rows *rows)
{
	struct building building = { .tree = tree, .rows = rows };

	/* Each stand-in has two rows or more. */
	tree->n_rows = tree->n_items = rows->n;
	tree->parents = g_new(uint32_t, rows->n + rows->n / 2);
	tree->firsts = g_new(uint32_t, rows->n / 2);
	tree->subjects = g_new(uint32_t, rows->n);
	nodes_init(&building.nodes, rows->input);
	lineup_each_row(rows, note_row, &building);
	lineup_each_row(rows, link_row, &building);
	g_free(building.nodes.up);
	g_free(building.nodes.by_node);
}

void lineup_tree_release(struct lineup_tree *tree)
{
	g_free(tree->parents);
	g_free(tree->firsts);
	g_free(tree->subjects);
}

uint32_t lineup_tree_top(uint32_t *tops, uint32_t item)
{
	uint32_t top = item;

	while (tops[top] != top)
		top = tops[top];
	while (tops[item] != top) {
		uint32_t next = tops[item];

		tops[item] = top;
		item = next;
	}
	return top;
}

uint32_t *lineup_tree_tops(const struct lineup_tree *tree)
{
	uint32_t *tops = g_new(uint32_t, tree->n_items);

	for (uint32_t i = 0; i < tree->n_items; i++)
		tops[i] = tree->parents[i] != LINEUP_NONE ? tree->parents[i] : i;
	for (uint32_t i = 0; i < tree->n_items; i++)
		lineup_tree_top(tops, i);
	return tops;
}
