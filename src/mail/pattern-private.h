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

/* Addresses that the rc gives a name. */
struct pattern_group {
	GHashTable *addresses; /* in lower case */
	GPtrArray *regexes;    /* of GRegex */
};

/* Messages of which a node of the tree is true, its negation left aside. */
struct pattern_answer {
	bool is_there;     /* all are known */
	struct imap_seqset uids;
};

/* What was found out of a pattern over a mailbox: by the server, by reading
 * the texts of many messages at once, or by looking at all messages. */
struct pattern_answers {
	unsigned n;
	struct pattern_answer *items;   /* by node->answer */
	struct imap_seqset read;        /* UIDs whose texts were read */
};

/* One message, as patterns see it. Everything is borrowed. Of the row's strings
 * those of the envelope and the references are looked at. */
struct pattern_subject {
	const struct message_row *row;
	unsigned lacks;  /* enum pattern_need: what is not known of it */
	int64_t date;    /* of the Date field; else when it was received */
	uint32_t last_number;        /* of the mailbox */
	const char *const *keywords; /* NULL-terminated */
	bool is_tagged;
	const struct pattern_answers *answers; /* may be NULL */
	bool is_found;   /* what each term that only the server knows says is
	                  * true of it */
	const struct pattern_self *self; /* may be NULL */
};

enum pattern_arg {
	PATTERN_ARG_NONE,
	PATTERN_ARG_TEXT,  /* a regular expression, with "=" plain text */
	PATTERN_ARG_PLAIN, /* for the server: text, no regular expression */
	PATTERN_ARG_FIELD, /* the same, "Name: text" */
	PATTERN_ARG_ID,    /* the same, an atom */
	PATTERN_ARG_NUMBERS, /* of messages */
	PATTERN_ARG_RANGE, /* numbers, with "K", "M" and "G" */
	PATTERN_ARG_COUNT, /* the same, may be left out: at least one */
	PATTERN_ARG_DATE,
	PATTERN_ARG_UIDS,  /* may be left out */
	PATTERN_ARG_SHOWN, /* none; of what a screen shows */
	PATTERN_ARG_PATTERN, /* in parentheses: the node's child */
};

enum pattern_need {
	PATTERN_NEEDS_FLAGS = 1 << 0, /* and keywords */
	PATTERN_NEEDS_ROW = 1 << 1,   /* dates, size, structure */
	PATTERN_NEEDS_TEXT = 1 << 2,  /* envelope, references */
	PATTERN_NEEDS_SELF = 1 << 3,
	PATTERN_NEEDS_OTHERS = 1 << 4, /* other messages: pattern-others.h */
	PATTERN_NEEDS_SERVER = 1 << 5, /* nobody else knows */
	PATTERN_NEEDS_PLACE = 1 << 6,  /* number, tag: they are at hand */
};

enum pattern_verdict { PATTERN_NO, PATTERN_YES, PATTERN_UNKNOWN };

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
	unsigned needs;      /* enum pattern_need, of it and all below it */
	/* Those that are answered for all messages at once have a number from
	 * 1: what only the server knows, what is of other messages, and what is
	 * of texts and nothing else, as high up in the tree as that is true.
	 * Else 0. */
	unsigned answer;
	unsigned n_answers;  /* of the root: all of them */
	GPtrArray *children; /* AND and OR; the one of a term, or NULL */
	const struct pattern_letter *letter;
	bool has_arg;
	GRegex *regex;       /* one of these two */
	struct pattern_group *group; /* "%f": instead of these */
	char *text;
	char *ascii;         /* what it looks for in ASCII if that is plain
	                      * characters, in lower case if is_caseless */
	bool is_caseless;
	char *field;         /* of a header, for the server; or NULL */
	struct pattern_range range;
	struct pattern_dates *dates;
	bool has_uids;       /* of "~m": they stand for the range */
	struct imap_seqset uids; /* given, or of what was shown */
};

static inline guint pattern_n_children(const struct pattern_node *node)
{
	return node->children != NULL ? node->children->len : 0;
}

/* NULL with error. */
struct pattern_node *pattern_node_parse(const char *text,
	const struct pattern_shown *shown, GError **error);
void pattern_node_free(struct pattern_node *node);
/* It can be judged by a message's strings alone, in any thread. */
bool pattern_node_is_text(const struct pattern_node *node);
enum pattern_verdict pattern_node_judge(const struct pattern_node *node,
	const struct pattern_subject *subject);
/* It is surely true. */
bool pattern_node_match(const struct pattern_node *node,
	const struct pattern_subject *subject);
const struct pattern_node *pattern_root(const struct pattern *pattern);

/* What is known of the messages of a mailbox beside their rows. */
struct pattern_scope {
	const struct pattern_node *node;  /* a part of the pattern; NULL: all */
	const struct imap_seqset *tagged; /* what "~T" means, or NULL */
	/* As pattern_subject has them. */
	const struct pattern_answers *answers;
	bool is_found;
};
/* Who the reader is, for other threads, too. */
struct pattern_self *pattern_self_of(struct mailbox *mailbox);
/* Before rows of the mailbox are judged, and when the loop has turned. */
void pattern_prepare(const struct pattern *pattern, struct mailbox *mailbox);
/* By what is in memory. A row that is not shown is none that matches. The
 * arena is cleared. */
struct arena;
enum pattern_verdict pattern_judge(const struct pattern *pattern,
	struct mailbox *mailbox, uint32_t pos,
	const struct pattern_scope *scope, struct arena *arena);

/* "5", "5-", "-5", "5-9", "<5", ">5", each with K, M or G. */
bool pattern_range_parse(const char *text, struct pattern_range *range_out);
/* A number at the head of a text, with K, M or G; moves behind it. */
bool pattern_number_read(const char **at_io, int64_t *number_out);
/*
 * pattern-number.c: the same of messages, where an end may be "^", "." or "$"
 * as well, the first, the cursor's and the last; with "," a number is counted
 * from the cursor's. The last is INT64_MAX. cursor 0: there is none; NULL, or
 * what is wrong.
 */
const char *pattern_numbers_parse(const char *text, uint32_t cursor,
	struct pattern_range *range_out);
/* The range as it is now, in seconds since 1970. */
const struct pattern_range *pattern_dates_now(struct pattern_dates *dates,
	int64_t now);
/* now: seconds since 1970. The zone is this computer's. */
bool pattern_dates_parse(const char *text, int64_t now,
	struct pattern_range *range_out, bool *is_relative_out);

struct pattern_answers *pattern_answers_new(const struct pattern_node *root);
void pattern_answers_free(struct pattern_answers **answers);
/* Of a node with a number. */
struct pattern_answer *pattern_answer_of(const struct pattern_answers *answers,
	const struct pattern_node *node);

/* pattern-text.c: a word as plain text, or as a regular expression; false with
 * error when it is none. */
void pattern_set_plain(struct pattern_node *node, const char *word);
bool pattern_set_regex(struct pattern_node *node, const char *word,
	GError **error);
/* Against a header field as the server sent it; NULL is an empty one. */
bool pattern_match_raw(const struct pattern_node *node, const char *raw);
/* A regular expression as mutt reads them, bounded in what it may cost. */
GRegex *pattern_regex_new(const char *text, bool is_caseless, GError **error);
bool pattern_regex_match(const GRegex *regex, const char *subject);
bool pattern_any_regex(const GPtrArray *regexes, const char *subject);
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

/* As it is now; NULL if there is none of that name. */
struct pattern_group *pattern_group_new(const char *name);
void pattern_group_free(struct pattern_group *group);
bool pattern_group_has(const struct pattern_group *group, const char *address);

/* pattern-match.c: the functions of the letters. */
pattern_match_fn pattern_match_any, pattern_match_set, pattern_match_clear,
	pattern_match_new, pattern_match_old, pattern_match_tagged,
	pattern_match_keyword, pattern_match_number, pattern_match_uids,
	pattern_match_size, pattern_match_attachments, pattern_match_date,
	pattern_match_received, pattern_match_subject, pattern_match_id,
	pattern_match_references, pattern_match_addresses, pattern_match_self,
	pattern_match_lists;

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
