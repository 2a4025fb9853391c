/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "ui/json.h"

#include <errno.h>
#include <json-glib/json-glib.h>
#include <stdio.h>

static int output_error;

int json_output_error(void)
{
	return output_error;
}

JsonBuilder *json_line(void)
{
	JsonBuilder *line = json_builder_new();

	json_builder_begin_object(line);
	return line;
}

/* C1 controls, which some terminals obey: json-glib leaves them. */
static char *escape_c1(const char *text)
{
	GString *out = g_string_new(NULL);

	for (const char *p = text; *p != '\0'; p++) {
		if (p[0] == '\xc2' && (guchar)p[1] >= 0x80 && (guchar)p[1] < 0xa0)
			g_string_append_printf(out, "\\u%04x", (guchar)*++p);
		else
			g_string_append_c(out, *p);
	}
	return g_string_free(out, FALSE);
}

void json_print(JsonBuilder *line)
{
	JsonNode *root;
	char *text, *escaped;

	json_builder_end_object(line);
	root = json_builder_get_root(line);
	text = json_to_string(root, FALSE);
	escaped = escape_c1(text);
	fputs(escaped, stdout);
	g_free(escaped);
	fputc('\n', stdout);
	if (fflush(stdout) != 0 && output_error == 0)
		output_error = errno;
	g_free(text);
	json_node_unref(root);
	g_object_unref(line);
}

static void add_text(JsonBuilder *line, const char *value)
{
	char *valid;

	if (value == NULL) {
		json_builder_add_null_value(line);
		return;
	}
	valid = g_utf8_make_valid(value, -1);
	json_builder_add_string_value(line, valid);
	g_free(valid);
}

void json_add_string(JsonBuilder *line, const char *key, const char *value)
{
	json_builder_set_member_name(line, key);
	add_text(line, value);
}

void json_add_number(JsonBuilder *line, const char *key, int64_t value)
{
	json_builder_set_member_name(line, key);
	json_builder_add_int_value(line, value);
}

void json_add_maybe(JsonBuilder *line, const char *key, bool is_known,
	int64_t value)
{
	if (is_known)
		json_add_number(line, key, value);
	else
		json_add_string(line, key, NULL);
}

void json_add_date(JsonBuilder *line, const char *key, bool is_known,
	int64_t time, int offset)
{
	GTimeZone *zone = g_time_zone_new_offset(offset * 60);
	GDateTime *utc = is_known ? g_date_time_new_from_unix_utc(time) : NULL;
	GDateTime *date = utc ? g_date_time_to_timezone(utc, zone) : NULL;
	char *text = date ? g_date_time_format_iso8601(date) : NULL;

	json_add_string(line, key, text);
	g_free(text);
	g_clear_pointer(&date, g_date_time_unref);
	g_clear_pointer(&utc, g_date_time_unref);
	g_time_zone_unref(zone);
}

void json_begin_array(JsonBuilder *line, const char *key)
{
	json_builder_set_member_name(line, key);
	json_builder_begin_array(line);
}

void json_add_element(JsonBuilder *line, const char *value)
{
	add_text(line, value);
}

void json_end_array(JsonBuilder *line)
{
	json_builder_end_array(line);
}

void json_begin_object(JsonBuilder *line, const char *key)
{
	json_builder_set_member_name(line, key);
	json_builder_begin_object(line);
}

void json_end_object(JsonBuilder *line)
{
	json_builder_end_object(line);
}
