/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/flag.h"
#include "src/base/arena.h"
#include "src/imap/arg.h"

static const struct {
	enum imap_flag flag;
	const char *name;
} table[] = {
	{ IMAP_FLAG_SEEN, "\\Seen" },
	{ IMAP_FLAG_ANSWERED, "\\Answered" },
	{ IMAP_FLAG_FLAGGED, "\\Flagged" },
	{ IMAP_FLAG_DELETED, "\\Deleted" },
	{ IMAP_FLAG_DRAFT, "\\Draft" },
	{ IMAP_FLAG_RECENT, "\\Recent" },
	{ IMAP_FLAG_ANY_KEYWORD, "\\*" },
};

enum imap_flag imap_flag_from_name(const char *name)
{
	if (*name == '\\')
		name++;
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
		if (g_ascii_strcasecmp(name, table[i].name + 1) == 0)
			return table[i].flag;
	return 0;
}

const char *imap_flag_name(enum imap_flag flag)
{
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
		if (table[i].flag == flag)
			return table[i].name;
	return NULL;
}

bool imap_flags_from_arg(const struct imap_arg *arg, struct arena *arena,
	struct imap_flags *flags_out)
{
	const struct imap_arg *items;
	const char **keywords = NULL, *name;
	size_t n;

	*flags_out = (struct imap_flags){ 0 };
	if (!imap_arg_get_list(arg, &items, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!imap_arg_get_astring(&items[i], &name) || *name == '\0')
			continue;
		if (*name == '\\') {
			flags_out->system |= imap_flag_from_name(name);
			continue;
		}
		if (keywords == NULL)
			keywords = arena_new_array(arena, const char *, n - i);
		keywords[flags_out->n_keywords++] = name;
	}
	flags_out->keywords = keywords;
	return true;
}

bool imap_keyword_is_valid(const char *keyword)
{
	if (*keyword == '\0')
		return false;
	for (const char *p = keyword; *p != '\0'; p++)
		if (!imap_is_atom_char((unsigned char)*p))
			return false;
	return true;
}

char *imap_flags_to_string(const struct imap_flags *flags)
{
	GString *text = g_string_new("(");

	for (unsigned bit = 1; bit < IMAP_FLAG_RECENT; bit <<= 1)
		if ((flags->system & bit) != 0)
			g_string_append_printf(text, "%s%s",
				text->len > 1 ? " " : "",
				imap_flag_name((enum imap_flag)bit));
	for (size_t i = 0; i < flags->n_keywords; i++)
		if (imap_keyword_is_valid(flags->keywords[i]))
			g_string_append_printf(text, "%s%s",
				text->len > 1 ? " " : "",
				flags->keywords[i]);
	g_string_append_c(text, ')');
	return g_string_free(text, FALSE);
}
