/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Non-blocking bytes over layers: a socket (or any pair of descriptors), then
 * TLS, then deflate. The stream owns the watch on the descriptor and calls its
 * owner when it may act; it never reads ahead of the owner by more than one
 * buffer and never blocks.
 *
 * Re-entrancy: callbacks run from the main loop only, never before the call
 * that led to them returned. A callback may close and free the stream.
 */
#ifndef CULVER_NET_STREAM_H
#define CULVER_NET_STREAM_H

#include "src/base/base.h"

struct stream;
struct tls_config;
struct tls_peer;

struct stream_ops {
	/*
	 * Octets came in: at most 64 KiB a call, after which the loop turns.
	 * They are the stream's, valid until return.
	 */
	void (*input)(struct stream *stream, const char *octets, size_t len,
		void *data);
	/* Everything that was written has left the process. May be NULL. */
	void (*drained)(struct stream *stream, void *data);
	/*
	 * The end, once: error says why (NET_ERROR_CLOSED for an orderly one).
	 * The stream is dead afterwards; the owner frees it.
	 */
	void (*closed)(struct stream *stream, const GError *error, void *data);
};

/* Takes ownership of the descriptor(s); fd_in and fd_out may be the same. */
struct stream *stream_new(int fd_in, int fd_out, const struct stream_ops *ops, void *data);
/* Closes; no callback runs any more. Sets *stream to NULL; NULL is fine. */
void stream_free(struct stream **stream);

/* Queues octets (copied). Sent when the loop turns, or at once when corked
 * output is released. After closed() this does nothing. */
void stream_write(struct stream *stream, const char *octets, size_t len);
/* Collects writes until stream_uncork(), so that a flight is one TLS record
 * and one packet where it fits. Nests. */
void stream_cork(struct stream *stream);
void stream_uncork(struct stream *stream);
/* Octets queued and not yet sent. */
size_t stream_pending_output(const struct stream *stream);
/* Back pressure: no input() until resumed. Nests. */
void stream_pause_input(struct stream *stream);
void stream_resume_input(struct stream *stream);

typedef void stream_tls_done_fn(struct stream *stream, const GError *error, void *data);
/*
 * Begins TLS over what is there. Fails when octets that came in before have
 * not been taken (response injection, RFC 9051 11.1): the caller has stopped
 * reading and passes what its own parser still holds as unread. done runs
 * once, with NULL or an error; a refused certificate is asked about by the
 * config's callback first. Until done, no input() and writes are held. After
 * an error the stream is dead, as if closed() had been called; it is not.
 */
void stream_start_tls(struct stream *stream, struct tls_config *config,
	size_t unread, stream_tls_done_fn *done, void *data);
/*
 * Begins raw deflate both ways (RFC 4978). What came in before and was not
 * taken by the caller is compressed already: it gives it back.
 */
void stream_start_deflate(struct stream *stream, const char *unread,
	size_t len);
bool stream_is_tls(const struct stream *stream);
/* TLS with a peer that was trusted or pinned, not just waved through. */
bool stream_is_verified(const struct stream *stream);
/*
 * What log-in may be bound to (RFC 5056): *name_out is "tls-exporter" (RFC
 * 9266) for TLS 1.3, "tls-unique" (RFC 5929) for TLS 1.2 with an extended
 * master secret; static. The octets are the caller's; NULL: none is to be had.
 */
GBytes *stream_channel_binding(const struct stream *stream,
	const char **name_out);
/* The TLS session went on from a former one, at less cost. */
bool stream_is_resumed(const struct stream *stream);
/* "TLS 1.3", "" when in the clear; static. */
const char *stream_protocol_name(const struct stream *stream);
/* All that was written has reached the system of the peer. False where that
 * cannot be told: through a tunnel it never can, through a proxy it is the
 * proxy's word. */
bool stream_is_acknowledged(const struct stream *stream);
/* Octets on the wire so far. */
void stream_counts(const struct stream *stream, uint64_t *in_out, uint64_t *out_out);

#endif
