/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The response code INPROGRESS (RFC 9585 4): how far a slow command is. */
#ifndef CULVER_IMAP_PROGRESS_H
#define CULVER_IMAP_PROGRESS_H

#include "src/base/base.h"

struct imap_arg;

struct imap_progress {
	const char *tag; /* of the command, borrowed; NULL: not told */
	bool has_done, has_goal;
	uint32_t done, goal; /* of the same things; done may exceed the goal */
};

/* From the code's arguments: none, or ("tag" done goal), each of which may be
 * NIL. false when they are something else. */
bool imap_progress_from_args(const struct imap_arg *args, size_t n,
	struct imap_progress *progress_out);

#endif
