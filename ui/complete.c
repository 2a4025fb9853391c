/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Completion. Each function turns the text of a prompt into what the whole text
 * may become.
 */
#include "src/base/base.h"
#include "ui/complete.h"

#include "src/mail/account.h"
#include "src/mail/pattern.h"
#include "src/rc/command.h"
#include "src/rc/option.h"
#include "ui/prompt.h"
#include "ui/view.h"

enum { CANDIDATES_MAX = 200 };

static void add(GPtrArray *candidates, char *text_take)
{
	if (candidates->len < CANDIDATES_MAX)
		g_ptr_array_add(candidates, text_take);
	else
		g_free(text_take);
}

/* --- mailboxes ------------------------------------------------------------------------ */

/* As typed, whatever the case; INBOX is the inbox in any. */
static bool has_prefix(const char *text, const char *prefix)
{
	char *a = g_utf8_casefold(text, -1), *b = g_utf8_casefold(prefix, -1);
	bool has = g_str_has_prefix(a, b);

	g_free(a);
	g_free(b);
	return has;
}

static void add_mailboxes(const struct account *account, const char *before,
	const char *typed, GPtrArray *candidates)
{
	for (size_t i = 0; i < account_n_mailboxes(account); i++) {
		const struct account_mailbox *row = account_mailbox_at(account, i);

		if (has_prefix(row->name, typed))
			add(candidates, g_strconcat(before, row->name, NULL));
	}
}

static void complete_mailbox(const char *text, GPtrArray *candidates)
{
	const GPtrArray *all = accounts();
	struct view *view = view_current();
	char before[2] = { text[0], '\0' };

	if (text[0] == '=' || text[0] == '+') {
		if (view->account)
			add_mailboxes(view->account, before, text + 1, candidates);
		return;
	}
	if (view->account)
		add_mailboxes(view->account, "", text, candidates);
	for (guint i = 0; i < all->len; i++) {
		char *prefix = g_strconcat(account_name(all->pdata[i]), "/", NULL);

		if (g_str_has_prefix(text, prefix))
			add_mailboxes(all->pdata[i], prefix, text + strlen(prefix), candidates);
		else if (all->len > 1 && *text && g_str_has_prefix(prefix, text))
			add(candidates, g_strdup(prefix));
		g_free(prefix);
	}
}

static void complete_account(const char *text, GPtrArray *candidates)
{
	const GPtrArray *all = accounts();

	for (guint i = 0; i < all->len; i++) {
		if (g_str_has_prefix(account_name(all->pdata[i]), text))
			add(candidates, g_strdup(account_name(all->pdata[i])));
	}
}

/* --- flags, patterns, options --------------------------------------------------------- */

static void complete_flag(const char *text, GPtrArray *candidates)
{
	static const char *const flags[] = { "\\Seen", "\\Answered", "\\Flagged", "\\Deleted",
		"\\Draft", "$Forwarded", "$Junk", "$NotJunk", "$Phishing", "$Important" };

	for (size_t i = 0; i < G_N_ELEMENTS(flags); i++) {
		if (has_prefix(flags[i], text) || (flags[i][0] == '\\' && has_prefix(flags[i] + 1, text)))
			add(candidates, g_strdup(flags[i]));
	}
}

/* After a "~" at the end: the letters, so that they can be looked up. */
static void complete_pattern(const char *text, GPtrArray *candidates)
{
	size_t len = strlen(text), n;
	const struct pattern_row *rows = pattern_rows(&n);

	if (len == 0 || text[len - 1] != '~')
		return;
	for (size_t i = 0; i < n; i++)
		add(candidates, g_strdup_printf("%s%c", text, rows[i].letter));
}

/* The values that an option of few can have, or the one it has. */
static void complete_value(const char *text, const char *equals, GPtrArray *candidates)
{
	char *name = g_strndup(text, (gsize)(equals - text));
	const struct option_row *row = option_find(name);
	const char *choices;
	char **words, *now;

	g_free(name);
	if (!row)
		return;
	if (row->type == OPTION_BOOL)
		choices = "yes no";
	else if (row->type == OPTION_QUAD)
		choices = "yes no ask-yes ask-no";
	else
		choices = row->choices;
	words = g_strsplit(choices ? choices : "", " ", -1);
	for (size_t i = 0; words[i]; i++) {
		if (g_str_has_prefix(words[i], equals + 1))
			add(candidates, g_strdup_printf("%.*s%s", (int)(equals + 1 - text),
				text, words[i]));
	}
	g_strfreev(words);
	now = choices || equals[1] ? NULL : option_get_text(options_global(), row);
	if (now && *now) {
		char *quoted = strpbrk(now, " \t;#\"'\\$`{}") ? option_quote(now)
			: g_strdup(now);

		add(candidates, g_strdup_printf("%.*s%s", (int)(equals + 1 - text), text,
			quoted));
		g_free(quoted);
	}
	g_free(now);
}

static void complete_option(const char *text, GPtrArray *candidates)
{
	size_t n, skip = 0;
	const struct option_row *const *rows = option_rows(&n);
	const char *equals = strchr(text, '=');

	if (equals) {
		complete_value(text, equals, candidates);
		return;
	}
	if (g_str_has_prefix(text, "no"))
		skip = 2;
	else if (g_str_has_prefix(text, "inv"))
		skip = 3;
	for (size_t i = 0; i < n; i++) {
		if (g_str_has_prefix(rows[i]->name, text))
			add(candidates, g_strdup(rows[i]->name));
		else if (skip > 0 && rows[i]->type == OPTION_BOOL &&
			g_str_has_prefix(rows[i]->name, text + skip))
			add(candidates, g_strdup_printf("%.*s%s", (int)skip, text, rows[i]->name));
	}
}

/* --- files ------------------------------------------------------------------------------- */

/* A directory is read while a person waits for Tab: a bounded part of it. */
static void complete_file(const char *text, GPtrArray *candidates)
{
	const char *slash = strrchr(text, '/');
	char *shown = slash ? g_strndup(text, (gsize)(slash - text) + 1) : g_strdup("");
	const char *typed = slash ? slash + 1 : text;
	char *dir = g_str_has_prefix(shown, "~/")
		? g_build_filename(g_get_home_dir(), shown + 2, NULL)
		: g_strdup(*shown ? shown : ".");
	GDir *handle = g_dir_open(dir, 0, NULL);
	const char *name;

	for (int i = 0; handle && i < 10000 && (name = g_dir_read_name(handle)); i++) {
		char *path;
		bool is_dir;

		if (!g_str_has_prefix(name, typed) || (name[0] == '.' && typed[0] != '.') ||
			!g_utf8_validate(name, -1, NULL))
			continue;
		path = g_build_filename(dir, name, NULL);
		is_dir = g_file_test(path, G_FILE_TEST_IS_DIR);
		add(candidates, g_strconcat(shown, name, is_dir ? "/" : "", NULL));
		g_free(path);
	}
	if (handle)
		g_dir_close(handle);
	g_free(dir);
	g_free(shown);
}

/* --- commands ----------------------------------------------------------------------------- */

static prompt_complete_fn *completion_of(const char *name);

static void complete_arguments(const char *text, const char *blank, GPtrArray *candidates)
{
	char *name = g_strndup(text, (gsize)(blank - text));
	const struct command_row *row = command_find(name);
	const char *last = strrchr(text, ' ') + 1;
	prompt_complete_fn *fn = row && row->completes ? completion_of(row->completes) : NULL;
	GPtrArray *found = g_ptr_array_new_with_free_func(g_free);

	if (fn)
		fn(last, found);
	for (guint i = 0; i < found->len; i++)
		add(candidates, g_strdup_printf("%.*s%s", (int)(last - text), text,
			(char *)found->pdata[i]));
	g_ptr_array_unref(found);
	g_free(name);
}

static void complete_command(const char *text, GPtrArray *candidates)
{
	const char *blank = strchr(text, ' ');
	const struct command_row *const *rows;
	size_t n;

	if (blank) {
		complete_arguments(text, blank, candidates);
		return;
	}
	rows = command_rows(&n);
	for (size_t i = 0; i < n; i++) {
		if (g_str_has_prefix(rows[i]->name, text))
			add(candidates, g_strdup(rows[i]->name));
	}
}

static const struct {
	const char *name;
	prompt_complete_fn *fn;
} completions[] = {
	{ "account", complete_account },
	{ "command", complete_command },
	{ "file", complete_file },
	{ "flag", complete_flag },
	{ "mailbox", complete_mailbox },
	{ "option", complete_option },
	{ "pattern", complete_pattern },
};

static prompt_complete_fn *completion_of(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(completions); i++) {
		if (strcmp(completions[i].name, name) == 0)
			return completions[i].fn;
	}
	return NULL;
}

void complete_init(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(completions); i++)
		prompt_register_completion(completions[i].name, completions[i].fn);
}
