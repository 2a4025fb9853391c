/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SORT's answers (RFC 5256), also as ESEARCH (RFC 5267): numbers in order. */
#ifndef CULVER_IMAP_SORT_H
#define CULVER_IMAP_SORT_H

#include "src/base/base.h"

struct imap_response;

struct imap_sort {
	const char *tag;  /* ESEARCH's correlator, or NULL; of the response */
	bool is_partial;  /* a page; its numbers may be none */
	GArray *numbers;  /* of uint32_t, appended to */
};

/*
 * Appends the numbers of a SORT or ESEARCH response to sort->numbers, which
 * the caller made. False when the response is another, is ungrammatical, or
 * when there would be more than max of them; what was appended then is junk.
 */
bool imap_sort_from_response(const struct imap_response *response, size_t max,
	struct imap_sort *sort);

#endif
