/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rows of a screen in their order: made from what a mailbox holds at one
 * moment, on a worker, so that a million rows never hold up a key. Pure.
 *
 * Orders are mutt's. In threads each message comes behind the one it answers,
 * replies in the order of sort_aux, threads in that order, too, by their first
 * message, or with "last-" by the greatest of all their messages, shown or not.
 * "reverse-threads" has the last thread first, but stands none on its head.
 * What is equal in all that is asked for stays in order of arrival, that of
 * the second key if it is reversed. Messages with the same Message-ID are
 * below the first of them.
 *
 * Rows that are not known yet stand where they arrived when the order is by
 * arrival, else they are less than all others. Folding is the listing's: a
 * lineup has all rows of a thread. Nothing recurses; linear but for the
 * sorting, which takes a pass for each 11 bits that keys differ in.
 */
#ifndef CULVER_MAIL_LINEUP_H
#define CULVER_MAIL_LINEUP_H

#include "src/base/base.h"
#include "src/imap/seqset.h"

struct ranking_view;
struct table_snapshot;

enum lineup_field {
	LINEUP_ARRIVAL,       /* mailbox-order */
	LINEUP_DATE,
	LINEUP_DATE_RECEIVED,
	LINEUP_SIZE,
	LINEUP_SUBJECT,       /* these by lineup_input.ranks */
	LINEUP_FROM,
	LINEUP_TO,
	LINEUP_LABEL,
	LINEUP_SCORE,
	LINEUP_SPAM,
	LINEUP_THREADS,       /* only as the first key */
};

struct lineup_key {
	enum lineup_field field;
	bool is_reverse;
	bool is_last;         /* "last-": of a thread, its greatest */
};

/* mutt's $sort and $sort_aux. */
struct lineup_order {
	struct lineup_key sort, aux;
};

/* "reverse-date-sent", "threads", "last-date-received" ...; false with error
 * (what was expected). is_aux: "last-" is allowed and "threads" is not. */
bool lineup_key_parse(const char *text, bool is_aux,
	struct lineup_key *key_out, GError **error);
/* The names, NULL-terminated, for completion and for errors. */
const char *const *lineup_key_names(void);

/* All is borrowed and stays as it is while a lineup is made. */
struct lineup_input {
	const struct table_snapshot *snapshot;
	uint32_t first;              /* rows before this position are left out */
	struct lineup_order order;
	const uint32_t *parents;     /* forest_parents(), from the same moment as
	                              * the snapshot; NULL unless threads */
	uint32_t n_parents;          /* forest_size() + 1 */
	bool joins_subjects;         /* !strict_threads: what has nothing above it
	                              * joins the thread of its subject */
	bool joins_by_received;      /* thread_received: the last one received
	                              * before it, not the last one sent */
	bool needs_re;               /* sort_re: only if it begins with "Re:" */
	const struct imap_seqset *hidden;  /* UIDs that are not shown; NULL: none */
	const struct imap_seqset *limited; /* UIDs that are; NULL: all */
	/* For text: by ranks.h, for the first key and for the second; NULL: as
	 * if all were equal. Where subjects are equal, dates go on. */
	const struct ranking_view *ranks[2];
};

/*
 * A row's place in its thread. A thread whose first message is not there, with
 * several answers to it, has several rows without a parent: from the one that
 * begins the thread to the next that begins one.
 */
struct lineup_place {
	uint32_t parent;      /* index of the row it answers; UINT32_MAX: none */
	uint32_t n_below;     /* rows below it: those that follow */
	uint16_t depth;       /* rows above it that are shown, cut at 65535 */
	uint16_t bits;        /* enum lineup_bits */
};
enum lineup_bits {
	LINEUP_HAS_NEXT = 1 << 0,    /* an other answer to the same follows below */
	LINEUP_HAS_UNREAD = 1 << 1,  /* an unread message is here or below it */
	LINEUP_HAS_FLAGGED = 1 << 2,
	LINEUP_SAME_SUBJECT = 1 << 3, /* as the row above it, of the same thread */
	LINEUP_LACKS_PARENT = 1 << 4, /* what it answers is not shown or not there */
	LINEUP_BY_SUBJECT = 1 << 5,  /* it is in the thread by its subject alone */
	LINEUP_BEGINS_THREAD = 1 << 6, /* it is the first row of its thread */
	LINEUP_IS_COPY = 1 << 7,     /* its parent has the same Message-ID */
	LINEUP_IS_FOLDED = 1 << 8,   /* set by who folds it */
};

struct lineup {
	uint32_t n;
	uint32_t *uids;               /* of the rows in order; 0: not known yet */
	uint32_t *positions;          /* in the snapshot; NULL if all UIDs are known */
	struct lineup_place *places;  /* NULL unless in threads */
	uint8_t *unread;              /* a bit a row, the lowest first */
};

/* May run on any thread. */
struct lineup *lineup_new(const struct lineup_input *input);
void lineup_free(struct lineup **lineup);

/* lineup-walk.c, in threads: the first row of the thread that a row is in; and
 * the row behind the thread that this row begins, with the bits of all rows of
 * it that have none above them. */
uint32_t lineup_thread_begin(const struct lineup *lineup, uint32_t row);
uint32_t lineup_thread_end(const struct lineup *lineup, uint32_t row,
	unsigned *bits_out);

#endif
