/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/count.h"
#include "src/mail/find.h"
#include "src/mail/pattern-search.h"
#include "src/mail/private.h"
#include "src/session/search.h"

struct counting {
	struct mailbox *mailbox; /* a reference */
	struct pattern *pattern;
	struct find *find;
	pattern_count_fn *done;
	void *data;
};

static void end(struct counting *counting, const GError *error,
	const struct pattern_count *count)
{
	counting->done(error, count, counting->data);
	find_free(&counting->find);
	pattern_free(&counting->pattern);
	mailbox_unref(&counting->mailbox);
	g_free(counting);
}

static void on_found(const GError *error, const struct imap_seqset *uids,
	void *data)
{
	const struct pattern_count count = {
		.count = (uint32_t)imap_seqset_count(uids),
		.first_uid = imap_seqset_min(uids),
		.last_uid = imap_seqset_max(uids),
	};

	end(data, error, error == NULL ? &count : NULL);
}

static void find_all(struct counting *counting)
{
	counting->find = find_start(counting->mailbox, counting->pattern, NULL,
		0, on_found, counting);
}

static void on_counted(const struct imap_result *result,
	const struct search_count *counted, void *data)
{
	struct counting *counting = data;
	const struct pattern_count count = {
		.count = counted->count,
		.first_uid = counted->min,
		.last_uid = counted->max,
	};

	if (result->outcome == IMAP_OUTCOME_OK)
		end(counting, NULL, &count);
	else
		find_all(counting);
}

/* What is hidden or changed here, the server does not know. */
static bool ask(struct counting *counting)
{
	struct mailbox *mailbox = counting->mailbox;
	struct pattern_server server;
	struct pattern_plan plan;
	bool is_exact;

	if (mailbox->selection == NULL || mailbox->overlays->len > 0)
		return false;
	pattern_server_init(&server, account_session(mailbox->account));
	if (!pattern_plan_make(pattern_root(counting->pattern), &server, &plan,
		NULL))
		return false;
	is_exact = plan.kind == PLAN_EXACT && !plan.is_fuzzy;
	if (is_exact)
		selection_count(mailbox->selection,
			g_steal_pointer(&plan.criteria), SESSION_INTERACTIVE,
			on_counted, counting);
	pattern_plan_release(&plan);
	return is_exact;
}

void pattern_count_start(struct mailbox *mailbox, const struct pattern *pattern,
	pattern_count_fn *done, void *data)
{
	struct counting *counting = g_new0(struct counting, 1);

	counting->mailbox = mailbox_ref(mailbox);
	counting->pattern = pattern_ref(pattern);
	counting->done = done;
	counting->data = data;
	if (!ask(counting))
		find_all(counting);
}
