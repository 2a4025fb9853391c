/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which messages an action is for, and which it makes a difference to. A
 * hundred thousand of them are one pass over their records; pending actions
 * are sets of UIDs laid over what the records say.
 */
#include "src/base/base.h"
#include "src/mail/action-private.h"

static void add_uid(const struct table_record *record, void *data)
{
	imap_seqset_add(data, record->uid);
}

void action_visible_uids(struct mailbox *mailbox,
	const struct imap_seqset *uids, struct imap_seqset *visible_out)
{
	struct imap_seqset hidden;

	imap_seqset_init(&hidden);
	table_each(mailbox->table, uids, add_uid, visible_out);
	mailbox_get_hidden(mailbox, &hidden);
	imap_seqset_remove_set(visible_out, &hidden);
	imap_seqset_release(&hidden);
}

struct flagged {
	struct mailbox *mailbox;
	unsigned bit;             /* or 0 and a keyword */
	const char *keyword;
	uint32_t known_set;       /* of keywords, the last that was looked at */
	bool is_in_set;
	struct imap_seqset *uids; /* that have it */
};

static bool has_keyword(const char *const *keywords, const char *keyword)
{
	for (; keywords != NULL && *keywords != NULL; keywords++)
		if (g_ascii_strcasecmp(*keywords, keyword) == 0)
			return true;
	return false;
}

static void add_flagged(const struct table_record *record, void *data)
{
	struct flagged *flagged = data;

	if (flagged->keyword == NULL) {
		if ((record->flags & flagged->bit) != 0)
			imap_seqset_add(flagged->uids, record->uid);
		return;
	}
	if (record->keyword_set != flagged->known_set) {
		flagged->known_set = record->keyword_set;
		flagged->is_in_set = keyword_sets_has(
			flagged->mailbox->keywords, record->keyword_set,
			flagged->keyword);
	}
	if (flagged->is_in_set)
		imap_seqset_add(flagged->uids, record->uid);
}

static void lay_over(const struct overlay *overlay,
	const struct imap_seqset *uids, const struct flagged *flagged)
{
	struct imap_seqset both;

	if (overlay->hides || !(flagged->keyword == NULL ?
		(overlay->system & flagged->bit) != 0 :
		has_keyword((const char *const *)overlay->keywords,
		flagged->keyword)))
		return;
	if (!overlay->add) {
		imap_seqset_remove_set(flagged->uids, &overlay->uids);
		return;
	}
	imap_seqset_init(&both);
	imap_seqset_copy(&both, &overlay->uids);
	imap_seqset_intersect(&both, uids);
	imap_seqset_add_set(flagged->uids, &both);
	imap_seqset_release(&both);
}

void action_flagged_uids(struct mailbox *mailbox,
	const struct imap_seqset *uids, unsigned bit, const char *keyword,
	struct imap_seqset *flagged_out)
{
	struct flagged flagged = { .mailbox = mailbox, .bit = bit,
		.keyword = keyword, .uids = flagged_out };

	table_each(mailbox->table, uids, add_flagged, &flagged);
	for (guint i = 0; i < mailbox->overlays->len; i++)
		lay_over(mailbox->overlays->pdata[i], uids, &flagged);
}

void action_marked_uids(struct mailbox *mailbox, struct imap_seqset *uids_out)
{
	struct imap_seqset all, hidden;

	imap_seqset_init(&all);
	imap_seqset_init(&hidden);
	imap_seqset_add_range(&all, 1, UINT32_MAX);
	action_flagged_uids(mailbox, &all, IMAP_FLAG_DELETED, NULL, uids_out);
	mailbox_get_hidden(mailbox, &hidden);
	imap_seqset_remove_set(uids_out, &hidden);
	imap_seqset_release(&hidden);
	imap_seqset_release(&all);
}
