/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Modified UTF-7 and names that are not valid in the encoding their server
 * should use. Such a name is shown behind U+FFFD: its ASCII as it is, each
 * other octet as the private character U+F700 plus the octet. So every
 * name of a server comes back to it octet for octet.
 */
#include "src/base/base.h"
#include "src/imap/utf7.h"

enum {
	INVALID_MARK = 0xfffd,
	OCTET_BASE = 0xf700, /* U+F780 to U+F7FF are octets 0x80 to 0xFF */
};

static const char base64[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

static bool is_direct(unsigned char c)
{
	return c >= 0x20 && c <= 0x7e;
}

static int base64_value(char c)
{
	const char *at = c == '\0' ? NULL : strchr(base64, c);

	return at == NULL ? -1 : (int)(at - base64);
}

/* One UTF-16 unit; *high_io is a surrogate that waits for its other half. */
static bool append_unit(GString *utf8, unsigned unit, unsigned *high_io)
{
	if (*high_io != 0) {
		if (unit < 0xdc00 || unit > 0xdfff)
			return false;
		unit = 0x10000 + ((*high_io - 0xd800) << 10) + (unit - 0xdc00);
		*high_io = 0;
	} else if (unit >= 0xd800 && unit <= 0xdbff) {
		*high_io = unit;
		return true;
	} else if (unit >= 0xdc00 && unit <= 0xdfff) {
		return false;
	}
	/* What can stand for itself must. */
	if (unit == 0 || (unit < 0x80 && is_direct((unsigned char)unit)))
		return false;
	g_string_append_unichar(utf8, unit);
	return true;
}

/* What is between "&" and "-"; NULL or the place behind "-". */
static const char *decode_shifted(GString *utf8, const char *at)
{
	unsigned bits = 0, n_bits = 0, high = 0;

	for (; *at != '-'; at++) {
		int value = base64_value(*at);

		if (value < 0)
			return NULL;
		bits = (bits << 6 | (unsigned)value) & 0xffffff;
		n_bits += 6;
		if (n_bits >= 16) {
			n_bits -= 16;
			if (!append_unit(utf8, bits >> n_bits & 0xffff, &high))
				return NULL;
		}
	}
	/* At most five bits of padding, all zero. */
	if (high != 0 || n_bits > 5 || (bits & ((1u << n_bits) - 1)) != 0)
		return NULL;
	return at + 1;
}

char *imap_utf7_to_utf8(const char *utf7)
{
	GString *utf8 = g_string_new(NULL);

	while (utf7 != NULL && *utf7 != '\0') {
		if (*utf7 != '&') {
			if (!is_direct((unsigned char)*utf7))
				utf7 = NULL;
			else
				g_string_append_c(utf8, *utf7++);
		} else if (utf7[1] == '-') {
			g_string_append_c(utf8, '&');
			utf7 += 2;
		} else {
			utf7 = decode_shifted(utf8, utf7 + 1);
		}
	}
	return g_string_free(utf8, utf7 == NULL);
}

static void append_base64(GString *utf7, unsigned *bits_io, unsigned *n_bits_io,
	unsigned unit)
{
	*bits_io = *bits_io << 16 | unit;
	*n_bits_io += 16;
	while (*n_bits_io >= 6) {
		*n_bits_io -= 6;
		g_string_append_c(utf7, base64[*bits_io >> *n_bits_io & 0x3f]);
	}
	*bits_io &= 0x3f;
}

/* Characters that cannot stand for themselves; returns the place behind. */
static const char *encode_shifted(GString *utf7, const char *at)
{
	unsigned bits = 0, n_bits = 0;

	g_string_append_c(utf7, '&');
	for (; *at != '\0' && !is_direct((unsigned char)*at);
		at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		if (c >= 0x10000) {
			append_base64(utf7, &bits, &n_bits,
				0xd800 + ((c - 0x10000) >> 10));
			c = 0xdc00 + ((c - 0x10000) & 0x3ff);
		}
		append_base64(utf7, &bits, &n_bits, c);
	}
	if (n_bits > 0)
		g_string_append_c(utf7, base64[bits << (6 - n_bits) & 0x3f]);
	g_string_append_c(utf7, '-');
	return at;
}

char *imap_utf8_to_utf7(const char *utf8)
{
	GString *utf7;

	if (!g_utf8_validate(utf8, -1, NULL))
		return NULL;
	utf7 = g_string_new(NULL);
	while (*utf8 != '\0') {
		if (!is_direct((unsigned char)*utf8)) {
			utf8 = encode_shifted(utf7, utf8);
			continue;
		}
		g_string_append_c(utf7, *utf8);
		if (*utf8++ == '&')
			g_string_append_c(utf7, '-');
	}
	return g_string_free(utf7, FALSE);
}

static bool has_mark(const char *utf8)
{
	return g_utf8_get_char_validated(utf8, -1) == INVALID_MARK;
}

static char *octets_to_utf8(const char *octets)
{
	GString *utf8 = g_string_new(NULL);

	g_string_append_unichar(utf8, INVALID_MARK);
	for (; *octets != '\0'; octets++) {
		unsigned char c = (unsigned char)*octets;

		g_string_append_unichar(utf8, c < 0x80 ? c : OCTET_BASE + c);
	}
	return g_string_free(utf8, FALSE);
}

/* utf8 is valid; characters that are no octets go as they are. */
static char *utf8_to_octets(const char *utf8)
{
	GString *octets = g_string_new(NULL);

	for (; *utf8 != '\0'; utf8 = g_utf8_next_char(utf8)) {
		gunichar c = g_utf8_get_char(utf8);

		if (c >= OCTET_BASE + 0x80 && c <= OCTET_BASE + 0xff)
			g_string_append_c(octets, (char)(c - OCTET_BASE));
		else
			g_string_append_unichar(octets, c);
	}
	return g_string_free(octets, FALSE);
}

char *imap_mailbox_name_decode(const char *name, bool utf8)
{
	char *decoded = NULL, *again;

	if (g_ascii_strcasecmp(name, "INBOX") == 0)
		return g_strdup("INBOX");
	if (!utf8)
		decoded = imap_utf7_to_utf8(name);
	else if (g_utf8_validate(name, -1, NULL))
		decoded = g_strdup(name);
	if (decoded == NULL)
		return octets_to_utf8(name);
	/* The server compares octets: a name that is encoded in another way
	 * than ours must be kept in its own. */
	again = imap_mailbox_name_encode(decoded, utf8);
	if (strcmp(again, name) != 0)
		g_clear_pointer(&decoded, g_free);
	g_free(again);
	return decoded != NULL ? decoded : octets_to_utf8(name);
}

char *imap_mailbox_name_encode(const char *name, bool utf8)
{
	char *encoded = NULL;

	if (g_ascii_strcasecmp(name, "INBOX") == 0)
		return g_strdup("INBOX");
	if (!g_utf8_validate(name, -1, NULL))
		return g_strdup(name);
	if (has_mark(name))
		return utf8_to_octets(g_utf8_next_char(name));
	if (!utf8)
		encoded = imap_utf8_to_utf7(name);
	return encoded != NULL ? encoded : g_strdup(name);
}

bool imap_mailbox_name_is_neutral(const char *name)
{
	char *utf7 = imap_mailbox_name_encode(name, false);
	char *utf8 = imap_mailbox_name_encode(name, true);
	bool is_same = strcmp(utf7, utf8) == 0;

	g_free(utf7);
	g_free(utf8);
	return is_same;
}
