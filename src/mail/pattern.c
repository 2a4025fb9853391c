/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patterns over the messages of a mailbox. */
#include "src/base/base.h"
#include "src/mail/pattern.h"
#include "src/base/arena.h"
#include "src/imap/flag.h"
#include "src/mail/ghost.h"
#include "src/mail/keywords.h"
#include "src/mail/mailbox.h"
#include "src/mail/pattern-private.h"
#include "src/mail/private.h"
#include "src/mail/row.h"
#include "src/mail/table.h"
#include "src/rc/command.h"
#include "src/rc/option.h"

struct pattern {
	gatomicrefcount refs; /* of those that hold it: what it says does not
	                       * change */
	char *text;
	struct pattern_node *node;
	unsigned needs; /* enum pattern_need */
	struct pattern_self *self;     /* when it was last needed */
};

/* --- patterns ------------------------------------------------------------ */

struct pattern *pattern_parse(const char *text, GError **error)
{
	static const struct pattern_shown positions;

	return pattern_parse_shown(text, &positions, error);
}

struct pattern *pattern_parse_shown(const char *text,
	const struct pattern_shown *shown, GError **error)
{
	struct pattern_node *node = pattern_node_parse(text, shown, error);
	struct pattern *pattern;

	if (node == NULL)
		return NULL;
	pattern = g_new0(struct pattern, 1);
	g_atomic_ref_count_init(&pattern->refs);
	pattern->text = g_strdup(text);
	pattern->node = node;
	pattern->needs = node->needs;
	return pattern;
}

struct pattern *pattern_ref(const struct pattern *constant)
{
	struct pattern *pattern = (struct pattern *)constant;

	g_atomic_ref_count_inc(&pattern->refs);
	return pattern;
}

void pattern_free(struct pattern **patternp)
{
	struct pattern *pattern = *patternp;

	*patternp = NULL;
	if (pattern == NULL || !g_atomic_ref_count_dec(&pattern->refs))
		return;
	pattern_node_free(pattern->node);
	pattern_self_free(&pattern->self);
	g_free(pattern->text);
	g_free(pattern);
}

const char *pattern_text(const struct pattern *pattern)
{
	return pattern->text;
}

/* --- over a mailbox ------------------------------------------------------ */

static void get_words(struct mailbox *mailbox, const char **from_out,
	const char *const *words_out[PATTERN_N_LISTS])
{
	const struct options *options =
		options_values(mailbox_options(mailbox));

	*from_out = options->from;
	words_out[PATTERN_ALTERNATES] = options->alternates;
	words_out[PATTERN_LISTS] = rc_list("lists");
	words_out[PATTERN_SUBSCRIBED] = rc_list("subscribe");
}

struct pattern_self *pattern_self_of(struct mailbox *mailbox)
{
	const char *const *words[PATTERN_N_LISTS];
	const char *from;

	get_words(mailbox, &from, words);
	return pattern_self_new(from, words);
}

/* What is made once for a mailbox, when it is first needed. */
static void update_self(struct pattern *pattern, struct mailbox *mailbox)
{
	const char *const *words[PATTERN_N_LISTS];
	const char *from;

	get_words(mailbox, &from, words);
	if (pattern->self != NULL &&
		pattern_self_is_of(pattern->self, from, words))
		return;
	pattern_self_free(&pattern->self);
	pattern->self = pattern_self_new(from, words);
}

/* What the record tells without its strings; nothing is asked for. */
static void look_at(const struct mailbox *mailbox,
	const struct table_record *record, struct message_row *row,
	struct pattern_subject *subject)
{
	row->internaldate = record->internaldate;
	row->size = record->size;
	row->has_attachment = (record->bits & TABLE_HAS_ATTACHMENT) != 0;
	subject->row = row;
	subject->date = record->date;
	subject->lacks = PATTERN_NEEDS_TEXT;
	if ((record->bits & TABLE_HAS_FLAGS) == 0)
		subject->lacks |= PATTERN_NEEDS_FLAGS;
	else
		row->is_new = (row->flags & IMAP_FLAG_SEEN) == 0 &&
			mailbox_is_new_uid(mailbox, record->uid);
	if ((record->bits & TABLE_HAS_ROW) == 0)
		subject->lacks |= PATTERN_NEEDS_ROW;
}

/* Its strings, too, if they are in memory. */
static bool read_strings(const struct table_record *record,
	struct arena *arena, struct message_row *row,
	struct pattern_subject *subject)
{
	struct imap_envelope *envelope;

	if ((record->bits & TABLE_HAS_ROW) == 0 || record->blob == NULL)
		return false;
	envelope = arena_new_struct(arena, struct imap_envelope);
	row_unpack(record->blob, arena, envelope, &row->references);
	row->envelope = envelope;
	subject->lacks &= ~(unsigned)PATTERN_NEEDS_TEXT;
	return true;
}

/* Strings only where all else does not decide. */
static enum pattern_verdict judge(const struct pattern_node *node,
	const struct table_record *record, struct message_row *row,
	struct pattern_subject *subject, struct arena *arena)
{
	enum pattern_verdict verdict;

	verdict = pattern_node_judge(node, subject);
	if (verdict != PATTERN_UNKNOWN ||
		!read_strings(record, arena, row, subject))
		return verdict;
	verdict = pattern_node_judge(node, subject);
	arena_clear(arena);
	return verdict;
}

enum pattern_verdict pattern_judge(const struct pattern *pattern,
	struct mailbox *mailbox, uint32_t pos,
	const struct pattern_scope *scope, struct arena *arena)
{
	const struct table_record *record = table_at(mailbox->table, pos);
	struct message_row row = { .uid = record->uid, .number = pos + 1 };
	struct pattern_subject subject = { .self = pattern->self,
		.answers = scope->answers,
		.is_found = scope->is_found,
		.last_number = table_length(mailbox->table) };
	struct effective effective;

	overlay_apply(mailbox, record, &effective);
	if (effective.is_hidden)
		return PATTERN_NO;
	row.flags = effective.flags;
	look_at(mailbox, record, &row, &subject);
	if ((pattern->needs & PATTERN_NEEDS_FLAGS) != 0)
		subject.keywords = keyword_sets_get(mailbox->keywords,
			effective.keyword_set);
	subject.is_tagged = scope->tagged != NULL &&
		imap_seqset_has(scope->tagged, row.uid);
	return judge(scope->node != NULL ? scope->node : pattern->node, record,
		&row, &subject, arena);
}

void pattern_prepare(const struct pattern *constant, struct mailbox *mailbox)
{
	/* What is remembered of the mailbox does not change the pattern. */
	struct pattern *pattern = (struct pattern *)constant;

	if ((pattern->needs & PATTERN_NEEDS_SELF) != 0)
		update_self(pattern, mailbox);
}

bool pattern_match(const struct pattern *pattern, struct mailbox *mailbox,
	uint32_t pos)
{
	const struct pattern_scope scope = { 0 };
	struct arena *arena = arena_new();
	bool matches;

	pattern_prepare(pattern, mailbox);
	matches = pattern_judge(pattern, mailbox, pos, &scope, arena) ==
		PATTERN_YES;
	arena_free(&arena);
	return matches;
}

bool pattern_match_ghost(const struct pattern *pattern, struct mailbox *mailbox,
	const struct ghost *ghost)
{
	struct arena *arena = arena_new();
	struct message_row row = { .uid = ghost->record.uid,
		.number = ghost->number, .flags = ghost->record.flags };
	struct pattern_subject subject = {
		.last_number = table_length(mailbox->table),
		.keywords = (const char *const *)ghost->keywords };
	bool matches;

	pattern_prepare(pattern, mailbox);
	subject.self = pattern->self;
	look_at(mailbox, &ghost->record, &row, &subject);
	row.is_new = ghost->is_new;
	matches = judge(pattern->node, &ghost->record, &row, &subject, arena)
		== PATTERN_YES;
	arena_free(&arena);
	return matches;
}

bool pattern_is_cheap(const struct pattern *pattern)
{
	return (pattern->needs &
		(PATTERN_NEEDS_ROW | PATTERN_NEEDS_TEXT |
		PATTERN_NEEDS_SERVER)) == 0;
}

bool pattern_needs_server(const struct pattern *pattern)
{
	return (pattern->needs & PATTERN_NEEDS_SERVER) != 0;
}

bool pattern_needs_all(const struct pattern *pattern)
{
	return (pattern->needs & PATTERN_NEEDS_OTHERS) != 0;
}

const struct pattern_node *pattern_root(const struct pattern *pattern)
{
	return pattern->node;
}
