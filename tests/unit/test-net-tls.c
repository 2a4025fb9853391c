/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TLS: whom it trusts, whom it asks about, and broken handshakes. */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/net/tls-session.h"
#include "tests/unit/tls-stage.h"

#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

/* The system's CAs are not loaded where they would not be looked at. */
static void test_file_alone(void)
{
	struct tls_config_init init = plan("mail.example.org");
	struct client client = { 0 };

	if (tls_system_trust() != NULL) {
		g_test_skip("another test has loaded them");
		return;
	}
	assert_accepted(&world.good, &init, &client);
	g_assert_null(tls_system_trust());
}

static void test_trusted(void)
{
	struct tls_config_init init = plan("mail.example.org");
	struct client client = { 0 };

	tls_preload();
	tls_preload();
	assert_accepted(&world.good, &init, &client);
	init.host = "127.0.0.1";
	client = (struct client){ 0 };
	assert_accepted(&world.address, &init, &client);
}

static void test_refused(void)
{
	struct tls_config_init init = plan("mail.example.org");
	struct client client = { 0 };

	assert_refused(&world.expired, &init, "expired on 2", &client);
	client = (struct client){ 0 };
	assert_refused(&world.other, &init, "issued for 'other.example.net'",
		&client);
	client = (struct client){ 0 };
	assert_refused(&world.address, &init, "issued for '127.0.0.1'",
		&client);
	client = (struct client){ 0 };
	assert_refused(&world.self_signed, &init, "self-signed", &client);
	client = (struct client){ 0 };
	assert_refused(&world.foreign, &init,
		"signed by an unknown authority 'CN=Foreign Authority'",
		&client);
	client = (struct client){ 0 };
	assert_refused(&world.foreign, &init, "not valid before 2", &client);
	init.ca_file = NULL;
	client = (struct client){ 0 };
	assert_refused(&world.good, &init, "signed by an unknown authority",
		&client);
	init = plan("127.0.0.2");
	client = (struct client){ 0 };
	assert_refused(&world.address, &init, "issued for '127.0.0.1'",
		&client);
}

static void test_pin(void)
{
	struct tls_config_init init = plan("mail.example.org");
	const char *pins[] = { "sha256:00", NULL, NULL };
	const struct cert *all[] = { &world.self_signed, &world.expired,
		&world.other, &world.foreign };
	struct client client = { 0 };
	char *capitals;

	init.pins = pins;
	init.ca_file = NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		pins[1] = all[i]->fingerprint;
		client = (struct client){ 0 };
		assert_accepted(all[i], &init, &client);
	}
	client = (struct client){ 0 };
	assert_refused(&world.self_signed, &init, "self-signed", &client);
	capitals = g_ascii_strup(world.self_signed.fingerprint + 7, -1);
	pins[1] = capitals;
	client = (struct client){ 0 };
	assert_accepted(&world.self_signed, &init, &client);
	g_free(capitals);
}

static void test_ask_at_once(void)
{
	struct tls_config_init init = plan("mail.example.org");
	struct client client = { .answers_at_once = true,
		.verdict = TLS_ACCEPT_ONCE };

	init.ask = on_ask;
	init.ask_data = &client;
	assert_accepted(&world.self_signed, &init, &client);
	g_assert_true(client.is_asked);
	client = (struct client){ .answers_at_once = true,
		.verdict = TLS_REFUSE };
	assert_refused(&world.expired, &init, "expired on", &client);
	g_assert_true(client.is_asked);
	/* Nobody is asked about a good one. */
	client = (struct client){ 0 };
	assert_accepted(&world.good, &init, &client);
	g_assert_false(client.is_asked);
}

static void test_ask_later(gconstpointer data)
{
	bool accepts = GPOINTER_TO_INT(data);
	struct tls_config_init init = plan("mail.example.org");
	struct client client = { 0 };
	struct server server;
	int fds[2];

	make_pair(fds);
	server_init(&server, fds[1], &world.self_signed, "NORMAL");
	server.echo = true;
	init.ask = on_ask;
	init.ask_data = &client;
	client_init(&client, fds[0], &init, 0);
	run_until(client.is_asked && server.is_up);
	g_assert_cmpstr(client.reason, ==, "self-signed");
	g_assert_cmpstr(client.fingerprint, ==,
		world.self_signed.fingerprint);
	g_string_append(server.pending, "early");
	server_send(&server);
	while (g_main_context_iteration(NULL, FALSE))
		;
	g_assert_cmpuint(server.got->len, ==, 0);
	g_assert_cmpuint(client.got->len, ==, 0);
	tls_answer(client.question, accepts ? TLS_ACCEPT_ONCE : TLS_REFUSE);
	g_assert_false(client.is_tls || client.is_over);
	run_until(client.got->len == 10 || client.is_over);
	g_assert_cmpint(client.is_tls, ==, accepts);
	g_assert_false(client.is_cancelled);
	if (accepts)
		g_assert_cmpstr(client.got->str, ==, "earlyhello");
	client_release(&client);
	server_release(&server);
}

static void test_ask_cancelled(void)
{
	struct tls_config_init init = plan("mail.example.org");
	struct client client = { 0 };
	struct server server;
	int fds[2];

	make_pair(fds);
	server_init(&server, fds[1], &world.self_signed, "NORMAL");
	init.ask = on_ask;
	init.ask_data = &client;
	client_init(&client, fds[0], &init, 0);
	run_until(client.is_asked);
	stream_free(&client.stream);
	g_assert_true(client.is_cancelled);
	run_until(server.is_down);
	client_release(&client);
	server_release(&server);
}

static void test_freed_in_done(void)
{
	struct tls_config_init init = plan("mail.example.org");
	const struct cert *certs[] = { &world.good, &world.expired };

	for (size_t i = 0; i < G_N_ELEMENTS(certs); i++) {
		struct client client = { .free_in_done = true };
		struct server server;
		int fds[2];

		make_pair(fds);
		server_init(&server, fds[1], certs[i], "NORMAL");
		client_init(&client, fds[0], &init, 0);
		run_until(client.stream == NULL);
		run_until(server.is_down);
		client_release(&client);
		server_release(&server);
	}
}

static void test_not_tls(gconstpointer data)
{
	const char *greeting = data;
	struct tls_config_init init = plan("mail.example.org");
	struct client client = { 0 };
	int fds[2];

	make_pair(fds);
	g_assert_cmpint(write(fds[1], greeting, strlen(greeting)), >, 0);
	client_init(&client, fds[0], &init, 0);
	run_until(client.is_over);
	g_assert_error(client.error, TLS_ERROR, TLS_ERROR_HANDSHAKE);
	g_assert_nonnull(strstr(client.error->message,
		"'mail.example.org' port 993: "
		"not a TLS server, or wrong port"));
	client_release(&client);
	close(fds[1]);
}

static void test_closed_in_handshake(void)
{
	struct tls_config_init init = plan("mail.example.org");
	struct client client = { 0 };
	char octets[4096];
	int fds[2];

	make_pair(fds);
	client_init(&client, fds[0], &init, 0);
	while (recv(fds[1], octets, 1, MSG_DONTWAIT) != 1)
		g_main_context_iteration(NULL, TRUE);
	close(fds[1]);
	run_until(client.is_over);
	g_assert_error(client.error, NET_ERROR, NET_ERROR_CLOSED);
	client_release(&client);
}

static void test_freed_in_handshake(void)
{
	struct tls_config_init init = plan("mail.example.org");

	for (int turns = 0; turns < 12; turns++) {
		struct client client = { 0 };
		struct server server;
		int fds[2];

		make_pair(fds);
		server_init(&server, fds[1], &world.good, "NORMAL");
		client_init(&client, fds[0], &init, 0);
		for (int i = 0; i < turns; i++)
			g_main_context_iteration(NULL, FALSE);
		client_release(&client);
		server_release(&server);
	}
}

static void test_injection(void)
{
	struct tls_config_init init = plan("mail.example.org");
	struct client client = { 0 };
	int fds[2];

	make_pair(fds);
	client_init(&client, fds[0], &init, 17);
	g_assert_false(client.is_over);
	run_until(client.is_over);
	g_assert_error(client.error, TLS_ERROR, TLS_ERROR_INJECTION);
	client_release(&client);
	close(fds[1]);
}

static void test_old_version(void)
{
	struct tls_config_init init = plan("mail.example.org");
	struct client client = { 0 };
	struct server server;
	int fds[2];

	make_pair(fds);
	server_init(&server, fds[1], &world.good,
		"NORMAL:-VERS-ALL:+VERS-TLS1.1:%COMPAT");
	client_init(&client, fds[0], &init, 0);
	run_until(client.is_over);
	g_assert_error(client.error, TLS_ERROR, TLS_ERROR_HANDSHAKE);
	client_release(&client);
	server_release(&server);
}

static void test_big(gconstpointer data)
{
	enum { SIZE = 1000 * 1000 };
	struct tls_config_init init = plan("mail.example.org");
	struct client client = { 0 };
	struct server server;
	char *octets = g_malloc(SIZE);
	guint source;
	int fds[2];

	for (size_t i = 0; i < SIZE; i++)
		octets[i] = (char)(i * 2654435761u >> 13);
	make_pair(fds);
	server_init(&server, fds[1], &world.good, data);
	server.echo = true;
	source = g_idle_add_full(G_PRIORITY_LOW, serve_output, &server, NULL);
	client_init(&client, fds[0], &init, 0);
	stream_write(client.stream, octets, SIZE);
	run_until(client.is_over || client.got->len == SIZE + 5);
	g_assert_no_error(client.error);
	g_assert_cmpmem(client.got->str + 5, SIZE, octets, SIZE);
	/* Gone without a goodbye. */
	source_clear(&source);
	server_release(&server);
	run_until(client.is_over);
	g_assert_error(client.error, NET_ERROR, NET_ERROR_CLOSED);
	client_release(&client);
	g_free(octets);
}

static void test_client_cert(void)
{
	struct tls_config_init init = plan("mail.example.org");
	struct client client = { 0 };
	struct server server;
	const gnutls_datum_t *shown;
	unsigned n = 0;
	int fds[2];

	make_pair(fds);
	server_init(&server, fds[1], &world.good, "NORMAL");
	init.client_cert = world.client_file;
	client_init(&client, fds[0], &init, 0);
	run_until(client.is_tls && server.is_up);
	shown = gnutls_certificate_get_peers(server.session, &n);
	g_assert_nonnull(shown);
	g_assert_cmpuint(n, ==, 1);
	g_assert_cmpstr(server.name, ==, "mail.example.org");
	client_release(&client);
	server_release(&server);
}

static void assert_bad_config(const struct tls_config_init *init,
	const char *what)
{
	GError *error = NULL;

	g_assert_null(tls_config_new(init, &error));
	g_assert_error(error, TLS_ERROR, TLS_ERROR_FILE);
	g_assert_nonnull(strstr(error->message, what));
	g_error_free(error);
}

static void test_bad_files(void)
{
	struct tls_config_init init = plan("mail.example.org");

	init.ca_file = "/nosuch/ca.pem";
	assert_bad_config(&init, "'/nosuch/ca.pem'");
	init.ca_file = "/dev/null";
	assert_bad_config(&init, "'/dev/null'");
	init = plan("mail.example.org");
	init.client_cert = "/nosuch/client.pem";
	assert_bad_config(&init, "'/nosuch/client.pem'");
	init = plan("mail.example.org");
	init.priority = "NORMAL:+NONSENSE";
	assert_bad_config(&init, "'NORMAL:+NONSENSE'");
}

int main(int argc, char **argv)
{
	int ret;

	g_test_init(&argc, &argv, NULL);
	make_world();
	g_test_add_func("/net/tls/file-alone", test_file_alone);
	g_test_add_func("/net/tls/trusted", test_trusted);
	g_test_add_func("/net/tls/refused", test_refused);
	g_test_add_func("/net/tls/pin", test_pin);
	g_test_add_func("/net/tls/ask-at-once", test_ask_at_once);
	g_test_add_data_func("/net/tls/ask-accept", GINT_TO_POINTER(1),
		test_ask_later);
	g_test_add_data_func("/net/tls/ask-refuse", GINT_TO_POINTER(0),
		test_ask_later);
	g_test_add_func("/net/tls/ask-cancelled", test_ask_cancelled);
	g_test_add_func("/net/tls/freed-in-done", test_freed_in_done);
	g_test_add_data_func("/net/tls/greeting-in-clear",
		"* OK IMAP4rev1 ready\r\n", test_not_tls);
	g_test_add_data_func("/net/tls/one-octet", "*", test_not_tls);
	g_test_add_func("/net/tls/closed-in-handshake",
		test_closed_in_handshake);
	g_test_add_func("/net/tls/freed-in-handshake",
		test_freed_in_handshake);
	g_test_add_func("/net/tls/injection", test_injection);
	g_test_add_func("/net/tls/old-version", test_old_version);
	g_test_add_data_func("/net/tls/big-1.3", "NORMAL", test_big);
	g_test_add_data_func("/net/tls/big-1.2",
		"NORMAL:-VERS-ALL:+VERS-TLS1.2", test_big);
	g_test_add_func("/net/tls/client-cert", test_client_cert);
	g_test_add_func("/net/tls/bad-files", test_bad_files);
	ret = g_test_run();
	free_world();
	return ret;
}
