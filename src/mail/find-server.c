/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding by the server: alone, or to know which rows are worth loading. */
#include "src/base/base.h"
#include "src/mail/find-private.h"
#include "src/base/error.h"
#include "src/imap/write.h"
#include "src/session/search.h"

/* Rows that are missing below which it need not narrow them down. */
enum { WORTH_ASKING = 200 };

/* --- what it found ------------------------------------------------------- */

/* What the server found and is neither gone nor moved away. */
static void match_exactly(struct find *find)
{
	struct imap_seqset hidden;

	imap_seqset_init(&hidden);
	mailbox_get_hidden(find->mailbox, &hidden);
	table_get_uids(find->mailbox->table, &find->matched);
	imap_seqset_intersect(&find->matched, &find->found);
	imap_seqset_remove_set(&find->matched, &hidden);
	imap_seqset_release(&hidden);
	find_tell(find, NULL);
}

static void take_found(struct find *find, const struct imap_seqset *uids)
{
	imap_seqset_copy(&find->found, uids);
	imap_seqset_clear(&find->matched);
	imap_seqset_clear(&find->helping);
	find->is_found = true;
	find->has_asked = true;
	if (find->plan.kind == PLAN_EXACT)
		match_exactly(find);
	else
		find_judge(find, &find->found);
}

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

static void fail_take(struct find *find, GError *error_take)
{
	find_tell(find, error_take);
	g_error_free(error_take);
}

/* Not found by the server: an error, unless the rows know as well. */
static void on_failed(struct find *find, const struct imap_result *result)
{
	if (pattern_needs_server(find->pattern))
		fail_take(find, failure(result));
	else
		find_judge_all(find);
}

/* Words as they are, where none like them were found. */
static void ask_plainly(struct find *find)
{
	find->avoids_fuzzy = true;
	find_ask(find);
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

typedef void found_fn(const struct imap_result *result,
	const struct imap_seqset *uids, void *data);

static void search(struct find *find, found_fn *found)
{
	struct selection *selection = find->mailbox->selection;
	struct imap_text *criteria = g_steal_pointer(&find->plan.criteria);

	if (find->plan.kind == PLAN_FILTER && lacks_rows(find))
		find->request = selection_search_fetch(selection, criteria,
			IMAP_FETCH_ROW, SESSION_INTERACTIVE, found, find);
	else
		find->request = selection_search(selection, criteria,
			SESSION_INTERACTIVE, found, find);
}

static void ask_once(struct find *find)
{
	if ((find->flags & FIND_STAYS) != 0)
		find->context = search_context_new(find->mailbox->selection,
			g_steal_pointer(&find->plan.criteria), on_context,
			find);
	else
		search(find, on_found);
}

static void ask_term(struct find *find);

static void on_term(const struct imap_result *result,
	const struct imap_seqset *uids, void *data)
{
	struct find *find = data;
	struct pattern_answer *answer;

	find->request = NULL;
	if (find->is_freed) {
		find_destroy(find);
	} else if (result->outcome != IMAP_OUTCOME_OK) {
		fail_take(find, failure(result));
	} else {
		answer = pattern_answer_of(find->answers,
			g_array_index(find->plan.terms, struct pattern_term,
			find->asked++).node);
		imap_seqset_copy(&answer->uids, uids);
		answer->is_there = true;
		ask_term(find);
	}
}

static void ask_term(struct find *find)
{
	struct pattern_term *term;

	if (find->asked == find->plan.terms->len) {
		find_judge_all(find);
		return;
	}
	term = &g_array_index(find->plan.terms, struct pattern_term,
		find->asked);
	find->request = selection_search(find->mailbox->selection,
		g_steal_pointer(&term->criteria), SESSION_INTERACTIVE, on_term,
		find);
}

/* --- the plan ------------------------------------------------------------ */

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

void find_ask(struct find *find)
{
	GError *error = NULL;

	if (find->mailbox->selection == NULL)
		fail_take(find, g_error_new(MAIL_ERROR, MAIL_ERROR_OFFLINE,
			"the server is needed for this search"));
	else if (!make_plan(find, &error))
		fail_take(find, error);
	else if (find->plan.kind == PLAN_TERMS ||
		pattern_needs_all(find->pattern))
		ask_term(find);
	else if (find->plan.kind == PLAN_LOCAL)
		find_judge_all(find);
	else
		ask_once(find);
}

/* --- narrowing down ------------------------------------------------------ */

static void take_narrowed(struct find *find, const struct imap_seqset *uids)
{
	/* What was not found does not match. */
	imap_seqset_add_set(&find->judged, &find->missing);
	imap_seqset_intersect(&find->missing, uids);
	if (find->plan.kind == PLAN_EXACT) {
		imap_seqset_add_set(&find->matched, &find->missing);
		imap_seqset_clear(&find->missing);
	}
	imap_seqset_remove_set(&find->judged, &find->missing);
	find->has_narrowed = true;
}

static void on_narrowed(const struct imap_result *result,
	const struct imap_seqset *uids, void *data)
{
	struct find *find = data;

	find->request = NULL;
	if (find->is_freed) {
		find_destroy(find);
		return;
	}
	if (result->outcome == IMAP_OUTCOME_OK)
		take_narrowed(find, uids);
	find_go_on(find);
}

bool find_narrow_down(struct find *find)
{
	const struct mailbox *mailbox = find->mailbox;

	if (find->has_asked || find->has_narrowed || !mailbox->is_open ||
		mailbox->selection == NULL ||
		imap_seqset_count(&find->missing) <= WORTH_ASKING)
		return false;
	find->has_asked = true;
	if (!make_plan(find, NULL) || (find->plan.kind != PLAN_FILTER &&
		find->plan.kind != PLAN_EXACT))
		return false;
	search(find, on_narrowed);
	return true;
}
