/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/net/deflate.h"
#include "src/net/stream.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

/* A stream and what happened to it. */
struct end {
	struct stream *stream;
	GString *got;
	unsigned drained, inputs;
	size_t biggest;
	GError *error;
	size_t free_after; /* the stream is freed in input() then; 0: never */
	bool echo;
	bool is_in_call; /* a call to the stream is under way */
	size_t deflate_at; /* in input(): deflate begins behind this octet */
};

static void on_input(struct stream *stream, const char *octets, size_t len,
	void *data)
{
	struct end *end = data;

	g_assert_false(end->is_in_call);
	end->inputs++;
	end->biggest = MAX(end->biggest, len);
	if (end->deflate_at > 0 && end->deflate_at <= len) {
		stream_start_deflate(stream, octets + end->deflate_at,
			len - end->deflate_at);
		len = end->deflate_at;
		end->deflate_at = 0;
	}
	g_string_append_len(end->got, octets, (gssize)len);
	if (end->echo)
		stream_write(stream, octets, len);
	if (end->free_after > 0 && end->got->len >= end->free_after)
		stream_free(&end->stream);
}

static void on_drained(struct stream *stream, void *data)
{
	struct end *end = data;

	g_assert_false(end->is_in_call);
	g_assert_cmpuint(stream_pending_output(stream), ==, 0);
	end->drained++;
}

static void on_closed(struct stream *stream, const GError *error, void *data)
{
	struct end *end = data;

	(void)stream;
	g_assert_null(end->error);
	g_assert_nonnull(error);
	end->error = g_error_copy(error);
}

static const struct stream_ops ops = { on_input, on_drained, on_closed };

static void end_init(struct end *end, int fd)
{
	*end = (struct end){ .got = g_string_new(NULL) };
	end->stream = stream_new(fd, fd, &ops, end);
}

static void end_release(struct end *end)
{
	stream_free(&end->stream);
	g_string_free(end->got, TRUE);
	g_clear_error(&end->error);
}

static void make_pair(int fds[2], int buffer_size)
{
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
	for (int i = 0; i < 2 && buffer_size > 0; i++) {
		setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &buffer_size,
			sizeof(buffer_size));
		setsockopt(fds[i], SOL_SOCKET, SO_RCVBUF, &buffer_size,
			sizeof(buffer_size));
	}
}

static void make_ends(struct end ends[2], int buffer_size)
{
	int fds[2];

	make_pair(fds, buffer_size);
	end_init(&ends[0], fds[0]);
	end_init(&ends[1], fds[1]);
}

#define run_until(condition)                                          \
	while (!(condition))                                          \
		g_main_context_iteration(NULL, TRUE)

static void run_idle(void)
{
	while (g_main_context_iteration(NULL, FALSE))
		;
}

static char *make_noise(size_t len)
{
	GRand *rand = g_rand_new_with_seed(7);
	char *octets = g_malloc(len);

	for (size_t i = 0; i < len; i++)
		octets[i] = (char)(g_rand_int(rand) & (i & 1 ? 0xff : 0x0f));
	g_rand_free(rand);
	return octets;
}

static void test_both_ways(void)
{
	struct end ends[2];

	make_ends(ends, 0);
	ends[1].echo = true;
	stream_write(ends[0].stream, "hello", 5);
	g_assert_cmpuint(stream_pending_output(ends[0].stream), ==, 5);
	run_until(ends[0].got->len == 5);
	g_assert_cmpstr(ends[0].got->str, ==, "hello");
	g_assert_cmpuint(ends[0].drained, ==, 1);
	g_assert_cmpstr(stream_protocol_name(ends[0].stream), ==, "");
	g_assert_false(stream_is_tls(ends[0].stream));
	end_release(&ends[0]);
	run_until(ends[1].error != NULL);
	g_assert_error(ends[1].error, NET_ERROR, NET_ERROR_CLOSED);
	/* Dead, but harmless. */
	stream_write(ends[1].stream, "x", 1);
	run_idle();
	end_release(&ends[1]);
}

static void test_big(void)
{
	enum { SIZE = 3 * 1000 * 1000 };
	struct end ends[2];
	char *noise = make_noise(SIZE);
	uint64_t in, out;

	make_ends(ends, 4096);
	stream_write(ends[0].stream, noise, SIZE);
	stream_write(ends[1].stream, noise, SIZE);
	run_until(ends[0].got->len == SIZE && ends[1].got->len == SIZE);
	g_assert_cmpmem(ends[0].got->str, SIZE, noise, SIZE);
	g_assert_cmpmem(ends[1].got->str, SIZE, noise, SIZE);
	g_assert_cmpuint(ends[0].biggest, <=, 64 * 1024);
	stream_counts(ends[0].stream, &in, &out);
	g_assert_cmpuint(in, ==, SIZE);
	g_assert_cmpuint(out, ==, SIZE);
	run_until(ends[0].drained == 1 && ends[1].drained == 1);
	end_release(&ends[0]);
	end_release(&ends[1]);
	g_free(noise);
}

static void test_cork(void)
{
	struct end end;
	char octets[16];
	int fds[2];

	make_pair(fds, 0);
	end_init(&end, fds[0]);
	stream_cork(end.stream);
	stream_cork(end.stream);
	stream_write(end.stream, "ab", 2);
	run_idle();
	g_assert_cmpint(recv(fds[1], octets, 16, MSG_DONTWAIT), ==, -1);
	stream_write(end.stream, "cd", 2);
	stream_uncork(end.stream);
	g_assert_cmpuint(stream_pending_output(end.stream), ==, 4);
	/* The last one sends at once, but calls nobody. */
	end.is_in_call = true;
	stream_uncork(end.stream);
	end.is_in_call = false;
	g_assert_cmpint(recv(fds[1], octets, 16, MSG_DONTWAIT), ==, 4);
	g_assert_cmpuint(end.drained, ==, 0);
	run_idle();
	g_assert_cmpuint(end.drained, ==, 1);
	end_release(&end);
	close(fds[1]);
}

static void test_pause(void)
{
	struct end ends[2];

	make_ends(ends, 0);
	stream_pause_input(ends[0].stream);
	stream_pause_input(ends[0].stream);
	stream_write(ends[1].stream, "abc", 3);
	run_idle();
	end_release(&ends[1]);
	stream_resume_input(ends[0].stream);
	run_idle();
	g_assert_cmpuint(ends[0].got->len, ==, 0);
	g_assert_no_error(ends[0].error);
	stream_resume_input(ends[0].stream);
	run_until(ends[0].error != NULL);
	g_assert_cmpstr(ends[0].got->str, ==, "abc");
	end_release(&ends[0]);
}

static void test_freed_in_callback(void)
{
	struct end ends[2];

	make_ends(ends, 0);
	ends[0].free_after = 1;
	ends[0].echo = true;
	stream_write(ends[1].stream, "abc", 3);
	run_until(ends[0].stream == NULL);
	run_until(ends[1].error != NULL);
	g_assert_null(ends[0].error);
	end_release(&ends[0]);
	end_release(&ends[1]);
}

/* The server's last words are read although nothing can be sent any more. */
static void test_last_words(void)
{
	struct end end;
	int fds[2];

	make_pair(fds, 0);
	end_init(&end, fds[0]);
	g_assert_cmpint(write(fds[1], "* BYE\r\n", 7), ==, 7);
	close(fds[1]);
	stream_cork(end.stream);
	stream_write(end.stream, "a NOOP\r\n", 8);
	stream_uncork(end.stream);
	g_assert_no_error(end.error);
	run_until(end.error != NULL);
	g_assert_cmpstr(end.got->str, ==, "* BYE\r\n");
	g_assert_error(end.error, NET_ERROR, NET_ERROR_CLOSED);
	end_release(&end);
}

static void test_pipes(void)
{
	struct end end = { .got = g_string_new(NULL) };
	int in[2], out[2];
	char octets[8];

	signal(SIGPIPE, SIG_IGN);
	g_assert_true(g_unix_open_pipe(in, FD_CLOEXEC, NULL));
	g_assert_true(g_unix_open_pipe(out, FD_CLOEXEC, NULL));
	end.stream = stream_new(in[0], out[1], &ops, &end);
	stream_write(end.stream, "out", 3);
	g_assert_cmpint(write(in[1], "in", 2), ==, 2);
	run_until(end.drained == 1 && end.got->len == 2);
	g_assert_cmpint(read(out[0], octets, 8), ==, 3);
	/* Nobody reads, but the other direction stays open: still an end. */
	close(out[0]);
	stream_write(end.stream, "more", 4);
	run_until(end.error != NULL);
	g_assert_error(end.error, NET_ERROR, NET_ERROR_CLOSED);
	end_release(&end);
	close(in[1]);
}

static void test_deflate(void)
{
	enum { SIZE = 1000 * 1000 };
	struct end ends[2];
	char *noise = make_noise(SIZE);
	uint64_t in, out;

	make_ends(ends, 4096);
	for (int i = 0; i < 2; i++)
		stream_start_deflate(ends[i].stream, NULL, 0);
	stream_write(ends[0].stream, "small", 5);
	run_until(ends[1].got->len == 5);
	g_string_truncate(ends[1].got, 0);
	for (int i = 0; i < 2; i++)
		stream_write(ends[i].stream, noise, SIZE);
	run_until(ends[0].got->len == SIZE && ends[1].got->len == SIZE);
	g_assert_cmpmem(ends[0].got->str, SIZE, noise, SIZE);
	g_assert_cmpmem(ends[1].got->str, SIZE, noise, SIZE);
	stream_counts(ends[0].stream, &in, &out);
	g_assert_cmpuint(in, <, SIZE * 9 / 10);
	end_release(&ends[0]);
	end_release(&ends[1]);
	g_free(noise);
}

/* A few octets on the wire become many: still in pieces. */
static void test_deflate_flood(void)
{
	enum { SIZE = 8 * 1000 * 1000 };
	struct end ends[2];
	char *zeros = g_malloc0(SIZE);

	make_ends(ends, 0);
	for (int i = 0; i < 2; i++)
		stream_start_deflate(ends[i].stream, NULL, 0);
	stream_write(ends[0].stream, zeros, SIZE);
	run_until(ends[1].got->len == SIZE);
	g_assert_cmpuint(ends[1].biggest, <=, 64 * 1024);
	end_release(&ends[0]);
	end_release(&ends[1]);
	g_free(zeros);
}

/* Compressed octets that came in one piece with the OK are not lost. */
static void test_deflate_behind_ok(void)
{
	struct deflate *deflate = deflate_new();
	GByteArray *wire = g_byte_array_new();
	struct end end;
	int fds[2];

	make_pair(fds, 0);
	end_init(&end, fds[0]);
	end.deflate_at = 4;
	g_byte_array_append(wire, (const guint8 *)"OK\r\n", 4);
	deflate_compress(deflate, "* 1 EXISTS", 10, wire);
	g_assert_cmpint(write(fds[1], wire->data, wire->len), ==, wire->len);
	run_until(end.got->len == 14);
	g_assert_cmpstr(end.got->str, ==, "OK\r\n* 1 EXISTS");
	end_release(&end);
	close(fds[1]);
	g_byte_array_unref(wire);
	deflate_free(&deflate);
}

static void test_deflate_garbage(void)
{
	struct end ends[2];

	make_ends(ends, 0);
	stream_start_deflate(ends[0].stream, NULL, 0);
	stream_write(ends[1].stream, "\xff\xff\xff\xff\xff", 5);
	run_until(ends[0].error != NULL);
	g_assert_error(ends[0].error, NET_ERROR, NET_ERROR_IO);
	end_release(&ends[0]);
	end_release(&ends[1]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/net/stream/both-ways", test_both_ways);
	g_test_add_func("/net/stream/big", test_big);
	g_test_add_func("/net/stream/cork", test_cork);
	g_test_add_func("/net/stream/pause", test_pause);
	g_test_add_func("/net/stream/freed-in-callback",
		test_freed_in_callback);
	g_test_add_func("/net/stream/last-words", test_last_words);
	g_test_add_func("/net/stream/pipes", test_pipes);
	g_test_add_func("/net/stream/deflate", test_deflate);
	g_test_add_func("/net/stream/deflate-flood", test_deflate_flood);
	g_test_add_func("/net/stream/deflate-behind-ok",
		test_deflate_behind_ok);
	g_test_add_func("/net/stream/deflate-garbage", test_deflate_garbage);
	return g_test_run();
}
