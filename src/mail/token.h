/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a token_command prints (RFC 6749 5.1, or the token alone). */
#ifndef CULVER_MAIL_TOKEN_H
#define CULVER_MAIL_TOKEN_H

#include "src/base/base.h"

/*
 * The access token in the output, for secret_free(), and for how many seconds
 * it is good, 0 if that is not said. NULL with error (NET_ERROR_SECRET) when
 * there is none: with the words that the output has for it.
 */
char *token_parse(const char *output, int64_t *lifetime_out, GError **error);

#endif
