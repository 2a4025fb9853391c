/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ops of all mailboxes are in one list, in the order in which the user made
 * them, and are sent in this order. What a lost connection leaves open is
 * sent again when the mailbox is open again: STORE and MOVE by UID do no harm
 * twice; of a COPY the target is asked first (RFC 4549 5.1).
 */
#include "src/base/base.h"
#include "src/mail/op.h"
#include "src/base/error.h"
#include "src/mail/advice.h"
#include "src/mail/catenate.h"
#include "src/mail/conflict.h"
#include "src/mail/op-private.h"
#include "src/mail/spool.h"
#include "src/session/session.h"

static GPtrArray *ops;      /* of struct op *, in order */
static void (*ended_fn)(void);
static void (*progressed_fn)(const struct op *op);
static unsigned last_serial;

enum { LOOKS_MAX = 40, LOOK_AGAIN_MS = 50, TRY_AGAIN_MS = 100,
	OUTRUN_MAX = 5 };

static gboolean on_begin(gpointer data);

void ops_listen(void (*ended)(void), void (*progressed)(const struct op *op))
{
	ended_fn = ended;
	progressed_fn = progressed;
}

void op_tell_progress(const struct op *op)
{
	if (progressed_fn != NULL && op->entry->spool == NULL &&
		op->wanted >= OP_LARGE)
		progressed_fn(op);
}

static void op_free(struct op *op)
{
	source_clear(&op->source);
	locate_cancel(&op->locate);
	carry_cancel(&op->carry);
	catenate_free(&op->catenate);
	g_ptr_array_remove(ops, op);
	overlay_release(&op->overlay);
	imap_seqset_release(&op->all);
	imap_seqset_release(&op->confirmed);
	journal_entry_free(&op->entry);
	op_free_identities(op->identities);
	if (op->from != NULL)
		g_array_unref(op->from);
	if (op->to != NULL)
		g_array_unref(op->to);
	g_free(op->remark);
	mailbox_unref(&op->mailbox);
	g_free(op);
}

struct account *op_target_account(const struct op *op)
{
	return op->entry->target_account == NULL ? op->mailbox->account :
		account_find(op->entry->target_account);
}

const char *op_target_name(const struct op *op)
{
	return op->entry->target != NULL ? op->entry->target :
		op->mailbox->name;
}

void ops_each(const struct account *account, ops_each_fn *fn, void *data)
{
	for (guint i = 0; ops != NULL && i < ops->len; i++) {
		const struct op *op = ops->pdata[i];

		if (op->phase != OP_ENDED && (account == NULL ||
			op->mailbox->account == account))
			fn(op, data);
	}
}

struct op *op_find(uint64_t id)
{
	for (guint i = 0; ops != NULL && i < ops->len; i++) {
		struct op *op = ops->pdata[i];

		if (op->phase != OP_ENDED && op->entry->id == id)
			return op;
	}
	return NULL;
}

struct op *op_find_serial(unsigned serial)
{
	for (guint i = 0; ops != NULL && i < ops->len; i++) {
		struct op *op = ops->pdata[i];

		if (op->phase != OP_ENDED && op->serial == serial)
			return op;
	}
	return NULL;
}

uint32_t ops_pending(const struct account *account, const char *mailbox)
{
	uint32_t n = 0;

	for (guint i = 0; ops != NULL && i < ops->len; i++) {
		const struct op *op = ops->pdata[i];

		n += op->phase != OP_ENDED && (account == NULL ||
			op->mailbox->account == account) && (mailbox == NULL ||
			strcmp(op->mailbox->name, mailbox) == 0);
	}
	return n;
}

uint32_t ops_pending_into(const struct account *account, const char *target)
{
	uint32_t n = 0;

	for (guint i = 0; ops != NULL && i < ops->len; i++) {
		const struct op *op = ops->pdata[i];

		n += op->phase != OP_ENDED &&
			op_target_account(op) == account &&
			g_strcmp0(op->entry->target, target) == 0;
	}
	return n;
}

/* --- how it ends -------------------------------------------------------------- */

static void tell_target(const struct op *op, bool is_done)
{
	struct account *account = op_target_account(op);
	bool is_spool = op->entry->spool != NULL;
	const char *name = is_spool ? op_target_name(op) : op->entry->target;
	struct mailbox *target = name == NULL || account == NULL ? NULL :
		account_open_mailbox(account, name);
	uint32_t n = !is_done ? 0 : is_spool ? 1 :
		(uint32_t)imap_seqset_count(&op->all);

	if (target == NULL) {
		if (name != NULL && n > 0)
			account_news_own(account, name, n);
		return;
	}
	mailbox_took_own(target, op->to, n);
	/* Courier's IDLE may take a minute to tell of them. */
	if (is_done)
		mailbox_poll(target, NULL, NULL);
}

static void op_end(struct op *op, const GError *error, enum overlay_end end)
{
	struct account *account = op->mailbox->account;

	if (op->phase == OP_ENDED)
		return;
	op->phase = OP_ENDED;
	op_tell_progress(op);
	tell_target(op, error == NULL);
	if (mail.journal != NULL && op->entry->conflict == NULL)
		journal_remove(mail.journal, op->entry->id);
	if (op->entry->spool != NULL && op->entry->conflict == NULL)
		spool_remove(op->entry->spool);
	mailbox_remove_overlay(op->mailbox, &op->overlay, end);
	if (op->done != NULL)
		op->done(op, error, op->data);
	else if (error != NULL && !op->is_conflict)
		account_say(account, true, "%s", error->message);
	op_free(op);
	if (ended_fn != NULL)
		ended_fn();
	ops_run_all();
}

static void conflict(struct op *op, int code, const char *why);

/* What waited until nobody stood by any more is not lost with one sentence: it
 * is kept for a person to decide. */
static void refuse(struct op *op, const struct imap_result *result)
{
	char *text = advice_refusal(result);
	int code = g_strcmp0(result->code, "TRYCREATE") == 0 ?
		MAIL_ERROR_TRYCREATE : MAIL_ERROR_SERVER;

	if (op->is_late && mail.journal != NULL)
		conflict(op, code, text);
	else
		op_give_up(op, code, text);
	g_free(text);
}

void op_give_up(struct op *op, int code, const char *text)
{
	GError *error = g_error_new(MAIL_ERROR, code, "%s", text);

	op_end(op, error, OVERLAY_REFUSED);
	g_error_free(error);
}

void op_cancel(struct op *op)
{
	GError *error = g_error_new(MAIL_ERROR, MAIL_ERROR_CANCELLED, "stopped");

	if (mail.journal != NULL)
		journal_forget(mail.journal, op);
	op_end(op, error, OVERLAY_DROPPED);
	g_error_free(error);
}

void op_confirm(struct op *op)
{
	op_end(op, NULL, OVERLAY_CONFIRMED);
}

/* It can never be done, or not now. Nobody may have seen it happen, so the
 * journal keeps it until a person dismisses it. */
static void conflict(struct op *op, int code, const char *why)
{
	struct account *account = op->mailbox->account;

	if (mail.journal != NULL) {
		g_free(op->entry->conflict);
		op->entry->conflict = g_strdup(why);
		journal_set_conflict(mail.journal, op->entry->id, why);
		conflict_keep(journal_entry_copy(op->entry));
	}
	op->is_conflict = true;
	op_give_up(op, code, why);
	conflicts_tell(account);
}

/* UIDVALIDITY is another: these UIDs name other messages now. */
static void conflict_replaced(struct op *op)
{
	char *why = g_strdup_printf("%s was replaced by another mailbox of the "
		"same name", op->mailbox->name);

	conflict(op, MAIL_ERROR_NOT_FOUND, why);
	g_free(why);
}

void op_try_again(struct op *op)
{
	op->phase = OP_WAITING;
	op_tell_progress(op);
	if (op->source == 0)
		op->source = g_timeout_add(TRY_AGAIN_MS, on_begin, op);
}

/* One of thousands was removed by another program in the meantime, which is no
 * reason to leave the others (RFC 5530 3, EXPUNGEISSUED). */
static bool was_outrun(struct op *op, const struct imap_result *result)
{
	if (g_strcmp0(result->code, "EXPUNGEISSUED") != 0 ||
		imap_seqset_count(&op->all) < 2 || op->n_outrun++ >= OUTRUN_MAX)
		return false;
	op_keep_rest(op);
	return true;
}

/* false when it did not end well; the op may be gone then. */
bool op_is_ok(struct op *op, const struct imap_result *result)
{
	op->request = NULL;
	op->is_change = false;
	switch (result->outcome) {
	case IMAP_OUTCOME_OK:
		op->is_stopping = false;
		return true;
	case IMAP_OUTCOME_NO:
	case IMAP_OUTCOME_BAD:
		if (was_outrun(op, result))
			op_try_again(op);
		else
			refuse(op, result);
		return false;
	case IMAP_OUTCOME_CANCELLED:
		if (!op->is_stopping)
			break;
		if (op_keep_confirmed(op))
			return true;
		op_cancel(op);
		return false;
	case IMAP_OUTCOME_DISCONNECTED:
		break;
	}
	op_keep_rest(op);
	if (mail.is_releasing) {
		op->phase = OP_WAITING;
		return false;
	}
	if (mail.batch) {
		op_give_up(op, MAIL_ERROR_OFFLINE, "the connection was lost "
			"before the server confirmed it");
		return false;
	}
	if (op->is_stopping) {
		op_cancel(op);
		return false;
	}
	op->may_be_done = true;
	op->is_late = true;
	op->is_noted = op->is_noted && op->entry->target_uid_next != 0;
	op_try_again(op);
	return false;
}

/* --- when ------------------------------------------------------------------------------- */

/* A step of an earlier one on the same messages is still to come. */
static bool is_blocked(const struct op *op)
{
	for (guint i = 0; i < ops->len && ops->pdata[i] != op; i++) {
		const struct op *other = ops->pdata[i];
		if (other->mailbox != op->mailbox || other->phase == OP_ENDED ||
			(other->phase == OP_SENT &&
			other->entry->kind == JOURNAL_STORE))
			continue;
		if (imap_seqset_overlaps(&op->entry->uids,
			&other->entry->uids))
			return true;
	}
	return false;
}

static void on_woken(const struct imap_result *result, void *data)
{
	(void)result;
	(void)data;
}

static bool is_open(struct op *op)
{
	struct mailbox *mailbox = op->mailbox;
	struct account *target = op_target_account(op);

	if (mailbox->selection == NULL ||
		(target != NULL && target->state != ACCOUNT_ONLINE))
		return false;
	if (op->entry->kind == JOURNAL_APPEND)
		return true;
	if (mailbox->is_open &&
		selection_state(mailbox->selection) == SELECTION_OPEN)
		return true;
	/* Its connection went to another mailbox: ask for a turn. */
	if (selection_state(mailbox->selection) == SELECTION_LOST &&
		mailbox->account->state == ACCOUNT_ONLINE &&
		op->source == 0)
		selection_poll(mailbox->selection, on_woken, NULL);
	return false;
}

/* A connection that selected it before the messages came there may not have
 * been told of them; to a command that names them it says OK and does nothing
 * (RFC 9051 6.4.9). */
static bool lacks_newest(const struct op *op)
{
	const struct mailbox *mailbox = op->mailbox;
	uint32_t max = imap_seqset_max(&op->entry->uids);

	return mailbox->shadow == NULL && max != 0 &&
		max >= mailbox->uid_next &&
		table_find(mailbox->table, max) == UINT32_MAX &&
		op->n_looks < LOOKS_MAX;
}

static void on_looked(const struct imap_result *result, void *data)
{
	struct op *op = data;

	op->request = NULL;
	op->phase = OP_WAITING;
	if (mail.is_releasing)
		return;
	op->n_looks += result->outcome == IMAP_OUTCOME_OK;
	source_clear(&op->source);
	op->source = g_timeout_add(LOOK_AGAIN_MS, on_begin, op);
}

static void look(struct op *op)
{
	op->phase = OP_SENT;
	op->request = selection_poll(op->mailbox->selection, on_looked, op);
}

/* The op may be gone then. */
static bool gave_up(struct op *op, struct account *account)
{
	if (account == NULL) {
		conflict(op, MAIL_ERROR_NOT_FOUND, "there is no such account");
		return true;
	}
	if (!mail.batch || !account_gave_up(account))
		return false;
	op_give_up(op, MAIL_ERROR_OFFLINE, account_state_text(account));
	return true;
}

static bool has_any(const struct table *table, const struct imap_seqset *uids)
{
	for (size_t i = 0; i < imap_seqset_n_ranges(uids); i++) {
		struct imap_range range = imap_seqset_range(uids, i);
		uint32_t pos = table_lower_bound(table, range.first);

		if (pos < table_length(table) &&
			table_at(table, pos)->uid <= range.last)
			return true;
	}
	return false;
}

/* It waited for the connection, and others were faster: a server says OK to
 * UIDs that are gone, and nothing would be done. What may have been sent may
 * have made them go. */
static bool is_too_late(const struct op *op)
{
	const struct mailbox *mailbox = op->mailbox;

	if (!op->is_late || op->may_be_done || mail.journal == NULL ||
		op->entry->step != JOURNAL_STEP_NONE ||
		op->entry->kind == JOURNAL_EXPUNGE ||
		op->entry->kind == JOURNAL_APPEND ||
		mailbox->shadow != NULL ||
		table_n_unknown(mailbox->table) > 0 || lacks_newest(op))
		return false;
	return !has_any(mailbox->table, &op->entry->uids);
}

void op_run(struct op *op)
{
	if (op->phase != OP_WAITING)
		return;
	if (op->mailbox->state == MAILBOX_GONE) {
		op_give_up(op, MAIL_ERROR_NOT_FOUND, op->mailbox->state_text);
		return;
	}
	if (gave_up(op, op->mailbox->account) ||
		gave_up(op, op_target_account(op)))
		return;
	if (!is_open(op) || is_blocked(op))
		return;
	if (op->entry->uid_validity != op->mailbox->uid_validity &&
		op->entry->kind != JOURNAL_APPEND) {
		conflict_replaced(op);
		return;
	}
	if (is_too_late(op)) {
		conflict(op, MAIL_ERROR_NOT_FOUND, "the messages are gone");
		return;
	}
	if (lacks_newest(op)) {
		if (op->source == 0)
			look(op);
		return;
	}
	op_send(op);
}

void ops_run_all(void)
{
	GPtrArray *waiting;

	if (ops == NULL)
		return;
	waiting = g_ptr_array_new();
	for (guint i = 0; i < ops->len; i++)
		g_ptr_array_add(waiting, ops->pdata[i]);
	for (guint i = 0; i < waiting->len; i++)
		if (ops != NULL && g_ptr_array_find(ops, waiting->pdata[i], NULL))
			op_run(waiting->pdata[i]);
	g_ptr_array_free(waiting, TRUE);
}

void ops_mailbox_changed(struct mailbox *mailbox)
{
	if (ops_pending(mailbox->account, mailbox->name) > 0)
		ops_run_all();
}

/* Those that have not gone out would go out with the next connection, whatever
 * the mailbox is by then. */
void ops_mailbox_lost(struct mailbox *mailbox)
{
	for (guint i = 0; ops != NULL && i < ops->len; i++) {
		struct op *op = ops->pdata[i];

		if (op->mailbox != mailbox || op->phase != OP_SENT)
			continue;
		if (op->request != NULL && !op->is_elsewhere)
			session_cancel(&op->request);
		if (op->carry == NULL || !carry_is_fetching(op->carry))
			continue;
		/* The UIDs that are still to be fetched may be others then. */
		carry_cancel(&op->carry);
		op->may_be_done = op->is_late = true;
		op_try_again(op);
	}
}

/* --- beginning ---------------------------------------------------------------------------- */

static gboolean on_begin(gpointer data)
{
	struct op *op = data;

	op->source = 0;
	if (op->phase == OP_JOURNALLING)
		op->phase = OP_WAITING;
	op_run(op);
	return G_SOURCE_REMOVE;
}

static void on_written(uint64_t id, const GError *error, void *data)
{
	struct op *op = data;

	op->entry->id = id;
	if (error != NULL)
		account_say(op->mailbox->account, true, "%s", error->message);
	source_clear(&op->source);
	on_begin(op);
}

static void write_entry(struct op *op)
{
	source_clear(&op->source);
	op->phase = OP_JOURNALLING;
	if (mail.journal != NULL)
		op->entry->id = journal_add(mail.journal, op->entry, on_written,
			op);
	else
		op->source = g_idle_add_full(G_PRIORITY_DEFAULT, on_begin, op,
			NULL);
}

void op_journal_target(struct op *op)
{
	if (mail.journal == NULL) {
		write_entry(op);
		return;
	}
	source_clear(&op->source);
	op->phase = OP_JOURNALLING;
	journal_set_target(mail.journal, op->entry->id,
		op->entry->target_uid_next, op->entry->target_uid_validity,
		on_written, op);
}

static void make_overlay(struct op *op)
{
	struct overlay *overlay = &op->overlay;
	char **words, **word;
	GPtrArray *keywords;

	imap_seqset_init(&overlay->uids);
	if (op->entry->kind != JOURNAL_COPY)
		imap_seqset_copy(&overlay->uids, &op->entry->uids);
	overlay->hides = op->entry->kind == JOURNAL_MOVE ||
		op->entry->kind == JOURNAL_EXPUNGE;
	overlay->add = op->entry->add || op->entry->kind == JOURNAL_REPLACE;
	if (op->entry->flags == NULL || op->entry->spool != NULL)
		return;
	keywords = g_ptr_array_new();
	words = g_strsplit(op->entry->flags, " ", -1);
	for (word = words; *word != NULL; word++)
		if (**word == '\\')
			overlay->system |= imap_flag_from_name(*word);
		else if (**word != '\0')
			g_ptr_array_add(keywords, g_strdup(*word));
	g_ptr_array_add(keywords, NULL);
	overlay->keywords = (char **)g_ptr_array_free(keywords, FALSE);
	g_strfreev(words);
}

static struct op *op_new(struct mailbox *mailbox, struct journal_entry *entry,
	op_done_fn *done, void *data)
{
	struct op *op = g_new0(struct op, 1);

	op->mailbox = mailbox_ref(mailbox);
	op->entry = entry;
	op->serial = ++last_serial;
	imap_seqset_copy(&op->all, &entry->uids);
	op->done = done;
	op->data = data;
	make_overlay(op);
	mailbox_add_overlay(mailbox, &op->overlay);
	g_ptr_array_add(ops, op);
	return op;
}

struct op *op_start(struct mailbox *mailbox, struct journal_entry *entry_take,
	op_done_fn *done, void *data)
{
	struct op *op;

	entry_take->account = g_strdup(mailbox->account->name);
	entry_take->mailbox = g_strdup(mailbox->name);
	if (entry_take->uid_validity == 0)
		entry_take->uid_validity = mailbox->uid_validity;
	entry_take->time = g_get_real_time() / G_USEC_PER_SEC;
	op = op_new(mailbox, entry_take, done, data);
	op->is_late = mailbox->account->state != ACCOUNT_ONLINE;
	if ((entry_take->kind == JOURNAL_MOVE ||
		entry_take->kind == JOURNAL_COPY) &&
		imap_seqset_count(&entry_take->uids) < OP_LARGE)
		op->identities = identities_of(mailbox, &entry_take->uids);
	write_entry(op);
	return op;
}

bool op_withdraw(struct op *op)
{
	if (op->phase == OP_SENT || op->phase == OP_ENDED || op->may_be_done ||
		op->entry->step != JOURNAL_STEP_NONE ||
		!imap_seqset_is_empty(&op->confirmed))
		return false;
	if (mail.journal != NULL) {
		journal_forget(mail.journal, op);
		journal_remove(mail.journal, op->entry->id);
	}
	op->phase = OP_ENDED;
	mailbox_remove_overlay(op->mailbox, &op->overlay, OVERLAY_DROPPED);
	op_free(op);
	if (ended_fn != NULL)
		ended_fn();
	return true;
}

void op_retry(struct account *account, struct journal_entry *entry)
{
	struct mailbox *mailbox = mailbox_open_beside(account, entry->mailbox);
	struct op *op = op_new(mailbox, entry, NULL, NULL);

	op->may_be_done = true;
	op->is_late = true;
	op->is_noted = entry->target_uid_next != 0;
	op->phase = OP_WAITING;
	mailbox_unref(&mailbox);
	op->source = g_idle_add_full(G_PRIORITY_DEFAULT, on_begin, op, NULL);
}

void op_drop(struct op *op)
{
	op->is_conflict = true; /* nobody else need be told */
	op_give_up(op, MAIL_ERROR_CANCELLED, "given up");
}

void ops_account_online(struct account *account)
{
	conflicts_tell(account);
	adopted_start(account);
	ops_run_all();
}

void ops_init(void)
{
	ops = g_ptr_array_new();
	conflicts_init();
	if (!mail.batch && mail.state_dir != NULL)
		adopted_open();
}

/* What is pending stays in the journal. */
void ops_release(void)
{
	while (ops->len > 0) {
		struct op *op = ops->pdata[ops->len - 1];

		if (mail.journal != NULL)
			journal_forget(mail.journal, op);
		else if (op->entry->spool != NULL)
			spool_remove(op->entry->spool);
		op->phase = OP_ENDED;
		mailbox_remove_overlay(op->mailbox, &op->overlay,
			OVERLAY_DROPPED);
		op_free(op);
	}
	journal_close(&mail.journal);
	conflicts_release();
	adopted_release();
	g_clear_pointer(&ops, g_ptr_array_unref);
}
