/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which messages of an open mailbox match: by rows in memory, by texts in the
 * cache while no server answers, by rows that have to be loaded, by what the
 * server narrows down; and what goes on as messages arrive.
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/find.h"
#include "src/mail/mailbox.h"
#include "src/mail/pattern.h"
#include "src/mail/probe.h"
#include "src/rc/command.h"
#include "src/rc/option.h"
#include "tests/imap/model.h"

#include <glib/gstdio.h>

enum { PORT = 1143, PATIENCE_S = 5, MANY = 900 };

struct stage {
	struct model *model;
	struct account *account;
	struct mailbox *mailbox;
	char *cache_dir;
	bool is_batch;
	/* Of the find. */
	struct find *find;
	unsigned n_told;
	char *found;        /* the set as text, or the error */
};

static const struct account_ops account_ops = { .message = NULL };

/* --- the stage ------------------------------------------------------------- */

static gboolean on_tick(gpointer data)
{
	(void)data;
	return G_SOURCE_CONTINUE;
}

static void turn(gint64 since_us)
{
	guint tick = g_timeout_add(100, on_tick, NULL);

	g_main_context_iteration(NULL, TRUE);
	g_source_remove(tick);
	if (g_get_monotonic_time() - since_us >
		(gint64)PATIENCE_S * G_USEC_PER_SEC)
		g_error("it takes for ever");
}

#define WAIT(condition) do { \
	gint64 since_us_ = g_get_monotonic_time(); \
	while (!(condition)) \
		turn(since_us_); \
} while (0)

static void set_option(const char *name, const char *value)
{
	GError *error = NULL;

	option_set_value(options_account("work"), option_find(name), value,
		&error);
	g_assert_no_error(error);
}

static void open_inbox(struct stage *stage)
{
	const struct mail_config config = { .cache_dir = stage->cache_dir,
		.batch = stage->is_batch };
	char *url = g_strdup_printf("imap://user@127.0.0.1:%u/", PORT);
	GError *error = NULL;

	options_init();
	commands_init();
	mail_init(&config);
	set_option("url", url);
	set_option("password", "pass");
	set_option("tls", "none");
	stage->account = account_new("work", &account_ops, stage, &error);
	g_assert_no_error(error);
	stage->mailbox = mailbox_open(stage->account, "INBOX");
	g_free(url);
}

static void close_inbox(struct stage *stage)
{
	find_free(&stage->find);
	mailbox_unref(&stage->mailbox);
	mail_release();
	commands_release();
	options_release();
}

static void begin(struct stage *stage, gconstpointer data)
{
	(void)data;
	*stage = (struct stage){ .model = model_new(
		"CONDSTORE ENABLE ESEARCH IDLE LITERAL+ SASL-IR UIDPLUS") };
	stage->cache_dir = g_dir_make_tmp("culver-find-XXXXXX", NULL);
	model_take_port(stage->model, PORT);
	model_create(stage->model, "INBOX", NULL);
}

static void end(struct stage *stage, gconstpointer data)
{
	char *path = g_build_filename(stage->cache_dir, "work.db", NULL);
	char *wal = g_strconcat(path, "-wal", NULL);
	char *shm = g_strconcat(path, "-shm", NULL);

	(void)data;
	close_inbox(stage);
	model_free(&stage->model);
	g_remove(path);
	g_remove(wal);
	g_remove(shm);
	g_rmdir(stage->cache_dir);
	g_free(path);
	g_free(wal);
	g_free(shm);
	g_free(stage->cache_dir);
	g_free(stage->found);
}

/* UIDs from 1: each tenth is of steam, each hundredth is flagged. */
static void add_many(struct stage *stage)
{
	for (unsigned i = 1; i <= MANY; i++) {
		char *subject = g_strdup_printf("%s %u",
			i % 10 == 0 ? "Steam engine" : "weather", i);

		model_add_subject(stage->model, "INBOX",
			i % 100 == 0 ? "\\Flagged" : "", subject);
		g_free(subject);
	}
}

static bool is_filled(const struct stage *stage)
{
	struct mailbox_counts counts;

	mailbox_get_counts(stage->mailbox, &counts);
	return mailbox_state(stage->mailbox) == MAILBOX_READY &&
		counts.loaded == counts.messages;
}

/* --- finding --------------------------------------------------------------- */

static void on_found(const GError *error, const struct imap_seqset *uids,
	void *data)
{
	struct stage *stage = data;

	stage->n_told++;
	g_free(stage->found);
	stage->found = error != NULL ? g_strdup(error->message) :
		imap_seqset_to_string(uids);
}

static void start(struct stage *stage, const char *text,
	const struct imap_seqset *tagged, unsigned flags)
{
	struct pattern *pattern = pattern_parse(text, NULL);

	g_assert_nonnull(pattern);
	find_free(&stage->find);
	stage->n_told = 0;
	stage->find = find_start(stage->mailbox, pattern, tagged, flags,
		on_found, stage);
	g_assert_cmpuint(stage->n_told, ==, 0);
	pattern_free(&pattern);
}

static void assert_finds(struct stage *stage, const char *text,
	const char *expected)
{
	start(stage, text, NULL, 0);
	WAIT(stage->n_told > 0);
	if (strcmp(stage->found, expected) != 0)
		g_error("'%s' finds '%s', not '%s'", text, stage->found,
			expected);
	g_assert_cmpuint(stage->n_told, ==, 1);
}

static void assert_all_finds(struct stage *stage)
{
	static const struct {
		const char *pattern, *found;
	} cases[] = {
		{ "~s \"steam engine 5\"",
			"50,500,510,520,530,540,550,560,570,580,590" },
		{ "~F", "100,200,300,400,500,600,700,800,900" },
		{ "~F ~s steam !~s 100", "200,300,400,500,600,700,800,900" },
		{ "~F ~s weather", "" },
		{ "!~s steam ~m 5-12", "5:9,11:12" },
		{ "~s weather\\ 7$ | ~s \"engine 900\"", "7,900" },
		{ "!(!~s weather | ~m >3)", "1:3" },
		{ "=s STEAM", "" },
		{ "~u 42,7 ~A", "7,42" },
		{ "~z >1G", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		assert_finds(stage, cases[i].pattern, cases[i].found);
}

/* The server has nothing to do with it. */
static void test_rows(struct stage *stage, gconstpointer data)
{
	unsigned n_fetches, n_searches;

	(void)data;
	add_many(stage);
	open_inbox(stage);
	WAIT(is_filled(stage));
	n_fetches = model_n_commands(stage->model, "UID FETCH");
	n_searches = model_n_commands(stage->model, "UID SEARCH");
	assert_all_finds(stage);
	g_assert_cmpuint(model_n_commands(stage->model, "UID FETCH"), ==,
		n_fetches);
	g_assert_cmpuint(model_n_commands(stage->model, "UID SEARCH"), ==,
		n_searches);
}

/* The second time no server answers: the cache has the texts. */
static void test_cache(struct stage *stage, gconstpointer data)
{
	(void)data;
	add_many(stage);
	open_inbox(stage);
	WAIT(is_filled(stage));
	close_inbox(stage);
	model_refuse(stage->model, true);
	open_inbox(stage);
	WAIT(mailbox_length(stage->mailbox) == MANY);
	assert_all_finds(stage);
}

/* Nothing is loaded but what the server says may match. */
static void test_narrowed(struct stage *stage, gconstpointer data)
{
	struct mailbox_counts counts;

	(void)data;
	add_many(stage);
	stage->is_batch = true;
	open_inbox(stage);
	assert_finds(stage, "~i steamengine", "");
	assert_finds(stage, "~F", "100,200,300,400,500,600,700,800,900");
	mailbox_get_counts(stage->mailbox, &counts);
	g_assert_cmpuint(counts.loaded, <, MANY);
}

/* A pattern that the server cannot be asked: all rows are loaded. */
static void test_loaded(struct stage *stage, gconstpointer data)
{
	(void)data;
	add_many(stage);
	stage->is_batch = true;
	open_inbox(stage);
	assert_finds(stage, "~s ^w.*1.0$", "");
	assert_finds(stage, "!~s weather ~s 80$",
		"80,180,280,380,480,580,680,780,880");
}

static void test_arrivals(struct stage *stage, gconstpointer data)
{
	(void)data;
	for (unsigned i = 0; i < 5; i++)
		model_add_subject(stage->model, "INBOX", "",
			i == 2 ? "steam" : "weather");
	open_inbox(stage);
	start(stage, "~s steam", NULL, FIND_STAYS);
	WAIT(stage->found != NULL && strcmp(stage->found, "3") == 0);
	model_add_subject(stage->model, "INBOX", "", "weather again");
	model_add_subject(stage->model, "INBOX", "", "more steam");
	WAIT(strcmp(stage->found, "3,7") == 0);
	/* Judged once: read meanwhile, it is still one of them. */
	start(stage, "~U ~s steam", NULL, FIND_STAYS | FIND_ARRIVALS);
	WAIT(stage->n_told == 1);
	g_assert_cmpstr(stage->found, ==, "");
	model_add_subject(stage->model, "INBOX", "", "steam at last");
	WAIT(strcmp(stage->found, "8") == 0);
}

static void add_answer(struct stage *stage, unsigned id, unsigned parent)
{
	char *in_reply_to = parent == 0 ? g_strdup("") : g_strdup_printf(
		"In-Reply-To: <%u@example.org>\r\n", parent);
	char *message = g_strdup_printf("Message-ID: <%u@example.org>\r\n"
		"%sSubject: number %u\r\n\r\nx\r\n", id, in_reply_to, id);

	model_add(stage->model, "INBOX", "", message);
	g_free(message);
	g_free(in_reply_to);
}

/* 1 has the answers 2 and 3, and 3 has 4; 5 is alone, and comes twice. */
static void test_threads(struct stage *stage, gconstpointer data)
{
	static const struct {
		const char *pattern, *found;
	} cases[] = {
		{ "~(~s \"number 4\")", "1:4" },
		{ "~(~s \"number 5\") ~m <6", "5" },
		{ "~<(~s 3)", "4" },
		{ "~>(~s 3)", "1" },
		{ "~>(~>(~s 4))", "1" },
		{ "!~(~s 4|~m 6)", "" },
		{ "~$", "2,4:6" },
		{ "~=", "6" },
		{ "~= | ~(!~$ ~s 3)", "1:4,6" },
	};

	(void)data;
	add_answer(stage, 1, 0);
	add_answer(stage, 2, 1);
	add_answer(stage, 3, 1);
	add_answer(stage, 4, 3);
	add_answer(stage, 5, 0);
	add_answer(stage, 5, 0);
	open_inbox(stage);
	WAIT(is_filled(stage));
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		assert_finds(stage, cases[i].pattern, cases[i].found);
	start(stage, "~<(~s 2)", NULL, FIND_STAYS);
	WAIT(stage->n_told == 1);
	g_assert_cmpstr(stage->found, ==, "");
	add_answer(stage, 6, 2);
	WAIT(strcmp(stage->found, "7") == 0);
}

static void test_at_once(struct stage *stage, gconstpointer data)
{
	struct pattern *text = pattern_parse("~s steam", NULL);
	struct pattern *body = pattern_parse("~b steam", NULL);
	struct imap_seqset uids;

	(void)data;
	for (unsigned i = 0; i < 5; i++)
		model_add_subject(stage->model, "INBOX", "",
			i % 2 == 0 ? "steam" : "weather");
	imap_seqset_init(&uids);
	open_inbox(stage);
	g_assert_false(find_now(stage->mailbox, body, NULL, &uids));
	WAIT(is_filled(stage));
	g_assert_true(find_now(stage->mailbox, text, NULL, &uids));
	g_assert_cmpuint(imap_seqset_count(&uids), ==, 3);
	imap_seqset_release(&uids);
	pattern_free(&text);
	pattern_free(&body);
}

static void test_tagged(struct stage *stage, gconstpointer data)
{
	struct imap_seqset tagged;

	(void)data;
	add_many(stage);
	open_inbox(stage);
	WAIT(is_filled(stage));
	imap_seqset_init(&tagged);
	imap_seqset_add_range(&tagged, 8, 12);
	start(stage, "~T ~s steam", &tagged, 0);
	imap_seqset_release(&tagged);
	WAIT(stage->n_told > 0);
	g_assert_cmpstr(stage->found, ==, "10");
}

/* Freed at every step, nothing is told any more. */
static void test_freed(struct stage *stage, gconstpointer data)
{
	(void)data;
	add_many(stage);
	open_inbox(stage);
	for (unsigned turns = 0; turns < 40; turns++) {
		start(stage, "~s steam", NULL, turns % 2 == 0 ? FIND_STAYS : 0);
		for (unsigned i = 0; i < turns; i++)
			g_main_context_iteration(NULL, FALSE);
		find_free(&stage->find);
		stage->n_told = 0;
		for (unsigned i = 0; i < 20; i++)
			g_main_context_iteration(NULL, FALSE);
		g_assert_cmpuint(stage->n_told, ==, 0);
	}
}

/* --- one after the other --------------------------------------------------- */

static void on_read(void *data)
{
	*(bool *)data = true;
}

static void test_probe(struct stage *stage, gconstpointer data)
{
	struct pattern *pattern = pattern_parse("~s steam ~F", NULL);
	struct imap_seqset uids;
	struct probe *probe;
	bool is_read = false;

	(void)data;
	add_many(stage);
	open_inbox(stage);
	WAIT(is_filled(stage));
	close_inbox(stage);
	model_refuse(stage->model, true);
	open_inbox(stage);
	WAIT(mailbox_length(stage->mailbox) == MANY && is_filled(stage) ==
		false && mailbox_flags_at(stage->mailbox, 99) != 0);
	probe = probe_new(stage->mailbox, pattern);
	g_assert_cmpint(probe_ask(probe, 8, NULL), ==, PROBE_NO);
	g_assert_cmpint(probe_ask(probe, 99, NULL), ==, PROBE_UNREAD);
	imap_seqset_init(&uids);
	imap_seqset_add(&uids, 100);
	probe_read(probe, &uids, on_read, &is_read);
	WAIT(is_read);
	g_assert_cmpint(probe_ask(probe, 99, NULL), ==, PROBE_YES);
	g_assert_cmpint(probe_ask(probe, 199, NULL), ==, PROBE_UNREAD);
	imap_seqset_release(&uids);
	probe_free(&probe);
	pattern_free(&pattern);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*test)(struct stage *stage, gconstpointer data);
	} cases[] = {
		{ "/mail/find/rows", test_rows },
		{ "/mail/find/cache", test_cache },
		{ "/mail/find/narrowed", test_narrowed },
		{ "/mail/find/loaded", test_loaded },
		{ "/mail/find/arrivals", test_arrivals },
		{ "/mail/find/threads", test_threads },
		{ "/mail/find/at-once", test_at_once },
		{ "/mail/find/tagged", test_tagged },
		{ "/mail/find/freed", test_freed },
		{ "/mail/find/probe", test_probe },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
		g_test_add(cases[i].name, struct stage, NULL, begin,
			cases[i].test, end);
	return g_test_run();
}
