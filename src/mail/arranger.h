/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes the lineups of a listing: on a worker, or in the loop where few rows
 * are known, so that a first screen waits for nobody. One at a time, not more
 * often than they are worth, and with the newest that is known.
 */
#ifndef CULVER_MAIL_ARRANGER_H
#define CULVER_MAIL_ARRANGER_H

#include "src/base/base.h"
#include "src/mail/arrangement.h"
#include "src/mail/listing.h"

struct arranger;

/* What a lineup is to be like; all is borrowed, and copied. */
struct arranger_wish {
	struct listing_order order;
	const struct imap_seqset *limited;  /* NULL: all */
	/* Threads that are folded: all, or those with a message of folded; in
	 * either case without those with a message of unfolded. */
	bool folds_all;
	const struct imap_seqset *folded, *unfolded;
};

struct arranger_ops {
	/* What is wanted now; false: rows by arrival, which need no lineup. */
	bool (*ask)(struct arranger_wish *wish_out, void *data);
	/* Here it is (lineup NULL: by arrival): for arrangement_set(). Runs
	 * from the loop, or before arranger_request() returned. */
	void (*made)(struct lineup *lineup_take,
		const struct arrangement_span *span, struct gaps *folded,
		void *data);
};

/* Borrows mailbox and ops. */
struct arranger *arranger_new(struct mailbox *mailbox,
	const struct arranger_ops *ops, void *data);
void arranger_free(struct arranger **arranger);
/* There is something new. is_urgent: the user wants another order; what is
 * being made is of no use then. */
void arranger_request(struct arranger *arranger, bool is_urgent);
/* What is being made, if anything, goes by what is no longer wanted: it is
 * made anew. */
void arranger_outdate(struct arranger *arranger);

#endif
