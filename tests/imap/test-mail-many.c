/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is done to thousands of messages at once: told part by part, stopped in
 * the middle, undone as one while it runs and behind it, done again, and two at
 * once that overlap; scattered ones, too. A model server tells what came of it.
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/action.h"
#include "src/mail/mailbox.h"
#include "src/mail/queue.h"
#include "src/rc/command.h"
#include "src/rc/option.h"
#include "src/session/timing.h"
#include "tests/imap/model.h"

enum { PORT = 1143, PATIENCE_S = 60, MANY = 3000, FIRST = 500 };

struct stage {
	struct model *model;
	struct account *account;
	struct mailbox *inbox;
	bool undoes, stops;        /* at the first part that is told of */
	unsigned n_told, n_ended;  /* PROGRESS, ENDED */
	uint64_t stopped, wanted;  /* STOPPED's count; what PROGRESS wanted */
	GString *said;             /* sentences of events */
	unsigned n_waiting;
	GError *error;             /* of the last that ended */
	uint32_t changed;
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

static void on_done(uint32_t changed, const GError *error, void *data)
{
	struct stage *stage = data;

	g_clear_error(&stage->error);
	stage->error = error == NULL ? NULL : g_error_copy(error);
	stage->changed = changed;
	stage->n_waiting--;
}

/* Rows with an action that is not confirmed. */
static uint32_t n_pending(const struct stage *stage)
{
	uint32_t n = 0;

	for (uint32_t pos = 0; pos < mailbox_length(stage->inbox); pos++) {
		struct message_row row;

		mailbox_get_row(stage->inbox, pos, &row);
		n += row.pending == MESSAGE_PENDING;
	}
	return n;
}

static void on_event(const struct action_event *event, void *data)
{
	struct stage *stage = data;

	if (event->kind == ACTION_EVENT_ENDED)
		stage->n_ended++;
	if (event->kind == ACTION_EVENT_STOPPED)
		stage->stopped = event->count;
	if (event->kind < ACTION_EVENT_PROGRESS)
		g_string_append_printf(stage->said, "%s\n", event->text);
	if (event->kind != ACTION_EVENT_PROGRESS)
		return;
	stage->n_told++;
	stage->wanted = event->wanted;
	if (event->count == 0)
		return;
	if (stage->stops) {
		g_assert_true(action_stop(event->serial));
		/* What was not on its way is back at once. */
		g_assert_cmpuint(n_pending(stage), <, MANY);
	}
	if (stage->undoes) {
		stage->n_waiting++;
		g_assert_true(action_undo(on_done, stage, NULL));
	}
	stage->stops = stage->undoes = false;
}

static const struct account_ops account_ops = { .message = NULL };

static void set_option(const char *name, const char *value)
{
	GError *error = NULL;

	option_set_value(options_account("work"), option_find(name), value,
		&error);
	g_assert_no_error(error);
}

static void fill(struct model *model)
{
	model_create(model, "Trash", "\\Trash");
	model_create(model, "Archive", NULL);
	for (unsigned i = 1; i <= MANY; i++) {
		char *subject = g_strdup_printf("message %u", i);

		model_add_subject(model, "INBOX", "", subject);
		g_free(subject);
	}
}

static void open_inbox(struct stage *stage)
{
	bool is_ready = false, is_loaded = false;

	stage->inbox = mailbox_open(stage->account, "INBOX");
	mailbox_when_ready(stage->inbox, on_ready, &is_ready);
	WAIT(is_ready);
	mailbox_load_all(stage->inbox, on_ready, &is_loaded);
	WAIT(is_loaded);
}

static void begin(struct stage *stage, const char *capabilities)
{
	const struct mail_config config = { .cache_dir = NULL };
	GError *error = NULL;

	*stage = (struct stage){ .said = g_string_new(NULL) };
	stage->model = model_new(capabilities);
	model_take_port(stage->model, PORT);
	fill(stage->model);
	options_init();
	commands_init();
	mail_init(&config);
	set_option("url", "imap://user@127.0.0.1:1143/");
	set_option("password", "pass");
	set_option("tls", "none");
	stage->account = account_new("work", &account_ops, stage, &error);
	g_assert_no_error(error);
	action_listen(on_event, stage);
	account_connect(stage->account);
	WAIT(account_has_mailboxes(stage->account));
	open_inbox(stage);
}

static void end(struct stage *stage)
{
	action_listen(NULL, NULL);
	mailbox_unref(&stage->inbox);
	mail_release();
	commands_release();
	options_release();
	model_free(&stage->model);
	g_string_free(stage->said, TRUE);
	g_clear_error(&stage->error);
}

static bool is_idle(const struct stage *stage)
{
	return stage->n_waiting == 0 && action_n_pending(NULL) == 0;
}

static const struct imap_seqset *range(uint32_t first, uint32_t last,
	uint32_t step)
{
	static struct imap_seqset set;

	imap_seqset_clear(&set);
	for (uint32_t uid = first; uid <= last; uid += step)
		imap_seqset_add(&set, uid);
	return &set;
}

static uint32_t n_shown(const struct stage *stage)
{
	uint32_t n = 0;

	for (uint32_t pos = 0; pos < mailbox_length(stage->inbox); pos++)
		n += !mailbox_is_hidden(stage->inbox, pos);
	return n;
}

static uint32_t n_flagged(const struct stage *stage)
{
	uint32_t n = 0;

	for (uint32_t pos = 0; pos < mailbox_length(stage->inbox); pos++)
		n += (mailbox_flags_at(stage->inbox, pos) &
			IMAP_FLAG_FLAGGED) != 0;
	return n;
}

static unsigned n_of(const struct stage *stage, const char *mailbox)
{
	return model_n_messages(stage->model, mailbox);
}

static void flag(struct stage *stage, const struct imap_seqset *uids, bool add)
{
	const struct imap_flags flags = { .system = IMAP_FLAG_FLAGGED };

	stage->n_waiting++;
	action_flag(stage->inbox, uids, add, &flags, on_done, stage);
}

static void delete(struct stage *stage, const struct imap_seqset *uids)
{
	stage->n_waiting++;
	action_delete(stage->inbox, uids, on_done, stage);
}

static void undo(struct stage *stage)
{
	stage->n_waiting++;
	g_assert_true(action_undo(on_done, stage, NULL));
	WAIT(is_idle(stage));
	g_assert_no_error(stage->error);
}

static void redo(struct stage *stage)
{
	stage->n_waiting++;
	g_assert_true(action_redo(on_done, stage, NULL));
	WAIT(is_idle(stage));
	g_assert_no_error(stage->error);
}

/* --- tests ----------------------------------------------------------------- */

#define RICH "ENABLE ESEARCH IDLE LITERAL+ MOVE NAMESPACE SASL-IR " \
	"SPECIAL-USE UIDPLUS UNSELECT"
#define NO_MOVE "ESEARCH SASL-IR SPECIAL-USE UIDPLUS"

static void test_all(gconstpointer capabilities)
{
	struct stage stage;

	begin(&stage, capabilities);
	delete(&stage, range(1, MANY, 1));
	g_assert_cmpuint(n_shown(&stage), ==, 0);
	WAIT(is_idle(&stage));
	g_assert_no_error(stage.error);
	g_assert_cmpuint(stage.changed, ==, MANY);
	g_assert_cmpuint(stage.wanted, ==, MANY);
	g_assert_cmpuint(stage.n_told, >, 3);
	g_assert_cmpuint(stage.n_ended, ==, 1);
	g_assert_cmpuint(n_of(&stage, "Trash"), ==, MANY);
	undo(&stage);
	g_assert_cmpuint(n_of(&stage, "INBOX"), ==, MANY);
	g_assert_cmpuint(n_of(&stage, "Trash"), ==, 0);
	WAIT(n_shown(&stage) == MANY);
	redo(&stage);
	g_assert_cmpuint(n_of(&stage, "Trash"), ==, MANY);
	g_assert_cmpuint(n_shown(&stage), ==, 0);
	end(&stage);
}

/* What was done stays done, the rest comes back, and undo knows which. */
static void test_stop(gconstpointer capabilities)
{
	struct stage stage;

	begin(&stage, capabilities);
	stage.stops = true;
	delete(&stage, range(1, MANY, 1));
	WAIT(is_idle(&stage));
	g_assert_cmpuint(stage.stopped, >=, FIRST);
	g_assert_cmpuint(stage.stopped, <, MANY);
	g_assert_cmpuint(stage.changed, ==, stage.stopped);
	g_assert_cmpuint(n_of(&stage, "Trash"), ==, stage.stopped);
	g_assert_cmpuint(n_shown(&stage), ==, MANY - stage.stopped);
	g_assert_nonnull(strstr(stage.said->str, "Stopped: "));
	undo(&stage);
	g_assert_cmpuint(n_of(&stage, "INBOX"), ==, MANY);
	g_assert_cmpuint(n_of(&stage, "Trash"), ==, 0);
	end(&stage);
}

static void test_stop_flags(void)
{
	struct stage stage;

	begin(&stage, RICH);
	stage.stops = true;
	flag(&stage, range(1, MANY, 1), true);
	g_assert_cmpuint(n_flagged(&stage), ==, MANY);
	WAIT(is_idle(&stage));
	g_assert_cmpuint(stage.stopped, >=, FIRST);
	g_assert_cmpuint(stage.stopped, <, MANY);
	g_assert_cmpuint(n_flagged(&stage), ==, stage.stopped);
	undo(&stage);
	g_assert_cmpuint(n_flagged(&stage), ==, 0);
	end(&stage);
}

/* Nothing is sent any more that would only be taken back. */
static void test_undo_running(gconstpointer capabilities)
{
	struct stage stage;

	begin(&stage, capabilities);
	stage.undoes = true;
	delete(&stage, range(1, MANY, 1));
	WAIT(is_idle(&stage));
	g_assert_no_error(stage.error);
	g_assert_cmpuint(n_of(&stage, "INBOX"), ==, MANY);
	g_assert_cmpuint(n_of(&stage, "Trash"), ==, 0);
	WAIT(n_shown(&stage) == MANY);
	redo(&stage);
	g_assert_cmpuint(n_of(&stage, "Trash"), ==, MANY);
	end(&stage);
}

/* Every second one; and what is deleted meanwhile was to be flagged, too. */
static void test_overlap(void)
{
	struct stage stage;
	bool is_loaded = false;

	begin(&stage, RICH);
	flag(&stage, range(1, MANY, 2), true);
	delete(&stage, range(MANY / 2, MANY, 1));
	flag(&stage, range(1, 200, 1), false);
	WAIT(is_idle(&stage));
	g_assert_no_error(stage.error);
	g_assert_cmpuint(n_of(&stage, "INBOX"), ==, MANY / 2 - 1);
	g_assert_cmpuint(n_flagged(&stage), ==, MANY / 4 - 100);
	undo(&stage);
	undo(&stage);
	undo(&stage);
	WAIT(n_shown(&stage) == MANY);
	mailbox_load_all(stage.inbox, on_ready, &is_loaded);
	WAIT(is_loaded);
	g_assert_cmpuint(n_flagged(&stage), ==, 0);
	end(&stage);
}

/* The server refuses in the middle: what it did stays, the rest comes back. */
static void test_refused(void)
{
	struct stage stage;

	begin(&stage, RICH);
	model_answer(stage.model, "UID MOVE", "NO [OVERQUOTA] full");
	delete(&stage, range(1, MANY, 1));
	WAIT(is_idle(&stage));
	g_assert_nonnull(stage.error);
	g_assert_cmpuint(n_shown(&stage), ==, MANY);
	g_assert_cmpuint(stage.n_ended, ==, 1);
	end(&stage);
}

/* Another program removes some of them: the others are still deleted. */
static void test_outrun(void)
{
	struct stage stage;

	begin(&stage, RICH);
	model_answer(stage.model, "UID MOVE", "NO [EXPUNGEISSUED] gone");
	delete(&stage, range(1, MANY, 1));
	WAIT(model_n_commands(stage.model, "UID MOVE") > 0);
	model_answer(stage.model, "UID MOVE", NULL);
	WAIT(is_idle(&stage));
	g_assert_no_error(stage.error);
	g_assert_cmpuint(n_of(&stage, "Trash"), ==, MANY);
	end(&stage);
}

/* What a person gives up in the queue cannot be undone any more. */
static void test_given_up(void)
{
	struct stage stage;

	begin(&stage, RICH);
	model_refuse(stage.model, true);
	model_drop(stage.model);
	WAIT(account_state(stage.account) != ACCOUNT_ONLINE);
	delete(&stage, range(1, 10, 1));
	WAIT(queue_drop(0, NULL));
	WAIT(stage.n_waiting == 0);
	g_assert_error(stage.error, MAIL_ERROR, MAIL_ERROR_CANCELLED);
	g_assert_cmpuint(n_shown(&stage), ==, MANY);
	g_assert_false(action_undo(on_done, &stage, NULL));
	end(&stage);
}

/* It goes on with what was not confirmed when the connection is there again. */
static void test_cut(void)
{
	struct stage stage;

	begin(&stage, RICH);
	delete(&stage, range(1, MANY, 1));
	WAIT(stage.n_told > 1);
	model_drop(stage.model);
	WAIT(is_idle(&stage));
	g_assert_no_error(stage.error);
	g_assert_cmpuint(n_of(&stage, "Trash"), ==, MANY);
	g_assert_cmpuint(n_of(&stage, "INBOX"), ==, 0);
	end(&stage);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	session_timing.change_first = FIRST;
	session_timing.backoff_first_ms = 1;
	g_test_add_data_func("/many/all", RICH, test_all);
	g_test_add_data_func("/many/all-without-move", NO_MOVE, test_all);
	g_test_add_data_func("/many/stop", RICH, test_stop);
	g_test_add_data_func("/many/stop-without-move", NO_MOVE, test_stop);
	g_test_add_func("/many/stop-flags", test_stop_flags);
	g_test_add_data_func("/many/undo-running", RICH, test_undo_running);
	g_test_add_data_func("/many/undo-running-without-move", NO_MOVE,
		test_undo_running);
	g_test_add_func("/many/overlap", test_overlap);
	g_test_add_func("/many/refused", test_refused);
	g_test_add_func("/many/outrun", test_outrun);
	g_test_add_func("/many/given-up", test_given_up);
	g_test_add_func("/many/cut", test_cut);
	return g_test_run();
}
