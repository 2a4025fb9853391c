/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A part taken out of a message: where its octets are, by the boundaries of
 * its structure (RFC 2046 5.1.1), and what is put in their place.
 */
#ifndef CULVER_MIME_CUT_H
#define CULVER_MIME_CUT_H

#include "src/base/base.h"

struct imap_body;

/* Why this part cannot be taken out, a sentence's end ("it is ..."), or NULL
 * when it can: one of several in a multipart that nobody signed. */
const char *mime_cut_refusal(const struct imap_body *body);
/*
 * The part's header and body within the message's raw octets: from_out up to
 * to_out, without the boundaries' lines. False when the octets are not as the
 * structure says.
 */
bool mime_cut_find(const char *octets, size_t len, const struct imap_body *body,
	size_t *from_out, size_t *to_out);
/* A part without parts, its body from here up to there. */
typedef void mime_cut_body_fn(const struct imap_body *body, size_t from,
	size_t to, void *data);
/* In order, those whose bodies are as the structure says. */
void mime_cut_each_body(const char *octets, size_t len,
	const struct imap_body *root, mime_cut_body_fn *fn, void *data);
/* A text/plain part, header and body without a last line end, that says what
 * was removed and when (seconds since 1970). Free with g_free(). */
char *mime_cut_note(const struct imap_body *body, int64_t when);

#endif
