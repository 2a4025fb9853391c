/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One TLS session: handshake, verification of the peer, records. The peer is
 * judged when the handshake is over and before any application data goes
 * either way; the judgement may wait for the system's CAs and for a person.
 */
#include "src/base/base.h"
#include "src/net/tls-session.h"

#include "src/base/error.h"

#include <errno.h>
#include <gio/gio.h>

/* RFC 8996: nothing below 1.2. */
#define VERSIONS "-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

struct tls_question {
	struct tls_session *session;
	void (*cancel)(void *data);
	void *cancel_data;
};

struct tls_session {
	struct tls_config *config;
	const struct tls_transport *transport;
	void *transport_data;
	gnutls_session_t gnutls;
	bool has_begun;      /* the handshake */
	bool has_version;    /* agreed on */
	bool has_input;      /* the first octet of the server was seen */
	bool is_not_tls;     /* and was none of TLS */
	bool is_established; /* the peer was accepted: say goodbye */
	bool is_verified;    /* and not by a person */
	bool is_send_waiting; /* GnuTLS holds a record that was not all sent */
	tls_verified_fn *verified;
	void *verified_data;
	struct tls_judgement *judgement;
	struct tls_question *question; /* while somebody thinks about it */
	GError *verify_error;
	guint idle; /* begins the verification, then reports its end */
};

/* --- transport ------------------------------------------------------------ */

/* RFC 8446 5.1: the content types of a record that a server may begin with. */
static bool is_record_type(unsigned char type)
{
	return type >= 20 && type <= 24;
}

static ssize_t pull(gnutls_transport_ptr_t ptr, void *octets, size_t len)
{
	struct tls_session *session = ptr;
	ssize_t n = session->transport->pull(session->transport_data, octets,
		len);

	if (n < 0)
		gnutls_transport_set_errno(session->gnutls, errno);
	if (n > 0 && !session->has_input) {
		session->has_input = true;
		session->is_not_tls =
			!is_record_type(((unsigned char *)octets)[0]);
	}
	return n;
}

static ssize_t push(gnutls_transport_ptr_t ptr, const void *octets, size_t len)
{
	struct tls_session *session = ptr;
	ssize_t n = session->transport->push(session->transport_data, octets,
		len);

	if (n < 0)
		gnutls_transport_set_errno(session->gnutls, errno);
	return n;
}

static int wait_for_input(gnutls_transport_ptr_t ptr, unsigned ms)
{
	struct tls_session *session = ptr;

	(void)ms;
	return session->transport->ready(session->transport_data) ? 1 : 0;
}

/* --- resumption ---------------------------------------------------------- */

/* What the next session of this config goes on from (RFC 8446 2.2, RFC 5077).
 * Only kept of an accepted peer; whose certificate, that GnuTLS keeps with it,
 * is judged anew each time: pins and dates may have changed. */
static void keep_resumption(struct tls_session *session)
{
	gnutls_datum_t data = { NULL, 0 };
	struct tls_config *config = session->config;

	/* Before a ticket came, GnuTLS would wait for one. */
	bool is_there = gnutls_protocol_get_version(session->gnutls) !=
		GNUTLS_TLS1_3 || (gnutls_session_get_flags(session->gnutls) &
		GNUTLS_SFLAGS_SESSION_TICKET) != 0;

	if (!session->is_established || !is_there ||
		gnutls_session_get_data2(session->gnutls, &data) != 0)
		return;
	g_clear_pointer(&config->resumption, g_bytes_unref);
	config->resumption = g_bytes_new(data.data, data.size);
	gnutls_free(data.data);
}

/* TLS 1.3: tickets come behind the handshake, with the first octets read. */
static int on_ticket(gnutls_session_t gnutls, unsigned type, unsigned when,
	unsigned incoming, const gnutls_datum_t *message)
{
	(void)type;
	(void)when;
	(void)message;
	if (incoming)
		keep_resumption(gnutls_session_get_ptr(gnutls));
	return 0;
}

static void resume(struct tls_session *session)
{
	GBytes *resumption = session->config->resumption;
	gsize len;

	gnutls_session_set_ptr(session->gnutls, session);
	gnutls_handshake_set_hook_function(session->gnutls,
		GNUTLS_HANDSHAKE_NEW_SESSION_TICKET, GNUTLS_HOOK_POST,
		on_ticket);
	if (resumption == NULL)
		return;
	const void *octets = g_bytes_get_data(resumption, &len);

	gnutls_session_set_data(session->gnutls, octets, len);
	/* A ticket is for one use (RFC 8446 C.4); another comes with it. */
	g_clear_pointer(&session->config->resumption, g_bytes_unref);
}

/* --- creation ------------------------------------------------------------- */

static int set_up(struct tls_session *session)
{
	const struct tls_config *config = session->config;
	int ret;

	ret = gnutls_init(&session->gnutls,
		GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
	if (ret != 0)
		return ret;
	if (config->priority != NULL)
		ret = gnutls_priority_set_direct(session->gnutls,
			config->priority, NULL);
	else
		ret = gnutls_set_default_priority_append(session->gnutls,
			VERSIONS, NULL, 0);
	if (ret != 0)
		return ret;
	/* RFC 6066 3: no literal addresses in SNI. */
	if (*config->host != '\0' && !g_hostname_is_ip_address(config->host))
		gnutls_server_name_set(session->gnutls, GNUTLS_NAME_DNS,
			config->host, strlen(config->host));
	ret = gnutls_credentials_set(session->gnutls, GNUTLS_CRD_CERTIFICATE,
		config->credentials);
	if (ret != 0)
		return ret;
	gnutls_transport_set_ptr(session->gnutls, session);
	gnutls_transport_set_pull_function(session->gnutls, pull);
	gnutls_transport_set_push_function(session->gnutls, push);
	gnutls_transport_set_pull_timeout_function(session->gnutls,
		wait_for_input);
	resume(session);
	return 0;
}

struct tls_session *tls_session_new(struct tls_config *config,
	const struct tls_transport *transport, void *data, GError **error)
{
	struct tls_session *session = g_new0(struct tls_session, 1);
	int ret;

	session->config = tls_config_ref(config);
	session->transport = transport;
	session->transport_data = data;
	ret = set_up(session);
	if (ret == 0)
		return session;
	g_set_error(error, TLS_ERROR, TLS_ERROR_HANDSHAKE,
		"cannot begin TLS: %s", gnutls_strerror(ret));
	tls_session_free(&session);
	return NULL;
}

static void cancel_question(struct tls_session *session)
{
	struct tls_question *question = session->question;

	if (question == NULL)
		return;
	session->question = NULL;
	if (question->cancel != NULL)
		question->cancel(question->cancel_data);
	g_free(question);
}

void tls_session_free(struct tls_session **sessionp)
{
	struct tls_session *session = *sessionp;

	if (session == NULL)
		return;
	*sessionp = NULL;
	source_clear(&session->idle);
	tls_trust_forget(session);
	cancel_question(session);
	if (session->is_established && !session->is_send_waiting)
		gnutls_bye(session->gnutls, GNUTLS_SHUT_WR);
	if (session->gnutls != NULL)
		gnutls_deinit(session->gnutls);
	tls_judgement_free(&session->judgement);
	g_clear_error(&session->verify_error);
	tls_config_unref(&session->config);
	g_free(session);
}

/* --- handshake ------------------------------------------------------------ */

static void set_handshake_error(struct tls_session *session, int ret,
	GError **error)
{
	const struct tls_config *config = session->config;
	const char *alert;

	if (session->is_not_tls) {
		g_set_error(error, TLS_ERROR, TLS_ERROR_HANDSHAKE,
			"cannot start TLS with '%s' port %u: "
			"not a TLS server, or wrong port",
			config->host, config->port);
	} else if (ret == GNUTLS_E_PREMATURE_TERMINATION ||
		ret == GNUTLS_E_PULL_ERROR || ret == GNUTLS_E_PUSH_ERROR) {
		g_set_error(error, NET_ERROR, NET_ERROR_CLOSED,
			"the server closed the connection "
			"during the TLS handshake");
	} else if (ret == GNUTLS_E_FATAL_ALERT_RECEIVED) {
		alert = gnutls_alert_get_name(
			gnutls_alert_get(session->gnutls));
		g_set_error(error, TLS_ERROR, TLS_ERROR_HANDSHAKE,
			"'%s' port %u refuses TLS: %s", config->host,
			config->port, alert != NULL ? alert : "unknown alert");
	} else {
		g_set_error(error, TLS_ERROR, TLS_ERROR_HANDSHAKE,
			"cannot start TLS with '%s' port %u: %s",
			config->host, config->port, gnutls_strerror(ret));
	}
}

static enum tls_step check_version(struct tls_session *session, GError **error)
{
	gnutls_protocol_t version =
		gnutls_protocol_get_version(session->gnutls);

	if (version == GNUTLS_TLS1_2 || version == GNUTLS_TLS1_3) {
		session->has_version = true;
		return TLS_STEP_DONE;
	}
	g_set_error(error, TLS_ERROR, TLS_ERROR_HANDSHAKE,
		"'%s' port %u speaks no newer protocol than %s",
		session->config->host, session->config->port,
		gnutls_protocol_get_name(version));
	return TLS_STEP_FAILED;
}

enum tls_step tls_session_handshake(struct tls_session *session,
	GError **error)
{
	int ret;

	session->has_begun = true;
	do {
		ret = gnutls_handshake(session->gnutls);
	} while (ret < 0 && !gnutls_error_is_fatal(ret) &&
		ret != GNUTLS_E_AGAIN && ret != GNUTLS_E_INTERRUPTED &&
		!session->is_not_tls);
	if (ret == 0)
		return check_version(session, error);
	/* A greeting in the clear may look like the head of a long record:
	 * do not wait for the rest of it. */
	if (session->is_not_tls || gnutls_error_is_fatal(ret)) {
		set_handshake_error(session, ret, error);
		return TLS_STEP_FAILED;
	}
	return TLS_STEP_WAIT;
}

bool tls_session_wants_write(const struct tls_session *session)
{
	return !session->has_begun ||
		gnutls_record_get_direction(session->gnutls) == 1;
}

/* --- verification --------------------------------------------------------- */

static gboolean report_verified(gpointer data)
{
	struct tls_session *session = data;
	GError *error = g_steal_pointer(&session->verify_error);

	session->idle = 0;
	session->is_verified = error == NULL && session->judgement != NULL &&
		(session->judgement->is_trusted ||
		session->judgement->is_pinned);
	tls_judgement_free(&session->judgement);
	if (error == NULL) {
		session->is_established = true;
		keep_resumption(session);
	} else {
		gnutls_alert_send(session->gnutls, GNUTLS_AL_FATAL,
			GNUTLS_A_BAD_CERTIFICATE);
	}
	session->verified(error, session->verified_data);
	g_clear_error(&error);
	return G_SOURCE_REMOVE;
}

static void conclude(struct tls_session *session)
{
	session->idle = g_idle_add_full(G_PRIORITY_DEFAULT, report_verified,
		session, NULL);
}

static void refuse(struct tls_session *session)
{
	const struct tls_peer *peer = &session->judgement->peer;

	g_set_error(&session->verify_error, TLS_ERROR, TLS_ERROR_CERTIFICATE,
		"the certificate of '%s' port %u is not trusted: %s; "
		"its fingerprint is %s",
		peer->host, peer->port, peer->reason, peer->fingerprint);
	conclude(session);
}

void tls_answer(struct tls_question *question, enum tls_verdict verdict)
{
	struct tls_session *session = question->session;

	session->question = NULL;
	g_free(question);
	if (verdict == TLS_ACCEPT_ONCE)
		conclude(session);
	else
		refuse(session);
}

void tls_question_on_cancel(struct tls_question *question,
	void (*fn)(void *data), void *data)
{
	question->cancel = fn;
	question->cancel_data = data;
}

static void ask(struct tls_session *session)
{
	session->question = g_new0(struct tls_question, 1);
	session->question->session = session;
	session->config->ask(session->question, &session->judgement->peer,
		session->config->ask_data);
}

static void judge(void *data)
{
	struct tls_session *session = data;
	unsigned n = 0;
	const gnutls_datum_t *chain =
		gnutls_certificate_get_peers(session->gnutls, &n);

	session->judgement = tls_judge(session->config, chain, n,
		&session->verify_error);
	if (session->judgement == NULL || session->judgement->is_trusted ||
		session->judgement->is_pinned) {
		conclude(session);
	} else if (tls_system_trust() == NULL) {
		tls_judgement_free(&session->judgement);
		tls_trust_wait(judge, session);
	} else if (session->config->ask == NULL) {
		refuse(session);
	} else {
		ask(session);
	}
}

static gboolean judge_first(gpointer data)
{
	struct tls_session *session = data;

	session->idle = 0;
	judge(session);
	return G_SOURCE_REMOVE;
}

void tls_session_verify(struct tls_session *session, tls_verified_fn *done,
	void *data)
{
	session->verified = done;
	session->verified_data = data;
	/* A pin or the file of the config may be enough: the system's CAs take
	 * longer to load than all else does. */
	session->idle = g_idle_add_full(G_PRIORITY_DEFAULT, judge_first, session,
		NULL);
}

/* --- records -------------------------------------------------------------- */

static ssize_t fail_record(ssize_t ret, GError **error)
{
	switch (ret) {
	case 0:
	case GNUTLS_E_PREMATURE_TERMINATION:
	case GNUTLS_E_PULL_ERROR:
	case GNUTLS_E_PUSH_ERROR:
		g_set_error(error, NET_ERROR, NET_ERROR_CLOSED,
			"the server closed the connection");
		break;
	default:
		g_set_error(error, NET_ERROR, NET_ERROR_IO,
			"the TLS connection broke: %s",
			gnutls_strerror((int)ret));
	}
	return -1;
}

ssize_t tls_session_receive(struct tls_session *session, char *octets,
	size_t len, GError **error)
{
	ssize_t ret;

	do {
		ret = gnutls_record_recv(session->gnutls, octets, len);
		/* Warnings, renegotiation requests: not for us. */
	} while (ret < 0 && !gnutls_error_is_fatal((int)ret) &&
		ret != GNUTLS_E_AGAIN && ret != GNUTLS_E_INTERRUPTED);
	if (ret > 0)
		return ret;
	if (ret == GNUTLS_E_AGAIN || ret == GNUTLS_E_INTERRUPTED)
		return 0;
	return fail_record(ret, error);
}

ssize_t tls_session_send(struct tls_session *session, const char *octets,
	size_t len, GError **error)
{
	ssize_t ret;

	if (session->is_send_waiting)
		ret = gnutls_record_send(session->gnutls, NULL, 0);
	else
		ret = gnutls_record_send(session->gnutls, octets, len);
	session->is_send_waiting = ret == GNUTLS_E_AGAIN ||
		ret == GNUTLS_E_INTERRUPTED;
	if (ret > 0)
		return ret;
	return session->is_send_waiting ? 0 : fail_record(ret, error);
}

bool tls_session_has_pending(const struct tls_session *session)
{
	return gnutls_record_check_pending(session->gnutls) > 0;
}

const char *tls_session_protocol(const struct tls_session *session)
{
	/* Before, GnuTLS names one that nobody has agreed on. */
	if (!session->has_version)
		return "";
	switch (gnutls_protocol_get_version(session->gnutls)) {
	case GNUTLS_TLS1_3:
		return "TLS 1.3";
	case GNUTLS_TLS1_2:
		return "TLS 1.2";
	default:
		return "";
	}
}

bool tls_session_is_resumed(const struct tls_session *session)
{
	return gnutls_session_is_resumed(session->gnutls) != 0;
}

bool tls_session_is_verified(const struct tls_session *session)
{
	return session->is_verified;
}

/* --- channel binding ----------------------------------------------------- */

/* RFC 9266. */
static GBytes *export_binding(gnutls_session_t gnutls)
{
	static const char label[] = "EXPORTER-Channel-Binding";
	char octets[32];

	if (gnutls_prf_rfc5705(gnutls, sizeof(label) - 1, label, 0, NULL,
		sizeof(octets), octets) != 0)
		return NULL;
	return g_bytes_new(octets, sizeof(octets));
}

/* RFC 5929 3; without the extended master secret (RFC 7627) somebody in
 * between could make two sessions that have it in common. */
static GBytes *unique_binding(gnutls_session_t gnutls)
{
	gnutls_datum_t data = { NULL, 0 };
	GBytes *binding;

	if ((gnutls_session_get_flags(gnutls) &
		GNUTLS_SFLAGS_EXT_MASTER_SECRET) == 0 ||
		gnutls_session_channel_binding(gnutls, GNUTLS_CB_TLS_UNIQUE,
			&data) != 0)
		return NULL;
	binding = g_bytes_new(data.data, data.size);
	gnutls_free(data.data);
	return binding;
}

GBytes *tls_session_channel_binding(const struct tls_session *session,
	const char **name_out)
{
	if (gnutls_protocol_get_version(session->gnutls) == GNUTLS_TLS1_3) {
		*name_out = "tls-exporter";
		return export_binding(session->gnutls);
	}
	*name_out = "tls-unique";
	return unique_binding(session->gnutls);
}
