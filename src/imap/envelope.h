/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ENVELOPE (RFC 9051 7.5.2). Header fields are raw: decoding is mime's. */
#ifndef CULVER_IMAP_ENVELOPE_H
#define CULVER_IMAP_ENVELOPE_H

#include "src/base/base.h"

struct arena;
struct imap_arg;

/* One address; a group start has host NULL and mailbox its name, a group end
 * has both NULL. All strings raw, each may be NULL. */
struct imap_address {
	const char *name;
	const char *mailbox;
	const char *host;
};

struct imap_addresses {
	const struct imap_address *items;
	size_t n;
};

struct imap_envelope {
	const char *date; /* the Date field; NULL if none; so with all others */
	const char *subject;
	struct imap_addresses from, sender, reply_to, to, cc, bcc;
	const char *in_reply_to;
	const char *message_id;
};

/* Everything in the result is of the arena, strings copied: it may outlive the
 * response. Lenient: missing trailing fields and odd addresses become NULL. */
bool imap_envelope_from_arg(const struct imap_arg *arg, struct arena *arena,
	struct imap_envelope *envelope_out);

#endif
