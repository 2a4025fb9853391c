/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Tab offers in prompts: mailboxes, commands with their arguments, options,
 * files, flags, accounts, patterns. */
#ifndef CULVER_UI_COMPLETE_H
#define CULVER_UI_COMPLETE_H

/* Registers all completions with the prompt. */
void complete_init(void);

#endif
