/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Taking actions back. One that has not reached the server is withdrawn; one
 * whose answer is awaited is undone when it has come; one that was done is
 * undone by its opposite: flags for the messages that they made a difference
 * to, moves by COPYUID or, without it, by finding the messages again, copies
 * by COPYUID and UID EXPUNGE only. Work in another mailbox goes over a
 * connection beside the one that the user looks through.
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/mail/action-private.h"
#include "src/mail/ghost.h"
#include "src/mail/pattern.h"
#include "src/session/session.h"

static uint32_t restored_uid;
static unsigned undo_serial;

uint32_t action_restored_uid(void)
{
	return restored_uid;
}

static bool is_undoable(const struct action *action)
{
	return action->kind != ACTION_EXPUNGED && !action->is_undo_wanted &&
		(action->state == ACTION_PENDING ||
		action->state == ACTION_DONE);
}

static char *describe(const struct action *action)
{
	char *count = action_count_text(imap_seqset_count(&action->uids));
	char *target = action_target_text(action);
	char *text;

	if (action->kind == ACTION_COPIED)
		text = g_strdup_printf("%s copied to %s", count, target);
	else if (action->kind == ACTION_MOVED)
		text = g_strdup_printf("%s moved to %s", count, target);
	else
		text = g_strdup_printf("flags of %s %s", count,
			action->add ? "set" : "cleared");
	g_free(target);
	g_free(count);
	return text;
}

/* --- the end ------------------------------------------------------------------- */

/* Doing it again is doing it to all. */
static void note_restored(struct action *action, const GArray *uids)
{
	imap_seqset_copy(&action->uids, &action->rest);
	imap_seqset_clear(&action->rest);
	for (guint i = 0; uids != NULL && i < uids->len; i++)
		imap_seqset_add(&action->uids,
			g_array_index(uids, uint32_t, i));
	restored_uid = uids != NULL && uids->len > 0 ?
		g_array_index(uids, uint32_t, 0) : 0;
}

static void undo_finish(struct action *action)
{
	bool is_whole;

	if (action->undo_error != NULL) {
		action->state = ACTION_DONE;
		if (action->undo_done == NULL)
			account_say(action->account, true, "Not undone: %s",
				action->undo_error->message);
	} else {
		is_whole = action->kind != ACTION_MOVED ||
			imap_seqset_equal(&action->uids, &action->undo_uids);
		if (action->kind == ACTION_MOVED)
			imap_seqset_remove_set(&action->uids,
				&action->undo_uids);
		action->state = is_whole && !action->is_redo ? ACTION_UNDONE :
			ACTION_DONE;
		action->undone_at = ++undo_serial;
	}
	action->is_redo = false;
	action_tell(action->undo_done, action->undo_data,
		action->undo_error == NULL ? action->n_undone : 0,
		action->undo_error);
	g_clear_error(&action->undo_error);
	action->undo_done = NULL;
}

static void undo_fail(struct action *action, const char *format, ...)
	G_GNUC_PRINTF(2, 3);

static void undo_fail(struct action *action, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (action->undo_error == NULL)
		action->undo_error = g_error_new_valist(MAIL_ERROR,
			MAIL_ERROR_NOT_FOUND, format, args);
	va_end(args);
	undo_finish(action);
}

static void on_back_located(const uint32_t *found, const GError *error, void *data)
{
	struct action *action = data;
	uint32_t first = 0;

	action->locate = NULL;
	action->n_ops--;
	for (guint i = 0; error == NULL && i < action->identities->len; i++)
		if (found[i] != 0 && found[i] != UINT32_MAX &&
			(first == 0 || found[i] < first))
			first = found[i];
	restored_uid = first;
	undo_finish(action);
	if (action->state == ACTION_UNDONE)
		imap_seqset_clear(&action->uids);
}

/* The server did not tell what UIDs they have now: for the cursor. */
static bool locate_back(struct action *action, const struct op *op)
{
	if (op->to != NULL || action->identities == NULL ||
		op->entry->target_uid_next == 0 || mail.batch)
		return false;
	action->n_ops++;
	action->locate = locate_start(action->account, action->mailbox, NULL, 0,
		op->entry->target_uid_next, action->identities, on_back_located,
		action);
	return true;
}

/* The others are still as they were, and undoing it again goes on with them. */
static void say_stopped(const struct action *action,
	const struct imap_seqset *done)
{
	action_say(action->account, action->mailbox, ACTION_EVENT_STOPPED,
		imap_seqset_count(done), "Stopped: undone for %" G_GUINT64_FORMAT " of %u messages",
		imap_seqset_count(done), action->n_undone);
}

static void on_undo_op(struct op *op, const GError *error, void *data)
{
	struct action *action = data;
	bool is_back = error == NULL && action->kind == ACTION_MOVED;
	const struct session *session = account_session(action->account);
	/* Where the messages lie may have been found without being told. */
	bool tells = is_back && action->from != NULL && session != NULL &&
		session_has(session, IMAP_CAP_UIDPLUS);

	action->n_ops--;
	if (tells && op->to == NULL && !op->may_be_done &&
		action->undo_error == NULL)
		action->undo_error = g_error_new(MAIL_ERROR,
			MAIL_ERROR_NOT_FOUND,
			"the messages are no longer in %s", action->target);
	is_back = is_back && action->undo_error == NULL;
	if (error != NULL && action->undo_error == NULL)
		action->undo_error = g_error_copy(error);
	if (g_error_matches(error, MAIL_ERROR, MAIL_ERROR_CANCELLED))
		say_stopped(action, op_done_uids(op, error));
	if (action->n_ops > 0)
		return;
	if (is_back) {
		action_renumber_others(action, op);
		action_clear_copyuid(action);
	}
	if (is_back && locate_back(action, op))
		return;
	if (is_back && imap_seqset_equal(&action->uids, &action->undo_uids)) {
		/* They have new UIDs: for the cursor, and for doing it again. */
		undo_finish(action);
		note_restored(action, op->to);
		return;
	}
	if (is_back && op->to != NULL && op->to->len > 0)
		restored_uid = g_array_index(op->to, uint32_t, 0);
	undo_finish(action);
}

/* --- ops of an undo -------------------------------------------------------------- */

static struct journal_entry *entry_new(enum journal_kind kind,
	const struct imap_seqset *uids, uint32_t uid_validity)
{
	struct journal_entry *entry = g_new0(struct journal_entry, 1);

	entry->kind = kind;
	entry->uid_validity = uid_validity;
	imap_seqset_init(&entry->uids);
	imap_seqset_copy(&entry->uids, uids);
	return entry;
}

static void start_op(struct action *action, struct account *account,
	const char *mailbox_name, struct journal_entry *entry)
{
	struct mailbox *mailbox = mailbox_open_beside(account, mailbox_name);

	action->n_ops++;
	op_start(mailbox, entry, on_undo_op, action);
	mailbox_unref(&mailbox);
}

static void store_changes(struct action *action, bool add)
{
	for (guint i = 0; i < action->changes->len; i++) {
		const struct flag_change *change = action->changes->pdata[i];
		struct journal_entry *entry;

		if (imap_seqset_is_empty(&change->uids))
			continue;
		entry = entry_new(JOURNAL_STORE, &change->uids,
			action->uid_validity);
		entry->add = add;
		entry->flags = g_strdup(change->keyword != NULL ?
			change->keyword : imap_flag_name(
			(enum imap_flag)change->bit));
		start_op(action, action->account, action->mailbox, entry);
	}
}

static void move_back(struct action *action, const struct imap_seqset *uids,
	uint32_t uid_validity)
{
	struct journal_entry *entry = entry_new(JOURNAL_MOVE, uids, uid_validity);

	entry->target = g_strdup(action->mailbox);
	if (action->account != action->target_account)
		entry->target_account = g_strdup(action->account->name);
	start_op(action, action->target_account, action->target, entry);
}

/* UIDs in the target of those that are to come back. */
static void target_uids(const struct action *action, struct imap_seqset *uids_out)
{
	for (guint i = 0; action->from != NULL && i < action->from->len; i++)
		if (imap_seqset_has(&action->undo_uids,
			g_array_index(action->from, uint32_t, i)))
			imap_seqset_add(uids_out,
				g_array_index(action->to, uint32_t, i));
}

static void on_located(const uint32_t *found, const GError *error, void *data)
{
	struct action *action = data;
	struct imap_seqset uids;
	bool is_sure = true;

	action->locate = NULL;
	if (error != NULL) {
		undo_fail(action, "%s", error->message);
		return;
	}
	imap_seqset_init(&uids);
	for (guint i = 0; i < action->identities->len; i++) {
		if (!imap_seqset_has(&action->undo_uids, g_array_index(
			action->identities, struct identity, i).uid))
			continue;
		is_sure = is_sure && found[i] != 0 && found[i] != UINT32_MAX;
		if (is_sure)
			imap_seqset_add(&uids, found[i]);
	}
	if (is_sure && imap_seqset_count(&uids) ==
		imap_seqset_count(&action->undo_uids))
		move_back(action, &uids, 0);
	else
		undo_fail(action, "the server does not tell where the "
			"messages went, and in %s they cannot be told from "
			"others", action->target);
	imap_seqset_release(&uids);
}

static void undo_move(struct action *action)
{
	struct imap_seqset uids;

	imap_seqset_init(&uids);
	target_uids(action, &uids);
	if (imap_seqset_count(&uids) == imap_seqset_count(&action->undo_uids))
		move_back(action, &uids, action->target_uid_validity);
	else if (action->identities != NULL && action->target_uid_next != 0)
		action->locate = locate_start(action->target_account,
			action->target, NULL, 0, action->target_uid_next,
			action->identities, on_located,
			action);
	else
		undo_fail(action, "the server does not tell where the "
			"messages went; look in %s", action->target);
	imap_seqset_release(&uids);
}

static void undo_copy(struct action *action)
{
	struct session *session = account_session(action->target_account);
	struct journal_entry *entry;
	struct imap_seqset uids;

	imap_seqset_init(&uids);
	target_uids(action, &uids);
	if (imap_seqset_is_empty(&uids) || session == NULL ||
		!session_has(session, IMAP_CAP_UIDPLUS)) {
		undo_fail(action, "the server does not tell which messages "
			"the copies in %s are", action->target);
	} else {
		entry = entry_new(JOURNAL_STORE, &uids,
			action->target_uid_validity);
		entry->add = true;
		entry->flags = g_strdup("\\Deleted");
		start_op(action, action->target_account, action->target, entry);
		start_op(action, action->target_account, action->target,
			entry_new(JOURNAL_EXPUNGE, &uids,
			action->target_uid_validity));
	}
	imap_seqset_release(&uids);
}

static void undo_now(struct action *action)
{
	action->state = ACTION_UNDOING;
	action->n_undone = (uint32_t)imap_seqset_count(&action->undo_uids);
	if (action->kind == ACTION_MOVED)
		undo_move(action);
	else if (action->kind == ACTION_COPIED)
		undo_copy(action);
	else
		store_changes(action, !action->add);
}

void undo_continue(struct action *action)
{
	action->is_undo_wanted = false;
	imap_seqset_remove_set(&action->undo_uids, &action->rest);
	if (action->state == ACTION_DONE) {
		undo_now(action);
		return;
	}
	/* It was refused, or had not begun: all is as before, which is what
	 * was wanted. */
	if (!imap_seqset_is_empty(&action->rest)) {
		imap_seqset_copy(&action->uids, &action->rest);
		imap_seqset_clear(&action->rest);
		action->state = ACTION_UNDONE;
		action->undone_at = ++undo_serial;
	}
	action_tell(action->undo_done, action->undo_data, 0, NULL);
	action->undo_done = NULL;
}

/* --- beginning ---------------------------------------------------------------------- */

/* It never reached the server. */
static bool withdraw(struct action *action)
{
	GError *error;

	if (action->op == NULL ||
		!imap_seqset_equal(&action->uids, &action->undo_uids) ||
		!op_withdraw(action->op))
		return false;
	action->op = NULL;
	action->n_ops--;
	action->state = ACTION_UNDONE;
	action->undone_at = ++undo_serial;
	error = g_error_new(MAIL_ERROR, MAIL_ERROR_CANCELLED,
		"undone before it was sent");
	action_tell(action->done, action->data, 0, error);
	g_error_free(error);
	action->done = NULL;
	restored_uid = imap_seqset_min(&action->uids);
	action_tell(action->undo_done, action->undo_data,
		(uint32_t)imap_seqset_count(&action->uids), NULL);
	action->undo_done = NULL;
	return true;
}

/* subset NULL: all of it. */
static void undo_start(struct action *action, const struct imap_seqset *subset,
	action_done_fn *done, void *data)
{
	imap_seqset_clear(&action->undo_uids);
	imap_seqset_copy(&action->undo_uids, &action->uids);
	if (subset != NULL)
		imap_seqset_intersect(&action->undo_uids, subset);
	action->undo_done = done;
	action->undo_data = data;
	restored_uid = 0;
	if (action->state == ACTION_PENDING && !withdraw(action)) {
		action->is_undo_wanted = true;
		/* What has not been sent need not be done first. */
		if (action->op != NULL && imap_seqset_equal(&action->uids,
			&action->undo_uids))
			op_stop(action->op);
	} else if (action->state == ACTION_DONE)
		undo_now(action);
}

static struct action *last_undoable(void)
{
	for (guint i = action_stack->len; i > 0; i--)
		if (is_undoable(action_stack->pdata[i - 1]))
			return action_stack->pdata[i - 1];
	return NULL;
}

/* "3 messages moved to Archive" */
static void say_again(const struct action *action, enum action_event_kind kind,
	const char *what)
{
	char *text = describe(action);

	action_say(action->account, action->mailbox, kind,
		imap_seqset_count(&action->uids), "%s: %s", what, text);
	g_free(text);
}

bool action_undo(action_done_fn *done, void *data, GError **error)
{
	struct action *action = last_undoable();

	if (action == NULL) {
		g_set_error(error, MAIL_ERROR, MAIL_ERROR_NOT_FOUND,
			"nothing to undo");
		return false;
	}
	say_again(action, ACTION_EVENT_UNDONE, "Undone");
	undo_start(action, NULL, done, data);
	return true;
}

/* --- again ---------------------------------------------------------------------------- */

static struct action *last_undone(void)
{
	struct action *last = NULL;

	for (guint i = 0; i < action_stack->len; i++) {
		struct action *action = action_stack->pdata[i];

		if (action->state == ACTION_UNDONE &&
			(last == NULL || action->undone_at > last->undone_at))
			last = action;
	}
	return last;
}

/* On top again, so that it is the next to be undone. */
static void raise_action(struct action *action)
{
	g_ptr_array_remove(action_stack, action);
	g_ptr_array_add(action_stack, action);
}

static void redo_now(struct action *action, action_done_fn *done, void *data)
{
	struct mailbox *mailbox;

	action_clear_copyuid(action);
	action_clear_identities(action);
	if (action->kind == ACTION_FLAGGED) {
		/* Its ops are those of an undo of the undo. */
		action->state = ACTION_UNDOING;
		action->undo_done = done;
		action->undo_data = data;
		action->is_redo = true;
		action->n_undone = (uint32_t)imap_seqset_count(&action->uids);
		store_changes(action, action->add);
		return;
	}
	mailbox = mailbox_open_beside(action->account, action->mailbox);
	action_start_move(action, mailbox, done, data);
	mailbox_unref(&mailbox);
}

bool action_redo(action_done_fn *done, void *data, GError **error)
{
	struct action *action = last_undone();

	if (action == NULL || imap_seqset_is_empty(&action->uids)) {
		g_set_error(error, MAIL_ERROR, MAIL_ERROR_NOT_FOUND,
			action == NULL ? "nothing to do again" :
			"it cannot be done again: the server does not tell "
			"which messages came back");
		return false;
	}
	say_again(action, ACTION_EVENT_REDONE, "Done again");
	raise_action(action);
	redo_now(action, done, data);
	return true;
}

/* --- undeleting ------------------------------------------------------------------------- */

static bool is_deletion_in(const struct action *action, const struct mailbox *mailbox)
{
	return action->is_deletion && is_undoable(action) &&
		action->account == mailbox->account &&
		strcmp(action->mailbox, mailbox->name) == 0;
}

bool action_undelete_last(struct mailbox *mailbox, uint32_t *uid_out, action_done_fn *done, void *data, GError **error)
{
	struct action *action = NULL;
	char *count;

	*uid_out = 0;
	for (guint i = action_stack->len; i > 0 && action == NULL; i--)
		if (is_deletion_in(action_stack->pdata[i - 1], mailbox))
			action = action_stack->pdata[i - 1];
	if (action == NULL) {
		g_set_error(error, MAIL_ERROR, MAIL_ERROR_NOT_FOUND,
			"nothing has been deleted here that could come back");
		return false;
	}
	count = action_count_text(imap_seqset_count(&action->uids));
	action_say(action->account, action->mailbox, ACTION_EVENT_UNDELETED,
		imap_seqset_count(&action->uids), "%s undeleted", count);
	g_free(count);
	if (action->kind == ACTION_FLAGGED)
		*uid_out = imap_seqset_min(&action->uids);
	undo_start(action, NULL, done, data);
	if (action->state == ACTION_UNDONE)
		*uid_out = imap_seqset_min(&action->uids);
	return true;
}

void action_deleted_uids(struct mailbox *mailbox, struct imap_seqset *uids_out)
{
	for (guint i = 0; i < action_stack->len; i++) {
		const struct action *action = action_stack->pdata[i];

		if (action->kind == ACTION_MOVED &&
			is_deletion_in(action, mailbox))
			imap_seqset_add_set(uids_out, &action->uids);
	}
}

void action_deleted_matches(struct mailbox *mailbox, const struct pattern *pattern, struct imap_seqset *uids_out)
{
	if (strcmp(pattern_text(pattern), "~A") == 0) {
		action_deleted_uids(mailbox, uids_out);
		return;
	}
	for (guint i = 0; i < action_stack->len; i++) {
		const struct action *action = action_stack->pdata[i];

		if (action->kind != ACTION_MOVED || action->ghosts == NULL ||
			!is_deletion_in(action, mailbox))
			continue;
		for (guint k = 0; k < action->ghosts->len; k++) {
			const struct ghost *ghost = action->ghosts->pdata[k];

			if (imap_seqset_has(&action->uids, ghost->record.uid) &&
				pattern_match_ghost(pattern, mailbox, ghost))
				imap_seqset_add(uids_out, ghost->record.uid);
		}
	}
}

/* Several undos that end as one. */
struct together {
	unsigned left;
	uint32_t changed;
	GError *error;
	action_done_fn *done;
	void *data;
};

static void on_part_done(uint32_t changed, const GError *error, void *data)
{
	struct together *together = data;

	together->changed += changed;
	if (error != NULL && together->error == NULL)
		together->error = g_error_copy(error);
	if (--together->left > 0)
		return;
	action_untrack(together);
	if (together->done != NULL)
		together->done(together->error == NULL ? together->changed : 0,
			together->error, together->data);
	g_clear_error(&together->error);
	g_free(together);
}

static void collect_marked(struct mailbox *mailbox,
	const struct imap_seqset *uids, struct imap_seqset *marked_out)
{
	action_marked_uids(mailbox, marked_out);
	imap_seqset_intersect(marked_out, uids);
}

void action_undelete(struct mailbox *mailbox, const struct imap_seqset *uids, action_done_fn *done, void *data)
{
	const struct imap_flags deleted = { .system = IMAP_FLAG_DELETED };
	struct together *together = g_new0(struct together, 1);
	GPtrArray *actions = g_ptr_array_new();
	struct imap_seqset marked;
	uint64_t n = 0;
	char *count;

	together->done = done;
	together->data = data;
	action_track(together, &together->done, data);
	imap_seqset_init(&marked);
	collect_marked(mailbox, uids, &marked);
	for (guint i = 0; i < action_stack->len; i++) {
		struct action *action = action_stack->pdata[i];
		struct imap_seqset both;

		if (action->kind != ACTION_MOVED ||
			!is_deletion_in(action, mailbox))
			continue;
		imap_seqset_init(&both);
		imap_seqset_copy(&both, uids);
		imap_seqset_intersect(&both, &action->uids);
		if (!imap_seqset_is_empty(&both))
			g_ptr_array_add(actions, action);
		n += imap_seqset_count(&both);
		imap_seqset_release(&both);
	}
	together->left = actions->len + 1;
	for (guint i = 0; i < actions->len; i++)
		undo_start(actions->pdata[i], uids, on_part_done, together);
	action_flag(mailbox, &marked, false, &deleted, on_part_done, together);
	n += imap_seqset_count(&marked);
	count = action_count_text(n);
	action_say(mailbox->account, mailbox->name, ACTION_EVENT_UNDELETED, n,
		n > 0 ? "%s undeleted" : "no deleted message matches", count);
	g_free(count);
	g_ptr_array_free(actions, TRUE);
	imap_seqset_release(&marked);
}
