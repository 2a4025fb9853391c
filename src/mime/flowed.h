/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain text to the lines of a document. */
#ifndef CULVER_MIME_FLOWED_H
#define CULVER_MIME_FLOWED_H

#include "src/base/base.h"

struct mime_document;

/* text/plain as it is: quote marks stay in the text. Text is valid UTF-8. */
void mime_plain_lines(struct mime_document *document, const char *text, size_t len);
/*
 * format=flowed (RFC 3676): lines joined to paragraphs, stuffing and quote
 * marks taken off; the level tells how many there were.
 */
void mime_flowed_lines(struct mime_document *document, const char *text,
	size_t len, bool del_sp);

#endif
