/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Searches that stay: kept current by the server (CONTEXT=SEARCH, RFC 5267 4),
 * else by asking again about what has arrived since. Contexts belong to a
 * selection, and begin anew each time its mailbox is opened.
 */
#include "src/base/base.h"
#include "src/imap/arg.h"
#include "src/imap/esearch.h"
#include "src/imap/parser.h"
#include "src/imap/search.h"
#include "src/imap/write.h"
#include "src/session/connection.h"
#include "src/session/search-priv.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"

struct search_context {
	struct selection *selection; /* NULL: it is gone */
	struct imap_text *criteria;
	struct session_request *request; /* a search under way */
	char *tag;              /* of the search that the server updates */
	bool is_refused;        /* UPDATE: by NOUPDATE, NO or BAD */
	bool is_partial;        /* the request is about what arrived only */
	bool wants_again;       /* more arrived meanwhile */
	uint32_t from_uid;      /* what is below has been searched */
	struct imap_seqset uids;
	search_context_fn *changed;
	void *data;
};

struct context_request {
	struct session_request base;
	struct search_context *context; /* NULL: nobody wants it any more */
	struct criteria criteria;
	struct imap_seqset found, gone;
	bool is_updating;
};

static void search_now(struct search_context *context);

/* --- one search ---------------------------------------------------------- */

static bool may_update(const struct context_request *search)
{
	return search->context != NULL && !search->context->is_refused &&
		connection_has(search->base.connection,
			IMAP_CAP_CONTEXT_SEARCH);
}

static void context_start(struct session_request *request)
{
	struct context_request *search = (struct context_request *)request;
	struct search_context *context = search->context;
	bool is_extended = connection_has(request->connection,
		IMAP_CAP_ESEARCH);
	struct imap_text *text = imap_text_new("UID SEARCH");

	imap_seqset_clear(&search->found);
	search->is_updating = may_update(search) && !context->is_partial;
	if (search->is_updating)
		imap_text_append(text, " RETURN (UPDATE ALL)");
	else if (is_extended)
		imap_text_append(text, " RETURN (ALL)");
	criteria_append_search(&search->criteria, request->connection, NULL,
		text);
	request_send(request, text, 0);
}

static bool context_untagged(struct command *command,
	const struct imap_response *response, void *data)
{
	struct context_request *search = data;
	struct imap_esearch esearch;
	struct imap_search found;

	if (response->kind != IMAP_RESPONSE_DATA ||
		(strcmp(response->name, "SEARCH") != 0 &&
		strcmp(response->name, "ESEARCH") != 0))
		return false;
	imap_search_init(&found);
	bool is_ours = imap_search_from_response(response, &found) &&
		(found.tag == NULL || strcmp(found.tag, command->tag) == 0);

	if (is_ours)
		imap_seqset_add_set(&search->found, &found.all);
	imap_search_release(&found);
	if (is_ours && imap_esearch_from_response(response, &esearch)) {
		imap_esearch_changes(&esearch, "ADDTO", &search->found);
		imap_esearch_changes(&esearch, "REMOVEFROM", &search->gone);
		imap_seqset_remove_set(&search->found, &search->gone);
	}
	return is_ours;
}

static void context_answered(struct session_request *request,
	struct command *command, const struct imap_result *result)
{
	struct context_request *search = (struct context_request *)request;
	struct search_context *context = search->context;

	if (criteria_try_again(&search->criteria, result)) {
		context_start(request);
		return;
	}
	if (search->is_updating && context != NULL) {
		if (result->outcome == IMAP_OUTCOME_OK) {
			if (!context->is_refused)
				context->tag = g_strdup(command->tag);
		} else if (result->outcome == IMAP_OUTCOME_NO ||
			result->outcome == IMAP_OUTCOME_BAD) {
			context->is_refused = true;
			context_start(request);
			return;
		}
	}
	request_note_end(request, result);
}

static void merge(struct search_context *context,
	const struct context_request *search)
{
	if (!context->is_partial)
		imap_seqset_clear(&context->uids);
	imap_seqset_add_set(&context->uids, &search->found);
}

static void context_finish(struct session_request *request,
	const struct imap_result *result)
{
	struct context_request *search = (struct context_request *)request;
	struct search_context *context = search->context;
	bool was_partial, again;

	if (context == NULL)
		return;
	was_partial = context->is_partial;
	again = context->wants_again && context->selection != NULL;
	context->request = NULL;
	context->wants_again = false;
	if (result->outcome == IMAP_OUTCOME_OK)
		merge(context, search);
	if (again)
		search_now(context);
	if (!was_partial || result->outcome == IMAP_OUTCOME_OK)
		context->changed(result, context->data);
}

static void context_release(struct session_request *request)
{
	struct context_request *search = (struct context_request *)request;

	criteria_release(&search->criteria);
	imap_seqset_release(&search->found);
	imap_seqset_release(&search->gone);
}

static const struct request_class context_class = {
	.verb = "UID SEARCH",
	.is_reading = true,
	.start = context_start,
	.answered = context_answered,
	.untagged = context_untagged,
	.finish = context_finish,
	.release = context_release,
};

/* Of everything, or from from_uid on. */
static void search_now(struct search_context *context)
{
	struct selection *selection = context->selection;
	struct context_request *search =
		(struct context_request *)request_new(&context_class,
			sizeof(*search), selection->session, selection,
			SESSION_INTERACTIVE);

	search->context = context;
	search->criteria.text = imap_text_new("");
	imap_seqset_init(&search->found);
	imap_seqset_init(&search->gone);
	context->is_partial = context->from_uid != 0;
	if (context->is_partial)
		imap_text_append(search->criteria.text, "UID %u:* ",
			context->from_uid);
	imap_text_append_text(search->criteria.text, context->criteria);
	context->from_uid = msnmap_max_uid(&selection->map) + 1;
	context->request = &search->base;
}

static void forget_request(struct search_context *context)
{
	if (context->request == NULL)
		return;
	((struct context_request *)context->request)->context = NULL;
	session_cancel(&context->request);
}

/* --- the handle ---------------------------------------------------------- */

struct search_context *search_context_new(struct selection *selection,
	struct imap_text *criteria_take, search_context_fn *changed, void *data)
{
	struct search_context *context = g_new0(struct search_context, 1);

	context->selection = selection;
	context->criteria = criteria_take;
	context->changed = changed;
	context->data = data;
	imap_seqset_init(&context->uids);
	if (selection->contexts == NULL)
		selection->contexts = g_ptr_array_new();
	g_ptr_array_add(selection->contexts, context);
	search_now(context);
	return context;
}

/* tag = DQUOTE tag-string DQUOTE (RFC 5267 4.3.5) */
static void cancel_update(struct search_context *context)
{
	struct selection *selection = context->selection;

	if (context->tag == NULL ||
		selection_open_connection(selection) == NULL)
		return;
	selection_push(selection, imap_text_new("CANCELUPDATE %q",
		context->tag), "CANCELUPDATE", 0, NULL, NULL);
}

void search_context_free(struct search_context **contextp)
{
	struct search_context *context = *contextp;

	if (context == NULL)
		return;
	*contextp = NULL;
	forget_request(context);
	if (context->selection != NULL) {
		cancel_update(context);
		g_ptr_array_remove(context->selection->contexts, context);
	}
	imap_text_free(&context->criteria);
	imap_seqset_release(&context->uids);
	g_free(context->tag);
	g_free(context);
}

const struct imap_seqset *search_context_uids(
	const struct search_context *context)
{
	return &context->uids;
}

/* --- what the connection tells ------------------------------------------- */

static guint n_contexts(const struct selection *selection)
{
	return selection == NULL || selection->contexts == NULL ? 0 :
		selection->contexts->len;
}

static void tell(struct search_context *context)
{
	const struct imap_result result = { .outcome = IMAP_OUTCOME_OK,
		.text = "" };

	context->changed(&result, context->data);
}

void search_contexts_take(struct connection *connection,
	const struct imap_response *response)
{
	struct selection *selection = connection->selection;
	struct imap_esearch esearch;
	struct imap_seqset gone;

	if (!imap_esearch_from_response(response, &esearch) ||
		esearch.tag == NULL)
		return;
	for (guint i = 0; i < n_contexts(selection); i++) {
		struct search_context *context = selection->contexts->pdata[i];

		if (g_strcmp0(context->tag, esearch.tag) != 0)
			continue;
		imap_seqset_init(&gone);
		imap_esearch_changes(&esearch, "REMOVEFROM", &gone);
		imap_seqset_remove_set(&context->uids, &gone);
		imap_esearch_changes(&esearch, "ADDTO", &context->uids);
		imap_seqset_release(&gone);
		tell(context);
		return;
	}
}

void search_contexts_refused(struct connection *connection,
	const struct imap_response *response)
{
	struct selection *selection = connection->selection;
	struct command *command;
	const char *tag;

	if (response->n_code_args == 0 ||
		!imap_arg_get_astring(&response->code_args[0], &tag))
		return;
	command = queue_find(&connection->queue, tag);
	for (guint i = 0; i < n_contexts(selection); i++) {
		struct search_context *context = selection->contexts->pdata[i];

		if (g_strcmp0(context->tag, tag) != 0 && (command == NULL ||
			command->owner != context->request))
			continue;
		context->is_refused = true;
		g_clear_pointer(&context->tag, g_free);
	}
}

/* What changed while it was not open is told by a search of everything. */
void search_contexts_opened(struct selection *selection)
{
	for (guint i = 0; i < n_contexts(selection); i++) {
		struct search_context *context = selection->contexts->pdata[i];

		g_clear_pointer(&context->tag, g_free);
		context->from_uid = 0;
		if (context->request == NULL)
			search_now(context);
		else
			context->wants_again |= context->is_partial;
	}
}

void search_contexts_added(struct selection *selection)
{
	for (guint i = 0; i < n_contexts(selection); i++) {
		struct search_context *context = selection->contexts->pdata[i];

		if (context->request != NULL)
			context->wants_again = true;
		else if (context->tag == NULL)
			search_now(context);
	}
}

void search_contexts_orphan(struct selection *selection)
{
	for (guint i = 0; i < n_contexts(selection); i++) {
		struct search_context *context = selection->contexts->pdata[i];

		forget_request(context);
		context->selection = NULL;
	}
	g_clear_pointer(&selection->contexts, g_ptr_array_unref);
}
