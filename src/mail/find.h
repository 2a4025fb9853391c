/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which messages of a mailbox match a pattern: the door for every command that
 * takes one. What the table and the cache can tell is told by them, in slices
 * that hold up nobody; what only the server knows ("~b") is asked of it; and
 * where rows are not loaded yet the server narrows down whose are needed.
 */
#ifndef CULVER_MAIL_FIND_H
#define CULVER_MAIL_FIND_H

#include "src/base/base.h"
#include "src/imap/seqset.h"

struct find;
struct mailbox;
struct pattern;

enum find_flags {
	/* Rows of all messages are wanted anyway. */
	FIND_LOADS_ALL = 1 << 0,
	/* Goes on until it is freed: done is called again, with all that
	 * match, when others do. By the rows, messages are judged once: when
	 * they are there. By the server, as they arrive and change, where it
	 * can tell. */
	FIND_STAYS = 1 << 1,
	/* The server is asked before any row is fetched, however few they are. */
	FIND_ASKS = 1 << 2,
	/* With FIND_STAYS: only of messages that arrive from now on. */
	FIND_ARRIVALS = 1 << 3,
};

/* uids is borrowed: messages that are there and shown; empty with error. */
typedef void find_done_fn(const GError *error, const struct imap_seqset *uids,
	void *data);

/* The answer at once, if it needs nobody and no time: true, and the matches are
 * added to uids_out. tagged: what "~T" means, or NULL. */
bool find_now(struct mailbox *mailbox, const struct pattern *pattern,
	const struct imap_seqset *tagged, struct imap_seqset *uids_out);
/*
 * done is called once (FIND_STAYS: at least once, unless it went wrong), from
 * the loop. The find may be freed in it. pattern is held, tagged copied.
 */
struct find *find_start(struct mailbox *mailbox, const struct pattern *pattern,
	const struct imap_seqset *tagged, unsigned flags, find_done_fn *done,
	void *data);
/* How far it is; wanted 0: it is not known. data is that of done. */
typedef void find_progress_fn(uint64_t had, uint64_t wanted, void *data);
/* Tells it now and then, until done is called. */
void find_watch(struct find *find, find_progress_fn *progress);
/* done is not called any more; needed after it has been, too. Sets it to
 * NULL. */
void find_free(struct find **find);

#endif
