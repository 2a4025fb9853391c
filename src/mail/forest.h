/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads by References and In-Reply-To, as Message-IDs alone tell them: a
 * node for each Message-ID that a message has or refers to, and a link from it
 * to the one above. Messages that are referred to and not there hold their
 * replies together, but have no place of their own. It grows as messages
 * become known and shrinks as they go: nodes that nothing needs any more are
 * given back. Cycles are broken at the link that would close them; nothing
 * recurses; adding a message costs its references.
 */
#ifndef CULVER_MAIL_FOREST_H
#define CULVER_MAIL_FOREST_H

#include "src/base/base.h"

struct digest_ids;
struct forest;

struct forest *forest_new(void);
void forest_free(struct forest **forest);
/* A message is there: its node, from 1. One without a Message-ID has a node of
 * its own; messages with the same Message-ID share one. */
uint32_t forest_add(struct forest *forest, const struct digest_ids *ids);
/* One message of the node is gone. Nodes that are still there keep their
 * numbers; those that are not may be given to others. */
void forest_remove(struct forest *forest, uint32_t node);
/* Nodes are 1 to this number; 0 when all messages are gone. */
uint32_t forest_size(const struct forest *forest);
/* The node above; 0: none. */
uint32_t forest_parent(const struct forest *forest, uint32_t node);
/* The parents of nodes 0 to forest_size() (that of 0 is 0), as they are now,
 * for another thread; free with g_free(). Only those of nodes that messages
 * have, and of nodes above them, mean anything. */
uint32_t *forest_parents(const struct forest *forest);

#endif
