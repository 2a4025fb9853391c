/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "tests/imap/frame.h"

#include <stdlib.h>

/* "... {12+}" in front of the line's end: its size and whether it waits. */
static bool announces(const char *line, const char *end, size_t *size_out,
	bool *waits_out)
{
	const char *brace;

	if (end - line < 3 || end[-1] != '}')
		return false;
	brace = end - 2;
	*waits_out = *brace != '+' && *brace != '-';
	if (!*waits_out)
		brace--;
	while (brace > line && g_ascii_isdigit(*brace))
		brace--;
	if (*brace != '{' || !g_ascii_isdigit(brace[1]))
		return false;
	*size_out = strtoul(brace + 1, NULL, 10);
	return true;
}

/* Steps over lines that end in a literal; the rest of the last begins at the
 * offset returned, which may be beyond what there is. */
static size_t last_line(const char *octets, size_t len, bool *waits_out)
{
	size_t at = 0, size;
	const char *end;

	*waits_out = false;
	while (at < len && (end = memmem(octets + at, len - at, "\r\n", 2))
		!= NULL && announces(octets + at, end, &size, waits_out))
		at = (size_t)(end - octets) + 2 + size;
	return at;
}

size_t frame_length(const char *octets, size_t len)
{
	bool waits;
	size_t at = last_line(octets, len, &waits);
	const char *end = at < len ?
		memmem(octets + at, len - at, "\r\n", 2) : NULL;

	return end == NULL ? 0 : (size_t)(end - octets) + 2;
}

bool frame_wants_go(const char *octets, size_t len)
{
	const char *line = memrchr(octets, '\n', len > 2 ? len - 2 : 0);
	size_t size;
	bool waits;

	line = line != NULL ? line + 1 : octets;
	return len > 2 && memcmp(octets + len - 2, "\r\n", 2) == 0 &&
		announces(line, octets + len - 2, &size, &waits) && waits;
}

const char *frame_literal(const char *text, size_t *len_out)
{
	char *end;

	if (*text == '~')
		text++;
	if (*text != '{')
		return NULL;
	*len_out = strtoul(text + 1, &end, 10);
	end = strstr(end, "\r\n");
	return end != NULL ? end + 2 : NULL;
}

static const char *skip_quoted(const char *text)
{
	for (text++; *text != '"' && *text != '\0'; text++)
		if (*text == '\\' && text[1] != '\0')
			text++;
	return *text == '"' ? text + 1 : text;
}

const char *frame_skip(const char *text)
{
	size_t len;
	unsigned depth = 0;

	for (;;) {
		const char *literal = frame_literal(text, &len);

		if (literal != NULL) {
			text = literal + len;
		} else if (*text == '"') {
			text = skip_quoted(text);
		} else if (*text == '\0' || (depth == 0 &&
			(*text == ' ' || *text == ')' || *text == '\r'))) {
			return text;
		} else {
			if (*text == '(' || *text == '[')
				depth++;
			else if ((*text == ')' || *text == ']') && depth > 0)
				depth--;
			text++;
		}
	}
}
