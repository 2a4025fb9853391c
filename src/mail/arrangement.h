/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a screen shows: places of its rows to positions of a mailbox and back.
 * It is the last lineup, with what has happened since it was made laid over
 * it: rows that are folded or gone are left out, messages that came stand at
 * the end, and those before the first one of the lineup, which are not known
 * yet, stand where they arrived. Without a lineup all rows stand so. A place
 * costs the logarithm of what is left out; nothing here walks over all rows
 * but the search for a message that is far from the last one found.
 */
#ifndef CULVER_MAIL_ARRANGEMENT_H
#define CULVER_MAIL_ARRANGEMENT_H

#include "src/base/base.h"
#include "src/imap/seqset.h"
#include "src/mail/gaps.h"
#include "src/mail/lineup.h"

struct arrangement;
struct mailbox;

enum {
	ARRANGEMENT_NONE = UINT32_MAX,
	/* Ranges of hidden rows that need no lineup when the order is by
	 * arrival. */
	ARRANGEMENT_HIDDEN_MAX = 5000,
};

/* What a lineup was made of. */
struct arrangement_span {
	uint32_t first_uid; /* rows before it are in front; 0: there are none;
	                     * UINT32_MAX: there are no others */
	uint32_t last_uid;  /* messages after it came since; 0: none was */
	bool is_reverse;    /* what is in front is behind, in reverse */
	bool shows_news;    /* what comes stands at the end for now */
};

/* Borrows the mailbox. */
struct arrangement *arrangement_new(struct mailbox *mailbox);
void arrangement_free(struct arrangement **arrangement);
/* Takes the lineup (NULL: rows by arrival) and, leaving them empty, the rows
 * of it that are folded. */
void arrangement_set(struct arrangement *arrangement,
	struct lineup *lineup_take, const struct arrangement_span *span,
	struct gaps *folded);
/* False: rows by arrival. */
bool arrangement_has_lineup(const struct arrangement *arrangement);
/* The mailbox's positions or what it hides have changed. */
void arrangement_refresh(struct arrangement *arrangement);
/* Takes out those of the rows first to last that are gone or hidden, and of
 * those that move up; true if there were any. */
bool arrangement_tidy(struct arrangement *arrangement, uint32_t first,
	uint32_t last);

uint32_t arrangement_length(const struct arrangement *arrangement);
/* NONE: it has gone. */
uint32_t arrangement_position(const struct arrangement *arrangement,
	uint32_t i);
/* NONE: not shown. */
uint32_t arrangement_find(struct arrangement *arrangement, uint32_t uid);
/* Where it was, or would be; at most the length. */
uint32_t arrangement_place(struct arrangement *arrangement, uint32_t uid);

/* Rows of the lineup from 1, folded ones counted; and the row of a number, the
 * first of its thread if it is folded, or the nearest. */
uint32_t arrangement_number(const struct arrangement *arrangement, uint32_t i);
uint32_t arrangement_numbered(const struct arrangement *arrangement,
	uint32_t number);
/* The greatest number; 0: there are no rows. */
uint32_t arrangement_last_number(const struct arrangement *arrangement);
/* Adds the UIDs of the rows with these numbers, folded or not; some may be of
 * messages that have gone. */
void arrangement_get_numbered(const struct arrangement *arrangement,
	uint32_t first, uint32_t last, struct imap_seqset *uids_out);

/* The nearest of n places, the first one being i, downwards or upwards, whose
 * message is unread and not deleted, or in whose fold there is one; NONE. */
uint32_t arrangement_next_unread(const struct arrangement *arrangement,
	uint32_t i, uint32_t n, bool is_down);

/* --- threads; places are those of rows that are shown --------------------- */

/* NULL: in no thread. */
const struct lineup_place *arrangement_thread(
	const struct arrangement *arrangement, uint32_t i);
bool arrangement_is_folded(const struct arrangement *arrangement, uint32_t i);
/* Rows that are folded below this one. */
uint32_t arrangement_n_folded(const struct arrangement *arrangement,
	uint32_t i);
/* Its number in its thread, from 1, and how many there are. False: in no
 * thread, or so deep in one that counting would take long. */
bool arrangement_rank(const struct arrangement *arrangement, uint32_t i,
	uint32_t *rank_out, uint32_t *size_out);
/* The row that it answers; NONE: none that is shown. */
uint32_t arrangement_parent(const struct arrangement *arrangement, uint32_t i);
/* The first row of its thread. */
uint32_t arrangement_root(const struct arrangement *arrangement, uint32_t i);
/* The first row of the next thread or of the one before; or of the next or the
 * former answer that is not below this row. NONE: there is none. */
uint32_t arrangement_beside(const struct arrangement *arrangement, uint32_t i,
	bool is_next, bool is_thread);
/* The branches of the tree that lead to the row, its own first: whether an
 * other answer to the same message follows. At most n; gives how many. */
uint32_t arrangement_tree(const struct arrangement *arrangement, uint32_t i,
	uint32_t n, bool *has_next_out);
/* Adds the UIDs of the row and of all below it, or of its whole thread,
 * whether folded or not. */
void arrangement_get_uids(const struct arrangement *arrangement, uint32_t i,
	bool is_thread, struct imap_seqset *uids_out);
/* Adds the UIDs of all rows of folded threads, or of those rows that are in a
 * thread by their subject alone; some may be of messages that have gone. */
void arrangement_get_folded(const struct arrangement *arrangement,
	struct imap_seqset *uids_out);
void arrangement_get_by_subject(const struct arrangement *arrangement,
	struct imap_seqset *uids_out);
/* The first row of the thread in which this message is folded, or NONE. */
uint32_t arrangement_folded_at(struct arrangement *arrangement, uint32_t uid);
/* Whether a thread's first row has others below it; bits_out: what they are. */
bool arrangement_may_fold(const struct arrangement *arrangement, uint32_t i,
	unsigned *bits_out);
void arrangement_fold(struct arrangement *arrangement, uint32_t i,
	bool is_folded);

#endif
