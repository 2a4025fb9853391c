/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Matching one message. Its strings are a stranger's: each is cut before a
 * regular expression sees it, and the steps of the expression are limited.
 */
#include "src/base/base.h"
#include "src/imap/flag.h"
#include "src/mail/pattern-private.h"
#include "src/mime/header.h"

enum { SUBJECT_MAX = 4096 };
/* Backtracking beyond this is no match. */
#define STEPS "(*LIMIT_MATCH=100000)"

/* --- regular expressions ------------------------------------------------- */

bool pattern_has_upper(const char *text)
{
	for (; *text != '\0'; text = g_utf8_next_char(text)) {
		if (*text == '\\' && text[1] != '\0')
			text++;
		else if (g_unichar_isupper(g_utf8_get_char(text)))
			return true;
	}
	return false;
}

/* POSIX's \< and \> are what PCRE calls otherwise. */
static char *to_pcre(const char *text)
{
	GString *out = g_string_new(STEPS);

	for (; *text != '\0'; text++) {
		if (*text != '\\' || text[1] == '\0') {
			g_string_append_c(out, *text);
			continue;
		}
		text++;
		if (*text == '<')
			g_string_append(out, "\\b(?=\\w)");
		else if (*text == '>')
			g_string_append(out, "\\b(?<=\\w)");
		else
			g_string_append_printf(out, "\\%c", *text);
	}
	return g_string_free(out, FALSE);
}

GRegex *pattern_regex_new(const char *text, bool is_caseless, GError **error)
{
	char *pcre = to_pcre(text);
	GRegex *regex = g_regex_new(pcre, is_caseless ? G_REGEX_CASELESS : 0,
		0, error);

	g_free(pcre);
	return regex;
}

/* The length of str, at most SUBJECT_MAX, and no character cut. */
static size_t bounded_length(const char *str)
{
	size_t len = strnlen(str, SUBJECT_MAX + 1);
	const char *end;

	if (len <= SUBJECT_MAX)
		return len;
	g_utf8_validate(str, SUBJECT_MAX, &end);
	return (size_t)(end - str);
}

bool pattern_regex_match(const GRegex *regex, const char *subject)
{
	return g_regex_match_full(regex, subject,
		(gssize)bounded_length(subject), 0, 0, NULL, NULL);
}

static bool contains(const struct pattern_node *node, const char *subject)
{
	char *cut = g_strndup(subject, bounded_length(subject));
	char *folded = node->is_caseless ? g_utf8_casefold(cut, -1) : NULL;
	bool found = strstr(folded != NULL ? folded : cut, node->text) != NULL;

	g_free(folded);
	g_free(cut);
	return found;
}

/* subject is UTF-8, or NULL. */
static bool matches_text(const struct pattern_node *node, const char *subject)
{
	if (subject == NULL)
		subject = "";
	if (node->regex != NULL)
		return pattern_regex_match(node->regex, subject);
	return contains(node, subject);
}

static bool matches_raw(const struct pattern_node *node, const char *raw)
{
	char *text = mime_header_decode(raw);
	bool matches = matches_text(node, text);

	g_free(text);
	return matches;
}

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
		if (matches_raw(node, subject->keywords[i]))
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
	return is_in(&node->range, subject->row->number);
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
	const struct imap_envelope *envelope = subject->row->envelope;
	int64_t time;
	int offset;

	if (envelope == NULL || envelope->date == NULL ||
		!mime_date_parse(envelope->date, &time, &offset))
		time = subject->row->internaldate;
	return is_in(current_range(node->dates), time);
}

/* --- header fields ------------------------------------------------------- */

bool pattern_match_subject(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	const struct imap_envelope *envelope = subject->row->envelope;

	return matches_raw(node, envelope != NULL ? envelope->subject : NULL);
}

bool pattern_match_id(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	const struct imap_envelope *envelope = subject->row->envelope;

	return matches_raw(node,
		envelope != NULL ? envelope->message_id : NULL);
}

bool pattern_match_references(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	const struct imap_envelope *envelope = subject->row->envelope;

	return matches_raw(node, subject->row->references) ||
		(envelope != NULL && matches_raw(node, envelope->in_reply_to));
}

/* --- addresses ----------------------------------------------------------- */

typedef bool address_fn(const struct imap_address *address, const void *data);

/* box@host, decoded; NULL for the start or the end of a group. */
static char *address_text(const struct imap_address *address)
{
	char *raw, *text;

	if (address->host == NULL || address->mailbox == NULL)
		return NULL;
	raw = g_strdup_printf("%s@%s", address->mailbox, address->host);
	text = mime_header_decode(raw);
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
	char *text = address_text(address);
	bool matches = text != NULL && matches_text(data, text);

	g_free(text);
	return matches || (address->name != NULL &&
		matches_raw(data, address->name));
}

bool pattern_match_addresses(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	return match_fields(subject->row, node->letter->operand,
		node->wants_all, address_has_text, node);
}

static bool any_regex(const GPtrArray *regexes, const char *text)
{
	for (guint i = 0; i < regexes->len; i++) {
		if (pattern_regex_match(regexes->pdata[i], text))
			return true;
	}
	return false;
}

static bool address_is_own(const struct imap_address *address,
	const void *data)
{
	const struct pattern_self *self = data;
	char *text = address_text(address);
	bool is_own = text != NULL && ((self->address != NULL &&
		g_ascii_strcasecmp(text, self->address) == 0) ||
		any_regex(self->regexes[PATTERN_ALTERNATES], text));

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
	bool is_list = text != NULL && any_regex(data, text);

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

bool pattern_match_server(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	const struct imap_seqset *answer;

	if (subject->answers == NULL)
		return subject->is_found != node->is_negated;
	answer = g_hash_table_lookup(subject->answers, node);
	return answer != NULL && imap_seqset_has(answer, subject->row->uid);
}

/* --- the tree ------------------------------------------------------------ */

unsigned pattern_node_needs(const struct pattern_node *node)
{
	unsigned needs = 0;

	if (node->op == PATTERN_TERM)
		return node->letter->needs;
	for (guint i = 0; i < node->children->len; i++)
		needs |= pattern_node_needs(node->children->pdata[i]);
	return needs;
}

static bool match_children(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	bool is_or = node->op == PATTERN_OR;

	for (guint i = 0; i < node->children->len; i++) {
		if (pattern_node_match(node->children->pdata[i], subject) ==
			is_or)
			return is_or;
	}
	return !is_or;
}

bool pattern_node_match(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	bool matches = node->op == PATTERN_TERM ?
		node->letter->match(node, subject) :
		match_children(node, subject);

	return matches != node->is_negated;
}
