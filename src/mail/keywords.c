/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/keywords.h"

struct keyword_sets {
	GPtrArray *sets;     /* of char **, set number - 1 */
	GHashTable *numbers; /* lower-case keywords joined by spaces -> number */
};

static void free_set(gpointer set)
{
	g_strfreev(set);
}

struct keyword_sets *keyword_sets_new(void)
{
	struct keyword_sets *sets = g_new0(struct keyword_sets, 1);

	sets->sets = g_ptr_array_new_with_free_func(free_set);
	sets->numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		NULL);
	return sets;
}

void keyword_sets_free(struct keyword_sets **sets)
{
	if (*sets == NULL)
		return;
	g_ptr_array_free((*sets)->sets, TRUE);
	g_hash_table_destroy((*sets)->numbers);
	g_free(*sets);
	*sets = NULL;
}

static int compare(gconstpointer a, gconstpointer b)
{
	return g_ascii_strcasecmp(*(const char *const *)a,
		*(const char *const *)b);
}

static bool has_word(GPtrArray *words, const char *word)
{
	for (guint i = 0; i < words->len; i++)
		if (g_ascii_strcasecmp(words->pdata[i], word) == 0)
			return true;
	return false;
}

/* Takes words, borrowed strings without duplicates. */
static uint32_t intern(struct keyword_sets *sets, GPtrArray *words)
{
	uint32_t number = 0;
	char *joined, *key;

	if (words->len > 0) {
		g_ptr_array_sort(words, compare);
		g_ptr_array_add(words, NULL);
		joined = g_strjoinv(" ", (char **)words->pdata);
		key = g_ascii_strdown(joined, -1);
		g_free(joined);
		number = GPOINTER_TO_UINT(
			g_hash_table_lookup(sets->numbers, key));
		if (number == 0) {
			g_ptr_array_add(sets->sets,
				g_strdupv((char **)words->pdata));
			number = sets->sets->len;
			g_hash_table_insert(sets->numbers, key,
				GUINT_TO_POINTER(number));
		} else {
			g_free(key);
		}
	}
	g_ptr_array_free(words, TRUE);
	return number;
}

uint32_t keyword_sets_intern(struct keyword_sets *sets,
	const char *const *keywords, size_t n)
{
	return keyword_sets_change(sets, 0, true, keywords, n);
}

uint32_t keyword_sets_change(struct keyword_sets *sets, uint32_t set,
	bool add, const char *const *keywords, size_t n)
{
	const char *const *had = keyword_sets_get(sets, set);
	GPtrArray *changes, *words;

	if (n == 0)
		return set;
	changes = g_ptr_array_new();
	words = g_ptr_array_new();
	for (size_t i = 0; i < n; i++)
		g_ptr_array_add(changes, (gpointer)keywords[i]);
	for (size_t i = 0; had[i] != NULL; i++)
		if (add || !has_word(changes, had[i]))
			g_ptr_array_add(words, (gpointer)had[i]);
	for (size_t i = 0; add && i < n; i++)
		if (!has_word(words, keywords[i]))
			g_ptr_array_add(words, (gpointer)keywords[i]);
	g_ptr_array_free(changes, TRUE);
	return intern(sets, words);
}

uint32_t keyword_sets_count(const struct keyword_sets *sets)
{
	return sets->sets->len;
}

const char *const *keyword_sets_get(const struct keyword_sets *sets, uint32_t set)
{
	static const char *const none[] = { NULL };

	if (set == 0 || set > sets->sets->len)
		return none;
	return (const char *const *)sets->sets->pdata[set - 1];
}

bool keyword_sets_has(const struct keyword_sets *sets, uint32_t set,
	const char *keyword)
{
	const char *const *words = keyword_sets_get(sets, set);

	for (size_t i = 0; words[i] != NULL; i++)
		if (g_ascii_strcasecmp(words[i], keyword) == 0)
			return true;
	return false;
}
