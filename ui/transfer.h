/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages moved or copied on behalf of a command, to a mailbox that may have
 * to be created first. */
#ifndef CULVER_UI_TRANSFER_H
#define CULVER_UI_TRANSFER_H

#include "ui/act.h"

struct account;
struct mailbox;

/*
 * Takes the act, which ends when the messages are there. Where the server says
 * that the target does not exist but may be created (TRYCREATE), a person is
 * asked; in batch mode that is an error.
 */
void transfer_start(struct act *act, struct mailbox *from,
	const struct imap_seqset *uids, struct account *account, const char *to,
	bool is_copy);

#endif
