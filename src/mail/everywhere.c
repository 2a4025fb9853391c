/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/everywhere.h"
#include "src/base/error.h"
#include "src/imap/write.h"
#include "src/mail/find.h"
#include "src/mail/op.h"
#include "src/mail/pattern-search.h"
#include "src/mail/private.h"
#include "src/session/search.h"

struct everywhere {
	struct account *account;
	struct pattern *pattern;
	const struct everywhere_ops *ops;
	void *data;
	GPtrArray *names;        /* of mailboxes to be looked into, then NULL */
	guint at;                /* in names */
	GHashTable *told;        /* names whose hits are known */
	bool is_exact;           /* MULTISEARCH's hits are what matches */
	bool is_fuzzy;           /* no hits need not be the truth */
	struct session_request *request;
	struct mailbox *mailbox; /* that is looked into */
	struct find *find;
	guint source;
	GError *error;           /* the first */
	bool is_listing;         /* the mailboxes are asked for */
	bool is_freed;           /* when its request has ended */
};

static void everywhere_destroy(struct everywhere *all)
{
	source_clear(&all->source);
	find_free(&all->find);
	mailbox_unref(&all->mailbox);
	g_ptr_array_unref(all->names);
	g_hash_table_unref(all->told);
	pattern_free(&all->pattern);
	g_clear_error(&all->error);
	g_free(all);
}

void everywhere_free(struct everywhere **allp)
{
	struct everywhere *all = *allp;
	struct session_request *request;

	if (all == NULL)
		return;
	*allp = NULL;
	all->is_freed = true;
	request = all->request;
	if (request != NULL)
		session_cancel(&request);
	else if (!all->is_listing)
		everywhere_destroy(all);
}

static void end(struct everywhere *all)
{
	all->ops->done(all->error, all->data);
	everywhere_destroy(all);
}

static void note_error(struct everywhere *all, const char *mailbox,
	const GError *error)
{
	if (all->error != NULL)
		return;
	all->error = g_error_copy(error);
	if (mailbox != NULL)
		g_prefix_error(&all->error, "%s: ", mailbox);
}

static void tell_hits(struct everywhere *all, const char *mailbox,
	const struct imap_seqset *uids)
{
	if (!imap_seqset_is_empty(uids) &&
		g_hash_table_add(all->told, g_strdup(mailbox)))
		all->ops->hits(all->account, mailbox, uids, all->data);
}

/* All that can be selected. */
static void list_names(struct everywhere *all)
{
	g_ptr_array_set_size(all->names, 0);
	for (size_t i = 0; i < account_n_mailboxes(all->account); i++) {
		const struct account_mailbox *row =
			account_mailbox_at(all->account, i);

		if (row->can_select)
			g_ptr_array_add(all->names, g_strdup(row->name));
	}
	g_ptr_array_add(all->names, NULL);
}

/* --- one mailbox after the other ----------------------------------------- */

static void look_at_next(struct everywhere *all);

static gboolean next_due(gpointer data)
{
	struct everywhere *all = data;

	all->source = 0;
	look_at_next(all);
	return G_SOURCE_REMOVE;
}

static void on_found(const GError *error, const struct imap_seqset *uids,
	void *data)
{
	struct everywhere *all = data;
	const char *name = all->names->pdata[all->at];

	if (error != NULL)
		note_error(all, name, error);
	else
		tell_hits(all, name, uids);
	all->at++;
	/* The find is still in use. */
	all->source = g_timeout_add(0, next_due, all);
}

static void look_at_next(struct everywhere *all)
{
	find_free(&all->find);
	mailbox_unref(&all->mailbox);
	if (all->ops->progress != NULL)
		all->ops->progress(all->at, all->names->len - 1, all->data);
	while (all->names->pdata[all->at] != NULL && g_hash_table_contains(
		all->told, all->names->pdata[all->at]))
		all->at++;
	if (all->names->pdata[all->at] == NULL) {
		end(all);
		return;
	}
	all->mailbox = mailbox_open_beside(all->account,
		all->names->pdata[all->at]);
	all->find = find_start(all->mailbox, all->pattern, NULL, FIND_ASKS,
		on_found, all);
}

/* --- all of them at once ------------------------------------------------- */

static void on_hits(const char *mailbox, uint32_t uid_validity,
	const struct imap_seqset *uids, void *data)
{
	struct everywhere *all = data;

	(void)uid_validity;
	if (all->is_freed || imap_seqset_is_empty(uids))
		return;
	if (all->is_exact)
		tell_hits(all, mailbox, uids);
	else
		g_ptr_array_insert(all->names, (int)all->names->len - 1,
			g_strdup(mailbox));
}

/* What the server could not do is done here, mailbox after mailbox; else those
 * that have something are looked into, where the rows decide. */
static void on_searched(const struct imap_result *result, void *data)
{
	struct everywhere *all = data;

	all->request = NULL;
	if (all->is_freed)
		everywhere_destroy(all);
	else if (result->outcome == IMAP_OUTCOME_OK && all->is_exact &&
		(!all->is_fuzzy || g_hash_table_size(all->told) > 0))
		end(all);
	else if (result->outcome == IMAP_OUTCOME_OK && !all->is_exact)
		look_at_next(all);
	else {
		list_names(all);
		look_at_next(all);
	}
}

static bool ask_at_once(struct everywhere *all)
{
	struct session *session = account_session(all->account);
	struct pattern_server server;
	struct pattern_plan plan;
	bool is_asked;

	if (session == NULL || !session_has(session, IMAP_CAP_MULTISEARCH))
		return false;
	pattern_server_init(&server, session);
	if (!pattern_plan_make(pattern_root(all->pattern), &server, &plan,
		NULL))
		return false;
	is_asked = plan.kind == PLAN_EXACT || plan.kind == PLAN_FILTER;
	all->is_exact = plan.kind == PLAN_EXACT;
	all->is_fuzzy = plan.is_fuzzy;
	if (is_asked)
		all->request = session_search(session,
			(const char *const *)all->names->pdata,
			g_steal_pointer(&plan.criteria), on_hits, on_searched,
			all);
	pattern_plan_release(&plan);
	/* Those with hits, where the rows have to decide. */
	if (is_asked && !all->is_exact) {
		g_ptr_array_set_size(all->names, 0);
		g_ptr_array_add(all->names, NULL);
	}
	return is_asked;
}

/* --- the beginning ------------------------------------------------------- */

static void begin(struct everywhere *all)
{
	list_names(all);
	if (!ask_at_once(all))
		look_at_next(all);
}

static void on_listed(const GError *error, void *data)
{
	struct everywhere *all = data;

	all->is_listing = false;
	if (all->is_freed) {
		everywhere_destroy(all);
		return;
	}
	if (error != NULL)
		note_error(all, NULL, error);
	begin(all);
}

static gboolean begin_due(gpointer data)
{
	struct everywhere *all = data;

	all->source = 0;
	begin(all);
	return G_SOURCE_REMOVE;
}

struct everywhere *everywhere_start(struct account *account,
	const struct pattern *pattern, const struct everywhere_ops *ops,
	void *data)
{
	struct everywhere *all = g_new0(struct everywhere, 1);

	all->account = account;
	all->pattern = pattern_ref(pattern);
	all->ops = ops;
	all->data = data;
	all->names = g_ptr_array_new_with_free_func(g_free);
	all->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		NULL);
	all->is_listing = !account_has_mailboxes(account);
	if (all->is_listing)
		account_refresh_mailboxes(account, on_listed, all);
	else
		all->source = g_timeout_add(0, begin_due, all);
	return all;
}
