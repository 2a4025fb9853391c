/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connecting, password commands and SASL. */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/net/connect.h"
#include "src/net/secret.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

struct result {
	bool is_done;
	int fd;
	char *text;
	GError *error;
};

static void on_connect(int fd, const GError *error, void *data)
{
	struct result *result = data;

	g_assert_false(result->is_done);
	result->is_done = true;
	result->fd = fd;
	result->error = error != NULL ? g_error_copy(error) : NULL;
}

static void run_until_done(const struct result *result)
{
	g_assert_false(result->is_done);
	while (!result->is_done)
		g_main_context_iteration(NULL, TRUE);
}

static int listen_locally(unsigned *port_out, bool accepts)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	g_assert_cmpint(bind(fd, (struct sockaddr *)&address, len), ==, 0);
	if (accepts)
		g_assert_cmpint(listen(fd, 5), ==, 0);
	g_assert_cmpint(getsockname(fd, (struct sockaddr *)&address, &len),
		==, 0);
	*port_out = ntohs(address.sin_port);
	return fd;
}

static struct connect *start(const char *host, unsigned port,
	unsigned timeout_ms, struct result *result)
{
	const struct connect_target target = { host, port, NULL, timeout_ms };

	return connect_host(&target, on_connect, result);
}

static void test_connect(const void *host)
{
	struct result result = { 0 };
	unsigned port;
	int listener = listen_locally(&port, true), value = 0;
	socklen_t len = sizeof(value);

	start(host, port, 20000, &result);
	run_until_done(&result);
	g_assert_no_error(result.error);
	g_assert_cmpint(result.fd, >=, 0);
	g_assert_true(fcntl(result.fd, F_GETFL) & O_NONBLOCK);
	g_assert_true(fcntl(result.fd, F_GETFD) & FD_CLOEXEC);
	getsockopt(result.fd, IPPROTO_TCP, TCP_NODELAY, &value, &len);
	g_assert_cmpint(value, !=, 0);
	close(result.fd);
	close(listener);
}

static void test_refused(void)
{
	struct result result = { 0 };
	unsigned port;
	int fd = listen_locally(&port, false);
	char *message = g_strdup_printf("cannot connect to '127.0.0.1' "
		"port %u: connection refused", port);

	start("127.0.0.1", port, 20000, &result);
	run_until_done(&result);
	g_assert_error(result.error, NET_ERROR, NET_ERROR_CONNECT);
	g_assert_cmpstr(result.error->message, ==, message);
	g_assert_cmpint(result.fd, ==, -1);
	g_clear_error(&result.error);
	g_free(message);
	close(fd);
}

static void test_bad_address(void)
{
	struct result result = { 0 };

	start("", 993, 0, &result);
	run_until_done(&result);
	g_assert_error(result.error, NET_ERROR, NET_ERROR_CONNECT);
	g_clear_error(&result.error);
	result.is_done = false;
	start("127.0.0.1", 70000, 0, &result);
	run_until_done(&result);
	g_assert_error(result.error, NET_ERROR, NET_ERROR_CONNECT);
	g_clear_error(&result.error);
}

/* ".invalid" never resolves (RFC 6761), with or without a network. */
static void test_unknown_host(void)
{
	struct result result = { 0 };

	start("nosuch.invalid", 993, 20000, &result);
	run_until_done(&result);
	g_assert_cmpint(result.fd, ==, -1);
	if (g_error_matches(result.error, NET_ERROR, NET_ERROR_RESOLVE))
		g_assert_true(g_str_has_prefix(result.error->message,
			"cannot find 'nosuch.invalid': "));
	else
		g_assert_error(result.error, NET_ERROR, NET_ERROR_TIMEOUT);
	g_clear_error(&result.error);
}

static void test_cancel(void)
{
	struct result result = { 0 };
	struct connect *connect;
	unsigned port;
	int listener = listen_locally(&port, true);

	connect = start("127.0.0.1", port, 20000, &result);
	connect_cancel(&connect);
	g_assert_null(connect);
	connect_cancel(&connect);
	connect = start("", port, 0, &result);
	connect_cancel(&connect);
	/* Another one, to let the loop turn often enough. */
	start("127.0.0.1", port, 20000, &result);
	run_until_done(&result);
	close(result.fd);
	close(listener);
}

/* --- secrets --------------------------------------------------------------- */

static void on_secret(const char *text, const GError *error, void *data)
{
	struct result *result = data;

	g_assert_false(result->is_done);
	g_assert_true((text == NULL) != (error == NULL));
	result->is_done = true;
	result->text = g_strdup(text);
	result->error = error != NULL ? g_error_copy(error) : NULL;
}

static void run_secret(const char *command, unsigned timeout_ms,
	const char *text, const char *error)
{
	struct result result = { 0 };

	secret_run(command, SECRET_PASSWORD, timeout_ms, on_secret, &result);
	run_until_done(&result);
	g_assert_cmpstr(result.text, ==, text);
	if (error != NULL) {
		g_assert_error(result.error, NET_ERROR, NET_ERROR_SECRET);
		if (strstr(result.error->message, error) == NULL)
			g_assert_cmpstr(result.error->message, ==, error);
	}
	g_free(result.text);
	g_clear_error(&result.error);
}

static void test_secret(void)
{
	run_secret("echo 's3 cr$t'", 0, "s3 cr$t", NULL);
	run_secret("sh -c 'echo one; echo two; echo hint >&2'", 20000, "one",
		NULL);
	run_secret("printf no-newline", 20000, "no-newline", NULL);
	run_secret("sh -c 'echo first >&2; echo gpg: no key >&2; exit 3'",
		20000, NULL, "the password command 'sh' failed: gpg: no key");
	run_secret("sh -c 'exit 3'", 20000, NULL, "failed with status 3");
	run_secret("sh -c 'kill -9 $$'", 20000, NULL, "ended by signal 9");
	run_secret("true", 20000, NULL, "'true' printed nothing");
	run_secret("/nosuch/pass show x", 20000, NULL,
		"cannot run the password command 'pass'");
	run_secret("echo 'unbalanced", 20000, NULL,
		"cannot run the password command");
	run_secret("", 20000, NULL, "cannot run the password command");
	run_secret("sleep 1000", 50, NULL, "did not end within 50 ms");
}

/* An agent left behind with the pipe in its hands does not keep us. */
static void test_secret_agent(void)
{
	run_secret("sh -c 'sleep 2 & echo word'", 20000, "word", NULL);
}

static void test_secret_cancel(void)
{
	struct result result = { 0 };
	struct secret_command *command = secret_run("sleep 1000",
		SECRET_PASSWORD, 20000, on_secret, &result);

	secret_cancel(&command);
	g_assert_null(command);
	command = secret_run("'", SECRET_PASSWORD, 20000, on_secret, &result);
	secret_cancel(&command);
	secret_cancel(&command);
	run_secret("echo x", 20000, "x", NULL);
	g_assert_false(result.is_done);
}

static void test_secret_copy(void)
{
	char *copy = secret_dup("abc");

	g_assert_cmpstr(copy, ==, "abc");
	secret_free(&copy);
	g_assert_null(copy);
	secret_free(&copy);
	g_assert_null(secret_dup(NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/net/connect/numeric", "127.0.0.1",
		test_connect);
	g_test_add_data_func("/net/connect/localhost", "localhost",
		test_connect);
	g_test_add_func("/net/connect/refused", test_refused);
	g_test_add_func("/net/connect/bad-address", test_bad_address);
	g_test_add_func("/net/connect/unknown-host", test_unknown_host);
	g_test_add_func("/net/connect/cancel", test_cancel);
	g_test_add_func("/net/secret/run", test_secret);
	g_test_add_func("/net/secret/agent", test_secret_agent);
	g_test_add_func("/net/secret/cancel", test_secret_cancel);
	g_test_add_func("/net/secret/copy", test_secret_copy);
	return g_test_run();
}
