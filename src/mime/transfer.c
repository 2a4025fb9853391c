/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Transfer encodings, incrementally: what comes out does not depend on how the
 * input is cut. Nothing here fails; what is not of the encoding is skipped
 * (base64), or kept as it is (quoted-printable), so that a damaged message
 * shows what is left of it.
 */
#include "src/base/base.h"
#include "src/mime/transfer.h"

#include "src/mime/text.h"

/* The longest run of white space that is held back as possibly trailing, and
 * the longest line of uuencode; longer ones are passed on or given up. */
enum { BLANKS_MAX = 1000, UU_LINE_MAX = 100 };

struct mime_decoder {
	/* NULL: octets are copied. */
	void (*push)(struct mime_decoder *decoder, const char *octets, size_t len,
		GByteArray *out);
	struct mime_base64 base64;
	/* Quoted-printable: white space that may be trailing, or an "=" and
	 * what followed it. Uuencode: the line so far. */
	GString *held;
	bool is_uu_body; /* between "begin" and "end" */
};

int mime_hex_value(unsigned char c)
{
	return g_ascii_xdigit_value(c);
}

static int base64_value(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '/')
		return c == '+' ? 62 : 63;
	return -1;
}

void mime_base64_push(struct mime_base64 *base64, const char *octets, size_t len,
	GByteArray *out)
{
	for (size_t i = 0; i < len; i++) {
		int value = base64_value(octets[i]);
		guint8 octet;

		if (octets[i] == '=')
			base64->n_bits = base64->bits = 0;
		if (value < 0)
			continue;
		base64->bits = base64->bits << 6 | (unsigned)value;
		base64->n_bits += 6;
		if (base64->n_bits < 8)
			continue;
		base64->n_bits -= 8;
		octet = base64->bits >> base64->n_bits;
		base64->bits &= (1u << base64->n_bits) - 1;
		g_byte_array_append(out, &octet, 1);
	}
}

static void push_base64(struct mime_decoder *decoder, const char *octets,
	size_t len, GByteArray *out)
{
	mime_base64_push(&decoder->base64, octets, len, out);
}

static void put(GByteArray *out, const char *octets, size_t len)
{
	g_byte_array_append(out, (const guint8 *)octets, len);
}

static void release_held(struct mime_decoder *decoder, GByteArray *out)
{
	put(out, decoder->held->str, decoder->held->len);
	g_string_truncate(decoder->held, 0);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* An "=" is held: true when c goes with it. */
static bool qp_escape(struct mime_decoder *decoder, char c, GByteArray *out)
{
	GString *held = decoder->held;
	char second = held->len > 1 ? held->str[held->len - 1] : '\0';
	guint8 octet;

	if (c == '\n') { /* a soft line break, maybe with blanks before it */
		bool is_soft = held->len == 1 || is_blank(second) ||
			second == '\r';
		if (is_soft)
			g_string_truncate(held, 0);
		return is_soft;
	}
	if (held->len == 2 && g_ascii_isxdigit(second) && g_ascii_isxdigit(c)) {
		octet = mime_hex_value(second) << 4 | mime_hex_value(c);
		g_string_truncate(held, 0);
		g_byte_array_append(out, &octet, 1);
		return true;
	}
	if ((held->len == 1 && g_ascii_isxdigit(c)) ||
		((held->len == 1 || is_blank(second)) &&
			(is_blank(c) || c == '\r'))) {
		g_string_append_c(held, c);
		return true;
	}
	return false;
}

static void qp_octet(struct mime_decoder *decoder, char c, GByteArray *out)
{
	GString *held = decoder->held;

	if (held->len > 0 && held->str[0] == '=') {
		if (held->len < BLANKS_MAX && qp_escape(decoder, c, out))
			return;
		release_held(decoder, out);
	}
	if (is_blank(c) && held->len < BLANKS_MAX) {
		g_string_append_c(held, c);
		return;
	}
	/* Blanks before a line's end were added on the way (RFC 2045 6.7). */
	if (c == '\n' || c == '\r')
		g_string_truncate(held, 0);
	release_held(decoder, out);
	if (c == '=')
		g_string_append_c(held, c);
	else
		put(out, &c, 1);
}

static void push_quoted_printable(struct mime_decoder *decoder,
	const char *octets, size_t len, GByteArray *out)
{
	for (size_t i = 0; i < len; i++)
		qp_octet(decoder, octets[i], out);
}

static unsigned uu_value(const GString *line, size_t i)
{
	return i < line->len ? ((unsigned char)line->str[i] - ' ') & 0x3f : 0;
}

static void uu_decode(const GString *line, GByteArray *out)
{
	size_t n = uu_value(line, 0);

	for (size_t i = 1, done = 0; done < n; i += 4, done += 3) {
		uint32_t bits = uu_value(line, i) << 18 |
			uu_value(line, i + 1) << 12 |
			uu_value(line, i + 2) << 6 | uu_value(line, i + 3);
		guint8 octets[3] = { bits >> 16, bits >> 8, bits };

		g_byte_array_append(out, octets, MIN(3, n - done));
	}
}

static void uu_line(struct mime_decoder *decoder, GByteArray *out)
{
	GString *line = decoder->held;

	if (!decoder->is_uu_body)
		decoder->is_uu_body = g_str_has_prefix(line->str, "begin ");
	else if (strcmp(line->str, "end") == 0)
		decoder->is_uu_body = false;
	else if (line->len > 0 && line->len <= UU_LINE_MAX)
		uu_decode(line, out);
	g_string_truncate(line, 0);
}

static void push_uuencode(struct mime_decoder *decoder, const char *octets,
	size_t len, GByteArray *out)
{
	for (size_t i = 0; i < len; i++) {
		if (octets[i] == '\n')
			uu_line(decoder, out);
		else if (octets[i] != '\r' && decoder->held->len <= UU_LINE_MAX)
			g_string_append_c(decoder->held, octets[i]);
	}
}

static const struct {
	const char *name;
	void (*push)(struct mime_decoder *decoder, const char *octets, size_t len,
		GByteArray *out);
} encodings[] = {
	{ "base64", push_base64 },
	{ "quoted-printable", push_quoted_printable },
	{ "uue", push_uuencode },
	{ "uuencode", push_uuencode },
	{ "x-uue", push_uuencode },
	{ "x-uuencode", push_uuencode },
};

struct mime_decoder *mime_decoder_new(const char *encoding)
{
	struct mime_decoder *decoder = g_new0(struct mime_decoder, 1);

	decoder->held = g_string_new(NULL);
	for (size_t i = 0; encoding != NULL && i < G_N_ELEMENTS(encodings); i++)
		if (g_ascii_strcasecmp(encodings[i].name, encoding) == 0)
			decoder->push = encodings[i].push;
	return decoder;
}

void mime_decoder_push(struct mime_decoder *decoder, const char *octets,
	size_t len, GByteArray *out)
{
	if (decoder->push == NULL)
		put(out, octets, len);
	else
		decoder->push(decoder, octets, len, out);
}

void mime_decoder_finish(struct mime_decoder *decoder, GByteArray *out)
{
	GString *held = decoder->held;

	if (decoder->push == push_uuencode && held->len > 0)
		uu_line(decoder, out);
	else if (decoder->push == push_quoted_printable && held->len > 0 &&
		held->str[0] == '=' && held->len > 1 &&
		g_ascii_isxdigit(held->str[1]))
		release_held(decoder, out);
	g_string_truncate(held, 0);
	decoder->base64 = (struct mime_base64){ 0 };
}

void mime_decoder_free(struct mime_decoder **decoder)
{
	if (*decoder == NULL)
		return;
	g_string_free((*decoder)->held, TRUE);
	g_free(*decoder);
	*decoder = NULL;
}

GByteArray *mime_transfer_decode(const char *encoding, const char *octets,
	size_t len)
{
	struct mime_decoder *decoder = mime_decoder_new(encoding);
	GByteArray *out = g_byte_array_sized_new(MIN(len, MIME_TEXT_MAX));

	mime_decoder_push(decoder, octets, len, out);
	mime_decoder_finish(decoder, out);
	mime_decoder_free(&decoder);
	return out;
}
