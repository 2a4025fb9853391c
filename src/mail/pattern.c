/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mutt's patterns: parsed by descent (bounded in depth) to a tree of nodes,
 * matched against one row at a time. A letter is a row of the table below:
 * what its argument is, and how it matches.
 */
#include "src/base/base.h"
#include "src/mail/pattern.h"
#include "src/base/error.h"
#include "src/imap/flag.h"
#include "src/imap/seqset.h"
#include "src/mail/mailbox.h"
#include "src/mail/pattern-range.h"
#include "src/mime/header.h"
#include "src/rc/option.h"

enum { DEPTH_MAX = 50, TEXT_MAX = 4096 };

enum node_kind { NODE_AND, NODE_OR, NODE_NOT, NODE_LETTER };

enum argument {
	ARG_NONE,
	ARG_TEXT,   /* a regular expression, or plain text after "=" */
	ARG_NUMBER, /* a range of numbers */
	ARG_SIZE,   /* with K and M */
	ARG_DATE,
	ARG_UIDS,   /* may be missing */
};

struct pattern {
	enum node_kind kind;
	struct pattern *left, *right; /* right: AND and OR */
	const struct letter *letter;
	GRegex *regex;       /* ARG_TEXT */
	char *plain;         /* ARG_TEXT after "=": case-folded unless exact */
	bool is_exact;       /* upper case was written: case matters */
	struct pattern_range range;
	struct imap_seqset uids;
	bool has_uids;
	char *text;          /* of the root: as written */
};

/* What a node is matched against; the row is filled when first needed. */
struct subject {
	struct mailbox *mailbox;
	uint32_t pos;
	struct message_row row;
	bool has_row;
	const struct imap_seqset *tagged;
};

typedef bool match_fn(const struct pattern *node, struct subject *subject);

struct letter {
	struct pattern_row row;
	enum argument argument;
	bool is_cheap;      /* looks at flags and UIDs only */
	match_fn *match;    /* NULL: not in this version, summary says it */
	unsigned flag;
};

static const struct message_row *row_of(struct subject *subject)
{
	if (!subject->has_row)
		mailbox_get_row(subject->mailbox, subject->pos, &subject->row);
	subject->has_row = true;
	return &subject->row;
}

/* --- matching -------------------------------------------------------------------- */

static bool match_text(const struct pattern *node, const char *text)
{
	char *folded;
	bool found;

	if (text == NULL)
		return false;
	if (node->regex != NULL)
		return g_regex_match(node->regex, text, 0, NULL);
	if (node->is_exact)
		return strstr(text, node->plain) != NULL;
	folded = g_utf8_casefold(text, -1);
	found = strstr(folded, node->plain) != NULL;
	g_free(folded);
	return found;
}

static bool match_owned(const struct pattern *node, char *text_take)
{
	bool found = match_text(node, text_take);

	g_free(text_take);
	return found;
}

static bool match_addresses(const struct pattern *node,
	const struct imap_addresses *list)
{
	return match_owned(node, mime_addresses_format(list));
}

static bool match_all(const struct pattern *node, struct subject *subject)
{
	(void)node;
	(void)subject;
	return true;
}

static bool match_flag(const struct pattern *node, struct subject *subject)
{
	return (mailbox_flags_at(subject->mailbox, subject->pos) &
		node->letter->flag) != 0;
}

/* ~N and ~O are mutt's: unread and new, unread and old. */
static bool match_new(const struct pattern *node, struct subject *subject)
{
	const struct message_row *row = row_of(subject);

	(void)node;
	return (row->flags & IMAP_FLAG_SEEN) == 0 && row->is_new;
}

static bool match_old(const struct pattern *node, struct subject *subject)
{
	const struct message_row *row = row_of(subject);

	(void)node;
	return (row->flags & IMAP_FLAG_SEEN) == 0 && !row->is_new;
}

static bool match_unread(const struct pattern *node, struct subject *subject)
{
	(void)node;
	return (mailbox_flags_at(subject->mailbox, subject->pos) &
		IMAP_FLAG_SEEN) == 0;
}

static bool match_tagged(const struct pattern *node, struct subject *subject)
{
	(void)node;
	return subject->tagged != NULL && imap_seqset_has(subject->tagged,
		mailbox_uid_at(subject->mailbox, subject->pos));
}

static bool match_from(const struct pattern *node, struct subject *subject)
{
	const struct message_row *row = row_of(subject);

	return row->is_loaded && match_addresses(node, &row->envelope->from);
}

static bool match_to(const struct pattern *node, struct subject *subject)
{
	const struct message_row *row = row_of(subject);

	return row->is_loaded && match_addresses(node, &row->envelope->to);
}

static bool match_cc(const struct pattern *node, struct subject *subject)
{
	const struct message_row *row = row_of(subject);

	return row->is_loaded && match_addresses(node, &row->envelope->cc);
}

static bool match_recipient(const struct pattern *node, struct subject *subject)
{
	return match_to(node, subject) || match_cc(node, subject);
}

static bool match_anyone(const struct pattern *node, struct subject *subject)
{
	return match_from(node, subject) || match_recipient(node, subject);
}

static bool match_subject(const struct pattern *node, struct subject *subject)
{
	const struct message_row *row = row_of(subject);

	return row->is_loaded && match_text(node, row->subject);
}

static bool match_message_id(const struct pattern *node, struct subject *subject)
{
	const struct message_row *row = row_of(subject);

	return row->is_loaded && match_text(node, row->envelope->message_id);
}

static bool match_references(const struct pattern *node, struct subject *subject)
{
	const struct message_row *row = row_of(subject);

	return row->is_loaded && (match_text(node, row->references) ||
		match_text(node, row->envelope->in_reply_to));
}

static bool match_sent(const struct pattern *node, struct subject *subject)
{
	const struct message_row *row = row_of(subject);
	int64_t time;
	int offset;

	if (!row->is_loaded)
		return false;
	if (row->envelope->date == NULL ||
		!mime_date_parse(row->envelope->date, &time, &offset))
		time = row->internaldate;
	return pattern_range_has(&node->range, time);
}

static bool match_received(const struct pattern *node, struct subject *subject)
{
	const struct message_row *row = row_of(subject);

	return row->is_loaded &&
		pattern_range_has(&node->range, row->internaldate);
}

static bool match_size(const struct pattern *node, struct subject *subject)
{
	const struct message_row *row = row_of(subject);

	return row->is_loaded &&
		pattern_range_has(&node->range, (int64_t)row->size);
}

static bool match_number(const struct pattern *node, struct subject *subject)
{
	return pattern_range_has(&node->range, (int64_t)subject->pos + 1);
}

static bool match_attachments(const struct pattern *node, struct subject *subject)
{
	const struct message_row *row = row_of(subject);

	return row->is_loaded &&
		pattern_range_has(&node->range, row->has_attachment ? 1 : 0);
}

static bool match_keyword(const struct pattern *node, struct subject *subject)
{
	const char *const *words = mailbox_keywords_at(subject->mailbox,
		subject->pos);

	for (size_t i = 0; words[i] != NULL; i++)
		if (match_text(node, words[i]))
			return true;
	return false;
}

static bool match_uids(const struct pattern *node, struct subject *subject)
{
	return node->has_uids && imap_seqset_has(&node->uids,
		mailbox_uid_at(subject->mailbox, subject->pos));
}

/* One of the user's own addresses. */
static bool is_mine(const struct mailbox *mailbox, const struct imap_address *address)
{
	const struct options *options = options_values(
		mailbox_options(mailbox));
	char *text = g_strdup_printf("%s@%s", address->mailbox != NULL ?
		address->mailbox : "", address->host != NULL ?
		address->host : "");
	bool found = options->from != NULL && strcasestr(options->from,
		text) != NULL && address->host != NULL;

	for (size_t i = 0; !found && options->alternates != NULL &&
		options->alternates[i] != NULL; i++)
		found = g_regex_match_simple(options->alternates[i], text,
			G_REGEX_CASELESS, 0);
	g_free(text);
	return found;
}

static bool match_mine(const struct pattern *node, struct subject *subject)
{
	const struct message_row *row = row_of(subject);
	const struct imap_addresses *lists[2];

	(void)node;
	if (!row->is_loaded)
		return false;
	lists[0] = &row->envelope->to;
	lists[1] = &row->envelope->cc;
	for (size_t k = 0; k < G_N_ELEMENTS(lists); k++)
		for (size_t i = 0; i < lists[k]->n; i++)
			if (is_mine(subject->mailbox, &lists[k]->items[i]))
				return true;
	return false;
}

static bool match_from_me(const struct pattern *node, struct subject *subject)
{
	const struct message_row *row = row_of(subject);

	(void)node;
	for (size_t i = 0; row->is_loaded && i < row->envelope->from.n; i++)
		if (is_mine(subject->mailbox, &row->envelope->from.items[i]))
			return true;
	return false;
}

static bool match_no_reference(const struct pattern *node, struct subject *subject)
{
	const struct message_row *row = row_of(subject);

	(void)node;
	return row->is_loaded && row->envelope->in_reply_to == NULL &&
		(row->references == NULL || row->references[0] == '\0');
}

/* Mailing lists are not told from persons in this version. */
static bool match_nothing(const struct pattern *node, struct subject *subject)
{
	(void)node;
	(void)subject;
	return false;
}

/* --- the table ---------------------------------------------------------------------- */

#define TEXT(c, fn, summary) { { c, "EXPR", summary }, ARG_TEXT, false, fn, 0 }
#define FLAG(c, bit, summary) { { c, NULL, summary }, ARG_NONE, true, match_flag, bit }
#define PLAIN(c, fn, cheap, summary) { { c, NULL, summary }, ARG_NONE, cheap, fn, 0 }
#define RANGE(c, type, fn, cheap, summary) \
	{ { c, type == ARG_DATE ? "DATERANGE" : "RANGE", summary }, type, cheap, fn, 0 }
#define LATER(c, summary) { { c, "EXPR", summary }, ARG_TEXT, false, NULL, 0 }

static const struct letter letters[] = {
	PLAIN('A', match_all, true, "all messages"),
	LATER('b', "text in the body"),
	LATER('B', "text in the whole message"),
	TEXT('c', match_cc, "carbon-copied to EXPR"),
	TEXT('C', match_recipient, "to or cc EXPR"),
	RANGE('d', ARG_DATE, match_sent, false, "sent within DATERANGE"),
	FLAG('D', IMAP_FLAG_DELETED, "marked as deleted"),
	TEXT('f', match_from, "from EXPR"),
	FLAG('F', IMAP_FLAG_FLAGGED, "flagged"),
	LATER('h', "text in the header"),
	TEXT('i', match_message_id, "Message-ID matches EXPR"),
	PLAIN('l', match_nothing, false, "to a known mailing list"),
	TEXT('L', match_anyone, "from or to EXPR"),
	RANGE('m', ARG_NUMBER, match_number, true, "number within RANGE"),
	PLAIN('N', match_new, true, "new"),
	PLAIN('O', match_old, true, "unread, but not new"),
	PLAIN('p', match_mine, false, "to you"),
	PLAIN('P', match_from_me, false, "from you"),
	FLAG('Q', IMAP_FLAG_ANSWERED, "answered"),
	RANGE('r', ARG_DATE, match_received, false, "received within DATERANGE"),
	FLAG('R', IMAP_FLAG_SEEN, "read"),
	TEXT('s', match_subject, "subject matches EXPR"),
	TEXT('t', match_to, "to EXPR"),
	PLAIN('T', match_tagged, true, "tagged"),
	{ { 'u', "[UIDS]", "UID in the set; alone: to a subscribed list" },
		ARG_UIDS, true, match_uids, 0 },
	PLAIN('U', match_unread, true, "unread"),
	TEXT('x', match_references, "References or In-Reply-To matches EXPR"),
	RANGE('X', ARG_NUMBER, match_attachments, false, "attachments: RANGE of them"),
	TEXT('y', match_keyword, "keyword matches EXPR"),
	RANGE('z', ARG_SIZE, match_size, false, "size within RANGE"),
	PLAIN('$', match_no_reference, false, "begins a thread"),
};

const struct pattern_row *pattern_rows(size_t *n_out)
{
	static struct pattern_row rows[G_N_ELEMENTS(letters)];

	for (size_t i = 0; i < G_N_ELEMENTS(letters); i++)
		rows[i] = letters[i].row;
	*n_out = G_N_ELEMENTS(letters);
	return rows;
}

/* --- parsing ---------------------------------------------------------------------------- */

struct parser {
	const char *text, *at;
	unsigned depth;
	GError **error;
};

static struct pattern *parse_or(struct parser *parser);

static struct pattern *fail(struct parser *parser, const char *at,
	const char *format, ...) G_GNUC_PRINTF(3, 4);

static struct pattern *fail(struct parser *parser, const char *at,
	const char *format, ...)
{
	va_list args;
	char *why;

	if (parser->error != NULL && *parser->error != NULL)
		return NULL;
	va_start(args, format);
	why = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error(parser->error, MAIL_ERROR, MAIL_ERROR_PATTERN,
		"pattern, column %ld: %s",
		g_utf8_pointer_to_offset(parser->text, at) + 1, why);
	g_free(why);
	return NULL;
}

static struct pattern *node_new(enum node_kind kind, struct pattern *left,
	struct pattern *right)
{
	struct pattern *node = g_new0(struct pattern, 1);

	node->kind = kind;
	node->left = left;
	node->right = right;
	imap_seqset_init(&node->uids);
	return node;
}

static void skip_space(struct parser *parser)
{
	while (g_ascii_isspace(*parser->at))
		parser->at++;
}

/* A word, with quotes and backslashes undone; NULL with error if unclosed. */
static char *parse_word(struct parser *parser)
{
	GString *word = g_string_new(NULL);
	const char *start;
	char quote = '\0';

	skip_space(parser);
	start = parser->at;
	for (; *parser->at != '\0'; parser->at++) {
		char c = *parser->at;

		if (quote == '\0' && (g_ascii_isspace(c) || c == '|' || c == ')'))
			break;
		if (quote == '\0' && (c == '"' || c == '\'') &&
			parser->at == start)
			quote = c;
		else if (c == quote && quote != '\0') {
			parser->at++;
			return g_string_free(word, FALSE);
		} else if (c == '\\' && quote == '"' && parser->at[1] != '\0')
			g_string_append_c(word, *++parser->at);
		else
			g_string_append_c(word, c);
	}
	if (quote == '\0')
		return g_string_free(word, FALSE);
	fail(parser, start, "the quote is not closed");
	g_string_free(word, TRUE);
	return NULL;
}

static bool has_upper(const char *text)
{
	for (; *text != '\0'; text = g_utf8_next_char(text))
		if (g_unichar_isupper(g_utf8_get_char(text)))
			return true;
	return false;
}

static bool set_text(struct parser *parser, struct pattern *node,
	const char *word, const char *at, bool is_plain)
{
	GError *why = NULL;

	node->is_exact = has_upper(word);
	if (is_plain) {
		node->plain = node->is_exact ? g_strdup(word) :
			g_utf8_casefold(word, -1);
		return true;
	}
	node->regex = g_regex_new(word, node->is_exact ? 0 : G_REGEX_CASELESS,
		0, &why);
	if (node->regex != NULL)
		return true;
	fail(parser, at, "not a regular expression: %s", why->message);
	g_error_free(why);
	return false;
}

static bool set_range(struct parser *parser, struct pattern *node,
	const char *word, const char *at)
{
	enum argument argument = node->letter->argument;
	bool is_good;

	if (argument == ARG_DATE)
		is_good = pattern_range_parse_dates(&node->range, word,
			g_get_real_time() / G_USEC_PER_SEC);
	else
		is_good = pattern_range_parse_numbers(&node->range, word);
	if (!is_good)
		fail(parser, at, argument == ARG_DATE ?
			"expected dates such as <1w, >3m, 24/12/2026 or "
			"01/01/2026-*, not '%s'" :
			"expected a range such as 10-20, <100 or >1M, not '%s'",
			word);
	return is_good;
}

static bool set_argument(struct parser *parser, struct pattern *node, bool is_plain)
{
	const char *at;
	char *word;
	bool is_good = false;

	skip_space(parser);
	at = parser->at;
	word = parse_word(parser);
	if (word == NULL)
		return false;
	if (word[0] == '\0' && at == parser->at)
		fail(parser, at, "~%c needs an argument",
			node->letter->row.letter);
	else if (node->letter->argument == ARG_TEXT)
		is_good = set_text(parser, node, word, at, is_plain);
	else
		is_good = set_range(parser, node, word, at);
	g_free(word);
	return is_good;
}

/* "~u" alone is mutt's; with a set behind it means UIDs. */
static void set_uids(struct parser *parser, struct pattern *node)
{
	const char *before = parser->at;
	char *word = NULL;

	skip_space(parser);
	if (g_ascii_isdigit(*parser->at) || *parser->at == '*')
		word = parse_word(parser);
	node->has_uids = word != NULL && imap_seqset_parse(&node->uids, word);
	if (!node->has_uids)
		parser->at = before;
	g_free(word);
}

static const struct letter *find_letter(char c)
{
	for (size_t i = 0; i < G_N_ELEMENTS(letters); i++)
		if (letters[i].row.letter == c)
			return &letters[i];
	return NULL;
}

static struct pattern *parse_letter(struct parser *parser)
{
	const char *at = parser->at;
	bool is_plain = *at == '=';
	const struct letter *letter = find_letter(at[1]);
	struct pattern *node;

	if (at[1] == '\0')
		return fail(parser, at, "expected a letter after '%c'", *at);
	if (letter == NULL)
		return fail(parser, at, "unknown pattern '%.*s'; see patterns in "
			"culver(1)", (int)(g_utf8_next_char(at + 1) - at), at);
	if (letter->match == NULL)
		return fail(parser, at, "~%c: not in this version: searching "
			"bodies", at[1]);
	parser->at += 2;
	node = node_new(NODE_LETTER, NULL, NULL);
	node->letter = letter;
	if (letter->argument == ARG_UIDS)
		set_uids(parser, node);
	else if (letter->argument != ARG_NONE &&
		!set_argument(parser, node, is_plain))
		pattern_free(&node);
	return node;
}

static struct pattern *parse_group(struct parser *parser)
{
	const char *at = parser->at++;
	struct pattern *inner = parse_or(parser);

	if (inner == NULL)
		return NULL;
	skip_space(parser);
	if (*parser->at != ')') {
		pattern_free(&inner);
		return fail(parser, at, "the parenthesis is not closed");
	}
	parser->at++;
	return inner;
}

static struct pattern *parse_term(struct parser *parser)
{
	struct pattern *node;
	bool negate = false;

	skip_space(parser);
	/* "^" (all addresses) says nothing more for a row's first match. */
	while (*parser->at == '!' || *parser->at == '^') {
		negate ^= *parser->at == '!';
		parser->at++;
		skip_space(parser);
	}
	if (*parser->at == '(')
		node = parse_group(parser);
	else if (*parser->at == '~' || *parser->at == '=')
		node = parse_letter(parser);
	else
		node = fail(parser, parser->at, *parser->at == '\0' ?
			"expected a pattern here" :
			"expected ~ and a letter, not '%s'", parser->at);
	if (node != NULL && negate)
		node = node_new(NODE_NOT, node, NULL);
	return node;
}

static struct pattern *join(enum node_kind kind, struct pattern *left,
	struct pattern *right)
{
	if (right == NULL) {
		pattern_free(&left);
		return NULL;
	}
	return node_new(kind, left, right);
}

static struct pattern *parse_and(struct parser *parser)
{
	struct pattern *node = parse_term(parser);

	for (;;) {
		skip_space(parser);
		if (node == NULL || *parser->at == '\0' ||
			*parser->at == '|' || *parser->at == ')')
			return node;
		node = join(NODE_AND, node, parse_term(parser));
	}
}

static struct pattern *parse_or(struct parser *parser)
{
	struct pattern *node = NULL;

	if (++parser->depth > DEPTH_MAX)
		return fail(parser, parser->at, "too many parentheses");
	node = parse_and(parser);
	for (;;) {
		skip_space(parser);
		if (node == NULL || *parser->at != '|')
			break;
		parser->at++;
		node = join(NODE_OR, node, parse_and(parser));
	}
	parser->depth--;
	return node;
}

/* $simple_search with the words in the place of each %s. */
static char *simple_search(const char *words)
{
	const char *search = options_values(options_global())->simple_search;
	char *escaped = g_regex_escape_string(words, -1);
	char *quoted, *result;
	char **parts;

	/* Within quotes a backslash hides what follows. */
	parts = g_strsplit(escaped, "\\", -1);
	g_free(escaped);
	escaped = g_strjoinv("\\\\", parts);
	g_strfreev(parts);
	parts = g_strsplit(escaped, "\"", -1);
	g_free(escaped);
	escaped = g_strjoinv("\\\"", parts);
	g_strfreev(parts);
	quoted = g_strdup_printf("\"%s\"", escaped);
	g_free(escaped);
	parts = g_strsplit(search != NULL ? search : "~f %s | ~s %s", "%s", -1);
	result = g_strjoinv(quoted, parts);
	g_strfreev(parts);
	g_free(quoted);
	return result;
}

static struct pattern *parse_whole(const char *text, GError **error)
{
	GError *local = NULL;
	struct parser parser = { text, text, 0, &local };
	struct pattern *pattern = parse_or(&parser);

	skip_space(&parser);
	if (pattern != NULL && *parser.at != '\0') {
		fail(&parser, parser.at, "unexpected '%s'", parser.at);
		pattern_free(&pattern);
	}
	if (local != NULL)
		g_propagate_error(error, local);
	return pattern;
}

static bool is_simple(const char *text)
{
	return strchr(text, '~') == NULL && !(text[0] == '=' &&
		find_letter(text[1]) != NULL);
}

struct pattern *pattern_parse(const char *text, GError **error)
{
	struct parser parser = { text, text, 0, error };
	struct pattern *pattern;
	char *search, *words;

	skip_space(&parser);
	if (*parser.at == '\0')
		return fail(&parser, parser.at, "expected a pattern, ~A for all");
	if (strlen(text) > TEXT_MAX || !g_utf8_validate(text, -1, NULL))
		return fail(&parser, text, "too long, or not UTF-8");
	if (is_simple(parser.at)) {
		words = g_strchomp(g_strdup(parser.at));
		search = simple_search(words);
		pattern = parse_whole(search, error);
		g_free(search);
		g_free(words);
	} else {
		pattern = parse_whole(text, error);
	}
	if (pattern != NULL)
		pattern->text = g_strdup(text);
	return pattern;
}

void pattern_free(struct pattern **patternp)
{
	struct pattern *pattern = *patternp;

	if (pattern == NULL)
		return;
	*patternp = NULL;
	/* A long line of ANDs leans to the left: no recursion along it. */
	while (pattern != NULL) {
		struct pattern *left = pattern->left;

		pattern_free(&pattern->right);
		g_clear_pointer(&pattern->regex, g_regex_unref);
		imap_seqset_release(&pattern->uids);
		g_free(pattern->plain);
		g_free(pattern->text);
		g_free(pattern);
		pattern = left;
	}
}

const char *pattern_text(const struct pattern *pattern)
{
	return pattern->text;
}

/* --- asking --------------------------------------------------------------------------------- */

static bool match_node(const struct pattern *node, struct subject *subject)
{
	switch (node->kind) {
	case NODE_AND:
		return match_node(node->left, subject) &&
			match_node(node->right, subject);
	case NODE_OR:
		return match_node(node->left, subject) ||
			match_node(node->right, subject);
	case NODE_NOT:
		return !match_node(node->left, subject);
	case NODE_LETTER:
		break;
	}
	return node->letter->match(node, subject);
}

static bool match_at(const struct pattern *pattern, struct mailbox *mailbox,
	uint32_t pos, const struct imap_seqset *tagged)
{
	struct subject subject = { .mailbox = mailbox, .pos = pos,
		.tagged = tagged };

	/* Of a row that is not there neither a thing nor its contrary holds. */
	if (!pattern_is_cheap(pattern) && !row_of(&subject)->is_loaded)
		return false;
	return match_node(pattern, &subject);
}

bool pattern_match(const struct pattern *pattern, struct mailbox *mailbox, uint32_t pos)
{
	return match_at(pattern, mailbox, pos, NULL);
}

bool pattern_is_cheap(const struct pattern *pattern)
{
	for (; pattern != NULL; pattern = pattern->left) {
		if (pattern->kind == NODE_LETTER && !pattern->letter->is_cheap)
			return false;
		if (pattern->right != NULL && !pattern_is_cheap(pattern->right))
			return false;
	}
	return true;
}

void pattern_match_all(const struct pattern *pattern, struct mailbox *mailbox,
	const struct imap_seqset *tagged, struct imap_seqset *uids_out)
{
	for (uint32_t pos = 0; pos < mailbox_length(mailbox); pos++) {
		uint32_t uid = mailbox_uid_at(mailbox, pos);

		if (uid != 0 && !mailbox_is_hidden(mailbox, pos) &&
			match_at(pattern, mailbox, pos, tagged))
			imap_seqset_add(uids_out, uid);
	}
}
