/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batch mode: what the server can, quotas, rights and metadata. */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/acl.h"
#include "src/mail/mailbox.h"
#include "src/mail/metadata.h"
#include "src/mail/quota.h"
#include "src/rc/command.h"
#include "ui/batch.h"
#include "ui/cmd-batch.h"
#include "ui/job.h"
#include "ui/json.h"

#include <json-glib/json-glib.h>

/* --- capabilities --------------------------------------------------------- */

static void print_capability(const char *name, unsigned rfc,
	enum account_capability_state state, const char *why, void *data)
{
	static const char *const states[] = {
		[ACCOUNT_CAP_USED] = "used",
		[ACCOUNT_CAP_AVAILABLE] = "available",
		[ACCOUNT_CAP_DISABLED] = "disabled",
		[ACCOUNT_CAP_NOT_OFFERED] = "not-offered",
	};
	JsonBuilder *line = json_line();

	(void)data;
	json_add_string(line, "name", name);
	json_add_maybe(line, "rfc", rfc != 0, rfc);
	json_add_string(line, "state", states[state]);
	json_add_string(line, "why", why);
	json_print(line);
}

static void on_capabilities_online(struct account *account,
	const GError *error, void *data)
{
	if (error == NULL)
		account_each_capability(account, print_capability, NULL);
	job_finish(data, error);
}

bool batch_exec_capabilities(const struct command_call *call, GError **error)
{
	struct account *account = batch_account(error);

	if (account == NULL)
		return false;
	batch_when_online(account, on_capabilities_online, job_new(call));
	return true;
}

/* --- about one mailbox ---------------------------------------------------- */

static void on_done(const GError *error, void *data)
{
	job_finish(data, error);
}

/* The mailbox as a user writes it; none: the open one, else the inbox. "" is
 * the server, where that makes sense. */
static char *named_mailbox(const char *text, struct account *current,
	struct account **account_out, GError **error)
{
	if (text != NULL && *text == '\0') {
		*account_out = current;
		return g_strdup("");
	}
	if (text == NULL && batch_mailbox() != NULL) {
		*account_out = mailbox_account(batch_mailbox());
		return g_strdup(mailbox_name(batch_mailbox()));
	}
	return mailbox_resolve(current,
		text != NULL ? text : batch_default_mailbox(), account_out,
		error);
}

/* words[0] is the mailbox, the others are the command's. */
static bool begin(const struct command_call *call, batch_online_fn *fn,
	GError **error)
{
	struct account *current = batch_account(error), *account = NULL;
	unsigned n = MAX(call->argc, 1);
	struct job *job;
	char *name;

	if (current == NULL)
		return false;
	name = named_mailbox(call->argc > 0 ? call->argv[0] : NULL, current,
		&account, error);
	if (name == NULL)
		return false;
	job = job_new(call);
	job->account = account;
	job->words = g_new0(char *, n + 1);
	job->words[0] = name;
	for (unsigned i = 1; i < call->argc; i++)
		job->words[i] = g_strdup(call->argv[i]);
	batch_when_online(account, fn, job);
	return true;
}

static void print_changed(struct job *job)
{
	JsonBuilder *line = json_line();

	json_add_string(line, "command", job->name);
	json_add_string(line, "mailbox", job->words[0]);
	json_print(line);
}

static void on_changed(const GError *error, void *data)
{
	if (error == NULL)
		print_changed(data);
	job_finish(data, error);
}

/* --- quota ---------------------------------------------------------------- */

static void print_quota(const struct quota *quota, void *data)
{
	JsonBuilder *line = json_line();

	(void)data;
	json_add_string(line, "root", quota->root);
	json_add_string(line, "resource", quota->resource);
	json_add_number(line, "used", (int64_t)quota->used);
	json_add_maybe(line, "limit", quota->has_limit, (int64_t)quota->limit);
	json_print(line);
}

static void quota_online(
	struct account *account, const GError *error, void *data)
{
	struct job *job = data;

	if (error != NULL)
		job_finish(job, error);
	else
		quota_get(account, job->words[0], print_quota, NULL, on_done,
			job);
}

bool batch_exec_quota(const struct command_call *call, GError **error)
{
	return begin(call, quota_online, error);
}

/* --- rights --------------------------------------------------------------- */

static void add_names(JsonBuilder *line, const char *rights)
{
	char *words = acl_rights_to_words(rights);
	char **names = g_strsplit(words, ", ", -1);

	json_begin_array(line, "names");
	for (char **name = names; *name != NULL && **name != '\0'; name++)
		json_add_element(line, *name);
	json_end_array(line);
	g_strfreev(names);
	g_free(words);
}

static void print_rights(const char *identifier, const char *rights, void *data)
{
	struct job *job = data;
	JsonBuilder *line = json_line();

	json_add_string(line, "mailbox", job->words[0]);
	json_add_string(line, "identifier", identifier);
	json_add_string(line, "rights", rights);
	add_names(line, rights);
	json_print(line);
}

static void acl_online(struct account *account, const GError *error, void *data)
{
	struct job *job = data;

	if (error != NULL)
		job_finish(job, error);
	else
		acl_get(account, job->words[0], print_rights, on_done, job);
}

bool batch_exec_acl(const struct command_call *call, GError **error)
{
	return begin(call, acl_online, error);
}

static void rights_online(
	struct account *account, const GError *error, void *data)
{
	struct job *job = data;

	if (error != NULL)
		job_finish(job, error);
	else
		acl_get_own(account, job->words[0], print_rights, on_done, job);
}

bool batch_exec_rights(const struct command_call *call, GError **error)
{
	return begin(call, rights_online, error);
}

static void set_acl_online(
	struct account *account, const GError *error, void *data)
{
	struct job *job = data;

	if (error != NULL)
		job_finish(job, error);
	else
		acl_set(account, job->words[0], job->words[1], job->words[2],
			on_changed, job);
}

bool batch_exec_set_acl(const struct command_call *call, GError **error)
{
	if (!acl_check_rights(call->argv[2], error)) {
		command_blame(call, 2);
		return false;
	}
	return begin(call, set_acl_online, error);
}

static void delete_acl_online(
	struct account *account, const GError *error, void *data)
{
	struct job *job = data;

	if (error != NULL)
		job_finish(job, error);
	else
		acl_delete(
			account, job->words[0], job->words[1], on_changed, job);
}

bool batch_exec_delete_acl(const struct command_call *call, GError **error)
{
	return begin(call, delete_acl_online, error);
}

/* --- metadata ------------------------------------------------------------- */

static void print_metadata(
	const char *entry, const char *value, size_t len, void *data)
{
	struct job *job = data;
	JsonBuilder *line = json_line();

	(void)len;
	json_add_string(line, "mailbox", job->words[0]);
	json_add_string(line, "entry", entry);
	json_add_string(line, "value", value);
	json_print(line);
}

static void metadata_online(
	struct account *account, const GError *error, void *data)
{
	struct job *job = data;

	if (error != NULL)
		job_finish(job, error);
	else
		metadata_get(account, job->words[0], job->words[1],
			print_metadata, on_done, job);
}

static bool check_entry(const struct command_call *call, GError **error)
{
	if (call->argc < 2 || metadata_check_entry(call->argv[1], error))
		return true;
	command_blame(call, 1);
	return false;
}

bool batch_exec_metadata(const struct command_call *call, GError **error)
{
	return check_entry(call, error) && begin(call, metadata_online, error);
}

static void set_metadata_online(
	struct account *account, const GError *error, void *data)
{
	struct job *job = data;
	const char *value = job->words[2];

	if (error != NULL)
		job_finish(job, error);
	else
		metadata_set(account, job->words[0], job->words[1],
			value != NULL && *value != '\0' ? value : NULL,
			on_changed, job);
}

bool batch_exec_set_metadata(const struct command_call *call, GError **error)
{
	return check_entry(call, error) &&
		begin(call, set_metadata_online, error);
}
