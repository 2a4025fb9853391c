/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that edit the line of a prompt. */
#include "src/base/base.h"
#include "ui/commands.h"

#include "src/base/error.h"
#include "ui/context.h"
#include "ui/prompt.h"

static bool cmd_edit(const struct command_call *call, GError **error)
{
	if (prompt_command(call->row->name))
		return true;
	g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT, "no line is being edited");
	return false;
}

#define EDIT(name_, keys_, summary_) \
	{ .name = name_, .usage = "", .context = CONTEXT_PROMPT, .needs = NEED_SCREEN, \
	.keys = keys_, .group = "editing", .summary = summary_, .exec = cmd_edit }

static const struct command_row rows[] = {
	EDIT("accept-line", "prompt:<enter>", "end with this line"),
	EDIT("cancel-line", "prompt:C-g prompt:C-c", "end without a line"),
	EDIT("backward-char", "prompt:C-b prompt:<left>", "a character to the left"),
	EDIT("forward-char", "prompt:C-f prompt:<right>", "a character to the right"),
	EDIT("backward-word", "prompt:M-b prompt:<c-left>", "a word to the left"),
	EDIT("forward-word", "prompt:M-f prompt:<c-right>", "a word to the right"),
	EDIT("bol", "prompt:C-a prompt:<home>", "to the start of the line"),
	EDIT("eol", "prompt:C-e prompt:<end>", "to the end of the line"),
	EDIT("backspace", "prompt:<backspace> prompt:C-h", "delete the character to the left"),
	EDIT("delete-char", "prompt:C-d prompt:<delete>", "delete the character here"),
	EDIT("kill-line", "prompt:C-u", "delete the whole line"),
	EDIT("kill-eol", "prompt:C-k", "delete to the end of the line"),
	EDIT("kill-word", "prompt:C-w", "delete the word to the left"),
	EDIT("kill-eow", "prompt:M-d", "delete the word to the right"),
	EDIT("yank", "prompt:C-y", "insert what was deleted last"),
	EDIT("transpose-chars", "prompt:C-t", "exchange two characters"),
	EDIT("upcase-word", "prompt:M-u", "the word in capitals"),
	EDIT("downcase-word", "prompt:M-l", "the word in small letters"),
	EDIT("capitalize-word", "prompt:M-c", "the word with a capital"),
	EDIT("complete", "prompt:<tab>", "complete, then the next candidate"),
	EDIT("complete-previous", "prompt:<backtab>", "the previous candidate"),
	EDIT("history-up", "prompt:<up> prompt:C-p", "an older line"),
	EDIT("history-down", "prompt:<down> prompt:C-n", "a newer line"),
};

const struct command_table cmd_prompt_table = { rows, G_N_ELEMENTS(rows) };
