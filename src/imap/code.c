/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/code.h"
#include "src/imap/arg.h"

/* "MESSAGELIMIT" SP nz-number [SP uniqueid] */
bool imap_message_limit_from_args(const struct imap_arg *args, size_t n,
	struct imap_message_limit *limit_out)
{
	*limit_out = (struct imap_message_limit){ 0 };
	return n >= 1 && imap_arg_get_number(&args[0], &limit_out->limit) &&
		(n < 2 || imap_arg_get_number(&args[1], &limit_out->uid));
}
