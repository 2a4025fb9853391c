/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The debug log and the protocol trace. Both are off until a file is given;
 * both may be called from the main loop only. Secrets are kept out by those
 * who write: a sensitive command reaches the trace as "LOGIN <hidden>".
 */
#ifndef CULVER_BASE_LOG_H
#define CULVER_BASE_LOG_H

#include "src/base/base.h"

enum log_direction { LOG_IN, LOG_OUT, LOG_NOTE };

/* A line of the trace, for whoever shows it live. */
typedef void log_trace_fn(const char *who, enum log_direction direction,
	const char *text, size_t len, void *data);

/*
 * Opens the file (0600, appended to) that the trace goes to. false with error
 * when it cannot be opened.
 */
bool log_open_trace(const char *path, GError **error);
void log_close_trace(void);
/* One listener beside the file; NULL removes it. */
void log_set_trace_listener(log_trace_fn *fn, void *data);
/* True when somebody reads the trace: spares the formatting when not. */
bool log_is_tracing(void);
/* who: "work#1", the account and its connection. CRs and LFs at the end are cut. */
void log_trace(const char *who, enum log_direction direction,
	const char *text, size_t len);
/* A remark in the trace: phases, workarounds, parse errors. */
void log_note(const char *who, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif
