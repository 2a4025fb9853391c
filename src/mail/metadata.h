/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Annotations of mailboxes and of the server (RFC 5464). A server without
 * METADATA: every call ends with a sentence that says so.
 */
#ifndef CULVER_MAIL_METADATA_H
#define CULVER_MAIL_METADATA_H

#include "src/base/base.h"
#include "src/mail/account.h"

/* value: len octets, with a NUL behind them; NULL: the entry has none. Borrowed
 * until it returns. */
typedef void metadata_fn(const char *entry, const char *value, size_t len,
	void *data);
/* mailbox "": the server's own. entry, and all below it; NULL: all there are.
 * What is too long to be fetched is told to the user, by a message. */
void metadata_get(struct account *account, const char *mailbox,
	const char *entry, metadata_fn *metadata,
	account_done_fn *done, void *data);
/* value NULL removes the entry. */
void metadata_set(struct account *account, const char *mailbox,
	const char *entry, const char *value,
	account_done_fn *done, void *data);
/* Whether an entry's name is as RFC 5464 3.2 wants it, below /private or
 * /shared; if not, error (CMD_ERROR_USAGE) says so. */
bool metadata_check_entry(const char *entry, GError **error);

#endif
