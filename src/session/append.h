/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages stored on the server: APPEND, several in one command (RFC 3502),
 * made of parts that the server has (RFC 4469), in the place of another
 * (RFC 8508). Octets come from memory or from a file as the socket takes them;
 * what is bigger than a few pages goes over a connection where nobody waits.
 */
#ifndef CULVER_SESSION_APPEND_H
#define CULVER_SESSION_APPEND_H

#include "src/base/base.h"
#include "src/session/selection.h"

struct imap_copyuid;

/* A part of a message: one of octets, a file, or a section of a message on
 * this server. */
struct append_piece {
	GBytes *octets;
	const char *path;      /* a file's name; for messages to a person, too */
	int fd;                /* of the file, or -1: opened by its name */
	/* RFC 4469; only where IMAP_CAP_CATENATE is. */
	const char *mailbox;
	uint32_t uid_validity, uid;
	const char *section;   /* "TEXT"; "" for the whole message */
	uint64_t size;         /* of the section */
};

/* Lines end with CRLF. */
struct append_message {
	const struct append_piece *pieces;
	size_t n_pieces;
	struct imap_flags flags;
	int64_t internaldate;  /* seconds since 1970 */
	int internaldate_offset; /* minutes */
};

/*
 * appended: their UIDs, in order, as far as the server told; or NULL. n: how
 * many it has confirmed: without MULTIAPPEND (RFC 3502) some may be stored
 * though the outcome is another.
 */
typedef void session_append_fn(const struct imap_result *result,
	const struct imap_copyuid *appended, size_t n, void *data);
/* Octets given to the socket, of how many. */
typedef void session_progress_fn(uint64_t had, uint64_t wanted, void *data);

/*
 * Stores messages in the mailbox; everything is copied but files. NO before
 * anything is sent when a file cannot be read, a message has NULs and the
 * server no BINARY (RFC 3516), or it is above the server's APPENDLIMIT
 * (RFC 7889; code "TOOBIG"). Cancelled within a message, it costs the
 * connection. progress may be NULL.
 */
struct session_request *session_append(struct session *session,
	const char *mailbox, const struct append_message *messages, size_t n,
	session_progress_fn *progress, session_append_fn *done, void *data);
/* One message in the place of another, in one step: only where
 * IMAP_CAP_REPLACE is. uid is of the selection. */
struct session_request *selection_replace(struct selection *selection,
	uint32_t uid, const char *mailbox, const struct append_message *message,
	session_progress_fn *progress, session_append_fn *done, void *data);

#endif
