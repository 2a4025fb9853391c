/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A GnuTLS server in the same loop, with certificates made here: an authority,
 * and server certificates good, expired and for another host; and a client of
 * it by net/stream.
 */
#ifndef CULVER_TESTS_TLS_STAGE_H
#define CULVER_TESTS_TLS_STAGE_H

#include "src/base/base.h"
#include "src/net/stream.h"
#include "src/net/tls.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#define run_until(condition)                                          \
	while (!(condition))                                          \
		g_main_context_iteration(NULL, TRUE)

struct cert {
	gnutls_x509_crt_t crt;
	char *fingerprint;
};

extern struct world {
	gnutls_x509_privkey_t key; /* of all certificates */
	struct cert ca, foreign_ca, good, expired, other, address, self_signed, foreign;
	char *dir, *ca_file, *client_file;
	gnutls_datum_t tickets;    /* the key of all servers' tickets */
} world;
void make_world(void);
void free_world(void);

struct server {
	int fd;
	gnutls_session_t session;
	gnutls_certificate_credentials_t credentials;
	guint watch;
	bool is_up, is_down;
	GString *got, *pending; /* pending: to be sent; echo goes there */
	bool echo;
	char name[64]; /* by SNI */
};
void server_init(struct server *server, int fd, const struct cert *cert,
	const char *priority);
void server_release(struct server *server);
void server_send(struct server *server);
/* Busy while it has something to send: this is a test. */
gboolean serve_output(gpointer server);

struct client {
	struct stream *stream;
	GString *got;
	GError *error;     /* of TLS's done, or of closed */
	bool is_tls, is_over;
	bool free_in_done;
	/* the question */
	struct tls_question *question;
	char *reason, *fingerprint;
	bool is_asked, is_cancelled, answers_at_once;
	enum tls_verdict verdict;
};
struct tls_config_init plan(const char *host);
/* Says "hello" when it may. The config: of its own, or one that is shared. */
void client_init(struct client *client, int fd,
	const struct tls_config_init *init, size_t unread);
void client_init_shared(struct client *client, int fd,
	struct tls_config *config, size_t unread);
void client_release(struct client *client);
/* For tls_config_init: the client is the data. */
tls_ask_fn on_ask;
void make_pair(int fds[2]);

/* Accepted, and the octets go both ways. */
void assert_accepted(const struct cert *cert,
	const struct tls_config_init *init, struct client *client);
/* Refused: the message has the reason and the fingerprint, and nothing that
 * was written has reached the server. */
void assert_refused(const struct cert *cert,
	const struct tls_config_init *init, const char *reason,
	struct client *client);

#endif
