/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batch mode: accounts and mailboxes. */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/mailbox.h"
#include "src/rc/command.h"
#include "ui/batch.h"
#include "ui/cmd-batch.h"
#include "ui/job.h"
#include "ui/json.h"

#include <json-glib/json-glib.h>

/* --- folders, status ----------------------------------------------------- */

static void add_attributes(JsonBuilder *line, unsigned attributes)
{
	json_begin_array(line, "attributes");
	for (unsigned bit = 0; bit < 32; bit++) {
		const char *name = attributes & (1u << bit)
			? imap_mailbox_attribute_name(1u << bit) : NULL;

		if (name != NULL)
			json_add_element(line, name);
	}
	json_end_array(line);
	json_add_string(line, "special_use", imap_mailbox_attribute_name(
		attributes & IMAP_MAILBOX_SPECIAL_USE));
}

/* The selected mailbox is never asked for its STATUS: its own table knows. */
static void print_folder(struct account *account, const struct account_mailbox *row)
{
	JsonBuilder *line = json_line();
	char delimiter[2] = { row->delimiter, '\0' };
	bool known = row->has_counts;

	json_add_string(line, "account", account_name(account));
	json_add_string(line, "name", row->name);
	json_add_string(line, "delimiter", row->delimiter ? delimiter : NULL);
	add_attributes(line, row->attributes);
	json_add_maybe(line, "messages", known, row->messages);
	json_add_maybe(line, "unseen", known, row->unseen);
	json_add_maybe(line, "uidnext", known && row->uid_next, row->uid_next);
	json_add_maybe(line, "uidvalidity", known && row->uid_validity,
		row->uid_validity);
	json_print(line);
}

static void print_folders(struct account *account, const char *glob)
{
	for (size_t i = 0; i < account_n_mailboxes(account); i++) {
		const struct account_mailbox *row = account_mailbox_at(account, i);

		if (glob == NULL || g_pattern_match_simple(glob, row->name))
			print_folder(account, row);
	}
}

static void list_next_account(struct job *job);

/* An account that is down does not hide the others: the first error is told
 * at the end. */
static void on_listed(const GError *error, void *data)
{
	struct job *job = data;

	if (error == NULL)
		print_folders(job->account, job->words[0]);
	else if (job->error == NULL)
		job->error = g_error_copy(error);
	list_next_account(job);
}

static void on_list_online(struct account *account, const GError *error, void *data)
{
	struct job *job = data;

	if (error != NULL)
		on_listed(error, job);
	else
		account_refresh_mailboxes(account, on_listed, job);
}

static void list_next_account(struct job *job)
{
	const GPtrArray *all = accounts();

	if (job->accounts_left == 0) {
		GError *first = job->error;

		job->error = NULL;
		job_finish(job, first);
		g_clear_error(&first);
		return;
	}
	if (batch_wants_all_accounts())
		job->account = g_ptr_array_index(all, all->len - job->accounts_left);
	job->accounts_left--;
	batch_when_online(job->account, on_list_online, job);
}

bool batch_exec_folders(const struct command_call *call, GError **error)
{
	struct account *account = batch_account(error);
	struct job *job;

	if (account == NULL)
		return false;
	job = job_new(call);
	job->words = g_strdupv((char **)call->argv);
	job->account = account;
	job->accounts_left = batch_wants_all_accounts() ? accounts()->len : 1;
	list_next_account(job);
	return true;
}

static void on_status(const GError *error, void *data)
{
	struct job *job = data;
	const struct account_mailbox *row = NULL;
	GError *missing = NULL;

	if (error != NULL) {
		job_finish(job, error);
		return;
	}
	row = account_mailbox_find(job->account, job->words[0]);
	if (row == NULL) {
		g_set_error(&missing, MAIL_ERROR, MAIL_ERROR_NOT_FOUND,
			"no mailbox '%s'", job->words[0]);
		job_finish_take(job, missing);
		return;
	}
	print_folder(job->account, row);
	job_finish(job, NULL);
}

static void on_status_listed(const GError *error, void *data)
{
	struct job *job = data;

	if (error != NULL)
		job_finish(job, error);
	else
		account_refresh_status(job->account, job->words[0], on_status, job);
}

static void on_status_online(struct account *account, const GError *error, void *data)
{
	struct job *job = data;

	if (error != NULL)
		job_finish(job, error);
	else if (account_has_mailboxes(account))
		on_status_listed(NULL, job);
	else
		account_refresh_mailboxes(account, on_status_listed, job);
}

bool batch_exec_status(const struct command_call *call, GError **error)
{
	struct account *account = batch_account(error);
	const char *text = call->argc > 0 ? call->argv[0] : NULL;
	struct job *job;
	char *name;

	if (account == NULL)
		return false;
	job = job_new(call);
	if (text == NULL && batch_mailbox() != NULL) {
		job->account = mailbox_account(batch_mailbox());
		name = g_strdup(mailbox_name(batch_mailbox()));
	} else {
		name = mailbox_resolve(account,
			text != NULL ? text : batch_default_mailbox(),
			&job->account, error);
	}
	if (name == NULL) {
		job_discard(job);
		return false;
	}
	job->words = g_new0(char *, 2);
	job->words[0] = name;
	batch_when_online(job->account, on_status_online, job);
	return true;
}

/* --- what changes mailboxes ---------------------------------------------------------------------- */

static void on_mailbox_changed(const GError *error, void *data)
{
	struct job *job = data;

	if (error == NULL) {
		JsonBuilder *line = json_line();
		guint n = g_strv_length(job->words);

		json_add_string(line, "command", job->name);
		json_add_string(line, "mailbox", job->words[n - 1]);
		json_print(line);
	}
	job_finish(job, error);
}

static void change_mailbox(struct account *account, const GError *error, void *data)
{
	struct job *job = data;
	char **words = job->words;

	if (error != NULL) {
		job_finish(job, error);
		return;
	}
	switch (job->change) {
	case CREATE:
		account_create_mailbox(account, words[0], job->use,
			on_mailbox_changed, job);
		break;
	case RENAME:
		account_rename_mailbox(account, words[0], words[1],
			on_mailbox_changed, job);
		break;
	case DELETE:
		account_delete_mailbox(account, words[0], on_mailbox_changed, job);
		break;
	case SUBSCRIBE:
	case UNSUBSCRIBE:
		account_subscribe_mailbox(account, words[0],
			job->change == SUBSCRIBE, on_mailbox_changed, job);
		break;
	}
}

static bool begin_change(const struct command_call *call,
	enum mailbox_change change, GError **error)
{
	struct account *current = batch_account(error);
	struct job *job;

	if (current == NULL)
		return false;
	job = job_new(call);
	job->change = change;
	job->words = g_new0(char *, call->argc + 1);
	for (unsigned i = 0; i < call->argc; i++) {
		job->words[i] = mailbox_resolve(current, call->argv[i],
			&job->account, error);
		if (job->words[i] == NULL) {
			job_discard(job);
			return false;
		}
	}
	batch_when_online(job->account, change_mailbox, job);
	return true;
}

bool batch_exec_create(const struct command_call *call, GError **error)
{
	struct account *current = batch_account(error);
	const char *use = NULL;
	struct job *job;

	if (current == NULL)
		return false;
	if (call->argc > 1) {
		use = account_use_from_text(call->argv[1], error);
		if (use == NULL)
			return false;
	}
	job = job_new(call);
	job->change = CREATE;
	job->use = use;
	job->words = g_new0(char *, 2);
	job->words[0] = mailbox_resolve(current, call->argv[0], &job->account,
		error);
	if (job->words[0] == NULL) {
		job_discard(job);
		return false;
	}
	batch_when_online(job->account, change_mailbox, job);
	return true;
}

bool batch_exec_rename(const struct command_call *call, GError **error)
{
	return begin_change(call, RENAME, error);
}

bool batch_exec_delete_mailbox(const struct command_call *call, GError **error)
{
	return begin_change(call, DELETE, error);
}

bool batch_exec_subscribe(const struct command_call *call, GError **error)
{
	return begin_change(call, SUBSCRIBE, error);
}

bool batch_exec_unsubscribe(const struct command_call *call, GError **error)
{
	return begin_change(call, UNSUBSCRIBE, error);
}

