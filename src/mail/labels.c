/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Labels: Gmail's where the server has them, else keywords. Adding and clearing
 * are two actions that end as one.
 */
#include "src/base/base.h"
#include "src/mail/details.h"
#include "src/base/error.h"
#include "src/mail/action.h"
#include "src/mail/advice.h"
#include "src/mail/private.h"

struct change {
	GPtrArray *add, *remove; /* of char * */
	uint32_t n;              /* messages */
	unsigned pending;
	GError *error;           /* of the first that failed */
	action_done_fn *done;
	void *data;
};

static void change_free(struct change *change)
{
	g_ptr_array_unref(change->add);
	g_ptr_array_unref(change->remove);
	g_clear_error(&change->error);
	g_free(change);
}

static void end_one(struct change *change, const GError *error)
{
	if (error != NULL && change->error == NULL)
		change->error = g_error_copy(error);
	if (--change->pending > 0)
		return;
	change->done(change->error == NULL ? change->n : 0, change->error,
		change->data);
	change_free(change);
}

static void on_flagged(uint32_t changed, const GError *error, void *data)
{
	(void)changed;
	end_one(data, error);
}

static void on_stored(const struct imap_result *result, void *data)
{
	GError *error = NULL;

	if (result->outcome == IMAP_OUTCOME_NO ||
		result->outcome == IMAP_OUTCOME_BAD) {
		char *refusal = advice_refusal(result);

		error = g_error_new(MAIL_ERROR, MAIL_ERROR_SERVER, "%s",
			refusal);
		g_free(refusal);
	} else if (result->outcome != IMAP_OUTCOME_OK) {
		error = g_error_new(MAIL_ERROR, MAIL_ERROR_OFFLINE,
			"labels can be changed when the server is there");
	}
	end_one(data, error);
	g_clear_error(&error);
}

static bool has_labels(const struct mailbox *mailbox)
{
	const struct session *session = account_session(mailbox->account);

	return session != NULL && mailbox->selection != NULL &&
		session_has(session, IMAP_CAP_X_GM_EXT_1);
}

static void send_part(struct mailbox *mailbox, const struct imap_seqset *uids,
	struct change *change, bool add)
{
	const GPtrArray *words = add ? change->add : change->remove;
	const char *const *names = (const char *const *)words->pdata;
	const struct imap_flags flags = { .keywords = names,
		.n_keywords = words->len };

	if (words->len == 0)
		return;
	if (has_labels(mailbox))
		selection_store_labels(mailbox->selection, uids, add, names,
			words->len, on_stored, change);
	else
		action_flag(mailbox, uids, add, &flags, on_flagged, change);
}

/* "+work -later": words into their heap. */
static bool parse(struct change *change, const char *text, GError **error)
{
	char **words;

	if (!g_shell_parse_argv(text, NULL, &words, error))
		return false;
	for (char **word = words; *word != NULL; word++) {
		bool has_sign = **word == '+' || **word == '-';

		if ((*word)[has_sign] == '\0')
			continue;
		g_ptr_array_add(**word == '-' ? change->remove : change->add,
			g_strdup(*word + has_sign));
	}
	g_strfreev(words);
	if (change->add->len + change->remove->len > 0)
		return true;
	g_set_error(error, MAIL_ERROR, MAIL_ERROR_PATTERN,
		"expected labels as in \"+work -later\"");
	return false;
}

/* A keyword is an atom (RFC 9051 flag-keyword); a label may be any text. */
static bool check_keywords(const struct mailbox *mailbox,
	const struct change *change, GError **error)
{
	for (guint i = 0; !has_labels(mailbox) && i < change->add->len; i++) {
		const char *word = change->add->pdata[i];

		if (imap_keyword_is_valid(word))
			continue;
		g_set_error(error, MAIL_ERROR, MAIL_ERROR_PATTERN,
			"'%s' cannot be a keyword: letters, digits and $ - _ "
			"can", word);
		return false;
	}
	return true;
}

bool mailbox_change_labels(struct mailbox *mailbox,
	const struct imap_seqset *uids, const char *text, action_done_fn *done,
	void *data, GError **error)
{
	struct change *change = g_new0(struct change, 1);

	change->add = g_ptr_array_new_with_free_func(g_free);
	change->remove = g_ptr_array_new_with_free_func(g_free);
	change->n = (uint32_t)imap_seqset_count(uids);
	change->done = done;
	change->data = data;
	if (!parse(change, text, error) ||
		!check_keywords(mailbox, change, error)) {
		change_free(change);
		return false;
	}
	change->pending = (change->add->len > 0) + (change->remove->len > 0);
	send_part(mailbox, uids, change, true);
	send_part(mailbox, uids, change, false);
	return true;
}
