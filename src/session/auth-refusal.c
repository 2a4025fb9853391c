/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is made of the server's answer to a log-in. The rule: a password that
 * was refused is never shown in a weaker way on the chance that it was the
 * way, as whoever can make a refusal could so get the password. Only what the
 * server cannot do at all gives its turn to another mechanism, and to none that
 * protects the password less.
 */
#include "src/base/base.h"
#include "src/session/auth-priv.h"
#include "src/base/error.h"
#include "src/imap/arg.h"
#include "src/net/secret.h"
#include "src/net/stream.h"
#include "src/session/connection.h"
#include "src/session/login.h"
#include "src/session/session-priv.h"

enum {
	URL_MAX = 200, /* octets shown of a referral */
};

static void G_GNUC_PRINTF(3, 4) fail(struct connection *connection,
	enum connection_end end, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	connection_fail(connection, end, g_error_new_valist(NET_ERROR,
		NET_ERROR_AUTH, format, args));
	va_end(args);
}

/* --- the kind of a refusal ----------------------------------------------- */

enum fate {
	FATE_CREDENTIAL,  /* the password, token or ticket is wrong */
	FATE_BUSY,        /* may work later */
	FATE_UNSUPPORTED, /* this mechanism does not work here */
	FATE_FINAL,       /* neither time nor another password helps */
};

/* Response codes (RFC 5530, RFC 9051 7.1). */
static const struct code_row {
	const char *code;
	enum fate fate;
	const char *words; /* of a final one */
} code_rows[] = {
	{ "UNAVAILABLE", FATE_BUSY, NULL },
	{ "INUSE", FATE_BUSY, NULL },
	{ "LIMIT", FATE_BUSY, NULL },
	{ "SERVERBUG", FATE_BUSY, NULL },
	{ "OVERQUOTA", FATE_BUSY, NULL },
	{ "AUTHENTICATIONFAILED", FATE_CREDENTIAL, NULL },
	{ "EXPIRED", FATE_CREDENTIAL, NULL },
	{ "CANNOT", FATE_UNSUPPORTED, NULL },
	{ "PRIVACYREQUIRED", FATE_FINAL,
		"the server wants TLS for the log-in" },
	{ "AUTHORIZATIONFAILED", FATE_FINAL,
		"the server does not let this user in" },
	{ "CONTACTADMIN", FATE_FINAL,
		"the server wants you to speak to its administrator" },
};

static const struct code_row *row_of(const struct imap_result *result)
{
	for (size_t i = 0; result->code != NULL &&
		i < G_N_ELEMENTS(code_rows); i++)
		if (strcmp(code_rows[i].code, result->code) == 0)
			return &code_rows[i];
	return NULL;
}

/* Servers without codes say it in words. */
static const struct words_row {
	const char *words;
	enum fate fate;
} words_rows[] = {
	{ "too many", FATE_BUSY },
	{ "maximum number of", FATE_BUSY },
	{ "temporar", FATE_BUSY },
	{ "unsupported", FATE_UNSUPPORTED },
	{ "not supported", FATE_UNSUPPORTED },
	{ "mechanism", FATE_UNSUPPORTED },
};

/* Gmail says "[ALERT] Too many simultaneous connections." */
static bool is_in_words(const struct imap_result *result)
{
	return result->code == NULL || strcmp(result->code, "ALERT") == 0;
}

static enum fate fate_of(const struct imap_result *result)
{
	const struct code_row *row = row_of(result);
	enum fate fate = FATE_CREDENTIAL;

	if (row != NULL)
		return row->fate;
	/* It does not even know what is meant. */
	if (result->outcome == IMAP_OUTCOME_BAD)
		return FATE_UNSUPPORTED;
	char *text = g_ascii_strdown(result->text, -1);

	for (size_t i = 0; is_in_words(result) &&
		i < G_N_ELEMENTS(words_rows); i++)
		if (strstr(text, words_rows[i].words) != NULL) {
			fate = words_rows[i].fate;
			break;
		}
	g_free(text);
	return fate;
}

/* --- what is done about it ----------------------------------------------- */

/* excuse NULL: nothing that a person would have expected to work. */
static void try_another(struct connection *connection, const char *excuse)
{
	struct auth *auth = &connection->auth;
	const struct sasl_mechanism *mechanism = auth->mechanism;
	unsigned secrets = SASL_NEEDS_PASSWORD | SASL_NEEDS_TOKEN;

	auth->tried |= sasl_mechanism_bit(mechanism);
	if ((sasl_mechanism_needs(mechanism) & secrets) != 0)
		auth->at_least = MAX(auth->at_least,
			sasl_mechanism_protection(mechanism));
	if (excuse != NULL) {
		g_free(auth->excuse);
		auth->excuse = g_strdup_printf("%s: %s",
			sasl_mechanism_name(mechanism), excuse);
	}
	auth_start(connection);
}

void auth_cannot_begin(struct connection *connection, const GError *error)
{
	bool is_named = connection->session->config.auth != NULL;

	log_note(connection->who, "%s: %s",
		sasl_mechanism_name(connection->auth.mechanism),
		error->message);
	auth_forget_exchange(connection);
	try_another(connection, is_named ? error->message : NULL);
}

void auth_fail_without_mechanism(struct connection *connection)
{
	const char *host = connection->session->config.host;
	GPtrArray *offered = auth_offered(connection);
	char *names = g_strjoinv(" ", (char **)offered->pdata);

	if (connection->auth.excuse != NULL)
		fail(connection, CONNECTION_END_FINAL,
			"no way to log in to '%s' is left (%s); it offers %s: "
			"'auth' may name one of them", host,
			connection->auth.excuse, names);
	else
		fail(connection, CONNECTION_END_FINAL, "'%s' offers no way "
			"to log in that can be used here%s%s", host,
			names[0] != '\0' ? ": " : "", names);
	g_free(names);
	g_ptr_array_free(offered, TRUE);
}

/*
 * The server announces channel binding, and refuses without a word about the
 * password: it terminates TLS elsewhere, or knows another kind of binding
 * (Cyrus binds to tls-unique, which TLS 1.3 does not have). As the certificate
 * is right, that is no attack: the same mechanism without binding hides the
 * password as well. Where that lets us in, it is remembered for a month.
 */
static bool binding_failed(const struct connection *connection,
	const struct imap_result *result)
{
	return (sasl_mechanism_needs(connection->auth.mechanism) &
		SASL_NEEDS_BINDING) != 0 &&
		(result->code == NULL ||
		strcmp(result->code, "AUTHENTICATIONFAILED") != 0) &&
		(stream_is_verified(connection->stream) ||
		connection->session->config.tls == SESSION_TLS_NONE);
}

static void go_on_unbound(struct connection *connection)
{
	struct auth *auth = &connection->auth;

	log_note(connection->who, "channel binding does not work here");
	auth->at_least = MAX(auth->at_least,
		sasl_mechanism_protection(auth->mechanism));
	auth->is_unbound = true;
	auth_start(connection);
}

static void let_in(struct connection *connection,
	const struct imap_result *result)
{
	struct session *session = connection->session;

	if (connection->auth.is_unbound && !session->is_unbindable) {
		char *now = g_strdup_printf("%" G_GINT64_FORMAT,
			g_get_real_time() / G_USEC_PER_SEC);

		session->is_unbindable = true;
		session_learned(session, SESSION_FACT_UNBINDABLE, now);
		g_free(now);
	}
	secret_free(&connection->auth.token);
	login_done(connection, result);
}

static void token_refused(struct connection *connection,
	const char *said)
{
	const struct session_config *config = &connection->session->config;
	struct auth *auth = &connection->auth;

	if (!auth->has_renewed) {
		/* It may just have expired. */
		auth->has_renewed = true;
		secret_free(&auth->token);
		auth_start(connection);
		return;
	}
	fail(connection, CONNECTION_END_FINAL, "the token of '%s' was refused "
		"(%s): check token_command", config->user, said);
}

static void password_refused(struct connection *connection,
	const struct imap_result *result)
{
	const struct sasl_mechanism *mechanism = connection->auth.mechanism;

	if (session_has_logged_in(connection->session)) {
		/* With this password: the server wants no more of us. */
		fail(connection, CONNECTION_END_RETRY,
			"the server refuses another log-in: %s",
			result->text);
		return;
	}
	/* Where passwords are stored for other ways only, it never works. */
	if (sasl_mechanism_protection(mechanism) == SASL_HIDES_PASSWORD) {
		char *text = g_strdup_printf("%s (by %s; 'set auth = plain' "
			"takes another way)", result->text,
			sasl_mechanism_name(mechanism));

		auth_ask_secret(connection, text);
		g_free(text);
	} else {
		auth_ask_secret(connection, result->text);
	}
}

static void credential_refused(struct connection *connection,
	const struct imap_result *result, const char *refusal)
{
	unsigned needs = sasl_mechanism_needs(connection->auth.mechanism);

	if ((needs & SASL_NEEDS_TOKEN) != 0)
		token_refused(connection,
			refusal != NULL ? refusal : result->text);
	else if ((needs & SASL_NEEDS_PASSWORD) != 0)
		password_refused(connection, result);
	else
		/* No password was used yet: none was refused. */
		try_another(connection, result->text);
}

char *auth_referral(const struct connection *connection, const char *code,
	const struct imap_arg *args, size_t n)
{
	const struct session_config *config = &connection->session->config;
	const char *url;
	char *shown, *sentence;

	if (code == NULL || strcmp(code, "REFERRAL") != 0)
		return NULL;
	if (n < 1 || !imap_arg_get_astring(&args[0], &url))
		url = "";
	shown = g_utf8_make_valid(url, (gssize)MIN(strlen(url), URL_MAX));
	sentence = g_strdup_printf("'%s' sends '%s' to another server, '%s': "
		"if you trust it, set url to that", config->host, config->user,
		shown);
	g_free(shown);
	return sentence;
}

static void auth_refused(struct connection *connection,
	const struct imap_result *result, const char *refusal)
{
	const struct code_row *row = row_of(result);
	enum fate fate = fate_of(result);
	char *referral = auth_referral(connection, result->code,
		result->code_args, result->n_code_args);

	if (referral != NULL)
		fail(connection, CONNECTION_END_FINAL, "%s", referral);
	else if (fate == FATE_BUSY)
		fail(connection, CONNECTION_END_RETRY,
			"the server refuses the log-in for now: %s",
			result->text);
	else if (fate == FATE_FINAL)
		fail(connection, CONNECTION_END_FINAL, "%s: %s", row->words,
			result->text);
	else if (binding_failed(connection, result))
		go_on_unbound(connection);
	else if (fate == FATE_UNSUPPORTED)
		try_another(connection, result->text);
	else
		credential_refused(connection, result, refusal);
	g_free(referral);
}

/* A server that skips its proof may not have one (RFC 5802 9). */
static bool is_proved(struct connection *connection)
{
	const struct sasl *sasl = connection->auth.sasl;

	return sasl == NULL || sasl_is_complete(sasl);
}

void auth_on_done(struct command *command, const struct imap_result *result,
	void *data)
{
	struct connection *connection = data;
	struct auth *auth = &connection->auth;
	char *refusal = auth->sasl != NULL ?
		g_strdup(sasl_refusal(auth->sasl)) : NULL;
	GError *broken = g_steal_pointer(&auth->broken);
	bool proved = is_proved(connection);

	(void)command;
	auth_forget_exchange(connection);
	if (result->outcome == IMAP_OUTCOME_DISCONNECTED ||
		result->outcome == IMAP_OUTCOME_CANCELLED)
		goto out;
	if (result->outcome == IMAP_OUTCOME_OK && proved)
		let_in(connection, result);
	else if (result->outcome == IMAP_OUTCOME_OK)
		fail(connection, CONNECTION_END_FINAL,
			"'%s' is not who it claims to be: no proof that it "
			"knows the password (%s ends without)",
			connection->session->config.host,
			sasl_mechanism_name(auth->mechanism));
	else if (broken != NULL)
		try_another(connection, broken->message);
	else
		auth_refused(connection, result, refusal);
out:
	g_clear_error(&broken);
	g_free(refusal);
}
