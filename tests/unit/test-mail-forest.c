/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/cache/digest.h"
#include "src/mail/forest.h"

/* Ids as hashes are: all bits of theirs matter. */
static uint64_t id_of(uint32_t n)
{
	return n == 0 ? 0 : n * UINT64_C(0x9E3779B97F4A7C15) | 1;
}

/* References end at 0. */
static uint32_t add(struct forest *forest, uint32_t id, const uint32_t *refs)
{
	struct digest_ids ids = { .id = id_of(id) };

	for (; refs != NULL && *refs != 0; refs++)
		ids.references[ids.n_references++] = id_of(*refs);
	return forest_add(forest, &ids);
}

#define ADD(forest, id, ...) \
	add(forest, id, (const uint32_t[]){ __VA_ARGS__ })

static void test_simple(void)
{
	struct forest *forest = forest_new();
	uint32_t a = ADD(forest, 1, 0), b = ADD(forest, 2, 1, 0);
	uint32_t c = ADD(forest, 3, 1, 2, 0), d = ADD(forest, 0, 2, 0);
	uint32_t e = ADD(forest, 0, 0);

	g_assert_cmpuint(forest_size(forest), ==, 5);
	g_assert_cmpuint(forest_parent(forest, a), ==, 0);
	g_assert_cmpuint(forest_parent(forest, b), ==, a);
	g_assert_cmpuint(forest_parent(forest, c), ==, b);
	g_assert_cmpuint(forest_parent(forest, d), ==, b);
	g_assert_cmpuint(forest_parent(forest, e), ==, 0);
	g_assert_cmpuint(forest_parent(forest, 0), ==, 0);
	g_assert_cmpuint(ADD(forest, 3, 1, 2, 0), ==, c);
	forest_free(&forest);
	g_assert_null(forest);
}

/* What is only referred to stands in, and is the message when that comes. */
static void test_missing(void)
{
	struct forest *forest = forest_new();
	uint32_t d = ADD(forest, 4, 1, 2, 3, 0), other = ADD(forest, 5, 3, 0);
	uint32_t c = forest_parent(forest, d);
	uint32_t b = forest_parent(forest, c);
	uint32_t a = forest_parent(forest, b);

	g_assert_cmpuint(forest_parent(forest, other), ==, c);
	g_assert_cmpuint(a, !=, 0);
	g_assert_cmpuint(forest_parent(forest, a), ==, 0);
	g_assert_cmpuint(ADD(forest, 2, 1, 0), ==, b);
	g_assert_cmpuint(forest_size(forest), ==, 5);
	forest_free(&forest);
}

/* Others leave out what is between: the message itself knows better. */
static void test_between(void)
{
	struct forest *forest = forest_new();
	uint32_t a = ADD(forest, 1, 0), d = ADD(forest, 4, 1, 3, 0);
	uint32_t c = forest_parent(forest, d), b;

	g_assert_cmpuint(forest_parent(forest, c), ==, a);
	g_assert_cmpuint(ADD(forest, 3, 1, 2, 0), ==, c);
	b = forest_parent(forest, c);
	g_assert_cmpuint(b, !=, a);
	g_assert_cmpuint(forest_parent(forest, b), ==, a);
	/* A second one with its Message-ID does not take it elsewhere. */
	g_assert_cmpuint(ADD(forest, 3, 9, 0), ==, c);
	g_assert_cmpuint(forest_parent(forest, c), ==, b);
	/* The node of what it refers to was given back. */
	g_assert_cmpuint(ADD(forest, 10, 0), ==, 5);
	forest_free(&forest);
}

static void test_cycle(void)
{
	struct forest *forest = forest_new();
	uint32_t a = ADD(forest, 1, 2, 0), b = ADD(forest, 2, 3, 0);
	uint32_t c = ADD(forest, 3, 1, 0), d = ADD(forest, 4, 4, 0);
	uint32_t e = ADD(forest, 5, 6, 5, 6, 5, 0);

	g_assert_cmpuint(forest_parent(forest, a), ==, b);
	g_assert_cmpuint(forest_parent(forest, b), ==, c);
	g_assert_cmpuint(forest_parent(forest, c), ==, 0);
	g_assert_cmpuint(forest_parent(forest, d), ==, 0);
	g_assert_cmpuint(forest_parent(forest, forest_parent(forest, e)), ==, 0);
	forest_remove(forest, a);
	forest_remove(forest, b);
	forest_remove(forest, c);
	forest_remove(forest, d);
	forest_remove(forest, e);
	g_assert_cmpuint(forest_size(forest), ==, 0);
	forest_free(&forest);
}

static void test_remove(void)
{
	struct forest *forest = forest_new();
	uint32_t a = ADD(forest, 1, 0), b = ADD(forest, 2, 1, 0);
	uint32_t c = ADD(forest, 3, 1, 2, 0), again = ADD(forest, 3, 1, 2, 0);

	/* What holds others together stays, a leaf goes with all above. */
	forest_remove(forest, b);
	g_assert_cmpuint(forest_parent(forest, c), ==, b);
	g_assert_cmpuint(forest_parent(forest, b), ==, a);
	forest_remove(forest, c);
	g_assert_cmpuint(forest_parent(forest, again), ==, b);
	forest_remove(forest, again);
	g_assert_cmpuint(forest_parent(forest, a), ==, 0);
	/* Their nodes serve others. */
	ADD(forest, 7, 0);
	ADD(forest, 8, 0);
	g_assert_cmpuint(forest_size(forest), ==, 3);
	forest_free(&forest);
}

/* --- at random ------------------------------------------------------------ */

enum { N = 3000 };

/* Message i answers the smaller parents[i]; 0: none. Message i has id i. */
static void make_parents(GRand *rand, uint32_t parents[N + 1])
{
	for (uint32_t i = 1; i <= N; i++)
		parents[i] = i < 3 || g_rand_int_range(rand, 0, 4) == 0 ? 0 :
			(uint32_t)g_rand_int_range(rand, (gint)(i / 2), (gint)i);
}

static uint32_t add_random(struct forest *forest, const uint32_t *parents,
	uint32_t i)
{
	uint32_t refs[DIGEST_REFERENCES_MAX + 1] = { 0 };
	uint32_t n = 0;

	for (uint32_t at = parents[i]; at != 0; at = parents[at])
		n++;
	g_assert_cmpuint(n, <=, DIGEST_REFERENCES_MAX);
	for (uint32_t at = parents[i]; at != 0; at = parents[at])
		refs[--n] = at;
	return add(forest, i, refs);
}

static void shuffle(GRand *rand, uint32_t order[N])
{
	for (uint32_t i = 0; i < N; i++)
		order[i] = i + 1;
	for (uint32_t i = N - 1; i > 0; i--) {
		uint32_t k = (uint32_t)g_rand_int_range(rand, 0, (gint)i + 1);
		uint32_t t = order[i];

		order[i] = order[k];
		order[k] = t;
	}
}

/* nodes[i]: of message i; 0: it is not there. stand_ins: the nodes of those
 * that are not there, as far as they are known. */
static void check_links(const struct forest *forest, const uint32_t *parents,
	const uint32_t *nodes, uint32_t *stand_ins)
{
	memset(stand_ins, 0, sizeof(uint32_t) * (N + 1));
	for (uint32_t i = N; i > 0; i--) {
		uint32_t node = nodes[i] != 0 ? nodes[i] : stand_ins[i];
		uint32_t parent = parents[i], expected;

		if (node == 0)
			continue;
		if (parent != 0 && nodes[parent] == 0 && stand_ins[parent] == 0)
			stand_ins[parent] = forest_parent(forest, node);
		expected = nodes[parent] != 0 ? nodes[parent] :
			stand_ins[parent];
		g_assert_cmpuint(forest_parent(forest, node), ==, expected);
	}
}

/* With all references, the links are the same whatever comes and goes when. */
static void test_random(void)
{
	GRand *rand = g_rand_new_with_seed(4);
	uint32_t *parents = g_new0(uint32_t, N + 1);
	uint32_t *nodes = g_new0(uint32_t, N + 1);
	uint32_t *stand_ins = g_new0(uint32_t, N + 1);
	uint32_t *order = g_new0(uint32_t, N);
	struct forest *forest = forest_new();

	make_parents(rand, parents);
	for (int round = 0; round < 20; round++) {
		shuffle(rand, order);
		for (uint32_t k = 0; k < N; k++) {
			uint32_t i = order[k];

			if (nodes[i] != 0) {
				forest_remove(forest, nodes[i]);
				nodes[i] = 0;
			} else if (g_rand_boolean(rand)) {
				nodes[i] = add_random(forest, parents, i);
			}
		}
		check_links(forest, parents, nodes, stand_ins);
	}
	for (uint32_t i = 1; i <= N; i++)
		if (nodes[i] != 0)
			forest_remove(forest, nodes[i]);
	g_assert_cmpuint(forest_size(forest), ==, 0);
	forest_free(&forest);
	g_free(order);
	g_free(stand_ins);
	g_free(nodes);
	g_free(parents);
	g_rand_free(rand);
}

/* --- much ----------------------------------------------------------------- */

enum { DEEP = 200000 };

/* The answer of i is i + 1; the references are cut as a digest's are. */
static uint32_t add_deep(struct forest *forest, uint32_t i, uint32_t n_refs)
{
	struct digest_ids ids = { .id = id_of(i) };

	for (uint32_t k = MIN(n_refs, i - 1); k > 0; k--)
		ids.references[ids.n_references++] = id_of(i - k);
	if (i - 1 > n_refs && n_refs > 1)
		ids.references[0] = id_of(1);
	return forest_add(forest, &ids);
}

static void check_deep(const struct forest *forest, const uint32_t *nodes)
{
	uint32_t *parents = forest_parents(forest);

	g_assert_cmpuint(forest_size(forest), ==, DEEP);
	for (uint32_t i = 1; i <= DEEP; i++)
		g_assert_cmpuint(parents[nodes[i]], ==, nodes[i - 1]);
	g_free(parents);
}

/* Would overflow a stack, or take minutes, if it recursed or were quadratic. */
static void test_deep(void)
{
	uint32_t *nodes = g_new0(uint32_t, DEEP + 1);
	struct forest *forest = forest_new();

	for (uint32_t n_refs = 1; n_refs <= 32; n_refs += 31) {
		for (uint32_t i = 1; i <= DEEP; i++)
			nodes[i] = add_deep(forest, i, n_refs);
		check_deep(forest, nodes);
		for (uint32_t i = 1; i <= DEEP; i++)
			forest_remove(forest, nodes[i]);
		g_assert_cmpuint(forest_size(forest), ==, 0);
		for (uint32_t i = DEEP; i > 0; i--)
			nodes[i] = add_deep(forest, i, n_refs);
		check_deep(forest, nodes);
		for (uint32_t i = DEEP; i > 0; i--)
			forest_remove(forest, nodes[i]);
		g_assert_cmpuint(forest_size(forest), ==, 0);
	}
	forest_free(&forest);
	g_free(nodes);
}

/* Pairs, the answer first, below the end of a long chain: no climbing it for
 * each of them, however long that is. */
static void test_hostile(void)
{
	struct forest *forest = forest_new();
	uint32_t n = 0;

	for (uint32_t i = 1; i <= DEEP; i++)
		add_deep(forest, i, 1);
	for (uint32_t i = DEEP + 1; i < DEEP + 2000; i += 2) {
		uint32_t answer = ADD(forest, i, i + 1, 0);
		uint32_t node = ADD(forest, i + 1, DEEP, 0);

		g_assert_cmpuint(forest_parent(forest, answer), ==, node);
		n += forest_parent(forest, node) != 0;
	}
	g_assert_cmpuint(n, ==, 0);
	forest_free(&forest);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/forest/simple", test_simple);
	g_test_add_func("/mail/forest/missing", test_missing);
	g_test_add_func("/mail/forest/between", test_between);
	g_test_add_func("/mail/forest/cycle", test_cycle);
	g_test_add_func("/mail/forest/remove", test_remove);
	g_test_add_func("/mail/forest/random", test_random);
	g_test_add_func("/mail/forest/deep", test_deep);
	g_test_add_func("/mail/forest/hostile", test_hostile);
	return g_test_run();
}
