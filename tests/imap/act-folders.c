/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "! ACTION": lists of mailboxes, their counts, and news of them. */
#include "src/base/base.h"
#include "src/imap/acl.h"
#include "tests/imap/play.h"

static bool has_word(char **words, const char *word)
{
	return g_strv_contains((const char *const *)words, word);
}

static void on_rights(const struct imap_my_rights *rights, void *data)
{
	play_event(((struct label *)data)->play, "rights %s %s",
		rights->mailbox, rights->rights);
}

static void on_comment(const char *mailbox, const char *text, void *data)
{
	play_event(((struct label *)data)->play, "comment %s %s", mailbox,
		text != NULL ? text : "-");
}

static const struct session_list_ops list_ops = {
	.list = play_on_listed,
	.status = play_on_statused,
	.rights = on_rights,
	.comment = on_comment,
};

/* list [mailbox=NAME] [status] [subscribed] [aside] [details] */
static void do_list(struct play *play, char **words)
{
	const char *only = NULL;
	unsigned options = 0;

	for (char **word = words + 1; *word != NULL; word++)
		if (g_str_has_prefix(*word, "mailbox="))
			only = *word + strlen("mailbox=");
	if (has_word(words, "status"))
		options |= SESSION_LIST_STATUS;
	if (has_word(words, "subscribed"))
		options |= SESSION_LIST_SUBSCRIBED;
	if (has_word(words, "aside"))
		options |= SESSION_LIST_ASIDE;
	if (has_word(words, "details"))
		options |= SESSION_LIST_DETAILS;
	g_hash_table_replace(play->requests, g_strdup(words[0]),
		session_list(play->session, only, options, &list_ops,
		play_on_done, label_new(play, words[0])));
}

/* statuses [aside] NAME... */
static void do_statuses(struct play *play, char **words)
{
	bool is_aside = has_word(words, "aside");

	session_statuses(play->session, (const char *const *)words +
		(is_aside ? 2 : 1), is_aside, play_on_statused, play_on_done,
		label_new(play, words[0]));
}

/* notify [status] */
static void do_notify(struct play *play, char **words)
{
	session_watch(play->session, has_word(words, "status"));
}

/* watching: tells whether the server does. */
static void do_watching(struct play *play, char **words)
{
	(void)words;
	play_event(play, "watching %s", session_is_watching(play->session) ?
		"yes" : "no");
}

const struct play_action play_folder_actions[] = {
	{ "list", do_list }, { "statuses", do_statuses },
	{ "notify", do_notify }, { "watching", do_watching },
	{ NULL, NULL },
};
