/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a pattern knows of the rc ("~p", "~P", "~l", "~u") and of the other
 * messages of the mailbox ("~=", "~$").
 */
#include "src/base/base.h"
#include "src/mail/pattern-private.h"
#include "src/mime/header.h"

struct pattern_corpus {
	GHashTable *first;      /* Message-ID to the number that had it first */
	GHashTable *referenced; /* Message-IDs */
};

/* --- the rc -------------------------------------------------------------- */

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

static GPtrArray *compile(char *const *words)
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
		self->regexes[i] = compile(self->words[i]);
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

/* --- other messages ------------------------------------------------------ */

struct pattern_corpus *pattern_corpus_new(void)
{
	struct pattern_corpus *corpus = g_new0(struct pattern_corpus, 1);

	corpus->first = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		NULL);
	corpus->referenced = g_hash_table_new_full(g_str_hash, g_str_equal,
		g_free, NULL);
	return corpus;
}

void pattern_corpus_free(struct pattern_corpus **corpusp)
{
	struct pattern_corpus *corpus = *corpusp;

	if (corpus == NULL)
		return;
	*corpusp = NULL;
	g_hash_table_destroy(corpus->first);
	g_hash_table_destroy(corpus->referenced);
	g_free(corpus);
}

/* The first id of the field, or NULL; free with g_free(). */
static char *message_id(const struct message_row *row)
{
	char **ids = row->envelope == NULL ||
		row->envelope->message_id == NULL ? NULL :
		mime_message_ids(row->envelope->message_id);
	char *id = ids != NULL ? g_strdup(ids[0]) : NULL;

	g_strfreev(ids);
	return id;
}

/* A message that refers to itself is not referred to by another. */
static void add_references(struct pattern_corpus *corpus, const char *raw,
	const char *own)
{
	char **ids = raw != NULL ? mime_message_ids(raw) : NULL;

	for (size_t i = 0; ids != NULL && ids[i] != NULL; i++) {
		if (g_strcmp0(ids[i], own) != 0)
			g_hash_table_add(corpus->referenced,
				g_strdup(ids[i]));
	}
	g_strfreev(ids);
}

void pattern_corpus_add(struct pattern_corpus *corpus,
	const struct message_row *row)
{
	char *id = message_id(row);

	add_references(corpus, row->references, id);
	if (row->envelope != NULL)
		add_references(corpus, row->envelope->in_reply_to, id);
	if (id != NULL && !g_hash_table_contains(corpus->first, id))
		g_hash_table_insert(corpus->first, g_strdup(id),
			GUINT_TO_POINTER(row->number));
	g_free(id);
}

bool pattern_match_duplicate(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	char *id = message_id(subject->row);
	unsigned first = id == NULL || subject->corpus == NULL ? 0 :
		GPOINTER_TO_UINT(g_hash_table_lookup(subject->corpus->first,
			id));

	(void)node;
	g_free(id);
	return first != 0 && first < subject->row->number;
}

bool pattern_match_unreferenced(const struct pattern_node *node,
	const struct pattern_subject *subject)
{
	char *id = message_id(subject->row);
	bool is_referenced = id != NULL && subject->corpus != NULL &&
		g_hash_table_contains(subject->corpus->referenced, id);

	(void)node;
	g_free(id);
	return !is_referenced;
}
