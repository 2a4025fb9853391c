/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which messages of an account match a pattern, in any mailbox: by one command
 * where the server has MULTISEARCH, else mailbox after mailbox, beside the one
 * that is open. Hits are told as they come.
 */
#ifndef CULVER_MAIL_EVERYWHERE_H
#define CULVER_MAIL_EVERYWHERE_H

#include "src/base/base.h"
#include "src/imap/seqset.h"

struct account;
struct everywhere;

struct pattern;

struct everywhere_ops {
	/* A mailbox with hits; everything is borrowed. Once a mailbox. */
	void (*hits)(struct account *account, const char *mailbox,
		const struct imap_seqset *uids, void *data);
	/* So many mailboxes are done, of so many. May be NULL. */
	void (*progress)(unsigned n_done, unsigned n, void *data);
	/* The end, once; the search is gone then. error: the first that was met,
	 * the other mailboxes have been searched. */
	void (*done)(const GError *error, void *data);
};

/* The account is online; its mailboxes are asked for if they are not listed
 * yet. Nothing is called before this returned; ops is borrowed. */
struct everywhere *everywhere_start(struct account *account,
	const struct pattern *pattern, const struct everywhere_ops *ops,
	void *data);
/* Nothing is called any more. Sets it to NULL. */
void everywhere_free(struct everywhere **everywhere);

#endif
