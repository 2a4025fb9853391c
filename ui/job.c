/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "ui/job.h"
#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/find.h"
#include "src/mail/mailbox.h"
#include "src/mail/message.h"
#include "src/mail/pattern.h"
#include "src/rc/command.h"
#include "ui/batch.h"

void job_finish(struct job *job, const GError *error)
{
	struct command_run *run = job->run;

	source_clear(&job->timer);
	if (job->message != NULL)
		message_close(&job->message);
	if (job->opening != NULL)
		mailbox_unref(&job->opening);
	find_free(&job->find);
	pattern_free(&job->pattern);
	imap_seqset_release(&job->uids);
	g_strfreev(job->words);
	g_free(job);
	command_finish(run, error);
}

void job_finish_take(struct job *job, GError *error_take)
{
	job_finish(job, error_take);
	g_error_free(error_take);
}

/* --- arguments ------------------------------------------------------------------ */

struct job *job_new(const struct command_call *call)
{
	struct job *job = g_new0(struct job, 1);

	job->run = call->run;
	job->name = call->row->name;
	imap_seqset_init(&job->uids);
	return job;
}

void job_discard(struct job *job)
{
	if (job->pattern != NULL)
		pattern_free(&job->pattern);
	imap_seqset_release(&job->uids);
	g_strfreev(job->words);
	g_free(job);
}

struct job *job_with_pattern(const struct command_call *call, GError **error)
{
	unsigned n = call->argc - 1;
	struct job *job = job_new(call);

	job->words = g_new0(char *, call->argc);
	for (unsigned i = 0; i < n; i++)
		job->words[i] = g_strdup(call->argv[i]);
	job->pattern = pattern_parse(call->argv[n], error);
	if (job->pattern == NULL) {
		job_discard(job);
		return NULL;
	}
	return job;
}

static bool parse_uid(const char *text, uint32_t *uid_out, GError **error)
{
	guint64 uid;

	if (!g_ascii_string_to_unsigned(text, 10, 1, UINT32_MAX, &uid, NULL)) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
			"expected a UID, not '%s'", text);
		return false;
	}
	*uid_out = (uint32_t)uid;
	return true;
}

struct job *job_with_uid(const struct command_call *call, GError **error)
{
	struct job *job;
	uint32_t uid;

	if (!parse_uid(call->argv[0], &uid, error))
		return NULL;
	job = job_new(call);
	job->words = g_strdupv((char **)call->argv);
	imap_seqset_add(&job->uids, uid);
	return job;
}

uint32_t job_uid(const struct job *job)
{
	return imap_seqset_min(&job->uids);
}

static void on_mailbox_ready(const GError *error, void *data)
{
	struct job *job = data;

	if (error != NULL) {
		job_finish(job, error);
		return;
	}
	if (job->opening != NULL) {
		batch_set_mailbox(job->opening);
		job->opening = NULL;
	}
	job->next(job);
}

/* --- what only the list of mailboxes tells ---------------------------------------- */

static void on_listed(const GError *error, void *data)
{
	struct job *job = data;

	if (error != NULL)
		job_finish(job, error);
	else
		job->listed(job);
}

static void on_list_online(struct account *account, const GError *error, void *data)
{
	if (error != NULL)
		job_finish(data, error);
	else
		account_refresh_mailboxes(account, on_listed, data);
}

void job_with_list(struct job *job, struct account *account, job_step_fn *next)
{
	job->listed = next;
	if (account_has_mailboxes(account))
		next(job);
	else
		batch_when_online(account, on_list_online, job);
}

/* --- the open mailbox ---------------------------------------------------------------- */

static bool open_named(struct job *job, struct account *current,
	const char *text, GError **error)
{
	char *name = mailbox_resolve(current, text, &job->account, error);

	if (name == NULL)
		return false;
	job->opening = mailbox_open(job->account, name);
	mailbox_when_ready(job->opening, on_mailbox_ready, job);
	g_free(name);
	return true;
}

static void open_by_use(struct job *job)
{
	GError *error = NULL;

	if (!open_named(job, batch_account(NULL), job->use, &error))
		job_finish_take(job, error);
}

static bool begin_opening(struct job *job, const char *text, GError **error)
{
	struct account *current = batch_account(error);

	if (current == NULL)
		return false;
	if (!job_names_use(text))
		return open_named(job, current, text, error);
	job->use = g_intern_string(text);
	job_with_list(job, current, open_by_use);
	return true;
}

bool job_names_use(const char *text)
{
	return *text == '\\';
}

/* Goes on with next when a mailbox is open; begun jobs end by job_finish(), a job
 * that could not begin is discarded here. */
bool job_with_mailbox(struct job *job, job_step_fn *next, GError **error)
{
	if (job == NULL)
		return false;
	job->next = next;
	if (batch_mailbox() != NULL) {
		mailbox_when_ready(batch_mailbox(), on_mailbox_ready, job);
		return true;
	}
	if (begin_opening(job, batch_default_mailbox(), error))
		return true;
	job_discard(job);
	return false;
}

static void on_found(const GError *error, const struct imap_seqset *uids,
	void *data)
{
	struct job *job = data;

	if (error != NULL) {
		job_finish(job, error);
		return;
	}
	imap_seqset_add_set(&job->uids, uids);
	job->matched(job);
}

static void load_and_match(struct job *job)
{
	job->find = find_start(batch_mailbox(), job->pattern, NULL,
		job->needs_rows ? FIND_LOADS_ALL : 0, on_found, job);
}

bool job_with_matches(struct job *job, job_step_fn *matched, GError **error)
{
	if (job == NULL)
		return false;
	job->matched = matched;
	return job_with_mailbox(job, load_and_match, error);
}

bool job_open(struct job *job, const char *text, job_step_fn *next,
	GError **error)
{
	job->next = next;
	if (begin_opening(job, text, error))
		return true;
	job_discard(job);
	return false;
}
