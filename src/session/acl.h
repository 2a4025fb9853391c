/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who may do what in a mailbox (RFC 4314). Without ACL the request ends as
 * refused; nothing is sent. A server without RIGHTS= knows the letters of RFC
 * 2086 only: k and x are sent as c, t and e as d.
 */
#ifndef CULVER_SESSION_ACL_H
#define CULVER_SESSION_ACL_H

#include "src/base/base.h"
#include "src/imap/acl.h"
#include "src/session/session.h"

/* Each is borrowed until it returns. */
typedef void session_my_rights_fn(const struct imap_my_rights *rights,
	void *data);
typedef void session_acl_fn(const struct imap_acl *acl, void *data);
typedef void session_list_rights_fn(const struct imap_list_rights *rights,
	void *data);

/* MYRIGHTS: what the user may do. */
struct session_request *session_my_rights(struct session *session,
	const char *mailbox, session_my_rights_fn *rights,
	session_done_fn *done, void *data);
/* GETACL: everybody's rights. Needs the right "a". */
struct session_request *session_acl(struct session *session,
	const char *mailbox, session_acl_fn *acl,
	session_done_fn *done, void *data);
/* LISTRIGHTS: what may be granted to the identifier. Needs "a". */
struct session_request *session_list_rights(struct session *session,
	const char *mailbox, const char *identifier,
	session_list_rights_fn *rights, session_done_fn *done, void *data);
/* SETACL; rights as imap_rights_are_valid() has them. Needs "a". */
struct session_request *session_set_acl(struct session *session,
	const char *mailbox, const char *identifier, const char *rights,
	session_done_fn *done, void *data);
/* DELETEACL: the identifier has no entry any more. Needs "a". */
struct session_request *session_delete_acl(struct session *session,
	const char *mailbox, const char *identifier,
	session_done_fn *done, void *data);

#endif
