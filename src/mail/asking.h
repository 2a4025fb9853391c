/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A question to an account's server about data beside messages (quota, rights,
 * annotations), from the call to its answer. Private to this room. Kinds of
 * questions embed struct asking as their first member.
 */
#ifndef CULVER_MAIL_ASKING_H
#define CULVER_MAIL_ASKING_H

#include "src/base/base.h"
#include "src/mail/account.h"

struct imap_result;

struct asking {
	struct account *account;
	const char *what; /* static, "cannot tell the quota": for the error */
	account_done_fn *done;
	void *data;
	void (*release)(struct asking *asking); /* of the kind's own, or NULL */
};

/* Zeroed, of the size of the kind's struct. */
void *asking_new(size_t size, struct account *account, const char *what,
	account_done_fn *done, void *data);
/*
 * Whether there is a server that can be asked. If not, it ends when the loop
 * turns, with a sentence: offline, or "the server offers no THING (NAME)".
 */
bool asking_can_start(struct asking *asking, enum imap_capability cap,
	const char *thing);
/* Tells done once, and frees. Not after the room is released: nobody is there
 * to be told. */
void asking_end(struct asking *asking, const GError *error);
/* The same as session_done_fn; data is the asking. */
void asking_answered(const struct imap_result *result, void *data);

#endif
