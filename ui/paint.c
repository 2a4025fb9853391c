/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells into curses' virtual screen. See paint.h. */
#include "src/base/base.h"
#include "ui/paint.h"

#include "ui/term.h"
#include "ui/text.h"

#include <curses.h>
#include <limits.h>
#include <wchar.h>

struct area area_sub(const struct area *area, int row, int col, int rows, int cols)
{
	int top = CLAMP(row, 0, area->rows), left = CLAMP(col, 0, area->cols);

	return (struct area){
		.row = area->row + top,
		.col = area->col + left,
		.rows = CLAMP(rows, 0, area->rows - top),
		.cols = CLAMP(cols, 0, area->cols - left),
	};
}

struct area area_line(const struct area *area, int row)
{
	return area_sub(area, row, 0, 1, area->cols);
}

/* --- colours to pairs ------------------------------------------------------ */

/* Pairs are handed out as they are asked for; [fg + 1][bg + 1], 0: none yet. */
static short pairs[257][257];
static short n_pairs;

static int brightness(int colour)
{
	unsigned rgb = theme_rgb(colour);

	return (int)((rgb >> 16 & 0xff) + (rgb >> 8 & 0xff) + (rgb & 0xff));
}

/* One of eight for one of 256: which of red, green and blue stand out. */
static int reduce_to_8(int colour)
{
	unsigned rgb = theme_rgb(colour);
	unsigned half = (unsigned)brightness(colour) / 4;

	if (colour < 16)
		return colour % 8;
	return ((rgb >> 16 & 0xff) > half ? 1 : 0) |
		((rgb >> 8 & 0xff) > half ? 2 : 0) | ((rgb & 0xff) > half ? 4 : 0);
}

static int available_colour(int colour)
{
	if (colour < 0)
		return -1;
	return term_colours() < 256 ? reduce_to_8(colour) : colour;
}

static short pair_of(int fg, int bg)
{
	short *pair;

	if (term_colours() == 0)
		return 0;
	fg = available_colour(fg);
	bg = available_colour(bg);
	if (fg < 0 && bg < 0)
		return 0;
	pair = &pairs[fg + 1][bg + 1];
	if (*pair == 0 && n_pairs + 1 < MIN(COLOR_PAIRS, SHRT_MAX) &&
		init_pair(n_pairs + 1, (short)fg, (short)bg) != ERR)
		*pair = ++n_pairs;
	return *pair;
}

void paint_reset(void)
{
	memset(pairs, 0, sizeof(pairs));
	n_pairs = 0;
}

static attr_t curses_attrs(struct style style)
{
	static const struct {
		unsigned attr;
		attr_t curses;
	} table[] = {
		{ STYLE_BOLD, A_BOLD }, { STYLE_DIM, A_DIM },
		{ STYLE_UNDERLINE, A_UNDERLINE }, { STYLE_REVERSE, A_REVERSE },
		{ STYLE_ITALIC, A_ITALIC }, { STYLE_BLINK, A_BLINK },
	};
	attr_t attrs = A_NORMAL;

	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		if (style.attrs & table[i].attr)
			attrs |= table[i].curses;
	}
	/* Bright colours of a terminal that has eight. */
	if (term_colours() == 8 && style.fg >= 8 && style.fg < 16)
		attrs |= A_BOLD;
	return attrs;
}

/* --- cells ------------------------------------------------------------------- */

/* Punctuation that has a plain form of the same meaning. */
static wchar_t plain_char(gunichar c)
{
	static const struct {
		gunichar from;
		wchar_t to;
	} table[] = {
		{ 0xA0, L' ' }, { 0xAB, L'"' }, { 0xB7, L'-' }, { 0xBB, L'"' },
		{ 0x2010, L'-' }, { 0x2011, L'-' }, { 0x2012, L'-' }, { 0x2013, L'-' },
		{ 0x2014, L'-' }, { 0x2018, L'\'' }, { 0x2019, L'\'' },
		{ 0x201A, L'\'' }, { 0x201C, L'"' }, { 0x201D, L'"' },
		{ 0x201E, L'"' }, { 0x2022, L'*' }, { 0x2026, L'~' }, { 0x202F, L' ' },
		{ 0x2212, L'-' },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		if (table[i].from == c)
			return table[i].to;
	}
	return L'?';
}

/* The locale may not have the character. */
static wchar_t local_char(gunichar c)
{
	char octets[MB_LEN_MAX];
	mbstate_t state = { 0 };

	if (c < 0x80 || !text_is_ascii())
		return (wchar_t)c;
	if (plain_char(c) != L'?')
		return plain_char(c);
	return wcrtomb(octets, (wchar_t)c, &state) == (size_t)-1 ? L'?' : (wchar_t)c;
}

static void put_cell(int row, int col, const struct text_cell *cell, attr_t attrs, short pair)
{
	wchar_t chars[2 + TEXT_MARKS_MAX];
	cchar_t out;
	unsigned n = 0;

	for (unsigned i = 0; i < cell->n_chars; i++) {
		wchar_t c = local_char(cell->chars[i]);

		if (i == 0 || c != L'?')
			chars[n++] = c;
	}
	chars[n] = L'\0';
	if (setcchar(&out, chars, attrs, pair, NULL) != ERR)
		mvadd_wch(row, col, &out);
}

static int room_for(const struct area *area, int row, int col, int cols)
{
	if (row < 0 || row >= area->rows || col < 0 || col >= area->cols)
		return 0;
	return cols < 0 ? area->cols - col : MIN(cols, area->cols - col);
}

/* Where the text painted last has ended, and what it looks like there. */
static struct {
	int row, col;
	struct style style;
} last;

/* A space shows nothing but its ground: it goes on as the cell before it, so
 * that the terminal is not told of colours that nobody sees. */
static struct style style_at(int row, int col, struct style style,
	const struct text_cell *cell)
{
	const unsigned seen = STYLE_UNDERLINE | STYLE_REVERSE | STYLE_BLINK;

	if (cell->n_chars == 1 && cell->chars[0] == ' ' && last.row == row &&
		last.col == col && last.style.bg == style.bg &&
		((last.style.attrs | style.attrs) & seen) == 0)
		return last.style;
	return style;
}

static void put_text_cell(int row, int col, const struct text_cell *cell,
	struct style style)
{
	style = style_at(row, col, style, cell);
	put_cell(row, col, cell, curses_attrs(style),
		pair_of(style.fg, style.bg));
	last.row = row;
	last.col = col + cell->width;
	last.style = style;
}

int paint_text(const struct area *area, int row, int col, int cols,
	struct style style, const char *text, gssize len)
{
	const char *end = text + (len < 0 ? strlen(text) : (size_t)len);
	int room = room_for(area, row, col, cols), used = 0;
	struct text_cell cell;

	while (used < room && text_next_cell(&text, end, &cell)) {
		if (used + cell.width > room)
			break;
		put_text_cell(area->row + row, area->col + col + used, &cell,
			style);
		used += cell.width;
	}
	return used;
}

static void put_run(const struct area *area, int row, int col, int n,
	struct style style, const char *sign)
{
	attr_t attrs = curses_attrs(style);
	short pair = pair_of(style.fg, style.bg);
	struct text_cell cell;
	const char *p = sign;

	if (!text_next_cell(&p, sign + strlen(sign), &cell))
		return;
	for (int i = 0; i < n; i++)
		put_cell(area->row + row, area->col + col + i, &cell, attrs, pair);
}

void paint_fill(const struct area *area, int row, int col, int cols, struct style style)
{
	put_run(area, row, col, room_for(area, row, col, cols), style, " ");
}

void paint_clear(const struct area *area, struct style style)
{
	for (int row = 0; row < area->rows; row++)
		paint_fill(area, row, 0, -1, style);
}

void paint_fit(const struct area *area, int row, int col, int cols,
	struct style style, const char *text)
{
	int room = room_for(area, row, col, cols);
	char *fit = text_fit(text, room, TEXT_LEFT);

	paint_text(area, row, col, room, style, fit, -1);
	g_free(fit);
}

void paint_hline(const struct area *area, int row, int col, int cols, struct style style)
{
	put_run(area, row, col, room_for(area, row, col, cols), style, text_sign("─", "-"));
}

void paint_vline(const struct area *area, int row, int col, int rows, struct style style)
{
	for (int i = 0; i < rows && row + i < area->rows; i++) {
		if (col < area->cols)
			put_run(area, row + i, col, 1, style, text_sign("│", "|"));
	}
}

/* --- the cursor ---------------------------------------------------------------- */

static int cursor_row, cursor_col;

void paint_cursor(const struct area *area, int row, int col)
{
	cursor_row = area->row + CLAMP(row, 0, MAX(area->rows - 1, 0));
	cursor_col = area->col + CLAMP(col, 0, MAX(area->cols - 1, 0));
}

void paint_end(void)
{
	move(CLAMP(cursor_row, 0, LINES - 1), CLAMP(cursor_col, 0, COLS - 1));
	wnoutrefresh(stdscr);
}
