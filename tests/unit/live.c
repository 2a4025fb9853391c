/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "tests/unit/live.h"
#include "src/base/log.h"
#include "src/rc/command.h"
#include "src/rc/option.h"

#include <glib/gstdio.h>

enum { PATIENCE_S = 30, TURN_MS = 100 };

static char *server_dir; /* NULL: there is no server */
static char *work_dir;
static GHashTable *env;
static bool owns_server, owns_work_dir;

GString *live_said;

/* --- the server --------------------------------------------------------------- */

static int run_script(const char *script, const char *verb, const char *dir)
{
	const char *argv[] = { script, verb, dir, NULL };
	int status = -1;

	if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL,
		NULL, NULL, NULL, NULL, &status, NULL))
		return -1;
	return status;
}

static void read_env(void)
{
	char *path = g_build_filename(server_dir, "env", NULL), *text;
	char **lines;

	env = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	if (!g_file_get_contents(path, &text, NULL, NULL))
		g_error("no %s", path);
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		char *equals = strchr(*line, '=');

		if (equals != NULL)
			g_hash_table_insert(env, g_strndup(*line,
				(gsize)(equals - *line)), g_strdup(equals + 1));
	}
	g_strfreev(lines);
	g_free(text);
	g_free(path);
}

static void start_server(const char *extra)
{
	char *path = g_build_filename(work_dir, "extra.conf", NULL);

	if (extra != NULL && g_file_set_contents(path, extra, -1, NULL))
		g_setenv("EXTRA", path, TRUE);
	server_dir = g_dir_make_tmp("culver-mail-XXXXXX", NULL);
	owns_server = true;
	if (run_script("tests/servers/dovecot", "start", server_dir) != 0 ||
		run_script("tests/servers/fill", server_dir, NULL) != 0)
		g_clear_pointer(&server_dir, g_free);
	g_unsetenv("EXTRA");
	g_free(path);
}

void live_start(const char *extra)
{
	const char *given = g_getenv("CULVER_TEST_SERVER_DIR");
	const char *work = g_getenv("CULVER_TEST_WORK_DIR");

	if (g_getenv("CULVER_TEST_TRACE") != NULL)
		log_open_trace(g_getenv("CULVER_TEST_TRACE"), NULL);
	owns_work_dir = work == NULL;
	work_dir = work != NULL ? g_strdup(work) :
		g_dir_make_tmp("culver-mail-work-XXXXXX", NULL);
	if (given != NULL)
		server_dir = g_strdup(given);
	else
		start_server(extra);
	if (server_dir == NULL)
		return;
	read_env();
	g_setenv("CULVER_TEST_SERVER_DIR", server_dir, TRUE);
	g_setenv("CULVER_TEST_WORK_DIR", work_dir, TRUE);
}

static void remove_tree(const char *path)
{
	const char *argv[] = { "rm", "-rf", path, NULL };

	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
		NULL, NULL, NULL, NULL);
}

int live_stop(int status)
{
	if (server_dir != NULL && owns_server) {
		run_script("tests/servers/dovecot", "stop", server_dir);
		remove_tree(server_dir);
	}
	if (owns_work_dir)
		remove_tree(work_dir);
	g_clear_pointer(&env, g_hash_table_destroy);
	g_clear_pointer(&server_dir, g_free);
	g_clear_pointer(&work_dir, g_free);
	return status;
}

bool live_has_server(void)
{
	return server_dir != NULL;
}

const char *live_dir(void)
{
	return work_dir;
}

/* --- the program around it ------------------------------------------------------ */

static void on_message(struct account *account, bool is_alert, const char *text, void *data)
{
	(void)account;
	(void)is_alert;
	(void)data;
	g_string_append_printf(live_said, "%s\n", text);
	g_test_message("says: %s", text);
}

static const struct account_ops account_ops = { .message = on_message };

static gboolean on_tick(gpointer data)
{
	(void)data;
	return G_SOURCE_CONTINUE;
}

bool live_turn(gint64 since_us)
{
	/* What happens outside the loop, in a file for one, is seen too. */
	guint tick = g_timeout_add(TURN_MS, on_tick, NULL);

	g_main_context_iteration(NULL, TRUE);
	g_source_remove(tick);
	return g_get_monotonic_time() - since_us <
		(gint64)PATIENCE_S * G_USEC_PER_SEC;
}

void live_set_option(const char *account, const char *name, const char *value)
{
	GError *error = NULL;

	option_set_value(options_account(account), option_find(name), value,
		&error);
	g_assert_no_error(error);
}

static void set_up(const char *name)
{
	char *url = g_strdup_printf("imaps://user@127.0.0.1:%s/",
		(char *)g_hash_table_lookup(env, "TLSPORT"));

	live_set_option(name, "url", url);
	live_set_option(name, "password", "pass");
	live_set_option(name, "tls_ca_file", g_hash_table_lookup(env, "CA"));
	g_free(url);
}

struct account *live_account(const char *name)
{
	struct account *account;
	GError *error = NULL;

	set_up(name);
	account = account_new(name, &account_ops, NULL, &error);
	g_assert_no_error(error);
	return account;
}

struct account *live_begin(bool batch, const char *disable)
{
	char *cache = g_build_filename(work_dir, "cache", NULL);
	char *state = g_build_filename(work_dir, "state", NULL);
	const struct mail_config config = { .cache_dir = cache,
		.state_dir = state, .batch = batch };
	struct account *account;

	g_mkdir_with_parents(cache, 0700);
	g_mkdir_with_parents(state, 0700);
	live_said = g_string_new(NULL);
	options_init();
	commands_init();
	mail_init(&config);
	if (disable != NULL)
		live_set_option("work", "imap_disable", disable);
	account = live_account("work");
	g_free(cache);
	g_free(state);
	return account;
}

void live_end(void)
{
	mail_release();
	commands_release();
	options_release();
	g_string_free(live_said, TRUE);
	live_said = NULL;
}

/* --- waiting ---------------------------------------------------------------------- */

void live_on_action(uint32_t changed, const GError *error, void *data)
{
	struct live_result *result = data;

	result->done = true;
	result->changed = changed;
	g_free(result->error);
	result->error = error != NULL ? g_strdup(error->message) : NULL;
}

void live_on_mailbox(const GError *error, void *data)
{
	live_on_action(0, error, data);
}

static void wait_well(struct live_result *result)
{
	LIVE_WAIT(result->done);
	g_assert_cmpstr(result->error, ==, NULL);
}

struct mailbox *live_open(struct account *account, const char *name)
{
	struct mailbox *mailbox = mailbox_open(account, name);
	struct live_result result = { 0 };

	mailbox_when_ready(mailbox, live_on_mailbox, &result);
	wait_well(&result);
	return mailbox;
}

void live_load_all(struct mailbox *mailbox)
{
	struct live_result result = { 0 };

	mailbox_load_all(mailbox, live_on_mailbox, &result);
	wait_well(&result);
}

void live_poll(struct mailbox *mailbox)
{
	struct live_result result = { 0 };

	mailbox_poll(mailbox, live_on_mailbox, &result);
	wait_well(&result);
}

uint32_t live_visible(struct mailbox *mailbox)
{
	struct mailbox_counts counts;

	mailbox_get_counts(mailbox, &counts);
	return counts.messages;
}

struct imap_seqset *live_one(uint32_t uid)
{
	static struct imap_seqset set;

	imap_seqset_clear(&set);
	imap_seqset_add(&set, uid);
	return &set;
}
