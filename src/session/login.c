/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/login.h"
#include "src/base/error.h"
#include "src/imap/write.h"
#include "src/net/stream.h"
#include "src/session/auth.h"
#include "src/session/connection.h"
#include "src/session/session-priv.h"
#include "src/session/setup.h"
#include "src/session/untagged.h"

/* --- helpers -------------------------------------------------------------- */

static const struct session_config *config_of(const struct connection *connection)
{
	return &connection->session->config;
}

static struct command *push_login(struct connection *connection,
	struct imap_text *text, const char *verb, unsigned flags,
	command_done_fn *done)
{
	struct command *command = command_new(text, verb,
		COMMAND_LOGIN | flags, SESSION_INTERACTIVE);

	command->done = done;
	command->data = connection;
	connection_push(connection, command);
	return command;
}

static void G_GNUC_PRINTF(3, 4) fail(struct connection *connection,
	enum connection_end end, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	connection_fail(connection, end, g_error_new_valist(IMAP_ERROR,
		IMAP_ERROR_PROTOCOL, format, args));
	va_end(args);
}

/* The connection is ending anyway: its commands are told so. */
static bool is_over(const struct imap_result *result)
{
	return result->outcome == IMAP_OUTCOME_DISCONNECTED ||
		result->outcome == IMAP_OUTCOME_CANCELLED;
}

static void forget_capabilities(struct connection *connection)
{
	connection->has_capabilities = false;
	imap_capabilities_clear(&connection->capabilities);
}

/* --- greeting and capabilities -------------------------------------------- */

void login_not_imap(struct connection *connection, const char *line, size_t len)
{
	const struct session_config *config = config_of(connection);
	size_t n = 0;

	while (n < len && n < 60 && line[n] != '\r' && line[n] != '\n')
		n++;
	char *said = g_strndup(n > 0 ? line : "", n);
	char *shown = g_utf8_make_valid(said, -1);

	for (char *c = shown; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	if (n > 0)
		fail(connection, CONNECTION_END_FINAL,
			"'%s' port %u is not an IMAP server (it said '%s')",
			config->host, config->port, shown);
	else
		fail(connection, CONNECTION_END_FINAL,
			"'%s' port %u is not an IMAP server", config->host,
			config->port);
	g_free(shown);
	g_free(said);
}

static void after_capabilities(struct connection *connection);

static void on_capability_done(struct command *command,
	const struct imap_result *result, void *data)
{
	struct connection *connection = data;

	(void)command;
	if (is_over(result))
		return;
	if (result->outcome != IMAP_OUTCOME_OK || !connection->has_capabilities)
		fail(connection, CONNECTION_END_RETRY,
			"the server does not tell its capabilities: %s",
			result->text);
	else if (connection->phase == PHASE_AUTH_CAPABILITY)
		setup_start(connection, SETUP_KNOWN);
	else
		after_capabilities(connection);
}

static void ask_capabilities(struct connection *connection,
	enum connection_phase phase)
{
	connection_set_phase(connection, phase);
	push_login(connection, imap_text_new("CAPABILITY"), "CAPABILITY", 0,
		on_capability_done)->untagged = session_hear_capabilities;
}

/* What it says by then is taken, and counts for the next attempt. */
static void on_recheck_done(struct command *command,
	const struct imap_result *result, void *data)
{
	struct connection *connection = data;

	(void)command;
	if (result->outcome != IMAP_OUTCOME_OK)
		log_note(connection->who, "CAPABILITY refused: %s",
			result->text);
}

/* The greeting told nothing: where the mechanisms are known from another time,
 * the log-in goes in the flight of the question (Gmail, Exchange). */
static void need_capabilities(struct connection *connection)
{
	bool is_clear = config_of(connection)->tls == SESSION_TLS_STARTTLS &&
		!stream_is_tls(connection->stream);

	if (is_clear || !session_recall_capabilities(connection->session,
		SESSION_FACT_GREETING, &connection->capabilities)) {
		ask_capabilities(connection, PHASE_CAPABILITY);
		return;
	}
	connection_set_phase(connection, PHASE_CAPABILITY);
	push_login(connection, imap_text_new("CAPABILITY"), "CAPABILITY", 0,
		on_recheck_done)->untagged = session_hear_capabilities;
	auth_start(connection);
}

static void on_starttls_done(struct command *command,
	const struct imap_result *result, void *data)
{
	struct connection *connection = data;

	(void)command;
	if (is_over(result))
		return;
	if (result->outcome != IMAP_OUTCOME_OK) {
		fail(connection, CONNECTION_END_FINAL,
			"the server refuses STARTTLS (%s); not going on in the clear",
			result->text);
		return;
	}
	forget_capabilities(connection);
	connection_start_tls(connection);
}

void login_tls_ready(struct connection *connection)
{
	need_capabilities(connection);
}

/* Before log-in: TLS first, if that is still to come. */
static void after_capabilities(struct connection *connection)
{
	if (config_of(connection)->tls != SESSION_TLS_STARTTLS ||
		stream_is_tls(connection->stream)) {
		auth_start(connection);
		return;
	}
	if (!connection_has(connection, IMAP_CAP_STARTTLS)) {
		fail(connection, CONNECTION_END_FINAL,
			"the server offers no STARTTLS; not going on in the clear");
		return;
	}
	connection_set_phase(connection, PHASE_STARTTLS);
	push_login(connection, imap_text_new("STARTTLS"), "STARTTLS",
		COMMAND_BARRIER, on_starttls_done);
}

static void greet_preauth(struct connection *connection)
{
	if (config_of(connection)->tls == SESSION_TLS_STARTTLS) {
		/* An attacker's way around STARTTLS (RFC 9051 11.1). */
		fail(connection, CONNECTION_END_FINAL,
			"the server is logged in before STARTTLS; "
			"not going on in the clear");
		return;
	}
	connection->is_preauth = true;
	if (connection->has_capabilities)
		setup_start(connection, SETUP_KNOWN);
	else
		ask_capabilities(connection, PHASE_AUTH_CAPABILITY);
}

static void greet_bye(struct connection *connection,
	const struct imap_response *response)
{
	char *referral = auth_referral(connection, response->code,
		response->code_args, response->n_code_args);

	if (referral != NULL)
		fail(connection, CONNECTION_END_FINAL, "%s", referral);
	else
		fail(connection, CONNECTION_END_RETRY,
			"the server does not let us in: %s", response->text);
	g_free(referral);
}

void login_greeting(struct connection *connection,
	const struct imap_response *response)
{
	if (response->kind != IMAP_RESPONSE_STATUS) {
		login_not_imap(connection, response->line, response->line_len);
		return;
	}
	untagged_code(connection, response);
	if (strcmp(response->name, "PREAUTH") == 0)
		greet_preauth(connection);
	else if (strcmp(response->name, "OK") != 0)
		greet_bye(connection, response);
	else if (connection->has_capabilities)
		after_capabilities(connection);
	else
		need_capabilities(connection);
}

void login_done(struct connection *connection, const struct imap_result *result)
{
	char *referral = auth_referral(connection, result->code,
		result->code_args, result->n_code_args);

	if (referral != NULL)
		session_alert(connection->session, referral);
	g_free(referral);
	/* What was told before does not count, unless the OK told it anew. */
	if (result->code != NULL && strcmp(result->code, "CAPABILITY") == 0) {
		setup_start(connection, SETUP_KNOWN);
		return;
	}
	forget_capabilities(connection);
	if (session_recall_capabilities(connection->session,
		SESSION_FACT_CAPABILITIES, &connection->capabilities))
		setup_start(connection, SETUP_RECALLED);
	else
		ask_capabilities(connection, PHASE_AUTH_CAPABILITY);
}
