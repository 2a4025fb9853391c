/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "ui/hooks.h"

#include "src/mail/account.h"
#include "src/mail/mailbox.h"
#include "src/mail/pattern.h"
#include "src/rc/command.h"
#include "ui/view.h"

enum { TIMEOUT_S = 600 };

static const struct command_run_ops ops = { .before = view_before, .failed = view_failed };

static char *last_account;
static guint timeout_source;

void hooks_run(const char *name)
{
	command_run_hook(name, &ops, NULL);
}

/* "=Lists" is mutt's for a mailbox of the account; else the pattern is a
 * regular expression over account/Name. */
static bool matches_mailbox(const char *pattern, void *data)
{
	struct mailbox *mailbox = data;
	bool is_negated = *pattern == '!' && pattern[1] != '\0';
	const char *text = is_negated ? pattern + 1 + strspn(pattern + 1, " ") : pattern;
	bool is_own = *text == '=' || *text == '+';
	char *subject = is_own ? g_strdup(mailbox_name(mailbox)) :
		g_strconcat(account_name(mailbox_account(mailbox)), "/",
			mailbox_name(mailbox), NULL);
	char *regex = is_own ? g_strconcat("^", text + 1, NULL) : g_strdup(text);
	bool matches = strcmp(text, "!") == 0 ? strcmp(mailbox_name(mailbox), "INBOX") == 0
		: g_regex_match_simple(regex, subject, 0, 0);

	g_free(regex);
	g_free(subject);
	return matches != is_negated;
}

void hooks_mailbox(struct mailbox *mailbox)
{
	const char *account = account_name(mailbox_account(mailbox));

	if (g_strcmp0(account, last_account) != 0) {
		g_free(last_account);
		last_account = g_strdup(account);
		command_run_hook_for("account", account, NULL, NULL, &ops, NULL);
	}
	command_run_hook_for("mailbox", NULL, matches_mailbox, mailbox, &ops, NULL);
}

struct subject {
	struct mailbox *mailbox;
	uint32_t uid;
};

static bool matches_message(const char *pattern, void *data)
{
	const struct subject *subject = data;
	uint32_t pos = mailbox_find_uid(subject->mailbox, subject->uid);
	struct pattern *parsed = pattern_parse(pattern, NULL);
	bool matches = parsed && pos != UINT32_MAX &&
		pattern_match(parsed, subject->mailbox, pos);

	pattern_free(&parsed);
	return matches;
}

void hooks_message(struct mailbox *mailbox, uint32_t uid)
{
	struct subject subject = { mailbox, uid };

	command_run_hook_for("message", NULL, matches_message, &subject, &ops, NULL);
}

static gboolean on_timeout(void *data)
{
	(void)data;
	hooks_run("timeout");
	return G_SOURCE_CONTINUE;
}

void hooks_note_key(void)
{
	source_clear(&timeout_source);
	timeout_source = g_timeout_add_seconds(TIMEOUT_S, on_timeout, NULL);
}

void hooks_stop(void)
{
	source_clear(&timeout_source);
	g_clear_pointer(&last_account, g_free);
}
