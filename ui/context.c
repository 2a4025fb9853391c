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

static bool parse_one(const char *name, unsigned *contexts, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (g_ascii_strcasecmp(name, names[i].name) == 0) {
			*contexts |= names[i].contexts;
			return true;
		}
	}
	g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
		"no screen '%s'; there are generic, index, pager, folders, parts, help, text, "
		"trace, acl and prompt",
		name);
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
