/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a session reports, as lines that a transcript can ask for. */
#include "src/base/base.h"
#include "tests/imap/imapd.h"
#include "tests/imap/mirror.h"
#include "tests/imap/play.h"
#include "src/imap/fetch.h"
#include "src/imap/quota.h"
#include "src/imap/list.h"
#include "src/imap/search.h"
#include "src/imap/seqset.h"
#include "src/session/request.h"

/* --- events --------------------------------------------------------------- */

static const char *const session_states[] = { "offline", "connecting",
	"online", "waiting", "failed" };
static const char *const selection_states[] = { "opening", "open", "lost",
	"gone" };
static const char *const outcomes[] = { "ok", "no", "bad", "cancelled",
	"disconnected" };

static void on_state(struct session *session, enum session_state state,
	const char *text, const GError *error, void *data)
{
	(void)session;
	g_assert_true((error != NULL) ==
		(state == SESSION_WAITING || state == SESSION_FAILED));
	play_event(data, "session %s %s", session_states[state], text);
}

static void on_wants_secret(struct session *session, const char *refusal,
	void *data)
{
	struct play *play = data;

	play_event(play, "secret%s", refusal != NULL ? " again" : "");
	play->wants_secret = refusal != NULL || play->secret == NULL;
	if (!play->wants_secret)
		session_give_secret(session, play->secret);
}

static void on_wants_token(struct session *session, bool is_refused, void *data)
{
	struct play *play = data;

	(void)session;
	play_event(play, "token%s", is_refused ? " again" : "");
	play->wants_secret = true;
}

static void on_learned(struct session *session, enum session_fact fact,
	const char *value, void *data)
{
	static const char *const facts[] = {
		[SESSION_FACT_GREETING] = "greeting",
		[SESSION_FACT_CAPABILITIES] = "capabilities",
		[SESSION_FACT_UNBINDABLE] = "unbindable",
	};

	(void)session;
	play_event(data, "learned %s %s", facts[fact], value);
}

static void on_alert(struct session *session, const char *text, void *data)
{
	(void)session;
	play_event(data, "alert %s", text);
}

static char *status_line(const struct imap_status *status)
{
	if (status->mailbox_id != NULL)
		return g_strdup_printf("identity %s %s", status->name,
			status->mailbox_id);
	return g_strdup_printf("status %s messages=%u unseen=%u next=%u",
		status->name, status->messages, status->unseen,
		status->uid_next);
}

static void on_status(struct session *session, const struct imap_status *status,
	void *data)
{
	char *line = status_line(status);

	(void)session;
	play_event(data, "%s", line);
	g_free(line);
}

static char *list_line(const struct imap_list *list)
{
	const char *use = imap_mailbox_attribute_name(list->attributes &
		IMAP_MAILBOX_SPECIAL_USE);

	return g_strdup_printf("list %s%s%s%s%s%s%s%s", list->name,
		(list->attributes & IMAP_MAILBOX_SUBSCRIBED) != 0 ?
		" subscribed" : "",
		(list->attributes & IMAP_MAILBOX_NOSELECT) != 0 ?
		" noselect" : "",
		(list->attributes & IMAP_MAILBOX_REMOTE) != 0 ? " remote" : "",
		list->old_name != NULL ? " was=" : "",
		list->old_name != NULL ? list->old_name : "",
		use != NULL ? " " : "", use != NULL ? use : "");
}

static void on_list(struct session *session, const struct imap_list *list,
	void *data)
{
	char *line = list_line(list);

	(void)session;
	play_event(data, "%s", line);
	g_free(line);
}

static void on_quota(struct session *session, const struct imap_quota *quota,
	void *data)
{
	(void)session;
	play_event(data, "quota told \"%s\" %zu", quota->root,
		quota->n_resources);
}

static void on_progress(struct session *session, const char *verb,
	uint64_t done, uint64_t goal, void *data)
{
	(void)session;
	play_event(data, "progress %s %" G_GUINT64_FORMAT " of %"
		G_GUINT64_FORMAT, verb != NULL ? verb : "over", done, goal);
}

const struct session_ops play_session_ops = {
	.progress = on_progress,
	.state_changed = on_state,
	.wants_secret = on_wants_secret,
	.wants_token = on_wants_token,
	.learned = on_learned,
	.alert = on_alert,
	.status = on_status,
	.list = on_list,
	.quota = on_quota,
};

/* Once the connection was cut, what was told before it is the cache. */
static void know_mirror(const struct handle *handle,
	struct selection_known *known_out)
{
	const struct mirror *mirror = handle->mirror;

	if (mirror->uid_validity == 0)
		return;
	known_out->uid_validity = mirror->uid_validity;
	known_out->uid_next = MAX(mirror->uid_next,
		mirror_max_uid(mirror) + 1);
	known_out->highest_mod_seq = mirror->mod_seq;
	mirror_known(mirror, &known_out->uids);
	known_out->uids_complete =
		g_hash_table_size(mirror->flags) == mirror->uids->len;
}

static void on_want_known(struct selection *selection,
	struct selection_known *known_out, void *data)
{
	const struct handle *handle = data;
	const struct known *known = g_hash_table_lookup(handle->play->known,
		selection_mailbox(selection));

	if (imapd_was_cut(handle->play->imapd) && handle->mirror->is_opened) {
		know_mirror(handle, known_out);
		return;
	}
	if (known == NULL)
		return;
	known_out->uid_validity = known->uid_validity;
	known_out->uid_next = known->uid_next;
	known_out->highest_mod_seq = known->highest_mod_seq;
	known_out->uids_complete = known->is_complete;
	known_out->wants_unseen = known->wants_unseen;
	if (known->uids != NULL)
		g_assert_true(imap_seqset_parse(&known_out->uids, known->uids));
	mirror_remember(handle->mirror, known->uid_validity,
		known->highest_mod_seq, &known_out->uids);
}

static void believe(const struct handle *handle, bool fits, const char *what)
{
	if (!fits)
		play_fail(handle->play, "%s: %s contradicts what was told "
			"before", handle->name, what);
}

static void on_opened(struct selection *selection,
	const struct selection_info *info, void *data)
{
	const struct handle *handle = data;

	(void)selection;
	play_event(handle->play, "%s opened exists=%u validity=%u next=%u "
		"modseq=%" G_GUINT64_FORMAT "%s%s", handle->name, info->exists,
		info->uid_validity, info->uid_next, info->highest_mod_seq,
		info->read_only ? " read-only" : "",
		info->resynced ? " resynced" : "");
	mirror_opened(handle->mirror, info->exists, info->uid_validity,
		info->uid_next, info->resynced);
}

static void on_added(struct selection *selection, uint32_t n, void *data)
{
	const struct handle *handle = data;

	(void)selection;
	play_event(handle->play, "%s added %u", handle->name, n);
	mirror_added(handle->mirror, n);
}

static void on_expunged(struct selection *selection, uint32_t pos, uint32_t uid,
	void *data)
{
	const struct handle *handle = data;

	(void)selection;
	play_event(handle->play, "%s expunged %u uid=%u", handle->name, pos,
		uid);
	believe(handle, mirror_expunged(handle->mirror, pos, uid), "expunged");
}

/* Told at once, and written as if one by one. */
static void on_vanished(struct selection *selection,
	const struct imap_seqset *uids, void *data)
{
	const struct handle *handle = data;

	for (guint i = handle->mirror->uids->len; i > 0; i--) {
		uint32_t uid = g_array_index(handle->mirror->uids, uint32_t,
			i - 1);

		if (imap_seqset_has(uids, uid))
			on_expunged(selection, i - 1, uid, data);
	}
}

static void on_vanished_earlier(struct selection *selection,
	const struct imap_seqset *uids, void *data)
{
	const struct handle *handle = data;
	char *text = imap_seqset_to_string(uids);

	(void)selection;
	play_event(handle->play, "%s vanished %s", handle->name, text);
	mirror_vanished(handle->mirror, uids);
	g_free(text);
}

static void tell_identified(const struct handle *handle, uint32_t first,
	const uint32_t *uids, uint32_t n)
{
	GString *text = g_string_new(NULL);

	for (uint32_t i = 0; i < n; i++)
		g_string_append_printf(text, "%s%u", i > 0 ? "," : "", uids[i]);
	play_event(handle->play, "%s identified %u %s", handle->name, first,
		text->str);
	believe(handle, mirror_identified(handle->mirror, first, uids, n),
		"identified");
	g_string_free(text, TRUE);
}

static void on_identified(struct selection *selection, uint32_t pos,
	uint32_t uid, void *data)
{
	(void)selection;
	tell_identified(data, pos, &uid, 1);
}

/* Runs of rows that had no UID yet. */
static void on_mapped(struct selection *selection, void *data)
{
	const struct handle *handle = data;
	GArray *known = handle->mirror->uids;
	uint32_t n = known->len, *uids = g_new0(uint32_t, n);

	believe(handle, selection_uids(selection, 0, n, uids) == n, "mapped");
	for (uint32_t first = 0, end; first < n; first = end + 1) {
		for (end = first; end < n && uids[end] != 0 &&
			g_array_index(known, uint32_t, end) == 0; end++)
			;
		if (end > first)
			tell_identified(handle, first, uids + first,
				end - first);
	}
	g_free(uids);
}

static void add_details(GString *text, const struct imap_details *details)
{
	if (details->email_id != NULL)
		g_string_append_printf(text, " emailid=%s", details->email_id);
	if (details->thread_id != NULL)
		g_string_append_printf(text, " threadid=%s",
			details->thread_id);
	if (details->has_save_date)
		g_string_append_printf(text, " savedate=%" G_GINT64_FORMAT,
			details->save_date);
	if (details->preview != NULL)
		g_string_append_printf(text, " preview=%s", details->preview);
	for (size_t i = 0; i < details->n_labels; i++)
		g_string_append_printf(text, "%s%s", i == 0 ? " labels=" : "|",
			details->labels[i]);
	if (details->gm_id != 0)
		g_string_append_printf(text, " gm=%" G_GUINT64_FORMAT
			"/%" G_GUINT64_FORMAT, details->gm_id,
			details->gm_thread);
}

static void on_fetched(struct selection *selection, uint32_t pos,
	const struct imap_fetch *fetch, void *data)
{
	const struct handle *handle = data;
	GString *text = g_string_new(NULL);

	(void)selection;
	for (unsigned bit = 1; bit < IMAP_FLAG_RECENT; bit <<= 1)
		if (fetch->has_flags && (fetch->flags.system & bit) != 0)
			g_string_append_printf(text, " %s",
				imap_flag_name((enum imap_flag)bit));
	for (size_t i = 0; fetch->has_flags && i < fetch->flags.n_keywords; i++)
		g_string_append_printf(text, " %s", fetch->flags.keywords[i]);
	believe(handle, mirror_fetched(handle->mirror, pos, fetch->uid,
		fetch->has_flags ? text->str : NULL), "fetched");
	if (fetch->has_envelope && fetch->envelope.subject != NULL)
		g_string_append_printf(text, " \"%s\"",
			fetch->envelope.subject);
	if (fetch->has_details)
		add_details(text, &fetch->details);
	play_event(handle->play, "%s fetched %d uid=%u%s", handle->name,
		(int)pos, fetch->uid, text->str);
	g_string_free(text, TRUE);
}

static void on_unseen(struct selection *selection,
	const struct imap_seqset *uids, void *data)
{
	const struct handle *handle = data;
	char *text = uids == NULL ? g_strdup("?") : imap_seqset_to_string(uids);

	(void)selection;
	play_event(handle->play, "%s unseen %s", handle->name, text);
	g_free(text);
}

static void on_synced(struct selection *selection, uint64_t mod_seq, void *data)
{
	const struct handle *handle = data;

	(void)selection;
	play_event(handle->play, "%s synced %" G_GUINT64_FORMAT, handle->name,
		mod_seq);
	handle->mirror->mod_seq = mod_seq;
}

static void on_selection_state(struct selection *selection,
	enum selection_state state, const char *text, void *data)
{
	const struct handle *handle = data;

	(void)selection;
	handle->mirror->is_gone = state == SELECTION_GONE;
	play_event(handle->play, "%s %s %s", handle->name,
		selection_states[state], text);
}

const struct selection_ops play_selection_ops = {
	.want_known = on_want_known,
	.opened = on_opened,
	.added = on_added,
	.expunged = on_expunged,
	.vanished = on_vanished,
	.vanished_earlier = on_vanished_earlier,
	.identified = on_identified,
	.mapped = on_mapped,
	.fetched = on_fetched,
	.unseen = on_unseen,
	.synced = on_synced,
	.state_changed = on_selection_state,
};

/* --- requests ------------------------------------------------------------- */

struct label *label_new(struct play *play, const char *name)
{
	struct label *label = g_new0(struct label, 1);
	struct outcome *outcome = g_new0(struct outcome, 1);

	outcome->name = g_strdup(name);
	outcome->is_of_before = !imapd_was_cut(play->imapd);
	outcome->octets = g_string_new(NULL);
	outcome->facts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		NULL);
	g_ptr_array_add(play->outcomes, outcome);
	label->play = play;
	label->name = g_strdup(name);
	label->outcome = outcome;
	return label;
}

void label_request(struct label *label, const struct session_request *request)
{
	label->outcome->is_reading = request->class->is_reading;
}

void outcome_free(gpointer data)
{
	struct outcome *outcome = data;

	g_free(outcome->name);
	g_string_free(outcome->octets, TRUE);
	g_hash_table_unref(outcome->facts);
	g_free(outcome);
}

void label_event(struct label *label, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	play_event(label->play, "%s", text);
	g_hash_table_add(label->outcome->facts, text);
}

void play_on_done(const struct imap_result *result, void *data)
{
	struct label *label = data;

	play_event(label->play, "done %s %s%s%s %s", label->name,
		outcomes[result->outcome], result->code != NULL ? " " : "",
		result->code != NULL ? result->code : "", result->text);
	label->outcome->how = result->outcome;
	label->outcome->n_ends++;
	g_hash_table_remove(label->play->requests, label->name);
	g_free(label->name);
	g_free(label);
}

void play_on_copied(const struct imap_result *result,
	const struct imap_copyuid *copyuid, void *data)
{
	struct label *label = data;

	for (guint i = 0; copyuid != NULL && i < copyuid->from->len; i++)
		label_event(label, "copied %u to %u",
			g_array_index(copyuid->from, uint32_t, i),
			g_array_index(copyuid->to, uint32_t, i));
	play_on_done(result, data);
}

void play_on_part(const struct imap_seqset *uids, void *data)
{
	struct label *label = data;
	char *text = imap_seqset_to_string(uids);

	play_event(label->play, "part %s", text);
	g_free(text);
}

void play_on_found(const struct imap_result *result,
	const struct imap_seqset *uids, void *data)
{
	char *text = imap_seqset_to_string(uids);

	label_event(data, "found %s", text);
	g_free(text);
	play_on_done(result, data);
}

void play_on_octets(uint32_t uid, const char *octets, size_t len, void *data)
{
	struct label *label = data;

	g_string_append_len(label->outcome->octets, octets, (gssize)len);
	play_event(label->play, "octets %u %.*s", uid, (int)MIN(len, 40),
		octets);
}

void play_on_listed(const struct imap_list *list, void *data)
{
	char *line = list_line(list);

	label_event(data, "%s", line);
	g_free(line);
}

void play_on_statused(const struct imap_status *status, void *data)
{
	char *line = status_line(status);

	label_event(data, "%s", line);
	g_free(line);
}
