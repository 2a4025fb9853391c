/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The letters of patterns, and patterns over the messages of a mailbox. */
#include "src/base/base.h"
#include "src/mail/pattern.h"
#include "src/base/arena.h"
#include "src/imap/flag.h"
#include "src/mail/mailbox.h"
#include "src/mail/ghost.h"
#include "src/mail/pattern-private.h"
#include "src/mail/private.h"
#include "src/mail/row.h"
#include "src/mail/table.h"
#include "src/rc/command.h"
#include "src/rc/option.h"

struct pattern {
	unsigned refs; /* of those that hold it: what it says does not change */
	char *text;
	struct pattern_node *node;
	unsigned needs; /* enum pattern_need */
	struct pattern_self *self;     /* when it was last needed */
	struct pattern_corpus *corpus;
	/* What corpus is made of. */
	const struct mailbox *corpus_mailbox;
	uint32_t corpus_length, corpus_uid;
};

/* --- letters ------------------------------------------------------------- */

/* The letter, what it takes and what it means; then how it is matched, and how
 * the server is asked. */
#define FLAG(letter, meaning, match, flag, search)              \
	{ { letter, NULL, meaning }, PATTERN_ARG_NONE,          \
		PATTERN_NEEDS_FLAGS, match, flag, search, NULL }
#define ADDRESS(letter, meaning, fields)                        \
	{ { letter, "REGEX", meaning }, PATTERN_ARG_TEXT,        \
		PATTERN_NEEDS_ROW, pattern_match_addresses, fields, \
		pattern_search_addresses, NULL }
#define ROW(letter, argument, meaning, kind, match, search)     \
	{ { letter, argument, meaning }, kind, PATTERN_NEEDS_ROW, match, 0, \
		search, NULL }
#define SELF(letter, meaning, function, operand)                \
	{ { letter, NULL, meaning }, PATTERN_ARG_NONE,          \
		PATTERN_NEEDS_ROW | PATTERN_NEEDS_SELF, function, operand, \
		NULL, NULL }
#define CORPUS(letter, meaning, function)                       \
	{ { letter, NULL, meaning }, PATTERN_ARG_NONE,          \
		PATTERN_NEEDS_ROW | PATTERN_NEEDS_CORPUS, function, 0, \
		NULL, NULL }
#define SERVER(letter, argument, meaning, kind, search, lacks)  \
	{ { letter, argument, meaning }, kind, PATTERN_NEEDS_SERVER, \
		pattern_match_server, 0, search, lacks }

static const struct pattern_letter letters[] = {
	SERVER('a', "QUERY",
		"the server's own search language finds it: "
		"Gmail's",
		PATTERN_ARG_PLAIN, pattern_search_query,
		"the server has no search language of its own (X-GM-EXT-1)"),
	{ { 'A', NULL, "all messages" }, PATTERN_ARG_NONE, 0, pattern_match_any,
		0, pattern_search_any, NULL },
	SERVER('b', "TEXT", "the body has the text, as the server finds it",
		PATTERN_ARG_PLAIN, pattern_search_body, NULL),
	SERVER('B', "TEXT",
		"the header or the body has the text, as the "
		"server finds it",
		PATTERN_ARG_PLAIN, pattern_search_text, NULL),
	ADDRESS('c', "Cc matches", PATTERN_CC),
	ADDRESS('C', "To or Cc matches", PATTERN_TO | PATTERN_CC),
	ROW('d', "DATES", "the Date field is in the range", PATTERN_ARG_DATE,
		pattern_match_date, pattern_search_date),
	FLAG('D', "deleted", pattern_match_set, IMAP_FLAG_DELETED,
		pattern_search_set),
	ADDRESS('e', "Sender matches", PATTERN_SENDER),
	ADDRESS('f', "From matches", PATTERN_FROM),
	FLAG('F', "flagged", pattern_match_set, IMAP_FLAG_FLAGGED,
		pattern_search_set),
	SERVER('h', "FIELD:TEXT",
		"the header field has the text, as the server "
		"finds it",
		PATTERN_ARG_FIELD, pattern_search_field, NULL),
	ROW('i', "REGEX", "Message-ID matches", PATTERN_ARG_TEXT,
		pattern_match_id, pattern_search_id),
	SERVER('j', "ID", "the message has this identity on the server",
		PATTERN_ARG_ID, pattern_search_email_id,
		"the server gives messages no identities (OBJECTID)"),
	SERVER('J', "ID", "its thread has this identity on the server",
		PATTERN_ARG_ID, pattern_search_thread_id,
		"the server gives threads no identities (OBJECTID)"),
	SELF('l', "to a mailing list", pattern_match_lists, PATTERN_LISTS),
	ADDRESS('L', "From, To or Cc matches",
		PATTERN_FROM | PATTERN_TO | PATTERN_CC),
	{ { 'm', "NUMBERS", "number in the mailbox, from 1" },
		PATTERN_ARG_RANGE, 0, pattern_match_number, 0, NULL, NULL },
	FLAG('N',
		"new: unread, and arrived since the mailbox was last looked "
		"at",
		pattern_match_new, 0, pattern_search_unseen),
	FLAG('O', "old: unread, but not new", pattern_match_old, 0,
		pattern_search_unseen),
	SELF('p', "to you: To or Cc has one of your addresses",
		pattern_match_self, PATTERN_TO | PATTERN_CC),
	SELF('P', "from you", pattern_match_self, PATTERN_FROM),
	FLAG('Q', "answered", pattern_match_set, IMAP_FLAG_ANSWERED,
		pattern_search_set),
	ROW('r', "DATES", "received in the range", PATTERN_ARG_DATE,
		pattern_match_received, pattern_search_received),
	FLAG('R', "read", pattern_match_set, IMAP_FLAG_SEEN,
		pattern_search_set),
	ROW('s', "REGEX", "Subject matches", PATTERN_ARG_TEXT,
		pattern_match_subject, pattern_search_subject),
	ADDRESS('t', "To matches", PATTERN_TO),
	{ { 'T', NULL, "tagged" }, PATTERN_ARG_NONE, 0, pattern_match_tagged, 0,
		NULL, NULL },
	{ { 'u', "[UIDS]",
		  "UID in the set, such as 1:40,50:*; with none, to "
		  "a subscribed list" },
		PATTERN_ARG_UIDS, 0, pattern_match_uids, 0, pattern_search_uids,
		NULL },
	FLAG('U', "unread", pattern_match_clear, IMAP_FLAG_SEEN,
		pattern_search_clear),
	SERVER('w', "DATES", "put into the mailbox in the range, in whole days",
		PATTERN_ARG_DATE, pattern_search_saved,
		"no day to ask the server for"),
	ROW('x', "REGEX", "References or In-Reply-To matches", PATTERN_ARG_TEXT,
		pattern_match_references, pattern_search_references),
	ROW('X', "[NUMBERS]", "has attachments; their number counts as 0 or 1",
		PATTERN_ARG_COUNT, pattern_match_attachments, NULL),
	{ { 'y', "REGEX", "a keyword matches" }, PATTERN_ARG_TEXT,
		PATTERN_NEEDS_FLAGS, pattern_match_keyword, 0, NULL, NULL },
	SERVER('Y', "LABEL", "has Gmail's label, elsewhere the keyword",
		PATTERN_ARG_PLAIN, pattern_search_label,
		"the server has no labels (X-GM-EXT-1)"),
	ROW('z', "SIZES", "size in octets, such as <1K, >1M or 10K-1M",
		PATTERN_ARG_RANGE, pattern_match_size, pattern_search_size),
	SERVER('?', "WORDS",
		"has these words or others like them, as the "
		"server finds it",
		PATTERN_ARG_PLAIN, pattern_search_fuzzy, NULL),
	CORPUS('=', "an earlier message has the same Message-ID",
		pattern_match_duplicate),
	CORPUS('$', "no other message refers to it",
		pattern_match_unreferenced),
};

static const struct pattern_letter subscribed =
	SELF('u', NULL, pattern_match_lists, PATTERN_SUBSCRIBED);

static const struct {
	const char *letters, *why;
} refusals[] = {
	{ "M", "searching the types of parts is not part of this version" },
	{ "gGkV", "signatures and encryption are not part of this version" },
	{ "E", "expiry dates are not part of this version" },
	{ "S", "superseded messages are not part of this version" },
	{ "nH", "scores and spam are not part of this version" },
	{ "v(<>#", "threads are not part of this version" },
};

const struct pattern_letter *pattern_letter_find(char letter)
{
	for (size_t i = 0; i < G_N_ELEMENTS(letters); i++) {
		if (letters[i].row.letter == letter)
			return &letters[i];
	}
	return NULL;
}

const struct pattern_letter *pattern_letter_subscribed(void)
{
	return &subscribed;
}

const char *pattern_letter_refusal(char letter)
{
	for (size_t i = 0; letter != '\0' && i < G_N_ELEMENTS(refusals); i++) {
		if (strchr(refusals[i].letters, letter) != NULL)
			return refusals[i].why;
	}
	return NULL;
}

const struct pattern_row *pattern_rows(size_t *n_out)
{
	static struct pattern_row rows[G_N_ELEMENTS(letters)];

	for (size_t i = 0; i < G_N_ELEMENTS(letters); i++)
		rows[i] = letters[i].row;
	*n_out = G_N_ELEMENTS(letters);
	return rows;
}

/* --- patterns ------------------------------------------------------------ */

struct pattern *pattern_parse(const char *text, GError **error)
{
	struct pattern_node *node = pattern_node_parse(text, error);
	struct pattern *pattern;

	if (node == NULL)
		return NULL;
	pattern = g_new0(struct pattern, 1);
	pattern->refs = 1;
	pattern->text = g_strdup(text);
	pattern->node = node;
	pattern->needs = pattern_node_needs(node);
	return pattern;
}

struct pattern *pattern_ref(const struct pattern *constant)
{
	struct pattern *pattern = (struct pattern *)constant;

	pattern->refs++;
	return pattern;
}

void pattern_free(struct pattern **patternp)
{
	struct pattern *pattern = *patternp;

	*patternp = NULL;
	if (pattern == NULL || --pattern->refs > 0)
		return;
	pattern_node_free(pattern->node);
	pattern_self_free(&pattern->self);
	pattern_corpus_free(&pattern->corpus);
	g_free(pattern->text);
	g_free(pattern);
}

const char *pattern_text(const struct pattern *pattern)
{
	return pattern->text;
}

/* --- over a mailbox ------------------------------------------------------ */

/* What is made once for a mailbox, when it is first needed. */
static void update_self(struct pattern *pattern, struct mailbox *mailbox)
{
	const struct options *options =
		options_values(mailbox_options(mailbox));
	const char *const *const words[PATTERN_N_LISTS] = {
		[PATTERN_ALTERNATES] = options->alternates,
		[PATTERN_LISTS] = rc_list("lists"),
		[PATTERN_SUBSCRIBED] = rc_list("subscribe"),
	};

	if (pattern->self != NULL &&
		pattern_self_is_of(pattern->self, options->from, words))
		return;
	pattern_self_free(&pattern->self);
	pattern->self = pattern_self_new(options->from, words);
}

static bool load_record(const struct table_record *record, unsigned needs,
	struct arena *arena, struct message_row *row)
{
	bool has_flags = (record->bits & TABLE_HAS_FLAGS) != 0;
	struct imap_envelope *envelope;

	if ((needs & PATTERN_NEEDS_ROW) == 0)
		return has_flags || (needs & PATTERN_NEEDS_FLAGS) == 0;
	if ((record->bits & TABLE_HAS_ROW) == 0 || record->blob == NULL)
		return false;
	row->is_loaded = has_flags;
	row->internaldate = record->internaldate;
	row->internaldate_offset = record->internaldate_offset;
	row->size = record->size;
	row->has_attachment = (record->bits & TABLE_HAS_ATTACHMENT) != 0;
	envelope = arena_new_struct(arena, struct imap_envelope);
	row_unpack(record->blob, arena, envelope, &row->references);
	row->envelope = envelope;
	return row->is_loaded;
}

/* As mailbox_get_row() has it, but without asking for what is missing and
 * without what patterns do not look at: a million rows may be matched before
 * the loop turns. False if the pattern needs more than is known. */
static bool load_row(struct mailbox *mailbox, uint32_t pos, unsigned needs,
	struct arena *arena, struct message_row *row)
{
	const struct table_record *record = table_at(mailbox->table, pos);
	bool has_flags = (record->bits & TABLE_HAS_FLAGS) != 0;
	struct effective effective;

	*row = (struct message_row){ .uid = record->uid, .number = pos + 1,
		.subject = "", .from = "" };
	overlay_apply(mailbox, record, &effective);
	row->flags = effective.flags;
	row->is_new = has_flags && (row->flags & IMAP_FLAG_SEEN) == 0 &&
		mailbox_is_new_uid(mailbox, record->uid);
	return load_record(record, needs, arena, row);
}

static void make_corpus(struct pattern *pattern, struct mailbox *mailbox,
	struct arena *arena)
{
	uint32_t length = mailbox_length(mailbox);

	pattern_corpus_free(&pattern->corpus);
	pattern->corpus = pattern_corpus_new();
	for (uint32_t pos = 0; pos < length; pos++) {
		struct message_row row;

		if (!mailbox_is_hidden(mailbox, pos) &&
			load_row(mailbox, pos, pattern->needs, arena, &row))
			pattern_corpus_add(pattern->corpus, &row);
		arena_clear(arena);
	}
	pattern->corpus_mailbox = mailbox;
	pattern->corpus_length = length;
	pattern->corpus_uid = length > 0 ?
		mailbox_uid_at(mailbox, length - 1) : 0;
}

static bool corpus_is_current(const struct pattern *pattern,
	const struct mailbox *mailbox)
{
	uint32_t length = mailbox_length(mailbox);

	return pattern->corpus != NULL && pattern->corpus_mailbox == mailbox &&
		pattern->corpus_length == length && (length == 0 ||
		pattern->corpus_uid == mailbox_uid_at(mailbox, length - 1));
}

/* Ready to match rows of the mailbox. */
static void prepare(struct pattern *pattern, struct mailbox *mailbox,
	struct arena *arena)
{
	if ((pattern->needs & PATTERN_NEEDS_SELF) != 0)
		update_self(pattern, mailbox);
	if ((pattern->needs & PATTERN_NEEDS_CORPUS) != 0 &&
		!corpus_is_current(pattern, mailbox))
		make_corpus(pattern, mailbox, arena);
}

static bool match_at(const struct pattern *pattern, struct mailbox *mailbox,
	uint32_t pos, const struct pattern_scope *scope, struct arena *arena)
{
	struct message_row row;
	struct pattern_subject subject = { .row = &row,
		.self = pattern->self, .corpus = pattern->corpus,
		.answers = scope->answers, .is_found = scope->is_found };

	if (!load_row(mailbox, pos, pattern->needs, arena, &row))
		return false;
	subject.keywords = mailbox_keywords_at(mailbox, pos);
	subject.is_tagged = scope->tagged != NULL &&
		imap_seqset_has(scope->tagged, row.uid);
	return pattern_node_match(pattern->node, &subject);
}

bool pattern_match(const struct pattern *constant, struct mailbox *mailbox, uint32_t pos)
{
	/* What is remembered of the mailbox does not change the pattern. */
	struct pattern *pattern = (struct pattern *)constant;
	const struct pattern_scope scope = { 0 };
	struct arena *arena = arena_new();
	bool matches;

	prepare(pattern, mailbox, arena);
	matches = match_at(pattern, mailbox, pos, &scope, arena);
	arena_free(&arena);
	return matches;
}

void pattern_match_scope(const struct pattern *constant,
	struct mailbox *mailbox, const struct pattern_scope *scope,
	struct imap_seqset *uids_out)
{
	struct pattern *pattern = (struct pattern *)constant;
	uint32_t length = mailbox_length(mailbox);
	struct arena *arena = arena_new();

	/* Rows may have been filled in since. */
	pattern_corpus_free(&pattern->corpus);
	prepare(pattern, mailbox, arena);
	for (uint32_t pos = 0; pos < length; pos++) {
		uint32_t uid = mailbox_uid_at(mailbox, pos);

		if (uid == 0 || mailbox_is_hidden(mailbox, pos) ||
			(scope->among != NULL &&
			!imap_seqset_has(scope->among, uid)))
			continue;
		if (match_at(pattern, mailbox, pos, scope, arena))
			imap_seqset_add(uids_out, uid);
		arena_clear(arena);
	}
	arena_free(&arena);
}

void pattern_match_all(const struct pattern *pattern, struct mailbox *mailbox,
	const struct imap_seqset *tagged, struct imap_seqset *uids_out)
{
	const struct pattern_scope scope = { .tagged = tagged };

	pattern_match_scope(pattern, mailbox, &scope, uids_out);
}

bool pattern_match_ghost(const struct pattern *constant, struct mailbox *mailbox,
	const struct ghost *ghost)
{
	struct pattern *pattern = (struct pattern *)constant;
	struct arena *arena = arena_new();
	struct message_row row = { .uid = ghost->record.uid,
		.number = ghost->number, .subject = "", .from = "",
		.flags = ghost->record.flags, .is_new = ghost->is_new };
	struct pattern_subject subject = { .row = &row,
		.keywords = (const char *const *)ghost->keywords };
	bool matches;

	prepare(pattern, mailbox, arena);
	subject.self = pattern->self;
	subject.corpus = pattern->corpus;
	matches = load_record(&ghost->record, pattern->needs, arena, &row) &&
		pattern_node_match(pattern->node, &subject);
	arena_free(&arena);
	return matches;
}

bool pattern_is_cheap(const struct pattern *pattern)
{
	return (pattern->needs &
		(PATTERN_NEEDS_ROW | PATTERN_NEEDS_SERVER)) == 0;
}

bool pattern_needs_server(const struct pattern *pattern)
{
	return (pattern->needs & PATTERN_NEEDS_SERVER) != 0;
}

bool pattern_needs_all(const struct pattern *pattern)
{
	return (pattern->needs & PATTERN_NEEDS_CORPUS) != 0;
}

const struct pattern_node *pattern_root(const struct pattern *pattern)
{
	return pattern->node;
}
