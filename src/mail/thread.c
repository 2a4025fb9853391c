/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/thread.h"
#include "src/mail/forest.h"
#include "src/mail/private.h"

struct lineup *thread_lineup(struct mailbox *mailbox,
	const struct lineup_key *aux, const struct imap_seqset *limited)
{
	struct table_snapshot *snapshot = table_snapshot_new(mailbox->table);
	uint32_t *parents = forest_parents(mailbox->forest);
	const struct lineup_input input = {
		.snapshot = snapshot,
		.order = { .sort.field = LINEUP_THREADS, .aux = *aux },
		.parents = parents,
		.n_parents = forest_size(mailbox->forest) + 1,
		.limited = limited,
	};
	struct lineup *lineup = lineup_new(&input);

	g_free(parents);
	table_snapshot_free(&snapshot);
	return lineup;
}

/* The smallest UID from a row that begins a thread up to the next. */
static uint32_t first_uid(const struct lineup *lineup, uint32_t row,
	uint32_t *end_out)
{
	uint32_t uid = lineup->uids[row];
	unsigned bits;

	*end_out = lineup_thread_end(lineup, row, &bits);
	for (; row < *end_out; row++)
		uid = MIN(uid, lineup->uids[row]);
	return uid;
}

static uint32_t position_of(const struct mailbox *mailbox,
	const struct lineup *lineup, uint32_t row)
{
	return lineup->positions != NULL ? lineup->positions[row] :
		mailbox_find_uid(mailbox, lineup->uids[row]);
}

struct thread_place *thread_mailbox(struct mailbox *mailbox)
{
	const struct lineup_key aux = { .field = LINEUP_ARRIVAL };
	struct lineup *lineup = thread_lineup(mailbox, &aux, NULL);
	struct thread_place *places = g_new(struct thread_place, lineup->n);
	uint32_t end;

	for (uint32_t row = 0; row < lineup->n; row = end) {
		uint32_t root_uid = first_uid(lineup, row, &end);

		for (uint32_t i = row; i < end; i++)
			places[position_of(mailbox, lineup, i)] =
				(struct thread_place){ root_uid,
				lineup->places[i].depth };
	}
	lineup_free(&lineup);
	return places;
}
