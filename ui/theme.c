/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of colours. An object's style is the default's for the number of
 * colours and the ground, unless the rc said something.
 *
 * The defaults: calm, one accent; unread is bold, not coloured; red, yellow and
 * green only for what they mean. Every pair has a contrast of 4.5:1 on its
 * ground, which a test computes.
 */
#include "src/base/base.h"
#include "ui/theme.h"

#include "src/base/error.h"
#include "src/mail/pattern.h"

/* One default: 256 colours on a dark and on a light ground, 8 colours, mono.
 * Objects that are not in the table have no style of their own. */
static const struct theme_default {
	enum theme_object object;
	struct style dark, light, eight, mono;
} defaults[] = {
#define S(fg, bg, attrs) { fg, bg, attrs }
#define U COLOUR_UNSET
#define D COLOUR_DEFAULT
	{ THEME_NORMAL, S(D, D, 0), S(D, D, 0), S(D, D, 0), S(D, D, 0) },
	{ THEME_TITLE, S(117, U, STYLE_BOLD), S(25, U, STYLE_BOLD),
		S(6, U, STYLE_BOLD), S(U, U, STYLE_BOLD) },
	{ THEME_STATUS, S(248, U, 0), S(240, U, 0), S(U, U, 0), S(U, U, 0) },
	{ THEME_ERROR, S(210, U, STYLE_BOLD), S(124, U, STYLE_BOLD),
		S(1, U, STYLE_BOLD), S(U, U, STYLE_BOLD) },
	{ THEME_WARNING, S(222, U, 0), S(94, U, 0), S(3, U, 0), S(U, U, STYLE_BOLD) },
	{ THEME_GOOD, S(114, U, 0), S(22, U, 0), S(2, U, 0), S(U, U, 0) },
	{ THEME_PROMPT, S(117, U, 0), S(25, U, 0), S(6, U, 0), S(U, U, STYLE_BOLD) },
	{ THEME_OPTIONS, S(117, U, STYLE_BOLD), S(25, U, STYLE_BOLD),
		S(6, U, STYLE_BOLD), S(U, U, STYLE_BOLD) },
	{ THEME_PROGRESS, S(117, U, 0), S(25, U, 0), S(6, U, 0), S(U, U, 0) },
	{ THEME_INDICATOR, S(255, 24, 0), S(16, 153, 0),
		S(U, U, STYLE_REVERSE), S(U, U, STYLE_REVERSE) },
	{ THEME_INDEX_NUMBER, S(246, U, 0), S(242, U, 0), S(U, U, 0), S(U, U, 0) },
	{ THEME_INDEX_DATE, S(246, U, 0), S(242, U, 0), S(U, U, 0), S(U, U, 0) },
	{ THEME_INDEX_SIZE, S(246, U, 0), S(242, U, 0), S(U, U, 0), S(U, U, 0) },
	{ THEME_INDEX_NEW, S(U, U, STYLE_BOLD), S(U, U, STYLE_BOLD),
		S(U, U, STYLE_BOLD), S(U, U, STYLE_BOLD) },
	{ THEME_INDEX_FLAGGED, S(222, U, 0), S(94, U, 0), S(3, U, 0),
		S(U, U, STYLE_BOLD) },
	{ THEME_INDEX_DELETED, S(246, U, 0), S(242, U, 0), S(U, U, 0),
		S(U, U, STYLE_UNDERLINE) },
	{ THEME_INDEX_DIM, S(243, U, 0), S(243, U, 0), S(U, U, STYLE_DIM), S(U, U, STYLE_DIM) },
	{ THEME_INDEX_TAG, S(222, U, 0), S(94, U, 0), S(3, U, 0),
		S(U, U, STYLE_UNDERLINE) },
	{ THEME_TREE, S(246, U, 0), S(242, U, 0), S(U, U, 0), S(U, U, 0) },
	{ THEME_HDRDEFAULT, S(250, U, 0), S(238, U, 0), S(U, U, 0), S(U, U, 0) },
	{ THEME_QUOTED, S(110, U, 0), S(24, U, 0), S(6, U, 0), S(U, U, 0) },
	{ THEME_QUOTED1, S(151, U, 0), S(22, U, 0), S(2, U, 0), S(U, U, 0) },
	{ THEME_QUOTED2, S(182, U, 0), S(53, U, 0), S(5, U, 0), S(U, U, 0) },
	{ THEME_QUOTED3, S(246, U, 0), S(242, U, 0), S(U, U, 0), S(U, U, 0) },
	{ THEME_SIGNATURE, S(246, U, 0), S(242, U, 0), S(U, U, 0), S(U, U, 0) },
	{ THEME_ATTACHMENT, S(117, U, 0), S(25, U, 0), S(6, U, 0), S(U, U, STYLE_BOLD) },
	{ THEME_SEARCH, S(16, 222, 0), S(16, 222, 0), S(0, 3, 0), S(U, U, STYLE_REVERSE) },
	{ THEME_TILDE, S(243, U, 0), S(243, U, 0), S(U, U, 0), S(U, U, STYLE_DIM) },
	{ THEME_MARKERS, S(246, U, 0), S(242, U, 0), S(U, U, 0), S(U, U, 0) },
	{ THEME_BOLD, S(U, U, STYLE_BOLD), S(U, U, STYLE_BOLD), S(U, U, STYLE_BOLD),
		S(U, U, STYLE_BOLD) },
	{ THEME_UNDERLINE, S(U, U, STYLE_UNDERLINE), S(U, U, STYLE_UNDERLINE),
		S(U, U, STYLE_UNDERLINE), S(U, U, STYLE_UNDERLINE) },
	{ THEME_ITALIC, S(U, U, STYLE_ITALIC), S(U, U, STYLE_ITALIC),
		S(U, U, STYLE_ITALIC), S(U, U, STYLE_ITALIC) },
	{ THEME_SIDEBAR_DIVIDER, S(243, U, 0), S(243, U, 0), S(U, U, 0), S(U, U, 0) },
	{ THEME_SIDEBAR_UNREAD, S(U, U, STYLE_BOLD), S(U, U, STYLE_BOLD),
		S(U, U, STYLE_BOLD), S(U, U, STYLE_BOLD) },
	{ THEME_SIDEBAR_INDICATOR, S(117, U, 0), S(25, U, 0), S(6, U, 0),
		S(U, U, STYLE_BOLD) },
	{ THEME_SIDEBAR_HIGHLIGHT, S(U, U, STYLE_UNDERLINE), S(U, U, STYLE_UNDERLINE),
		S(U, U, STYLE_UNDERLINE), S(U, U, STYLE_UNDERLINE) },
#undef S
#undef U
#undef D
};

static const struct {
	const char *name, *summary;
} objects[] = {
#define THEME(name, text, what) [THEME_##name] = { text, what },
#include "ui/theme.def"
#undef THEME
};

static struct {
	int colours;
	bool is_light;
	unsigned generation;
	struct style builtin[THEME_N_OBJECTS];
	bool user_color_set[THEME_N_OBJECTS], user_mono_set[THEME_N_OBJECTS];
	struct style user_color[THEME_N_OBJECTS], user_mono[THEME_N_OBJECTS];
	GPtrArray *color_rules, *mono_rules; /* of struct theme_rule */
} theme = { .colours = 256 };

static const struct style nothing = { COLOUR_UNSET, COLOUR_UNSET, 0 };

static void rule_free(void *data)
{
	struct theme_rule *rule = data;

	if (rule->free_compiled && rule->compiled)
		rule->free_compiled(rule->compiled);
	g_free(rule->pattern);
	g_free(rule);
}

static void ensure_rules(void)
{
	if (theme.color_rules)
		return;
	theme.color_rules = g_ptr_array_new_with_free_func(rule_free);
	theme.mono_rules = g_ptr_array_new_with_free_func(rule_free);
}

void theme_setup(int colours, bool is_light)
{
	ensure_rules();
	theme.colours = colours;
	theme.is_light = is_light;
	theme.generation++;
	for (size_t i = 0; i < THEME_N_OBJECTS; i++)
		theme.builtin[i] = nothing;
	for (size_t i = 0; i < G_N_ELEMENTS(defaults); i++) {
		const struct theme_default *d = &defaults[i];

		theme.builtin[d->object] = colours < 8 ? d->mono
			: colours < 256 ? d->eight
			: is_light ? d->light : d->dark;
	}
}

void theme_release(void)
{
	g_clear_pointer(&theme.color_rules, g_ptr_array_unref);
	g_clear_pointer(&theme.mono_rules, g_ptr_array_unref);
	memset(theme.user_color_set, 0, sizeof(theme.user_color_set));
	memset(theme.user_mono_set, 0, sizeof(theme.user_mono_set));
}

unsigned theme_generation(void)
{
	return theme.generation;
}

bool theme_ground_is_light(const char *colorfgbg)
{
	const char *last = colorfgbg ? strrchr(colorfgbg, ';') : NULL;
	char *end;
	guint64 n;

	if (!last)
		return false;
	n = g_ascii_strtoull(last + 1, &end, 10);
	return end != last + 1 && *end == '\0' && (n == 7 || (n >= 9 && n <= 15));
}

struct style theme_layer(enum theme_object object)
{
	bool is_mono = theme.colours < 8;

	if (is_mono && theme.user_mono_set[object])
		return theme.user_mono[object];
	if (!is_mono && theme.user_color_set[object])
		return theme.user_color[object];
	return theme.builtin[object];
}

struct style theme_style(enum theme_object object)
{
	return style_over(theme_layer(THEME_NORMAL), theme_layer(object));
}

struct style style_over(struct style below, struct style above)
{
	if (above.fg != COLOUR_UNSET)
		below.fg = above.fg;
	if (above.bg != COLOUR_UNSET)
		below.bg = above.bg;
	below.attrs |= above.attrs;
	return below;
}

static bool style_is_nothing(struct style style)
{
	return style.fg == COLOUR_UNSET && style.bg == COLOUR_UNSET && style.attrs == 0;
}

enum theme_object theme_quoted(unsigned level)
{
	unsigned n = 0;

	while (n < 10 && !style_is_nothing(theme_layer(THEME_QUOTED + n)))
		n++;
	if (level == 0 || n == 0)
		return THEME_QUOTED;
	return THEME_QUOTED + (level - 1) % n;
}

const GPtrArray *theme_rules(void)
{
	ensure_rules();
	return theme.colours < 8 ? theme.mono_rules : theme.color_rules;
}

/* --- "color" and its kin -------------------------------------------------- */

static const struct {
	const char *name;
	int colour;
} colour_names[] = {
	{ "default", COLOUR_DEFAULT }, { "black", 0 }, { "red", 1 }, { "green", 2 },
	{ "yellow", 3 }, { "blue", 4 }, { "magenta", 5 }, { "purple", 5 },
	{ "cyan", 6 }, { "white", 7 }, { "gray", 7 }, { "grey", 7 },
};

static const struct {
	const char *name;
	unsigned attr;
} attr_names[] = {
	{ "none", 0 }, { "normal", 0 }, { "bold", STYLE_BOLD }, { "dim", STYLE_DIM },
	{ "underline", STYLE_UNDERLINE }, { "reverse", STYLE_REVERSE },
	{ "standout", STYLE_REVERSE }, { "italic", STYLE_ITALIC }, { "blink", STYLE_BLINK },
};

static bool parse_attr(const char *word, unsigned *attrs)
{
	for (size_t i = 0; i < G_N_ELEMENTS(attr_names); i++) {
		if (g_ascii_strcasecmp(word, attr_names[i].name) == 0) {
			*attrs |= attr_names[i].attr;
			return true;
		}
	}
	return false;
}

static const unsigned char cube[6] = { 0x00, 0x5f, 0x87, 0xaf, 0xd7, 0xff };

unsigned theme_rgb(int colour)
{
	static const unsigned basic[16] = {
		0x000000, 0x800000, 0x008000, 0x808000, 0x000080, 0x800080,
		0x008080, 0xc0c0c0, 0x808080, 0xff0000, 0x00ff00, 0xffff00,
		0x0000ff, 0xff00ff, 0x00ffff, 0xffffff,
	};

	if (colour < 16)
		return basic[MAX(colour, 0)];
	if (colour >= 232) {
		unsigned grey = 8 + 10 * (MIN(colour, 255) - 232);

		return grey << 16 | grey << 8 | grey;
	}
	colour -= 16;
	return (unsigned)cube[colour / 36] << 16 | cube[colour / 6 % 6] << 8 |
		cube[colour % 6];
}

static int channel_distance(unsigned a, unsigned b, int shift)
{
	int d = (int)(a >> shift & 0xff) - (int)(b >> shift & 0xff);

	return d * d;
}

static int nearest_colour(unsigned rgb)
{
	int best = 16, best_distance = G_MAXINT;

	for (int i = 16; i < 256; i++) {
		unsigned other = theme_rgb(i);
		int distance = channel_distance(rgb, other, 16) +
			channel_distance(rgb, other, 8) + channel_distance(rgb, other, 0);

		if (distance < best_distance) {
			best = i;
			best_distance = distance;
		}
	}
	return best;
}

static bool parse_number(const char *text, int base, uint64_t max, uint64_t *out)
{
	char *end;

	if (!g_ascii_isxdigit(*text))
		return false;
	*out = g_ascii_strtoull(text, &end, base);
	return *end == '\0' && *out <= max;
}

static bool parse_named(const char *word, int *colour)
{
	bool is_bright = true;

	if (g_ascii_strncasecmp(word, "bright", 6) == 0)
		word += 6;
	else if (g_ascii_strncasecmp(word, "light", 5) == 0)
		word += 5;
	else
		is_bright = false;
	for (size_t i = 0; i < G_N_ELEMENTS(colour_names); i++) {
		if (g_ascii_strcasecmp(word, colour_names[i].name) != 0)
			continue;
		*colour = colour_names[i].colour;
		if (is_bright && *colour >= 0)
			*colour += 8;
		return true;
	}
	return false;
}

static bool parse_colour(const char *word, int *colour, GError **error)
{
	uint64_t n;

	if (word[0] == '#' && strlen(word) == 7 && parse_number(word + 1, 16, 0xffffff, &n)) {
		*colour = nearest_colour((unsigned)n);
		return true;
	}
	if (g_ascii_strncasecmp(word, "color", 5) == 0 && parse_number(word + 5, 10, 255, &n)) {
		*colour = (int)n;
		return true;
	}
	if (parse_named(word, colour))
		return true;
	g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
		"no colour '%s': a name such as blue or brightblue, color0 to color255, #RRGGBB or default",
		word);
	return false;
}

enum theme_object theme_object_find(const char *name)
{
	char *normal = g_strdelimit(g_ascii_strdown(name, -1), "-", '_');
	enum theme_object found = THEME_N_OBJECTS;

	if (strcmp(normal, "quoted0") == 0)
		normal[6] = '\0';
	for (int i = 0; i < THEME_N_OBJECTS; i++) {
		if (strcmp(objects[i].name, normal) == 0)
			found = i;
	}
	g_free(normal);
	return found;
}

const char *theme_object_name(enum theme_object object)
{
	return objects[object].name;
}

const char *theme_object_summary(enum theme_object object)
{
	return objects[object].summary;
}

static bool find_object(const char *name, enum theme_object *object, GError **error)
{
	*object = theme_object_find(name);
	if (*object != THEME_N_OBJECTS)
		return true;
	g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
		"nothing called '%s' can be coloured; see COLOURS in culverrc(5)", name);
	return false;
}

static bool usage(bool is_mono, GError **error)
{
	g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE, is_mono
		? "expected OBJECT ATTRIBUTE [PATTERN]"
		: "expected OBJECT FOREGROUND BACKGROUND [PATTERN]");
	return false;
}

static bool parse_style(bool is_mono, const char *const **words, unsigned *n,
	struct style *style, GError **error)
{
	*style = nothing;
	while (*n > 0 && parse_attr(**words, &style->attrs)) {
		(*words)++;
		(*n)--;
	}
	if (is_mono)
		return true;
	if (*n < 2)
		return usage(is_mono, error);
	if (!parse_colour((*words)[0], &style->fg, error) ||
		!parse_colour((*words)[1], &style->bg, error))
		return false;
	*words += 2;
	*n -= 2;
	return true;
}

static void remove_rules(GPtrArray *rules, enum theme_object object, const char *pattern)
{
	for (guint i = rules->len; i-- > 0;) {
		const struct theme_rule *rule = rules->pdata[i];

		if (rule->object == object && (!pattern || strcmp(rule->pattern, pattern) == 0))
			g_ptr_array_remove_index(rules, i);
	}
}

/* Rows are coloured by mutt's patterns, text by regular expressions. */
static bool check_pattern(enum theme_object object, const char *text, GError **error)
{
	GRegex *regex;

	if (g_str_has_prefix(theme_object_name(object), "index")) {
		struct pattern *pattern = pattern_parse(text, error);
		bool is_valid = pattern != NULL;

		/* Painting waits for nobody. */
		if (is_valid && (pattern_needs_server(pattern) || pattern_needs_all(pattern))) {
			g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
				"a row by itself does not tell '%s': no colour for it",
				text);
			is_valid = false;
		}
		pattern_free(&pattern);
		return is_valid;
	}
	regex = g_regex_new(text, 0, 0, error);
	if (!regex)
		return false;
	g_regex_unref(regex);
	return true;
}

static void add_rule(GPtrArray *rules, enum theme_object object,
	const char *pattern, struct style style)
{
	struct theme_rule *rule = g_new0(struct theme_rule, 1);

	remove_rules(rules, object, pattern);
	rule->object = object;
	rule->pattern = g_strdup(pattern);
	rule->style = style;
	g_ptr_array_add(rules, rule);
}

bool theme_set(bool is_mono, const char *const *words, unsigned n, GError **error)
{
	enum theme_object object;
	struct style style;

	ensure_rules();
	if (n < 2)
		return usage(is_mono, error);
	if (!find_object(words[0], &object, error))
		return false;
	words++;
	n--;
	if (!parse_style(is_mono, &words, &n, &style, error))
		return false;
	if (n > 1)
		return usage(is_mono, error);
	if (n == 1 && !check_pattern(object, words[0], error))
		return false;
	theme.generation++;
	if (n == 1) {
		add_rule(is_mono ? theme.mono_rules : theme.color_rules, object, words[0], style);
		return true;
	}
	(is_mono ? theme.user_mono : theme.user_color)[object] = style;
	(is_mono ? theme.user_mono_set : theme.user_color_set)[object] = true;
	return true;
}

bool theme_unset(bool is_mono, const char *const *words, unsigned n, GError **error)
{
	GPtrArray *rules;
	bool *set = is_mono ? theme.user_mono_set : theme.user_color_set;
	enum theme_object object;

	ensure_rules();
	rules = is_mono ? theme.mono_rules : theme.color_rules;
	theme.generation++;
	if (n == 1 && strcmp(words[0], "*") == 0) {
		g_ptr_array_set_size(rules, 0);
		memset(set, 0, THEME_N_OBJECTS * sizeof(*set));
		return true;
	}
	if (n == 0)
		return usage(is_mono, error);
	if (!find_object(words[0], &object, error))
		return false;
	if (n == 1)
		set[object] = false;
	for (unsigned i = 1; i < n; i++)
		remove_rules(rules, object, strcmp(words[i], "*") == 0 ? NULL : words[i]);
	return true;
}

/* --- contrast ------------------------------------------------------------- */

static double linear(unsigned channel)
{
	double c = channel / 255.0, x;

	if (c <= 0.03928)
		return c / 12.92;
	/* x^2.4 as x^2 * (x^2)^(1/5): no libm needed. */
	x = (c + 0.055) / 1.055;
	double square = x * x, root = 1;

	for (int i = 0; i < 40; i++)
		root -= (root * root * root * root * root - square) /
			(5 * root * root * root * root);
	return square * root;
}

static double luminance(unsigned rgb)
{
	return 0.2126 * linear(rgb >> 16 & 0xff) + 0.7152 * linear(rgb >> 8 & 0xff) +
		0.0722 * linear(rgb & 0xff);
}

double theme_contrast(unsigned rgb_a, unsigned rgb_b)
{
	double a = luminance(rgb_a), b = luminance(rgb_b);

	return (MAX(a, b) + 0.05) / (MIN(a, b) + 0.05);
}
