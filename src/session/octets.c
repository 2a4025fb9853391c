/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/session/octets.h"
#include "src/base/error.h"
#include "src/base/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { PIECE_MAX = 32 * 1024 };

struct octets {
	GBytes *bytes;      /* NULL: of a file */
	char *path;
	struct worker *worker;
	uint64_t at;        /* of the next piece */
	guint source;       /* an answer without the worker */
	octets_ready_fn *ready;
	octets_piece_fn *piece;
	void *data;
	/* The worker's while it is busy: */
	int fd;
	int error_number;
	uint64_t size;
	bool has_nul, has_8bit_header;
	unsigned newlines;  /* "\n" and "\r\n" in a row; 2: behind the header */
	char *buffer;
	size_t len;
};

/* --- life ---------------------------------------------------------------- */

struct octets *octets_from_bytes(GBytes *bytes)
{
	struct octets *octets = g_new0(struct octets, 1);

	octets->bytes = g_bytes_ref(bytes);
	octets->fd = -1;
	return octets;
}

struct octets *octets_from_file(const char *path, int fd)
{
	struct octets *octets = g_new0(struct octets, 1);

	octets->path = g_strdup(path);
	octets->fd = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
	octets->worker = worker_new("octets");
	octets->buffer = g_malloc(PIECE_MAX);
	return octets;
}

void octets_free(struct octets **octetsp)
{
	struct octets *octets = *octetsp;

	if (octets == NULL)
		return;
	*octetsp = NULL;
	source_clear(&octets->source);
	if (octets->worker != NULL)
		worker_free(&octets->worker);
	if (octets->bytes != NULL)
		g_bytes_unref(octets->bytes);
	if (octets->fd >= 0)
		close(octets->fd);
	g_free(octets->buffer);
	g_free(octets->path);
	g_free(octets);
}

/* --- what is in it ------------------------------------------------------- */

static void note(struct octets *octets, const char *piece, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)piece[i];

		octets->has_nul = octets->has_nul || c == '\0';
		if (octets->newlines >= 2)
			continue;
		octets->has_8bit_header = octets->has_8bit_header || c >= 0x80;
		if (c != '\r')
			octets->newlines = c == '\n' ?
				octets->newlines + 1 : 0;
	}
	octets->size += len;
}

static bool read_piece(struct octets *octets, uint64_t at)
{
	ssize_t n;

	do {
		n = pread(octets->fd, octets->buffer, PIECE_MAX, (off_t)at);
	} while (n < 0 && errno == EINTR);
	octets->len = n < 0 ? 0 : (size_t)n;
	if (n < 0)
		octets->error_number = errno;
	return n > 0;
}

static void run_look(void *data)
{
	struct octets *octets = data;

	if (octets->fd < 0)
		octets->fd = open(octets->path, O_RDONLY | O_CLOEXEC);
	if (octets->fd < 0) {
		octets->error_number = errno;
		return;
	}
	while (read_piece(octets, octets->size))
		note(octets, octets->buffer, octets->len);
}

static void tell_ready(void *data)
{
	struct octets *octets = data;
	GError *error = NULL;

	if (octets->error_number != 0)
		error = g_error_new(NET_ERROR, NET_ERROR_IO,
			"cannot read '%s': %s", octets->path,
			g_strerror(octets->error_number));
	octets->ready(error, octets->data);
	g_clear_error(&error);
}

static gboolean look_at_bytes(gpointer data)
{
	struct octets *octets = data;
	gsize len;
	const char *bytes = g_bytes_get_data(octets->bytes, &len);

	octets->source = 0;
	note(octets, bytes, len);
	tell_ready(octets);
	return G_SOURCE_REMOVE;
}

void octets_look_through(struct octets *octets, octets_ready_fn *ready,
	void *data)
{
	octets->ready = ready;
	octets->data = data;
	octets->size = 0;
	octets->newlines = 0;
	if (octets->bytes != NULL)
		octets->source = g_timeout_add(0, look_at_bytes, octets);
	else
		worker_push(octets->worker, run_look, tell_ready, octets);
}

uint64_t octets_size(const struct octets *octets)
{
	return octets->size;
}

bool octets_have_nul(const struct octets *octets)
{
	return octets->has_nul;
}

bool octets_have_8bit_header(const struct octets *octets)
{
	return octets->has_8bit_header;
}

/* --- giving them --------------------------------------------------------- */

static void run_pull(void *data)
{
	struct octets *octets = data;

	read_piece(octets, octets->at);
}

static void give(void *data)
{
	struct octets *octets = data;

	octets->at += octets->len;
	octets->piece(octets->buffer, octets->len, octets->data);
}

static gboolean give_bytes(gpointer data)
{
	struct octets *octets = data;
	gsize len;
	const char *bytes = g_bytes_get_data(octets->bytes, &len);
	size_t n = (size_t)MIN(len - octets->at, (uint64_t)PIECE_MAX);

	octets->source = 0;
	bytes += octets->at;
	octets->at += n;
	octets->piece(bytes, n, octets->data);
	return G_SOURCE_REMOVE;
}

void octets_pull(struct octets *octets, octets_piece_fn *piece, void *data)
{
	octets->piece = piece;
	octets->data = data;
	if (octets->bytes != NULL)
		octets->source = g_timeout_add(0, give_bytes, octets);
	else
		worker_push(octets->worker, run_pull, give, octets);
}

void octets_rewind(struct octets *octets)
{
	octets->at = 0;
}
