/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nothing is lost and nothing comes twice: what a user does to messages, with
 * the connection cut at any octet in either direction, or with the process
 * killed there and another one started, ends with the servers holding what
 * they hold when nothing is cut. The real mail layer with its journal on disk
 * speaks with model servers, rich and poor.
 *
 * A sample of the octets is tried; CULVER_CUTS=all in the environment: each.
 */
#include "src/base/base.h"
#include "src/base/log.h"
#include "src/cache/journal.h"
#include "src/mail/account.h"
#include "src/mail/action.h"
#include "src/mail/append.h"
#include "src/mail/mailbox.h"
#include "src/rc/command.h"
#include "src/rc/option.h"
#include "src/session/timing.h"
#include "tests/imap/model.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define RICH "CONDSTORE ENABLE ESEARCH ID IDLE LITERAL+ MOVE MULTIAPPEND " \
	"NAMESPACE SASL-IR SPECIAL-USE UIDPLUS UNSELECT"
#define POOR "SASL-IR SPECIAL-USE"

enum {
	N_SERVERS = 2, /* "work" and "home" */
	FIRST_PORT = 1143,
	PATIENCE_S = 20,
	SAMPLE = 24,   /* octets tried of each scenario */
	KILLS = 5,
};

static const char *const names[N_SERVERS] = { "work", "home" };

/* --- the program ----------------------------------------------------------- */

struct program {
	struct account *accounts[N_SERVERS];
	struct mailbox *inbox;
	GString *said;
	uint64_t cut;       /* the octet, for the failure's message */
	unsigned n_waiting; /* for the end of an action */
};

static void on_message(struct account *account, bool is_alert, const char *text,
	void *data)
{
	struct program *program = data;

	(void)account;
	(void)is_alert;
	g_string_append_printf(program->said, "%s\n", text);
	g_test_message("says: %s", text);
}

static const struct account_ops account_ops = { .message = on_message };

static void set_option(const char *account, const char *name, const char *value)
{
	GError *error = NULL;

	option_set_value(options_account(account), option_find(name), value,
		&error);
	g_assert_no_error(error);
}

static void make_account(struct program *program, unsigned i)
{
	char *url = g_strdup_printf("imap://user@127.0.0.1:%u/",
		FIRST_PORT + i);
	GError *error = NULL;

	set_option(names[i], "url", url);
	set_option(names[i], "password", "pass");
	set_option(names[i], "tls", "none");
	program->accounts[i] = account_new(names[i], &account_ops, program,
		&error);
	g_assert_no_error(error);
	account_connect(program->accounts[i]);
	g_free(url);
}

static gboolean on_tick(gpointer data)
{
	(void)data;
	return G_SOURCE_CONTINUE;
}

/* Turns the loop once; ends the test when it has taken too long. */
static void turn(const struct program *program, gint64 since_us)
{
	guint tick = g_timeout_add(100, on_tick, NULL);

	g_main_context_iteration(NULL, TRUE);
	g_source_remove(tick);
	if (g_get_monotonic_time() - since_us >
		(gint64)PATIENCE_S * G_USEC_PER_SEC)
		g_error("octet %" G_GUINT64_FORMAT ": it takes for ever; it "
			"said: %s", program->cut, program->said->str);
}

#define WAIT(program, condition) do { \
	gint64 since_us_ = g_get_monotonic_time(); \
	while (!(condition)) \
		turn(program, since_us_); \
} while (0)

static void program_begin(struct program *program, const char *state_dir)
{
	const struct mail_config config = { .state_dir = state_dir };

	*program = (struct program){ .said = g_string_new(NULL) };
	options_init();
	commands_init();
	mail_init(&config);
	for (unsigned i = 0; i < N_SERVERS; i++)
		make_account(program, i);
	for (unsigned i = 0; i < N_SERVERS; i++)
		WAIT(program, account_has_mailboxes(program->accounts[i]));
}

static void program_end(struct program *program)
{
	if (program->inbox != NULL)
		mailbox_unref(&program->inbox);
	mail_release();
	commands_release();
	options_release();
	g_string_free(program->said, TRUE);
}

static void on_ready(const GError *error, void *data)
{
	g_assert_no_error(error);
	*(bool *)data = true;
}

static void open_inbox(struct program *program)
{
	bool is_ready = false, is_loaded = false;

	program->inbox = mailbox_open(program->accounts[0], "INBOX");
	mailbox_when_ready(program->inbox, on_ready, &is_ready);
	WAIT(program, is_ready);
	mailbox_load_all(program->inbox, on_ready, &is_loaded);
	WAIT(program, is_loaded);
}

static bool is_done(const struct program *program)
{
	for (unsigned i = 0; i < N_SERVERS; i++)
		if (account_state(program->accounts[i]) != ACCOUNT_ONLINE)
			return false;
	return action_n_pending(NULL) == 0 && program->n_waiting == 0;
}

static void on_done(uint32_t changed, const GError *error, void *data)
{
	struct program *program = data;

	(void)changed;
	g_assert_no_error(error);
	program->n_waiting--;
}

/* --- the servers ----------------------------------------------------------- */

static void servers_new(struct model *models[N_SERVERS],
	const char *capabilities)
{
	for (unsigned i = 0; i < N_SERVERS; i++) {
		models[i] = model_new(capabilities);
		model_create(models[i], "Trash", "\\Trash");
		model_create(models[i], "Archive", NULL);
	}
	model_add_subject(models[0], "INBOX", "", "one");
	model_add_subject(models[0], "INBOX", "\\Seen work", "two");
	model_add_subject(models[0], "INBOX", "\\Flagged", "three");
	model_add_subject(models[0], "INBOX", "\\Deleted", "four");
	model_add_subject(models[0], "Archive", "", "old");
}

static void servers_free(struct model *models[N_SERVERS])
{
	for (unsigned i = 0; i < N_SERVERS; i++)
		model_free(&models[i]);
}

static char *servers_dump(struct model *models[N_SERVERS])
{
	char *work = model_dump(models[0]), *home = model_dump(models[1]);
	char *dump = g_strdup_printf("work:\n%s\nhome:\n%s\n", work, home);

	g_free(work);
	g_free(home);
	return dump;
}

/* The nth octet from what both have passed before; behind those of the first
 * are those of the second. */
struct span {
	uint64_t before[N_SERVERS], n[N_SERVERS];
};

static void servers_cut(struct model *models[N_SERVERS],
	const struct span *span, uint64_t n)
{
	unsigned which = n > span->n[0];

	model_cut_at(models[which], span->before[which] + n -
		(which > 0 ? span->n[0] : 0));
}

/* --- what the user does ---------------------------------------------------- */

static struct imap_seqset *uids(const char *text)
{
	static struct imap_seqset set;

	imap_seqset_clear(&set);
	g_assert_true(imap_seqset_parse(&set, text));
	return &set;
}

static void do_flag(struct program *program)
{
	const char *keywords[] = { "later", NULL };
	const struct imap_flags flags = { .system = IMAP_FLAG_FLAGGED,
		.keywords = keywords, .n_keywords = 1 };

	action_flag(program->inbox, uids("1:2"), true, &flags, NULL, NULL);
}

static void do_delete(struct program *program)
{
	action_delete(program->inbox, uids("1,3"), NULL, NULL);
}

static void do_copy(struct program *program)
{
	action_copy(program->inbox, uids("1:3"), program->accounts[0],
		"Archive", NULL, NULL);
}

static void do_expunge(struct program *program)
{
	action_expunge(program->inbox, uids("4"), NULL, NULL);
}

static void do_copy_away(struct program *program)
{
	action_copy(program->inbox, uids("1:3"), program->accounts[1],
		"Archive", NULL, NULL);
}

static void do_move_away(struct program *program)
{
	action_move(program->inbox, uids("1:2"), program->accounts[1],
		"Archive", NULL, NULL);
}

static void do_undo_away(struct program *program)
{
	GError *error = NULL;

	do_move_away(program);
	WAIT(program, is_done(program));
	program->n_waiting++;
	action_undo(on_done, program, &error);
	g_assert_no_error(error);
}

static const char *message_file(void)
{
	return "tests/imap/message.eml";
}

static void on_appended(uint32_t uid, const GError *error, void *data)
{
	(void)uid;
	on_done(1, error, data);
}

static void do_append(struct program *program)
{
	const struct imap_flags flags = { .system = IMAP_FLAG_SEEN };

	program->n_waiting++;
	action_append(program->accounts[0], "Archive", message_file(), &flags,
		on_appended, program);
}

static void do_replace(struct program *program)
{
	program->n_waiting++;
	action_replace(program->inbox, 2, message_file(), on_appended, program);
}

static void do_undo(struct program *program)
{
	GError *error = NULL;

	do_delete(program);
	WAIT(program, is_done(program));
	program->n_waiting++;
	action_undo(on_done, program, &error);
	g_assert_no_error(error);
}

static const struct scenario {
	const char *name;
	void (*run)(struct program *program);
	bool is_several; /* actions: not all may be journalled at the kill */
} scenarios[] = {
	{ "flag", do_flag, false },
	{ "delete", do_delete, false },
	{ "copy", do_copy, false },
	{ "expunge", do_expunge, false },
	{ "undo", do_undo, true },
	{ "copy-away", do_copy_away, false },
	{ "move-away", do_move_away, false },
	{ "undo-away", do_undo_away, true },
	{ "append", do_append, false },
	{ "replace", do_replace, false },
};

/* --- cut ------------------------------------------------------------------- */

struct test {
	const struct scenario *scenario;
	const char *capabilities;
};

static char *state_dir_new(void)
{
	const char *memory = "/dev/shm";
	char *template = g_build_filename(g_file_test(memory,
		G_FILE_TEST_IS_DIR) ? memory : g_get_tmp_dir(),
		"culver-cut-XXXXXX", NULL);

	g_assert_nonnull(g_mkdtemp(template));
	return template;
}

static void remove_tree(char **path)
{
	const char *argv[] = { "rm", "-rf", *path, NULL };

	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
		NULL, NULL, NULL, NULL);
	g_clear_pointer(path, g_free);
}

/* The scenario once; n 0: uncut, and the span is filled in. The dump. */
static char *play(const struct test *test, uint64_t n, struct span *span)
{
	char *state_dir = state_dir_new(), *dump;
	struct model *models[N_SERVERS];
	struct program program;

	servers_new(models, test->capabilities);
	for (unsigned i = 0; i < N_SERVERS; i++)
		model_take_port(models[i], FIRST_PORT + i);
	program_begin(&program, state_dir);
	open_inbox(&program);
	program.cut = n;
	for (unsigned i = 0; i < N_SERVERS; i++)
		span->before[i] = model_octets(models[i]);
	if (n > 0)
		servers_cut(models, span, n);
	test->scenario->run(&program);
	WAIT(&program, is_done(&program));
	for (unsigned i = 0; i < N_SERVERS && n == 0; i++)
		span->n[i] = model_octets(models[i]) - span->before[i];
	program_end(&program);
	dump = servers_dump(models);
	servers_free(models);
	remove_tree(&state_dir);
	return dump;
}

/* Every how many octets one is tried. */
static uint64_t stride(uint64_t total, unsigned sample)
{
	if (g_strcmp0(g_getenv("CULVER_CUTS"), "all") == 0)
		return 1;
	return MAX(total / sample, 1);
}

static void compare(const struct test *test, uint64_t n, const char *dump,
	const char *expected)
{
	if (strcmp(dump, expected) != 0)
		g_error("%s at octet %" G_GUINT64_FORMAT ": the servers hold\n"
			"%sinstead of\n%s", test->scenario->name, n, dump,
			expected);
}

static void test_cut(const void *data)
{
	const struct test *test = data;
	struct span span = { 0 };
	char *expected = play(test, 0, &span);
	uint64_t total = span.n[0] + span.n[1];
	uint64_t step = stride(total, SAMPLE);

	for (uint64_t n = 1; n <= total; n += step) {
		char *dump = play(test, n, &span);

		compare(test, n, dump, expected);
		g_free(dump);
	}
	g_free(expected);
}

/* --- killed ---------------------------------------------------------------- */

/* Nothing is left, nor still to be taken over. */
static bool is_journal_empty(const char *dir)
{
	GPtrArray *entries = journal_list(dir);
	bool is_empty = entries->len == 0;

	g_ptr_array_unref(entries);
	return is_empty;
}

/* In a process of its own: acts, if it is the first one, or finds what the
 * first one left; ends when nothing is pending. */
static void live(const struct test *test, const char *dir, bool acts)
{
	struct program program;

	model_connect_to(dir);
	program_begin(&program, dir);
	if (acts) {
		open_inbox(&program);
		test->scenario->run(&program);
	}
	WAIT(&program, is_done(&program) && is_journal_empty(dir));
	program_end(&program);
	_exit(0);
}

/* Forked before this process has anything in its loop. The child waits for
 * the servers. */
static pid_t spawn(const struct test *test, const char *dir, bool acts,
	int *go_out)
{
	int go[2];
	pid_t child;
	char octet;

	g_assert_cmpint(pipe(go), ==, 0);
	child = fork();
	g_assert_cmpint(child, >=, 0);
	if (child == 0) {
		close(go[1]);
		g_assert_cmpint(read(go[0], &octet, 1), ==, 1);
		live(test, dir, acts);
	}
	close(go[0]);
	*go_out = go[1];
	return child;
}

static void kill_it(void *data)
{
	kill(*(pid_t *)data, SIGKILL);
}

/* Serves until the child has ended; its status. */
static int serve(pid_t child, int go)
{
	guint tick = g_timeout_add(5, on_tick, NULL);
	int status;

	g_assert_cmpint(write(go, "", 1), ==, 1);
	close(go);
	while (waitpid(child, &status, WNOHANG) == 0)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(tick);
	return status;
}

/* n 0: it is not killed. The octets it took in all in total_out; whether the
 * first one left something to do in has_left_out. */
static char *play_killed(const struct test *test, uint64_t n,
	uint64_t *total_out, bool *has_left_out)
{
	char *dir = state_dir_new(), *dump;
	struct model *models[N_SERVERS];
	int go[2], status;
	pid_t first = spawn(test, dir, true, &go[0]);
	pid_t second = spawn(test, dir, false, &go[1]);

	servers_new(models, test->capabilities);
	for (unsigned i = 0; i < N_SERVERS; i++)
		model_listen(models[i], dir, FIRST_PORT + i);
	model_on_cut(models[0], kill_it, &first);
	model_cut_at(models[0], n);
	status = serve(first, go[0]);
	*total_out = model_octets(models[0]);
	/* It may have ended a few octets earlier this time. */
	g_assert_true(status == 0 || (n != 0 && WIFSIGNALED(status)));
	*has_left_out = !is_journal_empty(dir);
	g_assert_cmpint(serve(second, go[1]), ==, 0);
	dump = servers_dump(models);
	servers_free(models);
	remove_tree(&dir);
	return dump;
}

/* Octets of log-in and opening are killed at, too: then nothing is done, unless
 * the user's wish had reached the disk. */
static void test_killed(const void *data)
{
	const struct test *test = data;
	uint64_t total, ignored;
	bool has_left;
	char *expected = play_killed(test, 0, &total, &has_left), *before;
	struct model *models[N_SERVERS];
	uint64_t step = stride(total, KILLS);

	servers_new(models, test->capabilities);
	before = servers_dump(models);
	servers_free(models);
	for (uint64_t n = total; n > total / 3; n -= MIN(step / 2 + 1, n)) {
		char *dump = play_killed(test, n, &ignored, &has_left);

		if (has_left || strcmp(dump, before) != 0)
			compare(test, n, dump, expected);
		g_free(dump);
	}
	g_free(before);
	g_free(expected);
}

static void add_tests(const char *form, const char *capabilities,
	const char *server, void (*run)(const void *), bool is_killed)
{
	for (size_t i = 0; i < G_N_ELEMENTS(scenarios); i++) {
		struct test *test = g_new0(struct test, 1);
		char *path = g_strdup_printf("/mail/%s/%s/%s", form, server,
			scenarios[i].name);

		test->scenario = &scenarios[i];
		test->capabilities = capabilities;
		if (is_killed && scenarios[i].is_several)
			g_free(test);
		else
			g_test_add_data_func_full(path, test, run, g_free);
		g_free(path);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (g_getenv("CULVER_TEST_TRACE") != NULL)
		log_open_trace(g_getenv("CULVER_TEST_TRACE"), NULL);
	session_timing.backoff_first_ms = 1;
	session_timing.idle_quiet_ms = 1;
	session_timing.change_first = 2; /* what is done to three is two */
	/* First, while this process has had no threads. */
	add_tests("killed", RICH, "rich", test_killed, true);
	add_tests("killed", POOR, "poor", test_killed, true);
	add_tests("cut", RICH, "rich", test_cut, false);
	add_tests("cut", POOR, "poor", test_cut, false);
	return g_test_run();
}
