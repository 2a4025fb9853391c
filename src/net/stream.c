/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One connection's octets. On the way out: what is written is collected, then
 * deflated, then made records, then sent when the descriptor takes it. On the
 * way in the same layers backwards, one bounded piece a turn of the loop. What
 * GnuTLS or zlib hold back is fetched by an extra source, as the descriptor
 * will not tell of it.
 *
 * Every dispatch holds a reference, so that the owner may free the stream in
 * any callback.
 */
#include "src/base/base.h"
#include "src/net/stream.h"

#include "src/base/error.h"
#include "src/net/deflate.h"
#include "src/net/tcp.h"
#include "src/net/tls-session.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

enum {
	INPUT_MAX = 64 * 1024,  /* a dispatch */
	OUTPUT_MAX = 64 * 1024, /* a dispatch */
	SEND_MAX = 16 * 1024,   /* a record */
};

enum phase {
	PHASE_OPEN,
	PHASE_HANDSHAKE,
	PHASE_VERIFY, /* of the TLS peer */
	PHASE_DEAD,   /* closed() or a failed TLS done was called */
};

struct stream {
	unsigned refs; /* the owner's and one for each dispatch under way */
	bool is_freed; /* by its owner: no callback any more */
	enum phase phase;
	int fd_in, fd_out;
	bool is_socket; /* fd_out */
	bool is_full;   /* the peer takes no more for now */
	int wire_errno; /* why a descriptor failed; 0 */
	struct stream_ops ops;
	void *data;

	struct tls_session *tls;  /* NULL in the clear */
	struct deflate *deflate;  /* NULL without */
	stream_tls_done_fn *tls_done;
	void *tls_data;

	char *input;       /* INPUT_MAX octets */
	GError *read_error;  /* to be told after the input before it */
	unsigned paused;

	GByteArray *plain; /* to be deflated */
	GByteArray *out;   /* to be sent, from out_at on */
	size_t out_at;
	unsigned corked;
	bool is_drain_due;   /* drained() has to be called */
	GError *write_error; /* nothing is sent any more */

	guint in_watch, out_watch, again;
	uint64_t in_count, out_count;
};

static void update_watches(struct stream *stream);

/* --- life ------------------------------------------------------------------ */

static void unref_stream(struct stream *stream)
{
	if (--stream->refs > 0)
		return;
	deflate_free(&stream->deflate);
	g_clear_error(&stream->read_error);
	g_clear_error(&stream->write_error);
	g_byte_array_unref(stream->plain);
	g_byte_array_unref(stream->out);
	g_free(stream->input);
	g_free(stream);
}

static bool is_socket(int fd)
{
	int type;
	socklen_t len = sizeof(type);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0;
}

struct stream *stream_new(int fd_in, int fd_out, const struct stream_ops *ops,
	void *data)
{
	struct stream *stream = g_new0(struct stream, 1);

	stream->refs = 1;
	stream->fd_in = fd_in;
	stream->fd_out = fd_out;
	stream->is_socket = is_socket(fd_out);
	stream->ops = *ops;
	stream->data = data;
	stream->input = g_malloc(INPUT_MAX);
	stream->plain = g_byte_array_new();
	stream->out = g_byte_array_new();
	g_unix_set_fd_nonblocking(fd_in, TRUE, NULL);
	if (fd_out != fd_in)
		g_unix_set_fd_nonblocking(fd_out, TRUE, NULL);
	update_watches(stream);
	return stream;
}

void stream_free(struct stream **streamp)
{
	struct stream *stream = *streamp;

	if (stream == NULL)
		return;
	*streamp = NULL;
	stream->is_freed = true;
	stream->phase = PHASE_DEAD;
	update_watches(stream);
	tls_session_free(&stream->tls);
	if (stream->fd_out != stream->fd_in)
		close(stream->fd_out);
	close(stream->fd_in);
	unref_stream(stream);
}

/* The end: the owner is told once, by whichever callback waits for it. */
static void fail(struct stream *stream, const GError *error)
{
	stream_tls_done_fn *tls_done = stream->tls_done;

	stream->phase = PHASE_DEAD;
	stream->tls_done = NULL;
	update_watches(stream);
	if (stream->is_freed)
		return;
	if (tls_done != NULL)
		tls_done(stream, error, stream->tls_data);
	else
		stream->ops.closed(stream, error, stream->data);
}

/* --- descriptors ----------------------------------------------------------- */

static bool would_block(int err)
{
	return err == EAGAIN || err == EWOULDBLOCK;
}

static void note_errno(struct stream *stream, ssize_t n)
{
	if (n < 0 && !would_block(errno))
		stream->wire_errno = errno;
}

static ssize_t raw_read(void *data, void *octets, size_t len)
{
	struct stream *stream = data;
	ssize_t n;

	do {
		n = read(stream->fd_in, octets, len);
	} while (n < 0 && errno == EINTR);
	if (n > 0)
		stream->in_count += (uint64_t)n;
	note_errno(stream, n);
	return n;
}

static ssize_t raw_write(void *data, const void *octets, size_t len)
{
	struct stream *stream = data;
	ssize_t n;

	do {
		n = stream->is_socket
			? send(stream->fd_out, octets, len, MSG_NOSIGNAL)
			: write(stream->fd_out, octets, len);
	} while (n < 0 && errno == EINTR);
	if (n > 0)
		stream->out_count += (uint64_t)n;
	note_errno(stream, n);
	return n;
}

static bool is_readable(void *data)
{
	struct stream *stream = data;
	struct pollfd fd = { .fd = stream->fd_in, .events = POLLIN };

	return poll(&fd, 1, 0) > 0;
}

static const struct tls_transport transport = {
	.pull = raw_read,
	.push = raw_write,
	.ready = is_readable,
};

static void set_io_error(int err, GError **error)
{
	switch (err) {
	case 0:
	case EPIPE:
	case ECONNRESET:
		g_set_error(error, NET_ERROR, NET_ERROR_CLOSED,
			"the server closed the connection");
		break;
	case ETIMEDOUT:
		g_set_error(error, NET_ERROR, NET_ERROR_TIMEOUT,
			"the server does not answer any more");
		break;
	default:
		g_set_error(error, NET_ERROR, NET_ERROR_IO,
			"the connection broke: %s", g_strerror(err));
	}
}

/* TLS only knows that the descriptor failed; why is known here. */
static ssize_t explain_tls(const struct stream *stream, ssize_t n,
	GError **error)
{
	if (n < 0 && stream->wire_errno != 0) {
		g_clear_error(error);
		set_io_error(stream->wire_errno, error);
	}
	return n;
}

/* --- input ----------------------------------------------------------------- */

/* From the descriptor or from TLS: octets, 0 to wait, -1 with error. */
static ssize_t read_wire(struct stream *stream, char *octets, size_t len,
	GError **error)
{
	ssize_t n;

	if (stream->tls != NULL)
		return explain_tls(stream, tls_session_receive(stream->tls,
			octets, len, error), error);
	n = raw_read(stream, octets, len);
	if (n > 0)
		return n;
	if (n < 0 && would_block(errno))
		return 0;
	set_io_error(n == 0 ? 0 : errno, error);
	return -1;
}

/* As read_wire(), but a fault behind some octets is kept for the next turn. */
static ssize_t read_wire_fully(struct stream *stream, char *octets, size_t len,
	GError **error)
{
	size_t total = 0;

	if (stream->read_error != NULL) {
		g_propagate_error(error, g_steal_pointer(&stream->read_error));
		return -1;
	}
	while (total < len) {
		ssize_t n = read_wire(stream, octets + total, len - total,
			&stream->read_error);

		if (n < 0 && total == 0) {
			g_propagate_error(error,
				g_steal_pointer(&stream->read_error));
			return -1;
		}
		if (n <= 0)
			break;
		total += (size_t)n;
		/* Without TLS one read gave what there was. */
		if (stream->tls == NULL)
			break;
	}
	return (ssize_t)total;
}

static ssize_t read_layers(struct stream *stream, GError **error)
{
	ssize_t n;

	if (stream->deflate == NULL)
		return read_wire_fully(stream, stream->input, INPUT_MAX, error);
	if (!deflate_has_pending(stream->deflate)) {
		n = read_wire_fully(stream, stream->input, INPUT_MAX, error);
		if (n <= 0)
			return n;
		deflate_feed(stream->deflate, stream->input, (size_t)n);
	}
	return deflate_read(stream->deflate, stream->input, INPUT_MAX, error);
}

static bool has_held_input(const struct stream *stream)
{
	return stream->read_error != NULL || stream->write_error != NULL ||
		(stream->deflate != NULL &&
			deflate_has_pending(stream->deflate)) ||
		(stream->tls != NULL && tls_session_has_pending(stream->tls));
}

static void deliver_input(struct stream *stream)
{
	GError *error = NULL;
	ssize_t n = read_layers(stream, &error);

	/* A failed write is told when all that the server said is read: its
	 * last words explain it. */
	if (n == 0 && stream->write_error != NULL &&
		(stream->deflate == NULL ||
			!deflate_has_pending(stream->deflate))) {
		error = g_steal_pointer(&stream->write_error);
		n = -1;
	}
	if (n > 0) {
		stream->ops.input(stream, stream->input, (size_t)n,
			stream->data);
	} else if (n < 0) {
		fail(stream, error);
	}
	g_clear_error(&error);
}

/* --- output ---------------------------------------------------------------- */

size_t stream_pending_output(const struct stream *stream)
{
	return stream->plain->len + stream->out->len - stream->out_at;
}

static void consume_output(struct stream *stream, size_t n)
{
	stream->out_at += n;
	if (stream->out_at == stream->out->len) {
		g_byte_array_set_size(stream->out, 0);
		stream->out_at = 0;
	} else if (stream->out_at >= OUTPUT_MAX) {
		g_byte_array_remove_range(stream->out, 0,
			(guint)stream->out_at);
		stream->out_at = 0;
	}
}

static void deflate_output(struct stream *stream)
{
	size_t n = MIN(stream->plain->len, OUTPUT_MAX);

	if (n == 0 || stream->out->len > 0)
		return;
	deflate_compress(stream->deflate, (char *)stream->plain->data, n,
		stream->out);
	g_byte_array_remove_range(stream->plain, 0, (guint)n);
}

static ssize_t send_some(struct stream *stream, GError **error)
{
	const char *octets = (char *)stream->out->data + stream->out_at;
	size_t len = MIN(stream->out->len - stream->out_at, SEND_MAX);
	ssize_t n;

	if (stream->tls != NULL)
		return explain_tls(stream, tls_session_send(stream->tls,
			octets, len, error), error);
	n = raw_write(stream, octets, len);
	if (n >= 0)
		return n;
	if (would_block(errno))
		return 0;
	set_io_error(errno, error);
	return -1;
}

static void discard_output(struct stream *stream)
{
	g_byte_array_set_size(stream->plain, 0);
	g_byte_array_set_size(stream->out, 0);
	stream->out_at = 0;
	stream->is_drain_due = false;
}

/* What cannot be sent at once waits for a slow peer, not for a dead one. */
static void note_full(struct stream *stream, bool is_full)
{
	if (stream->is_full == is_full)
		return;
	stream->is_full = is_full;
	tcp_note_full(stream->fd_out, is_full);
}

static void flush_output(struct stream *stream)
{
	size_t sent = 0;

	while (sent < OUTPUT_MAX) {
		ssize_t n;

		if (stream->deflate != NULL)
			deflate_output(stream);
		if (stream->out->len == 0) {
			note_full(stream, false);
			break;
		}
		n = send_some(stream, &stream->write_error);
		if (n == 0)
			note_full(stream, true);
		if (n < 0)
			discard_output(stream);
		if (n <= 0)
			break;
		consume_output(stream, (size_t)n);
		sent += (size_t)n;
	}
}

static bool may_send(const struct stream *stream)
{
	return stream->phase == PHASE_OPEN && stream->corked == 0 &&
		stream->write_error == NULL;
}

static void deliver_drained(struct stream *stream)
{
	if (!stream->is_drain_due || stream_pending_output(stream) > 0)
		return;
	stream->is_drain_due = false;
	if (stream->ops.drained != NULL)
		stream->ops.drained(stream, stream->data);
}

void stream_write(struct stream *stream, const char *octets, size_t len)
{
	if (stream->phase == PHASE_DEAD || stream->write_error != NULL ||
		len == 0)
		return;
	g_byte_array_append(stream->deflate != NULL ? stream->plain
						    : stream->out,
		(const guint8 *)octets, (guint)len);
	stream->is_drain_due = true;
	update_watches(stream);
}

void stream_cork(struct stream *stream)
{
	stream->corked++;
	update_watches(stream);
}

void stream_uncork(struct stream *stream)
{
	g_assert(stream->corked > 0);
	stream->corked--;
	if (may_send(stream))
		flush_output(stream);
	update_watches(stream);
}

/* --- TLS ------------------------------------------------------------------- */

static void tls_verified(const GError *error, void *data)
{
	struct stream *stream = data;
	stream_tls_done_fn *done = stream->tls_done;

	stream->refs++;
	if (error != NULL) {
		fail(stream, error);
	} else {
		stream->phase = PHASE_OPEN;
		stream->tls_done = NULL;
		done(stream, NULL, stream->tls_data);
		update_watches(stream);
	}
	unref_stream(stream);
}

static void go_on_with_handshake(struct stream *stream)
{
	GError *error = NULL;

	switch (tls_session_handshake(stream->tls, &error)) {
	case TLS_STEP_WAIT:
		break;
	case TLS_STEP_DONE:
		stream->phase = PHASE_VERIFY;
		tls_session_verify(stream->tls, tls_verified, stream);
		break;
	case TLS_STEP_FAILED:
		fail(stream, error);
	}
	g_clear_error(&error);
}

void stream_start_tls(struct stream *stream, struct tls_config *config,
	size_t unread, stream_tls_done_fn *done, void *data)
{
	g_assert(stream->phase == PHASE_OPEN && stream->tls == NULL &&
		stream->deflate == NULL);
	stream->tls_done = done;
	stream->tls_data = data;
	stream->phase = PHASE_HANDSHAKE;
	if (unread > 0 && stream->read_error == NULL)
		g_set_error(&stream->read_error, TLS_ERROR,
			TLS_ERROR_INJECTION,
			"'%s' sent %" G_GSIZE_FORMAT " octets in the clear "
			"behind its answer to STARTTLS: "
			"somebody may be tampering with the connection",
			config->host, unread);
	if (stream->read_error == NULL)
		stream->tls = tls_session_new(config, &transport, stream,
			&stream->read_error);
	update_watches(stream);
}

bool stream_is_tls(const struct stream *stream)
{
	return stream->tls != NULL && stream->phase == PHASE_OPEN;
}

bool stream_is_verified(const struct stream *stream)
{
	return stream_is_tls(stream) && tls_session_is_verified(stream->tls);
}

GBytes *stream_channel_binding(const struct stream *stream,
	const char **name_out)
{
	*name_out = NULL;
	return stream_is_tls(stream) ?
		tls_session_channel_binding(stream->tls, name_out) : NULL;
}

bool stream_is_resumed(const struct stream *stream)
{
	return stream_is_tls(stream) && tls_session_is_resumed(stream->tls);
}

const char *stream_protocol_name(const struct stream *stream)
{
	return stream->tls != NULL ? tls_session_protocol(stream->tls) : "";
}

/* --- deflate --------------------------------------------------------------- */

void stream_start_deflate(struct stream *stream, const char *unread,
	size_t len)
{
	g_assert(stream->deflate == NULL);
	stream->deflate = deflate_new();
	deflate_feed(stream->deflate, unread, len);
	update_watches(stream);
}

/* --- the loop -------------------------------------------------------------- */

static void dispatch(struct stream *stream)
{
	stream->refs++;
	if (stream->phase == PHASE_HANDSHAKE && stream->read_error != NULL) {
		GError *error = g_steal_pointer(&stream->read_error);

		fail(stream, error);
		g_error_free(error);
	} else if (stream->phase == PHASE_HANDSHAKE) {
		go_on_with_handshake(stream);
	} else if (stream->phase == PHASE_OPEN && stream->paused == 0) {
		deliver_input(stream);
	}
	update_watches(stream);
	unref_stream(stream);
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data)
{
	(void)fd;
	(void)condition;
	dispatch(data);
	return G_SOURCE_CONTINUE;
}

static gboolean on_held_input(gpointer data)
{
	dispatch(data);
	return G_SOURCE_CONTINUE;
}

static gboolean on_writable(gint fd, GIOCondition condition, gpointer data)
{
	struct stream *stream = data;

	(void)fd;
	(void)condition;
	if (stream->phase == PHASE_HANDSHAKE) {
		dispatch(stream);
		return G_SOURCE_CONTINUE;
	}
	stream->refs++;
	if (may_send(stream)) {
		flush_output(stream);
		deliver_drained(stream);
	}
	update_watches(stream);
	unref_stream(stream);
	return G_SOURCE_CONTINUE;
}

static void set_watch(guint *id, bool is_wanted, int fd, GIOCondition condition,
	GUnixFDSourceFunc fn, struct stream *stream)
{
	if (!is_wanted)
		source_clear(id);
	else if (*id == 0)
		*id = g_unix_fd_add(fd, condition, fn, stream);
}

static void update_watches(struct stream *stream)
{
	bool in = false, out = false, again = false;

	if (stream->phase == PHASE_OPEN) {
		in = stream->paused == 0;
		out = may_send(stream) && (stream->is_drain_due ||
			stream_pending_output(stream) > 0);
		again = in && has_held_input(stream);
	} else if (stream->phase == PHASE_HANDSHAKE) {
		again = stream->read_error != NULL;
		/* The handshake begins with our words. */
		out = !again && tls_session_wants_write(stream->tls);
		in = !again && !out;
	}
	set_watch(&stream->in_watch, in, stream->fd_in,
		G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, stream);
	set_watch(&stream->out_watch, out, stream->fd_out,
		G_IO_OUT | G_IO_HUP | G_IO_ERR, on_writable, stream);
	if (!again)
		source_clear(&stream->again);
	else if (stream->again == 0)
		stream->again = g_idle_add_full(G_PRIORITY_DEFAULT,
			on_held_input, stream, NULL);
}

void stream_pause_input(struct stream *stream)
{
	stream->paused++;
	update_watches(stream);
}

void stream_resume_input(struct stream *stream)
{
	g_assert(stream->paused > 0);
	stream->paused--;
	update_watches(stream);
}

bool stream_is_acknowledged(const struct stream *stream)
{
	return stream_pending_output(stream) == 0 &&
		tcp_is_acknowledged(stream->fd_out);
}

void stream_counts(const struct stream *stream, uint64_t *in_out,
	uint64_t *out_out)
{
	*in_out = stream->in_count;
	*out_out = stream->out_count;
}
