/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/quota.h"
#include "src/base/arena.h"
#include "src/imap/parser.h"
#include "src/session/connection.h"
#include "src/session/request.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"

/* Quotas of one mailbox. */
enum { ROOTS_MAX = 64 };

struct quota_request {
	struct session_request base;
	char *mailbox;
	GHashTable *told;  /* roots (char *) whose quota came, once each */
	GPtrArray *named;  /* roots (char *) of the mailbox, until asked for */
	session_quota_fn *quota;
	session_status_fn *status;
	session_done_fn *done;
	void *data;
};

/* RFC 9208 4.1.4: the status items go with the resources that are counted. */
static const char *deleted_items(const struct connection *connection)
{
	const GPtrArray *names = connection->capabilities.unknown;
	bool messages = false, storage = false;

	for (guint i = 0; names != NULL && i < names->len; i++) {
		messages |= g_ascii_strcasecmp(names->pdata[i],
			"QUOTA=RES-MESSAGE") == 0;
		storage |= g_ascii_strcasecmp(names->pdata[i],
			"QUOTA=RES-STORAGE") == 0;
	}
	return messages && storage ? "(DELETED DELETED-STORAGE)" :
		messages ? "(DELETED)" :
		storage ? "(DELETED-STORAGE)" : NULL;
}

static void quota_start(struct session_request *request)
{
	struct quota_request *quota = (struct quota_request *)request;
	const char *items = deleted_items(request->connection);

	if (!request_needs(request, IMAP_CAP_QUOTA))
		return;
	g_ptr_array_set_size(quota->named, 0);
	request_send(request, imap_text_new("GETQUOTAROOT %m",
		quota->mailbox), 0);
	if (quota->status != NULL && items != NULL &&
		!session_has_selected(request->session, quota->mailbox))
		request_send(request, imap_text_new("STATUS %m %a",
			quota->mailbox, items), 0);
}

static void take_quota(struct quota_request *quota,
	const struct imap_response *response, struct arena *arena)
{
	struct imap_quota item;

	if (!imap_quota_from_response(response, arena, &item) ||
		g_hash_table_size(quota->told) >= ROOTS_MAX ||
		!g_hash_table_add(quota->told, g_strdup(item.root)))
		return;
	if (quota->quota != NULL)
		quota->quota(&item, quota->data);
}

static void take_roots(struct quota_request *quota,
	const struct imap_response *response, struct arena *arena)
{
	struct imap_quota_roots roots;

	if (!imap_quota_roots_from_response(response,
		    connection_has_utf8_names(quota->base.connection), arena,
		    &roots))
		return;
	for (size_t i = 0; i < roots.n_roots &&
		quota->named->len < ROOTS_MAX; i++)
		g_ptr_array_add(quota->named, g_strdup(roots.roots[i]));
}

static bool take_status(struct quota_request *quota,
	const struct imap_response *response, struct arena *arena)
{
	struct imap_status status;

	if (quota->status == NULL ||
		!imap_status_from_response(response,
			connection_has_utf8_names(quota->base.connection),
			arena, &status) ||
		strcmp(status.name, quota->mailbox) != 0)
		return false;
	quota->status(&status, quota->data);
	return true;
}

static bool quota_untagged(struct command *command,
	const struct imap_response *response, void *data)
{
	struct quota_request *quota = data;
	struct arena *arena;
	bool is_ours = true;

	(void)command;
	if (response->kind != IMAP_RESPONSE_DATA)
		return false;
	arena = arena_new();
	if (strcmp(response->name, "QUOTA") == 0)
		take_quota(quota, response, arena);
	else if (strcmp(response->name, "QUOTAROOT") == 0)
		take_roots(quota, response, arena);
	else if (strcmp(response->name, "STATUS") == 0)
		is_ours = take_status(quota, response, arena);
	else
		is_ours = false;
	arena_free(&arena);
	return is_ours;
}

/* Roots that the server named without their quota. */
static void ask_roots(struct quota_request *quota)
{
	for (guint i = 0; i < quota->named->len; i++) {
		const char *root = quota->named->pdata[i];

		if (!g_hash_table_contains(quota->told, root))
			request_send(&quota->base,
				imap_text_new("GETQUOTA %s", root), 0);
	}
	g_ptr_array_set_size(quota->named, 0);
}

static void quota_answered(struct session_request *request,
	struct command *command, const struct imap_result *result)
{
	struct quota_request *quota = (struct quota_request *)request;

	(void)command;
	request_note(request, result);
	if (request->pending == 0 && request->worst == IMAP_OUTCOME_OK)
		ask_roots(quota);
	if (request->pending == 0)
		request_end(request, result);
}

static void quota_finish(struct session_request *request,
	const struct imap_result *result)
{
	struct quota_request *quota = (struct quota_request *)request;

	if (quota->done != NULL)
		quota->done(result, quota->data);
}

static void quota_release(struct session_request *request)
{
	struct quota_request *quota = (struct quota_request *)request;

	g_hash_table_unref(quota->told);
	g_ptr_array_unref(quota->named);
	g_free(quota->mailbox);
}

static const struct request_class quota_class = {
	.verb = "GETQUOTAROOT",
	.is_reading = true,
	.start = quota_start,
	.answered = quota_answered,
	.untagged = quota_untagged,
	.finish = quota_finish,
	.release = quota_release,
};

struct session_request *session_quota(struct session *session,
	const char *mailbox, enum session_priority priority,
	session_quota_fn *quota, session_status_fn *status,
	session_done_fn *done, void *data)
{
	struct quota_request *request = (struct quota_request *)request_new(
		&quota_class, sizeof(*request), session, NULL, priority);

	request->mailbox = g_strdup(mailbox);
	request->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		NULL);
	request->named = g_ptr_array_new_with_free_func(g_free);
	request->quota = quota;
	request->status = status;
	request->done = done;
	request->data = data;
	return &request->base;
}
