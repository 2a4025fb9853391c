/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/flag.h"
#include "src/mail/lineup-private.h"

void lineup_each_row(const struct lineup_rows *rows, lineup_row_fn *each,
	void *data)
{
	const struct table_record *run;
	uint32_t first = rows->input->first, n;

	for (uint32_t pos = first; (run = table_snapshot_run(
		rows->input->snapshot, pos, &n)) != NULL; pos += n)
		for (uint32_t i = 0; i < n; i++)
			each(pos - first + i, &run[i], data);
}

/* UIDs are asked for in ascending order: the range that the last one was in,
 * or that comes behind it. */
struct asking {
	const struct imap_seqset *set;
	size_t range;
};

static bool has_uid(struct asking *asking, uint32_t uid)
{
	size_t n = imap_seqset_n_ranges(asking->set);

	while (uid != 0 && asking->range < n) {
		struct imap_range range =
			imap_seqset_range(asking->set, asking->range);

		if (uid <= range.last)
			return uid >= range.first;
		asking->range++;
	}
	return false;
}

struct reading {
	struct lineup_rows *rows;
	struct asking hidden, limited; /* set NULL: none, all */
};

static void read_row(uint32_t row, const struct table_record *record,
	void *data)
{
	struct reading *reading = data;
	uint8_t marks = ROW_IS_SHOWN;

	if (reading->hidden.set != NULL &&
		has_uid(&reading->hidden, record->uid))
		marks = 0;
	if (reading->limited.set != NULL &&
		!has_uid(&reading->limited, record->uid))
		marks = 0;
	if ((record->bits & TABLE_HAS_FLAGS) != 0 &&
		(record->flags & IMAP_FLAG_SEEN) == 0)
		marks |= ROW_IS_UNREAD;
	if ((record->flags & IMAP_FLAG_FLAGGED) != 0)
		marks |= ROW_IS_FLAGGED;
	reading->rows->marks[row] = marks;
	reading->rows->uids[row] = record->uid;
}

static void rows_init(struct lineup_rows *rows,
	const struct lineup_input *input)
{
	struct reading reading = {
		.rows = rows,
		.hidden.set = input->hidden,
		.limited.set = input->limited,
	};
	uint32_t length = table_snapshot_length(input->snapshot);

	rows->input = input;
	rows->n = length > input->first ? length - input->first : 0;
	rows->uids = g_new(uint32_t, rows->n);
	rows->marks = g_new(uint8_t, rows->n);
	lineup_each_row(rows, read_row, &reading);
}

static struct lineup *new_lineup(const struct lineup_rows *rows,
	bool has_places)
{
	struct lineup *lineup = g_new0(struct lineup, 1);
	bool needs_positions = false;
	uint32_t n = 0;

	for (uint32_t i = 0; i < rows->n; i++) {
		bool is_shown = (rows->marks[i] & ROW_IS_SHOWN) != 0;

		n += is_shown;
		needs_positions |= is_shown && rows->uids[i] == 0;
	}
	lineup->uids = g_new(uint32_t, n);
	lineup->unread = g_new0(uint8_t, n / 8 + 1);
	if (needs_positions)
		lineup->positions = g_new(uint32_t, n);
	if (has_places)
		lineup->places = g_new(struct lineup_place, n);
	return lineup;
}

void lineup_append(struct lineup *lineup, const struct lineup_rows *rows,
	uint32_t row)
{
	lineup->uids[lineup->n] = rows->uids[row];
	if (lineup->positions != NULL)
		lineup->positions[lineup->n] = row + rows->input->first;
	if ((rows->marks[row] & ROW_IS_UNREAD) != 0)
		lineup->unread[lineup->n / 8] |=
			(uint8_t)(1 << lineup->n % 8);
	lineup->n++;
}

static void make_threads(struct lineup *lineup, struct lineup_rows *rows)
{
	struct lineup_tree tree;

	lineup_tree_init(&tree, rows);
	if (rows->input->joins_subjects)
		lineup_tree_join(&tree, rows);
	lineup_place_threads(lineup, rows, &tree);
	lineup_tree_release(&tree);
}

static void make_list(struct lineup *lineup, const struct lineup_rows *rows)
{
	uint32_t *sorted = lineup_sort_list(rows);

	for (uint32_t i = 0; i < rows->n; i++)
		if ((rows->marks[sorted[i]] & ROW_IS_SHOWN) != 0)
			lineup_append(lineup, rows, sorted[i]);
	g_free(sorted);
}

struct lineup *lineup_new(const struct lineup_input *input)
{
	bool in_threads = input->order.sort.field == LINEUP_THREADS;
	struct lineup_rows rows;
	struct lineup *lineup;

	rows_init(&rows, input);
	lineup = new_lineup(&rows, in_threads);
	if (in_threads)
		make_threads(lineup, &rows);
	else
		make_list(lineup, &rows);
	g_free(rows.uids);
	g_free(rows.marks);
	return lineup;
}

void lineup_free(struct lineup **lineup)
{
	if (*lineup == NULL)
		return;
	g_free((*lineup)->uids);
	g_free((*lineup)->positions);
	g_free((*lineup)->places);
	g_free((*lineup)->unread);
	g_clear_pointer(lineup, g_free);
}
