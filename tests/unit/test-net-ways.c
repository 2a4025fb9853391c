/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ways to a server: addresses that are dead, a proxy, a command as tunnel,
 * and what the kernel says of a socket. */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/net/connect.h"
#include "src/net/srv.h"
#include "src/net/tcp.h"
#include "src/net/tunnel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

struct result {
	bool is_done;
	int fd;
	GError *error;
	char *why;
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

static void read_line(int fd, char *line, size_t size)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	ssize_t n;

	g_assert_cmpint(poll(&poll_fd, 1, 20000), ==, 1);
	n = read(fd, line, size - 1);
	g_assert_cmpint(n, >=, 0);
	line[n] = '\0';
}

/* --- listeners ------------------------------------------------------------- */

/* port 0: any, and told. */
static int listen_on(const char *address, unsigned *port, int backlog)
{
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in a4 = { .sin_family = AF_INET };
	bool is_6 = inet_pton(AF_INET6, address, &a6.sin6_addr) == 1;
	struct sockaddr *any = is_6 ? (void *)&a6 : (void *)&a4;
	socklen_t len = is_6 ? sizeof(a6) : sizeof(a4);
	int fd = socket(any->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;

	if (is_6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	else
		inet_pton(AF_INET, address, &a4.sin_addr);
	a6.sin6_port = a4.sin_port = htons((uint16_t)*port);
	if (fd == -1 || bind(fd, any, len) != 0 || listen(fd, backlog) != 0) {
		if (fd != -1)
			close(fd);
		return -1;
	}
	getsockname(fd, any, &len);
	*port = ntohs(is_6 ? a6.sin6_port : a4.sin_port);
	return fd;
}

/* --- IPv6 and IPv4 (RFC 8305) ---------------------------------------------- */

enum { N_FILLERS = 4 };

/* A queue that is full and never emptied: the kernel answers no SYN, as a
 * route into nothing does not. */
static void fill(const char *address, unsigned port, int fillers[N_FILLERS])
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)port) };

	inet_pton(AF_INET6, address, &to.sin6_addr);
	for (int i = 0; i < N_FILLERS; i++) {
		fillers[i] = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK |
			SOCK_CLOEXEC, 0);
		connect(fillers[i], (struct sockaddr *)&to, sizeof(to));
	}
}

static void connect_to(const char *host, unsigned port, const char *proxy,
	struct result *result)
{
	const struct connect_target target = { host, port, proxy, 20000 };

	*result = (struct result){ .fd = -1 };
	connect_host(&target, on_connect, result);
	run_until_done(result);
}

static int family_of(int fd)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);

	g_assert_cmpint(getpeername(fd, (struct sockaddr *)&address, &len),
		==, 0);
	return address.ss_family;
}

static void test_silent_ipv6(void)
{
	unsigned port = 0;
	int six = listen_on("::1", &port, 0), fillers[N_FILLERS], four;
	struct result result;
	gint64 start;

	if (six == -1 || (four = listen_on("127.0.0.1", &port, 5)) == -1) {
		g_test_skip("no ::1 here");
		return;
	}
	fill("::1", port, fillers);
	start = g_get_monotonic_time();
	connect_to("localhost", port, NULL, &result);
	g_assert_no_error(result.error);
	g_assert_cmpint(family_of(result.fd), ==, AF_INET);
	g_assert_cmpint(g_get_monotonic_time() - start, <, 3000000);
	close(result.fd);
	for (int i = 0; i < N_FILLERS; i++)
		close(fillers[i]);
	close(six);
	close(four);
}

static void test_one_family(const void *address)
{
	unsigned port = 0;
	int fd = listen_on(address, &port, 5);
	struct result result;

	if (fd == -1) {
		g_test_skip("no such address here");
		return;
	}
	connect_to("localhost", port, NULL, &result);
	g_assert_no_error(result.error);
	close(result.fd);
	close(fd);
}

/* Both alive: IPv6 goes first. */
static void test_prefers_ipv6(void)
{
	unsigned port = 0;
	int six = listen_on("::1", &port, 5), four;
	struct result result;

	if (six == -1 || (four = listen_on("127.0.0.1", &port, 5)) == -1) {
		g_test_skip("no ::1 here");
		return;
	}
	connect_to("localhost", port, NULL, &result);
	g_assert_no_error(result.error);
	g_assert_cmpint(family_of(result.fd), ==, AF_INET6);
	close(result.fd);
	close(six);
	close(four);
}

/* --- SOCKS5 (RFC 1928, 1929) ----------------------------------------------- */

/* Serves one client on a thread of its own, and says what it was asked. */
struct socks {
	int fd;
	unsigned port;
	const char *password; /* NULL: wants none */
	unsigned char reply;  /* 0: granted */
	bool hangs_up;        /* instead of any answer */
	char asked[300];      /* "host:port" */
	GThread *thread;
};

static void take(int fd, void *octets, size_t len)
{
	g_assert_cmpint(recv(fd, octets, len, MSG_WAITALL), ==, (ssize_t)len);
}

static void take_string(int fd, char *text)
{
	unsigned char len;

	take(fd, &len, 1);
	take(fd, text, len);
	text[len] = '\0';
}

static void say(int fd, const void *octets, size_t len)
{
	g_assert_cmpint(send(fd, octets, len, MSG_NOSIGNAL), ==, (ssize_t)len);
}

static bool lets_in(const struct socks *socks, int fd)
{
	char user[256], password[256];
	unsigned char version;

	if (socks->password == NULL) {
		say(fd, "\5\0", 2);
		return true;
	}
	say(fd, "\5\2", 2);
	take(fd, &version, 1);
	take_string(fd, user);
	take_string(fd, password);
	bool is_right = strcmp(user, "ann") == 0 &&
		strcmp(password, socks->password) == 0;

	say(fd, is_right ? "\1\0" : "\1\1", 2);
	return is_right;
}

static bool greets(const struct socks *socks, int fd)
{
	unsigned char head[2], methods[255], wanted;

	take(fd, head, 2);
	g_assert_cmpint(head[0], ==, 5);
	take(fd, methods, head[1]);
	wanted = socks->password != NULL ? 2 : 0;
	if (memchr(methods, wanted, head[1]) != NULL)
		return lets_in(socks, fd);
	say(fd, "\5\xff", 2);
	return false;
}

static void serve_request(struct socks *socks, int fd)
{
	unsigned char head[4], port[2];
	char host[256], reply[10] = { 5, 0, 0, 1 };

	take(fd, head, 4);
	/* CONNECT, to a name: 3; an address would mean it was looked up. */
	g_assert_cmpint(head[1], ==, 1);
	g_assert_cmpint(head[3], ==, 3);
	take_string(fd, host);
	take(fd, port, 2);
	g_snprintf(socks->asked, sizeof(socks->asked), "%s:%d", host,
		port[0] * 256 + port[1]);
	reply[1] = (char)socks->reply;
	say(fd, reply, sizeof(reply));
	if (socks->reply == 0)
		say(fd, "* OK hello\r\n", 12);
}

static gpointer socks_thread(gpointer data)
{
	struct socks *socks = data;
	int fd = accept(socks->fd, NULL, NULL);
	char rest;

	if (!socks->hangs_up && greets(socks, fd))
		serve_request(socks, fd);
	shutdown(fd, SHUT_WR);
	while (!socks->hangs_up && recv(fd, &rest, 1, 0) > 0)
		continue;
	close(fd);
	return NULL;
}

static void socks_start(struct socks *socks)
{
	socks->fd = listen_on("127.0.0.1", &socks->port, 5);
	socks->thread = g_thread_new("socks", socks_thread, socks);
}

static void socks_stop(struct socks *socks)
{
	g_thread_join(socks->thread);
	close(socks->fd);
}

/* The proxy's port is added; error NULL: it works. */
static void by_proxy(struct socks *socks, const char *url, const char *error)
{
	struct result result;
	char line[64], *proxy;

	socks_start(socks);
	proxy = g_strdup_printf("%s:%u", url, socks->port);
	connect_to("imap.nosuch.invalid", 993, proxy, &result);
	if (error == NULL) {
		g_assert_no_error(result.error);
		read_line(result.fd, line, sizeof(line));
		g_assert_cmpstr(line, ==, "* OK hello\r\n");
		g_assert_cmpstr(socks->asked, ==, "imap.nosuch.invalid:993");
		close(result.fd);
	} else {
		g_assert_error(result.error, NET_ERROR, NET_ERROR_CONNECT);
		if (strstr(result.error->message, error) == NULL)
			g_assert_cmpstr(result.error->message, ==, error);
	}
	g_clear_error(&result.error);
	socks_stop(socks);
	g_free(proxy);
}

static void test_proxy(void)
{
	struct socks open = { 0 }, same = { 0 };

	by_proxy(&open, "socks5://127.0.0.1", NULL);
	by_proxy(&same, "socks5h://localhost", NULL);
}

static void test_proxy_password(void)
{
	struct socks right = { .password = "p@ss" }, wrong = right,
		none = right;

	by_proxy(&right, "socks5://ann:p%40ss@127.0.0.1", NULL);
	by_proxy(&wrong, "socks5://ann:other@127.0.0.1",
		"the proxy refuses the user name or the password");
	by_proxy(&none, "socks5://127.0.0.1",
		"the proxy wants a user name and a password");
}

static void test_proxy_refuses(void)
{
	struct socks ruled = { .reply = 2 }, unreachable = { .reply = 4 },
		refused = { .reply = 5 }, odd = { .reply = 77 },
		gone = { .hangs_up = true };

	by_proxy(&ruled, "socks5://127.0.0.1", "does not allow it");
	by_proxy(&unreachable, "socks5://127.0.0.1", "no route to host");
	by_proxy(&refused, "socks5://127.0.0.1", "connection refused");
	by_proxy(&odd, "socks5://127.0.0.1", "proxy");
	by_proxy(&gone, "socks5://127.0.0.1", "by the proxy");
}

static void test_no_proxy(void)
{
	struct result result;
	unsigned port = 0;
	int fd = listen_on("127.0.0.1", &port, 5);
	char *proxy = g_strdup_printf("socks5://127.0.0.1:%u", port);

	close(fd);
	connect_to("imap.nosuch.invalid", 993, proxy, &result);
	g_assert_error(result.error, NET_ERROR, NET_ERROR_CONNECT);
	g_assert_nonnull(strstr(result.error->message,
		"by the proxy: connection refused"));
	g_clear_error(&result.error);
	connect_to("imap.nosuch.invalid", 993, "socks5://nosuch.invalid:1080",
		&result);
	g_assert_error(result.error, NET_ERROR, NET_ERROR_RESOLVE);
	g_clear_error(&result.error);
	g_free(proxy);
}

/* --- the kernel's word ----------------------------------------------------- */

static int user_timeout(int fd)
{
	int value = 0;
	socklen_t len = sizeof(value);

	g_assert_cmpint(getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &value,
		&len), ==, 0);
	return value;
}

static void test_patience(void)
{
	struct result result;
	unsigned port = 0;
	int listener = listen_on("127.0.0.1", &port, 5), value = 0, peer;
	socklen_t len = sizeof(value);

	connect_to("127.0.0.1", port, NULL, &result);
	g_assert_no_error(result.error);
	getsockopt(result.fd, SOL_SOCKET, SO_KEEPALIVE, &value, &len);
	g_assert_cmpint(value, !=, 0);
	g_assert_cmpint(user_timeout(result.fd), ==, 8000);
	tcp_note_full(result.fd, true);
	g_assert_cmpint(user_timeout(result.fd), ==, 60000);
	tcp_note_full(result.fd, false);
	g_assert_cmpint(user_timeout(result.fd), ==, 8000);
	/* A peer that reads nothing acknowledges all the same. */
	peer = accept(listener, NULL, NULL);
	g_assert_cmpint(write(result.fd, "NOOP", 4), ==, 4);
	for (int i = 0; i < 2000 && !tcp_is_acknowledged(result.fd); i++)
		g_usleep(1000);
	g_assert_true(tcp_is_acknowledged(result.fd));
	close(peer);
	close(result.fd);
	close(listener);
}

static void test_not_tcp(void)
{
	int fds[2];

	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
	tcp_prepare(fds[0]);
	tcp_note_full(fds[0], true);
	g_assert_false(tcp_is_acknowledged(fds[0]));
	close(fds[0]);
	close(fds[1]);
}

/* --- tunnels --------------------------------------------------------------- */

static void on_why(const char *why, void *data)
{
	struct result *result = data;

	g_assert_false(result->is_done);
	result->is_done = true;
	result->why = g_strdup(why);
}

static struct tunnel *run(const char *script, int *fd)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	GError *error = NULL;
	struct tunnel *tunnel = tunnel_new(argv, fd, &error);

	g_assert_no_error(error);
	g_assert_nonnull(tunnel);
	return tunnel;
}

static void test_tunnel(void)
{
	struct tunnel *tunnel;
	char line[64];
	int fd;

	tunnel = run("echo noise >&2; read a; echo \"got $a\"", &fd);
	g_assert_cmpint(write(fd, "word\n", 5), ==, 5);
	read_line(fd, line, sizeof(line));
	g_assert_cmpstr(line, ==, "got word\n");
	read_line(fd, line, sizeof(line));
	g_assert_cmpstr(line, ==, "");
	close(fd);
	tunnel_free(&tunnel);
	g_assert_null(tunnel);
	tunnel_free(&tunnel);
}

static void test_no_tunnel(void)
{
	static const char *const argv[] = { "/nosuch/tunnel", NULL };
	GError *error = NULL;
	int fd = -1;

	g_assert_null(tunnel_new(argv, &fd, &error));
	g_assert_error(error, NET_ERROR, NET_ERROR_CONNECT);
	g_assert_nonnull(strstr(error->message, "cannot run the tunnel "
		"'tunnel'"));
	g_clear_error(&error);
}

static void ends_with(const char *script, const char *why)
{
	struct result result = { 0 };
	struct tunnel *tunnel;
	char line[64];
	int fd;

	tunnel = run(script, &fd);
	/* The stream ends first, as a connection sees it. */
	read_line(fd, line, sizeof(line));
	tunnel_explain(tunnel, on_why, &result);
	run_until_done(&result);
	g_assert_cmpstr(result.why, ==, why);
	g_free(result.why);
	tunnel_free(&tunnel);
	close(fd);
}

static void test_tunnel_explains(void)
{
	ends_with("echo one >&2; echo 'ssh: no route' >&2; exit 255",
		"the tunnel 'sh' ended: ssh: no route");
	ends_with("printf 'no newline' >&2; exit 1",
		"the tunnel 'sh' ended: no newline");
	ends_with("printf 'blank below\\n\\n' >&2",
		"the tunnel 'sh' ended: blank below");
	ends_with("exit 3", "the tunnel 'sh' ended with status 3");
	ends_with("kill -9 $$", "the tunnel 'sh' was ended by signal 9");
	ends_with("exec <&- >&-; exec sleep 1000",
		"the tunnel 'sh' closed the connection");
	/* What it leaves behind holds the pipe, and does not keep us. */
	ends_with("sleep 3 <&- >&- & echo bye >&2",
		"the tunnel 'sh' ended: bye");
	ends_with("head -c 20000 /dev/zero >&2; echo >&2; echo end >&2",
		"the tunnel 'sh' ended: end");
}

/* What runs is ended, and what it started. */
static void test_tunnel_killed(void)
{
	struct tunnel *tunnel;
	char line[64];
	pid_t pid;
	int fd;

	tunnel = run("sleep 1000 & echo $!; trap '' HUP; wait", &fd);
	read_line(fd, line, sizeof(line));
	pid = (pid_t)g_ascii_strtoll(line, NULL, 10);
	g_assert_cmpint(pid, >, 1);
	tunnel_free(&tunnel);
	/* The last who holds the other end is gone. */
	read_line(fd, line, sizeof(line));
	g_assert_cmpstr(line, ==, "");
	close(fd);
}

/* It has no terminal to read from or to write on. */
static void test_tunnel_no_terminal(void)
{
	struct tunnel *tunnel;
	char line[64];
	int fd;

	tunnel = run("(: </dev/tty) 2>/dev/null && echo tty || echo none", &fd);
	read_line(fd, line, sizeof(line));
	g_assert_cmpstr(line, ==, "none\n");
	close(fd);
	tunnel_free(&tunnel);
}

/* --- SRV ------------------------------------------------------------------- */

static void on_srv(const char *host, unsigned port, bool implicit_tls,
	const GError *error, void *data)
{
	struct result *result = data;

	(void)port;
	(void)implicit_tls;
	(void)error;
	g_assert_null(host);
	result->is_done = true;
}

static void test_srv(void)
{
	struct result result = { 0 };
	struct srv *srv = srv_lookup("nosuch.invalid", on_srv, &result);

	srv_cancel(&srv);
	g_assert_null(srv);
	srv_lookup("nosuch.invalid", on_srv, &result);
	run_until_done(&result);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/net/ways/silent-ipv6", test_silent_ipv6);
	g_test_add_data_func("/net/ways/ipv4-only", "127.0.0.1",
		test_one_family);
	g_test_add_data_func("/net/ways/ipv6-only", "::1", test_one_family);
	g_test_add_func("/net/ways/prefers-ipv6", test_prefers_ipv6);
	g_test_add_func("/net/ways/proxy", test_proxy);
	g_test_add_func("/net/ways/proxy-password", test_proxy_password);
	g_test_add_func("/net/ways/proxy-refuses", test_proxy_refuses);
	g_test_add_func("/net/ways/no-proxy", test_no_proxy);
	g_test_add_func("/net/ways/patience", test_patience);
	g_test_add_func("/net/ways/not-tcp", test_not_tcp);
	g_test_add_func("/net/ways/tunnel", test_tunnel);
	g_test_add_func("/net/ways/no-tunnel", test_no_tunnel);
	g_test_add_func("/net/ways/tunnel-explains", test_tunnel_explains);
	g_test_add_func("/net/ways/tunnel-killed", test_tunnel_killed);
	g_test_add_func("/net/ways/tunnel-no-terminal",
		test_tunnel_no_terminal);
	g_test_add_func("/net/ways/srv", test_srv);
	return g_test_run();
}
