/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Notices that the world went on without us, so that connections are to be
 * looked at: the machine slept (CLOCK_BOOTTIME counts sleep, CLOCK_MONOTONIC
 * does not), somebody set the clock, or the network changed.
 *
 * No timer looks at the clocks: a laptop that idles must not be woken for it.
 * The kernel tells by itself: a timer that a set clock cancels also ends with
 * every sleep (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET), and rtnetlink(7)
 * tells of links and addresses. Where these are not to be had, the clocks are
 * compared with every action of the user, by wake_look(), which is soon enough
 * for who waits.
 */
#ifndef CULVER_NET_WAKE_H
#define CULVER_NET_WAKE_H

#include "src/base/base.h"

struct wake;

/* From the loop, or from within wake_look(); it may not free the wake. why is
 * for the log. */
typedef void wake_fn(const char *why, void *data);
struct wake *wake_new(wake_fn *fn, void *data);
void wake_free(struct wake **wake);
/* The user does something: a sleep that nobody told of is noticed now. */
void wake_look(struct wake *wake);

/* The clocks, in microseconds, for tests to turn. NULL: the system's. */
struct wake_clocks {
	gint64 (*monotonic_us)(void);
	gint64 (*boot_us)(void); /* the same, with the time asleep */
	gint64 (*real_us)(void);
};
void wake_set_clocks(const struct wake_clocks *clocks);

#endif
