/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/cache/journal.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

static char *dir;

struct seen {
	GPtrArray *adopted; /* NULL until told */
	unsigned written, failed;
	uint64_t last_id;
	GError *error;
};

static void free_entry(gpointer data)
{
	struct journal_entry *entry = data;

	journal_entry_free(&entry);
}

static void on_adopted(GPtrArray *entries_take, void *data)
{
	struct seen *seen = data;

	g_assert_null(seen->adopted);
	seen->adopted = entries_take;
	g_ptr_array_set_free_func(entries_take, free_entry);
}

static void on_written(uint64_t id, const GError *error, void *data)
{
	struct seen *seen = data;

	seen->last_id = id;
	seen->written += error == NULL;
	seen->failed += error != NULL;
	if (error != NULL && seen->error == NULL)
		seen->error = g_error_copy(error);
}

static void seen_release(struct seen *seen)
{
	g_clear_pointer(&seen->adopted, g_ptr_array_unref);
	g_clear_error(&seen->error);
	*seen = (struct seen){ 0 };
}

#define run_until(condition)                                          \
	while (!(condition))                                          \
		g_main_context_iteration(NULL, TRUE)

static struct journal *open_journal(struct seen *seen)
{
	struct journal *journal = journal_open(dir, on_adopted, seen);

	g_assert_null(seen->adopted);
	run_until(seen->adopted != NULL);
	return journal;
}

static uint64_t add(struct journal *journal, uint32_t uid, struct seen *seen)
{
	struct journal_entry entry = { .kind = JOURNAL_MOVE,
		.account = (char *)"work", .mailbox = (char *)"IN\tBOX\n\xc3\xa4",
		.uid_validity = 42, .flags = NULL,
		.target = (char *)"", .target_uid_next = 7,
		.target_uid_validity = 8, .time = 1700000000 };
	unsigned before = seen->written + seen->failed;
	uint64_t id;

	imap_seqset_init(&entry.uids);
	imap_seqset_add_range(&entry.uids, uid, uid + 2);
	id = journal_add(journal, &entry, on_written, seen);
	imap_seqset_release(&entry.uids);
	g_assert_cmpuint(seen->written + seen->failed, ==, before);
	run_until(seen->written + seen->failed > before);
	g_assert_cmpuint(seen->last_id, ==, id);
	return id;
}

static const struct journal_entry *entry_at(const struct seen *seen, guint i)
{
	g_assert_cmpuint(i, <, seen->adopted->len);
	return seen->adopted->pdata[i];
}

static unsigned count_files(char **path_out)
{
	GDir *listing = g_dir_open(dir, 0, NULL);
	unsigned n = 0;
	const char *name;

	while ((name = g_dir_read_name(listing)) != NULL) {
		n++;
		if (path_out != NULL)
			*path_out = g_build_filename(dir, name, NULL);
	}
	g_dir_close(listing);
	return n;
}

static void set_up(void)
{
	dir = g_dir_make_tmp("culver-journal-XXXXXX", NULL);
}

static void tear_down(void)
{
	GDir *listing = g_dir_open(dir, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(listing)) != NULL) {
		char *path = g_build_filename(dir, name, NULL);

		g_unlink(path);
		g_free(path);
	}
	g_dir_close(listing);
	g_assert_cmpint(g_rmdir(dir), ==, 0);
	g_free(dir);
}

static void test_adopt(void)
{
	const struct journal_entry *entry;
	struct seen seen = { 0 };
	struct journal *journal;
	uint64_t ids[3];

	set_up();
	journal = open_journal(&seen);
	g_assert_cmpuint(seen.adopted->len, ==, 0);
	for (uint32_t i = 0; i < 3; i++)
		ids[i] = add(journal, 10 * (i + 1), &seen);
	g_assert_cmpuint(seen.written, ==, 3);
	journal_remove(journal, ids[1]);
	journal_set_step(journal, ids[2], JOURNAL_STEP_MARKED);
	journal_set_target(journal, ids[0], 4294967295, 9, NULL, NULL);
	journal_set_conflict(journal, ids[0], "UIDVALIDITY changed");
	journal_close(&journal);
	g_assert_null(journal);
	seen_release(&seen);

	journal = open_journal(&seen);
	g_assert_cmpuint(seen.adopted->len, ==, 2);
	entry = entry_at(&seen, 0);
	g_assert_cmpint(entry->kind, ==, JOURNAL_MOVE);
	g_assert_cmpstr(entry->account, ==, "work");
	g_assert_cmpstr(entry->mailbox, ==, "IN\tBOX\n\xc3\xa4");
	g_assert_cmpuint(entry->uid_validity, ==, 42);
	g_assert_cmpuint(imap_seqset_min(&entry->uids), ==, 10);
	g_assert_cmpuint(imap_seqset_max(&entry->uids), ==, 12);
	g_assert_null(entry->flags);
	g_assert_cmpstr(entry->target, ==, "");
	g_assert_cmpuint(entry->target_uid_next, ==, 4294967295);
	g_assert_cmpuint(entry->target_uid_validity, ==, 9);
	g_assert_cmpuint(entry_at(&seen, 1)->target_uid_next, ==, 7);
	g_assert_cmpuint(entry_at(&seen, 1)->target_uid_validity, ==, 8);
	g_assert_cmpint(entry->time, ==, 1700000000);
	g_assert_cmpstr(entry->conflict, ==, "UIDVALIDITY changed");
	g_assert_cmpint(entry_at(&seen, 1)->step, ==, JOURNAL_STEP_MARKED);
	g_assert_null(entry_at(&seen, 1)->conflict);
	/* One done, one added; the other is found again. */
	journal_remove(journal, entry->id);
	add(journal, 70, &seen);
	g_assert_cmpuint(count_files(NULL), ==, 2);
	journal_remove(journal, seen.last_id);
	journal_close(&journal);
	seen_release(&seen);

	journal = open_journal(&seen);
	g_assert_cmpuint(seen.adopted->len, ==, 1);
	entry = entry_at(&seen, 0);
	g_assert_cmpuint(imap_seqset_min(&entry->uids), ==, 30);
	journal_remove(journal, entry->id);
	journal_close(&journal);
	g_assert_cmpuint(count_files(NULL), ==, 0);
	seen_release(&seen);
	tear_down();
}

/* A living process keeps its own. */
static void test_locked(void)
{
	struct seen seen = { 0 }, other_seen = { 0 };
	struct journal *journal, *other;

	set_up();
	journal = open_journal(&seen);
	add(journal, 1, &seen);
	other = open_journal(&other_seen);
	g_assert_cmpuint(other_seen.adopted->len, ==, 0);
	add(other, 2, &other_seen);
	g_assert_cmpuint(count_files(NULL), ==, 2);
	journal_close(&other);
	journal_close(&journal);
	seen_release(&other_seen);
	other = open_journal(&other_seen);
	g_assert_cmpuint(other_seen.adopted->len, ==, 2);
	journal_close(&other);
	seen_release(&seen);
	seen_release(&other_seen);
	tear_down();
}

/* A crash at any octet: what was whole is there, and can still be removed. */
static void test_torn(void)
{
	struct seen seen = { 0 };
	struct journal *journal;
	char *path = NULL, *whole = NULL;
	gsize len = 0, line;

	set_up();
	journal = open_journal(&seen);
	for (uint32_t uid = 1; uid < 5; uid++)
		add(journal, uid, &seen);
	journal_close(&journal);
	seen_release(&seen);
	g_assert_cmpuint(count_files(&path), ==, 1);
	g_assert_true(g_file_get_contents(path, &whole, &len, NULL));
	line = (gsize)(strchr(whole, '\n') - whole) + 1;
	for (gsize cut = line; cut <= len; cut += 7) {
		guint n = 0;

		for (gsize i = 0; i < cut; i++)
			n += whole[i] == '\n';
		g_assert_true(g_file_set_contents(path, whole, (gssize)cut,
			NULL));
		journal = open_journal(&seen);
		/* The last newline itself may be missing. */
		g_assert_cmpuint(seen.adopted->len, >=, n);
		g_assert_cmpuint(seen.adopted->len, <=, n + 1);
		n = seen.adopted->len;
		journal_set_conflict(journal, entry_at(&seen, 0)->id, "x");
		journal_close(&journal);
		seen_release(&seen);
		journal = open_journal(&seen);
		g_assert_cmpuint(seen.adopted->len, ==, n);
		g_assert_cmpstr(entry_at(&seen, 0)->conflict, ==, "x");
		journal_close(&journal);
		seen_release(&seen);
	}
	g_free(whole);
	g_free(path);
	tear_down();
}

/* Damage costs its own line only, and is never taken for an action. */
static void test_flipped(void)
{
	GRand *rand = g_rand_new_with_seed(3);
	struct seen seen = { 0 };
	struct journal *journal;
	char *path = NULL, *whole = NULL;
	gsize len = 0;

	set_up();
	journal = open_journal(&seen);
	for (uint32_t uid = 100; uid < 110; uid++)
		add(journal, uid, &seen);
	journal_close(&journal);
	seen_release(&seen);
	count_files(&path);
	g_assert_true(g_file_get_contents(path, &whole, &len, NULL));
	for (int round = 0; round < 60; round++) {
		char *copy = g_memdup2(whole, len);

		copy[g_rand_int_range(rand, 0, (gint32)len)] ^=
			(char)(1 << g_rand_int_range(rand, 0, 8));
		g_assert_true(g_file_set_contents(path, copy, (gssize)len,
			NULL));
		journal = open_journal(&seen);
		g_assert_cmpuint(seen.adopted->len, >=, 8);
		for (guint i = 0; i < seen.adopted->len; i++) {
			const struct journal_entry *entry = entry_at(&seen, i);

			g_assert_cmpstr(entry->account, ==, "work");
			g_assert_cmpuint(imap_seqset_count(&entry->uids), ==,
				3);
		}
		journal_close(&journal);
		seen_release(&seen);
		g_free(copy);
	}
	g_free(whole);
	g_free(path);
	g_rand_free(rand);
	tear_down();
}

static void test_nothing_kept(void)
{
	struct seen seen = { 0 };
	struct journal *journal = journal_open(NULL, on_adopted, &seen);

	run_until(seen.adopted != NULL);
	g_assert_cmpuint(seen.adopted->len, ==, 0);
	add(journal, 1, &seen);
	g_assert_cmpuint(seen.written, ==, 1);
	journal_remove(journal, seen.last_id);
	journal_close(&journal);
	seen_release(&seen);
}

static void test_forget(void)
{
	struct seen seen = { 0 }, other = { 0 };
	struct journal_entry entry = { .kind = JOURNAL_STORE,
		.account = (char *)"a", .mailbox = (char *)"b" };
	struct journal *journal;

	set_up();
	journal = open_journal(&seen);
	journal_add(journal, &entry, on_written, &other);
	journal_forget(journal, &other);
	add(journal, 1, &seen);
	g_assert_cmpuint(other.written + other.failed, ==, 0);
	journal_close(&journal);
	seen_release(&seen);
	tear_down();
}

/* The limit on the size of files stands for a full disk. */
static void test_full(void)
{
	struct rlimit limit, old;
	struct seen seen = { 0 };
	struct journal *journal;

	set_up();
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 1000;
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
	journal = open_journal(&seen);
	while (seen.failed == 0)
		add(journal, 1, &seen);
	setrlimit(RLIMIT_FSIZE, &old);
	g_assert_error(seen.error, CACHE_ERROR, CACHE_ERROR_IO);
	g_assert_cmpuint(seen.written, >, 2);
	/* There is room again. */
	add(journal, 9, &seen);
	g_assert_cmpuint(seen.failed, ==, 1);
	journal_close(&journal);
	limit.rlim_cur = seen.written;
	seen_release(&seen);
	journal = open_journal(&seen);
	g_assert_cmpuint(seen.adopted->len, ==, limit.rlim_cur);
	journal_close(&journal);
	seen_release(&seen);
	tear_down();
}

static void test_no_dir(void)
{
	struct seen seen = { 0 };
	struct journal *journal;

	dir = g_strdup("/dev/null/nowhere");
	journal = open_journal(&seen);
	add(journal, 1, &seen);
	g_assert_error(seen.error, CACHE_ERROR, CACHE_ERROR_IO);
	journal_close(&journal);
	seen_release(&seen);
	g_free(dir);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cache/journal/adopt", test_adopt);
	g_test_add_func("/cache/journal/locked", test_locked);
	g_test_add_func("/cache/journal/torn", test_torn);
	g_test_add_func("/cache/journal/flipped", test_flipped);
	g_test_add_func("/cache/journal/nothing-kept", test_nothing_kept);
	g_test_add_func("/cache/journal/forget", test_forget);
	g_test_add_func("/cache/journal/full", test_full);
	g_test_add_func("/cache/journal/no-dir", test_no_dir);
	return g_test_run();
}
