/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Matching one message by the letters, and the tree of them. */
#include "src/base/base.h"
#include "src/imap/flag.h"
#include "src/mail/pattern-private.h"
#include "src/mime/header.h"

/* --- flags and numbers --------------------------------------------------- */

bool pattern_match_any(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	(void)node;
	(void)subject;
	return true;
}

bool pattern_match_set(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	return (subject->row->flags & node->letter->operand) != 0;
}

bool pattern_match_clear(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	return !pattern_match_set(node, subject);
}

bool pattern_match_new(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	(void)node;
	return subject->row->is_new &&
		(subject->row->flags & IMAP_FLAG_SEEN) == 0;
}

bool pattern_match_old(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	(void)node;
	return !subject->row->is_new &&
		(subject->row->flags & IMAP_FLAG_SEEN) == 0;
}

bool pattern_match_tagged(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	(void)node;
	return subject->is_tagged;
}

bool pattern_match_keyword(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	for (size_t i = 0; subject->keywords != NULL &&
		subject->keywords[i] != NULL; i++) {
		if (pattern_match_raw(node, subject->keywords[i]))
			return true;
	}
	return false;
}

static bool is_in(const struct pattern_range *range, int64_t n)
{
	return n >= range->min && n <= range->max;
}

bool pattern_match_number(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	struct pattern_range range = node->range;

	if (node->has_uids)
		return imap_seqset_has(&node->uids, subject->row->uid);
	if (range.min == INT64_MAX)
		range.min = subject->last_number;
	return is_in(&range, subject->row->number);
}

bool pattern_match_uids(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	return imap_seqset_has(&node->uids, subject->row->uid);
}

bool pattern_match_size(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	return is_in(&node->range,
		(int64_t)MIN(subject->row->size, (uint64_t)INT64_MAX));
}

bool pattern_match_attachments(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	return is_in(&node->range, subject->row->has_attachment);
}

/* --- dates --------------------------------------------------------------- */

static const struct pattern_range *current_range(struct pattern_dates *dates)
{
	return pattern_dates_now(dates, g_get_real_time() / G_USEC_PER_SEC);
}

bool pattern_match_received(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	return is_in(current_range(node->dates), subject->row->internaldate);
}

bool pattern_match_date(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	return is_in(current_range(node->dates), subject->date);
}

/* --- header fields ------------------------------------------------------- */

bool pattern_match_subject(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	const struct imap_envelope *envelope = subject->row->envelope;

	return pattern_match_raw(node,
		envelope != NULL ? envelope->subject : NULL);
}

bool pattern_match_id(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	const struct imap_envelope *envelope = subject->row->envelope;

	return pattern_match_raw(node,
		envelope != NULL ? envelope->message_id : NULL);
}

bool pattern_match_references(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	const struct imap_envelope *envelope = subject->row->envelope;

	return pattern_match_raw(node, subject->row->references) ||
		(envelope != NULL &&
		pattern_match_raw(node, envelope->in_reply_to));
}

/* --- addresses ----------------------------------------------------------- */

typedef bool address_fn(const struct imap_address *address, const void *data);

/* box@host, raw; NULL for the start or the end of a group. */
static char *raw_address(const struct imap_address *address)
{
	return address->host == NULL || address->mailbox == NULL ? NULL :
		g_strconcat(address->mailbox, "@", address->host, NULL);
}

static char *address_text(const struct imap_address *address)
{
	char *raw = raw_address(address);
	char *text = mime_header_decode(raw);

	g_free(raw);
	return text;
}

/* The outcome for the lists so far: with "all" true until an address does not
 * match, else false until one matches. Returns false when it is decided. */
static bool scan(const struct imap_addresses *list, bool wants_all,
	address_fn *fn, const void *data, bool *matches_io)
{
	for (size_t i = 0; i < list->n; i++) {
		if (list->items[i].host == NULL)
			continue;
		if (fn(&list->items[i], data) != wants_all) {
			*matches_io = !wants_all;
			return false;
		}
	}
	return true;
}

static bool match_fields(const struct message_row *row, unsigned fields,
	bool wants_all, address_fn *fn, const void *data)
{
	const struct imap_envelope *envelope = row->envelope;
	bool matches = wants_all;

	if (envelope == NULL)
		return false;
	/* Without a Sender field the author is the sender. */
	if ((fields & PATTERN_SENDER) != 0 && envelope->sender.n == 0)
		fields |= PATTERN_FROM;
	if ((fields & PATTERN_FROM) != 0 &&
		!scan(&envelope->from, wants_all, fn, data, &matches))
		return matches;
	if ((fields & PATTERN_SENDER) != 0 &&
		!scan(&envelope->sender, wants_all, fn, data, &matches))
		return matches;
	if ((fields & PATTERN_TO) != 0 &&
		!scan(&envelope->to, wants_all, fn, data, &matches))
		return matches;
	if ((fields & PATTERN_CC) != 0)
		scan(&envelope->cc, wants_all, fn, data, &matches);
	return matches;
}

static bool address_has_text(const struct imap_address *address,
	const void *data)
{
	char *raw = raw_address(address);
	bool matches = raw != NULL && pattern_match_raw(data, raw);

	g_free(raw);
	return matches || (address->name != NULL &&
		pattern_match_raw(data, address->name));
}

static bool address_is_in(const struct imap_address *address,
	const void *data)
{
	char *text = address_text(address);
	bool is_in = text != NULL && pattern_group_has(data, text);

	g_free(text);
	return is_in;
}

bool pattern_match_addresses(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	if (node->group != NULL)
		return match_fields(subject->row, node->letter->operand,
			node->wants_all, address_is_in, node->group);
	return match_fields(subject->row, node->letter->operand,
		node->wants_all, address_has_text, node);
}

static bool address_is_own(const struct imap_address *address,
	const void *data)
{
	const struct pattern_self *self = data;
	char *text = address_text(address);
	bool is_own = text != NULL && ((self->address != NULL &&
		g_ascii_strcasecmp(text, self->address) == 0) ||
		pattern_any_regex(self->regexes[PATTERN_ALTERNATES], text));

	g_free(text);
	return is_own;
}

bool pattern_match_self(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	return subject->self != NULL &&
		match_fields(subject->row, node->letter->operand,
			node->wants_all, address_is_own, subject->self);
}

static bool address_is_list(const struct imap_address *address,
	const void *data)
{
	char *text = address_text(address);
	bool is_list = text != NULL && pattern_any_regex(data, text);

	g_free(text);
	return is_list;
}

bool pattern_match_lists(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	return subject->self != NULL &&
		match_fields(subject->row, PATTERN_TO | PATTERN_CC,
			node->wants_all, address_is_list,
			subject->self->regexes[node->letter->operand]);
}

/* --- answers ------------------------------------------------------------- */

struct pattern_answers *pattern_answers_new(const struct pattern_node *root)
{
	struct pattern_answers *answers = g_new0(struct pattern_answers, 1);

	answers->n = root->n_answers;
	answers->items = g_new0(struct pattern_answer, answers->n);
	return answers;
}

void pattern_answers_free(struct pattern_answers **answersp)
{
	struct pattern_answers *answers = *answersp;

	if (answers == NULL)
		return;
	*answersp = NULL;
	for (unsigned i = 0; i < answers->n; i++)
		imap_seqset_release(&answers->items[i].uids);
	imap_seqset_release(&answers->read);
	g_free(answers->items);
	g_free(answers);
}

struct pattern_answer *pattern_answer_of(const struct pattern_answers *answers,
	const struct pattern_node *node)
{
	return &answers->items[node->answer - 1];
}

/* --- the tree ------------------------------------------------------------ */

bool pattern_node_is_text(const struct pattern_node *node)
{
	return (node->needs & PATTERN_NEEDS_TEXT) != 0 && (node->needs &
		~(unsigned)(PATTERN_NEEDS_TEXT | PATTERN_NEEDS_SELF)) == 0;
}

static enum pattern_verdict verdict(bool matches)
{
	return matches ? PATTERN_YES : PATTERN_NO;
}

/* What was found out of the node, without its negation. */
static enum pattern_verdict look_up(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	const struct pattern_answer *answer;
	uint32_t uid = subject->row->uid;

	if (subject->answers == NULL || ((subject->lacks & PATTERN_NEEDS_ROW)
		!= 0 && (node->needs & PATTERN_NEEDS_OTHERS) != 0))
		return PATTERN_UNKNOWN;
	answer = pattern_answer_of(subject->answers, node);
	if (!answer->is_there && (!pattern_node_is_text(node) ||
		!imap_seqset_has(&subject->answers->read, uid)))
		return PATTERN_UNKNOWN;
	return verdict(imap_seqset_has(&answer->uids, uid));
}

static enum pattern_verdict judge_children(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	enum pattern_verdict decisive = verdict(node->op == PATTERN_OR);
	bool is_open = false;

	for (guint i = 0; i < node->children->len; i++) {
		enum pattern_verdict one = pattern_node_judge(
			node->children->pdata[i], subject);

		if (one == decisive)
			return decisive;
		is_open |= one == PATTERN_UNKNOWN;
	}
	return is_open ? PATTERN_UNKNOWN : verdict(node->op == PATTERN_AND);
}

enum pattern_verdict pattern_node_judge(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	unsigned lacks = node->needs & subject->lacks;
	enum pattern_verdict one;

	if (subject->is_found && node->op == PATTERN_TERM &&
		(node->letter->needs & PATTERN_NEEDS_SERVER) != 0)
		return PATTERN_YES;
	if (node->answer != 0 && (lacks != 0 ||
		!pattern_node_is_text(node)))
		one = look_up(node, subject);
	else if (node->op != PATTERN_TERM)
		one = judge_children(node, subject);
	else
		one = lacks != 0 ? PATTERN_UNKNOWN :
			verdict(node->letter->match(node, subject));
	if (one == PATTERN_UNKNOWN || !node->is_negated)
		return one;
	return verdict(one == PATTERN_NO);
}

bool pattern_node_match(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	return pattern_node_judge(node, subject) == PATTERN_YES;
}
