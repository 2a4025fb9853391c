/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Charset conversion to UTF-8 by iconv. Only charsets of the table below reach
 * iconv: names come from strangers, and the rarer converters of some C
 * libraries have ended programs by a failed assertion. A name is looked up by
 * its letters and digits alone, so that "ISO_8859-1" and "iso8859-1" are one
 * row.
 */
#include "src/base/base.h"
#include "src/mime/charset.h"

#include "src/mime/header.h"

#include <errno.h>
#include <iconv.h>

enum { KEY_MAX = 40 };

/* A row with name NULL says nothing about the octets: they are guessed. */
struct charset_alias {
	const char *key; /* lower case letters and digits of the name */
	const char *name;
	const char *fallback; /* where iconv lacks name */
};

/* Sorted by key. What is read as a superset is what mailers mean by it. */
static const struct charset_alias aliases[] = {
	{ "8bit", NULL, NULL },
	{ "ansix341968", NULL, NULL },
	{ "ansix341986", NULL, NULL },
	{ "arabic", "ISO-8859-6", NULL },
	{ "ascii", NULL, NULL },
	{ "big5", "CP950", "BIG5" },
	{ "big5hkscs", "BIG5-HKSCS", "BIG5" },
	{ "cp1250", "CP1250", NULL },
	{ "cp1251", "CP1251", NULL },
	{ "cp1252", "CP1252", NULL },
	{ "cp1253", "CP1253", NULL },
	{ "cp1254", "CP1254", NULL },
	{ "cp1255", "CP1255", NULL },
	{ "cp1256", "CP1256", NULL },
	{ "cp1257", "CP1257", NULL },
	{ "cp1258", "CP1258", NULL },
	{ "cp437", "CP437", NULL },
	{ "cp775", "CP775", NULL },
	{ "cp850", "CP850", NULL },
	{ "cp852", "CP852", NULL },
	{ "cp855", "CP855", NULL },
	{ "cp857", "CP857", NULL },
	{ "cp858", "CP858", "CP850" },
	{ "cp860", "CP860", NULL },
	{ "cp861", "CP861", NULL },
	{ "cp862", "CP862", NULL },
	{ "cp863", "CP863", NULL },
	{ "cp864", "CP864", NULL },
	{ "cp865", "CP865", NULL },
	{ "cp866", "CP866", NULL },
	{ "cp869", "CP869", NULL },
	{ "cp874", "CP874", "TIS-620" },
	{ "cp932", "CP932", "SHIFT_JIS" },
	{ "cp936", "GB18030", "GBK" },
	{ "cp949", "CP949", "EUC-KR" },
	{ "cp950", "CP950", "BIG5" },
	{ "cseuckr", "CP949", "EUC-KR" },
	{ "csiso2022jp", "ISO-2022-JP", NULL },
	{ "csisolatin1", "CP1252", NULL },
	{ "csisolatin2", "ISO-8859-2", NULL },
	{ "cskoi8r", "KOI8-R", NULL },
	{ "csshiftjis", "CP932", "SHIFT_JIS" },
	{ "cyrillic", "ISO-8859-5", NULL },
	{ "default", NULL, NULL },
	{ "euccn", "GB18030", "GBK" },
	{ "eucjp", "EUC-JP-MS", "EUC-JP" },
	{ "euckr", "CP949", "EUC-KR" },
	{ "euctw", "EUC-TW", NULL },
	{ "gb18030", "GB18030", "GBK" },
	{ "gb2312", "GB18030", "GBK" },
	{ "gb231280", "GB18030", "GBK" },
	{ "gbk", "GB18030", "GBK" },
	{ "greek", "ISO-8859-7", NULL },
	{ "hebrew", "ISO-8859-8", NULL },
	{ "hz", "HZ", NULL },
	{ "hzgb2312", "HZ", NULL },
	{ "ibm437", "CP437", NULL },
	{ "ibm850", "CP850", NULL },
	{ "ibm852", "CP852", NULL },
	{ "ibm866", "CP866", NULL },
	{ "iso10646ucs2", "UCS-2BE", NULL },
	{ "iso2022cn", "ISO-2022-CN", NULL },
	{ "iso2022jp", "ISO-2022-JP", NULL },
	{ "iso2022jp1", "ISO-2022-JP-1", "ISO-2022-JP" },
	{ "iso2022jp2", "ISO-2022-JP-2", "ISO-2022-JP" },
	{ "iso2022jpms", "CP50221", "ISO-2022-JP" },
	{ "iso2022kr", "ISO-2022-KR", NULL },
	{ "iso646us", NULL, NULL },
	{ "iso88591", "CP1252", NULL },
	{ "iso885910", "ISO-8859-10", NULL },
	{ "iso885911", "CP874", "TIS-620" },
	{ "iso885913", "ISO-8859-13", NULL },
	{ "iso885914", "ISO-8859-14", NULL },
	{ "iso885915", "ISO-8859-15", NULL },
	{ "iso885916", "ISO-8859-16", NULL },
	{ "iso88592", "ISO-8859-2", NULL },
	{ "iso88593", "ISO-8859-3", NULL },
	{ "iso88594", "ISO-8859-4", NULL },
	{ "iso88595", "ISO-8859-5", NULL },
	{ "iso88596", "ISO-8859-6", NULL },
	{ "iso88596i", "ISO-8859-6", NULL },
	{ "iso88597", "ISO-8859-7", NULL },
	{ "iso88598", "ISO-8859-8", NULL },
	{ "iso88598e", "ISO-8859-8", NULL },
	{ "iso88598i", "ISO-8859-8", NULL },
	{ "iso88599", "CP1254", NULL },
	{ "isoir100", "CP1252", NULL },
	{ "isoir6", NULL, NULL },
	{ "johab", "JOHAB", NULL },
	{ "koi8", "KOI8-R", NULL },
	{ "koi8r", "KOI8-R", NULL },
	{ "koi8ru", "KOI8-RU", "KOI8-U" },
	{ "koi8t", "KOI8-T", "KOI8-R" },
	{ "koi8u", "KOI8-U", NULL },
	{ "korean", "CP949", "EUC-KR" },
	{ "ksc5601", "CP949", "EUC-KR" },
	{ "ksc56011987", "CP949", "EUC-KR" },
	{ "ksc56011989", "CP949", "EUC-KR" },
	{ "l1", "CP1252", NULL },
	{ "latin1", "CP1252", NULL },
	{ "latin2", "ISO-8859-2", NULL },
	{ "latin9", "ISO-8859-15", NULL },
	{ "mac", "MACINTOSH", NULL },
	{ "maccyrillic", "MAC-CYRILLIC", "MACCYRILLIC" },
	{ "macintosh", "MACINTOSH", NULL },
	{ "macroman", "MACINTOSH", NULL },
	{ "mscyrl", "CP1251", NULL },
	{ "mskanji", "CP932", "SHIFT_JIS" },
	{ "shiftjis", "CP932", "SHIFT_JIS" },
	{ "sjis", "CP932", "SHIFT_JIS" },
	{ "tis620", "CP874", "TIS-620" },
	{ "uhc", "CP949", "EUC-KR" },
	{ "unicode11utf7", "UTF-7", NULL },
	{ "unicode11utf8", "UTF-8", NULL },
	{ "unknown", NULL, NULL },
	{ "unknown8bit", NULL, NULL },
	{ "us", NULL, NULL },
	{ "usascii", NULL, NULL },
	{ "utf16", "UTF-16", NULL },
	{ "utf16be", "UTF-16BE", NULL },
	{ "utf16le", "UTF-16LE", NULL },
	{ "utf32", "UTF-32", NULL },
	{ "utf32be", "UTF-32BE", NULL },
	{ "utf32le", "UTF-32LE", NULL },
	{ "utf7", "UTF-7", NULL },
	{ "utf8", "UTF-8", NULL },
	{ "utf8mb3", "UTF-8", NULL },
	{ "utf8mb4", "UTF-8", NULL },
	{ "viscii", "VISCII", NULL },
	{ "win1250", "CP1250", NULL },
	{ "win1251", "CP1251", NULL },
	{ "win1252", "CP1252", NULL },
	{ "windows1250", "CP1250", NULL },
	{ "windows1251", "CP1251", NULL },
	{ "windows1252", "CP1252", NULL },
	{ "windows1253", "CP1253", NULL },
	{ "windows1254", "CP1254", NULL },
	{ "windows1255", "CP1255", NULL },
	{ "windows1256", "CP1256", NULL },
	{ "windows1257", "CP1257", NULL },
	{ "windows1258", "CP1258", NULL },
	{ "windows31j", "CP932", "SHIFT_JIS" },
	{ "windows874", "CP874", "TIS-620" },
	{ "windows936", "GB18030", "GBK" },
	{ "windows949", "CP949", "EUC-KR" },
	{ "xbig5", "CP950", "BIG5" },
	{ "xcp1250", "CP1250", NULL },
	{ "xcp1251", "CP1251", NULL },
	{ "xcp1252", "CP1252", NULL },
	{ "xeucjp", "EUC-JP-MS", "EUC-JP" },
	{ "xeuckr", "CP949", "EUC-KR" },
	{ "xgbk", "GB18030", "GBK" },
	{ "xmaccyrillic", "MAC-CYRILLIC", "MACCYRILLIC" },
	{ "xmacroman", "MACINTOSH", NULL },
	{ "xsjis", "CP932", "SHIFT_JIS" },
	{ "xunknown", NULL, NULL },
	{ "xuserdefined", NULL, NULL },
	{ "xxbig5", "CP950", "BIG5" },
};

static const char replacement[] = "\xef\xbf\xbd";
static const char default_assumed[] = "utf-8:windows-1252";

/* Text is converted in workers too. */
static GMutex assumed_lock;
static char *assumed; /* NULL: default_assumed */

static bool charset_key(const char *name, char key_out[KEY_MAX])
{
	size_t len = 0;

	for (; *name != '\0'; name++) {
		if (!g_ascii_isalnum(*name))
			continue;
		if (len == KEY_MAX - 1)
			return false;
		key_out[len++] = g_ascii_tolower(*name);
	}
	key_out[len] = '\0';
	return len > 0;
}

static int compare_alias(const void *key, const void *row)
{
	return strcmp(key, ((const struct charset_alias *)row)->key);
}

static const struct charset_alias *charset_find(const char *name)
{
	char key[KEY_MAX];

	if (name == NULL || !charset_key(name, key))
		return NULL;
	return bsearch(key, aliases, G_N_ELEMENTS(aliases), sizeof(aliases[0]),
		compare_alias);
}

static bool open_converter(const char *from, iconv_t *converter_out)
{
	*converter_out = iconv_open("UTF-8", from);
	return *converter_out != (iconv_t)-1;
}

/* The converter of a row, and the name it was opened by; NULL if none. */
static const char *open_row(const struct charset_alias *row, iconv_t *converter_out)
{
	if (open_converter(row->name, converter_out))
		return row->name;
	if (row->fallback != NULL && open_converter(row->fallback, converter_out))
		return row->fallback;
	return NULL;
}

const char *mime_charset_name(const char *name)
{
	const struct charset_alias *row = charset_find(name);
	const char *opened;
	iconv_t converter;

	if (row == NULL)
		return NULL;
	if (row->name == NULL)
		return "CP1252";
	opened = open_row(row, &converter);
	if (opened != NULL)
		iconv_close(converter);
	return opened;
}

/* How many octets to give up at input, where the converter refused. */
static size_t invalid_unit(const char *charset, const char *input, size_t left)
{
	size_t unit = 1;

	if (g_str_has_prefix(charset, "UTF-32"))
		unit = 4;
	else if (g_str_has_prefix(charset, "UTF-16") ||
		g_str_has_prefix(charset, "UCS-2"))
		unit = 2;
	/* Only a pair of a two-byte set can be printable and invalid: half
	 * of it would turn all that follows into other characters. */
	else if (g_str_has_prefix(charset, "ISO-2022") && left >= 2 &&
		g_ascii_isgraph(input[0]) && g_ascii_isgraph(input[1]))
		unit = 2;
	return MIN(unit, left);
}

/*
 * All of the input through the converter into out. Returns how many units
 * were invalid; with strict, stops at the first.
 */
static size_t run_converter(iconv_t converter, const char *charset,
	const char *octets, size_t len, bool strict, GString *out)
{
	char *input = (char *)octets;
	size_t n_invalid = 0;
	char buffer[4096];

	while (len > 0) {
		char *to = buffer;
		size_t room = sizeof(buffer);
		size_t result = iconv(converter, &input, &len, &to, &room);
		int reason = errno;
		size_t skip;

		g_string_append_len(out, buffer, to - buffer);
		if (result != (size_t)-1 || reason == E2BIG)
			continue;
		if (strict)
			return 1;
		n_invalid++;
		g_string_append(out, replacement);
		skip = reason == EINVAL ? len : invalid_unit(charset, input, len);
		input += skip;
		len -= skip;
	}
	return n_invalid;
}

/* The last state of the converter: it may hold back a character. */
static void finish_converter(iconv_t converter, GString *out)
{
	char buffer[64], *to = buffer;
	size_t room = sizeof(buffer);

	iconv(converter, NULL, NULL, &to, &room);
	g_string_append_len(out, buffer, to - buffer);
}

/* UTF-8 as it must be: U+FFFD for each octet that is in no character. */
static void append_utf8(GString *out, const char *octets, size_t len)
{
	const char *end;

	while (!g_utf8_validate_len(octets, len, &end)) {
		size_t valid = end - octets;

		g_string_append_len(out, octets, valid);
		g_string_append(out, replacement);
		octets += valid + 1;
		len -= valid + 1;
	}
	g_string_append_len(out, octets, len);
}

/* NULL when iconv does not know it, or strict and something was invalid. */
static GString *convert(const struct charset_alias *row, const char *octets,
	size_t len, bool strict)
{
	GString *raw, *out;
	const char *opened;
	iconv_t converter;
	size_t n_invalid;

	opened = open_row(row, &converter);
	if (opened == NULL)
		return NULL;
	raw = g_string_sized_new(len + 16);
	n_invalid = run_converter(converter, opened, octets, len, strict, raw);
	finish_converter(converter, raw);
	iconv_close(converter);
	if (strict && n_invalid > 0) {
		g_string_free(raw, TRUE);
		return NULL;
	}
	/* NUL is a character to iconv, and UTF-7 can spell surrogates. */
	if (g_utf8_validate_len(raw->str, raw->len, NULL))
		return raw;
	out = g_string_sized_new(raw->len + 16);
	append_utf8(out, raw->str, raw->len);
	g_string_free(raw, TRUE);
	return out;
}

static bool is_utf8(const struct charset_alias *row)
{
	return row != NULL && g_strcmp0(row->name, "UTF-8") == 0;
}

static GString *repair(const char *octets, size_t len)
{
	GString *out = g_string_sized_new(len + 16);

	append_utf8(out, octets, len);
	return out;
}

/* By one charset of the assumed list; the last one takes anything. */
static GString *try_assumed(const char *name, const char *octets, size_t len,
	bool is_last)
{
	const struct charset_alias *row = charset_find(name);

	if (row == NULL || row->name == NULL)
		return NULL;
	if (is_utf8(row)) {
		if (!is_last && !g_utf8_validate_len(octets, len, NULL))
			return NULL;
		return repair(octets, len);
	}
	return convert(row, octets, len, !is_last);
}

static char **assumed_list(void)
{
	char **list;

	g_mutex_lock(&assumed_lock);
	list = g_strsplit(assumed != NULL ? assumed : default_assumed, ":", -1);
	g_mutex_unlock(&assumed_lock);
	return list;
}

/* ISO-2022-JP is ASCII to all other charsets, but nothing else has this. */
static bool looks_like_iso2022jp(const char *octets, size_t len)
{
	const char *escape = octets, *end = octets + len;

	while ((escape = memchr(escape, '\033', end - escape)) != NULL) {
		if (end - escape > 2 && escape[1] == '$' &&
			(escape[2] == 'B' || escape[2] == '@'))
			return true;
		escape++;
	}
	return false;
}

static GString *guess(const char *octets, size_t len)
{
	GString *out = NULL;
	char **list;

	if (looks_like_iso2022jp(octets, len))
		out = convert(charset_find("iso-2022-jp"), octets, len, true);
	if (out != NULL)
		return out;
	if (g_utf8_validate_len(octets, len, NULL))
		return g_string_new_len(octets, len);
	if (len >= 2 && (memcmp(octets, "\xff\xfe", 2) == 0 ||
		memcmp(octets, "\xfe\xff", 2) == 0))
		out = convert(charset_find("utf-16"), octets, len, false);
	if (out != NULL)
		return out;
	list = assumed_list();
	for (size_t i = 0; out == NULL && list[i] != NULL; i++)
		out = try_assumed(list[i], octets, len, list[i + 1] == NULL);
	g_strfreev(list);
	if (out == NULL)
		out = convert(charset_find("windows-1252"), octets, len, false);
	return out != NULL ? out : repair(octets, len);
}

char *mime_to_utf8(const char *octets, size_t len, const char *charset,
	size_t *len_out)
{
	const struct charset_alias *row = charset_find(charset);
	GString *out = NULL;

	if (is_utf8(row))
		out = repair(octets, len);
	else if (row != NULL && row->name != NULL)
		out = convert(row, octets, len, false);
	if (out == NULL)
		out = guess(octets, len);
	/* The mark of the byte order is none of the text. */
	if (g_str_has_prefix(out->str, "\xef\xbb\xbf"))
		g_string_erase(out, 0, 3);
	if (len_out != NULL)
		*len_out = out->len;
	return g_string_free(out, FALSE);
}

void mime_set_assumed_charset(const char *charsets)
{
	g_mutex_lock(&assumed_lock);
	g_free(assumed);
	assumed = charsets != NULL && *charsets != '\0' ? g_strdup(charsets) : NULL;
	g_mutex_unlock(&assumed_lock);
}

char *mime_from_utf8(const char *utf8, const char *charset)
{
	iconv_t converter = iconv_open(charset, "UTF-8");
	char *input = (char *)utf8, buffer[4096];
	size_t left = strlen(utf8);
	GString *out;

	if (converter == (iconv_t)-1)
		return g_str_to_ascii(utf8, "C");
	out = g_string_sized_new(left + 16);
	while (left > 0) {
		char *to = buffer;
		size_t room = sizeof(buffer);
		size_t result = iconv(converter, &input, &left, &to, &room);
		int reason = errno;

		g_string_append_len(out, buffer, to - buffer);
		if (result != (size_t)-1 || reason == E2BIG)
			continue;
		g_string_append_c(out, '?');
		do {
			input++;
			left--;
		} while (left > 0 && ((unsigned char)*input & 0xc0) == 0x80);
	}
	finish_converter(converter, out);
	iconv_close(converter);
	return g_string_free(out, FALSE);
}
