/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An open mailbox: the table of its messages in order of arrival, kept in step
 * with the server (and with the cache when there is no server), with this
 * user's pending actions laid over it. Rows are addressed by position (which
 * shifts) or by UID (which does not, until UIDVALIDITY changes).
 *
 * The table is chunks of fixed-size records; strings live in pages that may be
 * dropped and loaded again, so a row's envelope may be absent for a moment.
 */
#ifndef CULVER_MAIL_MAILBOX_H
#define CULVER_MAIL_MAILBOX_H

#include "src/base/base.h"
#include "src/imap/fetch.h"
#include "src/imap/seqset.h"

struct account;
struct mailbox;

enum mailbox_state {
	MAILBOX_LOADING, /* nothing to show yet */
	MAILBOX_CACHED,  /* from the cache; the server has not answered */
	MAILBOX_SYNCING, /* open; rows are being filled in */
	MAILBOX_READY,   /* in step with the server */
	MAILBOX_OFFLINE, /* shows what is known */
	MAILBOX_GONE,    /* deleted, renamed, or no permission: text says it */
};

enum message_pending {
	MESSAGE_PENDING_NONE,
	MESSAGE_PENDING,   /* an action waits for the server: "·" */
	MESSAGE_FAILED,    /* the last one was refused: "!" */
};

/* A row as shown: server state plus pending actions. Strings are valid until
 * the loop turns. */
struct message_row {
	uint32_t uid;        /* 0: not known yet */
	uint32_t number;     /* from 1, in order of arrival */
	bool is_loaded;      /* everything below is known */
	bool is_new;         /* unread; with mark_old: and arrived since the mailbox was last open */
	unsigned flags;      /* enum imap_flag */
	enum message_pending pending;
	int64_t internaldate; /* seconds since 1970 */
	int internaldate_offset; /* minutes */
	uint64_t size;
	const struct imap_envelope *envelope; /* raw */
	const char *references;
	const char *subject; /* decoded; "" if none */
	const char *from;    /* decoded name or address of the author; "" if none */
	bool has_attachment;
};

struct mailbox_ops {
	/* Any number of rows changed, came or went; positions may have shifted. */
	void (*changed)(struct mailbox *mailbox, void *data);
	/* Counts, state, read-only. */
	void (*state_changed)(struct mailbox *mailbox, void *data);
	/* New messages arrived (not at the first load); uid 0 if not yet known.
	 * May be NULL. */
	void (*arrived)(struct mailbox *mailbox, uint32_t uid, void *data);
	/* Another client's doing, for "wait": may be NULL. */
	void (*expunged)(struct mailbox *mailbox, uint32_t uid, void *data);
	void (*flags_changed)(struct mailbox *mailbox, uint32_t uid,
		void *data);
};

/*
 * Opens a mailbox, or takes another reference on one that is open. What the
 * cache has is there when the loop has turned. Listeners are added apart.
 */
struct mailbox *mailbox_open(struct account *account, const char *name);
/* The same by EXAMINE; one that is open stays as it is. */
struct mailbox *mailbox_open_read_only(struct account *account,
	const char *name);
/* Drops a reference; the last one leaves the mailbox. Sets it to NULL. */
void mailbox_unref(struct mailbox **mailbox);
struct mailbox *mailbox_ref(struct mailbox *mailbox);
/* ops is borrowed; (ops, data) is the identity for removal. May be removed
 * while called. */
void mailbox_listen(struct mailbox *mailbox, const struct mailbox_ops *ops,
	void *data);
void mailbox_unlisten(struct mailbox *mailbox, const struct mailbox_ops *ops,
	void *data);

struct account *mailbox_account(const struct mailbox *mailbox);
const char *mailbox_name(const struct mailbox *mailbox);
enum mailbox_state mailbox_state(const struct mailbox *mailbox);
/* For GONE and OFFLINE: a sentence. */
const char *mailbox_state_text(const struct mailbox *mailbox);
bool mailbox_is_read_only(const struct mailbox *mailbox);
/* Whether the server lets it be changed at all; then the user may still guard
 * it, and take that back. */
bool mailbox_is_examined(const struct mailbox *mailbox);
void mailbox_set_guarded(struct mailbox *mailbox, bool is_guarded);
uint32_t mailbox_uid_validity(const struct mailbox *mailbox);
uint64_t mailbox_highest_mod_seq(const struct mailbox *mailbox);
/* Options of this mailbox (mailbox {} over account {} over global). */
const struct option_set *mailbox_options(const struct mailbox *mailbox);

/* Rows that are there, hidden ones (moved away, not yet confirmed) not counted
 * in the counts but present at their positions. */
uint32_t mailbox_length(const struct mailbox *mailbox);
bool mailbox_is_hidden(const struct mailbox *mailbox, uint32_t pos);
/* Fills row; what is missing is asked for and told by changed(). */
void mailbox_get_row(struct mailbox *mailbox, uint32_t pos,
	struct message_row *row_out);
uint32_t mailbox_uid_at(const struct mailbox *mailbox, uint32_t pos);
/* UINT32_MAX if it is not there. */
uint32_t mailbox_find_uid(const struct mailbox *mailbox, uint32_t uid);
unsigned mailbox_flags_at(const struct mailbox *mailbox, uint32_t pos);
/* Keywords of a row; NULL-terminated, borrowed until the loop turns. */
const char *const *mailbox_keywords_at(struct mailbox *mailbox, uint32_t pos);
/* Visible messages; unseen, flagged and new among them. */
struct mailbox_counts {
	uint32_t messages, unseen, flagged, deleted, is_new, loaded;
};
void mailbox_get_counts(const struct mailbox *mailbox,
	struct mailbox_counts *counts_out);
/* The screen shows rows first..last: fetched before all others. */
void mailbox_want_rows(struct mailbox *mailbox, uint32_t first, uint32_t last);
/* Row data of everything, told when it is there (batch "messages"). */
typedef void mailbox_done_fn(const GError *error, void *data);
void mailbox_load_all(struct mailbox *mailbox, mailbox_done_fn *done,
	void *data);
/* Rows that nobody has asked for are being loaded in the background. */
bool mailbox_is_filling(const struct mailbox *mailbox);
/* True when it is all there now: mailbox_load_all() would wait for nothing. */
bool mailbox_is_loaded(const struct mailbox *mailbox);
/* done when the mailbox is READY, GONE, or its account gave up. */
void mailbox_when_ready(struct mailbox *mailbox, mailbox_done_fn *done,
	void *data);
/* No more rows than the screen shows, until it is opened again. False if
 * nothing else was being loaded. */
bool mailbox_stop_loading(struct mailbox *mailbox);
/* Asks the server what is new. */
void mailbox_poll(struct mailbox *mailbox, mailbox_done_fn *done, void *data);
/* No done callback to this data any more. */
void mailbox_forget(struct mailbox *mailbox, void *data);

#endif
