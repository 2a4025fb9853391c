/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One painter. Anything may damage a widget at any time; the frame timer (a
 * timeout of default priority: an idle would starve when mail pours in) comes
 * at most every 16 ms and paints what is damaged, with one doupdate. After a
 * key the frame is painted at once.
 */
#ifndef CULVER_UI_FRAME_H
#define CULVER_UI_FRAME_H

#include "src/base/base.h"

typedef void frame_paint_fn(void *data);

/* paint paints all damaged widgets into the virtual screen. */
void frame_start(frame_paint_fn *paint, void *data);
void frame_stop(void);
/* Something is damaged. */
void frame_request(void);
/* Paints now if anything is damaged. */
void frame_flush(void);
/* While suspended or under a child process nothing is painted. */
void frame_hold(bool is_held);

#endif
