/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The first include of every source file: GLib, the C types everybody uses,
 * and the handful of helpers that GLib lacks.
 */
#ifndef CULVER_BASE_BASE_H
#define CULVER_BASE_BASE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Removes the main loop source *id, if there is one, and zeroes it. */
void source_clear(guint *id);

/*
 * Seconds and milliseconds that a timer counts are GLib's; a moment on the
 * monotonic clock is in microseconds (g_get_monotonic_time()), with _us in
 * its name, a duration in milliseconds, with _ms.
 */

#endif
