/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * This user's pending actions, laid over what the server said. A row's flags
 * are the server's with each overlay that names its UID applied in order; the
 * union of all UIDs spares the search for rows that none of them concerns.
 */
#include "src/base/base.h"
#include "src/mail/private.h"
#include "src/cache/cache.h"
#include "src/cache/digest.h"

static size_t n_keywords(const struct overlay *overlay)
{
	return overlay->keywords == NULL ? 0 :
		g_strv_length(overlay->keywords);
}

static void apply_one(const struct mailbox *mailbox,
	const struct overlay *overlay, struct effective *effective)
{
	if (overlay->hides) {
		effective->is_hidden = true;
		return;
	}
	if (overlay->add)
		effective->flags |= overlay->system;
	else
		effective->flags &= ~overlay->system;
	effective->keyword_set = keyword_sets_change(mailbox->keywords,
		effective->keyword_set, overlay->add,
		(const char *const *)overlay->keywords, n_keywords(overlay));
}

/* Rows are mostly looked at in ascending order, and each of the sets by its
 * own UIDs: where they were looked for last is kept for the next one. */
static bool has(const struct imap_seqset *set, uint32_t uid, size_t *near)
{
	return !imap_seqset_is_empty(set) &&
		imap_seqset_has_near(set, uid, near);
}

void overlay_apply(const struct mailbox *mailbox,
	const struct table_record *record, struct effective *effective_out)
{
	struct nearness *near = &((struct mailbox *)mailbox)->near;

	*effective_out = (struct effective){ .flags = record->flags,
		.keyword_set = record->keyword_set };
	if (record->uid == 0)
		return;
	if (has(&mailbox->moved, record->uid, &near->moved))
		effective_out->is_hidden = true;
	if (mailbox->overlays->len == 0 ||
		!has(&mailbox->overlaid, record->uid, &near->overlaid))
		return;
	effective_out->is_pending = true;
	for (guint i = 0; i < mailbox->overlays->len; i++) {
		struct overlay *overlay = mailbox->overlays->pdata[i];

		if (has(&overlay->uids, record->uid, &overlay->near))
			apply_one(mailbox, overlay, effective_out);
	}
}

void mailbox_get_hidden(const struct mailbox *mailbox,
	struct imap_seqset *uids_out)
{
	imap_seqset_add_set(uids_out, &mailbox->moved);
	for (guint i = 0; i < mailbox->overlays->len; i++) {
		const struct overlay *overlay = mailbox->overlays->pdata[i];

		if (overlay->hides)
			imap_seqset_add_set(uids_out, &overlay->uids);
	}
}

void mailbox_add_overlay(struct mailbox *mailbox, struct overlay *overlay)
{
	g_ptr_array_add(mailbox->overlays, overlay);
	imap_seqset_add_set(&mailbox->overlaid, &overlay->uids);
	imap_seqset_remove_set(&mailbox->failed, &overlay->uids);
	table_recount_uids(mailbox->table, &overlay->uids);
	mailbox_positions_changed(mailbox);
}

static void confirm(struct mailbox *mailbox, const struct overlay *overlay,
	struct table_record *record)
{
	struct effective effective = { .flags = record->flags,
		.keyword_set = record->keyword_set };
	struct digest digest = { .uid = record->uid,
		.bits = DIGEST_HAS_FLAGS };
	const char *const *keywords;

	if ((record->bits & TABLE_HAS_FLAGS) == 0)
		return;
	apply_one(mailbox, overlay, &effective);
	record->flags = (uint8_t)effective.flags;
	record->keyword_set = effective.keyword_set;
	keywords = keyword_sets_get(mailbox->keywords, record->keyword_set);
	digest.flags = (struct imap_flags){ record->flags, keywords,
		g_strv_length((char **)keywords) };
	cache_put_digest(mailbox->account->cache, mailbox->name, &digest);
}

static void confirm_all(struct mailbox *mailbox, const struct overlay *overlay)
{
	struct table *table = mailbox->table;

	for (size_t i = 0; i < imap_seqset_n_ranges(&overlay->uids); i++) {
		struct imap_range range = imap_seqset_range(&overlay->uids, i);
		uint32_t pos = table_lower_bound(table, range.first);

		for (; pos < table_length(table); pos++) {
			struct table_record *record = table_edit(table, pos);

			if (record->uid > range.last)
				break;
			if (record->uid != 0)
				confirm(mailbox, overlay, record);
		}
	}
}

/* Those of uids that the table still has. */
static void add_present(struct mailbox *mailbox, struct imap_seqset *set,
	const struct imap_seqset *uids)
{
	struct imap_seqset present;

	imap_seqset_init(&present);
	for (size_t i = 0; i < imap_seqset_n_ranges(uids); i++)
		table_get_range(mailbox->table, imap_seqset_range(uids, i),
			&present);
	imap_seqset_add_set(set, &present);
	imap_seqset_release(&present);
}

static void settle(struct mailbox *mailbox, const struct overlay *overlay,
	enum overlay_end end)
{
	if (end == OVERLAY_REFUSED)
		add_present(mailbox, &mailbox->failed, &overlay->uids);
	else if (end == OVERLAY_CONFIRMED && overlay->hides)
		add_present(mailbox, &mailbox->moved, &overlay->uids);
	else if (end == OVERLAY_CONFIRMED)
		confirm_all(mailbox, overlay);
}

static void find_overlaid(struct mailbox *mailbox)
{
	imap_seqset_clear(&mailbox->overlaid);
	for (guint i = 0; i < mailbox->overlays->len; i++)
		imap_seqset_add_set(&mailbox->overlaid, &((struct overlay *)
			mailbox->overlays->pdata[i])->uids);
}

void mailbox_remove_overlay(struct mailbox *mailbox, struct overlay *overlay,
	enum overlay_end end)
{
	if (!g_ptr_array_remove(mailbox->overlays, overlay))
		return;
	find_overlaid(mailbox);
	settle(mailbox, overlay, end);
	table_recount_uids(mailbox->table, &overlay->uids);
	mailbox_positions_changed(mailbox);
}

/* What is confirmed is shown as it was: nothing is counted anew, and no row
 * comes or goes. */
void mailbox_end_part(struct mailbox *mailbox, struct overlay *overlay,
	const struct imap_seqset *uids, enum overlay_end end)
{
	struct overlay part = *overlay;

	part.uids = *uids;
	imap_seqset_remove_set(&overlay->uids, uids);
	find_overlaid(mailbox);
	settle(mailbox, &part, end);
	if (end == OVERLAY_CONFIRMED) {
		mailbox_rows_changed(mailbox);
	} else {
		table_recount_uids(mailbox->table, uids);
		mailbox_positions_changed(mailbox);
	}
}

void overlay_release(struct overlay *overlay)
{
	imap_seqset_release(&overlay->uids);
	g_strfreev(overlay->keywords);
	overlay->keywords = NULL;
}
