/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plays tests/imap/<name>.txt: conversations between a session and a scripted
 * server, a test case each. tests/imap/README tells the language.
 */
#include "src/base/base.h"
#include "src/imap/date.h"
#include "src/imap/fetch.h"
#include "src/imap/list.h"
#include "src/imap/search.h"
#include "src/imap/seqset.h"
#include "src/imap/write.h"
#include "src/session/selection.h"
#include "src/session/session.h"
#include "src/session/timing.h"
#include "tests/imap/imapd.h"

#include <stdlib.h>

enum { PATIENCE_MS = 10000 };

struct known {
	uint32_t uid_validity, uid_next;
	uint64_t highest_mod_seq;
	char *uids;
	bool is_complete;
};

/* An open handle. */
struct handle {
	struct play *play;
	char *name;
	struct selection *selection;
};

struct play {
	const char *path;
	unsigned line;
	struct imapd *imapd;
	struct session *session;
	struct session_config config;
	char **disabled, **auth;
	GPtrArray *events;  /* of char * */
	guint next_event;
	GHashTable *tags;   /* "1" to "A7" */
	GHashTable *handles;
	GHashTable *known;  /* mailbox to struct known */
	GHashTable *requests; /* verb to struct session_request, not owned */
	char *secret;       /* given when asked; NULL: not answered */
	bool out_of_time;
};

struct label {
	struct play *play;
	char *name;
};

static void G_GNUC_PRINTF(2, 3) event(struct play *play, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(play->events, g_strdup_vprintf(format, args));
	va_end(args);
}

static void G_GNUC_PRINTF(2, 3) G_GNUC_NORETURN
fail(struct play *play, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	g_printerr("%s:%u: %s\n", play->path, play->line, text);
	for (guint i = 0; i < play->events->len; i++)
		g_printerr("# event: %s\n",
			(const char *)g_ptr_array_index(play->events, i));
	exit(1);
}

/* --- events ----------------------------------------------------------------------- */

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
	event(data, "session %s %s", session_states[state], text);
}

static void on_wants_secret(struct session *session, bool retry, void *data)
{
	struct play *play = data;

	event(play, "secret%s", retry ? " again" : "");
	if (!retry && play->secret != NULL)
		session_give_secret(session, play->secret);
}

static void on_alert(struct session *session, const char *text, void *data)
{
	(void)session;
	event(data, "alert %s", text);
}

static void on_status(struct session *session, const struct imap_status *status,
	void *data)
{
	(void)session;
	event(data, "status %s messages=%u unseen=%u next=%u", status->name,
		status->messages, status->unseen, status->uid_next);
}

static void on_list(struct session *session, const struct imap_list *list, void *data)
{
	const char *use = imap_mailbox_attribute_name(list->attributes &
		IMAP_MAILBOX_SPECIAL_USE);

	(void)session;
	event(data, "list %s%s%s%s%s", list->name,
		(list->attributes & IMAP_MAILBOX_SUBSCRIBED) != 0 ?
		" subscribed" : "",
		(list->attributes & IMAP_MAILBOX_NOSELECT) != 0 ?
		" noselect" : "",
		use != NULL ? " " : "", use != NULL ? use : "");
}

static const struct session_ops session_ops = {
	.state_changed = on_state,
	.wants_secret = on_wants_secret,
	.alert = on_alert,
	.status = on_status,
	.list = on_list,
};

static void on_want_known(struct selection *selection,
	struct selection_known *known_out, void *data)
{
	const struct handle *handle = data;
	const struct known *known = g_hash_table_lookup(handle->play->known,
		selection_mailbox(selection));

	if (known == NULL)
		return;
	known_out->uid_validity = known->uid_validity;
	known_out->uid_next = known->uid_next;
	known_out->highest_mod_seq = known->highest_mod_seq;
	known_out->uids_complete = known->is_complete;
	if (known->uids != NULL)
		g_assert_true(imap_seqset_parse(&known_out->uids, known->uids));
}

static void on_opened(struct selection *selection,
	const struct selection_info *info, void *data)
{
	const struct handle *handle = data;

	(void)selection;
	event(handle->play, "%s opened exists=%u validity=%u next=%u "
		"modseq=%" G_GUINT64_FORMAT "%s%s", handle->name, info->exists,
		info->uid_validity, info->uid_next, info->highest_mod_seq,
		info->read_only ? " read-only" : "",
		info->resynced ? " resynced" : "");
}

static void on_added(struct selection *selection, uint32_t n, void *data)
{
	const struct handle *handle = data;

	(void)selection;
	event(handle->play, "%s added %u", handle->name, n);
}

static void on_expunged(struct selection *selection, uint32_t pos, uint32_t uid,
	void *data)
{
	const struct handle *handle = data;

	(void)selection;
	event(handle->play, "%s expunged %u uid=%u", handle->name, pos, uid);
}

static void on_vanished(struct selection *selection,
	const struct imap_seqset *uids, void *data)
{
	const struct handle *handle = data;
	char *text = imap_seqset_to_string(uids);

	(void)selection;
	event(handle->play, "%s vanished %s", handle->name, text);
	g_free(text);
}

static void on_identified(struct selection *selection, uint32_t first,
	const uint32_t *uids, uint32_t n, void *data)
{
	const struct handle *handle = data;
	GString *text = g_string_new(NULL);

	(void)selection;
	for (uint32_t i = 0; i < n; i++)
		g_string_append_printf(text, "%s%u", i > 0 ? "," : "", uids[i]);
	event(handle->play, "%s identified %u %s", handle->name, first, text->str);
	g_string_free(text, TRUE);
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
	if (fetch->has_envelope && fetch->envelope.subject != NULL)
		g_string_append_printf(text, " \"%s\"", fetch->envelope.subject);
	event(handle->play, "%s fetched %d uid=%u%s", handle->name,
		(int)pos, fetch->uid, text->str);
	g_string_free(text, TRUE);
}

static void on_synced(struct selection *selection, uint64_t mod_seq, void *data)
{
	const struct handle *handle = data;

	(void)selection;
	event(handle->play, "%s synced %" G_GUINT64_FORMAT, handle->name, mod_seq);
}

static void on_selection_state(struct selection *selection,
	enum selection_state state, const char *text, void *data)
{
	const struct handle *handle = data;

	(void)selection;
	event(handle->play, "%s %s %s", handle->name,
		selection_states[state], text);
}

static const struct selection_ops selection_ops = {
	.want_known = on_want_known,
	.opened = on_opened,
	.added = on_added,
	.expunged = on_expunged,
	.vanished_earlier = on_vanished,
	.identified = on_identified,
	.fetched = on_fetched,
	.synced = on_synced,
	.state_changed = on_selection_state,
};

/* --- requests ----------------------------------------------------------------------- */

static struct label *label_new(struct play *play, const char *name)
{
	struct label *label = g_new0(struct label, 1);

	label->play = play;
	label->name = g_strdup(name);
	return label;
}

static void on_done(const struct imap_result *result, void *data)
{
	struct label *label = data;

	event(label->play, "done %s %s%s%s %s", label->name,
		outcomes[result->outcome], result->code != NULL ? " " : "",
		result->code != NULL ? result->code : "", result->text);
	g_hash_table_remove(label->play->requests, label->name);
	g_free(label->name);
	g_free(label);
}

static void on_copied(const struct imap_result *result,
	const struct imap_copyuid *copyuid, void *data)
{
	struct label *label = data;

	for (guint i = 0; copyuid != NULL && i < copyuid->from->len; i++)
		event(label->play, "copied %u to %u",
			g_array_index(copyuid->from, uint32_t, i),
			g_array_index(copyuid->to, uint32_t, i));
	on_done(result, data);
}

static void on_found(const struct imap_result *result,
	const struct imap_seqset *uids, void *data)
{
	struct label *label = data;
	char *text = imap_seqset_to_string(uids);

	event(label->play, "found %s", text);
	g_free(text);
	on_done(result, data);
}

static void on_octets(uint32_t uid, const char *octets, size_t len, void *data)
{
	struct label *label = data;

	event(label->play, "octets %u %.*s", uid, (int)MIN(len, 40), octets);
}

static void on_listed(const struct imap_list *list, void *data)
{
	on_list(NULL, list, ((struct label *)data)->play);
}

static void on_statused(const struct imap_status *status, void *data)
{
	on_status(NULL, status, ((struct label *)data)->play);
}

/* --- actions ------------------------------------------------------------------------ */

static struct selection *selection_named(struct play *play, const char *name)
{
	struct handle *handle = g_hash_table_lookup(play->handles, name);

	if (handle == NULL)
		fail(play, "no mailbox '%s' is open", name);
	return handle->selection;
}

static bool has_word(char **words, const char *word)
{
	return g_strv_contains((const char *const *)words, word);
}

static const char *value_of(char **words, const char *key, const char *otherwise)
{
	for (; *words != NULL; words++)
		if (g_str_has_prefix(*words, key) &&
			(*words)[strlen(key)] == '=')
			return *words + strlen(key) + 1;
	return otherwise;
}

static unsigned number_of(char **words, const char *key, unsigned otherwise)
{
	const char *value = value_of(words, key, NULL);

	return value != NULL ? (unsigned)strtoul(value, NULL, 10) : otherwise;
}

static void do_config(struct play *play, char **words)
{
	struct session_config *config = &play->config;
	const char *tls = value_of(words, "tls", "none");

	config->tls = strcmp(tls, "starttls") == 0 ? SESSION_TLS_STARTTLS :
		SESSION_TLS_NONE;
	config->idle = has_word(words, "idle");
	config->read_only = has_word(words, "read-only");
	config->reconnect = !has_word(words, "once");
	config->max_connections = number_of(words, "connections", 3);
	config->timeout_ms = number_of(words, "timeout", 60000);
	if (value_of(words, "disabled", NULL) != NULL)
		play->disabled = g_strsplit(value_of(words, "disabled", ""),
			",", -1);
	config->disabled = (const char *const *)play->disabled;
	if (has_word(words, "no-secret"))
		g_clear_pointer(&play->secret, g_free);
}

static void do_timing(struct play *play, char **words)
{
	struct session_timing *timing = &session_timing;

	(void)play;
	timing->idle_quiet_ms = number_of(words, "quiet", timing->idle_quiet_ms);
	timing->idle_renew_ms = number_of(words, "renew", timing->idle_renew_ms);
	timing->noop_ms = number_of(words, "noop", timing->noop_ms);
	timing->backoff_first_ms = number_of(words, "backoff", timing->backoff_first_ms);
	timing->probe_ms = number_of(words, "probe", timing->probe_ms);
	timing->beside_ms = number_of(words, "beside", timing->beside_ms);
}

static void do_connect(struct play *play, char **words)
{
	(void)words;
	if (play->session == NULL)
		play->session = session_new(&play->config, &session_ops, play);
	session_connect(play->session);
}

static void do_open(struct play *play, char **words)
{
	struct handle *handle = g_new0(struct handle, 1);

	handle->play = play;
	handle->name = g_strdup(value_of(words, "as", words[1]));
	handle->selection = selection_open(play->session, words[1],
		has_word(words, "read-only"), has_word(words, "beside"),
		number_of(words, "rows", 2), &selection_ops, handle);
	g_hash_table_insert(play->handles, handle->name, handle);
}

static void handle_free(gpointer data)
{
	struct handle *handle = data;

	selection_free(&handle->selection);
	g_free(handle->name);
	g_free(handle);
}

static void known_free(gpointer data)
{
	struct known *known = data;

	g_free(known->uids);
	g_free(known);
}

static void do_known(struct play *play, char **words)
{
	struct known *known = g_new0(struct known, 1);

	known->uid_validity = number_of(words, "validity", 0);
	known->uid_next = number_of(words, "next", 0);
	known->highest_mod_seq = number_of(words, "modseq", 0);
	known->uids = g_strdup(value_of(words, "uids", NULL));
	known->is_complete = has_word(words, "complete");
	g_hash_table_replace(play->known, g_strdup(words[1]), known);
}

/* What takes a set of UIDs: words are verb, handle, set, the rest. */
static struct session_request *request_on_set(struct play *play, char **words,
	struct label *label)
{
	struct selection *selection = selection_named(play, words[1]);
	struct session_request *request;
	struct imap_seqset set;

	imap_seqset_init(&set);
	if (!imap_seqset_parse(&set, words[2]))
		fail(play, "bad set '%s'", words[2]);
	if (strcmp(words[0], "fetch") == 0) {
		request = selection_fetch(selection, &set,
			has_word(words, "row") ? IMAP_FETCH_ROW : IMAP_FETCH_FLAGS,
			has_word(words, "sync") ? SESSION_SYNC :
			SESSION_INTERACTIVE, on_done, label);
	} else if (strcmp(words[0], "store") == 0) {
		const char *name = words[3] + 1;
		const char *keywords[] = { name, NULL };
		struct imap_flags flags = { .system =
			name[0] == '\\' ? imap_flag_from_name(name) : 0 };

		if (flags.system == 0) {
			flags.keywords = keywords;
			flags.n_keywords = 1;
		}
		request = selection_store(selection, &set, words[3][0] == '+',
			&flags, on_done, label);
	} else if (strcmp(words[0], "copy") == 0) {
		request = selection_copy(selection, &set, words[3], on_copied,
			label);
	} else if (strcmp(words[0], "move") == 0) {
		request = selection_move(selection, &set, words[3], on_copied,
			label);
	} else {
		request = selection_uid_expunge(selection, &set, on_done, label);
	}
	imap_seqset_release(&set);
	return request;
}

static struct session_request *request_on_selection(struct play *play,
	char **words, struct label *label)
{
	struct selection *selection = selection_named(play, words[1]);

	if (strcmp(words[0], "section") == 0)
		return selection_fetch_section(selection,
			(uint32_t)strtoul(words[2], NULL, 10),
			strcmp(words[3], "all") == 0 ? "" : words[3],
			number_of(words, "size", 0), SESSION_INTERACTIVE,
			on_octets, on_done, label);
	if (strcmp(words[0], "search") == 0)
		return selection_search(selection, imap_text_new("%a", words[2]),
			SESSION_INTERACTIVE, on_found, label);
	if (strcmp(words[0], "expunge-all") == 0)
		return selection_expunge_all(selection, on_done, label);
	return selection_poll(selection, on_done, label);
}

static struct session_request *request_on_session(struct play *play,
	char **words, struct label *label)
{
	struct session *session = play->session;
	const char *verb = words[0];

	if (strcmp(verb, "list") == 0)
		return session_list(session, has_word(words, "status"),
			on_listed, on_statused, on_done, label);
	if (strcmp(verb, "status") == 0)
		return session_status(session, words[1], SESSION_SYNC,
			on_statused, on_done, label);
	if (strcmp(verb, "create") == 0)
		return session_create(session, words[1], words[2], on_done, label);
	if (strcmp(verb, "rename") == 0)
		return session_rename(session, words[1], words[2], on_done, label);
	if (strcmp(verb, "delete") == 0)
		return session_delete(session, words[1], on_done, label);
	return session_subscribe(session, words[1],
		strcmp(verb, "subscribe") == 0, on_done, label);
}

static void do_request(struct play *play, char **words,
	struct session_request *(*make)(struct play *, char **, struct label *))
{
	struct label *label = label_new(play, words[0]);

	g_hash_table_replace(play->requests, g_strdup(words[0]),
		make(play, words, label));
}

static void do_set(struct play *play, char **words)
{
	do_request(play, words, request_on_set);
}

static void do_selection(struct play *play, char **words)
{
	do_request(play, words, request_on_selection);
}

static void do_session(struct play *play, char **words)
{
	do_request(play, words, request_on_session);
}

static void do_cancel(struct play *play, char **words)
{
	struct session_request *request =
		g_hash_table_lookup(play->requests, words[1]);

	if (request == NULL)
		fail(play, "no request '%s' is pending", words[1]);
	session_cancel(&request);
}

static void do_close(struct play *play, char **words)
{
	selection_named(play, words[1]);
	g_hash_table_remove(play->handles, words[1]);
}

static void do_secret(struct play *play, char **words)
{
	session_give_secret(play->session, words[1]);
}

static void do_drop(struct play *play, char **words)
{
	imapd_drop(play->imapd, words[1] != NULL ?
		(unsigned)strtoul(words[1], NULL, 10) :
		imapd_n_connections(play->imapd));
}

static void do_refuse(struct play *play, char **words)
{
	imapd_refuse(play->imapd, strcmp(words[1], "yes") == 0);
}

static void do_disconnect(struct play *play, char **words)
{
	(void)words;
	session_disconnect(play->session);
}

static void do_probe(struct play *play, char **words)
{
	(void)words;
	session_probe(play->session);
}

static void do_logout(struct play *play, char **words)
{
	session_logout(play->session, on_done, label_new(play, words[0]));
}

static void do_free(struct play *play, char **words)
{
	(void)words;
	g_hash_table_remove_all(play->handles);
	session_free(&play->session);
}

static const struct action {
	const char *name;
	void (*run)(struct play *play, char **words);
} actions[] = {
	{ "config", do_config }, { "timing", do_timing },
	{ "connect", do_connect }, { "disconnect", do_disconnect },
	{ "open", do_open }, { "close", do_close }, { "known", do_known },
	{ "fetch", do_set }, { "store", do_set }, { "copy", do_set },
	{ "move", do_set }, { "expunge", do_set },
	{ "section", do_selection }, { "search", do_selection },
	{ "poll", do_selection }, { "expunge-all", do_selection },
	{ "list", do_session }, { "status", do_session },
	{ "create", do_session }, { "rename", do_session },
	{ "delete", do_session }, { "subscribe", do_session },
	{ "unsubscribe", do_session },
	{ "cancel", do_cancel }, { "secret", do_secret },
	{ "drop", do_drop }, { "refuse", do_refuse }, { "probe", do_probe },
	{ "logout", do_logout }, { "free", do_free },
};

/* --- the script --------------------------------------------------------------------- */

static gboolean time_is_up(void *data)
{
	((struct play *)data)->out_of_time = true;
	return G_SOURCE_CONTINUE;
}

static char *replace_tags(struct play *play, const char *text)
{
	GString *out = g_string_new(NULL);

	for (; *text != '\0'; text++) {
		char key[2] = { text[0] == '$' ? text[1] : '\0', '\0' };
		const char *tag = key[0] != '\0' ?
			g_hash_table_lookup(play->tags, key) : NULL;

		if (tag != NULL) {
			g_string_append(out, tag);
			text++;
		} else {
			g_string_append_c(out, *text);
		}
	}
	return g_string_free(out, FALSE);
}

/* "\r\n" written so; "%{N}" is N octets of 'x'. */
static GString *unescape(const char *text)
{
	GString *out = g_string_new(NULL);

	for (; *text != '\0'; text++) {
		if (g_str_has_prefix(text, "\\r\\n")) {
			g_string_append(out, "\r\n");
			text += 3;
		} else if (g_str_has_prefix(text, "%{")) {
			char *end;
			gsize n = strtoul(text + 2, &end, 10);

			for (gsize i = 0; i < n; i++)
				g_string_append_c(out, 'x');
			text = end;
		} else {
			g_string_append_c(out, *text);
		}
	}
	return out;
}

static void server_says(struct play *play, unsigned number, const char *text,
	bool is_line)
{
	while (imapd_n_connections(play->imapd) < number && !play->out_of_time)
		g_main_context_iteration(NULL, TRUE);
	if (play->out_of_time)
		fail(play, "no connection %u", number);
	char *tagged = replace_tags(play, text);
	GString *octets = unescape(tagged);

	if (is_line)
		g_string_append(octets, "\r\n");
	imapd_send(play->imapd, number, octets->str, octets->len);
	g_string_free(octets, TRUE);
	g_free(tagged);
}

/* expected may hold "<any>", once. */
static bool matches(const char *line, const char *expected)
{
	const char *any = strstr(expected, "<any>");

	if (any == NULL)
		return strcmp(line, expected) == 0;
	size_t head = (size_t)(any - expected), tail = strlen(any + 5);

	return strlen(line) >= head + tail &&
		strncmp(line, expected, head) == 0 &&
		strcmp(line + strlen(line) - tail, any + 5) == 0;
}

static void compare_line(struct play *play, const char *line, const char *expected)
{
	if (expected[0] == '$' && expected[1] != '\0' && expected[2] == ' ') {
		const char *space = strchr(line, ' ');

		if (space == NULL)
			fail(play, "no tag in '%s'", line);
		g_hash_table_replace(play->tags, g_strndup(expected + 1, 1),
			g_strndup(line, (gsize)(space - line)));
		line = space + 1;
		expected += 3;
	}
	if (!matches(line, expected))
		fail(play, "the client said '%s'", line);
}

static void client_says(struct play *play, unsigned number, const char *expected)
{
	bool is_end = strcmp(expected, "<closed>") == 0;

	while (!play->out_of_time && !imapd_has_line(play->imapd, number) &&
		!imapd_is_closed(play->imapd, number))
		g_main_context_iteration(NULL, TRUE);
	char *line = imapd_take_line(play->imapd, number);

	if (line == NULL && !(is_end && imapd_is_closed(play->imapd, number)))
		fail(play, "%s", play->out_of_time ? "the client says nothing" :
			"the client has closed the connection");
	if (line != NULL && is_end)
		fail(play, "the client said '%s'", line);
	if (line != NULL)
		compare_line(play, line, expected);
	g_free(line);
}

static void event_follows(struct play *play, const char *expected)
{
	for (;;) {
		while (play->next_event < play->events->len) {
			const char *have = g_ptr_array_index(play->events,
				play->next_event++);

			if (matches(have, expected))
				return;
		}
		if (play->out_of_time)
			fail(play, "this did not happen");
		g_main_context_iteration(NULL, TRUE);
	}
}

static void event_never(struct play *play, const char *unexpected)
{
	/* What is due at once has its chance. */
	for (int i = 0; i < 20; i++)
		g_main_context_iteration(NULL, FALSE);
	for (guint i = 0; i < play->events->len; i++)
		if (matches(g_ptr_array_index(play->events, i), unexpected))
			fail(play, "this happened");
}

/* "! online CAP CAP": greeting and log-in, with these capabilities. */
static void go_online(struct play *play, unsigned number, const char *capabilities)
{
	char *ok = g_strdup_printf("$0 OK [CAPABILITY IMAP4rev1%s%s] in",
		capabilities[0] != '\0' ? " " : "", capabilities);

	server_says(play, number,
		"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello", true);
	client_says(play, number, "$0 AUTHENTICATE PLAIN AHVzZXIAcGFzcw==");
	server_says(play, number, ok, true);
	g_free(ok);
}

static void act(struct play *play, const char *text)
{
	char **words = g_strsplit(text, " ", -1);

	for (size_t i = 0; i < G_N_ELEMENTS(actions); i++) {
		if (strcmp(actions[i].name, words[0]) == 0) {
			actions[i].run(play, words);
			g_strfreev(words);
			return;
		}
	}
	fail(play, "unknown action '%s'", words[0]);
}

/* "S:", "S2:", "C:": the number, and what stands behind the colon. */
static unsigned connection_number(const char *line, const char **text_out)
{
	char *end = (char *)line + 1;
	unsigned number = (unsigned)strtoul(line + 1, &end, 10);

	*text_out = *end == ':' || *end == '-' ? end + 1 : end;
	if (**text_out == ' ')
		(*text_out)++;
	return number == 0 ? 1 : number;
}

static void play_line(struct play *play, const char *line)
{
	const char *text;
	unsigned number;

	switch (line[0]) {
	case '\0':
	case '#':
		return;
	case 'S':
		number = connection_number(line, &text);
		server_says(play, number, text, strchr(line, ':') != NULL &&
			strchr(line, ':') < text);
		return;
	case 'C':
		number = connection_number(line, &text);
		client_says(play, number, text);
		return;
	case '=':
		if (line[1] == '!')
			event_never(play, line + 3);
		else
			event_follows(play, line + 2);
		return;
	case '!':
		if (g_str_has_prefix(line, "! online")) {
			number = connection_number(line + 7, &text);
			go_online(play, number, text);
		} else {
			act(play, line + 2);
		}
		return;
	default:
		fail(play, "cannot read '%s'", line);
	}
}

static struct play *play_new(const char *path)
{
	struct play *play = g_new0(struct play, 1);

	play->path = path;
	play->imapd = imapd_new();
	play->events = g_ptr_array_new_with_free_func(g_free);
	play->tags = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	play->handles = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
		handle_free);
	play->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		known_free);
	play->requests = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		NULL);
	play->secret = g_strdup("pass");
	play->config = (struct session_config) {
		.name = "work", .host = "imap.example.org", .port = 143,
		.tls = SESSION_TLS_NONE, .user = "user", .max_connections = 3,
		.timeout_ms = 60000, .reconnect = true,
	};
	return play;
}

static void play_free(struct play *play)
{
	g_hash_table_unref(play->handles);
	session_free(&play->session);
	for (int i = 0; i < 20; i++)
		g_main_context_iteration(NULL, FALSE);
	imapd_free(&play->imapd);
	g_hash_table_unref(play->known);
	g_hash_table_unref(play->requests);
	g_hash_table_unref(play->tags);
	g_ptr_array_unref(play->events);
	g_strfreev(play->disabled);
	g_strfreev(play->auth);
	g_free(play->secret);
	g_free(play);
}

static void test_transcript(const void *path)
{
	const struct session_timing timing = session_timing;
	struct play *play = play_new(path);
	char *text, **lines;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	lines = g_strsplit(text, "\n", -1);
	guint patience = g_timeout_add(PATIENCE_MS, time_is_up, play);

	session_timing.backoff_first_ms = 1;
	for (char **line = lines; *line != NULL; line++) {
		play->line++;
		play_line(play, *line);
	}
	source_clear(&patience);
	play_free(play);
	session_timing = timing;
	g_strfreev(lines);
	g_free(text);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	const char *only = argc > 1 ? argv[1] : NULL;
	GDir *dir = g_dir_open("tests/imap", 0, NULL);
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	g_assert_nonnull(dir);
	while ((name = g_dir_read_name(dir)) != NULL) {
		if (!g_str_has_suffix(name, ".txt") ||
			(only != NULL && strcmp(only, name) != 0))
			continue;
		char *path = g_strdup_printf("tests/imap/%s", name);
		char *test = g_strdup_printf("/imap/%.*s",
			(int)strlen(name) - 4, name);

		g_ptr_array_add(paths, path);
		g_test_add_data_func(test, path, test_transcript);
		g_free(test);
	}
	g_dir_close(dir);
	int status = g_test_run();

	g_ptr_array_unref(paths);
	return status;
}
