/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a host name to a connected socket: asynchronous DNS, IPv6 and IPv4
 * raced (RFC 8305), through a SOCKS5 proxy (RFC 1928) if there is one. By
 * GIO; never blocks.
 */
#ifndef CULVER_NET_CONNECT_H
#define CULVER_NET_CONNECT_H

#include "src/base/base.h"

struct connect;

struct connect_target {
	const char *host;
	unsigned port;
	/* "socks5://[user:password@]host:port" or NULL. The proxy looks the
	 * host's name up; the local resolver does not see it. */
	const char *proxy;
	unsigned timeout_ms; /* for everything; 0: none */
};

/* Exactly once, never before the call returned: fd >= 0 (the caller's to
 * close), or error. */
typedef void connect_done_fn(int fd, const GError *error, void *data);
/* Borrows the target until it returns. tcp_prepare() has seen the socket. */
struct connect *connect_host(const struct connect_target *target,
	connect_done_fn *done, void *data);
/* No done any more; sets *connect to NULL; NULL is fine. After done the handle
 * is freed by the module: the owner forgets it there. */
void connect_cancel(struct connect **connect);

/* "localhost", or an address of the loopback range; asks nobody. */
bool connect_host_is_loopback(const char *host);
/* "cannot find 'host': ..." for a GResolver error; the caller's to free. */
GError *connect_resolver_error(const char *host, const GError *error);

#endif
