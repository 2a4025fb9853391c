/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The conversation with the servers, live: every line as it is sent and comes,
 * secrets hidden by those who write the trace. It listens while it is open,
 * and costs nothing else.
 */
#ifndef CULVER_UI_TRACE_H
#define CULVER_UI_TRACE_H

#include "ui/widget.h"

/* There is one at a time. filter: an account or a connection, or NULL. */
struct widget *trace_new(const char *filter);

#endif
