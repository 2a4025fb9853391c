/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Actions that the journal has and that can no longer be done: the mailbox was
 * replaced by another of the same name, and their UIDs name other messages.
 * They are told when the account comes online, at each start, until a person
 * dismisses them.
 */
#ifndef CULVER_MAIL_CONFLICT_H
#define CULVER_MAIL_CONFLICT_H

#include "src/base/base.h"

struct account;
struct journal_entry;

void conflicts_init(void);
void conflicts_release(void);
/* Takes the entry, whose conflict is set. */
void conflict_keep(struct journal_entry *entry_take);
/* "moving 3 messages from INBOX to Trash"; free with g_free(). */
char *conflict_describe(const struct journal_entry *entry);
typedef void conflict_fn(const struct journal_entry *entry, void *data);
void conflicts_each(const struct account *account, conflict_fn *fn, void *data);
/* Gives one out of their hands, by its id; NULL if there is none. */
struct journal_entry *conflict_take(uint64_t id);
/* Says those of the account that have not been said. */
void conflicts_tell(struct account *account);

#endif
