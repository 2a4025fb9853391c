/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an op says to the server: STORE, MOVE or its three steps, COPY after a
 * look at the target, UID EXPUNGE or, without it, EXPUNGE where it does no
 * more than was asked.
 */
#include "src/base/base.h"
#include "src/mail/op.h"
#include "src/base/error.h"
#include "src/imap/list.h"
#include "src/imap/search.h"
#include "src/imap/write.h"
#include "src/mail/op-private.h"
#include "src/session/session.h"

static struct session *session_of(const struct op *op)
{
	return account_session(op->mailbox->account);
}

static void on_plain(const struct imap_result *result, void *data)
{
	struct op *op = data;

	if (op_is_ok(op, result))
		op_confirm(op);
}

static void send_store(struct op *op)
{
	const struct overlay *overlay = &op->overlay;
	struct imap_flags flags = { .system = overlay->system,
		.keywords = (const char *const *)overlay->keywords };

	flags.n_keywords = overlay->keywords == NULL ? 0 :
		g_strv_length(overlay->keywords);
	op->request = selection_store(op->mailbox->selection,
		&op->entry->uids, op->entry->add, &flags, on_plain, op);
}

static void take_copyuid(struct op *op, const struct imap_copyuid *copyuid)
{
	/* Whoever disables UIDPLUS does not trust what it says. */
	if (copyuid == NULL || copyuid->from->len != copyuid->to->len ||
		!session_has(session_of(op), IMAP_CAP_UIDPLUS))
		return;
	op->target_uid_validity = copyuid->uid_validity;
	op->from = g_array_copy(copyuid->from);
	op->to = g_array_copy(copyuid->to);
}

static void on_copied_or_moved(const struct imap_result *result,
	const struct imap_copyuid *copyuid, void *data)
{
	struct op *op = data;

	if (!op_is_ok(op, result))
		return;
	take_copyuid(op, copyuid);
	op_confirm(op);
}

/* A move without MOVE: COPY, +\Deleted, UID EXPUNGE, each after the other. */
static void set_step(struct op *op, enum journal_step step)
{
	op->entry->step = step;
	if (mail.journal != NULL)
		journal_set_step(mail.journal, op->entry->id, step);
	op->phase = OP_WAITING;
	op_run(op);
}

static void on_marked(const struct imap_result *result, void *data)
{
	struct op *op = data;

	if (op_is_ok(op, result))
		set_step(op, JOURNAL_STEP_MARKED);
}

static void on_copied(const struct imap_result *result,
	const struct imap_copyuid *copyuid, void *data)
{
	struct op *op = data;

	if (!op_is_ok(op, result))
		return;
	take_copyuid(op, copyuid);
	set_step(op, JOURNAL_STEP_COPIED);
}

static void send_mark(struct op *op)
{
	const struct imap_flags deleted = { .system = IMAP_FLAG_DELETED };

	op->request = selection_store(op->mailbox->selection,
		&op->entry->uids, true, &deleted, on_marked, op);
}

/* The copies are there; the originals stay, and are shown with their mark. */
static void leave_marked(struct op *op)
{
	op->remark = g_strdup_printf("the server cannot expunge single "
		"messages, and others are marked there: %" G_GUINT64_FORMAT
		" stay marked as deleted in %s",
		imap_seqset_count(&op->entry->uids), op->mailbox->name);
	op->overlay.hides = false;
	op->overlay.add = true;
	op->overlay.system = IMAP_FLAG_DELETED;
	op_confirm(op);
}

static void expunge_exactly(struct op *op);

/* A lower bound costs nothing, and undo finds the messages by it when the
 * answer with COPYUID was lost. */
static void note_roughly(struct op *op)
{
	const struct account_mailbox *target = account_mailbox_find(
		op->mailbox->account, op->entry->target);

	if (op->entry->target_uid_next == 0 && target != NULL)
		op->entry->target_uid_next = target->uid_next;
}

static void send_move(struct op *op)
{
	struct selection *selection = op->mailbox->selection;

	note_roughly(op);
	if (op->entry->step == JOURNAL_STEP_COPIED)
		send_mark(op);
	else if (op->entry->step == JOURNAL_STEP_MARKED)
		expunge_exactly(op);
	else if (session_has(session_of(op), IMAP_CAP_MOVE))
		op->request = selection_move(selection, &op->entry->uids,
			op->entry->target, on_copied_or_moved, op);
	else
		op->request = selection_copy(selection, &op->entry->uids,
			op->entry->target, on_copied, op);
}

/* --- EXPUNGE ------------------------------------------------------------------------ */

static void refuse_expunge(struct op *op, const struct imap_seqset *marked)
{
	char *text = g_strdup_printf("not expunged: the server can only expunge "
		"all marked messages, and %" G_GUINT64_FORMAT " are marked "
		"there, not %" G_GUINT64_FORMAT "; they stay marked",
		imap_seqset_count(marked), imap_seqset_count(&op->entry->uids));

	op_give_up(op, MAIL_ERROR_SERVER, text);
	g_free(text);
}

static void on_marked_found(const struct imap_result *result,
	const struct imap_seqset *uids, void *data)
{
	struct op *op = data;
	struct imap_seqset ours;

	if (!op_is_ok(op, result))
		return;
	/* Those that are gone, or not marked any more, are not in the way: the
	 * answer to an EXPUNGE may have been lost. */
	imap_seqset_init(&ours);
	imap_seqset_copy(&ours, &op->entry->uids);
	imap_seqset_intersect(&ours, uids);
	if (imap_seqset_is_empty(&ours))
		op_confirm(op);
	else if (imap_seqset_equal(uids, &ours))
		op->request = selection_expunge_all(op->mailbox->selection,
			on_plain, op);
	else if (op->entry->kind == JOURNAL_MOVE)
		leave_marked(op);
	else
		refuse_expunge(op, uids);
	imap_seqset_release(&ours);
}

/* Without UIDPLUS only if nothing else would go with it. */
static void expunge_exactly(struct op *op)
{
	if (session_has(session_of(op), IMAP_CAP_UIDPLUS))
		op->request = selection_uid_expunge(op->mailbox->selection,
			&op->entry->uids, on_plain, op);
	else
		op->request = selection_search(op->mailbox->selection,
			imap_text_new("DELETED"), SESSION_INTERACTIVE,
			on_marked_found, op);
}

/* --- COPY: first what the target is, and what it has ---------------------------------- */

/* Whether a second COPY would be one too many. */
static bool copies(const struct op *op)
{
	return op->entry->kind == JOURNAL_COPY ||
		(op->entry->kind == JOURNAL_MOVE &&
		op->entry->step == JOURNAL_STEP_NONE &&
		!session_has(session_of(op), IMAP_CAP_MOVE));
}

static void on_status_item(const struct imap_status *status, void *data)
{
	struct op *op = data;

	if (status->has_uid_next)
		op->entry->target_uid_next = status->uid_next;
	if (status->has_uid_validity)
		op->entry->target_uid_validity = status->uid_validity;
}

static void on_status(const struct imap_result *result, void *data)
{
	struct op *op = data;

	op->request = NULL;
	/* NO: the COPY will say why, and [TRYCREATE] with it. */
	if (result->outcome != IMAP_OUTCOME_OK &&
		result->outcome != IMAP_OUTCOME_NO) {
		if (op_is_ok(op, result))
			return;
		return;
	}
	op->is_noted = true;
	op_journal_again(op);
}

static void note_target(struct op *op)
{
	struct mailbox *open = account_open_mailbox(op->mailbox->account,
		op->entry->target);

	if (open != NULL && open->is_open && open->uid_next != 0) {
		op->entry->target_uid_next = open->uid_next;
		op->entry->target_uid_validity = open->uid_validity;
		op->is_noted = true;
		op_journal_again(op);
		return;
	}
	op->request = session_status(session_of(op), op->entry->target,
		SESSION_INTERACTIVE, on_status_item, on_status, op);
}

static void on_located(const uint32_t *found, const GError *error, void *data)
{
	struct op *op = data;

	op->locate = NULL;
	if (error != NULL) {
		op->phase = OP_WAITING;
		if (g_error_matches(error, MAIL_ERROR, MAIL_ERROR_NOT_FOUND) ||
			g_error_matches(error, MAIL_ERROR, MAIL_ERROR_SERVER))
			op_give_up(op, MAIL_ERROR_SERVER, error->message);
		return;
	}
	for (guint i = 0; i < op->identities->len; i++)
		if (found[i] != 0)
			imap_seqset_remove(&op->entry->uids, g_array_index(
				op->identities, struct identity, i).uid);
	op->may_be_done = false;
	op->phase = OP_WAITING;
	if (!imap_seqset_is_empty(&op->entry->uids)) {
		op_run(op);
	} else if (op->entry->kind == JOURNAL_COPY) {
		op_confirm(op);
	} else {
		imap_seqset_copy(&op->entry->uids, &op->overlay.uids);
		set_step(op, JOURNAL_STEP_COPIED);
	}
}

static void check_target(struct op *op)
{
	if (op->identities == NULL || op->identities->len == 0) {
		op_free_identities(op->identities);
		op->identities = identities_of(op->mailbox, &op->entry->uids);
	}
	op->locate = locate_start(op->mailbox->account, op->entry->target,
		op->mailbox, op->entry->target_uid_next, op->identities, on_located, op);
}

/* Of a replayed copy the rows are needed to know the messages by. */
static bool has_identities(struct op *op)
{
	bool lacks_some = false;

	if (op->identities != NULL)
		return true;
	/* What is not there before all is known may still turn up. */
	if (op->mailbox->shadow != NULL ||
		!selection_is_mapped(op->mailbox->selection))
		return false;
	for (size_t i = 0; i < imap_seqset_n_ranges(&op->entry->uids); i++) {
		struct imap_range range = imap_seqset_range(&op->entry->uids, i);
		uint32_t pos = table_lower_bound(op->mailbox->table, range.first);

		for (; pos < table_length(op->mailbox->table); pos++) {
			struct message_row row;

			if (mailbox_uid_at(op->mailbox, pos) > range.last)
				break;
			mailbox_get_row(op->mailbox, pos, &row);
			lacks_some |= !row.is_loaded;
		}
	}
	return !lacks_some;
}

/* --- which ------------------------------------------------------------------ */

void op_send(struct op *op)
{
	op->phase = OP_SENT;
	if (copies(op) && op->may_be_done && op->entry->target_uid_next != 0) {
		if (has_identities(op))
			check_target(op);
		else
			op->phase = OP_WAITING;
		return;
	}
	if (op->entry->kind == JOURNAL_STORE) {
		send_store(op);
	} else if (op->entry->kind == JOURNAL_EXPUNGE) {
		expunge_exactly(op);
	} else if (!op->is_noted && (copies(op) ||
		!session_has(session_of(op), IMAP_CAP_UIDPLUS))) {
		note_target(op);
	} else if (op->entry->kind == JOURNAL_COPY) {
		op->request = selection_copy(op->mailbox->selection,
			&op->entry->uids, op->entry->target,
			on_copied_or_moved, op);
	} else {
		send_move(op);
	}
}
