/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/pattern-scan.h"
#include "src/cache/cache.h"
#include "src/mail/pattern-private.h"

/* UIDs as they came: ranges, the greatest first. */
struct descent {
	GArray *ranges; /* of struct imap_range */
};

struct term {
	const struct pattern_node *node;
	struct descent matched;
};

struct pattern_scan {
	struct pattern *pattern;   /* a hold on it */
	struct pattern_self *self; /* NULL unless it is needed */
	GArray *terms;             /* of struct term */
	struct descent read;
	gint n_read;               /* atomic */
};

static void descent_init(struct descent *descent)
{
	descent->ranges = g_array_new(FALSE, FALSE, sizeof(struct imap_range));
}

static void descent_note(struct descent *descent, uint32_t uid)
{
	GArray *ranges = descent->ranges;
	struct imap_range *last = ranges->len == 0 ? NULL :
		&g_array_index(ranges, struct imap_range, ranges->len - 1);

	if (last != NULL && last->first - 1 == uid)
		last->first = uid;
	else
		g_array_append_val(ranges, ((struct imap_range){ uid, uid }));
}

static void descent_add_to(const struct descent *descent,
	struct imap_seqset *set)
{
	struct imap_seqset ascending;

	imap_seqset_init(&ascending);
	for (guint i = descent->ranges->len; i > 0; i--) {
		struct imap_range range = g_array_index(descent->ranges,
			struct imap_range, i - 1);

		imap_seqset_add_range(&ascending, range.first, range.last);
	}
	imap_seqset_add_set(set, &ascending);
	imap_seqset_release(&ascending);
}

/* --- making -------------------------------------------------------------- */

static void add_terms(struct pattern_scan *scan,
	const struct pattern_node *node)
{
	struct term term = { .node = node };

	if (node->answer != 0 && pattern_node_is_text(node)) {
		descent_init(&term.matched);
		g_array_append_val(scan->terms, term);
		return;
	}
	for (guint i = 0; i < pattern_n_children(node); i++)
		add_terms(scan, node->children->pdata[i]);
}

static void clear_term(gpointer term)
{
	g_array_unref(((struct term *)term)->matched.ranges);
}

struct pattern_scan *pattern_scan_new(const struct pattern *pattern,
	struct mailbox *mailbox)
{
	struct pattern_scan *scan = g_new0(struct pattern_scan, 1);
	const struct pattern_node *root = pattern_root(pattern);

	scan->pattern = pattern_ref(pattern);
	if ((root->needs & PATTERN_NEEDS_SELF) != 0)
		scan->self = pattern_self_of(mailbox);
	scan->terms = g_array_new(FALSE, FALSE, sizeof(struct term));
	g_array_set_clear_func(scan->terms, clear_term);
	add_terms(scan, root);
	descent_init(&scan->read);
	return scan;
}

void pattern_scan_free(void *data)
{
	struct pattern_scan *scan = data;

	g_array_unref(scan->terms);
	g_array_unref(scan->read.ranges);
	pattern_self_free(&scan->self);
	pattern_free(&scan->pattern);
	g_free(scan);
}

/* --- reading ------------------------------------------------------------- */

/* Without the negation of the node itself, as answers are. */
static bool is_true(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	return pattern_node_match(node, subject) != node->is_negated;
}

void pattern_scan_read(const struct cache_message *message, void *data)
{
	struct pattern_scan *scan = data;
	const struct message_row row = { .uid = message->uid,
		.envelope = &message->fetch.envelope,
		.references = message->fetch.references };
	const struct pattern_subject subject = { .row = &row,
		.self = scan->self };

	g_atomic_int_inc(&scan->n_read);
	if (!message->fetch.has_envelope)
		return;
	descent_note(&scan->read, message->uid);
	for (guint i = 0; i < scan->terms->len; i++) {
		struct term *term = &g_array_index(scan->terms, struct term, i);

		if (is_true(term->node, &subject))
			descent_note(&term->matched, message->uid);
	}
}

uint32_t pattern_scan_count(const struct pattern_scan *scan)
{
	return (uint32_t)g_atomic_int_get(&scan->n_read);
}

void pattern_scan_tell(const struct pattern_scan *scan,
	struct pattern_answers *answers)
{
	descent_add_to(&scan->read, &answers->read);
	for (guint i = 0; i < scan->terms->len; i++) {
		const struct term *term = &g_array_index(scan->terms,
			struct term, i);

		descent_add_to(&term->matched,
			&pattern_answer_of(answers, term->node)->uids);
	}
}
