/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server's refusals, with what can be done about them. */
#ifndef CULVER_MAIL_ADVICE_H
#define CULVER_MAIL_ADVICE_H

#include "src/base/base.h"

struct imap_result;

/* What can be done about a response code (RFC 9051 7.1, 5530); NULL: nobody
 * knows. Static. */
const char *advice_of_code(const char *code);
/* Of a result that is NO or BAD: 'server says "[OVERQUOTA] full": delete ...'.
 * Free with g_free(). */
char *advice_refusal(const struct imap_result *result);

#endif
