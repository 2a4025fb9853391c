/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The view that commands act on. See view.h. */
#include "src/base/base.h"
#include "ui/view.h"

#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/acl.h"
#include "src/mail/find.h"
#include "src/mail/listing.h"
#include "src/mail/mailbox.h"
#include "src/mail/pattern.h"
#include "ui/options.h"
#include "ui/prompt.h"
#include "ui/work.h"

static struct view *current;

void view_init(struct view *view, const struct view_ops *ops)
{
	*view = (struct view){ .ops = ops };
	imap_seqset_init(&view->tagged);
}

static void forget_mailbox(struct view *view)
{
	listing_free(&view->listing);
	if (view->mailbox)
		mailbox_unref(&view->mailbox);
	imap_seqset_clear(&view->tagged);
}

void view_release(struct view *view)
{
	forget_mailbox(view);
	imap_seqset_release(&view->tagged);
	if (current == view)
		current = NULL;
}

void view_make_current(struct view *view)
{
	current = view;
}

struct view *view_current(void)
{
	return current;
}

static void tell_changed(struct view *view)
{
	if (view->ops->changed)
		view->ops->changed(view);
}

void view_set_mailbox(struct view *view, struct account *account,
	struct mailbox *mailbox_take, struct listing *listing_take)
{
	forget_mailbox(view);
	view->account = account;
	view->mailbox = mailbox_take;
	view->listing = listing_take;
	tell_changed(view);
}

void view_message(enum view_kind kind, const char *format, ...)
{
	va_list args;
	char *text;

	if (!current)
		return;
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	current->ops->message(current, kind, text);
	g_free(text);
}

bool view_prompt(const struct prompt_request *request, GError **error)
{
	if (current && current->ops->prompt) {
		current->ops->prompt(current, request);
		return true;
	}
	g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
		"an argument is missing, and nobody can be asked for it");
	return false;
}

uint32_t view_cursor_uid(void)
{
	return current && current->ops->cursor_uid ? current->ops->cursor_uid(current) : 0;
}

struct pattern *view_pattern(const char *text, GError **error)
{
	struct pattern_shown shown;
	struct listing *listing = current->listing;

	if (!listing)
		return pattern_parse(text, error);
	listing_get_shown(listing, listing_find_uid(listing, view_cursor_uid()), &shown);
	return pattern_parse_shown(text, &shown, error);
}

/* --- running commands ----------------------------------------------------- */

static bool refuse(GError **error, const char *why)
{
	g_set_error_literal(error, CMD_ERROR, CMD_ERROR_CONTEXT, why);
	return false;
}

/* What the user may not do in the open mailbox, where the server has told. */
static bool refuse_read_only(GError **error)
{
	const struct account_mailbox *row =
		account_mailbox_find(mailbox_account(current->mailbox),
			mailbox_name(current->mailbox));
	char *missing = row != NULL && row->rights != NULL
		? acl_rights_missing(row->rights) : NULL;

	g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT,
		"the mailbox is read-only%s%s", missing != NULL ? ": " : "",
		missing != NULL ? missing : "");
	g_free(missing);
	return false;
}

static bool check_mailbox(unsigned needs, GError **error)
{
	if (needs & (NEED_MAILBOX | NEED_MESSAGE | NEED_WRITABLE) && !current->mailbox)
		return refuse(error, "no mailbox is open");
	if (needs & NEED_WRITABLE && mailbox_is_read_only(current->mailbox))
		return refuse_read_only(error);
	if (needs & NEED_MESSAGE && !current->is_batch && view_cursor_uid() == 0 &&
		imap_seqset_is_empty(&current->tagged))
		return refuse(error, "there is no message here");
	return true;
}

bool view_before(const struct command_call *call, GError **error, void *data)
{
	unsigned needs = call->row->needs, context;

	(void)data;
	if (!current)
		return needs == 0 || refuse(error, "not before the screen has started");
	/* Editing the line of a prompt is no command of its own. */
	if (call->row->context != CONTEXT_PROMPT) {
		current->tag_prefix = current->tag_prefix_armed;
		current->tag_prefix_armed = false;
	}
	if (needs & NEED_SCREEN && current->is_batch)
		return refuse(error, "this command is for the screen");
	if (current->is_batch && call->row->context != 0 && !call->row->is_batch)
		return refuse(error, "this command is for the screen");
	context = current->ops->context ? current->ops->context(current) : 0;
	if (context != 0 && call->row->context != 0 && !(call->row->context & context)) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT,
			"not on this screen (%s)", context_name(context));
		return false;
	}
	if (needs & NEED_ACCOUNT && !current->account)
		return refuse(error, "there is no account yet");
	/* A command with a pattern of its own needs no row under the cursor. */
	if (call->argc > 0 && call->row->args == COMMAND_ARGS_REST)
		needs &= ~(unsigned)NEED_MESSAGE;
	return check_mailbox(needs, error);
}

void view_failed(const struct command_call *call, const GError *error, void *data)
{
	(void)data;
	if (error)
		view_message(VIEW_ERROR, "%s: %s", call->row->name, error->message);
}

struct finish {
	struct command_run *run;
	GError *error;
};

static gboolean finish_now(void *data)
{
	struct finish *finish = data;

	command_finish(finish->run, finish->error);
	g_clear_error(&finish->error);
	g_free(finish);
	return G_SOURCE_REMOVE;
}

void view_finish(const struct command_call *call, const GError *error)
{
	struct finish *finish;

	if (!call->row->is_async)
		return;
	finish = g_new0(struct finish, 1);
	finish->run = call->run;
	finish->error = error ? g_error_copy(error) : NULL;
	g_timeout_add_full(G_PRIORITY_DEFAULT, 0, finish_now, finish, NULL);
}

/* --- what a command is for ------------------------------------------------ */

struct targets {
	struct command_call call;
	struct pattern *pattern;
	struct mailbox *mailbox;
	view_targets_fn *fn;
	void *data;
	GDestroyNotify free_data;
	struct work *loading;
	struct find *find;
};

static void targets_free(struct targets *targets)
{
	work_end(&targets->loading);
	find_free(&targets->find);
	pattern_free(&targets->pattern);
	mailbox_unref(&targets->mailbox);
	if (targets->free_data)
		targets->free_data(targets->data);
	g_free(targets);
}

/* As in mutt, a limit leaves out what it does not show. */
static void keep_shown(struct imap_seqset *uids)
{
	const struct imap_seqset *limited = current->listing
		? listing_limited(current->listing) : NULL;

	if (limited)
		imap_seqset_intersect(uids, limited);
}

static void use_targets(struct targets *targets, const struct imap_seqset *uids)
{
	struct imap_seqset shown;

	imap_seqset_init(&shown);
	imap_seqset_copy(&shown, uids);
	keep_shown(&shown);
	if (imap_seqset_is_empty(&shown))
		view_message(VIEW_INFO, "no message matches '%s'", pattern_text(targets->pattern));
	targets->fn(&targets->call, &shown, targets->data);
	imap_seqset_release(&shown);
}

static void end_targets(struct targets *targets, const GError *error)
{
	if (targets->call.row->is_async)
		view_finish(&targets->call, error);
	else
		view_failed(&targets->call, error, NULL);
}

static void on_found(
	const GError *error, const struct imap_seqset *uids, void *data)
{
	struct targets *targets = data;
	GError *left;

	if (error) {
		end_targets(targets, error);
	} else if (current->mailbox == targets->mailbox) {
		use_targets(targets, uids);
	} else {
		left = g_error_new_literal(MAIL_ERROR, MAIL_ERROR_CANCELLED,
			"the mailbox was left before its messages were found");
		end_targets(targets, left);
		g_error_free(left);
	}
	targets_free(targets);
}

static void on_progress(uint64_t had, uint64_t wanted, void *data)
{
	work_progress(((struct targets *)data)->loading, had, wanted);
}

static void stop_targets(void *data)
{
	struct targets *targets = data;
	struct imap_seqset none = { 0 };
	GError *error = g_error_new_literal(MAIL_ERROR, MAIL_ERROR_CANCELLED, "cancelled");

	on_found(error, &none, targets);
	g_error_free(error);
}

static struct targets *targets_new(const struct command_call *call,
	struct pattern *pattern_take, view_targets_fn *fn, void *data,
	GDestroyNotify free_data)
{
	struct targets *targets = g_new0(struct targets, 1);

	targets->call = *call;
	targets->call.argv = NULL;
	targets->call.argc = 0;
	targets->pattern = pattern_take;
	targets->mailbox = mailbox_ref(current->mailbox);
	targets->fn = fn;
	targets->data = data;
	targets->free_data = free_data;
	return targets;
}

static bool targets_by_pattern(const struct command_call *call, const char *text,
	view_targets_fn *fn, void *data, GDestroyNotify free_data, GError **error)
{
	struct pattern *pattern = view_pattern(text, error);
	struct targets *targets;
	struct imap_seqset uids;

	if (!pattern)
		return false;
	targets = targets_new(call, pattern, fn, data, free_data);
	/* At once where that can be: the next key may be typed already. */
	imap_seqset_init(&uids);
	if (find_now(targets->mailbox, pattern, &current->tagged, &uids)) {
		use_targets(targets, &uids);
		targets_free(targets);
	} else {
		targets->loading = work_begin(call->row->name, stop_targets, targets);
		targets->find = find_start(targets->mailbox, pattern,
			&current->tagged, 0, on_found, targets);
		find_watch(targets->find, on_progress);
	}
	imap_seqset_release(&uids);
	return true;
}

/* The tagged ones that are shown, else the one at the cursor. */
static void get_targets(struct imap_seqset *uids)
{
	uint32_t uid = view_cursor_uid();

	if (current->tag_prefix || ui_options()->auto_tag) {
		imap_seqset_add_set(uids, &current->tagged);
		keep_shown(uids);
	}
	if (imap_seqset_is_empty(uids) && !current->tag_prefix && uid != 0)
		imap_seqset_add(uids, uid);
}

bool view_targets(const struct command_call *call, const char *pattern,
	view_targets_fn *fn, void *data, GDestroyNotify free_data, GError **error)
{
	struct command_call bare = *call;
	struct imap_seqset uids;
	bool has_some;

	if (!current->mailbox)
		return refuse(error, "no mailbox is open");
	if (pattern && *pattern)
		return targets_by_pattern(call, pattern, fn, data, free_data, error);
	if (current->is_batch)
		return refuse(error, "expected a pattern: ~A is all messages");
	bare.argv = NULL;
	bare.argc = 0;
	imap_seqset_init(&uids);
	get_targets(&uids);
	has_some = !imap_seqset_is_empty(&uids);
	if (has_some)
		fn(&bare, &uids, data);
	imap_seqset_release(&uids);
	if (!has_some)
		return refuse(error, current->tag_prefix ?
			"no message is tagged" : "there is no message here");
	if (free_data)
		free_data(data);
	return true;
}
