/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of the screens. See context.h. */
#include "src/base/base.h"
#include "ui/context.h"

#include "src/base/error.h"

/* The first name of each bit is culver's, others are mutt's. */
static const struct {
	const char *name;
	unsigned contexts;
} names[] = {
	{ "index", CONTEXT_INDEX },
	{ "pager", CONTEXT_PAGER },
	{ "folders", CONTEXT_FOLDERS },
	{ "browser", CONTEXT_FOLDERS },
	{ "parts", CONTEXT_PARTS },
	{ "attach", CONTEXT_PARTS },
	{ "help", CONTEXT_HELP },
	{ "text", CONTEXT_TEXT },
	{ "trace", CONTEXT_TRACE },
	{ "acl", CONTEXT_ACL },
	{ "queue", CONTEXT_QUEUE },
	{ "found", CONTEXT_FOUND },
	{ "prompt", CONTEXT_PROMPT },
	{ "editor", CONTEXT_PROMPT },
	{ "sidebar", CONTEXT_SIDEBAR },
	{ "generic", CONTEXT_GENERIC },
	/* What is not built yet in this program has no keys of its own. */
	{ "compose", CONTEXT_NONE },
	{ "postpone", CONTEXT_NONE },
	{ "alias", CONTEXT_NONE },
	{ "query", CONTEXT_NONE },
	{ "pgp", CONTEXT_NONE },
	{ "smime", CONTEXT_NONE },
	{ "mix", CONTEXT_NONE },
	{ "list", CONTEXT_NONE },
};

/* "generic, index, pager ...": the first name of each bit. */
static char *all_names(void)
{
	GString *text = g_string_new("generic");

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (names[i].contexts != CONTEXT_NONE &&
			names[i].contexts != CONTEXT_GENERIC &&
			(i == 0 || names[i].contexts != names[i - 1].contexts))
			g_string_append_printf(text, ", %s", names[i].name);
	}
	return g_string_free(text, FALSE);
}

static bool parse_one(const char *name, unsigned *contexts, GError **error)
{
	char *all;

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (g_ascii_strcasecmp(name, names[i].name) == 0) {
			*contexts |= names[i].contexts;
			return true;
		}
	}
	all = all_names();
	g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
		"no screen '%s'; there are %s", name, all);
	g_free(all);
	return false;
}

unsigned context_parse(const char *text, GError **error)
{
	char **words = g_strsplit(text, ",", -1);
	unsigned contexts = 0;

	for (size_t i = 0; words[i]; i++) {
		if (!parse_one(words[i], &contexts, error)) {
			contexts = 0;
			break;
		}
	}
	if (contexts == 0 && words[0] == NULL)
		parse_one("", &contexts, error);
	g_strfreev(words);
	return contexts;
}

const char *context_name(enum context context)
{
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (names[i].contexts == context)
			return names[i].name;
	}
	return "generic";
}
