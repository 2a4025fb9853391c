/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands about the screen itself: help, quit, prompt, log. */
#include "src/base/base.h"
#include "ui/commands.h"

#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/action.h"
#include "src/mail/listing.h"
#include "src/mail/mailbox.h"
#include "src/mime/text.h"
#include "ui/format.h"
#include "ui/help.h"
#include "ui/input.h"
#include "ui/options.h"
#include "ui/parts.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/status.h"
#include "ui/textview.h"
#include "ui/view.h"
#include "ui/work.h"

/* --- leaving -------------------------------------------------------------- */

static void quit_now(bool may_leave, void *data)
{
	struct view *view = view_current();

	(void)data;
	if (may_leave)
		view->ops->quit(view);
}

static void on_quit(const char *text, void *data)
{
	(void)data;
	if (text && strcmp(text, "yes") == 0)
		mailbox_leave(quit_now, NULL, NULL);
}

static bool cmd_quit(const struct command_call *call, GError **error)
{
	(void)call;
	(void)error;
	if (view_current()->is_batch)
		quit_now(true, NULL);
	else
		prompt_quad(ui_options()->quit, "Quit culver?", on_quit, NULL, NULL);
	return true;
}

static bool cmd_ask_quit(const struct command_call *call, GError **error)
{
	struct prompt_request request = {
		.kind = PROMPT_YES_NO,
		.label = "Quit culver?",
		.is_yes_default = true,
		.done = on_quit,
	};

	(void)call;
	return view_prompt(&request, error);
}

/* mutt's "exit": from the index it ends without expunging. */
static bool cmd_exit(const struct command_call *call, GError **error)
{
	(void)call;
	(void)error;
	if (screen_top()->ops->context == CONTEXT_INDEX)
		quit_now(true, NULL);
	else
		screen_pop();
	return true;
}

/* --- help ----------------------------------------------------------------- */

static bool cmd_help(const struct command_call *call, GError **error)
{
	(void)call;
	(void)error;
	screen_push(help_new(screen_top()->ops->context));
	return true;
}

static bool cmd_palette(const struct command_call *call, GError **error)
{
	(void)call;
	(void)error;
	screen_push(help_palette_new(screen_top()->ops->context));
	return true;
}

static bool cmd_version(const struct command_call *call, GError **error)
{
	(void)call;
	(void)error;
	view_message(VIEW_INFO, "culver %s", CULVER_VERSION);
	return true;
}

/* --- the command line ----------------------------------------------------- */

static void on_command(const char *text, void *data)
{
	(void)data;
	if (text && *text)
		screen_run_commands(text, ":");
}

static bool cmd_enter_command(const struct command_call *call, GError **error)
{
	struct prompt_request request = {
		.kind = PROMPT_LINE,
		.label = ":",
		.history = "command",
		.completes = "command",
		.done = on_command,
	};

	(void)call;
	return view_prompt(&request, error);
}

/* --- the screen ----------------------------------------------------------- */

static bool cmd_redraw(const struct command_call *call, GError **error)
{
	(void)call;
	(void)error;
	screen_redraw();
	return true;
}

static bool cmd_suspend(const struct command_call *call, GError **error)
{
	(void)call;
	(void)error;
	screen_suspend();
	return true;
}

static bool cmd_toggle_sidebar(const struct command_call *call, GError **error)
{
	(void)call;
	(void)error;
	screen_toggle_sidebar();
	return true;
}

static bool cmd_cancel(const struct command_call *call, GError **error)
{
	struct listing *listing = view_current()->listing;
	char *stopped = NULL;

	(void)call;
	(void)error;
	if (input_cancel()) {
		view_message(VIEW_INFO, "cancelled");
	} else if (listing && listing_next_limit(listing)) {
		listing_stop_search(listing);
		view_current()->ops->changed(view_current());
		view_message(VIEW_INFO, "search stopped");
	} else if ((stopped = work_cancel()) != NULL) {
		view_message(VIEW_INFO, "%s: stopped", stopped);
	} else {
		view_message(VIEW_INFO, "nothing runs that C-g could stop");
	}
	g_free(stopped);
	return true;
}

/* mutt's %: a guard of the user's own, on top of what the server allows. */
static bool cmd_toggle_write(const struct command_call *call, GError **error)
{
	struct mailbox *mailbox = view_current()->mailbox;
	bool is_guarded = !mailbox_is_read_only(mailbox);

	(void)call;
	if (mailbox_is_examined(mailbox)) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT,
			"%s was opened read-only; c opens it again", mailbox_name(mailbox));
		return false;
	}
	mailbox_set_guarded(mailbox, is_guarded);
	view_message(VIEW_INFO, is_guarded ? "nothing is changed in %s any more"
		: "%s may be changed again", mailbox_name(mailbox));
	return true;
}

/* --- what happened -------------------------------------------------------- */

static bool cmd_history(const struct command_call *call, GError **error)
{
	const GPtrArray *entries = status_history();
	struct mime_document *document = mime_document_new();

	(void)call;
	(void)error;
	for (guint i = 0; i < entries->len; i++) {
		const struct status_entry *entry = entries->pdata[i];
		GString *line = g_string_new(NULL);

		format_time(line, "%H:%M:%S  ", entry->time);
		g_string_append(line, entry->text);
		mime_document_add(document, MIME_LINE_TEXT, line->str);
		g_string_free(line, TRUE);
	}
	if (entries->len == 0)
		mime_document_add(document, MIME_LINE_NOTE, "no errors and no warnings");
	screen_push(textview_new("Errors and warnings", document, true));
	return true;
}

static bool cmd_refresh(const struct command_call *call, GError **error)
{
	struct view *view = view_current();

	(void)call;
	(void)error;
	/* Somebody who asks does not want to wait for the next attempt. */
	if (account_state(view->account) != ACCOUNT_ONLINE)
		account_reconnect(view->account);
	else if (view->mailbox)
		mailbox_poll(view->mailbox, NULL, NULL);
	view_message(VIEW_INFO, "asking the server what is new");
	return true;
}

static bool cmd_parts(const struct command_call *call, GError **error)
{
	struct view *view = view_current();

	(void)call;
	(void)error;
	screen_push(parts_new(view->mailbox, view_cursor_uid()));
	return true;
}

static bool cmd_not_yet(const struct command_call *call, GError **error)
{
	(void)call;
	(void)error;
	view_message(VIEW_INFO, "writing mail comes with a later version; nothing was sent");
	return true;
}

#define LATER(name_, keys_, summary_) \
	{ .name = name_, .usage = "", .context = CONTEXT_MESSAGES, .needs = NEED_SCREEN, \
	.keys = keys_, .group = "writing", .summary = summary_, .exec = cmd_not_yet }

static bool cmd_journal_clear(const struct command_call *call, GError **error)
{
	uint32_t n = action_forget_conflicts();

	(void)call;
	(void)error;
	if (n == 0)
		view_message(VIEW_INFO, "there is nothing to forget");
	else
		view_message(VIEW_INFO, "%u action%s forgotten", n, n == 1 ? "" : "s");
	return true;
}

static const struct command_row rows[] = {
	{ .name = "toggle-write", .usage = "", .context = CONTEXT_MESSAGES,
		.needs = NEED_MAILBOX | NEED_SCREEN, .keys = "index:% pager:%",
		.group = "mailboxes", .summary = "refuse changes to this mailbox, or allow them",
		.exec = cmd_toggle_write },
	{ .name = "quit", .usage = "", .is_batch = true, .keys = "index:q", .group = "other",
		.summary = "leave culver", .exec = cmd_quit },
	{ .name = "ask-quit", .usage = "", .needs = NEED_SCREEN, .keys = "generic:C-c",
		.context = CONTEXT_GENERIC, .group = "other",
		.summary = "leave culver, after a question", .exec = cmd_ask_quit },
	{ .name = "exit", .usage = "", .needs = NEED_SCREEN, .context = CONTEXT_GENERIC,
		.keys = "index:x pager:q pager:i pager:x folders:q folders:i folders:y parts:q "
			"parts:i help:q text:q text:i text:x trace:q trace:i acl:q acl:i "
			"queue:q queue:i found:q found:i",
		.group = "other",
		.summary = "back; from the index, leave without expunging", .exec = cmd_exit },
	{ .name = "help", .usage = "", .needs = NEED_SCREEN, .context = CONTEXT_GENERIC,
		.keys = "generic:?", .group = "other", .summary = "the keys of this screen",
		.exec = cmd_help },
	{ .name = "palette", .usage = "", .needs = NEED_SCREEN, .context = CONTEXT_GENERIC,
		.keys = "generic:M-x", .group = "other", .summary = "find a command and run it",
		.exec = cmd_palette },
	{ .name = "version", .usage = "", .needs = NEED_SCREEN, .context = CONTEXT_GENERIC,
		.keys = "generic:V", .group = "other", .summary = "culver's version",
		.exec = cmd_version },
	{ .name = "enter-command", .usage = "", .needs = NEED_SCREEN,
		.context = CONTEXT_GENERIC, .keys = "generic::", .group = "other",
		.summary = "type a command", .exec = cmd_enter_command },
	{ .name = "redraw", .aliases = "refresh", .usage = "", .needs = NEED_SCREEN,
		.context = CONTEXT_GENERIC | CONTEXT_PROMPT, .keys = "generic:C-l prompt:C-l",
		.group = "other", .summary = "draw the screen anew", .exec = cmd_redraw },
	{ .name = "suspend", .usage = "", .needs = NEED_SCREEN, .context = CONTEXT_GENERIC,
		.keys = "generic:C-z", .group = "other", .summary = "stop, back to the shell",
		.exec = cmd_suspend },
	{ .name = "sidebar-toggle", .aliases = "sidebar-toggle-visible", .usage = "",
		.needs = NEED_SCREEN, .context = CONTEXT_MESSAGES,
		.keys = "index:M-b pager:M-b", .group = "mailboxes",
		.summary = "show or hide the sidebar", .exec = cmd_toggle_sidebar },
	{ .name = "cancel", .usage = "", .needs = NEED_SCREEN, .context = CONTEXT_GENERIC,
		.keys = "generic:C-g", .group = "other", .summary = "cancel what runs",
		.exec = cmd_cancel },
	{ .name = "error-history", .usage = "", .needs = NEED_SCREEN,
		.context = CONTEXT_GENERIC, .keys = "generic:M-m", .group = "other",
		.summary = "errors and warnings so far", .exec = cmd_history },
	{ .name = "journal-clear", .usage = "", .needs = NEED_SCREEN,
		.context = CONTEXT_GENERIC, .group = "other",
		.summary = "forget actions that can no longer be done",
		.doc = "An action that had not reached the server when its mailbox was replaced "
			"by another of the same name is never done: the messages it names are gone. "
			"It is told at each start until this command forgets all of these.",
		.exec = cmd_journal_clear },
	{ .name = "fetch-mail", .aliases = "imap-fetch-mail", .usage = "",
		.needs = NEED_ACCOUNT | NEED_SCREEN, .context = CONTEXT_GENERIC,
		.group = "other", .summary = "ask the server now, reconnecting if need be",
		.exec = cmd_refresh },
	{ .name = "parts", .aliases = "view-attachments", .usage = "",
		.needs = NEED_MAILBOX | NEED_MESSAGE | NEED_SCREEN, .context = CONTEXT_MESSAGES,
		.keys = "index:v pager:v", .group = "reading",
		.summary = "the parts of a message", .exec = cmd_parts },
	LATER("reply", "index:r pager:r", "answer a message"),
	LATER("group-reply", "index:g pager:g", "answer everybody"),
	LATER("list-reply", "index:L pager:L", "answer a mailing list"),
	LATER("forward-message", "index:f pager:f", "send a message on"),
	LATER("bounce-message", "index:b pager:b", "redirect a message"),
	LATER("mail", "index:m pager:m", "write a message"),
};

const struct command_table cmd_screen_table = { rows, G_N_ELEMENTS(rows) };
