/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "tests/imap/imapd.h"
#include "src/net/deflate.h"
#include "src/session/timing.h"

#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

struct peer {
	struct imapd *imapd;
	unsigned number;
	int fd; /* -1 once closed */
	guint source;
	GString *heard;
	struct deflate *deflate; /* NULL without */
	size_t n_taken;
};

struct imapd {
	GPtrArray *peers;
	bool refuses;
	bool is_tcp; /* else a socket pair */
	const struct imapd_ops *next; /* serves after the cut */
	void *next_data;
	bool was_cut;
	unsigned cut_number; /* 0: no connection is to be cut */
	size_t cut_after;
};

static void hang_up(struct peer *peer)
{
	source_clear(&peer->source);
	if (peer->fd >= 0)
		close(peer->fd);
	peer->fd = -1;
}

static void hear(struct peer *peer, const char *octets, size_t len)
{
	char inflated[4096];
	ssize_t n;

	if (peer->deflate == NULL) {
		g_string_append_len(peer->heard, octets, (gssize)len);
		return;
	}
	deflate_feed(peer->deflate, octets, len);
	while ((n = deflate_read(peer->deflate, inflated, sizeof(inflated),
		NULL)) > 0)
		g_string_append_len(peer->heard, inflated, n);
}

/* As many octets as it may hear. */
static size_t room(const struct peer *peer, size_t max)
{
	const struct imapd *imapd = peer->imapd;

	if (imapd->was_cut || imapd->cut_number != peer->number)
		return max;
	size_t heard = peer->n_taken + peer->heard->len;

	if (heard >= imapd->cut_after)
		return 0;
	/* How many there are in a compressed one shows afterwards. */
	return peer->deflate != NULL ? 1 :
		MIN(max, imapd->cut_after - heard);
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data)
{
	struct peer *peer = data;
	struct imapd *imapd = peer->imapd;
	bool is_served = imapd->was_cut;
	char octets[4096];
	ssize_t n = read(fd, octets, room(peer, sizeof(octets)));

	(void)condition;
	if (n <= 0) {
		peer->source = 0;
		hang_up(peer);
		return G_SOURCE_REMOVE;
	}
	hear(peer, octets, (size_t)n);
	if (is_served)
		imapd->next->heard(peer->number, peer->heard,
			imapd->next_data);
	else if (room(peer, 1) == 0)
		imapd_cut(imapd);
	return peer->source != 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Two ends of a TCP connection by the loopback interface. */
static int make_tcp_pair(int fds[2])
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	g_assert_cmpint(bind(listener, (struct sockaddr *)&address, len), ==, 0);
	g_assert_cmpint(listen(listener, 1), ==, 0);
	getsockname(listener, (struct sockaddr *)&address, &len);
	fds[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(connect(fds[1], (struct sockaddr *)&address, len), ==,
		0);
	fds[0] = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	close(listener);
	return fds[0] >= 0 ? 0 : -1;
}

static int make_pair(const struct imapd *imapd, int fds[2])
{
	return imapd->is_tcp ? make_tcp_pair(fds) : socketpair(AF_UNIX,
		SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds);
}

static int connect_here(const char *host, unsigned port, void *data)
{
	struct imapd *imapd = data;
	struct peer *peer;
	int fds[2];

	(void)host;
	(void)port;
	if (imapd->refuses || make_pair(imapd, fds) != 0)
		return -1;
	peer = g_new0(struct peer, 1);
	peer->imapd = imapd;
	peer->number = imapd->peers->len + 1;
	peer->fd = fds[0];
	peer->heard = g_string_new(NULL);
	peer->source = g_unix_fd_add(peer->fd, G_IO_IN | G_IO_HUP,
		on_readable, peer);
	g_ptr_array_add(imapd->peers, peer);
	if (imapd->was_cut)
		imapd->next->connected(peer->number, imapd->next_data);
	return fds[1];
}

static void peer_free(gpointer data)
{
	struct peer *peer = data;

	hang_up(peer);
	deflate_free(&peer->deflate);
	g_string_free(peer->heard, TRUE);
	g_free(peer);
}

struct imapd *imapd_new(void)
{
	struct imapd *imapd = g_new0(struct imapd, 1);

	imapd->peers = g_ptr_array_new_with_free_func(peer_free);
	session_set_connector(connect_here, imapd);
	return imapd;
}

void imapd_free(struct imapd **imapd)
{
	session_set_connector(NULL, NULL);
	g_ptr_array_unref((*imapd)->peers);
	g_free(*imapd);
	*imapd = NULL;
}

unsigned imapd_n_connections(const struct imapd *imapd)
{
	return imapd->peers->len;
}

void imapd_refuse(struct imapd *imapd, bool refuses)
{
	imapd->refuses = refuses;
}

void imapd_use_tcp(struct imapd *imapd)
{
	imapd->is_tcp = true;
}

static struct peer *peer_at(const struct imapd *imapd, unsigned number)
{
	return number >= 1 && number <= imapd->peers->len ?
		g_ptr_array_index(imapd->peers, number - 1) : NULL;
}

void imapd_deflate(struct imapd *imapd, unsigned number)
{
	peer_at(imapd, number)->deflate = deflate_new();
}

static void send_raw(const struct peer *peer, const char *octets, size_t len)
{
	while (len > 0 && peer->fd >= 0) {
		ssize_t n = send(peer->fd, octets, len, MSG_NOSIGNAL);

		if (n > 0) {
			octets += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			/* The client reads in this same loop. */
			g_main_context_iteration(NULL, FALSE);
		} else {
			return; /* it has gone */
		}
	}
}

void imapd_send(struct imapd *imapd, unsigned number, const char *octets,
	size_t len)
{
	struct peer *peer = peer_at(imapd, number);
	GByteArray *deflated;

	if (peer->deflate == NULL) {
		send_raw(peer, octets, len);
		return;
	}
	deflated = g_byte_array_new();
	deflate_compress(peer->deflate, octets, len, deflated);
	send_raw(peer, (const char *)deflated->data, deflated->len);
	g_byte_array_unref(deflated);
}

bool imapd_has_line(const struct imapd *imapd, unsigned number)
{
	const struct peer *peer = peer_at(imapd, number);

	return peer != NULL && strstr(peer->heard->str, "\r\n") != NULL;
}

char *imapd_take_line(struct imapd *imapd, unsigned number)
{
	struct peer *peer = peer_at(imapd, number);

	if (!imapd_has_line(imapd, number))
		return NULL;
	const char *end = strstr(peer->heard->str, "\r\n");
	gsize len = (gsize)(end - peer->heard->str);
	char *line = g_strndup(peer->heard->str, len);

	g_string_erase(peer->heard, 0, (gssize)len + 2);
	peer->n_taken += len + 2;
	return line;
}

bool imapd_is_closed(const struct imapd *imapd, unsigned number)
{
	const struct peer *peer = peer_at(imapd, number);

	return peer != NULL && peer->fd < 0 && peer->heard->len == 0;
}

void imapd_drop(struct imapd *imapd, unsigned number)
{
	hang_up(peer_at(imapd, number));
}

/* --- cut off -------------------------------------------------------------- */

void imapd_serve_next(struct imapd *imapd, const struct imapd_ops *ops,
	void *data)
{
	imapd->next = ops;
	imapd->next_data = data;
}

void imapd_cut(struct imapd *imapd)
{
	imapd->was_cut = true;
	imapd->refuses = false;
	for (guint i = 0; i < imapd->peers->len; i++)
		hang_up(g_ptr_array_index(imapd->peers, i));
}

void imapd_cut_after(struct imapd *imapd, unsigned number, size_t n_heard)
{
	imapd->cut_number = number;
	imapd->cut_after = n_heard;
}

bool imapd_was_cut(const struct imapd *imapd)
{
	return imapd->was_cut;
}

size_t imapd_n_taken(const struct imapd *imapd, unsigned number)
{
	const struct peer *peer = peer_at(imapd, number);

	return peer != NULL ? peer->n_taken : 0;
}
