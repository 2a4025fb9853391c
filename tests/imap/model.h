/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A small IMAP server that keeps its promises: mailboxes with UIDs, flags,
 * keywords and MODSEQs, shared by any number of connections, in the caller's
 * own main loop. It offers what it is told to offer, so that the same scenario
 * runs on a rich and on a poor server; its connection may be cut at any octet,
 * in either direction, and it may be asked afterwards what it holds. It is
 * strict: what the capabilities do not allow is answered BAD.
 *
 * It knows IMAP4rev1 and, as far as offered: APPENDLIMIT=n, BINARY, CONDSTORE,
 * ENABLE, ESEARCH, ID, IDLE, LITERAL+, LITERAL-, MOVE, MULTIAPPEND, NAMESPACE,
 * REPLACE, SASL-IR, SPECIAL-USE, UIDPLUS, UNSELECT. Any user may log in.
 */
#ifndef CULVER_TESTS_MODEL_H
#define CULVER_TESTS_MODEL_H

#include "src/base/base.h"

struct model;

/* capabilities: behind "IMAP4rev1", separated by spaces; copied. */
struct model *model_new(const char *capabilities);
void model_free(struct model **model);

/* Sessions of this process that connect to this port, whatever the host, are
 * served by it as long as it lives. */
void model_take_port(struct model *model, unsigned port);
/* A client's socket; takes the descriptor. */
void model_serve(struct model *model, int fd);
/* Serves clients in other processes, on a Unix socket below dir: those that
 * called model_connect_to() and connect to this port. */
void model_listen(struct model *model, const char *dir, unsigned port);
/* Every session of this process connects to such a socket. dir is borrowed. */
void model_connect_to(const char *dir);

/* --- what it holds --------------------------------------------------------- */

/* use: "\\Trash" or NULL. Creating one that exists replaces it by another of
 * the same name, with another UIDVALIDITY. */
void model_create(struct model *model, const char *mailbox, const char *use);
/* flags: "\\Seen work" or "". Returns the UID. The lines of the message end
 * with CRLF. */
uint32_t model_add(struct model *model, const char *mailbox, const char *flags,
	const char *message);
/* A message of this subject, with a Message-ID made of it. */
uint32_t model_add_subject(struct model *model, const char *mailbox,
	const char *flags, const char *subject);
/* By another client. */
void model_expunge(struct model *model, const char *mailbox, uint32_t uid);
uint32_t model_n_messages(struct model *model, const char *mailbox);
/*
 * All mailboxes that hold something, and their messages sorted: a line each of
 * mailbox, Message-ID, flags, date and size; no UIDs, which depend on the way,
 * and no other date than the one of model_add().
 * Free with g_free().
 */
char *model_dump(struct model *model);

/* --- trouble --------------------------------------------------------------- */

/* Octets that went both ways since the model was made. */
uint64_t model_octets(const struct model *model);
/* Cuts the connection that the nth octet of either direction goes over, once:
 * what came before it has arrived. 0: not any more. */
void model_cut_at(struct model *model, uint64_t n);
/* Called at that octet, before the connection is cut. */
void model_on_cut(struct model *model, void (*fn)(void *data), void *data);
/* Connections are refused, or not. */
void model_refuse(struct model *model, bool refuses);
/* Cuts all of them. */
void model_drop(struct model *model);
/* Hears and says nothing more on those that there are; new ones are served. */
void model_silence(struct model *model);
/* Commands whose name begins so are answered with this line, until NULL:
 * "NO [OVERQUOTA] full". */
void model_answer(struct model *model, const char *command, const char *line);
/* How many commands of this name ("UID COPY") were understood. */
unsigned model_n_commands(const struct model *model, const char *command);

#endif
