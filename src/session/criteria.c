/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Criteria and their charset (RFC 9051 6.4.4, RFC 5256 3). */
#include "src/base/base.h"
#include "src/imap/arg.h"
#include "src/imap/write.h"
#include "src/session/connection.h"
#include "src/session/search-priv.h"
#include "src/session/selection-priv.h"

void criteria_release(struct criteria *criteria)
{
	imap_text_free(&criteria->text);
	imap_text_free(&criteria->converted);
	g_clear_pointer(&criteria->charset, g_free);
}

static const struct imap_text *body(const struct criteria *criteria)
{
	return criteria->converted != NULL ? criteria->converted :
		criteria->text;
}

/* With UTF8=ACCEPT there must be none (RFC 9755 3). With IMAP4rev2 there need
 * be none, but Cyrus 3.10 and 3.12 then take the criteria for ASCII. */
void criteria_append_search(const struct criteria *criteria,
	const struct connection *connection, const struct imap_seqset *uids,
	struct imap_text *text)
{
	if (criteria->charset != NULL)
		imap_text_append(text, " CHARSET %s", criteria->charset);
	else if (!connection_is_enabled(connection, IMAP_CAP_UTF8_ACCEPT) &&
		imap_text_has_8bit(criteria->text))
		imap_text_append(text, " CHARSET UTF-8");
	if (uids != NULL && imap_seqset_max(uids) != UINT32_MAX)
		imap_text_append(text, " UID %S", uids);
	imap_text_append(text, " ");
	imap_text_append_text(text, body(criteria));
}

void criteria_append_sort(const struct criteria *criteria,
	struct imap_text *text)
{
	imap_text_append(text, " %s ", criteria->charset != NULL ?
		criteria->charset : imap_text_has_8bit(criteria->text) ?
		"UTF-8" : "US-ASCII");
	imap_text_append_text(text, body(criteria));
}

/* badcharset = "BADCHARSET" [SP "(" charset *(SP charset) ")" ] */
bool criteria_try_again(struct criteria *criteria,
	const struct imap_result *result)
{
	const struct imap_arg *names;
	const char *name;
	size_t n;

	if (result->outcome != IMAP_OUTCOME_NO || criteria->charset != NULL ||
		g_strcmp0(result->code, "BADCHARSET") != 0 ||
		result->n_code_args == 0 ||
		!imap_arg_get_list(&result->code_args[0], &names, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!imap_arg_get_astring(&names[i], &name))
			continue;
		criteria->converted = imap_text_convert(criteria->text, name);
		if (criteria->converted == NULL)
			continue;
		criteria->charset = g_strdup(name);
		return true;
	}
	return false;
}

size_t search_result_max(const struct session_request *request)
{
	return selection_exists(request->selection);
}
