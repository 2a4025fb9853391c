/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a user does to messages: shown at once, journalled, sent, confirmed or
 * undone with the server's words, and undone again by the user. Every action
 * is an absolute state over (mailbox, UIDVALIDITY, UIDs).
 */
#ifndef CULVER_MAIL_ACTION_H
#define CULVER_MAIL_ACTION_H

#include "src/base/base.h"
#include "src/imap/flag.h"
#include "src/imap/seqset.h"

struct mailbox;
struct account;
struct pattern;

/*
 * How it ended, once, from the main loop: changed is the number of messages,
 * error NULL when the server confirmed. On error the messages are shown as
 * before and error has the server's words.
 */
typedef void action_done_fn(uint32_t changed, const GError *error, void *data);

/* What delete does here now: move to trash or mark. */
enum action_delete_mode { ACTION_TRASH, ACTION_MARK };
enum action_delete_mode action_delete_mode(struct mailbox *mailbox);

/* What is told of actions of all mailboxes as they happen. */
enum action_event_kind {
	/* Shown at once, and on its way: */
	ACTION_EVENT_DELETED,   /* moved to the trash, or marked */
	ACTION_EVENT_UNDELETED,
	ACTION_EVENT_FLAGGED,
	ACTION_EVENT_UNFLAGGED,
	ACTION_EVENT_MOVED,
	ACTION_EVENT_COPIED,
	ACTION_EVENT_EXPUNGED,
	ACTION_EVENT_UNDONE,
	ACTION_EVENT_REDONE,
	/* action_stop() left some of it: count were done. */
	ACTION_EVENT_STOPPED,
	/* One of many messages got further: count of wanted. It waits for its
	 * connection, or is over. text is "Moving messages". */
	ACTION_EVENT_PROGRESS,
	ACTION_EVENT_WAITS,
	ACTION_EVENT_ENDED,
};

struct action_event {
	enum action_event_kind kind;
	uint64_t count;          /* messages */
	uint64_t wanted;         /* of PROGRESS */
	unsigned serial;         /* of PROGRESS, WAITS, ENDED: which one */
	struct account *account; /* where the messages are, or were */
	const char *mailbox;
	const char *text;        /* a sentence for a person */
};

/* All of it is borrowed until return. May be called before the function that
 * does something returns. */
typedef void action_event_fn(const struct action_event *event, void *data);
/* There is one listener; NULL: none. */
void action_listen(action_event_fn *fn, void *data);
/* Sends no more of the one of this serial, as if the rest had not been asked
 * for. false: it is too late. */
bool action_stop(unsigned serial);

/* done may be NULL in all of these. uids are copied. */
void action_delete(struct mailbox *mailbox, const struct imap_seqset *uids,
	action_done_fn *done, void *data);
/*
 * Clears \\Deleted of those that have it. In trash mode: brings back this
 * session's deletions of this mailbox among uids (their UIDs before the move).
 */
void action_undelete(struct mailbox *mailbox, const struct imap_seqset *uids,
	action_done_fn *done, void *data);
/* "u" on a row without D: the last deletion in this mailbox. uid_out: where to
 * put the cursor, or 0. false with error when there is none. */
bool action_undelete_last(struct mailbox *mailbox, uint32_t *uid_out,
	action_done_fn *done, void *data, GError **error);
/* This session's deletions from this mailbox that are not undone; UIDs as they
 * were. */
void action_deleted_uids(struct mailbox *mailbox, struct imap_seqset *uids_out);
/* Those of them that match, for undelete by pattern. */
void action_deleted_matches(struct mailbox *mailbox,
	const struct pattern *pattern, struct imap_seqset *uids_out);
/* flags: system bits and keywords; add or remove. */
void action_flag(struct mailbox *mailbox, const struct imap_seqset *uids,
	bool add,
	const struct imap_flags *flags, action_done_fn *done, void *data);
/* Sets \\Seen because they were read: shown, journalled and confirmed as all
 * others, but nothing that the user did: undo does not see it. */
void action_mark_seen(struct mailbox *mailbox, const struct imap_seqset *uids);
/* "\\Seen", "seen", "flagged", "!" (flagged), "N" (new: removes \\Seen when
 * added) or a keyword. The keyword string is borrowed from text. */
bool action_parse_flag(const char *text, bool *invert_out,
	struct imap_flags *flags_out, const char **keyword_out, GError **error);
void action_move(struct mailbox *mailbox, const struct imap_seqset *uids,
	struct account *to_account, const char *to, action_done_fn *done,
	void *data);
void action_copy(struct mailbox *mailbox, const struct imap_seqset *uids,
	struct account *to_account, const char *to, action_done_fn *done,
	void *data);
/* To the mailbox with \\Archive; done gets an error when there is none. */
void action_archive(struct mailbox *mailbox, const struct imap_seqset *uids,
	action_done_fn *done, void *data);
/* Rows that show D: for the question before action_expunge(). */
void action_marked_uids(struct mailbox *mailbox, struct imap_seqset *uids_out);
/* Expunges exactly these, by UID EXPUNGE; see interface for servers without. */
void action_expunge(struct mailbox *mailbox, const struct imap_seqset *uids,
	action_done_fn *done, void *data);
/* Waits until nothing of this mailbox is pending. */
void action_flush(struct mailbox *mailbox, action_done_fn *done, void *data);

/* Undo and redo of the last action of any mailbox. false with error when there
 * is nothing. */
bool action_undo(action_done_fn *done, void *data, GError **error);
bool action_redo(action_done_fn *done, void *data, GError **error);
/* In the done callback of an undo: the UID that the (first) message that came
 * back has now, for the cursor; 0 if the server does not tell. */
uint32_t action_restored_uid(void);
/* Actions not yet confirmed, of all accounts or of one (NULL: all). */
uint32_t action_n_pending(const struct account *account);
/* Actions that can never be done, because their mailbox was replaced; each
 * is told when its account comes online until they are forgotten. */
uint32_t action_n_conflicts(void);
uint32_t action_forget_conflicts(void); /* how many there were */
/* No done callback to this data any more. */
void action_forget(void *data);

#endif
