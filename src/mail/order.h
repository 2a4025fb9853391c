/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The messages that match a pattern in an order, or in threads, made by the
 * server where it can, else here. Made for commands, once; the order of a
 * screen is another matter.
 */
#ifndef CULVER_MAIL_ORDER_H
#define CULVER_MAIL_ORDER_H

#include "src/base/base.h"
#include "src/imap/capability.h"
#include "src/imap/thread.h"
#include "src/mail/sort-key.h"

struct mailbox;
struct order;
struct pattern;

/* uids of uint32_t, borrowed; NULL with error. */
typedef void order_done_fn(const GError *error, const GArray *uids, void *data);
/* done is called once, from the loop, and the order is gone then. */
struct order *order_sort(struct mailbox *mailbox, const struct sort_keys *keys,
	const struct pattern *pattern, order_done_fn *done, void *data);

/* nodes of struct imap_thread_node, borrowed; NULL with error. */
typedef void order_threads_fn(const GError *error, const GArray *nodes,
	void *data);
/*
 * The same for threads. algorithm is that of a capability (THREAD_REFS and its
 * like), or IMAP_N_CAPABILITIES: by reference, as well as the server can. Made
 * here they are by reference alone.
 */
struct order *order_threads(struct mailbox *mailbox,
	enum imap_capability algorithm, const struct pattern *pattern,
	order_threads_fn *done, void *data);
/* done is not called any more. Sets it to NULL. */
void order_free(struct order **order);

#endif
