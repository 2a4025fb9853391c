/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of all tables of commands. */
#include "src/base/base.h"
#include "ui/commands.h"

#include "ui/complete.h"
#include "ui/keymap.h"
#include "ui/options.h"

/* Batch mode has rows of its own for some commands, registered before. */
static void register_table(const struct command_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct command_row *known = command_find(table->rows[i].name);

		if (known == NULL || strcmp(known->name, table->rows[i].name) != 0)
			commands_register(&table->rows[i], 1);
	}
}

void ui_register(void)
{
	static const struct command_table *const tables[] = {
		&cmd_account_table,
		&cmd_flag_table,
		&cmd_mailbox_table,
		&cmd_message_table,
		&cmd_move_table,
		&cmd_prompt_table,
		&cmd_rc_table,
		&cmd_screen_table,
		&cmd_search_table,
		&cmd_sort_table,
		&cmd_thread_table,
		&cmd_write_table,
	};
	const struct option_row *options;
	size_t n;

	options = ui_option_rows(&n);
	options_register(options, n, sizeof(struct ui_options));
	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
		register_table(tables[i]);
	keymap_init();
	complete_init();
}
