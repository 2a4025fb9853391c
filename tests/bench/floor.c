/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The floor: the least that any client must do to show the newest screen of a
 * mailbox. Connects, does TLS, waits for the greeting (which may be a BYE, or
 * say LOGINDISABLED), sends LOGIN and SELECT in one flight, then FETCHes the
 * newest 40 envelopes, and prints the milliseconds from its start.
 *
 *   floor HOST PORT USER PASSWORD MAILBOX [all]
 *
 * With "all" it fetches every envelope instead. The server's certificate has to
 * come from the authority in the file SSL_CERT_FILE, if that is set. It is a
 * yardstick, and blocks.
 */
#include <gnutls/gnutls.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SCREEN = 40, BUFFER = 65536 };

static gnutls_session_t tls;
/* The last octets that came in: enough to find a tagged response in. */
static char tail[2 * BUFFER + 1];
static size_t tail_len;
static unsigned exists;
static unsigned long long total;

static void fail(const char *what)
{
	fprintf(stderr, "floor: %s\n", what);
	exit(1);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int dial(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
	int fd;

	if (getaddrinfo(host, port, &hints, &found) != 0)
		fail("no such host");
	fd = socket(found->ai_family, found->ai_socktype, 0);
	if (fd < 0 || connect(fd, found->ai_addr, found->ai_addrlen) != 0)
		fail("cannot connect");
	freeaddrinfo(found);
	return fd;
}

static void handshake(int fd)
{
	const char *authority = getenv("SSL_CERT_FILE");
	gnutls_certificate_credentials_t credentials;

	gnutls_certificate_allocate_credentials(&credentials);
	gnutls_init(&tls, GNUTLS_CLIENT);
	gnutls_set_default_priority(tls);
	gnutls_credentials_set(tls, GNUTLS_CRD_CERTIFICATE, credentials);
	gnutls_transport_set_int(tls, fd);
	if (authority != NULL) {
		gnutls_certificate_set_x509_trust_file(credentials, authority,
			GNUTLS_X509_FMT_PEM);
		gnutls_session_set_verify_cert(tls, NULL, 0);
	}
	if (gnutls_handshake(tls) < 0)
		fail("no TLS");
}

static void put(const char *text)
{
	if (gnutls_record_send(tls, text, strlen(text)) < 0)
		fail("cannot write");
}

/* Remembers the number of "* n EXISTS". */
static void look_for_exists(void)
{
	const char *at = strstr(tail, " EXISTS\r\n");

	if (exists != 0 || at == NULL)
		return;
	while (at > tail && at[-1] >= '0' && at[-1] <= '9')
		at--;
	exists = (unsigned)strtoul(at, NULL, 10);
}

static void take(void)
{
	ssize_t n;

	if (tail_len > BUFFER) {
		memmove(tail, tail + tail_len - 100, 100);
		tail_len = 100;
	}
	/* A session ticket comes first, and is no data. */
	do
		n = gnutls_record_recv(tls, tail + tail_len, BUFFER);
	while (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED);
	if (n <= 0)
		fail("the connection ended");
	total += (unsigned long long)n;
	tail_len += (size_t)n;
	tail[tail_len] = '\0';
	look_for_exists();
}

/* Reads until an OK with this tag. */
static void wait_for(const char *tag)
{
	char wanted[32];
	const char *line;

	snprintf(wanted, sizeof(wanted), "%s OK", tag);
	do
		take();
	while ((line = strstr(tail, wanted)) == NULL || strchr(line, '\n') == NULL);
}

int main(int argc, char **argv)
{
	double start = now_ms();
	char text[1024];
	int fd;

	if (argc < 6)
		fail("usage: floor HOST PORT USER PASSWORD MAILBOX [all]");
	fd = dial(argv[1], argv[2]);
	handshake(fd);
	wait_for("*");
	snprintf(text, sizeof(text), "a LOGIN %s %s\r\nb SELECT %s\r\n",
		argv[3], argv[4], argv[5]);
	put(text);
	wait_for("b");
	snprintf(text, sizeof(text), "c FETCH %u:* (UID FLAGS INTERNALDATE"
		" RFC822.SIZE ENVELOPE)\r\n",
		argc > 6 || exists < SCREEN ? 1 : exists - SCREEN + 1);
	put(text);
	wait_for("c");
	printf("%.1f ms, %u messages, %llu octets in\n", now_ms() - start,
		exists, total);
	close(fd);
	return 0;
}
