/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTML to the lines of a document. */
#ifndef CULVER_MIME_HTML_H
#define CULVER_MIME_HTML_H

#include "src/base/base.h"

struct mime_document;

/*
 * The text of HTML, which is valid UTF-8: paragraphs, lists, table rows, quoted
 * blocks; links as "text <url>", pictures as "[alt]". What is hidden, and what
 * is program or style, is left out. Linear in len; no recursion, no network.
 */
void mime_html_lines(struct mime_document *document, const char *html, size_t len);
/* The charset that a <meta> near the begin declares; NULL if none. Free with
 * g_free(). */
char *mime_html_charset(const char *octets, size_t len);

#endif
