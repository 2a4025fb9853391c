/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What former processes left in the journal: begun again when the account is
 * online, or kept for a person to decide.
 */
#include "src/base/base.h"
#include "src/mail/conflict.h"
#include "src/mail/op-private.h"

static GPtrArray *adopted; /* of struct journal_entry *, not yet started */

void adopted_start(struct account *account)
{
	for (guint i = 0; adopted != NULL && i < adopted->len; i++) {
		struct journal_entry *entry = adopted->pdata[i];

		if (entry == NULL || entry->account == NULL ||
			entry->mailbox == NULL ||
			strcmp(entry->account, account->name) != 0)
			continue;
		adopted->pdata[i] = NULL;
		op_retry(account, entry);
	}
}

static void keep_conflicts(void)
{
	for (guint i = 0; i < adopted->len; i++) {
		struct journal_entry *entry = adopted->pdata[i];

		if (entry->conflict == NULL)
			continue;
		conflict_keep(entry);
		adopted->pdata[i] = NULL;
	}
}

static void on_adopted(GPtrArray *entries_take, void *data)
{
	(void)data;
	adopted = entries_take;
	/* Its elements are freed one by one. */
	g_ptr_array_set_free_func(adopted, NULL);
	keep_conflicts();
	for (guint i = 0; i < mail.accounts->len; i++) {
		struct account *account = mail.accounts->pdata[i];

		if (account->state == ACCOUNT_ONLINE) {
			conflicts_tell(account);
			adopted_start(account);
		}
	}
}

void adopted_open(void)
{
	mail.journal = journal_open(mail.state_dir, on_adopted, NULL);
}

void adopted_release(void)
{
	for (guint i = 0; adopted != NULL && i < adopted->len; i++) {
		struct journal_entry *entry = adopted->pdata[i];

		journal_entry_free(&entry);
	}
	g_clear_pointer(&adopted, g_ptr_array_unref);
}
