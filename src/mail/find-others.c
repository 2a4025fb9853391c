/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Terms that are of other messages: for each, the messages that match what is
 * in its parentheses are found, then on a worker those that they speak of.
 */
#include "src/base/base.h"
#include "src/mail/find-private.h"
#include "src/base/worker.h"
#include "src/mail/forest.h"
#include "src/mail/judging.h"
#include "src/mail/pattern-others.h"

struct others_job {
	struct find *find; /* NULL: freed */
	struct table_snapshot *snapshot;
	struct imap_seqset matched, uids;
	struct others_input input;
};

static void collect(const struct pattern_node *node, GPtrArray *others)
{
	for (guint i = 0; i < pattern_n_children(node); i++)
		collect(node->children->pdata[i], others);
	if (node->op == PATTERN_TERM &&
		(node->letter->needs & PATTERN_NEEDS_OTHERS) != 0)
		g_ptr_array_add(others, (void *)node);
}

GPtrArray *find_others_of(const struct pattern_node *root)
{
	GPtrArray *others = g_ptr_array_new();

	collect(root, others);
	return others;
}

void find_others_stop(struct find *find)
{
	if (find->job != NULL)
		find->job->find = NULL;
	find->job = NULL;
}

/* --- on the worker ------------------------------------------------------- */

static void go_on(struct find *find);

static void run(void *data)
{
	struct others_job *job = data;

	others_find(&job->input, &job->uids);
}

static void take(struct find *find, const struct imap_seqset *uids)
{
	struct pattern_answer *answer = pattern_answer_of(find->answers,
		find->others->pdata[find->other]);

	imap_seqset_copy(&answer->uids, uids);
	answer->is_there = true;
	find->job = NULL;
	find->other++;
	go_on(find);
}

static void on_done(void *data)
{
	struct others_job *job = data;

	if (job->find != NULL)
		take(job->find, &job->uids);
	table_snapshot_free(&job->snapshot);
	g_free((uint32_t *)job->input.parents);
	imap_seqset_release(&job->matched);
	imap_seqset_release(&job->uids);
	g_free(job);
}

/* matched NULL: the term has no parentheses. */
static void push(struct find *find, const struct imap_seqset *matched)
{
	const struct pattern_node *node = find->others->pdata[find->other];
	struct others_job *job = g_new0(struct others_job, 1);

	job->find = find;
	job->snapshot = table_snapshot_new(find->mailbox->table);
	if (matched != NULL)
		imap_seqset_copy(&job->matched, matched);
	job->input = (struct others_input){
		.snapshot = job->snapshot,
		.parents = forest_parents(find->mailbox->forest),
		.n_parents = forest_size(find->mailbox->forest) + 1,
		.kind = (enum others_kind)node->letter->operand,
		.matched = matched != NULL ? &job->matched : NULL,
	};
	find->job = job;
	worker_push(lineups_worker(), run, on_done, job);
}

/* --- one after the other ------------------------------------------------- */

static void on_judged(struct judging_result *result, void *data)
{
	struct find *find = data;

	judging_free(&find->judging);
	push(find, &result->matched);
}

static void judge_inner(struct find *find, const struct pattern_node *inner)
{
	const struct judging_task task = {
		.mailbox = find->mailbox,
		.pattern = find->pattern,
		.node = inner,
		.tagged = find->has_tagged ? &find->tagged : NULL,
		.answers = find->answers,
	};

	find->judging = judging_start(&task, on_judged, find);
}

static void go_on(struct find *find)
{
	const struct pattern_node *node;

	if (find->other == find->others->len) {
		find_judge(find, NULL);
		return;
	}
	node = find->others->pdata[find->other];
	if (pattern_n_children(node) > 0)
		judge_inner(find, node->children->pdata[0]);
	else
		push(find, NULL);
}

void find_judge_all(struct find *find)
{
	judging_free(&find->judging);
	find_others_stop(find);
	find->other = 0;
	/* What was found out before need not be true any more. */
	for (guint i = 0; i < find->others->len; i++)
		pattern_answer_of(find->answers,
			find->others->pdata[i])->is_there = false;
	go_on(find);
}
