/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "! ACTION": the calls that a transcript makes. */
#include "src/base/base.h"
#include "tests/imap/mirror.h"
#include "tests/imap/play.h"
#include "src/imap/fetch.h"
#include "src/imap/seqset.h"
#include "src/imap/write.h"
#include "src/session/timing.h"
#include "tests/imap/imapd.h"

#include <stdlib.h>

/* --- actions -------------------------------------------------------------- */

struct selection *play_selection(struct play *play, const char *name)
{
	struct handle *handle = g_hash_table_lookup(play->handles, name);

	if (handle == NULL)
		play_fail(play, "no mailbox '%s' is open", name);
	return handle->selection;
}

bool words_have(char **words, const char *word)
{
	return g_strv_contains((const char *const *)words, word);
}

const char *words_value(char **words, const char *key, const char *otherwise)
{
	for (; *words != NULL; words++)
		if (g_str_has_prefix(*words, key) &&
			(*words)[strlen(key)] == '=')
			return *words + strlen(key) + 1;
	return otherwise;
}

unsigned words_number(char **words, const char *key, unsigned otherwise)
{
	const char *value = words_value(words, key, NULL);

	return value != NULL ? (unsigned)strtoul(value, NULL, 10) : otherwise;
}

static void do_config(struct play *play, char **words)
{
	struct session_config *config = &play->config;
	const char *tls = words_value(words, "tls", "none");

	config->tls = strcmp(tls, "starttls") == 0 ? SESSION_TLS_STARTTLS :
		SESSION_TLS_NONE;
	config->idle = words_have(words, "idle");
	config->uid_only = words_have(words, "uid-only");
	config->read_only = words_have(words, "read-only");
	config->reconnect = !words_have(words, "once");
	config->max_connections = words_number(words, "connections", 3);
	config->timeout_ms = words_number(words, "timeout", 60000);
	if (words_value(words, "disabled", NULL) != NULL)
		play->disabled = g_strsplit(words_value(words, "disabled", ""),
			",", -1);
	config->disabled = (const char *const *)play->disabled;
	if (words_have(words, "no-secret"))
		g_clear_pointer(&play->secret, g_free);
}

static void do_timing(struct play *play, char **words)
{
	struct session_timing *timing = &session_timing;

	(void)play;
	timing->idle_quiet_ms = words_number(words, "quiet",
		timing->idle_quiet_ms);
	timing->idle_renew_ms = words_number(words, "renew",
		timing->idle_renew_ms);
	timing->noop_ms = words_number(words, "noop", timing->noop_ms);
	timing->notify_ms = words_number(words, "notify", timing->notify_ms);
	timing->backoff_first_ms = words_number(words, "backoff",
		timing->backoff_first_ms);
	timing->probe_ms = words_number(words, "probe", timing->probe_ms);
	timing->beside_ms = words_number(words, "beside", timing->beside_ms);
}

static void do_connect(struct play *play, char **words)
{
	(void)words;
	if (play->session == NULL)
		play->session = session_new(&play->config, &play_session_ops,
			play);
	session_connect(play->session);
}

static void do_open(struct play *play, char **words)
{
	struct handle *handle = g_new0(struct handle, 1);

	handle->play = play;
	handle->mirror = mirror_new();
	handle->name = g_strdup(words_value(words, "as", words[1]));
	handle->selection = selection_open(play->session, words[1],
		words_have(words, "read-only"), words_have(words, "beside"),
		words_number(words, "rows", 2), &play_selection_ops, handle);
	g_hash_table_insert(play->handles, handle->name, handle);
}

void handle_free(gpointer data)
{
	struct handle *handle = data;

	g_hash_table_replace(handle->play->left,
		g_strdup(selection_mailbox(handle->selection)),
		handle->mirror);
	selection_free(&handle->selection);
	g_free(handle->name);
	g_free(handle);
}

void known_free(gpointer data)
{
	struct known *known = data;

	g_free(known->uids);
	g_free(known);
}

static void do_known(struct play *play, char **words)
{
	struct known *known = g_new0(struct known, 1);

	known->uid_validity = words_number(words, "validity", 0);
	known->uid_next = words_number(words, "next", 0);
	known->highest_mod_seq = words_number(words, "modseq", 0);
	known->uids = g_strdup(words_value(words, "uids", NULL));
	known->is_complete = words_have(words, "complete");
	known->wants_unseen = words_have(words, "unseen");
	g_hash_table_replace(play->known, g_strdup(words[1]), known);
}

/* What takes a set of UIDs: words are verb, handle, set, the rest. */
static struct session_request *request_on_set(struct play *play, char **words,
	struct label *label)
{
	struct selection *selection = play_selection(play, words[1]);
	struct session_request *request;
	struct imap_seqset set;

	imap_seqset_init(&set);
	if (!imap_seqset_parse(&set, words[2]))
		play_fail(play, "bad set '%s'", words[2]);
	if (strcmp(words[0], "fetch") == 0) {
		request = selection_fetch(selection, &set,
			words_have(words,
			"row") ? IMAP_FETCH_ROW : IMAP_FETCH_FLAGS,
			words_have(words, "sync") ? SESSION_SYNC :
			SESSION_INTERACTIVE, play_on_done, label);
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
			&flags, play_on_done, label);
	} else if (strcmp(words[0], "copy") == 0) {
		request = selection_copy(selection, &set, words[3],
			play_on_copied,
			label);
	} else if (strcmp(words[0], "move") == 0) {
		request = selection_move(selection, &set, words[3],
			play_on_copied,
			label);
	} else {
		request = selection_uid_expunge(selection, &set, play_on_done,
			label);
	}
	if (words_have(words, "parts"))
		selection_tell_parts(request, play_on_part);
	imap_seqset_release(&set);
	return request;
}

static struct session_request *request_on_selection(struct play *play,
	char **words, struct label *label)
{
	struct selection *selection = play_selection(play, words[1]);

	if (strcmp(words[0], "binary") == 0)
		return selection_fetch_binary(selection,
			(uint32_t)strtoul(words[2], NULL, 10), words[3],
			words_number(words, "size", 0), SESSION_INTERACTIVE,
			play_on_octets, play_on_done, label);
	if (strcmp(words[0], "section") == 0)
		return selection_fetch_section(selection,
			(uint32_t)strtoul(words[2], NULL, 10),
			strcmp(words[3], "all") == 0 ? "" : words[3],
			words_number(words, "size", 0), SESSION_INTERACTIVE,
			play_on_octets, play_on_done, label);
	if (strcmp(words[0], "search") == 0)
		return selection_search(selection, imap_text_new("%a",
			words[2]),
			SESSION_INTERACTIVE, play_on_found, label);
	if (strcmp(words[0], "expunge-all") == 0)
		return selection_expunge_all(selection, play_on_done, label);
	return selection_poll(selection, play_on_done, label);
}

static struct session_request *request_on_session(struct play *play,
	char **words, struct label *label)
{
	struct session *session = play->session;
	const char *verb = words[0];

	if (strcmp(verb, "status") == 0)
		return session_status(session, words[1], SESSION_SYNC,
			play_on_statused, play_on_done, label);
	if (strcmp(verb, "create") == 0)
		return session_create(session, words[1], words[2], play_on_done,
			label);
	if (strcmp(verb, "rename") == 0)
		return session_rename(session, words[1], words[2], play_on_done,
			label);
	if (strcmp(verb, "delete") == 0)
		return session_delete(session, words[1], play_on_done, label);
	return session_subscribe(session, words[1],
		strcmp(verb, "subscribe") == 0, play_on_done, label);
}

void play_request(struct play *play, char **words,
	struct session_request *(*make)(struct play *, char **, struct label *))
{
	struct label *label = label_new(play, words[0]);
	struct session_request *request = make(play, words, label);

	label_request(label, request);
	g_hash_table_replace(play->requests, g_strdup(words[0]), request);
}

static void do_set(struct play *play, char **words)
{
	play_request(play, words, request_on_set);
}

static void do_selection(struct play *play, char **words)
{
	play_request(play, words, request_on_selection);
}

static void do_session(struct play *play, char **words)
{
	play_request(play, words, request_on_session);
}

/* NULL: one that was cut off has ended by then. */
static struct session_request *pending(struct play *play, const char *name)
{
	struct session_request *request =
		g_hash_table_lookup(play->requests, name);

	if (request == NULL && !imapd_was_cut(play->imapd))
		play_fail(play, "no request '%s' is pending", name);
	return request;
}

static void do_cancel(struct play *play, char **words)
{
	struct session_request *request = pending(play, words[1]);

	session_cancel(&request);
}

static void do_stop(struct play *play, char **words)
{
	struct session_request *request = pending(play, words[1]);

	struct imap_seqset left;
	char *text;

	if (request == NULL)
		return;
	imap_seqset_init(&left);
	selection_stop(request, &left);
	text = imap_seqset_to_string(&left);
	play_event(play, "left %s", text);
	g_free(text);
	imap_seqset_release(&left);
}

static void do_close(struct play *play, char **words)
{
	play_selection(play, words[1]);
	g_hash_table_remove(play->handles, words[1]);
}

static void do_secret(struct play *play, char **words)
{
	play->wants_secret = false;
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
	session_logout(play->session, play_on_done, label_new(play, words[0]));
}

static void do_free(struct play *play, char **words)
{
	(void)words;
	g_hash_table_remove_all(play->handles);
	session_free(&play->session);
}

static const struct play_action general[] = {
	{ "config", do_config }, { "timing", do_timing },
	{ "connect", do_connect }, { "disconnect", do_disconnect },
	{ "open", do_open }, { "close", do_close }, { "known", do_known },
	{ "fetch", do_set }, { "store", do_set }, { "copy", do_set },
	{ "move", do_set }, { "expunge", do_set },
	{ "section", do_selection }, { "binary", do_selection },
	{ "search", do_selection },
	{ "poll", do_selection }, { "expunge-all", do_selection },
	{ "status", do_session },
	{ "create", do_session }, { "rename", do_session },
	{ "delete", do_session }, { "subscribe", do_session },
	{ "unsubscribe", do_session },
	{ "cancel", do_cancel }, { "stop", do_stop },
	{ "secret", do_secret },
	{ "probe", do_probe }, { "logout", do_logout }, { "free", do_free },
	{ NULL, NULL },
};

static const struct play_action network[] = {
	{ "drop", do_drop }, { "refuse", do_refuse }, { NULL, NULL },
};

static const struct play_action *const tables[] = {
	general, network, play_folder_actions, play_account_actions,
	play_append_actions, play_signin_actions, play_signin_network,
	play_transport_actions, play_transport_network,
	play_find_actions,
	play_state_actions,
};
/* Those of them that no user does. */
static const struct play_action *const network_tables[] = {
	network, play_signin_network, play_transport_network,
};

static const struct play_action *find(const struct play_action *const *in,
	size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		for (const struct play_action *a = in[i]; a->name != NULL; a++)
			if (strcmp(a->name, name) == 0)
				return a;
	return NULL;
}

bool play_is_network(const char *text)
{
	char *name = g_strndup(text, strcspn(text, " "));
	bool is_found = find(network_tables, G_N_ELEMENTS(network_tables),
		name) != NULL;

	g_free(name);
	return is_found;
}

void play_act(struct play *play, const char *text)
{
	char **words = g_strsplit(text, " ", -1);
	const struct play_action *action = find(tables, G_N_ELEMENTS(tables),
		words[0]);

	if (action == NULL)
		play_fail(play, "unknown action '%s'", words[0]);
	action->run(play, words);
	g_strfreev(words);
}
