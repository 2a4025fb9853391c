/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/harness/imap.h"

#include <arpa/inet.h>
#include <glib.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct imap {
	FILE *in;
	int fd;
	unsigned messages;
};

static void fail(const char *what)
{
	fprintf(stderr, "bench: the server: %s\n", what);
	exit(1);
}

/* Reads until the tagged response, and remembers what STATUS told. */
static void wait_for_tagged(struct imap *imap)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, imap->in) > 0) {
		const char *at = strstr(line, "(MESSAGES ");

		if (g_str_has_prefix(line, "* STATUS ") && at != NULL)
			imap->messages = (unsigned)strtoul(at + strlen("(MESSAGES "),
				NULL, 10);
		/* Untagged, or a part of a literal. */
		if (!g_str_has_prefix(line, "b "))
			continue;
		if (!g_str_has_prefix(line, "b OK"))
			fail(line);
		free(line);
		return;
	}
	fail("it has gone");
}

void imap_command(struct imap *imap, const char *command)
{
	char *line = g_strdup_printf("b %s\r\n", command);

	if (write(imap->fd, line, strlen(line)) != (ssize_t)strlen(line))
		fail("it takes nothing");
	g_free(line);
	wait_for_tagged(imap);
}

struct imap *imap_open(unsigned port, const char *user, const char *password)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	struct imap *imap = g_new0(struct imap, 1);
	char *log_in = g_strdup_printf("LOGIN %s %s", user, password);

	address.sin_port = htons((uint16_t)port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	imap->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(imap->fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		fail("it does not answer");
	imap->in = fdopen(dup(imap->fd), "r");
	imap_command(imap, log_in);
	g_free(log_in);
	return imap;
}

void imap_close(struct imap **imapp)
{
	struct imap *imap = *imapp;

	*imapp = NULL;
	imap_command(imap, "LOGOUT");
	fclose(imap->in);
	close(imap->fd);
	g_free(imap);
}

unsigned imap_messages(struct imap *imap)
{
	imap_command(imap, "STATUS INBOX (MESSAGES)");
	return imap->messages;
}
