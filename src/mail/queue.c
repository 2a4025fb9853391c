/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/queue.h"
#include "src/base/error.h"
#include "src/mail/action.h"
#include "src/mail/conflict.h"
#include "src/mail/op.h"
#include "src/mail/spool.h"

struct telling {
	queue_fn *fn;
	void *data;
};

const char *queue_state_name(enum queue_state state)
{
	static const char *const names[] = {
		[QUEUE_QUEUED] = "queued",
		[QUEUE_SENT] = "sent",
		[QUEUE_CONFLICT] = "conflict",
	};

	return names[state];
}

static char *action_of(const struct journal_entry *entry)
{
	static const char *const names[] = {
		[JOURNAL_STORE] = "flag",
		[JOURNAL_MOVE] = "move",
		[JOURNAL_COPY] = "copy",
		[JOURNAL_EXPUNGE] = "expunge",
		[JOURNAL_APPEND] = "append",
		[JOURNAL_REPLACE] = "replace",
	};

	if (entry->kind != JOURNAL_STORE)
		return g_strdup(names[entry->kind]);
	return g_strdup_printf("%s %s", entry->add ? "flag" : "unflag",
		entry->flags != NULL ? entry->flags : "");
}

static void tell(const struct journal_entry *entry, const struct op *op,
	const struct telling *telling)
{
	char *action = action_of(entry), *text = conflict_describe(entry);
	char *target = entry->target == NULL ? NULL :
		entry->target_account == NULL ? g_strdup(entry->target) :
		g_strdup_printf("%s/%s", entry->target_account, entry->target);
	struct queue_row row = {
		.id = entry->id, .account = entry->account,
		.mailbox = entry->mailbox, .action = action, .text = text,
		.target = target, .uids = &entry->uids, .since = entry->time,
		.state = entry->conflict != NULL ? QUEUE_CONFLICT :
			op != NULL && op->phase == OP_SENT ? QUEUE_SENT :
			QUEUE_QUEUED,
		.why = entry->conflict,
	};

	if (op != NULL && op->mailbox->account->state != ACCOUNT_ONLINE)
		row.why = account_state_text(op->mailbox->account);
	if (op != NULL) {
		row.had = op->had;
		row.wanted = op->wanted;
	}
	telling->fn(&row, telling->data);
	g_free(action);
	g_free(text);
	g_free(target);
}

static void tell_op(const struct op *op, void *data)
{
	tell(op->entry, op, data);
}

static void tell_conflict(const struct journal_entry *entry, void *data)
{
	tell(entry, NULL, data);
}

void queue_each(queue_fn *fn, void *data)
{
	struct telling telling = { fn, data };
	GPtrArray *entries;

	if (mail.journal != NULL || mail.state_dir == NULL) {
		ops_each(NULL, tell_op, &telling);
		conflicts_each(NULL, tell_conflict, &telling);
		return;
	}
	entries = journal_list(mail.state_dir);
	for (guint i = 0; i < entries->len; i++)
		tell(entries->pdata[i], NULL, &telling);
	g_ptr_array_unref(entries);
}

bool queue_drop(uint64_t id, GError **error)
{
	struct journal_entry *entry = conflict_take(id);
	struct op *op = entry == NULL ? op_find(id) : NULL;

	if (entry != NULL) {
		if (mail.journal != NULL)
			journal_remove(mail.journal, id);
		if (entry->spool != NULL)
			spool_remove(entry->spool);
		journal_entry_free(&entry);
	} else if (op == NULL || op->phase != OP_WAITING) {
		g_set_error(error, MAIL_ERROR, MAIL_ERROR_NOT_FOUND,
			op == NULL ? "it is done already" :
			"it is being sent; undo takes it back when it is done");
		return false;
	} else {
		op_drop(op);
	}
	return true;
}

static void note_id(const struct journal_entry *entry, void *data)
{
	g_array_append_val(data, entry->id);
}

static void retry(uint64_t id)
{
	struct journal_entry *entry = conflict_take(id);
	struct account *account = account_find(entry->account);

	if (account == NULL) {
		conflict_keep(entry);
		return;
	}
	g_clear_pointer(&entry->conflict, g_free);
	journal_set_conflict(mail.journal, id, NULL);
	op_retry(account, entry);
}

void queue_try_now(void)
{
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));

	for (guint i = 0; i < mail.accounts->len; i++) {
		struct account *account = mail.accounts->pdata[i];

		if (account->state != ACCOUNT_ONLINE &&
			account->state != ACCOUNT_CONNECTING)
			account_reconnect(account);
	}
	conflicts_each(NULL, note_id, ids);
	for (guint i = 0; i < ids->len && mail.journal != NULL; i++)
		retry(g_array_index(ids, uint64_t, i));
	g_array_unref(ids);
	ops_run_all();
}
