/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Arrangements are drawn as text: UIDs of the rows in order, those with folded
 * ones below as "3+".
 */
#include "src/base/base.h"
#include "src/mail/arrangement.h"
#include "src/mail/private.h"

struct fixture {
	struct mailbox mailbox;
	struct arrangement *arrangement;
};

static void set_up(struct fixture *fixture, gconstpointer data)
{
	uint32_t n = GPOINTER_TO_UINT(data);

	fixture->mailbox.table = table_new();
	fixture->mailbox.overlays = g_ptr_array_new();
	table_append(fixture->mailbox.table, n);
	for (uint32_t i = 0; i < n; i++)
		table_set_uid(fixture->mailbox.table, i, 10 * (i + 1));
	fixture->arrangement = arrangement_new(&fixture->mailbox);
	arrangement_refresh(fixture->arrangement);
}

static void tear_down(struct fixture *fixture, gconstpointer data)
{
	(void)data;
	arrangement_free(&fixture->arrangement);
	table_free(&fixture->mailbox.table);
	g_ptr_array_free(fixture->mailbox.overlays, TRUE);
	imap_seqset_release(&fixture->mailbox.moved);
}

static void assert_rows(const struct fixture *fixture, const char *expected)
{
	const struct arrangement *a = fixture->arrangement;
	GString *text = g_string_new(NULL);

	for (uint32_t i = 0; i < arrangement_length(a); i++) {
		uint32_t pos = arrangement_position(a, i);

		g_string_append_printf(text, "%s%u%s", i > 0 ? " " : "",
			pos == ARRANGEMENT_NONE ? 0 :
			mailbox_uid_at(&fixture->mailbox, pos),
			arrangement_is_folded(a, i) ? "+" : "");
	}
	g_assert_cmpstr(text->str, ==, expected);
	g_string_free(text, TRUE);
	/* The two ways agree. */
	for (uint32_t i = 0; i < arrangement_length(a); i++) {
		uint32_t pos = arrangement_position(a, i);

		if (pos != ARRANGEMENT_NONE &&
			mailbox_uid_at(&fixture->mailbox, pos) != 0)
			g_assert_cmpuint(arrangement_find(fixture->arrangement,
				mailbox_uid_at(&fixture->mailbox, pos)),
				==, i);
	}
}

/* Rows as "UID" or, below the one before it, ">UID"; with "~" by
 * its subject alone. */
static struct lineup *lineup_of(const char *text)
{
	char **words = g_strsplit(text, " ", -1);
	struct lineup *lineup = g_new0(struct lineup, 1);
	uint32_t above[16] = { 0 };

	lineup->n = g_strv_length(words);
	lineup->uids = g_new0(uint32_t, lineup->n);
	lineup->places = g_new0(struct lineup_place, lineup->n);
	lineup->unread = g_malloc(lineup->n / 8 + 1);
	memset(lineup->unread, 0xff, lineup->n / 8 + 1);
	for (uint32_t i = 0; i < lineup->n; i++) {
		uint16_t depth = (uint16_t)strspn(words[i], ">");
		struct lineup_place *place = &lineup->places[i];
		bool is_by_subject = words[i][depth] == '~';

		lineup->uids[i] = (uint32_t)atoi(words[i] + depth +
			is_by_subject);
		place->bits = is_by_subject ? LINEUP_BY_SUBJECT : 0;
		place->depth = depth;
		place->parent = depth == 0 ? UINT32_MAX : above[depth - 1];
		above[depth] = i;
		if (depth == 0)
			place->bits |= LINEUP_BEGINS_THREAD;
		for (uint32_t up = place->parent; up != UINT32_MAX;
			up = lineup->places[up].parent)
			lineup->places[up].n_below++;
	}
	g_strfreev(words);
	return lineup;
}

static void arrange(struct fixture *fixture, const char *text,
	struct arrangement_span span)
{
	struct gaps folded;

	gaps_init(&folded);
	arrangement_set(fixture->arrangement, lineup_of(text), &span, &folded);
	gaps_release(&folded);
}

static const struct arrangement_span all = { .last_uid = UINT32_MAX };

static void expunge(struct fixture *fixture, uint32_t uid)
{
	table_remove(fixture->mailbox.table,
		table_find(fixture->mailbox.table, uid));
	arrangement_refresh(fixture->arrangement);
}

static void arrive(struct fixture *fixture, uint32_t uid)
{
	struct table *table = fixture->mailbox.table;

	table_append(table, 1);
	if (uid != 0)
		table_set_uid(table, table_length(table) - 1, uid);
	arrangement_refresh(fixture->arrangement);
}

static void hide(struct fixture *fixture, uint32_t uid)
{
	imap_seqset_add(&fixture->mailbox.moved, uid);
	arrangement_refresh(fixture->arrangement);
}

/* --- the cases ------------------------------------------------------------- */

static void test_by_arrival(struct fixture *fixture, gconstpointer data)
{
	struct arrangement *a = fixture->arrangement;

	(void)data;
	assert_rows(fixture, "10 20 30 40 50");
	hide(fixture, 20);
	hide(fixture, 30);
	assert_rows(fixture, "10 40 50");
	g_assert_cmpuint(arrangement_find(a, 30), ==, ARRANGEMENT_NONE);
	g_assert_cmpuint(arrangement_place(a, 30), ==, 1);
	expunge(fixture, 10);
	arrive(fixture, 60);
	assert_rows(fixture, "40 50 60");
	/* Rows whose UIDs are not known are shown, and hidden ones beside them
	 * are not. */
	arrive(fixture, 0);
	hide(fixture, 60);
	assert_rows(fixture, "40 50 0");
}

static void test_gone(struct fixture *fixture, gconstpointer data)
{
	struct arrangement *a = fixture->arrangement;

	(void)data;
	arrange(fixture, "50 10 40 20 30", all);
	assert_rows(fixture, "50 10 40 20 30");
	hide(fixture, 10);
	expunge(fixture, 40);
	/* They go when they would be shown. */
	g_assert_false(arrangement_tidy(a, 3, 4));
	g_assert_cmpuint(arrangement_length(a), ==, 5);
	g_assert_true(arrangement_tidy(a, 0, 1));
	assert_rows(fixture, "50 20 30");
	g_assert_false(arrangement_tidy(a, 0, 2));
	g_assert_cmpuint(arrangement_place(a, 10), ==, 1);
	g_assert_cmpuint(arrangement_place(a, 40), ==, 1);
	/* The next order finds its place by those that were beside it. */
	arrange(fixture, "30 20 50", all);
	g_assert_cmpuint(arrangement_place(a, 10), ==, 1);
	arrange(fixture, "10 20 30 50", all);
	g_assert_true(arrangement_tidy(a, 0, 9));
	arrange(fixture, "20 30 50", all);
	g_assert_cmpuint(arrangement_place(a, 10), ==, 0);
	arrange(fixture, "20 30 50 10", all);
	g_assert_true(arrangement_tidy(a, 0, 9));
	arrange(fixture, "20 30 50", all);
	g_assert_cmpuint(arrangement_place(a, 10), ==, 3);
	arrange(fixture, "30 20 50", all);
	g_assert_cmpuint(arrangement_place(a, 20), ==, 1);
	expunge(fixture, 20);
	arrange(fixture, "30 50", all);
	g_assert_cmpuint(arrangement_place(a, 20), ==, 1);
}

static void assert_numbered(const struct fixture *fixture, uint32_t first,
	uint32_t last, const char *expected)
{
	struct imap_seqset uids;
	char *text;

	imap_seqset_init(&uids);
	arrangement_get_numbered(fixture->arrangement, first, last, &uids);
	text = imap_seqset_to_string(&uids);
	g_assert_cmpstr(text, ==, expected);
	g_free(text);
	imap_seqset_release(&uids);
}

typedef void get_fn(const struct arrangement *arrangement,
	struct imap_seqset *uids_out);

static void assert_got(const struct fixture *fixture, get_fn *get,
	const char *expected)
{
	struct imap_seqset uids;
	char *text;

	imap_seqset_init(&uids);
	get(fixture->arrangement, &uids);
	text = imap_seqset_to_string(&uids);
	g_assert_cmpstr(text, ==, expected);
	g_free(text);
	imap_seqset_release(&uids);
}

static void test_meanwhile(struct fixture *fixture, gconstpointer data)
{
	struct arrangement_span span = { .first_uid = 30, .last_uid = 50,
		.shows_news = true };
	struct arrangement *a = fixture->arrangement;

	(void)data;
	arrange(fixture, "40 30 50", span);
	assert_rows(fixture, "10 20 40 30 50");
	arrive(fixture, 0);
	arrive(fixture, 70);
	assert_rows(fixture, "10 20 40 30 50 70");
	expunge(fixture, 10);
	assert_rows(fixture, "20 40 30 50 70");
	hide(fixture, 70);
	assert_rows(fixture, "20 40 30 50");
	expunge(fixture, 30);
	arrangement_tidy(a, 0, 9);
	assert_rows(fixture, "20 40 50");
	span.is_reverse = true;
	span.shows_news = false;
	arrange(fixture, "50 40", span);
	assert_rows(fixture, "50 40 20");
	g_assert_cmpuint(arrangement_number(a, 2), ==, 3);
	g_assert_cmpuint(arrangement_last_number(a), ==, 3);
	assert_numbered(fixture, 2, 3, "20,40");
}

static void test_fold(struct fixture *fixture, gconstpointer data)
{
	struct arrangement *a = fixture->arrangement;
	unsigned bits;

	(void)data;
	arrange(fixture, "10 >20 >>~30 40 >50", all);
	assert_got(fixture, arrangement_get_by_subject, "30");
	assert_got(fixture, arrangement_get_folded, "");
	g_assert_true(arrangement_may_fold(a, 0, &bits));
	arrangement_fold(a, 0, true);
	assert_rows(fixture, "10+ 40 50");
	g_assert_cmpuint(arrangement_n_folded(a, 0), ==, 2);
	g_assert_cmpuint(arrangement_folded_at(a, 30), ==, 0);
	g_assert_cmpuint(arrangement_folded_at(a, 50), ==, ARRANGEMENT_NONE);
	g_assert_cmpuint(arrangement_place(a, 30), ==, 0);
	/* Numbers count what is folded. */
	g_assert_cmpuint(arrangement_number(a, 1), ==, 4);
	g_assert_cmpuint(arrangement_numbered(a, 3), ==, 0);
	g_assert_cmpuint(arrangement_numbered(a, 5), ==, 2);
	g_assert_cmpuint(arrangement_numbered(a, 99), ==, 2);
	g_assert_cmpuint(arrangement_last_number(a), ==, 5);
	assert_numbered(fixture, 2, 4, "20,30,40");
	assert_numbered(fixture, 0, UINT32_MAX, "10,20,30,40,50");
	assert_numbered(fixture, 6, 9, "");
	assert_got(fixture, arrangement_get_folded, "10,20,30");
	arrangement_fold(a, 1, true);
	assert_rows(fixture, "10+ 40+");
	assert_got(fixture, arrangement_get_folded, "10,20,30,40,50");
	/* A folded thread whose first message goes stays folded. */
	hide(fixture, 10);
	g_assert_true(arrangement_tidy(a, 0, 1));
	assert_rows(fixture, "20+ 40+");
	arrangement_fold(a, 1, false);
	assert_rows(fixture, "20+ 40 50");
	assert_got(fixture, arrangement_get_folded, "20,30");
	expunge(fixture, 50);
	arrangement_tidy(a, 0, 9);
	assert_rows(fixture, "20+ 40");
}

static void test_threads(struct fixture *fixture, gconstpointer data)
{
	struct arrangement *a = fixture->arrangement;
	struct imap_seqset uids;
	uint32_t rank, size;
	char *text;

	(void)data;
	arrange(fixture, "10 >20 >>30 >40 50", all);
	g_assert_cmpuint(arrangement_parent(a, 2), ==, 1);
	g_assert_cmpuint(arrangement_parent(a, 0), ==, ARRANGEMENT_NONE);
	g_assert_cmpuint(arrangement_root(a, 3), ==, 0);
	g_assert_true(arrangement_rank(a, 3, &rank, &size));
	g_assert_cmpuint(rank, ==, 4);
	g_assert_cmpuint(size, ==, 4);
	g_assert_cmpuint(arrangement_beside(a, 1, true, true), ==, 4);
	g_assert_cmpuint(arrangement_beside(a, 4, false, true), ==, 0);
	g_assert_cmpuint(arrangement_beside(a, 4, true, true), ==,
		ARRANGEMENT_NONE);
	g_assert_cmpuint(arrangement_beside(a, 1, true, false), ==, 3);
	g_assert_cmpuint(arrangement_beside(a, 3, false, false), ==, 1);
	imap_seqset_init(&uids);
	arrangement_get_uids(a, 1, false, &uids);
	text = imap_seqset_to_string(&uids);
	g_assert_cmpstr(text, ==, "20,30");
	g_free(text);
	arrangement_fold(a, 0, true);
	arrangement_get_uids(a, 0, true, &uids);
	text = imap_seqset_to_string(&uids);
	g_assert_cmpstr(text, ==, "10,20,30,40");
	g_free(text);
	imap_seqset_release(&uids);
	arrangement_fold(a, 0, false);
	/* What a row answers may go before it does. */
	hide(fixture, 20);
	arrangement_tidy(a, 0, 9);
	g_assert_cmpuint(arrangement_parent(a, 1), ==, 0);
}

/* A tree's branches, from the inside, with as many as there is room for. */
static void test_tree(struct fixture *fixture, gconstpointer data)
{
	struct arrangement *a = fixture->arrangement;
	struct lineup *lineup = lineup_of("10 >20 >>30 >40 50");
	struct gaps none;
	bool has_next[4];

	(void)data;
	lineup->places[1].bits |= LINEUP_HAS_NEXT;
	gaps_init(&none);
	arrangement_set(a, lineup, &all, &none);
	gaps_release(&none);
	g_assert_cmpuint(arrangement_tree(a, 0, 4, has_next), ==, 0);
	g_assert_cmpuint(arrangement_tree(a, 1, 4, has_next), ==, 1);
	g_assert_true(has_next[0]);
	g_assert_cmpuint(arrangement_tree(a, 2, 4, has_next), ==, 2);
	g_assert_false(has_next[0]);
	g_assert_true(has_next[1]);
	g_assert_cmpuint(arrangement_tree(a, 2, 1, has_next), ==, 1);
	g_assert_cmpuint(arrangement_tree(a, 4, 4, has_next), ==, 0);
}

static void mark_read(struct fixture *fixture, uint32_t uid)
{
	struct table *table = fixture->mailbox.table;

	table_edit(table, table_find(table, uid))->flags = IMAP_FLAG_SEEN;
}

static void test_unread(struct fixture *fixture, gconstpointer data)
{
	struct arrangement_span span = { .first_uid = 30, .last_uid = 70,
		.shows_news = true };
	struct arrangement *a = fixture->arrangement;

	(void)data;
	arrive(fixture, 60);
	arrive(fixture, 70);
	arrange(fixture, "30 >40 >>50 60 >70", span);
	arrive(fixture, 80);
	assert_rows(fixture, "10 20 30 40 50 60 70 80");
	for (uint32_t uid = 10; uid <= 80; uid += 10)
		if (uid != 20 && uid != 50 && uid != 80)
			mark_read(fixture, uid);
	g_assert_cmpuint(arrangement_next_unread(a, 0, 8, true), ==, 1);
	g_assert_cmpuint(arrangement_next_unread(a, 2, 6, true), ==, 4);
	g_assert_cmpuint(arrangement_next_unread(a, 2, 2, true), ==,
		ARRANGEMENT_NONE);
	g_assert_cmpuint(arrangement_next_unread(a, 5, 3, true), ==, 7);
	g_assert_cmpuint(arrangement_next_unread(a, 6, 7, false), ==, 4);
	g_assert_cmpuint(arrangement_next_unread(a, 3, 4, false), ==, 1);
	/* In a fold, it is that of the thread's first; once. */
	arrangement_fold(a, 2, true);
	assert_rows(fixture, "10 20 30+ 60 70 80");
	g_assert_cmpuint(arrangement_next_unread(a, 2, 4, true), ==, 2);
	g_assert_cmpuint(arrangement_next_unread(a, 3, 3, true), ==, 5);
	g_assert_cmpuint(arrangement_next_unread(a, 4, 5, false), ==, 2);
	mark_read(fixture, 50);
	g_assert_cmpuint(arrangement_next_unread(a, 2, 4, true), ==, 5);
}

/* No way through it costs its depth, but for one that is asked for. */
static void test_deep(struct fixture *fixture, gconstpointer data)
{
	enum { DEPTH = 200000 };
	struct arrangement *a = fixture->arrangement;
	struct lineup *lineup = g_new0(struct lineup, 1);
	struct gaps none;
	bool has_next[4];
	uint32_t rank, size;

	(void)data;
	lineup->n = DEPTH;
	lineup->uids = g_new(uint32_t, DEPTH);
	lineup->places = g_new0(struct lineup_place, DEPTH);
	lineup->unread = g_new0(uint8_t, DEPTH / 8 + 1);
	for (uint32_t i = 0; i < DEPTH; i++) {
		lineup->uids[i] = 10;
		lineup->places[i].parent = i - 1;
		lineup->places[i].n_below = DEPTH - 1 - i;
		lineup->places[i].depth = (uint16_t)MIN(i, UINT16_MAX);
	}
	lineup->places[0].bits = LINEUP_BEGINS_THREAD;
	gaps_init(&none);
	arrangement_set(a, lineup, &all, &none);
	gaps_release(&none);
	for (uint32_t i = DEPTH - 5000; i < DEPTH; i++)
		g_assert_cmpuint(arrangement_tree(a, i, 4, has_next), ==, 4);
	g_assert_false(arrangement_rank(a, DEPTH - 1, &rank, &size));
	g_assert_cmpuint(arrangement_root(a, DEPTH - 1), ==, 0);
	g_assert_cmpuint(arrangement_parent(a, DEPTH - 1), ==, DEPTH - 2);
	arrangement_fold(a, 0, true);
	g_assert_cmpuint(arrangement_length(a), ==, 1);
	g_assert_cmpuint(arrangement_n_folded(a, 0), ==, DEPTH - 1);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*fn)(struct fixture *, gconstpointer);
	} cases[] = {
		{ "/mail/arrangement/arrival", test_by_arrival },
		{ "/mail/arrangement/gone", test_gone },
		{ "/mail/arrangement/meanwhile", test_meanwhile },
		{ "/mail/arrangement/fold", test_fold },
		{ "/mail/arrangement/threads", test_threads },
		{ "/mail/arrangement/tree", test_tree },
		{ "/mail/arrangement/unread", test_unread },
		{ "/mail/arrangement/deep", test_deep },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		g_test_add(cases[i].name, struct fixture, GUINT_TO_POINTER(5),
			set_up, cases[i].fn, tear_down);
	return g_test_run();
}
