/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many messages match a pattern: counted by the server where it knows as
 * well as the rows, so that neither rows nor their UIDs are needed. */
#ifndef CULVER_MAIL_COUNT_H
#define CULVER_MAIL_COUNT_H

#include "src/base/base.h"

struct mailbox;
struct pattern;

struct pattern_count {
	uint32_t count, first_uid, last_uid; /* UIDs are 0 if there is none */
};
typedef void pattern_count_fn(const GError *error,
	const struct pattern_count *count, void *data);
/* The mailbox is ready. done is called once, from the loop; count is borrowed,
 * NULL with error. */
void pattern_count_start(struct mailbox *mailbox, const struct pattern *pattern,
	pattern_count_fn *done, void *data);

#endif
