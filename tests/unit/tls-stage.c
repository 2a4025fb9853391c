/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "tests/unit/tls-stage.h"
#include "src/base/error.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <gnutls/crypto.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { DAY = 86400 };

struct world world;

/* --- certificates ---------------------------------------------------------- */

struct cert_plan {
	const char *name;
	int64_t from, to; /* days from now */
	bool is_ca;
	const char *ip; /* 4 octets */
	gnutls_x509_crt_t issuer; /* NULL: itself */
};

static char *make_fingerprint(gnutls_x509_crt_t crt)
{
	gnutls_datum_t der;
	char *hex, *text;

	gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &der);
	hex = g_compute_checksum_for_data(G_CHECKSUM_SHA256, der.data,
		der.size);
	text = g_strconcat("sha256:", hex, NULL);
	g_free(hex);
	gnutls_free(der.data);
	return text;
}

static struct cert make_cert(const struct cert_plan *plan)
{
	static unsigned char serial;
	struct cert cert;
	gnutls_x509_crt_t crt;
	time_t now = time(NULL);

	gnutls_x509_crt_init(&crt);
	gnutls_x509_crt_set_version(crt, 3);
	serial++;
	gnutls_x509_crt_set_serial(crt, &serial, 1);
	gnutls_x509_crt_set_activation_time(crt, now + plan->from * DAY);
	gnutls_x509_crt_set_expiration_time(crt, now + plan->to * DAY);
	gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0,
		plan->name, (unsigned)strlen(plan->name));
	gnutls_x509_crt_set_key(crt, world.key);
	gnutls_x509_crt_set_basic_constraints(crt, plan->is_ca, -1);
	gnutls_x509_crt_set_key_usage(crt, plan->is_ca
		? GNUTLS_KEY_KEY_CERT_SIGN : GNUTLS_KEY_DIGITAL_SIGNATURE);
	if (plan->ip != NULL)
		gnutls_x509_crt_set_subject_alt_name(crt,
			GNUTLS_SAN_IPADDRESS, plan->ip, 4, GNUTLS_FSAN_SET);
	else if (!plan->is_ca)
		gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME,
			plan->name, (unsigned)strlen(plan->name),
			GNUTLS_FSAN_SET);
	g_assert_cmpint(gnutls_x509_crt_sign2(crt,
		plan->issuer != NULL ? plan->issuer : crt, world.key,
		GNUTLS_DIG_SHA256, 0), ==, 0);
	cert.crt = crt;
	cert.fingerprint = make_fingerprint(crt);
	return cert;
}

static void free_cert(struct cert *cert)
{
	gnutls_x509_crt_deinit(cert->crt);
	g_free(cert->fingerprint);
}

static void write_files(void)
{
	gnutls_datum_t pem, key;
	char *both;

	world.dir = g_dir_make_tmp("culver-tls-XXXXXX", NULL);
	world.ca_file = g_build_filename(world.dir, "ca.pem", NULL);
	world.client_file = g_build_filename(world.dir, "client.pem", NULL);
	gnutls_x509_crt_export2(world.ca.crt, GNUTLS_X509_FMT_PEM, &pem);
	g_assert_true(g_file_set_contents(world.ca_file, (char *)pem.data,
		pem.size, NULL));
	gnutls_free(pem.data);
	gnutls_x509_crt_export2(world.good.crt, GNUTLS_X509_FMT_PEM, &pem);
	gnutls_x509_privkey_export2(world.key, GNUTLS_X509_FMT_PEM, &key);
	both = g_strdup_printf("%.*s%.*s", (int)pem.size, pem.data,
		(int)key.size, key.data);
	g_assert_true(g_file_set_contents(world.client_file, both, -1, NULL));
	g_free(both);
	gnutls_free(pem.data);
	gnutls_free(key.data);
}

void make_world(void)
{
	gnutls_x509_crt_t ca;

	gnutls_x509_privkey_init(&world.key);
	gnutls_x509_privkey_generate(world.key, GNUTLS_PK_ECDSA,
		GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
	world.ca = make_cert(&(struct cert_plan){ "Test Authority", -9, 9,
		.is_ca = true });
	ca = world.ca.crt;
	world.good = make_cert(&(struct cert_plan){ "mail.example.org", -9, 9,
		.issuer = ca });
	world.expired = make_cert(&(struct cert_plan){ "mail.example.org", -9,
		-2, .issuer = ca });
	world.other = make_cert(&(struct cert_plan){ "other.example.net", -9,
		9, .issuer = ca });
	world.address = make_cert(&(struct cert_plan){ "address", -9, 9,
		.ip = "\x7f\0\0\1", .issuer = ca });
	world.self_signed = make_cert(&(struct cert_plan){
		.name = "mail.example.org", .from = -9, .to = 9 });
	world.foreign_ca = make_cert(&(struct cert_plan){ "Foreign Authority",
		-9, 9, .is_ca = true });
	world.foreign = make_cert(&(struct cert_plan){ "mail.example.org", 3,
		9, .issuer = world.foreign_ca.crt });
	gnutls_session_ticket_key_generate(&world.tickets);
	write_files();
}

void free_world(void)
{
	free_cert(&world.ca);
	free_cert(&world.foreign_ca);
	free_cert(&world.good);
	free_cert(&world.expired);
	free_cert(&world.other);
	free_cert(&world.address);
	free_cert(&world.self_signed);
	free_cert(&world.foreign);
	gnutls_x509_privkey_deinit(world.key);
	gnutls_free(world.tickets.data);
	g_unlink(world.ca_file);
	g_unlink(world.client_file);
	g_rmdir(world.dir);
	g_free(world.ca_file);
	g_free(world.client_file);
	g_free(world.dir);
}

/* --- a server -------------------------------------------------------------- */

void server_send(struct server *server)
{
	while (server->pending->len > 0) {
		ssize_t n = gnutls_record_send(server->session,
			server->pending->str, MIN(server->pending->len,
				(size_t)16384));

		if (n <= 0)
			return;
		g_string_erase(server->pending, 0, n);
	}
}

static void server_receive(struct server *server)
{
	char octets[16384];
	ssize_t n;

	while ((n = gnutls_record_recv(server->session, octets,
			sizeof(octets))) > 0) {
		g_string_append_len(server->got, octets, n);
		if (server->echo)
			g_string_append_len(server->pending, octets, n);
	}
	if (n == 0 || gnutls_error_is_fatal((int)n))
		server->is_down = true;
}

static gboolean serve(gint fd, GIOCondition condition, gpointer data)
{
	struct server *server = data;

	(void)fd;
	(void)condition;
	if (!server->is_up) {
		int ret = gnutls_handshake(server->session);
		size_t len = sizeof(server->name);
		unsigned type;

		server->is_up = ret == 0;
		if (ret < 0 && gnutls_error_is_fatal(ret))
			server->is_down = true;
		if (ret == 0 && gnutls_server_name_get(server->session,
			server->name, &len, &type, 0) != 0)
			server->name[0] = '\0';
	} else {
		server_receive(server);
		server_send(server);
	}
	if (!server->is_down)
		return G_SOURCE_CONTINUE;
	server->watch = 0;
	return G_SOURCE_REMOVE;
}

gboolean serve_output(gpointer data)
{
	struct server *server = data;

	if (server->is_up && !server->is_down)
		server_send(server);
	return G_SOURCE_CONTINUE;
}

void server_init(struct server *server, int fd,
	const struct cert *cert, const char *priority)
{
	gnutls_x509_crt_t chain[] = { cert->crt };

	*server = (struct server){ .fd = fd, .got = g_string_new(NULL),
		.pending = g_string_new(NULL) };
	gnutls_certificate_allocate_credentials(&server->credentials);
	g_assert_cmpint(gnutls_certificate_set_x509_key(server->credentials,
		chain, 1, world.key), >=, 0);
	gnutls_init(&server->session, GNUTLS_SERVER | GNUTLS_NONBLOCK);
	gnutls_priority_set_direct(server->session, priority, NULL);
	gnutls_credentials_set(server->session, GNUTLS_CRD_CERTIFICATE,
		server->credentials);
	gnutls_certificate_server_set_request(server->session,
		GNUTLS_CERT_REQUEST);
	gnutls_session_ticket_enable_server(server->session, &world.tickets);
	gnutls_transport_set_int(server->session, fd);
	g_unix_set_fd_nonblocking(fd, TRUE, NULL);
	server->watch = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP, serve, server);
}

void server_release(struct server *server)
{
	source_clear(&server->watch);
	gnutls_deinit(server->session);
	gnutls_certificate_free_credentials(server->credentials);
	close(server->fd);
	g_string_free(server->got, TRUE);
	g_string_free(server->pending, TRUE);
}

/* --- a client -------------------------------------------------------------- */

static void on_input(struct stream *stream, const char *octets, size_t len,
	void *data)
{
	struct client *client = data;

	(void)stream;
	g_string_append_len(client->got, octets, (gssize)len);
}

static void on_closed(struct stream *stream, const GError *error, void *data)
{
	struct client *client = data;

	(void)stream;
	g_assert_false(client->is_over);
	client->is_over = true;
	client->error = g_error_copy(error);
}

static void on_tls(struct stream *stream, const GError *error, void *data)
{
	struct client *client = data;

	(void)stream;
	g_assert_false(client->is_tls);
	client->is_tls = error == NULL;
	client->is_over = error != NULL;
	client->error = error != NULL ? g_error_copy(error) : NULL;
	if (client->free_in_done)
		stream_free(&client->stream);
}

static void on_cancel(void *data)
{
	struct client *client = data;

	client->is_cancelled = true;
}

void on_ask(struct tls_question *question, const struct tls_peer *peer,
	void *data)
{
	struct client *client = data;

	g_assert_false(client->is_asked);
	client->is_asked = true;
	client->question = question;
	g_free(client->reason);
	g_free(client->fingerprint);
	client->reason = g_strdup(peer->reason);
	client->fingerprint = g_strdup(peer->fingerprint);
	g_assert_cmpstr(peer->host, ==, "mail.example.org");
	g_assert_cmpint(peer->not_before, <, peer->not_after);
	g_assert_nonnull(strstr(peer->subject, "mail.example.org"));
	tls_question_on_cancel(question, on_cancel, client);
	if (client->answers_at_once)
		tls_answer(question, client->verdict);
}

static const struct stream_ops ops = { .input = on_input,
	.closed = on_closed };

struct tls_config_init plan(const char *host)
{
	return (struct tls_config_init){ .host = host, .port = 993,
		.ca_file = world.ca_file };
}

void client_init_shared(struct client *client, int fd,
	struct tls_config *config, size_t unread)
{
	client->got = g_string_new(NULL);
	client->stream = stream_new(fd, fd, &ops, client);
	stream_start_tls(client->stream, config, unread, on_tls, client);
	/* Held until the peer was accepted. */
	stream_write(client->stream, "hello", 5);
}

void client_init(struct client *client, int fd,
	const struct tls_config_init *init, size_t unread)
{
	GError *error = NULL;
	struct tls_config *config = tls_config_new(init, &error);

	g_assert_no_error(error);
	client_init_shared(client, fd, config, unread);
	tls_config_unref(&config);
}

void client_release(struct client *client)
{
	stream_free(&client->stream);
	g_string_free(client->got, TRUE);
	g_clear_error(&client->error);
	g_free(client->reason);
	g_free(client->fingerprint);
}

void make_pair(int fds[2])
{
	int size = 4096;

	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
	for (int i = 0; i < 2; i++)
		setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

void assert_accepted(const struct cert *cert,
	const struct tls_config_init *init, struct client *client)
{
	struct server server;
	int fds[2];

	make_pair(fds);
	server_init(&server, fds[1], cert, "NORMAL");
	server.echo = true;
	client_init(client, fds[0], init, 0);
	run_until(client->is_over || client->got->len == 5);
	g_assert_no_error(client->error);
	g_assert_cmpstr(client->got->str, ==, "hello");
	g_assert_true(stream_is_tls(client->stream));
	g_assert_cmpstr(stream_protocol_name(client->stream), ==, "TLS 1.3");
	client_release(client);
	run_until(server.is_down);
	server_release(&server);
}

void assert_refused(const struct cert *cert,
	const struct tls_config_init *init, const char *reason,
	struct client *client)
{
	struct server server;
	int fds[2];

	make_pair(fds);
	server_init(&server, fds[1], cert, "NORMAL");
	client_init(client, fds[0], init, 0);
	run_until(client->is_over || client->is_tls);
	g_assert_error(client->error, TLS_ERROR, TLS_ERROR_CERTIFICATE);
	if (strstr(client->error->message, reason) == NULL)
		g_assert_cmpstr(client->error->message, ==, reason);
	g_assert_nonnull(strstr(client->error->message, cert->fingerprint));
	g_assert_false(stream_is_tls(client->stream));
	client_release(client);
	run_until(server.is_down);
	g_assert_cmpuint(server.got->len, ==, 0);
	server_release(&server);
}
