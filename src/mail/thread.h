/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads of a mailbox for commands: made once, at once, by References and
 * In-Reply-To alone (lineup.h).
 */
#ifndef CULVER_MAIL_THREAD_H
#define CULVER_MAIL_THREAD_H

#include "src/base/base.h"
#include "src/imap/seqset.h"
#include "src/mail/lineup.h"

struct mailbox;

/* All rows are loaded. In threads, in the order of aux; of those in limited
 * (NULL: all), which is borrowed. */
struct lineup *thread_lineup(struct mailbox *mailbox,
	const struct lineup_key *aux, const struct imap_seqset *limited);

struct thread_place {
	uint32_t root_uid; /* of the thread's first message in mailbox order */
	uint32_t depth;    /* messages above it that are there; 0 at the top */
};
/* The place of every row of the mailbox, whose rows are loaded; as many as its
 * length. Free with g_free(). */
struct thread_place *thread_mailbox(struct mailbox *mailbox);

#endif
