/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/command.h"

struct command *command_new(struct imap_text *text_take, const char *verb,
	unsigned flags, enum session_priority priority)
{
	struct command *command = g_new0(struct command, 1);

	command->text = text_take;
	command->verb = verb;
	command->flags = flags;
	command->priority = priority;
	return command;
}

void command_free(struct command **command)
{
	struct command *c = *command;

	*command = NULL;
	if (c == NULL)
		return;
	imap_text_free(&c->text);
	imap_seqset_release(&c->uids);
	g_free(c->tag);
	g_free(c);
}

void command_forget(struct command *command)
{
	command->done = NULL;
	command->untagged = NULL;
	command->pull = NULL;
	command->owner = NULL;
}

void command_end(struct command **command, const struct imap_result *result)
{
	struct command *c = *command;

	*command = NULL;
	if (c->done != NULL)
		c->done(c, result, c->data);
	command_free(&c);
}

char *command_to_string(const struct command *command,
	enum imap_write_mode mode)
{
	const char *tag = command->tag != NULL ? command->tag : "-";

	if ((command->flags & COMMAND_SENSITIVE) != 0)
		return g_strdup_printf("%s %s <hidden>", tag, command->verb);
	char *text = imap_text_to_string(command->text, mode);
	char *line = g_strdup_printf("%s %s", tag, text);
	g_free(text);
	return line;
}
