/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "! ACTION": lists of mailboxes, their counts, and news of them. */
#include "src/base/base.h"
#include "tests/imap/play.h"

static bool has_word(char **words, const char *word)
{
	return g_strv_contains((const char *const *)words, word);
}

static const struct session_list_ops list_ops = {
	.list = play_on_listed,
	.status = play_on_statused,
};

/* list [MAILBOX=NAME] [status] [subscribed] [aside] */
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
