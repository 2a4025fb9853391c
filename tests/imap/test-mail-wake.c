/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine slept: what the next key brings about, for accounts whose
 * connection died, and for those whose did not. */
#include "src/base/base.h"
#include "src/mail/account.h"
#include "src/net/wake.h"
#include "src/rc/command.h"
#include "src/rc/option.h"
#include "src/session/timing.h"
#include "tests/imap/model.h"

enum { N_SERVERS = 2, FIRST_PORT = 1143, PATIENCE_S = 20 };

static const char *const names[N_SERVERS] = { "work", "home" };

static gint64 asleep_us;

static gint64 boot_us(void)
{
	return g_get_monotonic_time() + asleep_us;
}

static gint64 real_us(void)
{
	return g_get_real_time() + asleep_us;
}

static const struct wake_clocks clocks = { g_get_monotonic_time, boot_us,
	real_us };

struct program {
	struct model *models[N_SERVERS];
	struct account *accounts[N_SERVERS];
	unsigned n_changes[N_SERVERS]; /* of the state, since it was zeroed */
};

static void on_state(struct account *account, void *data)
{
	struct program *program = data;

	for (unsigned i = 0; i < N_SERVERS; i++)
		if (program->accounts[i] == account &&
			account_state(account) != ACCOUNT_ONLINE)
			program->n_changes[i]++;
}

static const struct account_ops account_ops = { .state_changed = on_state };

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

	program->models[i] = model_new("IDLE SASL-IR");
	model_create(program->models[i], "INBOX", NULL);
	model_take_port(program->models[i], FIRST_PORT + i);
	set_option(names[i], "url", url);
	set_option(names[i], "password", "pass");
	set_option(names[i], "tls", "none");
	set_option(names[i], "imap_connections", "1");
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

static void wait_for(const struct program *program, unsigned i,
	enum account_state state)
{
	gint64 since = g_get_monotonic_time();
	guint tick = g_timeout_add(20, on_tick, NULL);

	while (account_state(program->accounts[i]) != state) {
		g_main_context_iteration(NULL, TRUE);
		if (g_get_monotonic_time() - since >
			(gint64)PATIENCE_S * G_USEC_PER_SEC)
			g_error("%s stays %d", names[i],
				(int)account_state(program->accounts[i]));
	}
	g_source_remove(tick);
}

static void begin(struct program *program)
{
	const struct mail_config config = { 0 };

	*program = (struct program){ 0 };
	wake_set_clocks(&clocks);
	options_init();
	commands_init();
	mail_init(&config);
	for (unsigned i = 0; i < N_SERVERS; i++)
		make_account(program, i);
	for (unsigned i = 0; i < N_SERVERS; i++)
		wait_for(program, i, ACCOUNT_ONLINE);
	while (account_is_busy(program->accounts[0]) ||
		account_is_busy(program->accounts[1]))
		g_main_context_iteration(NULL, TRUE);
	memset(program->n_changes, 0, sizeof(program->n_changes));
}

static void end(struct program *program)
{
	mail_release();
	commands_release();
	options_release();
	for (unsigned i = 0; i < N_SERVERS; i++)
		model_free(&program->models[i]);
	wake_set_clocks(NULL);
}

static void sleep_an_hour(void)
{
	asleep_us += (gint64)3600 * G_USEC_PER_SEC;
}

static void test_dead(void)
{
	struct program program;

	session_timing.probe_ms = 50;
	begin(&program);
	model_silence(program.models[0]);
	/* Keys alone bring nothing about. */
	mail_note_action();
	sleep_an_hour();
	mail_note_action();
	while (program.n_changes[0] == 0)
		g_main_context_iteration(NULL, TRUE);
	wait_for(&program, 0, ACCOUNT_ONLINE);
	/* The other one answered: it stays as it is. */
	g_assert_cmpuint(program.n_changes[1], ==, 0);
	g_assert_cmpint(account_state(program.accounts[1]), ==, ACCOUNT_ONLINE);
	end(&program);
}

/* What waits for its next try tries at once. */
static void test_waiting(void)
{
	struct program program;

	session_timing.backoff_first_ms = session_timing.backoff_max_ms =
		3600 * 1000;
	begin(&program);
	model_refuse(program.models[0], true);
	model_drop(program.models[0]);
	wait_for(&program, 0, ACCOUNT_WAITING);
	g_assert_true(g_str_has_prefix(account_state_text(program.accounts[0]),
		"Offline since "));
	g_assert_nonnull(strstr(account_state_text(program.accounts[0]),
		" · trying again in "));
	g_assert_cmpint(account_offline_since(program.accounts[0]), !=, 0);
	model_refuse(program.models[0], false);
	sleep_an_hour();
	mail_note_action();
	wait_for(&program, 0, ACCOUNT_ONLINE);
	g_assert_cmpint(account_offline_since(program.accounts[0]), ==, 0);
	g_assert_cmpuint(program.n_changes[1], ==, 0);
	end(&program);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/wake/dead", test_dead);
	g_test_add_func("/mail/wake/waiting", test_waiting);
	return g_test_run();
}
