/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The header of a message as lines. See fields.h. */
#include "src/base/base.h"
#include "src/mail/fields.h"

#include "src/imap/envelope.h"
#include "src/mime/header.h"
#include "src/mime/text.h"
#include "src/rc/command.h"

enum { LABEL_MAX = 14 }; /* longer names do not push all values to the right */

/* --- the date ------------------------------------------------------------------ */

static void append_day(GString *out, GDateTime *time)
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri",
		"Sat", "Sun" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

	g_string_append_printf(out, "%s, %02d %s %04d ",
		days[g_date_time_get_day_of_week(time) - 1],
		g_date_time_get_day_of_month(time),
		months[g_date_time_get_month(time) - 1],
		g_date_time_get_year(time));
}

static void append_clock(GString *out, GDateTime *time)
{
	g_string_append_printf(out, "%02d:%02d", g_date_time_get_hour(time),
		g_date_time_get_minute(time));
}

static GDateTime *at_offset(GDateTime *time, int offset_minutes)
{
	GTimeZone *zone = g_time_zone_new_offset(offset_minutes * 60);
	GDateTime *there = g_date_time_to_timezone(time, zone);

	g_time_zone_unref(zone);
	return there;
}

/* " (sender: 12:14 +0300)", with the day where that is another one. */
static void append_sender(GString *out, GDateTime *here, int offset)
{
	GDateTime *there = at_offset(here, offset);
	int minutes = ABS(offset);

	g_string_append(out, " (sender: ");
	if (g_date_time_get_day_of_month(there) != g_date_time_get_day_of_month(here))
		append_day(out, there);
	append_clock(out, there);
	g_string_append_printf(out, " %c%02d%02d)", offset < 0 ? '-' : '+',
		minutes / 60, minutes % 60);
	g_date_time_unref(there);
}

/* As it was here when it was sent; a date that is none stays as it is. */
static char *format_date(const char *raw)
{
	int64_t time;
	int offset;
	GDateTime *here = NULL;
	GString *out;

	if (mime_date_parse(raw, &time, &offset))
		here = g_date_time_new_from_unix_local(time);
	if (here == NULL)
		return g_strdup(raw);
	out = g_string_new(NULL);
	append_day(out, here);
	append_clock(out, here);
	if (g_date_time_get_utc_offset(here) != (GTimeSpan)offset * G_TIME_SPAN_MINUTE)
		append_sender(out, here, offset);
	g_date_time_unref(here);
	return g_string_free(out, FALSE);
}

/* --- the block ----------------------------------------------------------------- */

struct ordered_field {
	const struct mime_field *field;
	int order;
	guint at;
};

static int compare_fields(gconstpointer a, gconstpointer b)
{
	const struct ordered_field *left = a, *right = b;

	if (left->order != right->order)
		return left->order < right->order ? -1 : 1;
	return left->at < right->at ? -1 : left->at > right->at;
}

/* culver's own remark has no name. */
static bool is_remark(const struct mime_field *field)
{
	return field->name[0] == '\0';
}

static GArray *choose(const GPtrArray *fields, bool all)
{
	GArray *chosen = g_array_new(FALSE, FALSE, sizeof(struct ordered_field));

	for (guint i = 0; i < fields->len; i++) {
		struct ordered_field row = { fields->pdata[i], 0, i };

		if (all || is_remark(row.field))
			row.order = all ? 0 : INT_MAX;
		else if (rc_header_is_shown(row.field->name))
			row.order = rc_header_order(row.field->name);
		else
			continue;
		g_array_append_val(chosen, row);
	}
	g_array_sort(chosen, compare_fields);
	return chosen;
}

static void add_field(struct mime_document *document, const char *name,
	const char *value, size_t width)
{
	char *label = g_strconcat(name, ":", NULL);
	char *text = g_strdup_printf("%-*s %s", (int)width, label, value);

	mime_document_add(document, MIME_LINE_HEADER, text);
	g_free(text);
	g_free(label);
}

static size_t label_width(const GArray *chosen)
{
	size_t width = 0;

	for (guint i = 0; i < chosen->len; i++) {
		size_t len = strlen(g_array_index(chosen, struct ordered_field,
			i).field->name) + 1;

		if (len <= LABEL_MAX)
			width = MAX(width, len);
	}
	return width;
}

static void add_chosen(struct mime_document *document,
	const struct mime_field *field, size_t width)
{
	char *date = NULL;

	if (is_remark(field)) {
		mime_document_add(document, MIME_LINE_NOTE, field->value);
		return;
	}
	if (width > 0 && g_ascii_strcasecmp(field->name, "Date") == 0)
		date = format_date(field->value);
	add_field(document, field->name, date != NULL ? date : field->value, width);
	g_free(date);
}

void fields_add(struct mime_document *document, const GPtrArray *fields, bool all)
{
	GArray *chosen = choose(fields, all);
	size_t width = all ? 0 : label_width(chosen);

	for (guint i = 0; i < chosen->len; i++)
		add_chosen(document,
			g_array_index(chosen, struct ordered_field, i).field, width);
	g_array_free(chosen, TRUE);
}

static void add_decoded(struct mime_document *document, const char *name,
	char *value_take)
{
	if (value_take != NULL)
		add_field(document, name, value_take, strlen("Subject:"));
	g_free(value_take);
}

void fields_add_envelope(struct mime_document *document,
	const struct imap_envelope *envelope)
{
	char *date = mime_header_decode(envelope->date);

	mime_document_add(document, MIME_LINE_TEXT, "");
	add_decoded(document, "Date", date != NULL ? format_date(date) : NULL);
	add_decoded(document, "From", mime_addresses_format(&envelope->from));
	add_decoded(document, "To", mime_addresses_format(&envelope->to));
	add_decoded(document, "Subject", mime_header_decode(envelope->subject));
	mime_document_add(document, MIME_LINE_TEXT, "");
	g_free(date);
}
