/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages to another account: fetched as they are into files without a name,
 * and stored there with their flags and dates, a helping at a time (one
 * command where the server has MULTIAPPEND). What was stored before the
 * connection was lost is found by the op's look at the target.
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/imap/search.h"
#include "src/mail/message.h"
#include "src/mail/op.h"
#include "src/mail/op-private.h"
#include "src/mail/spool.h"
#include "src/session/append.h"

enum {
	HELPING_MESSAGES = 20,
	HELPING_OCTETS = 1024 * 1024, /* one more may begin below it */
};

struct item {
	uint32_t uid;
	struct spool *spool;
};

struct carry {
	struct op *op;
	struct imap_seqset left;     /* not yet fetched */
	GArray *items;               /* of struct item: the helping */
	uint64_t octets;             /* of it */
	struct message_transfer *transfer;
	struct session_request *request;
	bool is_cancelled;           /* freed when the transfer ends */
};

static void fetch_next(struct carry *carry);

static void clear_items(struct carry *carry)
{
	for (guint i = 0; i < carry->items->len; i++)
		spool_free(&g_array_index(carry->items, struct item, i).spool);
	g_array_set_size(carry->items, 0);
	carry->octets = 0;
}

static void carry_free(struct carry *carry)
{
	clear_items(carry);
	g_array_unref(carry->items);
	imap_seqset_release(&carry->left);
	g_free(carry);
}

void carry_cancel(struct carry **carryp)
{
	struct carry *carry = *carryp;

	if (carry == NULL)
		return;
	*carryp = NULL;
	carry->is_cancelled = true;
	if (carry->transfer != NULL)
		message_transfer_cancel(&carry->transfer);
	else if (carry->request != NULL)
		session_cancel(&carry->request);
	else
		carry_free(carry);
}

bool carry_is_fetching(const struct carry *carry)
{
	return carry->transfer != NULL;
}

/* --- storing ------------------------------------------------------------- */

/* They are there: a move goes on. */
static void carried(struct carry *carry)
{
	struct op *op = carry->op;

	op->carry = NULL;
	carry_free(carry);
	if (op->entry->kind == JOURNAL_COPY) {
		op_confirm(op);
		return;
	}
	op_set_step(op, JOURNAL_STEP_COPIED);
}

/* What is there stays; the others are as before. */
static void stopped(struct carry *carry)
{
	struct op *op = carry->op;

	imap_seqset_copy(&op->confirmed, &op->all);
	imap_seqset_remove_set(&op->confirmed, &carry->left);
	op_keep_confirmed(op);
	carried(carry);
}

static void on_stored(const struct imap_result *result,
	const struct imap_copyuid *appended, size_t n, void *data)
{
	struct carry *carry = data;
	struct op *op = carry->op;
	struct imap_seqset stored;

	carry->request = NULL;
	if (carry->is_cancelled) {
		carry_free(carry);
		return;
	}
	imap_seqset_init(&stored);
	for (guint i = 0; i < carry->items->len && i < n; i++)
		imap_seqset_add(&stored, g_array_index(carry->items,
			struct item, i).uid);
	op_note_copies(op, &stored, appended);
	imap_seqset_release(&stored);
	op->had += n;
	op_tell_progress(op);
	clear_items(carry);
	if (result->outcome != IMAP_OUTCOME_OK) {
		op->carry = NULL;
		carry_free(carry);
		op_is_ok(op, result);
	} else if (imap_seqset_is_empty(&carry->left)) {
		carried(carry);
	} else if (op->is_stopping) {
		stopped(carry);
	} else if (!op->mailbox->is_open) {
		/* It lost its turn meanwhile; what is there will be found. */
		op->carry = NULL;
		carry_free(carry);
		op->may_be_done = true;
		op_try_again(op);
	} else {
		fetch_next(carry);
	}
}

static void describe_message(const struct op *op, const struct item *item,
	struct append_message *message, struct append_piece *piece)
{
	struct mailbox *mailbox = op->mailbox;
	uint32_t pos = mailbox_find_uid(mailbox, item->uid);
	struct message_row row = { 0 };

	*piece = (struct append_piece){ .path = "a copy",
		.fd = spool_fd(item->spool) };
	*message = (struct append_message){ .pieces = piece, .n_pieces = 1 };
	if (pos == UINT32_MAX)
		return;
	mailbox_get_row(mailbox, pos, &row);
	message->internaldate = row.internaldate;
	message->internaldate_offset = row.internaldate_offset;
	message->flags.system = row.flags & ~(unsigned)IMAP_FLAG_RECENT;
	message->flags.keywords = mailbox_keywords_at(mailbox, pos);
	message->flags.n_keywords =
		g_strv_length((char **)message->flags.keywords);
}

static void store_helping(struct carry *carry)
{
	guint n = carry->items->len;
	struct append_message *messages = g_new0(struct append_message, n);
	struct append_piece *pieces = g_new0(struct append_piece, n);
	struct op *op = carry->op;

	for (guint i = 0; i < n; i++)
		describe_message(op, &g_array_index(carry->items, struct item,
			i), &messages[i], &pieces[i]);
	carry->request = session_append(account_session(op_target_account(op)),
		op_target_name(op), messages, n, NULL, on_stored, carry);
	g_free(messages);
	g_free(pieces);
}

/* --- fetching ------------------------------------------------------------ */

static struct item *last_item(struct carry *carry)
{
	return &g_array_index(carry->items, struct item,
		carry->items->len - 1);
}

static void on_octets(const char *octets, size_t len, void *data)
{
	struct carry *carry = data;

	spool_write(last_item(carry)->spool, octets, len);
	carry->octets += len;
}

static void fail(struct carry *carry, const GError *error)
{
	const struct imap_result result = {
		.outcome = error->code == MAIL_ERROR_OFFLINE ?
			IMAP_OUTCOME_DISCONNECTED : IMAP_OUTCOME_NO,
		.text = error->message,
	};
	struct op *op = carry->op;

	op->carry = NULL;
	carry_free(carry);
	op_is_ok(op, &result);
}

static void on_written(const GError *error, void *data)
{
	struct carry *carry = data;

	if (error != NULL)
		fail(carry, error);
	else if (imap_seqset_is_empty(&carry->left) ||
		carry->items->len >= HELPING_MESSAGES ||
		carry->octets >= HELPING_OCTETS)
		store_helping(carry);
	else
		fetch_next(carry);
}

static void on_fetched(uint64_t octets, const GError *error, void *data)
{
	struct carry *carry = data;

	(void)octets;
	carry->transfer = NULL;
	if (carry->is_cancelled)
		carry_free(carry);
	else if (error != NULL)
		fail(carry, error);
	else
		spool_finish(last_item(carry)->spool, on_written, carry);
}

static void fetch_next(struct carry *carry)
{
	struct item item = { imap_seqset_min(&carry->left), spool_new() };

	imap_seqset_remove(&carry->left, item.uid);
	g_array_append_val(carry->items, item);
	carry->transfer = message_fetch_raw(carry->op->mailbox, item.uid,
		on_octets, on_fetched, carry);
}

struct carry *carry_start(struct op *op)
{
	struct carry *carry = g_new0(struct carry, 1);

	carry->op = op;
	carry->items = g_array_new(FALSE, FALSE, sizeof(struct item));
	imap_seqset_init(&carry->left);
	imap_seqset_copy(&carry->left, &op->entry->uids);
	op->wanted = op->had + imap_seqset_count(&carry->left);
	op_tell_progress(op);
	fetch_next(carry);
	return carry;
}
