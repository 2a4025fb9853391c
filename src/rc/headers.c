/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which header fields are shown, and in which order. As in mutt: a word stands
 * for every field that begins with it, "*" for all, and a field is shown
 * unless it is ignored and not unignored.
 */
#include "src/base/base.h"
#include "src/rc/language.h"

#include <limits.h>

static const char *const shown_by_default[] = { "from", "reply-to", "sender:",
	"to:", "cc:", "bcc:", "date:", "subject:", "list-id:", "followup-to:",
	"newsgroups:", "organization:" };
static const char *const order_by_default[] = { "date:", "from:", "sender:",
	"reply-to:", "to:", "cc:", "bcc:", "subject:" };

static GPtrArray *ignored, *unignored, *order;
/* The first hdr_order of an rc says all of it. */
static bool order_is_default;

static GPtrArray *words_new(const char *const *words, size_t n)
{
	GPtrArray *array = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < n; i++)
		g_ptr_array_add(array, g_strdup(words[i]));
	return array;
}

void rc_headers_init(void)
{
	static const char *const all[] = { "*" };

	ignored = words_new(all, 1);
	unignored = words_new(shown_by_default,
		G_N_ELEMENTS(shown_by_default));
	order = words_new(order_by_default, G_N_ELEMENTS(order_by_default));
	order_is_default = true;
}

void rc_headers_release(void)
{
	g_clear_pointer(&ignored, g_ptr_array_unref);
	g_clear_pointer(&unignored, g_ptr_array_unref);
	g_clear_pointer(&order, g_ptr_array_unref);
}

/* "from" stands for From and From-Line, "from:" for From alone. */
static bool word_matches(const char *word, const char *field)
{
	size_t length = strlen(word);

	if (strcmp(word, "*") == 0)
		return true;
	if (length > 0 && word[length - 1] == ':')
		return g_ascii_strncasecmp(word, field, length - 1) == 0 &&
			(field[length - 1] == '\0' || field[length - 1] == ':');
	return g_ascii_strncasecmp(word, field, length) == 0;
}

static bool any_matches(const GPtrArray *words, const char *field)
{
	for (guint i = 0; i < words->len; i++) {
		if (word_matches(words->pdata[i], field))
			return true;
	}
	return false;
}

bool rc_header_is_shown(const char *field)
{
	return !any_matches(ignored, field) || any_matches(unignored, field);
}

int rc_header_order(const char *field)
{
	for (guint i = 0; i < order->len; i++) {
		if (word_matches(order->pdata[i], field))
			return (int)i;
	}
	return INT_MAX;
}

static void remove_word(GPtrArray *words, const char *word)
{
	if (strcmp(word, "*") == 0) {
		g_ptr_array_set_size(words, 0);
		return;
	}
	for (guint i = words->len; i-- > 0;) {
		if (g_ascii_strcasecmp(words->pdata[i], word) == 0)
			g_ptr_array_remove_index(words, i);
	}
}

static void add_word(GPtrArray *words, const char *word)
{
	for (guint i = 0; i < words->len; i++) {
		if (g_ascii_strcasecmp(words->pdata[i], word) == 0)
			return;
	}
	g_ptr_array_add(words, g_strdup(word));
}

static bool cmd_ignore(const struct command_call *call, GError **error)
{
	(void)error;
	for (unsigned i = 0; i < call->argc; i++) {
		remove_word(unignored, call->argv[i]);
		add_word(ignored, call->argv[i]);
	}
	return true;
}

static bool cmd_unignore(const struct command_call *call, GError **error)
{
	(void)error;
	for (unsigned i = 0; i < call->argc; i++) {
		remove_word(ignored, call->argv[i]);
		add_word(unignored, call->argv[i]);
	}
	return true;
}

static bool cmd_hdr_order(const struct command_call *call, GError **error)
{
	(void)error;
	if (order_is_default)
		g_ptr_array_set_size(order, 0);
	order_is_default = false;
	for (unsigned i = 0; i < call->argc; i++)
		add_word(order, call->argv[i]);
	return true;
}

static bool cmd_unhdr_order(const struct command_call *call, GError **error)
{
	(void)error;
	order_is_default = false;
	for (unsigned i = 0; i < call->argc; i++)
		remove_word(order, call->argv[i]);
	return true;
}

static const struct command_row rows[] = {
	{ .name = "hdr_order", .aliases = "header-order", .usage = "FIELD...",
		.min_args = 1, .max_args = COMMAND_ARGS_MAX, .is_batch = true,
		.group = "headers",
		.summary = "the order in which header fields are shown",
		.doc = "Fields that are not named follow as they are in the "
		"message. The first use replaces the default: From, Sender, "
		"Reply-To, To, Cc, Bcc, Date, Subject.",
		.exec = cmd_hdr_order },
	{ .name = "ignore", .usage = "FIELD...", .min_args = 1,
		.max_args = COMMAND_ARGS_MAX, .is_batch = true,
		.group = "headers",
		.summary = "do not show these header fields",
		.doc = "A word stands for all fields that begin with it; with "
		"a colon at its end for that field alone; * for all.",
		.exec = cmd_ignore },
	{ .name = "unhdr_order", .aliases = "unheader-order",
		.usage = "FIELD... | *", .min_args = 1,
		.max_args = COMMAND_ARGS_MAX, .is_batch = true,
		.group = "headers",
		.summary = "remove fields from the order, or all",
		.exec = cmd_unhdr_order },
	{ .name = "unignore", .usage = "FIELD...", .min_args = 1,
		.max_args = COMMAND_ARGS_MAX, .is_batch = true,
		.group = "headers",
		.summary = "show these header fields after all",
		.doc = "'unignore *' shows all.", .exec = cmd_unignore },
};

const struct rc_command_table rc_header_commands = { rows, G_N_ELEMENTS(rows) };
