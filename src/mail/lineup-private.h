/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a lineup is made of, between its files. A row is a number from 0: the
 * position less lineup_input.first. An item is a row, or above these numbers a
 * stand-in: what two or more rows answer that have nothing else above them,
 * and that is not there.
 */
#ifndef CULVER_MAIL_LINEUP_PRIVATE_H
#define CULVER_MAIL_LINEUP_PRIVATE_H

#include "src/base/base.h"
#include "src/mail/lineup.h"
#include "src/mail/table.h"

enum { LINEUP_NONE = UINT32_MAX };

enum lineup_marks {
	ROW_IS_SHOWN = 1 << 0,
	ROW_IS_UNREAD = 1 << 1,
	ROW_IS_FLAGGED = 1 << 2,
	ROW_IS_COPY = 1 << 3,      /* below an other with its Message-ID */
	ROW_LACKS_PARENT = 1 << 4, /* what it answers is not there */
	ROW_BY_SUBJECT = 1 << 5,
};

struct lineup_rows {
	const struct lineup_input *input;
	uint32_t n;
	uint32_t *uids;
	uint8_t *marks;            /* enum lineup_marks */
};

/* Calls each for all rows in order of arrival. */
typedef void lineup_row_fn(uint32_t row, const struct table_record *record,
	void *data);
void lineup_each_row(const struct lineup_rows *rows, lineup_row_fn *each,
	void *data);

/* Sorts items by their keys, which are moved with them; stable. */
void lineup_sort(uint32_t *items, uint64_t *keys, uint32_t n);
/* All rows by one key, its reverse not regarded, and by arrival where they are
 * equal; NULL: by arrival alone. which: the index in ranks. */
uint32_t *lineup_sort_rows(const struct lineup_rows *rows,
	const struct lineup_key *key, int which);
/* All rows by both keys. */
uint32_t *lineup_sort_list(const struct lineup_rows *rows);

struct lineup_tree {
	uint32_t n_rows, n_items;
	uint32_t *parents;   /* by item; LINEUP_NONE: begins a thread */
	uint32_t *firsts;    /* by stand-in from 0: of its rows the first to arrive */
	uint32_t *subjects;  /* by row */
};

static inline bool lineup_is_row(const struct lineup_tree *tree, uint32_t item)
{
	return item < tree->n_rows;
}

/* By references alone. Sets marks. */
void lineup_tree_init(struct lineup_tree *tree, struct lineup_rows *rows);
void lineup_tree_release(struct lineup_tree *tree);
/* Threads join those of their subjects. Sets marks. */
void lineup_tree_join(struct lineup_tree *tree, struct lineup_rows *rows);
/* The item that begins each item's thread; free with g_free(). */
uint32_t *lineup_tree_tops(const struct lineup_tree *tree);
/* The beginning of an item's thread, in tops as far as they are known: each
 * leads upwards, and then more directly. */
uint32_t lineup_tree_top(uint32_t *tops, uint32_t item);

/* The shown rows in threads. */
void lineup_place_threads(struct lineup *lineup, const struct lineup_rows *rows,
	const struct lineup_tree *tree);
/* Adds a row to the lineup. */
void lineup_append(struct lineup *lineup, const struct lineup_rows *rows,
	uint32_t row);

#endif
