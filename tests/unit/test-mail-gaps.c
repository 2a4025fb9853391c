/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/gaps.h"

enum { SPAN = 60 };

static void compare(const struct gaps *gaps, const bool *is_out)
{
	uint32_t place = 0;

	for (uint32_t row = 0; row < SPAN; row++) {
		g_assert_cmpint(gaps_has(gaps, row), ==, is_out[row]);
		g_assert_cmpuint(gaps_place(gaps, row), ==, place);
		if (is_out[row])
			continue;
		g_assert_cmpuint(gaps_row(gaps, place), ==, row);
		place++;
	}
	g_assert_cmpuint(gaps_count(gaps), ==, SPAN - place);
}

/* Every operation against the same on an array of booleans. */
static void test_random(void)
{
	struct gaps gaps;
	bool is_out[SPAN] = { false };

	gaps_init(&gaps);
	for (int i = 0; i < 20000; i++) {
		uint32_t first = (uint32_t)g_test_rand_int_range(0, SPAN);
		uint32_t last = first + (uint32_t)g_test_rand_int_range(0, 6);
		bool adds = g_test_rand_bit();

		last = MIN(last, SPAN - 1u);
		if (adds)
			gaps_add(&gaps, first, last);
		else
			gaps_remove(&gaps, first, last);
		for (uint32_t row = first; row <= last; row++)
			is_out[row] = adds;
		compare(&gaps, is_out);
	}
	gaps_release(&gaps);
}

static void test_ranges(void)
{
	struct gaps gaps, other;

	gaps_init(&gaps);
	gaps_init(&other);
	gaps_add(&gaps, 10, 19);
	gaps_add(&gaps, 30, 39);
	g_assert_cmpuint(gaps_n_ranges(&gaps), ==, 2);
	gaps_add(&gaps, 20, 29);
	g_assert_cmpuint(gaps_n_ranges(&gaps), ==, 1);
	gaps_remove(&gaps, 15, 15);
	g_assert_cmpuint(gaps_n_ranges(&gaps), ==, 2);
	g_assert_cmpuint(gaps_count(&gaps), ==, 29);
	g_assert_cmpuint(gaps_row(&gaps, 10), ==, 15);
	gaps_take(&other, &gaps);
	g_assert_cmpuint(gaps_count(&gaps), ==, 0);
	g_assert_cmpuint(gaps_count(&other), ==, 29);
	gaps_release(&gaps);
	gaps_release(&other);
}

/* A million threads folded, one after the other. */
static void test_many(void)
{
	struct gaps gaps;

	gaps_init(&gaps);
	for (uint32_t i = 0; i < 1000000; i++)
		gaps_add(&gaps, 3 * i + 1, 3 * i + 2);
	g_assert_cmpuint(gaps_count(&gaps), ==, 2000000);
	g_assert_cmpuint(gaps_row(&gaps, 777777), ==, 3 * 777777);
	g_assert_cmpuint(gaps_place(&gaps, 3 * 777777), ==, 777777);
	g_assert_cmpuint(gaps_row(&gaps, 1000000), ==, 3000000);
	gaps_release(&gaps);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/gaps/random", test_random);
	g_test_add_func("/mail/gaps/ranges", test_ranges);
	g_test_add_func("/mail/gaps/many", test_many);
	return g_test_run();
}
