/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "tests/imap/cut.h"
#include "src/imap/fetch.h"
#include "src/imap/seqset.h"
#include "src/session/timing.h"
#include "tests/imap/imapd.h"
#include "tests/imap/mirror.h"
#include "tests/imap/play.h"
#include "tests/imap/player.h"
#include "tests/imap/record.h"
#include "tests/imap/world.h"

enum {
	TURNS_MAX = 200 * 1000, /* of the loop, until all is quiet */
	END_OCTETS = 100,       /* of a long line, at both ends */
};

/* A case: so many octets of what was said at the point. */
struct cut_case {
	guint point;
	size_t octets;
};

struct cuts {
	const struct script *script;
	struct record *record;
	struct world *world;
	GArray *points;         /* of struct cut_point */
	GArray *cases[2];       /* of struct cut_case, by enum cut_mode */
	/* How it ends when it is cut behind its last line. */
	GPtrArray *outcomes;
	guint n_requests;       /* of the script's own */
	bool varies;            /* the server does not always answer alike */
	GHashTable *states;     /* handle's name to its state + 1 */
	enum session_state state;
	bool has_session;
};

/* --- until nothing happens any more --------------------------------------- */

/* Something goes on by itself: it may be in another thread. */
static bool is_busy(const struct play *play)
{
	enum session_state state = play->session != NULL ?
		session_state(play->session) : SESSION_OFFLINE;

	if (play->wants_secret)
		return false;
	for (guint i = 0; i < play->outcomes->len; i++) {
		const struct outcome *outcome =
			g_ptr_array_index(play->outcomes, i);

		if (outcome->n_ends == 0)
			return true;
	}
	return state == SESSION_WAITING || state == SESSION_CONNECTING;
}

/* Quiet: nothing is due now, and nothing is waited for. */
static void settle(struct play *play)
{
	for (int i = 0; i < TURNS_MAX; i++) {
		if (g_main_context_iteration(NULL, FALSE))
			continue;
		if (!is_busy(play))
			return;
		if (play->out_of_time)
			return;
		g_main_context_iteration(NULL, TRUE);
	}
	play_fail(play, "it is never quiet");
}

/* As mail does, when SELECT did not tell what changed. */
static void fetch_flags(struct play *play, struct handle *handle)
{
	struct imap_seqset uids;

	imap_seqset_init(&uids);
	mirror_without_flags(handle->mirror, &uids);
	if (selection_state(handle->selection) == SELECTION_OPEN &&
		!imap_seqset_is_empty(&uids)) {
		struct label *label = label_new(play, "flags");

		label_request(label, selection_fetch(handle->selection, &uids,
			IMAP_FETCH_FLAGS, SESSION_INTERACTIVE, play_on_done,
			label));
	}
	imap_seqset_release(&uids);
}

static void for_handles(struct play *play,
	void (*fn)(struct play *play, struct handle *handle))
{
	GHashTableIter iter;
	gpointer handle;

	g_hash_table_iter_init(&iter, play->handles);
	while (g_hash_table_iter_next(&iter, NULL, &handle))
		fn(play, handle);
}

static bool is_answer(const struct script_line *line)
{
	return g_str_has_prefix(line->text, "! secret") ||
		g_str_has_prefix(line->text, "! token");
}

static void give_secret(struct play *play)
{
	play->wants_secret = false;
	session_give_secret(play->session, play->secret);
}

/* A user who is asked once more says what was said last, a few times. */
static void answer_again(struct play *play, const struct script *script)
{
	enum { PATIENCE = 3 };
	guint line = script->lines->len;

	while (line > 0 &&
		!is_answer(g_ptr_array_index(script->lines, line - 1)))
		line--;
	for (int i = 0; i < PATIENCE && play->wants_secret; i++) {
		if (line > 0)
			play_line(play, script, line - 1);
		else if (play->secret != NULL)
			give_secret(play);
		settle(play);
	}
}

/* What a user still does, each when all is quiet. */
static void go_on(struct play *play, const struct script *script, guint line)
{
	for (; line < script->lines->len; line++) {
		const struct script_line *at =
			g_ptr_array_index(script->lines, line);

		if (at->text[0] != '!' || play_is_network(at->text + 2))
			continue;
		settle(play);
		play_line(play, script, line);
	}
	settle(play);
	answer_again(play, script);
	play->n_requests = play->outcomes->len;
	for_handles(play, fetch_flags);
	settle(play);
}

/* --- the whole play ------------------------------------------------------- */

static void know_mailbox(struct cuts *cuts, struct play *play,
	const char *name, const struct mirror *mirror)
{
	if (mirror->is_gone)
		world_add_gone(cuts->world, name);
	else if (!world_add_mailbox(cuts->world, name, mirror))
		play_fail(play, "no UIDs fit '%s'", name);
}

static void know_world(struct cuts *cuts, struct play *play)
{
	GHashTableIter iter;
	gpointer name, value;

	cuts->world = world_new(cuts->record);
	g_hash_table_iter_init(&iter, play->left);
	while (g_hash_table_iter_next(&iter, &name, &value))
		know_mailbox(cuts, play, name, value);
	g_hash_table_iter_init(&iter, play->handles);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct handle *handle = value;

		know_mailbox(cuts, play, selection_mailbox(handle->selection),
			handle->mirror);
	}
}

static void note_end(struct cuts *cuts, struct play *play)
{
	GHashTableIter iter;
	gpointer data;

	cuts->has_session = play->session != NULL;
	if (cuts->has_session)
		cuts->state = session_state(play->session);
	g_hash_table_iter_init(&iter, play->handles);
	while (g_hash_table_iter_next(&iter, NULL, &data)) {
		const struct handle *handle = data;

		g_hash_table_insert(cuts->states, g_strdup(handle->name),
			GINT_TO_POINTER(
			(int)selection_state(handle->selection) + 1));
	}
	cuts->outcomes = g_ptr_array_ref(play->outcomes);
	cuts->n_requests = play->n_requests;
	cuts->varies = record_varies(cuts->record);
}

/* --- how it ends ---------------------------------------------------------- */

/* A server that does not always answer alike may have done so here, too. */
static bool ended_so_once(const struct cuts *cuts, const struct outcome *is)
{
	for (guint i = 0; i < cuts->n_requests && cuts->varies; i++) {
		const struct outcome *other =
			g_ptr_array_index(cuts->outcomes, i);

		if (other->how == is->how && strcmp(other->name, is->name) == 0)
			return true;
	}
	return false;
}

/* Cancelled or disconnected in the whole play, it may be done here. Only what
 * changes something may end for the cut's sake. */
static bool may_end(const struct cuts *cuts, const struct play *play,
	const struct outcome *was, const struct outcome *is)
{
	if (is->how == was->how || ended_so_once(cuts, is))
		return true;
	if (is->how == IMAP_OUTCOME_OK)
		return was->how == IMAP_OUTCOME_CANCELLED ||
			was->how == IMAP_OUTCOME_DISCONNECTED;
	if (is->how != IMAP_OUTCOME_DISCONNECTED)
		return false;
	return !play->config.reconnect ||
		(!is->is_reading && is->is_of_before);
}

static bool has_same_facts(const struct outcome *a, const struct outcome *b)
{
	GHashTableIter iter;
	gpointer fact;

	if (!g_string_equal(a->octets, b->octets) ||
		g_hash_table_size(a->facts) != g_hash_table_size(b->facts))
		return false;
	g_hash_table_iter_init(&iter, a->facts);
	while (g_hash_table_iter_next(&iter, &fact, NULL))
		if (!g_hash_table_contains(b->facts, fact))
			return false;
	return true;
}

static void print_facts(const char *title, const struct outcome *outcome)
{
	GHashTableIter iter;
	gpointer fact;

	g_printerr("# %s: %zu octets\n", title, outcome->octets->len);
	g_hash_table_iter_init(&iter, outcome->facts);
	while (g_hash_table_iter_next(&iter, &fact, NULL))
		g_printerr("# %s: %s\n", title, (const char *)fact);
}

static void check_outcome(const struct cuts *cuts, struct play *play, guint i)
{
	static const char *const names[] = { "OK", "NO", "BAD", "CANCELLED",
		"DISCONNECTED" };
	const struct outcome *was = g_ptr_array_index(cuts->outcomes, i);
	const struct outcome *is = g_ptr_array_index(play->outcomes, i);

	if (!may_end(cuts, play, was, is))
		play_fail(play, "request %u, '%s', ended %s, not %s", i + 1,
			is->name, names[is->how], names[was->how]);
	if (is->how != IMAP_OUTCOME_OK || was->how != IMAP_OUTCOME_OK ||
		cuts->varies || has_same_facts(was, is))
		return;
	print_facts("uncut", was);
	print_facts("cut", is);
	play_fail(play, "request %u, '%s', told something else", i + 1,
		is->name);
}

static void check_ends(struct play *play)
{
	for (guint i = 0; i < play->outcomes->len; i++) {
		const struct outcome *outcome =
			g_ptr_array_index(play->outcomes, i);

		if (outcome->n_ends != 1)
			play_fail(play, "request %u, '%s', ended %u times",
				i + 1, outcome->name, outcome->n_ends);
	}
}

static void check_handle(const struct cuts *cuts, struct play *play,
	const struct handle *handle)
{
	enum selection_state state = selection_state(handle->selection);
	int was = GPOINTER_TO_INT(g_hash_table_lookup(cuts->states,
		handle->name)) - 1;
	char *difference;

	/* Of several handles that take turns any one may have it. */
	if ((int)state != was && play->config.reconnect &&
		!(state == SELECTION_OPEN && was == SELECTION_LOST))
		play_fail(play, "'%s' is in state %d, not %d", handle->name,
			(int)state, was);
	if (state != SELECTION_OPEN)
		return;
	difference = world_compare(cuts->world,
		selection_mailbox(handle->selection), handle->mirror);
	if (difference != NULL)
		play_fail(play, "'%s': %s", handle->name, difference);
}

static void check_session(const struct cuts *cuts, struct play *play)
{
	if ((play->session != NULL) != cuts->has_session)
		play_fail(play, "there is %s session",
			cuts->has_session ? "no" : "a");
	if (play->session == NULL)
		return;
	enum session_state state = session_state(play->session);

	if (state == SESSION_CONNECTING && !play->wants_secret)
		play_fail(play, "the session waits for nobody");
	if (state != cuts->state && (play->config.reconnect ||
		state != SESSION_FAILED))
		play_fail(play, "the session is in state %d, not %d",
			(int)state, (int)cuts->state);
}

static void check_end(const struct cuts *cuts, struct play *play)
{
	GHashTableIter iter;
	gpointer handle;

	check_ends(play);
	check_session(cuts, play);
	g_assert_cmpuint(play->n_requests, ==, cuts->n_requests);
	for (guint i = 0; i < cuts->n_requests; i++)
		check_outcome(cuts, play, i);
	g_hash_table_iter_init(&iter, play->handles);
	while (g_hash_table_iter_next(&iter, NULL, &handle))
		check_handle(cuts, play, handle);
}

/* --- the cases ------------------------------------------------------------ */

static void play_whole(struct cuts *cuts)
{
	const struct script *script = cuts->script;
	struct play *play = play_new(script);

	play->record = cuts->record;
	play->points = g_array_ref(cuts->points);
	for (guint i = 0; i < script->lines->len; i++)
		play_line(play, script, i);
	know_world(cuts, play);
	world_serve(cuts->world, play->imapd, cuts->record);
	imapd_cut(play->imapd);
	go_on(play, script, script->lines->len);
	note_end(cuts, play);
	check_end(cuts, play);
	play_free(&play);
}

static void add_case(GArray *cases, guint point, size_t octets)
{
	const struct cut_case it = { .point = point, .octets = octets };

	g_array_append_val(cases, it);
}

static void list_cases(struct cuts *cuts)
{
	for (guint i = 0; i < cuts->points->len; i++) {
		size_t len = g_array_index(cuts->points, struct cut_point,
			i).len;

		add_case(cuts->cases[CUT_LINES], i, len);
		for (size_t n = 1; n <= len; n++)
			if (n <= END_OCTETS || len - n < END_OCTETS ||
				n == len / 2)
				add_case(cuts->cases[CUT_BYTES], i, n);
	}
}

struct cuts *cuts_new(const struct script *script)
{
	struct cuts *cuts = g_new0(struct cuts, 1);

	cuts->script = script;
	cuts->record = record_new();
	cuts->points = g_array_new(FALSE, FALSE, sizeof(struct cut_point));
	cuts->states = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cuts->cases); i++)
		cuts->cases[i] = g_array_new(FALSE, FALSE,
			sizeof(struct cut_case));
	play_whole(cuts);
	list_cases(cuts);
	return cuts;
}

void cuts_free(struct cuts **cuts)
{
	struct cuts *c = *cuts;

	world_free(&c->world);
	record_free(&c->record);
	for (size_t i = 0; i < G_N_ELEMENTS(c->cases); i++)
		g_array_unref(c->cases[i]);
	g_array_unref(c->points);
	g_ptr_array_unref(c->outcomes);
	g_hash_table_unref(c->states);
	g_clear_pointer(cuts, g_free);
}

guint cuts_count(const struct cuts *cuts, enum cut_mode mode)
{
	return cuts->cases[mode]->len;
}

/* --- cut ------------------------------------------------------------------ */

/* Up to the point; the line behind it. */
static guint play_until(struct play *play, const struct script *script,
	const struct cut_point *point, size_t octets)
{
	guint line = 0;

	if (point->is_client)
		imapd_cut_after(play->imapd, point->number,
			point->heard + octets);
	/* A client is ahead of the script: it may be cut on an earlier line. */
	for (; line < point->line && !imapd_was_cut(play->imapd); line++)
		play_line(play, script, line);
	if (imapd_was_cut(play->imapd))
		return line;
	play_line_head(play, script, line, octets);
	if (!imapd_was_cut(play->imapd))
		imapd_cut(play->imapd);
	return line + 1;
}

void cuts_run(struct cuts *cuts, enum cut_mode mode, guint number)
{
	const struct cut_case *it = &g_array_index(cuts->cases[mode],
		struct cut_case, number);
	const struct cut_point *point = &g_array_index(cuts->points,
		struct cut_point, it->point);
	struct play *play = play_new(cuts->script);
	struct record *seen = record_new();
	char *again = g_strdup_printf("test-transcripts %s.txt --cut%s %u",
		cuts->script->name, mode == CUT_BYTES ? "-byte" : "", number);
	guint line;

	play->again = again;
	play->record = seen;
	world_serve(cuts->world, play->imapd, play->record);
	session_timing.backoff_first_ms = 0;
	line = play_until(play, cuts->script, point, it->octets);
	go_on(play, cuts->script, line);
	check_end(cuts, play);
	play_free(&play);
	record_free(&seen);
	g_free(again);
}
