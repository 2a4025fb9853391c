/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that store messages, and the queue of what is not done yet. */
#include "src/base/base.h"
#include "ui/commands.h"

#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/append.h"
#include "ui/flags.h"
#include "ui/queue.h"
#include "ui/screen.h"
#include "ui/view.h"

static void on_stored(uint32_t uid, const GError *error, void *data)
{
	(void)uid;
	if (error != NULL)
		view_message(VIEW_ERROR, "%s", error->message);
	else
		view_message(VIEW_INFO, "%s", (const char *)data);
}

static bool cmd_append(const struct command_call *call, GError **error)
{
	struct flag_words *flags = flag_words_parse(call->argv + 2, error);
	struct account *account;
	char *name = flags == NULL ? NULL : mailbox_resolve(
		view_current()->account, call->argv[0], &account, error);

	if (name != NULL) {
		action_append(account, name, call->argv[1],
			flag_words_flags(flags), on_stored,
			(void *)"message stored");
		view_message(VIEW_INFO, "storing '%s' in %s", call->argv[1],
			name);
	}
	flag_words_free(&flags);
	g_free(name);
	return name != NULL;
}

static bool cmd_replace(const struct command_call *call, GError **error)
{
	struct mailbox *mailbox = view_current()->mailbox;

	(void)error;
	if (!action_can_replace(mailbox, view_cursor_uid())) {
		view_message(VIEW_ERROR,
			"the message's flags and date are not known yet");
		return true;
	}
	action_replace(mailbox, view_cursor_uid(),
		call->argv[0], on_stored, (void *)"message replaced");
	view_message(VIEW_INFO, "replacing a message by '%s'", call->argv[0]);
	return true;
}

static bool cmd_jobs(const struct command_call *call, GError **error)
{
	(void)call;
	(void)error;
	screen_push(queue_screen_new());
	return true;
}

static bool cmd_of_queue(const struct command_call *call, GError **error)
{
	return tell_screen(call->row->name, call->argv, call->count, error);
}

#define QUEUE_ROW .usage = "", .needs = NEED_SCREEN, .context = CONTEXT_QUEUE, \
	.group = "other", .exec = cmd_of_queue

static const struct command_row rows[] = {
	{ .name = "append", .usage = "MAILBOX FILE [FLAG]...", .min_args = 2,
		.max_args = 32, .needs = NEED_ACCOUNT | NEED_SCREEN,
		.context = CONTEXT_GENERIC, .group = "organising",
		.completes = "mailbox",
		.summary = "store a message from a file",
		.exec = cmd_append },
	{ .name = "replace", .usage = "FILE", .min_args = 1, .max_args = 1,
		.needs = NEED_MESSAGE | NEED_WRITABLE | NEED_SCREEN,
		.context = CONTEXT_MESSAGES, .group = "organising",
		.completes = "file",
		.summary = "put a message from a file in the place of this one",
		.doc = "It keeps the flags and the date.",
		.exec = cmd_replace },
	{ .name = "jobs", .usage = "", .needs = NEED_SCREEN,
		.context = CONTEXT_GENERIC,
		.keys = "index:B pager:B folders:B", .group = "other",
		.summary = "what waits for a server, and what could not be done",
		.doc = "Enter shows all of an action, d gives it up, $ tries "
			"again, which also helps what was refused once.",
		.exec = cmd_jobs },
	{ .name = "queue-drop", QUEUE_ROW, .keys = "queue:d",
		.summary = "give up the action under the cursor" },
	{ .name = "queue-retry", QUEUE_ROW, .keys = "queue:$",
		.summary = "connect, and try all of them again" },
};

const struct command_table cmd_write_table = { rows, G_N_ELEMENTS(rows) };
