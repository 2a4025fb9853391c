/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Setting and clearing flags: an action notes for each flag which messages it
 * makes a difference to, for undoing it. What reading marks is no action.
 */
#include "src/base/base.h"
#include "src/mail/action.h"
#include "src/base/error.h"
#include "src/mail/action-private.h"

/* Which of uids change by this flag. */
static void changed_uids(struct mailbox *mailbox, const struct imap_seqset *uids,
	bool add, unsigned bit, const char *keyword, struct imap_seqset *changed_out)
{
	struct imap_seqset flagged;

	if (!add) {
		action_flagged_uids(mailbox, uids, bit, keyword, changed_out);
		return;
	}
	imap_seqset_init(&flagged);
	action_flagged_uids(mailbox, uids, bit, keyword, &flagged);
	imap_seqset_copy(changed_out, uids);
	imap_seqset_remove_set(changed_out, &flagged);
	imap_seqset_release(&flagged);
}

static void add_change(struct action *action, struct mailbox *mailbox,
	const struct imap_seqset *uids, unsigned bit, const char *keyword)
{
	struct flag_change *change = g_new0(struct flag_change, 1);

	change->bit = bit;
	change->keyword = g_strdup(keyword);
	imap_seqset_init(&change->uids);
	changed_uids(mailbox, uids, action->add, bit, keyword, &change->uids);
	imap_seqset_add_set(&action->uids, &change->uids);
	g_ptr_array_add(action->changes, change);
}

static char *flags_text(const struct imap_flags *flags)
{
	GString *text = g_string_new(NULL);

	for (unsigned bit = 1; bit < IMAP_FLAG_RECENT; bit <<= 1)
		if ((flags->system & bit) != 0)
			g_string_append_printf(text, "%s%s",
				text->len > 0 ? " " : "",
				imap_flag_name((enum imap_flag)bit));
	for (size_t i = 0; i < flags->n_keywords; i++)
		g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "",
			flags->keywords[i]);
	return g_string_free(text, FALSE);
}

static void describe_flags(const struct action *action, const char *flags)
{
	uint64_t n = imap_seqset_count(&action->uids);
	char *count = action_count_text(n);

	if (action->is_deletion)
		action_say(action->account, action->mailbox, ACTION_EVENT_DELETED,
			n, "%s marked as deleted · u brings %s back", count,
			n == 1 ? "it" : "them");
	else if (action->add)
		action_say(action->account, action->mailbox, ACTION_EVENT_FLAGGED,
			n, "%s: %s set", count, flags);
	else
		action_say(action->account, action->mailbox, ACTION_EVENT_UNFLAGGED,
			n, "%s: %s cleared", count, flags);
	g_free(count);
}

void action_flag(struct mailbox *mailbox, const struct imap_seqset *uids, bool add,
	const struct imap_flags *flags, action_done_fn *done, void *data)
{
	const struct imap_seqset none = { 0 };
	struct journal_entry *entry;
	struct imap_seqset visible;
	struct action *action;

	if (!action_may_change(mailbox, uids, done, data))
		return;
	imap_seqset_init(&visible);
	action_visible_uids(mailbox, uids, &visible);
	action = action_new(mailbox, ACTION_FLAGGED, &none);
	action->add = add;
	for (unsigned bit = 1; bit < IMAP_FLAG_RECENT; bit <<= 1)
		if ((flags->system & bit) != 0)
			add_change(action, mailbox, &visible, bit, NULL);
	for (size_t i = 0; i < flags->n_keywords; i++)
		add_change(action, mailbox, &visible, 0, flags->keywords[i]);
	imap_seqset_release(&visible);
	action->is_deletion = add && (flags->system & IMAP_FLAG_DELETED) != 0;
	if (imap_seqset_is_empty(&action->uids)) {
		action_free(action);
		action_tell(done, data, 0, NULL);
		return;
	}
	entry = action_entry_new(JOURNAL_STORE, &action->uids);
	entry->add = add;
	entry->flags = flags_text(flags);
	describe_flags(action, entry->flags);
	action_start(action, mailbox, entry, done, data);
}

bool action_parse_flag(const char *text, bool *invert_out, struct imap_flags *flags_out, const char **keyword_out, GError **error)
{
	static const struct {
		const char *name;
		enum imap_flag flag;
		bool invert;
	} rows[] = {
		{ "!", IMAP_FLAG_FLAGGED, false },
		{ "N", IMAP_FLAG_SEEN, true },
		{ "new", IMAP_FLAG_SEEN, true },
		{ "unread", IMAP_FLAG_SEEN, true },
		{ "read", IMAP_FLAG_SEEN, false },
		{ "r", IMAP_FLAG_ANSWERED, false },
		{ "replied", IMAP_FLAG_ANSWERED, false },
		{ "D", IMAP_FLAG_DELETED, false },
	};

	*invert_out = false;
	*flags_out = (struct imap_flags){ 0 };
	*keyword_out = text;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strcmp(text, rows[i].name) == 0) {
			flags_out->system = rows[i].flag;
			*invert_out = rows[i].invert;
			*keyword_out = NULL;
			return true;
		}
	flags_out->system = imap_flag_from_name(text);
	if (flags_out->system != 0 && flags_out->system != IMAP_FLAG_RECENT) {
		*keyword_out = NULL;
		return true;
	}
	if (text[0] != '\\' && imap_keyword_is_valid(text)) {
		flags_out->system = 0;
		flags_out->n_keywords = 1;
		return true;
	}
	g_set_error(error, MAIL_ERROR, MAIL_ERROR_NOT_FOUND,
		"'%s' is no flag: expected seen, answered, flagged, deleted, "
		"draft, !, N or a keyword", text);
	return false;
}

/* --- reading ---------------------------------------------------------------- */

static void on_marked_seen(struct op *op, const GError *error, void *data)
{
	(void)data;
	if (error != NULL)
		account_say(op->mailbox->account, true,
			"Not marked as read: %s", error->message);
}

void action_mark_seen(struct mailbox *mailbox, const struct imap_seqset *uids)
{
	struct imap_seqset visible, unseen;
	struct journal_entry *entry;

	if (mailbox_is_read_only(mailbox) || mail.read_only)
		return;
	imap_seqset_init(&visible);
	imap_seqset_init(&unseen);
	action_visible_uids(mailbox, uids, &visible);
	changed_uids(mailbox, &visible, true, IMAP_FLAG_SEEN, NULL, &unseen);
	if (!imap_seqset_is_empty(&unseen)) {
		entry = action_entry_new(JOURNAL_STORE, &unseen);
		entry->add = true;
		entry->flags = g_strdup(imap_flag_name(IMAP_FLAG_SEEN));
		op_start(mailbox, entry, on_marked_seen, NULL);
	}
	imap_seqset_release(&visible);
	imap_seqset_release(&unseen);
}
