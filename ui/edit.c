/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Editing one line. See edit.h. */
#include "src/base/base.h"
#include "ui/edit.h"

#include "ui/text.h"

enum { EDIT_MAX = 64 * 1024 };

void edit_init(struct edit *edit, const char *initial)
{
	edit->text = g_string_new(NULL);
	edit->killed = g_string_new(NULL);
	edit->cursor = 0;
	edit_set(edit, initial ? initial : "");
}

/* Volatile: a compiler may leave out writes to what is freed. */
void edit_wipe(char *text)
{
	for (volatile char *p = text; *p; p++)
		*p = '\0';
}

static void wipe(GString *string)
{
	edit_wipe(string->str);
	g_string_free(string, TRUE);
}

void edit_release(struct edit *edit)
{
	wipe(edit->text);
	wipe(edit->killed);
	edit->text = edit->killed = NULL;
}

void edit_set(struct edit *edit, const char *text)
{
	g_string_truncate(edit->text, 0);
	edit->cursor = 0;
	edit_insert(edit, text, -1);
}

void edit_insert(struct edit *edit, const char *text, gssize len)
{
	GString *clean = g_string_new(NULL);

	text_append_clean(clean, text, len);
	if (edit->text->len + clean->len <= EDIT_MAX) {
		g_string_insert_len(edit->text, (gssize)edit->cursor, clean->str, (gssize)clean->len);
		edit->cursor += clean->len;
	}
	wipe(clean);
}

/* --- borders -------------------------------------------------------------------- */

static const char *text_end(const struct edit *edit)
{
	return edit->text->str + edit->text->len;
}

static size_t next_border(const struct edit *edit, size_t from)
{
	const char *p = edit->text->str + from;
	struct text_cell cell;

	text_next_cell(&p, text_end(edit), &cell);
	return (size_t)(p - edit->text->str);
}

static size_t previous_border(const struct edit *edit, size_t from)
{
	size_t at = 0;

	while (at < from) {
		size_t next = next_border(edit, at);

		if (next >= from || next == at)
			return at;
		at = next;
	}
	return at;
}

/* Mailbox names are words of words: a delimiter ends one. */
static bool is_word_at(const struct edit *edit, size_t at)
{
	return g_unichar_isalnum(g_utf8_get_char(edit->text->str + at));
}

static size_t word_right(const struct edit *edit)
{
	size_t at = edit->cursor;

	while (at < edit->text->len && !is_word_at(edit, at))
		at = next_border(edit, at);
	while (at < edit->text->len && is_word_at(edit, at))
		at = next_border(edit, at);
	return at;
}

static size_t word_left(const struct edit *edit)
{
	size_t at = edit->cursor;

	while (at > 0 && !is_word_at(edit, previous_border(edit, at)))
		at = previous_border(edit, at);
	while (at > 0 && is_word_at(edit, previous_border(edit, at)))
		at = previous_border(edit, at);
	return at;
}

/* C-w: back to the last blank or delimiter. */
static size_t token_left(const struct edit *edit)
{
	size_t at = edit->cursor;

	while (at > 0 && strchr(" /", edit->text->str[at - 1]))
		at--;
	while (at > 0 && !strchr(" /", edit->text->str[at - 1]))
		at = previous_border(edit, at);
	return at;
}

/* --- changes ---------------------------------------------------------------------- */

static bool erase(struct edit *edit, size_t from, size_t to, bool keep)
{
	if (from >= to)
		return false;
	if (keep) {
		g_string_truncate(edit->killed, 0);
		g_string_append_len(edit->killed, edit->text->str + from, (gssize)(to - from));
	}
	g_string_erase(edit->text, (gssize)from, (gssize)(to - from));
	edit->cursor = from;
	return true;
}

static bool go(struct edit *edit, size_t to)
{
	bool moved = to != edit->cursor;

	edit->cursor = to;
	return moved;
}

static bool transpose(struct edit *edit)
{
	size_t right = edit->cursor, left, middle;
	char *last;

	if (right == edit->text->len)
		right = previous_border(edit, right);
	if (right == 0)
		return false;
	middle = right;
	left = previous_border(edit, middle);
	right = next_border(edit, middle);
	last = g_strndup(edit->text->str + middle, right - middle);
	g_string_erase(edit->text, (gssize)middle, (gssize)(right - middle));
	g_string_insert(edit->text, (gssize)left, last);
	g_free(last);
	edit->cursor = right;
	return true;
}

static char *recase(const char *word, enum edit_action action)
{
	char *lower, *first, *whole;
	const char *rest;

	if (action == EDIT_UPCASE_WORD)
		return g_utf8_strup(word, -1);
	lower = g_utf8_strdown(word, -1);
	if (action == EDIT_DOWNCASE_WORD || *lower == '\0')
		return lower;
	rest = g_utf8_next_char(lower);
	first = g_utf8_strup(lower, rest - lower);
	whole = g_strconcat(first, rest, NULL);
	g_free(first);
	g_free(lower);
	return whole;
}

static bool change_case(struct edit *edit, enum edit_action action)
{
	size_t start = edit->cursor, end = word_right(edit);
	char *word, *changed;

	while (start < end && !is_word_at(edit, start))
		start = next_border(edit, start);
	if (start == end)
		return false;
	word = g_strndup(edit->text->str + start, end - start);
	changed = recase(word, action);
	g_string_erase(edit->text, (gssize)start, (gssize)(end - start));
	g_string_insert(edit->text, (gssize)start, changed);
	edit->cursor = start + strlen(changed);
	g_free(word);
	g_free(changed);
	return true;
}

bool edit_do(struct edit *edit, enum edit_action action)
{
	size_t at = edit->cursor, len = edit->text->len;

	switch (action) {
	case EDIT_LEFT: return go(edit, previous_border(edit, at));
	case EDIT_RIGHT: return go(edit, next_border(edit, at));
	case EDIT_WORD_LEFT: return go(edit, word_left(edit));
	case EDIT_WORD_RIGHT: return go(edit, word_right(edit));
	case EDIT_HOME: return go(edit, 0);
	case EDIT_END: return go(edit, len);
	case EDIT_BACKSPACE: return erase(edit, previous_border(edit, at), at, false);
	case EDIT_DELETE: return erase(edit, at, next_border(edit, at), false);
	case EDIT_KILL_LINE: return erase(edit, 0, len, true);
	case EDIT_KILL_EOL: return erase(edit, at, len, true);
	case EDIT_KILL_WORD_LEFT: return erase(edit, token_left(edit), at, true);
	case EDIT_KILL_WORD_RIGHT: return erase(edit, at, word_right(edit), true);
	case EDIT_YANK:
		edit_insert(edit, edit->killed->str, (gssize)edit->killed->len);
		return edit->killed->len > 0;
	case EDIT_TRANSPOSE: return transpose(edit);
	case EDIT_UPCASE_WORD:
	case EDIT_DOWNCASE_WORD:
	case EDIT_CAPITALIZE_WORD:
		return change_case(edit, action);
	}
	return false;
}

void edit_visible(const struct edit *edit, int columns, size_t *start_out,
	size_t *end_out, int *cursor_column_out)
{
	const char *str = edit->text->str;
	int before = text_width(str, (gssize)edit->cursor);
	size_t start = 0;

	columns = MAX(columns, 1);
	/* The cursor itself needs a column, behind the last character too. */
	while (before >= columns && start < edit->cursor) {
		start = next_border(edit, start);
		before = text_width(str + start, (gssize)(edit->cursor - start));
	}
	*start_out = start;
	*end_out = start + text_fitting(str + start,
		(gssize)(edit->text->len - start), columns, NULL);
	*cursor_column_out = before;
}
