/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the other messages of a mailbox say of a message: "~=", "~$", "~(...)",
 * "~<(...)" and "~>(...)". Threads are those that Message-IDs make (forest.h).
 * Found out for all messages at once, on a worker. Pure.
 */
#ifndef CULVER_MAIL_PATTERN_OTHERS_H
#define CULVER_MAIL_PATTERN_OTHERS_H

#include "src/base/base.h"
#include "src/imap/seqset.h"

struct table_snapshot;

/* The operands of the letters. */
enum others_kind {
	OTHERS_SAME,   /* an earlier one has its Message-ID */
	OTHERS_NONE,   /* none refers to it */
	OTHERS_THREAD, /* one of its thread matches, itself or another */
	OTHERS_PARENT, /* the one that it answers does */
	OTHERS_CHILD,  /* one that answers it does */
};

struct others_input {
	const struct table_snapshot *snapshot;
	const uint32_t *parents;           /* forest_parents() */
	uint32_t n_parents;
	enum others_kind kind;
	const struct imap_seqset *matched; /* UIDs; NULL: it takes none */
};

/* Adds the UIDs of which it is true. May run on any thread. */
void others_find(const struct others_input *input,
	struct imap_seqset *uids_out);

#endif
