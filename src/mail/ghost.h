/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a row was when its message was moved away: the row is gone, but a
 * pattern can still be asked about it, so that "undelete" finds it.
 */
#ifndef CULVER_MAIL_GHOST_H
#define CULVER_MAIL_GHOST_H

#include "src/base/base.h"
#include "src/mail/private.h"

struct ghost {
	struct table_record record; /* flags as they were shown; owns its blob */
	uint32_t number;
	bool is_new;
	char **keywords;
};

struct ghost *ghost_new(struct mailbox *mailbox, uint32_t pos);
void ghost_free(struct ghost **ghost);

#endif
