/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The next message of the current list that matches, from a message on: row by
 * row in the order of the list, in slices, and no farther than needed. Texts
 * that are in the cache are read a batch at a time; where rows are not there
 * at all, or the server has to tell, all that match are found once and kept.
 */
#ifndef CULVER_UI_SEEK_H
#define CULVER_UI_SEEK_H

#include "src/base/base.h"

struct pattern;
struct seek;

struct seek_result {
	uint32_t uid;    /* 0: none */
	bool has_wrapped; /* it is on the other side of the list's end */
};
/* result NULL with error. The seek may be freed in it. */
typedef void seek_done_fn(const GError *error, const struct seek_result *result,
	void *data);

/* Over the current view's mailbox. The pattern is held. */
struct seek *seek_new(const struct pattern *pattern);
/* done is not called any more. Sets it to NULL. */
void seek_free(struct seek **seek);
/* It is of the mailbox that the current view shows. */
bool seek_is_current(const struct seek *seek);
/*
 * done is called once, before this returns or later; one at a time: a search
 * under way is given up. from_uid is in the list.
 */
void seek_next(struct seek *seek, uint32_t from_uid, bool is_back, bool wraps,
	seek_done_fn *done, void *data);
/* How many rows were looked at, of how many. */
void seek_get_progress(const struct seek *seek, uint64_t *had_out,
	uint64_t *wanted_out);

#endif
