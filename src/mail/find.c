/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/find.h"
#include "src/base/error.h"
#include "src/imap/write.h"
#include "src/mail/pattern-search.h"
#include "src/mail/private.h"
#include "src/session/search.h"

/* Rows not loaded below which the server need not narrow them down. */
enum { WORTH_ASKING = 200 };

struct find {
	struct mailbox *mailbox;      /* a reference */
	struct pattern *pattern;      /* a hold on it */
	struct imap_seqset tagged;
	bool has_tagged;
	unsigned flags;               /* enum find_flags */
	find_done_fn *done;
	void *data;
	struct pattern_plan plan;
	bool has_plan;
	bool avoids_fuzzy;            /* it has found nothing */
	guint asked;                  /* TERMS: the one that is asked for */
	GHashTable *answers;          /* TERMS: node to struct imap_seqset */
	struct imap_seqset found;     /* EXACT and FILTER: by the server */
	struct imap_seqset matched;
	struct session_request *request;
	struct search_context *context;
	bool is_telling;              /* within done */
	bool is_freed;                /* when its request or done has ended */
};

static void find_destroy(struct find *find)
{
	mailbox_forget(find->mailbox, find);
	search_context_free(&find->context);
	if (find->has_plan)
		pattern_plan_release(&find->plan);
	g_clear_pointer(&find->answers, g_hash_table_destroy);
	imap_seqset_release(&find->tagged);
	imap_seqset_release(&find->found);
	imap_seqset_release(&find->matched);
	pattern_free(&find->pattern);
	mailbox_unref(&find->mailbox);
	g_free(find);
}

void find_free(struct find **findp)
{
	struct find *find = *findp;
	struct session_request *request;

	if (find == NULL)
		return;
	*findp = NULL;
	find->is_freed = true;
	mailbox_forget(find->mailbox, find);
	request = find->request;
	/* Its end is told, whatever it is. */
	if (request != NULL)
		session_cancel(&request);
	else if (!find->is_telling)
		find_destroy(find);
}

/* --- the end ------------------------------------------------------------- */

static void tell(struct find *find, const GError *error)
{
	static const struct imap_seqset none;

	find->is_telling = true;
	find->done(error, error == NULL ? &find->matched : &none, find->data);
	find->is_telling = false;
	if (find->is_freed)
		find_destroy(find);
}

static void fail_take(struct find *find, GError *error_take)
{
	tell(find, error_take);
	g_error_free(error_take);
}

/* The rows decide: of all messages, or of those that the server found. */
static void match(struct find *find, const struct imap_seqset *among)
{
	const struct pattern_scope scope = {
		.among = among,
		.tagged = find->has_tagged ? &find->tagged : NULL,
		.answers = find->answers,
		.is_found = true,
	};

	imap_seqset_clear(&find->matched);
	pattern_match_scope(find->pattern, find->mailbox, &scope,
		&find->matched);
	tell(find, NULL);
}

static void on_all_loaded(const GError *error, void *data)
{
	if (error != NULL)
		tell(data, error);
	else
		match(data, NULL);
}

static void load_all(struct find *find)
{
	mailbox_load_all(find->mailbox, on_all_loaded, find);
}

static void on_rows(const GError *error, void *data)
{
	struct find *find = data;

	(void)error;
	match(find, &find->found);
}

/* What the server found and is neither gone nor moved away. */
static void match_exactly(struct find *find)
{
	struct mailbox *mailbox = find->mailbox;

	imap_seqset_clear(&find->matched);
	for (uint32_t pos = 0; pos < mailbox_length(mailbox); pos++) {
		uint32_t uid = mailbox_uid_at(mailbox, pos);

		if (uid != 0 && !mailbox_is_hidden(mailbox, pos) &&
			imap_seqset_has(&find->found, uid))
			imap_seqset_add(&find->matched, uid);
	}
	tell(find, NULL);
}

static void take_found(struct find *find, const struct imap_seqset *uids)
{
	imap_seqset_copy(&find->found, uids);
	if (find->plan.kind == PLAN_EXACT)
		match_exactly(find);
	else
		fill_load(find->mailbox, &find->found, on_rows, find);
}

/* --- asking the server --------------------------------------------------- */

static GError *failure(const struct imap_result *result)
{
	const char *text = result->text != NULL ? result->text : "";

	if (result->outcome == IMAP_OUTCOME_NO ||
		result->outcome == IMAP_OUTCOME_BAD)
		return g_error_new(MAIL_ERROR, MAIL_ERROR_SERVER,
			"the server cannot search for this: %s", text);
	return g_error_new(MAIL_ERROR, MAIL_ERROR_OFFLINE,
		"the search came to nothing: %s", text);
}

/* Not found by the server: an error, unless the rows know as well. */
static void on_failed(struct find *find, const struct imap_result *result)
{
	if (pattern_needs_server(find->pattern))
		fail_take(find, failure(result));
	else
		load_all(find);
}

static void ask(struct find *find);

/* Words as they are, where none like them were found. */
static void ask_plainly(struct find *find)
{
	find->avoids_fuzzy = true;
	ask(find);
}

static void on_found(const struct imap_result *result,
	const struct imap_seqset *uids, void *data)
{
	struct find *find = data;

	find->request = NULL;
	if (find->is_freed)
		find_destroy(find);
	else if (result->outcome == IMAP_OUTCOME_OK && find->plan.is_fuzzy &&
		imap_seqset_is_empty(uids))
		ask_plainly(find);
	else if (result->outcome == IMAP_OUTCOME_OK)
		take_found(find, uids);
	else
		on_failed(find, result);
}

static void on_context(const struct imap_result *result, void *data)
{
	struct find *find = data;

	if (result->outcome == IMAP_OUTCOME_OK) {
		fill_forget(find->mailbox, find);
		take_found(find, search_context_uids(find->context));
	} else {
		on_failed(find, result);
	}
}

/* The rows of all that is found come in the same flight, if most are new. */
static bool lacks_rows(const struct find *find)
{
	struct mailbox_counts counts;

	mailbox_get_counts(find->mailbox, &counts);
	/* Flags of what is open beside are not followed. */
	return find->mailbox->is_beside || counts.loaded < counts.messages / 2;
}

static void ask_once(struct find *find)
{
	struct selection *selection = find->mailbox->selection;
	struct imap_text *criteria = find->plan.criteria;

	find->plan.criteria = NULL;
	if ((find->flags & FIND_STAYS) != 0)
		find->context = search_context_new(selection, criteria,
			on_context, find);
	else if (find->plan.kind == PLAN_FILTER && lacks_rows(find))
		find->request = selection_search_fetch(selection, criteria,
			IMAP_FETCH_ROW, SESSION_INTERACTIVE, on_found, find);
	else
		find->request = selection_search(selection, criteria,
			SESSION_INTERACTIVE, on_found, find);
}

static void ask_term(struct find *find);

static void on_term(const struct imap_result *result,
	const struct imap_seqset *uids, void *data)
{
	struct find *find = data;
	struct imap_seqset *answer;

	find->request = NULL;
	if (find->is_freed) {
		find_destroy(find);
	} else if (result->outcome != IMAP_OUTCOME_OK) {
		fail_take(find, failure(result));
	} else {
		answer = g_new0(struct imap_seqset, 1);
		imap_seqset_copy(answer, uids);
		g_hash_table_insert(find->answers, (void *)g_array_index(
			find->plan.terms, struct pattern_term,
			find->asked++).node, answer);
		ask_term(find);
	}
}

static void ask_term(struct find *find)
{
	struct pattern_term *term;

	if (find->asked == find->plan.terms->len) {
		load_all(find);
		return;
	}
	term = &g_array_index(find->plan.terms, struct pattern_term,
		find->asked);
	find->request = selection_search(find->mailbox->selection,
		g_steal_pointer(&term->criteria), SESSION_INTERACTIVE, on_term,
		find);
}

static void free_answer(gpointer answer)
{
	imap_seqset_release(answer);
	g_free(answer);
}

static void ask_terms(struct find *find)
{
	find->answers = g_hash_table_new_full(NULL, NULL, NULL, free_answer);
	ask_term(find);
}

/* --- the beginning ------------------------------------------------------- */

/* Flags of ours are on the screen before the server has them. */
static bool make_plan(struct find *find, GError **error)
{
	struct mailbox *mailbox = find->mailbox;
	struct pattern_server server;

	pattern_server_init(&server, account_session(mailbox->account));
	server.has_own_flags = mailbox->overlays->len > 0;
	server.avoids_fuzzy = find->avoids_fuzzy;
	if (find->has_plan)
		pattern_plan_release(&find->plan);
	find->has_plan = pattern_plan_make(pattern_root(find->pattern),
		&server, &find->plan, error);
	return find->has_plan;
}

static void ask(struct find *find)
{
	GError *error = NULL;

	if (find->mailbox->selection == NULL)
		fail_take(find, g_error_new(MAIL_ERROR, MAIL_ERROR_OFFLINE,
			"the server is needed for this search"));
	else if (!make_plan(find, &error))
		fail_take(find, error);
	else if (find->plan.kind == PLAN_TERMS ||
		pattern_needs_all(find->pattern))
		ask_terms(find);
	else if (find->plan.kind == PLAN_LOCAL)
		load_all(find);
	else
		ask_once(find);
}

/* Is the server asked what the rows know as well, but are not here yet? */
static bool is_worth_asking(const struct find *find)
{
	const struct mailbox *mailbox = find->mailbox;
	struct mailbox_counts counts;

	if ((find->flags & FIND_ASKS) != 0)
		return (find->flags & FIND_STAYS) != 0 || mailbox->is_beside ||
			!(pattern_is_cheap(find->pattern) ||
			mailbox_is_loaded(mailbox));
	mailbox_get_counts(mailbox, &counts);
	return (find->flags & (FIND_LOADS_ALL | FIND_STAYS)) == 0 &&
		mailbox->state == MAILBOX_READY &&
		counts.messages - counts.loaded > WORTH_ASKING;
}

static void on_ready(const GError *error, void *data)
{
	struct find *find = data;

	if (error != NULL)
		tell(find, error);
	else if (pattern_is_cheap(find->pattern) && !is_worth_asking(find))
		match(find, NULL);
	else
		ask(find);
}

struct find *find_start(struct mailbox *mailbox, const struct pattern *pattern,
	const struct imap_seqset *tagged, unsigned flags, find_done_fn *done,
	void *data)
{
	struct find *find = g_new0(struct find, 1);

	find->mailbox = mailbox_ref(mailbox);
	find->pattern = pattern_ref(pattern);
	imap_seqset_init(&find->tagged);
	imap_seqset_init(&find->found);
	imap_seqset_init(&find->matched);
	find->has_tagged = tagged != NULL;
	if (tagged != NULL)
		imap_seqset_copy(&find->tagged, tagged);
	find->flags = flags;
	find->done = done;
	find->data = data;
	if (pattern_needs_server(pattern) && (flags & FIND_LOADS_ALL) != 0)
		mailbox_load_all(mailbox, on_ready, find);
	else if (pattern_needs_server(pattern) || is_worth_asking(find) ||
		(pattern_is_cheap(pattern) && (flags & FIND_LOADS_ALL) == 0))
		mailbox_when_ready(mailbox, on_ready, find);
	else
		load_all(find);
	return find;
}

bool find_now(struct mailbox *mailbox, const struct pattern *pattern,
	const struct imap_seqset *tagged, struct imap_seqset *uids_out)
{
	if (pattern_needs_server(pattern) || (!pattern_is_cheap(pattern) &&
		!mailbox_is_loaded(mailbox)))
		return false;
	pattern_match_all(pattern, mailbox, tagged, uids_out);
	return true;
}
