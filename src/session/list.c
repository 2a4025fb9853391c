/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which mailboxes there are. With LIST-EXTENDED one command tells all, with
 * what comes along (RFC 5258, 5819, 6154, 8440, 9590). Without it LSUB tells
 * what is subscribed, and LIST is asked level by level ("%", "%/%" ...), as
 * long as some of a level may have children: "*" may never end on some servers
 * (RFC 2683 3.2.1.1).
 */
#include "src/base/base.h"
#include "src/base/arena.h"
#include "src/imap/acl.h"
#include "src/imap/list.h"
#include "src/imap/metadata.h"
#include "src/imap/parser.h"
#include "src/session/connection.h"
#include "src/session/request.h"
#include "src/session/session-priv.h"

enum {
	LIST_MAX = 50 * 1000, /* mailboxes told; what is beyond is not shown */
	LEVELS_MAX = 32,
	ROOTS_MAX = 16,
};

#define PRIVATE_COMMENT "/private/comment"
#define SHARED_COMMENT "/shared/comment"

/* Where a hierarchy begins: "" or the prefix of a namespace. */
struct list_root {
	char *prefix;
	char delimiter;   /* '\0': not known yet, or flat */
	bool goes_deeper; /* some of the level just told may have children */
};

struct list_request {
	struct session_request base;
	char *mailbox; /* the only one that is asked about; NULL: all */
	unsigned options;       /* enum session_list_options */
	bool is_extended;
	bool is_refused;        /* RETURN was: not tried again */
	GArray *roots;          /* of struct list_root */
	unsigned level;
	GHashTable *subscribed; /* names, when LSUB had to be asked */
	GHashTable *seen;       /* names told */
	const struct session_list_ops *ops;
	session_done_fn *done;
	void *data;
};

static bool has_option(const struct list_request *list,
	enum session_list_options option)
{
	return (list->options & option) != 0;
}

static bool offers(const struct list_request *list, enum imap_capability cap)
{
	return connection_has(list->base.connection, cap);
}

/* --- roots ---------------------------------------------------------------- */

static void clear_root(gpointer root)
{
	g_free(((struct list_root *)root)->prefix);
}

static void add_root(struct list_request *list, const char *prefix,
	char delimiter)
{
	struct list_root root = { .prefix = g_strdup(prefix),
		.delimiter = delimiter };

	g_array_append_val(list->roots, root);
}

static struct list_root *root_at(const struct list_request *list, guint i)
{
	return &g_array_index(list->roots, struct list_root, i);
}

/* "" reaches most; what hides behind a prefix like "#shared." is asked for. */
static void add_namespaces(struct list_request *list,
	const struct imap_namespace *items, size_t n)
{
	for (size_t i = 0; i < n && list->roots->len < ROOTS_MAX; i++)
		if (items[i].prefix[0] != '\0')
			add_root(list, items[i].prefix, items[i].delimiter);
}

static void find_roots(struct list_request *list)
{
	const struct imap_namespaces *namespaces =
		session_namespaces(list->base.session);

	g_array_set_size(list->roots, 0);
	if (list->mailbox != NULL)
		return;
	add_root(list, "", '\0');
	if (namespaces->n_personal > 1)
		add_namespaces(list, namespaces->personal + 1,
			namespaces->n_personal - 1);
	add_namespaces(list, namespaces->other, namespaces->n_other);
	add_namespaces(list, namespaces->shared, namespaces->n_shared);
}

/* --- LIST-EXTENDED -------------------------------------------------------- */

static void append_selection(const struct list_request *list,
	struct imap_text *text)
{
	/* Those of other servers are shown, never gone to. */
	bool remote = offers(list, IMAP_CAP_MAILBOX_REFERRALS);

	if (has_option(list, SESSION_LIST_SUBSCRIBED))
		imap_text_append(text, remote ?
			" (SUBSCRIBED RECURSIVEMATCH REMOTE)" :
			" (SUBSCRIBED RECURSIVEMATCH)");
	else if (remote)
		imap_text_append(text, " (REMOTE)");
}

static void append_patterns(const struct list_request *list,
	struct imap_text *text)
{
	bool is_several = list->roots->len > 1;

	if (list->mailbox != NULL) {
		imap_text_append(text, " %l", list->mailbox);
		return;
	}
	for (guint i = 0; i < list->roots->len; i++) {
		char *pattern = g_strconcat(root_at(list, i)->prefix, "*",
			NULL);

		imap_text_append(text, is_several && i == 0 ? " (%l" : " %l",
			pattern);
		g_free(pattern);
	}
	if (is_several)
		imap_text_append(text, ")");
}

static void append_returns(const struct list_request *list,
	struct imap_text *text)
{
	bool has_details = has_option(list, SESSION_LIST_DETAILS);

	imap_text_append(text, " RETURN (SUBSCRIBED CHILDREN");
	if (offers(list, IMAP_CAP_SPECIAL_USE))
		imap_text_append(text, " SPECIAL-USE");
	if (has_details && offers(list, IMAP_CAP_LIST_MYRIGHTS))
		imap_text_append(text, " MYRIGHTS");
	if (has_details && offers(list, IMAP_CAP_LIST_METADATA))
		imap_text_append(text, " METADATA (%q %q)", PRIVATE_COMMENT,
			SHARED_COMMENT);
	if (has_option(list, SESSION_LIST_STATUS) &&
		offers(list, IMAP_CAP_LIST_STATUS)) {
		char *items = session_status_items(list->base.connection,
			has_details);

		imap_text_append(text, " STATUS %a", items);
		g_free(items);
	}
	imap_text_append(text, ")");
}

static void ask_extended(struct list_request *list)
{
	struct imap_text *text = imap_text_new("LIST");

	append_selection(list, text);
	imap_text_append(text, " \"\"");
	append_patterns(list, text);
	append_returns(list, text);
	request_send(&list->base, text, 0);
}

/* --- LIST by level -------------------------------------------------------- */

static void ask_plain(struct list_request *list, const char *pattern)
{
	const char *verb = !offers(list, IMAP_CAP_SPECIAL_USE) &&
		offers(list, IMAP_CAP_XLIST) ? "XLIST" : "LIST";

	request_send(&list->base, imap_text_new("%a \"\" %l", verb, pattern),
		0);
}

static void ask_level(struct list_request *list, struct list_root *root)
{
	GString *pattern = g_string_new(root->prefix);

	g_string_append_c(pattern, '%');
	for (unsigned i = 0; i < list->level; i++) {
		g_string_append_c(pattern, root->delimiter);
		g_string_append_c(pattern, '%');
	}
	root->goes_deeper = false;
	ask_plain(list, pattern->str);
	g_string_free(pattern, TRUE);
}

static bool ask_next_level(struct list_request *list)
{
	bool has_asked = false;

	if (list->is_extended || has_option(list, SESSION_LIST_SUBSCRIBED) ||
		++list->level >= LEVELS_MAX ||
		g_hash_table_size(list->seen) >= LIST_MAX)
		return false;
	for (guint i = 0; i < list->roots->len; i++) {
		struct list_root *root = root_at(list, i);

		if (!root->goes_deeper || root->delimiter == '\0')
			continue;
		ask_level(list, root);
		has_asked = true;
	}
	return has_asked;
}

/* In one flight: LSUB's answers come first. */
static void ask_all_plain(struct list_request *list)
{
	const char *only = list->mailbox;

	request_send(&list->base, imap_text_new("LSUB \"\" %l",
		only != NULL ? only : "*"), 0);
	if (only != NULL)
		ask_plain(list, only);
	else if (has_option(list, SESSION_LIST_SUBSCRIBED))
		ask_plain(list, "INBOX");
	else
		for (guint i = 0; i < list->roots->len; i++)
			ask_level(list, root_at(list, i));
}

static void list_start(struct session_request *request)
{
	struct list_request *list = (struct list_request *)request;

	g_hash_table_remove_all(list->subscribed);
	g_hash_table_remove_all(list->seen);
	find_roots(list);
	list->level = 0;
	/* XLIST takes no options. */
	list->is_extended = !list->is_refused &&
		offers(list, IMAP_CAP_LIST_EXTENDED) &&
		(offers(list, IMAP_CAP_SPECIAL_USE) ||
		!offers(list, IMAP_CAP_XLIST));
	if (list->is_extended)
		ask_extended(list);
	else
		ask_all_plain(list);
}

/* --- answers -------------------------------------------------------------- */

/* The longest prefix that the name has. */
static struct list_root *root_of(const struct list_request *list,
	const char *name)
{
	struct list_root *found = NULL;

	for (guint i = 0; i < list->roots->len; i++) {
		struct list_root *root = root_at(list, i);

		if (g_str_has_prefix(name, root->prefix) && (found == NULL ||
			strlen(root->prefix) > strlen(found->prefix)))
			found = root;
	}
	return found;
}

/* Without CHILDREN the server does not say: any may have some. */
static bool may_have_children(const struct imap_list *item)
{
	return (item->attributes & (IMAP_MAILBOX_HAS_NO_CHILDREN |
		IMAP_MAILBOX_NOINFERIORS)) == 0;
}

static void note_level(struct list_request *list, const struct imap_list *item)
{
	struct list_root *root = root_of(list, item->name);

	if (root == NULL)
		return;
	if (root->delimiter == '\0')
		root->delimiter = item->delimiter;
	root->goes_deeper |= may_have_children(item);
}

static void tell(struct list_request *list, struct imap_list *item)
{
	/* A name with "*" in it is a pattern as well. */
	if (list->mailbox != NULL && strcmp(list->mailbox, item->name) != 0)
		return;
	if (g_hash_table_size(list->seen) >= LIST_MAX ||
		!g_hash_table_add(list->seen, g_strdup(item->name)))
		return;
	if (g_hash_table_contains(list->subscribed, item->name))
		item->attributes |= IMAP_MAILBOX_SUBSCRIBED;
	note_level(list, item);
	if (list->ops->list != NULL)
		list->ops->list(item, list->data);
}

static void take_subscribed(struct list_request *list, struct imap_list *item)
{
	if (has_option(list, SESSION_LIST_SUBSCRIBED))
		tell(list, item);
	else if ((item->attributes & IMAP_MAILBOX_SUBSCRIBED) != 0 &&
		g_hash_table_size(list->subscribed) < LIST_MAX)
		g_hash_table_add(list->subscribed, g_strdup(item->name));
}

/* The first name that is not plain shows what UTF8=ACCEPT is worth. */
static void look_at_coding(const struct connection *connection,
	const struct imap_response *response)
{
	if (connection_may_be_utf7(connection))
		connection->session->names = imap_list_coding(response);
}

/* Cyrus lists what was unsubscribed a moment ago, as no longer subscribed. */
static bool is_wanted(const struct list_request *list,
	const struct imap_list *item)
{
	return !list->is_extended ||
		!has_option(list, SESSION_LIST_SUBSCRIBED) ||
		(item->attributes & IMAP_MAILBOX_SUBSCRIBED) != 0 ||
		item->has_subscribed_children;
}

static void take_list(struct list_request *list,
	const struct imap_response *response)
{
	struct arena *arena = arena_new();
	struct imap_list item;
	bool utf8;

	look_at_coding(list->base.connection, response);
	utf8 = connection_has_utf8_names(list->base.connection);
	if (imap_list_from_response(response, utf8, arena, &item)) {
		if (strcmp(response->name, "LSUB") == 0)
			take_subscribed(list, &item);
		else if (is_wanted(list, &item))
			tell(list, &item);
	}
	arena_free(&arena);
}

static bool take_rights(struct list_request *list,
	const struct imap_response *response, struct arena *arena)
{
	struct imap_my_rights rights;

	if (!imap_my_rights_from_response(response,
		    connection_has_utf8_names(list->base.connection), arena,
		    &rights) ||
		!g_hash_table_contains(list->seen, rights.mailbox))
		return false;
	list->ops->rights(&rights, list->data);
	return true;
}

static const char *find_comment(const struct imap_metadata *metadata)
{
	const char *shared = NULL;

	for (size_t i = 0; i < metadata->n_entries; i++) {
		const struct imap_metadata_entry *entry = &metadata->entries[i];

		if (entry->value == NULL)
			continue;
		if (g_ascii_strcasecmp(entry->name, PRIVATE_COMMENT) == 0)
			return entry->value;
		if (g_ascii_strcasecmp(entry->name, SHARED_COMMENT) == 0)
			shared = entry->value;
	}
	return shared;
}

static bool take_comment(struct list_request *list,
	const struct imap_response *response, struct arena *arena)
{
	struct imap_metadata metadata;

	if (!imap_metadata_from_response(response,
		    connection_has_utf8_names(list->base.connection), arena,
		    &metadata) ||
		!metadata.has_values ||
		!g_hash_table_contains(list->seen, metadata.mailbox))
		return false;
	list->ops->comment(metadata.mailbox, find_comment(&metadata),
		list->data);
	return true;
}

static bool take_detail(struct list_request *list,
	const struct imap_response *response)
{
	struct arena *arena;
	bool is_ours = false;

	if (!has_option(list, SESSION_LIST_DETAILS))
		return false;
	arena = arena_new();
	if (strcmp(response->name, "MYRIGHTS") == 0)
		is_ours = take_rights(list, response, arena);
	else if (strcmp(response->name, "METADATA") == 0)
		is_ours = take_comment(list, response, arena);
	arena_free(&arena);
	return is_ours;
}

static bool list_untagged(struct command *command,
	const struct imap_response *response, void *data)
{
	struct list_request *list = data;

	(void)command;
	if (response->kind != IMAP_RESPONSE_DATA)
		return false;
	if (strcmp(response->name, "LIST") == 0 ||
		strcmp(response->name, "XLIST") == 0 ||
		strcmp(response->name, "LSUB") == 0) {
		take_list(list, response);
		return true;
	}
	if (strcmp(response->name, "STATUS") == 0 &&
		has_option(list, SESSION_LIST_STATUS))
		return session_take_status(list->base.connection, response,
			list->ops->status, list->data);
	return take_detail(list, response);
}

/* --- the end -------------------------------------------------------------- */

static void list_end(struct list_request *list,
	const struct imap_result *result)
{
	const struct imap_result fine = { .outcome = IMAP_OUTCOME_OK,
		.text = "" };
	bool is_fine = g_hash_table_size(list->seen) > 0;

	if (is_fine)
		list->base.worst = IMAP_OUTCOME_OK;
	request_end(&list->base, is_fine ? &fine : result);
}

static void list_answered(struct session_request *request,
	struct command *command, const struct imap_result *result)
{
	struct list_request *list = (struct list_request *)request;
	bool has_some = g_hash_table_size(list->seen) > 0;

	(void)command;
	/* Announced, but its LIST takes no options. */
	if (list->is_extended && !has_some &&
		result->outcome == IMAP_OUTCOME_BAD) {
		list->is_refused = true;
		list_start(request);
		return;
	}
	/* Who has no LSUB has no subscriptions; a namespace may be closed to
	 * us. The first list is what counts. */
	if (!has_some)
		request_note(request, result);
	if (request->pending > 0)
		return;
	if (!ask_next_level(list))
		list_end(list, result);
}

static void list_finish(struct session_request *request,
	const struct imap_result *result)
{
	struct list_request *list = (struct list_request *)request;

	if (list->done != NULL)
		list->done(result, list->data);
}

static void list_release(struct session_request *request)
{
	struct list_request *list = (struct list_request *)request;

	g_hash_table_unref(list->subscribed);
	g_hash_table_unref(list->seen);
	g_array_unref(list->roots);
	g_free(list->mailbox);
}

static const struct request_class list_class = {
	.verb = "LIST",
	.is_reading = true,
	.needs_ready = true,
	.start = list_start,
	.answered = list_answered,
	.untagged = list_untagged,
	.finish = list_finish,
	.release = list_release,
};

struct session_request *session_list(struct session *session,
	const char *mailbox, unsigned options,
	const struct session_list_ops *ops, session_done_fn *done, void *data)
{
	bool is_aside = (options & SESSION_LIST_ASIDE) != 0;
	struct list_request *list = (struct list_request *)request_new(
		&list_class, sizeof(*list), session, NULL,
		is_aside ? SESSION_PREFETCH : SESSION_INTERACTIVE);

	list->base.is_aside = is_aside;
	list->mailbox = g_strdup(mailbox);
	list->options = options;
	list->roots = g_array_new(FALSE, FALSE, sizeof(struct list_root));
	g_array_set_clear_func(list->roots, clear_root);
	list->subscribed = g_hash_table_new_full(g_str_hash, g_str_equal,
		g_free, NULL);
	list->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		NULL);
	list->ops = ops;
	list->done = done;
	list->data = data;
	return &list->base;
}
