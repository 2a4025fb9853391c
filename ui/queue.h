/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The screen of what waits for a server and of what could not be done. */
#ifndef CULVER_UI_QUEUE_H
#define CULVER_UI_QUEUE_H

#include "ui/widget.h"

struct widget *queue_screen_new(void);

#endif
