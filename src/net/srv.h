/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a domain's mail server is (RFC 6186), by asynchronous DNS. */
#ifndef CULVER_NET_SRV_H
#define CULVER_NET_SRV_H

#include "src/base/base.h"

struct srv;

/*
 * _imaps._tcp, then _imap._tcp of the domain, by priority and weight; host
 * NULL when there are none ("." or no record), then the caller tries
 * imap.<domain>. implicit_tls tells which of the two it was. Exactly once,
 * never before srv_lookup() returned; the handle is freed behind it.
 */
typedef void srv_done_fn(const char *host, unsigned port, bool implicit_tls,
	const GError *error, void *data);
struct srv *srv_lookup(const char *domain, srv_done_fn *done, void *data);
/* No done any more; sets *srv to NULL; NULL is fine. */
void srv_cancel(struct srv **srv);

#endif
