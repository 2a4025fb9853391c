/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Error domains, one per layer. Messages follow one form: lower case, no full
 * stop, the subject in single quotes, what failed first, and what to do when
 * we know it ("cannot open '%s': %s").
 */
#ifndef CULVER_BASE_ERROR_H
#define CULVER_BASE_ERROR_H

#include "src/base/base.h"

#define NET_ERROR (net_error_quark())
#define TLS_ERROR (tls_error_quark())
#define IMAP_ERROR (imap_error_quark())
#define CACHE_ERROR (cache_error_quark())
#define MIME_ERROR (mime_error_quark())
#define MAIL_ERROR (mail_error_quark())
#define OPTION_ERROR (option_error_quark())
#define CMD_ERROR (cmd_error_quark())

enum net_error {
	NET_ERROR_RESOLVE,   /* no such host, or no answer from the resolver */
	NET_ERROR_CONNECT,   /* nobody listens, no route */
	NET_ERROR_CLOSED,    /* the peer closed the connection */
	NET_ERROR_TIMEOUT,
	NET_ERROR_IO,        /* reset and the like */
	NET_ERROR_SECRET,    /* a password command failed */
	NET_ERROR_AUTH,      /* no usable SASL mechanism, bad challenge */
	NET_ERROR_PROOF,     /* the server did not prove who it is */
};

enum tls_error {
	TLS_ERROR_HANDSHAKE,
	TLS_ERROR_CERTIFICATE, /* not trusted, and nobody accepted it */
	TLS_ERROR_FILE,        /* a CA, certificate or key file is unusable */
	TLS_ERROR_INJECTION,   /* plaintext was waiting when TLS began */
};

enum imap_error {
	IMAP_ERROR_SYNTAX,   /* the server broke the grammar */
	IMAP_ERROR_LIMIT,    /* longer, deeper or bigger than we accept */
	IMAP_ERROR_PROTOCOL, /* grammatical, but not now */
};

enum cache_error {
	CACHE_ERROR_OPEN,
	CACHE_ERROR_IO,
	CACHE_ERROR_CORRUPT,
	CACHE_ERROR_BUSY,    /* another process has it */
};

enum mime_error {
	MIME_ERROR_LIMIT,
	MIME_ERROR_CHARSET,
	MIME_ERROR_SYNTAX,
};

enum mail_error {
	MAIL_ERROR_PATTERN,
	MAIL_ERROR_NOT_FOUND, /* no such account, mailbox, message, part */
	MAIL_ERROR_OFFLINE,
	MAIL_ERROR_SERVER,    /* the server said NO or BAD; its words follow */
	MAIL_ERROR_TRYCREATE, /* NO: the target must be created first */
	MAIL_ERROR_READ_ONLY,
	MAIL_ERROR_CANCELLED,
	MAIL_ERROR_URL,
	MAIL_ERROR_FILE,
};

enum option_error {
	OPTION_ERROR_UNKNOWN,
	OPTION_ERROR_VALUE,
	OPTION_ERROR_SCOPE,
};

enum cmd_error {
	CMD_ERROR_SYNTAX,
	CMD_ERROR_UNKNOWN,
	CMD_ERROR_USAGE,   /* wrong arguments */
	CMD_ERROR_CONTEXT, /* not on this screen, no message, read-only */
	CMD_ERROR_FAILED,
};

GQuark net_error_quark(void);
GQuark tls_error_quark(void);
GQuark imap_error_quark(void);
GQuark cache_error_quark(void);
GQuark mime_error_quark(void);
GQuark mail_error_quark(void);
GQuark option_error_quark(void);
GQuark cmd_error_quark(void);

#endif
