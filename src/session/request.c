/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/request.h"
#include "src/imap/code.h"
#include "src/session/selection-priv.h"
#include "src/session/literal.h"
#include "src/session/session-priv.h"

struct session_request *request_new(const struct request_class *class,
	size_t size, struct session *session, struct selection *selection,
	enum session_priority priority)
{
	struct session_request *request = g_malloc0(size);

	request->class = class;
	request->session = session;
	request->selection = selection;
	request->priority = priority;
	request->worst = IMAP_OUTCOME_OK;
	g_queue_push_tail(&session->requests, request);
	session_schedule_arrange(session);
	if (session->is_offline || session->state == SESSION_FAILED)
		request_end_later(request, IMAP_OUTCOME_DISCONNECTED,
			session->status_text);
	else if (selection != NULL && selection->state == SELECTION_GONE)
		request_end_later(request, IMAP_OUTCOME_NO, selection->refusal);
	return request;
}

static void request_free(struct session_request *request)
{
	if (request->class->release != NULL)
		request->class->release(request);
	source_clear(&request->end_source);
	g_free(request->worst_code);
	g_free(request->worst_text);
	g_free(request->end_text);
	g_free(request);
}

static void withdraw(struct session_request *request)
{
	if (request->connection != NULL) {
		queue_cancel(&request->connection->queue, request);
		literal_check(request->connection);
	}
	request->connection = NULL;
	request->pending = 0;
}

void request_note(struct session_request *request,
	const struct imap_result *result)
{
	if (result->outcome == IMAP_OUTCOME_OK ||
		request->worst != IMAP_OUTCOME_OK)
		return;
	request->worst = result->outcome;
	request->worst_code = g_strdup(result->code);
	request->worst_text = g_strdup(result->text);
}

void request_end(struct session_request *request,
	const struct imap_result *result)
{
	struct session *session = request->session;
	const struct imap_result worst = {
		.outcome = request->worst,
		.code = request->worst_code,
		.text = request->worst_text,
	};
	bool is_worst = request->worst != IMAP_OUTCOME_OK;

	withdraw(request);
	g_queue_remove(&session->requests, request);
	session_schedule_arrange(session);
	source_clear(&request->end_source);
	request->class->finish(request, is_worst ? &worst : result);
	request_free(request);
}

void request_note_end(struct session_request *request,
	const struct imap_result *result)
{
	request_note(request, result);
	if (request->pending == 0)
		request_end(request, result);
}

static gboolean end_due(void *data)
{
	struct session_request *request = data;
	const struct imap_result result = {
		.outcome = request->end_outcome,
		.text = request->end_text,
	};

	request->end_source = 0;
	request->worst = IMAP_OUTCOME_OK;
	request_end(request, &result);
	return G_SOURCE_REMOVE;
}

void request_end_later(struct session_request *request,
	enum imap_outcome outcome, const char *text)
{
	if (request->end_source != 0)
		return;
	withdraw(request);
	request->end_outcome = outcome;
	request->end_text = g_strdup(text);
	request->end_source = g_timeout_add(0, end_due, request);
}

bool request_needs(struct session_request *request, enum imap_capability cap)
{
	char *text;

	if (connection_has(request->connection, cap))
		return true;
	text = g_strdup_printf("%s is not offered",
		imap_capability_table[cap].name);
	request_end_later(request, IMAP_OUTCOME_NO, text);
	g_free(text);
	return false;
}

static gboolean noted_end_due(void *data)
{
	struct session_request *request = data;
	const struct imap_result ok = { .outcome = IMAP_OUTCOME_OK };

	request->end_source = 0;
	request_end(request, &ok);
	return G_SOURCE_REMOVE;
}

void request_end_noted(struct session_request *request)
{
	if (request->end_source != 0)
		return;
	withdraw(request);
	request->end_source = g_timeout_add(0, noted_end_due, request);
}

void request_suspend(struct session_request *request)
{
	withdraw(request);
}

/* The connection was lost with this command. */
static void disconnected(struct session_request *request,
	const struct imap_result *result)
{
	if (!request->class->is_reading)
		request_note(request, result);
	if (request->pending > 0)
		return;
	request->connection = NULL;
	if (!request->class->is_reading)
		request_end(request, result);
}

/* The server stops at a number of messages, the highest UIDs first. */
static void ask_for_rest(struct session_request *request,
	const struct command *command, const struct imap_result *result)
{
	struct imap_message_limit limit;
	struct imap_seqset left;

	if (request->class->rest == NULL ||
		result->outcome != IMAP_OUTCOME_OK || result->code == NULL ||
		strcmp(result->code, "MESSAGELIMIT") != 0 ||
		!imap_message_limit_from_args(result->code_args,
		result->n_code_args, &limit) || limit.uid <= 1)
		return;
	imap_seqset_init(&left);
	imap_seqset_add_range(&left, 1, limit.uid - 1);
	imap_seqset_intersect(&left, &command->uids);
	if (!imap_seqset_is_empty(&left) &&
		imap_seqset_count(&left) < imap_seqset_count(&command->uids))
		request->class->rest(request, &left);
	imap_seqset_release(&left);
}

static void on_command_done(struct command *command,
	const struct imap_result *result, void *data)
{
	struct session_request *request = data;

	request->pending--;
	ask_for_rest(request, command, result);
	if (result->outcome == IMAP_OUTCOME_DISCONNECTED ||
		result->outcome == IMAP_OUTCOME_CANCELLED)
		disconnected(request, result);
	else if (request->class->answered != NULL)
		request->class->answered(request, command, result);
	else
		request_note_end(request, result);
}

static void send_command(struct session_request *request,
	struct command *command)
{
	command->owner = request;
	command->selection = request->selection;
	command->done = on_command_done;
	command->untagged = request->class->untagged;
	command->pull = request->class->pull;
	command->data = request;
	request->pending++;
	connection_doubt(request->connection);
	connection_push(request->connection, command);
}

void request_send(struct session_request *request, struct imap_text *text_take,
	unsigned flags)
{
	send_command(request, command_new(text_take, request->class->verb,
		flags, request->priority));
}

void request_send_uids(struct session_request *request,
	struct imap_text *text_take, const struct imap_seqset *uids)
{
	struct command *command = command_new(text_take, request->class->verb,
		0, request->priority);

	imap_seqset_copy(&command->uids, uids);
	send_command(request, command);
}

/* What nobody waits for comes after the UID map: it is then asked for in
 * helpings of messages that exist. */
static bool is_map_awaited(const struct session_request *request)
{
	const struct selection *selection = request->selection;

	return selection != NULL && request->priority != SESSION_INTERACTIVE &&
		!selection_is_mapped(selection) &&
		(selection->is_mapping || selection->later_source != 0);
}

static struct connection *usable_connection(
	const struct session_request *request)
{
	if (request->selection != NULL)
		return selection_open_connection(request->selection);
	if (request->is_bulky)
		return session_bulk_connection(request->session);
	return request->is_aside ? session_aside_connection(request->session) :
		session_usable_connection(request->session);
}

static struct connection *connection_for(const struct session_request *request)
{
	struct connection *connection = usable_connection(request);

	if (connection == NULL || is_map_awaited(request))
		return NULL;
	if (!request->class->needs_ready)
		return connection;
	/* It may be long, and the first screen by number would wait for it. */
	if (connection->phase != PHASE_READY ||
		(connection->selection != NULL &&
		connection->selection->step == SELECT_SENT))
		return NULL;
	return connection;
}

void requests_start(struct session *session)
{
	for (GList *l = session->requests.head, *next; l != NULL; l = next) {
		struct session_request *request = l->data;

		next = l->next;
		if (request->connection != NULL || request->end_source != 0)
			continue;
		request->connection = connection_for(request);
		if (request->connection != NULL)
			request->class->start(request);
	}
}

static bool is_of(const struct session_request *request,
	const struct selection *selection)
{
	return selection == NULL || request->selection == selection;
}

bool requests_has(const struct session *session,
	const struct selection *selection)
{
	for (GList *l = session->requests.head; l != NULL; l = l->next)
		if (is_of(l->data, selection))
			return true;
	return false;
}

bool requests_use(const struct session *session,
	const struct connection *connection)
{
	for (GList *l = session->requests.head; l != NULL; l = l->next)
		if (((struct session_request *)l->data)->connection ==
			connection)
			return true;
	return false;
}

bool requests_has_changing(const struct session *session,
	const struct selection *selection)
{
	for (GList *l = session->requests.head; l != NULL; l = l->next) {
		const struct session_request *request = l->data;

		if (is_of(request, selection) && !request->class->is_reading &&
			request->connection != NULL)
			return true;
	}
	return false;
}

bool requests_has_waiting(const struct session *session,
	const struct selection *selection)
{
	for (GList *l = session->requests.head; l != NULL; l = l->next) {
		const struct session_request *request = l->data;

		if (is_of(request, selection) && request->connection == NULL &&
			request->end_source == 0)
			return true;
	}
	return false;
}

void requests_suspend(struct session *session,
	const struct selection *selection)
{
	for (GList *l = session->requests.head; l != NULL; l = l->next)
		if (is_of(l->data, selection))
			request_suspend(l->data);
}

void requests_end_later(struct session *session,
	const struct selection *selection,
	enum imap_outcome outcome, const char *text)
{
	for (GList *l = session->requests.head; l != NULL; l = l->next) {
		struct session_request *request = l->data;

		if (!is_of(request, selection))
			continue;
		request_end_later(request, outcome, text);
		if (selection != NULL)
			request->selection = NULL;
	}
}

void requests_end(struct session *session, enum imap_outcome outcome,
	const char *text)
{
	const struct imap_result result = { .outcome = outcome, .text = text };
	struct session_request *request;

	while ((request = g_queue_peek_head(&session->requests)) != NULL) {
		request->worst = IMAP_OUTCOME_OK;
		request_end(request, &result);
	}
}

void session_cancel(struct session_request **request)
{
	struct session_request *r = *request;

	*request = NULL;
	if (r == NULL)
		return;
	request_end_later(r, IMAP_OUTCOME_CANCELLED, "cancelled");
}
