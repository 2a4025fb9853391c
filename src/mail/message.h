/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One message being read: its header, its structure, and the parts that are
 * shown, fetched as needed, from the cache where they are. Only what is read
 * is fetched.
 */
#ifndef CULVER_MAIL_MESSAGE_H
#define CULVER_MAIL_MESSAGE_H

#include "src/base/base.h"
#include "src/imap/bodystructure.h"
#include "src/mail/mailbox.h"

struct imap_body;
struct message;
struct mime_document;

enum message_state {
	MESSAGE_LOADING,
	MESSAGE_READY,
	MESSAGE_GONE,   /* expunged while open, or before */
	MESSAGE_ERROR,  /* text says why; loading again may help */
};

/* The message's state or progress changed. */
typedef void message_changed_fn(struct message *message, void *data);

/* Begins loading; never tells before it returned. Holds the mailbox. */
struct message *message_open(struct mailbox *mailbox, uint32_t uid,
	message_changed_fn *changed, void *data);
void message_close(struct message **message);
uint32_t message_uid(const struct message *message);
struct mailbox *message_mailbox(const struct message *message);
enum message_state message_state(const struct message *message);
const char *message_state_text(const struct message *message);
/* Octets had and wanted, for a progress bar; wanted 0 if unknown. */
void message_progress(const struct message *message, uint64_t *had_out,
	uint64_t *wanted_out);
/* NULL until known. */
const struct imap_body *message_body(const struct message *message);
/* All header fields, decoded, in order as sent: GPtrArray of struct mime_field. */
const GPtrArray *message_fields(const struct message *message);
/* What the pager shows: fields (all, or those that ignore/hdr_order leave),
 * an empty line, parts. The caller frees it. NULL unless READY. */
struct mime_document *message_document(const struct message *message,
	bool all_headers);
/* The same for the raw octets as lines; starts loading them if need be and
 * gives NULL meanwhile. */
struct mime_document *message_raw_document(struct message *message);

/* A transfer to a file or to memory; ends once. */
struct message_transfer;
typedef void message_transfer_fn(uint64_t octets, const GError *error,
	void *data);
typedef void message_octets_fn(const char *octets, size_t len, void *data);
/* Decoded octets of a part into a new file (0600 by umask; fails if it exists
 * unless overwrite): written through a worker, renamed when complete. */
struct message_transfer *message_save_part(struct mailbox *mailbox,
	uint32_t uid,
	const char *section, const char *path, bool overwrite,
	message_transfer_fn *done, void *data);
/* The octets of a section, transfer-encoded as they are on the server. */
struct message_transfer *message_fetch_part(struct mailbox *mailbox,
	uint32_t uid,
	const char *section, message_octets_fn *octets,
	message_transfer_fn *done,
	void *data);
/* The message's octets as they are on the server. */
struct message_transfer *message_fetch_raw(struct mailbox *mailbox,
	uint32_t uid,
	message_octets_fn *octets, message_transfer_fn *done, void *data);
/* Tells the octets that have come, as they are on the server, out of those
 * wanted (0: not known); until done. */
typedef void message_transfer_progress_fn(uint64_t had, uint64_t wanted,
	void *data);
void message_transfer_watch(struct message_transfer *transfer,
	message_transfer_progress_fn *progress, void *data);
/* Sets *transfer to NULL; done runs with MAIL_ERROR_CANCELLED. */
void message_transfer_cancel(struct message_transfer **transfer);
/* Its structure alone; mailbox_forget() ends that, too. body is borrowed until return; NULL with error. */
typedef void message_body_fn(const struct imap_body *body, const GError *error,
	void *data);
void message_fetch_body(struct mailbox *mailbox, uint32_t uid,
	message_body_fn *done, void *data);

#endif
