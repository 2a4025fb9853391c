/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was found in all mailboxes: a line for each that has some of it. */
#ifndef CULVER_UI_FOUND_H
#define CULVER_UI_FOUND_H

#include "ui/widget.h"

struct pattern;

/* Begins to search the accounts that are online. Takes the pattern. */
struct widget *found_new(struct pattern *pattern_take);

#endif
