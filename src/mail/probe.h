/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pattern asked of one message after the other, as a search for the next
 * match does: by what is in memory, and by texts that were read from the cache
 * a batch at a time and are remembered.
 */
#ifndef CULVER_MAIL_PROBE_H
#define CULVER_MAIL_PROBE_H

#include "src/base/base.h"
#include "src/imap/seqset.h"

struct mailbox;
struct pattern;
struct probe;

enum probe_answer {
	PROBE_NO,
	PROBE_YES,
	PROBE_UNREAD,  /* probe_read() finds out */
	PROBE_MISSING, /* it takes a find (find.h) */
};

/* Both are held. */
struct probe *probe_new(struct mailbox *mailbox, const struct pattern *pattern);
/* probe_read()'s done is not called any more. Sets it to NULL. */
void probe_free(struct probe **probe);
/* tagged: what "~T" means, or NULL. */
enum probe_answer probe_ask(struct probe *probe, uint32_t pos,
	const struct imap_seqset *tagged);
/* Reads the texts of these messages; done from the loop. One at a time. */
typedef void probe_done_fn(void *data);
void probe_read(struct probe *probe, const struct imap_seqset *uids,
	probe_done_fn *done, void *data);

#endif
