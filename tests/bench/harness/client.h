/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The programs that are measured: a row each, with what to type for what is
 * measured, and beside it a folder ../peers/NAME with its configuration. Keys
 * are octets; NULL: it cannot do that, or not without a prompt that depends on
 * the mailbox. Whether the newest message is the first or the last is the client's
 * choice: "newest" and "oldest" lead there, "older" is a page away from the
 * newest.
 */
#ifndef CULVER_BENCH_CLIENT_H
#define CULVER_BENCH_CLIENT_H

#include <stdbool.h>

/* What it asks for at its start, and the answer. */
struct client_prompt {
	const char *asks, *answer;
};

enum { CLIENT_PROMPTS = 4, CLIENT_WORDS = 2 };

struct client {
	const char *name;
	/* The program and its words, looked up in PATH; it finds its
	 * configuration below $HOME. */
	const char *command;
	struct client_prompt prompts[CLIENT_PROMPTS];
	bool newest_is_first;
	/* What its screen says while rows are still coming in. */
	const char *loading[CLIENT_WORDS];
	const char *newest, *oldest, *older;
	/* The cursor by one message, seen from the newest. */
	const char *up, *down;
	const char *open, *back;
	/* From the text of the oldest message to the one after it. */
	const char *next;
	const char *delete_one;
	/* The messages with "rare" in their subject; 50 000 in a row. */
	const char *delete_rare, *delete_row;
	const char *sync;
	const char *sort, *thread, *limit;
	const char *quit;
};

/* By its name; NULL: no such client. */
const struct client *client_find(const char *name);
/* Prints the names of those that are installed. */
void client_print_installed(void);

#endif
