/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arguments of response codes that several commands may end with. */
#ifndef CULVER_IMAP_CODE_H
#define CULVER_IMAP_CODE_H

#include "src/base/base.h"

struct imap_arg;

/*
 * [MESSAGELIMIT limit uid] (RFC 9738): one command touches no more than so many
 * messages. Of a set of UIDs the highest were done, down to this one; 0 when
 * nothing was.
 */
struct imap_message_limit {
	uint32_t limit, uid;
};
bool imap_message_limit_from_args(const struct imap_arg *args, size_t n,
	struct imap_message_limit *limit_out);

#endif
