/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What main() has found out before the screen starts. */
#ifndef CULVER_UI_STARTUP_H
#define CULVER_UI_STARTUP_H

#include "src/base/base.h"

struct account;

struct startup {
	struct account *account; /* whose mailbox to open; NULL: ask for an address */
	const char *mailbox;     /* NULL: its inbox */
	const char *state_dir;   /* prompt history; NULL: nothing is kept */
	const char *rc_file;     /* where the first account would be written; may be NULL */
	bool read_only;
	const char *starts_with; /* "folders", "new" (first with new mail); or NULL */
	const GPtrArray *remarks; /* of char *: errors of the rc, shown once; or NULL */
};

#endif
