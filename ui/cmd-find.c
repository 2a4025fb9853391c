/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batch mode: finding, sorting and threading. */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/count.h"
#include "src/mail/everywhere.h"
#include "src/mail/find.h"
#include "src/mail/mailbox.h"
#include "src/mail/order.h"
#include "src/mail/pattern.h"
#include "src/rc/command.h"
#include "ui/batch.h"
#include "ui/cmd-batch.h"
#include "ui/job.h"
#include "ui/json.h"

#include <json-glib/json-glib.h>

/* --- search -------------------------------------------------------------- */

static void print_hits(struct account *account, const char *mailbox,
	const struct imap_seqset *uids, void *data)
{
	JsonBuilder *line = json_line();
	char *set = imap_seqset_to_string(uids);

	(void)data;
	json_add_string(line, "account", account_name(account));
	json_add_string(line, "mailbox", mailbox);
	json_add_string(line, "uids", set);
	json_add_number(line, "count", (int64_t)imap_seqset_count(uids));
	json_print(line);
	g_free(set);
}

static void search_next_account(struct job *job);

/* An account that is down does not hide the others. */
static void on_searched(const GError *error, void *data)
{
	struct job *job = data;

	if (error != NULL && job->error == NULL)
		job->error = g_error_copy(error);
	search_next_account(job);
}

static void on_search_online(
	struct account *account, const GError *error, void *data)
{
	static const struct everywhere_ops ops = {
		.hits = print_hits,
		.done = on_searched,
	};
	struct job *job = data;

	if (error != NULL)
		on_searched(error, job);
	else
		everywhere_start(account, job->pattern, &ops, job);
}

static void search_next_account(struct job *job)
{
	const GPtrArray *all = accounts();

	if (job->accounts_left == 0) {
		GError *first = g_steal_pointer(&job->error);

		job_finish(job, first);
		g_clear_error(&first);
		return;
	}
	if (batch_wants_all_accounts())
		job->account = all->pdata[all->len - job->accounts_left];
	job->accounts_left--;
	batch_when_online(job->account, on_search_online, job);
}

bool batch_exec_search(const struct command_call *call, GError **error)
{
	struct account *account = batch_account(error);
	struct job *job;

	if (account == NULL)
		return false;
	job = job_with_pattern(call, error);
	if (job == NULL)
		return false;
	job->account = account;
	job->accounts_left = batch_wants_all_accounts() ? accounts()->len : 1;
	search_next_account(job);
	return true;
}

/* --- count --------------------------------------------------------------- */

static void on_counted(
	const GError *error, const struct pattern_count *count, void *data)
{
	if (error == NULL) {
		JsonBuilder *line = json_line();

		json_add_number(line, "count", count->count);
		json_add_maybe(
			line, "first", count->count > 0, count->first_uid);
		json_add_maybe(line, "last", count->count > 0, count->last_uid);
		json_print(line);
	}
	job_finish(data, error);
}

static void count_messages(struct job *job)
{
	pattern_count_start(batch_mailbox(), job->pattern, on_counted, job);
}

bool batch_exec_count(const struct command_call *call, GError **error)
{
	return job_with_mailbox(job_with_pattern(call, error), count_messages,
		error);
}

/* --- watch --------------------------------------------------------------- */

static void print_watched(const char *event, const struct imap_seqset *uids)
{
	for (size_t i = 0; i < imap_seqset_n_ranges(uids); i++) {
		struct imap_range range = imap_seqset_range(uids, i);

		for (uint64_t uid = range.first; uid <= range.last; uid++) {
			JsonBuilder *line = json_line();

			json_add_string(line, "event", event);
			json_add_number(line, "uid", (int64_t)uid);
			json_print(line);
		}
	}
}

/* What was told before is in the job's uids. */
static void print_differences(struct job *job, const struct imap_seqset *uids)
{
	struct imap_seqset differing;

	imap_seqset_init(&differing);
	imap_seqset_copy(&differing, &job->uids);
	imap_seqset_remove_set(&differing, uids);
	print_watched("no-match", &differing);
	imap_seqset_copy(&differing, uids);
	imap_seqset_remove_set(&differing, &job->uids);
	print_watched("match", &differing);
	imap_seqset_release(&differing);
	imap_seqset_copy(&job->uids, uids);
}

static void on_watched(
	const GError *error, const struct imap_seqset *uids, void *data)
{
	struct job *job = data;

	if (error != NULL)
		job_finish(job, error);
	else
		print_differences(job, uids);
}

static gboolean watched_long_enough(void *data)
{
	struct job *job = data;

	job->timer = 0;
	job_finish(job, NULL);
	return G_SOURCE_REMOVE;
}

static void watch_mailbox(struct job *job)
{
	guint64 seconds;

	if (!g_ascii_string_to_unsigned(
		    job->words[0], 10, 1, 1000 * 1000, &seconds, NULL)) {
		job_finish_take(
			job, g_error_new(CMD_ERROR, CMD_ERROR_USAGE,
				     "expected a number of seconds, not '%s'",
				     job->words[0]));
		return;
	}
	job->timer =
		g_timeout_add_seconds((guint)seconds, watched_long_enough, job);
	job->find = find_start(batch_mailbox(), job->pattern, NULL,
		FIND_STAYS | FIND_ASKS, on_watched, job);
}

bool batch_exec_watch(const struct command_call *call, GError **error)
{
	return job_with_mailbox(job_with_pattern(call, error), watch_mailbox,
		error);
}

/* --- sort ---------------------------------------------------------------- */

static void on_sorted(const GError *error, const GArray *uids, void *data)
{
	for (guint i = 0; error == NULL && i < uids->len; i++) {
		JsonBuilder *line = json_line();

		json_add_number(line, "uid", g_array_index(uids, uint32_t, i));
		json_print(line);
	}
	job_finish(data, error);
}

static void sort_mailbox(struct job *job)
{
	struct sort_keys keys;
	GError *error = NULL;

	if (sort_keys_parse(job->words[0], &keys, &error))
		order_sort(
			batch_mailbox(), &keys, job->pattern, on_sorted, job);
	else
		job_finish_take(job, error);
}

bool batch_exec_sort(const struct command_call *call, GError **error)
{
	return job_with_mailbox(job_with_pattern(call, error), sort_mailbox,
		error);
}

/* --- threads ------------------------------------------------------------- */

static const struct {
	const char *name;
	enum imap_capability capability;
} algorithms[] = {
	{ "references", IMAP_CAP_THREAD_REFERENCES },
	{ "refs", IMAP_CAP_THREAD_REFS },
	{ "orderedsubject", IMAP_CAP_THREAD_ORDEREDSUBJECT },
};

/* Of the messages from first on, before end. */
static void print_thread(const GArray *nodes, guint first, guint end)
{
	JsonBuilder *line = json_line();

	json_add_number(line, "root", g_array_index(nodes,
		struct imap_thread_node, first).number);
	json_begin_array(line, "uids");
	for (guint i = first; i < end; i++)
		json_builder_add_int_value(line, g_array_index(nodes,
			struct imap_thread_node, i).number);
	json_end_array(line);
	json_begin_array(line, "depths");
	for (guint i = first; i < end; i++)
		json_builder_add_int_value(line, g_array_index(nodes,
			struct imap_thread_node, i).depth);
	json_end_array(line);
	json_print(line);
}

static void on_threaded(const GError *error, const GArray *nodes, void *data)
{
	guint first = 0;

	while (error == NULL && first < nodes->len) {
		guint end = first + 1;

		while (end < nodes->len && !g_array_index(nodes,
			struct imap_thread_node, end).begins_thread)
			end++;
		print_thread(nodes, first, end);
		first = end;
	}
	job_finish(data, error);
}

/* NULL: this is no algorithm. */
static const enum imap_capability *find_algorithm(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(algorithms); i++)
		if (strcmp(algorithms[i].name, name) == 0)
			return &algorithms[i].capability;
	return NULL;
}

static void thread_mailbox_of(struct job *job)
{
	const enum imap_capability *named = job->words[0] == NULL ? NULL :
		find_algorithm(job->words[0]);

	order_threads(batch_mailbox(), named != NULL ? *named :
		IMAP_N_CAPABILITIES, job->pattern, on_threaded, job);
}

/* The first word is an algorithm, or the pattern has begun. */
bool batch_exec_threads(const struct command_call *call, GError **error)
{
	struct command_call whole = *call;
	const char *argv[2] = { NULL, NULL };
	char *pattern = NULL;
	bool ok;

	if (call->argc == 2 && find_algorithm(call->argv[0]) == NULL) {
		pattern =
			g_strdup_printf("%s %s", call->argv[0], call->argv[1]);
		argv[0] = pattern;
		whole.argv = argv;
		whole.argc = 1;
	}
	ok = job_with_mailbox(job_with_pattern(&whole, error),
		thread_mailbox_of, error);
	g_free(pattern);
	return ok;
}
