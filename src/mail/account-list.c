/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The folder list of an account: from the cache at once, by LIST and STATUS
 * when online. The open mailbox's row follows the mailbox's own table, never
 * STATUS (RFC 9051 6.3.11).
 */
#include "src/base/base.h"
#include "src/cache/cache.h"
#include "src/imap/acl.h"
#include "src/imap/list.h"
#include "src/mail/account-request.h"
#include "src/mail/private.h"
#include "src/session/session.h"

/* --- the cache's list ----------------------------------------------------- */

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
	account_ids_load(account);
	cache_load_mailboxes(account->cache, on_cached, account);
}

static gboolean save(gpointer data)
{
	struct account *account = data;
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
	account->save_source = 0;
	return G_SOURCE_REMOVE;
}

/* Thousands of them are a turn of their own. */
void account_list_save(struct account *account)
{
	if (account->save_source == 0)
		account->save_source = g_idle_add(save, account);
}

void account_list_flush(struct account *account)
{
	if (account->save_source == 0)
		return;
	source_clear(&account->save_source);
	save(account);
}

/* --- LIST and STATUS ------------------------------------------------------ */

void account_list_status(struct account *account, const struct imap_status *status)
{
	/* An open mailbox knows better. */
	struct mailbox *open = account_open_mailbox(account, status->name);
	const struct account_mailbox *row = mailbox_tree_peek(account->tree,
		status->name);
	struct account_mailbox former;

	if (row == NULL || (open != NULL && open->was_ready))
		return;
	former = *row;
	if (!mailbox_tree_set_status(account->tree, status))
		return;
	account_mailboxes_changed(account);
	account_news_counted(account, &former, row);
}

/* While a long list comes, it is sorted and shown as it doubles. */
static bool is_worth_showing(struct account *account)
{
	if (!account->is_listing)
		return true;
	account->n_listed++;
	return account->n_listed < 64 ||
		(account->n_listed & (account->n_listed - 1)) == 0;
}

void account_list_add(struct account *account, const struct imap_list *list)
{
	struct mailbox *open = account_open_mailbox(account, list->name);

	if (list->old_name != NULL) {
		mailbox_tree_rename(account->tree, list->old_name, list->name);
		cache_rename_mailbox(account->cache, list->old_name,
			list->name);
	}
	if ((list->attributes & IMAP_MAILBOX_NONEXISTENT) != 0 &&
		!account->is_listing)
		mailbox_tree_remove(account->tree, list->name);
	else if (!mailbox_tree_add(account->tree, list))
		return;
	if (open != NULL && open->was_ready)
		sync_note_counts(open);
	if (is_worth_showing(account))
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
		account_news_listed(request->account, list);
}

static void on_status_item(const struct imap_status *status, void *data)
{
	struct account_request *request = data;

	if (request->account == NULL)
		return;
	account_ids_note(request->account, status);
	account_list_status(request->account, status);
}

static void on_rights(const struct imap_my_rights *rights, void *data)
{
	struct account_request *request = data;

	if (request->account != NULL)
		mailbox_tree_set_rights(request->account->tree,
			rights->mailbox, rights->rights);
}

static void on_comment(const char *mailbox, const char *text, void *data)
{
	struct account_request *request = data;

	if (request->account != NULL)
		mailbox_tree_set_comment(request->account->tree, mailbox, text);
}

static const struct session_list_ops list_ops = {
	.list = on_list_item,
	.status = on_status_item,
	.rights = on_rights,
	.comment = on_comment,
};

static void on_gone(const char *name, void *data)
{
	account_news_tell(data, name, ACCOUNT_NEWS_GONE);
}

/* Everything is known now; what changes from here on is news. */
static void end_list(struct account_request *request,
	const struct imap_result *result)
{
	struct account *account = request->account;

	if (account != NULL) {
		account->is_listing = false;
		if (result->outcome == IMAP_OUTCOME_OK) {
			account_ids_compare(account);
			account_list_save(account);
			account_news_start(account);
		}
		account_mailboxes_changed(account);
	}
	account_request_on_done(result, request);
}

static void on_identified(const struct imap_result *result, void *data)
{
	end_list(data, result);
}

static void on_counted(const struct imap_result *result, void *data)
{
	struct account_request *request = data;
	struct account *account = request->account;
	char **names = account == NULL ||
		result->outcome != IMAP_OUTCOME_OK ||
		!session_has(account->session, IMAP_CAP_OBJECTID) ? NULL :
		account_ids_suspects(account);

	if (names == NULL)
		end_list(request, result);
	else
		session_identities(account->session, (const char *const *)names,
			on_status_item, on_identified, request);
	g_strfreev(names);
}

static void on_listed(const struct imap_result *result, void *data)
{
	struct account_request *request = data;
	struct account *account = request->account;
	char **names;

	if (account == NULL || result->outcome != IMAP_OUTCOME_OK) {
		on_counted(result, request);
		return;
	}
	account->is_listing = false;
	mailbox_tree_end(account->tree, on_gone, account);
	account->is_listed = true;
	account_mailboxes_changed(account);
	if (session_has(account->session, IMAP_CAP_LIST_STATUS)) {
		on_counted(result, request);
		return;
	}
	names = account_news_names(account, request->is_whole);
	session_statuses(account->session, (const char *const *)names,
		!request->is_whole, on_status_item, on_counted, request);
	g_strfreev(names);
}

void account_list_refresh(struct account *account,
	struct account_request *request, unsigned options)
{
	account->is_listing = true;
	account->n_listed = 0;
	mailbox_tree_begin(account->tree);
	if (account->options->imap_list_subscribed)
		options |= SESSION_LIST_SUBSCRIBED;
	session_list(account->session, NULL, options | SESSION_LIST_STATUS,
		&list_ops, on_listed, request);
}

void account_refresh_mailboxes(
	struct account *account, account_done_fn *done, void *data)
{
	struct account_request *request = account_request_new(account,
		"cannot list mailboxes", done, data);

	request->is_whole = true;
	if (account_request_can_begin(request))
		account_list_refresh(account, request, SESSION_LIST_DETAILS);
}

void account_refresh_status(struct account *account, const char *mailbox,
	account_done_fn *done, void *data)
{
	struct account_request *request = account_request_new(account,
		"cannot ask for the mailbox's status", done, data);

	if (account_request_can_begin(request))
		session_status(account->session, mailbox, SESSION_INTERACTIVE,
			on_status_item, account_request_on_done, request);
}

void account_list_start(struct account *account)
{
	/* In batch mode who needs the list asks for it. */
	if (account->is_watched && !account->is_listing)
		account_list_refresh(account, account_request_new(account,
			"cannot list mailboxes", NULL, NULL),
			SESSION_LIST_DETAILS);
}

void account_list_stop(struct account *account)
{
	account_news_stop(account);
	account_requests_release(account);
}

/* --- questions ------------------------------------------------------------ */

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

const char *account_mailbox_restriction(const struct account_mailbox *row)
{
	if ((row->attributes & IMAP_MAILBOX_REMOTE) != 0)
		return "on another server";
	if ((row->attributes & IMAP_MAILBOX_NO_ACCESS) != 0)
		return "no access";
	if (row->rights == NULL)
		return NULL;
	if (!imap_rights_have(row->rights, 'r'))
		return "may not be read";
	if (!imap_rights_have(row->rights, 'w') &&
		!imap_rights_have(row->rights, 't'))
		return "read-only";
	return imap_rights_have(row->rights, 't') &&
		imap_rights_have(row->rights, 'e') ? NULL : "no deleting";
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
