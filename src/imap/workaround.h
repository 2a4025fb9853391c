/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What servers do against the rules, and what is done about it: the rows of
 * workaround.def, for the manual and for the tests. */
#ifndef CULVER_IMAP_WORKAROUND_H
#define CULVER_IMAP_WORKAROUND_H

#include "src/base/base.h"

struct imap_workaround {
	const char *server; /* first met there; "some": many do */
	const char *symptom, *remedy;
	const char *transcript; /* its file in tests/imap/ */
};

/* Static, by transcript. */
const struct imap_workaround *imap_workarounds(size_t *n_out);

#endif
