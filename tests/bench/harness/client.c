/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/harness/client.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

/* mutt, neomutt and culver have the same habits. */
#define MUTT_KEYS .up = "k", .down = "j", .open = "\r", .back = "i", \
	.sync = "$", .limit = "l~s rare\r", .delete_one = "d", \
	.delete_rare = "D~s rare\r", .quit = "q"

static const struct client clients[] = {
	{ .name = "culver", .command = "culver", MUTT_KEYS,
		.loading = { "Loading headers", "busy ·" },
		.newest = "*", .oldest = "=", .older = "Z", .next = "j",
		.delete_row = "=D~m 1-50000\r",
		.sort = "os", .thread = "ot" },
	{ .name = "mutt", .command = "mutt", MUTT_KEYS,
		.newest_is_first = true,
		.newest = "=", .oldest = "*", .older = "z", .next = "k",
		.delete_row = "=D~m 1-50000\r",
		.sort = "os", .thread = "ot" },
	{ .name = "neomutt", .command = "neomutt", MUTT_KEYS,
		.newest_is_first = true,
		.newest = "=", .oldest = "*", .older = "z", .next = "k",
		.delete_row = "=D~m 1-50000\r",
		.sort = "os", .thread = "ot" },
	{ .name = "alpine", .command = "alpine -i",
		.prompts = { { "PASSWORD", "pass\r" },
			{ "Preserve password", "n" },
			{ "Exit Without Checking", "n" } },
		.newest = "\033[F", .oldest = "\033[H", .older = "-",
		.up = "p", .down = "n", .open = "\r", .back = "<", .next = "n",
		.delete_one = "d", .delete_rare = ";tsrare\rad",
		.delete_row = ";n1-50000\rad", .sync = "x",
		.sort = "$s", .thread = "$h", .limit = ";tsrare\r",
		.quit = "q" },
	{ .name = "aerc", .command = "aerc",
		.newest_is_first = true, .newest = "g", .oldest = "G", .older = "\006",
		.up = "k", .down = "j", .open = "\r", .back = "q", .next = "K",
		.delete_one = ":delete\r",
		.delete_rare = ":filter rare\r\f:mark -a\r:delete\r", .sync = "",
		.sort = ":sort subject\r", .thread = ":toggle-threads\r",
		.limit = ":filter rare\r", .quit = ":quit\r" },
};

const struct client *client_find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(clients); i++)
		if (strcmp(clients[i].name, name) == 0)
			return &clients[i];
	return NULL;
}

void client_print_installed(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(clients); i++) {
		char *program = g_find_program_in_path(clients[i].name);

		if (program != NULL)
			printf("%s\n", clients[i].name);
		g_free(program);
	}
}
