/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Colours. Things that are painted have a colour object (theme.def); an object
 * has a style; "color", "mono" and "uncolor" change it. Styles are laid over
 * one another, so that an unread, tagged row under the cursor keeps each fact.
 * The table knows 256, 8 and no colours, and a dark and a light ground. Knows
 * no terminal: term.c tells how many colours there are.
 */
#ifndef CULVER_UI_THEME_H
#define CULVER_UI_THEME_H

#include "src/base/base.h"

enum theme_object {
#define THEME(name, text, summary) THEME_##name,
#include "ui/theme.def"
#undef THEME
	THEME_N_OBJECTS
};

enum {
	COLOUR_UNSET = -2,   /* what is below shines through */
	COLOUR_DEFAULT = -1, /* the terminal's own */
};

enum style_attr {
	STYLE_BOLD = 1 << 0,
	STYLE_DIM = 1 << 1,
	STYLE_UNDERLINE = 1 << 2,
	STYLE_REVERSE = 1 << 3,
	STYLE_ITALIC = 1 << 4,
	STYLE_BLINK = 1 << 5,
};

struct style {
	int fg, bg;     /* 0-255, COLOUR_DEFAULT or COLOUR_UNSET */
	unsigned attrs; /* enum style_attr */
};

/* A line of "color OBJECT FG BG PATTERN". */
struct theme_rule {
	enum theme_object object;
	char *pattern;  /* message pattern for index*, regex for body and header */
	struct style style;
	void *compiled; /* of who uses it: struct pattern or GRegex; freed by theme */
	GDestroyNotify free_compiled;
};

/* colours: 256, 8 or 0; is_light: the ground. Keeps what the rc has set. */
void theme_setup(int colours, bool is_light);
void theme_release(void);
/* A counter that moves when any colour changed. */
unsigned theme_generation(void);
/* True when COLORFGBG tells of a light ground. */
bool theme_ground_is_light(const char *colorfgbg);

/* The complete style: the object's over "normal". */
struct style theme_style(enum theme_object object);
/* The object's alone, with COLOUR_UNSET where it says nothing. */
struct style theme_layer(enum theme_object object);
struct style style_over(struct style below, struct style above);
/* "quoted3" for level 4; wraps around after the last one that is set. */
enum theme_object theme_quoted(unsigned level);
/* In order of definition; of struct theme_rule *. */
const GPtrArray *theme_rules(void);

/* words after "color" or "mono": OBJECT FG BG [PATTERN]; attributes may stand
 * before FG ("color index bold red default"). */
bool theme_set(bool is_mono, const char *const *words, unsigned n, GError **error);
/* words after "uncolor" or "unmono": OBJECT [PATTERN | *] ; "*" alone: all. */
bool theme_unset(bool is_mono, const char *const *words, unsigned n, GError **error);
/* THEME_N_OBJECTS if there is none. */
enum theme_object theme_object_find(const char *name);
const char *theme_object_name(enum theme_object object);
const char *theme_object_summary(enum theme_object object);

/* sRGB of one of the 256 colours, and the contrast of two by WCAG 2. */
unsigned theme_rgb(int colour);
double theme_contrast(unsigned rgb_a, unsigned rgb_b);

#endif
