/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads by References and In-Reply-To, as Message-IDs alone tell them: no
 * subjects. Messages that are referred to and not there hold their replies
 * together, but have no place of their own. Linear in messages and references;
 * cycles are broken at the link that would close them; nothing recurses.
 */
#ifndef CULVER_MAIL_THREAD_H
#define CULVER_MAIL_THREAD_H

#include "src/base/base.h"

struct mailbox;

/* Raw fields; each may be NULL. */
struct thread_message {
	uint32_t uid;
	const char *message_id, *in_reply_to, *references;
};

struct thread_place {
	uint32_t root_uid; /* of the thread's first message in mailbox order */
	uint32_t depth;    /* messages above it that are there; 0 at the top */
};

/* places has room for n. */
void thread_build(const struct thread_message *messages, size_t n,
	struct thread_place *places);
/* The place of every row of the mailbox, whose rows are loaded; as many as its
 * length. Free with g_free(). */
struct thread_place *thread_mailbox(struct mailbox *mailbox);

#endif
