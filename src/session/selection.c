/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/selection.h"
#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/imap/fetch.h"
#include "src/imap/parser.h"
#include "src/session/connection.h"
#include "src/session/request.h"
#include "src/session/search-priv.h"
#include "src/session/section.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"
#include "src/session/timing.h"

struct selection *selection_open(struct session *session, const char *mailbox,
	bool read_only, bool beside, unsigned row_hint,
	const struct selection_ops *ops, void *data)
{
	struct selection *selection = g_new0(struct selection, 1);

	selection->session = session;
	selection->mailbox = g_strdup(mailbox);
	selection->read_only = read_only || session->config.read_only;
	selection->beside = beside;
	selection->row_hint = MAX(row_hint, 1);
	selection->ops = ops;
	selection->data = data;
	selection->state = SELECTION_OPENING;
	msnmap_init(&selection->map);
	imap_seqset_init(&selection->found);
	imap_seqset_init(&selection->unseen);
	imap_seqset_init(&selection->held_vanished);
	g_ptr_array_add(session->selections, selection);
	/* Connecting tells of itself at once, so it waits for the loop, too. */
	if (session->state == SESSION_OFFLINE && !session->is_offline)
		session->wants_connect = true;
	session_schedule_arrange(session);
	return selection;
}

static void detach(struct selection *selection)
{
	struct connection *connection = selection->connection;

	source_clear(&selection->later_source);
	source_clear(&selection->settle_source);
	source_clear(&selection->rows_source);
	selection->step = SELECT_NONE;
	selection->connection = NULL;
	if (connection == NULL)
		return;
	queue_cancel(&connection->queue, selection);
	if (connection->selection == selection)
		connection->selection = NULL;
	if (connection->queue.selection == selection)
		connection->queue.selection = NULL;
}

static void release_held(struct selection *selection)
{
	g_clear_pointer(&selection->held, g_array_unref);
	arena_free(&selection->held_arena);
	imap_seqset_clear(&selection->held_vanished);
}

void selection_free(struct selection **selection)
{
	struct selection *s = *selection;

	*selection = NULL;
	if (s == NULL)
		return;
	search_contexts_orphan(s);
	requests_end_later(s->session, s, IMAP_OUTCOME_CANCELLED,
		"the mailbox was closed");
	struct connection *connection = s->connection;

	detach(s);
	g_ptr_array_remove(s->session->selections, s);
	if (connection != NULL)
		idle_update(connection);
	session_schedule_arrange(s->session);
	release_held(s);
	imap_seqset_release(&s->held_vanished);
	imap_seqset_release(&s->known.uids);
	imap_seqset_release(&s->found);
	imap_seqset_release(&s->unseen);
	msnmap_release(&s->map);
	g_free(s->refusal);
	g_free(s->refusal_code);
	g_free(s->mailbox);
	g_free(s);
}

enum selection_state selection_state(const struct selection *selection)
{
	return selection->state;
}

const char *selection_mailbox(const struct selection *selection)
{
	return selection->mailbox;
}

const struct selection_info *selection_info(const struct selection *selection)
{
	return &selection->info;
}

const char *selection_refusal_code(const struct selection *selection)
{
	return selection->refusal_code;
}

uint32_t selection_exists(const struct selection *selection)
{
	return msnmap_count(&selection->map);
}

uint32_t selection_uids(const struct selection *selection, uint32_t first,
	uint32_t n, uint32_t *uids_out)
{
	return msnmap_copy(&selection->map, first, n, uids_out);
}

bool selection_is_mapped(const struct selection *selection)
{
	return selection->step == SELECT_OPEN &&
		msnmap_is_complete(&selection->map);
}

struct connection *selection_open_connection(const struct selection *selection)
{
	return selection->step == SELECT_OPEN &&
		connection_is_usable(selection->connection) ?
		selection->connection : NULL;
}

void selection_set_state(struct selection *selection,
	enum selection_state state, const char *text)
{
	if (selection->state == state)
		return;
	selection->state = state;
	selection->ops->state_changed(selection, state, text, selection->data);
}

void selection_push(struct selection *selection, struct imap_text *text_take,
	const char *verb, unsigned flags, command_done_fn *done,
	command_untagged_fn *untagged)
{
	struct command *command = command_new(text_take, verb, flags,
		SESSION_INTERACTIVE);

	command->done = done;
	command->untagged = untagged;
	selection_push_command(selection, command);
}

void selection_push_command(struct selection *selection,
	struct command *command_take)
{
	command_take->owner = selection;
	command_take->selection = selection;
	command_take->data = selection;
	connection_doubt(selection->connection);
	connection_push(selection->connection, command_take);
}

bool selection_is_learning(const struct selection *selection)
{
	return selection->step == SELECT_SENT || selection->is_mapping ||
		selection->is_fetching_new || selection->later_source != 0 ||
		selection->settle_source != 0;
}

void selection_leave(struct selection *selection, const char *text)
{
	selection->was_cut_short |= selection_is_learning(selection);
	requests_suspend(selection->session, selection);
	detach(selection);
	release_held(selection);
	selection->is_mapping = false;
	selection->is_fetching_new = false;
	if (selection->state == SELECTION_OPEN)
		selection_set_state(selection, SELECTION_LOST, text);
}

/* --- untagged data -------------------------------------------------------- */

static gboolean rows_due(void *data)
{
	struct selection *selection = data;

	selection->rows_source = 0;
	selection_schedule_map(selection);
	return G_SOURCE_REMOVE;
}

/* Their rows are asked for, unless NOTIFY brings them by itself; it need not
 * for what this connection put there (RFC 5465 5.2). */
static void schedule_new(struct selection *selection)
{
	selection->wants_new = true;
	if (!notify_brings_rows(selection->connection))
		selection_schedule_map(selection);
	else if (selection->rows_source == 0)
		selection->rows_source = g_timeout_add(
			session_timing.notify_ms, rows_due, selection);
}

void selection_on_exists(struct selection *selection,
	const struct imap_response *response)
{
	uint32_t before = msnmap_count(&selection->map);

	/* Mail is told of it, when it is open, and of no row. */
	if (response->number > MSNMAP_MAX && selection->step != SELECT_OPEN)
		selection->info.exists = response->number;
	if (!msnmap_exists(&selection->map, response->number) ||
		selection->step != SELECT_OPEN)
		return;
	schedule_new(selection);
	selection->info.exists = response->number;
	search_contexts_added(selection);
	selection->ops->added(selection, response->number - before,
		selection->data);
}

static void tell_expunged(struct selection *selection, uint32_t pos,
	uint32_t uid)
{
	selection->info.exists = msnmap_count(&selection->map);
	if (selection->step == SELECT_OPEN)
		selection->ops->expunged(selection, pos, uid, selection->data);
}

/* Rows went, and maybe all whose UIDs were not known. */
static void tell_if_mapped(struct selection *selection, bool was_complete)
{
	if (!was_complete && msnmap_is_complete(&selection->map) &&
		selection->step == SELECT_OPEN)
		selection->ops->mapped(selection, selection->data);
}

void selection_on_expunge(struct selection *selection,
	const struct imap_response *response)
{
	bool was_complete = msnmap_is_complete(&selection->map);
	uint32_t uid;

	if (!msnmap_expunge(&selection->map, response->number, &uid))
		return;
	tell_expunged(selection, response->number - 1, uid);
	tell_if_mapped(selection, was_complete);
}

/* All rows are known, and those that go are told at once. */
static void vanished_known(struct selection *selection,
	const struct imap_seqset *uids)
{
	struct imap_seqset gone;

	imap_seqset_init(&gone);
	msnmap_find_all(&selection->map, uids, &gone);
	if (selection->step == SELECT_OPEN && !imap_seqset_is_empty(&gone))
		selection->ops->vanished(selection, &gone, selection->data);
	msnmap_remove_set(&selection->map, &gone);
	selection->info.exists = msnmap_count(&selection->map);
	imap_seqset_release(&gone);
}

static void vanished_in_gaps(struct selection *selection,
	struct imap_range range)
{
	uint32_t left = msnmap_count(&selection->map), pos;

	/* A range larger than any mailbox is no honest one. */
	if (range.last - range.first >= MSNMAP_MAX)
		return;
	for (uint32_t uid = range.last; left > 0; uid--) {
		if (msnmap_vanished(&selection->map, uid, &pos)) {
			left--;
			tell_expunged(selection, pos, uid);
		}
		if (uid == range.first)
			break;
	}
}

/* Highest first, so that positions of the others stay. */
static void vanished_now(struct selection *selection,
	const struct imap_seqset *uids)
{
	if (msnmap_is_complete(&selection->map)) {
		vanished_known(selection, uids);
		return;
	}
	for (size_t i = imap_seqset_n_ranges(uids); i > 0; i--)
		vanished_in_gaps(selection, imap_seqset_range(uids, i - 1));
	tell_if_mapped(selection, false);
}

void selection_on_vanished(struct selection *selection,
	const struct imap_response *response)
{
	const struct imap_arg *items;
	struct imap_seqset uids;
	const char *text;
	size_t n;
	bool is_earlier;

	if (response->n_args == 0)
		return;
	is_earlier = response->n_args == 2 &&
		imap_arg_get_list(&response->args[0], &items, &n) &&
		n == 1 && imap_arg_is_atom(&items[0], "EARLIER");
	imap_seqset_init(&uids);
	if (!imap_arg_get_atom(&response->args[response->n_args - 1], &text) ||
		!imap_seqset_parse(&uids, text))
		goto out;
	if (!is_earlier)
		vanished_now(selection, &uids);
	else if (selection->step == SELECT_SENT)
		imap_seqset_add_set(&selection->held_vanished, &uids);
	else
		selection->ops->vanished_earlier(selection, &uids,
			selection->data);
out:
	imap_seqset_release(&uids);
}

/* Learns the position's UID; false when the server contradicts itself. */
static bool learn(struct selection *selection, uint32_t msn, uint32_t uid)
{
	uint32_t before = msnmap_uid(&selection->map, msn - 1);

	if (!msnmap_set(&selection->map, msn, uid))
		return false;
	if (before != 0)
		return true;
	selection->ops->identified(selection, msn - 1, uid, selection->data);
	if (msnmap_is_complete(&selection->map))
		selection->ops->mapped(selection, selection->data);
	return true;
}

/* More than a body section. */
static bool has_row_data(const struct imap_fetch *fetch)
{
	return fetch->has_flags || fetch->has_internaldate || fetch->has_size ||
		fetch->has_envelope || fetch->has_references ||
		fetch->body != NULL || fetch->mod_seq != 0 ||
		fetch->has_details;
}

void selection_take_fetch(struct selection *selection, struct imap_fetch *fetch)
{
	uint32_t pos = UINT32_MAX;

	if (fetch->msn != 0) {
		pos = fetch->msn - 1;
		if (fetch->uid == 0)
			fetch->uid = msnmap_uid(&selection->map, pos);
		else if (!learn(selection, fetch->msn, fetch->uid)) {
			log_note(selection->connection->who,
				"UID %u does not fit message %u",
				fetch->uid, fetch->msn);
			pos = UINT32_MAX;
			if (selection->is_derived)
				selection_distrust(selection);
			selection_schedule_map(selection);
		}
	} else if (!msnmap_find(&selection->map, fetch->uid, &pos)) {
		pos = UINT32_MAX;
	}
	if (fetch->uid == 0)
		return;
	if (pos != UINT32_MAX && fetch->has_envelope &&
		msnmap_count(&selection->map) - pos <= selection->row_hint)
		selection->rows_seen++;
	section_take(selection, fetch);
	if (has_row_data(fetch))
		selection->ops->fetched(selection, pos, fetch,
			selection->data);
}

/* Flags of a message whose UID nobody told: asked for again, with UID. */
static void refetch_flags(struct selection *selection, uint32_t msn)
{
	selection_push(selection,
		imap_text_new("FETCH %u (UID FLAGS)", msn), "FETCH",
		COMMAND_USES_MSN | COMMAND_KEEPS_MSN, NULL, NULL);
}

void selection_on_fetch(struct selection *selection,
	const struct imap_response *response)
{
	struct arena *arena = arena_new();
	struct imap_fetch fetch;
	GError *error = NULL;

	if (!imap_fetch_from_response(response, arena, &fetch, &error)) {
		log_note(selection->connection->who, "%s", error->message);
		g_clear_error(&error);
		goto out;
	}
	/* Exchange and others tell of messages that are gone. */
	if (fetch.msn > msnmap_count(&selection->map))
		goto out;
	if (selection->step == SELECT_SENT)
		selection_hold_fetch(selection, &fetch);
	else if (fetch.msn != 0 && fetch.uid == 0 && fetch.has_flags &&
		msnmap_uid(&selection->map, fetch.msn - 1) == 0)
		refetch_flags(selection, fetch.msn);
	else
		selection_take_fetch(selection, &fetch);
out:
	arena_free(&arena);
}

/* --- response codes ------------------------------------------------------- */

static void code_number(const struct imap_response *response, uint32_t *out)
{
	uint32_t n;

	/* 0 or more than 32 bits: as if not told. */
	if (response->n_code_args > 0 &&
		imap_arg_get_number(&response->code_args[0], &n))
		*out = n;
}

static void code_highest(struct selection *selection,
	const struct imap_response *response)
{
	uint64_t mod_seq;

	if (response->n_code_args == 0 ||
		!imap_arg_get_number64(&response->code_args[0], &mod_seq))
		return;
	if (selection->step == SELECT_SENT) {
		selection->info.highest_mod_seq = mod_seq;
		return;
	}
	/* Only a tagged OK's may be stored (7162 3.2.5.1). */
	if (response->kind != IMAP_RESPONSE_TAGGED || !selection->is_synced ||
		strcmp(response->name, "OK") != 0 ||
		mod_seq <= selection->told_mod_seq)
		return;
	selection->told_mod_seq = mod_seq;
	selection->info.highest_mod_seq = mod_seq;
	selection->ops->synced(selection, mod_seq, selection->data);
}

static void code_permanent_flags(struct selection *selection,
	const struct imap_response *response)
{
	const struct imap_arg *items;
	const char *name;
	size_t n;

	if (response->n_code_args == 0 ||
		!imap_arg_get_list(&response->code_args[0], &items, &n))
		return;
	selection->info.permanent_flags = 0;
	for (size_t i = 0; i < n; i++) {
		if (!imap_arg_get_atom(&items[i], &name))
			continue;
		if (strcmp(name, "\\*") == 0)
			selection->info.permanent_flags |= IMAP_FLAG_ANY_KEYWORD;
		else if (name[0] == '\\')
			selection->info.permanent_flags |=
				imap_flag_from_name(name);
	}
}

/* Another one while the mailbox is open: it was replaced, and no UID is what it
 * was. On the next connection all is asked for anew. */
static void code_uid_validity(struct selection *selection,
	const struct imap_response *response)
{
	struct selection_info *info = &selection->info;
	uint32_t uid_validity = info->uid_validity;

	code_number(response, &uid_validity);
	if (selection->step == SELECT_SENT)
		info->uid_validity = uid_validity;
	else if (selection->step == SELECT_OPEN && info->uid_validity != 0 &&
		uid_validity != info->uid_validity)
		connection_fail(selection->connection, CONNECTION_END_RETRY,
			g_error_new(IMAP_ERROR, IMAP_ERROR_PROTOCOL,
				"%s was replaced on the server",
				selection->mailbox));
}

/* "MAILBOXID" SP "(" objectid ")" (RFC 8474 4.2) */
static void code_mailbox_id(struct selection *selection,
	const struct imap_response *response)
{
	const struct imap_arg *items;
	const char *id;
	size_t n;

	if (response->n_code_args > 0 &&
		imap_arg_get_list(&response->code_args[0], &items, &n) &&
		n == 1 && imap_arg_get_astring(&items[0], &id))
		g_strlcpy(selection->info.mailbox_id, id,
			sizeof(selection->info.mailbox_id));
}

void selection_on_code(struct selection *selection,
	const struct imap_response *response)
{
	struct selection_info *info = &selection->info;
	const char *code = response->code;

	if (strcmp(code, "UIDVALIDITY") == 0)
		code_uid_validity(selection, response);
	else if (strcmp(code, "MAILBOXID") == 0)
		code_mailbox_id(selection, response);
	else if (strcmp(code, "UIDNEXT") == 0)
		code_number(response, &info->uid_next);
	else if (strcmp(code, "HIGHESTMODSEQ") == 0)
		code_highest(selection, response);
	else if (strcmp(code, "NOMODSEQ") == 0)
		info->highest_mod_seq = 0;
	else if (strcmp(code, "PERMANENTFLAGS") == 0)
		code_permanent_flags(selection, response);
	else if (strcmp(code, "UIDNOTSTICKY") == 0)
		info->uid_not_sticky = true;
	else if (strcmp(code, "READ-ONLY") == 0)
		info->read_only = true;
	else if (strcmp(code, "READ-WRITE") == 0)
		info->read_only = selection->read_only;
}
