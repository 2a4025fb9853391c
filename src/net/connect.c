/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Connecting by GIO: its address enumerator sorts addresses by the system's
 * policy, alternates between IPv6 and IPv4, and begins with the next one a
 * quarter of a second after the last (RFC 8305 5). GIO calls back even when
 * cancelled, so a handle lives until then, without its owner if need be.
 */
#include "src/base/base.h"
#include "src/net/connect.h"

#include "src/base/error.h"
#include "src/net/tcp.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>

struct connect {
	connect_done_fn *done; /* NULL once cancelled */
	void *data;
	char *host;
	unsigned port;
	bool has_proxy;
	unsigned timeout_ms;
	guint timer;
	guint idle; /* of what has nothing to wait for */
	bool is_timed_out;
	GCancellable *cancellable;
};

static struct connect *connect_new(const struct connect_target *target,
	connect_done_fn *done, void *data)
{
	struct connect *connect = g_new0(struct connect, 1);

	connect->done = done;
	connect->data = data;
	connect->host = g_strdup(target->host);
	connect->port = target->port;
	connect->has_proxy = target->proxy != NULL;
	connect->timeout_ms = target->timeout_ms;
	connect->cancellable = g_cancellable_new();
	return connect;
}

static void connect_destroy(struct connect *connect)
{
	source_clear(&connect->timer);
	source_clear(&connect->idle);
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
	source_clear(&connect->timer);
	if (connect->idle == 0)
		/* GIO's callback frees it. */
		g_cancellable_cancel(connect->cancellable);
	else
		connect_destroy(connect);
}

/* --- what went wrong ----------------------------------------------------- */

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
		{ G_IO_ERROR_PROXY_FAILED, "the proxy failed" },
		{ G_IO_ERROR_PROXY_AUTH_FAILED,
			"the proxy refuses the user name or the password" },
		{ G_IO_ERROR_PROXY_NEED_AUTH,
			"the proxy wants a user name and a password" },
		{ G_IO_ERROR_PROXY_NOT_ALLOWED, "the proxy does not allow it" },
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

GError *connect_resolver_error(const char *host, const GError *error)
{
	const char *reason = "no such host";

	if (g_error_matches(error, G_RESOLVER_ERROR,
		G_RESOLVER_ERROR_TEMPORARY_FAILURE))
		reason = "the name server does not answer";
	return g_error_new(NET_ERROR, NET_ERROR_RESOLVE,
		"cannot find '%s': %s", host, reason);
}

static GError *timeout_error(const struct connect *connect)
{
	char *time = format_seconds(connect->timeout_ms);
	GError *error = g_error_new(NET_ERROR, NET_ERROR_TIMEOUT,
		"no answer from '%s' port %u within %s", connect->host,
		connect->port, time);

	g_free(time);
	return error;
}

static GError *translate_error(const struct connect *connect,
	const GError *error)
{
	const char *reason;

	if (connect->is_timed_out)
		return timeout_error(connect);
	if (error->domain == G_RESOLVER_ERROR && connect->has_proxy)
		return connect_resolver_error("the proxy", error);
	if (error->domain == G_RESOLVER_ERROR)
		return connect_resolver_error(connect->host, error);
	reason = io_reason(error);
	return g_error_new(NET_ERROR, NET_ERROR_CONNECT,
		"cannot connect to '%s' port %u%s: %s", connect->host,
		connect->port, connect->has_proxy ? " by the proxy" : "",
		reason != NULL ? reason : error->message);
}

/* --- the socket ---------------------------------------------------------- */

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
	tcp_prepare(fd);
	return fd;
}

/* GIO's end of it is closed with the object; the descriptor is a copy. What
 * a proxy leads to comes wrapped. */
static int unwrap(GSocketConnection *connection, GError **error)
{
	if (G_IS_TCP_WRAPPER_CONNECTION(connection)) {
		GIOStream *base = g_tcp_wrapper_connection_get_base_io_stream(
			G_TCP_WRAPPER_CONNECTION(connection));

		return take_descriptor(G_SOCKET_CONNECTION(base), error);
	}
	return take_descriptor(connection, error);
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
			fd = unwrap(connection, &told);
		else
			told = translate_error(connect, error);
		source_clear(&connect->timer);
		connect->done(fd, told, connect->data);
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

/* --- the way there ------------------------------------------------------- */

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

/* Every host by this proxy: GIO knows "socks5" and always gives it the name,
 * which elsewhere "socks5h" asks for. */
static void use_proxy(GSocketClient *client, const char *proxy)
{
	const char *rest = strstr(proxy, "://");
	char *uri = g_strconcat("socks5", rest != NULL ? rest : "://", NULL);
	GProxyResolver *resolver = g_simple_proxy_resolver_new(uri, NULL);

	g_socket_client_set_proxy_resolver(client, resolver);
	g_object_unref(resolver);
	g_free(uri);
}

static gboolean report_bad_address(gpointer data)
{
	struct connect *connect = data;
	GError *error = g_error_new(NET_ERROR, NET_ERROR_CONNECT,
		"cannot connect to '%s' port %u: no such address",
		connect->host, connect->port);

	connect->idle = 0;
	connect->done(-1, error, connect->data);
	g_error_free(error);
	connect_destroy(connect);
	return G_SOURCE_REMOVE;
}

static void start(struct connect *connect, const struct connect_target *target)
{
	GSocketClient *client = g_socket_client_new();
	GSocketConnectable *address =
		g_network_address_new(target->host, (guint16)target->port);

	if (target->proxy != NULL)
		use_proxy(client, target->proxy);
	else
		g_socket_client_set_enable_proxy(client,
			!connect_host_is_loopback(target->host));
	g_socket_client_connect_async(client, address, connect->cancellable,
		on_connected, connect);
	g_object_unref(address);
	g_object_unref(client);
	if (target->timeout_ms > 0)
		connect->timer = g_timeout_add(target->timeout_ms, on_timeout,
			connect);
}

struct connect *connect_host(const struct connect_target *target,
	connect_done_fn *done, void *data)
{
	struct connect *connect = connect_new(target, done, data);

	if (target->host[0] == '\0' || target->port == 0 ||
		target->port > 65535)
		connect->idle = g_idle_add_full(G_PRIORITY_DEFAULT,
			report_bad_address, connect, NULL);
	else
		start(connect, target);
	return connect;
}
