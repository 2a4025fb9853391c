/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The screens that keys and commands belong to, and what commands need. */
#ifndef CULVER_UI_CONTEXT_H
#define CULVER_UI_CONTEXT_H

#include "src/base/base.h"

/* Bits of command_row.context. */
enum context {
	CONTEXT_INDEX = 1 << 0,
	CONTEXT_PAGER = 1 << 1,
	CONTEXT_FOLDERS = 1 << 2,
	CONTEXT_PARTS = 1 << 3,
	CONTEXT_HELP = 1 << 4,
	CONTEXT_TEXT = 1 << 5,   /* error history, help of one command */
	CONTEXT_PROMPT = 1 << 6, /* editing a line */
	CONTEXT_SIDEBAR = 1 << 7,
	CONTEXT_TRACE = 1 << 8,  /* the conversation with servers */
	CONTEXT_ACL = 1 << 9,    /* rights on a mailbox */
	CONTEXT_FOUND = 1 << 10, /* hits in all mailboxes */
	CONTEXT_QUEUE = 1 << 11, /* what waits for a server */
	CONTEXT_NONE = 1 << 30, /* mutt's maps that have no screen here */
};
enum {
	CONTEXT_GENERIC = CONTEXT_INDEX | CONTEXT_PAGER | CONTEXT_FOLDERS |
		CONTEXT_PARTS | CONTEXT_HELP | CONTEXT_TEXT | CONTEXT_TRACE |
		CONTEXT_ACL | CONTEXT_FOUND | CONTEXT_QUEUE,
	CONTEXT_MESSAGES = CONTEXT_INDEX | CONTEXT_PAGER,
};

/* Bits of command_row.needs, checked by view_before(). */
enum need {
	NEED_ACCOUNT = 1 << 0,
	NEED_MAILBOX = 1 << 1,
	NEED_MESSAGE = 1 << 2,  /* under the cursor; in batch mode the pattern */
	NEED_WRITABLE = 1 << 3, /* not read-only */
	NEED_SCREEN = 1 << 4,   /* not in batch mode */
};

/* "index,pager" to bits; mutt's map names too (attach, browser, editor ...).
 * 0 with error (CMD_ERROR_USAGE) when one is unknown. */
unsigned context_parse(const char *names, GError **error);
/* The name of one bit. */
const char *context_name(enum context context);

#endif
