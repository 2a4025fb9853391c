/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers of messages in patterns, as mutt reads them. */
#include "src/base/base.h"
#include "src/mail/pattern-private.h"

struct reader {
	const char *at;
	int64_t cursor;
	bool is_relative; /* numbers are counted from the cursor's */
	const char *why;  /* it is none; NULL: it is one so far */
};

static const char shape[] = "message numbers are expected, such as 10-20, "
	"<10, .-$ or -2,2";
static const char no_cursor[] = "there is no message under the cursor";

static int64_t use_cursor(struct reader *reader)
{
	if (reader->cursor == 0)
		reader->why = no_cursor;
	return reader->cursor;
}

static int64_t read_count(struct reader *reader)
{
	bool has_sign = reader->is_relative &&
		(*reader->at == '-' || *reader->at == '+');
	bool is_minus = has_sign && *reader->at == '-';
	int64_t number;

	reader->at += has_sign;
	if (!pattern_number_read(&reader->at, &number)) {
		reader->why = shape;
		return 0;
	}
	if (!reader->is_relative)
		return number;
	return use_cursor(reader) + (is_minus ? -number : number);
}

/* One end; missing is what it is when there is none. */
static int64_t read_end(struct reader *reader, int64_t missing)
{
	switch (*reader->at) {
	case '^':
		reader->at++;
		return 1;
	case '$':
		reader->at++;
		return INT64_MAX;
	case '.':
		reader->at++;
		return use_cursor(reader);
	case '\0':
		return missing;
	}
	if (*reader->at == (reader->is_relative ? ',' : '-'))
		return missing;
	return read_count(reader);
}

static void read_range(struct reader *reader, struct pattern_range *range)
{
	const char *start = reader->at;

	range->min = read_end(reader, 1);
	if (*reader->at == '\0') {
		range->max = range->min;
		if (reader->at == start)
			reader->why = shape;
		return;
	}
	if (*reader->at++ != (reader->is_relative ? ',' : '-')) {
		reader->why = shape;
		return;
	}
	/* "-" alone is no range. */
	if (*reader->at == '\0' && reader->at - start == 1)
		reader->why = shape;
	range->max = read_end(reader, INT64_MAX);
	if (*reader->at != '\0')
		reader->why = shape;
	if (range->min > range->max)
		*range = (struct pattern_range){ range->max, range->min };
}

const char *pattern_numbers_parse(const char *text, uint32_t cursor,
	struct pattern_range *range_out)
{
	struct reader reader = { .at = text, .cursor = cursor,
		.is_relative = strchr(text, ',') != NULL };

	if (*text == '<' || *text == '>')
		return pattern_range_parse(text, range_out) ? NULL : shape;
	read_range(&reader, range_out);
	return reader.why;
}
