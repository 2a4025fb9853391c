/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests about mailboxes that need not be selected: LIST with what comes
 * along (RFC 5258, 5819, 6154), STATUS, CREATE, RENAME, DELETE, SUBSCRIBE.
 */
#include "src/base/base.h"
#include "src/base/arena.h"
#include "src/imap/list.h"
#include "src/imap/parser.h"
#include "src/session/connection.h"
#include "src/session/request.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"

/* Mailboxes in one list; what is beyond is not shown. */
enum { LIST_MAX = 20 * 1000 };

static const char *status_items(const struct connection *connection)
{
	return connection_has(connection, IMAP_CAP_CONDSTORE) ?
		"(MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ)" :
		"(MESSAGES UNSEEN UIDNEXT UIDVALIDITY)";
}

bool session_has_selected(const struct session *session, const char *name)
{
	for (guint i = 0; i < session->selections->len; i++) {
		const struct selection *selection =
			g_ptr_array_index(session->selections, i);

		if (selection->step != SELECT_NONE &&
			strcmp(selection->mailbox, name) == 0)
			return true;
	}
	return false;
}

/* --- LIST ----------------------------------------------------------------- */

enum list_stage { LIST_LSUB, LIST_NAMES, LIST_STATUS };

struct list_request {
	struct session_request base;
	bool with_status;
	bool has_extended, has_list_status;
	enum list_stage stage;
	GHashTable *subscribed; /* names, when LSUB had to be asked */
	GHashTable *seen;       /* names told */
	GPtrArray *statuses;    /* names whose STATUS is still to be asked */
	session_list_fn *list;
	session_status_fn *status;
	session_done_fn *done;
	void *data;
};

static bool has_list_extended(const struct connection *connection)
{
	return connection_has(connection, IMAP_CAP_LIST_EXTENDED) ||
		connection_has(connection, IMAP_CAP_IMAP4REV2);
}

static bool has_list_status(const struct connection *connection)
{
	return has_list_extended(connection) &&
		(connection_has(connection, IMAP_CAP_LIST_STATUS) ||
		connection_has(connection, IMAP_CAP_IMAP4REV2));
}

static struct imap_text *list_text(const struct list_request *list,
	const char *prefix)
{
	const struct connection *connection = list->base.connection;
	char *pattern = g_strconcat(prefix, "*", NULL);
	struct imap_text *text = imap_text_new("LIST \"\" %l", pattern);

	if (list->has_extended) {
		imap_text_append(text, " RETURN (SUBSCRIBED CHILDREN");
		if (connection_has(connection, IMAP_CAP_SPECIAL_USE) ||
			connection_has(connection, IMAP_CAP_IMAP4REV2))
			imap_text_append(text, " SPECIAL-USE");
		if (list->with_status && list->has_list_status)
			imap_text_append(text, " STATUS %a",
				status_items(connection));
		imap_text_append(text, ")");
	}
	g_free(pattern);
	return text;
}

/* "*" reaches most; what hides behind a prefix like "#shared." is asked for. */
static void list_namespaces(struct list_request *list,
	const struct imap_namespace *items, size_t n)
{
	for (size_t i = 0; i < n && i < 16; i++)
		if (items[i].prefix[0] != '\0')
			request_send(&list->base,
				list_text(list, items[i].prefix), 0);
}

static void list_names(struct list_request *list)
{
	const struct imap_namespaces *namespaces =
		session_namespaces(list->base.session);

	list->stage = LIST_NAMES;
	request_send(&list->base, list_text(list, ""), 0);
	list_namespaces(list, namespaces->other, namespaces->n_other);
	list_namespaces(list, namespaces->shared, namespaces->n_shared);
}

static void list_start(struct session_request *request)
{
	struct list_request *list = (struct list_request *)request;

	g_hash_table_remove_all(list->subscribed);
	g_hash_table_remove_all(list->seen);
	g_ptr_array_set_size(list->statuses, 0);
	list->has_extended = has_list_extended(request->connection);
	list->has_list_status = has_list_status(request->connection);
	list->stage = LIST_LSUB;
	if (!list->has_extended)
		request_send(request, imap_text_new("LSUB \"\" %l", "*"), 0);
	/* In one flight: LSUB's answers come first. */
	list_names(list);
}

static void tell_list(struct list_request *list, struct imap_list *item)
{
	if (g_hash_table_size(list->seen) >= LIST_MAX ||
		!g_hash_table_add(list->seen, g_strdup(item->name)))
		return;
	if (g_hash_table_contains(list->subscribed, item->name))
		item->attributes |= IMAP_MAILBOX_SUBSCRIBED;
	bool is_selectable = (item->attributes & (IMAP_MAILBOX_NOSELECT |
		IMAP_MAILBOX_NONEXISTENT)) == 0;

	if (list->with_status && !list->has_list_status && is_selectable &&
		!session_has_selected(list->base.session, item->name))
		g_ptr_array_add(list->statuses, g_strdup(item->name));
	if (list->list != NULL)
		list->list(item, list->data);
}

static bool take_list(struct list_request *list,
	const struct imap_response *response, bool is_lsub)
{
	bool utf8 = connection_is_utf8(list->base.connection);
	struct arena *arena = arena_new();
	struct imap_list item;

	if (imap_list_from_response(response, utf8, arena, &item)) {
		if (!is_lsub)
			tell_list(list, &item);
		else if (g_hash_table_size(list->subscribed) < LIST_MAX)
			g_hash_table_add(list->subscribed, g_strdup(item.name));
	}
	arena_free(&arena);
	return true;
}

static bool take_status(struct session *session,
	const struct imap_response *response, bool utf8,
	const char *only, session_status_fn *status, void *data)
{
	struct arena *arena = arena_new();
	struct imap_status item;
	bool is_ours = imap_status_from_response(response, utf8, arena,
		&item) &&
		(only == NULL || strcmp(only, item.name) == 0);

	if (is_ours && status != NULL && !session_has_selected(session, item.name))
		status(&item, data);
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
	if (strcmp(response->name, "LIST") == 0)
		return take_list(list, response, false);
	if (strcmp(response->name, "LSUB") == 0)
		return take_list(list, response, true);
	if (strcmp(response->name, "STATUS") == 0 && list->with_status)
		return take_status(list->base.session, response,
			connection_is_utf8(list->base.connection), NULL,
			list->status, list->data);
	return false;
}

static void list_statuses(struct list_request *list)
{
	const char *items = status_items(list->base.connection);

	list->stage = LIST_STATUS;
	for (guint i = 0; i < list->statuses->len; i++)
		request_send(&list->base, imap_text_new("STATUS %m %a",
			(const char *)g_ptr_array_index(list->statuses, i),
			items), 0);
	g_ptr_array_set_size(list->statuses, 0);
}

static void list_answered(struct session_request *request,
	struct command *command, const struct imap_result *result)
{
	struct list_request *list = (struct list_request *)request;

	(void)command;
	/* Without LSUB nothing is subscribed; a STATUS may fail. The first
	 * LIST is what counts. */
	if (list->stage == LIST_NAMES && g_hash_table_size(list->seen) == 0)
		request_note(request, result);
	if (request->pending > 0)
		return;
	if (list->stage == LIST_NAMES && list->statuses->len > 0) {
		request->priority = SESSION_SYNC;
		list_statuses(list);
		return;
	}
	const struct imap_result fine = { .outcome = IMAP_OUTCOME_OK,
		.text = "" };

	if (g_hash_table_size(list->seen) > 0) {
		request->worst = IMAP_OUTCOME_OK;
		request_end(request, &fine);
	} else {
		request_end(request, result);
	}
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
	g_ptr_array_unref(list->statuses);
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

struct session_request *session_list(struct session *session, bool with_status,
	session_list_fn *list, session_status_fn *status,
	session_done_fn *done, void *data)
{
	struct list_request *request = (struct list_request *)request_new(
		&list_class, sizeof(*request), session, NULL,
		SESSION_INTERACTIVE);

	request->with_status = with_status;
	request->subscribed = g_hash_table_new_full(g_str_hash, g_str_equal,
		g_free, NULL);
	request->seen = g_hash_table_new_full(g_str_hash, g_str_equal,
		g_free, NULL);
	request->statuses = g_ptr_array_new_with_free_func(g_free);
	request->list = list;
	request->status = status;
	request->done = done;
	request->data = data;
	return &request->base;
}

/* --- the simple ones ------------------------------------------------------ */

struct mailbox_request {
	struct session_request base;
	const char *command; /* static */
	char *mailbox;
	char *second;        /* RENAME's new name, CREATE's use; NULL */
	session_status_fn *status;
	session_done_fn *done;
	void *data;
};

static void mailbox_start(struct session_request *request)
{
	struct mailbox_request *mailbox = (struct mailbox_request *)request;
	struct imap_text *text = imap_text_new("%a %m", mailbox->command,
		mailbox->mailbox);

	if (mailbox->status != NULL &&
		session_has_selected(request->session, mailbox->mailbox)) {
		imap_text_free(&text);
		request_end_later(request, IMAP_OUTCOME_OK, "");
		return;
	}
	if (strcmp(mailbox->command, "STATUS") == 0)
		imap_text_append(text, " %a",
			status_items(request->connection));
	else if (strcmp(mailbox->command, "RENAME") == 0)
		imap_text_append(text, " %m", mailbox->second);
	else if (mailbox->second != NULL)
		imap_text_append(text, " (USE (%a))", mailbox->second);
	request_send(request, text, 0);
}

static bool mailbox_untagged(struct command *command,
	const struct imap_response *response, void *data)
{
	struct mailbox_request *mailbox = data;

	(void)command;
	if (mailbox->status == NULL || response->kind != IMAP_RESPONSE_DATA ||
		strcmp(response->name, "STATUS") != 0)
		return false;
	return take_status(mailbox->base.session, response,
		connection_is_utf8(mailbox->base.connection),
		mailbox->mailbox, mailbox->status, mailbox->data);
}

static void mailbox_finish(struct session_request *request,
	const struct imap_result *result)
{
	struct mailbox_request *mailbox = (struct mailbox_request *)request;

	if (mailbox->done != NULL)
		mailbox->done(result, mailbox->data);
}

static void mailbox_release(struct session_request *request)
{
	struct mailbox_request *mailbox = (struct mailbox_request *)request;

	g_free(mailbox->mailbox);
	g_free(mailbox->second);
}

static const struct request_class status_class = {
	.verb = "STATUS",
	.is_reading = true,
	.start = mailbox_start,
	.untagged = mailbox_untagged,
	.finish = mailbox_finish,
	.release = mailbox_release,
};

static const struct request_class mailbox_class = {
	.verb = "CREATE",
	.start = mailbox_start,
	.finish = mailbox_finish,
	.release = mailbox_release,
};

static struct mailbox_request *mailbox_request_new(struct session *session,
	const struct request_class *class, const char *command,
	const char *mailbox, enum session_priority priority,
	session_done_fn *done, void *data)
{
	struct mailbox_request *request = (struct mailbox_request *)request_new(
		class, sizeof(*request), session, NULL, priority);

	request->command = command;
	request->mailbox = g_strdup(mailbox);
	request->done = done;
	request->data = data;
	return request;
}

struct session_request *session_status(struct session *session,
	const char *mailbox,
	enum session_priority priority, session_status_fn *status,
	session_done_fn *done, void *data)
{
	struct mailbox_request *request = mailbox_request_new(session,
		&status_class, "STATUS", mailbox, priority, done, data);

	request->status = status;
	return &request->base;
}

struct session_request *session_create(struct session *session,
	const char *mailbox,
	const char *use, session_done_fn *done, void *data)
{
	struct mailbox_request *request = mailbox_request_new(session,
		&mailbox_class, "CREATE", mailbox, SESSION_INTERACTIVE, done,
		data);

	request->second = g_strdup(use);
	return &request->base;
}

struct session_request *session_rename(struct session *session,
	const char *from,
	const char *to, session_done_fn *done, void *data)
{
	struct mailbox_request *request = mailbox_request_new(session,
		&mailbox_class, "RENAME", from, SESSION_INTERACTIVE, done,
		data);

	request->second = g_strdup(to);
	return &request->base;
}

struct session_request *session_delete(struct session *session,
	const char *mailbox,
	session_done_fn *done, void *data)
{
	return &mailbox_request_new(session, &mailbox_class, "DELETE", mailbox,
		SESSION_INTERACTIVE, done, data)->base;
}

struct session_request *session_subscribe(struct session *session,
	const char *mailbox,
	bool subscribed, session_done_fn *done, void *data)
{
	return &mailbox_request_new(session, &mailbox_class,
		subscribed ? "SUBSCRIBE" : "UNSUBSCRIBE", mailbox,
		SESSION_INTERACTIVE, done, data)->base;
}
