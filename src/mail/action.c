/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a user does to messages. An action is made of ops (op.h) and remembers
 * what it needs to be undone: for flags the messages that did not have them
 * before, for moves where the messages came to lie. Undoing is in undo.c, flags
 * are in action-flags.c.
 */
#include "src/base/base.h"
#include "src/mail/action.h"
#include "src/base/error.h"
#include "src/imap/list.h"
#include "src/mail/action-private.h"
#include "src/mail/ghost.h"

GPtrArray *action_stack;
/* --- life ------------------------------------------------------------------------ */

struct action *action_new(struct mailbox *mailbox, enum action_kind kind,
	const struct imap_seqset *uids)
{
	struct action *action = g_new0(struct action, 1);

	/* What was undone cannot be done again after something new. */
	for (guint i = action_stack->len; i > 0; i--) {
		struct action *other = action_stack->pdata[i - 1];

		if (other->state == ACTION_UNDONE && other->n_ops == 0)
			action_free(other);
	}
	action->kind = kind;
	action->account = action->target_account = mailbox->account;
	action->mailbox = g_strdup(mailbox->name);
	action->uid_validity = mailbox->uid_validity;
	imap_seqset_init(&action->uids);
	imap_seqset_copy(&action->uids, uids);
	action->changes = g_ptr_array_new();
	g_ptr_array_add(action_stack, action);
	return action;
}

static void change_free(struct flag_change *change)
{
	g_free(change->keyword);
	imap_seqset_release(&change->uids);
	g_free(change);
}

void action_clear_identities(struct action *action)
{
	for (guint i = 0; action->identities != NULL &&
		i < action->identities->len; i++)
		g_free(g_array_index(action->identities, struct identity,
			i).message_id);
	g_clear_pointer(&action->identities, g_array_unref);
}

void action_clear_copyuid(struct action *action)
{
	g_clear_pointer(&action->from, g_array_unref);
	g_clear_pointer(&action->to, g_array_unref);
}

void action_free(struct action *action)
{
	g_ptr_array_remove(action_stack, action);
	locate_cancel(&action->locate);
	for (guint i = 0; i < action->changes->len; i++)
		change_free(action->changes->pdata[i]);
	g_ptr_array_free(action->changes, TRUE);
	action_clear_copyuid(action);
	action_clear_identities(action);
	g_clear_pointer(&action->ghosts, g_ptr_array_unref);
	imap_seqset_release(&action->uids);
	imap_seqset_release(&action->undo_uids);
	imap_seqset_release(&action->rest);
	g_free(action->mailbox);
	g_free(action->target);
	g_free(action);
}

/* The oldest ones that nothing happens to any more make room. */
static void bound_stack(void)
{
	for (guint i = 0; i < action_stack->len &&
		action_stack->len > ACTIONS_MAX; i++) {
		struct action *action = action_stack->pdata[i];

		if (action->n_ops == 0)
			action_free(action);
	}
}

/* --- the end of an action's ops ----------------------------------------------------- */

static const char *failure_words(const struct action *action)
{
	if (action->is_deletion)
		return "deleted";
	switch (action->kind) {
	case ACTION_MOVED:
		return "moved";
	case ACTION_COPIED:
		return "copied";
	case ACTION_EXPUNGED:
		return "expunged";
	case ACTION_FLAGGED:
		break;
	}
	return "changed";
}

static GError *describe_failure(const struct action *action, const GError *error)
{
	bool is_one = imap_seqset_count(&action->uids) == 1;
	const char *back = "";

	if (action->kind == ACTION_MOVED)
		back = is_one ? " · the message is back" :
			" · the messages are back";
	return g_error_new(error->domain, error->code, "%s%s", error->message,
		back);
}

static void intersect_changes(struct action *action)
{
	for (guint i = 0; i < action->changes->len; i++) {
		struct flag_change *change = action->changes->pdata[i];

		imap_seqset_intersect(&change->uids, &action->uids);
	}
}

/* It was done to these and no more: to be undone, if that was why, else to
 * stay so. */
static void keep_done(struct action *action, const struct imap_seqset *done)
{
	uint64_t wanted = imap_seqset_count(&action->uids), n;

	if (action->is_undo_wanted) {
		imap_seqset_copy(&action->rest, &action->uids);
		imap_seqset_remove_set(&action->rest, done);
	}
	imap_seqset_intersect(&action->uids, done);
	if (action->is_undo_wanted)
		return;
	intersect_changes(action);
	n = imap_seqset_count(&action->uids);
	action_say(action->account, action->mailbox, ACTION_EVENT_STOPPED,
		n, "Stopped: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
		" messages %s", n, wanted,
		failure_words(action));
}

static void keep_result(struct action *action, const struct op *op)
{
	action_clear_copyuid(action);
	if (op->from != NULL) {
		action->from = g_array_ref(op->from);
		action->to = g_array_ref(op->to);
		action->target_uid_validity = op->target_uid_validity;
	}
	action->target_uid_next = op->entry->target_uid_next;
	if (op->identities != NULL && action->identities == NULL) {
		action->identities = op->identities;
		((struct op *)op)->identities = NULL;
	}
	/* Something was not done: who runs a script has to know that too. */
	if (op->remark != NULL)
		account_say(action->account, true, "%s", op->remark);
}

static void finish(struct action *action, const GError *error)
{
	GError *told_error = NULL;
	uint32_t changed = (uint32_t)imap_seqset_count(&action->uids);

	if (error != NULL) {
		action->state = ACTION_FAILED;
		told_error = describe_failure(action, error);
		if (action->done == NULL)
			account_say(action->account, true, "Not %s: %s",
				failure_words(action), told_error->message);
	} else {
		action->state = ACTION_DONE;
	}
	action_tell(action->done, action->data, error == NULL ? changed : 0,
		told_error);
	g_clear_error(&told_error);
	action->done = NULL;
}

static void on_op_done(struct op *op, const GError *error, void *data)
{
	struct action *action = data;

	const struct imap_seqset *done_uids = op_done_uids(op, error);
	bool is_part = !imap_seqset_equal(done_uids, &action->uids) &&
		(error == NULL || g_error_matches(error, MAIL_ERROR,
		MAIL_ERROR_CANCELLED));

	action->op = NULL;
	action->n_ops--;
	if (error == NULL || is_part)
		keep_result(action, op);
	if (is_part)
		keep_done(action, done_uids);
	finish(action, is_part && !imap_seqset_is_empty(&action->uids) ?
		NULL : error);
	if (action->is_undo_wanted)
		undo_continue(action);
	if (action->state == ACTION_FAILED ||
		action->kind == ACTION_EXPUNGED)
		action_free(action);
}

void action_start(struct action *action, struct mailbox *mailbox,
	struct journal_entry *entry, action_done_fn *done, void *data)
{
	action->done = done;
	action->data = data;
	action->state = ACTION_PENDING;
	action->n_ops++;
	action->op = op_start(mailbox, entry, on_op_done, action);
	bound_stack();
}

struct journal_entry *action_entry_new(enum journal_kind kind,
	const struct imap_seqset *uids)
{
	struct journal_entry *entry = g_new0(struct journal_entry, 1);

	entry->kind = kind;
	imap_seqset_init(&entry->uids);
	imap_seqset_copy(&entry->uids, uids);
	return entry;
}

static void free_ghost(void *data)
{
	struct ghost *ghost = data;

	ghost_free(&ghost);
}

/* What the rows are before they go. */
static void keep_ghosts(struct action *action, struct mailbox *mailbox)
{
	g_clear_pointer(&action->ghosts, g_ptr_array_unref);
	action->ghosts = g_ptr_array_new_with_free_func(free_ghost);
	for (size_t i = 0; i < imap_seqset_n_ranges(&action->uids); i++) {
		struct imap_range range = imap_seqset_range(&action->uids, i);
		uint32_t pos = table_lower_bound(mailbox->table, range.first);

		for (; pos < table_length(mailbox->table) &&
			mailbox_uid_at(mailbox, pos) <= range.last &&
			action->ghosts->len < GHOSTS_MAX; pos++)
			g_ptr_array_add(action->ghosts, ghost_new(mailbox, pos));
	}
}

void action_start_move(struct action *action, struct mailbox *mailbox,
	action_done_fn *done, void *data)
{
	struct journal_entry *entry = action_entry_new(action->kind == ACTION_COPIED ?
		JOURNAL_COPY : JOURNAL_MOVE, &action->uids);

	if (action->is_deletion)
		keep_ghosts(action, mailbox);
	entry->target = g_strdup(action->target);
	if (action->target_account != action->account)
		entry->target_account =
			g_strdup(action->target_account->name);
	entry->uid_validity = action->uid_validity;
	action_start(action, mailbox, entry, done, data);
}

/* --- refusals -------------------------------------------------------------------------- */

static bool refuse(action_done_fn *done, void *data, struct mailbox *mailbox,
	int code, const char *format, ...) G_GNUC_PRINTF(5, 6);

static bool refuse(action_done_fn *done, void *data, struct mailbox *mailbox,
	int code, const char *format, ...)
{
	GError *error;
	va_list args;

	va_start(args, format);
	error = g_error_new_valist(MAIL_ERROR, code, format, args);
	va_end(args);
	if (done == NULL)
		account_say(mailbox->account, true, "%s", error->message);
	action_tell(done, data, 0, error);
	g_error_free(error);
	return false;
}

bool action_may_change(struct mailbox *mailbox, const struct imap_seqset *uids,
	action_done_fn *done, void *data)
{
	if (mailbox_is_read_only(mailbox) || mail.read_only)
		return refuse(done, data, mailbox, MAIL_ERROR_READ_ONLY,
			"%s is open read-only", mailbox->name);
	if (mail.batch && account_gave_up(mailbox->account))
		return refuse(done, data, mailbox, MAIL_ERROR_OFFLINE, "%s",
			account_state_text(mailbox->account));
	if (imap_seqset_is_empty(uids)) {
		action_tell(done, data, 0, NULL);
		return false;
	}
	return true;
}

/* --- moves --------------------------------------------------------------------------------- */

char *action_target_text(const struct action *action)
{
	return action->target_account == action->account ?
		g_strdup(action->target) : g_strdup_printf("%s/%s",
		action->target_account->name, action->target);
}

static void describe_move(const struct action *action)
{
	uint64_t n = imap_seqset_count(&action->uids);
	char *count = action_count_text(n);
	char *target = action_target_text(action);

	if (action->kind == ACTION_COPIED)
		action_say(action->account, action->mailbox, ACTION_EVENT_COPIED,
			n, "%s copied to %s", count, target);
	else if (action->is_deletion)
		action_say(action->account, action->mailbox, ACTION_EVENT_DELETED,
			n, "%s moved to %s · u brings %s back", count, target,
			n == 1 ? "it" : "them");
	else
		action_say(action->account, action->mailbox, ACTION_EVENT_MOVED,
			n, "%s moved to %s", count, target);
	g_free(target);
	g_free(count);
}

static void transfer(struct mailbox *mailbox, const struct imap_seqset *uids,
	enum action_kind kind, struct account *to_account, const char *to,
	bool is_deletion, action_done_fn *done, void *data)
{
	struct imap_seqset visible;
	struct action *action;

	imap_seqset_init(&visible);
	action_visible_uids(mailbox, uids, &visible);
	if (imap_seqset_is_empty(&visible)) {
		action_tell(done, data, 0, NULL);
	} else {
		action = action_new(mailbox, kind, &visible);
		action->target = g_strdup(to);
		action->target_account = to_account;
		action->is_deletion = is_deletion;
		describe_move(action);
		action_start_move(action, mailbox, done, data);
	}
	imap_seqset_release(&visible);
}

static bool may_transfer(struct mailbox *mailbox, struct account *to_account,
	const char *to, const char *what, action_done_fn *done, void *data)
{
	/* On a screen the user connects; a script only names the account. */
	if (mail.batch && to_account->state == ACCOUNT_OFFLINE)
		account_connect(to_account);
	if (to_account == mailbox->account && strcmp(to, mailbox->name) == 0)
		return refuse(done, data, mailbox, MAIL_ERROR_NOT_FOUND,
			"cannot %s: the messages are in %s already", what, to);
	return true;
}

void action_move(struct mailbox *mailbox, const struct imap_seqset *uids,
	struct account *to_account, const char *to, action_done_fn *done, void *data)
{
	if (action_may_change(mailbox, uids, done, data) &&
		may_transfer(mailbox, to_account, to, "move", done, data))
		transfer(mailbox, uids, ACTION_MOVED, to_account, to, false,
			done, data);
}

void action_copy(struct mailbox *mailbox, const struct imap_seqset *uids,
	struct account *to_account, const char *to, action_done_fn *done, void *data)
{
	if (mail.read_only) {
		refuse(done, data, mailbox, MAIL_ERROR_READ_ONLY,
			"culver runs read-only");
		return;
	}
	if (imap_seqset_is_empty(uids))
		action_tell(done, data, 0, NULL);
	else if (may_transfer(mailbox, to_account, to, "copy", done, data))
		transfer(mailbox, uids, ACTION_COPIED, to_account, to, false,
			done, data);
}

void action_archive(struct mailbox *mailbox, const struct imap_seqset *uids, action_done_fn *done, void *data)
{
	const char *to = account_mailbox_by_use(mailbox->account,
		IMAP_MAILBOX_ARCHIVE);

	if (to == NULL)
		refuse(done, data, mailbox, MAIL_ERROR_NOT_FOUND,
			"account '%s' has no archive; see archive in culverrc(5)",
			mailbox->account->name);
	else
		action_move(mailbox, uids, mailbox->account, to, done, data);
}

enum action_delete_mode action_delete_mode(struct mailbox *mailbox)
{
	enum { MODE_AUTO, MODE_TRASH, MODE_MARK };
	int mode = options_values(mailbox->options)->delete_mode;
	const char *trash = account_mailbox_by_use(mailbox->account,
		IMAP_MAILBOX_TRASH);

	if (trash != NULL && strcmp(trash, mailbox->name) == 0)
		return ACTION_MARK;
	if (mode == MODE_TRASH || (mode == MODE_AUTO && trash != NULL))
		return ACTION_TRASH;
	return ACTION_MARK;
}

void action_delete(struct mailbox *mailbox, const struct imap_seqset *uids, action_done_fn *done, void *data)
{
	const struct imap_flags deleted = { .system = IMAP_FLAG_DELETED };
	const char *trash;

	if (!action_may_change(mailbox, uids, done, data))
		return;
	if (action_delete_mode(mailbox) == ACTION_MARK) {
		action_flag(mailbox, uids, true, &deleted, done, data);
		return;
	}
	trash = account_mailbox_by_use(mailbox->account, IMAP_MAILBOX_TRASH);
	if (trash == NULL)
		refuse(done, data, mailbox, MAIL_ERROR_NOT_FOUND,
			"account '%s' has no trash; see trash in culverrc(5), "
			"or set delete_mode = mark", mailbox->account->name);
	else
		transfer(mailbox, uids, ACTION_MOVED, mailbox->account, trash,
			true, done, data);
}

/* --- expunging -------------------------------------------------------------------------------- */

void action_expunge(struct mailbox *mailbox, const struct imap_seqset *uids, action_done_fn *done, void *data)
{
	struct action *action;
	char *count;

	if (!action_may_change(mailbox, uids, done, data))
		return;
	action = action_new(mailbox, ACTION_EXPUNGED, uids);
	count = action_count_text(imap_seqset_count(uids));
	action_say(action->account, action->mailbox, ACTION_EVENT_EXPUNGED,
		imap_seqset_count(uids), "%s expunged", count);
	g_free(count);
	action_start(action, mailbox, action_entry_new(JOURNAL_EXPUNGE, uids), done, data);
}

/* --- the room's part --------------------------------------------------------------------------- */

void actions_init(void)
{
	action_stack = g_ptr_array_new();
	action_tell_init();
}

void actions_release(void)
{
	action_tell_release();
	while (action_stack->len > 0)
		action_free(action_stack->pdata[action_stack->len - 1]);
	g_clear_pointer(&action_stack, g_ptr_array_unref);
}
