/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A node lives as long as something uses it: a message that has its id, or a
 * node below. Nodes lie in chunks, and are found by their ids through open
 * addressing in SHARDS small tables, each of which grows by itself: neither is
 * ever moved as a whole, so that no message costs much more than the others
 * and memory has no peaks.
 */
#include "src/base/base.h"
#include "src/mail/forest.h"
#include "src/cache/digest.h"

enum {
	CHUNK_SHIFT = 12,
	CHUNK_NODES = 1 << CHUNK_SHIFT,
	SHARDS = 256,       /* by the highest octet of an id */
	SLOTS_MIN = 8,
	/* No link is made below a node that is deeper than this if the other
	 * has nodes below it already: whether it closes a cycle would take too
	 * long to tell. Replies that come after what they answer, or before it
	 * but with references, never are such a case. */
	CLIMB_MAX = 1 << 14,
};

struct node {
	uint64_t id;            /* 0: has none */
	uint32_t parent;        /* 0: none; of a free node the next free one */
	uint32_t uses : 31;     /* 0: it is free */
	uint32_t is_told : 1;   /* parent is what a message with the id says */
};

/* Numbers of nodes; 0: a free slot. Linear probing from the id's low bits. */
struct shard {
	uint32_t *slots;
	uint32_t n, n_slots;    /* n_slots is a power of two, or 0 */
};

struct forest {
	GPtrArray *chunks;      /* of struct node[CHUNK_NODES] */
	uint32_t n_nodes;       /* ever used, with node 0, which is nobody */
	uint32_t n_used;
	uint32_t first_free;
	struct shard shards[SHARDS];
};

static struct node *node_at(const struct forest *forest, uint32_t i)
{
	struct node *chunk = g_ptr_array_index(forest->chunks,
		i >> CHUNK_SHIFT);

	return &chunk[i & (CHUNK_NODES - 1)];
}

/* --- ids ------------------------------------------------------------------ */

static struct shard *shard_of(struct forest *forest, uint64_t id)
{
	return &forest->shards[id >> 56];
}

/* The slot of the id, or the free one where it belongs. */
static uint32_t find_slot(const struct forest *forest,
	const struct shard *shard, uint64_t id)
{
	uint32_t mask = shard->n_slots - 1, slot = (uint32_t)id & mask;

	while (shard->slots[slot] != 0 &&
		node_at(forest, shard->slots[slot])->id != id)
		slot = (slot + 1) & mask;
	return slot;
}

static void resize_shard(const struct forest *forest, struct shard *shard,
	uint32_t n_slots)
{
	struct shard old = *shard;

	shard->n_slots = n_slots;
	shard->slots = g_new0(uint32_t, n_slots);
	for (uint32_t i = 0; i < old.n_slots; i++) {
		uint32_t node = old.slots[i];

		if (node != 0)
			shard->slots[find_slot(forest, shard,
				node_at(forest, node)->id)] = node;
	}
	g_free(old.slots);
}

/* Puts nodes behind the slot that has become free where they would be found
 * again, as if its node had never been there. */
static void close_gap(const struct forest *forest, struct shard *shard,
	uint32_t gap)
{
	uint32_t mask = shard->n_slots - 1, slot = gap;

	for (;;) {
		uint32_t home;

		slot = (slot + 1) & mask;
		if (shard->slots[slot] == 0)
			break;
		home = (uint32_t)node_at(forest, shard->slots[slot])->id & mask;
		if (((slot - home) & mask) < ((slot - gap) & mask))
			continue;
		shard->slots[gap] = shard->slots[slot];
		gap = slot;
	}
	shard->slots[gap] = 0;
}

static void forget_id(struct forest *forest, uint64_t id)
{
	struct shard *shard = shard_of(forest, id);

	close_gap(forest, shard, find_slot(forest, shard, id));
	shard->n--;
	if (shard->n_slots > SLOTS_MIN && shard->n < shard->n_slots / 8)
		resize_shard(forest, shard, shard->n_slots / 2);
}

/* --- nodes ---------------------------------------------------------------- */

/* Node 0 is there, too, so that numbers are indexes. */
static void clear(struct forest *forest)
{
	for (size_t i = 0; i < SHARDS; i++)
		g_free(forest->shards[i].slots);
	memset(forest->shards, 0, sizeof(forest->shards));
	g_ptr_array_set_size(forest->chunks, 0);
	forest->n_nodes = 1;
	forest->n_used = 0;
	forest->first_free = 0;
}

struct forest *forest_new(void)
{
	struct forest *forest = g_new0(struct forest, 1);

	forest->chunks = g_ptr_array_new_with_free_func(g_free);
	clear(forest);
	return forest;
}

void forest_free(struct forest **forest)
{
	if (*forest == NULL)
		return;
	clear(*forest);
	g_ptr_array_unref((*forest)->chunks);
	g_clear_pointer(forest, g_free);
}

static uint32_t new_node(struct forest *forest, uint64_t id)
{
	uint32_t i = forest->first_free;

	if (i != 0) {
		forest->first_free = node_at(forest, i)->parent;
	} else {
		i = forest->n_nodes++;
		if (i >> CHUNK_SHIFT >= forest->chunks->len)
			g_ptr_array_add(forest->chunks,
				g_new0(struct node, CHUNK_NODES));
	}
	*node_at(forest, i) = (struct node){ .id = id };
	forest->n_used++;
	return i;
}

static uint32_t node_of_id(struct forest *forest, uint64_t id)
{
	struct shard *shard = shard_of(forest, id);
	uint32_t slot;

	if (shard->n >= shard->n_slots / 4 * 3)
		resize_shard(forest, shard, MAX(shard->n_slots * 2, SLOTS_MIN));
	slot = find_slot(forest, shard, id);
	if (shard->slots[slot] == 0) {
		shard->slots[slot] = new_node(forest, id);
		shard->n++;
	}
	return shard->slots[slot];
}

static uint32_t hold(struct forest *forest, uint64_t id)
{
	uint32_t i = id != 0 ? node_of_id(forest, id) : new_node(forest, 0);

	node_at(forest, i)->uses++;
	return i;
}

/* A node that nothing uses any more goes, and lets go the one above it. */
static void let_go(struct forest *forest, uint32_t i)
{
	while (i != 0 && --node_at(forest, i)->uses == 0) {
		struct node *node = node_at(forest, i);
		uint32_t parent = node->parent;

		if (node->id != 0)
			forget_id(forest, node->id);
		node->parent = forest->first_free;
		forest->first_free = i;
		forest->n_used--;
		i = parent;
	}
}

/* --- links ---------------------------------------------------------------- */

/* Whether ancestor is at or above i, or it would take too long to tell. */
static bool may_be_above(const struct forest *forest, uint32_t ancestor,
	uint32_t i)
{
	for (int n = 0; i != 0 && n < CLIMB_MAX; n++) {
		if (i == ancestor)
			return true;
		i = node_at(forest, i)->parent;
	}
	return i != 0;
}

/* Both are held. Only a node that is used otherwise, too, can be above its new
 * parent, so that a chain in order of arrival costs no climbing. */
static void link_nodes(struct forest *forest, uint32_t parent, uint32_t child,
	bool is_told)
{
	struct node *node = node_at(forest, child);
	uint32_t former = node->parent;

	if (former != 0 && (!is_told || node->is_told))
		return;
	if (parent == child ||
		(node->uses > 1 && may_be_above(forest, child, parent)))
		return;
	node->parent = parent;
	node->is_told = is_told;
	node_at(forest, parent)->uses++;
	let_go(forest, former);
}

/*
 * What others refer to is a guess of where a message belongs (they may leave
 * out some), which stands until the message itself is there and tells.
 */
uint32_t forest_add(struct forest *forest, const struct digest_ids *ids)
{
	uint32_t chain[DIGEST_REFERENCES_MAX + 1];
	size_t n = 0;

	for (size_t i = 0; i < ids->n_references; i++)
		if (ids->references[i] != 0)
			chain[n++] = hold(forest, ids->references[i]);
	chain[n] = hold(forest, ids->id);
	for (size_t i = 1; i <= n; i++)
		link_nodes(forest, chain[i - 1], chain[i], i == n);
	for (size_t i = 0; i < n; i++)
		let_go(forest, chain[i]);
	return chain[n];
}

void forest_remove(struct forest *forest, uint32_t node)
{
	let_go(forest, node);
	if (forest->n_used == 0)
		clear(forest);
}

/* --- reading -------------------------------------------------------------- */

uint32_t forest_size(const struct forest *forest)
{
	return forest->n_nodes - 1;
}

uint32_t forest_parent(const struct forest *forest, uint32_t node)
{
	return node != 0 ? node_at(forest, node)->parent : 0;
}

uint32_t *forest_parents(const struct forest *forest)
{
	uint32_t *parents = g_new(uint32_t, forest->n_nodes);

	parents[0] = 0;
	for (uint32_t i = 1; i < forest->n_nodes; i++)
		parents[i] = node_at(forest, i)->parent;
	return parents;
}
