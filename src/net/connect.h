/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a host name to a connected socket: asynchronous DNS, Happy Eyeballs,
 * SRV, by GIO; or a command as tunnel. Never blocks.
 */
#ifndef CULVER_NET_CONNECT_H
#define CULVER_NET_CONNECT_H

#include "src/base/base.h"

struct connect;

/* Exactly once, never before the call returned: fd_in >= 0 (the caller's to
 * close; fd_out equals it for a socket), or error. */
typedef void connect_done_fn(int fd_in, int fd_out, const GError *error, void *data);

/* timeout_ms covers everything. TCP keepalive and TCP_USER_TIMEOUT are set. */
struct connect *connect_host(const char *host, unsigned port,
	unsigned timeout_ms, connect_done_fn *done, void *data);
/* Runs argv without a shell, its standard input and output are the stream;
 * standard error goes to the log. */
struct connect *connect_command(const char *const *argv, connect_done_fn *done, void *data);
/* No done any more; sets *connect to NULL; NULL is fine. After done the handle
 * is freed by the module: the owner forgets it there. */
void connect_cancel(struct connect **connect);

/* "localhost", or an address of the loopback range; asks nobody. */
bool connect_host_is_loopback(const char *host);

/*
 * RFC 6186: _imaps._tcp, then _imap._tcp of the domain, by priority and
 * weight; host NULL when there are none ("." or no record), then the caller
 * tries imap.<domain>. implicit_tls tells which of the two it was.
 */
typedef void connect_srv_fn(const char *host, unsigned port,
	bool implicit_tls, const GError *error, void *data);
struct connect *connect_lookup_srv(const char *domain, connect_srv_fn *done, void *data);

#endif
