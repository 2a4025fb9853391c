/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "ui/folder-tree.h"
#include "src/mail/account.h"

/* "account" and "account/name" of what is folded. */
static GHashTable *folded;

static char *fold_key(const struct account *account, const char *name)
{
	return name == NULL ? g_strdup(account_name(account))
		: g_strconcat(account_name(account), "/", name, NULL);
}

static bool is_folded(const struct account *account, const char *name)
{
	char *key;
	bool found;

	if (folded == NULL)
		return false;
	key = fold_key(account, name);
	found = g_hash_table_contains(folded, key);
	g_free(key);
	return found;
}

void folder_tree_set_folded(const struct folder_row *row, bool fold)
{
	char *key = fold_key(row->account, row->name);

	if (folded == NULL)
		folded = g_hash_table_new_full(g_str_hash, g_str_equal,
			g_free, NULL);
	if (fold)
		g_hash_table_add(folded, g_steal_pointer(&key));
	else
		g_hash_table_remove(folded, key);
	g_free(key);
}

static void row_free(gpointer data)
{
	struct folder_row *row = data;

	g_free(row->name);
	g_free(row->leaf);
	g_free(row->note);
	g_free(row);
}

static struct folder_row *account_row(struct account *account)
{
	struct folder_row *row = g_new0(struct folder_row, 1);

	row->account = account;
	row->leaf = g_strdup(account_name(account));
	row->has_children = account_n_mailboxes(account) > 0;
	row->is_folded = is_folded(account, NULL);
	return row;
}

static struct folder_row *mailbox_row(struct account *account,
	const struct account_mailbox *mailbox)
{
	struct folder_row *row = g_new0(struct folder_row, 1);
	const char *note;

	row->account = account;
	row->name = g_strdup(mailbox->name);
	row->leaf = g_strdup(mailbox->leaf);
	row->depth = mailbox->depth;
	row->attributes = mailbox->attributes;
	row->can_select = mailbox->can_select;
	row->has_children = mailbox->has_children;
	row->is_folded = mailbox->has_children
		&& is_folded(account, mailbox->name);
	row->has_counts = mailbox->has_counts;
	row->unseen = mailbox->unseen;
	row->messages = mailbox->messages;
	row->has_size = mailbox->has_size;
	row->size = mailbox->size;
	note = account_mailbox_restriction(mailbox);
	row->note = g_strdup(note != NULL ? note : mailbox->comment);
	return row;
}

/* Adds the account's mailboxes; what is below a folded row only adds to its
 * unseen count. */
static void add_mailboxes(GPtrArray *rows, struct folder_row *top)
{
	size_t n = account_n_mailboxes(top->account);
	struct folder_row *folder = top->is_folded ? top : NULL;

	for (size_t i = 0; i < n; i++) {
		const struct account_mailbox *mailbox =
			account_mailbox_at(top->account, i);
		struct folder_row *row;

		if (folder != NULL && folder != top
				&& mailbox->depth <= folder->depth)
			folder = NULL;
		if (folder != NULL) {
			folder->unseen += mailbox->unseen;
			folder->has_counts |= mailbox->has_counts;
			continue;
		}
		row = mailbox_row(top->account, mailbox);
		g_ptr_array_add(rows, row);
		if (row->is_folded)
			folder = row;
	}
}

GPtrArray *folder_tree_rows(void)
{
	GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);
	const GPtrArray *all = accounts();

	for (guint i = 0; i < all->len; i++) {
		struct folder_row *row = account_row(g_ptr_array_index(all, i));

		g_ptr_array_add(rows, row);
		add_mailboxes(rows, row);
	}
	return rows;
}

int folder_tree_find(const GPtrArray *rows, const struct account *account,
	const char *name)
{
	for (guint i = 0; i < rows->len; i++) {
		const struct folder_row *row = g_ptr_array_index(rows, i);

		if (row->account == account && g_strcmp0(row->name, name) == 0)
			return (int)i;
	}
	return -1;
}
