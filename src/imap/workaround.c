/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/workaround.h"

static const struct imap_workaround rows[] = {
#define WORKAROUND(...) { __VA_ARGS__ },
#include "src/imap/workaround.def"
#undef WORKAROUND
};

const struct imap_workaround *imap_workarounds(size_t *n_out)
{
	*n_out = G_N_ELEMENTS(rows);
	return rows;
}
