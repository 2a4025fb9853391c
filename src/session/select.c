/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening a mailbox: SELECT with what the cache knows, the newest rows in its
 * flight or the next, then the whole UID map (architecture, decision 4).
 */
#include "src/base/base.h"
#include "src/session/search-priv.h"
#include "src/session/selection-priv.h"
#include "src/base/arena.h"
#include "src/imap/fetch.h"
#include "src/imap/parser.h"
#include "src/imap/search.h"
#include "src/imap/utf7.h"
#include "src/session/connection.h"
#include "src/session/request.h"
#include "src/session/session-priv.h"
#include "src/session/setup.h"

enum {
	KNOWN_UIDS_MAX = 6000, /* octets of QRESYNC's known UIDs */
	HELD_MAX = 1000 * 1000,    /* FETCHes before SELECT's OK */
	HELD_OCTETS = 16 << 20,    /* of their keywords */
	MANY = 20 * 1000,          /* messages */
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
	if (selection->ops->want_known != NULL && !selection->distrusts_known)
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

bool selection_is_uid_only(const struct selection *selection)
{
	return selection->session->config.uid_only &&
		will_be_enabled(selection->connection, IMAP_CAP_UIDONLY);
}

static bool wants_qresync(const struct selection *selection)
{
	const struct selection_known *known = &selection->known;

	return !selection->is_plain && known->uid_validity != 0 &&
		known->highest_mod_seq != 0 &&
		will_be_enabled(selection->connection, IMAP_CAP_QRESYNC);
}

/* All that is known is brought up to date by SELECT itself. */
static bool is_told(const struct selection *selection)
{
	return selection->known.uids_complete && wants_qresync(selection);
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

bool selection_has_mod_seq(const struct selection *selection)
{
	return !selection->is_plain &&
		connection_has(selection->connection, IMAP_CAP_CONDSTORE);
}

/* Where there are many, what comes behind the first rows (UIDs and unread ones
 * of all, STATUS) takes a server so long that it is better asked for later. */
static unsigned leading(uint32_t n)
{
	return n > MANY ? COMMAND_LEADS : 0;
}

void selection_push_rows(struct selection *selection, const char *verb,
	unsigned flags, uint32_t first, uint32_t last, command_done_fn *done)
{
	char *items = imap_fetch_items_to_string(IMAP_FETCH_ROW,
		selection_has_mod_seq(selection));
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

/* Exactly the newest, whatever their UIDs are (RFC 9394). */
static void push_partial(struct selection *selection)
{
	char *items = imap_fetch_items_to_string(IMAP_FETCH_ROW,
		selection_has_mod_seq(selection));

	selection_push(selection,
		imap_text_new("UID FETCH 1:* %a (PARTIAL -1:-%u)", items,
			selection->row_hint),
		"UID FETCH", leading(selection->known.uid_next), on_rows_done,
		NULL);
	g_free(items);
}

/* --- the unread ones, in the flight of the newest rows -------------------- */

static void on_unseen_done(struct command *command,
	const struct imap_result *result, void *data)
{
	struct selection *selection = data;

	(void)command;
	if (selection->step == SELECT_OPEN)
		selection->ops->unseen(selection, result->outcome ==
			IMAP_OUTCOME_OK ? &selection->unseen : NULL,
			selection->data);
	imap_seqset_clear(&selection->unseen);
}

static bool on_unseen_untagged(struct command *command,
	const struct imap_response *response, void *data)
{
	struct selection *selection = data;

	return selection_take_found(command, response, &selection->unseen);
}

/* Behind the rows: to tell takes a server longer the more there are. */
static void push_unseen(struct selection *selection)
{
	if (!selection->known.wants_unseen)
		return;
	imap_seqset_clear(&selection->unseen);
	selection_push(selection, imap_text_new(connection_has(
		selection->connection, IMAP_CAP_ESEARCH) ?
		"UID SEARCH RETURN (ALL) UNSEEN" : "UID SEARCH UNSEEN"),
		"UID SEARCH", 0, on_unseen_done, on_unseen_untagged);
}

/* The newest by UID, in SELECT's own flight. */
static void push_row_flight(struct selection *selection)
{
	const struct selection_known *known = &selection->known;
	uint32_t first = known->uid_next, n = selection->row_hint;
	bool has_partial = !selection->is_plain &&
		connection_has(selection->connection, IMAP_CAP_PARTIAL);

	selection->has_row_flight = first != 0 || has_partial;
	if (!selection->has_row_flight)
		return;
	if (has_partial && (first == 0 || !is_told(selection)))
		push_partial(selection);
	else
		selection_push_rows(selection, "UID FETCH",
			is_told(selection) ? 0 : leading(first),
			is_told(selection) ? first :
			first > n ? first - n : 1, 0, on_rows_done);
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
	selection->was_cut_short = false;
	selection->is_synced = false;
	selection->told_mod_seq = 0;
	selection->rows_seen = 0;
	selection->map_tries = 0;
	selection->is_mapping = selection->is_fetching_new = false;
	selection->is_derived = false;
	selection->wants_new = false;
	selection->held_arena = arena_new();
	selection->held = g_array_new(FALSE, FALSE,
		sizeof(struct held_fetch));
	imap_seqset_clear(&selection->held_vanished);
	connection->selection = selection;
	selection_push(selection, select_text(selection),
		selection->read_only ? "EXAMINE" : "SELECT",
		COMMAND_SELECTS, on_select_done, NULL);
	/* Without numbers nothing but the map tells where a row is. */
	if (selection_is_uid_only(selection) && !is_told(selection))
		selection_push_map(selection);
	push_row_flight(selection);
	if (selection->has_row_flight)
		push_unseen(selection);
}

/* The server knows no such mailbox, or lets us not in. */
static void select_refused(struct selection *selection,
	const struct imap_result *result)
{
	struct connection *connection = selection->connection;

	connection->is_selected = false;
	g_free(selection->refusal);
	g_free(selection->refusal_code);
	selection->refusal = g_strdup(result->text);
	selection->refusal_code = g_strdup(result->code);
	selection_leave(selection, result->text);
	requests_end_later(selection->session, selection, IMAP_OUTCOME_NO,
		result->text);
	session_schedule_arrange(selection->session);
	selection_set_state(selection, SELECTION_GONE, result->text);
}

static void select_again(struct selection *selection,
	const struct imap_result *result)
{
	selection->connection->is_selected = false;
	selection_leave(selection, result->text);
	session_schedule_arrange(selection->session);
}

/* A name that the server may want in modified UTF-7 in spite of UTF8=ACCEPT
 * is tried so, once. */
static bool is_recoding(struct selection *selection,
	const struct imap_result *result)
{
	struct session *session = selection->session;

	if (result->outcome != IMAP_OUTCOME_NO ||
		imap_mailbox_name_is_neutral(selection->mailbox))
		return false;
	if (selection->is_recoded) {
		/* It was not that. */
		session->names = IMAP_NAME_NEUTRAL;
		return false;
	}
	if (!connection_may_be_utf7(selection->connection))
		return false;
	selection->is_recoded = true;
	session->names = IMAP_NAME_UTF7;
	return true;
}

static void select_accepted(struct selection *selection)
{
	const struct selection_known *known = &selection->known;
	struct selection_info *info = &selection->info;

	if (info->exists <= MSNMAP_MAX)
		info->exists = msnmap_count(&selection->map);
	info->resynced = wants_qresync(selection) &&
		info->uid_validity == known->uid_validity &&
		info->highest_mod_seq != 0;
	selection->is_synced = info->resynced || known->uid_validity == 0 ||
		info->uid_validity != known->uid_validity;
	selection->step = SELECT_OPEN;
	selection->is_recoded = false;
	selection->distrusts_known = false;
	selection->ops->opened(selection, info, selection->data);
}

static void first_rows(struct selection *selection)
{
	uint32_t exists = msnmap_count(&selection->map);

	if (selection->has_row_flight || exists == 0 ||
		selection_is_uid_only(selection))
		return;
	/* A small mailbox's rows are its map. */
	selection->is_fetching_new = exists <= selection->row_hint;
	selection_push_rows(selection, "FETCH",
		COMMAND_USES_MSN | COMMAND_KEEPS_MSN | leading(exists),
		exists > selection->row_hint ?
		exists - selection->row_hint + 1 : 1, 0, selection_new_done);
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
		select_again(selection, result);
		return;
	}
	if (is_recoding(selection, result)) {
		select_again(selection, result);
		return;
	}
	if (result->outcome != IMAP_OUTCOME_OK) {
		select_refused(selection, result);
		return;
	}
	struct session *session = selection->session;

	session_schedule_arrange(session);
	first_rows(selection);
	if (!selection->has_row_flight)
		push_unseen(selection);
	selection_schedule_map(selection);
	select_accepted(selection);
	/* mail may have closed it meanwhile; then nothing is left to tell. */
	if (!g_ptr_array_find(session->selections, selection, NULL))
		return;
	if (selection->info.exists == 0)
		selection->ops->mapped(selection, selection->data);
	else if (selection->info.resynced && selection->known.uids_complete)
		selection_derive_map(selection);
	selection_release_held(selection);
	if (selection->is_synced && selection->info.highest_mod_seq != 0) {
		selection->told_mod_seq = selection->info.highest_mod_seq;
		selection->ops->synced(selection, selection->told_mod_seq,
			selection->data);
	}
	search_contexts_opened(selection);
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
	if (result->outcome == IMAP_OUTCOME_NO ||
		result->outcome == IMAP_OUTCOME_BAD) {
		selection->has_row_flight = false;
		if (selection->step == SELECT_OPEN)
			first_rows(selection);
	}
	if (selection->is_derived) {
		selection->is_fetching_new = false;
		selection_schedule_map(selection);
	}
	if (result->outcome != IMAP_OUTCOME_OK ||
		selection->step != SELECT_OPEN)
		return;
	if (!selection_is_uid_only(selection) &&
		!(selection->known.uids_complete && selection->info.resynced) &&
		selection->rows_seen < wanted)
		selection_push_rows(selection, "FETCH",
			COMMAND_USES_MSN | COMMAND_KEEPS_MSN | leading(exists),
			exists - wanted + 1, exists - selection->rows_seen,
			NULL);
	setup_compress(selection->connection);
}
