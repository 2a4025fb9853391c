/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Connecting by GIO: its address enumerator resolves and races IPv6 against
 * IPv4 (RFC 8305). GIO calls back even when cancelled, so a handle lives until
 * then, without its owner if need be.
 */
#include "src/base/base.h"
#include "src/net/connect.h"

#include "src/base/error.h"
#include "src/base/log.h"
#include "src/net/child.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	KEEPALIVE_IDLE_S = 60,
	KEEPALIVE_INTERVAL_S = 15,
	KEEPALIVE_PROBES = 4,
	USER_TIMEOUT_MS = 60 * 1000,
	LOG_LINE_MAX = 4096,
};

struct connect {
	connect_done_fn *done; /* NULL once cancelled */
	connect_srv_fn *srv_done;
	void *data;
	char *host; /* or the domain of an SRV lookup, or the command */
	unsigned port;
	unsigned timeout_ms;
	guint timer;
	guint idle; /* of what has nothing to wait for */
	bool is_timed_out;
	bool is_implicit_tls; /* what the SRV lookup is about */
	GCancellable *cancellable;
	GError *error; /* told by idle */
	int fd;        /* told by idle; -1 */
	GPid pid;      /* of a command; 0 */
};

static struct connect *connect_new(const char *host, void *data)
{
	struct connect *connect = g_new0(struct connect, 1);

	connect->host = g_strdup(host);
	connect->data = data;
	connect->fd = -1;
	connect->cancellable = g_cancellable_new();
	return connect;
}

static void connect_destroy(struct connect *connect)
{
	source_clear(&connect->timer);
	source_clear(&connect->idle);
	g_clear_error(&connect->error);
	g_object_unref(connect->cancellable);
	g_free(connect->host);
	g_free(connect);
}

void connect_cancel(struct connect **connectp)
{
	struct connect *connect = *connectp;

	if (connect == NULL)
		return;
	*connectp = NULL;
	connect->done = NULL;
	connect->srv_done = NULL;
	source_clear(&connect->timer);
	if (connect->idle == 0) {
		/* GIO's callback frees it. */
		g_cancellable_cancel(connect->cancellable);
		return;
	}
	if (connect->fd >= 0)
		close(connect->fd);
	if (connect->pid > 0)
		kill(connect->pid, SIGTERM);
	connect_destroy(connect);
}

static gboolean report(gpointer data)
{
	struct connect *connect = data;

	connect->idle = 0;
	connect->done(connect->fd, connect->fd, connect->error, connect->data);
	connect_destroy(connect);
	return G_SOURCE_REMOVE;
}

/* --- a host ---------------------------------------------------------------- */

static void set_option(int fd, int level, int name, int value)
{
	/* Not every socket has each of them: no failure. */
	(void)setsockopt(fd, level, name, &value, sizeof(value));
}

static void set_tcp_options(int fd)
{
	set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
#ifdef TCP_KEEPIDLE
	set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S);
#endif
#ifdef TCP_KEEPINTVL
	set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S);
#endif
#ifdef TCP_KEEPCNT
	set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES);
#endif
#ifdef TCP_USER_TIMEOUT
	set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, USER_TIMEOUT_MS);
#endif
}

static int take_descriptor(GSocketConnection *connection, GError **error)
{
	GSocket *socket = g_socket_connection_get_socket(connection);
	int fd = fcntl(g_socket_get_fd(socket), F_DUPFD_CLOEXEC, 0);

	if (fd == -1) {
		g_set_error(error, NET_ERROR, NET_ERROR_CONNECT,
			"cannot keep the connection: %s", g_strerror(errno));
		return -1;
	}
	g_unix_set_fd_nonblocking(fd, TRUE, NULL);
	set_tcp_options(fd);
	return fd;
}

/* What happened, in words; NULL when GIO's own are the best there are. */
static const char *io_reason(const GError *error)
{
	static const struct {
		int code;
		const char *text;
	} reasons[] = {
		{ G_IO_ERROR_CONNECTION_REFUSED, "connection refused" },
		{ G_IO_ERROR_HOST_UNREACHABLE, "no route to host" },
		{ G_IO_ERROR_NETWORK_UNREACHABLE, "network is unreachable" },
		{ G_IO_ERROR_TIMED_OUT, "no answer" },
		{ G_IO_ERROR_PERMISSION_DENIED, "permission denied" },
	};

	if (error->domain != G_IO_ERROR)
		return NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++)
		if (reasons[i].code == error->code)
			return reasons[i].text;
	return NULL;
}

static char *format_seconds(unsigned ms)
{
	if (ms % 1000 == 0)
		return g_strdup_printf("%u s", ms / 1000);
	return g_strdup_printf("%u ms", ms);
}

static GError *resolver_error(const char *host, const GError *error)
{
	const char *reason = "no such host";

	if (g_error_matches(error, G_RESOLVER_ERROR,
		G_RESOLVER_ERROR_TEMPORARY_FAILURE))
		reason = "the name server does not answer";
	return g_error_new(NET_ERROR, NET_ERROR_RESOLVE,
		"cannot find '%s': %s", host, reason);
}

static GError *translate_error(const struct connect *connect,
	const GError *error)
{
	const char *reason;

	if (connect->is_timed_out) {
		char *time = format_seconds(connect->timeout_ms);
		GError *made = g_error_new(NET_ERROR, NET_ERROR_TIMEOUT,
			"no answer from '%s' port %u within %s",
			connect->host, connect->port, time);

		g_free(time);
		return made;
	}
	if (error->domain == G_RESOLVER_ERROR)
		return resolver_error(connect->host, error);
	reason = io_reason(error);
	return g_error_new(NET_ERROR, NET_ERROR_CONNECT,
		"cannot connect to '%s' port %u: %s", connect->host,
		connect->port, reason != NULL ? reason : error->message);
}

static void on_connected(GObject *client, GAsyncResult *result, gpointer data)
{
	struct connect *connect = data;
	GError *error = NULL, *told = NULL;
	GSocketConnection *connection = g_socket_client_connect_finish(
		G_SOCKET_CLIENT(client), result, &error);
	int fd = -1;

	if (connect->done != NULL) {
		if (connection != NULL)
			fd = take_descriptor(connection, &told);
		else
			told = translate_error(connect, error);
		source_clear(&connect->timer);
		connect->done(fd, fd, told, connect->data);
	}
	g_clear_error(&told);
	g_clear_error(&error);
	g_clear_object(&connection);
	connect_destroy(connect);
}

static gboolean on_timeout(gpointer data)
{
	struct connect *connect = data;

	connect->timer = 0;
	connect->is_timed_out = true;
	g_cancellable_cancel(connect->cancellable);
	return G_SOURCE_REMOVE;
}

bool connect_host_is_loopback(const char *host)
{
	GInetAddress *address;
	bool is_loopback;

	if (g_ascii_strcasecmp(host, "localhost") == 0)
		return true;
	address = g_inet_address_new_from_string(host);
	if (address == NULL)
		return false;
	is_loopback = g_inet_address_get_is_loopback(address);
	g_object_unref(address);
	return is_loopback;
}

struct connect *connect_host(const char *host, unsigned port,
	unsigned timeout_ms, connect_done_fn *done, void *data)
{
	struct connect *connect = connect_new(host, data);
	GSocketClient *client;
	GSocketConnectable *address;

	connect->done = done;
	connect->port = port;
	connect->timeout_ms = timeout_ms;
	if (*host == '\0' || port == 0 || port > 65535) {
		connect->error = g_error_new(NET_ERROR, NET_ERROR_CONNECT,
			"cannot connect to '%s' port %u: no such address",
			host, port);
		connect->idle = g_idle_add_full(G_PRIORITY_DEFAULT, report,
			connect, NULL);
		return connect;
	}
	client = g_socket_client_new();
	g_socket_client_set_enable_proxy(client, !connect_host_is_loopback(host));
	address = g_network_address_new(host, (guint16)port);
	g_socket_client_connect_async(client, address, connect->cancellable,
		on_connected, connect);
	g_object_unref(address);
	g_object_unref(client);
	if (timeout_ms > 0)
		connect->timer = g_timeout_add(timeout_ms, on_timeout,
			connect);
	return connect;
}

/* --- a command ------------------------------------------------------------- */

/* What a tunnel writes on standard error, line by line into the log. */
struct tunnel_log {
	int fd;
	char *who;
	GString *line;
};

static void log_lines(struct tunnel_log *log, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\n' && log->line->len < LOG_LINE_MAX) {
			g_string_append_c(log->line, text[i]);
			continue;
		}
		log_note(log->who, "%s", log->line->str);
		g_string_truncate(log->line, 0);
	}
}

static gboolean on_tunnel_stderr(gint fd, GIOCondition condition, gpointer data)
{
	struct tunnel_log *log = data;
	char text[1024];
	ssize_t n = read(fd, text, sizeof(text));

	(void)condition;
	if (n > 0) {
		log_lines(log, text, (size_t)n);
		return G_SOURCE_CONTINUE;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return G_SOURCE_CONTINUE;
	if (log->line->len > 0)
		log_note(log->who, "%s", log->line->str);
	return G_SOURCE_REMOVE;
}

static void free_tunnel_log(gpointer data)
{
	struct tunnel_log *log = data;

	close(log->fd);
	g_string_free(log->line, TRUE);
	g_free(log->who);
	g_free(log);
}

static void log_tunnel(int fd, const char *command)
{
	struct tunnel_log *log = g_new0(struct tunnel_log, 1);

	log->fd = fd;
	log->who = g_path_get_basename(command);
	log->line = g_string_new(NULL);
	g_unix_fd_add_full(G_PRIORITY_DEFAULT, fd, G_IO_IN | G_IO_HUP,
		on_tunnel_stderr, log, free_tunnel_log);
}

/* A socket serves as the child's input and output: it is one descriptor, and
 * writing to a dead child raises no signal. */
static bool run_tunnel(struct connect *connect, const char *const *argv,
	GError **error)
{
	int fds[2] = { -1, -1 }, err_read = -1, err_write = -1;
	bool is_running;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == -1 ||
		!child_pipe(&err_read, &err_write)) {
		g_set_error(error, NET_ERROR, NET_ERROR_CONNECT, "%s",
			g_strerror(errno));
		if (fds[0] != -1) {
			close(fds[0]);
			close(fds[1]);
		}
		return false;
	}
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	g_unix_set_fd_nonblocking(fds[0], TRUE, NULL);
	is_running = child_spawn(argv, fds[1], fds[1], err_write, true,
		&connect->pid, error);
	close(fds[1]);
	close(err_write);
	if (!is_running) {
		close(fds[0]);
		close(err_read);
		return false;
	}
	child_reap(connect->pid);
	log_tunnel(err_read, argv[0]);
	connect->fd = fds[0];
	return true;
}

struct connect *connect_command(const char *const *argv, connect_done_fn *done,
	void *data)
{
	struct connect *connect = connect_new(argv[0], data);
	GError *error = NULL;

	connect->done = done;
	if (!run_tunnel(connect, argv, &error)) {
		connect->error = g_error_new(NET_ERROR, NET_ERROR_CONNECT,
			"cannot run the tunnel '%s': %s", argv[0],
			error->message);
		g_error_free(error);
	}
	connect->idle = g_idle_add_full(G_PRIORITY_DEFAULT, report, connect,
		NULL);
	return connect;
}

/* --- SRV ------------------------------------------------------------------- */

static void look_up_service(struct connect *connect);

/* The first is the best: GResolver sorts by priority and weight. */
static GSrvTarget *usable_target(GList *targets)
{
	for (GList *link = targets; link != NULL; link = link->next) {
		const char *host = g_srv_target_get_hostname(link->data);

		/* RFC 2782: "." means that there is no such service. */
		if (*host != '\0' && strcmp(host, ".") != 0)
			return link->data;
	}
	return NULL;
}

static void on_service(GObject *resolver, GAsyncResult *result, gpointer data)
{
	struct connect *connect = data;
	GError *error = NULL, *told = NULL;
	GList *targets = g_resolver_lookup_service_finish(G_RESOLVER(resolver),
		result, &error);
	GSrvTarget *target = usable_target(targets);
	bool is_none = error == NULL || g_error_matches(error,
		G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND);

	if (connect->srv_done != NULL && target == NULL && is_none &&
		connect->is_implicit_tls) {
		connect->is_implicit_tls = false;
		g_clear_error(&error);
		g_resolver_free_targets(targets);
		look_up_service(connect);
		return;
	}
	if (connect->srv_done != NULL) {
		if (!is_none)
			told = resolver_error(connect->host, error);
		connect->srv_done(
			target ? g_srv_target_get_hostname(target) : NULL,
			target ? g_srv_target_get_port(target) : 0,
			connect->is_implicit_tls, told, connect->data);
	}
	g_clear_error(&told);
	g_clear_error(&error);
	g_resolver_free_targets(targets);
	connect_destroy(connect);
}

static void look_up_service(struct connect *connect)
{
	GResolver *resolver = g_resolver_get_default();

	g_resolver_lookup_service_async(resolver,
		connect->is_implicit_tls ? "imaps" : "imap", "tcp",
		connect->host, connect->cancellable, on_service, connect);
	g_object_unref(resolver);
}

struct connect *connect_lookup_srv(const char *domain, connect_srv_fn *done,
	void *data)
{
	struct connect *connect = connect_new(domain, data);

	connect->srv_done = done;
	connect->is_implicit_tls = true;
	look_up_service(connect);
	return connect;
}
