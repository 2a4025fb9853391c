/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batch mode: changing messages, and watching them change. */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/action.h"
#include "src/mail/details.h"
#include "src/mail/mailbox.h"
#include "src/mail/pattern.h"
#include "src/rc/command.h"
#include "src/rc/option.h"
#include "ui/batch.h"
#include "ui/cmd-batch.h"
#include "ui/job.h"
#include "ui/json.h"
#include "ui/options.h"

#include <json-glib/json-glib.h>

/* --- what changes messages ------------------------------------------------ */

static void print_changed(const struct job *job, uint32_t changed)
{
	JsonBuilder *line = json_line();

	json_add_string(line, "command", job->name);
	json_add_number(line, "changed", changed);
	json_print(line);
}

static void on_action_done(uint32_t changed, const GError *error, void *data)
{
	if (error == NULL)
		print_changed(data, changed);
	job_finish(data, error);
}

static struct account *open_account(void)
{
	return mailbox_account(batch_mailbox());
}

static void delete_listed(struct job *job)
{
	action_delete(batch_mailbox(), &job->uids, on_action_done, job);
}

static void delete_matches(struct job *job)
{
	job_with_list(job, open_account(), delete_listed);
}

bool batch_exec_delete(const struct command_call *call, GError **error)
{
	struct job *job = job_with_pattern(call, error);

	return job_with_matches(job, delete_matches, error);
}

static void undelete_matches(struct job *job)
{
	action_deleted_matches(batch_mailbox(), job->pattern, &job->uids);
	action_undelete(batch_mailbox(), &job->uids, on_action_done, job);
}

bool batch_exec_undelete(const struct command_call *call, GError **error)
{
	struct job *job = job_with_pattern(call, error);

	return job_with_matches(job, undelete_matches, error);
}

static void archive_listed(struct job *job)
{
	action_archive(batch_mailbox(), &job->uids, on_action_done, job);
}

static void archive_matches(struct job *job)
{
	job_with_list(job, open_account(), archive_listed);
}

bool batch_exec_archive(const struct command_call *call, GError **error)
{
	struct job *job = job_with_pattern(call, error);

	return job_with_matches(job, archive_matches, error);
}

static void change_flag(struct job *job, bool add)
{
	struct imap_flags flags;
	const char *keyword;
	GError *error = NULL;
	bool invert;

	if (!action_parse_flag(job->words[0], &invert, &flags, &keyword, &error)) {
		job_finish_take(job, error);
		return;
	}
	if (keyword != NULL) {
		flags.keywords = &keyword;
		flags.n_keywords = 1;
	}
	action_flag(batch_mailbox(), &job->uids, add != invert, &flags,
		on_action_done, job);
}

static void flag_matches(struct job *job)
{
	change_flag(job, true);
}

static void unflag_matches(struct job *job)
{
	change_flag(job, false);
}

static void label_matches(struct job *job)
{
	GError *error = NULL;

	if (!mailbox_change_labels(batch_mailbox(), &job->uids, job->words[0],
		on_action_done, job, &error))
		job_finish_take(job, error);
}

bool batch_exec_label(const struct command_call *call, GError **error)
{
	return job_with_matches(
		job_with_pattern(call, error), label_matches, error);
}

bool batch_exec_flag(const struct command_call *call, GError **error)
{
	struct job *job = job_with_pattern(call, error);

	return job_with_matches(job, flag_matches, error);
}

bool batch_exec_unflag(const struct command_call *call, GError **error)
{
	struct job *job = job_with_pattern(call, error);

	return job_with_matches(job, unflag_matches, error);
}

/* The target as a user writes it; NULL after the job has ended. */
static char *resolve_target(struct job *job, struct account **account_out)
{
	GError *error = NULL;
	char *name = mailbox_resolve(mailbox_account(batch_mailbox()),
		job->words[0], account_out, &error);

	if (name == NULL)
		job_finish_take(job, error);
	return name;
}

/* Goes on by next, after the list if the target is named by its use. */
static void with_target(struct job *job, job_step_fn *next)
{
	if (job_names_use(job->words[0]))
		job_with_list(job, open_account(), next);
	else
		next(job);
}

static void move_listed(struct job *job)
{
	struct account *to;
	char *name = resolve_target(job, &to);

	if (name != NULL)
		action_move(batch_mailbox(), &job->uids, to, name,
			on_action_done, job);
	g_free(name);
}

static void move_matches(struct job *job)
{
	with_target(job, move_listed);
}

static void copy_listed(struct job *job)
{
	struct account *to;
	char *name = resolve_target(job, &to);

	if (name != NULL)
		action_copy(batch_mailbox(), &job->uids, to, name,
			on_action_done, job);
	g_free(name);
}

static void copy_matches(struct job *job)
{
	with_target(job, copy_listed);
}

bool batch_exec_move(const struct command_call *call, GError **error)
{
	struct job *job = job_with_pattern(call, error);

	return job_with_matches(job, move_matches, error);
}

bool batch_exec_copy(const struct command_call *call, GError **error)
{
	struct job *job = job_with_pattern(call, error);

	return job_with_matches(job, copy_matches, error);
}

static void expunge_marked(struct job *job)
{
	action_marked_uids(batch_mailbox(), &job->uids);
	action_expunge(batch_mailbox(), &job->uids, on_action_done, job);
}

bool batch_exec_expunge(const struct command_call *call, GError **error)
{
	return job_with_mailbox(job_new(call), expunge_marked, error);
}

static void on_polled(const GError *error, void *data)
{
	struct job *job = data;

	if (error != NULL)
		job_finish(job, error);
	else if (ui_options_of(mailbox_options(batch_mailbox()))->delete
			== OPTION_YES)
		expunge_marked(job);
	else
		on_action_done(0, NULL, job);
}

static void on_flushed(uint32_t changed, const GError *error, void *data)
{
	(void)changed;
	if (error != NULL)
		job_finish(data, error);
	else
		mailbox_poll(batch_mailbox(), on_polled, data);
}

static void sync_mailbox(struct job *job)
{
	action_flush(batch_mailbox(), on_flushed, job);
}

bool batch_exec_sync(const struct command_call *call, GError **error)
{
	return job_with_mailbox(job_new(call), sync_mailbox, error);
}

/* --- wait ----------------------------------------------------------------- */

static const struct mailbox_ops wait_ops;

static gboolean end_wait(gpointer data)
{
	struct job *job = data;

	job->timer = 0;
	mailbox_unlisten(batch_mailbox(), &wait_ops, job);
	batch_set_news(NULL, NULL);
	job_finish(job, NULL);
	return G_SOURCE_REMOVE;
}

/* Nobody reads what is printed: no reason to wait any longer. */
static void end_unread(struct job *job)
{
	if (json_output_error() == 0)
		return;
	source_clear(&job->timer);
	job->timer = g_idle_add(end_wait, job);
}

static void print_event(const char *event, struct mailbox *mailbox, uint32_t uid,
	struct job *job)
{
	JsonBuilder *line = json_line();
	uint32_t pos = uid ? mailbox_find_uid(mailbox, uid) : UINT32_MAX;

	json_add_string(line, "event", event);
	json_add_string(line, "account", account_name(mailbox_account(mailbox)));
	json_add_string(line, "mailbox", mailbox_name(mailbox));
	json_add_maybe(line, "uid", uid != 0, uid);
	if (pos != UINT32_MAX && strcmp(event, "expunge") != 0)
		batch_add_flags(line, mailbox, pos);
	else
		json_add_string(line, "flags", NULL);
	json_print(line);
	end_unread(job);
}

static void on_arrived(struct mailbox *mailbox, uint32_t uid, void *data)
{
	print_event("new", mailbox, uid, data);
}

static void on_expunged(struct mailbox *mailbox, uint32_t uid, void *data)
{
	print_event("expunge", mailbox, uid, data);
}

static void on_flags_changed(struct mailbox *mailbox, uint32_t uid, void *data)
{
	print_event("flags", mailbox, uid, data);
}

/* It was deleted or renamed, or may not be read any more. */
static void on_mailbox_state(struct mailbox *mailbox, void *data)
{
	struct job *job = data;
	bool is_gone = mailbox_state(mailbox) == MAILBOX_GONE;

	if (is_gone && !job->was_gone)
		print_event("mailbox", mailbox, 0, job);
	job->was_gone = is_gone;
}

static const struct mailbox_ops wait_ops = {
	.state_changed = on_mailbox_state,
	.arrived = on_arrived,
	.expunged = on_expunged,
	.flags_changed = on_flags_changed,
};

/* Another one than the open one. */
static void on_news(struct account *account, const char *mailbox, void *data)
{
	JsonBuilder *line = json_line();

	json_add_string(line, "event", "mailbox");
	json_add_string(line, "account", account_name(account));
	json_add_string(line, "mailbox", mailbox);
	json_add_maybe(line, "uid", false, 0);
	json_add_string(line, "flags", NULL);
	json_print(line);
	end_unread(data);
}

static void begin_wait(struct job *job)
{
	double seconds = g_ascii_strtod(job->words[0], NULL);

	batch_set_news(on_news, job);
	account_watch(mailbox_account(batch_mailbox()));
	mailbox_listen(batch_mailbox(), &wait_ops, job);
	job->timer = g_timeout_add((guint)(seconds * 1000), end_wait, job);
}

bool batch_exec_wait(const struct command_call *call, GError **error)
{
	char *end;
	double seconds = g_ascii_strtod(call->argv[0], &end);
	struct job *job;

	if (*end != '\0' || !(seconds >= 0 && seconds < 1e6)) {
		g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
			"expected a number of seconds, not '%s'", call->argv[0]);
		return false;
	}
	job = job_new(call);
	job->words = g_strdupv((char **)call->argv);
	return job_with_mailbox(job, begin_wait, error);
}

