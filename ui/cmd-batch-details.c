/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batch mode: what only some servers know of messages. */
#include "src/base/base.h"
#include "src/mail/details.h"
#include "src/mail/mailbox.h"
#include "ui/batch.h"
#include "ui/cmd-batch.h"
#include "ui/job.h"
#include "ui/json.h"

#include <json-glib/json-glib.h>

/* Identities of 64 bits are strings: JSON's numbers lose the last digits. */
static void add_id(JsonBuilder *line, const char *key, uint64_t id)
{
	char *text = id == 0 ? NULL : g_strdup_printf("%" G_GUINT64_FORMAT, id);

	json_add_string(line, key, text);
	g_free(text);
}

static void add_labels(JsonBuilder *line, char *const *labels)
{
	if (labels == NULL) {
		json_add_string(line, "gm_labels", NULL);
		return;
	}
	json_begin_array(line, "gm_labels");
	for (; *labels != NULL; labels++)
		json_add_element(line, *labels);
	json_end_array(line);
}

static void print_details(uint32_t uid, const struct message_details *details)
{
	static const struct message_details unknown;
	JsonBuilder *line = json_line();

	if (details == NULL)
		details = &unknown;
	json_add_number(line, "uid", uid);
	json_add_maybe(line, "modseq", details->mod_seq != 0,
		(int64_t)details->mod_seq);
	json_add_string(line, "emailid", details->email_id);
	json_add_string(line, "threadid", details->thread_id);
	json_add_date(line, "savedate", details->has_save_date,
		details->save_date, details->save_date_offset);
	json_add_string(line, "preview", details->preview);
	add_labels(line, details->labels);
	add_id(line, "gm_msgid", details->gm_id);
	add_id(line, "gm_thrid", details->gm_thread);
	json_print(line);
}

static void on_details(const GError *error, void *data)
{
	struct job *job = data;
	struct mailbox *mailbox = batch_mailbox();
	uint32_t length = error == NULL ? mailbox_length(mailbox) : 0;

	for (uint32_t pos = 0; pos < length; pos++) {
		uint32_t uid = mailbox_uid_at(mailbox, pos);

		if (imap_seqset_has(&job->uids, uid))
			print_details(uid, mailbox_details(mailbox, uid));
	}
	job_finish(job, error);
}

static void details_matches(struct job *job)
{
	if (imap_seqset_is_empty(&job->uids))
		job_finish(job, NULL);
	else
		mailbox_load_details(
			batch_mailbox(), &job->uids, on_details, job);
}

bool batch_exec_details(const struct command_call *call, GError **error)
{
	return job_with_matches(
		job_with_pattern(call, error), details_matches, error);
}
