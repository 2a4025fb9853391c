/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "! ACTION": finding, sorting and threading on the server. */
#include "src/base/base.h"
#include "src/imap/thread.h"
#include "src/imap/write.h"
#include "src/session/search.h"
#include "src/session/timing.h"
#include "tests/imap/play.h"

#include <stdlib.h>

static struct selection *selection_of(struct play *play, const char *name)
{
	struct handle *handle = g_hash_table_lookup(play->handles, name);

	if (handle == NULL)
		play_fail(play, "no mailbox '%s' is open", name);
	return handle->selection;
}

/* The words as they are; those that begin with "=" are strings. */
static struct imap_text *criteria_of(char **words)
{
	struct imap_text *text = imap_text_new("");

	for (unsigned i = 0; words[i] != NULL; i++) {
		imap_text_append(text, "%a", i > 0 ? " " : "");
		if (words[i][0] == '=')
			imap_text_append(text, "%s", words[i] + 1);
		else
			imap_text_append(text, "%a", words[i]);
	}
	return text;
}

static void remember(struct play *play, const char *name,
	struct session_request *request)
{
	g_hash_table_replace(play->requests, g_strdup(name), request);
}

static void on_counted(const struct imap_result *result,
	const struct search_count *count, void *data)
{
	struct label *label = data;

	play_event(label->play, "counted %u from %u to %u", count->count,
		count->min, count->max);
	play_on_done(result, data);
}

static void do_count(struct play *play, char **words)
{
	remember(play, words[0], selection_count(selection_of(play, words[1]),
		criteria_of(words + 2), SESSION_INTERACTIVE, on_counted,
		label_new(play, words[0])));
}

static void do_rows(struct play *play, char **words)
{
	remember(play, words[0], selection_search_fetch(
		selection_of(play, words[1]), criteria_of(words + 2),
		IMAP_FETCH_FLAGS, SESSION_INTERACTIVE, play_on_found,
		label_new(play, words[0])));
}

static void on_sorted(const struct imap_result *result, const GArray *uids,
	void *data)
{
	struct label *label = data;
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < uids->len; i++)
		g_string_append_printf(text, " %u",
			g_array_index(uids, uint32_t, i));
	play_event(label->play, "sorted%s", text->str);
	g_string_free(text, TRUE);
	play_on_done(result, data);
}

static void do_sort(struct play *play, char **words)
{
	remember(play, words[0], selection_sort(selection_of(play, words[1]),
		words[2], criteria_of(words + 3), on_sorted,
		label_new(play, words[0])));
}

/* Depths as dots before the numbers, "|" between threads. */
static void on_threaded(const struct imap_result *result, const GArray *nodes,
	void *data)
{
	struct label *label = data;
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < nodes->len; i++) {
		const struct imap_thread_node *node = &g_array_index(nodes,
			struct imap_thread_node, i);

		g_string_append(text, node->begins_thread ? " |" : " ");
		for (uint32_t k = 0; k < node->depth; k++)
			g_string_append_c(text, '.');
		g_string_append_printf(text, "%u", node->number);
	}
	play_event(label->play, "threads%s", text->str);
	g_string_free(text, TRUE);
	play_on_done(result, data);
}

static void do_threads(struct play *play, char **words)
{
	char *name = g_strconcat("THREAD=", words[2], NULL);
	int algorithm = imap_capability_from_name(name);

	remember(play, words[0], selection_thread(selection_of(play, words[1]),
		(enum imap_capability)algorithm, criteria_of(words + 3),
		on_threaded, label_new(play, words[0])));
	g_free(name);
}

static void on_hits(const char *mailbox, uint32_t uid_validity,
	const struct imap_seqset *uids, void *data)
{
	struct label *label = data;
	char *text = imap_seqset_to_string(uids);

	play_event(label->play, "hits %s %u %s", mailbox, uid_validity, text);
	g_free(text);
}

/* search-in A,B CRITERIA */
static void do_search_in(struct play *play, char **words)
{
	char **names = g_strsplit(words[1], ",", -1);

	remember(play, words[0], session_search(play->session,
		(const char *const *)names, criteria_of(words + 2), on_hits,
		play_on_done, label_new(play, words[0])));
	g_strfreev(names);
}

/* --- contexts ------------------------------------------------------------- */

static struct {
	struct search_context *context;
	struct play *play;
} watched;

static void on_watched(const struct imap_result *result, void *data)
{
	char *text = imap_seqset_to_string(
		search_context_uids(watched.context));

	(void)data;
	play_event(watched.play, "watched %s %s",
		result->outcome == IMAP_OUTCOME_OK ? "OK" : "not", text);
	g_free(text);
}

static void do_watch(struct play *play, char **words)
{
	watched.play = play;
	watched.context = search_context_new(selection_of(play, words[1]),
		criteria_of(words + 2), on_watched, NULL);
}

static void do_unwatch(struct play *play, char **words)
{
	(void)play;
	(void)words;
	search_context_free(&watched.context);
}

static void do_sort_page(struct play *play, char **words)
{
	(void)play;
	session_timing.sort_page = (unsigned)strtoul(words[1], NULL, 10);
}

static void do_map_page(struct play *play, char **words)
{
	(void)play;
	session_timing.map_page = (unsigned)strtoul(words[1], NULL, 10);
}

const struct play_action play_find_actions[] = {
	{ "count", do_count }, { "search-rows", do_rows }, { "sort", do_sort },
	{ "threads", do_threads }, { "search-in", do_search_in },
	{ "watch", do_watch }, { "unwatch", do_unwatch },
	{ "sort-page", do_sort_page }, { "map-page", do_map_page },
	{ NULL, NULL },
};
