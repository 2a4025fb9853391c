/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of a message as a list: look at, save. */
#ifndef CULVER_UI_PARTS_H
#define CULVER_UI_PARTS_H

#include "ui/widget.h"

struct mailbox;

/* Holds its own reference on the mailbox. */
struct widget *parts_new(struct mailbox *mailbox, uint32_t uid);

#endif
