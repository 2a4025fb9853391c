/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts variables and the output of programs into the words of a command. */
#include "src/base/base.h"
#include "src/rc/run.h"

#include "src/base/error.h"
#include "src/rc/option.h"

char *command_variable(const char *name, struct option_set *scope)
{
	const struct option_row *row;
	const char *value;

	if (g_str_has_prefix(name, "my_"))
		return g_strdup(rc_variable(name));
	row = option_find(name);
	if (row != NULL)
		return option_get_text(scope, row);
	value = g_getenv(name);
	return value == NULL ? NULL : g_utf8_make_valid(value, -1);
}

/* The word being put together; an unquoted program's output may split it. */
struct builder {
	GPtrArray *argv;
	GArray *origins;
	struct command_origin origin;
	GString *word;
	bool has_word;
};

static void end_word(struct builder *builder)
{
	if (!builder->has_word)
		return;
	g_ptr_array_add(builder->argv, g_strdup(builder->word->str));
	g_array_append_val(builder->origins, builder->origin);
	g_string_truncate(builder->word, 0);
	builder->has_word = false;
}

static void add_text(struct builder *builder, const char *text)
{
	g_string_append(builder->word, text);
	builder->has_word = true;
}

static void add_split(struct builder *builder, const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		if (g_ascii_isspace(*p)) {
			end_word(builder);
		} else {
			g_string_append_c(builder->word, *p);
			builder->has_word = true;
		}
	}
}

static bool add_part(struct builder *builder, const struct rc_part *part,
	struct option_set *scope, GError **error)
{
	g_autofree char *value = NULL;

	switch (part->type) {
	case RC_PART_TEXT:
		add_text(builder, part->text);
		return true;
	case RC_PART_VARIABLE:
		value = command_variable(part->text, scope);
		if (value == NULL) {
			g_set_error(error, CMD_ERROR, CMD_ERROR_UNKNOWN,
				"no option or variable '%s'; write \\$ or use "
				"single quotes for a mere $",
				part->text);
			return false;
		}
		add_text(builder, value);
		return true;
	default:
		value = rc_output_of(part->text, error);
		if (value == NULL)
			return false;
		if (part->is_quoted)
			add_text(builder, value);
		else
			add_split(builder, value);
		return true;
	}
}

static bool expand_word(struct builder *builder, const struct rc_word *word,
	struct option_set *scope, GError **error)
{
	builder->origin = word->origin;
	builder->has_word = word->is_quoted;
	for (size_t i = 0; i < word->n_parts; i++) {
		if (!add_part(builder, &word->parts[i], scope, error))
			return false;
	}
	end_word(builder);
	return true;
}

bool command_expand(const struct command *command, struct option_set *scope,
	GPtrArray *argv, GArray *origins, struct command_origin *blamed_out,
	GError **error)
{
	struct builder builder = { .argv = argv, .origins = origins,
		.word = g_string_new(NULL) };
	bool ok = true;

	for (unsigned i = 0; i < command->n_words && ok; i++) {
		ok = expand_word(&builder, &command->words[i], scope, error);
		if (!ok)
			*blamed_out = command->words[i].origin;
	}
	g_string_free(builder.word, TRUE);
	return ok;
}
