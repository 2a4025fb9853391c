/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The room as a whole, and accounts: their making and end, their state, plain
 * questions. Their sessions are in account-session.c, the folder list is in
 * account-list.c.
 */
#include "src/base/base.h"
#include "src/mail/account.h"
#include "src/base/error.h"
#include "src/base/log.h"
#include "src/base/worker.h"
#include "src/cache/cache.h"
#include "src/cache/journal.h"
#include "src/mail/action.h"
#include "src/mail/op.h"
#include "src/mail/private.h"
#include "src/mime/header.h"
#include "src/net/srv.h"
#include "src/net/wake.h"
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

static void probe_all(const char *why, void *data)
{
	(void)data;
	log_note("mail", "%s", why);
	for (guint i = 0; i < mail.accounts->len; i++)
		account_probe(mail.accounts->pdata[i]);
}

void mail_note_action(void)
{
	wake_look(mail.wake);
}

void mail_init(const struct mail_config *config)
{
	mail.cache_dir = g_strdup(config->cache_dir);
	mail.state_dir = g_strdup(config->state_dir);
	mail.read_only = config->read_only;
	mail.batch = config->batch;
	mail.accounts = g_ptr_array_new();
	mail.worker = worker_new("mail");
	mail.wake = wake_new(probe_all, NULL);
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
	quota_watch_free(account);
	g_queue_clear_full(&account->alerts, g_free);
	srv_cancel(&account->srv);
	account_forget_secrets(account);
	session_free(&account->session);
	account_list_flush(account);
	cache_close(&account->cache);
	source_clear(&account->told);
	account_news_free(&account->news);
	mailbox_tree_free(&account->tree);
	account_ids_release(account);
	g_ptr_array_free(account->open, TRUE);
	g_ptr_array_free(account->requests, TRUE);
	g_ptr_array_free(account->accepted, TRUE);
	g_strfreev(account->pins);
	g_free(account->peer_pin);
	g_clear_error(&account->error);
	g_free(account->state_text);
	g_free(account->state_line);
	g_free(account->made_from);
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

struct worker *lineups_worker(void)
{
	if (mail.lineups == NULL)
		mail.lineups = worker_new("lineups");
	return mail.lineups;
}

void mail_release(void)
{
	mail.is_releasing = true;
	wake_free(&mail.wake);
	for (guint i = 0; i < mail.accounts->len; i++)
		end_session(mail.accounts->pdata[i]);
	worker_flush(mail.worker);
	if (mail.lineups != NULL)
		worker_flush(mail.lineups);
	worker_free(&mail.lineups);
	actions_release();
	ops_release();
	while (mail.accounts->len > 0) {
		struct account *last =
			mail.accounts->pdata[mail.accounts->len - 1];

		g_ptr_array_remove(mail.accounts, last);
		account_free(last);
	}
	option_unlisten(charset_listener);
	worker_flush(mail.worker);
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

void account_note_state(struct account *account, enum account_state state,
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

/* --- making ---------------------------------------------------------------------------- */

static void on_cache_problem(const GError *error, void *data)
{
	account_say(data, false, "%s", error->message);
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
	if (!account_use_url(account, error)) {
		free_unborn(account);
		return NULL;
	}
	account->open = g_ptr_array_new();
	account->requests = g_ptr_array_new();
	account->accepted = g_ptr_array_new_with_free_func(g_free);
	account->tree = mailbox_tree_new();
	account->news = account_news_new(account);
	account->is_watched = !mail.batch;
	account->state_text = g_strdup("not connected");
	account->cache = cache_open(mail.cache_dir, name, on_cache_problem,
		account);
	account_list_load(account);
	g_ptr_array_add(mail.accounts, account);
	account_make_session(account);
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

const char *account_user(const struct account *account)
{
	return account->user;
}

const struct options *account_options(const struct account *account)
{
	return account->options;
}

enum account_state account_state(const struct account *account)
{
	return account->state;
}

static void add_queued(GString *text, const struct account *account)
{
	unsigned n = action_n_pending(account);

	if (n > 0)
		g_string_append_printf(text, " · %u action%s queued (B shows "
			"%s)", n, n == 1 ? "" : "s", n == 1 ? "it" : "them");
}

static void add_next_try(GString *text, const struct account *account)
{
	gint64 left_us = account->session == NULL ? 0 :
		session_retry_us(account->session) - g_get_monotonic_time();

	if (account->state == ACCOUNT_WAITING && left_us > 0)
		g_string_append_printf(text, " · trying again in %d s",
			(int)((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC));
	else
		g_string_append(text, " · trying again now");
}

/* It was there, and will be. */
static char *describe_lost(const struct account *account)
{
	GString *text = g_string_new(NULL);
	GDateTime *since = g_date_time_new_from_unix_local(
		account->offline_since);
	char *clock = g_date_time_format(since, "%H:%M");

	g_string_append_printf(text, "Offline since %s: %s", clock,
		account->error != NULL ? account->error->message :
		account->state_text);
	add_queued(text, account);
	add_next_try(text, account);
	g_free(clock);
	g_date_time_unref(since);
	return g_string_free(text, FALSE);
}

int64_t account_offline_since(const struct account *account)
{
	return account->offline_since;
}

const char *account_state_text(const struct account *constant)
{
	/* The answer is kept for the caller. */
	struct account *account = (struct account *)constant;
	bool is_trying = account->state == ACCOUNT_WAITING ||
		(account->state == ACCOUNT_CONNECTING &&
			account->offline_since != 0);

	g_free(account->state_line);
	if (is_trying && !mail.batch)
		account->state_line = describe_lost(account);
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
	return account->srv != NULL || (account->is_listing &&
		!account_news_is_looking(account)) ||
		(account->session != NULL && session_is_busy(account->session));
}
