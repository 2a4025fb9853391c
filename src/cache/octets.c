/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/cache/octets.h"

#include "src/base/arena.h"

/* --- writing --------------------------------------------------------------- */

void octets_put_number(GByteArray *out, uint64_t n)
{
	guint8 octets[10];
	guint len = 0;

	do {
		octets[len] = (guint8)(n & 0x7f) | (n > 0x7f ? 0x80 : 0);
		n >>= 7;
		len++;
	} while (n > 0);
	g_byte_array_append(out, octets, len);
}

void octets_put_signed(GByteArray *out, int64_t n)
{
	octets_put_number(out, (uint64_t)n << 1 ^ (n < 0 ? UINT64_MAX : 0));
}

void octets_put_word(GByteArray *out, uint64_t word)
{
	uint64_t little = GUINT64_TO_LE(word);

	g_byte_array_append(out, (const guint8 *)&little, sizeof(little));
}

/* 0 is NULL, else one more than the length. */
void octets_put_string(GByteArray *out, const char *str)
{
	size_t len = str != NULL ? strlen(str) : 0;

	octets_put_number(out, str != NULL ? len + 1 : 0);
	g_byte_array_append(out, (const guint8 *)str, (guint)len);
}

/* --- reading --------------------------------------------------------------- */

uint64_t octets_get_number(struct octets *in)
{
	uint64_t n = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t octet;

		if (in->is_bad || in->at == in->end)
			break;
		octet = *in->at++;
		n |= (uint64_t)(octet & 0x7f) << shift;
		if (!(octet & 0x80))
			return n;
	}
	in->is_bad = true;
	return 0;
}

uint32_t octets_get_number32(struct octets *in)
{
	uint64_t n = octets_get_number(in);

	if (n > UINT32_MAX)
		in->is_bad = true;
	return in->is_bad ? 0 : (uint32_t)n;
}

int64_t octets_get_signed(struct octets *in)
{
	uint64_t n = octets_get_number(in);

	return (int64_t)(n >> 1 ^ (n & 1 ? UINT64_MAX : 0));
}

uint64_t octets_get_word(struct octets *in)
{
	uint64_t little;

	if (in->is_bad || (size_t)(in->end - in->at) < sizeof(little)) {
		in->is_bad = true;
		return 0;
	}
	memcpy(&little, in->at, sizeof(little));
	in->at += sizeof(little);
	return GUINT64_FROM_LE(little);
}

const char *octets_get_string(struct octets *in)
{
	uint64_t n = octets_get_number(in);
	const char *str;

	if (n == 0)
		return NULL;
	if (n - 1 > (uint64_t)(in->end - in->at)) {
		in->is_bad = true;
		return NULL;
	}
	str = arena_strndup(in->arena, (const char *)in->at, n - 1);
	in->at += n - 1;
	return str;
}

size_t octets_get_count(struct octets *in, size_t min)
{
	uint64_t n = octets_get_number(in);

	if (n <= (uint64_t)(in->end - in->at) / min)
		return (size_t)n;
	in->is_bad = true;
	return 0;
}

bool octets_is_whole(const struct octets *in)
{
	return !in->is_bad && in->at == in->end;
}
