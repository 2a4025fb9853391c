/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/login.h"
#include "src/base/error.h"
#include "src/imap/write.h"
#include "src/net/sasl.h"
#include "src/net/stream.h"
#include "src/session/connection.h"
#include "src/session/session-priv.h"
#include "src/session/untagged.h"

static void start_auth(struct connection *connection);
static void start_setup(struct connection *connection);

/* --- helpers -------------------------------------------------------------- */

static const struct session_config *config_of(const struct connection *connection)
{
	return &connection->session->config;
}

static void push_login(struct connection *connection, struct imap_text *text,
	const char *verb, unsigned flags, command_done_fn *done)
{
	struct command *command = command_new(text, verb,
		COMMAND_LOGIN | flags, SESSION_INTERACTIVE);

	command->done = done;
	command->data = connection;
	connection_push(connection, command);
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
		start_setup(connection);
	else
		after_capabilities(connection);
}

static void ask_capabilities(struct connection *connection,
	enum connection_phase phase)
{
	connection_set_phase(connection, phase);
	push_login(connection, imap_text_new("CAPABILITY"), "CAPABILITY", 0,
		on_capability_done);
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
	ask_capabilities(connection, PHASE_CAPABILITY);
}

/* Before log-in: TLS first, if that is still to come. */
static void after_capabilities(struct connection *connection)
{
	if (config_of(connection)->tls != SESSION_TLS_STARTTLS ||
		stream_is_tls(connection->stream)) {
		start_auth(connection);
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
		start_setup(connection);
	else
		ask_capabilities(connection, PHASE_AUTH_CAPABILITY);
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
		fail(connection, CONNECTION_END_RETRY,
			"the server does not let us in: %s", response->text);
	else if (connection->has_capabilities)
		after_capabilities(connection);
	else
		ask_capabilities(connection, PHASE_CAPABILITY);
}

/* --- authentication ------------------------------------------------------- */

/* A busy server, as opposed to a wrong password (RFC 5530). */
static bool is_temporary(const struct imap_result *result)
{
	static const char *const codes[] = { "UNAVAILABLE", "INUSE", "LIMIT",
		"SERVERBUG", "OVERQUOTA" };

	if (result->code != NULL) {
		for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
			if (strcmp(result->code, codes[i]) == 0)
				return true;
		return false;
	}
	char *text = g_ascii_strdown(result->text, -1);
	bool is_it = strstr(text, "too many") != NULL ||
		strstr(text, "maximum number of") != NULL ||
		strstr(text, "temporar") != NULL;
	g_free(text);
	return is_it;
}

static void auth_refused(struct connection *connection,
	const struct imap_result *result)
{
	if (is_temporary(result)) {
		fail(connection, CONNECTION_END_RETRY,
			"the server refuses the log-in for now: %s",
			result->text);
		return;
	}
	if (result->code != NULL && strcmp(result->code,
		"PRIVACYREQUIRED") == 0) {
		fail(connection, CONNECTION_END_FINAL,
			"the server wants TLS for the log-in: %s",
			result->text);
		return;
	}
	connection_set_phase(connection, PHASE_SECRET);
	session_connection_wants_secret(connection->session, connection,
		result->text);
}

static void on_auth_done(struct command *command,
	const struct imap_result *result, void *data)
{
	struct connection *connection = data;

	(void)command;
	sasl_free(&connection->sasl);
	if (is_over(result))
		return;
	if (result->outcome != IMAP_OUTCOME_OK) {
		auth_refused(connection, result);
		return;
	}
	/* What was told before does not count, unless the OK told it anew. */
	if (result->code != NULL && strcmp(result->code, "CAPABILITY") == 0) {
		start_setup(connection);
		return;
	}
	forget_capabilities(connection);
	ask_capabilities(connection, PHASE_AUTH_CAPABILITY);
}

static void on_auth_continue(struct command *command,
	const struct imap_response *response, void *data)
{
	struct connection *connection = data;
	gsize len = 0;
	guchar *challenge = g_base64_decode(response->text, &len);
	GError *error = NULL;
	GBytes *answer = NULL;

	(void)command;
	if (connection->sasl == NULL || error != NULL)
		goto out;
	answer = sasl_step(connection->sasl, (const char *)challenge, len,
		&error);
	if (answer == NULL) {
		log_note(connection->who, "%s", error->message);
		g_clear_error(&error);
		connection_write_line(connection, "*", 1, false);
		goto out;
	}
	gsize n;
	const guchar *octets = g_bytes_get_data(answer, &n);
	char *line = g_base64_encode(octets, n);

	connection_write_line(connection, line, strlen(line), true);
	memset(line, 0, strlen(line));
	g_free(line);
	g_bytes_unref(answer);
out:
	g_free(challenge);
}

/* The names behind AUTH=, of which one is worth trying. */
static GPtrArray *offered_mechanisms(const struct connection *connection)
{
	const struct session_config *config = config_of(connection);
	const GPtrArray *unknown = connection->capabilities.unknown;
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; unknown != NULL && i < unknown->len; i++) {
		char *name = g_ptr_array_index(unknown, i);

		if (g_ascii_strncasecmp(name, "AUTH=", 5) != 0)
			continue;
		/* Without a certificate there is nothing external. */
		if (g_ascii_strcasecmp(name + 5, "EXTERNAL") == 0 &&
			config->tls_client_cert == NULL && config->auth == NULL)
			continue;
		g_ptr_array_add(names, name + 5);
	}
	g_ptr_array_add(names, NULL);
	return names;
}

static const char *choose_mechanism(const struct connection *connection)
{
	const struct session_config *config = config_of(connection);
	GPtrArray *offered = offered_mechanisms(connection);
	const char *mechanism = sasl_choose(
		(const char *const *)offered->pdata, config->auth,
		stream_is_tls(connection->stream) ||
		config->tunnel != NULL || config->tls == SESSION_TLS_NONE);

	g_ptr_array_free(offered, TRUE);
	return mechanism;
}

static struct imap_text *initial_text(struct connection *connection,
	const char *mechanism)
{
	GBytes *initial = NULL;
	struct imap_text *text;

	if (connection_has(connection, IMAP_CAP_SASL_IR))
		initial = sasl_initial(connection->sasl);
	if (initial == NULL)
		return imap_text_new("AUTHENTICATE %a", mechanism);
	gsize n;
	const guchar *octets = g_bytes_get_data(initial, &n);
	char *encoded = n > 0 ? g_base64_encode(octets, n) : g_strdup("=");

	text = imap_text_new("AUTHENTICATE %a %a", mechanism, encoded);
	memset(encoded, 0, strlen(encoded));
	g_free(encoded);
	g_bytes_unref(initial);
	return text;
}

static const char *authenticate_verb(const char *mechanism)
{
	return g_ascii_strcasecmp(mechanism, "PLAIN") == 0 ?
		"AUTHENTICATE PLAIN" : "AUTHENTICATE";
}

static void authenticate(struct connection *connection, const char *mechanism)
{
	const struct sasl_credentials credentials = {
		.user = config_of(connection)->user,
		.password = connection->session->secret,
	};
	struct command *command;

	sasl_free(&connection->sasl);
	connection->sasl = sasl_new(mechanism, &credentials);
	command = command_new(initial_text(connection, mechanism),
		authenticate_verb(mechanism),
		COMMAND_LOGIN | COMMAND_BARRIER | COMMAND_SENSITIVE,
		SESSION_INTERACTIVE);
	command->done = on_auth_done;
	command->on_continue = on_auth_continue;
	command->data = connection;
	connection_push(connection, command);
}

static bool wants_login_command(const struct connection *connection)
{
	const char *const *wanted = config_of(connection)->auth;

	for (; wanted != NULL && *wanted != NULL; wanted++)
		if (g_ascii_strcasecmp(*wanted, "LOGIN") == 0)
			return true;
	return config_of(connection)->auth == NULL;
}

static bool may_send_login(const struct connection *connection)
{
	const struct session_config *config = config_of(connection);

	return !connection_has(connection, IMAP_CAP_LOGINDISABLED) &&
		wants_login_command(connection) &&
		(stream_is_tls(connection->stream) ||
		config->tunnel != NULL || config->tls == SESSION_TLS_NONE);
}

static void start_auth(struct connection *connection)
{
	const char *mechanism = choose_mechanism(connection);
	struct session *session = connection->session;

	if (mechanism == NULL && !may_send_login(connection)) {
		fail(connection, CONNECTION_END_FINAL,
			"'%s' offers no way to log in that can be used here",
			session->config.host);
		return;
	}
	if (session->secret == NULL && (mechanism == NULL ||
		g_ascii_strcasecmp(mechanism, "EXTERNAL") != 0)) {
		connection_set_phase(connection, PHASE_SECRET);
		session_connection_wants_secret(session, connection, NULL);
		return;
	}
	connection_set_phase(connection, PHASE_AUTH);
	if (mechanism != NULL)
		authenticate(connection, mechanism);
	else
		push_login(connection, imap_text_new("LOGIN %s %q",
			session->config.user, session->secret), "LOGIN",
			COMMAND_BARRIER | COMMAND_SENSITIVE, on_auth_done);
}

void login_secret_given(struct connection *connection)
{
	if (connection->phase == PHASE_SECRET && connection->error == NULL)
		start_auth(connection);
}

/* --- setup ---------------------------------------------------------------- */

static void on_setup_done(struct command *command,
	const struct imap_result *result, void *data)
{
	struct connection *connection = data;

	if (is_over(result))
		return;
	if (result->outcome != IMAP_OUTCOME_OK)
		log_note(connection->who, "%s refused: %s", command->verb,
			result->text);
	if (--connection->setup_pending == 0)
		connection_set_phase(connection, PHASE_READY);
}

static void push_setup(struct connection *connection, struct imap_text *text,
	const char *verb, unsigned flags)
{
	connection->setup_pending++;
	push_login(connection, text, verb, flags, on_setup_done);
}

/* ENABLE has no answer yet, and SELECT's parameters go by what will be. */
static void enable(struct connection *connection)
{
	struct imap_text *text = imap_text_new("ENABLE");
	bool has_any = false;

	if (connection_has(connection, IMAP_CAP_IMAP4REV2)) {
		imap_text_append(text, " IMAP4rev2");
		has_any = true;
	}
	if (connection_has(connection, IMAP_CAP_QRESYNC)) {
		imap_text_append(text, " QRESYNC");
		has_any = true;
	} else if (connection_has(connection, IMAP_CAP_CONDSTORE)) {
		imap_text_append(text, " CONDSTORE");
		has_any = true;
	}
	if (config_of(connection)->uid_only &&
		connection_has(connection, IMAP_CAP_UIDONLY)) {
		imap_text_append(text, " UIDONLY");
		has_any = true;
	}
	if (has_any)
		push_setup(connection, text, "ENABLE", COMMAND_ENABLES);
	else
		imap_text_free(&text);
}

static void start_setup(struct connection *connection)
{
	connection_set_phase(connection, PHASE_SETUP);
	if (connection_has(connection, IMAP_CAP_ENABLE))
		enable(connection);
	if (connection_has(connection, IMAP_CAP_NAMESPACE))
		push_setup(connection, imap_text_new("NAMESPACE"), "NAMESPACE",
			0);
	if (connection_has(connection, IMAP_CAP_ID))
		push_setup(connection, imap_text_new("ID (%q %q %q %q)",
			"name", "culver", "version", CULVER_VERSION), "ID", 0);
	if (connection->setup_pending == 0)
		connection_set_phase(connection, PHASE_READY);
}
