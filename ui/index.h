/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The index: rows of the current view's listing. The cursor belongs to a
 * message (its UID), not to a row.
 */
#ifndef CULVER_UI_INDEX_H
#define CULVER_UI_INDEX_H

#include "ui/widget.h"

struct imap_seqset;

struct widget *index_new(void);
/* The view has another listing: the cursor starts anew. */
void index_reset(struct widget *index);
uint32_t index_cursor_uid(struct widget *index);
void index_set_cursor_uid(struct widget *index, uint32_t uid);
/* The message that follows uid (or precedes it) and is not deleted; 0 if none. */
uint32_t index_neighbour(struct widget *index, uint32_t uid, bool is_next);
/* The same for the next unread; goes round if wrap_search says so. */
uint32_t index_next_unread(struct widget *index, uint32_t uid, bool is_next);

#endif
