/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What somebody asked of an account, until its session has answered. It
 * outlives the account if need be: whoever asked is then told nothing.
 */
#ifndef CULVER_MAIL_ACCOUNT_REQUEST_H
#define CULVER_MAIL_ACCOUNT_REQUEST_H

#include "src/base/base.h"
#include "src/mail/account.h"
#include "src/session/session.h"

struct account_request {
	struct account *account; /* NULL: gone */
	const char *what;        /* "cannot create": for the error */
	char *from, *to;         /* mailbox names; to may be NULL */
	bool is_whole;           /* all mailboxes, with counts of each */
	void (*then)(struct account_request *request); /* on OK */
	GError *refusal;         /* why it never began, or NULL */
	account_done_fn *done;
	void *data;
};

struct account_request *account_request_new(struct account *account,
	const char *what, account_done_fn *done, void *data);
/* Whether there is a session to ask; if not, the request ends later. */
bool account_request_can_begin(struct account_request *request);
/* Ends it from the loop: it never begins. Takes the error. */
void account_request_refuse(struct account_request *request,
	GError *error_take);
/* Tells who asked, and frees the request. */
void account_request_end(struct account_request *request, const GError *error);
/* A session_done_fn; data is the request. Calls then() and ends it. */
void account_request_on_done(const struct imap_result *result, void *data);
/* Forgets the account; its requests end by themselves. */
void account_requests_release(struct account *account);

#endif
