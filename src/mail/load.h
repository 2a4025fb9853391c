/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loads of one message: its body structure, or a section of it, from the cache
 * or else from the server, then into the cache.
 */
#ifndef CULVER_MAIL_LOAD_H
#define CULVER_MAIL_LOAD_H

#include "src/base/base.h"
#include "src/mail/mailbox.h"

struct arena;
struct imap_body;
struct imap_fetch;
struct load;

/* Once, from the main loop: the structure or the octets (borrowed until
 * return), or error. The load is gone then. */
typedef void load_body_fn(const struct imap_body *body, const GError *error,
	void *data);
typedef void load_section_fn(GBytes *octets, const GError *error, void *data);
typedef void load_progress_fn(uint64_t had, void *data);

struct load *load_body(struct mailbox *mailbox, uint32_t uid,
	load_body_fn *done, void *data);
/* size 0: not known. At most max octets are asked for. progress may be NULL. */
struct load *load_section(struct mailbox *mailbox, uint32_t uid,
	const char *section, uint64_t size, uint64_t max,
	load_section_fn *done, load_progress_fn *progress, void *data);
/*
 * A leaf of the structure, its transfer encoding undone: by the server where it
 * has BINARY and can, else here. At most max octets come; what is longer is cut
 * there. had of progress is in encoded octets, as sizes are.
 */
struct load *load_part(struct mailbox *mailbox, uint32_t uid,
	const struct imap_body *body, uint64_t max,
	load_section_fn *done, load_progress_fn *progress, void *data);
/* Whether the server is to decode it: not what is one octet for one, and never
 * a multipart or a message. */
bool load_wants_binary(const struct mailbox *mailbox,
	const struct imap_body *body);
/* done does not run any more. Sets *load to NULL; NULL is fine. */
void load_cancel(struct load **load);
/* The same for those of this data. */
void load_forget(struct mailbox *mailbox, void *data);

/* sync.c has a structure; loads that wait for it take it. */
void load_offer(struct mailbox *mailbox, const struct imap_fetch *fetch);
/* The selection of the mailbox is there now, or its account gave up. */
void load_retry(struct mailbox *mailbox);
/* The mailbox goes: its loads never end. */
void load_orphan(struct mailbox *mailbox);

/* A deep copy in the arena. */
const struct imap_body *body_copy(const struct imap_body *body,
	struct arena *arena);

#endif
