/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of a mailbox against a plain array, and packed rows. */
#include "src/base/base.h"
#include "src/base/arena.h"
#include "src/mail/row.h"
#include "src/mail/table.h"

static void assert_same(const struct table *table, GArray *model)
{
	g_assert_cmpuint(table_length(table), ==, model->len);
	for (guint i = 0; i < model->len; i++)
		g_assert_cmpuint(table_at(table, i)->uid, ==,
			g_array_index(model, uint32_t, i));
}

static void test_empty(void)
{
	struct table *table = table_new();

	g_assert_cmpuint(table_length(table), ==, 0);
	g_assert_cmpuint(table_find(table, 1), ==, UINT32_MAX);
	g_assert_cmpuint(table_lower_bound(table, 1), ==, 0);
	table_free(&table);
	g_assert_null(table);
	table_free(&table);
}

static uint32_t model_lower_bound(GArray *model, uint32_t uid)
{
	for (guint i = 0; i < model->len; i++) {
		uint32_t at = g_array_index(model, uint32_t, i);

		if (at != 0 && at >= uid)
			return i;
	}
	return model->len;
}

/* Grows in bursts beyond a chunk, shrinks by single rows, some UIDs unknown. */
static void test_random(void)
{
	struct table *table = table_new();
	GArray *model = g_array_new(FALSE, TRUE, sizeof(uint32_t));
	uint32_t next_uid = 1;

	for (int step = 0; step < 3000; step++) {
		int what = g_test_rand_int_range(0, 10);

		if (what < 1 && model->len < 30000) {
			uint32_t n = (uint32_t)g_test_rand_int_range(0, 1500);
			guint from = model->len;

			table_append(table, n);
			g_array_set_size(model, from + n);
			for (guint i = from; i < model->len; i++) {
				next_uid += (uint32_t)g_test_rand_int_range(1, 4);
				if (g_test_rand_int_range(0, 10) == 0)
					continue;
				table_set_uid(table, i, next_uid);
				g_array_index(model, uint32_t, i) = next_uid;
			}
		} else if (model->len > 0) {
			uint32_t pos = (uint32_t)g_test_rand_int_range(0,
				(gint32)model->len);

			table_edit(table, pos)->blob = g_strdup("x");
			table_remove(table, pos);
			g_array_remove_index(model, pos);
		}
	}
	assert_same(table, model);
	for (int i = 0; i < 200; i++) {
		uint32_t uid = (uint32_t)g_test_rand_int_range(1,
			(gint32)next_uid + 3);
		uint32_t expected = model_lower_bound(model, uid);

		g_assert_cmpuint(table_lower_bound(table, uid), ==, expected);
		if (expected == model->len ||
			g_array_index(model, uint32_t, expected) != uid)
			expected = UINT32_MAX;
		g_assert_cmpuint(table_find(table, uid), ==, expected);
	}
	while (table_length(table) > 0)
		table_remove(table, table_length(table) / 2);
	g_assert_cmpuint(table_n_unknown(table), ==, 0);
	g_array_free(model, TRUE);
	table_free(&table);
}

static void test_unknown(void)
{
	struct table *table = table_new();
	struct imap_seqset uids;

	table_append(table, 5);
	g_assert_cmpuint(table_n_unknown(table), ==, 5);
	table_set_uid(table, 4, 9);
	table_set_uid(table, 1, 3);
	g_assert_cmpuint(table_n_unknown(table), ==, 3);
	g_assert_cmpuint(table_find(table, 9), ==, 4);
	g_assert_cmpuint(table_find(table, 3), ==, 1);
	g_assert_cmpuint(table_lower_bound(table, 4), ==, 4);
	imap_seqset_init(&uids);
	table_get_uids(table, &uids);
	g_assert_cmpuint(imap_seqset_count(&uids), ==, 2);
	imap_seqset_release(&uids);
	table_free(&table);
}

static void count_flagged(const struct table_record *record,
	struct table_counts *counts, void *data)
{
	counts->messages++;
	counts->flagged += record->flags != 0;
	*(unsigned *)data += 1;
}

static void fill(struct table *table, uint32_t n)
{
	table_append(table, n);
	for (uint32_t i = 0; i < n; i++)
		table_set_uid(table, i, i + 1);
}

/* Asked of a big table again and again, and every time as if counted anew. */
static void test_count(void)
{
	enum { N = 10000 };
	struct table *table = table_new();
	struct table_counts counts;
	unsigned looked_at = 0;

	fill(table, N);
	table_count(table, count_flagged, &looked_at, &counts);
	g_assert_cmpuint(counts.messages, ==, N);
	g_assert_cmpuint(counts.flagged, ==, 0);
	looked_at = 0;
	table_edit(table, 10)->flags = 1;
	table_edit(table, N - 1)->flags = 1;
	table_count(table, count_flagged, &looked_at, &counts);
	g_assert_cmpuint(counts.flagged, ==, 2);
	g_assert_cmpuint(looked_at, <, N);
	table_remove(table, 10);
	table_append(table, 5);
	table_count(table, count_flagged, &looked_at, &counts);
	g_assert_cmpuint(counts.messages, ==, N + 4);
	g_assert_cmpuint(counts.flagged, ==, 1);
	looked_at = 0;
	table_recount(table);
	table_count(table, count_flagged, &looked_at, &counts);
	g_assert_cmpuint(looked_at, ==, N + 4);
	table_free(&table);
}

/* Of a big table a call counts a part; of what was edited, all of it. */
static void test_count_parts(void)
{
	enum { N = 1000 * 1000 };
	struct table *table = table_new();
	struct imap_seqset uids;
	struct table_counts counts;
	unsigned looked_at = 0, n_calls = 0;

	imap_seqset_init(&uids);
	fill(table, N);
	g_assert_true(table_count(table, count_flagged, &looked_at, &counts));
	g_assert_cmpuint(counts.messages, ==, N);
	g_assert_cmpuint(looked_at, ==, N);
	looked_at = 0;
	table_recount(table);
	table_edit(table, N - 1)->flags = 1;
	while (!table_count(table, count_flagged, &looked_at, &counts)) {
		n_calls++;
		g_assert_cmpuint(counts.messages, ==, N);
		g_assert_cmpuint(counts.flagged, ==, 1);
		g_assert_cmpuint(looked_at, <=, n_calls * (N / 5));
	}
	g_assert_cmpuint(n_calls, >=, 4);
	g_assert_cmpuint(looked_at, ==, N);
	/* Those of two neighbours, and of one far away. */
	looked_at = 0;
	imap_seqset_add_range(&uids, 10, 11);
	imap_seqset_add_range(&uids, N, UINT32_MAX);
	table_recount_uids(table, &uids);
	g_assert_true(table_count(table, count_flagged, &looked_at, &counts));
	g_assert_cmpuint(looked_at, >=, 3);
	g_assert_cmpuint(looked_at, <, 5000);
	imap_seqset_release(&uids);
	table_free(&table);
}

/* Rows that nobody knows anything of cost neither memory nor time. */
static void test_count_untouched(void)
{
	enum { N = 20 * 1000 * 1000 };
	struct table *table = table_new();
	struct table_counts counts;
	unsigned looked_at = 0;

	table_append(table, N);
	table_count(table, count_flagged, &looked_at, &counts);
	g_assert_cmpuint(counts.messages, ==, N);
	g_assert_cmpuint(looked_at, <, 20000);
	g_assert_cmpuint(table_behind_known(table, N), ==, 0);
	table_set_uid(table, 3, 1);
	g_assert_cmpuint(table_behind_known(table, N), ==, 4);
	table_remove_unknown(table);
	g_assert_cmpuint(table_length(table), ==, 1);
	g_assert_cmpuint(table_at(table, 0)->uid, ==, 1);
	table_free(&table);
}

/* --- many at once ----------------------------------------------------------- */

static void assert_uids(const struct table *table, const struct imap_seqset *uids)
{
	uint32_t pos = 0;

	g_assert_cmpuint(table_length(table), ==, imap_seqset_count(uids));
	for (size_t i = 0; i < imap_seqset_n_ranges(uids); i++) {
		struct imap_range range = imap_seqset_range(uids, i);

		for (uint32_t uid = range.first; uid <= range.last; uid++) {
			g_assert_cmpuint(table_at(table, pos)->uid, ==, uid);
			/* What is known of it went with it. */
			g_assert_cmpuint(table_at(table, pos)->size, ==, uid);
			g_assert_cmpuint(table_find(table, uid), ==, pos++);
		}
	}
	g_assert_cmpuint(table_n_unknown(table), ==, 0);
}

static void count_gone(const struct table_record *record, void *data)
{
	g_assert_cmpuint(record->size, ==, record->uid);
	*(uint32_t *)data += 1;
}

/* Takes out some ranges, and puts others in. */
static void test_random_ranges(void)
{
	struct table *table = table_new();
	struct imap_seqset uids, some, lacking;
	uint32_t n_gone = 0;

	imap_seqset_init(&uids);
	imap_seqset_init(&some);
	imap_seqset_init(&lacking);
	table_on_gone(table, count_gone, &n_gone);
	for (int step = 0; step < 100; step++) {
		uint64_t n = imap_seqset_count(&uids);

		imap_seqset_clear(&some);
		for (int i = g_test_rand_int_range(1, 60); i > 0; i--) {
			uint32_t first = (uint32_t)g_test_rand_int_range(1,
				30000);

			imap_seqset_add_range(&some, first, first +
				(uint32_t)g_test_rand_int_range(0,
				step % 2 == 0 ? 3000 : 300));
		}
		if (step % 2 == 0) {
			n_gone = 0;
			table_remove_uids(table, &some);
			imap_seqset_remove_set(&uids, &some);
			g_assert_cmpuint(n_gone, ==,
				n - imap_seqset_count(&uids));
			assert_uids(table, &uids);
			continue;
		}
		imap_seqset_copy(&lacking, &some);
		imap_seqset_remove_set(&lacking, &uids);
		for (size_t i = 0; i < imap_seqset_n_ranges(&lacking); i++) {
			struct imap_range range = imap_seqset_range(&lacking, i);
			uint32_t pos = table_lower_bound(table, range.first);

			table_insert(table, pos, range.last - range.first + 1);
			for (uint32_t uid = range.first; uid <= range.last;
				uid++, pos++) {
				table_set_uid(table, pos, uid);
				table_edit(table, pos)->size = uid;
			}
		}
		imap_seqset_add_set(&uids, &some);
		assert_uids(table, &uids);
	}
	n_gone = 0;
	table_free(&table);
	g_assert_cmpuint(n_gone, ==, imap_seqset_count(&uids));
	imap_seqset_release(&uids);
	imap_seqset_release(&some);
	imap_seqset_release(&lacking);
}

static void test_uids_at_once(void)
{
	enum { N = 10000 };
	struct table *table = table_new();
	uint32_t uids[N];
	struct imap_seqset set;

	for (uint32_t i = 0; i < N; i++)
		uids[i] = 7 + i + i / 5000;
	imap_seqset_init(&set);
	table_append(table, N + 2);
	table_set_uids(table, 1, uids, N);
	g_assert_cmpuint(table_n_unknown(table), ==, 2);
	g_assert_cmpuint(table_at(table, 0)->uid, ==, 0);
	g_assert_cmpuint(table_at(table, N)->uid, ==, uids[N - 1]);
	g_assert_cmpuint(table_behind_known(table, N + 2), ==, N + 1);
	g_assert_cmpuint(table_behind_known(table, N), ==, N);
	g_assert_cmpuint(table_behind_known(table, 1), ==, 0);
	table_get_uids(table, &set);
	g_assert_cmpuint(imap_seqset_n_ranges(&set), ==, 2);
	g_assert_cmpuint(imap_seqset_count(&set), ==, N);
	imap_seqset_clear(&set);
	table_get_range(table, (struct imap_range){ 5000, 5010 }, &set);
	g_assert_cmpuint(imap_seqset_count(&set), ==, 10);
	imap_seqset_release(&set);
	table_remove_unknown(table);
	g_assert_cmpuint(table_length(table), ==, N);
	g_assert_cmpuint(table_at(table, 0)->uid, ==, 7);
	table_free(&table);
}

/* The newest rows are known, as of a mailbox that was just opened. */
static void test_few_known(void)
{
	enum { N = 50000 };
	struct table *table = table_new();

	table_append(table, N);
	g_assert_cmpuint(table_lower_bound(table, 1), ==, N);
	for (uint32_t i = N - 3; i < N; i++)
		table_set_uid(table, i, 2 * i);
	g_assert_cmpuint(table_n_unknown(table), ==, N - 3);
	g_assert_cmpuint(table_lower_bound(table, 1), ==, N - 3);
	g_assert_cmpuint(table_find(table, 2 * (N - 2)), ==, N - 2);
	g_assert_cmpuint(table_find(table, 2 * (N - 2) + 1), ==, UINT32_MAX);
	table_set_uid(table, 7, 14);
	g_assert_cmpuint(table_lower_bound(table, 1), ==, 7);
	g_assert_cmpuint(table_lower_bound(table, 15), ==, N - 3);
	table_free(&table);
}

static void test_record_move(void)
{
	struct table *table = table_new();

	table_append(table, 2);
	table_set_uid(table, 0, 1);
	table_set_uid(table, 1, 2);
	table_edit(table, 0)->blob = g_strdup("one");
	table_edit(table, 1)->blob = g_strdup("two");
	table_edit(table, 0)->size = 11;
	table_record_move(table_edit(table, 0), table_edit(table, 1));
	g_assert_cmpuint(table_at(table, 1)->uid, ==, 2);
	g_assert_cmpuint(table_at(table, 1)->size, ==, 11);
	g_assert_cmpstr(table_at(table, 1)->blob, ==, "one");
	g_assert_null(table_at(table, 0)->blob);
	g_assert_cmpuint(table_at(table, 0)->uid, ==, 1);
	table_free(&table);
}

/* --- snapshots ------------------------------------------------------------ */

/* A million of them and their strings are to fit in 150 MB. */
static void test_size(void)
{
	g_assert_cmpuint(sizeof(struct table_record), ==, 56);
}

static struct table *numbered(uint32_t n)
{
	struct table *table = table_new();

	table_append(table, n);
	for (uint32_t i = 0; i < n; i++) {
		table_set_uid(table, i, i + 1);
		table_edit(table, i)->size = i + 1;
	}
	return table;
}

/* It holds UIDs and sizes from 1 to n. */
static void assert_numbered(const struct table_snapshot *snapshot, uint32_t n)
{
	const struct table_record *records;
	uint32_t n_run;

	g_assert_cmpuint(table_snapshot_length(snapshot), ==, n);
	for (uint32_t pos = 0; pos < n; pos += n_run) {
		records = table_snapshot_run(snapshot, pos, &n_run);
		g_assert_nonnull(records);
		g_assert_cmpuint(n_run, >, 0);
		for (uint32_t i = 0; i < n_run; i++) {
			g_assert_cmpuint(records[i].uid, ==, pos + i + 1);
			g_assert_cmpuint(records[i].size, ==, pos + i + 1);
			g_assert_cmpuint(records[i].flags, ==, 0);
			g_assert_cmpuint(records[i].seen_at, ==, 0);
		}
	}
	g_assert_null(table_snapshot_run(snapshot, n, &n_run));
	g_assert_cmpuint(n_run, ==, 0);
}

static void test_snapshot_empty(void)
{
	struct table *table = table_new();
	struct table_snapshot *snapshot = table_snapshot_new(table);

	assert_numbered(snapshot, 0);
	table_append(table, 1);
	assert_numbered(snapshot, 0);
	table_snapshot_free(&snapshot);
	g_assert_null(snapshot);
	table_snapshot_free(&snapshot);
	table_free(&table);
}

/* Each way to change a record leaves the snapshot as it was. */
static void test_snapshot_keeps(void)
{
	enum { N = 5000 };
	struct table *table = numbered(N);
	struct table_snapshot *snapshot = table_snapshot_new(table);
	struct table_snapshot *again;

	table_edit(table, 0)->flags = 1;
	table_edit(table, N - 1)->size = 7;
	table_note_seen(table, 2500, 3);
	table_set_uid(table, N - 1, N + 1);
	table_append(table, 3000);
	table_edit(table, N)->flags = 1;
	again = table_snapshot_new(table);
	for (uint32_t i = N + 3000; i > 0; i -= 2)
		table_remove(table, i - 1);
	assert_numbered(snapshot, N);
	g_assert_cmpuint(table_length(table), ==, (N + 3000) / 2);
	g_assert_cmpuint(table_snapshot_length(again), ==, N + 3000);
	g_assert_cmpuint(table_at(table, 0)->flags, ==, 1);
	g_assert_cmpuint(table_at(table, 1250)->uid, ==, 2501);
	g_assert_cmpuint(table_at(table, 1250)->seen_at, ==, 3);
	table_snapshot_free(&again);
	assert_numbered(snapshot, N);
	table_snapshot_free(&snapshot);
	table_free(&table);
}

/* Chunks that become one, and a table that becomes empty. */
static void test_snapshot_shrinks(void)
{
	enum { N = 20000 };
	struct table *table = numbered(N);
	struct table_snapshot *snapshot = table_snapshot_new(table);

	for (uint32_t i = N; i > 0; i--)
		if (i % 50 != 0)
			table_remove(table, i - 1);
	g_assert_cmpuint(table_length(table), ==, N / 50);
	for (uint32_t i = 0; i < N / 50; i++)
		g_assert_cmpuint(table_at(table, i)->uid, ==, 50 * (i + 1));
	assert_numbered(snapshot, N);
	while (table_length(table) > 0)
		table_remove(table, 0);
	assert_numbered(snapshot, N);
	table_snapshot_free(&snapshot);
	table_free(&table);
}

/* What the table does with its strings is not the snapshot's. */
static void test_snapshot_blobs(void)
{
	struct table *table = numbered(3);
	struct table_snapshot *snapshot;

	table_edit(table, 0)->blob = g_strdup("one");
	table_edit(table, 1)->blob = g_strdup("two");
	table_edit(table, 2)->blob = g_strdup("three");
	snapshot = table_snapshot_new(table);
	g_clear_pointer(&table_edit(table, 0)->blob, g_free);
	table_remove(table, 1);
	g_assert_cmpstr(table_at(table, 1)->blob, ==, "three");
	assert_numbered(snapshot, 3);
	table_snapshot_free(&snapshot);
	g_assert_cmpstr(table_at(table, 1)->blob, ==, "three");
	table_free(&table);
}

/* Rows that nobody knows anything of yet. */
static void test_snapshot_untouched(void)
{
	enum { N = 100000 };
	struct table *table = table_new();
	struct table_snapshot *snapshot;
	const struct table_record *record;
	uint32_t n;

	table_append(table, N);
	snapshot = table_snapshot_new(table);
	table_set_uid(table, N - 1, 9);
	table_set_uid(table, 0, 1);
	record = table_snapshot_run(snapshot, N - 1, &n);
	g_assert_cmpuint(n, ==, 1);
	g_assert_cmpuint(record->uid, ==, 0);
	g_assert_cmpuint(table_at(table, N - 1)->uid, ==, 9);
	g_assert_cmpuint(table_at(table, N / 2)->uid, ==, 0);
	g_assert_cmpuint(table_n_unknown(table), ==, N - 2);
	table_remove(table, N / 2);
	g_assert_cmpuint(table_find(table, 9), ==, N - 2);
	table_snapshot_free(&snapshot);
	table_free(&table);
}

static void add_gone(const struct table_record *record, void *data)
{
	*(uint64_t *)data += record->uid;
}

static void test_front(void)
{
	struct table *table = table_new();
	uint64_t gone = 0;

	table_on_gone(table, add_gone, &gone);
	table_insert(table, 0, 0);
	g_assert_cmpuint(table_length(table), ==, 0);
	table_append(table, 3);
	table_set_uid(table, 0, 10001);
	table_insert(table, 0, 10000);
	g_assert_cmpuint(table_length(table), ==, 10003);
	g_assert_cmpuint(table_n_unknown(table), ==, 10002);
	g_assert_cmpuint(table_find(table, 10001), ==, 10000);
	for (uint32_t pos = 9000; pos < 10000; pos++)
		table_set_uid(table, pos, pos);
	table_edit(table, 9000)->blob = g_strdup("goes with its record");
	table_remove_first(table, 9003);
	g_assert_cmpuint(gone, ==, 9000 + 9001 + 9002);
	g_assert_cmpuint(table_length(table), ==, 1000);
	g_assert_cmpuint(table_n_unknown(table), ==, 2);
	g_assert_cmpuint(table_find(table, 9003), ==, 0);
	g_assert_cmpuint(table_find(table, 10001), ==, 997);
	table_remove_first(table, 1000);
	g_assert_cmpuint(table_length(table), ==, 0);
	g_assert_cmpuint(table_n_unknown(table), ==, 0);
	table_append(table, 1);
	table_set_uid(table, 0, 5);
	gone = 0;
	table_free(&table);
	g_assert_cmpuint(gone, ==, 5);
}

static void test_row(void)
{
	struct imap_address from[] = { { "Ada", "ada", "example.org" },
		{ NULL, "list", NULL } };
	struct imap_envelope envelope = { .subject = "hello", .message_id = "<1@x>",
		.from = { from, 2 } };
	struct arena *arena = arena_new();
	char *blob = row_pack(&envelope, "<a@b> <c@d>");
	struct imap_envelope out;
	const char *references;

	row_unpack(blob, arena, &out, &references);
	g_assert_cmpstr(out.subject, ==, "hello");
	g_assert_cmpstr(out.message_id, ==, "<1@x>");
	g_assert_null(out.date);
	g_assert_cmpstr(references, ==, "<a@b> <c@d>");
	g_assert_cmpuint(out.from.n, ==, 2);
	g_assert_cmpstr(out.from.items[0].host, ==, "example.org");
	g_assert_null(out.from.items[1].name);
	g_assert_cmpuint(out.to.n, ==, 0);
	g_assert_cmpuint(row_size(blob), <, 100);
	g_free(blob);
	arena_free(&arena);
}

/* It is there only if it is another. */
static void test_row_sender(void)
{
	struct imap_address from[] = { { "Ada", "ada", "example.org" } };
	struct imap_address sender[] = { { "Ada", "ada", "example.org" } };
	struct imap_envelope envelope = { .from = { from, 1 },
		.sender = { sender, 1 } }, out;
	struct arena *arena = arena_new();
	const char *references;

	for (int is_other = 0; is_other < 2; is_other++) {
		char *blob;

		sender[0].mailbox = is_other ? "bob" : "ada";
		blob = row_pack(&envelope, NULL);
		row_unpack(blob, arena, &out, &references);
		g_assert_cmpstr(out.from.items[0].mailbox, ==, "ada");
		g_assert_cmpuint(out.sender.n, ==, is_other);
		if (is_other)
			g_assert_cmpstr(out.sender.items[0].mailbox, ==, "bob");
		g_free(blob);
	}
	arena_free(&arena);
}

static void test_row_long_references(void)
{
	GString *long_one = g_string_new(NULL);
	struct arena *arena = arena_new();
	struct imap_envelope out;
	const char *references;
	char *blob;

	for (int i = 0; i < 300; i++)
		g_string_append_printf(long_one, "<%d@example.org> ", i);
	blob = row_pack(NULL, long_one->str);
	row_unpack(blob, arena, &out, &references);
	g_assert_true(g_str_has_prefix(references, "<0@example.org> <2"));
	g_assert_nonnull(strstr(references, "<299@example.org>"));
	g_assert_cmpuint(strlen(references), <=, 1024);
	g_free(blob);
	arena_free(&arena);
	g_string_free(long_one, TRUE);
}

static void collect(const struct table_record *record, void *data)
{
	g_array_append_val(data, record->uid);
}

/* What one pass gives is what looking each of them up gives. */
static void compare_each(const struct table *table,
	const struct imap_seqset *uids)
{
	GArray *found = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	guint n = 0;

	table_each(table, uids, collect, found);
	for (uint32_t pos = 0; pos < table_length(table); pos++) {
		uint32_t uid = table_at(table, pos)->uid;

		if (uid == 0 || !imap_seqset_has(uids, uid))
			continue;
		g_assert_cmpuint(n, <, found->len);
		g_assert_cmpuint(g_array_index(found, uint32_t, n++), ==, uid);
	}
	g_assert_cmpuint(n, ==, found->len);
	g_array_unref(found);
}

static void test_each(void)
{
	struct table *table = table_new();
	struct imap_seqset uids;

	imap_seqset_init(&uids);
	compare_each(table, &uids);
	table_append(table, 9000);
	for (uint32_t pos = 0; pos < 9000; pos++)
		if (pos % 7 != 0 && (pos < 2000 || pos > 5000))
			table_set_uid(table, pos, pos * 3 + 1);
	compare_each(table, &uids);
	for (unsigned i = 0; i < 200; i++) {
		uint32_t first = (uint32_t)g_test_rand_int_range(1, 30000);

		imap_seqset_add_range(&uids, first, first +
			(uint32_t)g_test_rand_int_range(0, 20));
		compare_each(table, &uids);
	}
	imap_seqset_add_range(&uids, 1, UINT32_MAX);
	compare_each(table, &uids);
	imap_seqset_release(&uids);
	table_free(&table);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/table/empty", test_empty);
	g_test_add_func("/mail/table/random", test_random);
	g_test_add_func("/mail/table/unknown", test_unknown);
	g_test_add_func("/mail/table/count", test_count);
	g_test_add_func("/mail/table/count-parts", test_count_parts);
	g_test_add_func("/mail/table/count-untouched", test_count_untouched);
	g_test_add_func("/mail/table/random-ranges", test_random_ranges);
	g_test_add_func("/mail/table/uids-at-once", test_uids_at_once);
	g_test_add_func("/mail/table/few-known", test_few_known);
	g_test_add_func("/mail/table/record-move", test_record_move);
	g_test_add_func("/mail/table/front", test_front);
	g_test_add_func("/mail/table/size", test_size);
	g_test_add_func("/mail/table/snapshot/empty", test_snapshot_empty);
	g_test_add_func("/mail/table/snapshot/keeps", test_snapshot_keeps);
	g_test_add_func("/mail/table/snapshot/shrinks", test_snapshot_shrinks);
	g_test_add_func("/mail/table/snapshot/blobs", test_snapshot_blobs);
	g_test_add_func("/mail/table/snapshot/untouched",
		test_snapshot_untouched);
	g_test_add_func("/mail/table/each", test_each);
	g_test_add_func("/mail/row/pack", test_row);
	g_test_add_func("/mail/row/pack-sender", test_row_sender);
	g_test_add_func("/mail/row/long-references", test_row_long_references);
	return g_test_run();
}
