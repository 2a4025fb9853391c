/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What happens in mailboxes that are not open. Where the server tells by
 * itself (NOTIFY), it is listened to; elsewhere it is asked now and then, on a
 * connection beside the one the user looks through, and only about mailboxes
 * that matter. Either way a change is found by comparing counts, so that
 * nothing is told twice.
 */
#include "src/base/base.h"
#include "src/cache/cache.h"
#include "src/imap/list.h"
#include "src/mail/account-request.h"
#include "src/mail/private.h"
#include "src/rc/command.h"
#include "src/session/session.h"

enum {
	ALL_MATTER = 30,      /* no more mailboxes: all are asked about */
	NAMES_MAX = 1000,     /* asked about one by one */
	NAMES_POLLED_MAX = 200,
	LISTED_MAX = 500,     /* more: a look is at those subscribed to */
	LIST_EVERY = 10,      /* looks, where counts do not come with a list */
	DOUBT_MS = 1000,      /* between questions after incomplete news */
	NOTIFY_STATUS_MAX = 200, /* mailboxes whose counts may come with NOTIFY */
};

struct account_news {
	struct account *account;
	bool is_on;         /* what changes is news */
	bool is_looking;    /* a look is under way */
	unsigned n_looks;
	guint timer, doubt_source;
	GHashTable *doubts; /* names whose counts changed, nobody said to what */
	GHashTable *own;    /* name to number of messages that we put there */
};

struct account_news *account_news_new(struct account *account)
{
	struct account_news *news = g_new0(struct account_news, 1);

	news->account = account;
	news->doubts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		NULL);
	news->own = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		NULL);
	return news;
}

void account_news_free(struct account_news **news)
{
	struct account_news *n = *news;

	*news = NULL;
	if (n == NULL)
		return;
	source_clear(&n->timer);
	source_clear(&n->doubt_source);
	g_hash_table_unref(n->doubts);
	g_hash_table_unref(n->own);
	g_free(n);
}

void account_news_tell(struct account *account, const char *mailbox,
	enum account_news_kind kind)
{
	if (account->news->is_on && account->ops->mailbox_news != NULL)
		account->ops->mailbox_news(account, mailbox, kind,
			account->data);
}

/* --- whom to ask about ---------------------------------------------------- */

/* What the command "mailboxes" names of this account. */
static GHashTable *listed_names(struct account *account)
{
	const char *const *words = rc_list("mailboxes");
	GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal,
		g_free, NULL);

	for (; words != NULL && *words != NULL; words++) {
		struct account *of = NULL;
		char *name = mailbox_resolve(account, *words, &of, NULL);

		if (name != NULL && of == account)
			g_hash_table_add(names, name);
		else
			g_free(name);
	}
	return names;
}

char **account_news_names(struct account *account, bool all)
{
	size_t n = mailbox_tree_length(account->tree);
	size_t max = all ? NAMES_MAX : NAMES_POLLED_MAX;
	GHashTable *listed = listed_names(account);
	GPtrArray *names = g_ptr_array_new();

	for (size_t i = 0; i < n && names->len < max; i++) {
		const struct account_mailbox *row =
			mailbox_tree_at(account->tree, i);
		bool matters = all || n <= ALL_MATTER ||
			strcmp(row->name, "INBOX") == 0 ||
			(row->attributes & IMAP_MAILBOX_SUBSCRIBED) != 0 ||
			g_hash_table_contains(listed, row->name);

		if (row->can_select && matters)
			g_ptr_array_add(names, g_strdup(row->name));
	}
	g_hash_table_unref(listed);
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}

/* --- looking -------------------------------------------------------------- */

bool account_news_is_looking(const struct account *account)
{
	return account->news->is_looking;
}

static void on_looked(const GError *error, void *data)
{
	(void)error;
	((struct account_news *)data)->is_looking = false;
}

static void on_status(const struct imap_status *status, void *data)
{
	struct account_request *request = data;

	if (request->account != NULL)
		account_list_status(request->account, status);
}

static void on_list(const struct imap_list *list, void *data)
{
	struct account_request *request = data;

	if (request->account != NULL)
		account_news_listed(request->account, list);
}

static const struct session_list_ops look_ops = {
	.list = on_list,
	.status = on_status,
};

static struct account_request *look_request(struct account_news *news)
{
	return account_request_new(news->account, "cannot look for news",
		on_looked, news);
}

static void ask_each(struct account_news *news, char **names_take)
{
	session_statuses(news->account->session,
		(const char *const *)names_take, true, on_status,
		account_request_on_done, look_request(news));
	g_strfreev(names_take);
}

static void look(struct account_news *news)
{
	struct account *account = news->account;
	bool has_counts = session_has(account->session, IMAP_CAP_LIST_STATUS);
	bool is_long = mailbox_tree_length(account->tree) > LISTED_MAX;

	news->is_looking = true;
	if (has_counts && is_long)
		session_list(account->session, NULL, SESSION_LIST_STATUS |
			SESSION_LIST_SUBSCRIBED | SESSION_LIST_ASIDE,
			&look_ops, account_request_on_done,
			look_request(news));
	else if (has_counts || (news->n_looks % LIST_EVERY == 0 && !is_long))
		account_list_refresh(account, look_request(news),
			SESSION_LIST_ASIDE);
	else
		ask_each(news, account_news_names(account, false));
}

static void arm(struct account_news *news);

static gboolean look_due(gpointer data)
{
	struct account_news *news = data;
	struct account *account = news->account;

	news->timer = 0;
	arm(news);
	if (account->options->mail_check == 0 || news->is_looking ||
		account->state != ACCOUNT_ONLINE || account->is_listing ||
		session_is_watching(account->session))
		return G_SOURCE_REMOVE;
	news->n_looks++;
	look(news);
	return G_SOURCE_REMOVE;
}

static void arm(struct account_news *news)
{
	enum { OFF_S = 60 };
	int check_s = (int)news->account->options->mail_check;

	if (news->timer == 0)
		news->timer = g_timeout_add_seconds(check_s > 0 ?
			(guint)check_s : OFF_S, look_due, news);
}

void account_news_start(struct account *account)
{
	if (!account->is_watched)
		return;
	account->news->is_on = true;
	session_watch(account->session,
		mailbox_tree_length(account->tree) <= NOTIFY_STATUS_MAX);
	arm(account->news);
}

void account_news_stop(struct account *account)
{
	source_clear(&account->news->timer);
	source_clear(&account->news->doubt_source);
}

void account_watch(struct account *account)
{
	if (account->is_watched)
		return;
	account->is_watched = true;
	if (account->state == ACCOUNT_ONLINE)
		account_list_start(account);
}

/* --- what is told --------------------------------------------------------- */

static gboolean doubt_due(gpointer data)
{
	struct account_news *news = data;
	GHashTableIter iter;
	GPtrArray *names;
	gpointer name;

	news->doubt_source = 0;
	if (news->account->state != ACCOUNT_ONLINE)
		return G_SOURCE_REMOVE;
	names = g_ptr_array_new();
	g_hash_table_iter_init(&iter, news->doubts);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		g_ptr_array_add(names, g_strdup(name));
	g_ptr_array_add(names, NULL);
	g_hash_table_remove_all(news->doubts);
	ask_each(news, (char **)g_ptr_array_free(names, FALSE));
	return G_SOURCE_REMOVE;
}

/* Many changes of a mailbox make one question. */
static void doubt(struct account_news *news, const char *mailbox)
{
	g_hash_table_add(news->doubts, g_strdup(mailbox));
	if (news->doubt_source == 0)
		news->doubt_source = g_timeout_add(DOUBT_MS, doubt_due, news);
}

static bool is_known(const struct account_mailbox *row,
	const struct imap_status *status)
{
	return row->has_counts &&
		(!status->has_messages || status->messages == row->messages) &&
		(!status->has_unseen || status->unseen == row->unseen) &&
		(!status->has_uid_next || status->uid_next == row->uid_next) &&
		(!status->has_uid_validity ||
		status->uid_validity == row->uid_validity) &&
		(!status->has_highest_mod_seq ||
		status->highest_mod_seq == row->highest_mod_seq);
}

void account_news_pushed(struct account *account,
	const struct imap_status *status)
{
	const struct account_mailbox *row = mailbox_tree_peek(account->tree,
		status->name);

	if (row == NULL || is_known(row, status))
		return;
	/* Cyrus tells neither how many are unread nor which they are. */
	if (status->has_unseen)
		account_list_status(account, status);
	else
		doubt(account->news, status->name);
}

void account_news_listed(struct account *account, const struct imap_list *list)
{
	const struct account_mailbox *row;
	unsigned former = 0;
	bool was_there, is_there;

	if (list->old_name != NULL &&
		mailbox_tree_peek(account->tree, list->old_name) != NULL)
		account_news_tell(account, list->old_name, ACCOUNT_NEWS_GONE);
	row = mailbox_tree_peek(account->tree, list->name);
	was_there = row != NULL;
	if (was_there)
		former = row->attributes;
	account_list_add(account, list);
	row = mailbox_tree_peek(account->tree, list->name);
	is_there = row != NULL;
	if (was_there && !is_there)
		account_news_tell(account, list->name, ACCOUNT_NEWS_GONE);
	else if (is_there && (!was_there || ((former ^ row->attributes) &
		IMAP_MAILBOX_SUBSCRIBED) != 0))
		account_news_tell(account, list->name, ACCOUNT_NEWS_LISTED);
}

/* What is not said of its use has not changed. */
void account_news_pushed_list(struct account *account,
	const struct imap_list *list)
{
	const struct account_mailbox *row = mailbox_tree_peek(account->tree,
		list->old_name != NULL ? list->old_name : list->name);
	struct imap_list whole = *list;

	if (row != NULL && (list->attributes & IMAP_MAILBOX_SPECIAL_USE) == 0)
		whole.attributes |= row->attributes & IMAP_MAILBOX_SPECIAL_USE;
	account_news_listed(account, &whole);
}

void account_news_own(struct account *account, const char *mailbox, uint32_t n)
{
	GHashTable *own = account->news->own;
	guint before = GPOINTER_TO_UINT(g_hash_table_lookup(own, mailbox));

	if (!account->news->is_on ||
		mailbox_tree_peek(account->tree, mailbox) == NULL)
		return;
	g_hash_table_replace(own, g_strdup(mailbox),
		GUINT_TO_POINTER(MIN(before + n, G_MAXINT)));
	/* A server need not tell what we did ourselves (RFC 5465 5). */
	doubt(account->news, mailbox);
}

/* Whether we put them there; each is counted once. */
static bool is_own(struct account_news *news, const char *mailbox, uint32_t n)
{
	guint own = GPOINTER_TO_UINT(g_hash_table_lookup(news->own, mailbox));

	if (own > n)
		g_hash_table_replace(news->own, g_strdup(mailbox),
			GUINT_TO_POINTER(own - n));
	else
		g_hash_table_remove(news->own, mailbox);
	return own >= n;
}

void account_news_counted(struct account *account,
	const struct account_mailbox *former, const struct account_mailbox *row)
{
	bool has_more = row->messages > former->messages;
	enum account_news_kind kind = ACCOUNT_NEWS_COUNTS;

	if (!account->news->is_on || !former->has_counts)
		return;
	if (has_more && !is_own(account->news, row->name,
		row->messages - former->messages) &&
		row->unseen > former->unseen)
		kind = ACCOUNT_NEWS_MAIL;
	account_news_tell(account, row->name, kind);
}
