/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What other messages say of a message, over made-up tables and forests. */
#include "src/base/base.h"
#include "src/mail/pattern-others.h"
#include "src/mail/table.h"

enum { DEEP = 200000 };

/* Messages 1 and up have these nodes. */
static struct table *make_table(const uint32_t *nodes, uint32_t n)
{
	struct table *table = table_new();

	table_append(table, n);
	for (uint32_t i = 0; i < n; i++) {
		table_set_uid(table, i, i + 1);
		table_edit(table, i)->node = nodes[i];
	}
	return table;
}

/* 1 has the answers 3 and (by way of 2, which is not there) 4; 5 is alone; 4
 * has come twice; the last is not known yet. */
static const uint32_t nodes[] = { 1, 3, 4, 5, 4, 0 };
static const uint32_t parents[] = { 0, 0, 1, 1, 2, 0 };

static void assert_finds(enum others_kind kind, const char *matched,
	const char *expected)
{
	struct table *table = make_table(nodes, G_N_ELEMENTS(nodes));
	struct table_snapshot *snapshot = table_snapshot_new(table);
	struct imap_seqset in, out;
	struct others_input input = {
		.snapshot = snapshot,
		.parents = parents,
		.n_parents = G_N_ELEMENTS(parents),
		.kind = kind,
		.matched = matched != NULL ? &in : NULL,
	};
	char *text;

	imap_seqset_init(&in);
	imap_seqset_init(&out);
	g_assert_true(matched == NULL || imap_seqset_parse(&in, matched));
	others_find(&input, &out);
	text = imap_seqset_to_string(&out);
	g_assert_cmpstr(text, ==, expected);
	g_free(text);
	imap_seqset_release(&in);
	imap_seqset_release(&out);
	table_snapshot_free(&snapshot);
	table_free(&table);
}

static void test_alone(void)
{
	assert_finds(OTHERS_SAME, NULL, "5");
	assert_finds(OTHERS_NONE, NULL, "2:5");
}

static void test_threads(void)
{
	assert_finds(OTHERS_THREAD, "2", "1:3,5");
	assert_finds(OTHERS_THREAD, "4", "4");
	assert_finds(OTHERS_THREAD, "5:9", "1:3,5");
	assert_finds(OTHERS_THREAD, "6:9", "");
}

static void test_parents(void)
{
	assert_finds(OTHERS_PARENT, "1", "2");
	assert_finds(OTHERS_PARENT, "2:6", "");
	assert_finds(OTHERS_CHILD, "2", "1");
	/* The one between is not there. */
	assert_finds(OTHERS_CHILD, "3", "");
}

/* Neither recursion nor a way that is gone again and again. */
static void test_deep(void)
{
	uint32_t *chain = g_new0(uint32_t, DEEP + 1);
	uint32_t *above = g_new0(uint32_t, DEEP + 1);
	struct table *table;
	struct table_snapshot *snapshot;
	struct imap_seqset in, out;
	struct others_input input = { .parents = above,
		.n_parents = DEEP + 1, .kind = OTHERS_THREAD };

	for (uint32_t i = 0; i < DEEP; i++) {
		chain[i] = i + 1;
		above[i + 1] = i;
	}
	table = make_table(chain, DEEP);
	snapshot = table_snapshot_new(table);
	imap_seqset_init(&in);
	imap_seqset_init(&out);
	imap_seqset_add(&in, DEEP / 2);
	input.snapshot = snapshot;
	input.matched = &in;
	others_find(&input, &out);
	g_assert_cmpuint(imap_seqset_count(&out), ==, DEEP);
	input.kind = OTHERS_NONE;
	imap_seqset_clear(&out);
	others_find(&input, &out);
	g_assert_cmpuint(imap_seqset_count(&out), ==, 1);
	g_assert_cmpuint(imap_seqset_min(&out), ==, DEEP);
	imap_seqset_release(&in);
	imap_seqset_release(&out);
	table_snapshot_free(&snapshot);
	table_free(&table);
	g_free(chain);
	g_free(above);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/others/alone", test_alone);
	g_test_add_func("/mail/others/threads", test_threads);
	g_test_add_func("/mail/others/parents", test_parents);
	g_test_add_func("/mail/others/deep", test_deep);
	return g_test_run();
}
