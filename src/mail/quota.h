/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How full an account is (RFC 9208): asked for by a person, and looked at by
 * itself some time after the log-in and whenever the server tells, so that a
 * warning comes before mail is refused.
 */
#ifndef CULVER_MAIL_QUOTA_H
#define CULVER_MAIL_QUOTA_H

#include "src/base/base.h"
#include "src/mail/account.h"

/* From here on there is a warning. */
enum { QUOTA_WARN_PERCENT = 90 };

struct quota {
	const char *root;     /* may be "" */
	const char *resource; /* "STORAGE", "MESSAGE", "MAILBOX" ... */
	uint64_t used, limit; /* in units as the server has them */
	bool has_limit;
	unsigned unit;        /* octets of one unit; 0: things are counted */
};

/* Borrowed until it returns. */
typedef void quota_fn(const struct quota *quota, void *data);
/* What expunging would free in the mailbox: messages, octets; each -1 when the
 * server does not tell. */
typedef void quota_deleted_fn(int64_t messages, int64_t octets, void *data);
/* Each resource of the roots that the mailbox counts for, then done. deleted
 * may be NULL, and is called only where the server counts. */
void quota_get(struct account *account, const char *mailbox, quota_fn *quota,
	quota_deleted_fn *deleted, account_done_fn *done, void *data);

/* 0 where there is no limit. May be above 100. */
unsigned quota_percent(const struct quota *quota);
/* "4.6G of 5.0G", "812 of 1 000"; free with g_free(). */
char *quota_to_string(const struct quota *quota);
/* "storage 93% full": the fullest resource known of the account, from
 * QUOTA_WARN_PERCENT on; else NULL. Valid until the next call. */
const char *account_quota_warning(const struct account *account);

#endif
