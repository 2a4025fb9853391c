/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The folder list of an account: from the cache at once, by LIST and STATUS
 * when online, and what the user does to mailboxes. The open mailbox's row
 * follows the mailbox's own table, never STATUS (RFC 9051 6.3.11).
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/cache/cache.h"
#include "src/imap/list.h"
#include "src/mail/advice.h"
#include "src/mail/private.h"
#include "src/session/session.h"

enum { STATUS_INTERVAL_S = 60, STATUS_MAX = 50 };

/* A request for somebody; it outlives the account if need be. */
struct account_request {
	struct account *account; /* NULL: gone */
	const char *what;        /* "cannot create": for the error */
	char *from, *to;         /* mailbox names; to may be NULL */
	void (*then)(struct account_request *request); /* on OK */
	account_done_fn *done;
	void *data;
};

static struct account_request *request_new(struct account *account,
	const char *what, account_done_fn *done, void *data)
{
	struct account_request *request = g_new0(struct account_request, 1);

	request->account = account;
	request->what = what;
	request->done = done;
	request->data = data;
	g_ptr_array_add(account->requests, request);
	return request;
}

static void request_free(struct account_request *request)
{
	if (request->account != NULL)
		g_ptr_array_remove(request->account->requests, request);
	g_free(request->from);
	g_free(request->to);
	g_free(request);
}

GError *account_result_error(const char *what,
	const struct imap_result *result)
{
	const char *text = result->text != NULL ? result->text : "";
	char *refusal;
	GError *error;

	if (result->outcome == IMAP_OUTCOME_OK)
		return NULL;
	if (result->outcome == IMAP_OUTCOME_CANCELLED)
		return g_error_new(MAIL_ERROR, MAIL_ERROR_CANCELLED,
			"%s: cancelled", what);
	if (result->outcome == IMAP_OUTCOME_DISCONNECTED)
		return g_error_new(MAIL_ERROR, MAIL_ERROR_OFFLINE, "%s: %s",
			what, text[0] != '\0' ? text :
			"the connection was lost");
	refusal = advice_refusal(result);
	error = g_error_new(MAIL_ERROR, MAIL_ERROR_SERVER, "%s: %s",
		what, refusal);
	g_free(refusal);
	return error;
}

static void end_request(struct account_request *request, const GError *error)
{
	if (request->account != NULL && request->done != NULL)
		request->done(error, request->data);
	request_free(request);
}

static void on_done(const struct imap_result *result, void *data)
{
	struct account_request *request = data;
	GError *error = account_result_error(request->what, result);

	if (error == NULL && request->account != NULL && request->then != NULL)
		request->then(request);
	end_request(request, error);
	g_clear_error(&error);
}

static gboolean on_no_session(gpointer data)
{
	struct account_request *request = data;
	GError *error = g_error_new(MAIL_ERROR, MAIL_ERROR_OFFLINE,
		"%s: not connected", request->what);

	end_request(request, error);
	g_error_free(error);
	return G_SOURCE_REMOVE;
}

/* Ends the request later, when there is nobody to ask yet. */
static bool has_session(struct account *account, struct account_request *request)
{
	if (account->session != NULL)
		return true;
	g_idle_add_full(G_PRIORITY_DEFAULT, on_no_session, request, NULL);
	return false;
}

/* --- the cache's list --------------------------------------------------------------- */

static void on_cached(const struct cache_mailbox *mailboxes, size_t n, void *data)
{
	struct account *account = data;

	if (account->is_listed)
		return;
	for (size_t i = 0; i < n; i++) {
		struct imap_list list = { .name = mailboxes[i].name,
			.delimiter = mailboxes[i].delimiter,
			.attributes = mailboxes[i].attributes };
		struct imap_status status = { .name = mailboxes[i].name,
			.has_messages = true, .has_unseen = true,
			.messages = mailboxes[i].messages,
			.unseen = mailboxes[i].unseen };

		mailbox_tree_add(account->tree, &list);
		mailbox_tree_set_status(account->tree, &status);
	}
	account_mailboxes_changed(account);
}

void account_list_load(struct account *account)
{
	cache_load_mailboxes(account->cache, on_cached, account);
}

static void save(struct account *account)
{
	size_t n = mailbox_tree_length(account->tree), kept = 0;
	struct cache_mailbox *rows = g_new0(struct cache_mailbox, n + 1);

	for (size_t i = 0; i < n; i++) {
		const struct account_mailbox *row =
			mailbox_tree_at(account->tree, i);

		rows[kept++] = (struct cache_mailbox){
			.name = (char *)row->name,
			.delimiter = row->delimiter,
			.attributes = row->attributes,
			.messages = row->messages,
			.unseen = row->unseen,
		};
	}
	cache_put_mailboxes(account->cache, rows, kept);
	g_free(rows);
}

/* --- LIST and STATUS ------------------------------------------------------------------ */

void account_list_status(struct account *account, const struct imap_status *status)
{
	/* An open mailbox knows better. */
	struct mailbox *open = account_open_mailbox(account, status->name);

	if (open != NULL && open->was_ready)
		return;
	if (mailbox_tree_set_status(account->tree, status))
		account_mailboxes_changed(account);
}

void account_list_add(struct account *account, const struct imap_list *list)
{
	struct mailbox *open = account_open_mailbox(account, list->name);

	if (list->old_name != NULL)
		mailbox_tree_rename(account->tree, list->old_name, list->name);
	if ((list->attributes & IMAP_MAILBOX_NONEXISTENT) != 0 &&
		!account->is_listing)
		mailbox_tree_remove(account->tree, list->name);
	else
		mailbox_tree_add(account->tree, list);
	if (open != NULL && open->was_ready)
		sync_note_counts(open);
	account_mailboxes_changed(account);
}

void account_note_counts(struct account *account, const char *mailbox,
	uint32_t messages, uint32_t unseen, uint32_t uid_next, uint32_t uid_validity)
{
	struct imap_status status = { .name = mailbox, .has_messages = true,
		.has_unseen = true, .has_uid_next = true,
		.has_uid_validity = true, .messages = messages,
		.unseen = unseen, .uid_next = uid_next,
		.uid_validity = uid_validity };

	if (mailbox_tree_set_status(account->tree, &status))
		account_mailboxes_changed(account);
}

static void on_list_item(const struct imap_list *list, void *data)
{
	struct account_request *request = data;

	if (request->account != NULL)
		account_list_add(request->account, list);
}

static void on_status_item(const struct imap_status *status, void *data)
{
	struct account_request *request = data;

	if (request->account != NULL)
		account_list_status(request->account, status);
}

static void on_listed(const struct imap_result *result, void *data)
{
	struct account_request *request = data;
	struct account *account = request->account;

	if (account != NULL) {
		account->is_listing = false;
		if (result->outcome == IMAP_OUTCOME_OK) {
			mailbox_tree_end(account->tree);
			account->is_listed = true;
			save(account);
		}
		account_mailboxes_changed(account);
	}
	on_done(result, request);
}

static void list_mailboxes(struct account *account,
	struct account_request *request)
{
	account->is_listing = true;
	mailbox_tree_begin(account->tree);
	session_list(account->session, true, on_list_item, on_status_item,
		on_listed, request);
}

void account_refresh_mailboxes(struct account *account, account_done_fn *done, void *data)
{
	struct account_request *request = request_new(account,
		"cannot list mailboxes", done, data);

	if (has_session(account, request))
		list_mailboxes(account, request);
}

static void ask_status(struct account *account, const char *mailbox,
	enum session_priority priority, account_done_fn *done, void *data)
{
	struct account_request *request = request_new(account,
		"cannot ask for the mailbox's status", done, data);

	if (has_session(account, request))
		session_status(account->session, mailbox, priority,
			on_status_item, on_done, request);
}

static gboolean check_others(gpointer data)
{
	struct account *account = data;
	size_t asked = 0;

	if (account->state != ACCOUNT_ONLINE || account->is_listing)
		return G_SOURCE_CONTINUE;
	if (session_has(account->session, IMAP_CAP_LIST_STATUS)) {
		account_refresh_mailboxes(account, NULL, NULL);
		return G_SOURCE_CONTINUE;
	}
	for (size_t i = 0; i < mailbox_tree_length(account->tree) &&
		asked < STATUS_MAX; i++) {
		const struct account_mailbox *row =
			mailbox_tree_at(account->tree, i);

		if (!row->can_select ||
			account_open_mailbox(account, row->name) != NULL)
			continue;
		ask_status(account, row->name, SESSION_PREFETCH, NULL, NULL);
		asked++;
	}
	return G_SOURCE_CONTINUE;
}

void account_list_start(struct account *account)
{
	/* In batch mode who needs the list asks for it. */
	if (!mail.batch && !account->is_listing)
		account_refresh_mailboxes(account, NULL, NULL);
	if (!mail.batch && account->status_timer == 0)
		account->status_timer = g_timeout_add_seconds(STATUS_INTERVAL_S,
			check_others, account);
}

void account_list_stop(struct account *account)
{
	source_clear(&account->status_timer);
	for (guint i = 0; i < account->requests->len; i++)
		((struct account_request *)account->requests->pdata[i])->account =
			NULL;
	g_ptr_array_set_size(account->requests, 0);
}

void account_refresh_status(struct account *account, const char *mailbox, account_done_fn *done, void *data)
{
	ask_status(account, mailbox, SESSION_INTERACTIVE, done, data);
}

/* --- what the user does to mailboxes --------------------------------------------------- */

static void after_create(struct account_request *request)
{
	struct account *account = request->account;
	char delimiter = '/';
	struct imap_list list = { .name = request->from };

	if (mailbox_tree_length(account->tree) > 0)
		delimiter = mailbox_tree_at(account->tree, 0)->delimiter;
	list.delimiter = delimiter;
	if (mailbox_tree_find(account->tree, request->from) == NULL)
		account_list_add(account, &list);
	save(account);
}

void account_create_mailbox(struct account *account, const char *name, account_done_fn *done, void *data)
{
	struct account_request *request = request_new(account,
		"cannot create the mailbox", done, data);

	request->from = g_strdup(name);
	request->then = after_create;
	if (has_session(account, request))
		session_create(account->session, name, NULL, on_done, request);
}

static void after_rename(struct account_request *request)
{
	mailbox_tree_rename(request->account->tree, request->from, request->to);
	cache_rename_mailbox(request->account->cache, request->from,
		request->to);
	save(request->account);
	account_mailboxes_changed(request->account);
}

void account_rename_mailbox(struct account *account, const char *from, const char *to, account_done_fn *done, void *data)
{
	struct account_request *request = request_new(account,
		"cannot rename the mailbox", done, data);

	request->from = g_strdup(from);
	request->to = g_strdup(to);
	request->then = after_rename;
	if (has_session(account, request))
		session_rename(account->session, from, to, on_done, request);
}

static void after_delete(struct account_request *request)
{
	mailbox_tree_remove(request->account->tree, request->from);
	cache_drop_mailbox(request->account->cache, request->from);
	save(request->account);
	account_mailboxes_changed(request->account);
}

void account_delete_mailbox(struct account *account, const char *name, account_done_fn *done, void *data)
{
	struct account_request *request = request_new(account,
		"cannot delete the mailbox", done, data);

	request->from = g_strdup(name);
	request->then = after_delete;
	if (has_session(account, request))
		session_delete(account->session, name, on_done, request);
}

static void set_subscribed(struct account_request *request, bool subscribed)
{
	const struct account_mailbox *row = mailbox_tree_find(
		request->account->tree, request->from);
	struct imap_list list;

	if (row == NULL)
		return;
	list = (struct imap_list){ .name = request->from,
		.delimiter = row->delimiter, .attributes = row->attributes };
	if (subscribed)
		list.attributes |= IMAP_MAILBOX_SUBSCRIBED;
	else
		list.attributes &= ~(unsigned)IMAP_MAILBOX_SUBSCRIBED;
	account_list_add(request->account, &list);
}

static void after_subscribe(struct account_request *request)
{
	set_subscribed(request, true);
}

static void after_unsubscribe(struct account_request *request)
{
	set_subscribed(request, false);
}

void account_subscribe_mailbox(struct account *account, const char *name, bool subscribed, account_done_fn *done, void *data)
{
	struct account_request *request = request_new(account, subscribed ?
		"cannot subscribe to the mailbox" :
		"cannot unsubscribe from the mailbox", done, data);

	request->from = g_strdup(name);
	request->then = subscribed ? after_subscribe : after_unsubscribe;
	if (has_session(account, request))
		session_subscribe(account->session, name, subscribed, on_done,
			request);
}

/* --- the end ------------------------------------------------------------------------------ */

static void on_flushed(uint32_t changed, const GError *error, void *data)
{
	struct account_request *request = data;

	(void)changed;
	(void)error;
	if (request->account == NULL)
		request_free(request);
	else if (has_session(request->account, request))
		session_logout(request->account->session, on_done, request);
}

void account_logout(struct account *account, account_done_fn *done, void *data)
{
	struct account_request *request = request_new(account,
		"cannot log out", done, data);

	/* What cannot be done now stays in the journal. */
	if (account->state == ACCOUNT_ONLINE)
		action_flush_account(account, on_flushed, request);
	else
		on_flushed(0, NULL, request);
}

/* --- questions ------------------------------------------------------------------------------ */

size_t account_n_mailboxes(const struct account *account)
{
	return mailbox_tree_length(account->tree);
}

const struct account_mailbox *account_mailbox_at(const struct account *account, size_t i)
{
	return mailbox_tree_at(account->tree, i);
}

const struct account_mailbox *account_mailbox_find(const struct account *account, const char *name)
{
	return mailbox_tree_find(account->tree, name);
}

bool account_has_mailboxes(const struct account *account)
{
	return account->is_listed;
}

/* The option that names the mailbox for a use, and the name that the manual
 * promises where neither option nor server says it. */
static const char *use_option(const struct options *options, unsigned use,
	const char **common_out)
{
	*common_out = NULL;
	switch (use) {
	case IMAP_MAILBOX_TRASH:
		return options->trash;
	case IMAP_MAILBOX_ARCHIVE:
		*common_out = "Archive";
		return options->archive;
	case IMAP_MAILBOX_DRAFTS:
		*common_out = "Drafts";
		return options->drafts;
	case IMAP_MAILBOX_SENT:
		*common_out = "Sent";
		return options->sent;
	case IMAP_MAILBOX_JUNK:
		*common_out = "Junk";
		return options->junk;
	default:
		return NULL;
	}
}

const char *account_mailbox_by_use(const struct account *account, unsigned use)
{
	const char *common, *option = use_option(account->options, use, &common);
	const struct account_mailbox *row;

	if (option != NULL && option[0] != '\0') {
		if (option[0] == '=' || option[0] == '+')
			option++;
		return option;
	}
	row = mailbox_tree_by_use(account->tree, use);
	if (row == NULL && common != NULL) {
		row = mailbox_tree_find(account->tree, common);
		if (row != NULL && !row->can_select)
			row = NULL;
	}
	return row == NULL ? NULL : row->name;
}
