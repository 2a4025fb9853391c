/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/connection.h"
#include "src/base/error.h"
#include "src/net/connect.h"
#include "src/net/stream.h"
#include "src/net/tunnel.h"
#include "src/session/literal.h"
#include "src/session/login.h"
#include "src/session/progress.h"
#include "src/session/session-priv.h"
#include "src/session/timing.h"
#include "src/session/untagged.h"

#include <unistd.h>

#define TO(phase) (1u << PHASE_##phase)

/* The phases: whether the server has to answer in time, and what may follow;
 * CLOSED may follow any. */
static const struct phase_row {
	const char *name;
	bool is_timed;
	unsigned next;
} phases[N_PHASES] = {
	[PHASE_NEW] = { "new", false, TO(CONNECT) },
	[PHASE_CONNECT] = { "connect", false, TO(TLS) | TO(GREETING) },
	[PHASE_TLS] = { "tls", true, TO(GREETING) | TO(CAPABILITY) },
	[PHASE_GREETING] = { "greeting", true,
		TO(CAPABILITY) | TO(STARTTLS) | TO(SECRET) | TO(AUTH) |
		TO(AUTH_CAPABILITY) | TO(SETUP) },
	[PHASE_CAPABILITY] = { "capability", true,
		TO(STARTTLS) | TO(SECRET) | TO(AUTH) },
	[PHASE_STARTTLS] = { "starttls", true, TO(TLS) },
	[PHASE_SECRET] = { "secret", false, TO(AUTH) | TO(SECRET) },
	[PHASE_AUTH] = { "auth", true,
		TO(AUTH) | TO(SECRET) | TO(AUTH_CAPABILITY) | TO(SETUP) },
	[PHASE_AUTH_CAPABILITY] = { "capability", true, TO(SETUP) },
	[PHASE_SETUP] = { "setup", true, TO(READY) },
	[PHASE_READY] = { "ready", false, TO(LOGOUT) },
	[PHASE_LOGOUT] = { "logout", false, 0 },
	[PHASE_CLOSED] = { "closed", false, 0 },
};

static void connection_close(struct connection *connection);

struct connection *connection_new(struct session *session, unsigned number)
{
	struct connection *connection = g_new0(struct connection, 1);

	connection->refs = 1;
	connection->session = session;
	connection->number = number;
	connection->who = g_strdup_printf("%s#%u", session->config.name,
		number);
	queue_init(&connection->queue);
	connection->queue.is_login = true;
	imap_capabilities_init(&connection->capabilities);
	imap_capabilities_init(&connection->enabled);
	imap_capabilities_init(&connection->before_login);
	return connection;
}

struct connection *connection_ref(struct connection *connection)
{
	connection->refs++;
	return connection;
}

void connection_unref(struct connection **connection)
{
	struct connection *c = *connection;

	*connection = NULL;
	if (c == NULL || --c->refs > 0)
		return;
	g_assert(c->phase == PHASE_CLOSED || c->phase == PHASE_NEW);
	queue_release(&c->queue);
	imap_capabilities_release(&c->capabilities);
	imap_capabilities_release(&c->enabled);
	imap_capabilities_release(&c->before_login);
	imap_parser_free(&c->parser);
	g_clear_error(&c->error);
	g_free(c->server_id);
	g_free(c->bye);
	g_free(c->who);
	g_free(c);
}

const char *connection_phase_name(enum connection_phase phase)
{
	return phases[phase].name;
}

void connection_set_phase(struct connection *connection,
	enum connection_phase phase)
{
	g_assert(phase == PHASE_CLOSED ||
		(phases[connection->phase].next & (1u << phase)) != 0);
	connection->phase = phase;
	connection->last_input_us = g_get_monotonic_time();
	log_note(connection->who, "phase %s", phases[phase].name);
	connection->asks_verdict = false;
	connection->probe_deadline_us = 0;
	connection->queue.is_login = phase < PHASE_SETUP;
	if (phase == PHASE_READY)
		connection->ready_us = connection->last_input_us;
	connection_arm_timer(connection);
	connection_schedule_flush(connection);
	if (connection->session != NULL && phase != PHASE_CLOSED)
		session_connection_phase(connection->session, connection);
}

bool connection_phase_is_timed(enum connection_phase phase)
{
	return phases[phase].is_timed;
}

bool connection_is_usable(const struct connection *connection)
{
	return (connection->phase == PHASE_SETUP ||
		connection->phase == PHASE_READY) && connection->error == NULL;
}

bool connection_is_utf8(const struct connection *connection)
{
	return connection_is_enabled(connection, IMAP_CAP_IMAP4REV2) ||
		connection_is_enabled(connection, IMAP_CAP_UTF8_ACCEPT);
}

bool connection_has_utf8_names(const struct connection *connection)
{
	return connection_is_enabled(connection, IMAP_CAP_IMAP4REV2) ||
		(connection_is_enabled(connection, IMAP_CAP_UTF8_ACCEPT) &&
		connection->session != NULL &&
		connection->session->names != IMAP_NAME_UTF7);
}

bool connection_may_be_utf7(const struct connection *connection)
{
	return connection->session->names == IMAP_NAME_NEUTRAL &&
		!connection_is_enabled(connection, IMAP_CAP_IMAP4REV2) &&
		connection_is_enabled(connection, IMAP_CAP_UTF8_ACCEPT);
}

bool connection_has(const struct connection *connection,
	enum imap_capability cap)
{
	return imap_capabilities_has(&connection->capabilities, cap);
}

bool connection_is_enabled(const struct connection *connection,
	enum imap_capability cap)
{
	return imap_capabilities_has(&connection->enabled, cap);
}

enum { REFERRAL_MAX = 200 }; /* octets shown of the address in one */

/* --- out ------------------------------------------------------------------ */

static enum imap_write_mode write_mode(const struct connection *connection)
{
	unsigned mode = 0;

	if (connection_has(connection, IMAP_CAP_LITERAL_PLUS))
		mode |= IMAP_WRITE_LITERAL_PLUS;
	else if (connection_has(connection, IMAP_CAP_LITERAL_MINUS))
		mode |= IMAP_WRITE_LITERAL_MINUS;
	if (connection_is_utf8(connection))
		mode |= IMAP_WRITE_UTF8;
	if (!connection_has_utf8_names(connection))
		mode |= IMAP_WRITE_UTF7_NAMES;
	return (enum imap_write_mode)mode;
}

static void send_command(struct connection *connection, struct command *command)
{
	enum imap_write_mode mode = write_mode(connection);

	command->tag = g_strdup_printf("A%u", ++connection->last_tag);
	command->sent_us = g_get_monotonic_time();
	command->segments = imap_text_render(command->text, command->tag, mode,
		&command->n_segments);
	if (log_is_tracing()) {
		char *line = command_to_string(command, mode);

		log_trace(connection->who, LOG_OUT, line, strlen(line));
		g_free(line);
	}
	if ((command->flags & COMMAND_SELECTS) != 0) {
		connection->awaits_closed = connection->is_selected &&
			connection->queue.tells_closed;
		connection->is_selected = true;
	}
	literal_write(connection, command);
}

static void flush(struct connection *connection)
{
	struct command *command;

	if (connection->error != NULL || connection->stream == NULL)
		return;
	connection->queue.tells_closed =
		connection_is_enabled(connection, IMAP_CAP_QRESYNC) ||
		connection_is_enabled(connection, IMAP_CAP_IMAP4REV2);
	stream_cork(connection->stream);
	while ((command = queue_next(&connection->queue)) != NULL)
		send_command(connection, command);
	stream_uncork(connection->stream);
	connection_arm_timer(connection);
	idle_update(connection);
}

static gboolean flush_due(void *data)
{
	struct connection *connection = data;

	connection->flush_source = 0;
	flush(connection);
	return G_SOURCE_REMOVE;
}

void connection_schedule_flush(struct connection *connection)
{
	if (connection->flush_source == 0 && connection->stream != NULL &&
		connection->phase != PHASE_CLOSED)
		connection->flush_source = g_timeout_add_full(
			G_PRIORITY_HIGH, 0, flush_due, connection, NULL);
}

void connection_push(struct connection *connection,
	struct command *command_take)
{
	g_assert(connection->phase != PHASE_CLOSED);
	queue_push(&connection->queue, command_take);
	/* IDLE ends in this flight already. */
	idle_update(connection);
	connection_schedule_flush(connection);
}

void connection_write_line(struct connection *connection, const char *octets,
	size_t len, bool is_secret)
{
	if (connection->stream == NULL)
		return;
	if (is_secret)
		log_trace(connection->who, LOG_OUT, "<hidden>", 8);
	else
		log_trace(connection->who, LOG_OUT, octets, len);
	stream_cork(connection->stream);
	stream_write(connection->stream, octets, len);
	stream_write(connection->stream, "\r\n", 2);
	stream_uncork(connection->stream);
}

/* --- in ------------------------------------------------------------------- */

/* Where a mailbox is on another server (RFC 2193), its address goes with the
 * words: it is shown, and never followed. For g_free(); NULL: it is here. */
static char *text_with_referral(const struct connection *connection,
	const struct imap_response *response)
{
	const char *url;
	char *shown, *text;

	if (connection->queue.is_login ||
		g_strcmp0(response->code, "REFERRAL") != 0 ||
		response->n_code_args < 1 ||
		!imap_arg_get_astring(&response->code_args[0], &url))
		return NULL;
	shown = g_utf8_make_valid(url,
		(gssize)MIN(strlen(url), (size_t)REFERRAL_MAX));
	text = g_strdup_printf("%s (at %s)", response->text, shown);
	g_free(shown);
	return text;
}

static void dispatch_tagged(struct connection *connection,
	const struct imap_response *response)
{
	struct command *command = queue_find(&connection->queue, response->tag);
	struct imap_result result = {
		.code = response->code,
		.code_args = response->code_args,
		.n_code_args = response->n_code_args,
		.text = response->text,
	};
	char *referral;

	if (command == NULL) {
		log_note(connection->who, "unknown tag '%s'", response->tag);
		return;
	}
	if (strcmp(response->name, "OK") == 0)
		result.outcome = IMAP_OUTCOME_OK;
	else if (strcmp(response->name, "NO") == 0)
		result.outcome = IMAP_OUTCOME_NO;
	else
		result.outcome = IMAP_OUTCOME_BAD;
	bool is_early = literal_owes(connection, command);

	queue_remove(&connection->queue, command);
	progress_ended(connection, command);
	untagged_code(connection, response);
	referral = text_with_referral(connection, response);
	if (referral != NULL)
		result.text = referral;
	command_end(&command, &result);
	g_free(referral);
	/* What it is still owed would be read as commands (RFC 7888 6). */
	if (is_early)
		connection_fail(connection, CONNECTION_END_RETRY,
			g_error_new(NET_ERROR, NET_ERROR_CLOSED,
				"closed: the server refused a message before "
				"it had heard all of it"));
	connection_schedule_flush(connection);
}

static void dispatch_continuation(struct connection *connection,
	const struct imap_response *response)
{
	struct command *first =
		g_queue_peek_head(&connection->queue.in_flight);

	if (literal_continue(connection)) {
		connection_schedule_flush(connection);
	} else if (first != NULL && first->on_continue != NULL) {
		first->on_continue(first, response, first->data);
	} else {
		log_note(connection->who, "unexpected continuation request");
	}
}

/* The server's part of the exchange is hidden as ours is, and the password
 * where a server repeats the line that it does not like. */
static void trace_of_log_in(struct connection *connection,
	const struct imap_response *response)
{
	const char *secret = connection->session->secret;
	GString *line;

	if (response->kind == IMAP_RESPONSE_CONTINUATION) {
		log_trace(connection->who, LOG_IN, "+ <hidden>", 10);
		return;
	}
	line = g_string_new_len(response->line, (gssize)response->line_len);
	if (secret != NULL && *secret != '\0')
		g_string_replace(line, secret, "<hidden>", 0);
	log_trace(connection->who, LOG_IN, line->str, line->len);
	g_string_free(line, TRUE);
}

static void trace_input(struct connection *connection,
	const struct imap_response *response)
{
	if (log_is_tracing() && connection->phase == PHASE_AUTH)
		trace_of_log_in(connection, response);
	else
		log_trace(connection->who, LOG_IN, response->line,
			response->line_len);
}

static void dispatch_response(struct connection *connection,
	const struct imap_response *response)
{
	trace_input(connection, response);
	connection->last_input_us = g_get_monotonic_time();
	connection->probe_deadline_us = 0;
	if (connection->phase == PHASE_GREETING) {
		login_greeting(connection, response);
		return;
	}
	switch (response->kind) {
	case IMAP_RESPONSE_TAGGED:
		dispatch_tagged(connection, response);
		break;
	case IMAP_RESPONSE_CONTINUATION:
		dispatch_continuation(connection, response);
		break;
	case IMAP_RESPONSE_STATUS:
	case IMAP_RESPONSE_DATA:
		untagged_dispatch(connection, response);
		break;
	}
}

/* false when there is no more for now. */
static bool dispatch_next(struct connection *connection)
{
	const struct imap_response *response;
	GError *error = NULL;

	switch (imap_parser_next(connection->parser, &response, &error)) {
	case IMAP_PARSER_NEED_MORE:
		return false;
	case IMAP_PARSER_RESPONSE:
		dispatch_response(connection, response);
		return true;
	case IMAP_PARSER_SKIPPED:
		log_note(connection->who, "skipped: %s", error->message);
		if (connection->phase == PHASE_GREETING)
			login_not_imap(connection, NULL, 0);
		g_clear_error(&error);
		return true;
	case IMAP_PARSER_BROKEN:
		break;
	}
	if (connection->phase == PHASE_GREETING)
		login_not_imap(connection, NULL, 0);
	connection_fail(connection, CONNECTION_END_RETRY, error);
	return false;
}

static gboolean dispatch_due(void *data);

static void dispatch(struct connection *connection)
{
	gint64 until = g_get_monotonic_time() + session_timing.dispatch_us;
	struct connection *self = connection_ref(connection);
	bool has_more = true;

	connection->in_dispatch = true;
	while (connection->error == NULL && connection->phase != PHASE_TLS &&
		connection->phase != PHASE_CLOSED &&
		g_get_monotonic_time() < until && has_more)
		has_more = dispatch_next(connection);
	connection->in_dispatch = false;
	if (connection->error != NULL) {
		connection_close(connection);
	} else if (has_more && connection->phase != PHASE_TLS &&
		connection->phase != PHASE_CLOSED) {
		if (!connection->is_paused)
			stream_pause_input(connection->stream);
		connection->is_paused = true;
		if (connection->dispatch_source == 0)
			connection->dispatch_source =
				g_timeout_add(0, dispatch_due, connection);
	} else if (connection->is_paused && connection->stream != NULL) {
		connection->is_paused = false;
		stream_resume_input(connection->stream);
	}
	connection_unref(&self);
}

static gboolean dispatch_due(void *data)
{
	struct connection *connection = data;

	connection->dispatch_source = 0;
	dispatch(connection);
	return G_SOURCE_REMOVE;
}

static void on_input(struct stream *stream, const char *octets, size_t len,
	void *data)
{
	struct connection *connection = data;

	(void)stream;
	/* What is not IMAP may have no lines at all. */
	if (connection->phase == PHASE_GREETING && connection->last_tag == 0 &&
		octets[0] != '*' &&
		imap_parser_pending(connection->parser) == 0) {
		login_not_imap(connection, octets, len);
		return;
	}
	imap_parser_push(connection->parser, octets, len);
	connection->last_input_us = g_get_monotonic_time();
	dispatch(connection);
}

static void on_tunnel_explained(const char *why, void *data)
{
	connection_fail(data, CONNECTION_END_RETRY,
		g_error_new_literal(NET_ERROR, NET_ERROR_CLOSED, why));
}

static void on_drained(struct stream *stream, void *data)
{
	(void)stream;
	literal_drained(data);
}

static void on_closed(struct stream *stream, const GError *error, void *data)
{
	struct connection *connection = data;
	struct connection *self = connection_ref(connection);

	(void)stream;
	/* The last words may still wait in the parser. */
	connection->in_dispatch = true;
	while (connection->error == NULL && connection->phase != PHASE_TLS &&
		dispatch_next(connection))
		continue;
	connection->in_dispatch = false;
	if (connection->bye == NULL && connection->tunnel != NULL &&
		connection->error == NULL) {
		/* Its own words say more. */
		tunnel_explain(connection->tunnel, on_tunnel_explained,
			connection);
		connection_unref(&self);
		return;
	}
	connection_fail(connection, CONNECTION_END_RETRY,
		connection->bye != NULL ?
		g_error_new(NET_ERROR, NET_ERROR_CLOSED,
			"the server closed the connection: %s",
			connection->bye) :
		g_error_copy(error));
	connection_close(connection);
	connection_unref(&self);
}

const struct stream_ops connection_stream_ops = {
	.input = on_input,
	.drained = on_drained,
	.closed = on_closed,
};
/* --- end ------------------------------------------------------------------ */

static gboolean close_due(void *data)
{
	struct connection *connection = data;

	connection->close_source = 0;
	connection_close(connection);
	return G_SOURCE_REMOVE;
}

void connection_fail(struct connection *connection, enum connection_end end,
	GError *error_take)
{
	if (connection->error != NULL || connection->phase == PHASE_CLOSED) {
		g_error_free(error_take);
		return;
	}
	log_note(connection->who, "%s", error_take->message);
	connection->error = error_take;
	connection->end = end;
	if (!connection->in_dispatch && connection->close_source == 0)
		connection->close_source =
			g_timeout_add(0, close_due, connection);
}

static void release_io(struct connection *connection)
{
	connect_cancel(&connection->connect);
	stream_free(&connection->stream);
	tunnel_free(&connection->tunnel);
	auth_release(connection);
	idle_release(connection);
	source_clear(&connection->flush_source);
	source_clear(&connection->dispatch_source);
	source_clear(&connection->timer_source);
	source_clear(&connection->close_source);
	source_clear(&connection->unused_source);
}

static void end_commands(struct connection *connection,
	enum imap_outcome outcome, const char *text)
{
	const struct imap_result result = { .outcome = outcome, .text = text };
	struct command *command;

	progress_ended(connection, NULL);
	while ((command = queue_pop(&connection->queue)) != NULL)
		command_end(&command, &result);
}

static void connection_close(struct connection *connection)
{
	struct connection *self;

	if (connection->phase == PHASE_CLOSED)
		return;
	self = connection_ref(connection);
	release_io(connection);
	connection_set_phase(connection, PHASE_CLOSED);
	end_commands(connection, IMAP_OUTCOME_DISCONNECTED,
		connection->error->message);
	if (connection->session != NULL)
		session_connection_closed(connection->session, connection);
	connection_unref(&self);
}

static void on_logout_done(struct command *command,
	const struct imap_result *result, void *data)
{
	struct connection *connection = data;

	(void)command;
	if (result->outcome != IMAP_OUTCOME_DISCONNECTED)
		connection_fail(connection, CONNECTION_END_RETRY,
			g_error_new(NET_ERROR, NET_ERROR_CLOSED, "logged out"));
}

void connection_logout(struct connection *connection)
{
	if (connection->phase == PHASE_LOGOUT || connection->error != NULL)
		return;
	if (connection->phase != PHASE_READY) {
		connection_fail(connection, CONNECTION_END_RETRY,
			g_error_new(NET_ERROR, NET_ERROR_CLOSED, "logged out"));
		return;
	}
	struct command *command = command_new(imap_text_new("LOGOUT"),
		"LOGOUT", COMMAND_BARRIER, SESSION_PREFETCH);

	command->done = on_logout_done;
	command->data = connection;
	connection_push(connection, command);
	connection_set_phase(connection, PHASE_LOGOUT);
}

/* As far as the socket takes it: nobody waits for the answer. */
static void say_farewell(struct connection *connection)
{
	if (connection->stream == NULL || connection->queue.literal != NULL ||
		connection->error != NULL)
		return;
	if (connection->idle.state == IDLE_ON)
		connection_write_line(connection, "DONE", 4, false);
	if (connection->phase == PHASE_READY ||
		connection->phase == PHASE_SETUP)
		connection_write_line(connection, "Z1 LOGOUT", 9, false);
}

void connection_abandon(struct connection *connection,
	enum imap_outcome outcome,
	const char *text)
{
	if (connection->phase == PHASE_CLOSED)
		return;
	say_farewell(connection);
	release_io(connection);
	connection->session = NULL;
	connection_set_phase(connection, PHASE_CLOSED);
	end_commands(connection, outcome, text);
}
