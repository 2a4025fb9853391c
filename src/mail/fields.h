/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The header of a message, as a block of lines above its text. */
#ifndef CULVER_MAIL_FIELDS_H
#define CULVER_MAIL_FIELDS_H

#include "src/base/base.h"

struct imap_envelope;
struct mime_document;

/* Of struct mime_field: all of them as they were sent, or those that ignore and
 * hdr_order leave, their values below one another and the date as it was here. */
void fields_add(struct mime_document *document, const GPtrArray *fields,
	bool all);
/* The same of a message within the message, with an empty line on both sides. */
void fields_add_envelope(struct mime_document *document,
	const struct imap_envelope *envelope);

#endif
