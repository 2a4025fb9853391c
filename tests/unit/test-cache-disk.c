/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cache on a disk that does not answer, or is full: below SQLite stands a
 * file system of ours, whose writes wait at a gate.
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/cache/cache.h"
#include "src/cache/digest.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <unistd.h>

/* --- the disk -------------------------------------------------------------- */

static struct {
	GMutex lock;
	GCond changed;
	bool is_shut, is_full;
	unsigned n_open, n_waiting;
} disk;

struct disk_file {
	sqlite3_file base;
	sqlite3_file *real; /* behind this one */
};

static sqlite3_file *real_of(sqlite3_file *file)
{
	return ((struct disk_file *)(void *)file)->real;
}

static int pass_gate(void)
{
	bool is_full;

	g_mutex_lock(&disk.lock);
	disk.n_waiting++;
	g_cond_broadcast(&disk.changed);
	while (disk.is_shut)
		g_cond_wait(&disk.changed, &disk.lock);
	disk.n_waiting--;
	is_full = disk.is_full;
	g_mutex_unlock(&disk.lock);
	return is_full ? SQLITE_FULL : SQLITE_OK;
}

static int disk_close(sqlite3_file *file)
{
	int code = real_of(file)->pMethods->xClose(real_of(file));

	g_mutex_lock(&disk.lock);
	disk.n_open--;
	g_cond_broadcast(&disk.changed);
	g_mutex_unlock(&disk.lock);
	return code;
}

static int disk_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
	return real_of(file)->pMethods->xRead(real_of(file), to, n, at);
}

static int disk_write(sqlite3_file *file, const void *from, int n,
	sqlite3_int64 at)
{
	int code = pass_gate();

	return code != SQLITE_OK ? code : real_of(file)->pMethods->xWrite(
		real_of(file), from, n, at);
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int disk_sync(sqlite3_file *file, int flags)
{
	int code = pass_gate();

	return code != SQLITE_OK ? code :
		real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int disk_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int disk_lock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int disk_unlock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int disk_check_lock(sqlite3_file *file, int *out)
{
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}

static int disk_control(sqlite3_file *file, int op, void *arg)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int disk_sector(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int disk_traits(sqlite3_file *file)
{
	return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static const sqlite3_io_methods methods = {
	1, disk_close, disk_read, disk_write, disk_truncate, disk_sync,
	disk_size, disk_lock, disk_unlock, disk_check_lock, disk_control,
	disk_sector, disk_traits, NULL, NULL, NULL, NULL, NULL, NULL,
};

static int disk_open(sqlite3_vfs *vfs, const char *name,
	sqlite3_file *file, int flags, int *flags_out)
{
	struct disk_file *ours = (struct disk_file *)(void *)file;
	sqlite3_vfs *below = vfs->pAppData;
	int code;

	ours->real = (sqlite3_file *)(void *)(ours + 1);
	ours->base.pMethods = NULL;
	code = below->xOpen(below, name, ours->real, flags, flags_out);
	if (code != SQLITE_OK)
		return code;
	ours->base.pMethods = &methods;
	g_mutex_lock(&disk.lock);
	disk.n_open++;
	g_mutex_unlock(&disk.lock);
	return SQLITE_OK;
}

static void register_disk(void)
{
	static sqlite3_vfs vfs;
	sqlite3_vfs *below = sqlite3_vfs_find(NULL);

	vfs = *below;
	vfs.zName = "gate";
	vfs.pAppData = below;
	vfs.szOsFile = below->szOsFile + (int)sizeof(struct disk_file);
	vfs.xOpen = disk_open;
	g_assert_cmpint(sqlite3_vfs_register(&vfs, 1), ==, SQLITE_OK);
}

static void set_disk(bool is_shut, bool is_full)
{
	g_mutex_lock(&disk.lock);
	disk.is_shut = is_shut;
	disk.is_full = is_full;
	g_cond_broadcast(&disk.changed);
	g_mutex_unlock(&disk.lock);
}

/* Somebody stands at the gate. */
static void wait_until_stuck(void)
{
	g_mutex_lock(&disk.lock);
	while (disk.n_waiting == 0)
		g_cond_wait(&disk.changed, &disk.lock);
	g_mutex_unlock(&disk.lock);
}

static void wait_until_closed(void)
{
	g_mutex_lock(&disk.lock);
	while (disk.n_open > 0)
		g_cond_wait(&disk.changed, &disk.lock);
	g_mutex_unlock(&disk.lock);
}

/* --- the cache ------------------------------------------------------------- */

struct answer {
	bool is_done, has_state;
	struct cache_mailbox state; /* without its name */
	size_t n;                   /* messages, digests */
	unsigned n_problems;
	GError *problem;
};

static char *dir;

static void on_problem(const GError *error, void *data)
{
	struct answer *answer = data;

	answer->n_problems++;
	g_clear_error(&answer->problem);
	answer->problem = g_error_copy(error);
}

static void on_peek(const struct cache_mailbox *state,
	struct cache_page *page_take, void *data)
{
	struct answer *answer = data;

	answer->has_state = state != NULL;
	if (state != NULL)
		answer->state = *state;
	answer->n = page_take->n;
	cache_page_free(&page_take);
	answer->is_done = true;
}

static void on_digests(const struct cache_digests *page, void *data)
{
	struct answer *answer = data;

	answer->n += page->n;
	answer->is_done = page->is_last;
}

static void wait_for(struct answer *answer)
{
	while (!answer->is_done)
		g_main_context_iteration(NULL, TRUE);
	answer->is_done = false;
}

static void peek(struct cache *cache, struct answer *answer)
{
	cache_peek_mailbox(cache, "INBOX", 5, on_peek, answer);
	wait_for(answer);
}

static void put(struct cache *cache, uint32_t first, uint32_t last)
{
	struct imap_fetch fetch = { .has_envelope = true,
		.envelope.subject = "a subject of some length" };
	struct digest digest = { .bits = DIGEST_HAS_FLAGS | DIGEST_HAS_ROW };

	for (uint32_t uid = first; uid <= last; uid++) {
		fetch.uid = digest.uid = uid;
		cache_put_message(cache, "INBOX", &fetch);
		cache_put_digest(cache, "INBOX", &digest);
	}
}

static void put_state(struct cache *cache)
{
	struct cache_mailbox state = { .name = (char *)(uintptr_t)"INBOX",
		.delimiter = '/', .uid_validity = 1, .uid_next = 9,
		.highest_mod_seq = 77, .is_complete = true };

	cache_put_state(cache, &state);
}

static struct cache *open_filled(struct answer *answer)
{
	struct cache *cache;

	set_disk(false, false);
	dir = g_dir_make_tmp("culver-disk-XXXXXX", NULL);
	cache = cache_open(dir, "work", on_problem, answer);
	put(cache, 1, 10);
	put_state(cache);
	peek(cache, answer);
	g_assert_cmpuint(answer->n, ==, 5);
	g_assert_cmpuint(answer->state.highest_mod_seq, ==, 77);
	return cache;
}

static void tear_down(struct answer *answer)
{
	GDir *listing = g_dir_open(dir, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(listing)) != NULL) {
		char *path = g_build_filename(dir, name, NULL);

		g_unlink(path);
		g_free(path);
	}
	g_dir_close(listing);
	g_rmdir(dir);
	g_free(dir);
	g_clear_error(&answer->problem);
}

/* Nobody waits for it, what waits is bounded, and what was lost is not taken
 * for known later. */
static void test_slow(void)
{
	enum { LAST = 200000 };
	struct answer answer = { 0 };
	struct cache *cache = open_filled(&answer);

	set_disk(true, false);
	put(cache, 11, 12);
	while (g_main_context_iteration(NULL, FALSE))
		;
	put(cache, 13, LAST);
	put_state(cache);
	while (answer.n_problems == 0)
		g_main_context_iteration(NULL, TRUE);
	g_assert_error(answer.problem, CACHE_ERROR, CACHE_ERROR_IO);
	g_assert_nonnull(strstr(answer.problem->message, "too slow"));
	set_disk(false, false);
	peek(cache, &answer);
	g_assert_false(answer.state.is_complete);
	g_assert_cmpuint(answer.state.highest_mod_seq, ==, 0);
	answer.n = 0;
	cache_load_digests(cache, "INBOX", on_digests, &answer);
	wait_for(&answer);
	g_assert_cmpuint(answer.n, >, 1000);
	g_assert_cmpuint(answer.n, <, LAST / 2);
	/* It goes on when there is room again. */
	put(cache, LAST + 1, LAST + 1);
	cache_load_digests(cache, "INBOX", on_digests, &answer);
	answer.n = 0;
	wait_for(&answer);
	g_assert_cmpuint(answer.n, >, 1000);
	g_assert_cmpuint(answer.n_problems, ==, 1);
	cache_close(&cache);
	tear_down(&answer);
}

static void on_written(void *data)
{
	((struct answer *)data)->is_done = true;
}

/* Who waits when it is behind loses nothing. */
static void test_behind(void)
{
	struct answer answer = { 0 };
	struct cache *cache = open_filled(&answer);
	uint32_t last = 10;

	set_disk(true, false);
	g_assert_false(cache_is_behind(cache));
	while (!cache_is_behind(cache)) {
		put(cache, last + 1, last + 100);
		last += 100;
	}
	cache_when_written(cache, on_written, &answer);
	set_disk(false, false);
	wait_for(&answer);
	g_assert_false(cache_is_behind(cache));
	answer.n = 0;
	cache_load_digests(cache, "INBOX", on_digests, &answer);
	wait_for(&answer);
	g_assert_cmpuint(answer.n, ==, last);
	g_assert_cmpuint(answer.n_problems, ==, 0);
	cache_close(&cache);
	tear_down(&answer);
}

static void put_flags(struct cache *cache, uint32_t uid, unsigned system)
{
	const struct digest digest = { .uid = uid, .bits = DIGEST_HAS_FLAGS,
		.flags.system = system };

	cache_put_digest(cache, "INBOX", &digest);
}

static void on_flags(const struct cache_digests *page, void *data)
{
	unsigned *system = data;

	g_assert_true(page->is_last);
	for (size_t i = 0; i < page->n; i++)
		if (page->items[i].uid == 3)
			*system = page->items[i].flags.system;
	system[1] = true;
}

/* Millions of changes of the same flags take no room: the last one counts. */
static void test_flood(void)
{
	struct answer answer = { 0 };
	struct cache *cache = open_filled(&answer);
	unsigned system[2] = { 0 };

	set_disk(true, false);
	for (unsigned i = 0; i < 500000; i++)
		put_flags(cache, 1 + i % 10, i % 2);
	put(cache, 3, 3);
	put_flags(cache, 3, IMAP_FLAG_DRAFT);
	put_flags(cache, 3, IMAP_FLAG_FLAGGED);
	while (g_main_context_iteration(NULL, FALSE))
		;
	set_disk(false, false);
	cache_load_digests(cache, "INBOX", on_flags, system);
	while (!system[1])
		g_main_context_iteration(NULL, TRUE);
	g_assert_cmpuint(system[0], ==, IMAP_FLAG_FLAGGED);
	g_assert_cmpuint(answer.n_problems, ==, 0);
	cache_close(&cache);
	tear_down(&answer);
}

/* The program ends all the same. */
static void test_close(void)
{
	struct answer answer = { 0 };
	struct cache *cache = open_filled(&answer);

	set_disk(true, false);
	put(cache, 11, 20000);
	wait_until_stuck();
	cache_close(&cache);
	g_assert_null(cache);
	set_disk(false, false);
	wait_until_closed();
	cache = cache_open(dir, "work", on_problem, &answer);
	peek(cache, &answer);
	g_assert_cmpuint(answer.n, ==, 5);
	g_assert_cmpuint(answer.state.highest_mod_seq, ==, 77);
	g_assert_cmpuint(answer.n_problems, ==, 0);
	cache_close(&cache);
	tear_down(&answer);
}

static void test_full(void)
{
	struct answer answer = { 0 };
	struct cache *cache = open_filled(&answer);

	set_disk(false, true);
	put(cache, 11, 20000);
	peek(cache, &answer);
	g_assert_true(answer.has_state);
	g_assert_cmpuint(answer.n, ==, 5);
	g_assert_error(answer.problem, CACHE_ERROR, CACHE_ERROR_IO);
	put(cache, 11, 20000);
	put_state(cache);
	answer.n = 0;
	cache_load_digests(cache, "INBOX", on_digests, &answer);
	wait_for(&answer);
	g_assert_cmpuint(answer.n, ==, 10);
	g_assert_cmpuint(answer.n_problems, ==, 1);
	cache_close(&cache);
	set_disk(false, false);
	cache = cache_open(dir, "work", on_problem, &answer);
	peek(cache, &answer);
	g_assert_cmpuint(answer.state.highest_mod_seq, ==, 77);
	cache_close(&cache);
	tear_down(&answer);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	register_disk();
	g_test_add_func("/cache/disk/slow", test_slow);
	g_test_add_func("/cache/disk/behind", test_behind);
	g_test_add_func("/cache/disk/flood", test_flood);
	g_test_add_func("/cache/disk/close", test_close);
	g_test_add_func("/cache/disk/full", test_full);
	return g_test_run();
}
