/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sets of option values. A set owns the values that were set at its level;
 * its typed structs hold the effective ones, pointing into whichever set owns
 * them. A change is written to every set that inherits before the old value
 * is freed, so that a struct never points at freed memory.
 */
#include "src/base/base.h"
#include "src/rc/option.h"

#include "src/base/error.h"
#include "src/rc/name.h"
#include "src/rc/value.h"

#define MAX_TABLES 4

enum level { LEVEL_GLOBAL, LEVEL_ACCOUNT, LEVEL_GLOB, LEVEL_MAILBOX };

struct option_set {
	enum level level;
	char *name;     /* of the account; the glob; of the mailbox */
	struct option_set *parent; /* a mailbox's account, else global or NULL */
	GPtrArray *own; /* by row number; NULL: inherited */
	void *values[MAX_TABLES];
};

struct table {
	const struct option_row *rows;
	size_t n, size;
	size_t first; /* number of its first row */
};

struct listener {
	unsigned id;
	char *name;              /* NULL: any */
	option_listener_fn *fn;  /* NULL: removed while being called */
	void *data;
};

static struct {
	struct table tables[MAX_TABLES];
	size_t n_tables;
	GPtrArray *defaults;         /* struct option_value *, by row number */
	GPtrArray *sorted;           /* const struct option_row * */
	GHashTable *names, *synonyms; /* key to row */
	struct option_set *global;
	GPtrArray *accounts, *globs; /* struct option_set *, in order */
	GHashTable *mailboxes;       /* "account\nmailbox" to its set */
	GArray *listeners;
	unsigned last_listener, notifying;
} state;

static const struct option_row engine_rows[] = {
#define OPTION(type, name, ...) \
	OPTION_ROW(struct options, type, name, __VA_ARGS__)
#include "src/rc/options.def"
#undef OPTION
};

/* --- rows ---------------------------------------------------------------- */

static const struct table *table_of(const struct option_row *row)
{
	for (size_t i = 0; i < state.n_tables; i++) {
		const struct table *table = &state.tables[i];

		if (row >= table->rows && row < table->rows + table->n)
			return table;
	}
	g_assert_not_reached();
}

static size_t row_number(const struct option_row *row)
{
	const struct table *table = table_of(row);

	return table->first + (size_t)(row - table->rows);
}

static void add_names(const struct option_row *row)
{
	g_auto(GStrv) synonyms = NULL;

	g_hash_table_replace(state.names, rc_name_key(row->name),
		(void *)row);
	if (row->synonyms == NULL)
		return;
	synonyms = g_strsplit(row->synonyms, " ", -1);
	for (size_t i = 0; synonyms[i] != NULL; i++)
		g_hash_table_replace(state.synonyms, rc_name_key(synonyms[i]),
			(void *)row);
}

static int compare_rows(gconstpointer a, gconstpointer b)
{
	const struct option_row *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

const struct option_row *option_find(const char *name)
{
	g_autofree char *key = rc_name_key(name);
	const struct option_row *row = g_hash_table_lookup(state.names, key);

	return row != NULL ? row : g_hash_table_lookup(state.synonyms, key);
}

const struct option_row *const *option_rows(size_t *n_out)
{
	*n_out = state.sorted->len;
	return (const struct option_row *const *)state.sorted->pdata;
}

const char *option_nearest(const char *name)
{
	struct rc_nearest nearest;

	rc_nearest_init(&nearest, name);
	for (guint i = 0; i < state.sorted->len; i++) {
		const struct option_row *row = state.sorted->pdata[i];

		rc_nearest_offer(&nearest, row->name);
	}
	return nearest.best;
}

/* --- effective values ---------------------------------------------------- */

/* A glob whose first level names an account is for that account alone. */
static bool glob_names_account(const char *glob)
{
	const char *slash = strchr(glob, '/');
	g_autofree char *name = NULL;

	if (slash == NULL)
		return false;
	name = g_strndup(glob, (gsize)(slash - glob));
	return options_account_find(name) != NULL;
}

static bool glob_matches(const struct option_set *glob,
	const struct option_set *mailbox)
{
	g_autofree char *full = g_strdup_printf("%s/%s", mailbox->parent->name,
		mailbox->name);

	if (g_pattern_match_simple(glob->name, full))
		return true;
	return !glob_names_account(glob->name) &&
		g_pattern_match_simple(glob->name, mailbox->name);
}

static const struct option_value *glob_value(const struct option_set *mailbox,
	size_t number)
{
	for (guint i = state.globs->len; i-- > 0;) {
		const struct option_set *glob = state.globs->pdata[i];

		if (glob->own->pdata[number] != NULL &&
			glob_matches(glob, mailbox))
			return glob->own->pdata[number];
	}
	return NULL;
}

static const struct option_value *effective(const struct option_set *set,
	size_t number)
{
	for (; set != NULL; set = set->parent) {
		const struct option_value *value = set->own->pdata[number];

		if (value == NULL && set->level == LEVEL_MAILBOX)
			value = glob_value(set, number);
		if (value != NULL)
			return value;
	}
	return state.defaults->pdata[number];
}

static void refresh_row(struct option_set *set, const struct option_row *row)
{
	const struct table *table = table_of(row);

	option_value_store(effective(set, row_number(row)), row,
		set->values[table - state.tables]);
}

static void refresh_table(struct option_set *set, const struct table *table)
{
	for (size_t i = 0; i < table->n; i++)
		refresh_row(set, &table->rows[i]);
}

typedef void set_fn(struct option_set *set, const void *data);

static void each_array(const GPtrArray *sets, set_fn *fn, const void *data)
{
	for (guint i = 0; i < sets->len; i++)
		fn(sets->pdata[i], data);
}

static void each_mailbox(set_fn *fn, const void *data)
{
	GHashTableIter iter;
	void *set;

	g_hash_table_iter_init(&iter, state.mailboxes);
	while (g_hash_table_iter_next(&iter, NULL, &set))
		fn(set, data);
}

static void refresh_one(struct option_set *set, const void *row)
{
	refresh_row(set, row);
}

static void refresh_heirs(struct option_set *set, const struct option_row *row)
{
	refresh_row(set, row);
	if (set->level == LEVEL_MAILBOX)
		return;
	if (set->level == LEVEL_GLOBAL) {
		each_array(state.accounts, refresh_one, row);
		each_array(state.globs, refresh_one, row);
	}
	each_mailbox(refresh_one, row);
}

/* --- sets ---------------------------------------------------------------- */

static void free_value(void *data)
{
	struct option_value *value = data;

	option_value_free(&value);
}

static void add_table(struct option_set *set, const void *data)
{
	const struct table *table = data;

	g_ptr_array_set_size(set->own, (gint)(table->first + table->n));
	set->values[table - state.tables] = g_malloc0(table->size);
	refresh_table(set, table);
}

static struct option_set *set_new(enum level level, const char *name,
	struct option_set *parent)
{
	struct option_set *set = g_new0(struct option_set, 1);

	set->level = level;
	set->name = g_strdup(name);
	set->parent = parent;
	set->own = g_ptr_array_new_with_free_func(free_value);
	if (state.n_tables > 0) {
		const struct table *last = &state.tables[state.n_tables - 1];

		g_ptr_array_set_size(set->own, (gint)(last->first + last->n));
	}
	for (size_t i = 0; i < state.n_tables; i++)
		add_table(set, &state.tables[i]);
	return set;
}

static void set_free(void *data)
{
	struct option_set *set = data;

	for (size_t i = 0; i < MAX_TABLES; i++)
		g_free(set->values[i]);
	g_ptr_array_free(set->own, TRUE);
	g_free(set->name);
	g_free(set);
}

struct option_set *options_global(void)
{
	return state.global;
}

struct option_set *options_account_find(const char *account)
{
	for (guint i = 0; i < state.accounts->len; i++) {
		struct option_set *set = state.accounts->pdata[i];

		if (strcmp(set->name, account) == 0)
			return set;
	}
	return NULL;
}

const char *option_set_account(const struct option_set *set)
{
	if (set->level == LEVEL_MAILBOX)
		set = set->parent;
	return set->level == LEVEL_ACCOUNT ? set->name : NULL;
}

static void refresh_all(struct option_set *set, const void *data)
{
	(void)data;
	for (size_t i = 0; i < state.n_tables; i++)
		refresh_table(set, &state.tables[i]);
}

struct option_set *options_account(const char *account)
{
	struct option_set *set = options_account_find(account);

	if (set != NULL)
		return set;
	set = set_new(LEVEL_ACCOUNT, account, state.global);
	g_ptr_array_add(state.accounts, set);
	/* It may change what a glob means. */
	each_mailbox(refresh_all, NULL);
	return set;
}

/* mutt's way: one account, set up by global options. */
static void add_implicit_account(void)
{
	const char *url = options_values(state.global)->url;
	const char *host, *at;
	g_autofree char *name = NULL;

	if (url == NULL)
		return;
	host = strstr(url, "://");
	host = host != NULL ? host + 3 : url;
	name = g_strndup(host, strcspn(host, "/"));
	at = strrchr(name, '@');
	host = at != NULL ? at + 1 : name;
	if (*host != '[')
		name[(size_t)(host - name) + strcspn(host, ":")] = '\0';
	options_account(host);
}

const char **options_accounts(void)
{
	const char **names;

	if (state.accounts->len == 0)
		add_implicit_account();
	names = g_new0(const char *, state.accounts->len + 1);
	for (guint i = 0; i < state.accounts->len; i++) {
		const struct option_set *set = state.accounts->pdata[i];

		names[i] = set->name;
	}
	return names;
}

struct option_set *options_mailbox_glob(const char *glob)
{
	guint n = state.globs->len;
	struct option_set *last = n > 0 ? state.globs->pdata[n - 1] : NULL;

	/* A glob that comes back after others wins over these: a new set. */
	if (last != NULL && strcmp(last->name, glob) == 0)
		return last;
	last = set_new(LEVEL_GLOB, glob, state.global);
	g_ptr_array_add(state.globs, last);
	return last;
}

struct option_set *options_for_mailbox(const char *account, const char *mailbox)
{
	g_autofree char *key = g_strdup_printf("%s\n%s", account, mailbox);
	struct option_set *set = g_hash_table_lookup(state.mailboxes, key);

	if (set == NULL) {
		set = set_new(LEVEL_MAILBOX, mailbox, options_account(account));
		g_hash_table_insert(state.mailboxes, g_steal_pointer(&key),
			set);
	}
	return set;
}

const struct options *options_values(const struct option_set *set)
{
	return set->values[0];
}

const void *options_registered_values(const struct option_set *set)
{
	return set->values[1];
}

/* --- registration -------------------------------------------------------- */

void options_register(const struct option_row *rows, size_t n, size_t size)
{
	struct table *table = &state.tables[state.n_tables];

	g_assert(state.n_tables < MAX_TABLES);
	*table = (struct table){ rows, n, size, state.defaults->len };
	state.n_tables++;
	for (size_t i = 0; i < n; i++) {
		g_autoptr(GError) error = NULL;
		struct option_value *value =
			option_value_parse(&rows[i], rows[i].def, &error);

		if (value == NULL)
			g_error("default of an option: %s", error->message);
		g_ptr_array_add(state.defaults, value);
		g_ptr_array_add(state.sorted, (void *)&rows[i]);
		add_names(&rows[i]);
	}
	g_ptr_array_sort(state.sorted, compare_rows);
	if (state.global != NULL)
		add_table(state.global, table);
	each_array(state.accounts, add_table, table);
	each_array(state.globs, add_table, table);
	each_mailbox(add_table, table);
}

void options_init(void)
{
	memset(&state, 0, sizeof(state));
	state.defaults = g_ptr_array_new_with_free_func(free_value);
	state.sorted = g_ptr_array_new();
	state.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		NULL);
	state.synonyms = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		NULL);
	state.accounts = g_ptr_array_new_with_free_func(set_free);
	state.globs = g_ptr_array_new_with_free_func(set_free);
	state.mailboxes = g_hash_table_new_full(g_str_hash, g_str_equal,
		g_free, set_free);
	state.listeners = g_array_new(FALSE, FALSE, sizeof(struct listener));
	state.global = set_new(LEVEL_GLOBAL, "", NULL);
	options_register(engine_rows, G_N_ELEMENTS(engine_rows),
		sizeof(struct options));
}

void options_release(void)
{
	if (state.global == NULL)
		return;
	for (guint i = 0; i < state.listeners->len; i++)
		g_free(g_array_index(state.listeners, struct listener, i).name);
	g_array_free(state.listeners, TRUE);
	g_hash_table_destroy(state.mailboxes);
	g_ptr_array_free(state.globs, TRUE);
	g_ptr_array_free(state.accounts, TRUE);
	set_free(state.global);
	g_hash_table_destroy(state.names);
	g_hash_table_destroy(state.synonyms);
	g_ptr_array_free(state.sorted, TRUE);
	g_ptr_array_free(state.defaults, TRUE);
	memset(&state, 0, sizeof(state));
}

/* --- listeners ----------------------------------------------------------- */

unsigned option_listen(const char *name, option_listener_fn *fn, void *data)
{
	struct listener listener = { ++state.last_listener, g_strdup(name), fn,
		data };

	g_array_append_val(state.listeners, listener);
	return listener.id;
}

static void remove_dead_listeners(void)
{
	for (guint i = state.listeners->len; i-- > 0;) {
		struct listener *listener =
			&g_array_index(state.listeners, struct listener, i);

		if (listener->fn == NULL) {
			g_free(listener->name);
			g_array_remove_index(state.listeners, i);
		}
	}
}

void option_unlisten(unsigned id)
{
	if (state.listeners == NULL)
		return; /* the options went first */
	for (guint i = 0; i < state.listeners->len; i++) {
		struct listener *listener =
			&g_array_index(state.listeners, struct listener, i);

		if (listener->id == id)
			listener->fn = NULL;
	}
	if (state.notifying == 0)
		remove_dead_listeners();
}

static void notify(const struct option_row *row, struct option_set *set)
{
	state.notifying++;
	/* Listeners may come and go while they are called. */
	for (guint i = 0; i < state.listeners->len; i++) {
		struct listener listener =
			g_array_index(state.listeners, struct listener, i);

		if (listener.fn != NULL && (listener.name == NULL ||
			    rc_name_equal(listener.name, row->name)))
			listener.fn(row, set, listener.data);
	}
	if (--state.notifying == 0)
		remove_dead_listeners();
}

/* --- changes ------------------------------------------------------------- */

static bool check_scope(const struct option_set *set,
	const struct option_row *row, GError **error)
{
	static const enum option_scope needed[] = {
		[LEVEL_GLOBAL] = OPTION_GLOBAL,
		[LEVEL_ACCOUNT] = OPTION_ACCOUNT,
		[LEVEL_GLOB] = OPTION_MAILBOX,
		[LEVEL_MAILBOX] = OPTION_MAILBOX,
	};

	if (row->scope >= needed[set->level])
		return true;
	g_set_error(error, OPTION_ERROR, OPTION_ERROR_SCOPE,
		row->scope == OPTION_GLOBAL ?
			"'%s' cannot be set for %s; set it outside of blocks" :
			"'%s' cannot be set for %s; set it in account {}",
		row->name,
		set->level == LEVEL_ACCOUNT ? "an account" : "a mailbox");
	return false;
}

/* Takes the value; NULL: inherit from now on. */
static void replace(struct option_set *set, const struct option_row *row,
	struct option_value *value)
{
	size_t number = row_number(row);
	struct option_value *old = set->own->pdata[number];
	g_autofree char *before = g_strdup(effective(set, number)->text);
	bool was_set = old != NULL;

	set->own->pdata[number] = value;
	refresh_heirs(set, row);
	option_value_free(&old);
	if (was_set != (value != NULL) ||
		g_strcmp0(before, effective(set, number)->text) != 0)
		notify(row, set);
}

bool option_set_value(struct option_set *set, const struct option_row *row,
	const char *value, GError **error)
{
	struct option_value *parsed;

	if (!check_scope(set, row, error))
		return false;
	if (value == NULL && row->type == OPTION_BOOL)
		value = "yes";
	parsed = option_value_parse(row, value, error);
	if (parsed == NULL)
		return false;
	replace(set, row, parsed);
	return true;
}

static int find_word(const GPtrArray *words, const char *word)
{
	for (guint i = 0; i < words->len; i++) {
		if (strcmp(words->pdata[i], word) == 0)
			return (int)i;
	}
	return -1;
}

static char *combined_list(const char *old, const char *change, bool remove)
{
	g_auto(GStrv) old_words = option_split_list(old);
	g_auto(GStrv) words = option_split_list(change);
	g_autoptr(GPtrArray) all = g_ptr_array_new();

	for (size_t i = 0; old_words[i] != NULL; i++)
		g_ptr_array_add(all, old_words[i]);
	for (size_t i = 0; words[i] != NULL; i++) {
		int place = find_word(all, words[i]);

		if (remove && place >= 0)
			g_ptr_array_remove_index(all, (guint)place);
		else if (!remove && place < 0)
			g_ptr_array_add(all, words[i]);
	}
	g_ptr_array_add(all, NULL);
	return option_join_list((const char *const *)all->pdata);
}

static char *combined_string(const char *old, const char *change, bool remove)
{
	const char *place;

	if (!remove)
		return g_strconcat(old, change, NULL);
	place = strstr(old, change);
	if (place == NULL)
		return g_strdup(old);
	return g_strdup_printf("%.*s%s", (int)(place - old), old,
		place + strlen(change));
}

static char *combined_number(const struct option_row *row, int64_t old,
	const char *change, bool remove, GError **error)
{
	gint64 number, sum;

	if (!g_ascii_string_to_signed(change, 10, G_MININT32, G_MAXINT32,
		    &number, NULL)) {
		g_set_error(error, OPTION_ERROR, OPTION_ERROR_VALUE,
			"'%s' must be changed by a number, not '%s'", row->name,
			change);
		return NULL;
	}
	if (remove)
		number = -number;
	if (__builtin_add_overflow((gint64)old, number, &sum))
		sum = number < 0 ? G_MININT64 : G_MAXINT64;
	return g_strdup_printf("%" G_GINT64_FORMAT, sum);
}

bool option_add_value(struct option_set *set, const struct option_row *row,
	const char *value, bool remove, GError **error)
{
	const struct option_value *now = effective(set, row_number(row));
	const char *old = now->text != NULL ? now->text : "";
	g_autofree char *text = NULL;

	switch (row->type) {
	case OPTION_LIST:
		text = combined_list(old, value, remove);
		break;
	case OPTION_NUMBER:
		text = combined_number(row, now->number, value, remove, error);
		break;
	case OPTION_STRING:
	case OPTION_PATH:
	case OPTION_REGEX:
	case OPTION_COMMAND:
		text = combined_string(old, value, remove);
		break;
	default:
		g_set_error(error, OPTION_ERROR, OPTION_ERROR_VALUE,
			"'%s' takes '=' only", row->name);
		break;
	}
	return text != NULL && option_set_value(set, row, text, error);
}

void option_reset(struct option_set *set, const struct option_row *row)
{
	replace(set, row, NULL);
}

bool option_toggle(struct option_set *set, const struct option_row *row,
	GError **error)
{
	static const char *const opposite[] = {
		[OPTION_NO] = "yes",
		[OPTION_YES] = "no",
		[OPTION_ASK_NO] = "ask-yes",
		[OPTION_ASK_YES] = "ask-no",
	};

	if (row->type != OPTION_BOOL && row->type != OPTION_QUAD) {
		g_set_error(error, OPTION_ERROR, OPTION_ERROR_VALUE,
			"'%s' cannot be toggled: it is not yes or no",
			row->name);
		return false;
	}
	return option_set_value(set, row,
		opposite[effective(set, row_number(row))->number], error);
}

char *option_get_text(const struct option_set *set,
	const struct option_row *row)
{
	const char *text = effective(set, row_number(row))->text;

	if (text == NULL || row->type == OPTION_SECRET)
		text = "";
	return g_strdup(text);
}

bool option_is_set(const struct option_set *set, const struct option_row *row)
{
	return set->own->pdata[row_number(row)] != NULL;
}

/* --- dump ---------------------------------------------------------------- */

char *option_quote(const char *text)
{
	GString *out = g_string_new("\"");

	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '\n')
			g_string_append(out, "\\n");
		else if (*p == '\r')
			g_string_append(out, "\\r");
		else if (strchr("\\\"$`", *p) != NULL)
			g_string_append_printf(out, "\\%c", *p);
		else
			g_string_append_c(out, *p);
	}
	g_string_append_c(out, '"');
	return g_string_free(out, FALSE);
}

static void dump_value(GString *out, const char *indent,
	const struct option_set *set, const struct option_row *row)
{
	g_autofree char *text = option_get_text(set, row);
	bool is_word = row->type <= OPTION_NUMBER || row->type == OPTION_ENUM;
	g_autofree char *value = is_word ? g_strdup(text) : option_quote(text);

	g_string_append_printf(out, "%sset %s = %s\n", indent, row->name,
		value);
}

static void dump_block(GString *out, const char *command,
	const struct option_set *set)
{
	g_autofree char *name = option_quote(set->name);

	g_string_append_printf(out, "%s %s {\n", command, name);
	for (guint i = 0; i < state.sorted->len; i++) {
		const struct option_row *row = state.sorted->pdata[i];

		if (option_is_set(set, row))
			dump_value(out, "\t", set, row);
	}
	g_string_append(out, "}\n");
}

char *options_dump(void)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < state.sorted->len; i++)
		dump_value(out, "", state.global, state.sorted->pdata[i]);
	for (guint i = 0; i < state.accounts->len; i++)
		dump_block(out, "account", state.accounts->pdata[i]);
	for (guint i = 0; i < state.globs->len; i++)
		dump_block(out, "mailbox", state.globs->pdata[i]);
	return g_string_free(out, FALSE);
}
