/* SPDX-License-Identifier: GPL-3.0-or-later */
/* THREAD's answers (RFC 5256 4): trees of numbers, told as depths. */
#ifndef CULVER_IMAP_THREAD_H
#define CULVER_IMAP_THREAD_H

#include "src/base/base.h"

struct imap_response;

/* A message in the order of its thread; depth 0 begins a thread, or is a
 * sibling at the top of one whose root is not there. */
struct imap_thread_node {
	uint32_t number;
	uint32_t depth;
	bool begins_thread;
};

/*
 * Appends a THREAD response's messages to nodes, of struct imap_thread_node.
 * False when the response is another or is ungrammatical, or when there would
 * be more than max; what was appended then is junk. How deep lists may nest is
 * bounded by the parser.
 */
bool imap_thread_from_response(const struct imap_response *response,
	size_t max, GArray *nodes);

#endif
