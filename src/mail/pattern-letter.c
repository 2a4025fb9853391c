/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The letters of patterns: a row for each. */
#include "src/base/base.h"
#include "src/imap/flag.h"
#include "src/mail/pattern-others.h"
#include "src/mail/pattern-private.h"

/* The letter, what it takes and what it means; then how it is matched, and how
 * the server is asked. */
#define FLAG(letter, meaning, match, flag, search)              \
	{ { letter, NULL, meaning }, PATTERN_ARG_NONE,          \
		PATTERN_NEEDS_FLAGS, match, flag, search, NULL }
#define ADDRESS(letter, meaning, fields)                        \
	{ { letter, "REGEX", meaning }, PATTERN_ARG_TEXT,        \
		PATTERN_NEEDS_TEXT, pattern_match_addresses, fields, \
		pattern_search_addresses, NULL }
#define ROW(letter, argument, meaning, kind, match, search)     \
	{ { letter, argument, meaning }, kind, PATTERN_NEEDS_ROW, match, 0, \
		search, NULL }
#define TEXT(letter, meaning, match, search)                    \
	{ { letter, "REGEX", meaning }, PATTERN_ARG_TEXT,        \
		PATTERN_NEEDS_TEXT, match, 0, search, NULL }
#define SELF(letter, meaning, function, operand)                \
	{ { letter, NULL, meaning }, PATTERN_ARG_NONE,          \
		PATTERN_NEEDS_TEXT | PATTERN_NEEDS_SELF, function, operand, \
		NULL, NULL }
#define OTHERS(letter, argument, meaning, kind, operand)        \
	{ { letter, argument, meaning }, kind,                   \
		PATTERN_NEEDS_ROW | PATTERN_NEEDS_OTHERS, NULL, operand, \
		NULL, NULL }
#define SERVER(letter, argument, meaning, kind, search, lacks)  \
	{ { letter, argument, meaning }, kind, PATTERN_NEEDS_SERVER, \
		NULL, 0, search, lacks }
#define SHOWN(letter, meaning, which)                           \
	{ { letter, NULL, meaning }, PATTERN_ARG_SHOWN,          \
		PATTERN_NEEDS_PLACE, pattern_match_uids, which, NULL, NULL }

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
	TEXT('i', "Message-ID matches",
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
	{ { 'm', "NUMBERS", "number, as the index shows it" },
		PATTERN_ARG_NUMBERS, PATTERN_NEEDS_PLACE, pattern_match_number,
		0, NULL, NULL },
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
	TEXT('s', "Subject matches",
		pattern_match_subject, pattern_search_subject),
	ADDRESS('t', "To matches", PATTERN_TO),
	{ { 'T', NULL, "tagged" }, PATTERN_ARG_NONE, PATTERN_NEEDS_PLACE,
		pattern_match_tagged, 0, NULL, NULL },
	{ { 'u', "[UIDS]",
		  "UID in the set, such as 1:40,50:*; with none, to "
		  "a subscribed list" },
		PATTERN_ARG_UIDS, 0, pattern_match_uids, 0, pattern_search_uids,
		NULL },
	FLAG('U', "unread", pattern_match_clear, IMAP_FLAG_SEEN,
		pattern_search_clear),
	SHOWN('v', "in a folded thread", PATTERN_FOLDED),
	SERVER('w', "DATES", "put into the mailbox in the range, in whole days",
		PATTERN_ARG_DATE, pattern_search_saved,
		"no day to ask the server for"),
	TEXT('x', "References or In-Reply-To matches",
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
	SHOWN('#', "in its thread by its subject alone", PATTERN_BY_SUBJECT),
	OTHERS('=', NULL, "an earlier message has the same Message-ID",
		PATTERN_ARG_NONE, OTHERS_SAME),
	OTHERS('$', NULL, "no other message refers to it", PATTERN_ARG_NONE,
		OTHERS_NONE),
	OTHERS('(', "PATTERN)", "a message of its thread matches",
		PATTERN_ARG_PATTERN, OTHERS_THREAD),
	OTHERS('<', "(PATTERN)", "the message that it answers matches",
		PATTERN_ARG_PATTERN, OTHERS_PARENT),
	OTHERS('>', "(PATTERN)", "an answer to it matches",
		PATTERN_ARG_PATTERN, OTHERS_CHILD),
};

static const struct pattern_letter subscribed =
	SELF('u', NULL, pattern_match_lists, PATTERN_SUBSCRIBED);

static const struct {
	const char *letters, *why;
} refusals[] = {
	{ "M", "types of parts are not known before a message is opened" },
	{ "gGkV", "signatures and encryption are not known before a message "
		  "is opened" },
	{ "E", "not fetched: try ~h Expires:2026" },
	{ "S", "not fetched: try ~h Supersedes:ID" },
	{ "nH", "there are neither scores nor tags of spam" },
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
