/* SPDX-License-Identifier: GPL-3.0-or-later */
/* selection_search(): UID SEARCH, answered by SEARCH or by ESEARCH. */
#include "src/base/base.h"
#include "src/imap/parser.h"
#include "src/imap/search.h"
#include "src/imap/write.h"
#include "src/session/connection.h"
#include "src/session/request.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"

struct search_request {
	struct session_request base;
	struct imap_text *criteria;
	struct imap_seqset found;
	selection_search_fn *done;
	void *data;
};

static void search_send(struct session_request *request,
	const struct imap_seqset *uids)
{
	struct search_request *search = (struct search_request *)request;
	bool is_extended = connection_has(request->connection,
		IMAP_CAP_ESEARCH);
	struct imap_text *text = imap_text_new(is_extended ?
		"UID SEARCH RETURN (ALL) " : "UID SEARCH ");

	if (imap_seqset_max(uids) != UINT32_MAX)
		imap_text_append(text, "UID %S ", uids);
	imap_text_append_text(text, search->criteria);
	request_send_uids(request, text, uids);
}

static void search_start(struct session_request *request)
{
	struct search_request *search = (struct search_request *)request;
	struct imap_seqset all;

	imap_seqset_clear(&search->found);
	imap_seqset_init(&all);
	imap_seqset_add_range(&all, 1, UINT32_MAX);
	search_send(request, &all);
	imap_seqset_release(&all);
}

static bool search_untagged(struct command *command,
	const struct imap_response *response, void *data)
{
	struct search_request *search = data;
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
	return is_ours;
}

static void search_finish(struct session_request *request,
	const struct imap_result *result)
{
	struct search_request *search = (struct search_request *)request;

	if (result->outcome != IMAP_OUTCOME_OK)
		imap_seqset_clear(&search->found);
	if (search->done != NULL)
		search->done(result, &search->found, search->data);
}

static void search_release(struct session_request *request)
{
	struct search_request *search = (struct search_request *)request;

	imap_text_free(&search->criteria);
	imap_seqset_release(&search->found);
}

static const struct request_class search_class = {
	.verb = "UID SEARCH",
	.is_reading = true,
	.start = search_start,
	.untagged = search_untagged,
	.rest = search_send,
	.finish = search_finish,
	.release = search_release,
};

struct session_request *selection_search(struct selection *selection,
	struct imap_text *criteria_take, enum session_priority priority,
	selection_search_fn *done, void *data)
{
	struct search_request *search = (struct search_request *)request_new(
		&search_class, sizeof(*search), selection->session, selection,
		priority);

	search->criteria = criteria_take;
	imap_seqset_init(&search->found);
	search->done = done;
	search->data = data;
	return &search->base;
}
