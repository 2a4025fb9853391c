/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "ui/flags.h"
#include "src/mail/action.h"

struct flag_words {
	GPtrArray *keywords; /* of char * */
	struct imap_flags flags;
};

struct flag_words *flag_words_parse(const char *const *words, GError **error)
{
	struct flag_words *parsed = g_new0(struct flag_words, 1);

	parsed->keywords = g_ptr_array_new_with_free_func(g_free);
	for (; *words != NULL; words++) {
		struct imap_flags flags;
		const char *keyword;
		bool invert;

		if (!action_parse_flag(*words, &invert, &flags, &keyword,
			error)) {
			flag_words_free(&parsed);
			return NULL;
		}
		if (keyword != NULL)
			g_ptr_array_add(parsed->keywords, g_strdup(keyword));
		if (!invert)
			parsed->flags.system |= flags.system;
	}
	parsed->flags.keywords =
		(const char *const *)parsed->keywords->pdata;
	parsed->flags.n_keywords = parsed->keywords->len;
	return parsed;
}

const struct imap_flags *flag_words_flags(const struct flag_words *words)
{
	return &words->flags;
}

void flag_words_free(struct flag_words **wordsp)
{
	struct flag_words *words = *wordsp;

	if (words == NULL)
		return;
	*wordsp = NULL;
	g_ptr_array_unref(words->keywords);
	g_free(words);
}
