/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a selected mailbox's extensions add to the actions of a transcript. */
#include "src/base/base.h"
#include "src/imap/fetch.h"
#include "src/imap/seqset.h"
#include "tests/imap/play.h"

static struct selection *selection_of(struct play *play, char **words,
	struct imap_seqset *uids_out)
{
	struct handle *handle = g_hash_table_lookup(play->handles, words[1]);

	imap_seqset_init(uids_out);
	if (handle == NULL || !imap_seqset_parse(uids_out, words[2]))
		play_fail(play, "no such mailbox, or a bad set");
	return handle->selection;
}

/* details MAILBOX UIDS: all that only some servers know. */
static void do_details(struct play *play, char **words)
{
	struct imap_seqset uids;
	struct selection *selection = selection_of(play, words, &uids);

	selection_fetch(selection, &uids, IMAP_FETCH_EMAIL_ID |
		IMAP_FETCH_THREAD_ID | IMAP_FETCH_SAVE_DATE |
		IMAP_FETCH_PREVIEW | IMAP_FETCH_GM_LABELS | IMAP_FETCH_GM_ID |
		IMAP_FETCH_GM_THREAD, SESSION_INTERACTIVE, play_on_done,
		label_new(play, words[0]));
	imap_seqset_release(&uids);
}

/* changed MAILBOX MODSEQ: flags that changed after it. */
static void do_changed(struct play *play, char **words)
{
	struct handle *handle = g_hash_table_lookup(play->handles, words[1]);

	if (handle == NULL)
		play_fail(play, "no such mailbox");
	selection_fetch_changed(handle->selection,
		g_ascii_strtoull(words[2], NULL, 10), play_on_done,
		label_new(play, words[0]));
}

/* labels MAILBOX UIDS + LABEL...; "_" stands for a space. */
static void do_labels(struct play *play, char **words)
{
	struct imap_seqset uids;
	struct selection *selection = selection_of(play, words, &uids);
	bool is_add = strcmp(words[3], "+") == 0;

	for (char **word = words + 4; *word != NULL; word++)
		g_strdelimit(*word, "_", ' ');
	selection_store_labels(selection, &uids, is_add,
		(const char *const *)words + 4, g_strv_length(words + 4),
		play_on_done, label_new(play, words[0]));
	imap_seqset_release(&uids);
}

static void do_identities(struct play *play, char **words)
{
	session_identities(play->session, (const char *const *)words + 1,
		play_on_statused, play_on_done, label_new(play, words[0]));
}

const struct play_action play_state_actions[] = {
	{ "identities", do_identities },
	{ "changed", do_changed },
	{ "details", do_details },
	{ "labels", do_labels },
	{ NULL, NULL },
};
