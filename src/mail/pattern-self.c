/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a pattern knows of the rc: "~p", "~P", "~l", "~u", "%f". */
#include "src/base/base.h"
#include "src/mail/pattern-private.h"
#include "src/rc/command.h"

/* "Bob <bob@example.org>" or "bob@example.org". */
static char *bare_address(const char *from)
{
	const char *open = strrchr(from, '<');
	const char *close = open != NULL ? strchr(open, '>') : NULL;
	char *address = close != NULL ?
		g_strndup(open + 1, (size_t)(close - open - 1)) :
		g_strdup(from);

	return g_strstrip(address);
}

static void unref_regex(void *regex)
{
	g_regex_unref(regex);
}

static GPtrArray *compile(const char *const *words)
{
	GPtrArray *regexes = g_ptr_array_new_with_free_func(unref_regex);

	for (; words != NULL && *words != NULL; words++) {
		GRegex *regex = g_utf8_validate(*words, -1, NULL) ?
			pattern_regex_new(*words, true, NULL) : NULL;

		if (regex != NULL)
			g_ptr_array_add(regexes, regex);
	}
	return regexes;
}

struct pattern_self *pattern_self_new(const char *from,
	const char *const *const words[PATTERN_N_LISTS])
{
	struct pattern_self *self = g_new0(struct pattern_self, 1);

	self->from = g_strdup(from);
	if (from != NULL)
		self->address = bare_address(from);
	for (size_t i = 0; i < PATTERN_N_LISTS; i++) {
		self->words[i] = g_strdupv((char **)words[i]);
		self->regexes[i] = compile(words[i]);
	}
	return self;
}

void pattern_self_free(struct pattern_self **selfp)
{
	struct pattern_self *self = *selfp;

	if (self == NULL)
		return;
	*selfp = NULL;
	for (size_t i = 0; i < PATTERN_N_LISTS; i++) {
		g_strfreev(self->words[i]);
		g_ptr_array_unref(self->regexes[i]);
	}
	g_free(self->from);
	g_free(self->address);
	g_free(self);
}

static bool same_words(char *const *own, const char *const *words)
{
	if (own == NULL || words == NULL)
		return (own == NULL || *own == NULL) &&
			(words == NULL || *words == NULL);
	return g_strv_equal((const char *const *)own, words);
}

bool pattern_self_is_of(const struct pattern_self *self, const char *from,
	const char *const *const words[PATTERN_N_LISTS])
{
	for (size_t i = 0; i < PATTERN_N_LISTS; i++) {
		if (!same_words(self->words[i], words[i]))
			return false;
	}
	return g_strcmp0(self->from, from) == 0;
}

/* --- groups -------------------------------------------------------------- */

/* "Bob <bob@example.org>, carol@example.org": what is none of these, as a part
 * of a quoted name, equals no address. */
static void add_addresses(struct pattern_group *group, const char *list)
{
	char **parts = g_strsplit(list, ",", -1);

	for (char **part = parts; *part != NULL; part++) {
		char *address = bare_address(*part);

		g_hash_table_add(group->addresses,
			g_ascii_strdown(address, -1));
		g_free(address);
	}
	g_strfreev(parts);
}

struct pattern_group *pattern_group_new(const char *name)
{
	const char *const *addresses = rc_group(name, false);
	struct pattern_group *group;

	if (addresses == NULL)
		return NULL;
	group = g_new0(struct pattern_group, 1);
	group->addresses = g_hash_table_new_full(g_str_hash, g_str_equal,
		g_free, NULL);
	for (; *addresses != NULL; addresses++)
		add_addresses(group, *addresses);
	group->regexes = compile(rc_group(name, true));
	return group;
}

void pattern_group_free(struct pattern_group *group)
{
	if (group == NULL)
		return;
	g_hash_table_unref(group->addresses);
	g_ptr_array_unref(group->regexes);
	g_free(group);
}

bool pattern_group_has(const struct pattern_group *group, const char *address)
{
	char *lower = g_ascii_strdown(address, -1);
	bool has = g_hash_table_contains(group->addresses, lower) ||
		pattern_any_regex(group->regexes, address);

	g_free(lower);
	return has;
}
