/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inside of patterns: a tree of nodes, the table of letters, and matching
 * over a row that need not come from a mailbox.
 */
#ifndef CULVER_MAIL_PATTERN_PRIVATE_H
#define CULVER_MAIL_PATTERN_PRIVATE_H

#include "src/base/base.h"
#include "src/imap/seqset.h"
#include "src/mail/mailbox.h"
#include "src/mail/pattern.h"

struct imap_capabilities;
struct imap_text;
struct pattern_node;

/* What the rc says of addresses: regular expressions, in lists. */
enum pattern_list {
	PATTERN_ALTERNATES,
	PATTERN_LISTS,
	PATTERN_SUBSCRIBED,
	PATTERN_N_LISTS,
};

/* Who the reader is and which mailing lists there are. */
struct pattern_self {
	char *from;    /* the option's value, or NULL */
	char *address; /* box@host of from, or NULL */
	char **words[PATTERN_N_LISTS];       /* each may be NULL */
	GPtrArray *regexes[PATTERN_N_LISTS]; /* of GRegex */
};

/* What "~=" and "~$" know of all messages: see pattern-corpus.c. */
struct pattern_corpus;

/* One message, as patterns see it. Everything is borrowed. Of the row's strings
 * those of the envelope and the references are looked at. */
struct pattern_subject {
	const struct message_row *row;
	const char *const *keywords; /* NULL-terminated */
	bool is_tagged;
	/* What only the server knows: its answers, sets of UIDs by node; or NULL,
	 * then is_found: true of the message is what each of those terms says. */
	GHashTable *answers;
	bool is_found;
	const struct pattern_self *self;     /* may be NULL */
	const struct pattern_corpus *corpus; /* may be NULL */
};

enum pattern_arg {
	PATTERN_ARG_NONE,
	PATTERN_ARG_TEXT,  /* a regular expression, with "=" plain text */
	PATTERN_ARG_PLAIN, /* for the server: text, no regular expression */
	PATTERN_ARG_FIELD, /* the same, "Name: text" */
	PATTERN_ARG_ID,    /* the same, an atom */
	PATTERN_ARG_RANGE, /* numbers, with "K", "M" and "G" */
	PATTERN_ARG_COUNT, /* the same, may be left out: at least one */
	PATTERN_ARG_DATE,
	PATTERN_ARG_UIDS,  /* may be left out */
};

enum pattern_need {
	PATTERN_NEEDS_FLAGS = 1 << 0, /* and keywords */
	PATTERN_NEEDS_ROW = 1 << 1,   /* dates, size, envelope */
	PATTERN_NEEDS_SELF = 1 << 2,
	PATTERN_NEEDS_CORPUS = 1 << 3,
	PATTERN_NEEDS_SERVER = 1 << 4, /* nobody else knows */
};

typedef bool pattern_match_fn(const struct pattern_node *node,
	const struct pattern_subject *subject);

/* How well SEARCH answers for a pattern. */
enum pattern_class {
	PATTERN_EXACT,    /* what is found matches, and nothing else does */
	PATTERN_SUPERSET, /* what matches is found, and more */
	PATTERN_LOCAL,    /* the server cannot be asked */
};

/* What matters of a server to whom patterns are put. */
struct pattern_server {
	const struct imap_capabilities *capabilities; /* NULL: none */
	bool has_own_flags;  /* changes of ours that it does not know yet */
	bool matches_words;  /* a part of a word is not found */
	bool avoids_fuzzy;   /* FUZZY has found nothing */
	int64_t now;         /* seconds since 1970 */
};

/* Appends one search key without its negation; nothing if it is LOCAL. */
typedef enum pattern_class pattern_search_fn(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out);

struct pattern_letter {
	struct pattern_row row;
	enum pattern_arg arg;
	unsigned needs; /* enum pattern_need */
	pattern_match_fn *match;
	unsigned operand; /* for the functions that serve several letters */
	pattern_search_fn *search; /* NULL: LOCAL */
	const char *lacks; /* NEEDS_SERVER: said when it is LOCAL */
};

/* NULL if there is none. */
const struct pattern_letter *pattern_letter_find(char letter);
/* "~u" with no UIDs. */
const struct pattern_letter *pattern_letter_subscribed(void);
/* Why a letter of mutt's is not here, or NULL. */
const char *pattern_letter_refusal(char letter);

enum pattern_op { PATTERN_AND, PATTERN_OR, PATTERN_TERM };

/* Both ends included. */
struct pattern_range {
	int64_t min, max;
};

struct pattern_dates {
	char *text;
	struct pattern_range range; /* seconds since 1970 */
	bool is_relative;           /* the range moves with the clock */
	int64_t counted_at;         /* when range was made of text */
};

struct pattern_node {
	enum pattern_op op;
	bool is_negated;
	bool wants_all;      /* "^": all addresses */
	GPtrArray *children; /* AND and OR */
	const struct pattern_letter *letter;
	bool has_arg;
	GRegex *regex;       /* one of these two */
	char *text;
	bool is_caseless;    /* of text */
	char *field;         /* of a header, for the server; or NULL */
	struct pattern_range range;
	struct pattern_dates *dates;
	struct imap_seqset uids;
};

/* NULL with error. */
struct pattern_node *pattern_node_parse(const char *text, GError **error);
void pattern_node_free(struct pattern_node *node);
/* enum pattern_need of it and all below it. */
unsigned pattern_node_needs(const struct pattern_node *node);
bool pattern_node_match(const struct pattern_node *node,
	const struct pattern_subject *subject);
const struct pattern_node *pattern_root(const struct pattern *pattern);
/* It looks at all messages of the mailbox to judge one. */
bool pattern_needs_all(const struct pattern *pattern);

/* Which messages of a mailbox are looked at, and what is known of them. */
struct pattern_scope {
	const struct imap_seqset *among;  /* NULL: all */
	const struct imap_seqset *tagged; /* what "~T" means, or NULL */
	GHashTable *answers;              /* as pattern_subject has them */
	bool is_found;
};
void pattern_match_scope(const struct pattern *pattern,
	struct mailbox *mailbox, const struct pattern_scope *scope,
	struct imap_seqset *uids_out);

/* "5", "5-", "-5", "5-9", "<5", ">5", each with K, M or G. */
bool pattern_range_parse(const char *text, struct pattern_range *range_out);
/* The range as it is now, in seconds since 1970. */
const struct pattern_range *pattern_dates_now(struct pattern_dates *dates,
	int64_t now);
/* now: seconds since 1970. The zone is this computer's. */
bool pattern_dates_parse(const char *text, int64_t now,
	struct pattern_range *range_out, bool *is_relative_out);

/* A regular expression as mutt reads them, bounded in what it may cost. */
GRegex *pattern_regex_new(const char *text, bool is_caseless, GError **error);
bool pattern_regex_match(const GRegex *regex, const char *subject);
/* True if a letter is in upper case, one after a backslash aside. */
bool pattern_has_upper(const char *text);

/* from: an address, with a name or without; it and the lists may be NULL. What
 * is no regular expression is skipped. */
struct pattern_self *pattern_self_new(const char *from,
	const char *const *const words[PATTERN_N_LISTS]);
void pattern_self_free(struct pattern_self **self);
/* Whether it was made of these. */
bool pattern_self_is_of(const struct pattern_self *self, const char *from,
	const char *const *const words[PATTERN_N_LISTS]);

struct pattern_corpus *pattern_corpus_new(void);
void pattern_corpus_free(struct pattern_corpus **corpus);
/* In order of arrival. */
void pattern_corpus_add(struct pattern_corpus *corpus,
	const struct message_row *row);

/* pattern-match.c: the functions of the letters. */
pattern_match_fn pattern_match_any, pattern_match_set, pattern_match_clear,
	pattern_match_new, pattern_match_old, pattern_match_tagged,
	pattern_match_keyword, pattern_match_number, pattern_match_uids,
	pattern_match_size, pattern_match_attachments, pattern_match_date,
	pattern_match_received, pattern_match_subject, pattern_match_id,
	pattern_match_references, pattern_match_addresses, pattern_match_self,
	pattern_match_duplicate, pattern_match_unreferenced,
	pattern_match_lists, pattern_match_server;

/* pattern-key.c: the same letters as search keys. */
pattern_search_fn pattern_search_any, pattern_search_set,
	pattern_search_clear, pattern_search_unseen, pattern_search_uids,
	pattern_search_size, pattern_search_date, pattern_search_received,
	pattern_search_subject, pattern_search_id, pattern_search_references,
	pattern_search_addresses, pattern_search_body, pattern_search_text,
	pattern_search_field, pattern_search_fuzzy, pattern_search_saved,
	pattern_search_email_id, pattern_search_thread_id,
	pattern_search_label, pattern_search_query;
/* True when "~?" becomes FUZZY. */
bool pattern_server_is_fuzzy(const struct pattern_server *server);
/* pattern-literal.c: the longest part of a term's text that is surely in what
 * it matches, ASCII without spaces; NULL if it is too short to be of use. */
char *pattern_literal(const struct pattern_node *node);
/* A regular expression that is none: with its backslashes taken away, or NULL
 * if it means more than its characters. */
char *pattern_plain_text(const char *regex);

/* Operands of pattern_match_addresses(): which fields. */
enum pattern_fields {
	PATTERN_FROM = 1 << 0,
	PATTERN_TO = 1 << 1,
	PATTERN_CC = 1 << 2,
	PATTERN_SENDER = 1 << 3,
};

#endif
