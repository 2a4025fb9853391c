/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A command of batch mode under way. It makes sure of an account or an open
 * mailbox, asks mail for what it wants, prints, and finishes. It lives from its
 * command's exec to job_finish(); one runs at a time.
 */
#ifndef CULVER_UI_JOB_H
#define CULVER_UI_JOB_H

#include "src/base/base.h"
#include "src/mail/mailbox.h"

struct account;
struct command_call;
struct find;
struct job;
struct mailbox;
struct message;
struct pattern;

typedef void job_step_fn(struct job *job);

enum mailbox_change { CREATE, RENAME, DELETE, SUBSCRIBE, UNSUBSCRIBE };

struct job {
	struct command_run *run;
	const char *name;          /* of the command */
	char **words;              /* arguments before the pattern */
	struct pattern *pattern;   /* NULL if the command takes none */
	bool needs_rows;           /* of all messages, even for a cheap pattern */
	struct find *find;         /* what matches, or NULL */
	struct imap_seqset uids;   /* what the pattern matched */
	job_step_fn *next;         /* when the mailbox is open */
	job_step_fn *matched;      /* when uids is filled in */
	job_step_fn *listed;       /* when the mailboxes are listed */
	const char *use;           /* "\\Trash": what to open or make; or NULL */
	struct mailbox *opening;   /* not yet the open one */
	struct account *account;
	struct message *message;   /* show */
	enum mailbox_change change;
	guint accounts_left;       /* folders */
	GError *error;             /* folders: the first that was met */
	guint timer;               /* wait */
	bool was_gone;             /* wait: the mailbox */
};

struct job *job_new(const struct command_call *call);
/* The last argument is a pattern, those before it are words; NULL with error. */
struct job *job_with_pattern(const struct command_call *call, GError **error);
/* With words, the first being a UID, in uids. */
struct job *job_with_uid(const struct command_call *call, GError **error);
uint32_t job_uid(const struct job *job);

/*
 * Go on by a step: when a mailbox is open (the default one is opened if none
 * is), or when also the pattern has been matched. false with error when it
 * cannot begin; the job is gone then. A job that is NULL passes the error on.
 */
bool job_with_mailbox(struct job *job, job_step_fn *next, GError **error);
bool job_with_matches(struct job *job, job_step_fn *matched, GError **error);
/* Opens a mailbox as a user writes it and makes it the open one. */
bool job_open(struct job *job, const char *text, job_step_fn *next, GError **error);

/* Goes on by next when the account's mailboxes are listed: only then is known
 * which is the trash. May call it before this returns. */
void job_with_list(struct job *job, struct account *account, job_step_fn *next);
/* "\\Trash" and the like: a mailbox by its use. */
bool job_names_use(const char *text);

/* Frees the job and ends its command; error NULL: it is done. */
void job_finish(struct job *job, const GError *error);
void job_finish_take(struct job *job, GError *error_take);
/* Frees a job that has not begun. */
void job_discard(struct job *job);

#endif
