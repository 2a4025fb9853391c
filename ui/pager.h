/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pager: one message to read. */
#ifndef CULVER_UI_PAGER_H
#define CULVER_UI_PAGER_H

#include "ui/widget.h"

struct mailbox;

/* Holds its own reference on the mailbox. */
struct widget *pager_new(struct mailbox *mailbox, uint32_t uid);
/* Another message of the same mailbox. */
void pager_show(struct widget *pager, uint32_t uid);
uint32_t pager_uid(struct widget *pager);
bool pager_is_at_end(struct widget *pager);

#endif
