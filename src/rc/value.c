/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/rc/value.h"

#include <pwd.h>

#include "src/base/error.h"
#include "src/rc/name.h"

static const char *const quad_names[] = {
	[OPTION_NO] = "no",
	[OPTION_YES] = "yes",
	[OPTION_ASK_NO] = "ask-no",
	[OPTION_ASK_YES] = "ask-yes",
};

char **option_split_list(const char *text)
{
	GPtrArray *words = g_ptr_array_new();
	GString *word = g_string_new(NULL);

	for (const char *p = text;; p++) {
		bool ends = *p == '\0' || strchr(" \t\n,", *p) != NULL;

		if (!ends) {
			if (*p == '\\' && p[1] != '\0' && strchr(" ,", p[1]))
				p++;
			g_string_append_c(word, *p);
		} else if (word->len > 0) {
			g_ptr_array_add(words, g_strdup(word->str));
			g_string_truncate(word, 0);
		}
		if (*p == '\0')
			break;
	}
	g_string_free(word, TRUE);
	g_ptr_array_add(words, NULL);
	return (char **)g_ptr_array_free(words, FALSE);
}

char *option_join_list(const char *const *words)
{
	GString *text = g_string_new(NULL);

	for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
		if (i > 0)
			g_string_append_c(text, ' ');
		for (const char *p = words[i]; *p != '\0'; p++) {
			if (*p == ' ' || *p == ',')
				g_string_append_c(text, '\\');
			g_string_append_c(text, *p);
		}
	}
	return g_string_free(text, FALSE);
}

/* The home at the start of a path; returns where the rest begins. */
static const char *expand_home(const char *path, GString *out)
{
	size_t length;
	g_autofree char *user = NULL;
	const struct passwd *entry;

	if (*path != '~')
		return path;
	length = strcspn(path + 1, "/");
	if (length == 0) {
		g_string_append(out, g_get_home_dir());
		return path + 1;
	}
	user = g_strndup(path + 1, length);
	entry = getpwnam(user);
	if (entry == NULL)
		return path;
	g_string_append(out, entry->pw_dir);
	return path + 1 + length;
}

char *option_expand_path(const char *path)
{
	GString *out = g_string_new(NULL);
	const char *p = expand_home(path, out);

	while (*p != '\0') {
		bool has_brace = p[0] == '$' && p[1] == '{';
		const char *name = p + (has_brace ? 2 : 1);
		size_t length = 0;

		if (*p == '$') {
			while (g_ascii_isalnum(name[length]) ||
				name[length] == '_')
				length++;
		}
		if (length == 0 || (has_brace && name[length] != '}')) {
			g_string_append_c(out, *p++);
			continue;
		}
		g_autofree char *variable = g_strndup(name, length);
		const char *value = g_getenv(variable);

		g_string_append(out, value != NULL ? value : "");
		p = name + length + (has_brace ? 1 : 0);
	}
	return g_string_free(out, FALSE);
}

static bool fail(GError **error, const struct option_row *row,
	const char *expected, const char *text)
{
	g_set_error(error, OPTION_ERROR, OPTION_ERROR_VALUE,
		"'%s' must be %s, not '%s'", row->name, expected, text);
	return false;
}

static bool parse_bool(const char *text, int64_t *number_out)
{
	static const char *const words[] = { "no", "yes", "off", "on", "false",
		"true", "0", "1" };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (g_ascii_strcasecmp(text, words[i]) == 0) {
			*number_out = (int64_t)(i % 2);
			return true;
		}
	}
	return false;
}

static bool parse_quad(const char *text, int64_t *number_out)
{
	for (size_t i = 0; i < G_N_ELEMENTS(quad_names); i++) {
		if (rc_name_equal(text, quad_names[i])) {
			*number_out = (int64_t)i;
			return true;
		}
	}
	return parse_bool(text, number_out);
}

static bool parse_number(const struct option_row *row, const char *text,
	int64_t *number_out, GError **error)
{
	gint64 number;

	if (!g_ascii_string_to_signed(text, 10, row->min, row->max, &number,
		    NULL)) {
		g_set_error(error, OPTION_ERROR, OPTION_ERROR_VALUE,
			"'%s' must be a number from %" G_GINT64_FORMAT
			" to %" G_GINT64_FORMAT ", not '%s'",
			row->name, (gint64)row->min, (gint64)row->max, text);
		return false;
	}
	*number_out = number;
	return true;
}

static void fail_choice(const struct option_row *row, const char *text,
	char **choices, GError **error)
{
	g_autofree char *list = g_strjoinv(", ", choices);
	struct rc_nearest nearest;

	rc_nearest_init(&nearest, text);
	for (size_t i = 0; choices[i] != NULL; i++)
		rc_nearest_offer(&nearest, choices[i]);
	if (nearest.best != NULL)
		g_set_error(error, OPTION_ERROR, OPTION_ERROR_VALUE,
			"'%s' must be one of %s, not '%s'; did you mean '%s'?",
			row->name, list, text, nearest.best);
	else
		g_set_error(error, OPTION_ERROR, OPTION_ERROR_VALUE,
			"'%s' must be one of %s, not '%s'", row->name, list,
			text);
}

static bool parse_enum(const struct option_row *row, const char *text,
	struct option_value *value, GError **error)
{
	g_auto(GStrv) choices = g_strsplit(row->choices, " ", -1);

	for (size_t i = 0; choices[i] != NULL; i++) {
		if (rc_name_equal(choices[i], text)) {
			value->number = (int64_t)i;
			value->text = g_strdup(choices[i]);
			return true;
		}
	}
	fail_choice(row, text, choices, error);
	return false;
}

static bool validate(const struct option_row *row,
	const struct option_value *value, GError **error)
{
	GError *problem = NULL;

	if (row->validate != NULL && row->type == OPTION_LIST) {
		for (size_t i = 0; value->list != NULL &&
			value->list[i] != NULL && problem == NULL; i++)
			row->validate(value->list[i], &problem);
	} else if (row->validate != NULL && value->text != NULL &&
		*value->text != '\0') {
		row->validate(value->text, &problem);
	}
	if (problem == NULL && row->type == OPTION_REGEX &&
		value->text != NULL)
		option_validate_regex(value->text, &problem);
	if (problem == NULL && row->type == OPTION_COMMAND &&
		value->text != NULL && *value->text != '\0')
		option_validate_command(value->text, &problem);
	if (problem == NULL)
		return true;
	g_propagate_prefixed_error(error, problem, "'%s': ", row->name);
	return false;
}

static bool parse_list(const char *text, struct option_value *value)
{
	char **words = option_split_list(text);

	if (words[0] == NULL) {
		g_strfreev(words);
		return true;
	}
	value->list = words;
	value->text = option_join_list((const char *const *)words);
	return true;
}

static bool parse_text(const struct option_row *row, const char *text,
	struct option_value *value)
{
	/* An option without a default is unset or says something. */
	if (*text == '\0' && row->def == NULL)
		return true;
	value->text = g_strdup(text);
	value->string = row->type == OPTION_PATH ? option_expand_path(text) :
						   g_strdup(text);
	return true;
}

static bool parse_as_type(const struct option_row *row, const char *text,
	struct option_value *value, GError **error)
{
	switch (row->type) {
	case OPTION_BOOL:
		if (!parse_bool(text, &value->number))
			return fail(error, row, "yes or no", text);
		value->text = g_strdup(quad_names[value->number]);
		return true;
	case OPTION_QUAD:
		if (!parse_quad(text, &value->number))
			return fail(error, row, "yes, no, ask-yes or ask-no",
				text);
		value->text = g_strdup(quad_names[value->number]);
		return true;
	case OPTION_NUMBER:
		if (!parse_number(row, text, &value->number, error))
			return false;
		value->text = g_strdup_printf("%" G_GINT64_FORMAT,
			(gint64)value->number);
		return true;
	case OPTION_ENUM:
		return parse_enum(row, text, value, error);
	case OPTION_LIST:
		return parse_list(text, value);
	default:
		return parse_text(row, text, value);
	}
}

/* What an option is after "unset". */
static const char *unset_text(const struct option_row *row)
{
	switch (row->type) {
	case OPTION_BOOL:
	case OPTION_QUAD:
		return "no";
	case OPTION_NUMBER:
		if (row->min > 0 || row->max < 0)
			return row->def;
		return "0";
	case OPTION_ENUM:
		return row->def;
	default:
		return "";
	}
}

struct option_value *option_value_parse(const struct option_row *row,
	const char *text, GError **error)
{
	struct option_value *value = g_new0(struct option_value, 1);

	if (text == NULL)
		text = unset_text(row);
	if (!parse_as_type(row, text, value, error) ||
		!validate(row, value, error))
		option_value_free(&value);
	return value;
}

/* Not optimized away: the memory may be given to somebody else next. */
static void wipe(char *text)
{
	volatile char *p = text;

	while (p != NULL && *p != '\0')
		*p++ = '\0';
}

void option_value_free(struct option_value **value)
{
	struct option_value *old = *value;

	*value = NULL;
	if (old == NULL)
		return;
	wipe(old->text);
	wipe(old->string);
	g_free(old->text);
	g_free(old->string);
	g_strfreev(old->list);
	g_free(old);
}

void option_value_store(const struct option_value *value,
	const struct option_row *row, void *values)
{
	void *member = (char *)values + row->offset;

	switch (row->type) {
	case OPTION_BOOL:
		*(bool *)member = value->number != 0;
		break;
	case OPTION_QUAD:
		*(enum option_quad *)member = (enum option_quad)value->number;
		break;
	case OPTION_NUMBER:
		*(int64_t *)member = value->number;
		break;
	case OPTION_ENUM:
		*(int *)member = (int)value->number;
		break;
	case OPTION_LIST:
		*(const char *const **)member =
			(const char *const *)value->list;
		break;
	default:
		*(const char **)member = value->string;
		break;
	}
}
