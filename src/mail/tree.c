/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nodes are kept by name; the rows are sorted from them when somebody looks:
 * all of them as siblings are, then each child to its parent, so that children
 * follow their parent whatever character the delimiter is.
 */
#include "src/base/base.h"
#include "src/mail/tree.h"
#include "src/imap/list.h"

enum {
	NODES_MAX = 100 * 1000, /* more are not shown */
	LEVELS_MAX = 64,        /* what is deeper is one level */
	COMMENT_MAX = 1000,     /* octets */
};

struct node {
	struct account_mailbox row; /* first: rows are handed out */
	char *name;
	char **levels;  /* of the name */
	char *key;      /* of its last level, for strcmp() */
	char *rights, *comment; /* or NULL */
	struct node *parent; /* when sorted; NULL at the top */
	struct node *first_child, *next; /* of its siblings; when sorted */
	bool is_listed; /* named by the current LIST answer */
	bool is_made_up;
	unsigned rank;  /* among its siblings, before the name */
};

struct mailbox_tree {
	GHashTable *nodes; /* name -> struct node * */
	GPtrArray *rows;   /* of struct node *, sorted */
	bool is_dirty;
};

static const unsigned use_order[] = {
	IMAP_MAILBOX_DRAFTS, IMAP_MAILBOX_SENT, IMAP_MAILBOX_JUNK,
	IMAP_MAILBOX_TRASH, IMAP_MAILBOX_ARCHIVE, IMAP_MAILBOX_ALL,
	IMAP_MAILBOX_FLAGGED, IMAP_MAILBOX_IMPORTANT,
};

static void node_free(gpointer data)
{
	struct node *node = data;

	g_free(node->name);
	g_free(node->key);
	g_free(node->rights);
	g_free(node->comment);
	g_strfreev(node->levels);
	g_free(node);
}

struct mailbox_tree *mailbox_tree_new(void)
{
	struct mailbox_tree *tree = g_new0(struct mailbox_tree, 1);

	tree->nodes = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
		node_free);
	tree->rows = g_ptr_array_new();
	return tree;
}

void mailbox_tree_free(struct mailbox_tree **tree)
{
	if (*tree == NULL)
		return;
	g_ptr_array_free((*tree)->rows, TRUE);
	g_hash_table_destroy((*tree)->nodes);
	g_free(*tree);
	*tree = NULL;
}

static unsigned rank_of(const struct node *node)
{
	if (strcmp(node->name, "INBOX") == 0)
		return 0;
	for (unsigned i = 0; i < G_N_ELEMENTS(use_order); i++)
		if ((node->row.attributes & use_order[i]) != 0)
			return i + 1;
	return G_N_ELEMENTS(use_order) + 1;
}

static char **split_levels(const char *name, char delimiter)
{
	const char text[] = { delimiter, '\0' };
	char *one[] = { (char *)name, NULL };

	return delimiter == '\0' ? g_strdupv(one)
				 : g_strsplit(name, text, LEVELS_MAX);
}

static struct node *get_node(struct mailbox_tree *tree, const char *name,
	char delimiter)
{
	struct node *node = g_hash_table_lookup(tree->nodes, name);
	guint depth;

	if (node != NULL && node->row.delimiter == delimiter)
		return node;
	tree->is_dirty = true;
	if (node == NULL) {
		node = g_new0(struct node, 1);
		node->name = g_strdup(name);
		g_hash_table_insert(tree->nodes, node->name, node);
	}
	g_strfreev(node->levels);
	node->levels = split_levels(name, delimiter);
	node->row.name = node->name;
	node->row.delimiter = delimiter;
	depth = g_strv_length(node->levels);
	/* A name that ends in its delimiter has an empty last level. */
	node->row.leaf = depth > 0 && node->levels[depth - 1][0] != '\0' ?
		node->levels[depth - 1] : node->name;
	node->row.depth = depth > 0 ? depth - 1 : 0;
	g_free(node->key);
	node->key = g_utf8_collate_key(node->row.leaf, -1);
	return node;
}

void mailbox_tree_begin(struct mailbox_tree *tree)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, tree->nodes);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		((struct node *)value)->is_listed = false;
}

bool mailbox_tree_add(struct mailbox_tree *tree, const struct imap_list *list)
{
	struct node *node;
	bool was_made_up;
	unsigned rank;

	if (list->name[0] == '\0' ||
		(g_hash_table_size(tree->nodes) >= NODES_MAX &&
		!g_hash_table_contains(tree->nodes, list->name)))
		return false;
	node = get_node(tree, list->name, list->delimiter);
	was_made_up = node->is_made_up;
	rank = node->rank;
	node->is_listed = true;
	node->is_made_up = false;
	node->row.attributes = list->attributes;
	node->row.can_select = (list->attributes & IMAP_MAILBOX_CLOSED) == 0;
	node->rank = rank_of(node);
	/* A list that tells what is known leaves the order as it is. */
	tree->is_dirty |= was_made_up || node->rank != rank;
	return true;
}

void mailbox_tree_end(struct mailbox_tree *tree, mailbox_tree_gone_fn *gone,
	void *data)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, tree->nodes);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct node *node = value;

		/* Those that are made up go when nothing needs them. */
		if (node->is_listed || (node->is_made_up && !tree->is_dirty))
			continue;
		if (!tree->is_dirty) {
			g_ptr_array_set_size(tree->rows, 0);
			tree->is_dirty = true;
		}
		if (gone != NULL && !node->is_made_up)
			gone(node->name, data);
		g_hash_table_iter_remove(&iter);
	}
}

void mailbox_tree_remove(struct mailbox_tree *tree, const char *name)
{
	g_ptr_array_set_size(tree->rows, 0);
	g_hash_table_remove(tree->nodes, name);
	tree->is_dirty = true;
}

/* The name after a rename, or NULL if it is not concerned. */
static char *renamed(const struct node *node, const char *from, const char *to)
{
	size_t len = strlen(from);

	if (strcmp(node->name, from) == 0)
		return g_strdup(to);
	/* Renaming INBOX leaves what is below it (RFC 9051 6.3.6). */
	if (strcmp(from, "INBOX") == 0 || node->row.delimiter == '\0' ||
		strncmp(node->name, from, len) != 0 ||
		node->name[len] != node->row.delimiter)
		return NULL;
	return g_strconcat(to, node->name + len, NULL);
}

/* All but the name. */
static void take_over(struct node *node, struct node *old)
{
	const struct account_mailbox named = node->row;

	if (node == old)
		return;
	node->row = old->row;
	node->row.name = named.name;
	node->row.leaf = named.leaf;
	node->row.depth = named.depth;
	g_free(node->rights);
	g_free(node->comment);
	node->rights = g_steal_pointer(&old->rights);
	node->comment = g_steal_pointer(&old->comment);
	node->is_listed = true;
	node->is_made_up = false;
	node->rank = rank_of(node);
}

void mailbox_tree_rename(struct mailbox_tree *tree, const char *from, const char *to)
{
	GPtrArray *nodes = g_ptr_array_new();
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, tree->nodes);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		g_ptr_array_add(nodes, value);
	for (guint i = 0; i < nodes->len; i++) {
		struct node *old = nodes->pdata[i], *node;
		char *name = renamed(old, from, to);

		if (name == NULL)
			continue;
		node = get_node(tree, name, old->row.delimiter);
		take_over(node, old);
		if (strcmp(name, old->name) != 0)
			mailbox_tree_remove(tree, old->name);
		g_free(name);
	}
	g_ptr_array_free(nodes, TRUE);
}

static void set_numbers(struct account_mailbox *row,
	const struct imap_status *status)
{
	/* The size that was told is of the messages that were. */
	if (status->has_messages && status->messages != row->messages)
		row->has_size = false;
	if (status->has_messages)
		row->messages = status->messages;
	if (status->has_unseen)
		row->unseen = status->unseen;
	if (status->has_uid_next)
		row->uid_next = status->uid_next;
	if (status->has_uid_validity)
		row->uid_validity = status->uid_validity;
	if (status->has_highest_mod_seq)
		row->highest_mod_seq = status->highest_mod_seq;
	if (status->has_size)
		row->size = status->size;
	if (status->has_append_limit)
		row->append_limit = status->append_limit;
	row->has_size |= status->has_size;
	row->has_counts |= status->has_messages && status->has_unseen;
}

bool mailbox_tree_set_status(struct mailbox_tree *tree, const struct imap_status *status)
{
	struct node *node = g_hash_table_lookup(tree->nodes, status->name);
	struct account_mailbox former;

	if (node == NULL)
		return false;
	former = node->row;
	set_numbers(&node->row, status);
	return former.messages != node->row.messages ||
		former.unseen != node->row.unseen ||
		former.uid_next != node->row.uid_next ||
		former.uid_validity != node->row.uid_validity ||
		former.has_size != node->row.has_size ||
		former.size != node->row.size ||
		former.has_counts != node->row.has_counts;
}

void mailbox_tree_set_rights(struct mailbox_tree *tree, const char *name,
	const char *rights)
{
	struct node *node = g_hash_table_lookup(tree->nodes, name);

	if (node == NULL)
		return;
	g_free(node->rights);
	node->rights = g_strdup(rights);
	node->row.rights = node->rights;
}

void mailbox_tree_set_comment(struct mailbox_tree *tree, const char *name,
	const char *comment)
{
	struct node *node = g_hash_table_lookup(tree->nodes, name);

	if (node == NULL)
		return;
	g_free(node->comment);
	node->comment = comment == NULL || comment[0] == '\0' ? NULL :
		g_utf8_make_valid(comment, (gssize)MIN(strlen(comment),
			(size_t)COMMENT_MAX));
	node->row.comment = node->comment;
}

static struct node *get_parent(struct mailbox_tree *tree, char *name_take,
	char delimiter)
{
	struct node *parent = g_hash_table_lookup(tree->nodes, name_take);

	if (parent == NULL && g_hash_table_size(tree->nodes) < NODES_MAX) {
		parent = get_node(tree, name_take, delimiter);
		parent->is_made_up = true;
		parent->row.attributes = IMAP_MAILBOX_NONEXISTENT |
			IMAP_MAILBOX_NOSELECT;
		parent->rank = rank_of(parent);
	}
	if (parent != NULL) {
		parent->is_listed = true;
		parent->row.has_children = true;
	}
	g_free(name_take);
	return parent;
}

/* Finds the levels above, and makes rows for those that have none. */
static void make_parents(struct mailbox_tree *tree, struct node *node)
{
	struct node *above = NULL, *parent;
	const char *end = node->name;
	char delimiter = node->row.delimiter;

	for (guint i = 1; delimiter != '\0' && i < LEVELS_MAX; i++) {
		end = strchr(end, delimiter);
		if (end == NULL)
			break;
		parent = end == node->name ? NULL : get_parent(tree,
			g_strndup(node->name, (gsize)(end - node->name)),
			delimiter);
		if (parent != NULL) {
			parent->parent = above;
			above = parent;
		}
		end++;
	}
	node->parent = above;
}

static gint compare_siblings(gconstpointer a, gconstpointer b)
{
	const struct node *left = *(const struct node *const *)a;
	const struct node *right = *(const struct node *const *)b;
	int order;

	if (left->rank != right->rank)
		return left->rank < right->rank ? -1 : 1;
	order = strcmp(left->key, right->key);
	return order != 0 ? order : strcmp(left->name, right->name);
}

/* The one below or behind it. */
static struct node *next_row(struct node *node)
{
	if (node->first_child != NULL)
		return node->first_child;
	while (node->next == NULL && node->parent != NULL)
		node = node->parent;
	return node->next;
}

/* From siblings' order to that of the tree. */
static void arrange_rows(GPtrArray *rows)
{
	struct node *first = NULL;
	guint n = rows->len;

	for (guint i = 0; i < n; i++)
		((struct node *)rows->pdata[i])->first_child = NULL;
	for (guint i = n; i > 0; i--) {
		struct node *node = rows->pdata[i - 1];
		struct node **link = node->parent != NULL ?
			&node->parent->first_child : &first;

		node->next = *link;
		*link = node;
	}
	g_ptr_array_set_size(rows, 0);
	for (; first != NULL; first = next_row(first))
		g_ptr_array_add(rows, first);
	g_assert(rows->len == n);
}

static gboolean is_needless(gpointer key, gpointer value, gpointer data)
{
	const struct node *node = value;

	(void)key;
	(void)data;
	return node->is_made_up && !node->row.has_children;
}

static void sort_rows(struct mailbox_tree *tree)
{
	GPtrArray *nodes;
	GHashTableIter iter;
	gpointer value;

	if (!tree->is_dirty)
		return;
	nodes = g_ptr_array_new();
	g_hash_table_iter_init(&iter, tree->nodes);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		((struct node *)value)->row.has_children = false;
		if (!((struct node *)value)->is_made_up)
			g_ptr_array_add(nodes, value);
	}
	for (guint i = 0; i < nodes->len; i++)
		make_parents(tree, nodes->pdata[i]);
	g_ptr_array_free(nodes, TRUE);
	g_hash_table_foreach_remove(tree->nodes, is_needless, NULL);
	g_ptr_array_set_size(tree->rows, 0);
	g_hash_table_iter_init(&iter, tree->nodes);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		g_ptr_array_add(tree->rows, value);
	g_ptr_array_sort(tree->rows, compare_siblings);
	arrange_rows(tree->rows);
	tree->is_dirty = false;
}

size_t mailbox_tree_length(struct mailbox_tree *tree)
{
	sort_rows(tree);
	return tree->rows->len;
}

const struct account_mailbox *mailbox_tree_at(struct mailbox_tree *tree, size_t i)
{
	sort_rows(tree);
	g_assert(i < tree->rows->len);
	return &((const struct node *)tree->rows->pdata[i])->row;
}

const struct account_mailbox *mailbox_tree_find(struct mailbox_tree *tree, const char *name)
{
	const struct node *node;

	sort_rows(tree);
	node = g_hash_table_lookup(tree->nodes, name);
	return node == NULL ? NULL : &node->row;
}

const struct account_mailbox *mailbox_tree_peek(struct mailbox_tree *tree,
	const char *name)
{
	const struct node *node = g_hash_table_lookup(tree->nodes, name);

	return node == NULL || node->is_made_up ? NULL : &node->row;
}

const struct account_mailbox *mailbox_tree_by_use(struct mailbox_tree *tree, unsigned use)
{
	sort_rows(tree);
	for (guint i = 0; i < tree->rows->len; i++) {
		const struct node *node = tree->rows->pdata[i];

		if ((node->row.attributes & use) != 0 && node->row.can_select)
			return &node->row;
	}
	return NULL;
}
