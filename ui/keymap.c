/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bindings, in order of definition. They are a few hundred, and a key comes a
 * few times a second: they are searched from end to end.
 */
#include "src/base/base.h"
#include "ui/keymap.h"

#include "src/base/error.h"
#include "src/rc/command.h"
#include "ui/text.h"

static GPtrArray *bindings; /* of struct binding */

/* --- names of keys ------------------------------------------------------------ */

static const struct {
	const char *name; /* in "<...>" */
	const char *shown;
	uint32_t code;
} key_names[] = {
	{ "enter", "Enter", KEY_ENTER_CODE },
	{ "return", NULL, KEY_ENTER_CODE },
	{ "esc", "Esc", KEY_ESC_CODE },
	{ "escape", NULL, KEY_ESC_CODE },
	{ "tab", "Tab", KEY_TAB_CODE },
	{ "space", "Space", ' ' },
	{ "backspace", "Backspace", KEYCODE_BACKSPACE },
	{ "backtab", "S-Tab", KEYCODE_BACKTAB },
	{ "up", "↑", KEYCODE_UP },
	{ "down", "↓", KEYCODE_DOWN },
	{ "left", "←", KEYCODE_LEFT },
	{ "right", "→", KEYCODE_RIGHT },
	{ "home", "Home", KEYCODE_HOME },
	{ "end", "End", KEYCODE_END },
	{ "pageup", "PgUp", KEYCODE_PAGE_UP },
	{ "pagedown", "PgDn", KEYCODE_PAGE_DOWN },
	{ "insert", "Ins", KEYCODE_INSERT },
	{ "delete", "Del", KEYCODE_DELETE },
	{ "c-up", "C-↑", KEYCODE_C_UP },
	{ "c-down", "C-↓", KEYCODE_C_DOWN },
	{ "c-left", "C-←", KEYCODE_C_LEFT },
	{ "c-right", "C-→", KEYCODE_C_RIGHT },
	{ "focusin", "focus", KEYCODE_FOCUS_IN },
	{ "focusout", "focus lost", KEYCODE_FOCUS_OUT },
	{ "lt", "<", '<' },
	{ "gt", ">", '>' },
	{ "semicolon", ";", ';' },
};

static bool named_key(const char *name, size_t len, uint32_t *code)
{
	char *lower = g_ascii_strdown(name, (gssize)len);
	bool found = false;

	for (size_t i = 0; i < G_N_ELEMENTS(key_names) && !found; i++) {
		found = strcmp(key_names[i].name, lower) == 0;
		*code = key_names[i].code;
	}
	if (!found && lower[0] == 'f' && g_ascii_isdigit(lower[1])) {
		guint64 n = g_ascii_strtoull(lower + 1, NULL, 10);

		found = n >= 1 && n <= 20;
		*code = KEYCODE_F0 + (uint32_t)n;
	}
	g_free(lower);
	return found;
}

static bool control_key(char c, uint32_t *code)
{
	c = g_ascii_toupper(c);
	if (c == '/')
		c = '_';
	if (c == '?')
		*code = KEYCODE_BACKSPACE;
	else if (c >= '@' && c <= '_')
		*code = (uint32_t)(c & 0x1f);
	else
		return false;
	return true;
}

static bool add_key(struct keys *keys, uint32_t code)
{
	if (keys->n >= KEYS_MAX)
		return false;
	keys->codes[keys->n++] = code;
	return true;
}

/* "<name>", "<C-x>", "<M-x>", "<Esc>"; gives the octets taken, 0 if none. */
static size_t parse_bracket(const char *p, struct keys *keys)
{
	const char *close = strchr(p + 1, '>');
	size_t len = close ? (size_t)(close - p - 1) : 0;
	uint32_t code;

	if (len == 0)
		return 0;
	if (named_key(p + 1, len, &code))
		return add_key(keys, code) ? len + 2 : 0;
	if (len == 3 && g_ascii_toupper(p[1]) == 'C' && p[2] == '-' && control_key(p[3], &code))
		return add_key(keys, code) ? len + 2 : 0;
	if (len == 3 && g_ascii_toupper(p[1]) == 'M' && p[2] == '-')
		return add_key(keys, KEY_ESC_CODE) && add_key(keys, (unsigned char)p[3]) ? len + 2 : 0;
	/* A number, as mutt has it for keys without a name: octal. */
	if (p[1] >= '0' && p[1] <= '7') {
		guint64 n = g_ascii_strtoull(p + 1, NULL, 8);

		return n > 0 && n < 256 && add_key(keys, (uint32_t)n) ? len + 2 : 0;
	}
	return 0;
}

static size_t parse_backslash(const char *p, struct keys *keys)
{
	uint32_t code = 0;
	size_t len = 2;

	switch (p[1]) {
	case 't': code = KEY_TAB_CODE; break;
	case 'r': case 'n': code = KEY_ENTER_CODE; break;
	case 'e': code = KEY_ESC_CODE; break;
	case '\\': code = '\\'; break;
	case 'C': case 'c':
		len = p[2] == '-' ? 4 : 3;
		if (p[2] == '\0' || p[len - 1] == '\0' || !control_key(p[len - 1], &code))
			return 0;
		break;
	case '\0':
		return add_key(keys, '\\') ? 1 : 0;
	default:
		return add_key(keys, '\\') ? 1 : 0;
	}
	return add_key(keys, code) ? len : 0;
}

/* What may stand in macros too, where "C-x" is three characters. */
static size_t parse_macro_key(const char *p, struct keys *keys)
{
	size_t taken = 0;
	uint32_t code;

	if (p[0] == '<' && p[1] && (taken = parse_bracket(p, keys)) > 0)
		return taken;
	if (p[0] == '\\')
		return parse_backslash(p, keys);
	if (p[0] == '^' && p[1] && control_key(p[1], &code))
		return add_key(keys, code) ? 2 : 0;
	if (!add_key(keys, g_utf8_get_char(p)))
		return 0;
	return (size_t)(g_utf8_next_char(p) - p);
}

static size_t parse_key(const char *p, struct keys *keys)
{
	uint32_t code;
	size_t taken;

	if (p[0] == 'C' && p[1] == '-' && p[2] && control_key(p[2], &code))
		return add_key(keys, code) ? 3 : 0;
	if (p[0] == 'M' && p[1] == '-' && p[2]) {
		if (!add_key(keys, KEY_ESC_CODE))
			return 0;
		taken = parse_key(p + 2, keys);
		return taken ? taken + 2 : 0;
	}
	return parse_macro_key(p, keys);
}

bool keys_parse(const char *text, struct keys *keys_out, GError **error)
{
	const char *p = text;

	keys_out->n = 0;
	if (!g_utf8_validate(text, -1, NULL) || *text == '\0') {
		g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE, "expected a key");
		return false;
	}
	while (*p) {
		size_t taken = parse_key(p, keys_out);

		if (taken == 0) {
			g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
				"'%s' is no key, or more than %d of them", text, KEYS_MAX);
			return false;
		}
		p += taken;
	}
	return true;
}

/* "<name>" of a command, as mutt's macros have it; NULL if it is none. */
static const struct command_row *named_command(const char *p, size_t *len)
{
	const char *close = *p == '<' ? strchr(p, '>') : NULL;
	const struct command_row *row;
	char *name;

	if (!close || close == p + 1)
		return NULL;
	name = g_strndup(p + 1, (gsize)(close - p - 1));
	row = command_find(name);
	g_free(name);
	*len = (size_t)(close - p) + 1;
	return row;
}

GArray *macro_parse(const char *text)
{
	GArray *steps = g_array_new(FALSE, TRUE, sizeof(struct macro_step));
	const char *p = text;

	while (*p && g_utf8_get_char_validated(p, -1) < 0x110000) {
		struct macro_step step = { 0 };
		struct keys keys = { .n = 0 };
		size_t taken = parse_macro_key(p, &keys);

		/* Keys win over commands of the same name: "<delete>". */
		if (taken <= 1 && (step.row = named_command(p, &taken)) != NULL) {
			g_array_append_val(steps, step);
			p += taken;
			continue;
		}
		for (unsigned i = 0; i < keys.n; i++) {
			step.code = keys.codes[i];
			g_array_append_val(steps, step);
		}
		p += MAX(taken, 1);
	}
	return steps;
}

static const char *shown_name(uint32_t code)
{
	for (size_t i = 0; i < G_N_ELEMENTS(key_names); i++) {
		if (key_names[i].code == code && key_names[i].shown)
			return text_is_ascii() && !g_str_is_ascii(key_names[i].shown)
				? key_names[i].name : key_names[i].shown;
	}
	return NULL;
}

static void append_shown(GString *out, uint32_t code)
{
	const char *name = shown_name(code);

	if (name)
		g_string_append(out, name);
	else if (code > KEYCODE_F0 && code <= KEYCODE_F20)
		g_string_append_printf(out, "F%u", code - KEYCODE_F0);
	else if (code < 0x20)
		g_string_append_printf(out, "C-%c", g_ascii_tolower((char)(code + '@')));
	else
		g_string_append_unichar(out, code);
}

char *keys_to_string(const struct keys *keys)
{
	GString *out = g_string_new(NULL);

	for (unsigned i = 0; i < keys->n; i++) {
		if (keys->codes[i] == KEY_ESC_CODE && i + 1 < keys->n) {
			g_string_append(out, "M-");
			continue;
		}
		append_shown(out, keys->codes[i]);
		if (i + 1 < keys->n)
			g_string_append_c(out, ' ');
	}
	return g_string_free(out, FALSE);
}

static void append_source(GString *out, uint32_t code)
{
	for (size_t i = 0; i < G_N_ELEMENTS(key_names); i++) {
		if (key_names[i].code == code && code != KEYCODE_NONE) {
			g_string_append_printf(out, "<%s>", key_names[i].name);
			return;
		}
	}
	if (code > KEYCODE_F0 && code <= KEYCODE_F20)
		g_string_append_printf(out, "<f%u>", code - KEYCODE_F0);
	else if (code < 0x20)
		g_string_append_printf(out, "\\C%c", g_ascii_tolower((char)(code + '@')));
	else if (code == '\\' || code == '^')
		g_string_append_printf(out, code == '\\' ? "\\\\" : "<%o>", code);
	else
		g_string_append_unichar(out, code);
}

char *keys_to_source(const struct keys *keys)
{
	GString *out = g_string_new(NULL);

	for (unsigned i = 0; i < keys->n; i++)
		append_source(out, keys->codes[i]);
	return g_string_free(out, FALSE);
}

/* --- the table ------------------------------------------------------------------ */

static void binding_free(void *data)
{
	struct binding *binding = data;

	command_list_unref(&binding->commands);
	g_free(binding->macro);
	g_free(binding->description);
	g_free(binding);
}

static bool starts_with(const struct keys *keys, const struct keys *prefix)
{
	return prefix->n <= keys->n && memcmp(keys->codes, prefix->codes,
		prefix->n * sizeof(*prefix->codes)) == 0;
}

static bool keys_equal(const struct keys *a, const struct keys *b)
{
	return a->n == b->n && starts_with(a, b);
}

/* Bindings that would never be reached, or that would never let the new one be
 * reached, go; a shorter one is told. */
static void remove_conflicting(const struct binding *new, char **dropped_out)
{
	for (guint i = bindings->len; i-- > 0;) {
		struct binding *old = bindings->pdata[i];
		bool is_shorter;

		if (old->context != new->context)
			continue;
		is_shorter = old->keys.n < new->keys.n &&
			starts_with(&new->keys, &old->keys);
		if (!is_shorter && !keys_equal(&old->keys, &new->keys) &&
			!starts_with(&old->keys, &new->keys))
			continue;
		if (is_shorter && dropped_out && !*dropped_out) {
			char *shorter = keys_to_string(&old->keys);
			char *longer = keys_to_string(&new->keys);

			*dropped_out = g_strdup_printf(
				"'%s' on the screen '%s' begins with '%s': the shorter binding is dropped",
				longer, context_name(new->context), shorter);
			g_free(shorter);
			g_free(longer);
		}
		g_ptr_array_remove_index(bindings, i);
	}
}

static void add_binding(struct binding *binding, char **dropped_out)
{
	remove_conflicting(binding, dropped_out);
	g_ptr_array_add(bindings, binding);
}

static void each_context(unsigned contexts, const struct binding *template, char **dropped_out)
{
	for (unsigned bit = 1; bit != 0 && bit <= contexts; bit <<= 1) {
		struct binding *binding;

		if (!(contexts & bit) || bit == CONTEXT_NONE)
			continue;
		binding = g_memdup2(template, sizeof(*template));
		binding->context = bit;
		binding->macro = g_strdup(template->macro);
		binding->description = g_strdup(template->description);
		if (template->commands)
			binding->commands = command_list_ref(template->commands);
		add_binding(binding, dropped_out);
	}
}

/* A list that is one command without arguments gives its row. */
static const struct command_row *only_row(const struct command_list *list)
{
	unsigned n_args = 0;
	const struct command_row *row;

	if (command_list_length(list) != 1)
		return NULL;
	row = command_list_row(list, 0, &n_args);
	return n_args == 0 ? row : NULL;
}

bool keymap_bind(const char *contexts, const char *keys,
	struct command_list *commands_take, bool is_user, char **dropped_out, GError **error)
{
	struct binding template = { .commands = commands_take, .is_user = is_user };
	unsigned bits = context_parse(contexts, error);
	bool ok = bits != 0 && keys_parse(keys, &template.keys, error);

	if (dropped_out)
		*dropped_out = NULL;
	if (ok) {
		template.row = only_row(commands_take);
		each_context(bits, &template, dropped_out);
	}
	command_list_unref(&commands_take);
	return ok;
}

bool keymap_macro(const char *contexts, const char *keys, const char *macro,
	const char *description, GError **error)
{
	struct binding template = { .macro = (char *)macro,
		.description = (char *)description, .is_user = true };
	unsigned bits = context_parse(contexts, error);

	if (bits == 0 || !keys_parse(keys, &template.keys, error))
		return false;
	each_context(bits, &template, NULL);
	return true;
}

bool keymap_unbind(const char *contexts, const char *keys, GError **error)
{
	bool is_all = !keys || strcmp(keys, "*") == 0;
	unsigned bits = strcmp(contexts, "*") == 0 ? ~0u : context_parse(contexts, error);
	struct keys parsed;

	if (bits == 0 || (!is_all && !keys_parse(keys, &parsed, error)))
		return false;
	for (guint i = bindings->len; i-- > 0;) {
		struct binding *binding = bindings->pdata[i];

		if (bits & binding->context && (is_all || keys_equal(&binding->keys, &parsed)))
			g_ptr_array_remove_index(bindings, i);
	}
	return true;
}

/* --- defaults -------------------------------------------------------------------- */

/* One word "CONTEXT:KEYS" of a row's keys. */
static void bind_default(const struct command_row *row, const char *word)
{
	const char *colon = strchr(word, ':');
	char *contexts = g_strndup(word, (gsize)(colon - word));
	struct command_list *list = command_parse(row->name, strlen(row->name),
		"keys", NULL, NULL);
	GError *error = NULL;

	if (!keymap_bind(contexts, colon + 1, list, false, NULL, &error)) {
		g_warning("default key '%s' of %s: %s", word, row->name, error->message);
		g_error_free(error);
	}
	g_free(contexts);
}

void keymap_init(void)
{
	const struct command_row *const *rows;
	size_t n;

	keymap_release();
	bindings = g_ptr_array_new_with_free_func(binding_free);
	rows = command_rows(&n);
	for (size_t i = 0; i < n; i++) {
		char **words = g_strsplit(rows[i]->keys ? rows[i]->keys : "", " ", -1);

		for (size_t j = 0; words[j]; j++) {
			if (*words[j])
				bind_default(rows[i], words[j]);
		}
		g_strfreev(words);
	}
}

void keymap_release(void)
{
	g_clear_pointer(&bindings, g_ptr_array_unref);
}

/* --- looking up -------------------------------------------------------------------- */

enum keymap_match keymap_lookup(enum context context, const struct keys *keys,
	const struct binding **binding_out)
{
	enum keymap_match match = KEYMAP_NONE;

	for (guint i = 0; bindings && i < bindings->len; i++) {
		const struct binding *binding = bindings->pdata[i];

		if (binding->context != context || !starts_with(&binding->keys, keys))
			continue;
		if (binding->keys.n == keys->n) {
			*binding_out = binding;
			return KEYMAP_FOUND;
		}
		match = KEYMAP_PREFIX;
	}
	return match;
}

GPtrArray *keymap_bindings(enum context context)
{
	GPtrArray *found = g_ptr_array_new();

	for (guint i = 0; bindings && i < bindings->len; i++) {
		struct binding *binding = bindings->pdata[i];

		if (binding->context == context)
			g_ptr_array_add(found, binding);
	}
	return found;
}

/* A user's binding wins over a default, an earlier one over a later. */
char *keymap_key_of(enum context context, const char *command)
{
	const struct command_row *row = command_find(command);
	const struct binding *found = NULL;

	for (guint i = 0; row && bindings && i < bindings->len; i++) {
		const struct binding *binding = bindings->pdata[i];

		if (binding->context != context || binding->row != row)
			continue;
		if (!found || (binding->is_user && !found->is_user))
			found = binding;
	}
	return found ? keys_to_string(&found->keys) : NULL;
}
