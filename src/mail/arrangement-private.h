/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What arrangement.c and arrangement-thread.c know of one another. A row is one
 * of the lineup, a place one of the screen.
 */
#ifndef CULVER_MAIL_ARRANGEMENT_PRIVATE_H
#define CULVER_MAIL_ARRANGEMENT_PRIVATE_H

#include "src/mail/arrangement.h"

struct arrangement {
	struct mailbox *mailbox;
	struct lineup *lineup;   /* NULL: rows are positions */
	struct arrangement_span span;
	struct gaps gaps;        /* rows of the lineup, or positions */
	uint32_t n_gone;         /* taken out since the lineup came */
	uint32_t n_front;        /* positions before the lineup's first */
	GArray *news;            /* of uint32_t: UIDs */
	uint32_t near;           /* row of the lineup that was found last */
	uint32_t shown;          /* place that was tidied last */
	GArray *trail;           /* of uint32_t: UIDs around it, formerly */
};

/* The place of the lineup's first row. */
uint32_t arrangement_start(const struct arrangement *arrangement);
/* Rows of the lineup, or positions, that are not left out. */
uint32_t arrangement_n_shown(const struct arrangement *arrangement);
/* The row at a place; NONE: it is in front, or news. */
uint32_t arrangement_row(const struct arrangement *arrangement, uint32_t i);
/* The row of a message, shown or not; NONE: not in the lineup. */
uint32_t arrangement_find_row(struct arrangement *arrangement, uint32_t uid);
/* NONE: it has left the mailbox. */
uint32_t arrangement_position_of(const struct arrangement *arrangement,
	uint32_t row);
/* It has left the mailbox, or is hidden. */
bool arrangement_is_gone(const struct arrangement *arrangement, uint32_t row);

#endif
