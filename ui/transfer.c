/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "ui/transfer.h"

#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/mailbox.h"
#include "ui/prompt.h"

struct transfer {
	struct act *act;
	struct mailbox *from;
	struct imap_seqset uids;
	struct account *account;
	char *to;
	bool is_copy;
	bool was_created;
	GError *error; /* why it is not done yet */
};

static void transfer_end(
	struct transfer *transfer, uint32_t changed, const GError *error)
{
	act_done(changed, error, transfer->act);
	mailbox_unref(&transfer->from);
	imap_seqset_release(&transfer->uids);
	g_clear_error(&transfer->error);
	g_free(transfer->to);
	g_free(transfer);
}

static void transfer_go(struct transfer *transfer);

static void on_created(const GError *error, void *data)
{
	struct transfer *transfer = data;

	if (error)
		transfer_end(transfer, 0, error);
	else
		transfer_go(transfer);
}

static void on_answer(const char *text, void *data)
{
	struct transfer *transfer = data;

	if (!text || strcmp(text, "yes") != 0) {
		transfer_end(transfer, 0, transfer->error);
		return;
	}
	transfer->was_created = true;
	account_create_mailbox(
		transfer->account, transfer->to, NULL, on_created, transfer);
}

static bool ask(struct transfer *transfer)
{
	char *label = g_strdup_printf(
		"There is no mailbox %s. Create it?", transfer->to);
	struct prompt_request request = {
		.kind = PROMPT_YES_NO,
		.label = label,
		.is_yes_default = true,
		.done = on_answer,
		.data = transfer,
	};
	bool is_asked = view_prompt(&request, NULL);

	g_free(label);
	return is_asked;
}

static void on_done(uint32_t changed, const GError *error, void *data)
{
	struct transfer *transfer = data;

	if (g_error_matches(error, MAIL_ERROR, MAIL_ERROR_TRYCREATE) &&
		!transfer->was_created) {
		g_clear_error(&transfer->error);
		transfer->error = g_error_copy(error);
		if (ask(transfer))
			return;
	}
	transfer_end(transfer, changed, error);
}

static void transfer_go(struct transfer *transfer)
{
	if (transfer->is_copy)
		action_copy(transfer->from, &transfer->uids, transfer->account,
			transfer->to, on_done, transfer);
	else
		action_move(transfer->from, &transfer->uids, transfer->account,
			transfer->to, on_done, transfer);
}

void transfer_start(struct act *act, struct mailbox *from,
	const struct imap_seqset *uids, struct account *account, const char *to,
	bool is_copy)
{
	struct transfer *transfer = g_new0(struct transfer, 1);

	transfer->act = act;
	transfer->from = mailbox_ref(from);
	imap_seqset_init(&transfer->uids);
	imap_seqset_copy(&transfer->uids, uids);
	transfer->account = account;
	transfer->to = g_strdup(to);
	transfer->is_copy = is_copy;
	transfer_go(transfer);
}
