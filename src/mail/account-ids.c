/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mailboxes that were opened, by the identity that stays when they are renamed
 * (MAILBOXID, RFC 8474): what the cache has of one that another program has
 * renamed moves to its new name. UIDVALIDITY still decides, when it is opened,
 * whether that is of use.
 */
#include "src/base/base.h"
#include "src/cache/cache.h"
#include "src/imap/list.h"
#include "src/mail/private.h"

enum { SUSPECTS_MAX = 20 }; /* mailboxes that are asked who they are */

static const char fact[] = "imap-mailbox-ids";

static GHashTable *table_new_of_strings(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

/* Lines of identity, tab and name. */
static void on_loaded(const char *text, void *data)
{
	struct account *account = data;
	char **lines = g_strsplit(text != NULL ? text : "", "\n", -1);

	for (char **line = lines; *line != NULL; line++) {
		char *tab = strchr(*line, '\t');

		if (tab != NULL)
			g_hash_table_insert(account->mailbox_ids,
				g_strndup(*line, (gsize)(tab - *line)),
				g_strdup(tab + 1));
	}
	g_strfreev(lines);
}

void account_ids_load(struct account *account)
{
	account->mailbox_ids = table_new_of_strings();
	account->told_ids = table_new_of_strings();
	cache_load_fact(account->cache, fact, on_loaded, account);
}

void account_ids_release(struct account *account)
{
	g_clear_pointer(&account->mailbox_ids, g_hash_table_unref);
	g_clear_pointer(&account->told_ids, g_hash_table_unref);
}

void account_ids_note(struct account *account, const struct imap_status *status)
{
	/* Names with an end of line are not kept: a line is an entry. */
	if (status->mailbox_id != NULL && strchr(status->name, '\n') == NULL)
		g_hash_table_insert(account->told_ids,
			g_strdup(status->mailbox_id), g_strdup(status->name));
}

/* Whether the former name has gone, and nothing is known of the new one. */
static bool was_renamed(const struct account *account, const char *from,
	const char *to)
{
	return mailbox_tree_peek(account->tree, from) == NULL &&
		account_open_mailbox(account, to) == NULL;
}

static void save(struct account *account)
{
	GString *text = g_string_new(NULL);
	GHashTableIter iter;
	gpointer id, name;

	g_hash_table_iter_init(&iter, account->mailbox_ids);
	while (g_hash_table_iter_next(&iter, &id, &name))
		g_string_append_printf(text, "%s\t%s\n", (char *)id,
			(char *)name);
	cache_put_fact(account->cache, fact, text->str);
	g_string_free(text, TRUE);
}

static gboolean is_gone(gpointer id, gpointer name, gpointer data)
{
	const struct account *account = data;

	(void)id;
	return mailbox_tree_peek(account->tree, name) == NULL;
}

void account_ids_opened(
	struct account *account, const char *name, const char *id)
{
	const char *former = g_hash_table_lookup(account->mailbox_ids, id);

	if (g_strcmp0(former, name) == 0 || strpbrk(name, "\n") != NULL ||
		strpbrk(id, "\t\n") != NULL)
		return;
	g_hash_table_replace(
		account->mailbox_ids, g_strdup(id), g_strdup(name));
	save(account);
}

/* Those whose identity is not known. */
static void add_strangers(const struct account *account, GPtrArray *names)
{
	GHashTable *known = g_hash_table_new(g_str_hash, g_str_equal);
	GHashTableIter iter;
	gpointer name;

	g_hash_table_iter_init(&iter, account->mailbox_ids);
	while (g_hash_table_iter_next(&iter, NULL, &name))
		g_hash_table_add(known, name);
	for (size_t i = 0; i < mailbox_tree_length(account->tree) &&
		names->len <= SUSPECTS_MAX; i++) {
		name = (char *)mailbox_tree_at(account->tree, i)->name;
		if (!g_hash_table_contains(known, name))
			g_ptr_array_add(names, g_strdup(name));
	}
	g_hash_table_unref(known);
}

char **account_ids_suspects(const struct account *account)
{
	GPtrArray *names;

	if (g_hash_table_find(account->mailbox_ids, is_gone,
		(gpointer)account) == NULL)
		return NULL;
	names = g_ptr_array_new_with_free_func(g_free);
	add_strangers(account, names);
	if (names->len == 0 || names->len > SUSPECTS_MAX) {
		g_ptr_array_free(names, TRUE);
		return NULL;
	}
	g_ptr_array_add(names, NULL);
	g_ptr_array_set_free_func(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}

void account_ids_compare(struct account *account)
{
	GHashTable *known = account->mailbox_ids;
	GHashTableIter iter;
	gpointer id, name;
	bool has_news = false;

	g_hash_table_iter_init(&iter, account->told_ids);
	while (g_hash_table_iter_next(&iter, &id, &name)) {
		const char *former = g_hash_table_lookup(known, id);

		if (former == NULL || !was_renamed(account, former, name))
			continue;
		cache_rename_mailbox(account->cache, former, name);
		g_hash_table_replace(known, g_strdup(id), g_strdup(name));
		has_news = true;
	}
	g_hash_table_remove_all(account->told_ids);
	if (g_hash_table_foreach_remove(known, is_gone, account) > 0 ||
		has_news)
		save(account);
}
