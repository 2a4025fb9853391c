/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/seqset.h"

static void assert_set(const struct imap_seqset *set, const char *text)
{
	char *str = imap_seqset_to_string(set);

	g_assert_cmpstr(str, ==, text);
	g_free(str);
}

static void test_parse(void)
{
	static const char *const table[][2] = {
		{ "1", "1" }, { "1:4,7,9:*", "1:4,7,9:*" },
		{ "4:1", "1:4" }, { "7,1:3,4,2", "1:4,7" },
		{ "*", "4294967295" }, { "*:5", "5:*" },
		{ "4294967295", "4294967295" }, { "1:3,2:9,10", "1:10" },
		{ "5,4,3,2,1", "1:5" }, { "4294967294:*,*", "4294967294:*" },
	};
	static const char *const bad[] = { "", "0", "0:3", "3:0", "1,", ",1",
		"1:", ":1", "1:2:3", "4294967296", "99999999999999999999", "a",
		"1 2", "1,,2", "-1", "1;2", "$" };
	struct imap_seqset set;

	imap_seqset_init(&set);
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		g_assert_true(imap_seqset_parse(&set, table[i][0]));
		assert_set(&set, table[i][1]);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		imap_seqset_add(&set, 1);
		g_assert_false(imap_seqset_parse(&set, bad[i]));
		g_assert_true(imap_seqset_is_empty(&set));
	}
	imap_seqset_release(&set);
}

/* Every operation against the same on an array of booleans. */
enum { SPAN = 40 };

static void fill(struct imap_seqset *set, bool *has)
{
	imap_seqset_clear(set);
	memset(has, 0, SPAN);
	for (int i = 0; i < 12; i++) {
		uint32_t first = (uint32_t)g_test_rand_int_range(1, SPAN);
		uint32_t last = first + (uint32_t)g_test_rand_int_range(0, 4);

		last = MIN(last, SPAN - 1u);
		if (g_test_rand_bit()) {
			imap_seqset_add_range(set, first, last);
			memset(has + first, 1, last - first + 1);
		} else {
			imap_seqset_remove(set, first);
			has[first] = false;
		}
	}
}

static void check(const struct imap_seqset *set, const bool *has)
{
	uint32_t count = 0, min = 0, max = 0;
	size_t n_ranges = 0;

	for (uint32_t i = 1; i < SPAN; i++) {
		g_assert_cmpint(imap_seqset_has(set, i), ==, has[i]);
		count += has[i];
		max = has[i] ? i : max;
		min = min == 0 ? max : min;
		n_ranges += has[i] && !has[i - 1];
	}
	g_assert_cmpuint(imap_seqset_count(set), ==, count);
	g_assert_cmpuint(imap_seqset_min(set), ==, min);
	g_assert_cmpuint(imap_seqset_max(set), ==, max);
	g_assert_cmpuint(imap_seqset_n_ranges(set), ==, n_ranges);
	g_assert_cmpint(imap_seqset_is_empty(set), ==, count == 0);
}

static void test_random(void)
{
	struct imap_seqset a, b, c;
	bool has_a[SPAN], has_b[SPAN], has_c[SPAN];

	imap_seqset_init(&a);
	imap_seqset_init(&b);
	imap_seqset_init(&c);
	for (int round = 0; round < 2000; round++) {
		fill(&a, has_a);
		check(&a, has_a);
		fill(&b, has_b);
		imap_seqset_copy(&c, &a);
		g_assert_true(imap_seqset_equal(&a, &c));
		imap_seqset_add_set(&c, &b);
		for (int i = 0; i < SPAN; i++)
			has_c[i] = has_a[i] || has_b[i];
		check(&c, has_c);
		imap_seqset_copy(&c, &a);
		imap_seqset_remove_set(&c, &b);
		for (int i = 0; i < SPAN; i++)
			has_c[i] = has_a[i] && !has_b[i];
		check(&c, has_c);
		imap_seqset_copy(&c, &a);
		imap_seqset_intersect(&c, &b);
		for (int i = 0; i < SPAN; i++)
			has_c[i] = has_a[i] && has_b[i];
		check(&c, has_c);
		g_assert_cmpint(imap_seqset_equal(&a, &c), ==,
			memcmp(has_a, has_c, SPAN) == 0);
	}
	imap_seqset_release(&a);
	imap_seqset_release(&b);
	imap_seqset_release(&c);
}

static void test_edges(void)
{
	struct imap_seqset set, all;

	imap_seqset_init(&set);
	imap_seqset_init(&all);
	imap_seqset_add(&set, 0);
	g_assert_true(imap_seqset_is_empty(&set));
	imap_seqset_add_range(&set, UINT32_MAX, UINT32_MAX);
	imap_seqset_add(&set, UINT32_MAX - 1);
	imap_seqset_add_range(&set, 0, 2);
	assert_set(&set, "1:2,4294967294:*");
	imap_seqset_add_range(&all, 1, UINT32_MAX);
	g_assert_cmpuint(imap_seqset_count(&all), ==, UINT32_MAX);
	imap_seqset_remove_set(&all, &set);
	assert_set(&all, "3:4294967293");
	imap_seqset_remove_set(&all, &all);
	g_assert_true(imap_seqset_is_empty(&all));
	g_assert_cmpuint(imap_seqset_min(&all), ==, 0);
	imap_seqset_remove(&set, UINT32_MAX);
	g_assert_cmpuint(imap_seqset_range(&set, 1).last, ==, UINT32_MAX - 1);
	imap_seqset_release(&set);
	imap_seqset_release(&all);
}

static void test_ordered(void)
{
	GArray *uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	static const uint32_t expected[] = { 9, 2, 3, 4, 9, 6, 7 };

	g_assert_true(imap_seqset_parse_ordered("9,2:4,9,7:6", 7, uids));
	g_assert_cmpmem(uids->data, uids->len * sizeof(uint32_t), expected,
		sizeof(expected));
	g_array_set_size(uids, 0);
	g_assert_false(imap_seqset_parse_ordered("9,2:4,9,7:6", 6, uids));
	g_array_set_size(uids, 0);
	g_assert_false(imap_seqset_parse_ordered("1:4294967295", 1000, uids));
	g_assert_cmpuint(uids->len, ==, 0);
	g_assert_false(imap_seqset_parse_ordered("1:*", 1000, uids));
	g_assert_false(imap_seqset_parse_ordered("", 1000, uids));
	g_array_unref(uids);
}

/* Chunks put together are the set again, none longer than allowed. */
static void test_chunks(void)
{
	struct imap_seqset set, left, again, part;

	imap_seqset_init(&set);
	imap_seqset_init(&left);
	imap_seqset_init(&again);
	imap_seqset_init(&part);
	for (uint32_t n = 1; n < 20000; n += 3)
		imap_seqset_add_range(&set, n, n + n % 2);
	imap_seqset_copy(&left, &set);
	while (!imap_seqset_is_empty(&left)) {
		imap_seqset_take(&left, UINT64_MAX, 50, &part);
		char *chunk = imap_seqset_to_string(&part);

		g_assert_cmpuint(strlen(chunk), <=, 50);
		g_free(chunk);
		imap_seqset_add_set(&again, &part);
	}
	g_assert_true(imap_seqset_equal(&set, &again));
	imap_seqset_take(&set, UINT64_MAX, 0, &part); /* at least one */
	g_assert_cmpuint(imap_seqset_count(&part), ==, 2);
	imap_seqset_release(&set);
	imap_seqset_release(&left);
	imap_seqset_release(&again);
	imap_seqset_release(&part);
}

/* By number: a range is cut where the number ends. */
static void test_take(void)
{
	struct imap_seqset set, part;
	char *text;

	imap_seqset_init(&set);
	imap_seqset_init(&part);
	g_assert_true(imap_seqset_parse(&set, "3,5:9,4294967290:*"));
	imap_seqset_take(&set, 3, 1000, &part);
	text = imap_seqset_to_string(&part);
	g_assert_cmpstr(text, ==, "3,5:6");
	g_free(text);
	imap_seqset_take(&set, UINT64_MAX, 1000, &part);
	text = imap_seqset_to_string(&part);
	g_assert_cmpstr(text, ==, "7:9,4294967290:*");
	g_free(text);
	imap_seqset_take(&set, 1, 1000, &part);
	g_assert_true(imap_seqset_is_empty(&part));
	imap_seqset_release(&set);
	imap_seqset_release(&part);
}

/* A million numbers that come from the top down. */
static void test_unsorted(void)
{
	struct imap_seqset set;
	GArray *ranges = g_array_new(FALSE, FALSE, sizeof(struct imap_range));

	for (uint32_t n = 2000000; n > 0; n -= 2) {
		struct imap_range range = { n, n };
		g_array_append_val(ranges, range);
	}
	imap_seqset_init(&set);
	imap_seqset_add_unsorted(&set, ranges);
	g_assert_cmpuint(imap_seqset_n_ranges(&set), ==, 1000000);
	g_assert_cmpuint(imap_seqset_min(&set), ==, 2);
	g_array_unref(ranges);
	imap_seqset_release(&set);
}

/* Looked for from any place, the answer is the same. */
static void test_near(void)
{
	struct imap_seqset set;
	size_t near = 0;

	imap_seqset_init(&set);
	g_assert_false(imap_seqset_has_near(&set, 1, &near));
	for (uint32_t n = 10; n < 1000; n += 7)
		imap_seqset_add_range(&set, n, n + n % 3);
	for (uint32_t n = 1; n < 1100; n++)
		g_assert_true(imap_seqset_has_near(&set, n, &near) ==
			imap_seqset_has(&set, n));
	for (int i = 0; i < 2000; i++) {
		uint32_t n = (uint32_t)g_test_rand_int_range(1, 1100);
		struct imap_range range = { n, n + 2 };

		if (i % 5 == 0)
			near = (size_t)g_test_rand_int_range(0, 1000);
		g_assert_true(imap_seqset_has_near(&set, n, &near) ==
			imap_seqset_has(&set, n));
		g_assert_true(imap_seqset_meets(&set, range, &near) ==
			(imap_seqset_has(&set, n) ||
			imap_seqset_has(&set, n + 1) ||
			imap_seqset_has(&set, n + 2)));
	}
	imap_seqset_release(&set);
}

/* Sets that come one behind the other, and one that is before all. */
static void test_add_behind(void)
{
	struct imap_seqset set, part;

	imap_seqset_init(&set);
	imap_seqset_init(&part);
	for (uint32_t first = 100; first < 1000; first += 100) {
		imap_seqset_clear(&part);
		imap_seqset_add_range(&part, first, first + 9);
		imap_seqset_add(&part, first + 99);
		imap_seqset_add_set(&set, &part);
	}
	assert_set(&set, "100:109,199:209,299:309,399:409,499:509,599:609,"
		"699:709,799:809,899:909,999");
	imap_seqset_clear(&part);
	imap_seqset_add_range(&part, 1, 99);
	imap_seqset_add_range(&part, 950, 998);
	imap_seqset_add_set(&set, &part);
	assert_set(&set, "1:109,199:209,299:309,399:409,499:509,599:609,"
		"699:709,799:809,899:909,950:999");
	imap_seqset_release(&set);
	imap_seqset_release(&part);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/imap/seqset/parse", test_parse);
	g_test_add_func("/imap/seqset/random", test_random);
	g_test_add_func("/imap/seqset/edges", test_edges);
	g_test_add_func("/imap/seqset/ordered", test_ordered);
	g_test_add_func("/imap/seqset/chunks", test_chunks);
	g_test_add_func("/imap/seqset/take", test_take);
	g_test_add_func("/imap/seqset/near", test_near);
	g_test_add_func("/imap/seqset/add-behind", test_add_behind);
	g_test_add_func("/imap/seqset/unsorted", test_unsorted);
	return g_test_run();
}
