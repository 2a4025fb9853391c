/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lineups of random mailboxes against the plainest way, and of big ones. */
#include "src/base/base.h"
#include "tests/unit/lineup-box.h"

enum { N = 120 };

struct naive {
	const struct message *messages; /* of N, by position */
	uint32_t parents[N + 1];        /* by Message-ID, of all that there are */
	uint32_t rows[N + 1];           /* by Message-ID: position, or N */
	bool shown[N];
	bool by_date, is_last, reverses_threads, reverses_replies;
	uint32_t n;
	struct { uint32_t uid, parent, depth; bool begins; } out[N];
};

static uint32_t naive_top(const struct naive *naive, uint32_t id)
{
	while (naive->parents[id] != 0)
		id = naive->parents[id];
	return id;
}

/* The position of the message above; N: none is there. */
static uint32_t naive_above(const struct naive *naive, uint32_t pos)
{
	uint32_t id = naive->messages[pos].id;

	do {
		id = naive->parents[id];
	} while (id != 0 && naive->rows[id] == N);
	return id != 0 ? naive->rows[id] : N;
}

static int64_t naive_key(const struct naive *naive, uint32_t pos)
{
	return naive->by_date ? naive->messages[pos].date * N + pos : pos;
}

/* Of those of one thread that none precedes: the next in order behind last. */
static uint32_t naive_next(const struct naive *naive, uint32_t top,
	uint32_t above, uint32_t last)
{
	int sign = naive->reverses_replies ? -1 : 1;
	uint32_t best = N;

	for (uint32_t pos = 0; pos < N; pos++) {
		int64_t key = sign * naive_key(naive, pos);

		if (naive->messages[pos].id == 0 ||
			naive_above(naive, pos) != above ||
			naive_top(naive, naive->messages[pos].id) != top)
			continue;
		if (last != N && key <= sign * naive_key(naive, last))
			continue;
		if (best == N || key < sign * naive_key(naive, best))
			best = pos;
	}
	return best;
}

static void naive_put(struct naive *naive, uint32_t top, uint32_t above,
	uint32_t parent, uint32_t depth, bool *begins)
{
	for (uint32_t pos = naive_next(naive, top, above, N); pos != N;
		pos = naive_next(naive, top, above, pos)) {
		bool shown = naive->shown[pos];

		if (shown) {
			naive->out[naive->n].uid = pos + 1;
			naive->out[naive->n].parent = parent;
			naive->out[naive->n].depth = depth;
			naive->out[naive->n++].begins = *begins;
			*begins = false;
		}
		naive_put(naive, top, pos, shown ? pos + 1 : parent,
			depth + shown, begins);
	}
}

static int64_t naive_thread_key(const struct naive *naive, uint32_t top)
{
	int64_t key = INT64_MIN;

	if (!naive->is_last)
		return naive_key(naive, naive_next(naive, top, N, N));
	for (uint32_t pos = 0; pos < N; pos++)
		if (naive->messages[pos].id != 0 &&
			naive_top(naive, naive->messages[pos].id) == top)
			key = MAX(key, naive_key(naive, pos));
	return key;
}

static void naive_threads(struct naive *naive)
{
	bool reverse = naive->reverses_threads != naive->reverses_replies;
	int64_t keys[N + 1], last = INT64_MIN;
	uint32_t best;

	naive->n = 0;
	for (uint32_t id = 1; id <= N; id++)
		keys[id] = naive->parents[id] == 0 &&
			naive_next(naive, id, N, N) != N ?
			naive_thread_key(naive, id) * (reverse ? -1 : 1) :
			INT64_MIN;
	do {
		bool begins = true;

		best = 0;
		for (uint32_t id = 1; id <= N; id++)
			if (keys[id] > last &&
				(best == 0 || keys[id] < keys[best]))
				best = id;
		last = keys[best];
		if (best != 0)
			naive_put(naive, best, N, 0, 0, &begins);
	} while (best != 0);
}

/* Every fifth message is not there; none is deeper than its references may be
 * long. They arrive in any order. */
static void make_messages(GRand *rand, struct naive *naive,
	struct message *messages)
{
	uint32_t depths[N + 1] = { 0 };

	for (uint32_t i = 0; i < N; i++)
		messages[i].id = g_rand_int_range(rand, 0, 5) == 0 ? 0 : i + 1;
	for (uint32_t i = 0; i < N; i++) {
		uint32_t k = (uint32_t)g_rand_int_range(rand, 0, N);
		uint32_t id = messages[i].id;

		messages[i].id = messages[k].id;
		messages[k].id = id;
	}
	for (uint32_t id = 1; id <= N; id++) {
		uint32_t parent = (uint32_t)g_rand_int_range(rand, 0, (gint)id);

		naive->rows[id] = N;
		naive->parents[id] = depths[parent] < REFS_MAX - 1 &&
			g_rand_int_range(rand, 0, 4) != 0 ? parent : 0;
		depths[id] = naive->parents[id] != 0 ? depths[parent] + 1 : 0;
	}
	for (uint32_t i = 0; i < N; i++) {
		uint32_t id = messages[i].id, k = depths[id];

		messages[i].date = g_rand_int_range(rand, 0, N / 2);
		if (id == 0)
			continue;
		naive->rows[id] = i;
		for (; k > 0; id = naive->parents[id])
			messages[i].refs[--k] = naive->parents[id];
	}
}

static void check_place(const struct naive *naive, const struct lineup *lineup,
	uint32_t i)
{
	const struct lineup_place *place = &lineup->places[i];
	uint32_t n = 0, next;

	g_assert_cmpuint(lineup->uids[i], ==, naive->out[i].uid);
	g_assert_cmpuint(place->depth, ==, naive->out[i].depth);
	g_assert_cmpuint(place->parent == UINT32_MAX ? 0 :
		lineup->uids[place->parent], ==, naive->out[i].parent);
	g_assert_cmpint((place->bits & LINEUP_BEGINS_THREAD) != 0, ==,
		naive->out[i].begins);
	while (i + 1 + n < naive->n &&
		naive->out[i + 1 + n].depth > place->depth)
		n++;
	g_assert_cmpuint(place->n_below, ==, n);
	next = i + 1 + n;
	g_assert_cmpint((place->bits & LINEUP_HAS_NEXT) != 0, ==,
		next < naive->n && naive->out[next].depth == place->depth &&
		!naive->out[next].begins);
}

/* Messages that are not there have a row, too, without threads, and hidden. */
static void check_random(GRand *rand, struct box *box, struct naive *naive)
{
	struct lineup_order *order = &box->input.order;
	struct imap_seqset limited;
	struct lineup *lineup;

	imap_seqset_init(&limited);
	for (uint32_t pos = 0; pos < N; pos++) {
		naive->shown[pos] = naive->messages[pos].id != 0 &&
			g_rand_int_range(rand, 0, 3) != 0;
		if (naive->shown[pos])
			imap_seqset_add(&limited, pos + 1);
	}
	order->sort.field = LINEUP_THREADS;
	order->aux.field = naive->by_date ? LINEUP_DATE : LINEUP_ARRIVAL;
	order->aux.is_last = naive->is_last;
	order->aux.is_reverse = naive->reverses_replies;
	order->sort.is_reverse = naive->reverses_threads;
	box->input.limited = &limited;
	lineup = lineup_new(&box->input);
	naive_threads(naive);
	g_assert_cmpuint(lineup->n, ==, naive->n);
	for (uint32_t i = 0; i < lineup->n; i++)
		check_place(naive, lineup, i);
	lineup_free(&lineup);
	imap_seqset_release(&limited);
}

static void test_random(void)
{
	GRand *rand = g_rand_new_with_seed(9);

	for (int round = 0; round < 64; round++) {
		struct message *messages = g_new0(struct message, N);
		struct naive naive = {
			.messages = messages,
			.by_date = (round & 1) != 0,
			.is_last = (round & 2) != 0,
			.reverses_threads = (round & 4) != 0,
			.reverses_replies = (round & 8) != 0,
		};
		struct box box;

		make_messages(rand, &naive, messages);
		box_fill(&box, messages, N);
		check_random(rand, &box, &naive);
		box_release(&box);
		g_free(messages);
	}
	g_rand_free(rand);
}

/* --- much ------------------------------------------------------------------ */

enum { MILLION = 1000000, DEEP = 200000 };

/* above(i): the message that i answers, from 1; 0: none. */
static void box_fill_many(struct box *box, uint32_t n,
	uint32_t (*above)(uint32_t id))
{
	struct message message = { 0 };

	box_init(box);
	for (uint32_t id = 1; id <= n; id++) {
		message.id = id;
		message.refs[0] = above(id);
		message.subject = id % 1000;
		message.date = id % 777;
		box_add(box, &message);
	}
	box_close(box);
}

static uint32_t the_one_before(uint32_t id)
{
	return id - 1;
}

static uint32_t the_first(uint32_t id)
{
	return id > 1;
}

static uint32_t none(uint32_t id)
{
	(void)id;
	return 0;
}

static void test_deep(void)
{
	struct lineup *lineup;
	struct box box;

	box_fill_many(&box, DEEP, the_one_before);
	box_set_order(&box, "threads", "last-date");
	lineup = lineup_new(&box.input);
	g_assert_cmpuint(lineup->n, ==, DEEP);
	g_assert_cmpuint(lineup->places[0].n_below, ==, DEEP - 1);
	g_assert_cmpuint(lineup->places[DEEP - 1].depth, ==, UINT16_MAX);
	g_assert_cmpuint(lineup->places[DEEP - 1].parent, ==, DEEP - 2);
	lineup_free(&lineup);
	box_release(&box);
}

static void test_wide(void)
{
	struct lineup *lineup;
	struct box box;

	box_fill_many(&box, MILLION, the_first);
	box_set_order(&box, "threads", "reverse-mailbox-order");
	lineup = lineup_new(&box.input);
	g_assert_cmpuint(lineup->n, ==, MILLION);
	g_assert_cmpuint(lineup->places[0].n_below, ==, MILLION - 1);
	for (uint32_t i = 1; i < MILLION; i++) {
		g_assert_cmpuint(lineup->uids[i], ==, MILLION + 1 - i);
		g_assert_cmpuint(lineup->places[i].parent, ==, 0);
		g_assert_cmpint(lineup->places[i].bits & LINEUP_HAS_NEXT, ==,
			i < MILLION - 1 ? LINEUP_HAS_NEXT : 0);
	}
	lineup_free(&lineup);
	box_release(&box);
}

/* As many answers to the last of a long chain that is not there: it is climbed
 * once, not by each of them. */
static void test_gone(void)
{
	struct lineup *lineup;
	struct box box;

	box_fill_many(&box, DEEP, none);
	g_free(box.parents);
	box.parents = g_new0(uint32_t, 2 * DEEP + 1);
	for (uint32_t i = 1; i <= DEEP; i++)
		box.parents[i] = 2 * DEEP;
	for (uint32_t i = DEEP + 1; i <= 2 * DEEP; i++)
		box.parents[i] = i > DEEP + 1 ? i - 1 : 0;
	box.input.parents = box.parents;
	box.input.n_parents = 2 * DEEP + 1;
	box_set_order(&box, "threads", "mailbox-order");
	lineup = lineup_new(&box.input);
	g_assert_cmpuint(lineup->n, ==, DEEP);
	for (uint32_t i = 0; i < DEEP; i++) {
		unsigned bits = LINEUP_LACKS_PARENT |
			(i == 0 ? LINEUP_BEGINS_THREAD : 0) |
			(i < DEEP - 1 ? LINEUP_HAS_NEXT : 0);

		g_assert_cmpuint(lineup->uids[i], ==, i + 1);
		g_assert_cmpuint(lineup->places[i].bits & bits, ==, bits);
		g_assert_cmpuint(lineup->places[i].parent, ==, UINT32_MAX);
	}
	lineup_free(&lineup);
	box_release(&box);
}

static void test_many(void)
{
	struct imap_seqset nobody;
	struct lineup *lineup;
	struct box box;

	box_fill_many(&box, MILLION, none);
	box_set_order(&box, "threads", "last-mailbox-order");
	box.input.joins_subjects = true;
	lineup = lineup_new(&box.input);
	/* Those without a subject stand alone. */
	g_assert_cmpuint(lineup->n, ==, MILLION);
	g_assert_cmpuint(lineup->uids[MILLION - 1], ==, MILLION);
	g_assert_cmpuint(lineup->places[MILLION - 2].depth, ==, 1);
	lineup_free(&lineup);
	imap_seqset_init(&nobody);
	box.input.limited = &nobody;
	lineup = lineup_new(&box.input);
	g_assert_cmpuint(lineup->n, ==, 0);
	lineup_free(&lineup);
	box.input.limited = NULL;
	box_set_order(&box, "date", "reverse-mailbox-order");
	lineup = lineup_new(&box.input);
	g_assert_cmpuint(lineup->uids[0], ==, MILLION / 777 * 777);
	g_assert_cmpuint(lineup->uids[MILLION - 1], ==, 776);
	lineup_free(&lineup);
	box_release(&box);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/lineup/random", test_random);
	g_test_add_func("/mail/lineup/deep", test_deep);
	g_test_add_func("/mail/lineup/wide", test_wide);
	g_test_add_func("/mail/lineup/gone", test_gone);
	g_test_add_func("/mail/lineup/many", test_many);
	return g_test_run();
}
