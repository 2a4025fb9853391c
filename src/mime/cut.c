/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mime/cut.h"
#include "src/imap/bodystructure.h"
#include "src/mime/header.h"
#include "src/mime/text.h"

enum { BASE64_LINE_LEN = 76 };

struct range {
	const char *from, *to;
};

static bool is_multipart(const struct imap_body *body)
{
	return strcmp(body->type, "multipart") == 0;
}

static bool is_sealed(const struct imap_body *body)
{
	return is_multipart(body) && (strcmp(body->subtype, "signed") == 0 ||
		strcmp(body->subtype, "encrypted") == 0);
}

const char *mime_cut_refusal(const struct imap_body *body)
{
	const struct imap_body *over;

	if (is_multipart(body))
		return "it has parts itself";
	if (body->parent == NULL || !is_multipart(body->parent) ||
		body->parent->n_children < 2)
		return "it is the only one";
	for (over = body->parent; over != NULL; over = over->parent) {
		if (is_sealed(over))
			return "it is signed or encrypted with others";
		if (is_multipart(over) &&
			imap_body_param(over, "boundary") == NULL)
			return "the server does not tell where it ends";
	}
	return NULL;
}

/* --- where it is ----------------------------------------------------------- */

static const char *line_end(const char *line, const char *to)
{
	const char *end = memchr(line, '\n', (size_t)(to - line));

	return end != NULL ? end + 1 : to;
}

/* "--boundary" or "--boundary--", and blanks that gateways add. */
static bool is_delimiter(const char *line, const char *end,
	const char *boundary, bool *is_last_out)
{
	size_t len = strlen(boundary);

	if ((size_t)(end - line) < len + 2 || memcmp(line, "--", 2) != 0 ||
		memcmp(line + 2, boundary, len) != 0)
		return false;
	line += 2 + len;
	*is_last_out = end - line >= 2 && memcmp(line, "--", 2) == 0;
	if (*is_last_out)
		return true;
	while (line < end && strchr(" \t\r\n", *line) != NULL && *line != '\0')
		line++;
	return line == end;
}

/* The line end before a delimiter is the delimiter's. */
static const char *before_line_end(const char *line, const char *from)
{
	if (line > from && line[-1] == '\n')
		line--;
	if (line > from && line[-1] == '\r')
		line--;
	return line;
}

/* To the child with this number, from 0, of a multipart that is the range. */
static bool narrow(struct range *range, const char *boundary, size_t number)
{
	const char *line = range->from, *start = NULL, *end;
	size_t n_seen = 0;
	bool is_last;

	for (; line < range->to; line = end) {
		end = line_end(line, range->to);
		if (!is_delimiter(line, end, boundary, &is_last))
			continue;
		if (start != NULL) {
			range->from = start;
			range->to = before_line_end(line, start);
			return true;
		}
		if (is_last)
			return false;
		if (n_seen++ == number)
			start = end;
	}
	return false;
}

static size_t number_in_parent(const struct imap_body *body)
{
	size_t i = 0;

	while (body->parent->children[i] != body)
		i++;
	return i;
}

/* Bodies are at most IMAP_BODY_DEPTH_MAX deep. */
static bool find_range(const struct imap_body *body, struct range *range)
{
	const struct imap_body *parent = body->parent;

	if (parent == NULL)
		return true;
	if (!find_range(parent, range))
		return false;
	/* A message's one child: it is behind the header, found by its own
	 * boundary. */
	return !is_multipart(parent) || narrow(range,
		imap_body_param(parent, "boundary"), number_in_parent(body));
}

/* Behind the empty line. */
static const char *skip_header(const struct range *range)
{
	const char *line = range->from, *end;

	for (; line < range->to; line = end) {
		end = line_end(line, range->to);
		if (*line == '\n' || (*line == '\r' && end - line == 2))
			return end;
	}
	return range->to;
}

bool mime_cut_find(const char *octets, size_t len, const struct imap_body *body,
	size_t *from_out, size_t *to_out)
{
	struct range range = { octets, octets + len };

	if (mime_cut_refusal(body) != NULL || !find_range(body, &range))
		return false;
	*from_out = (size_t)(range.from - octets);
	*to_out = (size_t)(range.to - octets);
	/* Nothing is thrown away that the server takes for another part. */
	return (uint64_t)(range.to - skip_header(&range)) == body->size;
}

/* --- where the others are -------------------------------------------------- */

struct walk {
	const char *octets;
	mime_cut_body_fn *fn;
	void *data;
};

static void walk_leaf(const struct walk *walk, const struct imap_body *body,
	const struct range *range)
{
	const char *from = skip_header(range);

	if (body->n_children == 0 && (uint64_t)(range->to - from) == body->size)
		walk->fn(body, (size_t)(from - walk->octets),
			(size_t)(range->to - walk->octets), walk->data);
}

/* At most IMAP_BODY_DEPTH_MAX deep. */
static void walk_children(const struct walk *walk,
	const struct imap_body *parent, const struct range *range)
{
	const char *boundary = imap_body_param(parent, "boundary");
	struct range child = *range;

	for (size_t i = 0; i < parent->n_children && boundary != NULL; i++) {
		/* The next one's boundary is the one where the last ends. */
		if (!narrow(&child, boundary, 0))
			return;
		if (is_multipart(parent->children[i]))
			walk_children(walk, parent->children[i], &child);
		else
			walk_leaf(walk, parent->children[i], &child);
		child.from = child.to;
		child.to = range->to;
	}
}

void mime_cut_each_body(const char *octets, size_t len,
	const struct imap_body *root, mime_cut_body_fn *fn, void *data)
{
	struct walk walk = { octets, fn, data };
	struct range range = { octets, octets + len };

	if (is_multipart(root))
		walk_children(&walk, root, &range);
}

/* --- what is put there ----------------------------------------------------- */

static char *note_text(const struct imap_body *body, int64_t when)
{
	char *told = mime_part_filename(body);
	char *name = mime_safe_filename(told != NULL ? told : "(none)");
	char *type = g_strdup_printf("%s/%s", body->type, body->subtype);
	char *size = mime_size_format(body->size);
	GDateTime *time = g_date_time_new_from_unix_utc(when);
	char *date = g_date_time_format(time, "%Y-%m-%d %H:%M UTC");
	char *text;

	for (char *p = type; *p != '\0'; p++)
		if (!g_ascii_isgraph(*p))
			*p = '?';
	text = g_strdup_printf("A part of this message was removed.\r\n\r\n"
		"Name: %s\r\nType: %s\r\nSize: %s\r\nRemoved: %s",
		name, type, size, date);
	g_free(date);
	g_date_time_unref(time);
	g_free(size);
	g_free(type);
	g_free(name);
	g_free(told);
	return text;
}

static char *in_base64(const char *text)
{
	char *code = g_base64_encode((const guchar *)text, strlen(text));
	GString *lines = g_string_new(code);

	g_free(code);
	for (gsize at = BASE64_LINE_LEN; at < lines->len;
		at += BASE64_LINE_LEN + 2)
		g_string_insert(lines, (gssize)at, "\r\n");
	return g_string_free(lines, FALSE);
}

char *mime_cut_note(const struct imap_body *body, int64_t when)
{
	char *text = note_text(body, when);
	bool is_ascii = g_str_is_ascii(text);
	char *coded = is_ascii ? g_strdup(text) : in_base64(text);
	char *note = g_strdup_printf("Content-Type: text/plain; charset=%s\r\n"
		"Content-Transfer-Encoding: %s\r\n"
		"Content-Disposition: inline\r\n\r\n%s",
		is_ascii ? "us-ascii" : "utf-8", is_ascii ? "7bit" : "base64",
		coded);

	g_free(coded);
	g_free(text);
	return note;
}
