/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the hooks of the rc run, and what their patterns are compared with. */
#ifndef CULVER_UI_HOOKS_H
#define CULVER_UI_HOOKS_H

#include "src/base/base.h"

struct mailbox;

/* startup, shutdown, new-mail: hooks without a pattern. */
void hooks_run(const char *name);
/* account, if it is another than before, then mailbox. */
void hooks_mailbox(struct mailbox *mailbox);
void hooks_message(struct mailbox *mailbox, uint32_t uid);
/* A key was typed: the timeout hook waits anew. */
void hooks_note_key(void);
void hooks_stop(void);

#endif
