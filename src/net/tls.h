/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TLS by GnuTLS: what to trust, the handshake, and what to say when a
 * certificate is refused. The system's CAs are loaded on a thread of their own
 * while the connection is being made (they cost 18 ms), and not at all where a
 * pin or the CA file of the config is enough.
 */
#ifndef CULVER_NET_TLS_H
#define CULVER_NET_TLS_H

#include "src/base/base.h"

struct tls_config;

/* What a refused certificate is and why; valid during the callback. */
struct tls_peer {
	const char *host;        /* whom we meant to reach */
	unsigned port;
	const char *reason;      /* "expired on 2024-01-01", "issued for 'mail.example.org'" */
	const char *fingerprint; /* "sha256:" and 64 lower-case hex digits */
	const char *subject, *issuer;
	int64_t not_before, not_after; /* seconds since 1970 */
};

enum tls_verdict { TLS_REFUSE, TLS_ACCEPT_ONCE };

struct tls_question;
/*
 * Asks whoever can decide; the handshake waits. tls_answer() must be called
 * once, later or before this returns; if the connection goes away first, the
 * question is cancelled by its cancel function and must not be answered.
 */
typedef void tls_ask_fn(struct tls_question *question, const struct tls_peer *peer, void *data);
void tls_answer(struct tls_question *question, enum tls_verdict verdict);
/* Called when the question has lost its meaning (connection gone). */
void tls_question_on_cancel(struct tls_question *question, void (*fn)(void *data), void *data);

struct tls_config_init {
	const char *host;        /* for SNI and verification */
	unsigned port;
	const char *ca_file;     /* in addition to the system's; NULL */
	const char *client_cert, *client_key; /* NULL */
	const char *const *pins; /* "sha256:<hex>" accepted whatever else; NULL-terminated or NULL */
	const char *priority;    /* GnuTLS priority string; NULL for the default */
	tls_ask_fn *ask;         /* NULL: refuse */
	void *ask_data;
};
/* Copies everything. NULL with error when a file cannot be used. */
struct tls_config *tls_config_new(const struct tls_config_init *init, GError **error);
struct tls_config *tls_config_ref(struct tls_config *config);
void tls_config_unref(struct tls_config **config);

/* Starts loading the system's CAs on a thread; harmless when called again. */
void tls_preload(void);

#endif
