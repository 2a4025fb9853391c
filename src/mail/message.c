/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The header and the structure are loaded side by side, then the text parts
 * that are to be shown, all at once. A message that is expunged meanwhile
 * stays readable as far as it is there.
 */
#include "src/base/base.h"
#include "src/mail/message.h"
#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/imap/bodystructure.h"
#include "src/mail/fields.h"
#include "src/mail/load.h"
#include "src/mail/private.h"
#include "src/mime/header.h"
#include "src/mime/text.h"
#include "src/rc/command.h"

enum { HEADER_MAX = 256 * 1024 };

struct part {
	struct message *message;
	const struct imap_body *body;
	struct load *load;
	GBytes *octets;  /* decoded; NULL: not there (yet) */
	char *problem;   /* why it is not there, or NULL */
	uint64_t had;
};

struct message {
	struct mailbox *mailbox;
	uint32_t uid, uid_validity;
	message_changed_fn *changed;
	void *data;
	enum message_state state;
	char *state_text;
	struct arena *arena;
	const struct imap_body *body;
	GPtrArray *fields;
	GArray *parts;           /* of struct part; fixed once made */
	struct load *body_load, *header_load, *raw_load;
	GBytes *raw;
	uint64_t raw_had;
	bool was_ready;
	guint notify_source;
};

static gboolean notify(gpointer data)
{
	struct message *message = data;

	message->notify_source = 0;
	message->changed(message, message->data);
	return G_SOURCE_REMOVE;
}

static void schedule_notify(struct message *message)
{
	if (message->notify_source == 0)
		message->notify_source = g_idle_add_full(G_PRIORITY_DEFAULT,
			notify, message, NULL);
}

static void set_state(struct message *message, enum message_state state,
	const char *text)
{
	message->state = state;
	g_free(message->state_text);
	message->state_text = g_strdup(text);
	message->was_ready |= state == MESSAGE_READY;
	schedule_notify(message);
}

static void fail(struct message *message, const GError *error)
{
	if (message->state == MESSAGE_GONE)
		return;
	set_state(message, g_error_matches(error, MAIL_ERROR,
		MAIL_ERROR_NOT_FOUND) ? MESSAGE_GONE : MESSAGE_ERROR,
		error->message);
}

static struct part *part_at(const struct message *message, guint i)
{
	return &g_array_index(message->parts, struct part, i);
}

static void check_ready(struct message *message)
{
	if (message->fields == NULL || message->parts == NULL ||
		message->state == MESSAGE_ERROR)
		return;
	for (guint i = 0; i < message->parts->len; i++)
		if (part_at(message, i)->load != NULL)
			return;
	if (message->state == MESSAGE_GONE)
		message->was_ready = true;
	else
		set_state(message, MESSAGE_READY, "");
}

/* --- loading ------------------------------------------------------------------ */

static void on_part(GBytes *octets, const GError *error, void *data)
{
	struct part *part = data;

	part->load = NULL;
	if (octets != NULL)
		part->octets = g_bytes_ref(octets);
	else
		part->problem = g_strdup(error->message);
	check_ready(part->message);
	schedule_notify(part->message);
}

static void on_part_progress(uint64_t had, void *data)
{
	struct part *part = data;

	part->had = had;
	schedule_notify(part->message);
}

static void load_parts(struct message *message)
{
	GPtrArray *shown = mime_parts_to_show(message->body);

	message->parts = g_array_new(FALSE, TRUE, sizeof(struct part));
	g_array_set_size(message->parts, shown->len);
	for (guint i = 0; i < shown->len; i++) {
		struct part *part = part_at(message, i);

		part->message = message;
		part->body = shown->pdata[i];
		if (mime_part_is_text(part->body))
			part->load = load_part(message->mailbox, message->uid,
				part->body, MIME_TEXT_MAX + 1, on_part,
				on_part_progress, part);
	}
	g_ptr_array_unref(shown);
}

static void on_body(const struct imap_body *body, const GError *error, void *data)
{
	struct message *message = data;

	message->body_load = NULL;
	if (body == NULL) {
		fail(message, error);
		return;
	}
	message->body = body_copy(body, message->arena);
	load_parts(message);
	check_ready(message);
	schedule_notify(message);
}

static void on_header(GBytes *octets, const GError *error, void *data)
{
	struct message *message = data;
	gsize len;
	const char *text;

	message->header_load = NULL;
	if (octets == NULL) {
		fail(message, error);
		return;
	}
	text = g_bytes_get_data(octets, &len);
	message->fields = mime_header_fields(text != NULL ? text : "", len);
	check_ready(message);
	schedule_notify(message);
}

static void start(struct message *message)
{
	if (message->body == NULL && message->body_load == NULL)
		message->body_load = load_body(message->mailbox, message->uid,
			on_body, message);
	if (message->fields == NULL && message->header_load == NULL)
		message->header_load = load_section(message->mailbox,
			message->uid, "HEADER", 0, HEADER_MAX, on_header, NULL,
			message);
}

/* --- the mailbox goes on meanwhile -------------------------------------------- */

static void on_mailbox_changed(struct mailbox *mailbox, void *data)
{
	struct message *message = data;

	if (message->state == MESSAGE_GONE ||
		mailbox_state(mailbox) != MAILBOX_READY)
		return;
	if (mailbox_uid_validity(mailbox) != message->uid_validity &&
		message->uid_validity != 0)
		set_state(message, MESSAGE_GONE,
			"the mailbox has been replaced by another");
	else if (mailbox_find_uid(mailbox, message->uid) == UINT32_MAX)
		set_state(message, MESSAGE_GONE,
			"this message has been deleted from the mailbox");
	if (message->uid_validity == 0)
		message->uid_validity = mailbox_uid_validity(mailbox);
}

static const struct mailbox_ops mailbox_ops = { .changed = on_mailbox_changed };

struct message *message_open(struct mailbox *mailbox, uint32_t uid, message_changed_fn *changed, void *data)
{
	struct message *message = g_new0(struct message, 1);

	message->mailbox = mailbox_ref(mailbox);
	message->uid = uid;
	message->uid_validity = mailbox_uid_validity(mailbox);
	message->changed = changed;
	message->data = data;
	message->state_text = g_strdup("");
	message->arena = arena_new();
	mailbox_listen(mailbox, &mailbox_ops, message);
	start(message);
	return message;
}

static void release_parts(struct message *message)
{
	if (message->parts == NULL)
		return;
	for (guint i = 0; i < message->parts->len; i++) {
		struct part *part = part_at(message, i);

		load_cancel(&part->load);
		if (part->octets != NULL)
			g_bytes_unref(part->octets);
		g_free(part->problem);
	}
	g_array_free(message->parts, TRUE);
}

void message_close(struct message **messagep)
{
	struct message *message = *messagep;

	if (message == NULL)
		return;
	*messagep = NULL;
	source_clear(&message->notify_source);
	load_cancel(&message->body_load);
	load_cancel(&message->header_load);
	load_cancel(&message->raw_load);
	release_parts(message);
	if (message->raw != NULL)
		g_bytes_unref(message->raw);
	if (message->fields != NULL)
		g_ptr_array_unref(message->fields);
	arena_free(&message->arena);
	mailbox_unlisten(message->mailbox, &mailbox_ops, message);
	mailbox_unref(&message->mailbox);
	g_free(message->state_text);
	g_free(message);
}

uint32_t message_uid(const struct message *message)
{
	return message->uid;
}

struct mailbox *message_mailbox(const struct message *message)
{
	return message->mailbox;
}

enum message_state message_state(const struct message *message)
{
	return message->state;
}

const char *message_state_text(const struct message *message)
{
	if (message->state == MESSAGE_LOADING &&
		account_state(message->mailbox->account) != ACCOUNT_ONLINE)
		return account_state_text(message->mailbox->account);
	return message->state_text;
}

static uint64_t message_size(const struct message *message)
{
	uint32_t pos = mailbox_find_uid(message->mailbox, message->uid);

	return pos == UINT32_MAX ? 0 :
		table_at(message->mailbox->table, pos)->size;
}

void message_progress(const struct message *message, uint64_t *had_out, uint64_t *wanted_out)
{
	*had_out = *wanted_out = 0;
	if (message->raw_load != NULL) {
		*had_out = message->raw_had;
		*wanted_out = MIN(message_size(message), (uint64_t)MIME_TEXT_MAX);
		return;
	}
	for (guint i = 0; message->parts != NULL && i < message->parts->len; i++) {
		const struct part *part = part_at(message, i);

		if (!mime_part_is_text(part->body))
			continue;
		uint64_t size = MIN(part->body->size, (uint64_t)MIME_TEXT_MAX);

		*wanted_out += size;
		*had_out += part->octets != NULL ? size : part->had;
	}
}

const struct imap_body *message_body(const struct message *message)
{
	return message->body;
}

const GPtrArray *message_fields(const struct message *message)
{
	return message->fields;
}

/* --- documents ----------------------------------------------------------------- */

/* The message within the message that a part belongs to, or NULL. */
static const struct imap_body *embedding(const struct imap_body *part)
{
	for (part = part->parent; part != NULL; part = part->parent)
		if (part->envelope != NULL)
			return part;
	return NULL;
}

static void add_part(struct mime_document *document, const struct part *part)
{
	struct imap_body decoded = *part->body;
	gsize len;
	const char *octets;

	decoded.encoding = "binary";
	if (part->problem != NULL) {
		mime_document_add_part(document, part->body);
		mime_document_add(document, MIME_LINE_NOTE, part->problem);
	} else if (part->octets != NULL) {
		octets = g_bytes_get_data(part->octets, &len);
		mime_document_add_text(document, &decoded,
			octets != NULL ? octets : "", len);
	} else {
		mime_document_add_part(document, part->body);
	}
}

struct mime_document *message_document(const struct message *message, bool all_headers)
{
	const struct imap_body *outer = NULL;
	struct mime_document *document;

	if (!message->was_ready)
		return NULL;
	document = mime_document_new();
	fields_add(document, message->fields, all_headers);
	mime_document_add(document, MIME_LINE_TEXT, "");
	for (guint i = 0; i < message->parts->len; i++) {
		const struct part *part = part_at(message, i);
		const struct imap_body *inner = embedding(part->body);

		if (inner != NULL && inner != outer)
			fields_add_envelope(document, inner->envelope);
		outer = inner;
		add_part(document, part);
	}
	return document;
}

static void on_raw(GBytes *octets, const GError *error, void *data)
{
	struct message *message = data;

	message->raw_load = NULL;
	if (octets != NULL)
		message->raw = g_bytes_ref(octets);
	else
		fail(message, error);
	schedule_notify(message);
}

static void on_raw_progress(uint64_t had, void *data)
{
	struct message *message = data;

	message->raw_had = had;
	schedule_notify(message);
}

struct mime_document *message_raw_document(struct message *message)
{
	static const struct imap_body as_text = { .section = "", .type = "text",
		.subtype = "plain", .encoding = "8bit" };
	struct mime_document *document;
	const char *octets;
	gsize len;

	if (message->raw == NULL) {
		/* RFC822.SIZE is not to be trusted, so it is not given. */
		if (message->raw_load == NULL)
			message->raw_load = load_section(message->mailbox,
				message->uid, "", 0, MIME_TEXT_MAX, on_raw,
				on_raw_progress, message);
		return NULL;
	}
	octets = g_bytes_get_data(message->raw, &len);
	document = mime_document_new();
	if (message_size(message) > MIME_TEXT_MAX)
		mime_document_add(document, MIME_LINE_NOTE,
			"this message is too long to be shown whole");
	mime_document_add_text(document, &as_text, octets != NULL ? octets : "",
		len);
	return document;
}
