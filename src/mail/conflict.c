/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/conflict.h"
#include "src/cache/journal.h"
#include "src/mail/action.h"
#include "src/mail/private.h"
#include "src/mail/queue.h"

struct conflict {
	struct journal_entry *entry;
	bool is_told;
};

static GPtrArray *conflicts; /* of struct conflict * */

static void conflict_free(void *data)
{
	struct conflict *conflict = data;

	journal_entry_free(&conflict->entry);
	g_free(conflict);
}

void conflicts_init(void)
{
	conflicts = g_ptr_array_new_with_free_func(conflict_free);
}

void conflicts_release(void)
{
	g_clear_pointer(&conflicts, g_ptr_array_unref);
}

void conflict_keep(struct journal_entry *entry_take)
{
	struct conflict *conflict = g_new0(struct conflict, 1);

	conflict->entry = entry_take;
	g_ptr_array_add(conflicts, conflict);
}

/* "moving 3 messages from INBOX to Trash" */
char *conflict_describe(const struct journal_entry *entry)
{
	uint64_t n = imap_seqset_count(&entry->uids);
	const char *s = n == 1 ? "" : "s";

	switch (entry->kind) {
	case JOURNAL_MOVE:
		return g_strdup_printf("moving %" G_GUINT64_FORMAT " message%s "
			"from %s to %s", n, s, entry->mailbox, entry->target);
	case JOURNAL_COPY:
		return g_strdup_printf("copying %" G_GUINT64_FORMAT " message%s "
			"from %s to %s", n, s, entry->mailbox, entry->target);
	case JOURNAL_EXPUNGE:
		return g_strdup_printf("expunging %" G_GUINT64_FORMAT
			" message%s of %s", n, s, entry->mailbox);
	case JOURNAL_APPEND:
		return g_strdup_printf("storing a message in %s",
			entry->mailbox);
	case JOURNAL_REPLACE:
		return g_strdup_printf("replacing a message in %s",
			entry->mailbox);
	case JOURNAL_STORE:
		break;
	}
	return g_strdup_printf("%s %s of %" G_GUINT64_FORMAT " message%s in %s",
		entry->add ? "setting" : "clearing",
		entry->flags != NULL ? entry->flags : "flags", n, s,
		entry->mailbox);
}

static void tell(struct account *account, const struct journal_entry *entry)
{
	GDateTime *asked = g_date_time_new_from_unix_local(entry->time);
	char *when = asked == NULL ? g_strdup("earlier") :
		g_date_time_format(asked, "%Y-%m-%d %H:%M");
	char *what = conflict_describe(entry);

	account_say(account, true, "Not done (%s): %s: %s; journal-clear "
		"forgets it", when, what, entry->conflict);
	g_free(what);
	g_free(when);
	if (asked != NULL)
		g_date_time_unref(asked);
}

void conflicts_tell(struct account *account)
{
	for (guint i = 0; i < conflicts->len; i++) {
		struct conflict *conflict = conflicts->pdata[i];

		if (conflict->is_told ||
			strcmp(conflict->entry->account, account->name) != 0)
			continue;
		conflict->is_told = true;
		tell(account, conflict->entry);
	}
}

void conflicts_each(const struct account *account, conflict_fn *fn, void *data)
{
	for (guint i = 0; i < conflicts->len; i++) {
		const struct conflict *conflict = conflicts->pdata[i];

		if (account == NULL || strcmp(conflict->entry->account,
			account->name) == 0)
			fn(conflict->entry, data);
	}
}

struct journal_entry *conflict_take(uint64_t id)
{
	for (guint i = 0; i < conflicts->len; i++) {
		struct conflict *conflict = conflicts->pdata[i];
		struct journal_entry *entry = conflict->entry;

		if (entry->id != id)
			continue;
		conflict->entry = NULL;
		g_ptr_array_remove_index(conflicts, i);
		return entry;
	}
	return NULL;
}

uint32_t action_n_conflicts(void)
{
	return conflicts->len;
}

uint32_t action_forget_conflicts(void)
{
	uint32_t n = conflicts->len;

	while (conflicts->len > 0)
		queue_drop(((struct conflict *)conflicts->pdata[0])->entry->id,
			NULL);
	return n;
}
