/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "tests/unit/lineup-box.h"
#include "src/cache/digest.h"
#include "src/imap/flag.h"
#include "src/mail/forest.h"
#include "src/mail/table.h"

static uint64_t id_of(uint32_t n)
{
	return n == 0 ? 0 : n * UINT64_C(0x9E3779B97F4A7C15) | 1;
}

void box_add(struct box *box, const struct message *message)
{
	uint32_t pos = table_length(box->table);
	struct digest_ids ids = { .id = id_of(message->id) };
	struct table_record *record;

	table_append(box->table, 1);
	table_set_uid(box->table, pos, pos + 1);
	for (int i = 0; i < REFS_MAX && message->refs[i] != 0; i++)
		ids.references[ids.n_references++] = id_of(message->refs[i]);
	record = table_edit(box->table, pos);
	record->node = forest_add(box->forest, &ids);
	record->subject = message->subject;
	record->is_reply = message->is_reply;
	record->date = message->date;
	record->internaldate = 1000 - message->date;
	record->size = (uint64_t)(message->date % 3);
	record->flags = message->flags ^ IMAP_FLAG_SEEN;
	record->bits = TABLE_HAS_FLAGS | TABLE_HAS_ROW;
}

void box_init(struct box *box)
{
	memset(box, 0, sizeof(*box));
	box->table = table_new();
	box->forest = forest_new();
}

void box_close(struct box *box)
{
	box->snapshot = table_snapshot_new(box->table);
	box->parents = forest_parents(box->forest);
	box->input.snapshot = box->snapshot;
	box->input.parents = box->parents;
	box->input.n_parents = forest_size(box->forest) + 1;
}

void box_release(struct box *box)
{
	table_snapshot_free(&box->snapshot);
	table_free(&box->table);
	forest_free(&box->forest);
	g_free(box->parents);
}

void box_fill(struct box *box, const struct message *messages, size_t n)
{
	box_init(box);
	for (size_t i = 0; i < n; i++)
		box_add(box, &messages[i]);
	box_close(box);
}

void box_set_order(struct box *box, const char *sort, const char *aux)
{
	GError *error = NULL;

	g_assert_true(lineup_key_parse(sort, false, &box->input.order.sort,
		&error));
	g_assert_no_error(error);
	g_assert_true(lineup_key_parse(aux, true, &box->input.order.aux,
		&error));
	g_assert_no_error(error);
}
