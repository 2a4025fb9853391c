/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The branches of a thread before a subject, as in "│ └─>". */
#ifndef CULVER_UI_TREE_H
#define CULVER_UI_TREE_H

#include "src/mail/listing.h"

/* Appends the tree of a row on a screen of so many columns, or the sign of a
 * folded thread; deep ones are cut, so that a subject still fits. Whether the
 * subject is to follow: false where the tree says it all. */
bool tree_append(GString *out, const struct listing *listing, uint32_t i,
	int columns);

#endif
