/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The mailboxes of an account as rows of a tree: INBOX first, then special
 * use in a fixed order, then by name; children below their parents; parents
 * that no server named are made up. Pure.
 */
#ifndef CULVER_MAIL_TREE_H
#define CULVER_MAIL_TREE_H

#include "src/base/base.h"
#include "src/mail/account.h"

struct imap_list;
struct imap_status;
struct mailbox_tree;

struct mailbox_tree *mailbox_tree_new(void);
void mailbox_tree_free(struct mailbox_tree **tree);
/* A LIST answer: begin, add each, end; what was not named in between is gone.
 * Counts of those that stay are kept. */
void mailbox_tree_begin(struct mailbox_tree *tree);
/* Also outside of begin and end, for one that turned up. false when it has no
 * name, or the tree is full. */
bool mailbox_tree_add(struct mailbox_tree *tree, const struct imap_list *list);
/* gone, which may be NULL, is told each name that was not named again. */
typedef void mailbox_tree_gone_fn(const char *name, void *data);
void mailbox_tree_end(struct mailbox_tree *tree, mailbox_tree_gone_fn *gone,
	void *data);
void mailbox_tree_remove(struct mailbox_tree *tree, const char *name);
/* With those below it. */
void mailbox_tree_rename(struct mailbox_tree *tree, const char *from,
	const char *to);
/* true if something changed. */
bool mailbox_tree_set_status(struct mailbox_tree *tree,
	const struct imap_status *status);

/* Each may be NULL. The comment's octets are made UTF-8. */
void mailbox_tree_set_rights(struct mailbox_tree *tree, const char *name,
	const char *rights);
void mailbox_tree_set_comment(struct mailbox_tree *tree, const char *name,
	const char *comment);

size_t mailbox_tree_length(struct mailbox_tree *tree);
const struct account_mailbox *mailbox_tree_at(struct mailbox_tree *tree,
	size_t i);
const struct account_mailbox *mailbox_tree_find(struct mailbox_tree *tree,
	const char *name);
/* The same while a list comes, without sorting: no parent that is made up, and
 * has_children, leaf and depth may be old. */
const struct account_mailbox *mailbox_tree_peek(struct mailbox_tree *tree,
	const char *name);
/* The first that can be selected with this attribute, or NULL. */
const struct account_mailbox *mailbox_tree_by_use(struct mailbox_tree *tree,
	unsigned use);

#endif
