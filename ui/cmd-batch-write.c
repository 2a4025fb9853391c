/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batch mode: storing messages, and what is queued. */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/action.h"
#include "src/mail/append.h"
#include "src/mail/mailbox.h"
#include "src/mail/queue.h"
#include "src/rc/command.h"
#include "ui/batch.h"
#include "ui/cmd-batch.h"
#include "ui/flags.h"
#include "ui/job.h"
#include "ui/json.h"

#include <json-glib/json-glib.h>

static void on_stored(uint32_t uid, const GError *error, void *data)
{
	struct job *job = data;
	JsonBuilder *line;

	if (error == NULL) {
		line = json_line();
		json_add_string(line, "command", job->name);
		json_add_number(line, "changed", 1);
		json_add_maybe(line, "uid", uid != 0, uid);
		json_print(line);
	}
	job_finish(job, error);
}

/* --- append -------------------------------------------------------------- */

static void append_now(struct account *account, const GError *error,
	void *data)
{
	struct job *job = data;
	struct flag_words *flags;
	struct account *to;
	GError *failure = NULL;
	char *name;

	if (error != NULL) {
		job_finish(job, error);
		return;
	}
	flags = flag_words_parse((const char *const *)job->words + 2,
		&failure);
	name = flags == NULL ? NULL : mailbox_resolve(account, job->words[0],
		&to, &failure);
	if (name == NULL)
		job_finish_take(job, failure);
	else
		action_append(to, name, job->words[1],
			flag_words_flags(flags), on_stored, job);
	flag_words_free(&flags);
	g_free(name);
}

static void append_listed(struct job *job)
{
	append_now(job->account, NULL, job);
}

static void on_append_online(struct account *account, const GError *error,
	void *data)
{
	struct job *job = data;

	job->account = account;
	if (error == NULL && job_names_use(job->words[0]))
		job_with_list(job, account, append_listed);
	else
		append_now(account, error, job);
}

bool batch_exec_append(const struct command_call *call, GError **error)
{
	struct account *current = batch_account(error), *to;
	struct job *job;
	char *name;

	if (current == NULL)
		return false;
	/* Of which account it is. */
	name = job_names_use(call->argv[0]) ? NULL :
		mailbox_resolve(current, call->argv[0], &to, error);
	if (name == NULL && !job_names_use(call->argv[0]))
		return false;
	job = job_new(call);
	job->words = g_strdupv((char **)call->argv);
	batch_when_online(name != NULL ? to : current, on_append_online, job);
	g_free(name);
	return true;
}

/* --- replace, delete-part ------------------------------------------------ */

static void on_rows_loaded(const GError *error, void *data)
{
	struct job *job = data;

	if (error != NULL)
		job_finish(job, error);
	else
		job->matched(job);
}

static void rewrite_now(struct job *job)
{
	GError *error;

	if (mailbox_find_uid(batch_mailbox(), job_uid(job)) == UINT32_MAX) {
		error = g_error_new(MAIL_ERROR, MAIL_ERROR_NOT_FOUND,
			"there is no message %u in %s", job_uid(job),
			mailbox_name(batch_mailbox()));
		job_finish_take(job, error);
		return;
	}
	/* Its flags and its date are kept. */
	mailbox_load_all(batch_mailbox(), on_rows_loaded, job);
}

static bool rewrite(const struct command_call *call, job_step_fn *step,
	GError **error)
{
	struct job *job = job_with_uid(call, error);

	if (job != NULL)
		job->matched = step;
	return job_with_mailbox(job, rewrite_now, error);
}

static void replace_message(struct job *job)
{
	action_replace(batch_mailbox(), job_uid(job), job->words[1], on_stored,
		job);
}

bool batch_exec_replace(const struct command_call *call, GError **error)
{
	return rewrite(call, replace_message, error);
}

static void delete_part(struct job *job)
{
	action_delete_part(batch_mailbox(), job_uid(job), job->words[1],
		on_stored, job);
}

bool batch_exec_delete_part(const struct command_call *call, GError **error)
{
	return rewrite(call, delete_part, error);
}

/* --- queue --------------------------------------------------------------- */

static void print_row(const struct queue_row *row, void *data)
{
	char *uids = imap_seqset_to_string(row->uids);
	JsonBuilder *line = json_line();

	(void)data;
	json_add_string(line, "account", row->account);
	json_add_string(line, "mailbox", row->mailbox);
	json_add_string(line, "action", row->action);
	json_add_string(line, "uids", *uids != '\0' ? uids : NULL);
	json_add_string(line, "target", row->target);
	json_add_date(line, "since", row->since != 0, row->since, 0);
	json_add_string(line, "state", queue_state_name(row->state));
	json_add_string(line, "why", row->why);
	json_print(line);
	g_free(uids);
}

bool batch_exec_queue(const struct command_call *call, GError **error)
{
	(void)call;
	(void)error;
	queue_each(print_row, NULL);
	return true;
}
