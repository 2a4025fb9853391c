/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order of a mailbox's messages by a text (subject, from, to, label), for
 * lineups: read from the cache on its thread, then from the rows that it does
 * not have in slices, sorted on a worker, and kept up with what comes after.
 */
#ifndef CULVER_MAIL_RANKS_H
#define CULVER_MAIL_RANKS_H

#include "src/base/base.h"
#include "src/mail/lineup.h"

struct mailbox;
struct ranks;
struct ranking_view;

/* Whether a lineup by this field asks for them. */
bool ranks_are_for(enum lineup_field field);
/* New ones are there; from the loop. */
typedef void ranks_changed_fn(void *data);
struct ranks *ranks_new(struct mailbox *mailbox, enum lineup_field field,
	ranks_changed_fn *changed, void *data);
void ranks_free(struct ranks **ranks);
/* For a lineup of the mailbox as it is now; NULL until changed was called
 * first (by labels they are there at once). Free with ranking_view_free(),
 * which may be done on any thread. More are read, and told by changed, when
 * the mailbox has become known further. */
struct ranking_view *ranks_view(struct ranks *ranks);

#endif
