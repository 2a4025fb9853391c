/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The conditions of "if". "and" binds tighter than "or"; no parentheses. */
#include "src/base/base.h"
#include "src/rc/language.h"

#include "src/base/error.h"
#include "src/rc/name.h"
#include "src/rc/value.h"

struct reader {
	const char *const *words;
	unsigned n, at;
};

static const char *next_word(struct reader *reader)
{
	return reader->at < reader->n ? reader->words[reader->at++] : NULL;
}

static bool take_word(struct reader *reader, const char *word)
{
	if (reader->at >= reader->n ||
		strcmp(reader->words[reader->at], word) != 0)
		return false;
	reader->at++;
	return true;
}

static bool fail_expected(GError **error, const char *expected)
{
	g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE, "expected %s", expected);
	return false;
}

static bool test_version(struct reader *reader, bool *result_out,
	GError **error)
{
	static const struct {
		const char *text;
		bool less, equal, greater;
	} operators[] = {
		{ "<", true, false, false }, { "<=", true, true, false },
		{ "=", false, true, false }, { "==", false, true, false },
		{ "!=", true, false, true }, { ">=", false, true, true },
		{ ">", false, false, true },
	};
	const char *text = next_word(reader), *version = next_word(reader);
	int order;

	if (version == NULL)
		return fail_expected(error, "a comparison such as >= 0.2");
	order = rc_version_compare(CULVER_VERSION, version);
	for (size_t i = 0; i < G_N_ELEMENTS(operators); i++) {
		if (strcmp(operators[i].text, text) != 0)
			continue;
		*result_out = order < 0 ? operators[i].less :
			order > 0	? operators[i].greater :
					  operators[i].equal;
		return true;
	}
	reader->at -= 2;
	return fail_expected(error, "<, <=, =, !=, >= or > after 'version'");
}

static bool test_exists(const char *path)
{
	g_autofree char *expanded = option_expand_path(path);

	return g_file_test(expanded, G_FILE_TEST_EXISTS);
}

/* NAME, or NAME=VALUE. */
static bool test_env(const char *text)
{
	const char *equals = strchr(text, '=');
	g_autofree char *name = g_strndup(text,
		equals != NULL ? (gsize)(equals - text) : strlen(text));
	const char *value = g_getenv(name);

	if (equals == NULL)
		return value != NULL;
	return g_strcmp0(value, equals + 1) == 0;
}

static bool test_option(const char *name)
{
	return option_find(name) != NULL;
}

static bool test_term(const char *glob)
{
	const char *term = g_getenv("TERM");

	return g_pattern_match_simple(glob, term != NULL ? term : "");
}

static bool test_command(const char *name)
{
	return command_find(name) != NULL;
}

static const struct {
	const char *word, *expected;
	bool (*test)(const char *argument);
} tests[] = {
	{ "command", "a command after 'command'", test_command },
	{ "env", "a variable after 'env'", test_env },
	{ "exists", "a file after 'exists'", test_exists },
	{ "option", "an option after 'option'", test_option },
	{ "term", "a name of a terminal after 'term'", test_term },
};

static bool read_test(struct reader *reader, bool *result_out, GError **error)
{
	const char *word = next_word(reader), *argument;

	if (word != NULL && strcmp(word, "version") == 0)
		return test_version(reader, result_out, error);
	for (size_t i = 0; word != NULL && i < G_N_ELEMENTS(tests); i++) {
		if (strcmp(tests[i].word, word) != 0)
			continue;
		argument = next_word(reader);
		if (argument == NULL)
			return fail_expected(error, tests[i].expected);
		*result_out = tests[i].test(argument);
		return true;
	}
	if (word != NULL)
		reader->at--;
	return fail_expected(error,
		"version, exists, env, option, command or term");
}

static bool read_factor(struct reader *reader, bool *result_out, GError **error)
{
	bool is_negated = false;

	while (take_word(reader, "not") || take_word(reader, "!"))
		is_negated = !is_negated;
	if (!read_test(reader, result_out, error))
		return false;
	if (is_negated)
		*result_out = !*result_out;
	return true;
}

static bool read_product(struct reader *reader, bool *result_out,
	GError **error)
{
	bool factor;

	if (!read_factor(reader, result_out, error))
		return false;
	while (take_word(reader, "and")) {
		if (!read_factor(reader, &factor, error))
			return false;
		*result_out = *result_out && factor;
	}
	return true;
}

bool rc_condition(const char *const *words, unsigned n, bool *result_out,
	unsigned *blamed_out, GError **error)
{
	struct reader reader = { words, n, 0 };
	bool product, ok = read_product(&reader, result_out, error);

	while (ok && take_word(&reader, "or")) {
		ok = read_product(&reader, &product, error);
		*result_out = *result_out || (ok && product);
	}
	if (ok && reader.at < n)
		ok = fail_expected(error, "and, or or '{'");
	*blamed_out = MIN(reader.at, n > 0 ? n - 1 : 0);
	return ok;
}
