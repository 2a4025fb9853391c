/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The room as a whole, and accounts: made from options, connected through a
 * session, asked for secrets and certificates. The folder list is in
 * account-list.c, pins of certificates are in pin.c.
 */
#include "src/base/base.h"
#include "src/mail/account.h"
#include "src/base/error.h"
#include "src/base/worker.h"
#include "src/cache/cache.h"
#include "src/cache/journal.h"
#include "src/mail/op.h"
#include "src/mail/pin.h"
#include "src/mail/private.h"
#include "src/mail/url.h"
#include "src/mime/header.h"
#include "src/net/connect.h"
#include "src/net/secret.h"
#include "src/net/tls.h"
#include "src/session/session.h"

struct mail_globals mail;

/* --- the room ---------------------------------------------------------------- */

static unsigned charset_listener;

static void apply_charset(const struct option_row *row, struct option_set *set,
	void *data)
{
	const struct options *options = options_values(options_global());
	char *joined;

	(void)row;
	(void)set;
	(void)data;
	if (options->assumed_charset == NULL)
		return;
	joined = g_strjoinv(":", (char **)options->assumed_charset);
	mime_set_assumed_charset(joined);
	g_free(joined);
}

void mail_init(const struct mail_config *config)
{
	mail.cache_dir = g_strdup(config->cache_dir);
	mail.state_dir = g_strdup(config->state_dir);
	mail.read_only = config->read_only;
	mail.batch = config->batch;
	mail.accounts = g_ptr_array_new();
	mail.worker = worker_new("mail");
	charset_listener = option_listen("assumed_charset", apply_charset, NULL);
	apply_charset(NULL, NULL, NULL);
	ops_init();
	actions_init();
}

static void account_free(struct account *account)
{
	while (account->open->len > 0)
		mailbox_destroy(account->open->pdata[account->open->len - 1]);
	account_list_stop(account);
	connect_cancel(&account->srv);
	secret_cancel(&account->secret_command);
	session_free(&account->session);
	cache_close(&account->cache);
	source_clear(&account->status_timer);
	source_clear(&account->told);
	mailbox_tree_free(&account->tree);
	g_ptr_array_free(account->open, TRUE);
	g_ptr_array_free(account->requests, TRUE);
	g_ptr_array_free(account->accepted, TRUE);
	g_strfreev(account->pins);
	g_free(account->peer_pin);
	g_clear_error(&account->error);
	g_free(account->state_text);
	g_free(account->state_line);
	g_free(account->user);
	g_free(account->host);
	g_free(account->name);
	g_free(account);
}

/* Requests that are under way end here, while those who asked are there. */
static void end_session(struct account *account)
{
	for (guint i = 0; i < account->open->len; i++) {
		struct mailbox *mailbox = account->open->pdata[i];

		selection_free(&mailbox->selection);
	}
	session_free(&account->session);
}

void mail_release(void)
{
	mail.is_releasing = true;
	for (guint i = 0; i < mail.accounts->len; i++)
		end_session(mail.accounts->pdata[i]);
	worker_flush(mail.worker);
	actions_release();
	ops_release();
	while (mail.accounts->len > 0) {
		struct account *last =
			mail.accounts->pdata[mail.accounts->len - 1];

		g_ptr_array_remove(mail.accounts, last);
		account_free(last);
	}
	option_unlisten(charset_listener);
	worker_free(&mail.worker);
	g_ptr_array_free(mail.accounts, TRUE);
	g_free(mail.cache_dir);
	g_free(mail.state_dir);
	mail = (struct mail_globals){ 0 };
}

/* --- telling whom it concerns ------------------------------------------------- */

static gboolean tell(gpointer data)
{
	struct account *account = data;
	bool mailboxes = account->mailboxes_told, state = account->state_told;

	account->told = 0;
	account->mailboxes_told = account->state_told = false;
	if (state && account->ops->state_changed != NULL)
		account->ops->state_changed(account, account->data);
	if (mailboxes && account->ops->mailboxes_changed != NULL)
		account->ops->mailboxes_changed(account, account->data);
	return G_SOURCE_REMOVE;
}

static void schedule_tell(struct account *account)
{
	if (account->told == 0)
		account->told = g_idle_add_full(G_PRIORITY_DEFAULT, tell,
			account, NULL);
}

void account_mailboxes_changed(struct account *account)
{
	account->mailboxes_told = true;
	schedule_tell(account);
}

void account_say(struct account *account, bool is_alert, const char *format, ...)
{
	va_list args;
	char *text;

	if (account->ops->message == NULL)
		return;
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	account->ops->message(account, is_alert, text, account->data);
	g_free(text);
}

/* --- state ------------------------------------------------------------------------ */

static void note_state(struct account *account, enum account_state state,
	const char *text, const GError *error)
{
	bool was_up = account->state == ACCOUNT_ONLINE;

	if (account->state != state &&
		(state == ACCOUNT_WAITING || state == ACCOUNT_FAILED) &&
		(was_up || account->offline_since == 0))
		account->offline_since = g_get_real_time() / G_USEC_PER_SEC;
	account->state = state;
	g_free(account->state_text);
	account->state_text = g_strdup(text != NULL ? text : "");
	if (state == ACCOUNT_ONLINE) {
		account->offline_since = 0;
		g_clear_error(&account->error);
	}
	if (error != NULL) {
		g_clear_error(&account->error);
		account->error = g_error_copy(error);
	}
	account->state_told = true;
	schedule_tell(account);
}

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
	note_state(account, states[state], text, error);
	if (!is_news)
		return;
	for (guint i = account->open->len; i > 0; i--)
		sync_account_changed(account->open->pdata[i - 1]);
	if (state == SESSION_ONLINE) {
		account_list_start(account);
		ops_account_online(account);
	}
}

static void on_alert(struct session *session, const char *text, void *data)
{
	(void)session;
	account_say(data, true, "%s", text);
}

/* --- secrets ------------------------------------------------------------------------ */

static void ask_person(struct account *account, bool retry)
{
	if (mail.batch || account->ops->wants_secret == NULL)
		session_give_secret(account->session, NULL);
	else
		account->ops->wants_secret(account, retry, account->data);
}

static void on_secret(const char *text, const GError *error, void *data)
{
	struct account *account = data;

	account->secret_command = NULL;
	if (text != NULL) {
		session_give_secret(account->session, text);
		return;
	}
	account_say(account, true, "%s", error->message);
	ask_person(account, false);
}

static void on_wants_secret(struct session *session, bool retry, void *data)
{
	struct account *account = data;
	const struct options *options = account->options;

	if (!retry && options->password != NULL)
		session_give_secret(session, options->password);
	else if (!retry && options->password_command != NULL) {
		secret_cancel(&account->secret_command);
		account->secret_command = secret_run(options->password_command,
			(unsigned)options->timeout_ms, on_secret, account);
	} else {
		ask_person(account, retry);
	}
}

void account_give_secret(struct account *account, const char *secret)
{
	if (account->session != NULL)
		session_give_secret(account->session, secret);
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
	account_list_status(data, status);
}

static void on_list(struct session *session, const struct imap_list *list, void *data)
{
	(void)session;
	account_list_add(data, list);
}

static const struct session_ops session_ops = {
	.state_changed = on_state_changed,
	.wants_secret = on_wants_secret,
	.wants_verdict = on_wants_verdict,
	.alert = on_alert,
	.status = on_status,
	.list = on_list,
};

static char **split_command(const char *command)
{
	char **argv = NULL;

	if (command != NULL && command[0] != '\0')
		g_shell_parse_argv(command, NULL, &argv, NULL);
	return argv;
}

static void make_session(struct account *account)
{
	const struct options *options = account->options;
	char **tunnel = split_command(options->tunnel);
	struct session_config config = {
		.name = account->name,
		.host = account->host,
		.port = account->port,
		.tls = (enum session_tls)account->tls,
		.user = account->user,
		.auth = options->auth,
		.tls_ca_file = options->tls_ca_file,
		.tls_client_cert = options->tls_client_cert,
		.tls_client_key = options->tls_client_key,
		.tunnel = (const char *const *)tunnel,
		.disabled = options->imap_disable,
		.max_connections = (unsigned)options->imap_connections,
		.timeout_ms = (unsigned)options->timeout_ms,
		.idle = options->imap_idle,
		.read_only = mail.read_only,
		.reconnect = !mail.batch,
	};

	g_strfreev(account->pins);
	account->pins = pin_load(account);
	config.tls_pins = (const char *const *)account->pins;
	account->session = session_new(&config, &session_ops, account);
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
	make_session(account);
	session_connect(account->session);
}

struct session *account_session(const struct account *account)
{
	return account->session;
}

void account_connect(struct account *account)
{
	if (account->session != NULL) {
		session_connect(account->session);
	} else if (account->needs_srv && account->srv == NULL) {
		note_state(account, ACCOUNT_CONNECTING,
			"looking for the mail server", NULL);
		account->srv = connect_lookup_srv(account->host, on_srv, account);
	}
}

void account_reconnect(struct account *account)
{
	account_connect(account);
}

void account_disconnect(struct account *account)
{
	connect_cancel(&account->srv);
	if (account->session != NULL)
		session_disconnect(account->session);
	else
		note_state(account, ACCOUNT_OFFLINE, "offline", NULL);
}

void account_probe(struct account *account)
{
	if (account->session != NULL)
		session_probe(account->session);
}

/* --- making ---------------------------------------------------------------------------- */

static void on_cache_problem(const GError *error, void *data)
{
	account_say(data, false, "%s", error->message);
}

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
	if (!mail_host_is_loopback(url->host)) {
		g_set_error(error, MAIL_ERROR, MAIL_ERROR_URL,
			"'tls = none' is accepted for an address of this "
			"computer only, not for '%s'", url->host);
		return false;
	}
	account->tls = SESSION_TLS_NONE;
	return true;
}

static bool use_url(struct account *account, GError **error)
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
	account->host = g_strdup(url.host);
	account->port = url.port;
	account->needs_srv = url.needs_srv && options->tunnel == NULL;
	account->user = g_strdup(url.user != NULL && !url.needs_srv ? url.user :
		options->user != NULL ? options->user :
		url.user != NULL ? url.user : g_get_user_name());
	mail_url_release(&url);
	return true;
}

static void free_unborn(struct account *account)
{
	g_free(account->user);
	g_free(account->host);
	g_free(account->name);
	g_free(account);
}

struct account *account_new(const char *name, const struct account_ops *ops, void *data, GError **error)
{
	struct account *account = g_new0(struct account, 1);

	account->name = g_strdup(name);
	account->ops = ops;
	account->data = data;
	account->options = options_values(options_account(name));
	if (!use_url(account, error)) {
		free_unborn(account);
		return NULL;
	}
	account->open = g_ptr_array_new();
	account->requests = g_ptr_array_new();
	account->accepted = g_ptr_array_new_with_free_func(g_free);
	account->tree = mailbox_tree_new();
	account->state_text = g_strdup("not connected");
	account->cache = cache_open(mail.cache_dir, name, on_cache_problem,
		account);
	account_list_load(account);
	g_ptr_array_add(mail.accounts, account);
	if (!account->needs_srv)
		make_session(account);
	return account;
}

const GPtrArray *accounts(void)
{
	return mail.accounts;
}

struct account *account_find(const char *name)
{
	for (guint i = 0; i < mail.accounts->len; i++) {
		struct account *account = mail.accounts->pdata[i];

		if (strcmp(account->name, name) == 0)
			return account;
	}
	return NULL;
}

bool accounts_from_options(const struct account_ops *ops, void *data, GError **error)
{
	const char **names = options_accounts();
	bool ok = true;

	for (size_t i = 0; names[i] != NULL; i++)
		if (account_find(names[i]) == NULL
				&& account_new(names[i], ops, data, ok ? error : NULL) == NULL)
			ok = false;
	g_free(names);
	return ok;
}

/* --- plain questions --------------------------------------------------------------------- */

struct mailbox *account_open_mailbox(const struct account *account, const char *name)
{
	for (guint i = 0; i < account->open->len; i++) {
		struct mailbox *mailbox = account->open->pdata[i];

		if (strcmp(mailbox->name, name) == 0)
			return mailbox;
	}
	return NULL;
}

bool account_gave_up(const struct account *account)
{
	return account->state == ACCOUNT_FAILED ||
		(mail.batch && account->state == ACCOUNT_WAITING);
}

const char *account_name(const struct account *account)
{
	return account->name;
}

const struct options *account_options(const struct account *account)
{
	return account->options;
}

enum account_state account_state(const struct account *account)
{
	return account->state;
}

static char *describe_waiting(const struct account *account)
{
	const char *why = account->error != NULL ? account->error->message :
		account->state_text;
	gint64 left_us = account->session == NULL ? 0 :
		session_retry_us(account->session) - g_get_monotonic_time();
	GDateTime *since = g_date_time_new_from_unix_local(
		account->offline_since);
	char *clock = g_date_time_format(since, "%H:%M");
	char *text = g_strdup_printf("offline since %s: %s; trying again in "
		"%d s", clock, why, (int)(MAX(left_us, 0) / G_USEC_PER_SEC));

	g_free(clock);
	g_date_time_unref(since);
	return text;
}

const char *account_state_text(const struct account *constant)
{
	/* The answer is kept for the caller. */
	struct account *account = (struct account *)constant;

	g_free(account->state_line);
	if (account->state == ACCOUNT_WAITING && !mail.batch)
		account->state_line = describe_waiting(account);
	else if ((account->state == ACCOUNT_FAILED ||
		account->state == ACCOUNT_WAITING) && account->error != NULL)
		account->state_line = g_strdup(account->error->message);
	else
		account->state_line = g_strdup(account->state_text);
	return account->state_line;
}

const GError *account_error(const struct account *account)
{
	return account->error;
}

const char *account_summary(const struct account *account)
{
	return account->session == NULL ? "" : session_summary(account->session);
}

bool account_is_busy(const struct account *account)
{
	return account->srv != NULL || account->is_listing ||
		(account->session != NULL && session_is_busy(account->session));
}

static bool is_disabled(const struct account *account, const char *name)
{
	const char *const *disabled = account->options->imap_disable;

	for (size_t i = 0; disabled != NULL && disabled[i] != NULL; i++)
		if (g_ascii_strcasecmp(disabled[i], name) == 0)
			return true;
	return false;
}

static void tell_capability(const struct account *account,
	enum imap_capability cap, account_capability_fn *fn, void *data)
{
	const struct imap_capability_row *row = &imap_capability_table[cap];
	const struct imap_capabilities *caps = account->session == NULL ? NULL :
		session_capabilities(account->session);

	if (is_disabled(account, row->name))
		fn(row->name, row->rfc, ACCOUNT_CAP_DISABLED,
			"imap_disable names it", data);
	else if (caps == NULL || !imap_capabilities_has(caps, cap))
		fn(row->name, row->rfc, ACCOUNT_CAP_NOT_OFFERED,
			row->summary, data);
	else
		fn(row->name, row->rfc, row->used ? ACCOUNT_CAP_USED :
			ACCOUNT_CAP_AVAILABLE, row->summary, data);
}

void account_each_capability(const struct account *account, account_capability_fn *fn, void *data)
{
	const struct imap_capabilities *caps = account->session == NULL ? NULL :
		session_capabilities(account->session);

	for (int cap = 0; cap < IMAP_N_CAPABILITIES; cap++)
		tell_capability(account, (enum imap_capability)cap, fn, data);
	for (guint i = 0; caps != NULL && caps->unknown != NULL &&
		i < caps->unknown->len; i++)
		fn(caps->unknown->pdata[i], 0, ACCOUNT_CAP_AVAILABLE,
			"not known to this version", data);
}
