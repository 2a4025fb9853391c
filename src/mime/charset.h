/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Charset conversion to UTF-8 by iconv. */
#ifndef CULVER_MIME_CHARSET_H
#define CULVER_MIME_CHARSET_H

#include "src/base/base.h"

/*
 * Octets in charset (NULL: undeclared) as valid UTF-8, length in *len_out. What
 * is invalid becomes U+FFFD; an unknown charset is tried as UTF-8, then as the
 * assumed charsets. Never fails, never stops in the middle. Free with g_free().
 */
char *mime_to_utf8(const char *octets, size_t len, const char *charset, size_t *len_out);
/* The name iconv understands: MIME aliases ("ks_c_5601-1987" is CP949,
 * "gb2312" is GB18030, "iso-8859-1" and "us-ascii" are CP1252 for reading). Static;
 * NULL for a name that is not known. */
const char *mime_charset_name(const char *name);
/* UTF-8 to the terminal's charset for LC_CTYPE other than UTF-8; what it lacks
 * becomes '?'. Free with g_free(). */
char *mime_from_utf8(const char *utf8, const char *charset);

#endif
