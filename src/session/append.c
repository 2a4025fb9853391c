/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/append.h"
#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/imap/date.h"
#include "src/imap/list.h"
#include "src/imap/parser.h"
#include "src/imap/search.h"
#include "src/imap/write.h"
#include "src/session/connection.h"
#include "src/session/literal.h"
#include "src/session/octets.h"
#include "src/session/request.h"
#include "src/session/selection-priv.h"
#include "src/session/session-priv.h"

enum { BULKY_OCTETS = 64 * 1024 };

/* A piece: octets, or a URL of what the server has. */
struct part {
	struct octets *octets;
	char *url;
	uint64_t size;
};

struct message {
	GPtrArray *parts;      /* of struct part * */
	char *options;         /* " (\\Seen) \"date\"" */
};

enum stage { STAGE_LOOK, STAGE_LIMIT, STAGE_SEND };

struct append_request {
	struct session_request base;
	char *mailbox;
	uint32_t replaced;     /* UID, or 0 */
	GPtrArray *messages;   /* of struct message * */
	GPtrArray *sources;    /* of struct part *: with octets, in order */
	enum stage stage;
	guint n_looked, at_source;
	uint64_t source_left;  /* of that source */
	uint64_t limit;        /* octets of a message; 0: none */
	size_t n_sent, n_done;
	uint64_t had, wanted;
	struct imap_copyuid appended;
	bool has_appended;
	session_progress_fn *progress;
	session_append_fn *done;
	void *data;
};

/* --- life ---------------------------------------------------------------- */

static void part_free(gpointer data)
{
	struct part *part = data;

	octets_free(&part->octets);
	g_free(part->url);
	g_free(part);
}

static void message_free(gpointer data)
{
	struct message *message = data;

	g_ptr_array_unref(message->parts);
	g_free(message->options);
	g_free(message);
}

/* "/mailbox;UIDVALIDITY=1/;UID=2/;SECTION=TEXT" (RFC 5092 6.1), relative to
 * the server. */
static char *url_of(const struct append_piece *piece)
{
	char *name =
		g_uri_escape_string(piece->mailbox, "/!$'()*+,&=:@", FALSE);
	char *section = piece->section[0] == '\0' ? g_strdup("") :
		g_strdup_printf("/;SECTION=%s", piece->section);
	char *url = g_strdup_printf("/%s;UIDVALIDITY=%u/;UID=%u%s", name,
		piece->uid_validity, piece->uid, section);

	g_free(section);
	g_free(name);
	return url;
}

static struct part *part_new(const struct append_piece *piece)
{
	struct part *part = g_new0(struct part, 1);

	if (piece->octets != NULL) {
		part->octets = octets_from_bytes(piece->octets);
	} else if (piece->mailbox != NULL) {
		part->url = url_of(piece);
		part->size = piece->size;
	} else {
		part->octets = octets_from_file(piece->path, piece->fd);
	}
	return part;
}

static char *options_of(const struct append_message *message)
{
	char *flags = imap_flags_to_string(&message->flags);
	char *date = imap_date_time_format(message->internaldate,
		message->internaldate_offset);
	bool has_flags = strcmp(flags, "()") != 0;
	char *options = g_strdup_printf("%s%s \"%s\" ", has_flags ? " " : "",
		has_flags ? flags : "", date);

	g_free(date);
	g_free(flags);
	return options;
}

static void add_message(struct append_request *append,
	const struct append_message *from)
{
	struct message *message = g_new0(struct message, 1);

	message->parts = g_ptr_array_new_with_free_func(part_free);
	message->options = options_of(from);
	for (size_t i = 0; i < from->n_pieces; i++) {
		struct part *part = part_new(&from->pieces[i]);

		g_ptr_array_add(message->parts, part);
		if (part->octets != NULL)
			g_ptr_array_add(append->sources, part);
	}
	g_ptr_array_add(append->messages, message);
}

static void append_release(struct session_request *request)
{
	struct append_request *append = (struct append_request *)request;

	g_ptr_array_unref(append->sources);
	g_ptr_array_unref(append->messages);
	imap_copyuid_release(&append->appended);
	g_free(append->mailbox);
}

static void append_finish(struct session_request *request,
	const struct imap_result *result)
{
	struct append_request *append = (struct append_request *)request;

	if (append->done != NULL)
		append->done(result, append->has_appended ? &append->appended :
			NULL, append->n_done, append->data);
}

/* Nothing was sent. */
static void refuse(struct append_request *append, const char *code,
	const char *text)
{
	request_note(&append->base, &(struct imap_result){
		.outcome = IMAP_OUTCOME_NO, .code = code, .text = text });
	request_end_noted(&append->base);
}

/* --- first: what is in the files ----------------------------------------- */

static void on_looked(const GError *error, void *data);

static void look_at_next(struct append_request *append)
{
	struct part *part;

	if (append->n_looked < append->sources->len) {
		part = append->sources->pdata[append->n_looked];
		octets_look_through(part->octets, on_looked, append);
		return;
	}
	append->stage = STAGE_LIMIT;
	append->base.is_bulky = append->wanted > BULKY_OCTETS &&
		append->replaced == 0;
	session_schedule_arrange(append->base.session);
}

static void on_looked(const GError *error, void *data)
{
	struct append_request *append = data;
	struct part *part;

	if (error != NULL) {
		refuse(append, NULL, error->message);
		return;
	}
	part = append->sources->pdata[append->n_looked++];
	part->size = octets_size(part->octets);
	append->wanted += part->size;
	look_at_next(append);
}

/* --- then: whether the server takes so much ------------------------------ */

static uint64_t size_of(const struct message *message)
{
	uint64_t size = 0;

	for (guint i = 0; i < message->parts->len; i++)
		size += ((struct part *)message->parts->pdata[i])->size;
	return size;
}

static bool have_nul(const struct message *message)
{
	for (guint i = 0; i < message->parts->len; i++) {
		const struct part *part = message->parts->pdata[i];

		if (part->octets != NULL && octets_have_nul(part->octets))
			return true;
	}
	return false;
}

static bool is_too_big(struct append_request *append,
	const struct message *message)
{
	uint64_t size = size_of(message);
	char *text;

	if (append->limit == 0 || size <= append->limit)
		return false;
	text = g_strdup_printf("the message has %" G_GUINT64_FORMAT " octets, "
		"the server takes at most %" G_GUINT64_FORMAT, size,
		append->limit);
	refuse(append, "TOOBIG", text);
	g_free(text);
	return true;
}

static bool is_refused(struct append_request *append)
{
	const struct connection *connection = append->base.connection;

	for (guint i = 0; i < append->messages->len; i++) {
		const struct message *message = append->messages->pdata[i];

		if (is_too_big(append, message))
			return true;
		if (!have_nul(message) ||
			connection_has(connection, IMAP_CAP_BINARY))
			continue;
		refuse(append, NULL, "the message has NUL octets, which the "
			"server cannot store");
		return true;
	}
	return false;
}

/* The same for all mailboxes, or asked of this one. */
static bool asks_limit(struct append_request *append)
{
	struct connection *connection = append->base.connection;

	append->limit = imap_capabilities_number(&connection->capabilities,
		IMAP_CAP_APPENDLIMIT);
	if (append->limit != 0 ||
		!connection_has(connection, IMAP_CAP_APPENDLIMIT) ||
		append->wanted <= BULKY_OCTETS)
		return false;
	request_send(&append->base, imap_text_new("STATUS %m (APPENDLIMIT)",
		append->mailbox), 0);
	return true;
}

static bool take_limit(struct append_request *append,
	const struct imap_response *response)
{
	struct imap_status status;
	struct arena *arena = arena_new();
	bool is_limit =
		strcmp(response->name, "STATUS") == 0 &&
		imap_status_from_response(response,
			connection_has_utf8_names(append->base.connection),
			arena, &status) &&
		status.has_append_limit;

	if (is_limit)
		append->limit = status.append_limit;
	arena_free(&arena);
	return is_limit;
}

/* --- then: the commands -------------------------------------------------- */

static void write_literal(struct append_request *append,
	struct imap_text *text, uint64_t size, bool has_nul, bool is_utf8)
{
	/* RFC 9755 4; IMAP4rev2 takes UTF-8 as it is. */
	is_utf8 = is_utf8 && connection_is_enabled(append->base.connection,
		IMAP_CAP_UTF8_ACCEPT);
	if (is_utf8)
		imap_text_append(text, "UTF8 (");
	imap_text_append_stream(text, size, is_utf8 || has_nul);
	if (is_utf8)
		imap_text_append(text, ")");
}

static void write_catenate(struct imap_text *text,
	const struct message *message)
{
	imap_text_append(text, "CATENATE (");
	for (guint i = 0; i < message->parts->len; i++) {
		const struct part *part = message->parts->pdata[i];

		imap_text_append(text, i > 0 ? " " : "");
		if (part->url != NULL) {
			imap_text_append(text, "URL %s", part->url);
			continue;
		}
		imap_text_append(text, "TEXT ");
		imap_text_append_stream(text, part->size,
			octets_have_nul(part->octets));
	}
	imap_text_append(text, ")");
}

static bool has_url(const struct message *message)
{
	for (guint i = 0; i < message->parts->len; i++)
		if (((struct part *)message->parts->pdata[i])->url != NULL)
			return true;
	return false;
}

static void write_message(struct append_request *append,
	struct imap_text *text, const struct message *message)
{
	const struct part *first = message->parts->pdata[0];

	imap_text_append(text, "%a", message->options);
	if (has_url(message))
		write_catenate(text, message);
	else
		write_literal(append, text, size_of(message),
			have_nul(message),
			octets_have_8bit_header(first->octets));
}

static void send_next(struct append_request *append)
{
	bool together = connection_has(append->base.connection,
		IMAP_CAP_MULTIAPPEND);
	struct imap_text *text = append->replaced != 0 ?
		imap_text_new("UID REPLACE %u %m", append->replaced,
		append->mailbox) : imap_text_new("APPEND %m", append->mailbox);

	append->stage = STAGE_SEND;
	do {
		write_message(append, text,
			append->messages->pdata[append->n_sent++]);
	} while (together && append->n_sent < append->messages->len);
	request_send(&append->base, text, 0);
}

static void append_start(struct session_request *request)
{
	struct append_request *append = (struct append_request *)request;

	if (append->stage == STAGE_LOOK)
		request->connection = NULL; /* not yet */
	else if (!asks_limit(append) && !is_refused(append))
		send_next(append);
}

static void take_uids(struct append_request *append,
	const struct imap_arg *args, size_t n)
{
	struct imap_copyuid more;

	if (!imap_copyuid_from_args(args, n, &more))
		return;
	if (!append->has_appended)
		append->appended = more;
	else
		g_array_append_vals(append->appended.to, more.to->data,
			more.to->len);
	if (append->has_appended)
		imap_copyuid_release(&more);
	append->has_appended = true;
}

static bool is_appenduid(const char *code)
{
	return code != NULL && strcmp(code, "APPENDUID") == 0;
}

static bool append_untagged(struct command *command,
	const struct imap_response *response, void *data)
{
	struct append_request *append = data;

	(void)command;
	if (response->kind == IMAP_RESPONSE_DATA)
		return append->stage == STAGE_LIMIT &&
			take_limit(append, response);
	if (append->replaced == 0 || !is_appenduid(response->code))
		return false;
	take_uids(append, response->code_args, response->n_code_args);
	return true;
}

static void append_answered(struct session_request *request,
	struct command *command, const struct imap_result *result)
{
	struct append_request *append = (struct append_request *)request;

	(void)command;
	if (append->stage == STAGE_LIMIT) {
		/* It need not tell. */
		if (!is_refused(append))
			send_next(append);
		return;
	}
	if (result->outcome == IMAP_OUTCOME_OK) {
		append->n_done = append->n_sent;
		if (is_appenduid(result->code))
			take_uids(append, result->code_args,
				result->n_code_args);
	}
	if (result->outcome == IMAP_OUTCOME_OK &&
		append->n_sent < append->messages->len)
		send_next(append);
	else
		request_note_end(request, result);
}

/* --- their octets -------------------------------------------------------- */

static struct octets *current_source(struct append_request *append)
{
	struct part *part;

	while (append->at_source < append->sources->len) {
		part = append->sources->pdata[append->at_source];
		if (append->source_left == 0)
			append->source_left = part->size;
		if (append->source_left > 0)
			return part->octets;
		append->at_source++;
	}
	g_assert_not_reached();
}

static void on_piece(const char *piece, size_t len, void *data)
{
	struct append_request *append = data;
	struct connection *connection = append->base.connection;

	if (connection == NULL)
		return;
	if (len == 0) {
		request_note(&append->base, &(struct imap_result){
			.outcome = IMAP_OUTCOME_NO,
			.text = "the file changed while it was sent" });
		connection_fail(connection, CONNECTION_END_RETRY,
			g_error_new(NET_ERROR, NET_ERROR_CLOSED,
				"closed within a message that was being sent"));
		return;
	}
	len = (size_t)MIN((uint64_t)len, append->source_left);
	append->source_left -= len;
	append->had += len;
	if (append->source_left == 0)
		append->at_source++;
	literal_feed(connection, piece, len);
	if (append->progress != NULL)
		append->progress(append->had, append->wanted, append->data);
}

static void append_pull(struct command *command, void *data)
{
	(void)command;
	octets_pull(current_source(data), on_piece, data);
}

/* --- requests ------------------------------------------------------------ */

static const struct request_class append_class = {
	.verb = "APPEND",
	.start = append_start,
	.answered = append_answered,
	.untagged = append_untagged,
	.pull = append_pull,
	.finish = append_finish,
	.release = append_release,
};

static struct append_request *append_new(struct session *session,
	struct selection *selection, const char *mailbox,
	session_progress_fn *progress, session_append_fn *done, void *data)
{
	struct append_request *append = (struct append_request *)request_new(
		&append_class, sizeof(*append), session, selection,
		SESSION_INTERACTIVE);

	append->mailbox = g_strdup(mailbox);
	append->messages = g_ptr_array_new_with_free_func(message_free);
	append->sources = g_ptr_array_new();
	append->progress = progress;
	append->done = done;
	append->data = data;
	return append;
}

struct session_request *session_append(struct session *session,
	const char *mailbox, const struct append_message *messages, size_t n,
	session_progress_fn *progress, session_append_fn *done, void *data)
{
	struct append_request *append = append_new(session, NULL, mailbox,
		progress, done, data);

	for (size_t i = 0; i < n; i++)
		add_message(append, &messages[i]);
	look_at_next(append);
	return &append->base;
}

struct session_request *selection_replace(struct selection *selection,
	uint32_t uid, const char *mailbox, const struct append_message *message,
	session_progress_fn *progress, session_append_fn *done, void *data)
{
	struct append_request *append = append_new(selection->session,
		selection, mailbox, progress, done, data);

	append->replaced = uid;
	add_message(append, message);
	look_at_next(append);
	return &append->base;
}
