/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The folder view: accounts and their mailboxes as a tree with counts. The same
 * widget is a screen of its own and the sidebar.
 */
#ifndef CULVER_UI_FOLDERS_H
#define CULVER_UI_FOLDERS_H

#include "ui/widget.h"

struct account;

/* A screen; choosing a mailbox opens it in the current view and pops. */
struct widget *folders_new(void);
/* Without title; the commands sidebar-next, sidebar-prev, sidebar-open,
 * sidebar-toggle-fold reach it by ops->command. */
struct widget *folders_sidebar_new(void);
/* An account's mailboxes or state changed: all folder widgets recalc. */
void folders_changed(void);
/* Name of the mailbox under the cursor and its account, for create, rename,
 * delete and subscribe; NULL on an account's line. */
const char *folders_chosen(struct widget *folders, struct account **account_out);
/* Puts the cursor on a mailbox, as soon as it is listed. */
void folders_choose(const struct account *account, const char *name);

#endif
