/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * selection_fetch(): UID FETCH of row data. Long sets become several commands
 * below the line limit; what nobody waits for is asked for in helpings.
 */
#include "src/base/base.h"
#include "src/imap/fetch.h"
#include "src/imap/seqset.h"
#include "src/session/connection.h"
#include "src/session/request.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"

enum {
	FETCH_ROWS_MAX = 5000, /* messages in one command when nobody waits */
	FETCH_FLAGS_MAX = 4000,
	FETCH_PIPELINED = 2,
};

struct fetch_request {
	struct session_request base;
	struct imap_seqset uids; /* not yet answered */
	struct imap_seqset left; /* not yet asked for */
	enum imap_fetch_items items;
	uint64_t changed_since;  /* 0: all of them */
	session_done_fn *done;
	void *data;
};

static uint64_t helping(const struct fetch_request *fetch)
{
	if (fetch->base.priority == SESSION_INTERACTIVE)
		return UINT64_MAX;
	return fetch->items == IMAP_FETCH_FLAGS ? FETCH_FLAGS_MAX :
		FETCH_ROWS_MAX;
}

static struct imap_text *command_text(const struct fetch_request *fetch,
	const struct imap_seqset *uids, const char *items)
{
	if (fetch->changed_since == 0)
		return imap_text_new("UID FETCH %S %a", uids, items);
	return imap_text_new("UID FETCH %S %a (CHANGEDSINCE %U)", uids, items,
		fetch->changed_since);
}

static void fetch_more(struct fetch_request *fetch)
{
	struct session_request *request = &fetch->base;
	char *items = imap_fetch_items_to_string(fetch->items,
		selection_has_mod_seq(request->selection));
	struct imap_seqset uids;

	imap_seqset_init(&uids);
	while (!imap_seqset_is_empty(&fetch->left) &&
		(request->priority == SESSION_INTERACTIVE ||
		request->pending < FETCH_PIPELINED)) {
		imap_seqset_take(&fetch->left, helping(fetch), SET_OCTETS_MAX,
			&uids);
		request_send_uids(request, command_text(fetch, &uids, items),
			&uids);
	}
	imap_seqset_release(&uids);
	g_free(items);
}

/* Huge ranges hold few messages: only what the map knows counts, and what is
 * beyond it is not known to exist. Of all that changed little is said. */
static void intersect_with_map(struct fetch_request *fetch)
{
	const struct msnmap *map = &fetch->base.selection->map;
	struct imap_seqset known;

	if (!msnmap_is_complete(map) || fetch->changed_since != 0 ||
		imap_seqset_count(&fetch->left) <=
		MAX(msnmap_count(map), (uint32_t)FETCH_ROWS_MAX))
		return;
	imap_seqset_init(&known);
	msnmap_find_all(map, &fetch->left, &known);
	imap_seqset_release(&fetch->left);
	fetch->left = known;
}

static void fetch_start(struct session_request *request)
{
	struct fetch_request *fetch = (struct fetch_request *)request;

	imap_seqset_clear(&fetch->left);
	imap_seqset_copy(&fetch->left, &fetch->uids);
	intersect_with_map(fetch);
	/* Without a map a huge range is asked for in one go. */
	if (imap_seqset_count(&fetch->left) > 10 * 1000 * 1000)
		request->priority = SESSION_INTERACTIVE;
	if (imap_seqset_is_empty(&fetch->left))
		request_end_later(request, IMAP_OUTCOME_OK, "");
	else
		fetch_more(fetch);
}

static void fetch_answered(struct session_request *request,
	struct command *command, const struct imap_result *result)
{
	struct fetch_request *fetch = (struct fetch_request *)request;

	(void)command;
	request_note(request, result);
	if (request->worst == IMAP_OUTCOME_OK &&
		!imap_seqset_is_empty(&fetch->left)) {
		/* After a reconnect only the rest is asked for again. */
		if (request->pending == 0)
			imap_seqset_intersect(&fetch->uids, &fetch->left);
		fetch_more(fetch);
	} else if (request->pending == 0) {
		request_end(request, result);
	}
}

static void fetch_rest(struct session_request *request,
	const struct imap_seqset *uids)
{
	struct fetch_request *fetch = (struct fetch_request *)request;

	imap_seqset_add_set(&fetch->left, uids);
}

static void fetch_finish(struct session_request *request,
	const struct imap_result *result)
{
	struct fetch_request *fetch = (struct fetch_request *)request;

	if (fetch->done != NULL)
		fetch->done(result, fetch->data);
}

static void fetch_release(struct session_request *request)
{
	struct fetch_request *fetch = (struct fetch_request *)request;

	imap_seqset_release(&fetch->uids);
	imap_seqset_release(&fetch->left);
}

static const struct request_class fetch_class = {
	.verb = "UID FETCH",
	.is_reading = true,
	.start = fetch_start,
	.answered = fetch_answered,
	.rest = fetch_rest,
	.finish = fetch_finish,
	.release = fetch_release,
};

struct session_request *selection_fetch(struct selection *selection,
	const struct imap_seqset *uids, enum imap_fetch_items items,
	enum session_priority priority, session_done_fn *done, void *data)
{
	struct session_request *request = request_new(&fetch_class,
		sizeof(struct fetch_request), selection->session, selection,
		priority);
	struct fetch_request *fetch = (struct fetch_request *)request;

	imap_seqset_init(&fetch->uids);
	imap_seqset_init(&fetch->left);
	imap_seqset_copy(&fetch->uids, uids);
	fetch->items = items;
	fetch->done = done;
	fetch->data = data;
	return request;
}

struct session_request *selection_fetch_changed(struct selection *selection,
	uint64_t mod_seq, session_done_fn *done, void *data)
{
	struct imap_seqset all;
	struct session_request *request;

	imap_seqset_init(&all);
	imap_seqset_add_range(&all, 1, UINT32_MAX);
	request = selection_fetch(selection, &all, IMAP_FETCH_FLAGS,
		SESSION_SYNC, done, data);
	((struct fetch_request *)request)->changed_since = mod_seq;
	imap_seqset_release(&all);
	return request;
}
