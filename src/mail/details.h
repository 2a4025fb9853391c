/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What only some servers know of a message: identities that stay (OBJECTID,
 * X-GM-EXT-1), when it came into the mailbox (SAVEDATE), its first words
 * (PREVIEW), Gmail's labels. Asked for only when it is wanted, kept as long as
 * the mailbox is open.
 */
#ifndef CULVER_MAIL_DETAILS_H
#define CULVER_MAIL_DETAILS_H

#include "src/base/base.h"
#include "src/imap/seqset.h"
#include "src/mail/mailbox.h"

struct mailbox;

/* NULL, 0 and false: the server does not tell. */
struct message_details {
	uint64_t mod_seq;
	char *email_id, *thread_id;
	bool has_save_date;
	int64_t save_date;
	int save_date_offset; /* minutes */
	char *preview;        /* raw UTF-8 of the server's */
	char **labels;        /* NULL-terminated */
	uint64_t gm_id, gm_thread;
};

/* What is known of the message, or NULL; valid until the loop turns. */
const struct message_details *mailbox_details(const struct mailbox *mailbox,
	uint32_t uid);
/* The same for a row that is shown: what is not known is asked for, once, and
 * told by changed(). */
const struct message_details *mailbox_want_details(struct mailbox *mailbox,
	uint32_t uid);
/* Asks for those of all of these anew. done runs from the main loop. */
void mailbox_load_details(struct mailbox *mailbox,
	const struct imap_seqset *uids, mailbox_done_fn *done, void *data);

/*
 * Labels as Gmail has them, on any number of messages: change is words as in a
 * shell, "+work" or "work" to set, "-work" to clear one. Where there are no
 * labels it changes keywords, as action_flag() does. changed is the number of
 * messages. false with error when the text cannot be understood.
 */
bool mailbox_change_labels(struct mailbox *mailbox,
	const struct imap_seqset *uids, const char *change,
	void (*done)(uint32_t changed, const GError *error, void *data),
	void *data, GError **error);

#endif
