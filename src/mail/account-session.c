/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The session of an account: made from its options, made anew when they were
 * changed while it was down, and answered when it asks about a certificate.
 */
#include "src/base/base.h"
#include "src/mail/account.h"
#include "src/base/error.h"
#include "src/mail/pin.h"
#include "src/mail/private.h"
#include "src/mail/url.h"
#include "src/net/connect.h"
#include "src/net/srv.h"
#include "src/net/tls.h"
#include "src/session/session.h"

/* Alerts of an account that are known to have been shown. */
enum { ALERTS_MAX = 32 };

/* --- its state ----------------------------------------------------------------- */

static void on_state_changed(struct session *session, enum session_state state,
	const char *text, const GError *error, void *data)
{
	static const enum account_state states[] = {
		[SESSION_OFFLINE] = ACCOUNT_OFFLINE,
		[SESSION_CONNECTING] = ACCOUNT_CONNECTING,
		[SESSION_ONLINE] = ACCOUNT_ONLINE,
		[SESSION_WAITING] = ACCOUNT_WAITING,
		[SESSION_FAILED] = ACCOUNT_FAILED,
	};
	struct account *account = data;
	bool is_news = account->state != states[state];

	(void)session;
	account_note_state(account, states[state], text, error);
	if (!is_news)
		return;
	for (guint i = account->open->len; i > 0; i--)
		sync_account_changed(account->open->pdata[i - 1]);
	if (state == SESSION_ONLINE) {
		account_list_start(account);
		ops_account_online(account);
		quota_account_online(account);
	}
}

/* Each connection is told the same at its log-in: a person needs it once. */
static bool is_news(struct account *account, const char *text)
{
	GQueue *alerts = &account->alerts;

	if (g_queue_find_custom(alerts, text, (GCompareFunc)strcmp) != NULL)
		return false;
	if (g_queue_get_length(alerts) >= ALERTS_MAX)
		g_free(g_queue_pop_head(alerts));
	g_queue_push_tail(alerts, g_strdup(text));
	return true;
}

static void on_alert(struct session *session, const char *text, void *data)
{
	struct account *account = data;

	(void)session;
	if (is_news(account, text))
		account_say(account, true, "the server says: %s", text);
}

/* --- certificates ------------------------------------------------------------------- */

static bool is_accepted(const struct account *account, const char *fingerprint)
{
	for (guint i = 0; i < account->accepted->len; i++)
		if (strcmp(account->accepted->pdata[i], fingerprint) == 0)
			return true;
	return false;
}

static void on_question_lost(void *data)
{
	struct account *account = data;

	account->question = NULL;
	if (account->ops->verdict_cancelled != NULL)
		account->ops->verdict_cancelled(account, account->data);
}

static void on_wants_verdict(struct session *session,
	struct tls_question *question, const struct tls_peer *peer, void *data)
{
	struct account *account = data;

	(void)session;
	if (is_accepted(account, peer->fingerprint)) {
		tls_answer(question, TLS_ACCEPT_ONCE);
		return;
	}
	if (mail.batch || account->ops->wants_verdict == NULL ||
		account->question != NULL) {
		tls_answer(question, TLS_REFUSE);
		return;
	}
	account->question = question;
	g_free(account->peer_pin);
	account->peer_pin = g_strdup(peer->fingerprint);
	tls_question_on_cancel(question, on_question_lost, account);
	account->ops->wants_verdict(account, peer, account->data);
}

void account_give_verdict(struct account *account, enum account_verdict verdict)
{
	struct tls_question *question = account->question;

	if (question == NULL)
		return;
	account->question = NULL;
	if (verdict != ACCOUNT_VERDICT_REFUSE)
		g_ptr_array_add(account->accepted, g_strdup(account->peer_pin));
	if (verdict == ACCOUNT_VERDICT_ALWAYS)
		pin_store(account, account->peer_pin);
	tls_answer(question, verdict == ACCOUNT_VERDICT_REFUSE ? TLS_REFUSE :
		TLS_ACCEPT_ONCE);
}

/* --- the session --------------------------------------------------------------------- */

static void on_status(struct session *session, const struct imap_status *status,
	void *data)
{
	(void)session;
	account_news_pushed(data, status);
}

/* What a person calls it. */
static const char *verb_words(const char *verb)
{
	static const struct {
		const char *verb, *words;
	} table[] = {
		{ "APPEND", "Storing" }, { "COPY", "Copying" },
		{ "CREATE", "Creating the mailbox" },
		{ "DELETE", "Deleting the mailbox" },
		{ "EXAMINE", "Opening" }, { "EXPUNGE", "Expunging" },
		{ "FETCH", "Loading" }, { "LIST", "Listing mailboxes" },
		{ "MOVE", "Moving" }, { "RENAME", "Renaming the mailbox" },
		{ "SEARCH", "Searching" }, { "SELECT", "Opening" },
		{ "SORT", "Sorting" }, { "STORE", "Changing flags" },
		{ "THREAD", "Threading" },
	};

	if (g_str_has_prefix(verb, "UID "))
		verb += strlen("UID ");
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
		if (strcmp(table[i].verb, verb) == 0)
			return table[i].words;
	return "The server works";
}

static void on_progress(struct session *session, const char *verb,
	uint64_t done, uint64_t goal, void *data)
{
	struct account *account = data;

	(void)session;
	if (account->ops->progress != NULL)
		account->ops->progress(account, verb == NULL ? NULL :
			verb_words(verb), done, goal, account->data);
}

static void on_list(struct session *session, const struct imap_list *list, void *data)
{
	(void)session;
	account_news_pushed_list(data, list);
}

static void on_quota(struct session *session, const struct imap_quota *quota,
	void *data)
{
	(void)session;
	quota_note(data, quota);
}

static const struct session_ops session_ops = {
	.state_changed = on_state_changed,
	.wants_secret = account_wants_secret,
	.wants_token = account_wants_token,
	.learned = account_learned,
	.wants_verdict = on_wants_verdict,
	.alert = on_alert,
	.progress = on_progress,
	.status = on_status,
	.list = on_list,
	.quota = on_quota,
};

static char **split_command(const char *command)
{
	char **argv = NULL;

	if (command != NULL && command[0] != '\0')
		g_shell_parse_argv(command, NULL, &argv, NULL);
	return argv;
}

static void add_words(GString *text, const char *const *words)
{
	for (size_t i = 0; words != NULL && words[i] != NULL; i++)
		g_string_append_printf(text, "%s\n", words[i]);
	g_string_append_c(text, '\n');
}

/* All that a session is made from, to see whether it changed. */
static char *describe_options(const struct options *options)
{
	const char *const texts[] = { options->url, options->user,
		options->tls_ca_file, options->tls_client_cert,
		options->tls_client_key, options->tunnel, options->proxy,
		options->token_command };
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_string_append_printf(text, "%s\n",
			texts[i] != NULL ? texts[i] : "");
	add_words(text, options->auth);
	add_words(text, options->tls_pin);
	add_words(text, options->imap_disable);
	g_string_append_printf(text, "%d %d %d %d %d %d %d",
		(int)options->tls, (int)options->imap_connections,
		(int)options->timeout_ms, (int)options->imap_idle,
		(int)options->imap_uidonly, (int)options->imap_compress,
		account_is_token_only(options));
	return g_string_free(text, FALSE);
}

static void make_now(struct account *account)
{
	const struct options *options = account->options;
	char **tunnel = split_command(options->tunnel);
	struct session_config config = {
		.name = account->name,
		.host = account->host,
		.port = account->port,
		.tls = (enum session_tls)account->tls,
		.user = account->user,
		.acts_as = account->is_user_given ? account->user : NULL,
		.auth = options->auth,
		.tls_ca_file = options->tls_ca_file,
		.tls_client_cert = options->tls_client_cert,
		.tls_client_key = options->tls_client_key,
		.tunnel = (const char *const *)tunnel,
		.proxy = options->proxy,
		.has_token = options->token_command != NULL,
		.token_only = account_is_token_only(options),
		.compress = (enum session_compress)options->imap_compress,
		.disabled = options->imap_disable,
		.max_connections = (unsigned)options->imap_connections,
		.timeout_ms = (unsigned)options->timeout_ms,
		.idle = options->imap_idle,
		.uid_only = options->imap_uidonly,
		.read_only = mail.read_only,
		.reconnect = !mail.batch,
	};

	g_free(account->made_from);
	account->made_from = describe_options(options);
	g_strfreev(account->pins);
	account->pins = pin_load(account);
	config.tls_pins = (const char *const *)account->pins;
	account->session = session_new(&config, &session_ops, account);
	account_recall(account);
	g_strfreev(tunnel);
	for (guint i = 0; i < account->open->len; i++)
		sync_account_changed(account->open->pdata[i]);
}

static void on_srv(const char *host, unsigned port, bool implicit_tls,
	const GError *error, void *data)
{
	struct account *account = data;
	char *domain = account->host;

	(void)error;
	account->srv = NULL;
	account->needs_srv = false;
	if (host != NULL) {
		account->host = g_strdup(host);
		account->port = port;
		account->tls = implicit_tls ? SESSION_TLS_IMPLICIT :
			SESSION_TLS_STARTTLS;
	} else {
		account->host = g_strconcat("imap.", domain, NULL);
	}
	g_free(domain);
	make_now(account);
	session_connect(account->session);
}

void account_make_session(struct account *account)
{
	if (!account->needs_srv)
		make_now(account);
}

struct session *account_session(const struct account *account)
{
	return account->session;
}

/* Options that were set since take effect when it connects anew. */
static void remake_session(struct account *account)
{
	char *now = describe_options(account->options);
	bool has_changed = strcmp(now, account->made_from) != 0;
	GError *error = NULL;

	g_free(now);
	if (!has_changed)
		return;
	if (!account_use_url(account, &error)) {
		account_say(account, true, "%s", error->message);
		g_error_free(error);
		return;
	}
	for (guint i = 0; i < account->open->len; i++)
		sync_detach(account->open->pdata[i]);
	account_forget_secrets(account);
	session_free(&account->session);
	g_clear_error(&account->error);
	account_note_state(account, ACCOUNT_OFFLINE, "not connected", NULL);
	account_make_session(account);
}

void account_connect(struct account *account)
{
	if (account->session != NULL && (account->state == ACCOUNT_OFFLINE ||
		account->state == ACCOUNT_FAILED))
		remake_session(account);
	if (account->session != NULL) {
		session_connect(account->session);
	} else if (account->needs_srv && account->srv == NULL) {
		account_note_state(account, ACCOUNT_CONNECTING,
			"looking for the mail server", NULL);
		account->srv = srv_lookup(account->host, on_srv, account);
	}
}

void account_reconnect(struct account *account)
{
	account_connect(account);
}

void account_disconnect(struct account *account)
{
	srv_cancel(&account->srv);
	if (account->session != NULL)
		session_disconnect(account->session);
	else
		account_note_state(account, ACCOUNT_OFFLINE, "offline", NULL);
}

void account_probe(struct account *account)
{
	if (account->session != NULL)
		session_probe(account->session);
}

/* --- where the server is ------------------------------------------------------ */

static bool choose_tls(struct account *account, const struct mail_url *url,
	GError **error)
{
	enum { TLS_OPTION_REQUIRED, TLS_OPTION_NONE };

	account->tls = url->is_starttls ? SESSION_TLS_STARTTLS :
		SESSION_TLS_IMPLICIT;
	if (account->options->tunnel != NULL) {
		account->tls = SESSION_TLS_NONE;
		return true;
	}
	if (account->options->tls != TLS_OPTION_NONE || !url->is_starttls)
		return true;
	if (!connect_host_is_loopback(url->host)) {
		g_set_error(error, MAIL_ERROR, MAIL_ERROR_URL,
			"'tls = none' is accepted for an address of this "
			"computer only, not for '%s'", url->host);
		return false;
	}
	account->tls = SESSION_TLS_NONE;
	return true;
}

bool account_use_url(struct account *account, GError **error)
{
	const struct options *options = account->options;
	const char *text = options->url;
	struct mail_url url;

	if (text == NULL && options->tunnel != NULL)
		text = "imap://localhost/";
	if (text == NULL) {
		g_set_error(error, MAIL_ERROR, MAIL_ERROR_URL,
			"account '%s' has no url; see url in culverrc(5)",
			account->name);
		return false;
	}
	if (!mail_url_parse(text, &url, error))
		return false;
	if (!choose_tls(account, &url, error)) {
		mail_url_release(&url);
		return false;
	}
	g_free(account->host);
	g_free(account->user);
	/* With a proxy the local resolver is asked for nothing. */
	account->host = url.needs_srv && options->proxy != NULL ?
		g_strconcat("imap.", url.host, NULL) : g_strdup(url.host);
	account->port = url.port;
	account->needs_srv = url.needs_srv && options->tunnel == NULL &&
		options->proxy == NULL;
	account->user = g_strdup(url.user != NULL && !url.needs_srv ? url.user :
		options->user != NULL ? options->user :
		url.user != NULL ? url.user : g_get_user_name());
	account->is_user_given = url.user != NULL || options->user != NULL;
	mail_url_release(&url);
	return true;
}
