/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UID SEARCH, answered by SEARCH or by ESEARCH: the set, its number and ends,
 * or the set with the rows of all that is in it.
 */
#include "src/base/base.h"
#include "src/imap/parser.h"
#include "src/imap/search.h"
#include "src/imap/write.h"
#include "src/session/connection.h"
#include "src/session/search-priv.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"

struct search_request {
	struct session_request base;
	struct criteria criteria;
	struct imap_seqset found;
	bool wants_count;       /* the number and the ends instead of the set */
	struct search_count count;
	bool has_count;         /* the server has counted */
	unsigned items;         /* enum imap_fetch_items to fetch; 0: none */
	bool is_saving;         /* FETCH $ is in this flight */
	bool may_not_save;      /* it was tried */
	bool is_fetching;       /* the search itself has been answered */
	selection_search_fn *done;
	search_count_fn *counted;
	void *data;
};

static bool has_esearch(const struct connection *connection)
{
	return connection_has(connection, IMAP_CAP_ESEARCH) ||
		connection_is_enabled(connection, IMAP_CAP_IMAP4REV2);
}

static bool has_searchres(const struct connection *connection)
{
	return has_esearch(connection) &&
		connection_has(connection, IMAP_CAP_SEARCHRES);
}

static const char *return_options(const struct search_request *search)
{
	if (!has_esearch(search->base.connection))
		return "";
	if (search->wants_count)
		return " RETURN (MIN MAX COUNT)";
	return search->is_saving ? " RETURN (SAVE ALL)" : " RETURN (ALL)";
}

/* The rows of what the command before it finds (RFC 5182 2.1). */
static void fetch_saved(struct search_request *search)
{
	struct session_request *request = &search->base;
	char *items = imap_fetch_items_to_string(search->items,
		selection_has_mod_seq(request->selection));

	request_send(request, imap_text_new("UID FETCH $ %a", items), 0);
	g_free(items);
}

static void search_send(struct session_request *request,
	const struct imap_seqset *uids)
{
	struct search_request *search = (struct search_request *)request;
	struct imap_text *text = imap_text_new("UID SEARCH%a",
		return_options(search));

	criteria_append_search(&search->criteria, request->connection, uids,
		text);
	request_send_uids(request, text, uids);
	if (search->is_saving)
		fetch_saved(search);
}

static void search_start(struct session_request *request)
{
	struct search_request *search = (struct search_request *)request;
	struct imap_seqset all;

	imap_seqset_clear(&search->found);
	search->count = (struct search_count){ 0 };
	search->has_count = search->is_fetching = false;
	search->is_saving = search->items != 0 && !search->may_not_save &&
		has_searchres(request->connection);
	imap_seqset_init(&all);
	imap_seqset_add_range(&all, 1, UINT32_MAX);
	search_send(request, &all);
	imap_seqset_release(&all);
}

/* What is left of a search that the server cut short adds to it. */
static void take(struct search_request *search, const struct imap_search *found)
{
	struct search_count *count = &search->count;

	imap_seqset_add_set(&search->found, &found->all);
	if (!found->has_count)
		return;
	search->has_count = true;
	count->count += found->count;
	if (found->has_min && (count->min == 0 || found->min < count->min))
		count->min = found->min;
	if (found->has_max)
		count->max = MAX(count->max, found->max);
}

static bool search_untagged(struct command *command,
	const struct imap_response *response, void *data)
{
	struct imap_search found;

	if (response->kind != IMAP_RESPONSE_DATA ||
		(strcmp(response->name, "SEARCH") != 0 &&
		strcmp(response->name, "ESEARCH") != 0))
		return false;
	imap_search_init(&found);
	bool is_ours = imap_search_from_response(response, &found) &&
		(found.tag == NULL || strcmp(found.tag, command->tag) == 0);

	if (is_ours)
		take(data, &found);
	imap_search_release(&found);
	return is_ours;
}

/* --- the rows of what was found ------------------------------------------- */

static void fetch_uids(struct search_request *search,
	const struct imap_seqset *uids)
{
	struct session_request *request = &search->base;
	char *items = imap_fetch_items_to_string(search->items,
		selection_has_mod_seq(request->selection));
	struct imap_seqset left, taken;

	imap_seqset_init(&left);
	imap_seqset_init(&taken);
	imap_seqset_copy(&left, uids);
	while (!imap_seqset_is_empty(&left)) {
		imap_seqset_take(&left, UINT64_MAX, SET_OCTETS_MAX, &taken);
		request_send_uids(request, imap_text_new("UID FETCH %S %a",
			&taken, items), &taken);
	}
	imap_seqset_release(&taken);
	imap_seqset_release(&left);
	g_free(items);
}

static void search_rest(struct session_request *request,
	const struct imap_seqset *uids)
{
	struct search_request *search = (struct search_request *)request;

	if (search->is_fetching)
		fetch_uids(search, uids);
	else
		search_send(request, uids);
}

/* A server that cannot save the result, or does not like "$" after all. */
static bool is_not_saved(const struct search_request *search,
	const struct imap_result *result)
{
	return search->is_saving && (result->outcome == IMAP_OUTCOME_BAD ||
		g_strcmp0(result->code, "NOTSAVED") == 0);
}

static void search_again(struct search_request *search)
{
	struct session_request *request = &search->base;

	/* Of this flight nothing is waited for any more. */
	queue_cancel(&request->connection->queue, request);
	request->pending = 0;
	search_start(request);
}

static void search_answered(struct session_request *request,
	struct command *command, const struct imap_result *result)
{
	struct search_request *search = (struct search_request *)request;

	(void)command;
	if (criteria_try_again(&search->criteria, result)) {
		search_again(search);
		return;
	}
	if (is_not_saved(search, result)) {
		search->may_not_save = true;
		search_again(search);
		return;
	}
	request_note(request, result);
	if (request->pending > 0)
		return;
	if (request->worst == IMAP_OUTCOME_OK && search->items != 0 &&
		!search->is_saving && !search->is_fetching &&
		!imap_seqset_is_empty(&search->found)) {
		search->is_fetching = true;
		fetch_uids(search, &search->found);
	} else {
		request_end(request, result);
	}
}

/* --- the end -------------------------------------------------------------- */

static void count_here(struct search_request *search)
{
	search->count.count = (uint32_t)imap_seqset_count(&search->found);
	search->count.min = imap_seqset_min(&search->found);
	search->count.max = imap_seqset_max(&search->found);
}

static void search_finish(struct session_request *request,
	const struct imap_result *result)
{
	struct search_request *search = (struct search_request *)request;

	if (result->outcome != IMAP_OUTCOME_OK)
		imap_seqset_clear(&search->found);
	if (!search->has_count)
		count_here(search);
	if (search->counted != NULL)
		search->counted(result, &search->count, search->data);
	else if (search->done != NULL)
		search->done(result, &search->found, search->data);
}

static void search_release(struct session_request *request)
{
	struct search_request *search = (struct search_request *)request;

	criteria_release(&search->criteria);
	imap_seqset_release(&search->found);
}

static const struct request_class search_class = {
	.verb = "UID SEARCH",
	.is_reading = true,
	.start = search_start,
	.answered = search_answered,
	.untagged = search_untagged,
	.rest = search_rest,
	.finish = search_finish,
	.release = search_release,
};

static struct search_request *search_new(struct selection *selection,
	struct imap_text *criteria_take, enum session_priority priority,
	void *data)
{
	struct search_request *search = (struct search_request *)request_new(
		&search_class, sizeof(*search), selection->session, selection,
		priority);

	search->criteria.text = criteria_take;
	imap_seqset_init(&search->found);
	search->data = data;
	return search;
}

struct session_request *selection_search(struct selection *selection,
	struct imap_text *criteria_take, enum session_priority priority,
	selection_search_fn *done, void *data)
{
	struct search_request *search = search_new(selection, criteria_take,
		priority, data);

	search->done = done;
	return &search->base;
}

struct session_request *selection_search_fetch(struct selection *selection,
	struct imap_text *criteria_take, enum imap_fetch_items items,
	enum session_priority priority, selection_search_fn *done, void *data)
{
	struct search_request *search = search_new(selection, criteria_take,
		priority, data);

	search->items = items;
	search->done = done;
	return &search->base;
}

struct session_request *selection_count(struct selection *selection,
	struct imap_text *criteria_take, enum session_priority priority,
	search_count_fn *done, void *data)
{
	struct search_request *search = search_new(selection, criteria_take,
		priority, data);

	search->wants_count = true;
	search->counted = done;
	return &search->base;
}
