/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TLS: what log-in may be bound to, and sessions that go on. */
#include "src/base/base.h"
#include "tests/unit/tls-stage.h"

#define TLS_1_3 "NORMAL"
#define TLS_1_2 "NORMAL:-VERS-ALL:+VERS-TLS1.2"

/* A connection, until its "hello" came back. */
struct run {
	struct client client;
	struct server server;
};

static void run_begin(struct run *run, const struct cert *cert,
	const char *priority, struct tls_config *config)
{
	int fds[2];

	make_pair(fds);
	server_init(&run->server, fds[1], cert, priority);
	run->server.echo = true;
	client_init_shared(&run->client, fds[0], config, 0);
	run_until(run->client.is_over || run->client.got->len == 5);
}

static void run_end(struct run *run)
{
	client_release(&run->client);
	run_until(run->server.is_down);
	server_release(&run->server);
	run->client = (struct client){ 0 };
}

/* --- channel binding ------------------------------------------------------- */

static void assert_bound(const char *priority, const char *name,
	gnutls_channel_binding_t type)
{
	struct tls_config_init init = plan("mail.example.org");
	struct tls_config *config = tls_config_new(&init, NULL);
	struct run run = { 0 };
	gnutls_datum_t theirs = { NULL, 0 };
	const char *our_name;

	run_begin(&run, &world.good, priority, config);
	GBytes *ours = stream_channel_binding(run.client.stream, &our_name);

	g_assert_true(stream_is_verified(run.client.stream));
	g_assert_cmpint(gnutls_session_channel_binding(run.server.session,
		type, &theirs), ==, 0);
	g_assert_cmpstr(our_name, ==, name);
	g_assert_cmpmem(g_bytes_get_data(ours, NULL), g_bytes_get_size(ours),
		theirs.data, theirs.size);
	gnutls_free(theirs.data);
	g_bytes_unref(ours);
	run_end(&run);
	tls_config_unref(&config);
}

static void test_binding(void)
{
	assert_bound(TLS_1_3, "tls-exporter", GNUTLS_CB_TLS_EXPORTER);
	assert_bound(TLS_1_2, "tls-unique", GNUTLS_CB_TLS_UNIQUE);
}

static void test_no_binding(void)
{
	struct tls_config_init init = plan("mail.example.org");
	struct tls_config *config = tls_config_new(&init, NULL);
	struct run run = { 0 };
	const char *name;

	/* No extended master secret. */
	run_begin(&run, &world.good, TLS_1_2 ":%NO_SESSION_HASH", config);
	g_assert_null(stream_channel_binding(run.client.stream, &name));
	run_end(&run);
	tls_config_unref(&config);
}

/* --- resumption ------------------------------------------------------------ */

static void test_resumed(gconstpointer priority)
{
	struct tls_config_init init = plan("mail.example.org");
	struct tls_config *config = tls_config_new(&init, NULL);
	struct run run = { 0 };

	for (int i = 0; i < 4; i++) {
		run_begin(&run, &world.good, priority, config);
		g_assert_no_error(run.client.error);
		g_assert_cmpint(stream_is_resumed(run.client.stream), ==,
			i > 0);
		g_assert_cmpint(gnutls_session_is_resumed(run.server.session),
			==, i > 0);
		g_assert_true(stream_is_verified(run.client.stream));
		run_end(&run);
	}
	tls_config_unref(&config);
	/* Another config has its own. */
	config = tls_config_new(&init, NULL);
	run_begin(&run, &world.good, priority, config);
	g_assert_false(stream_is_resumed(run.client.stream));
	run_end(&run);
	tls_config_unref(&config);
}

/* A server that lost its key shows its certificate, which may be another. */
static void test_changed(gconstpointer priority)
{
	struct tls_config_init init = plan("mail.example.org");
	struct tls_config *config = tls_config_new(&init, NULL);
	gnutls_datum_t tickets = world.tickets;
	struct run run = { 0 };

	run_begin(&run, &world.good, priority, config);
	g_assert_no_error(run.client.error);
	run_end(&run);
	gnutls_session_ticket_key_generate(&world.tickets);
	run_begin(&run, &world.expired, priority, config);
	g_assert_nonnull(run.client.error);
	run_end(&run);
	/* Nothing is kept of whom we refused. */
	run_begin(&run, &world.expired, priority, config);
	g_assert_nonnull(run.client.error);
	g_assert_false(gnutls_session_is_resumed(run.server.session));
	run_end(&run);
	gnutls_free(world.tickets.data);
	world.tickets = tickets;
	tls_config_unref(&config);
}

/* A person let it through once: that is no trust for the next time. */
static void test_judged_again(gconstpointer priority)
{
	struct tls_config_init init = plan("mail.example.org");
	struct run run = { 0 };
	struct tls_config *config;

	init.ask = on_ask;
	init.ask_data = &run.client;
	config = tls_config_new(&init, NULL);
	run.client.answers_at_once = true;
	run.client.verdict = TLS_ACCEPT_ONCE;
	run_begin(&run, &world.self_signed, priority, config);
	g_assert_true(run.client.is_asked);
	g_assert_false(stream_is_verified(run.client.stream));
	run_end(&run);
	run.client.answers_at_once = true;
	run.client.verdict = TLS_REFUSE;
	run_begin(&run, &world.self_signed, priority, config);
	g_assert_true(run.client.is_asked);
	g_assert_nonnull(run.client.error);
	g_assert_true(gnutls_session_is_resumed(run.server.session));
	run_end(&run);
	tls_config_unref(&config);
}

int main(int argc, char **argv)
{
	int ret;

	g_test_init(&argc, &argv, NULL);
	make_world();
	g_test_add_func("/net/tls-session/binding", test_binding);
	g_test_add_func("/net/tls-session/no-binding", test_no_binding);
	g_test_add_data_func("/net/tls-session/resumed-1.3", TLS_1_3,
		test_resumed);
	g_test_add_data_func("/net/tls-session/resumed-1.2", TLS_1_2,
		test_resumed);
	g_test_add_data_func("/net/tls-session/changed-1.3", TLS_1_3,
		test_changed);
	g_test_add_data_func("/net/tls-session/changed-1.2", TLS_1_2,
		test_changed);
	g_test_add_data_func("/net/tls-session/judged-again-1.3", TLS_1_3,
		test_judged_again);
	g_test_add_data_func("/net/tls-session/judged-again-1.2", TLS_1_2,
		test_judged_again);
	ret = g_test_run();
	free_world();
	return ret;
}
