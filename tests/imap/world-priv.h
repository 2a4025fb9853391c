/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What world.c, world-mailbox.c and world-fetch.c share. */
#ifndef CULVER_TESTS_WORLD_PRIV_H
#define CULVER_TESTS_WORLD_PRIV_H

#include "src/base/base.h"
#include "tests/imap/record.h"

struct imap_seqset;

struct mailbox {
	bool is_gone;
	uint32_t uid_validity, uid_next; /* 0: the server does not tell */
	uint64_t mod_seq;                /* the same */
	GArray *uids;                    /* of uint32_t, ascending */
	GHashTable *flags;               /* UID to " \Seen work" */
};

/* One connection. */
struct guest {
	struct world *world;
	unsigned number;
	const struct mailbox *mailbox; /* NULL: none is selected */
	bool is_resyncing, is_rev2, is_uid_only; /* by ENABLE */
	char *tag;                     /* of the command under way */
	const struct answer *answer;   /* whose next text follows a line */
	guint next_text;
	bool is_idle;
	GString *out;
};

struct world {
	const struct record *record;
	const struct record *seen; /* before the cut */
	GHashTable *asked;     /* command to how often it was answered since */
	struct imapd *imapd;
	GHashTable *mailboxes; /* name to struct mailbox */
	GHashTable *guests;    /* number to struct guest */
	bool has_mod_seq;
};

/* world-fetch.c: what a command says of the guest's mailbox. */
void world_fetch(struct guest *guest, const char *args, bool by_uid);
void world_search(struct guest *guest, const char *args, bool by_uid);
/* One message's flags, as QRESYNC tells them. */
void world_tell_flags(struct guest *guest, guint pos);
uint32_t mailbox_uid(const struct mailbox *mailbox, guint pos);

#endif
