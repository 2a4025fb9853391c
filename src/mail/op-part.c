/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A change of a hundred thousand messages goes out in helpings. What one of
 * them confirmed is the server's state at once, is not sent again after a lost
 * connection, and stays when the rest is stopped.
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/mail/op-private.h"
#include "src/session/session.h"

static void on_part(const struct imap_seqset *uids, void *data)
{
	struct op *op = data;

	imap_seqset_add_set(&op->confirmed, uids);
	op->had = imap_seqset_count(&op->confirmed);
	op->wanted = imap_seqset_count(&op->all);
	if (op->is_final)
		mailbox_end_part(op->mailbox, &op->overlay, uids,
			OVERLAY_CONFIRMED);
	op_tell_progress(op);
}

void op_set_change(struct op *op, struct session_request *request,
	bool is_final)
{
	op->request = request;
	op->is_change = true;
	op->is_final = is_final;
	op->wanted = imap_seqset_count(&op->all);
	selection_tell_parts(request, on_part);
	op_tell_progress(op);
}

void op_begin_step(struct op *op)
{
	imap_seqset_clear(&op->confirmed);
	imap_seqset_copy(&op->entry->uids, &op->all);
	op->had = 0;
}

void op_keep_rest(struct op *op)
{
	imap_seqset_remove_set(&op->entry->uids, &op->confirmed);
}

bool op_keep_confirmed(struct op *op)
{
	struct imap_seqset rest;

	op->is_stopping = false;
	if (op->is_final || imap_seqset_is_empty(&op->confirmed))
		return false;
	imap_seqset_init(&rest);
	imap_seqset_copy(&rest, &op->all);
	imap_seqset_remove_set(&rest, &op->confirmed);
	mailbox_end_part(op->mailbox, &op->overlay, &rest, OVERLAY_DROPPED);
	imap_seqset_copy(&op->all, &op->confirmed);
	imap_seqset_release(&rest);
	return true;
}

const struct imap_seqset *op_done_uids(const struct op *op,
	const GError *error)
{
	static const struct imap_seqset none;

	if (error == NULL)
		return &op->all;
	return op->is_final ? &op->confirmed : &none;
}

/* What has not been sent comes back at once. */
static void stop_change(struct op *op)
{
	struct imap_seqset left;

	imap_seqset_init(&left);
	op->is_stopping = true;
	selection_stop(op->request, &left);
	mailbox_end_part(op->mailbox, &op->overlay, &left, OVERLAY_DROPPED);
	imap_seqset_release(&left);
}

bool op_stop(struct op *op)
{
	if (op->phase == OP_ENDED || op->entry->spool != NULL ||
		op->entry->step != JOURNAL_STEP_NONE)
		return false;
	if (op->carry != NULL) {
		op->is_stopping = true;
		return true;
	}
	if (op->phase == OP_SENT && !op->is_change)
		return false;
	if (op->phase != OP_SENT) {
		op_cancel(op);
		return true;
	}
	stop_change(op);
	return true;
}
