/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of batch mode; their functions are in cmd-batch-*.c. */
#include "src/base/base.h"
#include "src/rc/command.h"
#include "ui/batch.h"
#include "ui/cmd-batch.h"

#define BATCH .is_async = true, .is_batch = true, .group = "batch"
#define PATTERN_ARG .args = COMMAND_ARGS_REST, .min_args = 1, .max_args = 1
#define WORD_AND_PATTERN .args = COMMAND_ARGS_REST, .min_args = 2, .max_args = 2

static const struct command_row rows[] = {
	{ .name = "archive", .usage = "PATTERN", PATTERN_ARG, BATCH,
		.completes = "pattern", .exec = batch_exec_archive,
		.summary = "move messages to the archive mailbox" },
	/* Nobody presses keys; and the commands of the screen that a rc binds
	 * have other arguments than those of the same name here. */
	{ .name = "bind", .usage = "", .is_skipped = true, .is_batch = true,
		.completes = "", .group = "batch",
		.summary = "read over in batch mode" },
	{ .name = "capabilities", .usage = "", BATCH, .completes = "",
		.exec = batch_exec_capabilities,
		.summary = "what the server can and what is used of it" },
	{ .name = "copy", .usage = "MAILBOX PATTERN", WORD_AND_PATTERN, BATCH,
		.completes = "mailbox", .exec = batch_exec_copy,
		.summary = "copy messages to a mailbox" },
	{ .name = "create", .usage = "MAILBOX", .min_args = 1, .max_args = 1,
		BATCH, .completes = "mailbox", .exec = batch_exec_create,
		.summary = "create a mailbox" },
	{ .name = "delete", .usage = "PATTERN", PATTERN_ARG, BATCH,
		.completes = "pattern", .exec = batch_exec_delete,
		.summary = "delete messages as delete_mode says" },
	{ .name = "delete-mailbox", .usage = "MAILBOX", .min_args = 1,
		.max_args = 1, BATCH, .completes = "mailbox",
		.exec = batch_exec_delete_mailbox,
		.summary = "delete a mailbox and its messages" },
	{ .name = "expunge", .usage = "", BATCH, .completes = "",
		.exec = batch_exec_expunge,
		.summary = "remove the messages that are marked as deleted" },
	{ .name = "flag", .usage = "FLAG PATTERN", WORD_AND_PATTERN, BATCH,
		.completes = "flag", .exec = batch_exec_flag,
		.summary = "set a flag or keyword" },
	{ .name = "folders", .usage = "[PATTERN]", .max_args = 1, BATCH,
		.completes = "", .exec = batch_exec_folders,
		.summary = "the mailboxes with their counts" },
	{ .name = "messages", .usage = "PATTERN", PATTERN_ARG, BATCH,
		.completes = "pattern", .exec = batch_exec_messages,
		.summary = "messages in mailbox order" },
	{ .name = "move", .usage = "MAILBOX PATTERN", WORD_AND_PATTERN, BATCH,
		.completes = "mailbox", .exec = batch_exec_move,
		.summary = "move messages to a mailbox" },
	{ .name = "open", .usage = "MAILBOX", .min_args = 1, .max_args = 1,
		BATCH, .completes = "mailbox", .exec = batch_exec_open,
		.summary = "open a mailbox" },
	{ .name = "parts", .usage = "UID", .min_args = 1, .max_args = 1, BATCH,
		.completes = "", .exec = batch_exec_parts,
		.summary = "the body parts of a message" },
	{ .name = "raw", .usage = "UID", .min_args = 1, .max_args = 1, BATCH,
		.completes = "", .exec = batch_exec_raw,
		.summary = "the octets of a message as they are on the server" },
	{ .name = "rename", .usage = "MAILBOX NEW-NAME", .min_args = 2,
		.max_args = 2, BATCH, .completes = "mailbox",
		.exec = batch_exec_rename, .summary = "rename a mailbox" },
	{ .name = "save-part", .usage = "UID SECTION FILE", .min_args = 3,
		.max_args = 3, BATCH, .completes = "file",
		.exec = batch_exec_save_part,
		.summary = "save a body part, decoded, to a new file" },
	{ .name = "show", .usage = "UID", .min_args = 1, .max_args = 1, BATCH,
		.completes = "", .exec = batch_exec_show,
		.summary = "a message as the pager shows it" },
	{ .name = "status", .usage = "[MAILBOX]", .max_args = 1, BATCH,
		.completes = "mailbox", .exec = batch_exec_status,
		.summary = "the counts of one mailbox" },
	{ .name = "subscribe-mailbox", .usage = "MAILBOX", .min_args = 1,
		.max_args = 1, BATCH, .completes = "mailbox",
		.exec = batch_exec_subscribe, .summary = "subscribe to a mailbox" },
	{ .name = "sync", .usage = "", BATCH, .completes = "",
		.exec = batch_exec_sync,
		.summary = "wait for what is pending and fetch what is new;"
			" with delete = yes also expunge" },
	{ .name = "undelete", .usage = "PATTERN", PATTERN_ARG, BATCH,
		.completes = "pattern", .exec = batch_exec_undelete,
		.summary = "undo the deletion of messages" },
	{ .name = "unflag", .usage = "FLAG PATTERN", WORD_AND_PATTERN, BATCH,
		.completes = "flag", .exec = batch_exec_unflag,
		.summary = "clear a flag or keyword" },
	{ .name = "unsubscribe-mailbox", .usage = "MAILBOX", .min_args = 1,
		.max_args = 1, BATCH, .completes = "mailbox",
		.exec = batch_exec_unsubscribe,
		.summary = "unsubscribe from a mailbox" },
	{ .name = "wait", .usage = "SECONDS", .min_args = 1, .max_args = 1,
		BATCH, .completes = "", .exec = batch_exec_wait,
		.summary = "print changes as they come" },
};

void batch_register(void)
{
	commands_register(rows, G_N_ELEMENTS(rows));
}
