/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much may be stored, and how much is (RFC 9208). Without QUOTA the
 * request ends as refused; nothing is sent.
 */
#ifndef CULVER_SESSION_QUOTA_H
#define CULVER_SESSION_QUOTA_H

#include "src/base/base.h"
#include "src/imap/quota.h"
#include "src/session/session.h"

/* Borrowed until it returns. */
typedef void session_quota_fn(const struct imap_quota *quota, void *data);
/*
 * The quota of each root that the mailbox counts for: GETQUOTAROOT, and
 * GETQUOTA for a root that the server named and did not tell. status (may be
 * NULL) is told what expunging would free, by STATUS (DELETED
 * DELETED-STORAGE), where the server counts it and the mailbox is not selected.
 */
struct session_request *session_quota(struct session *session,
	const char *mailbox, enum session_priority priority,
	session_quota_fn *quota, session_status_fn *status,
	session_done_fn *done, void *data);

#endif
