/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Annotations of mailboxes and of the server (RFC 5464). Without METADATA (for
 * the server also METADATA-SERVER) the request ends as refused; nothing is
 * sent.
 */
#ifndef CULVER_SESSION_METADATA_H
#define CULVER_SESSION_METADATA_H

#include "src/base/base.h"
#include "src/imap/metadata.h"
#include "src/session/session.h"

/* Octets of a value that are asked for; longer entries are left out. */
enum { SESSION_METADATA_MAX = 1 << 20 };

/* Borrowed until it returns. May come several times; later values count. */
typedef void session_metadata_fn(const struct imap_metadata *metadata,
	void *data);
/* code: what [METADATA ...] said, size the number in it. */
typedef void session_metadata_done_fn(const struct imap_result *result,
	enum imap_metadata_code code, uint64_t size, void *data);

/* GETMETADATA. mailbox "": the server. entry and all below it; NULL: all
 * entries there are. */
struct session_request *session_metadata(struct session *session,
	const char *mailbox, const char *entry, session_metadata_fn *metadata,
	session_metadata_done_fn *done, void *data);
/* SETMETADATA; value NULL removes the entry. */
struct session_request *session_set_metadata(struct session *session,
	const char *mailbox, const char *entry, const char *value,
	session_metadata_done_fn *done, void *data);

#endif
