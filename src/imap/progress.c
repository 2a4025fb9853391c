/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/progress.h"
#include "src/imap/arg.h"

/* number / nil */
static bool get_count(
	const struct imap_arg *arg, uint32_t *n_out, bool *has_out)
{
	if (imap_arg_is_nil(arg))
		return true;
	*has_out = imap_arg_get_number(arg, n_out);
	return *has_out;
}

/* "INPROGRESS" [SP "(" (quoted / nil) SP (number / nil) SP (nz-number / nil)
 * ")"] */
bool imap_progress_from_args(const struct imap_arg *args, size_t n,
	struct imap_progress *progress_out)
{
	const struct imap_arg *items;
	size_t n_items;

	*progress_out = (struct imap_progress){ 0 };
	if (n == 0)
		return true;
	if (!imap_arg_get_list(&args[0], &items, &n_items) || n_items != 3 ||
		!imap_arg_get_nstring(&items[0], &progress_out->tag) ||
		!get_count(&items[1], &progress_out->done,
			&progress_out->has_done) ||
		!get_count(&items[2], &progress_out->goal,
			&progress_out->has_goal))
		return false;
	/* A goal of 0 is none. */
	progress_out->has_goal = progress_out->goal > 0;
	return true;
}
