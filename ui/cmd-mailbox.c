/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that open, make and remove mailboxes. */
#include "src/base/base.h"
#include "ui/commands.h"

#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/action.h"
#include "src/mail/mailbox.h"
#include "ui/folders.h"
#include "ui/options.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/view.h"

static bool refuse(GError **error, const char *why)
{
	g_set_error_literal(error, CMD_ERROR, CMD_ERROR_CONTEXT, why);
	return false;
}

/* --- leaving a mailbox ---------------------------------------------------- */

struct leaving {
	struct mailbox *mailbox;
	struct imap_seqset uids; /* exactly those that were asked about */
	mailbox_left_fn *next;
	void *data;
	GDestroyNotify free_data;
};

static void leaving_free(void *data)
{
	struct leaving *leaving = data;

	mailbox_unref(&leaving->mailbox);
	imap_seqset_release(&leaving->uids);
	if (leaving->free_data)
		leaving->free_data(leaving->data);
	g_free(leaving);
}

static void on_expunged(uint32_t changed, const GError *error, void *data)
{
	(void)changed;
	(void)data;
	if (error)
		view_message(VIEW_ERROR, "not expunged: %s", error->message);
}

static void on_leave(const char *text, void *data)
{
	struct leaving *leaving = data;

	if (text && strcmp(text, "yes") == 0)
		action_expunge(leaving->mailbox, &leaving->uids, on_expunged, NULL);
	leaving->next(text != NULL, leaving->data);
}

void mailbox_leave(mailbox_left_fn *next, void *data, GDestroyNotify free_data)
{
	struct view *view = view_current();
	struct leaving *leaving = g_new0(struct leaving, 1);
	uint64_t n = 0;
	char *label;

	leaving->next = next;
	leaving->data = data;
	leaving->free_data = free_data;
	imap_seqset_init(&leaving->uids);
	if (view->mailbox && !mailbox_is_read_only(view->mailbox)) {
		leaving->mailbox = mailbox_ref(view->mailbox);
		action_marked_uids(view->mailbox, &leaving->uids);
		n = imap_seqset_count(&leaving->uids);
	}
	if (n == 0) {
		next(true, data);
		leaving_free(leaving);
		return;
	}
	label = g_strdup_printf("Expunge %" G_GUINT64_FORMAT " deleted message%s from %s?",
		n, n == 1 ? "" : "s", mailbox_name(view->mailbox));
	prompt_quad(ui_options()->delete, label, on_leave, leaving, leaving_free);
	g_free(label);
}

/* --- opening -------------------------------------------------------------- */

struct opening {
	struct command_call call;
	struct account *account;
	char *mailbox;
	bool is_read_only;
};

static void opening_free(void *data)
{
	struct opening *opening = data;

	g_free(opening->mailbox);
	g_free(opening);
}

static void open_now(bool may_leave, void *data)
{
	struct opening *opening = data;
	struct view *view = view_current();

	if (may_leave)
		view->ops->open_mailbox(view, opening->account, opening->mailbox,
			opening->is_read_only, &opening->call);
	else
		view_finish(&opening->call, NULL);
}

static bool may_open(const struct opening *opening, GError **error)
{
	const struct account_mailbox *row = account_mailbox_find(opening->account,
		opening->mailbox);

	if (!row || row->can_select)
		return true;
	g_set_error(error, CMD_ERROR, CMD_ERROR_FAILED,
		row->attributes & IMAP_MAILBOX_REMOTE ?
		"%s is on another server" :
		row->attributes & IMAP_MAILBOX_NO_ACCESS ?
		"you may not open %s" :
		"%s holds other mailboxes only, no messages", opening->mailbox);
	return false;
}

static bool open_named(const struct command_call *call, const char *text,
	bool is_read_only, GError **error)
{
	struct opening *opening = g_new0(struct opening, 1);
	struct view *view = view_current();

	opening->call = *call;
	opening->is_read_only = is_read_only || view->read_only;
	opening->mailbox = mailbox_resolve(view->account, text, &opening->account, error);
	if (!opening->mailbox || !may_open(opening, error)) {
		opening_free(opening);
		return false;
	}
	if (view->is_batch) {
		open_now(true, opening);
		opening_free(opening);
	} else {
		mailbox_leave(open_now, opening, opening_free);
	}
	return true;
}

static bool is_read_only_row(const struct command_call *call)
{
	return strcmp(call->row->name, "open-read-only") == 0;
}

static void on_mailbox_name(const char *text, void *data)
{
	struct command_call *call = data;
	GError *error = NULL;

	if (!text || *text == '\0' ||
		!open_named(call, text, is_read_only_row(call), &error))
		view_finish(call, error);
	g_clear_error(&error);
}

/* A mailbox with unread messages is what "c" most likely means. */
static char *proposed_mailbox(void)
{
	struct view *view = view_current();
	size_t n = view->account ? account_n_mailboxes(view->account) : 0;

	for (size_t i = 0; i < n; i++) {
		const struct account_mailbox *row = account_mailbox_at(view->account, i);

		if (row->has_counts && row->unseen > 0 && row->can_select &&
			(!view->mailbox || strcmp(mailbox_name(view->mailbox), row->name) != 0))
			return g_strconcat("=", row->name, NULL);
	}
	return NULL;
}

static bool cmd_open(const struct command_call *call, GError **error)
{
	struct prompt_request request = {
		.kind = PROMPT_LINE,
		.label = is_read_only_row(call) ? "Open mailbox read-only: " : "Open mailbox: ",
		.is_proposal = true,
		.history = "mailbox",
		.completes = "mailbox",
		.done = on_mailbox_name,
		.free_data = g_free,
	};
	char *proposed;

	if (call->argc > 0)
		return open_named(call, call->argv[0], is_read_only_row(call), error);
	if (view_current()->is_batch)
		return refuse(error, "expected a mailbox");
	proposed = proposed_mailbox();
	request.initial = proposed;
	request.data = g_memdup2(call, sizeof(*call));
	prompt_ask(&request);
	g_free(proposed);
	return true;
}

static bool cmd_folders(const struct command_call *call, GError **error)
{
	struct widget *folders = screen_find(CONTEXT_FOLDERS);

	(void)call;
	(void)error;
	if (folders)
		screen_pop_to(folders);
	else
		screen_push(folders_new());
	return true;
}

static const struct account_mailbox *next_unread(struct account *account, const char *after)
{
	size_t n = account_n_mailboxes(account), start = 0;

	for (size_t i = 0; after && i < n; i++) {
		if (strcmp(account_mailbox_at(account, i)->name, after) == 0)
			start = i + 1;
	}
	for (size_t k = 0; k < n; k++) {
		const struct account_mailbox *row = account_mailbox_at(account, (start + k) % n);

		if (row->has_counts && row->unseen > 0 && row->can_select &&
			g_strcmp0(row->name, after) != 0)
			return row;
	}
	return NULL;
}

static bool cmd_next_unread_mailbox(const struct command_call *call, GError **error)
{
	struct view *view = view_current();
	const struct account_mailbox *row = next_unread(view->account,
		view->mailbox ? mailbox_name(view->mailbox) : NULL);
	char *name;
	bool ok;

	if (!row)
		return refuse(error, "no other mailbox has unread messages");
	name = g_strconcat("=", row->name, NULL);
	ok = open_named(call, name, false, error);
	g_free(name);
	return ok;
}

static bool cmd_unread_mailboxes(const struct command_call *call, GError **error)
{
	const GPtrArray *all = accounts();
	GString *out = g_string_new(NULL);

	(void)call;
	(void)error;
	for (guint i = 0; i < all->len; i++) {
		for (size_t k = 0; k < account_n_mailboxes(all->pdata[i]); k++) {
			const struct account_mailbox *row = account_mailbox_at(all->pdata[i], k);

			if (row->has_counts && row->unseen > 0)
				g_string_append_printf(out, "%s%s (%u)", out->len > 0 ? ", " : "",
					row->name, row->unseen);
		}
	}
	view_message(VIEW_INFO, out->len > 0 ? "unread mail in %s" : "%sno unread mail", out->str);
	g_string_free(out, TRUE);
	return true;
}

/* --- making and removing -------------------------------------------------- */

enum change { CREATE, RENAME, DELETE, SUBSCRIBE, UNSUBSCRIBE };

static const struct {
	const char *name, *label, *done;
} changes[] = {
	[CREATE] = { "create", "Create mailbox: ", "created" },
	[RENAME] = { "rename", "Rename %s to: ", "renamed" },
	[DELETE] = { "delete-mailbox", "Delete mailbox %s with all its messages?", "deleted" },
	[SUBSCRIBE] = { "subscribe-mailbox", "Subscribe to mailbox: ", "subscribed" },
	[UNSUBSCRIBE] = { "unsubscribe-mailbox", "Unsubscribe from mailbox: ", "unsubscribed" },
};

struct changing {
	struct command_call call;
	enum change change;
	struct account *account;
	char *mailbox;
	char *to; /* RENAME */
	const char *use; /* CREATE, or NULL */
};

static void changing_free(struct changing *changing)
{
	g_free(changing->mailbox);
	g_free(changing->to);
	g_free(changing);
}

static void on_changed(const GError *error, void *data)
{
	struct changing *changing = data;
	struct view *view = view_current();

	if (!error && view && view->ops->result)
		view->ops->result(view, &changing->call, 1,
			changing->to ? changing->to : changing->mailbox);
	if (!error && view && !view->is_batch && (changing->change == CREATE ||
		changing->change == RENAME))
		folders_choose(changing->account, changing->to ? changing->to : changing->mailbox);
	if (!error)
		view_message(VIEW_INFO, "mailbox %s: %s", changing->mailbox,
			changes[changing->change].done);
	view_finish(&changing->call, error);
	changing_free(changing);
}

static void change_now(struct changing *changing)
{
	struct account *account = changing->account;

	switch (changing->change) {
	case CREATE:
		account_create_mailbox(account, changing->mailbox,
			changing->use, on_changed, changing);
		break;
	case RENAME:
		account_rename_mailbox(account, changing->mailbox, changing->to, on_changed,
			changing);
		break;
	case DELETE:
		account_delete_mailbox(account, changing->mailbox, on_changed, changing);
		break;
	case SUBSCRIBE:
	case UNSUBSCRIBE:
		account_subscribe_mailbox(account, changing->mailbox,
			changing->change == SUBSCRIBE, on_changed, changing);
		break;
	}
}

static struct changing *changing_new(const struct command_call *call, enum change change)
{
	struct changing *changing = g_new0(struct changing, 1);

	changing->call = *call;
	changing->change = change;
	return changing;
}

static bool resolve(struct changing *changing, const char *text, GError **error)
{
	changing->mailbox = mailbox_resolve(view_current()->account, text,
		&changing->account, error);
	return changing->mailbox != NULL;
}

static bool resolve_to(struct changing *changing, const char *text, GError **error)
{
	struct account *account = NULL;

	changing->to = mailbox_resolve(changing->account, text, &account, error);
	if (!changing->to)
		return false;
	if (account == changing->account)
		return true;
	return refuse(error, "a mailbox can be renamed within its account only");
}

static void end_changing(struct changing *changing, GError *error_take)
{
	view_finish(&changing->call, error_take);
	g_clear_error(&error_take);
	changing_free(changing);
}

static void on_confirmed(const char *text, void *data)
{
	if (text && strcmp(text, "yes") == 0)
		change_now(data);
	else
		end_changing(data, NULL);
}

static void confirm_delete(struct changing *changing)
{
	char *label = g_strdup_printf("Delete mailbox %s with all its messages?",
		changing->mailbox);
	struct prompt_request request = {
		.kind = PROMPT_YES_NO,
		.label = label,
		.done = on_confirmed,
		.data = changing,
	};

	prompt_ask(&request);
	g_free(label);
}

static void go_on(struct changing *changing)
{
	if (changing->change == DELETE && !view_current()->is_batch)
		confirm_delete(changing);
	else
		change_now(changing);
}

static void on_name(const char *text, void *data)
{
	struct changing *changing = data;
	GError *error = NULL;
	bool ok;

	if (!text || *text == '\0') {
		end_changing(changing, NULL);
		return;
	}
	ok = changing->change == RENAME ? resolve_to(changing, text, &error)
		: resolve(changing, text, &error);
	if (ok)
		go_on(changing);
	else
		end_changing(changing, error);
}

static void ask_name(struct changing *changing)
{
	char *label = changing->change == RENAME
		? g_strdup_printf("Rename %s to: ", changing->mailbox)
		: g_strdup(changes[changing->change].label);
	char *initial = changing->change == RENAME
		? g_strconcat("=", changing->mailbox, NULL) : NULL;
	struct prompt_request request = {
		.kind = PROMPT_LINE,
		.label = label,
		.initial = initial,
		.history = "mailbox",
		.completes = "mailbox",
		.done = on_name,
		.data = changing,
	};

	prompt_ask(&request);
	g_free(label);
	g_free(initial);
}

/* The mailbox under the cursor of the folder view, if that is the screen. */
static bool take_chosen(struct changing *changing)
{
	struct widget *top = screen_top();
	const char *name;

	if (top->ops->context != CONTEXT_FOLDERS || changing->change == CREATE)
		return false;
	name = folders_chosen(top, &changing->account);
	changing->mailbox = g_strdup(name);
	return name != NULL;
}

static bool take_arguments(struct changing *changing, const struct command_call *call,
	GError **error)
{
	if (!resolve(changing, call->argv[0], error))
		return false;
	if (changing->change == CREATE && call->argc > 1) {
		changing->use = account_use_from_text(call->argv[1], error);
		return changing->use != NULL;
	}
	if (changing->change != RENAME)
		return true;
	if (call->argc < 2)
		return refuse(error, "expected the old and the new name");
	return resolve_to(changing, call->argv[1], error);
}

static bool cmd_change(const struct command_call *call, GError **error)
{
	enum change change = CREATE;
	struct changing *changing;

	while (strcmp(changes[change].name, call->row->name) != 0)
		change++;
	changing = changing_new(call, change);
	if (call->argc > 0) {
		if (!take_arguments(changing, call, error)) {
			changing_free(changing);
			return false;
		}
		go_on(changing);
	} else if (view_current()->is_batch) {
		changing_free(changing);
		return refuse(error, "expected a mailbox");
	} else if (take_chosen(changing) && change != RENAME) {
		go_on(changing);
	} else if (change == RENAME && !changing->mailbox) {
		changing_free(changing);
		return refuse(error, "choose a mailbox in the list of mailboxes (y)");
	} else {
		ask_name(changing);
	}
	return true;
}

static void on_refreshed(const GError *error, void *data)
{
	(void)data;
	if (error)
		view_message(VIEW_ERROR, "mailboxes not listed: %s", error->message);
}

static bool cmd_refresh_mailboxes(const struct command_call *call, GError **error)
{
	const GPtrArray *all = accounts();

	(void)call;
	(void)error;
	for (guint i = 0; i < all->len; i++)
		account_refresh_mailboxes(all->pdata[i], on_refreshed, NULL);
	return true;
}

/* The sidebar does what its widget knows by this name. */
static bool cmd_sidebar(const struct command_call *call, GError **error)
{
	struct widget *sidebar = screen_sidebar();

	if (!sidebar)
		return refuse(error, "the sidebar is not shown; M-b shows it");
	return !sidebar->ops->command ||
		sidebar->ops->command(sidebar, call->row->name, call->argv, call->count, error);
}

/* The list of mailboxes itself knows how. */
static bool cmd_of_folders(const struct command_call *call, GError **error)
{
	struct widget *top = screen_top();

	return top->ops->command(top, call->row->name, call->argv, call->count, error);
}

#define CHANGE(name_, aliases_, usage_, max_, keys_, summary_) \
	{ .name = name_, .aliases = aliases_, .usage = usage_, .max_args = max_, \
	.context = CONTEXT_FOLDERS | CONTEXT_MESSAGES, .needs = NEED_ACCOUNT, \
	.is_async = true, .is_batch = true, .keys = keys_, .group = "mailboxes", \
	.completes = "mailbox", .summary = summary_, .exec = cmd_change }
#define SIDEBAR(name_, aliases_, keys_, summary_) \
	{ .name = name_, .aliases = aliases_, .usage = "", .context = CONTEXT_MESSAGES, \
	.needs = NEED_SCREEN, .keys = keys_, .group = "mailboxes", \
	.summary = summary_, .exec = cmd_sidebar }

#define FOLD(name_, keys_, summary_) \
	{ .name = name_, .usage = "", .context = CONTEXT_FOLDERS, .needs = NEED_SCREEN, \
	.keys = keys_, .group = "mailboxes", .summary = summary_, .exec = cmd_of_folders }

static const struct command_row rows[] = {
	{ .name = "open", .aliases = "change-folder change-mailbox", .usage = "[MAILBOX]",
		.max_args = 1, .context = CONTEXT_MESSAGES | CONTEXT_FOLDERS,
		.needs = NEED_ACCOUNT, .is_async = true, .is_batch = true,
		.keys = "index:c pager:c folders:c", .group = "mailboxes",
		.completes = "mailbox", .summary = "open another mailbox", .exec = cmd_open },
	{ .name = "open-read-only", .aliases = "change-folder-readonly",
		.usage = "[MAILBOX]", .max_args = 1,
		.context = CONTEXT_MESSAGES | CONTEXT_FOLDERS, .needs = NEED_ACCOUNT,
		.is_async = true, .is_batch = true, .keys = "index:M-c pager:M-c",
		.group = "mailboxes", .completes = "mailbox",
		.summary = "open a mailbox without changing anything in it", .exec = cmd_open },
	{ .name = "mailbox-list", .aliases = "browse-mailboxes", .usage = "",
		.context = CONTEXT_MESSAGES, .needs = NEED_SCREEN, .keys = "index:y pager:y",
		.group = "mailboxes", .summary = "the list of mailboxes", .exec = cmd_folders },
	{ .name = "next-unread-mailbox", .usage = "", .context = CONTEXT_MESSAGES,
		.needs = NEED_ACCOUNT | NEED_SCREEN, .is_async = true,
		.keys = "index:C-o pager:C-o", .group = "mailboxes",
		.summary = "open the next mailbox that has unread messages",
		.exec = cmd_next_unread_mailbox },
	{ .name = "unread-mailboxes", .aliases = "buffy-list mailbox-status", .usage = "",
		.context = CONTEXT_GENERIC, .needs = NEED_SCREEN, .keys = "index:. folders:.",
		.group = "mailboxes", .summary = "tell which mailboxes have unread messages",
		.exec = cmd_unread_mailboxes },
	CHANGE("create", "create-mailbox", "[MAILBOX [USE]]", 2, "folders:C",
		"make a mailbox, for a use such as Trash if one is named"),
	CHANGE("rename", "rename-mailbox", "[MAILBOX MAILBOX]", 2, "folders:r",
		"give a mailbox another name"),
	CHANGE("delete-mailbox", NULL, "[MAILBOX]", 1, "folders:d", "delete a mailbox"),
	CHANGE("subscribe-mailbox", NULL, "[MAILBOX]", 1, "folders:s",
		"subscribe to a mailbox"),
	CHANGE("unsubscribe-mailbox", NULL, "[MAILBOX]", 1, "folders:u",
		"unsubscribe from a mailbox"),
	{ .name = "refresh-mailboxes", .aliases = "check-new", .usage = "",
		.context = CONTEXT_FOLDERS, .needs = NEED_SCREEN, .keys = "folders:$",
		.group = "mailboxes", .summary = "ask for the list of mailboxes again",
		.exec = cmd_refresh_mailboxes },
	FOLD("fold", "folders:<c-left> folders:<left>", "hide the mailboxes below this one"),
	FOLD("unfold", "folders:<c-right> folders:<right>", "show the mailboxes below this one"),
	SIDEBAR("sidebar-next", NULL, "index:<c-down> pager:<c-down>",
		"next mailbox of the sidebar"),
	SIDEBAR("sidebar-prev", NULL, "index:<c-up> pager:<c-up>",
		"previous mailbox of the sidebar"),
	SIDEBAR("sidebar-open", NULL, "index:<c-right> pager:<c-right>",
		"open the mailbox chosen in the sidebar"),
	SIDEBAR("sidebar-toggle-fold", NULL, "index:<c-left> pager:<c-left>",
		"fold or unfold what is chosen in the sidebar"),
};

const struct command_table cmd_mailbox_table = { rows, G_N_ELEMENTS(rows) };
