/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/thread.h"

static void check(const struct thread_message *messages, size_t n,
	const struct thread_place *expected)
{
	struct thread_place *places = g_new0(struct thread_place, n);

	thread_build(messages, n, places);
	for (size_t i = 0; i < n; i++) {
		g_assert_cmpuint(places[i].root_uid, ==, expected[i].root_uid);
		g_assert_cmpuint(places[i].depth, ==, expected[i].depth);
	}
	g_free(places);
}

static void test_simple(void)
{
	static const struct thread_message messages[] = {
		{ 10, "<a@x>", NULL, NULL },
		{ 11, "<b@x>", "<a@x>", NULL },
		{ 12, "<c@x>", NULL, "<a@x> <b@x>" },
		{ 13, "<d@x>", NULL, NULL },
		{ 14, NULL, NULL, NULL },
	};
	static const struct thread_place expected[] = {
		{ 10, 0 }, { 10, 1 }, { 10, 2 }, { 13, 0 }, { 14, 0 },
	};

	check(messages, 5, expected);
}

/* Replies that arrived before, and replies to what is not there. */
static void test_missing(void)
{
	static const struct thread_message messages[] = {
		{ 1, "<reply@x>", "<root@x>", NULL },
		{ 2, "<root@x>", NULL, NULL },
		{ 3, "<p@x>", "<gone@x>", NULL },
		{ 4, "<q@x>", NULL, "<gone@x> <lost@x>" },
	};
	static const struct thread_place expected[] = {
		{ 1, 1 }, { 1, 0 }, { 3, 0 }, { 3, 0 },
	};

	check(messages, 4, expected);
}

static void test_cycle(void)
{
	static const struct thread_message messages[] = {
		{ 1, "<a@x>", "<b@x>", NULL },
		{ 2, "<b@x>", "<a@x>", NULL },
		{ 3, "<c@x>", "<c@x>", NULL },
		{ 4, "<a@x>", NULL, NULL }, /* the same Message-ID again */
	};
	static const struct thread_place expected[] = {
		{ 1, 1 }, { 1, 0 }, { 3, 0 }, { 4, 0 },
	};

	check(messages, 4, expected);
}

/* Would overflow a stack, or take minutes, if it recursed or were quadratic. */
static void test_deep(void)
{
	enum { N = 200000 };
	struct thread_message *messages = g_new0(struct thread_message, N);
	struct thread_place *places = g_new0(struct thread_place, N);

	for (int i = 0; i < N; i++) {
		messages[i].uid = (uint32_t)i + 1;
		messages[i].message_id = g_strdup_printf("<%d@x>", i);
		messages[i].in_reply_to = i ? messages[i - 1].message_id : NULL;
	}
	thread_build(messages, N, places);
	g_assert_cmpuint(places[N - 1].depth, ==, N - 1);
	g_assert_cmpuint(places[N - 1].root_uid, ==, 1);
	for (int i = 0; i < N; i++)
		g_free((char *)messages[i].message_id);
	g_free(messages);
	g_free(places);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/thread/simple", test_simple);
	g_test_add_func("/mail/thread/missing", test_missing);
	g_test_add_func("/mail/thread/cycle", test_cycle);
	g_test_add_func("/mail/thread/deep", test_deep);
	return g_test_run();
}
