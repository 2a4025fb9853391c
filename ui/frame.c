/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frame timer. See frame.h. */
#include "src/base/base.h"
#include "ui/frame.h"

#include "ui/term.h"

enum { FRAME_MS = 16 };

static struct {
	frame_paint_fn *paint;
	void *data;
	guint timer;
	bool is_wanted, is_held, is_painting;
} frame;

static void paint_frame(void)
{
	source_clear(&frame.timer);
	if (!frame.paint || !frame.is_wanted || frame.is_held)
		return;
	frame.is_wanted = false;
	frame.is_painting = true;
	frame.paint(frame.data);
	frame.is_painting = false;
	term_update();
}

static gboolean on_timer(void *data)
{
	(void)data;
	frame.timer = 0;
	paint_frame();
	return G_SOURCE_REMOVE;
}

void frame_start(frame_paint_fn *paint, void *data)
{
	frame.paint = paint;
	frame.data = data;
	if (frame.is_wanted)
		frame_request();
}

void frame_stop(void)
{
	source_clear(&frame.timer);
	frame.paint = NULL;
	frame.is_wanted = false;
}

void frame_request(void)
{
	frame.is_wanted = true;
	/* Damage done by painting itself waits for the next frame. */
	if (frame.paint && frame.timer == 0 && !frame.is_held)
		frame.timer = g_timeout_add_full(G_PRIORITY_DEFAULT, FRAME_MS,
			on_timer, NULL, NULL);
}

void frame_flush(void)
{
	if (!frame.is_painting)
		paint_frame();
}

void frame_hold(bool is_held)
{
	frame.is_held = is_held;
	if (!is_held && frame.is_wanted)
		frame_request();
}
