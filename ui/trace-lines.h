/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines of the protocol trace as the live screen has them: the newest of them,
 * bounded in number and octets, and those of one account or connection. Pure:
 * knows no terminal. Text is as it came; who paints it cleans it.
 */
#ifndef CULVER_UI_TRACE_LINES_H
#define CULVER_UI_TRACE_LINES_H

#include "src/base/base.h"
#include "src/base/log.h"

enum {
	TRACE_LINES_MAX = 10000,
	TRACE_OCTETS_MAX = 4 << 20, /* of all texts */
	TRACE_LINE_MAX = 16 << 10,  /* of one; what is beyond is cut */
};

struct trace_line {
	int64_t time_us; /* wall clock */
	const char *who; /* "work#1" */
	enum log_direction direction;
	char *text;
	size_t len;
};

struct trace_lines;

struct trace_lines *trace_lines_new(void);
void trace_lines_free(struct trace_lines **lines);
/* Appends a copy. The number of shown lines that had to go at the front. */
uint32_t trace_lines_add(struct trace_lines *lines, int64_t time_us,
	const char *who, enum log_direction direction, const char *text,
	size_t len);
/* Shows only an account ("work") or a connection ("work#1"); NULL or "": all. */
void trace_lines_set_filter(struct trace_lines *lines, const char *filter);
const char *trace_lines_filter(const struct trace_lines *lines); /* or NULL */
/* Those that are shown. */
uint32_t trace_lines_length(const struct trace_lines *lines);
const struct trace_line *trace_lines_at(const struct trace_lines *lines, uint32_t i);
/* The next shown line behind from, or before it, whose text or connection has
 * the text (case-insensitive), around the end; -1 if there is none. */
int64_t trace_lines_find(const struct trace_lines *lines, uint32_t from,
	bool is_back, const char *text);
/* "14:03:22.123" */
void trace_line_append_time(const struct trace_line *line, GString *out);
/* "C", "S" or "#". */
const char *trace_line_mark(const struct trace_line *line);
/* The text, literals as "{48211 octets}". */
void trace_line_append_text(const struct trace_line *line, GString *out);
/* Time, connection, mark and text of those shown, one line each, for a file.
 * Free with g_free(). */
char *trace_lines_to_text(const struct trace_lines *lines, size_t *len_out);

#endif
