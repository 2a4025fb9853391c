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
