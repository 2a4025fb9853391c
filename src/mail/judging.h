/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pattern over the rows of a mailbox by what is here: the table, looked at
 * in slices of a few milliseconds, and the texts that are in the cache, read
 * once on its thread. Nothing is asked of the server, and nothing is loaded.
 */
#ifndef CULVER_MAIL_JUDGING_H
#define CULVER_MAIL_JUDGING_H

#include "src/base/base.h"
#include "src/imap/seqset.h"

struct judging;
struct mailbox;
struct pattern;
struct pattern_answers;
struct pattern_node;
struct pattern_scope;

/* What is to be judged, and by what; all borrowed until done. */
struct judging_task {
	struct mailbox *mailbox;
	const struct pattern *pattern;
	const struct pattern_node *node;   /* a part of it; NULL: all */
	const struct imap_seqset *tagged;  /* what "~T" means, or NULL */
	bool is_found;                     /* see pattern_scope */
	/* What is known of the texts, and what is found out; or NULL. */
	struct pattern_answers *answers;
	const struct imap_seqset *among;   /* NULL: all */
	const struct imap_seqset *except;  /* NULL: none */
	/* Rows that are not there yet are of no interest. */
	bool skips_missing;
};

/* Rows by UID; none is in two of them. Hidden ones are in none. */
struct judging_result {
	struct imap_seqset matched, unmatched;
	struct imap_seqset missing; /* only the server knows enough of them */
};

/* result is the callee's to take sets from. The judging is freed after it
 * returned or in it. */
typedef void judging_done_fn(struct judging_result *result, void *data);

/* done is called once, from the loop. */
struct judging *judging_start(const struct judging_task *task,
	judging_done_fn *done, void *data);
/* done is not called any more; needed after it has been, too. Sets it to
 * NULL. */
void judging_free(struct judging **judging);
/* How far it is: rows looked at or read, of so many. */
void judging_get_progress(const struct judging *judging, uint64_t *had_out,
	uint64_t *wanted_out);
/* All at once: false, and uids_out as it was, if there are too many rows for
 * that or if something is not in memory. */
bool judging_at_once(const struct judging_task *task,
	struct imap_seqset *uids_out);

#endif
