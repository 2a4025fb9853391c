/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FETCH and UIDFETCH (RFC 9051 7.5.2, RFC 7162 MODSEQ, RFC 9586). */
#ifndef CULVER_IMAP_FETCH_H
#define CULVER_IMAP_FETCH_H

#include "src/base/base.h"
#include "src/imap/envelope.h"
#include "src/imap/flag.h"

struct arena;
struct imap_body;
struct imap_response;

/* What to ask for; MODSEQ is added by the session where CONDSTORE is on. */
enum imap_fetch_items {
	IMAP_FETCH_FLAGS = 1 << 0,
	IMAP_FETCH_INTERNALDATE = 1 << 1,
	IMAP_FETCH_SIZE = 1 << 2,
	IMAP_FETCH_ENVELOPE = 1 << 3,
	IMAP_FETCH_BODYSTRUCTURE = 1 << 4,
	IMAP_FETCH_REFERENCES = 1 << 5, /* BODY.PEEK[HEADER.FIELDS (REFERENCES)] */
	/* Where the server has the extension of each: */
	IMAP_FETCH_EMAIL_ID = 1 << 6,   /* OBJECTID (RFC 8474) */
	IMAP_FETCH_THREAD_ID = 1 << 7,
	IMAP_FETCH_SAVE_DATE = 1 << 8,  /* RFC 8514 */
	IMAP_FETCH_PREVIEW = 1 << 9,    /* RFC 8970 */
	IMAP_FETCH_GM_LABELS = 1 << 10, /* X-GM-EXT-1 */
	IMAP_FETCH_GM_ID = 1 << 11,
	IMAP_FETCH_GM_THREAD = 1 << 12,
};
/* A row of the index: all but BODYSTRUCTURE. */
#define IMAP_FETCH_ROW (IMAP_FETCH_FLAGS | IMAP_FETCH_INTERNALDATE | \
	IMAP_FETCH_SIZE | IMAP_FETCH_ENVELOPE | IMAP_FETCH_REFERENCES)

/* BODY[section]<origin> or BINARY[section], or BINARY.SIZE[section], which has
 * no data; RFC822 and its kin likewise. */
struct imap_section {
	const char *section; /* upper case: "1.2", "HEADER", "1.MIME", "" for all */
	bool is_binary;   /* decoded by the server (RFC 3516) */
	bool is_size;
	uint64_t size;    /* of BINARY.SIZE */
	bool has_origin;
	uint32_t origin;
	const char *data; /* NULL for NIL or spooled */
	size_t len;       /* of data */
	bool is_spooled;  /* the octets went to the parser's sink */
};

/* What only some servers know, and only who asks is told. */
struct imap_details {
	const char *email_id, *thread_id; /* NULL: not sent, or NIL */
	bool has_save_date;
	int64_t save_date;   /* as internaldate below */
	int save_date_offset;
	const char *preview; /* NULL: not sent, or not made */
	bool has_labels;
	const char *const *labels; /* UTF-8; as "\\Inbox" or "Receipts" */
	size_t n_labels;
	uint64_t gm_id, gm_thread; /* 0: not sent */
};

struct imap_fetch {
	uint32_t msn; /* 0 in a UIDFETCH */
	uint32_t uid; /* 0 if not sent */
	bool has_flags, has_internaldate, has_size, has_envelope,
		has_references;
	struct imap_flags flags;
	int64_t internaldate;      /* seconds since 1970 UTC */
	int internaldate_offset;   /* minutes */
	uint64_t size;             /* RFC822.SIZE */
	uint64_t mod_seq;          /* 0 if not sent */
	struct imap_envelope envelope;
	const char *references;    /* the field's raw body, or "" */
	const struct imap_body *body; /* NULL if not sent, or not usable */
	bool has_details;
	struct imap_details details;
	const struct imap_section *sections;
	size_t n_sections;
};

/* From a FETCH or UIDFETCH response; unknown items are skipped. The result is
 * of the arena; section data is the response's own. */
bool imap_fetch_from_response(const struct imap_response *response,
	struct arena *arena, struct imap_fetch *fetch_out, GError **error);
/* "(UID FLAGS INTERNALDATE ...)" as sent in a command; free with g_free(). */
char *imap_fetch_items_to_string(enum imap_fetch_items items, bool mod_seq);

#endif
