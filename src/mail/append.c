/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/append.h"
#include "src/base/error.h"
#include "src/imap/search.h"
#include "src/mail/catenate.h"
#include "src/mail/op.h"
#include "src/mail/op-private.h"
#include "src/mail/spool.h"
#include "src/session/append.h"

/* --- the op's step --------------------------------------------------------- */

static void on_progress(uint64_t had, uint64_t wanted, void *data)
{
	struct op *op = data;

	op->had = had;
	op->wanted = wanted;
}

static void note_uid(struct op *op, const struct imap_copyuid *appended)
{
	struct imap_seqset old;

	imap_seqset_init(&old);
	imap_seqset_copy(&old, &op->entry->uids);
	/* One that takes no other's place comes from nowhere. */
	if (imap_seqset_is_empty(&old))
		imap_seqset_add(&old, 1);
	op_note_copies(op, &old, appended);
	imap_seqset_release(&old);
}

/* Only the first try is one in pieces: what they are of may be gone. */
static bool was_refused_in_pieces(struct op *op,
	const struct imap_result *result)
{
	bool was_in_pieces = op->catenate != NULL;

	catenate_free(&op->catenate);
	return was_in_pieces && (result->outcome == IMAP_OUTCOME_NO ||
		result->outcome == IMAP_OUTCOME_BAD);
}

static void on_appended(const struct imap_result *result,
	const struct imap_copyuid *appended, size_t n, void *data)
{
	struct op *op = data;
	bool is_replaced = op->entry->kind == JOURNAL_REPLACE &&
		session_has(account_session(op->mailbox->account),
		IMAP_CAP_REPLACE);

	(void)n;
	if (was_refused_in_pieces(op, result)) {
		op->request = NULL;
		op_append(op);
		return;
	}
	if (!op_is_ok(op, result))
		return;
	note_uid(op, appended);
	if (op->entry->kind == JOURNAL_APPEND || is_replaced)
		op_confirm(op);
	else
		op_set_step(op, JOURNAL_STEP_COPIED);
}

/* System flags, and keywords that point into words. */
static void read_flags(char **words, struct imap_flags *flags_out,
	GPtrArray *keywords)
{
	for (; *words != NULL; words++)
		if (**words == '\\')
			flags_out->system |= imap_flag_from_name(*words);
		else if (**words != '\0')
			g_ptr_array_add(keywords, *words);
	flags_out->keywords = (const char *const *)keywords->pdata;
	flags_out->n_keywords = keywords->len;
}

/* As few octets as the server lets us send: GArray of struct append_piece. */
static GArray *pieces_of(struct op *op, const char *path)
{
	struct append_piece file = { .path = path, .fd = -1 };
	GArray *pieces;

	if (!session_has(account_session(op->mailbox->account),
		IMAP_CAP_CATENATE))
		catenate_free(&op->catenate);
	if (op->catenate != NULL)
		return catenate_pieces(op->catenate, op->mailbox,
			op->entry->uid_validity,
			imap_seqset_min(&op->entry->uids));
	pieces = g_array_new(FALSE, FALSE, sizeof(file));
	return g_array_append_val(pieces, file);
}

static void send_message(struct op *op, const struct append_message *message)
{
	struct session *session = account_session(op->mailbox->account);

	op->is_elsewhere = op->entry->kind != JOURNAL_REPLACE ||
		!session_has(session, IMAP_CAP_REPLACE);
	if (op->is_elsewhere)
		op->request = session_append(session, op->mailbox->name,
			message, 1, on_progress, on_appended, op);
	else
		op->request = selection_replace(op->mailbox->selection,
			imap_seqset_min(&op->entry->uids), op->mailbox->name,
			message, on_progress, on_appended, op);
}

void op_append(struct op *op)
{
	struct journal_entry *entry = op->entry;
	char *path = spool_path(entry->spool);
	char **words = g_strsplit(entry->flags != NULL ? entry->flags : "",
		" ", -1);
	GPtrArray *keywords = g_ptr_array_new();
	GArray *pieces = pieces_of(op, path);
	struct append_message message = {
		.pieces = (const struct append_piece *)(void *)pieces->data,
		.n_pieces = pieces->len,
		.internaldate = entry->internaldate };

	read_flags(words, &message.flags, keywords);
	send_message(op, &message);
	g_array_unref(pieces);
	g_ptr_array_unref(keywords);
	g_strfreev(words);
	g_free(path);
}

/* --- beginning ------------------------------------------------------------- */

/* From the person's file to the op. */
struct append {
	struct mailbox *mailbox; /* a reference */
	struct journal_entry *entry;
	struct catenate *catenate;
	append_done_fn *done;
	void *data;
};

static void append_end(struct append *append, uint32_t uid,
	const GError *error)
{
	if (append->done != NULL)
		append->done(uid, error, append->data);
	else if (error != NULL)
		account_say(append->mailbox->account, true, "%s",
			error->message);
	journal_entry_free(&append->entry);
	catenate_free(&append->catenate);
	mailbox_unref(&append->mailbox);
	g_free(append);
}

static void on_op_done(struct op *op, const GError *error, void *data)
{
	struct append *append = data;
	uint32_t uid = op->to != NULL && op->to->len > 0 ?
		g_array_index(op->to, uint32_t, 0) : 0;
	GError *told = error == NULL ? NULL : g_error_new(error->domain,
		error->code, "Not stored: %s", error->message);

	if (error == NULL && op->remark != NULL)
		account_say(append->mailbox->account, true, "%s", op->remark);
	append_end(append, uid, told);
	g_clear_error(&told);
}

static void on_kept(const struct spool_file *file, const GError *error,
	void *data)
{
	struct append *append = data;
	struct journal_entry *entry = append->entry;
	struct op *op;

	if (error != NULL) {
		append_end(append, 0, error);
		return;
	}
	append->entry = NULL;
	entry->spool = g_strdup(file->name);
	entry->message_id = g_strdup(file->message_id);
	entry->size = file->size;
	op = op_start(append->mailbox, entry, on_op_done, append);
	/* Unless line ends were mended. */
	if (append->catenate != NULL &&
		catenate_size(append->catenate) == file->size)
		op->catenate = g_steal_pointer(&append->catenate);
}

static struct append *append_new(struct mailbox *mailbox,
	enum journal_kind kind, const struct imap_flags *flags, int64_t date,
	uint32_t uid, append_done_fn *done, void *data)
{
	struct append *append = g_new0(struct append, 1);
	struct journal_entry *entry = g_new0(struct journal_entry, 1);
	char *list = imap_flags_to_string(flags);

	entry->kind = kind;
	imap_seqset_init(&entry->uids);
	if (uid != 0)
		imap_seqset_add(&entry->uids, uid);
	list[strlen(list) - 1] = '\0';
	entry->flags = g_strdup(list + 1);
	entry->internaldate = date;
	append->mailbox = mailbox_ref(mailbox);
	append->entry = entry;
	append->done = done;
	append->data = data;
	g_free(list);
	return append;
}

void action_append(struct account *account, const char *name,
	const char *path, const struct imap_flags *flags, append_done_fn *done,
	void *data)
{
	struct mailbox *mailbox = mailbox_open_beside(account, name);

	spool_keep(path, on_kept, append_new(mailbox, JOURNAL_APPEND, flags,
		g_get_real_time() / G_USEC_PER_SEC, 0, done, data));
	mailbox_unref(&mailbox);
}

static struct append *replace_new(struct mailbox *mailbox, uint32_t uid,
	append_done_fn *done, void *data)
{
	uint32_t pos = mailbox_find_uid(mailbox, uid);
	struct imap_flags flags = { 0 };
	struct message_row row = { 0 };

	if (pos != UINT32_MAX) {
		mailbox_get_row(mailbox, pos, &row);
		flags.system = row.flags;
		flags.keywords = mailbox_keywords_at(mailbox, pos);
		flags.n_keywords = g_strv_length((char **)flags.keywords);
	}
	return append_new(mailbox, JOURNAL_REPLACE, &flags, row.internaldate,
		uid, done, data);
}

bool action_can_replace(struct mailbox *mailbox, uint32_t uid)
{
	uint32_t pos = mailbox_find_uid(mailbox, uid);
	struct message_row row = { 0 };

	if (pos != UINT32_MAX)
		mailbox_get_row(mailbox, pos, &row);
	return row.is_loaded;
}

void action_replace(struct mailbox *mailbox, uint32_t uid, const char *path,
	append_done_fn *done, void *data)
{
	spool_keep(path, on_kept, replace_new(mailbox, uid, done, data));
}

void action_replace_octets(struct mailbox *mailbox, uint32_t uid,
	GBytes *octets, struct catenate *catenate_take, append_done_fn *done,
	void *data)
{
	struct append *append = replace_new(mailbox, uid, done, data);

	append->catenate = catenate_take;
	spool_keep_octets(octets, on_kept, append);
}
