/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a FETCH, or the cache, tells of a row. */
#include "src/base/base.h"
#include "src/mail/private.h"
#include "src/imap/bodystructure.h"
#include "src/mail/row.h"

static bool is_attachment(const struct imap_body *part)
{
	bool has_name = imap_body_param(part, "name") != NULL ||
		imap_body_disposition_param(part, "filename") != NULL;

	if (part->n_children > 0 || strcmp(part->type, "multipart") == 0)
		return false;
	if (g_strcmp0(part->disposition, "attachment") == 0)
		return true;
	return has_name && part->id == NULL &&
		g_strcmp0(part->disposition, "inline") != 0 &&
		strcmp(part->type, "text") != 0;
}

static bool has_attachment(const struct imap_body *root)
{
	const struct imap_body *part = NULL;

	while ((part = imap_body_next(root, part)) != NULL)
		if (is_attachment(part))
			return true;
	return false;
}

static bool apply_flags(struct mailbox *mailbox, struct table_record *record,
	const struct imap_flags *flags)
{
	uint32_t set = keyword_sets_intern(mailbox->keywords, flags->keywords,
		flags->n_keywords);
	uint8_t system = (uint8_t)(flags->system & 0x3f);
	bool changed = (record->bits & TABLE_HAS_FLAGS) != 0 &&
		((record->flags & ~IMAP_FLAG_RECENT) !=
		(system & ~IMAP_FLAG_RECENT) || record->keyword_set != set);

	record->flags = system;
	record->keyword_set = set;
	record->bits |= TABLE_HAS_FLAGS;
	return changed;
}

void sync_apply_fetch(struct mailbox *mailbox, struct table_record *record,
	const struct imap_fetch *fetch)
{
	bool changed = false;

	if (fetch->has_flags)
		changed = apply_flags(mailbox, record, &fetch->flags);
	if (fetch->has_internaldate) {
		record->internaldate = fetch->internaldate;
		record->internaldate_offset =
			(int16_t)fetch->internaldate_offset;
	}
	if (fetch->has_size)
		record->size = fetch->size;
	if (fetch->has_envelope) {
		if (record->blob != NULL)
			mailbox->blob_octets -= row_size(record->blob);
		g_free(record->blob);
		record->blob = row_pack(&fetch->envelope, fetch->references);
		mailbox->blob_octets += row_size(record->blob);
	}
	if (fetch->has_envelope && fetch->has_internaldate && fetch->has_size) {
		record->bits |= TABLE_HAS_ROW;
		record->bits &=
			(uint8_t) ~(TABLE_IS_REQUESTED | TABLE_IS_MISSING);
	}
	if (fetch->body != NULL) {
		record->bits |= TABLE_HAS_STRUCTURE;
		record->bits &= (uint8_t)~TABLE_STRUCTURE_REQUESTED;
		if (has_attachment(fetch->body))
			record->bits |= TABLE_HAS_ATTACHMENT;
	}
	if (changed && !imap_seqset_has(&mailbox->overlaid, record->uid))
		mailbox_event(mailbox, EVENT_FLAGS, record->uid);
	mailbox_rows_changed(mailbox);
}
