/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A mailbox whose messages are known is opened again, and meanwhile others came
 * and went on the server: at its ends, in between, all of them. The table is
 * read in slices of a few rows, so that there are many of them. In the end it
 * has the server's messages, each where it belongs and with its own strings;
 * and what was known of those that stayed was not asked for again.
 */
#include "src/base/base.h"
#include "src/mail/account.h"
#include "src/mail/mailbox.h"
#include "src/mail/private.h"
#include "src/rc/command.h"
#include "src/rc/option.h"
#include "src/session/timing.h"
#include "tests/imap/model.h"

enum { PORT = 1143, PATIENCE_S = 60, MANY = 200, SLICE = 7 };

struct stage {
	struct model *model;
	struct account *account;
	struct mailbox *inbox;
	GArray *uids;          /* of uint32_t: what the server has */
	GHashTable *expected;  /* UIDs that are to be told of as gone */
	unsigned n_arrived, n_expunged;
};

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
	g_assert_cmpint(g_get_monotonic_time() - since_us, <,
		(gint64)PATIENCE_S * G_USEC_PER_SEC);
}

#define WAIT(condition) do { \
	gint64 since_us_ = g_get_monotonic_time(); \
	while (!(condition)) \
		turn(since_us_); \
} while (0)

static void on_ready(const GError *error, void *data)
{
	g_assert_no_error(error);
	*(bool *)data = true;
}

static void on_arrived(struct mailbox *mailbox, uint32_t uid, void *data)
{
	struct stage *stage = data;

	(void)mailbox;
	g_assert_cmpuint(uid, !=, 0);
	stage->n_arrived++;
}

static void on_expunged(struct mailbox *mailbox, uint32_t uid, void *data)
{
	struct stage *stage = data;

	(void)mailbox;
	g_assert_true(g_hash_table_remove(stage->expected,
		GUINT_TO_POINTER(uid)));
	stage->n_expunged++;
}

static const struct mailbox_ops mailbox_ops = { .arrived = on_arrived,
	.expunged = on_expunged };
static const struct account_ops account_ops = { .message = NULL };

static void set_option(const char *name, const char *value)
{
	GError *error = NULL;

	option_set_value(options_account("work"), option_find(name), value,
		&error);
	g_assert_no_error(error);
}

static void add(struct stage *stage, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		char *subject = g_strdup_printf("message %d",
			g_test_rand_int());
		uint32_t uid = model_add_subject(stage->model, "INBOX", "", subject);
		g_array_append_val(stage->uids, uid);
		g_free(subject);
	}
}

static void take(struct stage *stage, guint i)
{
	uint32_t uid = g_array_index(stage->uids, uint32_t, i);

	model_expunge(stage->model, "INBOX", uid);
	g_array_remove_index(stage->uids, i);
	g_hash_table_add(stage->expected, GUINT_TO_POINTER(uid));
}

static void load(struct stage *stage)
{
	bool is_ready = false, is_loaded = false;

	mailbox_when_ready(stage->inbox, on_ready, &is_ready);
	WAIT(is_ready);
	mailbox_load_all(stage->inbox, on_ready, &is_loaded);
	WAIT(is_loaded);
}

static void begin(struct stage *stage, const char *capabilities)
{
	const struct mail_config config = { .cache_dir = NULL };
	GError *error = NULL;

	*stage = (struct stage){ .model = model_new(capabilities) };
	stage->uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	stage->expected = g_hash_table_new(NULL, NULL);
	sync_slice_rows = SLICE;
	model_take_port(stage->model, PORT);
	add(stage, MANY);
	options_init();
	commands_init();
	mail_init(&config);
	set_option("url", "imap://user@127.0.0.1:1143/");
	set_option("password", "pass");
	set_option("tls", "none");
	stage->account = account_new("work", &account_ops, stage, &error);
	g_assert_no_error(error);
	account_connect(stage->account);
	stage->inbox = mailbox_open(stage->account, "INBOX");
	mailbox_listen(stage->inbox, &mailbox_ops, stage);
	load(stage);
	g_assert_cmpuint(stage->n_arrived, ==, 0);
}

static void end(struct stage *stage)
{
	mailbox_unlisten(stage->inbox, &mailbox_ops, stage);
	mailbox_unref(&stage->inbox);
	mail_release();
	commands_release();
	options_release();
	model_free(&stage->model);
	g_hash_table_unref(stage->expected);
	g_array_unref(stage->uids);
}

/* --- and again ------------------------------------------------------------ */

static void lose(struct stage *stage)
{
	model_refuse(stage->model, true);
	model_drop(stage->model);
	WAIT(mailbox_state(stage->inbox) == MAILBOX_OFFLINE);
}

static void find(struct stage *stage)
{
	model_refuse(stage->model, false);
	account_connect(stage->account);
	WAIT(mailbox_state(stage->inbox) != MAILBOX_OFFLINE);
	load(stage);
	WAIT(g_hash_table_size(stage->expected) == 0);
}

/* The subjects of rows, as the server has them. */
static char *subjects(struct stage *stage)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	struct message_row row;
	GString *text = g_string_new(NULL);

	for (uint32_t pos = 0; pos < mailbox_length(stage->inbox); pos++) {
		mailbox_get_row(stage->inbox, pos, &row);
		g_assert_true(row.is_loaded);
		g_ptr_array_add(lines, g_strdup(row.subject));
	}
	for (guint i = 0; i < lines->len; i++)
		g_string_append_printf(text, "%s\n",
			(char *)lines->pdata[i]);
	g_ptr_array_unref(lines);
	return g_string_free(text, FALSE);
}

static void check(struct stage *stage)
{
	g_assert_cmpuint(mailbox_length(stage->inbox), ==, stage->uids->len);
	for (uint32_t pos = 0; pos < stage->uids->len; pos++) {
		uint32_t uid = g_array_index(stage->uids, uint32_t, pos);

		g_assert_cmpuint(mailbox_uid_at(stage->inbox, pos), ==, uid);
		g_assert_cmpuint(mailbox_find_uid(stage->inbox, uid), ==, pos);
	}
}

/* What was shown of a message is still shown of it. */
static void check_kept(struct stage *stage, char *before)
{
	char *after = subjects(stage), **old = g_strsplit(before, "\n", -1);
	unsigned n_kept = 0;

	for (char **line = old; *line != NULL && **line != '\0'; line++)
		n_kept += strstr(after, *line) != NULL;
	g_assert_cmpuint(n_kept, >=, stage->uids->len - stage->n_arrived);
	g_strfreev(old);
	g_free(before);
	g_free(after);
}

static void again(struct stage *stage, unsigned n_taken, unsigned n_added)
{
	char *before = subjects(stage);
	uint32_t n_expunged = stage->n_expunged + n_taken;

	stage->n_arrived = 0;
	lose(stage);
	for (unsigned i = 0; i < n_taken; i++)
		take(stage, (guint)g_test_rand_int_range(0,
			(int)stage->uids->len));
	add(stage, n_added);
	find(stage);
	check(stage);
	WAIT(stage->n_arrived == n_added);
	g_assert_cmpuint(stage->n_expunged, ==, n_expunged);
	check_kept(stage, before);
}

static void test_warm(gconstpointer capabilities)
{
	struct stage stage;

	begin(&stage, capabilities);
	check(&stage);
	again(&stage, 0, 0);
	again(&stage, 1, 0);
	again(&stage, 0, 1);
	again(&stage, 60, 40);
	again(&stage, 0, 3 * SLICE);
	again(&stage, stage.uids->len, 0);
	again(&stage, 0, 50);
	again(&stage, stage.uids->len, 2 * SLICE + 1);
	end(&stage);
}

/* The newest rows, and the oldest. */
static void test_ends(void)
{
	struct stage stage;

	begin(&stage, "ESEARCH");
	lose(&stage);
	for (unsigned i = 0; i < 100; i++)
		take(&stage, stage.uids->len - 1);
	find(&stage);
	check(&stage);
	lose(&stage);
	for (unsigned i = 0; i < 50; i++)
		take(&stage, 0);
	find(&stage);
	check(&stage);
	end(&stage);
}

/* The connection goes while rows are read, at any octet of it. */
static void test_cut(void)
{
	struct stage stage;

	begin(&stage, "ESEARCH CONDSTORE ENABLE");
	for (unsigned i = 1; i < 20; i++) {
		lose(&stage);
		for (unsigned k = 0; k < 3; k++)
			take(&stage, (guint)g_test_rand_int_range(0,
				(int)stage.uids->len));
		add(&stage, 3);
		model_refuse(stage.model, false);
		model_cut_at(stage.model, model_octets(stage.model) +
			(uint64_t)i * 250);
		find(&stage);
		model_cut_at(stage.model, 0);
		load(&stage);
		check(&stage);
	}
	end(&stage);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/mail/warm/poor", "", test_warm);
	g_test_add_data_func("/mail/warm/esearch", "ESEARCH", test_warm);
	g_test_add_data_func("/mail/warm/condstore", "ESEARCH CONDSTORE ENABLE",
		test_warm);
	g_test_add_func("/mail/warm/ends", test_ends);
	g_test_add_func("/mail/warm/cut", test_cut);
	return g_test_run();
}
