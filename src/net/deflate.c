/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/net/deflate.h"

#include "src/base/error.h"

#include <zlib.h>

/* Raw deflate with the largest window: a peer may use all of it. */
enum { WINDOW_BITS = 15, MEMORY_LEVEL = 8, CHUNK = 16 * 1024 };

struct deflate {
	z_stream out, in;
	GByteArray *fed;  /* compressed input */
	size_t fed_at;    /* of it that was inflated */
	bool has_more;    /* the inflater filled its last output */
};

struct deflate *deflate_new(void)
{
	struct deflate *deflate = g_new0(struct deflate, 1);

	deflate->fed = g_byte_array_new();
	if (deflateInit2(&deflate->out, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
		-WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK ||
		inflateInit2(&deflate->in, -WINDOW_BITS) != Z_OK)
		g_error("zlib: out of memory");
	return deflate;
}

void deflate_free(struct deflate **deflatep)
{
	struct deflate *deflate = *deflatep;

	if (deflate == NULL)
		return;
	*deflatep = NULL;
	deflateEnd(&deflate->out);
	inflateEnd(&deflate->in);
	g_byte_array_unref(deflate->fed);
	g_free(deflate);
}

void deflate_compress(struct deflate *deflater, const char *octets, size_t len,
	GByteArray *out)
{
	z_stream *z = &deflater->out;
	Bytef chunk[CHUNK];

	g_assert(len < G_MAXUINT32);
	z->next_in = (Bytef *)(uintptr_t)octets;
	z->avail_in = (uInt)len;
	do {
		z->next_out = chunk;
		z->avail_out = sizeof(chunk);
		deflate(z, Z_SYNC_FLUSH);
		g_byte_array_append(out, chunk,
			(guint)(sizeof(chunk) - z->avail_out));
	} while (z->avail_out == 0);
}

void deflate_feed(struct deflate *deflate, const char *octets, size_t len)
{
	if (deflate->fed_at == deflate->fed->len) {
		g_byte_array_set_size(deflate->fed, 0);
		deflate->fed_at = 0;
	}
	g_byte_array_append(deflate->fed, (const guint8 *)octets, (guint)len);
}

ssize_t deflate_read(struct deflate *deflate, char *octets, size_t max,
	GError **error)
{
	z_stream *z = &deflate->in;
	size_t n;
	int ret;

	z->next_in = deflate->fed->data + deflate->fed_at;
	z->avail_in = (uInt)(deflate->fed->len - deflate->fed_at);
	z->next_out = (Bytef *)octets;
	z->avail_out = (uInt)max;
	ret = inflate(z, Z_SYNC_FLUSH);
	deflate->fed_at = deflate->fed->len - z->avail_in;
	deflate->has_more = z->avail_out == 0;
	n = max - z->avail_out;
	/* What came before the fault is still good; the next call tells. */
	if (n > 0 || ret == Z_OK || ret == Z_BUF_ERROR)
		return (ssize_t)n;
	if (ret == Z_STREAM_END)
		g_set_error(error, NET_ERROR, NET_ERROR_CLOSED,
			"the server closed the connection");
	else
		g_set_error(error, NET_ERROR, NET_ERROR_IO,
			"what the server sent cannot be decompressed");
	return -1;
}

bool deflate_has_pending(const struct deflate *deflate)
{
	return deflate->has_more || deflate->fed_at < deflate->fed->len;
}
