/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who may do what in a mailbox (RFC 4314). A server without ACL: every call
 * ends with a sentence that says so.
 */
#ifndef CULVER_MAIL_ACL_H
#define CULVER_MAIL_ACL_H

#include "src/base/base.h"
#include "src/imap/acl.h"
#include "src/mail/account.h"

/* Strings are borrowed until it returns. identifier NULL: the user. */
typedef void acl_fn(const char *identifier, const char *rights, void *data);
/* What may be granted: letters that are always there, and those that may be
 * given and taken. */
typedef void acl_grantable_fn(const char *required, const char *optional,
	void *data);

/* MYRIGHTS. */
void acl_get_own(struct account *account, const char *mailbox, acl_fn *rights,
	account_done_fn *done, void *data);
/* GETACL: each entry; identifiers of negative rights begin with "-". */
void acl_get(struct account *account, const char *mailbox, acl_fn *entry,
	account_done_fn *done, void *data);
/* LISTRIGHTS. */
void acl_get_grantable(struct account *account, const char *mailbox,
	const char *identifier, acl_grantable_fn *grantable,
	account_done_fn *done, void *data);
/* rights: "lrs" instead of what was there, "+w" in addition, "-w" less. */
void acl_set(struct account *account, const char *mailbox,
	const char *identifier, const char *rights,
	account_done_fn *done, void *data);
void acl_delete(struct account *account, const char *mailbox,
	const char *identifier, account_done_fn *done, void *data);

/* Whether these are letters that acl_set() takes; if not, error
 * (CMD_ERROR_USAGE) says so. */
bool acl_check_rights(const char *rights, GError **error);
/* "read, seen, write": the names of rights without the virtual ones; letters
 * of the server's own as they are. Free with g_free(). */
char *acl_rights_to_words(const char *rights);
/* Why a mailbox with these rights cannot be changed, or only in part: "no
 * right to delete messages (t) and expunge (e)"; NULL when nothing is missing.
 * Free with g_free(). */
char *acl_rights_missing(const char *rights);

#endif
