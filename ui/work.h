/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Work that takes its time: what loads or is saved while the keyboard answers.
 * Each piece has a label, may have a progress bar, and can be cancelled. The
 * newest is the one that the bar is of, and that C-g stops first.
 */
#ifndef CULVER_UI_WORK_H
#define CULVER_UI_WORK_H

#include "src/base/base.h"

struct work;

/* Stops the work; the one that began it calls work_end(), now or later. */
typedef void work_cancel_fn(void *data);

/* The label is copied: "Loading headers". cancel NULL: it is only shown, C-g
 * stops what is older. */
struct work *work_begin(const char *label, work_cancel_fn *cancel, void *data);
/* For the bar; wanted 0: none. work may be NULL. */
void work_progress(struct work *work, uint64_t had, uint64_t wanted);
/* Sets it to NULL; NULL is fine. */
void work_end(struct work **work);
/* Whether C-g would stop anything. */
bool work_can_cancel(void);
/* Cancels the newest. Its label, to be freed, or NULL: there is none. */
char *work_cancel(void);
/* What the bar shows, false: none. The label is borrowed. */
bool work_shown(const char **label_out, uint64_t *had_out, uint64_t *wanted_out);

#endif
