/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/ranking.h"
#include "src/mail/table.h"

static GArray *new_late(void)
{
	return g_array_new(FALSE, FALSE, sizeof(struct ranking_late));
}

static uint32_t number_of(struct ranking_cursor *cursor, uint32_t uid)
{
	return ranking_cursor_number(cursor,
		&(struct table_record){ .uid = uid });
}

static void test_numbers(void)
{
	struct ranking *ranking = ranking_new();
	GArray *late = new_late();
	struct ranking_view *view;
	struct ranking_cursor *cursor;

	ranking_add(ranking, 9, "MICE");
	ranking_add(ranking, 7, "");
	ranking_add(ranking, 5, "MICE AND MEN, AND WHAT ELSE THERE IS, AND SO "
		"ON");
	ranking_add(ranking, 3, "MEN");
	ranking_add(ranking, 2, "MICE");
	/* Not in the order of the others. */
	ranking_add(ranking, 4, "MICE AND MEN, AND WHAT ELSE THERE IS, AND NO "
		"MORE");
	g_assert_cmpuint(ranking_length(ranking), ==, 6);
	g_assert_cmpuint(ranking_uid(ranking, 1), ==, 7);
	ranking_put_in_order(ranking);
	view = ranking_view_new(ranking, late);
	ranking_unref(&ranking);
	g_assert_null(ranking);
	for (int again = 0; again < 2; again++) {
		cursor = ranking_cursor_new(view);
		g_assert_cmpuint(number_of(cursor, 0), ==, 0);
		g_assert_cmpuint(number_of(cursor, 1), ==, 0);
		g_assert_cmpuint(number_of(cursor, 2), ==, 3);
		g_assert_cmpuint(number_of(cursor, 3), ==, 2);
		g_assert_cmpuint(number_of(cursor, 4), ==, 4);
		g_assert_cmpuint(number_of(cursor, 5), ==, 4);
		g_assert_cmpuint(number_of(cursor, 7), ==, 1);
		g_assert_cmpuint(number_of(cursor, 8), ==, 0);
		g_assert_cmpuint(number_of(cursor, 9), ==, 3);
		g_assert_cmpuint(number_of(cursor, 10), ==, 0);
		ranking_cursor_free(&cursor);
	}
	ranking_view_free(&view);
	g_array_unref(late);
}

static void test_sets(void)
{
	struct ranking_view *view = ranking_view_new_of_sets(
		g_memdup2((const uint32_t[]){ 1, 3, 2 }, 12), 3);
	struct ranking_cursor *cursor = ranking_cursor_new(view);

	for (uint32_t i = 0; i < 5; i++)
		g_assert_cmpuint(ranking_cursor_number(cursor,
			&(struct table_record){ .keyword_set = i }), ==,
			i == 0 ? 1 : i == 1 ? 3 : i == 2 ? 2 : 0);
	ranking_cursor_free(&cursor);
	ranking_view_free(&view);
}

/* Some hundreds of texts, of which some came later: numbers are as if all had
 * come at once. */
static void test_late(void)
{
	enum { N = 600, LATE = 200 };
	GRand *rand = g_rand_new_with_seed(2);
	struct ranking *ranking = ranking_new();
	GArray *late = new_late();
	char *texts[N];
	struct ranking_view *view;
	struct ranking_cursor *cursor;
	uint32_t found[N];

	for (int i = 0; i < N; i++)
		texts[i] = g_strdup_printf("%s%c%d", i % 2 ? "THE SAME FOR A "
			"WHILE " : "", 'A' + g_rand_int_range(rand, 0, 3),
			g_rand_int_range(rand, 0, N / 4));
	for (uint32_t i = N - LATE; i > 0; i--)
		ranking_add(ranking, i, texts[i - 1]);
	for (uint32_t i = N - LATE; i < N; i++) {
		struct ranking_late one = { i + 1, texts[i] };

		g_array_append_val(late, one);
	}
	ranking_put_in_order(ranking);
	view = ranking_view_new(ranking, late);
	cursor = ranking_cursor_new(view);
	for (uint32_t i = 0; i < N; i++)
		found[i] = number_of(cursor, i + 1);
	for (int i = 0; i < N; i++)
		for (int k = 0; k < N; k++) {
			int order = strcmp(texts[i], texts[k]);

			g_assert_cmpint((found[i] > found[k]) -
				(found[i] < found[k]), ==,
				(order > 0) - (order < 0));
		}
	for (int i = 0; i < N; i++)
		g_free(texts[i]);
	ranking_cursor_free(&cursor);
	ranking_view_free(&view);
	ranking_unref(&ranking);
	g_array_unref(late);
	g_rand_free(rand);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/ranking/numbers", test_numbers);
	g_test_add_func("/mail/ranking/sets", test_sets);
	g_test_add_func("/mail/ranking/late", test_late);
	return g_test_run();
}
