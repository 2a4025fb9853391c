/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proxy: stands between a client and an IMAP server, and counts.
 *
 *   proxy [-l PORT] [-m LIVE] SERVER_PORT DELAY_MS REPORT [KBIT]
 *
 * It listens on PORT or a free port of 127.0.0.1, prints it, and passes
 * everything on after the delay, each way, so that what belongs to one flight
 * stays together; with KBIT each way takes no more than so many kilobits a
 * second. Commands are counted in the clear; of TLS there are octets and
 * flights. With -m the sums are in the file LIVE all the time (harness/live.h).
 * A flight is what the client could say without an answer to any of it: octets
 * of the client are one flight further than the latest octets of the server
 * that had come to it, and those belong to the latest flight that had come to
 * the server. On SIGTERM, and whenever nobody is connected, it writes REPORT
 * anew: a line for each flight, with tabs between
 *
 *   connection  flight  commands  octets_out  octets_in  words
 *
 * octets_out and octets_in are the client's and what the server answered; words
 * are the commands' names, "UID-FETCH-ROWS" for a FETCH of what a list of
 * messages shows, and a hyphen for a SASL response or "DONE".
 */
#include <glib-unix.h>
#include <glib.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/harness/live.h"

enum {
	BUFFER = 65536,
	PACKET = 1460, /* octets at once, of a way that is slow */
	WORD_MAX = 20,
	TLS_HANDSHAKE = 0x16,
};

struct flight {
	unsigned n_commands;
	guint64 out, in;
	GString *words;
};

struct link;

/* One way of a connection. */
struct way {
	struct link *link;
	bool is_client;      /* from the client to the server */
	int from, to;
	unsigned arrived;    /* the flight of what has come to its end */
};

/* Octets on their way; none: the end. */
struct piece {
	struct way *way;
	GBytes *octets;
	unsigned flight;
};

struct link {
	unsigned number;
	struct way ways[2];  /* the client's first */
	unsigned n_open;
	bool is_tls;
	GPtrArray *flights;  /* of struct flight; the greeting's is 0 */
	GString *line;       /* the client's, not whole yet */
	gsize literal;       /* octets of one that are still to come */
};

static GMainLoop *loop;
static GPtrArray *links;
static unsigned server_port, delay_ms, rate_kbit, n_connected;
static const char *report_path;
static struct live *live;

/* --- what is counted ------------------------------------------------------ */

static struct flight *flight_at(struct link *link, unsigned n)
{
	while (link->flights->len <= n) {
		struct flight *flight = g_new0(struct flight, 1);

		flight->words = g_string_new(NULL);
		g_ptr_array_add(link->flights, flight);
	}
	return g_ptr_array_index(link->flights, n);
}

/* "A12 UID FETCH ...": its name, of two words behind UID. */
static void count_line(struct flight *flight, const char *line)
{
	char **words = g_strsplit(line, " ", 4);
	bool is_command = g_ascii_isupper(line[0]) && words[1] != NULL &&
		strlen(words[0]) < WORD_MAX;

	if (flight->words->len > 0)
		g_string_append_c(flight->words, ' ');
	if (!is_command) {
		g_string_append_c(flight->words, '-');
	} else {
		flight->n_commands++;
		g_string_append(flight->words, words[1]);
		if (strcmp(words[1], "UID") == 0 && words[2] != NULL)
			g_string_append_printf(flight->words, "-%s", words[2]);
		if (strstr(line, " ENVELOPE") != NULL)
			g_string_append(flight->words, "-ROWS");
	}
	g_strfreev(words);
}

/* The size of the literal that the line announces; 0: none. */
static gsize literal_of(const char *line)
{
	const char *brace = strrchr(line, '{');

	return brace != NULL && line[strlen(line) - 1] == '}' ?
		strtoul(brace + 1, NULL, 10) : 0;
}

static void count_octet(struct link *link, struct flight *flight, char octet)
{
	GString *line = link->line;

	if (link->literal > 0) {
		link->literal--;
		return;
	}
	g_string_append_c(line, octet);
	if (octet != '\n')
		return;
	g_string_truncate(line, line->len - MIN(line->len, 2));
	link->literal = literal_of(line->str);
	if (line->len > 0)
		count_line(flight, line->str);
	g_string_truncate(line, 0);
}

static void count(struct link *link, bool is_client, unsigned number,
	const char *octets, gsize n)
{
	struct flight *flight = flight_at(link, number);

	if (!is_client) {
		flight->in += n;
		live->in += n;
		return;
	}
	if (flight->out == 0)
		live->flights++;
	flight->out += n;
	live->out += n;
	for (gsize i = 0; i < n && !link->is_tls; i++)
		count_octet(link, flight, octets[i]);
}

static void write_report(void)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < links->len; i++) {
		const struct link *link = g_ptr_array_index(links, i);

		for (guint n = 0; n < link->flights->len; n++) {
			const struct flight *flight =
				g_ptr_array_index(link->flights, n);

			g_string_append_printf(text, "%u\t%u\t%u\t%"
				G_GUINT64_FORMAT "\t%" G_GUINT64_FORMAT
				"\t%s\n", link->number, n, flight->n_commands,
				flight->out, flight->in, flight->words->str);
		}
	}
	g_file_set_contents(report_path, text->str, (gssize)text->len, NULL);
	g_string_free(text, TRUE);
}

/* --- what passes ---------------------------------------------------------- */

static void end_way(struct way *way)
{
	struct link *link = way->link;

	shutdown(way->to, SHUT_WR);
	if (--link->n_open > 0)
		return;
	close(link->ways[0].from);
	close(link->ways[0].to);
	if (--n_connected == 0)
		write_report();
}

static void pass_on(const struct way *way, const char *octets, gsize n)
{
	while (n > 0) {
		ssize_t sent = send(way->to, octets, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return; /* it has gone; so will the other way */
		octets += sent;
		n -= (gsize)sent;
	}
}

static gboolean piece_due(void *data)
{
	struct piece *piece = data;
	struct way *way = piece->way;
	gsize n;
	const char *octets = g_bytes_get_data(piece->octets, &n);

	way->arrived = MAX(way->arrived, piece->flight);
	live->last_us = g_get_monotonic_time();
	if (n > 0)
		pass_on(way, octets, n);
	else
		end_way(way);
	g_bytes_unref(piece->octets);
	g_free(piece);
	return G_SOURCE_REMOVE;
}

static void watch_way(struct way *way);

static gboolean way_is_free(void *data)
{
	watch_way(data);
	return G_SOURCE_REMOVE;
}

/* Whether more may be read now, else when what was read has gone. */
static bool is_free(struct way *way, gsize n)
{
	if (rate_kbit == 0)
		return true;
	g_timeout_add_full(G_PRIORITY_HIGH, (guint)(n * 8 / rate_kbit),
		way_is_free, way, NULL);
	return false;
}

static gboolean on_readable(gint fd, GIOCondition condition, void *data)
{
	struct way *way = data;
	struct link *link = way->link;
	struct piece *piece = g_new0(struct piece, 1);
	char octets[BUFFER];
	ssize_t n = read(fd, octets, rate_kbit > 0 ? PACKET : sizeof(octets));

	(void)condition;
	n = MAX(n, 0);
	piece->way = way;
	piece->octets = g_bytes_new(octets, (gsize)n);
	piece->flight = way->is_client ? link->ways[1].arrived + 1 :
		link->ways[0].arrived;
	if (link->flights->len == 0 && way->is_client)
		link->is_tls = n > 0 && octets[0] == TLS_HANDSHAKE;
	if (n > 0)
		count(link, way->is_client, piece->flight, octets, (gsize)n);
	g_timeout_add_full(G_PRIORITY_HIGH, delay_ms, piece_due, piece, NULL);
	return n > 0 && is_free(way, (gsize)n);
}

static void watch_way(struct way *way)
{
	g_unix_fd_add(way->from, G_IO_IN | G_IO_HUP, on_readable, way);
}

/* --- connections ---------------------------------------------------------- */

static int dial(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_port = htons((uint16_t)server_port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

static void watch(struct link *link, int way, int from, int to)
{
	struct way *w = &link->ways[way];

	w->link = link;
	w->is_client = way == 0;
	w->from = from;
	w->to = to;
	watch_way(w);
}

static gboolean on_client(gint fd, GIOCondition condition, void *data)
{
	int client = accept(fd, NULL, NULL), server = dial();
	struct link *link;

	(void)condition;
	(void)data;
	if (client < 0 || server < 0) {
		fprintf(stderr, "proxy: no server on port %u\n", server_port);
		exit(1);
	}
	link = g_new0(struct link, 1);
	link->number = links->len + 1;
	link->n_open = 2;
	link->flights = g_ptr_array_new();
	link->line = g_string_new(NULL);
	g_ptr_array_add(links, link);
	n_connected++;
	watch(link, 0, client, server);
	watch(link, 1, server, client);
	return G_SOURCE_CONTINUE;
}

static int listen_at(unsigned port)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	address.sin_port = htons((uint16_t)port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&address, len) != 0 ||
		listen(fd, 16) != 0 ||
		getsockname(fd, (struct sockaddr *)&address, &len) != 0) {
		perror("proxy");
		exit(1);
	}
	printf("%u\n", ntohs(address.sin_port));
	fflush(stdout);
	return fd;
}

static gboolean on_term(void *data)
{
	(void)data;
	write_report();
	g_main_loop_quit(loop);
	return G_SOURCE_CONTINUE;
}

static void usage(void)
{
	fprintf(stderr, "usage: proxy [-l PORT] [-m LIVE] SERVER_PORT DELAY_MS"
		" REPORT [KBIT]\n");
	exit(2);
}

int main(int argc, char **argv)
{
	static struct live unseen;
	unsigned port = 0;
	int option;

	live = &unseen;
	while ((option = getopt(argc, argv, "l:m:")) != -1)
		if (option == 'l')
			port = (unsigned)strtoul(optarg, NULL, 10);
		else if (option != 'm' || (live = live_map(optarg)) == NULL)
			usage();
	argv += optind;
	if (argc - optind != 3 && argc - optind != 4)
		usage();
	server_port = (unsigned)strtoul(argv[0], NULL, 10);
	delay_ms = (unsigned)strtoul(argv[1], NULL, 10);
	report_path = argv[2];
	rate_kbit = argv[3] == NULL ? 0 : (unsigned)strtoul(argv[3], NULL, 10);
	links = g_ptr_array_new();
	loop = g_main_loop_new(NULL, FALSE);
	g_unix_fd_add(listen_at(port), G_IO_IN, on_client, NULL);
	g_unix_signal_add(SIGTERM, on_term, NULL);
	g_main_loop_run(loop);
	return 0;
}
