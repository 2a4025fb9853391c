/* SPDX-License-Identifier: GPL-3.0-or-later */
/* INTERNALDATE's date-time (RFC 9051) and SEARCH's date. */
#ifndef CULVER_IMAP_DATE_H
#define CULVER_IMAP_DATE_H

#include "src/base/base.h"

/* "17-Jul-1996 02:44:25 -0700", the day's first digit may be a space. Seconds
 * since 1970 UTC, and the zone's offset in minutes. */
bool imap_date_time_parse(const char *str, int64_t *time_out, int *offset_out);
/* The inverse; free with g_free(). */
char *imap_date_time_format(int64_t time, int offset);
/* "17-Jul-1996", for SEARCH SINCE and the like. */
char *imap_date_format(int year, int month, int day);

#endif
