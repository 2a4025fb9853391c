/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The letters of patterns as search keys (RFC 9051 6.4.4), each with how well
 * it answers. Fields of headers are only looked at for what they surely have
 * (pattern-literal.c), since SEARCH ignores case and servers differ in what
 * they do with all else; so they narrow down, and the rows decide. SEARCH's
 * days are the server's: a day more on either side has all of ours.
 */
#include "src/base/base.h"
#include "src/imap/arg.h"
#include "src/imap/capability.h"
#include "src/imap/date.h"
#include "src/imap/flag.h"
#include "src/imap/write.h"
#include "src/mail/pattern-private.h"

enum {
	DAY = 24 * 3600,
	ZONE_MAX = 14 * 3600, /* seconds that a clock is off UTC */
	CLOCKS_DIFFER = 300,  /* seconds between this clock and the server's */
	UID_RANGES_MAX = 200, /* a longer set does not fit in a line */
};

static bool has(const struct pattern_server *server, enum imap_capability cap)
{
	return server->capabilities != NULL &&
		imap_capabilities_has(server->capabilities, cap);
}

bool pattern_server_is_fuzzy(const struct pattern_server *server)
{
	return has(server, IMAP_CAP_SEARCH_FUZZY) && !server->avoids_fuzzy;
}

/* --- flags, UIDs, sizes -------------------------------------------------- */

enum pattern_class pattern_search_any(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	(void)node;
	(void)server;
	imap_text_append(out, "ALL");
	return PATTERN_EXACT;
}

/* "\\Seen" is SEEN and UNSEEN. */
static enum pattern_class flag_key(const struct pattern_node *node,
	const struct pattern_server *server, const char *un,
	struct imap_text *out)
{
	const char *name = imap_flag_name(
		(enum imap_flag)node->letter->operand);
	char *upper;

	if (server->has_own_flags)
		return PATTERN_LOCAL;
	upper = g_ascii_strup(name + 1, -1);
	imap_text_append(out, "%a%a", un, upper);
	g_free(upper);
	return PATTERN_EXACT;
}

enum pattern_class pattern_search_set(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	return flag_key(node, server, "", out);
}

enum pattern_class pattern_search_clear(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	return flag_key(node, server, "UN", out);
}

/* New and old are ours to tell apart. */
enum pattern_class pattern_search_unseen(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	(void)node;
	if (server->has_own_flags)
		return PATTERN_LOCAL;
	imap_text_append(out, "UNSEEN");
	return PATTERN_SUPERSET;
}

/* "9:*" has the newest message too, if all are below 9 (RFC 9051 9). */
enum pattern_class pattern_search_uids(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	(void)server;
	if (imap_seqset_n_ranges(&node->uids) > UID_RANGES_MAX)
		return PATTERN_LOCAL;
	imap_text_append(out, "UID %S", &node->uids);
	return imap_seqset_max(&node->uids) == UINT32_MAX ?
		PATTERN_SUPERSET : PATTERN_EXACT;
}

/* Courier counts the ends of lines as one octet: what it calls as small may be
 * up to twice as big. */
enum pattern_class pattern_search_size(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	const struct pattern_range *range = &node->range;
	bool has_min = range->min > 0, has_max = range->max < INT64_MAX;

	(void)server;
	/* IMAP4rev1 has 32 bits for sizes. */
	if ((has_min && range->min - 1 > UINT32_MAX) || range->max < 0 ||
		(has_max && range->max + 1 > UINT32_MAX) ||
		(!has_min && !has_max))
		return PATTERN_LOCAL;
	imap_text_append(out, "(");
	if (has_min)
		imap_text_append(out, "LARGER %u",
			(uint32_t)((range->min - 1) / 2));
	if (has_max)
		imap_text_append(out, has_min ? " SMALLER %u" : "SMALLER %u",
			(uint32_t)(range->max + 1));
	imap_text_append(out, ")");
	return PATTERN_SUPERSET;
}

/* --- dates --------------------------------------------------------------- */

/* The day as SEARCH has it, or NULL if it is none that a mail could have. */
static char *day_text(int64_t seconds, bool is_local)
{
	GDateTime *date = seconds < 0 ? NULL : is_local ?
		g_date_time_new_from_unix_local(seconds) :
		g_date_time_new_from_unix_utc(seconds);
	int year, month, day;

	if (date == NULL)
		return NULL;
	g_date_time_get_ymd(date, &year, &month, &day);
	g_date_time_unref(date);
	return year <= 9999 ? imap_date_format(year, month, day) : NULL;
}

/* Appends "(<prefix>SINCE a <prefix>BEFORE b)"; false if there is neither. */
static bool append_days(struct imap_text *out, const char *prefix,
	const struct pattern_range *range, int64_t margin)
{
	bool is_local = margin == 0;
	char *since = range->min == INT64_MIN ? NULL :
		day_text(range->min - margin, is_local);
	char *before = range->max > INT64_MAX - 2 * DAY ? NULL :
		day_text(range->max + margin + DAY, is_local);

	if (since != NULL || before != NULL)
		imap_text_append(out, "(");
	if (since != NULL)
		imap_text_append(out, "%aSINCE %a", prefix, since);
	if (since != NULL && before != NULL)
		imap_text_append(out, " ");
	if (before != NULL)
		imap_text_append(out, "%aBEFORE %a", prefix, before);
	if (since != NULL || before != NULL)
		imap_text_append(out, ")");
	g_free(since);
	g_free(before);
	return since != NULL || before != NULL;
}

/* What has no Date field, or none that can be read, has the date it came. */
enum pattern_class pattern_search_date(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	const struct pattern_range *range = pattern_dates_now(node->dates,
		server->now);
	struct imap_text *days = imap_text_new("");

	if (append_days(days, "SENT", range, ZONE_MAX)) {
		imap_text_append(out, "OR ");
		imap_text_append_text(out, days);
		imap_text_append(out, " ");
		append_days(out, "", range, ZONE_MAX);
	}
	imap_text_free(&days);
	return PATTERN_SUPERSET;
}

/* "<2H": hours, minutes and seconds count from now. */
static bool is_interval(const struct pattern_dates *dates)
{
	size_t len = strlen(dates->text);

	return dates->is_relative && len > 0 &&
		strchr("HMS", dates->text[len - 1]) != NULL;
}

/* RFC 5032 */
static bool append_within(struct imap_text *out,
	const struct pattern_range *range, int64_t now)
{
	int64_t younger = range->min == INT64_MIN ? 0 :
		now - range->min + CLOCKS_DIFFER;
	int64_t older = range->max == INT64_MAX ? 0 :
		now - range->max - CLOCKS_DIFFER;
	bool has_younger = younger > 0 && younger <= UINT32_MAX;
	bool has_older = older > 0 && older <= UINT32_MAX;

	if (!has_younger && !has_older)
		return false;
	imap_text_append(out, "(");
	if (has_younger)
		imap_text_append(out, "YOUNGER %u", (uint32_t)younger);
	if (has_younger && has_older)
		imap_text_append(out, " ");
	if (has_older)
		imap_text_append(out, "OLDER %u", (uint32_t)older);
	imap_text_append(out, ")");
	return true;
}

enum pattern_class pattern_search_received(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	const struct pattern_range *range = pattern_dates_now(node->dates,
		server->now);

	if (is_interval(node->dates) && has(server, IMAP_CAP_WITHIN) &&
		append_within(out, range, server->now))
		return PATTERN_SUPERSET;
	return append_days(out, "", range, ZONE_MAX) ? PATTERN_SUPERSET :
		PATTERN_LOCAL;
}

/* Without SAVEDATE, when it was received: what a server that has it says for
 * mailboxes that have not (RFC 8514 4.3). */
enum pattern_class pattern_search_saved(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	const struct pattern_range *range = pattern_dates_now(node->dates,
		server->now);

	return append_days(out, has(server, IMAP_CAP_SAVEDATE) ? "SAVED" : "",
		range, 0) ? PATTERN_EXACT : PATTERN_LOCAL;
}

/* --- header fields ------------------------------------------------------- */

/* Appends each key with the literal, joined by OR. */
static enum pattern_class append_literal(const struct pattern_node *node,
	const struct pattern_server *server, const char *const *keys,
	struct imap_text *out)
{
	char *literal = server->matches_words ? NULL : pattern_literal(node);

	if (literal == NULL)
		return PATTERN_LOCAL;
	for (; *keys != NULL; keys++) {
		if (keys[1] != NULL)
			imap_text_append(out, "OR ");
		imap_text_append(out, "%a %s", *keys, literal);
		if (keys[1] != NULL)
			imap_text_append(out, " ");
	}
	g_free(literal);
	return PATTERN_SUPERSET;
}

enum pattern_class pattern_search_subject(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	static const char *const keys[] = { "SUBJECT", NULL };

	return append_literal(node, server, keys, out);
}

enum pattern_class pattern_search_id(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	static const char *const keys[] = { "HEADER Message-ID", NULL };

	return append_literal(node, server, keys, out);
}

enum pattern_class pattern_search_references(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	static const char *const keys[] = { "HEADER References",
		"HEADER In-Reply-To", NULL };

	return append_literal(node, server, keys, out);
}

enum pattern_class pattern_search_addresses(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	const char *keys[5] = { NULL };
	unsigned fields = node->letter->operand, n = 0;

	/* True of messages without an address, too. */
	if (node->wants_all || node->group != NULL)
		return PATTERN_LOCAL;
	if ((fields & (PATTERN_FROM | PATTERN_SENDER)) != 0)
		keys[n++] = "FROM";
	if ((fields & PATTERN_SENDER) != 0)
		keys[n++] = "HEADER Sender";
	if ((fields & PATTERN_TO) != 0)
		keys[n++] = "TO";
	if ((fields & PATTERN_CC) != 0)
		keys[n++] = "CC";
	return append_literal(node, server, keys, out);
}

/* --- what only the server knows ------------------------------------------ */

enum pattern_class pattern_search_body(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	(void)server;
	imap_text_append(out, "BODY %s", node->text);
	return PATTERN_EXACT;
}

enum pattern_class pattern_search_text(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	(void)server;
	imap_text_append(out, "TEXT %s", node->text);
	return PATTERN_EXACT;
}

enum pattern_class pattern_search_field(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	(void)server;
	imap_text_append(out, "HEADER %s %q", node->field, node->text);
	return PATTERN_EXACT;
}

/* RFC 6203; without it every word has to be there. */
enum pattern_class pattern_search_fuzzy(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	char **words, space[] = { '\0', '\0' };

	if (pattern_server_is_fuzzy(server)) {
		imap_text_append(out, "FUZZY TEXT %s", node->text);
		return PATTERN_EXACT;
	}
	words = g_strsplit_set(node->text, " \t", -1);
	imap_text_append(out, "(");
	for (char **word = words; *word != NULL; word++) {
		if (**word == '\0')
			continue;
		imap_text_append(out, "%aTEXT %s", space, *word);
		space[0] = ' ';
	}
	imap_text_append(out, space[0] == ' ' ? ")" : "ALL)");
	g_strfreev(words);
	return PATTERN_EXACT;
}

/* RFC 8474, and Gmail's own for as long as it has numbers. */
static enum pattern_class append_object(const struct pattern_node *node,
	const struct pattern_server *server, const char *key,
	const char *gmail_key, struct imap_text *out)
{
	bool is_number = node->text[strspn(node->text, "0123456789")] == '\0';

	if (has(server, IMAP_CAP_OBJECTID))
		imap_text_append(out, "%a %a", key, node->text);
	else if (has(server, IMAP_CAP_X_GM_EXT_1) && is_number)
		imap_text_append(out, "%a %a", gmail_key, node->text);
	else
		return PATTERN_LOCAL;
	return PATTERN_EXACT;
}

enum pattern_class pattern_search_email_id(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	return append_object(node, server, "EMAILID", "X-GM-MSGID", out);
}

enum pattern_class pattern_search_thread_id(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	return append_object(node, server, "THREADID", "X-GM-THRID", out);
}

static bool is_atom(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (!imap_is_atom_char((unsigned char)*p))
			return false;
	return *text != '\0';
}

/* Labels are what keywords are elsewhere. */
enum pattern_class pattern_search_label(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	if (has(server, IMAP_CAP_X_GM_EXT_1))
		imap_text_append(out, "X-GM-LABELS %s", node->text);
	else if (is_atom(node->text))
		imap_text_append(out, "KEYWORD %a", node->text);
	else
		return PATTERN_LOCAL;
	return PATTERN_EXACT;
}

enum pattern_class pattern_search_query(const struct pattern_node *node,
	const struct pattern_server *server, struct imap_text *out)
{
	if (!has(server, IMAP_CAP_X_GM_EXT_1))
		return PATTERN_LOCAL;
	imap_text_append(out, "X-GM-RAW %s", node->text);
	return PATTERN_EXACT;
}
