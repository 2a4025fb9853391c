/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The UID map of a server that searches no more than so many messages at a
 * time (RFC 9738): where it can tell how they fall into batches (RFC 10022),
 * all of them are searched in one flight, instead of one behind the other.
 */
#include "src/base/base.h"
#include "src/imap/uidbatches.h"
#include "src/session/connection.h"
#include "src/session/selection-priv.h"

/* The part of the range that is still to be searched. */
static void search_batch(struct selection *selection, struct imap_range range,
	struct imap_range left)
{
	range.first = MAX(range.first, left.first);
	range.last = MIN(range.last, left.last);
	if (range.first <= range.last)
		selection_search_map(selection, range.first, range.last);
}

static bool on_batches_untagged(struct command *command,
	const struct imap_response *response, void *data)
{
	struct selection *selection = data;
	struct imap_range left = imap_seqset_range(&command->uids, 0);
	struct imap_uidbatches batches;

	if (selection->has_batches ||
		!imap_uidbatches_from_response(response, &batches))
		return false;
	if (strcmp(batches.tag, command->tag) == 0) {
		selection->has_batches = batches.ranges->len > 0;
		for (guint i = 0; i < batches.ranges->len; i++)
			search_batch(selection, g_array_index(batches.ranges,
				struct imap_range, i), left);
	}
	g_array_unref(batches.ranges);
	return true;
}

static void on_batches_done(struct command *command,
	const struct imap_result *result, void *data)
{
	struct selection *selection = data;
	struct imap_range left = imap_seqset_range(&command->uids, 0);

	if (result->outcome == IMAP_OUTCOME_DISCONNECTED ||
		result->outcome == IMAP_OUTCOME_CANCELLED)
		return;
	/* Refused, or told nothing of use. */
	if (!selection->has_batches)
		selection_search_map(selection, left.first, left.last);
}

void selection_push_batches(struct selection *selection, uint32_t first,
	uint32_t last, uint32_t limit)
{
	struct command *command = command_new(imap_text_new("UIDBATCHES %u",
		MAX(limit, (uint32_t)IMAP_UIDBATCHES_MIN)), "UIDBATCHES", 0,
		SESSION_INTERACTIVE);

	imap_seqset_add_range(&command->uids, first, last);
	command->done = on_batches_done;
	command->untagged = on_batches_untagged;
	selection->asked_batches = true;
	selection->has_batches = false;
	selection_push_command(selection, command);
}
