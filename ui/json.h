/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One JSON object a line, for batch mode: thin words over json-glib. Values
 * that are absent are null, never left out.
 */
#ifndef CULVER_UI_JSON_H
#define CULVER_UI_JSON_H

#include "src/base/base.h"

struct _JsonBuilder;

/* Begins an object; ends and prints it with json_print(). */
struct _JsonBuilder *json_line(void);
/* Prints to standard output with a newline, flushes, and frees. */
void json_print(struct _JsonBuilder *line);
/* errno of the first line that could not be written, or 0. */
int json_output_error(void);

/* value NULL: null. Octets that are not UTF-8 become U+FFFD. */
void json_add_string(struct _JsonBuilder *line, const char *key, const char *value);
void json_add_number(struct _JsonBuilder *line, const char *key, int64_t value);
/* null where is_known is false. */
void json_add_maybe(struct _JsonBuilder *line, const char *key, bool is_known, int64_t value);
/* RFC 3339 at the offset, in minutes. */
void json_add_date(struct _JsonBuilder *line, const char *key, bool is_known,
	int64_t time, int offset);
/* An array of strings: begin, then elements, then end. */
void json_begin_array(struct _JsonBuilder *line, const char *key);
void json_add_element(struct _JsonBuilder *line, const char *value);
void json_end_array(struct _JsonBuilder *line);
/* An object as value. */
void json_begin_object(struct _JsonBuilder *line, const char *key);
void json_end_object(struct _JsonBuilder *line);

#endif
