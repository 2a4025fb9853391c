/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registry of commands: rows by name and alias. */
#include "src/base/base.h"
#include "src/rc/command.h"

#include "src/rc/language.h"
#include "src/rc/name.h"

static struct {
	GHashTable *names, *aliases; /* key to row */
	GPtrArray *sorted; /* by name, once somebody asks */
	bool is_sorted;
} state;

static int compare_rows(gconstpointer a, gconstpointer b)
{
	const struct command_row *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static void add_row(const struct command_row *row)
{
	g_auto(GStrv) aliases = NULL;
	char *key = rc_name_key(row->name);

	/* A name that is there twice is a mistake of this program. */
	if (!g_hash_table_insert(state.names, key, (void *)row))
		g_error("two commands are named '%s'", row->name);
	g_ptr_array_add(state.sorted, (void *)row);
	if (row->aliases == NULL)
		return;
	aliases = g_strsplit(row->aliases, " ", -1);
	for (size_t i = 0; aliases[i] != NULL; i++)
		g_hash_table_replace(state.aliases, rc_name_key(aliases[i]),
			(void *)row);
}

void commands_register(const struct command_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_row(&rows[i]);
	state.is_sorted = false;
}

void commands_init(void)
{
	state.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		NULL);
	state.aliases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		NULL);
	state.sorted = g_ptr_array_new();
	rc_language_init();
}

void commands_release(void)
{
	if (state.names == NULL)
		return;
	rc_language_release();
	g_hash_table_destroy(state.names);
	g_hash_table_destroy(state.aliases);
	g_ptr_array_free(state.sorted, TRUE);
	memset(&state, 0, sizeof(state));
}

const struct command_row *command_find(const char *name)
{
	g_autofree char *key = rc_name_key(name);
	const struct command_row *row = g_hash_table_lookup(state.names, key);

	return row != NULL ? row : g_hash_table_lookup(state.aliases, key);
}

static const GPtrArray *sorted_rows(void)
{
	if (!state.is_sorted)
		g_ptr_array_sort(state.sorted, compare_rows);
	state.is_sorted = true;
	return state.sorted;
}

const struct command_row *const *command_rows(size_t *n_out)
{
	const GPtrArray *rows = sorted_rows();

	*n_out = rows->len;
	return (const struct command_row *const *)rows->pdata;
}

const char *command_nearest(const char *name)
{
	const GPtrArray *rows = sorted_rows();
	struct rc_nearest nearest;

	rc_nearest_init(&nearest, name);
	for (guint i = 0; i < rows->len; i++) {
		const struct command_row *row = g_ptr_array_index(rows, i);

		rc_nearest_offer(&nearest, row->name);
	}
	return nearest.best;
}
