/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order of the messages of a mailbox by a text of theirs, as numbers. Texts
 * are collected, one of each, then put in order, then looked at by any number
 * of threads. Messages that came later are few and find their places among
 * them. Pure.
 *
 * A million messages with a third as many texts of 30 octets take about 30 MB;
 * with a million texts of RANKING_OCTETS, 90 MB while they are collected, 65
 * afterwards.
 */
#ifndef CULVER_MAIL_RANKING_H
#define CULVER_MAIL_RANKING_H

#include "src/base/base.h"

struct ranking;
struct ranking_view;
struct ranking_cursor;
struct table_record;

enum {
	RANKING_OCTETS = 40,   /* of a text; what differs behind is equal */
	RANKING_LATE_MAX = 1000, /* messages that came later */
};

/* --- collecting, on one thread at a time ----------------------------------- */

struct ranking *ranking_new(void);
struct ranking *ranking_ref(struct ranking *ranking);
void ranking_unref(struct ranking **ranking);
/* Texts are compared octet by octet. UIDs in any order, each once; descending
 * ones are cheap. */
void ranking_add(struct ranking *ranking, uint32_t uid, const char *text);
/* Messages in the order they were added. */
uint32_t ranking_length(const struct ranking *ranking);
uint32_t ranking_uid(const struct ranking *ranking, uint32_t i);
/* Nothing is added any more, and views may be made. May take a second. */
void ranking_put_in_order(struct ranking *ranking);

/* --- views, for any thread ------------------------------------------------- */

/* Messages that came later. */
struct ranking_late {
	uint32_t uid;
	char *text;
};
/* late: of struct ranking_late, in ascending order; it is copied. */
struct ranking_view *ranking_view_new(struct ranking *ranking,
	const GArray *late);
/* By keyword sets: numbers[i] is that of the set i; they are taken over. */
struct ranking_view *ranking_view_new_of_sets(uint32_t *numbers, uint32_t n);
void ranking_view_free(struct ranking_view **view);

struct ranking_cursor *ranking_cursor_new(const struct ranking_view *view);
void ranking_cursor_free(struct ranking_cursor **cursor);
/* The number of a record, from 1, equal where the texts are; 0: not known.
 * Records are asked for in order of arrival. */
uint32_t ranking_cursor_number(struct ranking_cursor *cursor,
	const struct table_record *record);

#endif
