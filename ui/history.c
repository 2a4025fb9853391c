/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The history of prompts. One file, a line "KIND<tab>TEXT" each, oldest first.
 * It is written whole at the end.
 */
#include "src/base/base.h"
#include "ui/history.h"

#include "ui/options.h"

#include <glib/gstdio.h>

enum { FILE_MAX = 4 << 20 };

static struct {
	GHashTable *kinds; /* char * to GPtrArray of char * */
	char *path;
	bool is_changed;
} history;

static GPtrArray *lines_of(const char *kind)
{
	GPtrArray *lines;

	if (!history.kinds)
		history.kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
			(GDestroyNotify)g_ptr_array_unref);
	lines = g_hash_table_lookup(history.kinds, kind);
	if (!lines) {
		lines = g_ptr_array_new_with_free_func(g_free);
		g_hash_table_insert(history.kinds, g_strdup(kind), lines);
	}
	return lines;
}

static void add(const char *kind, const char *line)
{
	GPtrArray *lines = lines_of(kind);
	guint max = (guint)ui_options()->history;

	for (guint i = 0; i < lines->len; i++) {
		if (strcmp(lines->pdata[i], line) == 0) {
			g_ptr_array_remove_index(lines, i);
			break;
		}
	}
	g_ptr_array_add(lines, g_strdup(line));
	while (lines->len > max)
		g_ptr_array_remove_index(lines, 0);
}

static void read_line(char *line)
{
	char *tab = strchr(line, '\t');

	if (!tab || !g_utf8_validate(line, -1, NULL))
		return;
	*tab = '\0';
	add(line, tab + 1);
}

void history_start(const char *state_dir)
{
	char *text = NULL;
	gsize len;

	if (!state_dir)
		return;
	history.path = g_build_filename(state_dir, "history", NULL);
	if (g_file_get_contents(history.path, &text, &len, NULL) && len < FILE_MAX) {
		char **lines = g_strsplit(text, "\n", -1);

		for (size_t i = 0; lines[i]; i++)
			read_line(lines[i]);
		g_strfreev(lines);
	}
	g_free(text);
}

static void write_file(void)
{
	GString *out = g_string_new(NULL);
	GHashTableIter iter;
	gpointer kind, lines;
	char *dir = g_path_get_dirname(history.path);

	g_hash_table_iter_init(&iter, history.kinds);
	while (g_hash_table_iter_next(&iter, &kind, &lines)) {
		for (guint i = 0; i < ((GPtrArray *)lines)->len; i++)
			g_string_append_printf(out, "%s\t%s\n", (char *)kind,
				(char *)((GPtrArray *)lines)->pdata[i]);
	}
	/* Losing it is no reason to disturb anybody. */
	g_mkdir_with_parents(dir, 0700);
	g_file_set_contents_full(history.path, out->str, (gssize)out->len,
		G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
	g_string_free(out, TRUE);
	g_free(dir);
}

void history_stop(void)
{
	if (history.path && history.kinds && history.is_changed)
		write_file();
	g_clear_pointer(&history.kinds, g_hash_table_unref);
	g_clear_pointer(&history.path, g_free);
	history.is_changed = false;
}

void history_add(const char *kind, const char *line)
{
	if (*line == '\0' || strpbrk(line, "\n\t"))
		return;
	add(kind, line);
	history.is_changed = true;
}

const GPtrArray *history_lines(const char *kind)
{
	return lines_of(kind);
}
