/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/cache/cache.h"
#include "src/cache/digest.h"
#include "src/imap/bodystructure.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir, *file;

/* --- messages made from their UID ------------------------------------------ */

static const char *const keywords[] = { "$Forwarded", "Work" };

static void make_message(uint32_t uid, struct arena *arena,
	struct imap_fetch *fetch)
{
	char *subject = g_strdup_printf("Subject %u", uid);
	struct imap_address *from = arena_new_struct(arena,
		struct imap_address);

	*from = (struct imap_address){ NULL, "user", "example.org" };
	*fetch = (struct imap_fetch){ .uid = uid, .has_envelope = true,
		.has_references = true };
	fetch->envelope.subject = arena_strdup(arena, subject);
	fetch->envelope.message_id = "<x@example.org>";
	fetch->envelope.from = (struct imap_addresses){ from, 1 };
	fetch->references = "<a@b> <c@d>";
	g_free(subject);
}

static struct digest make_digest(uint32_t uid)
{
	return (struct digest){ .uid = uid,
		.bits = DIGEST_HAS_FLAGS | DIGEST_HAS_ROW,
		.flags = { IMAP_FLAG_SEEN | IMAP_FLAG_RECENT, keywords, 2 },
		.internaldate = -5 - (int64_t)uid, .internaldate_offset = -90,
		.date = uid, .size = 1000 + uid, .subject = uid,
		.ids = { .id = uid, .n_references = 1, .references = { 7 } } };
}

static void assert_digest(const struct digest *got, uint32_t uid)
{
	struct digest put = make_digest(uid);

	g_assert_cmpuint(got->bits, ==, put.bits);
	g_assert_cmpint(got->internaldate, ==, put.internaldate);
	g_assert_cmpint(got->internaldate_offset, ==, -90);
	g_assert_cmpint(got->date, ==, put.date);
	g_assert_cmpuint(got->size, ==, put.size);
	g_assert_cmpuint(got->subject, ==, put.subject);
	g_assert_cmpuint(got->ids.id, ==, uid);
	g_assert_cmpuint(got->ids.references[0], ==, 7);
	g_assert_cmpuint(got->flags.system, ==, IMAP_FLAG_SEEN);
	g_assert_cmpuint(got->flags.n_keywords, ==, 2);
	g_assert_cmpstr(got->flags.keywords[1], ==, "Work");
}

/* --- answers --------------------------------------------------------------- */

struct answer {
	bool is_done;
	unsigned n_problems;
	GError *problem;
	bool has_state;
	struct cache_mailbox state; /* without its name */
	struct imap_seqset uids;
	unsigned n_pages; /* of digests */
	struct cache_page *page;
	GString *names;
	GBytes *octets;
	char *value;
};

static void run_until_done(struct answer *answer)
{
	while (!answer->is_done)
		g_main_context_iteration(NULL, TRUE);
	answer->is_done = false;
}

static void answer_release(struct answer *answer)
{
	cache_page_free(&answer->page);
	imap_seqset_release(&answer->uids);
	g_clear_error(&answer->problem);
	g_clear_pointer(&answer->octets, g_bytes_unref);
	g_clear_pointer(&answer->value, g_free);
	if (answer->names != NULL)
		g_string_free(answer->names, TRUE);
	*answer = (struct answer){ 0 };
}

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
	cache_page_free(&answer->page);
	answer->page = page_take;
	answer->is_done = true;
}

static void on_digests(const struct cache_digests *page, void *data)
{
	struct answer *answer = data;

	for (size_t i = 0; i < page->n; i++) {
		assert_digest(&page->items[i], page->items[i].uid);
		imap_seqset_add(&answer->uids, page->items[i].uid);
	}
	answer->n_pages++;
	answer->is_done = page->is_last;
}

static void on_page(struct cache_page *page_take, void *data)
{
	struct answer *answer = data;

	cache_page_free(&answer->page);
	answer->page = page_take;
	answer->is_done = true;
}

static void on_mailboxes(const struct cache_mailbox *mailboxes, size_t n,
	void *data)
{
	struct answer *answer = data;

	if (answer->names == NULL)
		answer->names = g_string_new(NULL);
	g_string_truncate(answer->names, 0);
	for (size_t i = 0; i < n; i++)
		g_string_append_printf(answer->names, "%s:%u ",
			mailboxes[i].name, mailboxes[i].messages);
	answer->is_done = true;
}

static void on_body(GBytes *octets, void *data)
{
	struct answer *answer = data;

	g_clear_pointer(&answer->octets, g_bytes_unref);
	answer->octets = octets != NULL ? g_bytes_ref(octets) : NULL;
	answer->is_done = true;
}

static void on_fact(const char *value, void *data)
{
	struct answer *answer = data;

	g_free(answer->value);
	answer->value = g_strdup(value);
	answer->is_done = true;
}

static void set_up(void)
{
	dir = g_dir_make_tmp("culver-cache-XXXXXX", NULL);
	file = g_build_filename(dir, "work.db", NULL);
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
	g_rmdir(dir);
	g_free(dir);
	g_free(file);
}

/* --- what is put ----------------------------------------------------------- */

static void put(struct cache *cache, const char *mailbox, uint32_t first,
	uint32_t last)
{
	for (uint32_t uid = first; uid <= last; uid++) {
		struct arena *arena = arena_new();
		struct digest digest = make_digest(uid);
		struct imap_fetch fetch;

		make_message(uid, arena, &fetch);
		cache_put_message(cache, mailbox, &fetch);
		cache_put_digest(cache, mailbox, &digest);
		arena_free(&arena);
	}
}

static void put_state(struct cache *cache, const char *mailbox)
{
	struct cache_mailbox state = { .name = (char *)(uintptr_t)mailbox,
		.delimiter = '/', .uid_validity = 42, .uid_next = 1000,
		.messages = 10, .unseen = 3, .highest_mod_seq = 1ull << 62,
		.is_complete = true };

	cache_put_state(cache, &state);
}

static void assert_message_strings(const struct cache_message *message)
{
	const struct imap_fetch *got = &message->fetch;
	struct arena *arena = arena_new();
	struct imap_fetch put_fetch;

	make_message(message->uid, arena, &put_fetch);
	g_assert_cmpuint(got->uid, ==, message->uid);
	g_assert_cmpstr(got->envelope.subject, ==,
		put_fetch.envelope.subject);
	g_assert_cmpstr(got->envelope.message_id, ==, "<x@example.org>");
	g_assert_null(got->envelope.date);
	g_assert_cmpuint(got->envelope.from.n, ==, 1);
	g_assert_null(got->envelope.from.items[0].name);
	g_assert_cmpstr(got->envelope.from.items[0].host, ==, "example.org");
	g_assert_cmpstr(got->references, ==, "<a@b> <c@d>");
	arena_free(&arena);
}

/* A damaged message is missing, and its digest is not. */
static void assert_message(const struct cache_message *message)
{
	assert_digest(message->digest, message->uid);
	if (message->fetch.has_envelope)
		assert_message_strings(message);
}

static void assert_page(const struct cache_page *page)
{
	for (size_t i = 0; i < page->n; i++) {
		assert_message(&page->messages[i]);
		if (i > 0)
			g_assert_cmpuint(page->messages[i].uid, <,
				page->messages[i - 1].uid);
	}
}

static void fill(uint32_t last)
{
	struct cache *cache = cache_open(dir, "work", NULL, NULL);
	GBytes *body = g_bytes_new_static("body text", 9);

	put(cache, "INBOX", 1, last);
	put_state(cache, "INBOX");
	cache_put_body(cache, "INBOX", 42, 7, "1", body);
	cache_put_fact(cache, "capability", "IMAP4rev2 IDLE");
	cache_close(&cache);
	g_assert_null(cache);
	g_bytes_unref(body);
}

/* The newest page and the UIDs. */
static void open_mailbox(struct cache *cache, const char *name, size_t limit,
	struct answer *answer)
{
	cache_peek_mailbox(cache, name, limit, on_peek, answer);
	g_assert_false(answer->is_done);
	run_until_done(answer);
	imap_seqset_clear(&answer->uids);
	answer->n_pages = 0;
	cache_load_digests(cache, name, on_digests, answer);
	g_assert_false(answer->is_done);
	run_until_done(answer);
}

static void open_inbox(struct cache *cache, size_t limit,
	struct answer *answer)
{
	open_mailbox(cache, "INBOX", limit, answer);
}

static void assert_uids(const struct answer *answer, const char *text)
{
	char *uids = imap_seqset_to_string(&answer->uids);

	g_assert_cmpstr(uids, ==, text);
	g_free(uids);
}

/* --- the good days --------------------------------------------------------- */

static void test_round(void)
{
	struct answer answer = { 0 };
	struct imap_seqset set;
	struct cache *cache;
	struct stat info;

	set_up();
	fill(100);
	g_assert_cmpint(stat(file, &info), ==, 0);
	g_assert_cmpint(info.st_mode & 0777, ==, 0600);
	cache = cache_open(dir, "work", on_problem, &answer);
	open_inbox(cache, 30, &answer);
	g_assert_true(answer.has_state);
	g_assert_cmpuint(answer.state.uid_validity, ==, 42);
	g_assert_cmpuint(answer.state.highest_mod_seq, ==, 1ull << 62);
	g_assert_true(answer.state.is_complete);
	g_assert_cmpint(answer.state.delimiter, ==, '/');
	g_assert_cmpuint(answer.page->n, ==, 30);
	g_assert_cmpuint(answer.page->messages[0].uid, ==, 100);
	g_assert_true(answer.page->messages[29].fetch.has_envelope);
	assert_page(answer.page);
	assert_uids(&answer, "1:100");
	imap_seqset_init(&set);
	imap_seqset_parse(&set, "5,10:20,99:200");
	cache_remove_messages(cache, "INBOX", &set);
	open_inbox(cache, 1000, &answer);
	assert_uids(&answer, "1:4,6:9,21:98");
	g_assert_cmpuint(answer.page->n, ==, 86);
	imap_seqset_parse(&set, "1:7,90,4000");
	cache_load_messages(cache, "INBOX", &set, 4, on_page, &answer);
	run_until_done(&answer);
	g_assert_cmpuint(answer.page->n, ==, 4);
	assert_page(answer.page);
	g_assert_cmpuint(answer.page->messages[0].uid, ==, 90);
	g_assert_cmpuint(answer.page->messages[3].uid, ==, 4);
	cache_load_body(cache, "INBOX", 42, 7, "1", on_body, &answer);
	run_until_done(&answer);
	g_assert_cmpmem(g_bytes_get_data(answer.octets, NULL), 9, "body text",
		9);
	cache_load_body(cache, "INBOX", 43, 7, "1", on_body, &answer);
	run_until_done(&answer);
	g_assert_null(answer.octets);
	cache_load_fact(cache, "capability", on_fact, &answer);
	run_until_done(&answer);
	g_assert_cmpstr(answer.value, ==, "IMAP4rev2 IDLE");
	g_assert_cmpuint(answer.n_problems, ==, 0);
	imap_seqset_release(&set);
	cache_close(&cache);
	answer_release(&answer);
	tear_down();
}

static void test_merge(void)
{
	struct imap_param param = { "charset", "utf-8" };
	struct imap_body child = { .section = "1", .type = "text",
		.subtype = "plain", .params = &param, .n_params = 1,
		.encoding = "7bit", .size = 77 };
	const struct imap_body *children[] = { &child };
	struct imap_body root = { .section = "", .type = "multipart",
		.subtype = "mixed", .encoding = "7bit",
		.children = children, .n_children = 1 };
	struct digest flags = { .uid = 3, .bits = DIGEST_HAS_FLAGS,
		.flags = { IMAP_FLAG_DELETED, NULL, 0 } };
	struct digest structure = { .uid = 3, .bits = DIGEST_HAS_STRUCTURE |
		DIGEST_HAS_ATTACHMENT };
	struct imap_fetch body = { .uid = 3, .body = &root };
	struct answer answer = { 0 };
	const struct imap_fetch *got;
	const struct digest *digest;
	struct cache *cache;

	set_up();
	cache = cache_open(dir, "work", NULL, NULL);
	put(cache, "INBOX", 3, 3);
	cache_put_digest(cache, "INBOX", &flags);
	cache_put_message(cache, "INBOX", &body);
	cache_put_digest(cache, "INBOX", &structure);
	put_state(cache, "INBOX");
	cache_peek_mailbox(cache, "INBOX", 10, on_peek, &answer);
	run_until_done(&answer);
	g_assert_cmpuint(answer.page->n, ==, 1);
	digest = answer.page->messages[0].digest;
	g_assert_cmpuint(digest->flags.system, ==, IMAP_FLAG_DELETED);
	g_assert_cmpuint(digest->flags.n_keywords, ==, 0);
	g_assert_cmpuint(digest->bits, ==, DIGEST_HAS_FLAGS | DIGEST_HAS_ROW |
		DIGEST_HAS_STRUCTURE | DIGEST_HAS_ATTACHMENT);
	g_assert_cmpuint(digest->size, ==, 1003);
	got = &answer.page->messages[0].fetch;
	g_assert_cmpstr(got->envelope.subject, ==, "Subject 3");
	g_assert_cmpstr(got->body->subtype, ==, "mixed");
	g_assert_cmpuint(got->body->children[0]->size, ==, 77);
	g_assert_true(got->body->children[0]->parent == got->body);
	g_assert_cmpstr(imap_body_param(got->body->children[0], "charset"),
		==, "utf-8");
	cache_close(&cache);
	answer_release(&answer);
	tear_down();
}

static void test_mailboxes(void)
{
	struct cache_mailbox list[] = { { .name = (char *)"A", .messages = 1 },
		{ .name = (char *)"INBOX", .messages = 2 } };
	struct answer answer = { 0 };
	struct cache *cache;

	set_up();
	fill(5);
	cache = cache_open(dir, "work", NULL, NULL);
	cache_rename_mailbox(cache, "INBOX", "A");
	cache_put_mailboxes(cache, list, 2);
	cache_load_mailboxes(cache, on_mailboxes, &answer);
	run_until_done(&answer);
	g_assert_cmpstr(answer.names->str, ==, "A:1 INBOX:2 ");
	open_inbox(cache, 10, &answer);
	g_assert_false(answer.has_state);
	open_mailbox(cache, "A", 10, &answer);
	g_assert_cmpuint(answer.page->n, ==, 5);
	assert_page(answer.page);
	cache_put_mailboxes(cache, list + 1, 1);
	open_mailbox(cache, "A", 10, &answer);
	g_assert_false(answer.has_state);
	g_assert_cmpuint(answer.page->n, ==, 0);
	cache_close(&cache);
	answer_release(&answer);
	tear_down();
}

static void test_peek(void)
{
	struct answer answer = { 0 };
	struct cache *cache;

	set_up();
	fill(5);
	cache = cache_open(dir, "work", NULL, NULL);
	cache_peek_mailbox(cache, "INBOX", 3, on_peek, &answer);
	g_assert_false(answer.is_done);
	run_until_done(&answer);
	g_assert_true(answer.has_state);
	g_assert_true(imap_seqset_is_empty(&answer.uids));
	g_assert_cmpuint(answer.page->n, ==, 3);
	g_assert_cmpuint(answer.page->messages[0].uid, ==, 5);
	open_inbox(cache, 0, &answer);
	g_assert_cmpuint(answer.page->n, ==, 0);
	assert_uids(&answer, "1:5");
	cache_peek_mailbox(cache, "unheard of", 3, on_peek, &answer);
	run_until_done(&answer);
	g_assert_false(answer.has_state);
	cache_close(&cache);
	answer_release(&answer);
	tear_down();
}

static void test_forget(void)
{
	struct answer answer = { 0 }, other = { 0 };
	struct cache *cache;

	set_up();
	fill(5);
	cache = cache_open(dir, "work", NULL, NULL);
	cache_peek_mailbox(cache, "INBOX", 10, on_peek, &answer);
	cache_load_fact(cache, "x", on_fact, &answer);
	cache_forget(cache, &answer);
	open_inbox(cache, 10, &other);
	g_assert_false(answer.is_done);
	g_assert_null(answer.page);
	/* Answers under way are lost when it closes, and leak nothing. */
	cache_peek_mailbox(cache, "INBOX", 10, on_peek, &answer);
	cache_close(&cache);
	g_assert_false(answer.is_done);
	answer_release(&other);
	tear_down();
}

/* Pages of digests do not hold up what somebody waits for. */
static void test_digests_in_pages(void)
{
	struct answer answer = { 0 }, other = { 0 };
	struct cache *cache;

	set_up();
	fill(5000);
	cache = cache_open(dir, "work", NULL, NULL);
	cache_load_digests(cache, "INBOX", on_digests, &answer);
	cache_load_body(cache, "INBOX", 42, 7, "1", on_body, &other);
	run_until_done(&other);
	g_assert_false(answer.is_done);
	run_until_done(&answer);
	g_assert_cmpuint(answer.n_pages, ==, 3);
	assert_uids(&answer, "1:5000");
	/* Nobody wants the rest. */
	answer.n_pages = 0;
	cache_load_digests(cache, "INBOX", on_digests, &answer);
	while (answer.n_pages == 0)
		g_main_context_iteration(NULL, TRUE);
	cache_forget(cache, &answer);
	open_inbox(cache, 1, &other);
	g_assert_cmpuint(answer.n_pages, ==, 1);
	cache_close(&cache);
	answer_release(&answer);
	answer_release(&other);
	tear_down();
}

struct scan {
	unsigned n_seen, n_freed, n_done;
	uint32_t last;
};

static void on_scan(const struct cache_message *message, void *data)
{
	struct scan *scan = data;

	assert_message_strings(message);
	g_assert_cmpuint(message->uid, <, scan->last);
	scan->last = message->uid;
	scan->n_seen++;
}

static void on_scan_done(void *scan_data, void *data)
{
	struct scan *scan = data;

	g_assert_true(scan_data == scan);
	g_assert_cmpuint(scan->n_freed, ==, 0);
	scan->n_done++;
}

static void free_scan(gpointer data)
{
	((struct scan *)data)->n_freed++;
}

static void test_scan(void)
{
	struct scan all = { .last = UINT32_MAX }, some = all, gone = all;
	struct imap_seqset uids;
	struct cache *cache;

	set_up();
	fill(3000);
	cache = cache_open(dir, "work", NULL, NULL);
	imap_seqset_init(&uids);
	imap_seqset_parse(&uids, "1:10,100,2990:4000");
	cache_scan(cache, "INBOX", NULL, on_scan, &gone, free_scan,
		on_scan_done, &gone);
	cache_forget(cache, &gone);
	cache_scan(cache, "INBOX", NULL, on_scan, &all, free_scan,
		on_scan_done, &all);
	cache_scan(cache, "INBOX", &uids, on_scan, &some, free_scan,
		on_scan_done, &some);
	g_assert_cmpuint(all.n_done, ==, 0);
	while (all.n_freed == 0 || some.n_freed == 0 || gone.n_freed == 0)
		g_main_context_iteration(NULL, TRUE);
	g_assert_cmpuint(all.n_seen, ==, 3000);
	g_assert_cmpuint(all.n_done, ==, 1);
	g_assert_cmpuint(some.n_seen, ==, 22);
	g_assert_cmpuint(some.n_done, ==, 1);
	g_assert_cmpuint(gone.n_done, ==, 0);
	imap_seqset_release(&uids);
	cache_close(&cache);
	tear_down();
}

static void test_no_cache(void)
{
	struct answer answer = { 0 };
	struct cache *cache = cache_open(NULL, "work", on_problem, &answer);

	put(cache, "INBOX", 1, 5);
	put_state(cache, "INBOX");
	open_inbox(cache, 10, &answer);
	g_assert_false(answer.has_state);
	g_assert_cmpuint(answer.page->n, ==, 0);
	cache_load_mailboxes(cache, on_mailboxes, &answer);
	run_until_done(&answer);
	g_assert_cmpuint(answer.n_problems, ==, 0);
	cache_close(&cache);
	answer_release(&answer);
}

static void test_bodies_bounded(void)
{
	enum { SIZE = 8 * 1024 * 1024, N = 12 };
	GBytes *body = g_bytes_new_take(g_malloc0(SIZE), SIZE);
	struct answer answer = { 0 };
	struct cache *cache;
	unsigned there = 0;

	set_up();
	cache = cache_open(dir, "work", NULL, NULL);
	for (uint32_t uid = 1; uid <= N; uid++) {
		cache_put_body(cache, "INBOX", 1, uid, "1", body);
		/* The first is used again and again. */
		cache_load_body(cache, "INBOX", 1, 1, "1", on_body, &answer);
		run_until_done(&answer);
	}
	for (uint32_t uid = 1; uid <= N; uid++) {
		cache_load_body(cache, "INBOX", 1, uid, "1", on_body,
			&answer);
		run_until_done(&answer);
		there += answer.octets != NULL;
		if (uid == 1 || uid == N)
			g_assert_nonnull(answer.octets);
		if (uid == 2)
			g_assert_null(answer.octets);
	}
	g_assert_cmpuint(there, ==, 8);
	g_bytes_unref(body);
	cache_close(&cache);
	answer_release(&answer);
	tear_down();
}

/* --- the bad days ---------------------------------------------------------- */

/* Whatever the file is: it works again, at worst from nothing. */
static void assert_usable(struct answer *answer)
{
	struct cache *cache = cache_open(dir, "work", on_problem, answer);

	open_inbox(cache, 1000, answer);
	assert_page(answer->page);
	put(cache, "INBOX", 500, 510);
	put_state(cache, "INBOX");
	open_inbox(cache, 11, answer);
	g_assert_true(answer->has_state);
	g_assert_cmpuint(answer->page->n, ==, 11);
	assert_page(answer->page);
	cache_close(&cache);
}

static void test_flipped(void)
{
	GRand *rand = g_rand_new_with_seed(20);
	char *whole = NULL;
	gsize len = 0;

	set_up();
	fill(150);
	g_assert_true(g_file_get_contents(file, &whole, &len, NULL));
	for (int round = 0; round < 200; round++) {
		char *copy = g_memdup2(whole, len);
		struct answer answer = { 0 };

		for (int i = 0; i < 1 + round % 20; i++)
			copy[g_rand_int_range(rand, 0, (gint32)len)] ^=
				(char)(1 << g_rand_int_range(rand, 0, 8));
		g_assert_true(g_file_set_contents(file, copy, (gssize)len,
			NULL));
		assert_usable(&answer);
		answer_release(&answer);
		g_free(copy);
	}
	g_free(whole);
	g_rand_free(rand);
	tear_down();
}

static void test_truncated(void)
{
	char *whole = NULL;
	gsize len = 0;

	set_up();
	fill(150);
	g_assert_true(g_file_get_contents(file, &whole, &len, NULL));
	for (gsize cut = 0; cut < len; cut += 1 + len / 23) {
		struct answer answer = { 0 };

		g_assert_true(g_file_set_contents(file, whole, (gssize)cut,
			NULL));
		assert_usable(&answer);
		answer_release(&answer);
	}
	g_free(whole);
	tear_down();
}

static void test_truncated_while_open(void)
{
	struct answer answer = { 0 };
	struct cache *cache;

	set_up();
	fill(2000);
	cache = cache_open(dir, "work", on_problem, &answer);
	open_inbox(cache, 10, &answer);
	g_assert_cmpint(truncate(file, 5000), ==, 0);
	open_inbox(cache, 3000, &answer);
	assert_page(answer.page);
	put(cache, "INBOX", 1, 10);
	put_state(cache, "INBOX");
	open_inbox(cache, 3000, &answer);
	assert_page(answer.page);
	cache_close(&cache);
	assert_usable(&answer);
	answer_release(&answer);
	tear_down();
}

static void test_deleted_while_open(void)
{
	struct answer answer = { 0 };
	struct cache *cache;

	set_up();
	fill(20);
	cache = cache_open(dir, "work", on_problem, &answer);
	open_inbox(cache, 10, &answer);
	g_assert_cmpint(g_unlink(file), ==, 0);
	open_inbox(cache, 10, &answer);
	g_assert_false(answer.has_state);
	put(cache, "INBOX", 1, 5);
	put_state(cache, "INBOX");
	open_inbox(cache, 10, &answer);
	g_assert_cmpuint(answer.page->n, ==, 5);
	/* What was lost is not complete. */
	g_assert_false(answer.state.is_complete);
	g_assert_true(g_file_test(file, G_FILE_TEST_EXISTS));
	cache_close(&cache);
	cache = cache_open(dir, "work", on_problem, &answer);
	open_inbox(cache, 10, &answer);
	g_assert_cmpuint(answer.page->n, ==, 5);
	cache_close(&cache);
	answer_release(&answer);
	tear_down();
}

static void run_sql(const char *text)
{
	sqlite3 *db;

	g_assert_cmpint(sqlite3_open(file, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, text, NULL, NULL, NULL), ==,
		SQLITE_OK);
	sqlite3_close(db);
}

static void test_other_version(void)
{
	struct answer answer = { 0 };
	struct cache *cache;

	set_up();
	fill(20);
	run_sql("PRAGMA user_version = 999");
	cache = cache_open(dir, "work", on_problem, &answer);
	open_inbox(cache, 10, &answer);
	g_assert_false(answer.has_state);
	cache_close(&cache);
	g_assert_true(g_file_set_contents(file, "this is no database", -1,
		NULL));
	assert_usable(&answer);
	answer_release(&answer);
	tear_down();
}

/* A record that another row or another mailbox owns is not taken. */
static void test_swapped_records(void)
{
	struct answer answer = { 0 };
	struct cache *cache;

	set_up();
	fill(20);
	run_sql("UPDATE messages SET record = (SELECT record FROM messages"
		" WHERE id & 4294967295 = 3) WHERE id & 4294967295 = 4");
	run_sql("UPDATE digests SET record = (SELECT record FROM digests"
		" WHERE id & 4294967295 = 7) WHERE id & 4294967295 = 8");
	cache = cache_open(dir, "work", on_problem, &answer);
	open_inbox(cache, 100, &answer);
	g_assert_cmpuint(answer.page->n, ==, 18);
	assert_page(answer.page);
	open_inbox(cache, 100, &answer);
	assert_uids(&answer, "1:3,5:7,9:20");
	g_assert_false(answer.state.is_complete);
	cache_close(&cache);
	answer_release(&answer);
	tear_down();
}

static void test_locked(void)
{
	struct answer answer = { 0 }, second = { 0 };
	struct cache *cache, *other;

	set_up();
	fill(20);
	cache = cache_open(dir, "work", on_problem, &answer);
	open_inbox(cache, 10, &answer);
	other = cache_open(dir, "work", on_problem, &second);
	put(other, "INBOX", 600, 610);
	open_inbox(other, 10, &second);
	g_assert_false(second.has_state);
	g_assert_error(second.problem, CACHE_ERROR, CACHE_ERROR_BUSY);
	g_assert_cmpuint(second.n_problems, ==, 1);
	cache_close(&other);
	open_inbox(cache, 10, &answer);
	g_assert_cmpuint(answer.page->messages[0].uid, ==, 20);
	g_assert_cmpuint(answer.n_problems, ==, 0);
	cache_close(&cache);
	answer_release(&answer);
	answer_release(&second);
	tear_down();
}

/* The limit on the size of files stands for a full disk. */
static void test_full(void)
{
	struct rlimit limit, old;
	struct answer answer = { 0 };
	struct cache *cache;

	set_up();
	fill(20);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 300 * 1000;
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
	cache = cache_open(dir, "work", on_problem, &answer);
	put(cache, "INBOX", 100, 9000);
	open_inbox(cache, 10, &answer);
	g_assert_true(answer.has_state);
	assert_page(answer.page);
	put(cache, "INBOX", 100, 200);
	open_inbox(cache, 10, &answer);
	assert_page(answer.page);
	g_assert_error(answer.problem, CACHE_ERROR, CACHE_ERROR_IO);
	g_assert_cmpuint(answer.n_problems, ==, 1);
	cache_close(&cache);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_usable(&answer);
	answer_release(&answer);
	tear_down();
}

static void test_no_dir(void)
{
	struct answer answer = { 0 };
	struct cache *cache = cache_open("/dev/null/nowhere", "work",
		on_problem, &answer);

	put(cache, "INBOX", 1, 5);
	open_inbox(cache, 10, &answer);
	g_assert_false(answer.has_state);
	g_assert_error(answer.problem, CACHE_ERROR, CACHE_ERROR_OPEN);
	cache_close(&cache);
	answer_release(&answer);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cache/round", test_round);
	g_test_add_func("/cache/merge", test_merge);
	g_test_add_func("/cache/mailboxes", test_mailboxes);
	g_test_add_func("/cache/peek", test_peek);
	g_test_add_func("/cache/forget", test_forget);
	g_test_add_func("/cache/digests-in-pages", test_digests_in_pages);
	g_test_add_func("/cache/scan", test_scan);
	g_test_add_func("/cache/no-cache", test_no_cache);
	g_test_add_func("/cache/bodies-bounded", test_bodies_bounded);
	g_test_add_func("/cache/flipped", test_flipped);
	g_test_add_func("/cache/truncated", test_truncated);
	g_test_add_func("/cache/truncated-while-open",
		test_truncated_while_open);
	g_test_add_func("/cache/deleted-while-open", test_deleted_while_open);
	g_test_add_func("/cache/other-version", test_other_version);
	g_test_add_func("/cache/swapped-records", test_swapped_records);
	g_test_add_func("/cache/locked", test_locked);
	g_test_add_func("/cache/full", test_full);
	g_test_add_func("/cache/no-dir", test_no_dir);
	return g_test_run();
}
