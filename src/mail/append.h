/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages from files: into a mailbox, or in the place of one that is there.
 * The file is copied into the state directory first, and the action is
 * journalled like all others.
 */
#ifndef CULVER_MAIL_APPEND_H
#define CULVER_MAIL_APPEND_H

#include "src/base/base.h"
#include "src/imap/flag.h"

struct account;
struct catenate;
struct mailbox;

/* uid: that it has now, 0 if the server does not tell; error NULL when the
 * server confirmed. Once, from the loop. */
typedef void append_done_fn(uint32_t uid, const GError *error, void *data);

/* flags are copied; done may be NULL. */
void action_append(struct account *account, const char *mailbox,
	const char *path, const struct imap_flags *flags, append_done_fn *done,
	void *data);
/* Its flags and date are known, which the new one is to keep; if not they are
 * asked for. */
bool action_can_replace(struct mailbox *mailbox, uint32_t uid);
/* It keeps its flags and its date; see action_can_replace(). */
void action_replace(struct mailbox *mailbox, uint32_t uid, const char *path,
	append_done_fn *done, void *data);
/* catenate: the same octets with what the server has of them, taken; where the
 * server does not know how, or says no, they are sent whole. */
void action_replace_octets(struct mailbox *mailbox, uint32_t uid,
	GBytes *octets, struct catenate *catenate_take, append_done_fn *done,
	void *data);
/*
 * The message without this part, of which a short text tells, in the
 * message's place. Only one of several parts of a multipart that is neither
 * signed nor encrypted; otherwise MAIL_ERROR_NOT_FOUND says why. done is
 * needed.
 */
void action_delete_part(struct mailbox *mailbox, uint32_t uid,
	const char *section, append_done_fn *done, void *data);

#endif
