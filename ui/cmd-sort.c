/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands for the order of the index. */
#include "src/base/base.h"
#include "ui/commands.h"

#include "src/mail/account.h"
#include "src/mail/mailbox.h"
#include "ui/context.h"
#include "ui/prompt.h"
#include "ui/view.h"

/* What a letter stands for; mutt's, in its order. */
static const struct {
	char key;
	const char *label, *sort;
} choices[] = {
	{ 'd', "(d)ate", "date-sent" },
	{ 'f', "(f)rom", "from" },
	{ 'r', "(r)ecv", "date-received" },
	{ 's', "(s)ubj", "subject" },
	{ 'o', "t(o)", "to" },
	{ 't', "(t)hread", "threads" },
	{ 'u', "(u)nsort", "mailbox-order" },
	{ 'z', "si(z)e", "size" },
	{ 'c', "s(c)ore", "score" },
	{ 'l', "(l)abel", "label" },
};

/* For all mailboxes, as mutt does it, and for this one if it has its own. */
static void set_sort(const char *sort)
{
	const struct option_row *row = option_find("sort");
	struct mailbox *mailbox = view_current()->mailbox;
	struct option_set *own = options_for_mailbox(
		account_name(mailbox_account(mailbox)), mailbox_name(mailbox));
	char *now;

	option_set_value(options_global(), row, sort, NULL);
	now = option_get_text(own, row);
	if (strcmp(now, sort) != 0)
		option_set_value(own, row, sort, NULL);
	g_free(now);
}

static void on_choice(const char *text, void *data)
{
	bool is_reverse = GPOINTER_TO_INT(data);

	for (size_t i = 0; text && i < G_N_ELEMENTS(choices); i++) {
		char *sort;

		if (choices[i].key != text[0] || !view_current()->mailbox)
			continue;
		sort = g_strconcat(is_reverse ? "reverse-" : "",
			choices[i].sort, NULL);
		set_sort(sort);
		g_free(sort);
	}
}

static bool ask_sort(bool is_reverse, GError **error)
{
	const struct option_row *row = option_find("sort");
	char *now = option_get_text(
		mailbox_options(view_current()->mailbox), row);
	char *above = g_strdup_printf("The order is %s now. %s by:", now,
		is_reverse ? "Sort in reverse" : "Sort");
	GString *label = g_string_new(NULL);
	GString *keys = g_string_new(NULL);
	bool ok;

	for (size_t i = 0; i < G_N_ELEMENTS(choices); i++) {
		g_string_append_printf(label, "%s%s", i > 0 ? " " : "",
			choices[i].label);
		g_string_append_c(keys, choices[i].key);
	}
	g_string_append(label, ": ");
	ok = view_prompt(&(struct prompt_request){
		.kind = PROMPT_KEYS,
		.label = label->str,
		.keys = keys->str,
		.above = (const char *const[]){ above, NULL },
		.done = on_choice,
		.data = GINT_TO_POINTER(is_reverse),
	}, error);
	g_string_free(label, TRUE);
	g_string_free(keys, TRUE);
	g_free(above);
	g_free(now);
	return ok;
}

static bool cmd_sort(const struct command_call *call, GError **error)
{
	return ask_sort(strcmp(call->row->name, "sort-reverse") == 0, error);
}

static const struct command_row rows[] = {
	{ .name = "sort-mailbox", .usage = "", .context = CONTEXT_MESSAGES,
		.needs = NEED_MAILBOX | NEED_SCREEN, .keys = "index:o pager:o",
		.group = "organising",
		.summary = "choose the order of messages",
		.doc = "Sets the option sort.", .exec = cmd_sort },
	{ .name = "sort-reverse", .usage = "", .context = CONTEXT_MESSAGES,
		.needs = NEED_MAILBOX | NEED_SCREEN, .keys = "index:O pager:O",
		.group = "organising",
		.summary = "choose the order of messages, the other way round",
		.exec = cmd_sort },
};

const struct command_table cmd_sort_table = { rows, G_N_ELEMENTS(rows) };
