/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/thread.h"
#include "src/mail/mailbox.h"
#include "src/mime/header.h"

enum { REFERENCES_MAX = 100, NONE = -1 };

/* A message, or one that is only referred to. */
struct node {
	int parent;
	int message;      /* index, or NONE */
	bool has_children;
	/* Found by place(): */
	bool is_placed;
	int top;          /* the node without a parent above it */
	uint32_t depth;   /* messages above it that are there */
};

struct forest {
	GArray *nodes;      /* of struct node */
	GHashTable *by_id;  /* Message-ID to index of its node, plus one */
};

static struct node *node_at(struct forest *forest, int i)
{
	return &g_array_index(forest->nodes, struct node, i);
}

static int add_node(struct forest *forest)
{
	struct node node = { .parent = NONE, .message = NONE };

	g_array_append_val(forest->nodes, node);
	return (int)forest->nodes->len - 1;
}

static int node_of_id(struct forest *forest, const char *id)
{
	gpointer found = g_hash_table_lookup(forest->by_id, id);
	int i;

	if (found != NULL)
		return GPOINTER_TO_INT(found) - 1;
	i = add_node(forest);
	g_hash_table_insert(forest->by_id, g_strdup(id), GINT_TO_POINTER(i + 1));
	return i;
}

/* Whether ancestor is at or above i. */
static bool is_above(struct forest *forest, int ancestor, int i)
{
	for (; i != NONE; i = node_at(forest, i)->parent)
		if (i == ancestor)
			return true;
	return false;
}

/* Only a node with children can be above its new parent, so that a chain in
 * order of arrival costs no walk. */
static void link_nodes(struct forest *forest, int parent, int child)
{
	struct node *node = node_at(forest, child);

	if (parent == child || node->parent != NONE)
		return;
	if (node->has_children && is_above(forest, child, parent))
		return;
	node->parent = parent;
	node_at(forest, parent)->has_children = true;
}

/* The last of a chain of references; each is the parent of the next. */
static int link_chain(struct forest *forest, char **ids)
{
	guint n = ids != NULL ? g_strv_length(ids) : 0;
	int last = NONE;

	for (guint i = n > REFERENCES_MAX ? n - REFERENCES_MAX : 0; i < n; i++) {
		int node = node_of_id(forest, ids[i]);

		if (last != NONE)
			link_nodes(forest, last, node);
		last = node;
	}
	return last;
}

/* A second message with the same Message-ID stands beside the first. */
static int node_of_message(struct forest *forest, const char *message_id)
{
	char **ids = message_id != NULL ? mime_message_ids(message_id) : NULL;
	int node = NONE;

	if (ids != NULL && ids[0] != NULL)
		node = node_of_id(forest, ids[0]);
	g_strfreev(ids);
	if (node == NONE || node_at(forest, node)->message != NONE)
		return add_node(forest);
	return node;
}

static void add_message(struct forest *forest,
	const struct thread_message *message, int index)
{
	const char *raw = message->references;
	int node = node_of_message(forest, message->message_id);
	char **ids = raw != NULL && *raw != '\0' ? mime_message_ids(raw) : NULL;
	int parent = link_chain(forest, ids);

	node_at(forest, node)->message = index;
	g_strfreev(ids);
	if (parent == NONE && message->in_reply_to != NULL) {
		ids = mime_message_ids(message->in_reply_to);
		/* What is no Message-ID there ("your mail of ...") comes
		 * first, if at all; the first one is the parent. */
		if (ids != NULL && ids[0] != NULL)
			parent = node_of_id(forest, ids[0]);
		g_strfreev(ids);
	}
	if (parent != NONE)
		link_nodes(forest, parent, node);
}

/* Goes up to the first node whose place is known, then down again. */
static void place(struct forest *forest, int from, GArray *path)
{
	int i = from;

	g_array_set_size(path, 0);
	while (i != NONE && !node_at(forest, i)->is_placed) {
		g_array_append_val(path, i);
		i = node_at(forest, i)->parent;
	}
	for (guint k = path->len; k-- > 0;) {
		struct node *node = node_at(forest, g_array_index(path, int, k));
		struct node *parent = node->parent != NONE
			? node_at(forest, node->parent) : NULL;

		node->is_placed = true;
		node->top = parent != NULL ? parent->top
			: g_array_index(path, int, k);
		node->depth = parent != NULL
			? parent->depth + (parent->message != NONE) : 0;
	}
}

/* Nodes by message, then each thread gets its first message's UID. */
static void read_places(struct forest *forest,
	const struct thread_message *messages, size_t n, struct thread_place *places)
{
	GArray *path = g_array_new(FALSE, FALSE, sizeof(int));
	uint32_t *first = g_new0(uint32_t, forest->nodes->len);
	int *node_of = g_new(int, n);

	for (guint i = 0; i < forest->nodes->len; i++) {
		place(forest, (int)i, path);
		if (node_at(forest, (int)i)->message != NONE)
			node_of[node_at(forest, (int)i)->message] = (int)i;
	}
	for (size_t i = 0; i < n; i++) {
		const struct node *node = node_at(forest, node_of[i]);

		if (first[node->top] == 0)
			first[node->top] = messages[i].uid;
		places[i].root_uid = first[node->top];
		places[i].depth = node->depth;
	}
	g_free(node_of);
	g_free(first);
	g_array_unref(path);
}

void thread_build(const struct thread_message *messages, size_t n,
	struct thread_place *places)
{
	struct forest forest = {
		.nodes = g_array_new(FALSE, FALSE, sizeof(struct node)),
		.by_id = g_hash_table_new_full(g_str_hash, g_str_equal,
			g_free, NULL),
	};

	for (size_t i = 0; i < n; i++)
		add_message(&forest, &messages[i], (int)i);
	read_places(&forest, messages, n, places);
	g_hash_table_unref(forest.by_id);
	g_array_unref(forest.nodes);
}

struct thread_place *thread_mailbox(struct mailbox *mailbox)
{
	uint32_t n = mailbox_length(mailbox);
	struct thread_message *messages = g_new0(struct thread_message, n);
	struct thread_place *places = g_new0(struct thread_place, n);

	for (uint32_t pos = 0; pos < n; pos++) {
		struct message_row row;

		mailbox_get_row(mailbox, pos, &row);
		messages[pos].uid = row.uid;
		messages[pos].references = row.references;
		if (row.envelope == NULL)
			continue;
		messages[pos].message_id = row.envelope->message_id;
		messages[pos].in_reply_to = row.envelope->in_reply_to;
	}
	thread_build(messages, n, places);
	g_free(messages);
	return places;
}
