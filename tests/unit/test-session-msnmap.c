/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/seqset.h"
#include "src/session/msnmap.h"

static void fill(struct msnmap *map, const uint32_t *uids, uint32_t n)
{
	msnmap_init(map);
	msnmap_exists(map, n);
	for (uint32_t i = 0; i < n; i++)
		if (uids[i] != 0)
			g_assert_true(msnmap_set(map, i + 1, uids[i]));
}

static void test_bounds(void)
{
	struct msnmap map;
	uint32_t uid;

	msnmap_init(&map);
	g_assert_true(msnmap_exists(&map, 3));
	g_assert_false(msnmap_exists(&map, 2));
	g_assert_false(msnmap_exists(&map, UINT32_MAX));
	g_assert_cmpuint(msnmap_count(&map), ==, 3);
	g_assert_false(msnmap_expunge(&map, 0, &uid));
	g_assert_false(msnmap_expunge(&map, 4, &uid));
	g_assert_false(msnmap_set(&map, 4, 1));
	g_assert_false(msnmap_set(&map, 1, 0));
	g_assert_cmpuint(msnmap_uid(&map, 3), ==, 0);
	msnmap_release(&map);
}

static void test_contradictions(void)
{
	const uint32_t uids[] = { 10, 0, 30 };
	struct msnmap map;

	fill(&map, uids, 3);
	g_assert_false(msnmap_set(&map, 2, 10));
	g_assert_false(msnmap_set(&map, 2, 31));
	g_assert_false(msnmap_set(&map, 1, 11));
	g_assert_true(msnmap_set(&map, 1, 10));
	g_assert_true(msnmap_set(&map, 2, 11));
	g_assert_true(msnmap_is_complete(&map));
	msnmap_release(&map);
}

static void test_vanished_in_gap(void)
{
	const uint32_t uids[] = { 10, 0, 0, 40, 50 };
	struct msnmap map;
	uint32_t pos;

	fill(&map, uids, 5);
	/* Between 40 and 50 there is no row. */
	g_assert_false(msnmap_vanished(&map, 45, &pos));
	g_assert_false(msnmap_vanished(&map, 5, &pos));
	g_assert_false(msnmap_vanished(&map, 60, &pos));
	g_assert_true(msnmap_vanished(&map, 20, &pos));
	g_assert_cmpuint(pos, ==, 1);
	g_assert_true(msnmap_find(&map, 40, &pos));
	g_assert_cmpuint(pos, ==, 2);
	g_assert_true(msnmap_vanished(&map, 10, &pos));
	g_assert_cmpuint(pos, ==, 0);
	g_assert_cmpuint(msnmap_count(&map), ==, 3);
	g_assert_cmpuint(map.n_unknown, ==, 1);
	msnmap_release(&map);
}

static void test_set_all(void)
{
	const uint32_t uids[] = { 0, 20, 0, 40 };
	struct imap_seqset set;
	struct msnmap map;

	fill(&map, uids, 4);
	imap_seqset_init(&set);
	g_assert_true(imap_seqset_parse(&set, "1:5"));
	g_assert_false(msnmap_set_all(&map, &set));
	imap_seqset_release(&set);
	g_assert_true(imap_seqset_parse(&set, "10,21:22,40"));
	g_assert_false(msnmap_set_all(&map, &set));
	imap_seqset_release(&set);
	/* Fewer: the first rows, when the others are behind. */
	g_assert_true(imap_seqset_parse(&set, "10,20,30"));
	g_assert_true(msnmap_set_all(&map, &set));
	imap_seqset_release(&set);
	g_assert_true(msnmap_is_complete(&map));
	g_assert_cmpuint(msnmap_uid(&map, 2), ==, 30);
	g_assert_cmpuint(msnmap_max_uid(&map), ==, 40);
	msnmap_release(&map);
}

/* --- against a model: the server's true list, and what we were told ------- */

struct model {
	GArray *uids;  /* the truth */
	uint32_t next; /* UID of the next message */
};

static uint32_t truth(const struct model *model, guint i)
{
	return g_array_index(model->uids, uint32_t, i);
}

static void step_arrive(struct model *model, struct msnmap *map)
{
	model->next += (uint32_t)g_test_rand_int_range(1, 5);
	g_array_append_val(model->uids, model->next);
	g_assert_true(msnmap_exists(map, model->uids->len));
}

static void step_expunge(struct model *model, struct msnmap *map)
{
	guint i = (guint)g_test_rand_int_range(0, (int)model->uids->len);
	uint32_t uid;

	g_assert_true(msnmap_expunge(map, i + 1, &uid));
	g_assert_true(uid == 0 || uid == truth(model, i));
	g_array_remove_index(model->uids, i);
}

static void step_vanish(struct model *model, struct msnmap *map)
{
	guint i = (guint)g_test_rand_int_range(0, (int)model->uids->len);
	uint32_t pos;

	g_assert_true(msnmap_vanished(map, truth(model, i), &pos));
	g_array_remove_index(model->uids, i);
}

static void step_learn(struct model *model, struct msnmap *map)
{
	guint i = (guint)g_test_rand_int_range(0, (int)model->uids->len);

	g_assert_true(msnmap_set(map, i + 1, truth(model, i)));
}

static void check(const struct model *model, const struct msnmap *map)
{
	size_t n_unknown = 0;
	uint32_t pos;

	g_assert_cmpuint(msnmap_count(map), ==, model->uids->len);
	for (guint i = 0; i < model->uids->len; i++) {
		uint32_t uid = msnmap_uid(map, i);

		if (uid == 0) {
			n_unknown++;
			g_assert_false(msnmap_find(map, truth(model, i), &pos));
			continue;
		}
		g_assert_cmpuint(uid, ==, truth(model, i));
		g_assert_true(msnmap_find(map, uid, &pos));
		g_assert_cmpuint(pos, ==, i);
	}
	g_assert_cmpuint(map->n_unknown, ==, n_unknown);
}

static void set_all(const struct model *model, struct msnmap *map)
{
	struct imap_seqset set;

	imap_seqset_init(&set);
	for (guint i = 0; i < model->uids->len; i++)
		imap_seqset_add(&set, truth(model, i));
	g_assert_true(msnmap_set_all(map, &set));
	g_assert_true(msnmap_is_complete(map));
	imap_seqset_release(&set);
}

static void test_random(void)
{
	static void (*const steps[])(struct model *, struct msnmap *) = {
		step_expunge, step_vanish, step_learn, step_learn };

	for (int round = 0; round < 200; round++) {
		struct model model = {
			.uids = g_array_new(FALSE, FALSE, sizeof(uint32_t)) };
		struct msnmap map;

		msnmap_init(&map);
		for (int i = 0; i < 80; i++) {
			if (model.uids->len == 0 || g_test_rand_int_range(0,
				5) < 2)
				step_arrive(&model, &map);
			else
				steps[g_test_rand_int_range(0, 4)](&model,
					&map);
			check(&model, &map);
		}
		set_all(&model, &map);
		check(&model, &map);
		g_array_unref(model.uids);
		msnmap_release(&map);
	}
}

/* --- of many blocks ------------------------------------------------------- */

enum { MANY = 50000, STEP = 3 };

/* Every UID is STEP times its row's number. */
static void fill_many(struct msnmap *map)
{
	struct imap_seqset all;

	imap_seqset_init(&all);
	for (uint32_t i = 1; i <= MANY; i++)
		imap_seqset_add(&all, STEP * i);
	msnmap_init(map);
	g_assert_true(msnmap_exists(map, MANY));
	g_assert_true(msnmap_set_all(map, &all));
	imap_seqset_release(&all);
}

static void test_many_expunged(void)
{
	struct msnmap map;
	uint32_t uid, pos;

	fill_many(&map);
	for (uint32_t msn = MANY; msn > 0; msn -= 2) {
		g_assert_true(msnmap_expunge(&map, msn, &uid));
		g_assert_cmpuint(uid, ==, STEP * msn);
	}
	g_assert_cmpuint(msnmap_count(&map), ==, MANY / 2);
	for (uint32_t i = 0; i < MANY / 2; i++)
		g_assert_cmpuint(msnmap_uid(&map, i), ==, STEP * (2 * i + 1));
	g_assert_true(msnmap_exists(&map, MANY));
	g_assert_false(msnmap_is_complete(&map));
	g_assert_false(msnmap_find(&map, STEP * MANY, &pos));
	g_assert_cmpuint(msnmap_max_uid(&map), ==, STEP * (MANY - 1));
	g_assert_true(msnmap_set(&map, MANY, STEP * MANY + 1));
	g_assert_true(msnmap_find(&map, STEP * MANY + 1, &pos));
	g_assert_cmpuint(pos, ==, MANY - 1);
	while (msnmap_count(&map) > 0)
		g_assert_true(msnmap_expunge(&map, 1, &uid));
	g_assert_true(msnmap_is_complete(&map));
	msnmap_release(&map);
}

static void test_many_vanished(void)
{
	struct imap_seqset uids;
	struct msnmap map;

	fill_many(&map);
	imap_seqset_init(&uids);
	/* The first half, and numbers that are none or were never there. */
	imap_seqset_add_range(&uids, 1, STEP * MANY / 2);
	imap_seqset_add(&uids, STEP * MANY - 1);
	imap_seqset_add_range(&uids, STEP * MANY, UINT32_MAX);
	msnmap_remove_set(&map, &uids);
	g_assert_cmpuint(msnmap_count(&map), ==, MANY / 2 - 1);
	g_assert_cmpuint(msnmap_uid(&map, 0), ==, STEP * (MANY / 2 + 1));
	g_assert_cmpuint(msnmap_max_uid(&map), ==, STEP * (MANY - 1));
	imap_seqset_clear(&uids);
	imap_seqset_add_range(&uids, 1, UINT32_MAX);
	msnmap_remove_set(&map, &uids);
	g_assert_cmpuint(msnmap_count(&map), ==, 0);
	imap_seqset_release(&uids);
	msnmap_release(&map);
}

static void test_many_read(void)
{
	uint32_t *uids = g_new(uint32_t, MANY);
	struct imap_seqset wanted, some;
	struct msnmap map;

	fill_many(&map);
	g_assert_cmpuint(msnmap_copy(&map, 10, MANY, uids), ==, MANY - 10);
	for (uint32_t i = 0; i < MANY - 10; i++)
		g_assert_cmpuint(uids[i], ==, STEP * (i + 11));
	g_assert_cmpuint(msnmap_copy(&map, MANY, 1, uids), ==, 0);
	imap_seqset_init(&wanted);
	imap_seqset_init(&some);
	msnmap_find_all(&map, &wanted, &some);
	g_assert_true(imap_seqset_is_empty(&some));
	imap_seqset_add_range(&wanted, 20, 40);
	imap_seqset_add(&wanted, STEP * MANY - 1);
	imap_seqset_add(&wanted, STEP * MANY);
	msnmap_find_all(&map, &wanted, &some);
	g_assert_cmpuint(imap_seqset_count(&some), ==, 8);
	g_assert_cmpuint(imap_seqset_min(&some), ==, 21);
	imap_seqset_add_range(&wanted, 1, UINT32_MAX);
	msnmap_find_all(&map, &wanted, &some);
	g_assert_cmpuint(imap_seqset_count(&some), ==, MANY);
	imap_seqset_release(&wanted);
	imap_seqset_release(&some);
	msnmap_release(&map);
	g_free(uids);
}

/* EXISTS of millions, and a UID far behind. */
static void test_many_unknown(void)
{
	struct imap_seqset all, some;
	struct msnmap map;
	uint32_t pos;

	msnmap_init(&map);
	g_assert_true(msnmap_exists(&map, MSNMAP_MAX));
	g_assert_false(msnmap_find(&map, 7, &pos));
	g_assert_cmpuint(msnmap_max_uid(&map), ==, 0);
	g_assert_true(msnmap_set(&map, MSNMAP_MAX - 1, 7));
	g_assert_true(msnmap_find(&map, 7, &pos));
	g_assert_cmpuint(pos, ==, MSNMAP_MAX - 2);
	/* One of the unknown rows before it. */
	g_assert_true(msnmap_vanished(&map, 6, &pos));
	g_assert_cmpuint(pos, ==, 0);
	g_assert_true(msnmap_vanished(&map, 8, &pos));
	g_assert_cmpuint(pos, ==, MSNMAP_MAX - 2);
	g_assert_false(msnmap_vanished(&map, 9, &pos));
	imap_seqset_init(&all);
	imap_seqset_init(&some);
	imap_seqset_add_range(&all, 1, UINT32_MAX);
	msnmap_find_all(&map, &all, &some);
	g_assert_cmpuint(imap_seqset_count(&some), ==, 1);
	imap_seqset_release(&all);
	imap_seqset_release(&some);
	msnmap_release(&map);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/session/msnmap/bounds", test_bounds);
	g_test_add_func("/session/msnmap/contradictions", test_contradictions);
	g_test_add_func("/session/msnmap/vanished-in-gap",
		test_vanished_in_gap);
	g_test_add_func("/session/msnmap/set-all", test_set_all);
	g_test_add_func("/session/msnmap/random", test_random);
	g_test_add_func("/session/msnmap/many/expunged", test_many_expunged);
	g_test_add_func("/session/msnmap/many/vanished", test_many_vanished);
	g_test_add_func("/session/msnmap/many/read", test_many_read);
	g_test_add_func("/session/msnmap/many/unknown", test_many_unknown);
	return g_test_run();
}
