/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user does to mailboxes, and the account's orderly end. */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/cache/cache.h"
#include "src/imap/list.h"
#include "src/mail/account-request.h"
#include "src/mail/private.h"
#include "src/session/session.h"

/* --- making -------------------------------------------------------------- */

static void on_made(const struct imap_list *list, void *data)
{
	struct account_request *request = data;

	if (request->account != NULL)
		account_list_add(request->account, list);
}

static const struct session_list_ops made_ops = { .list = on_made };

/* It is there, whatever became of the question about it. */
static void on_made_listed(const struct imap_result *result, void *data)
{
	struct account_request *request = data;

	(void)result;
	if (request->account != NULL)
		account_list_save(request->account);
	account_request_end(request, NULL);
}

/* Its delimiter, its use, whether it was subscribed: the server tells. */
static void list_made(struct account_request *request, const char *name)
{
	session_list(request->account->session, name, 0, &made_ops,
		on_made_listed, request);
}

static void on_created(const struct imap_result *result, void *data)
{
	struct account_request *request = data;
	struct account *account = request->account;

	if (result->outcome != IMAP_OUTCOME_OK || account == NULL) {
		account_request_on_done(result, request);
		return;
	}
	if (g_strcmp0(result->code, "USEATTR") == 0)
		account_say(account, true, "%s was made, but the server does "
			"not keep that it is for %s; the option of that name "
			"in culverrc(5) does", request->from, request->to + 1);
	list_made(request, request->from);
}

const char *account_use_from_text(const char *text, GError **error)
{
	char *name = text[0] == '\\' ? g_strdup(text) :
		g_strconcat("\\", text, NULL);
	unsigned use = imap_mailbox_attribute_from_name(name) &
		IMAP_MAILBOX_SPECIAL_USE;

	g_free(name);
	if (use == 0)
		g_set_error(error, MAIL_ERROR, MAIL_ERROR_NOT_FOUND,
			"'%s' is no use of a mailbox; expected \\Archive, "
			"\\Drafts, \\Junk, \\Sent, \\Trash, \\All or \\Flagged",
			text);
	return imap_mailbox_attribute_name(use);
}

/* What is to be above the name, and can hold nothing; or NULL. */
static const struct account_mailbox *barren_parent(struct account *account,
	const char *name)
{
	const struct account_mailbox *row = NULL;

	for (size_t i = strlen(name); row == NULL && i > 1; i--) {
		char *above = g_strndup(name, i - 1);

		row = mailbox_tree_peek(account->tree, above);
		g_free(above);
		if (row != NULL && row->delimiter != name[i - 1])
			row = NULL;
	}
	return row != NULL && (row->attributes & IMAP_MAILBOX_NOINFERIORS) != 0
		       ? row
		       : NULL;
}

void account_create_mailbox(struct account *account, const char *name,
	const char *use, account_done_fn *done, void *data)
{
	const struct account_mailbox *barren = barren_parent(account, name);
	struct account_request *request = account_request_new(account,
		"cannot create the mailbox", done, data);

	request->from = g_strdup(name);
	request->to = g_strdup(use);
	if (barren != NULL)
		account_request_refuse(request, g_error_new(MAIL_ERROR,
			MAIL_ERROR_SERVER, "%s: %s can hold no other mailboxes",
			request->what, barren->name));
	else if (account_request_can_begin(request))
		session_create(account->session, name, use, on_created,
			request);
}

/* --- renaming ------------------------------------------------------------ */

static void on_renamed(const struct imap_result *result, void *data)
{
	struct account_request *request = data;
	struct account *account = request->account;

	if (result->outcome != IMAP_OUTCOME_OK || account == NULL) {
		account_request_on_done(result, request);
		return;
	}
	mailbox_tree_rename(account->tree, request->from, request->to);
	cache_rename_mailbox(account->cache, request->from, request->to);
	account_mailboxes_changed(account);
	list_made(request, request->to);
}

void account_rename_mailbox(struct account *account, const char *from,
	const char *to, account_done_fn *done, void *data)
{
	struct account_request *request = account_request_new(account,
		"cannot rename the mailbox", done, data);

	request->from = g_strdup(from);
	request->to = g_strdup(to);
	if (account_request_can_begin(request))
		session_rename(account->session, from, to, on_renamed, request);
}

/* --- deleting, subscribing ----------------------------------------------- */

static void after_delete(struct account_request *request)
{
	mailbox_tree_remove(request->account->tree, request->from);
	cache_drop_mailbox(request->account->cache, request->from);
	account_list_save(request->account);
	account_mailboxes_changed(request->account);
}

void account_delete_mailbox(struct account *account, const char *name,
	account_done_fn *done, void *data)
{
	struct account_request *request = account_request_new(account,
		"cannot delete the mailbox", done, data);

	request->from = g_strdup(name);
	request->then = after_delete;
	if (account_request_can_begin(request))
		session_delete(account->session, name, account_request_on_done,
			request);
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

void account_subscribe_mailbox(struct account *account, const char *name,
	bool subscribed, account_done_fn *done, void *data)
{
	struct account_request *request = account_request_new(account,
		subscribed ? "cannot subscribe to the mailbox" :
		"cannot unsubscribe from the mailbox", done, data);

	request->from = g_strdup(name);
	request->then = subscribed ? after_subscribe : after_unsubscribe;
	if (account_request_can_begin(request))
		session_subscribe(account->session, name, subscribed,
			account_request_on_done, request);
}

/* --- the end ------------------------------------------------------------- */

static void on_flushed(uint32_t changed, const GError *error, void *data)
{
	struct account_request *request = data;

	(void)changed;
	(void)error;
	if (request->account == NULL)
		account_request_end(request, NULL);
	else if (account_request_can_begin(request))
		session_logout(request->account->session,
			account_request_on_done, request);
}

void account_logout(struct account *account, account_done_fn *done, void *data)
{
	struct account_request *request = account_request_new(account,
		"cannot log out", done, data);

	/* What cannot be done now stays in the journal. */
	if (account->state == ACCOUNT_ONLINE)
		action_flush_account(account, on_flushed, request);
	else
		on_flushed(0, NULL, request);
}
