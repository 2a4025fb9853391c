/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "ui/account-text.h"
#include "src/mail/account.h"
#include "src/mail/quota.h"
#include "src/mime/text.h"
#include "ui/text.h"

enum {
	NAME_COLS = 21,
	RFC_COLS = 5,
	WHY_COL = 2 + NAME_COLS + 1 + RFC_COLS + 1,
	RESOURCE_COLS = 18,
	BAR_COLS = 20,
};

/* --- capabilities --------------------------------------------------------- */

/* In the order they are read; the colour of a group is its kind's. */
static const struct {
	enum account_capability_state state;
	const char *heading;
	enum mime_line_kind kind;
} groups[] = {
	{ ACCOUNT_CAP_USED, "Used, with the RFC and what for", MIME_LINE_TEXT },
	{ ACCOUNT_CAP_DISABLED, "Turned off", MIME_LINE_PART },
	{ ACCOUNT_CAP_AVAILABLE, "Offered and not used", MIME_LINE_NOTE },
	{ ACCOUNT_CAP_NOT_OFFERED, "Not offered; what is done instead",
	  MIME_LINE_SIGNATURE },
};

struct group {
	struct mime_document *document;
	guint i;     /* of groups */
	guint count; /* lines so far */
};

/* What for is a column: it goes on below its beginning. */
static void add_line(struct group *group, const GString *text)
{
	struct mime_line line = {
		.kind = groups[group->i].kind,
		.indent = WHY_COL,
		.text = text->str,
		.len = text->len,
	};

	mime_document_append(group->document, &line);
}

static void add_capability(const char *name, unsigned rfc,
	enum account_capability_state state, const char *why, void *data)
{
	struct group *group = data;
	GString *line = g_string_new("  ");
	char *number;

	if (state == groups[group->i].state) {
		if (group->count++ == 0)
			mime_document_add(group->document, MIME_LINE_HEADER,
				groups[group->i].heading);
		number = rfc != 0 ? g_strdup_printf("%u", rfc) : g_strdup("");
		text_append_fit(line, name, -1, NAME_COLS, TEXT_LEFT);
		g_string_append_c(line, ' ');
		text_append_fit(line, number, -1, RFC_COLS, TEXT_RIGHT);
		g_string_append_printf(line, " %s", why != NULL ? why : "");
		add_line(group, line);
		g_free(number);
	}
	g_string_free(line, TRUE);
}

void account_text_add_capabilities(struct mime_document *document,
	const struct account *account)
{
	struct group group = { .document = document };
	char *heading = g_strdup_printf("Account %s, %s", account_name(account),
		account_state_text(account));

	mime_document_add(document, MIME_LINE_HEADER, heading);
	mime_document_add(document, MIME_LINE_TEXT, "");
	g_free(heading);
	/* Before the log-in nothing is known. */
	if (account_state(account) != ACCOUNT_ONLINE)
		return;
	for (group.i = 0; group.i < G_N_ELEMENTS(groups); group.i++) {
		group.count = 0;
		account_each_capability(account, add_capability, &group);
		if (group.count > 0)
			mime_document_add(document, MIME_LINE_TEXT, "");
	}
}

/* --- quotas --------------------------------------------------------------- */

static void append_bar(GString *line, unsigned percent)
{
	unsigned full = MIN(percent, 100) * BAR_COLS / 100;

	for (unsigned i = 0; i < BAR_COLS; i++)
		g_string_append(line,
			i < full ? text_sign("▰", "#") : text_sign("▱", "."));
}

void account_text_add_quota(
	struct mime_document *document, const struct quota *quota)
{
	GString *line = g_string_new("  ");
	char *name = g_utf8_make_valid(quota->resource, -1);
	char *lower = g_utf8_strdown(name, -1);
	char *amounts = quota_to_string(quota);
	unsigned percent = quota_percent(quota);

	text_append_fit(line, lower, -1, RESOURCE_COLS, TEXT_LEFT);
	if (quota->has_limit) {
		g_string_append_c(line, ' ');
		append_bar(line, percent);
		g_string_append_printf(line, " %3u%%  ", percent);
	}
	g_string_append(line, amounts);
	if (percent >= QUOTA_WARN_PERCENT)
		g_string_append(
			line, percent >= 100 ? "  full" : "  almost full");
	mime_document_add(document,
		percent >= QUOTA_WARN_PERCENT ? MIME_LINE_PART : MIME_LINE_TEXT,
		line->str);
	g_free(amounts);
	g_free(lower);
	g_free(name);
	g_string_free(line, TRUE);
}

void account_text_add_deleted(struct mime_document *document,
	const char *mailbox, int64_t messages, int64_t octets)
{
	GString *line = g_string_new(NULL);
	char *size = mime_size_format((uint64_t)MAX(octets, 0));
	char *number = text_number((uint64_t)MAX(messages, 0));

	g_string_append_printf(line, "Marked as deleted in %s: ", mailbox);
	if (messages >= 0)
		g_string_append_printf(line, "%s message%s", number,
			messages == 1 ? "" : "s");
	if (octets >= 0)
		g_string_append_printf(line, "%s%s; expunging frees them",
			messages >= 0 ? ", " : "", size);
	mime_document_add(document, MIME_LINE_TEXT, "");
	mime_document_add(document, MIME_LINE_TEXT, line->str);
	g_free(number);
	g_free(size);
	g_string_free(line, TRUE);
}

/* --- metadata ------------------------------------------------------------- */

void account_text_add_metadata(struct mime_document *document,
	const char *entry, const char *value, size_t len)
{
	char *valid =
		value != NULL ? g_utf8_make_valid(value, (gssize)len) : NULL;
	char **lines = valid != NULL ? g_strsplit(valid, "\n", -1) : NULL;

	mime_document_add(document, MIME_LINE_HEADER, entry);
	for (char **line = lines; line != NULL && *line != NULL; line++)
		mime_document_add(document, MIME_LINE_TEXT, *line);
	if (value == NULL)
		mime_document_add(document, MIME_LINE_NOTE, "no value");
	mime_document_add(document, MIME_LINE_TEXT, "");
	g_strfreev(lines);
	g_free(valid);
}
