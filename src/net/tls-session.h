/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inside of TLS, for stream.c only: one client session over a transport
 * of callbacks, the judgement of its peer, and what a config holds. Nothing
 * here blocks; the transport says EAGAIN when there is nothing to be had.
 */
#ifndef CULVER_NET_TLS_SESSION_H
#define CULVER_NET_TLS_SESSION_H

#include "src/base/base.h"
#include "src/net/tls.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <sys/types.h>

struct tls_config {
	unsigned refs;
	char *host;
	unsigned port;
	char **pins; /* normalised: "sha256:" and 64 lower-case digits */
	char *priority;
	tls_ask_fn *ask;
	void *ask_data;
	gnutls_certificate_credentials_t credentials; /* the client's own */
	gnutls_x509_trust_list_t extra_trust; /* of ca_file; NULL if none */
	GBytes *resumption; /* of the last session whose peer was accepted */
};

/* --- trust: the system's CAs ------------------------------------------------ */

typedef void tls_trust_fn(void *data);
/* NULL until loaded. Shared, never changed afterwards. */
gnutls_x509_trust_list_t tls_system_trust(void);
/* Calls fn from the main loop when the CAs are loaded, which they are not yet;
 * begins to load them if need be. Not before the call returned. */
void tls_trust_wait(tls_trust_fn *fn, void *data);
void tls_trust_forget(void *data);

/* --- the peer --------------------------------------------------------------- */

struct tls_judgement {
	struct tls_peer peer; /* its strings are the judgement's own */
	bool is_trusted;      /* chain, dates and name are right */
	bool is_pinned;
};
/* What is to be thought of the certificates that the server showed; NULL with
 * error if it showed none that can be read. */
struct tls_judgement *tls_judge(const struct tls_config *config,
	const gnutls_datum_t *chain, unsigned n, GError **error);
void tls_judgement_free(struct tls_judgement **judgement);
/* "sha256:<hex>" of a certificate's DER; free with g_free(). */
char *tls_fingerprint(const gnutls_datum_t *der);

/* --- the session ------------------------------------------------------------ */

struct tls_session;

/* As read(2), write(2) and poll(2) with errno; ready answers at once. */
struct tls_transport {
	ssize_t (*pull)(void *data, void *octets, size_t len);
	ssize_t (*push)(void *data, const void *octets, size_t len);
	bool (*ready)(void *data);
};

enum tls_step { TLS_STEP_DONE, TLS_STEP_WAIT, TLS_STEP_FAILED };

/* Takes a reference of config. NULL with error when its priority is unusable. */
struct tls_session *tls_session_new(struct tls_config *config,
	const struct tls_transport *transport, void *data, GError **error);
/* Says goodbye if the transport takes it at once; cancels a question. */
void tls_session_free(struct tls_session **session);
/* Goes on with the handshake until it has to wait for the transport. */
enum tls_step tls_session_handshake(struct tls_session *session, GError **error);
/* What the handshake waits for, at its beginning too: to write, else to read. */
bool tls_session_wants_write(const struct tls_session *session);

typedef void tls_verified_fn(const GError *error, void *data);
/* After the handshake: accepts or refuses the peer, asking if need be. done
 * runs once from the main loop, never before the call returned, and not after
 * tls_session_free(). */
void tls_session_verify(struct tls_session *session, tls_verified_fn *done, void *data);

/* Octets received or sent; 0 when it has to wait; -1 with error, which is
 * NET_ERROR_CLOSED at the end. A send that had to wait must be repeated with
 * the same octets at the front. */
ssize_t tls_session_receive(struct tls_session *session, char *octets, size_t len, GError **error);
ssize_t tls_session_send(struct tls_session *session, const char *octets, size_t len, GError **error);
/* Octets that were decrypted and not yet received: no watch will tell. */
bool tls_session_has_pending(const struct tls_session *session);
const char *tls_session_protocol(const struct tls_session *session);
/* The handshake went on from a former session of this config. */
bool tls_session_is_resumed(const struct tls_session *session);
/* The peer was trusted or pinned, not just waved through by a person. */
bool tls_session_is_verified(const struct tls_session *session);
/* See stream_channel_binding(). */
GBytes *tls_session_channel_binding(const struct tls_session *session,
	const char **name_out);

#endif
