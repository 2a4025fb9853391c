/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One pending change on the server: an entry of the journal on its way. It is
 * shown by an overlay at once, written to the journal, sent when its mailbox
 * is open with the UIDVALIDITY it was meant for, sent again after a lost
 * connection as far as that is safe, and ends once.
 */
#ifndef CULVER_MAIL_OP_H
#define CULVER_MAIL_OP_H

#include "src/base/base.h"
#include "src/cache/journal.h"
#include "src/mail/private.h"

/* Messages from which on it matters how far it is; so many are not found again
 * one by one. */
enum { OP_LARGE = 1000 };

enum op_phase {
	OP_JOURNALLING, /* being written to disk */
	OP_WAITING,     /* for the mailbox to be open, or for one before it */
	OP_SENT,
	OP_ENDED,
};

struct op;
/* error NULL: the server confirmed. The op is valid until return. */
typedef void op_done_fn(struct op *op, const GError *error, void *data);

/* What makes a message the same one elsewhere, when no COPYUID tells. */
struct identity {
	uint32_t uid;
	char *message_id; /* NULL: none, cannot be found again */
	int64_t internaldate;
	uint64_t size;
};

struct op {
	struct journal_entry *entry;
	struct mailbox *mailbox;      /* a reference */
	struct overlay overlay;
	enum op_phase phase;
	bool may_be_done;             /* sent once, and nobody knows */
	bool is_late;                 /* nobody stands by for the answer */
	bool is_conflict;             /* told apart from other failures */
	unsigned n_looks;             /* for messages not yet told of */
	unsigned n_outrun;            /* times others removed some of them */
	bool is_all_there;            /* as the last look at the target told */
	bool is_noted;                /* the target's UIDNEXT was asked for */
	struct session_request *request;
	struct imap_seqset all;       /* what it is to be done to; entry->uids:
	                               * what is still to be done of the step */
	struct imap_seqset confirmed; /* of the step */
	bool is_change;               /* the request may be stopped */
	bool is_final;                /* what it confirms is done for good */
	bool is_stopping;
	unsigned serial;              /* for whoever shows how far it is */
	bool is_elsewhere;            /* it needs no mailbox to be open */
	struct locate *locate;
	struct carry *carry;          /* to another account */
	uint64_t had, wanted;         /* octets or messages on their way */
	GArray *from, *to;            /* COPYUID's, of uint32_t; NULL: not told */
	uint32_t target_uid_validity;
	struct catenate *catenate;    /* the spooled message, while it may be
	                               * sent in pieces; or NULL */
	GArray *identities;           /* of struct identity, of a move or copy */
	char *remark;                 /* a sentence for the user on success */
	op_done_fn *done;             /* NULL: nobody waits */
	void *data;
	guint source;
};

/* Takes the entry; its account and mailbox are filled in, and its UIDVALIDITY
 * if it has none. */
struct op *op_start(struct mailbox *mailbox, struct journal_entry *entry_take,
	op_done_fn *done, void *data);
/* Does no more of it, what cannot be taken back any more goes on. It ends with
 * MAIL_ERROR_CANCELLED if something was left, now or when what is in flight is
 * answered. false: it is too late. */
bool op_stop(struct op *op);
/* Those of its messages that it was done to, when it ends so. */
const struct imap_seqset *op_done_uids(const struct op *op,
	const GError *error);
/* Takes it back if it cannot have reached the server; false if it may have. */
bool op_withdraw(struct op *op);
/* Where its messages go: the target's account and name. */
struct account *op_target_account(const struct op *op);
const char *op_target_name(const struct op *op);
/* Those that have not ended, in order; of an account (NULL: any). */
typedef void ops_each_fn(const struct op *op, void *data);
void ops_each(const struct account *account, ops_each_fn *fn, void *data);
/* The one of this id of the journal, or NULL. */
struct op *op_find(uint64_t id);
/* Begins one that was given up: takes the entry, with its id of the journal. */
void op_retry(struct account *account, struct journal_entry *entry_take);
/* Ends it as the user wants it gone. The op is gone then. */
void op_drop(struct op *op);
/* Sends what may be sent. */
void ops_run_all(void);
/* Ops that have not ended, of an account and a mailbox name (NULL: any). */
uint32_t ops_pending(const struct account *account, const char *mailbox);
/* Those that bring messages into this mailbox. */
uint32_t ops_pending_into(const struct account *account, const char *target);
/* Called when an op has ended; and with one that is large, when it begins, gets
 * further, waits again or ends. */
void ops_listen(void (*ended)(void), void (*progressed)(const struct op *op));
/* The one of this serial, or NULL. */
struct op *op_find_serial(unsigned serial);
/* What is known of these messages now. GArray of struct identity. */
GArray *identities_of(struct mailbox *mailbox, const struct imap_seqset *uids);
/* The mailbox for work beside what the user looks at; or the open one. */
struct mailbox *mailbox_open_beside(struct account *account, const char *name);

/* --- finding messages again in another mailbox (locate.c) ------------------ */

/* found: for each identity the UID in the target, 0 for none, UINT32_MAX for
 * several. error NULL unless nothing could be asked. */
typedef void locate_done_fn(const uint32_t *found, const GError *error,
	void *data);
/* identities is borrowed until done or cancel. source: the mailbox where the
 * messages are still, which tells more of them (OBJECTID); NULL: they are gone
 * from there, or it is on another server. uid_validity: what from_uid is of, or
 * 0: not known. */
struct locate *locate_start(struct account *account, const char *target,
	struct mailbox *source, uint32_t uid_validity, uint32_t from_uid,
	const GArray *identities, locate_done_fn *done,
	void *data);
void locate_cancel(struct locate **locate);

#endif
