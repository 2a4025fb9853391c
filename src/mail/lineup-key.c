/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/lineup.h"
#include "src/base/error.h"

static const char *const names[] = {
	"date", "date-received", "date-sent", "from", "label", "mailbox-order",
	"score", "size", "spam", "subject", "threads", "to", "unsorted", NULL,
};
static const enum lineup_field fields[] = {
	LINEUP_DATE, LINEUP_DATE_RECEIVED, LINEUP_DATE, LINEUP_FROM,
	LINEUP_LABEL, LINEUP_ARRIVAL, LINEUP_SCORE, LINEUP_SIZE, LINEUP_SPAM,
	LINEUP_SUBJECT, LINEUP_THREADS, LINEUP_TO, LINEUP_ARRIVAL,
};

G_STATIC_ASSERT(G_N_ELEMENTS(names) == G_N_ELEMENTS(fields) + 1);

const char *const *lineup_key_names(void)
{
	return names;
}

static bool take_prefix(const char **text, const char *prefix)
{
	if (!g_str_has_prefix(*text, prefix))
		return false;
	*text += strlen(prefix);
	return true;
}

bool lineup_key_parse(const char *text, bool is_aux,
	struct lineup_key *key_out, GError **error)
{
	const char *name = text;
	char *known;

	*key_out = (struct lineup_key){ 0 };
	key_out->is_reverse = take_prefix(&name, "reverse-");
	key_out->is_last = is_aux && take_prefix(&name, "last-");
	for (size_t i = 0; names[i] != NULL; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		key_out->field = fields[i];
		if (is_aux && key_out->field == LINEUP_THREADS)
			break;
		return true;
	}
	known = g_strjoinv(", ", (char **)names);
	g_set_error(error, MAIL_ERROR, MAIL_ERROR_PATTERN, "'%s' is no order: "
		"expected one of %s%s, with reverse- before it or not", text,
		known, is_aux ? " (but not threads), with last- before it or "
		"not" : "");
	g_free(known);
	return false;
}
