/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The expandos of index_format: a message's row as a line with colours. */
#ifndef CULVER_UI_ROW_H
#define CULVER_UI_ROW_H

#include "src/mail/mailbox.h"
#include "ui/format.h"

struct listing;

struct row_context {
	struct mailbox *mailbox;
	struct listing *listing;
	uint32_t place;          /* in it */
	const struct message_row *row;
	const char *tree;        /* of its thread, before the subject */
	int64_t now;
	int number_width;
	bool is_tagged;
	bool has_subject;        /* else the tree stands for it */
};

struct format_line *row_format(const char *format, int columns,
	const struct row_context *context);
/* " ", N, O, A, F, D, *, "·" or "!". */
const char *row_status(const struct row_context *context);

#endif
