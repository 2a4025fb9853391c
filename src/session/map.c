/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a selection learns its UIDs: all of them by one UID SEARCH, those of new
 * messages with their rows (RFC 9051 6.4.4, RFC 4731).
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/base/log.h"
#include "src/imap/code.h"
#include "src/imap/parser.h"
#include "src/imap/search.h"
#include "src/session/connection.h"
#include "src/session/request.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"
#include "src/session/setup.h"
#include "src/session/timing.h"

enum {
	MAP_TRIES_MAX = 5,
	NEW_ROWS_MAX = 500, /* more new ones are only identified */
};

static bool use_found(struct selection *selection)
{
	uint64_t n = imap_seqset_count(&selection->found);

	/* Fewer than rows: new ones came after the search; they are asked
	 * for by themselves. */
	if (!selection->has_found ||
		(n != msnmap_count(&selection->map) && !selection->wants_new) ||
		!msnmap_set_all(&selection->map, &selection->found))
		return false;
	selection->ops->mapped(selection, selection->data);
	return true;
}

/* The search was for those behind the known ones. */
static void add_known(struct selection *selection)
{
	struct imap_seqset all, known;

	imap_seqset_init(&all);
	imap_seqset_init(&known);
	imap_seqset_add_range(&all, 1, UINT32_MAX);
	msnmap_find_all(&selection->map, &all, &known);
	imap_seqset_release(&all);
	imap_seqset_add_set(&selection->found, &known);
	imap_seqset_release(&known);
}

/* The server searched only as many as it likes, the highest UIDs (RFC 9738);
 * the rest is asked for, as long as that gets on. */
static bool asks_for_rest(struct selection *selection,
	const struct command *command, const struct imap_result *result)
{
	struct imap_message_limit limit;
	uint32_t first;

	if (result->outcome != IMAP_OUTCOME_OK || result->code == NULL ||
		strcmp(result->code, "MESSAGELIMIT") != 0 ||
		!imap_message_limit_from_args(result->code_args,
		result->n_code_args, &limit) ||
		limit.uid <= imap_seqset_min(&command->uids) ||
		limit.uid > imap_seqset_max(&command->uids))
		return false;
	first = imap_seqset_min(&command->uids);
	if (!selection->asked_batches && connection_has(selection->connection,
		IMAP_CAP_UIDBATCHES))
		selection_push_batches(selection, first, limit.uid - 1,
			limit.limit);
	else
		selection_search_map(selection, first, limit.uid - 1);
	return true;
}

static void on_map_done(struct command *command,
	const struct imap_result *result, void *data)
{
	struct selection *selection = data;

	selection->map_pending--;
	selection->map_failed |= result->outcome != IMAP_OUTCOME_OK;
	if (result->outcome == IMAP_OUTCOME_DISCONNECTED ||
		result->outcome == IMAP_OUTCOME_CANCELLED ||
		asks_for_rest(selection, command, result) ||
		selection->map_pending > 0)
		return;
	selection->is_mapping = false;
	if (selection->maps_new)
		add_known(selection);
	if (!selection->map_failed && use_found(selection))
		selection->map_tries = 0;
	else
		log_note(selection->connection->who,
			"the UIDs do not fit the mailbox; asking again");
	imap_seqset_clear(&selection->found);
	if (selection->is_derived && selection->map_tries > 1) {
		selection_distrust(selection);
		return;
	}
	selection_schedule_map(selection);
	session_schedule_arrange(selection->session);
}

bool selection_take_found(const struct command *command,
	const struct imap_response *response, struct imap_seqset *found_io)
{
	struct imap_search search;

	if (response->kind != IMAP_RESPONSE_DATA ||
		(strcmp(response->name, "SEARCH") != 0 &&
		strcmp(response->name, "ESEARCH") != 0))
		return false;
	imap_search_init(&search);
	bool is_ours = imap_search_from_response(response, &search) &&
		(search.tag == NULL || strcmp(search.tag, command->tag) == 0);

	if (is_ours)
		imap_seqset_add_set(found_io, &search.all);
	imap_search_release(&search);
	return is_ours;
}

static bool on_map_untagged(struct command *command,
	const struct imap_response *response, void *data)
{
	struct selection *selection = data;
	bool is_ours = selection_take_found(command, response,
		&selection->found);

	selection->has_found |= is_ours;
	return is_ours;
}

void selection_search_map(struct selection *selection, uint32_t first,
	uint32_t last)
{
	struct connection *connection = selection->connection;
	bool is_extended = connection_has(connection, IMAP_CAP_ESEARCH) ||
		connection_is_enabled(connection, IMAP_CAP_IMAP4REV2);
	struct imap_text *text = imap_text_new(is_extended ?
		"UID SEARCH RETURN (ALL) " : "UID SEARCH ");
	struct imap_seqset uids;
	struct command *command;

	imap_seqset_init(&uids);
	imap_seqset_add_range(&uids, first, last);
	if (first == 1 && last == UINT32_MAX)
		imap_text_append(text, "ALL");
	else
		imap_text_append(text, "UID %S", &uids);
	command = command_new(text, "UID SEARCH", 0, SESSION_INTERACTIVE);
	command->uids = uids;
	command->done = on_map_done;
	command->untagged = on_map_untagged;
	selection->map_pending++;
	selection_push_command(selection, command);
}

/* Searches of a big mailbox are for parts of the UIDs, all in one flight, so
 * that no answer takes long to read. When it changed meanwhile and they did not
 * fit, it is searched at once. */
static void search_parts(struct selection *selection)
{
	uint32_t next = selection->info.uid_next;
	uint32_t n = msnmap_count(&selection->map) / session_timing.map_page +
		1;
	uint32_t span = MAX(next / n, 1);

	if (next == 0 || selection->map_tries > 1)
		n = 1;
	for (uint32_t i = 1; i <= n; i++)
		selection_search_map(selection, (i - 1) * span + 1,
			i == n ? UINT32_MAX : i * span);
}

static void begin_map(struct selection *selection, uint32_t first)
{
	selection->maps_new = first > 1;
	selection->has_found = false;
	selection->map_tries++;
	selection->is_mapping = true;
	selection->map_pending = 0;
	selection->map_failed = selection->asked_batches = false;
	imap_seqset_clear(&selection->found);
	if (first == 1)
		search_parts(selection);
	else
		selection_search_map(selection, first, UINT32_MAX);
}

void selection_push_map(struct selection *selection)
{
	begin_map(selection, 1);
}

void selection_derive_map(struct selection *selection)
{
	struct imap_seqset uids;

	imap_seqset_init(&uids);
	imap_seqset_copy(&uids, &selection->known.uids);
	imap_seqset_remove_set(&uids, &selection->held_vanished);
	selection->is_derived = msnmap_set_all(&selection->map, &uids);
	imap_seqset_release(&uids);
	if (selection->is_derived)
		selection->ops->mapped(selection, selection->data);
	/* The new ones come with the rows of SELECT's flight. */
	selection->is_fetching_new = selection->is_derived &&
		selection->has_row_flight &&
		!msnmap_is_complete(&selection->map);
}

void selection_distrust(struct selection *selection)
{
	selection->distrusts_known = true;
	connection_fail(selection->connection, CONNECTION_END_RETRY,
		g_error_new(IMAP_ERROR, IMAP_ERROR_PROTOCOL,
		"the mailbox is not what was known of it; asking anew"));
}

void selection_new_done(struct command *command,
	const struct imap_result *result, void *data)
{
	struct selection *selection = data;

	(void)command;
	selection->is_fetching_new = false;
	if (result->outcome != IMAP_OUTCOME_OK)
		return;
	selection_schedule_map(selection);
	if (selection->step == SELECT_OPEN)
		setup_compress(selection->connection);
}

/* Rows of the new messages, by the UIDs behind the highest known one. */
static void push_new(struct selection *selection)
{
	uint32_t max = msnmap_max_uid(&selection->map);
	uint32_t first = max != 0 ? max + 1 : MAX(selection->info.uid_next, 1);

	selection->is_fetching_new = true;
	selection->wants_new = false;
	/* Their rows do not tell where they are. */
	if (selection_is_uid_only(selection))
		begin_map(selection, first);
	selection_push_rows(selection, "UID FETCH", 0, first, 0,
		selection_new_done);
}

static bool is_last_known(const struct selection *selection)
{
	uint32_t n = msnmap_count(&selection->map);

	return n == 0 || msnmap_uid(&selection->map, n - 1) != 0;
}

static bool is_map_due(const struct selection *selection)
{
	return !selection->is_mapping && !selection->is_fetching_new &&
		!msnmap_is_complete(&selection->map) &&
		selection->map_tries < MAP_TRIES_MAX;
}

static gboolean settled(void *data)
{
	struct selection *selection = data;

	selection->settle_source = 0;
	session_schedule_arrange(selection->session);
	return G_SOURCE_REMOVE;
}

/* Behind a map that comes from what was known only new ones can be. */
static uint32_t first_unmapped(const struct selection *selection)
{
	return selection->is_derived ?
		msnmap_max_uid(&selection->map) + 1 : 1;
}

static gboolean later_due(void *data)
{
	struct selection *selection = data;

	selection->later_source = 0;
	/* Mail hears of what came when the loop turns, and then asks. */
	if (selection->settle_source == 0)
		selection->settle_source = g_idle_add_full(G_PRIORITY_LOW,
			settled, selection, NULL);
	if (selection_open_connection(selection) == NULL)
		return G_SOURCE_REMOVE;
	if (selection->wants_new && !selection->is_fetching_new &&
		!selection->is_mapping &&
		selection->map.n_unknown <= NEW_ROWS_MAX) {
		if (is_last_known(selection))
			selection->wants_new = false;
		else
			push_new(selection);
	}
	if (is_map_due(selection))
		begin_map(selection, first_unmapped(selection));
	return G_SOURCE_REMOVE;
}

void selection_schedule_map(struct selection *selection)
{
	if (selection->later_source == 0)
		selection->later_source = g_timeout_add_full(G_PRIORITY_HIGH,
			0, later_due, selection, NULL);
}
