/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A transcript cut off in the middle: it is played up to somewhere, every
 * connection ends there, and what the client connects to then is the rest of
 * the world (world.h). The client must get over it: each request ends once, and
 * what it shows in the end is what it shows when it was not cut.
 */
#ifndef CULVER_TESTS_CUT_H
#define CULVER_TESTS_CUT_H

#include "src/base/base.h"

struct cuts;
struct script;

enum cut_mode { CUT_LINES, CUT_BYTES };

/* Plays the transcript once in whole, to know where it ends and where it can be
 * cut. Borrows the script. */
struct cuts *cuts_new(const struct script *script);
void cuts_free(struct cuts **cuts);
/* Cases: one behind each line said, or one for each octet of them; of a very
 * long line both ends and the middle. */
guint cuts_count(const struct cuts *cuts, enum cut_mode mode);
/* Plays a case; says what is wrong, and ends the program, if anything is. */
void cuts_run(struct cuts *cuts, enum cut_mode mode, guint number);

#endif
