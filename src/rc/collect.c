/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts that the rc file lists: aliases, groups, mailing lists and the like. */
#include "src/base/base.h"
#include "src/rc/language.h"

#include "src/base/error.h"
#include "src/rc/name.h"
#include "src/rc/run.h"
#include "src/rc/value.h"

/* A list that a command adds to and its opposite removes from. */
static const struct list_row {
	const char *add, *remove;
	const char *also_add; /* subscribing tells that it is a list, too */
} list_rows[] = {
	{ "alternative_order", "unalternative_order", NULL },
	{ "attachments", "unattachments", NULL },
	{ "auto_view", "unauto_view", NULL },
	{ "lists", "unlists", NULL },
	{ "mailboxes", "unmailboxes", NULL },
	{ "mailto_allow", "unmailto_allow", NULL },
	{ "mime_lookup", "unmime_lookup", NULL },
	{ "nospam", NULL, NULL },
	{ "sidebar_pin", "sidebar_unpin", NULL },
	{ "spam", "unspam", NULL },
	{ "subscribe", "unsubscribe", "lists" },
};

/* Lists of lines, one a command: the first word is the key. */
static const struct list_row line_rows[] = {
	{ "my_hdr", "unmy_hdr", NULL },
	{ "score", "unscore", NULL },
	{ "subjectrx", "unsubjectrx", NULL },
};

struct group {
	GPtrArray *addresses, *regexes; /* strings, NULL-terminated */
};

/* Name of the command to GPtrArray of strings, NULL at its end. */
static GHashTable *lists;
static GHashTable *groups; /* name to struct group * */
static GPtrArray *aliases; /* struct rc_alias * */

/* --- arrays of strings that end with NULL -------------------------------- */

static GPtrArray *strings_new(void)
{
	GPtrArray *strings = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(strings, NULL);
	return strings;
}

static int strings_find(const GPtrArray *strings, const char *text)
{
	for (guint i = 0; i + 1 < strings->len; i++) {
		if (g_ascii_strcasecmp(strings->pdata[i], text) == 0)
			return (int)i;
	}
	return -1;
}

static void strings_append(GPtrArray *strings, const char *text)
{
	strings->pdata[strings->len - 1] = g_strdup(text);
	g_ptr_array_add(strings, NULL);
}

static void strings_add(GPtrArray *strings, const char *text)
{
	if (strings_find(strings, text) < 0)
		strings_append(strings, text);
}

/* "*": all of them. */
static void strings_remove(GPtrArray *strings, const char *text)
{
	int place = strings_find(strings, text);

	if (strcmp(text, "*") == 0)
		g_ptr_array_remove_range(strings, 0, strings->len - 1);
	else if (place >= 0)
		g_ptr_array_remove_index(strings, (guint)place);
}

/* --- state --------------------------------------------------------------- */

static void strings_free(void *data)
{
	g_ptr_array_unref(data);
}

static void group_free(void *data)
{
	struct group *group = data;

	g_ptr_array_unref(group->addresses);
	g_ptr_array_unref(group->regexes);
	g_free(group);
}

static void alias_free(void *data)
{
	struct rc_alias *alias = data;

	g_free(alias->name);
	g_free(alias->addresses);
	g_free(alias);
}

void rc_collect_init(void)
{
	lists = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
		strings_free);
	for (size_t i = 0; i < G_N_ELEMENTS(list_rows); i++)
		g_hash_table_insert(lists, (void *)list_rows[i].add,
			strings_new());
	for (size_t i = 0; i < G_N_ELEMENTS(line_rows); i++)
		g_hash_table_insert(lists, (void *)line_rows[i].add,
			strings_new());
	groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		group_free);
	aliases = g_ptr_array_new_with_free_func(alias_free);
}

void rc_collect_release(void)
{
	g_clear_pointer(&lists, g_hash_table_destroy);
	g_clear_pointer(&groups, g_hash_table_destroy);
	g_clear_pointer(&aliases, g_ptr_array_unref);
}

const char *const *rc_list(const char *command)
{
	const GPtrArray *strings = g_hash_table_lookup(lists, command);

	return strings == NULL ? NULL : (const char *const *)strings->pdata;
}

const char *const *rc_group(const char *name, bool is_regex)
{
	const struct group *group = g_hash_table_lookup(groups, name);

	if (group == NULL)
		return NULL;
	return (const char *const *)(is_regex ? group->regexes :
						group->addresses)->pdata;
}

const GPtrArray *rc_aliases(void)
{
	return aliases;
}

const struct rc_alias *rc_alias_find(const char *name)
{
	for (guint i = 0; i < aliases->len; i++) {
		const struct rc_alias *alias = aliases->pdata[i];

		if (g_ascii_strcasecmp(alias->name, name) == 0)
			return alias;
	}
	return NULL;
}

/* --- lists --------------------------------------------------------------- */

static const struct list_row *find_list(const struct list_row *rows, size_t n,
	const char *name, bool *is_removal_out)
{
	for (size_t i = 0; i < n; i++) {
		*is_removal_out = rows[i].remove != NULL &&
			strcmp(rows[i].remove, name) == 0;
		if (*is_removal_out || strcmp(rows[i].add, name) == 0)
			return &rows[i];
	}
	g_assert_not_reached();
}

/* mutt's "-group NAME" takes a word, its "-label NAME" too. */
static bool skip_flag(const struct command_call *call, unsigned *i)
{
	const char *word = call->argv[*i];

	if (strcmp(word, "-group") == 0 || strcmp(word, "-label") == 0) {
		++*i;
		return true;
	}
	return *word == '-' && strcmp(call->row->name, "mailboxes") == 0;
}

static bool cmd_list(const struct command_call *call, GError **error)
{
	bool is_removal;
	const struct list_row *row = find_list(list_rows,
		G_N_ELEMENTS(list_rows), call->row->name, &is_removal);
	GPtrArray *strings = g_hash_table_lookup(lists, row->add);

	(void)error;
	for (unsigned i = 0; i < call->argc; i++) {
		if (skip_flag(call, &i))
			continue;
		if (is_removal) {
			strings_remove(strings, call->argv[i]);
			continue;
		}
		strings_add(strings, call->argv[i]);
		if (row->also_add != NULL)
			strings_add(g_hash_table_lookup(lists, row->also_add),
				call->argv[i]);
	}
	return true;
}

/* "DESCRIPTION MAILBOX" pairs. */
static bool cmd_named_mailboxes(const struct command_call *call, GError **error)
{
	GPtrArray *strings = g_hash_table_lookup(lists, "mailboxes");

	if (call->argc % 2 != 0) {
		command_blame(call, call->argc - 1);
		g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
			"expected a mailbox after the description '%s'",
			call->argv[call->argc - 1]);
		return false;
	}
	for (unsigned i = 1; i < call->argc; i += 2)
		strings_add(strings, call->argv[i]);
	return true;
}

/* Lines of the same first word as text. */
static void remove_lines(GPtrArray *strings, const char *text)
{
	size_t length = strcspn(text, " \t");

	if (strcmp(text, "*") == 0)
		strings_remove(strings, "*");
	if (length > 0 && text[length - 1] == ':')
		length--;
	for (guint i = strings->len - 1; i-- > 0;) {
		const char *line = strings->pdata[i];

		if (g_ascii_strncasecmp(line, text, length) == 0 &&
			strchr(": \t", line[length]) != NULL)
			g_ptr_array_remove_index(strings, i);
	}
}

static bool cmd_line(const struct command_call *call, GError **error)
{
	bool is_removal;
	const struct list_row *row = find_list(line_rows,
		G_N_ELEMENTS(line_rows), call->row->name, &is_removal);
	GPtrArray *strings = g_hash_table_lookup(lists, row->add);
	g_autofree char *text = rc_rest_text(call->argv[0]);

	(void)error;
	remove_lines(strings, text);
	if (!is_removal)
		strings_append(strings, text);
	return true;
}

/* --- alternates, an option that has commands ----------------------------- */

static bool change_alternates(const struct command_call *call, bool remove,
	GError **error)
{
	const struct option_row *row = option_find("alternates");

	for (unsigned i = 0; i < call->argc; i++) {
		const char *words[] = { call->argv[i], NULL };
		g_autofree char *text = NULL;
		bool ok;

		if (skip_flag(call, &i))
			continue;
		/* One word, whatever blanks and commas are in it. */
		text = option_join_list(words);
		if (remove && strcmp(text, "*") == 0)
			ok = option_set_value(call->scope, row, "", error);
		else
			ok = option_add_value(call->scope, row, text, remove,
				error);
		if (!ok) {
			command_blame(call, i);
			return false;
		}
	}
	return true;
}

static bool cmd_alternates(const struct command_call *call, GError **error)
{
	return change_alternates(call, false, error);
}

static bool cmd_unalternates(const struct command_call *call, GError **error)
{
	return change_alternates(call, true, error);
}

/* --- aliases and groups -------------------------------------------------- */

static struct group *group_of(const char *name)
{
	struct group *group = g_hash_table_lookup(groups, name);

	if (group == NULL) {
		group = g_new0(struct group, 1);
		group->addresses = strings_new();
		group->regexes = strings_new();
		g_hash_table_insert(groups, g_strdup(name), group);
	}
	return group;
}

static void remove_alias(const char *name)
{
	for (guint i = aliases->len; i-- > 0;) {
		const struct rc_alias *alias = aliases->pdata[i];

		if (strcmp(name, "*") == 0 ||
			g_ascii_strcasecmp(alias->name, name) == 0)
			g_ptr_array_remove_index(aliases, i);
	}
}

/* The next word of a line as written; moves *line behind it and its blanks. */
static char *cut_word(const char **line)
{
	size_t length = strcspn(*line, " \t");
	char *word = g_strndup(*line, length);

	*line += length;
	*line += strspn(*line, " \t");
	return word;
}

static bool cmd_alias(const struct command_call *call, GError **error)
{
	const char *line = call->argv[0];
	struct rc_alias *alias;
	g_autofree char *name = cut_word(&line), *group = NULL;

	while (strcmp(name, "-group") == 0) {
		g_free(group);
		g_free(name);
		group = cut_word(&line);
		name = cut_word(&line);
	}
	if (*name == '\0' || *line == '\0') {
		g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
			"expected a name and an address");
		return false;
	}
	remove_alias(name);
	if (group != NULL)
		strings_add(group_of(group)->addresses, line);
	alias = g_new0(struct rc_alias, 1);
	alias->name = g_steal_pointer(&name);
	alias->addresses = g_strdup(line);
	g_ptr_array_add(aliases, alias);
	return true;
}

static bool cmd_unalias(const struct command_call *call, GError **error)
{
	(void)error;
	for (unsigned i = 0; i < call->argc; i++)
		remove_alias(call->argv[i]);
	return true;
}

/* group -group NAME -addr ADDRESS... -rx REGEX... */
static bool change_group(const struct command_call *call, bool remove,
	GError **error)
{
	struct group *group = NULL;
	bool is_regex = false;

	for (unsigned i = 0; i < call->argc; i++) {
		const char *word = call->argv[i];

		if (strcmp(word, "-rx") == 0 || strcmp(word, "-addr") == 0) {
			is_regex = strcmp(word, "-rx") == 0;
		} else if (strcmp(word, "-group") == 0 || group == NULL) {
			if (*word == '-' && ++i == call->argc)
				break;
			group = group_of(call->argv[i]);
		} else if (remove) {
			strings_remove(is_regex ? group->regexes :
						  group->addresses, word);
		} else {
			strings_add(is_regex ? group->regexes :
					       group->addresses, word);
		}
	}
	if (group != NULL)
		return true;
	g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
		"expected the name of a group after -group");
	return false;
}

static bool cmd_group(const struct command_call *call, GError **error)
{
	return change_group(call, false, error);
}

static bool cmd_ungroup(const struct command_call *call, GError **error)
{
	return change_group(call, true, error);
}

#define LIST(name_, usage_, summary_)                                     \
	{ .name = name_, .usage = usage_, .min_args = 1,                  \
		.max_args = COMMAND_ARGS_MAX, .is_batch = true,           \
		.group = "facts", .summary = summary_, .exec = cmd_list }
#define LINE(name_, usage_, summary_)                                     \
	{ .name = name_, .usage = usage_, .args = COMMAND_ARGS_REST,      \
		.min_args = 1, .max_args = 1, .is_batch = true,           \
		.group = "facts", .summary = summary_, .exec = cmd_line }
#define WORDS(name_, usage_, summary_, exec_)                             \
	{ .name = name_, .usage = usage_, .min_args = 1,                  \
		.max_args = COMMAND_ARGS_MAX, .is_batch = true,           \
		.group = "facts", .summary = summary_, .exec = exec_ }

static const struct command_row rows[] = {
	{ .name = "alias", .usage = "[-group GROUP] NAME ADDRESS, ...",
		.args = COMMAND_ARGS_REST, .min_args = 1, .max_args = 1,
		.is_batch = true, .group = "facts",
		.summary = "a short name for addresses",
		.exec = cmd_alias },
	WORDS("alternates", "REGEX...", "your other addresses",
		cmd_alternates),
	LIST("alternative_order", "TYPE...",
		"which part of multipart/alternative is shown first"),
	LIST("attachments", "[+-]DISPOSITION TYPE...",
		"which parts count as attachments"),
	LIST("auto_view", "TYPE...",
		"types that a mailcap entry turns into text"),
	WORDS("group", "-group NAME [-addr ADDRESS... | -rx REGEX...]",
		"people by one name in patterns", cmd_group),
	LIST("lists", "REGEX...", "addresses that are mailing lists"),
	LIST("mailboxes", "MAILBOX...",
		"mailboxes to watch and to show in the list of mailboxes"),
	LIST("mailto_allow", "FIELD...",
		"header fields that a mailto: link may set"),
	LIST("mime_lookup", "TYPE...",
		"types whose file names tell the real type"),
	LINE("my_hdr", "FIELD: VALUE", "a header field of messages you send"),
	WORDS("named-mailboxes", "DESCRIPTION MAILBOX ...",
		"mailboxes to watch, with descriptions", cmd_named_mailboxes),
	LIST("nospam", "REGEX...", "what is no spam tag"),
	LINE("score", "PATTERN VALUE", "points for messages that match"),
	{ .name = "sidebar_pin", .aliases = "sidebar_whitelist",
		.usage = "MAILBOX...", .min_args = 1,
		.max_args = COMMAND_ARGS_MAX, .is_batch = true,
		.group = "facts",
		.summary = "mailboxes the sidebar always shows",
		.exec = cmd_list },
	{ .name = "sidebar_unpin", .aliases = "unsidebar_whitelist",
		.usage = "MAILBOX... | *", .min_args = 1,
		.max_args = COMMAND_ARGS_MAX, .is_batch = true,
		.group = "facts", .summary = "remove mailboxes from these",
		.exec = cmd_list },
	LIST("spam", "REGEX FORMAT", "header fields that tell of spam"),
	LINE("subjectrx", "REGEX REPLACEMENT", "how subjects are shown"),
	LIST("subscribe", "REGEX...", "mailing lists you are subscribed to"),
	WORDS("unalias", "NAME... | *", "forget aliases", cmd_unalias),
	WORDS("unalternates", "REGEX... | *", "forget addresses of yours",
		cmd_unalternates),
	LIST("unalternative_order", "TYPE... | *", "forget preferred types"),
	LIST("unattachments", "TYPE... | *", "forget rules for attachments"),
	LIST("unauto_view", "TYPE... | *", "forget types to turn into text"),
	WORDS("ungroup", "-group NAME [-addr ADDRESS... | -rx REGEX...]",
		"remove people from a group", cmd_ungroup),
	LIST("unlists", "REGEX... | *", "forget mailing lists"),
	LIST("unmailboxes", "MAILBOX... | *", "forget mailboxes to watch"),
	LIST("unmailto_allow", "FIELD... | *",
		"forget fields that mailto: links may set"),
	LIST("unmime_lookup", "TYPE... | *",
		"forget types to look up by file name"),
	LINE("unmy_hdr", "FIELD... | *", "forget header fields of yours"),
	LINE("unscore", "PATTERN | *", "forget points"),
	LIST("unspam", "REGEX... | *", "forget spam rules"),
	LINE("unsubjectrx", "REGEX | *", "forget how subjects are shown"),
	LIST("unsubscribe", "REGEX... | *", "forget subscriptions"),
};

const struct rc_command_table rc_collect_commands = { rows,
	G_N_ELEMENTS(rows) };
