/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What op.c and op-send.c know of one another. */
#ifndef CULVER_MAIL_OP_PRIVATE_H
#define CULVER_MAIL_OP_PRIVATE_H

#include "src/base/base.h"
#include "src/mail/op.h"

struct imap_copyuid;
struct imap_result;

/* Its mailbox is open, and its turn has come. */
void op_send(struct op *op);
/* Sends it if its turn has come. The op may be gone then. */
void op_run(struct op *op);
/* The journal learns the target's UIDNEXT before the COPY is sent. */
void op_journal_target(struct op *op);

/* Of the answer to a step: false when it did not end well; the op may be gone
 * then. */
bool op_is_ok(struct op *op, const struct imap_result *result);
/* A step of several was done: on with the next. */
void op_set_step(struct op *op, enum journal_step step);
/* The message of a file of the state directory (append.c), or messages of
 * another account (carry.c), to the target. */
void op_append(struct op *op);
struct carry *carry_start(struct op *op);
void carry_cancel(struct carry **carry);
/* It needs the mailbox that the messages are in. */
bool carry_is_fetching(const struct carry *carry);
/* The server's COPYUID or APPENDUID: these came to lie there. */
void op_note_copies(struct op *op, const struct imap_seqset *from,
	const struct imap_copyuid *copyuid);
/* What identifies them is there; rows that are not loaded are asked for. */
bool op_knows_rows(struct op *op);
/* Its turn comes again, if only the connection of its own was lost: of the
 * others mailboxes and accounts tell. */
void op_try_again(struct op *op);
/* These end it. */
void op_confirm(struct op *op);
void op_give_up(struct op *op, int code, const char *text);

void op_free_identities(GArray *identities);

/* --- op-adopt.c: what former processes left --------------------------------- */

/* Opens the journal. */
void adopted_open(void);
/* The account is online. */
void adopted_start(struct account *account);
void adopted_release(void);

/* --- op-part.c: a change of many messages is done part by part ------------ */

/* The request that does the step; is_final: nothing comes behind it. */
void op_set_change(struct op *op, struct session_request *request,
	bool is_final);
/* The next step is of all; what the one before confirmed is forgotten. */
void op_begin_step(struct op *op);
/* The connection was lost: what was confirmed is not sent again. */
void op_keep_rest(struct op *op);
/* It was stopped in a step that is not the last: what that one did goes on,
 * the rest comes back. false: it did nothing. */
bool op_keep_confirmed(struct op *op);
void op_tell_progress(const struct op *op);
/* Ends it with the messages as they were before. */
void op_cancel(struct op *op);

#endif
