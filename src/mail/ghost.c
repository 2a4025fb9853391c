/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/ghost.h"
#include "src/mail/row.h"

struct ghost *ghost_new(struct mailbox *mailbox, uint32_t pos)
{
	const struct table_record *record = table_at(mailbox->table, pos);
	struct ghost *ghost = g_new0(struct ghost, 1);

	ghost->record = *record;
	ghost->record.flags = (uint8_t)mailbox_flags_at(mailbox, pos);
	if (record->blob != NULL)
		ghost->record.blob = g_memdup2(record->blob,
			row_size(record->blob));
	ghost->number = pos + 1;
	ghost->is_new = mailbox_is_new_uid(mailbox, record->uid);
	ghost->keywords = g_strdupv((char **)mailbox_keywords_at(mailbox, pos));
	return ghost;
}

void ghost_free(struct ghost **ghostp)
{
	struct ghost *ghost = *ghostp;

	if (ghost == NULL)
		return;
	*ghostp = NULL;
	g_free(ghost->record.blob);
	g_strfreev(ghost->keywords);
	g_free(ghost);
}
