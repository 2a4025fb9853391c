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

enum { NOTES_MAX = 20 };

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
	op_set_change(op, selection_store(op->mailbox->selection,
		&op->entry->uids, op->entry->add, &flags, on_plain, op), true);
}

static void add_pair(struct op *op, uint32_t from, uint32_t to)
{
	if (op->from == NULL) {
		op->from = g_array_new(FALSE, FALSE, sizeof(uint32_t));
		op->to = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	}
	g_array_append_val(op->from, from);
	g_array_append_val(op->to, to);
}

/* Whoever disables UIDPLUS does not trust what it says. */
static void take_copyuid(struct op *op, const struct imap_copyuid *copyuid)
{
	if (copyuid == NULL || copyuid->from->len != copyuid->to->len ||
		session_of(op) == NULL || !session_has(session_of(op), IMAP_CAP_UIDPLUS))
		return;
	op->target_uid_validity = copyuid->uid_validity;
	for (guint i = 0; i < copyuid->from->len; i++)
		add_pair(op, g_array_index(copyuid->from, uint32_t, i),
			g_array_index(copyuid->to, uint32_t, i));
}

void op_note_copies(struct op *op, const struct imap_seqset *from,
	const struct imap_copyuid *copyuid)
{
	guint n = 0;

	if (copyuid == NULL || copyuid->to->len != imap_seqset_count(from) ||
		!session_has(account_session(op_target_account(op)),
		IMAP_CAP_UIDPLUS))
		return;
	op->target_uid_validity = copyuid->uid_validity;
	for (size_t i = 0; i < imap_seqset_n_ranges(from); i++) {
		struct imap_range range = imap_seqset_range(from, i);

		for (uint64_t uid = range.first; uid <= range.last; uid++)
			add_pair(op, (uint32_t)uid, g_array_index(copyuid->to,
				uint32_t, n++));
	}
}

static void on_copied_or_moved(const struct imap_result *result,
	const struct imap_copyuid *copyuid, void *data)
{
	struct op *op = data;

	take_copyuid(op, copyuid);
	if (op_is_ok(op, result))
		op_confirm(op);
}

/* A move without MOVE: COPY, +\Deleted, UID EXPUNGE, each after the other. */
void op_set_step(struct op *op, enum journal_step step)
{
	op->entry->step = step;
	op_begin_step(op);
	if (mail.journal != NULL)
		journal_set_step(mail.journal, op->entry->id, step);
	op->phase = OP_WAITING;
	op_run(op);
}

static void on_marked(const struct imap_result *result, void *data)
{
	struct op *op = data;

	if (op_is_ok(op, result))
		op_set_step(op, JOURNAL_STEP_MARKED);
}

static void on_copied(const struct imap_result *result,
	const struct imap_copyuid *copyuid, void *data)
{
	struct op *op = data;

	take_copyuid(op, copyuid);
	if (op_is_ok(op, result))
		op_set_step(op, JOURNAL_STEP_COPIED);
}

static void send_mark(struct op *op)
{
	const struct imap_flags deleted = { .system = IMAP_FLAG_DELETED };

	op_set_change(op, selection_store(op->mailbox->selection,
		&op->entry->uids, true, &deleted, on_marked, op), false);
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
		op_target_account(op), op_target_name(op));

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
		op_set_change(op, selection_move(selection, &op->entry->uids,
			op->entry->target, on_copied_or_moved, op), true);
	else
		op_set_change(op, selection_copy(selection, &op->entry->uids,
			op->entry->target, on_copied, op), false);
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
	else if (op->entry->kind != JOURNAL_EXPUNGE)
		leave_marked(op);
	else
		refuse_expunge(op, uids);
	imap_seqset_release(&ours);
}

/* Without UIDPLUS only if nothing else would go with it. */
static void expunge_exactly(struct op *op)
{
	if (session_has(session_of(op), IMAP_CAP_UIDPLUS))
		op_set_change(op, selection_uid_expunge(op->mailbox->selection,
			&op->entry->uids, on_plain, op), true);
	else
		op->request = selection_search(op->mailbox->selection,
			imap_text_new("DELETED"), SESSION_INTERACTIVE,
			on_marked_found, op);
}

/* --- COPY: first what the target is, and what it has ---------------------------------- */

/* Whether doing it twice would be once too many. */
static bool copies(const struct op *op)
{
	if (op->entry->step != JOURNAL_STEP_NONE)
		return false;
	switch (op->entry->kind) {
	case JOURNAL_MOVE:
		return op->entry->target_account != NULL ||
			!session_has(session_of(op), IMAP_CAP_MOVE);
	case JOURNAL_COPY:
	case JOURNAL_APPEND:
	case JOURNAL_REPLACE:
		return true;
	case JOURNAL_STORE:
	case JOURNAL_EXPUNGE:
		break;
	}
	return false;
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
		op_is_ok(op, result);
		return;
	}
	/* Of a mailbox that is just being opened it is not asked: once it is
	 * open, its UIDNEXT is known. */
	if (op->entry->target_uid_next == 0 && op->n_looks < NOTES_MAX &&
		result->outcome == IMAP_OUTCOME_OK &&
		account_open_mailbox(op_target_account(op),
		op_target_name(op)) != NULL) {
		op->n_looks++;
		op_try_again(op);
		return;
	}
	op->is_noted = true;
	op_journal_target(op);
}

static void note_target(struct op *op)
{
	struct account *account = op_target_account(op);
	struct mailbox *open = account_open_mailbox(account,
		op_target_name(op));

	if (open != NULL && open->is_open && open->uid_next != 0) {
		op->entry->target_uid_next = open->uid_next;
		op->entry->target_uid_validity = open->uid_validity;
		op->is_noted = true;
		op_journal_target(op);
		return;
	}
	op->is_elsewhere = true;
	op->request = session_status(account_session(account),
		op_target_name(op), SESSION_INTERACTIVE, on_status_item, on_status, op);
}

/* What is there already is not sent again; some of them may be missing if they
 * went one by one. */
static void take_found(struct op *op, const uint32_t *found)
{
	struct imap_seqset *uids = &op->entry->uids;
	bool is_spool = op->entry->spool != NULL;

	op->is_all_there = true;
	op->target_uid_validity = op->entry->target_uid_validity;
	for (guint i = 0; i < op->identities->len; i++) {
		uint32_t uid = g_array_index(op->identities, struct identity,
			i).uid;

		if (found[i] == 0) {
			op->is_all_there = false;
			continue;
		}
		if (!is_spool)
			imap_seqset_remove(uids, uid);
		if (found[i] != UINT32_MAX)
			add_pair(op, uid, found[i]);
	}
	if (!is_spool)
		op->is_all_there = imap_seqset_is_empty(uids);
}

static void on_located(const uint32_t *found, const GError *error, void *data)
{
	struct op *op = data;

	op->locate = NULL;
	if (error != NULL) {
		if (g_error_matches(error, MAIL_ERROR, MAIL_ERROR_NOT_FOUND) ||
			g_error_matches(error, MAIL_ERROR, MAIL_ERROR_SERVER))
			op_give_up(op, MAIL_ERROR_SERVER, error->message);
		else
			op_try_again(op);
		return;
	}
	take_found(op, found);
	op->may_be_done = false;
	op->phase = OP_WAITING;
	if (!op->is_all_there)
		op_run(op);
	else if (op->entry->kind == JOURNAL_MOVE ||
		op->entry->kind == JOURNAL_REPLACE)
		op_set_step(op, JOURNAL_STEP_COPIED);
	else
		op_confirm(op);
}

/* A person's message is known by what its file has. */
static GArray *identity_of_spool(const struct op *op)
{
	GArray *identities = g_array_new(FALSE, TRUE, sizeof(struct identity));
	struct identity identity = {
		.message_id = g_strdup(op->entry->message_id),
		.internaldate = op->entry->internaldate,
		.size = op->entry->size,
	};

	g_array_append_val(identities, identity);
	return identities;
}

/* Of a former process nobody knows how far it came: what is gone from here, it
 * moved, or somebody else removed. */
static void identify_again(struct op *op)
{
	struct imap_seqset present;

	op_free_identities(op->identities);
	op->identities = identities_of(op->mailbox, &op->entry->uids);
	imap_seqset_init(&present);
	for (guint i = 0; i < op->identities->len; i++)
		imap_seqset_add(&present, g_array_index(op->identities,
			struct identity, i).uid);
	imap_seqset_intersect(&op->entry->uids, &present);
	imap_seqset_release(&present);
}

static void check_target(struct op *op)
{
	if (op->identities == NULL && op->entry->spool != NULL)
		op->identities = identity_of_spool(op);
	else if (op->identities == NULL || op->identities->len == 0)
		identify_again(op);
	/* Another server, and a file, know nothing of its identities. */
	op->locate = locate_start(op_target_account(op), op_target_name(op),
		op->entry->target_account == NULL && op->entry->spool == NULL ?
		op->mailbox : NULL, op->entry->target_uid_validity,
		op->entry->target_uid_next, op->identities, on_located, op);
}

/* Of a replayed copy the rows are needed to know the messages by. */
bool op_knows_rows(struct op *op)
{
	bool lacks_some = false;

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
	op->is_elsewhere = false;
	if (copies(op) && op->may_be_done && op->entry->target_uid_next != 0) {
		if (op->identities != NULL || op->entry->spool != NULL ||
			op_knows_rows(op))
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
	} else if (op->entry->step == JOURNAL_STEP_NONE &&
		op->entry->spool != NULL) {
		op_append(op);
	} else if (op->entry->step == JOURNAL_STEP_NONE &&
		op->entry->target_account != NULL) {
		/* Their flags and dates go with them. */
		if (op_knows_rows(op))
			op->carry = carry_start(op);
		else
			op->phase = OP_WAITING;
	} else if (op->entry->kind == JOURNAL_COPY) {
		op_set_change(op, selection_copy(op->mailbox->selection,
			&op->entry->uids, op->entry->target,
			on_copied_or_moved, op), true);
	} else {
		send_move(op);
	}
}
