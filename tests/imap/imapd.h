/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The server's ends of the connections of a scripted conversation: socket
 * pairs in the caller's own main loop. It says and hears lines, and knows no
 * IMAP. The first connection that a session makes is number 1.
 */
#ifndef CULVER_TESTS_IMAPD_H
#define CULVER_TESTS_IMAPD_H

#include "src/base/base.h"

struct imapd;

/* Every connection a session makes from now on ends here. */
struct imapd *imapd_new(void);
void imapd_free(struct imapd **imapd);
unsigned imapd_n_connections(const struct imapd *imapd);
/* Further attempts to connect are refused, or not. */
void imapd_refuse(struct imapd *imapd, bool refuses);
/* Further connections are TCP over the loopback interface. */
void imapd_use_tcp(struct imapd *imapd);
/* From now on, both ways. */
void imapd_deflate(struct imapd *imapd, unsigned number);
void imapd_send(struct imapd *imapd, unsigned number, const char *octets,
	size_t len);
/* The next line the client said, without CRLF; NULL if none is complete. */
char *imapd_take_line(struct imapd *imapd, unsigned number);
bool imapd_has_line(const struct imapd *imapd, unsigned number);
/* The client has closed and everything it said was taken. */
bool imapd_is_closed(const struct imapd *imapd, unsigned number);
void imapd_drop(struct imapd *imapd, unsigned number);

/* --- cut off -------------------------------------------------------------- */

/* Who serves the connections that are made after the cut. */
struct imapd_ops {
	void (*connected)(unsigned number, void *data);
	/* Takes whole commands off the octets. */
	void (*heard)(unsigned number, GString *octets, void *data);
};
void imapd_serve_next(struct imapd *imapd, const struct imapd_ops *ops,
	void *data);
/* Every connection ends now, whatever is under way. */
void imapd_cut(struct imapd *imapd);
/* The same, as soon as the connection has heard so many octets, and no more. */
void imapd_cut_after(struct imapd *imapd, unsigned number, size_t n_heard);
bool imapd_was_cut(const struct imapd *imapd);
/* Octets of the lines that were taken. */
size_t imapd_n_taken(const struct imapd *imapd, unsigned number);

#endif
