/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The texts of many messages read once, on the cache's thread: which of them
 * match each part of a pattern that is of texts alone. Handed to cache_scan();
 * nobody looks at it meanwhile but through pattern_scan_count().
 */
#ifndef CULVER_MAIL_PATTERN_SCAN_H
#define CULVER_MAIL_PATTERN_SCAN_H

#include "src/base/base.h"

struct cache_message;
struct mailbox;
struct pattern;
struct pattern_answers;
struct pattern_scan;

struct pattern_scan *pattern_scan_new(const struct pattern *pattern,
	struct mailbox *mailbox);
/* For g_free()'s like; from any thread. */
void pattern_scan_free(void *scan);
/* A cache_scan_fn: data is the scan. Best in descending order of UIDs. */
void pattern_scan_read(const struct cache_message *message, void *data);
/* Messages read so far, from any thread. */
uint32_t pattern_scan_count(const struct pattern_scan *scan);
/* What it has found joins the pattern's answers. */
void pattern_scan_tell(const struct pattern_scan *scan,
	struct pattern_answers *answers);

#endif
