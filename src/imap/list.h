/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LIST, LSUB, STATUS and NAMESPACE responses (RFC 9051 7.3). */
#ifndef CULVER_IMAP_LIST_H
#define CULVER_IMAP_LIST_H

#include "src/base/base.h"

struct arena;
struct imap_arg;
struct imap_response;

enum imap_mailbox_attribute {
	IMAP_MAILBOX_NOSELECT = 1 << 0,
	IMAP_MAILBOX_NONEXISTENT = 1 << 1, /* implies NOSELECT */
	IMAP_MAILBOX_NOINFERIORS = 1 << 2,
	IMAP_MAILBOX_HAS_CHILDREN = 1 << 3,
	IMAP_MAILBOX_HAS_NO_CHILDREN = 1 << 4,
	IMAP_MAILBOX_MARKED = 1 << 5,
	IMAP_MAILBOX_UNMARKED = 1 << 6,
	IMAP_MAILBOX_SUBSCRIBED = 1 << 7, /* of an LSUB too, unless \\Noselect */
	IMAP_MAILBOX_REMOTE = 1 << 8,
	IMAP_MAILBOX_NO_ACCESS = 1 << 9, /* RFC 5465 5.9 */
	/* Of XLIST: its name, which is a translation, stands for INBOX. */
	IMAP_MAILBOX_INBOX = 1 << 10,
	/* Nothing can be in it or asked of it. */
	IMAP_MAILBOX_CLOSED = IMAP_MAILBOX_NOSELECT | IMAP_MAILBOX_NONEXISTENT |
		IMAP_MAILBOX_REMOTE | IMAP_MAILBOX_NO_ACCESS,
	/* SPECIAL-USE (RFC 6154, 8457) */
	IMAP_MAILBOX_ALL = 1 << 16,
	IMAP_MAILBOX_ARCHIVE = 1 << 17,
	IMAP_MAILBOX_DRAFTS = 1 << 18,
	IMAP_MAILBOX_FLAGGED = 1 << 19,
	IMAP_MAILBOX_JUNK = 1 << 20,
	IMAP_MAILBOX_SENT = 1 << 21,
	IMAP_MAILBOX_TRASH = 1 << 22,
	IMAP_MAILBOX_IMPORTANT = 1 << 23,
	IMAP_MAILBOX_SPECIAL_USE = 0xff << 16,
};

struct imap_list {
	const char *name;      /* UTF-8 (imap_mailbox_name_decode) */
	char delimiter;        /* '\0' for NIL */
	unsigned attributes;   /* enum imap_mailbox_attribute */
	const char *old_name;  /* RFC 9051 OLDNAME, or NULL */
	/* Some below it are subscribed, by CHILDINFO (RFC 5258 3.5). */
	bool has_subscribed_children;
};

struct imap_status {
	const char *name; /* UTF-8 */
	bool has_messages, has_unseen, has_uid_next, has_uid_validity,
		has_highest_mod_seq, has_deleted, has_deleted_storage, has_size,
		has_append_limit;
	uint32_t messages, unseen, uid_next, uid_validity, deleted;
	uint64_t highest_mod_seq, size;
	uint64_t deleted_storage; /* octets that expunging frees (RFC 9208) */
	uint32_t append_limit;    /* octets of one message (RFC 7889) */
	const char *mailbox_id;   /* stays when it is renamed (RFC 8474); NULL */
};

struct imap_namespace {
	const char *prefix; /* UTF-8 */
	char delimiter;
};

struct imap_namespaces {
	const struct imap_namespace *personal, *other, *shared;
	size_t n_personal, n_other, n_shared;
};

/* utf8: whether names are UTF-8 (rev2, UTF8=ACCEPT) or modified UTF-7.
 * Results are of the arena. */
bool imap_list_from_response(const struct imap_response *response, bool utf8,
	struct arena *arena, struct imap_list *list_out);
bool imap_status_from_response(const struct imap_response *response, bool utf8,
	struct arena *arena, struct imap_status *status_out);
/* How the mailbox name of a LIST, LSUB or STATUS is written, by its octets. */
enum imap_name_coding {
	IMAP_NAME_NEUTRAL, /* both codings have these octets, or none has */
	IMAP_NAME_UTF7,    /* modified UTF-7; "R&-D" would be odd in UTF-8 */
	IMAP_NAME_UTF8,
};
enum imap_name_coding imap_list_coding(const struct imap_response *response);
bool imap_namespaces_from_response(const struct imap_response *response,
	bool utf8, struct arena *arena, struct imap_namespaces *namespaces_out);
/* A mailbox name in UTF-8, of the arena; NULL when the argument is none. */
const char *imap_mailbox_from_arg(const struct imap_arg *arg, bool utf8,
	struct arena *arena);
/* "\\Trash" and the like; NULL for 0; the lowest bit's name for several. */
const char *imap_mailbox_attribute_name(unsigned attribute);
/* The bit of "\\Trash" (case-insensitive), or 0. */
unsigned imap_mailbox_attribute_from_name(const char *name);

#endif
