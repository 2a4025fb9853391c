/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The clock of another program: the file that CLOCK names holds how far it is
 * ahead, and clock.c, preloaded, adds that to what the system says. Who waits
 * in poll() wakes up when it was turned, as if so much time had passed.
 */
#ifndef CULVER_TESTS_PRELOAD_CLOCK_H
#define CULVER_TESTS_PRELOAD_CLOCK_H

#include <stdint.h>

struct clock_ahead {
	int64_t awake_us;  /* of all clocks */
	int64_t asleep_us; /* of those that go on while the machine sleeps */
};

#endif
