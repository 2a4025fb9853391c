/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that do something to messages: delete, move, copy, archive, undo. */
#include "src/base/base.h"
#include "ui/commands.h"

#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/action.h"
#include "src/mail/listing.h"
#include "src/mail/mailbox.h"
#include "src/mail/pattern.h"
#include "ui/act.h"
#include "ui/options.h"
#include "ui/prompt.h"
#include "ui/transfer.h"
#include "ui/view.h"

static struct mailbox *the_mailbox(void)
{
	return view_current()->mailbox;
}

static const char *argument(const struct command_call *call, unsigned i)
{
	return i < call->argc ? call->argv[i] : NULL;
}

/* What every action does once it is shown. */
static void acted(const struct imap_seqset *uids, bool has_left)
{
	struct view *view = view_current();

	if (view->is_batch)
		return;
	if (has_left)
		imap_seqset_remove_set(&view->tagged, uids);
	if (view->ops->acted)
		view->ops->acted(view, uids, has_left);
}

/* --- delete --------------------------------------------------------------- */

static void delete_targets(const struct command_call *call,
	const struct imap_seqset *uids, void *data)
{
	struct act *act = act_new(call, "Not deleted");

	(void)data;
	if (imap_seqset_is_empty(uids)) {
		act_nothing(act);
		return;
	}
	action_delete(the_mailbox(), uids, act_done, act);
	acted(uids, true);
}

static bool cmd_delete(const struct command_call *call, GError **error)
{
	return view_targets(call, argument(call, 0), delete_targets, NULL, NULL, error);
}

/* --- undelete ------------------------------------------------------------- */

/* Deletions of this session are no rows any more. */
static void add_moved(const char *text, struct imap_seqset *uids)
{
	struct pattern *pattern = view_pattern(text, NULL);

	if (pattern)
		action_deleted_matches(the_mailbox(), pattern, uids);
	pattern_free(&pattern);
}

static void undelete_targets(const struct command_call *call,
	const struct imap_seqset *uids, void *data)
{
	const char *pattern = data;
	struct act *act = act_new(call, "Not undeleted");
	struct imap_seqset all;

	imap_seqset_init(&all);
	imap_seqset_add_set(&all, uids);
	if (pattern)
		add_moved(pattern, &all);
	if (imap_seqset_is_empty(&all)) {
		act_nothing(act);
	} else {
		action_undelete(the_mailbox(), &all, act_done, act);
		acted(&all, false);
	}
	imap_seqset_release(&all);
}

static bool cursor_is_marked(void)
{
	uint32_t pos = mailbox_find_uid(the_mailbox(), view_cursor_uid());

	return pos != UINT32_MAX && mailbox_flags_at(the_mailbox(), pos) & IMAP_FLAG_DELETED;
}

struct bringing {
	struct act *act;
	uint32_t from; /* where the cursor was */
};

static struct bringing *bringing_new(const struct command_call *call, const char *failure)
{
	struct bringing *bringing = g_new0(struct bringing, 1);

	bringing->act = act_new(call, failure);
	bringing->from = view_cursor_uid();
	return bringing;
}

/* The cursor goes to what came back, unless it has been moved meanwhile. */
static void on_brought_back(uint32_t changed, const GError *error, void *data)
{
	struct bringing *bringing = data;
	struct view *view = view_current();
	uint32_t uid = error ? 0 : action_restored_uid();

	if (uid != 0 && view->ops->set_cursor_uid && view_cursor_uid() == bringing->from)
		view->ops->set_cursor_uid(view, uid);
	act_done(changed, error, bringing->act);
	g_free(bringing);
}

static bool undelete_last(const struct command_call *call, GError **error)
{
	struct bringing *bringing = bringing_new(call, "Not brought back");
	uint32_t uid = 0;
	GError *why = NULL;

	if (!action_undelete_last(the_mailbox(), &uid, on_brought_back, bringing, &why)) {
		act_refused(bringing->act, why);
		g_free(bringing);
		return true;
	}
	(void)error;
	if (uid != 0 && view_current()->ops->set_cursor_uid)
		view_current()->ops->set_cursor_uid(view_current(), uid);
	return true;
}

static bool cmd_undelete(const struct command_call *call, GError **error)
{
	struct view *view = view_current();
	const char *pattern = argument(call, 0);

	/* A pattern may mean deletions of which no row is left: it must not fail
	 * because no row matches. */
	if (pattern) {
		struct pattern *check = view_pattern(pattern, error);
		struct imap_seqset none;

		if (!check)
			return false;
		pattern_free(&check);
		imap_seqset_init(&none);
		if (mailbox_length(the_mailbox()) == 0) {
			undelete_targets(call, &none, (void *)pattern);
			return true;
		}
		return view_targets(call, pattern, undelete_targets, g_strdup(pattern),
			g_free, error);
	}
	if (view->is_batch || view->tag_prefix || cursor_is_marked())
		return view_targets(call, NULL, undelete_targets, NULL, NULL, error);
	return undelete_last(call, error);
}

/* --- move, copy, archive -------------------------------------------------- */

struct transfer {
	struct account *account;
	char *mailbox;
	bool is_copy;
};

static char *last_target; /* what the prompt proposes next time */

static void transfer_free(void *data)
{
	struct transfer *transfer = data;

	g_free(transfer->mailbox);
	g_free(transfer);
}

static void transfer_targets(const struct command_call *call,
	const struct imap_seqset *uids, void *data)
{
	struct transfer *transfer = data;
	struct act *act = act_new(call, transfer->is_copy ? "Not copied" : "Not moved");

	if (imap_seqset_is_empty(uids)) {
		act_nothing(act);
		return;
	}
	transfer_start(act, the_mailbox(), uids, transfer->account,
		transfer->mailbox, transfer->is_copy);
	acted(uids, !transfer->is_copy);
}

static bool transfer_to(const struct command_call *call, const char *target,
	const char *pattern, GError **error)
{
	struct transfer *transfer = g_new0(struct transfer, 1);

	transfer->is_copy = strcmp(call->row->name, "copy") == 0;
	transfer->mailbox = mailbox_resolve(view_current()->account, target,
		&transfer->account, error);
	if (!transfer->mailbox) {
		transfer_free(transfer);
		return false;
	}
	g_free(last_target);
	last_target = g_strdup(target);
	if (view_targets(call, pattern, transfer_targets, transfer, transfer_free, error))
		return true;
	transfer_free(transfer);
	return false;
}

/* A command that asks: the call is kept until the answer. */
struct asked {
	struct command_call call;
	bool has_prefix; /* ";" */
};

static struct asked *asked_new(const struct command_call *call)
{
	struct asked *asked = g_new0(struct asked, 1);

	asked->call = *call;
	asked->has_prefix = view_current()->tag_prefix;
	return asked;
}

static void end_with(const struct command_call *call, GError *error_take)
{
	if (call->row->is_async)
		view_finish(call, error_take);
	else if (error_take)
		view_failed(call, error_take, NULL);
	g_clear_error(&error_take);
}

static void on_target(const char *text, void *data)
{
	struct asked *asked = data;
	GError *error = NULL;

	if (!text || *text == '\0') {
		end_with(&asked->call, NULL);
		return;
	}
	view_current()->tag_prefix = asked->has_prefix;
	if (!transfer_to(&asked->call, text, NULL, &error))
		end_with(&asked->call, error);
}

static bool hook_matches(const char *pattern, void *data)
{
	struct pattern *parsed = pattern_parse(pattern, NULL);
	uint32_t pos = mailbox_find_uid(the_mailbox(), view_cursor_uid());
	bool matches = parsed && pos != UINT32_MAX && pattern_match(parsed, the_mailbox(), pos);

	(void)data;
	pattern_free(&parsed);
	return matches;
}

static bool ask_target(const struct command_call *call, GError **error)
{
	const char *proposed = command_hook_text("save-hook", hook_matches, NULL);
	struct prompt_request request = {
		.kind = PROMPT_LINE,
		.label = strcmp(call->row->name, "copy") == 0
			? "Copy to mailbox: " : "Move to mailbox: ",
		.initial = proposed ? proposed : last_target,
		.is_proposal = true,
		.history = "mailbox",
		.completes = "mailbox",
		.done = on_target,
		.free_data = g_free,
	};

	if (view_current()->is_batch) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE, "expected a mailbox and a pattern");
		return false;
	}
	request.data = asked_new(call);
	if (view_prompt(&request, error))
		return true;
	g_free(request.data);
	return false;
}

static bool cmd_transfer(const struct command_call *call, GError **error)
{
	if (call->argc == 0)
		return ask_target(call, error);
	return transfer_to(call, call->argv[0], argument(call, 1), error);
}

static void archive_targets(const struct command_call *call,
	const struct imap_seqset *uids, void *data)
{
	struct act *act = act_new(call, "Not archived");

	(void)data;
	if (imap_seqset_is_empty(uids)) {
		act_nothing(act);
		return;
	}
	action_archive(the_mailbox(), uids, act_done, act);
	acted(uids, true);
}

static bool cmd_archive(const struct command_call *call, GError **error)
{
	return view_targets(call, argument(call, 0), archive_targets, NULL, NULL, error);
}

/* --- by pattern: D U ------------------------------------------------------ */

static void on_pattern(const char *text, void *data)
{
	struct asked *asked = data;
	GError *error = NULL;
	bool is_delete = strcmp(asked->call.row->name, "delete-pattern") == 0;
	bool ok;

	if (!text || *text == '\0')
		return;
	if (is_delete)
		ok = view_targets(&asked->call, text, delete_targets, NULL, NULL, &error);
	else
		ok = view_targets(&asked->call, text, undelete_targets, g_strdup(text), g_free,
			&error);
	if (!ok)
		end_with(&asked->call, error);
}

static bool cmd_by_pattern(const struct command_call *call, GError **error)
{
	struct prompt_request request = {
		.kind = PROMPT_LINE,
		.label = strcmp(call->row->name, "delete-pattern") == 0
			? "Delete messages matching: " : "Undelete messages matching: ",
		.history = "pattern",
		.completes = "pattern",
		.done = on_pattern,
		.data = asked_new(call),
		.free_data = g_free,
	};

	if (view_prompt(&request, error))
		return true;
	g_free(request.data);
	return false;
}

/* --- expunge and sync ----------------------------------------------------- */

static void expunge_now(const struct command_call *call)
{
	struct act *act = act_new(call, "Not expunged");
	struct imap_seqset uids;

	imap_seqset_init(&uids);
	action_marked_uids(the_mailbox(), &uids);
	if (imap_seqset_is_empty(&uids))
		act_nothing(act);
	else
		action_expunge(the_mailbox(), &uids, act_done, act);
	imap_seqset_release(&uids);
}

struct expunge {
	struct command_call call;
	struct mailbox *mailbox;
	struct imap_seqset uids; /* exactly those that were asked about */
};

static void expunge_free(void *data)
{
	struct expunge *expunge = data;

	mailbox_unref(&expunge->mailbox);
	imap_seqset_release(&expunge->uids);
	g_free(expunge);
}

static void on_expunge(const char *text, void *data)
{
	struct expunge *expunge = data;

	if (text && strcmp(text, "yes") == 0) {
		action_expunge(expunge->mailbox, &expunge->uids, act_done,
			act_new(&expunge->call, "Not expunged"));
		return;
	}
	view_finish(&expunge->call, NULL);
}

/* false: nothing is marked. */
static bool ask_expunge(const struct command_call *call)
{
	struct expunge *expunge = g_new0(struct expunge, 1);
	uint64_t n;
	char *label;

	expunge->call = *call;
	expunge->mailbox = mailbox_ref(the_mailbox());
	imap_seqset_init(&expunge->uids);
	action_marked_uids(the_mailbox(), &expunge->uids);
	n = imap_seqset_count(&expunge->uids);
	if (n == 0) {
		expunge_free(expunge);
		return false;
	}
	label = g_strdup_printf("Expunge %" G_GUINT64_FORMAT " deleted message%s?", n,
		n == 1 ? "" : "s");
	prompt_quad(ui_options()->delete, label, on_expunge, expunge, expunge_free);
	g_free(label);
	return true;
}

static bool cmd_expunge(const struct command_call *call, GError **error)
{
	if (view_current()->is_batch) {
		expunge_now(call);
		return true;
	}
	if (ask_expunge(call))
		return true;
	g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT, "no message is marked as deleted");
	return false;
}

static void on_polled(const GError *error, void *data)
{
	act_done(0, error, data);
}

static bool cmd_sync(const struct command_call *call, GError **error)
{
	struct account *account = mailbox_account(the_mailbox());

	(void)error;
	/* Nobody is there to confirm: only what the rc has said yes to. */
	if (view_current()->is_batch && ui_options()->delete == OPTION_YES) {
		expunge_now(call);
		return true;
	}
	if (!view_current()->is_batch && account_state(account) != ACCOUNT_ONLINE) {
		view_message(VIEW_INFO, "connecting again");
		account_reconnect(account);
		return true;
	}
	if (!view_current()->is_batch && ask_expunge(call))
		return true;
	mailbox_poll(the_mailbox(), on_polled, act_new(call, "Not synced"));
	if (!view_current()->is_batch)
		view_message(VIEW_INFO, "asking the server what is new");
	return true;
}

/* --- undo ----------------------------------------------------------------- */

static bool cmd_undo(const struct command_call *call, GError **error)
{
	struct bringing *bringing = bringing_new(call, "Not undone");
	bool is_undo = strcmp(call->row->name, "undo") == 0;
	GError *why = NULL;

	(void)error;
	if (!(is_undo ? action_undo(on_brought_back, bringing, &why)
		: action_redo(on_brought_back, bringing, &why))) {
		act_refused(bringing->act, why);
		g_free(bringing);
	}
	return true;
}

/* --- the rows ------------------------------------------------------------- */

enum {
	ON_MESSAGES = NEED_MAILBOX | NEED_MESSAGE | NEED_WRITABLE,
	ON_MAILBOX = NEED_MAILBOX | NEED_WRITABLE,
};

static const struct command_row rows[] = {
	{ .name = "delete", .aliases = "delete-message", .usage = "[PATTERN]",
		.args = COMMAND_ARGS_REST, .max_args = 1, .context = CONTEXT_MESSAGES,
		.needs = ON_MESSAGES, .is_async = true, .is_batch = true,
		.keys = "index:d pager:d", .group = "deleting", .completes = "pattern",
		.summary = "delete messages",
		.doc = "With delete_mode trash they move to the trash at once; with mark "
		"they are marked, and expunged when the mailbox is synced or left. The "
		"default, auto, is trash where the account has one.", .exec = cmd_delete },
	{ .name = "undelete", .aliases = "undelete-message", .usage = "[PATTERN]",
		.args = COMMAND_ARGS_REST, .max_args = 1, .context = CONTEXT_MESSAGES,
		.needs = ON_MAILBOX, .is_async = true, .is_batch = true,
		.keys = "index:u pager:u", .group = "deleting", .completes = "pattern",
		.summary = "undelete messages, or undo the last deletion",
		.doc = "Clears the mark D. On a row without one, the last deletion in this "
		"mailbox is undone, and the cursor goes there.", .exec = cmd_undelete },
	{ .name = "delete-pattern", .usage = "", .context = CONTEXT_INDEX,
		.needs = ON_MAILBOX | NEED_SCREEN, .keys = "index:D", .group = "deleting",
		.summary = "delete the messages that match a pattern", .exec = cmd_by_pattern },
	{ .name = "undelete-pattern", .usage = "", .context = CONTEXT_INDEX,
		.needs = ON_MAILBOX | NEED_SCREEN, .keys = "index:U", .group = "deleting",
		.summary = "undelete the messages that match a pattern",
		.exec = cmd_by_pattern },
	{ .name = "expunge", .usage = "", .context = CONTEXT_MESSAGES, .needs = ON_MAILBOX,
		.is_async = true, .is_batch = true, .group = "deleting",
		.summary = "expunge the messages that are marked D", .exec = cmd_expunge },
	{ .name = "sync", .aliases = "sync-mailbox", .usage = "", .context = CONTEXT_MESSAGES,
		.needs = NEED_MAILBOX, .is_async = true, .is_batch = true,
		.keys = "index:$ pager:$", .group = "deleting",
		.summary = "expunge what is marked, and ask what is new", .exec = cmd_sync },
	{ .name = "move", .aliases = "save-message", .usage = "[MAILBOX [PATTERN]]",
		.args = COMMAND_ARGS_REST, .max_args = 2, .context = CONTEXT_MESSAGES,
		.needs = ON_MESSAGES, .is_async = true, .is_batch = true,
		.keys = "index:s pager:s", .group = "organising", .completes = "mailbox",
		.summary = "move messages to a mailbox", .exec = cmd_transfer },
	{ .name = "copy", .aliases = "copy-message", .usage = "[MAILBOX [PATTERN]]",
		.args = COMMAND_ARGS_REST, .max_args = 2, .context = CONTEXT_MESSAGES,
		.needs = NEED_MAILBOX | NEED_MESSAGE, .is_async = true, .is_batch = true,
		.keys = "index:C pager:C", .group = "organising", .completes = "mailbox",
		.summary = "copy messages to a mailbox", .exec = cmd_transfer },
	{ .name = "archive", .usage = "[PATTERN]", .args = COMMAND_ARGS_REST, .max_args = 1,
		.context = CONTEXT_MESSAGES, .needs = ON_MESSAGES, .is_async = true,
		.is_batch = true, .keys = "index:A pager:A", .group = "organising",
		.completes = "pattern", .summary = "move messages to the archive",
		.exec = cmd_archive },
	{ .name = "undo", .usage = "", .context = CONTEXT_MESSAGES, .is_async = true,
		.needs = NEED_SCREEN, .keys = "index:C-_ pager:C-_", .group = "organising",
		.summary = "undo the last action", .exec = cmd_undo },
	{ .name = "redo", .usage = "", .context = CONTEXT_MESSAGES, .is_async = true,
		.needs = NEED_SCREEN, .keys = "index:M-_ pager:M-_", .group = "organising",
		.summary = "do again what was undone", .exec = cmd_undo },
};

const struct command_table cmd_message_table = { rows, G_N_ELEMENTS(rows) };
