/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What action.c, action-flags.c and undo.c know of an action. */
#ifndef CULVER_MAIL_ACTION_PRIVATE_H
#define CULVER_MAIL_ACTION_PRIVATE_H

#include "src/base/base.h"
#include "src/mail/action.h"
#include "src/mail/op.h"

enum {
	ACTIONS_MAX = 500,
	GHOSTS_MAX = 2000, /* of one deletion: more are found by ~A only */
};

enum action_kind {
	ACTION_FLAGGED,
	ACTION_MOVED,
	ACTION_COPIED,
	ACTION_EXPUNGED,
};

enum action_state {
	ACTION_PENDING,  /* its op is under way */
	ACTION_DONE,
	ACTION_UNDOING,
	ACTION_UNDONE,   /* may be done again */
	ACTION_FAILED,
};

/* The messages that one flag made a difference to. */
struct flag_change {
	unsigned bit;    /* enum imap_flag, or 0 and a keyword */
	char *keyword;
	struct imap_seqset uids;
};

struct action {
	enum action_kind kind;
	enum action_state state;
	bool is_deletion;
	struct account *account;
	char *mailbox;
	uint32_t uid_validity;
	struct imap_seqset uids;    /* as they are in the mailbox */
	bool add;                   /* flags */
	GPtrArray *changes;         /* of struct flag_change * */
	char *target;               /* moves and copies */
	struct account *target_account; /* of it: often the same */
	GArray *from, *to;          /* COPYUID's; NULL: not told */
	uint32_t target_uid_validity, target_uid_next;
	GArray *identities;         /* of struct identity */
	GPtrArray *ghosts;          /* of a deletion: struct ghost *, or NULL */
	struct op *op;              /* while PENDING */
	unsigned n_ops;             /* whose done points here */
	action_done_fn *done;
	void *data;

	/* undoing */
	bool is_undo_wanted;        /* when the answer has come */
	struct imap_seqset undo_uids; /* those of uids that are to come back */
	struct imap_seqset rest;      /* it was undone before it came to these */
	struct locate *locate;
	unsigned undone_at;         /* the latest is the first to be done again */
	bool is_redo;               /* the undo is itself undone */
	uint32_t n_undone;
	GError *undo_error;
	action_done_fn *undo_done;
	void *undo_data;
};

/* In the order in which they were done. */
extern GPtrArray *action_stack; /* of struct action * */

/* action-renumber.c: the op moved its messages back, and the server told what
 * UIDs they have now. */
void action_renumber_others(const struct action *action, const struct op *op);

struct action *action_new(struct mailbox *mailbox, enum action_kind kind,
	const struct imap_seqset *uids);
void action_free(struct action *action);
/* The only op of an action that does it. */
void action_start(struct action *action, struct mailbox *mailbox,
	struct journal_entry *entry_take, action_done_fn *done, void *data);
struct journal_entry *action_entry_new(enum journal_kind kind,
	const struct imap_seqset *uids);
/* Something can be done: it is writable, and there are messages. Else false,
 * and done will be told. */
bool action_may_change(struct mailbox *mailbox, const struct imap_seqset *uids,
	action_done_fn *done, void *data);
/* Those of uids that the mailbox shows. */
void action_visible_uids(struct mailbox *mailbox,
	const struct imap_seqset *uids, struct imap_seqset *visible_out);
/* Those of uids that have the flag, as rows show it. */
void action_flagged_uids(struct mailbox *mailbox,
	const struct imap_seqset *uids, unsigned bit, const char *keyword,
	struct imap_seqset *flagged_out);
void action_clear_copyuid(struct action *action);
void action_clear_identities(struct action *action);
void action_start_move(struct action *action, struct mailbox *mailbox,
	action_done_fn *done, void *data);
/* Calls done from the loop. */
void action_tell(action_done_fn *done, void *data, uint32_t changed,
	const GError *error);
/* Tells the listener: what was done to count messages of the mailbox. */
void action_say(struct account *account, const char *mailbox,
	enum action_event_kind kind, uint64_t count, const char *format, ...)
	G_GNUC_PRINTF(5, 6);
/* action-tell.c: its part of the room's. Ends all who wait. */
void action_tell_init(void);
void action_tell_release(void);
/* "Archive", or "home/Archive" of another account; free with g_free(). */
char *action_target_text(const struct action *action);
/* "3 messages"; free with g_free(). */
char *action_count_text(uint64_t n);
/* A done function that is kept elsewhere under the data: action_forget()
 * clears it, until it is untracked. */
void action_track(void *key, action_done_fn **slot, void *data);
void action_untrack(void *key);
/* undo.c: the op of an action ended that was to be undone. */
void undo_continue(struct action *action);

#endif
