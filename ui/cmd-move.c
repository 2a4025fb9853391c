/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that move the cursor, scroll and search. */
#include "src/base/base.h"
#include "ui/commands.h"

#include "src/base/error.h"
#include "src/mail/listing.h"
#include "src/mail/pattern.h"
#include "ui/desk.h"
#include "ui/index.h"
#include "ui/options.h"
#include "ui/pager.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/view.h"

static bool refuse(GError **error, const char *why)
{
	g_set_error_literal(error, CMD_ERROR, CMD_ERROR_CONTEXT, why);
	return false;
}

static bool is_pager(const struct widget *widget)
{
	return widget->ops->context == CONTEXT_PAGER;
}

static bool do_move(const struct command_call *call, enum move move)
{
	struct widget *top = screen_top();

	if (top->ops->move)
		top->ops->move(top, move, call->count);
	return true;
}

/* The index under the pager knows what comes next. */
static bool pager_goes(const struct command_call *call, bool is_next)
{
	struct widget *index = screen_find(CONTEXT_INDEX);
	uint32_t uid = view_cursor_uid();

	for (unsigned i = 0; i < MAX(call->count, 1); i++) {
		uint32_t next = index_neighbour(index, uid, is_next);

		if (next == 0)
			break;
		uid = next;
	}
	if (uid != view_cursor_uid())
		desk_open_message(uid);
	else
		view_message(VIEW_INFO, is_next ? "this is the last message"
			: "this is the first message");
	return true;
}

static bool cmd_next(const struct command_call *call, GError **error)
{
	(void)error;
	return is_pager(screen_top()) ? pager_goes(call, true) : do_move(call, MOVE_NEXT);
}

static bool cmd_previous(const struct command_call *call, GError **error)
{
	(void)error;
	return is_pager(screen_top()) ? pager_goes(call, false) : do_move(call, MOVE_PREVIOUS);
}

static bool pager_entry(bool is_next)
{
	struct listing *listing = view_current()->listing;
	uint32_t place = listing ? listing_find_uid(listing, view_cursor_uid()) : UINT32_MAX;

	if (place == UINT32_MAX || (is_next ? place + 1 >= listing_length(listing) : place == 0))
		return true;
	desk_open_message(listing_uid_at(listing, is_next ? place + 1 : place - 1));
	return true;
}

static bool cmd_next_entry(const struct command_call *call, GError **error)
{
	(void)error;
	return is_pager(screen_top()) ? pager_entry(true) : do_move(call, MOVE_NEXT_ENTRY);
}

static bool cmd_previous_entry(const struct command_call *call, GError **error)
{
	(void)error;
	return is_pager(screen_top()) ? pager_entry(false) : do_move(call, MOVE_PREVIOUS_ENTRY);
}

static bool cmd_next_page(const struct command_call *call, GError **error)
{
	struct widget *top = screen_top();

	(void)error;
	if (is_pager(top) && pager_is_at_end(top)) {
		if (!ui_options()->pager_stop)
			return pager_goes(call, true);
		view_message(VIEW_INFO, "end of the message");
	}
	return do_move(call, MOVE_PAGE_DOWN);
}

static bool cmd_previous_page(const struct command_call *call, GError **error)
{
	(void)error;
	return do_move(call, MOVE_PAGE_UP);
}

static bool cmd_half_down(const struct command_call *call, GError **error)
{
	(void)error;
	return do_move(call, MOVE_HALF_DOWN);
}

static bool cmd_half_up(const struct command_call *call, GError **error)
{
	(void)error;
	return do_move(call, MOVE_HALF_UP);
}

static bool cmd_next_line(const struct command_call *call, GError **error)
{
	(void)error;
	return do_move(call, MOVE_LINE_DOWN);
}

static bool cmd_previous_line(const struct command_call *call, GError **error)
{
	(void)error;
	return do_move(call, MOVE_LINE_UP);
}

static bool cmd_first(const struct command_call *call, GError **error)
{
	(void)error;
	return do_move(call, MOVE_FIRST);
}

static bool cmd_last(const struct command_call *call, GError **error)
{
	(void)error;
	return do_move(call, MOVE_LAST);
}

static bool cmd_top(const struct command_call *call, GError **error)
{
	(void)error;
	return do_move(call, MOVE_TOP);
}

static bool cmd_middle(const struct command_call *call, GError **error)
{
	(void)error;
	return do_move(call, MOVE_MIDDLE);
}

static bool cmd_bottom(const struct command_call *call, GError **error)
{
	(void)error;
	return do_move(call, MOVE_BOTTOM);
}

static bool cmd_jump(const struct command_call *call, GError **error)
{
	struct widget *index = screen_find(CONTEXT_INDEX);
	guint64 number = call->count;
	uint32_t before = index_cursor_uid(index);

	if (call->argc > 0 && !g_ascii_string_to_unsigned(call->argv[0], 10, 1, G_MAXUINT32,
		&number, NULL))
		return refuse(error, "expected the number of a message");
	if (number == 0)
		return refuse(error, "type a number, then Enter");
	if (!is_pager(screen_top())) {
		struct widget *top = screen_top();

		if (top->ops->move)
			top->ops->move(top, MOVE_JUMP, (unsigned)number);
		return true;
	}
	index->ops->move(index, MOVE_JUMP, (unsigned)number);
	if (index_cursor_uid(index) != before)
		desk_open_message(index_cursor_uid(index));
	return true;
}

bool tell_screen(const char *name, const char *const *argv, unsigned count,
	GError **error);

static bool go_unread(bool is_next, GError **error)
{
	if (screen_top()->ops->context == CONTEXT_FOLDERS)
		return tell_screen(is_next ? "next-unread" : "previous-unread", NULL, 0, error);
	if (!view_current()->mailbox)
		return refuse(error, "no mailbox is open");
	struct widget *index = screen_find(CONTEXT_INDEX);
	uint32_t uid = index_next_unread(index, view_cursor_uid(), is_next);

	if (uid == 0)
		return refuse(error, "no unread messages");
	if (is_pager(screen_top()))
		desk_open_message(uid);
	else
		index_set_cursor_uid(index, uid);
	return true;
}

static bool cmd_next_unread(const struct command_call *call, GError **error)
{
	(void)call;
	return go_unread(true, error);
}

static bool cmd_previous_unread(const struct command_call *call, GError **error)
{
	(void)call;
	return go_unread(false, error);
}

/* What the top screen itself knows how to do. */
bool tell_screen(const char *name, const char *const *argv, unsigned count,
	GError **error)
{
	struct widget *top = screen_top();
	GError *why = NULL;

	if (top->ops->command && top->ops->command(top, name, argv, count, &why))
		return true;
	if (!why)
		return refuse(error, "not on this screen");
	g_propagate_error(error, why);
	return false;
}

static bool cmd_of_widget(const struct command_call *call, GError **error)
{
	return tell_screen(call->row->name, call->argv, call->count, error);
}

/* A folded thread opens at its first unread message. */
static uint32_t uid_to_open(void)
{
	struct listing *listing = view_current()->listing;
	uint32_t uid = view_cursor_uid(), unread;
	uint32_t place = listing && uid != 0 ? listing_find_uid(listing, uid) :
		UINT32_MAX;

	if (place == UINT32_MAX || !listing_is_folded(listing, place))
		return uid;
	listing_fold(listing, place, false);
	unread = listing_unread_in_thread(listing, place);
	return unread == UINT32_MAX ? uid : listing_uid_at(listing, unread);
}

static bool cmd_select(const struct command_call *call, GError **error)
{
	uint32_t uid;

	if (screen_top()->ops->context != CONTEXT_INDEX)
		return cmd_of_widget(call, error);
	uid = uid_to_open();
	if (uid == 0)
		return refuse(error, "there is no message here");
	desk_open_message(uid);
	return true;
}

/* --- the rows ------------------------------------------------------------- */

#define MOVE(name_, aliases_, keys_, summary_, exec_) \
	{ .name = name_, .aliases = aliases_, .usage = "", .context = CONTEXT_GENERIC, \
	.needs = NEED_SCREEN, .keys = keys_, .group = "moving", .summary = summary_, \
	.exec = exec_ }
#define READ(name_, aliases_, keys_, summary_, exec_) \
	{ .name = name_, .aliases = aliases_, .usage = "", \
	.context = CONTEXT_PAGER | CONTEXT_TEXT, .needs = NEED_SCREEN, .keys = keys_, \
	.group = "reading", .summary = summary_, .exec = exec_ }

static const struct command_row rows[] = {
	MOVE("next", "next-undeleted", "generic:j generic:<down> pager:<right>",
		"next message or line, skipping deleted ones", cmd_next),
	MOVE("previous", "previous-undeleted", "generic:k generic:<up> pager:<left>",
		"previous message or line, skipping deleted ones", cmd_previous),
	MOVE("next-entry", NULL, "generic:J", "next, deleted or not", cmd_next_entry),
	MOVE("previous-entry", NULL, "generic:K", "previous, deleted or not",
		cmd_previous_entry),
	MOVE("next-page", NULL, "generic:z generic:<pagedown> index:<right> "
		"pager:<space> text:<space>", "a page down", cmd_next_page),
	MOVE("previous-page", NULL, "generic:Z generic:<pageup> index:<left> "
		"pager:- text:-", "a page up", cmd_previous_page),
	MOVE("half-down", NULL, "generic:]", "half a page down", cmd_half_down),
	MOVE("half-up", NULL, "generic:[", "half a page up", cmd_half_up),
	MOVE("next-line", NULL, "generic:> pager:<enter> text:<enter>",
		"a line down", cmd_next_line),
	MOVE("previous-line", NULL, "generic:< pager:<backspace> text:<backspace>",
		"a line up", cmd_previous_line),
	MOVE("first-entry", "top", "generic:= generic:<home> pager:^ text:^",
		"to the first message, or the top", cmd_first),
	MOVE("last-entry", "bottom", "generic:* generic:<end> index:G pager:G text:G "
		"folders:G parts:G",
		"to the last message, or the end", cmd_last),
	MOVE("top-page", NULL, "index:H folders:H parts:H", "to the first line of the screen",
		cmd_top),
	MOVE("middle-page", NULL, "index:M folders:M parts:M", "to the middle of the screen",
		cmd_middle),
	MOVE("bottom-page", NULL, "folders:L parts:L", "to the last line of the screen",
		cmd_bottom),
	{ .name = "jump", .usage = "[NUMBER]", .max_args = 1, .context = CONTEXT_GENERIC,
		.needs = NEED_SCREEN, .group = "moving",
		.summary = "to the message with this number",
		.doc = "Typing a number and Enter does the same.", .exec = cmd_jump },
	{ .name = "select", .aliases = "display-message select-entry view-attach",
		.usage = "", .context = CONTEXT_INDEX | CONTEXT_FOLDERS | CONTEXT_PARTS |
			CONTEXT_HELP | CONTEXT_TRACE | CONTEXT_ACL | CONTEXT_FOUND |
			CONTEXT_QUEUE,
		.needs = NEED_SCREEN,
		.keys = "index:<enter> index:<space> folders:<enter> folders:<space> "
			"parts:<enter> parts:<space> help:<enter> found:<enter> found:<space> trace:<enter> "
			"acl:<enter> acl:<space> queue:<enter>",
		.group = "reading", .summary = "open what is under the cursor",
		.exec = cmd_select },
	{ .name = "save-part", .aliases = "save-entry", .usage = "",
		.context = CONTEXT_PARTS, .needs = NEED_SCREEN, .keys = "parts:s",
		.group = "reading", .summary = "save a part to a file",
		.exec = cmd_of_widget },
	{ .name = "delete-part", .aliases = "delete-entry", .usage = "",
		.context = CONTEXT_PARTS, .needs = NEED_SCREEN | NEED_WRITABLE,
		.keys = "parts:d", .group = "organising",
		.summary = "remove a part from the message on the server",
		.doc = "The message is stored anew, with its flags and its date; "
			"a short text says what was removed.",
		.exec = cmd_of_widget },
	{ .name = "next-unread", .aliases = "next-new-then-unread next-new", .usage = "",
		.context = CONTEXT_MESSAGES | CONTEXT_FOLDERS, .needs = NEED_SCREEN,
		.keys = "index:<tab> pager:<tab> folders:<tab>", .group = "moving",
		.summary = "next unread message, or mailbox with some", .exec = cmd_next_unread },
	{ .name = "previous-unread", .aliases = "previous-new-then-unread previous-new",
		.usage = "", .context = CONTEXT_MESSAGES | CONTEXT_FOLDERS, .needs = NEED_SCREEN,
		.keys = "index:M-<tab> pager:M-<tab> folders:M-<tab>", .group = "moving",
		.summary = "previous unread message, or mailbox with some", .exec = cmd_previous_unread },
	READ("headers", "display-toggle-weed", "pager:h", "show all headers, or only those of use",
		cmd_of_widget),
	READ("raw", "view-raw-message", "pager:e", "show the message as it came", cmd_of_widget),
	READ("toggle-quoted", NULL, "pager:T", "fold and unfold quoted text", cmd_of_widget),
	READ("skip-quoted", NULL, "pager:S", "to what comes after the quoted text",
		cmd_of_widget),
	READ("search-toggle", NULL, "pager:\\", "colour what was found, or not", cmd_of_widget),
};

const struct command_table cmd_move_table = { rows, G_N_ELEMENTS(rows) };
