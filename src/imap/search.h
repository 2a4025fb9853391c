/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SEARCH and ESEARCH responses (RFC 9051 7.3.4, RFC 4731), COPYUID. */
#ifndef CULVER_IMAP_SEARCH_H
#define CULVER_IMAP_SEARCH_H

#include "src/base/base.h"
#include "src/imap/seqset.h"

struct imap_arg;
struct imap_response;

struct imap_search {
	struct imap_seqset all; /* SEARCH's numbers, or ESEARCH's ALL */
	const char *tag;        /* ESEARCH's correlator, or NULL; the response's */
	bool is_uid;            /* ESEARCH says UID; for SEARCH the asker knows */
	bool has_min, has_max, has_count;
	uint32_t min, max, count;
	uint64_t mod_seq;       /* 0 if not sent */
};

void imap_search_init(struct imap_search *search);
void imap_search_release(struct imap_search *search);
/* search_out is initialised; what it had is cleared. */
bool imap_search_from_response(const struct imap_response *response,
	struct imap_search *search_out);

/* COPYUID and APPENDUID (RFC 4315): pairs by position; APPENDUID has no from. */
struct imap_copyuid {
	uint32_t uid_validity;
	GArray *from, *to; /* of uint32_t; of COPYUID equally long */
};
/* From the arguments of the response code; release with imap_copyuid_release(). */
bool imap_copyuid_from_args(const struct imap_arg *args, size_t n,
	struct imap_copyuid *copyuid_out);
void imap_copyuid_release(struct imap_copyuid *copyuid);

#endif
