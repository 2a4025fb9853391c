/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a screen shows of a mailbox: rows 0..n-1 in an order, without those that
 * are hidden, folded or limited away. Where the order is not that of arrival it
 * is made on a worker, again and again while rows become known, and comes in
 * at once; meanwhile what the screen shows is kept right. One mailbox may have
 * several listings.
 */
#ifndef CULVER_MAIL_LISTING_H
#define CULVER_MAIL_LISTING_H

#include "src/base/base.h"
#include "src/mail/lineup.h"
#include "src/mail/mailbox.h"

struct listing;
struct pattern;

struct listing_order {
	struct lineup_order order;
	bool joins_subjects;  /* !strict_threads */
	bool needs_re;        /* sort_re */
	bool joins_by_received; /* thread_received */
	bool folds_unread;    /* threads with unread messages may be folded */
	bool folds_flagged;   /* ... with flagged ones */
	bool unfolds_new;     /* a thread that a message comes to */
};

/* Anything may have changed; keep your place by UID. */
typedef void listing_changed_fn(struct listing *listing, void *data);

/* Holds a reference on the mailbox. */
struct listing *listing_new(struct mailbox *mailbox,
	listing_changed_fn *changed, void *data);
void listing_free(struct listing **listing);
struct mailbox *listing_mailbox(const struct listing *listing);
/* By arrival, until this was called. Where few rows are known the listing has
 * the order when this returns, else changed() tells. */
void listing_set_order(struct listing *listing,
	const struct listing_order *order);
const struct listing_order *listing_order(const struct listing *listing);
uint32_t listing_length(const struct listing *listing);
void listing_get_row(struct listing *listing, uint32_t i,
	struct message_row *row_out);
/* Of a row that has gone, and will be taken out: all is 0. */
uint32_t listing_uid_at(const struct listing *listing, uint32_t i);
/* What the row is called: by arrival the message's number, else the row's,
 * folded ones counted. And the row of a number, or the nearest. */
uint32_t listing_number_at(const struct listing *listing, uint32_t i);
uint32_t listing_find_number(const struct listing *listing, uint32_t number);
/* What patterns are told of this screen, the cursor being in row i (or
 * UINT32_MAX). Of the listing until it changes. */
struct pattern_shown;
void listing_get_shown(const struct listing *listing, uint32_t i,
	struct pattern_shown *shown_out);
/* UINT32_MAX if it is not in the listing. */
uint32_t listing_find_uid(const struct listing *listing, uint32_t uid);
/* Where a message that left was, or would be: for the cursor. */
uint32_t listing_place_of(const struct listing *listing, uint32_t uid);
/* The nearest of n rows, the first one being i, downwards or upwards, whose
 * message is unread (or in whose fold there is one) or not deleted: UINT32_MAX
 * if there is none. Their strings are not needed. */
uint32_t listing_next_unread(const struct listing *listing, uint32_t i,
	uint32_t n, bool is_down);
uint32_t listing_next_undeleted(const struct listing *listing, uint32_t i,
	uint32_t n, bool is_down);
/* The screen shows these rows. True: some had gone and were taken out, rows
 * have moved up, and this is to be called again. */
bool listing_want_rows(struct listing *listing, uint32_t first, uint32_t last);

/* --- threads; all do nothing in other orders ------------------------------- */

/* NULL: it is in no thread. n_below and bits count what is folded, too. */
const struct lineup_place *listing_thread(const struct listing *listing,
	uint32_t i);
bool listing_is_folded(const struct listing *listing, uint32_t i);
/* Rows that are folded below it. */
uint32_t listing_n_folded(const struct listing *listing, uint32_t i);
/* Its number in its thread, from 1, and how many there are; false: none, or
 * it is very deep in one. */
bool listing_thread_rank(const struct listing *listing, uint32_t i,
	uint32_t *rank_out, uint32_t *size_out);
/* The row that it answers, UINT32_MAX: none; the first of its thread. */
uint32_t listing_parent(const struct listing *listing, uint32_t i);
uint32_t listing_root(const struct listing *listing, uint32_t i);
/* The first row of the next thread or of the one before; or of the next or the
 * former answer that is not below this row. UINT32_MAX: there is none. */
uint32_t listing_beside(const struct listing *listing, uint32_t i,
	bool is_next, bool is_thread);
/* The branches of the tree that lead to the row, its own first: whether an
 * other answer to the same message follows. At most n; gives how many. */
uint32_t listing_tree(const struct listing *listing, uint32_t i, uint32_t n,
	bool *has_next_out);
/* Adds the UIDs of the row and of all below it, or of its whole thread,
 * whether folded or not. */
void listing_get_uids(const struct listing *listing, uint32_t i,
	bool is_thread, struct imap_seqset *uids_out);
/* The first unread row of the thread that this row begins, UINT32_MAX: none. */
uint32_t listing_unread_in_thread(const struct listing *listing, uint32_t i);
/* Folds or unfolds the thread of a row, or all; false: it may not be folded
 * (folds_unread), or there is nothing to fold. */
bool listing_fold(struct listing *listing, uint32_t i, bool is_folded);
void listing_fold_all(struct listing *listing, bool is_folded);
bool listing_folds_all(const struct listing *listing);
/* Unfolds the thread in which this message is folded; false: it is in none. */
bool listing_reveal(struct listing *listing, uint32_t uid);

/* --- limits ---------------------------------------------------------------- */

/* The limit is there; with error it is not to be had, and the former one stays. */
typedef void listing_limited_fn(struct listing *listing, const GError *error,
	void *data);
/*
 * Takes the pattern; NULL shows all. One that takes time is
 * listing_next_limit() until it is answered, and then takes the place of the
 * limit with all of its result. done (may be NULL, gets listing_new()'s data) is
 * called once, before this returns or later, at the latest when the listing is
 * freed.
 */
void listing_set_limit(struct listing *listing, struct pattern *pattern_take,
	listing_limited_fn *done);
/* What has been found already, elsewhere. Takes the pattern. */
void listing_limit_to(struct listing *listing, struct pattern *pattern_take,
	const struct imap_seqset *uids);
/* The UIDs that it lets through, whether they are there or not; NULL: all. */
const struct imap_seqset *listing_limited(const struct listing *listing);
const struct pattern *listing_next_limit(const struct listing *listing);
/* Gives up the next limit. */
void listing_stop_search(struct listing *listing);
const struct pattern *listing_limit(const struct listing *listing);

#endif
