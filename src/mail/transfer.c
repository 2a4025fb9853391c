/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A message or a part on its way out of the program, in pieces: never whole in
 * memory. A file is written by the worker beside its final name and gets the
 * name when it is complete.
 */
#include "src/base/base.h"
#include "src/mail/message.h"
#include "src/base/error.h"
#include "src/base/worker.h"
#include "src/imap/bodystructure.h"
#include "src/mail/load.h"
#include "src/mail/private.h"
#include "src/mime/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* The file, which is the worker's: what goes there is one job each. */
struct sink {
	char *path, *temporary;
	bool overwrite;
	int fd;             /* -1: not open */
	int error_number;   /* of the first failure; 0 none */
};

struct message_transfer {
	struct mailbox *mailbox;
	uint32_t uid;
	message_transfer_fn *done;
	message_octets_fn *octets; /* of a raw one */
	void *data;
	char *section;
	struct load *body_load;
	struct session_request *request;
	struct mime_decoder *decoder;
	char *encoding;            /* of the part */
	uint64_t size;             /* encoded, as the structure says */
	bool is_binary;            /* the server decodes it */
	struct sink *sink;
	uint64_t n;                /* octets given out */
	uint64_t had, wanted;      /* octets that came, of how many */
	message_transfer_progress_fn *progress;
	void *progress_data;
	bool is_cancelled;
	GError *error;
};

/* --- the worker's side ---------------------------------------------------------- */

static void sink_open(void *data)
{
	struct sink *sink = data;

	if (!sink->overwrite && access(sink->path, F_OK) == 0) {
		sink->error_number = EEXIST;
		return;
	}
	sink->fd = open(sink->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		0600);
	if (sink->fd == -1)
		sink->error_number = errno;
}

struct piece {
	struct sink *sink;
	GByteArray *octets;
};

static void sink_write(void *data)
{
	struct piece *piece = data;
	const guint8 *at = piece->octets->data;
	size_t left = piece->octets->len;

	while (left > 0 && piece->sink->error_number == 0) {
		ssize_t n = write(piece->sink->fd, at, left);

		if (n == -1 && errno != EINTR)
			piece->sink->error_number = errno;
		else if (n > 0) {
			at += n;
			left -= (size_t)n;
		}
	}
	g_byte_array_unref(piece->octets);
	g_free(piece);
}

static void give_name(struct sink *sink)
{
	/* link() does not replace a file that came meanwhile. */
	if (sink->overwrite || link(sink->temporary, sink->path) == -1) {
		if (!sink->overwrite && errno == EEXIST)
			sink->error_number = EEXIST;
		else if (rename(sink->temporary, sink->path) == -1)
			sink->error_number = errno;
		else
			return;
	}
	unlink(sink->temporary);
}

static void sink_finish(void *data)
{
	struct message_transfer *transfer = data;
	struct sink *sink = transfer->sink;

	if (sink->fd == -1)
		return;
	if (close(sink->fd) == -1 && sink->error_number == 0)
		sink->error_number = errno;
	if (sink->error_number == 0 && transfer->error == NULL)
		give_name(sink);
	else
		unlink(sink->temporary);
}

/* --- the loop's side -------------------------------------------------------------- */

static struct message_transfer *transfer_new(struct mailbox *mailbox,
	uint32_t uid, message_transfer_fn *done, void *data)
{
	struct message_transfer *transfer = g_new0(struct message_transfer, 1);

	transfer->mailbox = mailbox_ref(mailbox);
	transfer->uid = uid;
	transfer->done = done;
	transfer->data = data;
	return transfer;
}

static void transfer_free(struct message_transfer *transfer)
{
	if (transfer->sink != NULL) {
		g_free(transfer->sink->path);
		g_free(transfer->sink->temporary);
		g_free(transfer->sink);
	}
	mime_decoder_free(&transfer->decoder);
	g_clear_error(&transfer->error);
	g_free(transfer->section);
	g_free(transfer->encoding);
	mailbox_unref(&transfer->mailbox);
	g_free(transfer);
}

static void end(struct message_transfer *transfer)
{
	message_transfer_fn *done = transfer->done;

	if (done != NULL)
		done(transfer->n, transfer->error, transfer->data);
	transfer_free(transfer);
}

static void on_file_finished(void *data)
{
	struct message_transfer *transfer = data;
	int number = transfer->sink->error_number;

	if (number != 0 && transfer->error == NULL)
		transfer->error = g_error_new(MAIL_ERROR, MAIL_ERROR_FILE,
			"cannot write '%s': %s", transfer->sink->path,
			g_strerror(number));
	end(transfer);
}

static gboolean end_idle(gpointer data)
{
	struct message_transfer *transfer = data;

	if (transfer->sink != NULL)
		worker_push(mail.worker, sink_finish, on_file_finished, transfer);
	else
		end(transfer);
	return G_SOURCE_REMOVE;
}

/* Ends it with transfer->error, from the loop. */
static void end_later(struct message_transfer *transfer)
{
	g_idle_add_full(G_PRIORITY_DEFAULT, end_idle, transfer, NULL);
}

static void on_done(const struct imap_result *result, void *data)
{
	struct message_transfer *transfer = data;
	const char *text = result->text != NULL && result->text[0] != '\0' ?
		result->text : "it is not there";

	transfer->request = NULL;
	if (transfer->is_cancelled ||
		result->outcome == IMAP_OUTCOME_CANCELLED)
		transfer->error = g_error_new(MAIL_ERROR, MAIL_ERROR_CANCELLED,
			"cancelled");
	else if (result->outcome == IMAP_OUTCOME_DISCONNECTED)
		transfer->error = g_error_new(MAIL_ERROR, MAIL_ERROR_OFFLINE,
			"cannot fetch message %u: %s", transfer->uid, text);
	else if (result->outcome != IMAP_OUTCOME_OK)
		transfer->error = g_error_new(MAIL_ERROR, MAIL_ERROR_NOT_FOUND,
			"cannot fetch message %u: %s", transfer->uid, text);
	end_idle(transfer);
}

static bool has_selection(struct message_transfer *transfer)
{
	if (transfer->mailbox->selection != NULL &&
		!account_gave_up(transfer->mailbox->account))
		return true;
	transfer->error = g_error_new(MAIL_ERROR, MAIL_ERROR_OFFLINE,
		"cannot fetch message %u: %s", transfer->uid,
		account_state_text(transfer->mailbox->account));
	end_later(transfer);
	return false;
}

void message_transfer_watch(struct message_transfer *transfer,
	message_transfer_progress_fn *progress, void *data)
{
	transfer->progress = progress;
	transfer->progress_data = data;
}

static void note_octets(struct message_transfer *transfer, size_t len)
{
	transfer->had += len;
	if (transfer->progress != NULL)
		transfer->progress(transfer->had, transfer->wanted,
			transfer->progress_data);
}

static void on_raw_octets(uint32_t uid, const char *octets, size_t len, void *data)
{
	struct message_transfer *transfer = data;

	(void)uid;
	if (transfer->is_cancelled)
		return;
	transfer->n += len;
	note_octets(transfer, len);
	transfer->octets(octets, len, transfer->data);
}

struct message_transfer *message_fetch_part(struct mailbox *mailbox, uint32_t uid,
	const char *section, message_octets_fn *octets, message_transfer_fn *done,
	void *data)
{
	struct message_transfer *transfer = transfer_new(mailbox, uid, done, data);

	transfer->octets = octets;
	if (has_selection(transfer))
		transfer->request = selection_fetch_section(mailbox->selection,
			uid, section, 0, SESSION_INTERACTIVE, on_raw_octets,
			on_done, transfer);
	return transfer;
}

struct message_transfer *message_fetch_raw(struct mailbox *mailbox, uint32_t uid,
	message_octets_fn *octets, message_transfer_fn *done, void *data)
{
	return message_fetch_part(mailbox, uid, "", octets, done, data);
}

static void on_part_octets(uint32_t uid, const char *octets, size_t len, void *data)
{
	struct message_transfer *transfer = data;
	struct piece *piece;

	(void)uid;
	if (transfer->is_cancelled)
		return;
	piece = g_new0(struct piece, 1);
	piece->sink = transfer->sink;
	piece->octets = g_byte_array_new();
	mime_decoder_push(transfer->decoder, octets, len, piece->octets);
	transfer->n += piece->octets->len;
	note_octets(transfer, len);
	worker_push(mail.worker, sink_write, NULL, piece);
}

static void on_part_done(const struct imap_result *result, void *data);

static void fetch_part(struct message_transfer *transfer)
{
	if (!has_selection(transfer))
		return;
	mime_decoder_free(&transfer->decoder);
	transfer->decoder = mime_decoder_new(transfer->is_binary ? "binary" :
		transfer->encoding);
	if (transfer->is_binary)
		transfer->request = selection_fetch_binary(
			transfer->mailbox->selection, transfer->uid,
			transfer->section, transfer->size, SESSION_INTERACTIVE,
			on_part_octets, on_part_done, transfer);
	else
		transfer->request = selection_fetch_section(
			transfer->mailbox->selection, transfer->uid,
			transfer->section, transfer->size, SESSION_INTERACTIVE,
			on_part_octets, on_part_done, transfer);
}

/* What the server cannot decode, or makes nothing of, is decoded here. */
static void on_part_done(const struct imap_result *result, void *data)
{
	struct message_transfer *transfer = data;
	bool is_answer = result->outcome == IMAP_OUTCOME_NO ||
		result->outcome == IMAP_OUTCOME_BAD ||
		result->outcome == IMAP_OUTCOME_OK;

	if (transfer->is_binary && is_answer && transfer->had == 0 &&
		transfer->size > 0 && !transfer->is_cancelled) {
		transfer->is_binary = false;
		transfer->wanted = transfer->size;
		fetch_part(transfer);
		return;
	}
	on_done(result, transfer);
}

static void on_body(const struct imap_body *body, const GError *error, void *data)
{
	struct message_transfer *transfer = data;
	const struct imap_body *part;

	transfer->body_load = NULL;
	part = body == NULL ? NULL : imap_body_find(body, transfer->section);
	if (error != NULL) {
		transfer->error = g_error_copy(error);
		end_later(transfer);
		return;
	}
	if (part == NULL || strcmp(part->type, "multipart") == 0) {
		transfer->error = g_error_new(MAIL_ERROR, MAIL_ERROR_NOT_FOUND,
			"message %u has no part '%s' that can be saved",
			transfer->uid, transfer->section);
		end_later(transfer);
		return;
	}
	transfer->encoding = g_strdup(part->encoding);
	transfer->size = part->size;
	transfer->is_binary = load_wants_binary(transfer->mailbox, part);
	transfer->wanted = transfer->is_binary ? mime_decoded_size(part) :
		part->size;
	fetch_part(transfer);
}

struct message_transfer *message_save_part(struct mailbox *mailbox, uint32_t uid,
	const char *section, const char *path, bool overwrite,
	message_transfer_fn *done, void *data)
{
	struct message_transfer *transfer = transfer_new(mailbox, uid, done, data);
	struct sink *sink = g_new0(struct sink, 1);

	sink->path = g_strdup(path);
	sink->temporary = g_strdup_printf("%s.%08x.part", path, g_random_int());
	sink->overwrite = overwrite;
	sink->fd = -1;
	transfer->sink = sink;
	transfer->section = g_strdup(section);
	worker_push(mail.worker, sink_open, NULL, sink);
	transfer->body_load = load_body(mailbox, uid, on_body, transfer);
	return transfer;
}

void message_transfer_cancel(struct message_transfer **transferp)
{
	struct message_transfer *transfer = *transferp;

	if (transfer == NULL)
		return;
	*transferp = NULL;
	transfer->is_cancelled = true;
	if (transfer->request != NULL) {
		session_cancel(&transfer->request);
	} else if (transfer->body_load != NULL) {
		load_cancel(&transfer->body_load);
		transfer->error = g_error_new(MAIL_ERROR, MAIL_ERROR_CANCELLED,
			"cancelled");
		end_later(transfer);
	}
}

/* --- the structure alone --------------------------------------------------------------- */

void message_fetch_body(struct mailbox *mailbox, uint32_t uid, message_body_fn *done, void *data)
{
	load_body(mailbox, uid, done, data);
}
