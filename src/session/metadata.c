/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/metadata.h"
#include "src/base/arena.h"
#include "src/imap/parser.h"
#include "src/session/connection.h"
#include "src/session/request.h"
#include "src/session/session-priv.h"

struct metadata_request {
	struct session_request base;
	char *mailbox, *entry, *value; /* entry, value: or NULL */
	enum imap_metadata_code code;
	uint64_t size;
	session_metadata_fn *metadata;
	session_metadata_done_fn *done;
	void *data;
};

static enum imap_capability needed(const struct metadata_request *metadata)
{
	return metadata->mailbox[0] == '\0' ? IMAP_CAP_METADATA_SERVER :
		IMAP_CAP_METADATA;
}

/* getmetadata-options stand before the mailbox in the grammar, and behind it
 * in the examples; servers go by the grammar. */
static void get_start(struct session_request *request)
{
	struct metadata_request *metadata = (struct metadata_request *)request;
	struct imap_text *text;

	if (!request_needs(request, needed(metadata)))
		return;
	text = imap_text_new("GETMETADATA (MAXSIZE %u DEPTH infinity) %m",
		(uint32_t)SESSION_METADATA_MAX, metadata->mailbox);
	if (metadata->entry != NULL)
		imap_text_append(text, " %s", metadata->entry);
	else
		imap_text_append(text, " (/private /shared)");
	request_send(request, text, 0);
}

static void set_start(struct session_request *request)
{
	struct metadata_request *metadata = (struct metadata_request *)request;

	if (request_needs(request, needed(metadata)))
		request_send(request, imap_text_new("SETMETADATA %m (%s %n)",
			metadata->mailbox, metadata->entry, metadata->value),
			0);
}

static bool metadata_untagged(struct command *command,
	const struct imap_response *response, void *data)
{
	struct metadata_request *metadata = data;
	struct imap_metadata item;
	struct arena *arena;
	bool is_ours;

	(void)command;
	if (response->kind != IMAP_RESPONSE_DATA ||
		metadata->metadata == NULL ||
		strcmp(response->name, "METADATA") != 0)
		return false;
	arena = arena_new();
	is_ours = imap_metadata_from_response(response,
			  connection_has_utf8_names(metadata->base.connection),
			  arena, &item) &&
		  item.has_values &&
		  strcmp(item.mailbox, metadata->mailbox) == 0;
	if (is_ours)
		metadata->metadata(&item, metadata->data);
	arena_free(&arena);
	return is_ours;
}

static void metadata_answered(struct session_request *request,
	struct command *command, const struct imap_result *result)
{
	struct metadata_request *metadata = (struct metadata_request *)request;

	(void)command;
	if (g_strcmp0(result->code, "METADATA") == 0)
		metadata->code = imap_metadata_code_from_args(
			result->code_args, result->n_code_args,
			&metadata->size);
	request_note_end(request, result);
}

static void metadata_finish(struct session_request *request,
	const struct imap_result *result)
{
	struct metadata_request *metadata = (struct metadata_request *)request;

	if (metadata->done != NULL)
		metadata->done(result, metadata->code, metadata->size,
			metadata->data);
}

static void metadata_release(struct session_request *request)
{
	struct metadata_request *metadata = (struct metadata_request *)request;

	g_free(metadata->mailbox);
	g_free(metadata->entry);
	g_free(metadata->value);
}

static const struct request_class get_class = {
	.verb = "GETMETADATA",
	.is_reading = true,
	.start = get_start,
	.answered = metadata_answered,
	.untagged = metadata_untagged,
	.finish = metadata_finish,
	.release = metadata_release,
};

static const struct request_class set_class = {
	.verb = "SETMETADATA",
	.start = set_start,
	.answered = metadata_answered,
	.finish = metadata_finish,
	.release = metadata_release,
};

static struct metadata_request *metadata_request_new(struct session *session,
	const struct request_class *class, const char *mailbox,
	const char *entry, session_metadata_done_fn *done, void *data)
{
	struct metadata_request *request =
		(struct metadata_request *)request_new(class, sizeof(*request),
		session, NULL, SESSION_INTERACTIVE);

	request->mailbox = g_strdup(mailbox);
	request->entry = g_strdup(entry);
	request->done = done;
	request->data = data;
	return request;
}

struct session_request *session_metadata(struct session *session,
	const char *mailbox, const char *entry, session_metadata_fn *metadata,
	session_metadata_done_fn *done, void *data)
{
	struct metadata_request *request = metadata_request_new(session,
		&get_class, mailbox, entry, done, data);

	request->metadata = metadata;
	return &request->base;
}

struct session_request *session_set_metadata(struct session *session,
	const char *mailbox, const char *entry, const char *value,
	session_metadata_done_fn *done, void *data)
{
	struct metadata_request *request = metadata_request_new(session,
		&set_class, mailbox, entry, done, data);

	request->value = g_strdup(value);
	return &request->base;
}
