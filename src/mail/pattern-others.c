/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A first walk over all records marks nodes of the forest, a second one looks
 * whose nodes are marked. Each costs about the number of nodes, since a way up
 * ends where another one has been.
 */
#include "src/base/base.h"
#include "src/mail/pattern-others.h"
#include "src/mail/table.h"

struct others {
	const struct others_input *input;
	uint8_t *marks;   /* by node */
	uint32_t *roots;  /* by node; 0: not known yet; NULL unless THREAD */
	struct imap_seqset *uids_out;
};

typedef void record_fn(struct others *others,
	const struct table_record *record);

/* Those whose place in the forest is known. */
static void each_record(struct others *others, record_fn *fn)
{
	const struct others_input *input = others->input;
	const struct table_record *run;
	uint32_t n;

	for (uint32_t pos = 0; (run = table_snapshot_run(input->snapshot, pos,
		&n)) != NULL; pos += n)
		for (uint32_t i = 0; i < n; i++)
			if (run[i].uid != 0 && run[i].node != 0 &&
				run[i].node < input->n_parents)
				fn(others, &run[i]);
}

static uint32_t root_of(struct others *others, uint32_t node)
{
	const uint32_t *parents = others->input->parents;
	uint32_t root = node, at = node, above;

	while (others->roots[root] == 0 && parents[root] != 0)
		root = parents[root];
	if (others->roots[root] != 0)
		root = others->roots[root];
	/* The way is not gone again. */
	for (; others->roots[at] == 0; at = above) {
		above = parents[at];
		others->roots[at] = root;
		if (above == 0)
			break;
	}
	return root;
}

/* --- marking ------------------------------------------------------------- */

/* All above are referred to: also those whose own answer is not there. */
static void mark_ancestors(struct others *others,
	const struct table_record *record)
{
	const uint32_t *parents = others->input->parents;
	uint32_t node = parents[record->node];

	for (; node != 0 && others->marks[node] == 0; node = parents[node])
		others->marks[node] = 1;
}

static void mark_matched(struct others *others,
	const struct table_record *record)
{
	const struct others_input *input = others->input;
	uint32_t node = record->node;

	if (input->matched == NULL ||
		!imap_seqset_has(input->matched, record->uid))
		return;
	if (input->kind == OTHERS_THREAD)
		node = root_of(others, node);
	else if (input->kind == OTHERS_CHILD)
		node = input->parents[node];
	others->marks[node] = 1;
}

/* --- telling ------------------------------------------------------------- */

static void tell(struct others *others, const struct table_record *record)
{
	const struct others_input *input = others->input;
	uint32_t node = record->node;
	bool is_true;

	if (input->kind == OTHERS_THREAD)
		node = root_of(others, node);
	else if (input->kind == OTHERS_PARENT)
		node = input->parents[node];
	is_true = (node != 0 && others->marks[node] != 0) !=
		(input->kind == OTHERS_NONE);
	if (is_true)
		imap_seqset_add(others->uids_out, record->uid);
	/* Of those with the same Message-ID the first is none of them. */
	if (input->kind == OTHERS_SAME)
		others->marks[node] = 1;
}

void others_find(const struct others_input *input,
	struct imap_seqset *uids_out)
{
	struct others others = { .input = input, .uids_out = uids_out };

	others.marks = g_new0(uint8_t, input->n_parents + 1);
	if (input->kind == OTHERS_THREAD)
		others.roots = g_new0(uint32_t, input->n_parents + 1);
	if (input->kind == OTHERS_NONE)
		each_record(&others, mark_ancestors);
	else if (input->kind != OTHERS_SAME)
		each_record(&others, mark_matched);
	each_record(&others, tell);
	g_free(others.roots);
	g_free(others.marks);
}
