/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "ui/folder-tree.h"
#include "src/base/arena.h"
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

static struct folder_row *add_row(struct folder_tree *tree,
	struct account *account)
{
	struct folder_row *row = arena_new_struct(tree->arena,
		struct folder_row);

	row->account = account;
	g_ptr_array_add(tree->rows, row);
	return row;
}

static struct folder_row *add_account(struct folder_tree *tree,
	struct account *account)
{
	struct folder_row *row = add_row(tree, account);

	row->leaf = arena_strdup(tree->arena, account_name(account));
	row->has_children = account_n_mailboxes(account) > 0;
	row->is_folded = is_folded(account, NULL);
	return row;
}

static struct folder_row *add_mailbox(struct folder_tree *tree,
	struct account *account, const struct account_mailbox *mailbox)
{
	struct folder_row *row = add_row(tree, account);
	const char *note;

	row->name = arena_strdup(tree->arena, mailbox->name);
	/* It is the end of the name. */
	row->leaf = row->name + strlen(mailbox->name) - strlen(mailbox->leaf);
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
	row->note = arena_strdup(tree->arena,
		note != NULL ? note : mailbox->comment);
	return row;
}

/* Adds the account's mailboxes; what is below a folded row only adds to its
 * unseen count. */
static void add_mailboxes(struct folder_tree *tree, struct folder_row *top)
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
		row = add_mailbox(tree, top->account, mailbox);
		if (row->is_folded)
			folder = row;
	}
}

struct folder_tree *folder_tree_new(void)
{
	struct folder_tree *tree = g_new0(struct folder_tree, 1);
	const GPtrArray *all = accounts();

	tree->arena = arena_new();
	tree->rows = g_ptr_array_new();
	for (guint i = 0; i < all->len; i++)
		add_mailboxes(tree, add_account(tree, all->pdata[i]));
	return tree;
}

void folder_tree_free(struct folder_tree **treep)
{
	struct folder_tree *tree = *treep;

	*treep = NULL;
	if (tree == NULL)
		return;
	g_ptr_array_unref(tree->rows);
	arena_free(&tree->arena);
	g_free(tree);
}

int folder_tree_find(const struct folder_tree *tree,
	const struct account *account, const char *name)
{
	for (guint i = 0; i < tree->rows->len; i++) {
		const struct folder_row *row = tree->rows->pdata[i];

		if (row->account == account && g_strcmp0(row->name, name) == 0)
			return (int)i;
	}
	return -1;
}
