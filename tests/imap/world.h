/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rest of the world: an IMAP server that stands where a transcript's play
 * ended. Its mailboxes are as the client saw them last, and change no more:
 * whatever the client asks for is done already. It greets, announces and
 * answers as the script's server did; where that never said anything, as any
 * server would.
 */
#ifndef CULVER_TESTS_WORLD_H
#define CULVER_TESTS_WORLD_H

#include "src/base/base.h"

struct imapd;
struct imapd_ops;
struct mirror;
struct record;
struct world;

/* Borrows the record. */
struct world *world_new(const struct record *record);
void world_free(struct world **world);
/* The mailbox is as the mirror has it; rows with unknown UIDs get some. false,
 * and nothing done, where no UIDs fit. */
bool world_add_mailbox(struct world *world, const char *name,
	const struct mirror *mirror);
/* There is no such mailbox. */
void world_add_gone(struct world *world, const char *name);
/* Serves what is connected to this after the cut; forgets whom it served. seen
 * is the record of what was said before: the answers of those that follow. */
void world_serve(struct world *world, struct imapd *imapd,
	const struct record *seen);
/* NULL when the mirror shows the mailbox, else what differs; free with
 * g_free(). */
char *world_compare(const struct world *world, const char *name,
	const struct mirror *mirror);

#endif
