/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a FETCH, or the cache, tells of a row: numbers and threads by its
 * digest, strings by its envelope.
 */
#include "src/base/base.h"
#include "src/mail/private.h"
#include "src/cache/cache.h"
#include "src/cache/digest.h"
#include "src/mail/forest.h"
#include "src/mail/row-digest.h"
#include "src/mail/row.h"

/* --- records and what they hold ------------------------------------------- */

static void forget_blob(struct mailbox *mailbox,
	const struct table_record *record)
{
	if (record->blob != NULL)
		mailbox->blob_octets -= row_size(record->blob);
}

static void on_gone(const struct table_record *record, void *data)
{
	struct mailbox *mailbox = data;

	forget_blob(mailbox, record);
	if (record->node != 0 && mailbox->forest != NULL)
		forest_remove(mailbox->forest, record->node);
}

struct table *sync_table_new(struct mailbox *mailbox)
{
	struct table *table = table_new();

	table_on_gone(table, on_gone, mailbox);
	return table;
}

/* --- applying ------------------------------------------------------------- */

static void apply_flags(struct mailbox *mailbox, struct table_record *record,
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
	if (changed && !imap_seqset_has(&mailbox->overlaid, record->uid))
		mailbox_event(mailbox, EVENT_FLAGS, record->uid);
}

static void apply_row(struct mailbox *mailbox, struct table_record *record,
	const struct digest *digest)
{
	record->internaldate = digest->internaldate;
	record->internaldate_offset = digest->internaldate_offset;
	record->date = digest->date;
	record->size = digest->size;
	record->subject = digest->subject & INT32_MAX;
	record->is_reply = (digest->bits & DIGEST_IS_REPLY) != 0;
	if (record->node == 0)
		record->node = forest_add(mailbox->forest, &digest->ids);
	record->bits |= TABLE_HAS_ROW;
	record->bits &= (uint8_t) ~(TABLE_IS_REQUESTED | TABLE_IS_MISSING);
}

static void apply_digest(struct mailbox *mailbox, struct table_record *record,
	const struct digest *digest)
{
	if (digest->bits & DIGEST_HAS_FLAGS)
		apply_flags(mailbox, record, &digest->flags);
	if (digest->bits & DIGEST_HAS_ROW)
		apply_row(mailbox, record, digest);
	if ((digest->bits & DIGEST_HAS_STRUCTURE) == 0)
		return;
	record->bits |= TABLE_HAS_STRUCTURE;
	record->bits &= (uint8_t)~TABLE_STRUCTURE_REQUESTED;
	if (digest->bits & DIGEST_HAS_ATTACHMENT)
		record->bits |= TABLE_HAS_ATTACHMENT;
}

void sync_apply_digest(struct mailbox *mailbox, struct table_record *record,
	const struct digest *digest)
{
	apply_digest(mailbox, record, digest);
	if (digest->bits & DIGEST_HAS_ROW)
		record->bits |= TABLE_IN_CACHE;
}

void sync_apply_strings(struct mailbox *mailbox, struct table_record *record,
	const struct imap_fetch *fetch)
{
	if (!fetch->has_envelope)
		return;
	forget_blob(mailbox, record);
	g_free(record->blob);
	record->blob = row_pack(&fetch->envelope, fetch->references);
	mailbox->blob_octets += row_size(record->blob);
}

void sync_apply_fetch(struct mailbox *mailbox, struct table_record *record,
	const struct imap_fetch *fetch)
{
	struct digest digest;

	row_digest(fetch, &digest);
	apply_digest(mailbox, record, &digest);
	sync_apply_strings(mailbox, record, fetch);
	if ((record->bits & TABLE_HAS_ROW) != 0)
		record->bits |= TABLE_IN_CACHE;
	cache_put_message(mailbox->account->cache, mailbox->name, fetch);
	cache_put_digest(mailbox->account->cache, mailbox->name, &digest);
	mailbox_rows_changed(mailbox);
}
