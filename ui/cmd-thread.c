/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands for threads: moving between them, folding, acting on all of one. */
#include "src/base/base.h"
#include "ui/commands.h"

#include "src/base/error.h"
#include "src/mail/action.h"
#include "src/mail/listing.h"
#include "src/mail/mailbox.h"
#include "ui/act.h"
#include "ui/desk.h"
#include "ui/options.h"
#include "ui/screen.h"
#include "ui/view.h"

enum { NONE = UINT32_MAX };

static bool refuse(GError **error, const char *why)
{
	g_set_error_literal(error, CMD_ERROR, CMD_ERROR_CONTEXT, why);
	return false;
}

static struct listing *the_listing(void)
{
	return view_current()->listing;
}

/* Where the cursor is, or the message that is read. */
static bool find_here(uint32_t *place_out, GError **error)
{
	struct listing *listing = the_listing();

	if (listing_order(listing)->order.sort.field != LINEUP_THREADS)
		return refuse(error,
			"there are no threads: 'set sort=threads' makes them");
	*place_out = listing_find_uid(listing, view_cursor_uid());
	if (*place_out == NONE || !listing_thread(listing, *place_out))
		return refuse(error, "the thread is not known yet");
	return true;
}

/* A pager shows the message there. */
static bool go_to(uint32_t place)
{
	uint32_t uid = listing_uid_at(the_listing(), place);

	if (screen_find(CONTEXT_PAGER))
		desk_open_message(uid);
	else
		view_current()->ops->set_cursor_uid(view_current(), uid);
	return true;
}

/* --- moving --------------------------------------------------------------- */

static bool go_beside(const struct command_call *call, bool is_next,
	bool is_thread, GError **error)
{
	uint32_t place, to;

	if (!find_here(&place, error))
		return false;
	for (unsigned i = 0; i < MAX(call->count, 1); i++) {
		to = listing_beside(the_listing(), place, is_next, is_thread);
		if (to == NONE && i == 0)
			return refuse(error, is_next ?
				"this is the last thread" :
				"this is the first thread");
		place = to != NONE ? to : place;
	}
	return go_to(place);
}

static bool cmd_next_thread(const struct command_call *call, GError **error)
{
	return go_beside(call, true, true, error);
}

static bool cmd_previous_thread(const struct command_call *call, GError **error)
{
	return go_beside(call, false, true, error);
}

static bool cmd_next_subthread(const struct command_call *call, GError **error)
{
	return go_beside(call, true, false, error);
}

static bool cmd_previous_subthread(const struct command_call *call,
	GError **error)
{
	return go_beside(call, false, false, error);
}

static bool cmd_parent(const struct command_call *call, GError **error)
{
	uint32_t place, parent;

	(void)call;
	if (!find_here(&place, error))
		return false;
	parent = listing_parent(the_listing(), place);
	if (parent == NONE)
		return refuse(error, "what it answers is not here");
	return go_to(parent);
}

static bool cmd_root(const struct command_call *call, GError **error)
{
	uint32_t place;

	(void)call;
	return find_here(&place, error) &&
		go_to(listing_root(the_listing(), place));
}

/* --- folding -------------------------------------------------------------- */

/* The first unread message of the thread, where that is asked for. */
static uint32_t uid_to_unfold_at(uint32_t root)
{
	const struct ui_options *options = ui_options_of(
		mailbox_options(view_current()->mailbox));
	uint32_t unread = options->uncollapse_jump ?
		listing_unread_in_thread(the_listing(), root) : NONE;

	return listing_uid_at(the_listing(), unread == NONE ? root : unread);
}

static bool cmd_fold(const struct command_call *call, GError **error)
{
	struct listing *listing = the_listing();
	struct view *view = view_current();
	uint32_t place, root;

	(void)call;
	if (!find_here(&place, error))
		return false;
	root = listing_root(listing, place);
	if (listing_is_folded(listing, root)) {
		listing_fold(listing, root, false);
		view->ops->set_cursor_uid(view, uid_to_unfold_at(root));
		return true;
	}
	if (!listing_fold(listing, root, true))
		return refuse(error, listing_beside(listing, root, true,
			false) == root + 1 ? "there is nothing to fold" :
			"the thread has unread or flagged messages, see "
			"collapse_unread");
	view->ops->set_cursor_uid(view, listing_uid_at(listing, root));
	return true;
}

static bool cmd_fold_all(const struct command_call *call, GError **error)
{
	struct listing *listing = the_listing();
	bool folds = !listing_folds_all(listing);
	struct view *view = view_current();
	uint32_t place;

	(void)call;
	if (!find_here(&place, error))
		return false;
	if (folds)
		view->ops->set_cursor_uid(view, listing_uid_at(listing,
			listing_root(listing, place)));
	listing_fold_all(listing, folds);
	return true;
}

/* --- acting on all of one ------------------------------------------------- */

typedef void thread_fn(const struct command_call *call,
	const struct imap_seqset *uids);

/* With $resolve the cursor goes on behind what was acted on. */
static void go_on(uint32_t next_uid)
{
	if (next_uid == 0 || !ui_options()->resolve)
		return;
	if (screen_find(CONTEXT_PAGER))
		desk_open_message(next_uid);
	else
		view_current()->ops->set_cursor_uid(view_current(), next_uid);
}

static bool act_on(const struct command_call *call, bool is_thread,
	thread_fn *fn, GError **error)
{
	struct listing *listing = the_listing();
	uint32_t place, next, next_uid;
	struct imap_seqset uids;

	if (!find_here(&place, error))
		return false;
	next = listing_beside(listing, place, true, is_thread);
	next_uid = next == NONE ? 0 : listing_uid_at(listing, next);
	imap_seqset_init(&uids);
	listing_get_uids(listing, place, is_thread, &uids);
	fn(call, &uids);
	imap_seqset_release(&uids);
	go_on(next_uid);
	return true;
}

static bool is_subthread(const struct command_call *call)
{
	return g_str_has_suffix(call->row->name, "-subthread");
}

static void delete_uids(const struct command_call *call,
	const struct imap_seqset *uids)
{
	struct view *view = view_current();
	struct act *act = act_new(call, "Not deleted");

	action_delete(view->mailbox, uids, act_done, act);
	imap_seqset_remove_set(&view->tagged, uids);
	view->ops->acted(view, uids, true);
}

static bool cmd_delete(const struct command_call *call, GError **error)
{
	return act_on(call, !is_subthread(call), delete_uids, error);
}

static void undelete_uids(const struct command_call *call,
	const struct imap_seqset *uids)
{
	struct act *act = act_new(call, "Not undeleted");

	action_undelete(view_current()->mailbox, uids, act_done, act);
}

/* Whether one of a thread shows that it is deleted. */
static bool has_marked(bool is_thread)
{
	struct mailbox *mailbox = view_current()->mailbox;
	struct imap_seqset uids;
	bool has = false;
	uint32_t place;

	if (!find_here(&place, NULL))
		return false;
	imap_seqset_init(&uids);
	listing_get_uids(the_listing(), place, is_thread, &uids);
	for (size_t i = 0; i < imap_seqset_n_ranges(&uids) && !has; i++) {
		struct imap_range range = imap_seqset_range(&uids, i);
		uint32_t pos = mailbox_find_uid(mailbox, range.first);
		uint32_t n = range.last - range.first + 1;

		for (; pos != NONE && n > 0 && !has; pos++, n--)
			has = mailbox_flags_at(mailbox, pos) &
				IMAP_FLAG_DELETED;
	}
	imap_seqset_release(&uids);
	return has;
}

/* As with a single message: what shows no mark is brought back as a whole. */
static bool cmd_undelete(const struct command_call *call, GError **error)
{
	bool is_thread = !is_subthread(call);

	if (!has_marked(is_thread))
		return command_find("undelete")->exec(call, error);
	return act_on(call, is_thread, undelete_uids, error);
}

static void read_uids(const struct command_call *call,
	const struct imap_seqset *uids)
{
	struct imap_flags flags = { .system = IMAP_FLAG_SEEN };
	struct act *act = act_new(call, "Flag not changed");

	action_flag(view_current()->mailbox, uids, true, &flags, act_done, act);
}

static bool cmd_read(const struct command_call *call, GError **error)
{
	return act_on(call, !is_subthread(call), read_uids, error);
}

/* All get what the message under the cursor had not. */
static void tag_uids(const struct command_call *call,
	const struct imap_seqset *uids)
{
	struct view *view = view_current();

	(void)call;
	if (imap_seqset_has(&view->tagged, view_cursor_uid()))
		imap_seqset_remove_set(&view->tagged, uids);
	else
		imap_seqset_add_set(&view->tagged, uids);
	if (view->ops->changed)
		view->ops->changed(view);
}

static bool cmd_tag(const struct command_call *call, GError **error)
{
	return act_on(call, !is_subthread(call), tag_uids, error);
}

/* --- the rows ------------------------------------------------------------- */

#define THREAD(name_, keys_, group_, summary_, exec_) \
	{ .name = name_, .usage = "", .context = CONTEXT_MESSAGES, \
	.needs = NEED_MAILBOX | NEED_MESSAGE | NEED_SCREEN, .keys = keys_, \
	.group = group_, .summary = summary_, .exec = exec_ }
#define CHANGE(name_, keys_, group_, summary_, exec_) \
	{ .name = name_, .usage = "", .context = CONTEXT_MESSAGES, \
	.needs = NEED_MAILBOX | NEED_MESSAGE | NEED_SCREEN | NEED_WRITABLE, \
	.is_async = true, .keys = keys_, .group = group_, \
	.summary = summary_, .exec = exec_ }

static const struct command_row rows[] = {
	THREAD("next-thread", "index:C-n pager:C-n", "moving",
		"to the next thread", cmd_next_thread),
	THREAD("previous-thread", "index:C-p pager:C-p", "moving",
		"to the thread before", cmd_previous_thread),
	THREAD("next-subthread", "index:M-n pager:M-n", "moving",
		"to the next answer beside this one", cmd_next_subthread),
	THREAD("previous-subthread", "index:M-p pager:M-p", "moving",
		"to the answer before this one", cmd_previous_subthread),
	THREAD("parent-message", "index:P pager:P", "moving",
		"to the message that this one answers", cmd_parent),
	THREAD("root-message", NULL, "moving",
		"to the first message of the thread", cmd_root),
	{ .name = "collapse-thread", .usage = "", .context = CONTEXT_INDEX,
		.needs = NEED_MAILBOX | NEED_MESSAGE | NEED_SCREEN,
		.keys = "index:M-v", .group = "organising",
		.summary = "fold or unfold a thread",
		.doc = "A folded thread is one row with the number of its "
		"messages; it is bold while one of them is unread.",
		.exec = cmd_fold },
	{ .name = "collapse-all", .usage = "", .context = CONTEXT_INDEX,
		.needs = NEED_MAILBOX | NEED_MESSAGE | NEED_SCREEN,
		.keys = "index:M-V", .group = "organising",
		.summary = "fold or unfold all threads", .exec = cmd_fold_all },
	CHANGE("delete-thread", "index:C-d pager:C-d", "deleting",
		"delete all messages of a thread", cmd_delete),
	CHANGE("delete-subthread", "index:M-d pager:M-d", "deleting",
		"delete a message and all answers to it", cmd_delete),
	CHANGE("undelete-thread", "index:C-u pager:C-u", "deleting",
		"take back the deletion of a thread", cmd_undelete),
	CHANGE("undelete-subthread", "index:M-u pager:M-u", "deleting",
		"take back the deletion of a message and its answers",
		cmd_undelete),
	CHANGE("read-thread", "index:C-r pager:C-r", "organising",
		"mark all messages of a thread as read", cmd_read),
	CHANGE("read-subthread", "index:M-r pager:M-r", "organising",
		"mark a message and all answers to it as read", cmd_read),
	THREAD("tag-thread", "index:M-t", "organising",
		"tag all messages of a thread, or untag them", cmd_tag),
	THREAD("tag-subthread", NULL, "organising",
		"tag a message and all answers to it, or untag them", cmd_tag),
};

const struct command_table cmd_thread_table = { rows, G_N_ELEMENTS(rows) };
