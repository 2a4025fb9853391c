/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Header fields to one line of UTF-8. RFC 2047 as it is sent, not as it is
 * written: encoded words within quoted strings and words, longer than 75
 * octets, with spaces, with characters and even base64 groups split between
 * two of them. Every scan goes forward only, so any input takes linear time.
 */
#include "src/base/base.h"
#include "src/mime/header.h"

#include "src/mime/charset.h"
#include "src/mime/transfer.h"

enum {
	HEADER_MAX = 256 * 1024,
	FIELDS_MAX = 1000,
	CHARSET_MAX = 64,
	MESSAGE_IDS_MAX = 1000,
};

/* "=?charset?encoding?text?=" */
struct encoded_word {
	char charset[CHARSET_MAX];
	char encoding; /* 'B' or 'Q' */
	const char *text;
	size_t len;
	const char *end; /* behind the word */
};

/* Adjacent words of one charset are one text: a character may be split. */
struct word_decoder {
	GString *out;
	GByteArray *octets; /* decoded, not yet converted */
	struct mime_base64 base64;
	char charset[CHARSET_MAX];
	bool is_pending;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The text's end, "?="; another word's begin before it means there is none. */
static const char *find_word_end(const char *p, const char *end)
{
	for (; p + 1 < end; p++) {
		if (p[0] == '?' && p[1] == '=')
			return p;
		if (p[0] == '=' && p[1] == '?' && !(p + 2 < end && p[2] == '='))
			return NULL;
	}
	return NULL;
}

/* p is at "=?". */
static bool parse_word(const char *p, const char *end, struct encoded_word *word)
{
	const char *charset = p + 2, *mark = charset, *text_end;
	size_t len;

	while (mark < end && *mark != '?' && *mark > ' ' && *mark < 0x7f &&
		mark - charset < CHARSET_MAX - 1)
		mark++;
	if (end - mark < 3 || mark[0] != '?' || mark[2] != '?')
		return false;
	word->encoding = g_ascii_toupper(mark[1]);
	if (word->encoding != 'B' && word->encoding != 'Q')
		return false;
	text_end = find_word_end(mark + 3, end);
	if (text_end == NULL)
		return false;
	/* RFC 2231 5: a language may follow the charset. */
	len = mark - charset;
	memcpy(word->charset, charset, len);
	word->charset[len] = '\0';
	word->charset[strcspn(word->charset, "*")] = '\0';
	word->text = mark + 3;
	word->len = text_end - word->text;
	word->end = text_end + 2;
	return true;
}

static void decode_q(const char *text, size_t len, GByteArray *out)
{
	for (size_t i = 0; i < len; i++) {
		guint8 octet = text[i];

		if (octet == '_') {
			octet = ' ';
		} else if (octet == '=' && i + 2 < len &&
			g_ascii_isxdigit(text[i + 1]) &&
			g_ascii_isxdigit(text[i + 2])) {
			octet = mime_hex_value(text[i + 1]) << 4 |
				mime_hex_value(text[i + 2]);
			i += 2;
		}
		g_byte_array_append(out, &octet, 1);
	}
}

/* How many octets from here on are printable ASCII. */
static size_t plain_length(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && text[n] >= ' ' && text[n] <= '~')
		n++;
	return n;
}

/* Appends text so that no line ends in it, nor a NUL. */
static void append_clean(GString *out, const char *utf8, size_t len)
{
	static const char *const line_ends[] = {
		"\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9",
	};

	for (size_t i = 0; i < len; i++) {
		size_t n_plain = plain_length(utf8 + i, len - i);
		bool is_end;

		if (n_plain > 0) {
			g_string_append_len(out, utf8 + i, (gssize)n_plain);
			i += n_plain - 1;
			continue;
		}
		is_end = strchr("\r\n\v\f\t", utf8[i]) != NULL;

		for (size_t k = 0; !is_end && k < G_N_ELEMENTS(line_ends); k++) {
			size_t n = strlen(line_ends[k]);
			if (len - i < n || memcmp(utf8 + i, line_ends[k], n) != 0)
				continue;
			is_end = true;
			i += n - 1;
		}
		g_string_append_c(out, is_end ? ' ' : utf8[i]);
	}
}

static void append_octets(GString *out, const char *octets, size_t len,
	const char *charset)
{
	size_t utf8_len;
	char *utf8;

	if (len == 0)
		return;
	utf8 = mime_to_utf8(octets, len, charset, &utf8_len);
	append_clean(out, utf8, utf8_len);
	g_free(utf8);
}

static void flush_words(struct word_decoder *decoder)
{
	append_octets(decoder->out, (const char *)decoder->octets->data,
		decoder->octets->len, decoder->charset);
	g_byte_array_set_size(decoder->octets, 0);
	decoder->base64 = (struct mime_base64){ 0 };
	decoder->is_pending = false;
}

static void add_word(struct word_decoder *decoder, const struct encoded_word *word)
{
	/* In UTF-7 each word ends its own shift. */
	if (decoder->is_pending &&
		(g_ascii_strcasecmp(decoder->charset, word->charset) != 0 ||
			g_ascii_strcasecmp(word->charset, "utf-7") == 0))
		flush_words(decoder);
	/* Bits that are left over go on in the next word, unless they are
	 * what padding, had it been sent, would have filled. */
	if (word->encoding == 'Q' ||
		(decoder->base64.bits == 0 && decoder->base64.n_bits != 6))
		decoder->base64 = (struct mime_base64){ 0 };
	g_strlcpy(decoder->charset, word->charset, sizeof(decoder->charset));
	decoder->is_pending = true;
	if (word->encoding == 'B')
		mime_base64_push(&decoder->base64, word->text, word->len,
			decoder->octets);
	else
		decode_q(word->text, word->len, decoder->octets);
}

/* Text between words; blanks between two of them are no text. */
static void add_literal(struct word_decoder *decoder, const char *text,
	size_t len, bool is_before_word)
{
	size_t n_blanks = 0;

	while (n_blanks < len && is_blank(text[n_blanks]))
		n_blanks++;
	if (n_blanks == len &&
		(len == 0 || (decoder->is_pending && is_before_word)))
		return;
	flush_words(decoder);
	append_octets(decoder->out, text, len, NULL);
}

/* Folding undone: the line's end goes, the white space behind it stays. */
static GString *unfold(const char *raw, size_t len)
{
	GString *out = g_string_sized_new(len + 1);

	for (size_t i = 0; i < len; i++) {
		bool is_end = raw[i] == '\r' || raw[i] == '\n';
		bool is_folded = is_end && i + 1 < len && is_blank(raw[i + 1]);

		if (raw[i] == '\0' || (is_end && !is_folded && i + 1 < len))
			g_string_append_c(out, ' ');
		else if (!is_end)
			g_string_append_c(out, raw[i]);
	}
	return out;
}

static char *decode(const char *raw, size_t len)
{
	GString *text = unfold(raw, len);
	const char *p = text->str, *end = p + text->len, *literal = p;
	struct word_decoder decoder = {
		.out = g_string_sized_new(text->len + 1),
		.octets = g_byte_array_new(),
	};
	struct encoded_word word;

	while ((p = memchr(p, '=', end - p)) != NULL) {
		if (p + 1 >= end || p[1] != '?' || !parse_word(p, end, &word)) {
			p++;
			continue;
		}
		add_literal(&decoder, literal, p - literal, true);
		add_word(&decoder, &word);
		literal = p = word.end;
	}
	add_literal(&decoder, literal, end - literal, false);
	flush_words(&decoder);
	g_byte_array_free(decoder.octets, TRUE);
	g_string_free(text, TRUE);
	return g_strstrip(g_string_free(decoder.out, FALSE));
}

char *mime_header_decode(const char *raw)
{
	return raw != NULL ? decode(raw, strlen(raw)) : NULL;
}

/* One token without brackets or white space; NULL if nothing is left. */
static char *message_id(const char *start, const char *end)
{
	GString *id = g_string_sized_new(end - start);

	for (; start < end; start++)
		if ((unsigned char)*start > ' ')
			g_string_append_c(id, *start);
	if (id->len == 0 || !g_utf8_validate_len(id->str, id->len, NULL)) {
		char *utf8 = id->len == 0 ? NULL :
			mime_to_utf8(id->str, id->len, NULL, NULL);
		g_string_free(id, TRUE);
		return utf8;
	}
	return g_string_free(id, FALSE);
}

/* Without brackets anywhere: the words with an "@". */
static void bare_message_ids(const char *p, GPtrArray *ids)
{
	while (*p != '\0' && ids->len < MESSAGE_IDS_MAX) {
		size_t len;

		p += strspn(p, " \t\r\n,;");
		len = strcspn(p, " \t\r\n,;");
		if (memchr(p, '@', len) != NULL)
			g_ptr_array_add(ids, message_id(p, p + len));
		p += len;
	}
}

char **mime_message_ids(const char *raw)
{
	GPtrArray *ids = g_ptr_array_new();
	const char *p = raw != NULL ? raw : "";

	if (strchr(p, '<') == NULL)
		bare_message_ids(p, ids);
	while ((p = strchr(p, '<')) != NULL && ids->len < MESSAGE_IDS_MAX) {
		size_t len = strcspn(++p, "<>");
		char *id = message_id(p, p + len);

		/* Cut off before the ">": it would match nothing. */
		if (p[len] == '>' && id != NULL)
			g_ptr_array_add(ids, id);
		else
			g_free(id);
		p += len;
	}
	g_ptr_array_add(ids, NULL);
	return (char **)g_ptr_array_free(ids, FALSE);
}

static void field_free(void *data)
{
	struct mime_field *field = data;

	g_free(field->name);
	g_free(field->value);
	g_free(field);
}

static void add_field(GPtrArray *fields, char *name_take, char *value_take)
{
	struct mime_field *field = g_new(struct mime_field, 1);

	field->name = name_take;
	field->value = value_take;
	g_ptr_array_add(fields, field);
}

/* The end of the field that starts at p: behind its last folded line. */
static const char *field_end(const char *p, const char *end)
{
	for (;;) {
		p = memchr(p, '\n', end - p);
		if (p == NULL)
			return end;
		p++;
		if (p == end || (*p != ' ' && *p != '\t'))
			return p;
	}
}

static void parse_field(GPtrArray *fields, const char *p, const char *end)
{
	const char *colon = memchr(p, ':', end - p);
	const char *name_end = colon;
	GString *name;

	/* "From someone Mon Nov 23", as mailboxes of old have it, is none. */
	if (colon == NULL)
		return;
	while (name_end > p && is_blank(name_end[-1]))
		name_end--;
	if (name_end == p || memchr(p, ' ', name_end - p) != NULL)
		return;
	name = g_string_new(NULL);
	append_octets(name, p, name_end - p, NULL);
	add_field(fields, g_string_free(name, FALSE),
		decode(colon + 1, end - colon - 1));
}

static bool is_empty_line(const char *p, const char *end)
{
	return *p == '\n' || (*p == '\r' && (p + 1 == end || p[1] == '\n'));
}

GPtrArray *mime_header_fields(const char *octets, size_t len)
{
	GPtrArray *fields = g_ptr_array_new_with_free_func(field_free);
	const char *p = octets, *end = octets + MIN(len, HEADER_MAX);
	const char *remark = NULL;

	if (len > HEADER_MAX)
		remark = "the header is longer than 256K: the rest is not shown";
	while (p < end && !is_empty_line(p, end)) {
		const char *next = field_end(p, end);

		if (fields->len == FIELDS_MAX) {
			remark = "more than 1000 fields: the rest is not shown";
			break;
		}
		parse_field(fields, p, next);
		p = next;
	}
	if (p < end && fields->len < FIELDS_MAX)
		remark = NULL; /* the header ended within the limit */
	if (remark != NULL)
		add_field(fields, g_strdup(""), g_strdup(remark));
	return fields;
}
