/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A mailbox without anything around it: a table and a forest of messages that
 * a test lists, whose UIDs are 1, 2, 3 ... in order of arrival.
 */
#ifndef CULVER_TESTS_LINEUP_BOX_H
#define CULVER_TESTS_LINEUP_BOX_H

#include "src/base/base.h"
#include "src/mail/lineup.h"

struct forest;
struct table;

enum { REFS_MAX = 12 };

struct message {
	uint32_t id;              /* of its Message-ID; 0: none */
	uint32_t refs[REFS_MAX];  /* end at 0 */
	uint32_t subject;
	int64_t date;
	bool is_reply;
	uint8_t flags;            /* IMAP_FLAG_SEEN: it is unread */
};

struct box {
	struct table *table;
	struct forest *forest;
	struct table_snapshot *snapshot;
	uint32_t *parents;
	struct lineup_input input;
};

void box_init(struct box *box);
/* Its size is its date modulo 3, the later it was sent the earlier it came in. */
void box_add(struct box *box, const struct message *message);
/* Nothing is added any more. */
void box_close(struct box *box);
/* All of it. */
void box_fill(struct box *box, const struct message *messages, size_t n);
void box_release(struct box *box);
void box_set_order(struct box *box, const char *sort, const char *aux);

#endif
