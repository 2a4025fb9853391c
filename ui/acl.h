/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who may do what in a mailbox, as a list that can be changed: one line an
 * identifier, below it, when opened, one line a right.
 */
#ifndef CULVER_UI_ACL_H
#define CULVER_UI_ACL_H

#include "ui/widget.h"

struct account;

/* A screen; it asks the server by itself. */
struct widget *acl_new(struct account *account, const char *mailbox);

#endif
