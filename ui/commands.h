/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All command rows of the front end. */
#ifndef CULVER_UI_COMMANDS_H
#define CULVER_UI_COMMANDS_H

#include "src/rc/command.h"

/* Registers the options and commands of ui; once, before the rc is read, and
 * after the rows of batch mode, which win where names are the same. */
void ui_register(void);

/*
 * Before another mailbox is opened, or the end: asks whether to expunge what is
 * marked, and does. next runs once, with may_leave false when the question was
 * cancelled.
 */
typedef void mailbox_left_fn(bool may_leave, void *data);
void mailbox_leave(mailbox_left_fn *next, void *data, GDestroyNotify free_data);

/* What the top screen itself knows how to do, by the name of a command. */
bool tell_screen(const char *name, const char *const *argv, unsigned count, GError **error);

/* One table for each cmd-*.c. */
struct command_table {
	const struct command_row *rows;
	size_t n;
};
extern const struct command_table cmd_account_table;
extern const struct command_table cmd_move_table;
extern const struct command_table cmd_message_table;
extern const struct command_table cmd_mailbox_table;
extern const struct command_table cmd_screen_table;
extern const struct command_table cmd_search_table;
extern const struct command_table cmd_sort_table;
extern const struct command_table cmd_thread_table;
extern const struct command_table cmd_flag_table;
extern const struct command_table cmd_prompt_table;
extern const struct command_table cmd_rc_table;
extern const struct command_table cmd_write_table;

#endif
