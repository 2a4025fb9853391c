/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Batch mode: reading messages. */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/mail/mailbox.h"
#include "src/mail/message.h"
#include "src/mail/thread.h"
#include "src/mime/header.h"
#include "src/mime/text.h"
#include "src/rc/command.h"
#include "ui/batch.h"
#include "ui/cmd-batch.h"
#include "ui/job.h"
#include "ui/json.h"
#include "ui/wrap.h"

#include <errno.h>
#include <json-glib/json-glib.h>
#include <stdio.h>

/* --- open, messages --------------------------------------------------------------------- */

static void print_open(struct job *job)
{
	struct mailbox *mailbox = batch_mailbox();
	struct mailbox_counts counts;
	uint64_t mod_seq = mailbox_highest_mod_seq(mailbox);
	JsonBuilder *line = json_line();

	mailbox_get_counts(mailbox, &counts);
	json_add_string(line, "mailbox", mailbox_name(mailbox));
	json_add_number(line, "messages", counts.messages);
	json_add_number(line, "unseen", counts.unseen);
	json_add_number(line, "uidvalidity", mailbox_uid_validity(mailbox));
	json_add_maybe(line, "highestmodseq", mod_seq != 0, (int64_t)mod_seq);
	json_print(line);
	job_finish(job, NULL);
}

bool batch_exec_open(const struct command_call *call, GError **error)
{
	return job_open(job_new(call), call->argv[0], print_open, error);
}

static void add_addresses(JsonBuilder *line, const char *key,
	const struct imap_addresses *addresses)
{
	json_begin_array(line, key);
	for (size_t i = 0; addresses != NULL && i < addresses->n; i++) {
		char *text = mime_address_format(&addresses->items[i]);

		if (text != NULL)
			json_add_element(line, text);
		g_free(text);
	}
	json_end_array(line);
}

void batch_add_flags(JsonBuilder *line, struct mailbox *mailbox, uint32_t pos)
{
	unsigned flags = mailbox_flags_at(mailbox, pos);
	const char *const *keywords = mailbox_keywords_at(mailbox, pos);

	json_begin_array(line, "flags");
	for (unsigned bit = IMAP_FLAG_SEEN; bit <= IMAP_FLAG_DRAFT; bit <<= 1)
		if (flags & bit)
			json_add_element(line, imap_flag_name(bit));
	for (; keywords != NULL && *keywords != NULL; keywords++)
		json_add_element(line, *keywords);
	json_end_array(line);
}

static void add_header_date(JsonBuilder *line, const char *raw)
{
	int64_t time = 0;
	int offset = 0;
	bool known = raw != NULL && mime_date_parse(raw, &time, &offset);

	json_add_date(line, "date", known, time, offset);
}

static void print_message(struct mailbox *mailbox, uint32_t pos,
	const struct thread_place *place)
{
	static const struct imap_envelope empty;
	const struct imap_envelope *envelope;
	struct message_row row;
	JsonBuilder *line = json_line();
	char *subject;

	mailbox_get_row(mailbox, pos, &row);
	envelope = row.envelope != NULL ? row.envelope : &empty;
	subject = mime_header_decode(envelope->subject);
	json_add_number(line, "uid", row.uid);
	batch_add_flags(line, mailbox, pos);
	json_add_date(line, "internaldate", row.is_loaded, row.internaldate,
		row.internaldate_offset);
	add_header_date(line, envelope->date);
	add_addresses(line, "from", &envelope->from);
	add_addresses(line, "to", &envelope->to);
	add_addresses(line, "cc", &envelope->cc);
	json_add_string(line, "subject", subject);
	json_add_string(line, "message_id", envelope->message_id);
	json_add_string(line, "in_reply_to", envelope->in_reply_to);
	json_add_maybe(line, "size", row.is_loaded, (int64_t)row.size);
	json_add_number(line, "thread_root", place->root_uid);
	json_add_number(line, "thread_depth", place->depth);
	json_print(line);
	g_free(subject);
}

static void print_messages(struct job *job)
{
	struct mailbox *mailbox = batch_mailbox();
	struct thread_place *places = thread_mailbox(mailbox);
	uint32_t length = mailbox_length(mailbox);

	for (uint32_t pos = 0; pos < length; pos++)
		if (imap_seqset_has(&job->uids, mailbox_uid_at(mailbox, pos)))
			print_message(mailbox, pos, &places[pos]);
	g_free(places);
	job_finish(job, NULL);
}

bool batch_exec_messages(const struct command_call *call, GError **error)
{
	struct job *job = job_with_pattern(call, error);

	if (job != NULL)
		job->needs_rows = true;
	return job_with_matches(job, print_messages, error);
}

/* --- one message -------------------------------------------------------------------------- */

/* The document as the pager lays it out, as one text. */
static char *lay_out(const struct mime_document *document)
{
	struct wrapped *wrapped = wrap_document(document, (int)batch_columns(), 0);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < wrapped->lines->len; i++) {
		const struct wrapped_line *line = &g_array_index(wrapped->lines,
			struct wrapped_line, i);

		g_string_append_len(text, line->text, (gssize)line->len);
		g_string_append_c(text, '\n');
	}
	wrapped_free(&wrapped);
	return g_string_free(text, FALSE);
}

static void print_shown(struct job *job)
{
	struct mime_document *document = message_document(job->message, false);
	const GPtrArray *fields = message_fields(job->message);
	JsonBuilder *line = json_line();
	char *text = lay_out(document);

	json_add_number(line, "uid", job_uid(job));
	json_begin_object(line, "headers");
	for (guint i = 0; fields != NULL && i < fields->len; i++) {
		const struct mime_field *field = g_ptr_array_index(fields, i);

		json_add_string(line, field->name, field->value);
	}
	json_end_object(line);
	json_add_string(line, "text", text);
	json_print(line);
	g_free(text);
	mime_document_free(&document);
	job_finish(job, NULL);
}

static void on_message_changed(struct message *message, void *data)
{
	struct job *job = data;

	switch (message_state(message)) {
	case MESSAGE_LOADING:
		return;
	case MESSAGE_READY:
		print_shown(job);
		return;
	case MESSAGE_GONE:
	case MESSAGE_ERROR:
		job_finish_take(job, g_error_new(MAIL_ERROR, MAIL_ERROR_NOT_FOUND,
			"%s", message_state_text(message)));
		return;
	}
}

static void show_message(struct job *job)
{
	job->message = message_open(batch_mailbox(), job_uid(job),
		on_message_changed, job);
}

bool batch_exec_show(const struct command_call *call, GError **error)
{
	struct job *job = job_with_uid(call, error);

	return job_with_mailbox(job, show_message, error);
}

static void print_part(const struct imap_body *body)
{
	JsonBuilder *line = json_line();
	char *type = g_strdup_printf("%s/%s", body->type, body->subtype);
	char *filename = mime_part_filename(body);
	bool is_leaf = strcmp(body->type, "multipart") != 0;

	json_add_string(line, "section", body->section);
	json_add_string(line, "type", type);
	json_add_string(line, "charset", imap_body_param(body, "charset"));
	json_add_string(line, "encoding", is_leaf ? body->encoding : NULL);
	json_add_maybe(line, "size", is_leaf, (int64_t)body->size);
	json_add_string(line, "filename", filename);
	json_add_string(line, "disposition", body->disposition);
	json_print(line);
	g_free(filename);
	g_free(type);
}

static void on_body(const struct imap_body *root, const GError *error, void *data)
{
	const struct imap_body *body = NULL;

	while (error == NULL && (body = imap_body_next(root, body)) != NULL)
		print_part(body);
	job_finish(data, error);
}

static void fetch_parts(struct job *job)
{
	message_fetch_body(batch_mailbox(), job_uid(job), on_body, job);
}

bool batch_exec_parts(const struct command_call *call, GError **error)
{
	struct job *job = job_with_uid(call, error);

	return job_with_mailbox(job, fetch_parts, error);
}

static void on_part_saved(uint64_t octets, const GError *error, void *data)
{
	struct job *job = data;

	if (error == NULL) {
		JsonBuilder *line = json_line();

		json_add_number(line, "uid", job_uid(job));
		json_add_string(line, "section", job->words[1]);
		json_add_string(line, "file", job->words[2]);
		json_add_number(line, "bytes", (int64_t)octets);
		json_print(line);
	}
	job_finish(job, error);
}

static void save_part(struct job *job)
{
	message_save_part(batch_mailbox(), job_uid(job),
		job->words[1], job->words[2], false, on_part_saved, job);
}

bool batch_exec_save_part(const struct command_call *call, GError **error)
{
	struct job *job = job_with_uid(call, error);

	return job_with_mailbox(job, save_part, error);
}

static void write_octets(const char *octets, size_t len, void *data)
{
	(void)data;
	fwrite(octets, 1, len, stdout);
}

static void on_raw_done(uint64_t octets, const GError *error, void *data)
{
	GError *failed = NULL;

	(void)octets;
	if (error == NULL && (fflush(stdout) != 0 || ferror(stdout))) {
		g_set_error(&failed, MAIL_ERROR, MAIL_ERROR_FILE,
			"cannot write to standard output: %s", g_strerror(errno));
		job_finish_take(data, failed);
		return;
	}
	job_finish(data, error);
}

static void fetch_raw(struct job *job)
{
	message_fetch_raw(batch_mailbox(), job_uid(job),
		write_octets, on_raw_done, job);
}

bool batch_exec_raw(const struct command_call *call, GError **error)
{
	struct job *job = job_with_uid(call, error);

	return job_with_mailbox(job, fetch_raw, error);
}

