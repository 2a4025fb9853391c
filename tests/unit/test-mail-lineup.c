/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lineups are drawn in one line: '|' before the first row of a thread, a dot
 * for each row above, the UID, then '+' if an answer to the same follows, '?'
 * without its parent, '*' by its subject, '=' a copy, '"' the same subject as
 * above, 'u' and 'f' if unread or flagged ones are at or below it.
 */
#include "src/base/base.h"
#include "tests/unit/lineup-box.h"
#include "src/imap/flag.h"
#include "src/mail/ranking.h"
#include "src/mail/table.h"

static void draw_place(const struct lineup_place *place, uint32_t uid,
	GString *text)
{
	static const struct { enum lineup_bits bit; char sign; } signs[] = {
		{ LINEUP_HAS_NEXT, '+' }, { LINEUP_LACKS_PARENT, '?' },
		{ LINEUP_BY_SUBJECT, '*' }, { LINEUP_IS_COPY, '=' },
		{ LINEUP_SAME_SUBJECT, '"' }, { LINEUP_HAS_UNREAD, 'u' },
		{ LINEUP_HAS_FLAGGED, 'f' },
	};

	if ((place->bits & LINEUP_BEGINS_THREAD) != 0)
		g_string_append_c(text, '|');
	for (int k = 0; k < place->depth; k++)
		g_string_append_c(text, '.');
	g_string_append_printf(text, "%u", uid);
	for (size_t k = 0; k < G_N_ELEMENTS(signs); k++)
		if ((place->bits & signs[k].bit) != 0)
			g_string_append_c(text, signs[k].sign);
}

static char *draw(const struct lineup *lineup)
{
	GString *text = g_string_new(NULL);

	for (uint32_t i = 0; i < lineup->n; i++) {
		if (i > 0)
			g_string_append_c(text, ' ');
		if (lineup->places != NULL)
			draw_place(&lineup->places[i], lineup->uids[i], text);
		else
			g_string_append_printf(text, "%u", lineup->uids[i]);
	}
	return g_string_free(text, FALSE);
}

static void check_input(const struct lineup_input *input, const char *expected)
{
	struct lineup *lineup = lineup_new(input);
	char *drawn = draw(lineup);

	g_assert_cmpstr(drawn, ==, expected);
	g_assert_null(lineup->positions);
	g_free(drawn);
	lineup_free(&lineup);
	g_assert_null(lineup);
}

static void check(struct box *box, const char *sort, const char *aux,
	const char *expected)
{
	box_set_order(box, sort, aux);
	check_input(&box->input, expected);
}

/* --- keys ------------------------------------------------------------------ */

static void test_keys(void)
{
	struct lineup_key key;
	GError *error = NULL;

	g_assert_true(lineup_key_parse("reverse-last-date-received", true, &key,
		NULL));
	g_assert_cmpint(key.field, ==, LINEUP_DATE_RECEIVED);
	g_assert_true(key.is_reverse);
	g_assert_true(key.is_last);
	g_assert_true(lineup_key_parse("threads", false, &key, NULL));
	g_assert_cmpint(key.field, ==, LINEUP_THREADS);
	g_assert_false(key.is_reverse);
	for (int i = 0; lineup_key_names()[i] != NULL; i++)
		g_assert_true(lineup_key_parse(lineup_key_names()[i], false,
			&key, NULL));
	g_assert_false(lineup_key_parse("threads", true, &key, NULL));
	g_assert_false(lineup_key_parse("last-date", false, &key, NULL));
	g_assert_false(lineup_key_parse("", false, &key, NULL));
	g_assert_false(lineup_key_parse("dates", false, &key, &error));
	g_assert_nonnull(strstr(error->message, "date-received"));
	g_error_free(error);
}

/* --- lists ----------------------------------------------------------------- */

static void test_lists(void)
{
	static const struct message messages[] = {
		{ 1, { 0 }, 0, 50, 0, 0 }, { 2, { 0 }, 0, -7, 0, 0 },
		{ 3, { 0 }, 0, 50, 0, 0 }, { 4, { 0 }, 0, 1LL << 40, 0, 0 },
		{ 5, { 0 }, 0, 49, 0, 0 },
	};
	static const char *const texts[] = { "b", "a", "a", "b" };
	struct ranking *ranking = ranking_new();
	GArray *late = g_array_new(FALSE, FALSE, sizeof(struct ranking_late));
	struct ranking_view *ranks;
	struct box box;

	box_fill(&box, messages, G_N_ELEMENTS(messages));
	check(&box, "mailbox-order", "date", "1 2 3 4 5");
	check(&box, "reverse-unsorted", "date", "5 4 3 2 1");
	check(&box, "date", "mailbox-order", "2 5 1 3 4");
	check(&box, "date", "reverse-mailbox-order", "2 5 3 1 4");
	check(&box, "reverse-date-sent", "mailbox-order", "4 1 3 5 2");
	check(&box, "date-received", "mailbox-order", "4 1 3 5 2");
	check(&box, "size", "reverse-date", "4 5 3 1 2");
	check(&box, "size", "date", "5 4 1 3 2");
	for (uint32_t i = 4; i > 0; i--)
		ranking_add(ranking, i, texts[i - 1]);
	ranking_put_in_order(ranking);
	ranks = ranking_view_new(ranking, late);
	box.input.ranks[0] = ranks;
	check(&box, "from", "mailbox-order", "5 2 3 1 4");
	check(&box, "reverse-to", "date", "1 4 2 3 5");
	check(&box, "subject", "reverse-mailbox-order", "5 2 3 1 4");
	box.input.ranks[1] = ranks;
	check(&box, "size", "reverse-label", "4 5 1 3 2");
	box.input.first = 2;
	check(&box, "from", "mailbox-order", "5 3 4");
	ranking_view_free(&ranks);
	ranking_unref(&ranking);
	g_array_unref(late);
	box_release(&box);
}

/* --- threads --------------------------------------------------------------- */

static void test_threads(void)
{
	static const struct message messages[] = {
		{ 1, { 0 }, 1, 10, 0, 0 },
		{ 2, { 0 }, 2, 30, 0, 0 },
		{ 3, { 1 }, 1, 20, 0, 0 },
		{ 4, { 2 }, 3, 15, 0, IMAP_FLAG_FLAGGED },
		{ 5, { 1, 3 }, 1, 70, 0, IMAP_FLAG_SEEN },
		{ 6, { 1 }, 4, 5, 0, 0 },
		{ 7, { 0 }, 5, 40, 0, 0 },
	};
	struct box box;

	box_fill(&box, messages, G_N_ELEMENTS(messages));
	check(&box, "threads", "mailbox-order",
		"|1u .3+\"u ..5\"u .6 |2f .4f |7");
	check(&box, "threads", "last-mailbox-order",
		"|2f .4f |1u .3+\"u ..5\"u .6 |7");
	check(&box, "reverse-threads", "last-mailbox-order",
		"|7 |1u .3+\"u ..5\"u .6 |2f .4f");
	check(&box, "threads", "reverse-mailbox-order",
		"|7 |2f .4f |1u .6+ .3u ..5\"u");
	check(&box, "threads", "date",
		"|1u .6+ .3u ..5\"u |2f .4f |7");
	check(&box, "threads", "last-date",
		"|2f .4f |7 |1u .6+ .3u ..5\"u");
	check(&box, "threads", "reverse-last-date",
		"|1u .3+\"u ..5\"u .6 |7 |2f .4f");
	check(&box, "reverse-threads", "date",
		"|7 |2f .4f |1u .6+ .3u ..5\"u");
	box_release(&box);
}

/* What is not there holds its answers together. */
static void test_missing(void)
{
	static const struct message messages[] = {
		{ 11, { 1, 2 }, 0, 10, 0, IMAP_FLAG_SEEN },
		{ 12, { 3 }, 0, 20, 0, 0 },
		{ 13, { 1 }, 0, 30, 0, 0 },
		{ 14, { 11, 4, 5 }, 0, 40, 0, 0 },
		{ 15, { 1, 2 }, 0, 5, 0, 0 },
		{ 2, { 9 }, 0, 50, 0, 0 },
		{ 16, { 0 }, 0, 45, 0, 0 },
	};
	struct box box;

	box_fill(&box, messages, 5);
	check(&box, "threads", "mailbox-order",
		"|1+?u .4? 3+? 5? |2?");
	check(&box, "threads", "date", "|5+? 1+?u .4? 3? |2?");
	box_release(&box);
	box_fill(&box, messages, G_N_ELEMENTS(messages));
	/* 2 says what it answers itself: no more with 13. */
	check(&box, "threads", "last-date",
		"|2? |3? |7 |6?u .5+ .1u ..4?");
	box_release(&box);
}

static void test_copies(void)
{
	static const struct message messages[] = {
		{ 1, { 0 }, 7, 10, 0, 0 },
		{ 1, { 0 }, 7, 20, 0, 0 },
		{ 2, { 1 }, 7, 30, 0, 0 },
		{ 2, { 1 }, 7, 30, 0, 0 },
		{ 0, { 0 }, 0, 30, 0, 0 },
		{ 0, { 0 }, 0, 30, 0, 0 },
	};
	struct box box;

	box_fill(&box, messages, G_N_ELEMENTS(messages));
	check(&box, "threads", "mailbox-order",
		"|1 .2+=\" .3\" ..4=\" |5 |6");
	box_release(&box);
}

/* --- subjects -------------------------------------------------------------- */

static void test_subjects(void)
{
	static const struct message messages[] = {
		{ 1, { 0 }, 7, 10, 0, 0 },
		{ 2, { 0 }, 7, 20, 1, 0 },       /* Re: */
		{ 3, { 0 }, 7, 30, 0, 0 },       /* begins anew */
		{ 4, { 0 }, 7, 40, 1, 0 },
		{ 5, { 99 }, 7, 25, 1, 0 },       /* answers what is not there */
		{ 6, { 99 }, 8, 26, 1, 0 },
		{ 7, { 5 }, 8, 27, 1, 0 },       /* another subject: may be joined */
		{ 8, { 0 }, 8, 28, 1, 0 },
		{ 9, { 0 }, 0, 29, 1, 0 },       /* without a subject */
		{ 10, { 0 }, 0, 30, 1, 0 },
		{ 11, { 0 }, 7, 5, 1, 0 },       /* before all others */
	};
	struct box box;

	box_fill(&box, messages, 5);
	check(&box, "threads", "mailbox-order",
		"|1 |2 |3 |4 |5?");
	box.input.joins_subjects = true;
	box.input.needs_re = true;
	check(&box, "threads", "mailbox-order",
		"|1 .2+*\" .5?*\" |3 .4*\"");
	box.input.needs_re = false;
	check(&box, "threads", "mailbox-order",
		"|1 .2+*\" .3+*\" .4+*\" .5?*\"");
	box_release(&box);
	box_fill(&box, messages, G_N_ELEMENTS(messages));
	box.input.joins_subjects = true;
	box.input.needs_re = true;
	check(&box, "threads", "date", "|11 |1 .2+*\" .5+?*\" ..7 ...8*\" "
		".6?*\" |9 |3 .4*\" |10");
	/* By what was received, here the other way round. */
	box.input.joins_by_received = true;
	check(&box, "threads", "mailbox-order", "|1 .11*\" |3 .2+*\" "
		".5+?*\" ..7 .6?*\" |4 |8 |9 |10");
	box_release(&box);
}

/* --- what is shown --------------------------------------------------------- */

static void test_shown(void)
{
	static const struct message messages[] = {
		{ 1, { 0 }, 0, 10, 0, IMAP_FLAG_SEEN },
		{ 2, { 1 }, 0, 20, 0, 0 },
		{ 3, { 2 }, 0, 30, 0, IMAP_FLAG_FLAGGED },
		{ 4, { 1 }, 0, 40, 0, 0 },
		{ 5, { 0 }, 0, 35, 0, 0 },
		{ 6, { 4 }, 0, 50, 0, 0 },
	};
	struct imap_seqset set;
	struct box box;

	imap_seqset_init(&set);
	box_fill(&box, messages, G_N_ELEMENTS(messages));
	box_set_order(&box, "threads", "last-mailbox-order");
	g_assert_true(imap_seqset_parse(&set, "1,4:5"));
	box.input.hidden = &set;
	check_input(&box.input, "|2+?f .3f 6?");
	box.input.hidden = NULL;
	box.input.limited = &set;
	check_input(&box.input, "|5 |1u .4");
	check(&box, "reverse-date", "date", "4 5 1");
	imap_seqset_clear(&set);
	check(&box, "threads", "last-date", "");
	check(&box, "date", "size", "");
	box.input.limited = NULL;
	box.input.first = 3;
	check(&box, "threads", "date", "|5 |4? .6");
	box.input.first = 7;
	check(&box, "threads", "date", "");
	imap_seqset_release(&set);
	box_release(&box);
}

/* Rows that are not known yet, in a table that goes on growing. */
static void test_unknown(void)
{
	static const struct message messages[] = {
		{ 1, { 0 }, 0, 10, 0, 0 }, { 2, { 1 }, 0, 20, 0, 0 },
	};
	static const uint32_t expected[4] = { 2, 1, 0, 3 };
	struct lineup *lineup;
	struct box box;

	box_init(&box);
	box_add(&box, &messages[0]);
	table_append(box.table, 2);
	box_add(&box, &messages[1]);
	table_set_uid(box.table, 1, 2);
	box_close(&box);
	table_append(box.table, 5);
	box_set_order(&box, "date", "reverse-mailbox-order");
	lineup = lineup_new(&box.input);
	g_assert_cmpmem(lineup->positions, sizeof(uint32_t) * lineup->n,
		expected, sizeof(expected));
	g_assert_cmpuint(lineup->uids[0], ==, 0);
	g_assert_cmpuint(lineup->uids[1], ==, 2);
	lineup_free(&lineup);
	box_set_order(&box, "threads", "last-mailbox-order");
	lineup = lineup_new(&box.input);
	g_assert_cmpuint(lineup->n, ==, 4);
	g_assert_cmpuint(lineup->positions[0], ==, 1);
	g_assert_cmpuint(lineup->positions[2], ==, 0);
	g_assert_cmpuint(lineup->places[3].parent, ==, 2);
	lineup_free(&lineup);
	box_release(&box);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/lineup/keys", test_keys);
	g_test_add_func("/mail/lineup/lists", test_lists);
	g_test_add_func("/mail/lineup/threads", test_threads);
	g_test_add_func("/mail/lineup/missing", test_missing);
	g_test_add_func("/mail/lineup/copies", test_copies);
	g_test_add_func("/mail/lineup/subjects", test_subjects);
	g_test_add_func("/mail/lineup/shown", test_shown);
	g_test_add_func("/mail/lineup/unknown", test_unknown);
	return g_test_run();
}
