/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests on a selected mailbox, all by UID: FETCH, STORE, COPY, MOVE,
 * EXPUNGE, SEARCH. Long sets become several commands below the line limit;
 * what nobody waits for is asked for in small helpings.
 */
#include "src/base/base.h"
#include "src/imap/fetch.h"
#include "src/imap/flag.h"
#include "src/imap/parser.h"
#include "src/imap/search.h"
#include "src/imap/seqset.h"
#include "src/session/connection.h"
#include "src/session/request.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"

enum {
	SET_OCTETS_MAX = 7000, /* of 8000 in a line (RFC 2683 3.2.1.5) */
	FETCH_ROWS_MAX = 250,  /* messages in one command when nobody waits */
	FETCH_FLAGS_MAX = 4000,
	FETCH_PIPELINED = 2,
};

/* --- sets ----------------------------------------------------------------- */

/* The first n UIDs or fewer, as far as the text stays short, out of the set. */
static char *take_uids(struct imap_seqset *set, uint64_t n)
{
	struct imap_seqset taken;
	char *text;
	size_t at = 0;

	imap_seqset_init(&taken);
	while (n > 0 && !imap_seqset_is_empty(set) &&
		imap_seqset_n_ranges(&taken) < SET_OCTETS_MAX / 22) {
		struct imap_range range = imap_seqset_range(set, 0);
		struct imap_seqset head;

		if (range.last - range.first >= n)
			range.last = range.first + (uint32_t)(n - 1);
		n -= (uint64_t)range.last - range.first + 1;
		imap_seqset_init(&head);
		imap_seqset_add_range(&head, range.first, range.last);
		imap_seqset_add_set(&taken, &head);
		imap_seqset_remove_set(set, &head);
		imap_seqset_release(&head);
	}
	text = imap_seqset_next_chunk(&taken, &at, SET_OCTETS_MAX);
	imap_seqset_release(&taken);
	return text;
}

/* --- FETCH ---------------------------------------------------------------- */

struct fetch_request {
	struct session_request base;
	struct imap_seqset uids; /* not yet answered */
	struct imap_seqset left; /* not yet asked for */
	enum imap_fetch_items items;
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

static void fetch_more(struct fetch_request *fetch)
{
	struct session_request *request = &fetch->base;
	bool has_mod_seq = connection_has(request->connection,
		IMAP_CAP_CONDSTORE) && !request->selection->is_plain;
	char *items = imap_fetch_items_to_string(fetch->items, has_mod_seq);

	while (!imap_seqset_is_empty(&fetch->left) &&
		(request->priority == SESSION_INTERACTIVE ||
		request->pending < FETCH_PIPELINED)) {
		char *set = take_uids(&fetch->left, helping(fetch));

		request_send(request, imap_text_new("UID FETCH %a %a", set,
			items), 0);
		g_free(set);
	}
	g_free(items);
}

/* Huge ranges hold few messages: only what the map knows counts, and what is
 * beyond it is not known to exist. */
static void intersect_with_map(struct fetch_request *fetch)
{
	const struct msnmap *map = &fetch->base.selection->map;
	struct imap_seqset known;

	if (!msnmap_is_complete(map) ||
		imap_seqset_count(&fetch->left) <= FETCH_ROWS_MAX)
		return;
	imap_seqset_init(&known);
	for (uint32_t pos = 0; pos < msnmap_count(map); pos++)
		imap_seqset_add(&known, msnmap_uid(map, pos));
	imap_seqset_intersect(&fetch->left, &known);
	imap_seqset_release(&known);
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

/* --- what changes something: STORE, COPY, MOVE, EXPUNGE ------------------- */

struct change_request {
	struct session_request base;
	const char *command;     /* static: "UID STORE" */
	struct imap_seqset uids;
	char *behind;            /* IMAP text behind the set; NULL */
	char *to;                /* mailbox name, or NULL */
	bool has_set;
	struct imap_copyuid copyuid;
	bool has_copyuid;
	session_done_fn *done;
	selection_copy_fn *copied;
	void *data;
};

static void change_start(struct session_request *request)
{
	struct change_request *change = (struct change_request *)request;
	size_t at = 0;
	char *set;

	if (!change->has_set) {
		request_send(request, imap_text_new("%a", change->command), 0);
		return;
	}
	while ((set = imap_seqset_next_chunk(&change->uids, &at,
		SET_OCTETS_MAX)) != NULL) {
		struct imap_text *text = imap_text_new("%a %a",
			change->command, set);

		if (change->behind != NULL)
			imap_text_append(text, " %a", change->behind);
		if (change->to != NULL)
			imap_text_append(text, " %m", change->to);
		request_send(request, text, 0);
		g_free(set);
	}
	if (request->pending == 0)
		request_end_later(request, IMAP_OUTCOME_OK, "");
}

/* Several commands tell several; together they are one. */
static void add_copyuid(struct change_request *change, const char *code,
	const struct imap_arg *args, size_t n)
{
	struct imap_copyuid more;

	if (code == NULL || strcmp(code, "COPYUID") != 0 ||
		!imap_copyuid_from_args(args, n, &more))
		return;
	if (!change->has_copyuid) {
		change->copyuid = more;
		change->has_copyuid = true;
		return;
	}
	if (more.uid_validity == change->copyuid.uid_validity) {
		g_array_append_vals(change->copyuid.from, more.from->data,
			more.from->len);
		g_array_append_vals(change->copyuid.to, more.to->data,
			more.to->len);
	}
	imap_copyuid_release(&more);
}

/* Several moves may be in flight, and the code does not say whose it is: its
 * UIDs do. */
static bool is_own_copyuid(const struct change_request *change,
	const struct imap_response *response)
{
	struct imap_copyuid copyuid;
	bool is_own = true;

	if (!imap_copyuid_from_args(response->code_args, response->n_code_args,
		&copyuid))
		return false;
	for (guint i = 0; i < copyuid.from->len; i++)
		is_own = is_own && imap_seqset_has(&change->uids,
			g_array_index(copyuid.from, uint32_t, i));
	imap_copyuid_release(&copyuid);
	return is_own;
}

static bool change_untagged(struct command *command,
	const struct imap_response *response, void *data)
{
	struct change_request *change = data;

	(void)command;
	if (change->to == NULL || response->kind != IMAP_RESPONSE_STATUS ||
		response->code == NULL || strcmp(response->code,
		"COPYUID") != 0 || !is_own_copyuid(change, response))
		return false;
	add_copyuid(change, response->code, response->code_args,
		response->n_code_args);
	return true;
}

static void change_answered(struct session_request *request,
	struct command *command, const struct imap_result *result)
{
	struct change_request *change = (struct change_request *)request;

	(void)command;
	if (change->to != NULL && result->outcome == IMAP_OUTCOME_OK)
		add_copyuid(change, result->code, result->code_args,
			result->n_code_args);
	request_note_end(request, result);
}

static void change_finish(struct session_request *request,
	const struct imap_result *result)
{
	struct change_request *change = (struct change_request *)request;

	if (change->done != NULL)
		change->done(result, change->data);
	if (change->copied != NULL)
		change->copied(result, change->has_copyuid ?
			&change->copyuid : NULL, change->data);
}

static void change_release(struct session_request *request)
{
	struct change_request *change = (struct change_request *)request;

	imap_seqset_release(&change->uids);
	if (change->has_copyuid)
		imap_copyuid_release(&change->copyuid);
	g_free(change->behind);
	g_free(change->to);
}

static const struct request_class change_class = {
	.verb = "UID STORE",
	.start = change_start,
	.answered = change_answered,
	.untagged = change_untagged,
	.finish = change_finish,
	.release = change_release,
};

/* NOOP only looks. */
static const struct request_class poll_class = {
	.verb = "NOOP",
	.is_reading = true,
	.start = change_start,
	.finish = change_finish,
	.release = change_release,
};

static struct change_request *change_new(struct selection *selection,
	const struct request_class *class, const char *command,
	const struct imap_seqset *uids, void *data)
{
	struct change_request *change = (struct change_request *)request_new(
		class, sizeof(*change), selection->session, selection,
		SESSION_INTERACTIVE);

	change->command = command;
	change->has_set = uids != NULL;
	imap_seqset_init(&change->uids);
	if (uids != NULL)
		imap_seqset_copy(&change->uids, uids);
	change->data = data;
	return change;
}

/* "(\Seen $Forwarded)"; what is no keyword is left out. */
static char *flags_to_string(const struct imap_flags *flags)
{
	GString *text = g_string_new("(");

	for (unsigned bit = 1; bit < IMAP_FLAG_RECENT; bit <<= 1)
		if ((flags->system & bit) != 0)
			g_string_append_printf(text, "%s%s",
				text->len > 1 ? " " : "",
				imap_flag_name((enum imap_flag)bit));
	for (size_t i = 0; i < flags->n_keywords; i++)
		if (imap_keyword_is_valid(flags->keywords[i]))
			g_string_append_printf(text, "%s%s",
				text->len > 1 ? " " : "",
				flags->keywords[i]);
	g_string_append_c(text, ')');
	return g_string_free(text, FALSE);
}

struct session_request *selection_store(struct selection *selection,
	const struct imap_seqset *uids, bool add,
	const struct imap_flags *flags,
	session_done_fn *done, void *data)
{
	struct change_request *change = change_new(selection, &change_class,
		"UID STORE", uids, data);
	char *list = flags_to_string(flags);

	change->behind = g_strdup_printf("%cFLAGS.SILENT %s",
		add ? '+' : '-', list);
	change->done = done;
	g_free(list);
	return &change->base;
}

struct session_request *selection_copy(struct selection *selection,
	const struct imap_seqset *uids, const char *to,
	selection_copy_fn *done, void *data)
{
	struct change_request *change = change_new(selection, &change_class,
		"UID COPY", uids, data);

	change->to = g_strdup(to);
	change->copied = done;
	return &change->base;
}

struct session_request *selection_move(struct selection *selection,
	const struct imap_seqset *uids, const char *to,
	selection_copy_fn *done, void *data)
{
	struct change_request *change = change_new(selection, &change_class,
		"UID MOVE", uids, data);

	change->to = g_strdup(to);
	change->copied = done;
	return &change->base;
}

struct session_request *selection_uid_expunge(struct selection *selection,
	const struct imap_seqset *uids, session_done_fn *done, void *data)
{
	struct change_request *change = change_new(selection, &change_class,
		"UID EXPUNGE", uids, data);

	change->done = done;
	return &change->base;
}

struct session_request *selection_expunge_all(struct selection *selection,
	session_done_fn *done, void *data)
{
	struct change_request *change = change_new(selection, &change_class,
		"EXPUNGE", NULL, data);

	change->done = done;
	return &change->base;
}

struct session_request *selection_poll(struct selection *selection,
	session_done_fn *done, void *data)
{
	struct change_request *change = change_new(selection, &poll_class,
		"NOOP", NULL, data);

	change->done = done;
	return &change->base;
}
