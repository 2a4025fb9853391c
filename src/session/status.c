/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * STATUS of one mailbox or of many, none of them selected: what a server says
 * of a selected one may be old (RFC 9051 6.3.11).
 */
#include "src/base/base.h"
#include "src/base/arena.h"
#include "src/imap/list.h"
#include "src/imap/parser.h"
#include "src/session/connection.h"
#include "src/session/request.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"

bool session_has_selected(const struct session *session, const char *mailbox)
{
	for (guint i = 0; i < session->selections->len; i++) {
		const struct selection *selection =
			g_ptr_array_index(session->selections, i);

		if (selection->step != SELECT_NONE &&
			strcmp(selection->mailbox, mailbox) == 0)
			return true;
	}
	return false;
}

/* With a value the limit is the same everywhere (RFC 7889 3). */
static bool has_own_append_limits(const struct connection *connection)
{
	const GPtrArray *names = connection->capabilities.unknown;

	for (guint i = 0; names != NULL && i < names->len; i++)
		if (g_ascii_strcasecmp(names->pdata[i], "APPENDLIMIT") == 0)
			return true;
	return false;
}

char *session_status_items(const struct connection *connection, bool all)
{
	GString *items = g_string_new("(MESSAGES UNSEEN UIDNEXT UIDVALIDITY");

	if (connection_has(connection, IMAP_CAP_CONDSTORE))
		g_string_append(items, " HIGHESTMODSEQ");
	if (connection_has(connection, IMAP_CAP_STATUS_SIZE))
		g_string_append(items, " SIZE");
	if (all && has_own_append_limits(connection))
		g_string_append(items, " APPENDLIMIT");
	g_string_append_c(items, ')');
	return g_string_free(items, FALSE);
}

bool session_take_status(struct connection *connection,
	const struct imap_response *response, session_status_fn *status,
	void *data)
{
	struct arena *arena = arena_new();
	struct imap_status item;
	bool is_status = imap_status_from_response(response,
		connection_has_utf8_names(connection), arena, &item);

	if (is_status && status != NULL &&
		!session_has_selected(connection->session, item.name))
		status(&item, data);
	arena_free(&arena);
	return is_status;
}

/* --- the request ---------------------------------------------------------- */

struct status_request {
	struct session_request base;
	char **mailboxes;   /* NULL-terminated */
	guint n_answered;   /* of them, in their order */
	bool is_one;        /* its refusal is the request's */
	bool is_identity;   /* MAILBOXID alone */
	session_status_fn *status;
	session_done_fn *done;
	void *data;
};

static void status_start(struct session_request *request)
{
	struct status_request *status = (struct status_request *)request;
	char *items = status->is_identity ? g_strdup("(MAILBOXID)") :
		session_status_items(request->connection, status->is_one);

	for (char **name = status->mailboxes + status->n_answered;
		*name != NULL; name++)
		if (!session_has_selected(request->session, *name))
			request_send(request, imap_text_new("STATUS %m %a",
				*name, items), 0);
	g_free(items);
	if (request->pending == 0)
		request_end_later(request, IMAP_OUTCOME_OK, "");
}

static bool is_asked(const struct status_request *status, const char *name)
{
	return g_strv_contains((const char *const *)status->mailboxes +
		status->n_answered, name);
}

static bool status_untagged(struct command *command,
	const struct imap_response *response, void *data)
{
	struct status_request *status = data;
	struct arena *arena;
	struct imap_status item;
	bool is_ours;

	(void)command;
	if (response->kind != IMAP_RESPONSE_DATA ||
		strcmp(response->name, "STATUS") != 0)
		return false;
	arena = arena_new();
	is_ours = imap_status_from_response(response,
			  connection_has_utf8_names(status->base.connection),
			  arena, &item) &&
		  is_asked(status, item.name);
	arena_free(&arena);
	return is_ours && session_take_status(status->base.connection,
		response, status->status, status->data);
}

static void status_answered(struct session_request *request,
	struct command *command, const struct imap_result *result)
{
	struct status_request *status = (struct status_request *)request;

	(void)command;
	if (status->mailboxes[status->n_answered] != NULL)
		status->n_answered++;
	/* One of many may be gone by now. */
	if (status->is_one)
		request_note(request, result);
	if (request->pending == 0)
		request_end(request, status->is_one ? result :
			&(struct imap_result){ .outcome = IMAP_OUTCOME_OK,
				.text = "" });
}

static void status_finish(struct session_request *request,
	const struct imap_result *result)
{
	struct status_request *status = (struct status_request *)request;

	if (status->done != NULL)
		status->done(result, status->data);
}

static void status_release(struct session_request *request)
{
	g_strfreev(((struct status_request *)request)->mailboxes);
}

static const struct request_class status_class = {
	.verb = "STATUS",
	.is_reading = true,
	.start = status_start,
	.answered = status_answered,
	.untagged = status_untagged,
	.finish = status_finish,
	.release = status_release,
};

static struct status_request *status_request_new(struct session *session,
	char **mailboxes_take, enum session_priority priority,
	session_status_fn *fn, session_done_fn *done, void *data)
{
	struct status_request *status = (struct status_request *)request_new(
		&status_class, sizeof(*status), session, NULL, priority);

	status->mailboxes = mailboxes_take;
	status->status = fn;
	status->done = done;
	status->data = data;
	return status;
}

struct session_request *session_status(struct session *session,
	const char *mailbox, enum session_priority priority,
	session_status_fn *status, session_done_fn *done, void *data)
{
	char **mailboxes = g_new0(char *, 2);
	struct status_request *request;

	mailboxes[0] = g_strdup(mailbox);
	request = status_request_new(session, mailboxes, priority, status,
		done, data);
	request->is_one = true;
	return &request->base;
}

struct session_request *session_statuses(struct session *session,
	const char *const *mailboxes, bool is_aside, session_status_fn *status,
	session_done_fn *done, void *data)
{
	struct status_request *request = status_request_new(session,
		g_strdupv((char **)mailboxes), is_aside ? SESSION_PREFETCH :
		SESSION_SYNC, status, done, data);

	request->base.is_aside = is_aside;
	return &request->base;
}

struct session_request *session_identities(struct session *session,
	const char *const *mailboxes, session_status_fn *status,
	session_done_fn *done, void *data)
{
	struct status_request *request = status_request_new(session,
		g_strdupv((char **)mailboxes), SESSION_SYNC, status, done,
		data);

	request->is_identity = true;
	return &request->base;
}
