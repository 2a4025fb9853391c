/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The desk: what the screen works on. The view of the screen, the index at the
 * bottom of the stack, what accounts and the mailbox tell, opening mailboxes
 * and messages, and the end.
 */
#ifndef CULVER_UI_DESK_H
#define CULVER_UI_DESK_H

#include "src/base/base.h"

struct startup;

void desk_start(const struct startup *startup);
void desk_stop(void);
/* "IDLE · TLS 1.3", or NULL. */
const char *desk_connection_text(void);
/* The terminal is gone: ends without asking. */
void desk_hang_up(void);
/* Opens a message of the current mailbox in the pager, or moves the pager. */
void desk_open_message(uint32_t uid);


#endif
