/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rows of the folder view: each account, its mailboxes below it, without
 * what is folded away. A snapshot with strings of its own, so that it outlives
 * a change of the list. No curses, no painting.
 */
#ifndef CULVER_UI_FOLDER_TREE_H
#define CULVER_UI_FOLDER_TREE_H

#include "src/base/base.h"

struct account;

struct folder_row {
	struct account *account;
	const char *name;    /* whole name; NULL on the account's own line */
	const char *leaf;    /* what is shown */
	unsigned depth;      /* 0 for an account and the top mailboxes */
	unsigned attributes; /* enum imap_mailbox_attribute */
	bool can_select, has_children, is_folded;
	bool has_counts;
	uint32_t unseen;     /* with those of the children that are folded away */
	uint32_t messages;
	bool has_size;
	uint64_t size;       /* octets */
	const char *note;    /* "read-only", or the mailbox's comment; NULL */
};

struct folder_tree {
	GPtrArray *rows;     /* of struct folder_row *, of the arena */
	struct arena *arena; /* in one piece, as there may be thousands */
};

struct folder_tree *folder_tree_new(void);
/* Sets it to NULL; NULL is fine. */
void folder_tree_free(struct folder_tree **tree);
/* Index of a row; name NULL: the account's line. -1 if it is not shown. */
int folder_tree_find(const struct folder_tree *tree,
	const struct account *account, const char *name);
/* Folding is kept for the process. */
void folder_tree_set_folded(const struct folder_row *row, bool is_folded);

#endif
