/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a message is known by in another mailbox. */
#include "src/base/base.h"
#include "src/mail/op-private.h"

void op_free_identities(GArray *identities)
{
	for (guint i = 0; identities != NULL && i < identities->len; i++)
		g_free(g_array_index(identities, struct identity, i).message_id);
	if (identities != NULL)
		g_array_free(identities, TRUE);
}

GArray *identities_of(struct mailbox *mailbox, const struct imap_seqset *uids)
{
	GArray *identities = g_array_new(FALSE, TRUE, sizeof(struct identity));

	for (size_t i = 0; i < imap_seqset_n_ranges(uids); i++) {
		struct imap_range range = imap_seqset_range(uids, i);
		uint32_t pos = table_lower_bound(mailbox->table, range.first);

		for (; pos < table_length(mailbox->table); pos++) {
			struct identity identity = { 0 };
			struct message_row row;

			if (mailbox_uid_at(mailbox, pos) > range.last)
				break;
			mailbox_get_row(mailbox, pos, &row);
			identity.uid = row.uid;
			identity.internaldate = row.internaldate;
			identity.size = row.size;
			if (row.is_loaded)
				identity.message_id =
					g_strdup(row.envelope->message_id);
			g_array_append_val(identities, identity);
		}
	}
	return identities;
}
