/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UID SORT (RFC 5256), by ESORT as ranges (RFC 5267), and a big mailbox in
 * pages where the server keeps the result for the next one: the connection is
 * free for others between two pages.
 */
#include "src/base/base.h"
#include "src/imap/parser.h"
#include "src/imap/sort.h"
#include "src/imap/write.h"
#include "src/session/connection.h"
#include "src/session/search-priv.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"
#include "src/session/timing.h"

struct sort_request {
	struct session_request base;
	struct criteria criteria;
	char *keys;
	GArray *uids;     /* of uint32_t */
	uint32_t asked;   /* the last of the page that was asked for; 0: all */
	bool is_refused;  /* pages: the server takes none after all */
	selection_sort_fn *done;
	void *data;
};

static bool wants_pages(const struct sort_request *sort)
{
	const struct connection *connection = sort->base.connection;

	return !sort->is_refused &&
		connection_has(connection, IMAP_CAP_CONTEXT_SORT) &&
		selection_exists(sort->base.selection) >
			session_timing.sort_page;
}

static void ask(struct sort_request *sort)
{
	const struct connection *connection = sort->base.connection;
	struct imap_text *text = imap_text_new("UID SORT");

	sort->asked = 0;
	if (wants_pages(sort)) {
		sort->asked = sort->uids->len + session_timing.sort_page;
		imap_text_append(text, " RETURN (CONTEXT PARTIAL %u:%u)",
			(uint32_t)sort->uids->len + 1, sort->asked);
	} else if (connection_has(connection, IMAP_CAP_ESORT)) {
		imap_text_append(text, " RETURN (ALL)");
	}
	imap_text_append(text, " (%a)", sort->keys);
	criteria_append_sort(&sort->criteria, text);
	request_send(&sort->base, text, 0);
}

static void sort_start(struct session_request *request)
{
	struct sort_request *sort = (struct sort_request *)request;

	g_array_set_size(sort->uids, 0);
	if (request_needs(request, IMAP_CAP_SORT))
		ask(sort);
}

static bool sort_untagged(struct command *command,
	const struct imap_response *response, void *data)
{
	struct sort_request *sort = data;
	struct imap_sort found = { .numbers = sort->uids };
	guint before = sort->uids->len;
	bool is_ours = imap_sort_from_response(response,
		search_result_max(&sort->base), &found) &&
		(found.tag == NULL || strcmp(found.tag, command->tag) == 0);

	if (!is_ours)
		g_array_set_size(sort->uids, before);
	return is_ours;
}

static void sort_answered(struct session_request *request,
	struct command *command, const struct imap_result *result)
{
	struct sort_request *sort = (struct sort_request *)request;
	bool is_page = sort->asked != 0;

	(void)command;
	if (is_page && (result->outcome == IMAP_OUTCOME_NO ||
		result->outcome == IMAP_OUTCOME_BAD)) {
		sort->is_refused = true;
		sort_start(request);
	} else if (criteria_try_again(&sort->criteria, result)) {
		sort_start(request);
	} else if (is_page && result->outcome == IMAP_OUTCOME_OK &&
		sort->uids->len == sort->asked) {
		ask(sort);
	} else {
		request_note_end(request, result);
	}
}

static void sort_finish(struct session_request *request,
	const struct imap_result *result)
{
	struct sort_request *sort = (struct sort_request *)request;

	sort->done(result, sort->uids, sort->data);
}

static void sort_release(struct session_request *request)
{
	struct sort_request *sort = (struct sort_request *)request;

	criteria_release(&sort->criteria);
	g_array_unref(sort->uids);
	g_free(sort->keys);
}

static const struct request_class sort_class = {
	.verb = "UID SORT",
	.is_reading = true,
	.start = sort_start,
	.answered = sort_answered,
	.untagged = sort_untagged,
	.finish = sort_finish,
	.release = sort_release,
};

struct session_request *selection_sort(struct selection *selection,
	const char *keys, struct imap_text *criteria_take,
	selection_sort_fn *done, void *data)
{
	struct sort_request *sort = (struct sort_request *)request_new(
		&sort_class, sizeof(*sort), selection->session, selection,
		SESSION_INTERACTIVE);

	sort->criteria.text = criteria_take;
	sort->keys = g_strdup(keys);
	sort->uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	sort->done = done;
	sort->data = data;
	return &sort->base;
}
