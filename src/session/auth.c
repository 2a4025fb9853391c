/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which mechanism, and the exchange of its challenges and responses. Steps
 * that compute long or ask others (SCRAM, GSSAPI) run on a thread; the server
 * waits for us meanwhile, and everything else goes on.
 */
#include "src/base/base.h"
#include "src/session/auth.h"
#include "src/base/error.h"
#include "src/imap/parser.h"
#include "src/imap/write.h"
#include "src/net/secret.h"
#include "src/net/stream.h"
#include "src/session/auth-priv.h"
#include "src/session/connection.h"
#include "src/session/session-priv.h"
#include "src/session/timing.h"

#include <gio/gio.h>

/* --- the choice ---------------------------------------------------------- */

static const char *forced_name;
static GBytes *forced_binding;

void session_set_binding(const char *name, const char *octets)
{
	g_clear_pointer(&forced_binding, g_bytes_unref);
	forced_name = name;
	if (octets != NULL)
		forced_binding = g_bytes_new(octets, strlen(octets));
}

static GBytes *channel_binding(const struct connection *connection,
	const char **name_out)
{
	if (forced_binding == NULL)
		return stream_channel_binding(connection->stream, name_out);
	*name_out = forced_name;
	return g_bytes_ref(forced_binding);
}

static bool is_private(const struct connection *connection)
{
	const struct session_config *config = &connection->session->config;

	return stream_is_tls(connection->stream) || config->tunnel != NULL ||
		config->tls == SESSION_TLS_NONE;
}

/* Of the needs of mechanisms, those that can be met. */
static unsigned met_needs(const struct connection *connection, bool can_bind)
{
	const struct session *session = connection->session;
	const struct session_config *config = &session->config;
	unsigned have = 0;

	if (!config->token_only || config->auth != NULL)
		have |= SASL_NEEDS_PASSWORD;
	if (config->has_token)
		have |= SASL_NEEDS_TOKEN;
	if (config->tls_client_cert != NULL &&
		stream_is_tls(connection->stream))
		have |= SASL_NEEDS_CERTIFICATE;
	if (can_bind && !session->is_unbindable &&
		!connection->auth.is_unbound)
		have |= SASL_NEEDS_BINDING;
	if (is_private(connection))
		have |= SASL_NEEDS_PRIVACY;
	return have;
}

static bool may_send_login(const struct connection *connection)
{
	return !connection_has(connection, IMAP_CAP_LOGINDISABLED);
}

static gboolean same_name(gconstpointer a, gconstpointer b)
{
	return g_ascii_strcasecmp(a, b) == 0;
}

GPtrArray *auth_offered(const struct connection *connection)
{
	const GPtrArray *unknown = connection->capabilities.unknown;
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; unknown != NULL && i < unknown->len; i++) {
		char *name = g_ptr_array_index(unknown, i);

		if (g_ascii_strncasecmp(name, "AUTH=", 5) == 0)
			g_ptr_array_add(names, name + 5);
	}
	if (may_send_login(connection) && !g_ptr_array_find_with_equal_func(
		names, "LOGIN", same_name, NULL))
		g_ptr_array_add(names, (char *)"LOGIN");
	g_ptr_array_add(names, NULL);
	return names;
}

static bool offers_binding(const GPtrArray *offered)
{
	for (guint i = 0; i + 1 < offered->len; i++)
		if (g_str_has_suffix(offered->pdata[i], "-PLUS"))
			return true;
	return false;
}

static const struct sasl_mechanism *choose(const struct connection *connection,
	bool can_bind)
{
	GPtrArray *offered = auth_offered(connection);
	const struct sasl_offer offer = {
		.offered = (const char *const *)offered->pdata,
		.wanted = connection->session->config.auth,
		.have = met_needs(connection, can_bind),
		.tried = connection->auth.tried,
		.at_least = connection->auth.at_least,
	};
	const struct sasl_mechanism *mechanism = sasl_choose(&offer);

	g_ptr_array_free(offered, TRUE);
	return mechanism;
}

/* --- a step -------------------------------------------------------------- */

struct step {
	struct connection *connection;
	struct sasl *sasl;
	GBytes *challenge; /* NULL: the beginning */
	GBytes *answer;
	GError *error;
};

static void push_authenticate(struct connection *connection);
static void answer_challenge(struct connection *connection, GBytes *answer,
	GError *error);

static void step_free(gpointer data)
{
	struct step *step = data;

	sasl_unref(&step->sasl);
	g_clear_pointer(&step->challenge, g_bytes_unref);
	g_clear_pointer(&step->answer, g_bytes_unref);
	g_clear_error(&step->error);
	connection_unref(&step->connection);
	g_free(step);
}

static void step_run(struct step *step)
{
	gsize len;
	const char *octets;

	if (step->challenge == NULL) {
		sasl_begin(step->sasl, &step->answer, &step->error);
		return;
	}
	octets = g_bytes_get_data(step->challenge, &len);
	step->answer = sasl_step(step->sasl, octets, len, &step->error);
}

/* The connection may have ended meanwhile, or gone on to something else. */
static void step_finish(struct step *step)
{
	struct connection *connection = step->connection;
	struct auth *auth = &connection->auth;

	if (connection->error != NULL || auth->sasl != step->sasl)
		return;
	if (step->challenge != NULL) {
		answer_challenge(connection, step->answer, step->error);
		return;
	}
	if (step->error != NULL) {
		auth_cannot_begin(connection, step->error);
		return;
	}
	auth->initial = g_steal_pointer(&step->answer);
	push_authenticate(connection);
}

static void run_in_thread(GTask *task, gpointer source, gpointer data,
	GCancellable *cancellable)
{
	(void)task;
	(void)source;
	(void)cancellable;
	step_run(data);
}

static void on_thread_done(GObject *source, GAsyncResult *result, gpointer data)
{
	(void)source;
	(void)data;
	step_finish(g_task_get_task_data(G_TASK(result)));
}

static void begin_step(struct connection *connection, GBytes *challenge_take)
{
	struct step *step = g_new0(struct step, 1);

	step->connection = connection_ref(connection);
	step->sasl = sasl_ref(connection->auth.sasl);
	step->challenge = challenge_take;
	if (sasl_mechanism_is_slow(connection->auth.mechanism)) {
		GTask *task = g_task_new(NULL, NULL, on_thread_done, NULL);

		g_task_set_task_data(task, step, step_free);
		g_task_run_in_thread(task, run_in_thread);
		g_object_unref(task);
		return;
	}
	step_run(step);
	step_finish(step);
	step_free(step);
}

/* --- the exchange -------------------------------------------------------- */

static void write_answer(struct connection *connection, GBytes *answer)
{
	gsize n;
	const guchar *octets = g_bytes_get_data(answer, &n);
	char *line = g_base64_encode(octets, n);

	connection_write_line(connection, line, strlen(line), true);
	secret_free(&line);
}

static void answer_challenge(struct connection *connection, GBytes *answer,
	GError *error)
{
	if (answer != NULL) {
		write_answer(connection, answer);
		return;
	}
	if (error->domain == NET_ERROR && error->code == NET_ERROR_PROOF) {
		/* Nothing that such a server says is worth hearing. */
		connection_fail(connection, CONNECTION_END_FINAL,
			g_error_copy(error));
		return;
	}
	log_note(connection->who, "%s", error->message);
	g_clear_error(&connection->auth.broken);
	connection->auth.broken = g_error_copy(error);
	connection_write_line(connection, "*", 1, false);
}

static void on_auth_continue(struct command *command,
	const struct imap_response *response, void *data)
{
	struct connection *connection = data;
	struct auth *auth = &connection->auth;

	(void)command;
	if (auth->sasl == NULL || auth->broken != NULL)
		return;
	if (auth->initial != NULL) {
		GBytes *initial = g_steal_pointer(&auth->initial);

		write_answer(connection, initial);
		g_bytes_unref(initial);
		return;
	}
	gsize len = 0;
	guchar *challenge = g_base64_decode(response->text, &len);

	begin_step(connection, g_bytes_new_take(challenge, len));
}

static struct imap_text *authenticate_text(struct connection *connection)
{
	struct auth *auth = &connection->auth;
	const char *name = sasl_mechanism_name(auth->mechanism);
	struct imap_text *text;
	gsize n;

	if (auth->initial == NULL ||
		!connection_has(connection, IMAP_CAP_SASL_IR))
		return imap_text_new("AUTHENTICATE %a", name);
	const guchar *octets = g_bytes_get_data(auth->initial, &n);
	char *encoded = n > 0 ? g_base64_encode(octets, n) : g_strdup("=");

	text = imap_text_new("AUTHENTICATE %a %a", name, encoded);
	secret_free(&encoded);
	g_clear_pointer(&auth->initial, g_bytes_unref);
	return text;
}

static void push_command(struct connection *connection, struct imap_text *text,
	const char *verb)
{
	struct command *command = command_new(text, verb,
		COMMAND_LOGIN | COMMAND_BARRIER | COMMAND_FOLLOWS |
			COMMAND_SENSITIVE,
		SESSION_INTERACTIVE);

	command->done = auth_on_done;
	command->on_continue = on_auth_continue;
	command->data = connection;
	connection_push(connection, command);
}

/* The trace shows the name, and nothing behind it. */
static void push_authenticate(struct connection *connection)
{
	char *verb = g_strconcat("AUTHENTICATE ",
		sasl_mechanism_name(connection->auth.mechanism), NULL);

	push_command(connection, authenticate_text(connection),
		g_intern_string(verb));
	g_free(verb);
}

/* Not so EXTERNAL and GSSAPI: there the certificate or the ticket names one,
 * who need not be the one whose mail is meant. */
static bool names_user(const struct sasl_mechanism *mechanism)
{
	return sasl_mechanism_protection(mechanism) != SASL_NO_PASSWORD ||
		(sasl_mechanism_needs(mechanism) & SASL_NEEDS_TOKEN) != 0;
}

static void begin_exchange(struct connection *connection, GBytes *binding,
	const char *binding_name)
{
	const struct session *session = connection->session;
	struct auth *auth = &connection->auth;
	GPtrArray *offered = auth_offered(connection);
	const struct sasl_credentials credentials = {
		.user = session->config.user,
		.authzid = names_user(auth->mechanism) ?
			NULL : session->config.acts_as,
		.password = session->secret,
		.token = auth->token,
		.service = "imap",
		.host = session->config.host,
		.port = session->config.port,
		.binding = binding,
		.binding_name = binding_name,
		.offers_binding = offers_binding(offered),
	};

	g_ptr_array_free(offered, TRUE);
	auth->sasl = sasl_new(auth->mechanism, &credentials);
	begin_step(connection, NULL);
}

/* LOGIN is the command where it may be sent: one flight instead of three. */
static void attempt(struct connection *connection, GBytes *binding,
	const char *binding_name)
{
	const struct session *session = connection->session;
	struct auth *auth = &connection->auth;

	connection_set_phase(connection, PHASE_AUTH);
	auth_forget_exchange(connection);
	if (auth->mechanism == sasl_mechanism_find("LOGIN") &&
		may_send_login(connection))
		push_command(connection, imap_text_new("LOGIN %s %q",
			session->config.user, session->secret), "LOGIN");
	else
		begin_exchange(connection, binding, binding_name);
}

/* --- what it needs ------------------------------------------------------- */

static bool lacks_credential(struct connection *connection)
{
	struct session *session = connection->session;
	struct auth *auth = &connection->auth;
	unsigned needs = sasl_mechanism_needs(auth->mechanism);

	if ((needs & SASL_NEEDS_TOKEN) != 0 && auth->token == NULL) {
		auth->awaits = AUTH_AWAITS_TOKEN;
		connection_set_phase(connection, PHASE_SECRET);
		session_connection_wants_token(session, auth->has_renewed);
		return true;
	}
	if ((needs & SASL_NEEDS_PASSWORD) != 0 && session->secret == NULL) {
		auth_ask_secret(connection, NULL);
		return true;
	}
	return false;
}

void auth_start(struct connection *connection)
{
	struct auth *auth = &connection->auth;
	const char *binding_name = NULL;
	GBytes *binding = channel_binding(connection, &binding_name);

	auth->mechanism = choose(connection, binding != NULL);
	if (auth->mechanism == NULL)
		auth_fail_without_mechanism(connection);
	else if (!lacks_credential(connection))
		attempt(connection, binding, binding_name);
	g_clear_pointer(&binding, g_bytes_unref);
}

void auth_ask_secret(struct connection *connection, const char *refusal)
{
	connection->auth.awaits = AUTH_AWAITS_SECRET;
	connection_set_phase(connection, PHASE_SECRET);
	session_connection_wants_secret(connection->session, connection,
		refusal);
}

void auth_secret_given(struct connection *connection)
{
	if (connection->phase != PHASE_SECRET || connection->error != NULL ||
		connection->auth.awaits != AUTH_AWAITS_SECRET)
		return;
	connection->auth.awaits = AUTH_AWAITS_NOTHING;
	/* It may have been the password, not the binding. */
	connection->auth.is_unbound = false;
	auth_start(connection);
}

void auth_token_given(struct connection *connection, const char *token,
	const GError *error)
{
	struct auth *auth = &connection->auth;

	if (connection->phase != PHASE_SECRET || connection->error != NULL ||
		auth->awaits != AUTH_AWAITS_TOKEN)
		return;
	auth->awaits = AUTH_AWAITS_NOTHING;
	if (token == NULL) {
		/* It may have to ask over the same net. */
		connection_fail(connection, CONNECTION_END_RETRY,
			g_error_copy(error));
		return;
	}
	secret_free(&auth->token);
	auth->token = secret_dup(token);
	auth_start(connection);
}

void auth_forget_exchange(struct connection *connection)
{
	struct auth *auth = &connection->auth;

	sasl_unref(&auth->sasl);
	g_clear_pointer(&auth->initial, g_bytes_unref);
	g_clear_error(&auth->broken);
}

void auth_release(struct connection *connection)
{
	struct auth *auth = &connection->auth;

	auth_forget_exchange(connection);
	secret_free(&auth->token);
	g_clear_pointer(&auth->excuse, g_free);
}
