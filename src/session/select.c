/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening a mailbox: SELECT with what the cache knows, the newest rows in its
 * flight or the next, then the whole UID map (architecture, decision 4).
 */
#include "src/base/base.h"
#include "src/session/selection-priv.h"
#include "src/base/arena.h"
#include "src/imap/fetch.h"
#include "src/imap/parser.h"
#include "src/imap/search.h"
#include "src/session/connection.h"
#include "src/session/request.h"
#include "src/session/session-priv.h"

enum {
	KNOWN_UIDS_MAX = 6000, /* octets of QRESYNC's known UIDs */
	MAP_TRIES_MAX = 5,
	HELD_MAX = 1000 * 1000,    /* FETCHes before SELECT's OK */
	HELD_OCTETS = 16 << 20,    /* of their keywords */
	NEW_ROWS_MAX = 500,    /* more new ones are only identified */
};

/* What came before SELECT's OK: flags are all that comes then, but a server may
 * tell of very many messages. */
struct held_fetch {
	uint32_t msn, uid;
	uint64_t mod_seq;
	bool has_flags;
	struct imap_flags flags; /* of the arena */
};

/* --- SELECT --------------------------------------------------------------- */

static void ask_known(struct selection *selection)
{
	imap_seqset_release(&selection->known.uids);
	memset(&selection->known, 0, sizeof(selection->known));
	if (selection->ops->want_known != NULL)
		selection->ops->want_known(selection, &selection->known,
			selection->data);
}

/* On by ENABLE, or about to be: its command is in the same flight. */
static bool will_be_enabled(const struct connection *connection,
	enum imap_capability cap)
{
	return connection_is_enabled(connection, cap) ||
		(connection->phase == PHASE_SETUP &&
		connection_has(connection, IMAP_CAP_ENABLE) &&
		connection_has(connection, cap));
}

static bool wants_qresync(const struct selection *selection)
{
	const struct selection_known *known = &selection->known;

	return !selection->is_plain && known->uid_validity != 0 &&
		known->highest_mod_seq != 0 &&
		will_be_enabled(selection->connection, IMAP_CAP_QRESYNC);
}

static void append_known_uids(const struct selection *selection,
	struct imap_text *text)
{
	const struct selection_known *known = &selection->known;

	if (known->uids_complete || imap_seqset_is_empty(&known->uids))
		return;
	char *uids = imap_seqset_to_string(&known->uids);

	if (strlen(uids) <= KNOWN_UIDS_MAX)
		imap_text_append(text, " %a", uids);
	g_free(uids);
}

static struct imap_text *select_text(const struct selection *selection)
{
	const struct selection_known *known = &selection->known;
	struct imap_text *text = imap_text_new("%a %m",
		selection->read_only ? "EXAMINE" : "SELECT",
		selection->mailbox);

	if (wants_qresync(selection)) {
		imap_text_append(text, " (QRESYNC (%u %U",
			known->uid_validity, known->highest_mod_seq);
		append_known_uids(selection, text);
		imap_text_append(text, "))");
	} else if (!selection->is_plain &&
		connection_has(selection->connection, IMAP_CAP_CONDSTORE)) {
		imap_text_append(text, " (CONDSTORE)");
	}
	return text;
}

static bool has_mod_seq(const struct selection *selection)
{
	return !selection->is_plain &&
		connection_has(selection->connection, IMAP_CAP_CONDSTORE);
}

static void push_rows(struct selection *selection, const char *verb,
	unsigned flags, uint32_t first, uint32_t last, command_done_fn *done)
{
	char *items = imap_fetch_items_to_string(IMAP_FETCH_ROW,
		has_mod_seq(selection));
	struct imap_text *text = imap_text_new("%a %u:", verb, first);

	if (last == 0)
		imap_text_append(text, "* %a", items);
	else
		imap_text_append(text, "%u %a", last, items);
	g_free(items);
	selection_push(selection, text, verb, flags, done, NULL);
}

static void on_rows_done(struct command *command,
	const struct imap_result *result, void *data);

/* The newest by UID, in SELECT's own flight. */
static void push_row_flight(struct selection *selection)
{
	const struct selection_known *known = &selection->known;
	uint32_t first = known->uid_next;

	selection->has_row_flight = known->uid_next != 0;
	if (!selection->has_row_flight)
		return;
	if (!known->uids_complete || !wants_qresync(selection))
		first = first > selection->row_hint ?
			first - selection->row_hint : 1;
	push_rows(selection, "UID FETCH", 0, first, 0, on_rows_done);
}

static void on_select_done(struct command *command,
	const struct imap_result *result, void *data);

void selection_select(struct selection *selection)
{
	struct connection *connection = selection->connection;

	ask_known(selection);
	memset(&selection->info, 0, sizeof(selection->info));
	selection->info.read_only = selection->read_only;
	msnmap_clear(&selection->map);
	selection->step = SELECT_SENT;
	selection->is_synced = false;
	selection->told_mod_seq = 0;
	selection->rows_seen = 0;
	selection->map_tries = 0;
	selection->is_mapping = selection->is_fetching_new = false;
	selection->wants_new = false;
	selection->held_arena = arena_new();
	selection->held = g_array_new(FALSE, FALSE,
		sizeof(struct held_fetch));
	imap_seqset_clear(&selection->held_vanished);
	connection->selection = selection;
	selection_push(selection, select_text(selection),
		selection->read_only ? "EXAMINE" : "SELECT",
		COMMAND_SELECTS, on_select_done, NULL);
	push_row_flight(selection);
}

/* The server knows no such mailbox, or lets us not in. */
static void select_refused(struct selection *selection,
	const struct imap_result *result)
{
	struct connection *connection = selection->connection;

	connection->is_selected = false;
	g_free(selection->refusal);
	selection->refusal = g_strdup(result->text);
	selection_leave(selection, result->text);
	requests_end_later(selection->session, selection, IMAP_OUTCOME_NO,
		result->text);
	session_schedule_arrange(selection->session);
	selection_set_state(selection, SELECTION_GONE, result->text);
}

static void select_accepted(struct selection *selection)
{
	const struct selection_known *known = &selection->known;
	struct selection_info *info = &selection->info;

	info->exists = msnmap_count(&selection->map);
	info->resynced = wants_qresync(selection) &&
		info->uid_validity == known->uid_validity &&
		info->highest_mod_seq != 0;
	selection->is_synced = info->resynced || known->uid_validity == 0 ||
		info->uid_validity != known->uid_validity;
	selection->step = SELECT_OPEN;
	selection->ops->opened(selection, info, selection->data);
}

static void on_new_done(struct command *command,
	const struct imap_result *result, void *data);

static void first_rows(struct selection *selection)
{
	uint32_t exists = msnmap_count(&selection->map);

	if (selection->has_row_flight || exists == 0)
		return;
	/* A small mailbox's rows are its map. */
	selection->is_fetching_new = exists <= selection->row_hint;
	push_rows(selection, "FETCH", COMMAND_USES_MSN | COMMAND_KEEPS_MSN,
		exists > selection->row_hint ?
		exists - selection->row_hint + 1 : 1, 0, on_new_done);
}

static void on_select_done(struct command *command,
	const struct imap_result *result, void *data)
{
	struct selection *selection = data;

	(void)command;
	if (result->outcome == IMAP_OUTCOME_DISCONNECTED ||
		result->outcome == IMAP_OUTCOME_CANCELLED)
		return;
	selection->connection->awaits_closed = false;
	if (result->outcome == IMAP_OUTCOME_BAD && !selection->is_plain) {
		/* Announced, but its SELECT takes no parameters. */
		selection->is_plain = true;
		selection->connection->is_selected = false;
		selection_leave(selection, result->text);
		session_schedule_arrange(selection->session);
		return;
	}
	if (result->outcome != IMAP_OUTCOME_OK) {
		select_refused(selection, result);
		return;
	}
	struct session *session = selection->session;

	session_schedule_arrange(session);
	first_rows(selection);
	selection_schedule_map(selection);
	select_accepted(selection);
	/* mail may have closed it meanwhile; then nothing is left to tell. */
	if (!g_ptr_array_find(session->selections, selection, NULL))
		return;
	selection_release_held(selection);
	if (selection->is_synced && selection->info.highest_mod_seq != 0) {
		selection->told_mod_seq = selection->info.highest_mod_seq;
		selection->ops->synced(selection, selection->told_mod_seq,
			selection->data);
	}
	selection_set_state(selection, SELECTION_OPEN, "");
}

/* --- what came before SELECT's OK ----------------------------------------- */

void selection_hold_fetch(struct selection *selection,
	const struct imap_fetch *fetch)
{
	struct arena *arena = selection->held_arena;
	struct held_fetch held = {
		.msn = fetch->msn,
		.uid = fetch->uid,
		.mod_seq = fetch->mod_seq,
		.has_flags = fetch->has_flags,
		.flags.system = fetch->flags.system,
	};
	size_t n = fetch->flags.n_keywords;

	if (selection->held->len >= HELD_MAX || arena_size(arena) > HELD_OCTETS)
		return;
	if (n > 0) {
		const char **keywords = arena_new_array(arena, const char *, n);

		for (size_t i = 0; i < n; i++)
			keywords[i] = arena_strdup(arena,
				fetch->flags.keywords[i]);
		held.flags.keywords = keywords;
		held.flags.n_keywords = n;
	}
	g_array_append_val(selection->held, held);
}

static void take_held(struct selection *selection, const struct held_fetch *held)
{
	struct imap_fetch fetch = {
		.msn = held->msn,
		.uid = held->uid,
		.mod_seq = held->mod_seq,
		.has_flags = held->has_flags,
		.flags = held->flags,
	};

	selection_take_fetch(selection, &fetch);
}

void selection_release_held(struct selection *selection)
{
	struct arena *arena = selection->held_arena;
	GArray *held = selection->held;

	selection->held_arena = NULL;
	selection->held = NULL;
	if (!imap_seqset_is_empty(&selection->held_vanished))
		selection->ops->vanished_earlier(selection,
			&selection->held_vanished, selection->data);
	for (guint i = 0; i < held->len; i++)
		take_held(selection, &g_array_index(held, struct held_fetch, i));
	imap_seqset_clear(&selection->held_vanished);
	g_array_unref(held);
	arena_free(&arena);
}

/* --- the rest of the newest rows ------------------------------------------ */

/* UIDs with gaps gave fewer rows than wanted: the next flight, by number. */
static void on_rows_done(struct command *command,
	const struct imap_result *result, void *data)
{
	struct selection *selection = data;
	uint32_t exists = msnmap_count(&selection->map);
	uint32_t wanted = MIN(selection->row_hint, exists);

	(void)command;
	if (result->outcome != IMAP_OUTCOME_OK ||
		selection->step != SELECT_OPEN ||
		(selection->known.uids_complete && selection->info.resynced))
		return;
	if (selection->rows_seen >= wanted)
		return;
	push_rows(selection, "FETCH", COMMAND_USES_MSN | COMMAND_KEEPS_MSN,
		exists - wanted + 1, exists - selection->rows_seen, NULL);
}

/* --- the map -------------------------------------------------------------- */

/* Tells the UIDs that became known, in runs. */
static void tell_identified(struct selection *selection, const GArray *before)
{
	const GArray *uids = selection->map.uids;
	uint32_t first = 0;

	while (first < uids->len) {
		uint32_t end = first;

		while (end < uids->len && (end >= before->len ||
			g_array_index(before, uint32_t, end) == 0) &&
			g_array_index(uids, uint32_t, end) != 0)
			end++;
		if (end > first)
			selection->ops->identified(selection, first,
				&g_array_index(uids, uint32_t, first),
				end - first, selection->data);
		first = end + 1;
	}
}

static bool use_found(struct selection *selection)
{
	GArray *before = g_array_copy(selection->map.uids);
	uint64_t n = imap_seqset_count(&selection->found);
	/* Fewer than rows: new ones came after the search; they are asked
	 * for by themselves. */
	bool is_usable = selection->has_found &&
		(n == before->len || selection->wants_new) &&
		msnmap_set_all(&selection->map, &selection->found);

	if (is_usable)
		tell_identified(selection, before);
	g_array_unref(before);
	return is_usable;
}

static void on_map_done(struct command *command,
	const struct imap_result *result, void *data)
{
	struct selection *selection = data;

	(void)command;
	selection->is_mapping = false;
	if (result->outcome == IMAP_OUTCOME_DISCONNECTED ||
		result->outcome == IMAP_OUTCOME_CANCELLED)
		return;
	if (result->outcome == IMAP_OUTCOME_OK && use_found(selection))
		selection->map_tries = 0;
	else
		log_note(selection->connection->who,
			"the UIDs do not fit the mailbox; asking again");
	imap_seqset_clear(&selection->found);
	selection_schedule_map(selection);
	session_schedule_arrange(selection->session);
}

static bool on_map_untagged(struct command *command,
	const struct imap_response *response, void *data)
{
	struct selection *selection = data;
	struct imap_search search;

	if (response->kind != IMAP_RESPONSE_DATA ||
		(strcmp(response->name, "SEARCH") != 0 &&
		strcmp(response->name, "ESEARCH") != 0))
		return false;
	imap_search_init(&search);
	bool is_ours = imap_search_from_response(response, &search) &&
		(search.tag == NULL || strcmp(search.tag, command->tag) == 0);

	if (is_ours) {
		imap_seqset_add_set(&selection->found, &search.all);
		selection->has_found = true;
	}
	imap_search_release(&search);
	return is_ours;
}

static void push_map(struct selection *selection)
{
	struct connection *connection = selection->connection;
	bool is_extended = connection_has(connection, IMAP_CAP_ESEARCH) ||
		connection_is_enabled(connection, IMAP_CAP_IMAP4REV2);

	selection->is_mapping = true;
	selection->has_found = false;
	selection->map_tries++;
	imap_seqset_clear(&selection->found);
	selection_push(selection, imap_text_new(is_extended ?
		"UID SEARCH RETURN (ALL) ALL" : "UID SEARCH ALL"),
		"UID SEARCH", 0, on_map_done, on_map_untagged);
}

static void on_new_done(struct command *command,
	const struct imap_result *result, void *data)
{
	struct selection *selection = data;

	(void)command;
	selection->is_fetching_new = false;
	if (result->outcome == IMAP_OUTCOME_OK)
		selection_schedule_map(selection);
}

/* Rows of the new messages, by the UIDs behind the highest known one. */
static void push_new(struct selection *selection)
{
	uint32_t max = msnmap_max_uid(&selection->map);
	uint32_t first = max != 0 ? max + 1 : MAX(selection->info.uid_next, 1);

	selection->is_fetching_new = true;
	selection->wants_new = false;
	push_rows(selection, "UID FETCH", 0, first, 0, on_new_done);
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

static gboolean later_due(void *data)
{
	struct selection *selection = data;

	selection->later_source = 0;
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
		push_map(selection);
	return G_SOURCE_REMOVE;
}

void selection_schedule_map(struct selection *selection)
{
	if (selection->later_source == 0)
		selection->later_source = g_timeout_add_full(G_PRIORITY_HIGH,
			0, later_due, selection, NULL);
}
