/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What op.c and op-send.c know of one another. */
#ifndef CULVER_MAIL_OP_PRIVATE_H
#define CULVER_MAIL_OP_PRIVATE_H

#include "src/base/base.h"
#include "src/mail/op.h"

struct imap_result;

/* Its mailbox is open, and its turn has come. */
void op_send(struct op *op);
/* Sends it if its turn has come. The op may be gone then. */
void op_run(struct op *op);
/* The journal learns the target's UIDNEXT before the COPY is sent. */
void op_journal_again(struct op *op);

/* Of the answer to a step: false when it did not end well; the op may be gone
 * then. */
bool op_is_ok(struct op *op, const struct imap_result *result);
/* These end it. */
void op_confirm(struct op *op);
void op_give_up(struct op *op, int code, const char *text);

void op_free_identities(GArray *identities);

#endif
