/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Batch mode: commands without a terminal, one JSON object a line. The engine,
 * the cache and the rc are the same as on the screen; the commands that act on
 * mail have rows of their own here, since they take a pattern where the screen
 * has a cursor, and end when the server has confirmed.
 */
#ifndef CULVER_UI_BATCH_H
#define CULVER_UI_BATCH_H

#include "src/base/base.h"

struct account;
struct mailbox;

struct batch_startup {
	const char *account;          /* name; NULL: none was named: the first is
	                                 current, and folders lists all */
	const char *mailbox;          /* opened when a command needs one and none is */
	const char *const *commands;  /* -e, NULL-terminated; empty: standard input */
	bool keep_going;              /* -k */
	unsigned columns;             /* for show */
};

/* Registers the rows; before the rc is read. */
void batch_register(void);
/* Where accounts report to in batch mode. */
struct account_ops;
extern const struct account_ops batch_account_ops;

/* Runs everything; the exit status: 0, 1 a command failed, 3 cannot connect
 * or log in. Owns the main loop while it runs. */
int batch_run(const struct batch_startup *startup);

/* --- for the commands (cmd-batch.c) ---------------------------------------- */

/* The current account, connecting or connected; NULL with error if none. */
struct account *batch_account(GError **error);
bool batch_wants_all_accounts(void);
unsigned batch_columns(void);
/* The open mailbox, or NULL. */
struct mailbox *batch_mailbox(void);
/* Takes over the reference; the former one is left. account becomes current. */
void batch_set_mailbox(struct mailbox *mailbox_take);
/* What to open when a command needs a mailbox and none is open. */
const char *batch_default_mailbox(void);

/* Who hears of mailboxes that are not open (account_ops); fn NULL: nobody. */
typedef void batch_news_fn(struct account *account, const char *mailbox, void *data);
void batch_set_news(batch_news_fn *fn, void *data);

/* Runs fn once: when the account is online, or with error when it cannot be.
 * Not before the call returned. */
typedef void batch_online_fn(struct account *account, const GError *error, void *data);
void batch_when_online(struct account *account, batch_online_fn *fn, void *data);

#endif
