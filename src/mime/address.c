/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Addresses for reading. They come parsed from ENVELOPE; only their display
 * names are decoded here. And subjects without their reply prefixes.
 */
#include "src/base/base.h"
#include "src/mime/header.h"

#include "src/imap/envelope.h"
#include "src/mime/charset.h"

/* What servers write where an address has no host or no mailbox. */
static const char *const missing[] = {
	".MISSING-HOST-NAME.", /* UW, Panda */
	".SYNTAX-ERROR.",      /* UW, Panda */
	"MISSING_DOMAIN",      /* Dovecot */
	"MISSING_MAILBOX",     /* Dovecot */
	"unspecified-domain",  /* Cyrus */
};

static bool is_missing(const char *word)
{
	if (word == NULL || *word == '\0')
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(missing); i++)
		if (strcmp(word, missing[i]) == 0)
			return true;
	return false;
}

/* Raw octets of an address as UTF-8 without white space: no encoded words. */
static char *address_word(const char *raw)
{
	char *utf8 = mime_to_utf8(raw, strlen(raw), NULL, NULL);
	char *to = utf8;

	for (const char *from = utf8; *from != '\0'; from++)
		if ((unsigned char)*from > ' ')
			*to++ = *from;
	*to = '\0';
	return utf8;
}

/* "box@host", or what there is of it; never NULL. */
static char *address_spec(const struct imap_address *address)
{
	char *box = is_missing(address->mailbox) ? NULL :
		address_word(address->mailbox);
	char *host = is_missing(address->host) ? NULL :
		address_word(address->host);
	char *spec;

	if (host == NULL)
		spec = g_strdup(box != NULL ? box : "");
	else
		spec = g_strconcat(box != NULL ? box : "", "@", host, NULL);
	g_free(box);
	g_free(host);
	return spec;
}

/* The decoded display name, without quotes around it; NULL if there is none. */
static char *display_name(const struct imap_address *address)
{
	char *name = mime_header_decode(address->name);
	size_t len = name != NULL ? strlen(name) : 0;

	if (len >= 2 && (*name == '"' || *name == '\'') && name[len - 1] == *name) {
		name[len - 1] = ' ';
		*name = ' ';
		g_strstrip(name);
	}
	if (name != NULL && *name == '\0')
		g_clear_pointer(&name, g_free);
	return name;
}

char *mime_address_name(const struct imap_address *address)
{
	char *name = display_name(address);

	return name != NULL ? name : address_spec(address);
}

char *mime_address_format(const struct imap_address *address)
{
	char *name, *spec, *text;

	if (address->host == NULL)
		return NULL;
	name = display_name(address);
	spec = address_spec(address);
	if (name == NULL)
		return spec;
	if (*spec == '\0') {
		g_free(spec);
		return name;
	}
	text = g_strdup_printf("%s <%s>", name, spec);
	g_free(name);
	g_free(spec);
	return text;
}

static void add_separator(GString *out, bool is_group_start)
{
	if (out->len > 0 && !is_group_start)
		g_string_append(out, ", ");
}

static void end_group(GString *out)
{
	if (out->str[out->len - 1] == ' ') /* nobody in it */
		g_string_truncate(out, out->len - 1);
	g_string_append_c(out, ';');
}

char *mime_addresses_format(const struct imap_addresses *addresses)
{
	GString *out = g_string_new(NULL);
	bool in_group = false, is_first = false;

	for (size_t i = 0; i < addresses->n; i++) {
		const struct imap_address *address = &addresses->items[i];
		char *text = mime_address_format(address);

		if (text == NULL && address->mailbox == NULL) {
			if (in_group)
				end_group(out);
			in_group = is_first = false;
			continue;
		}
		add_separator(out, is_first);
		is_first = text == NULL;
		if (text == NULL) {
			text = mime_header_decode(address->mailbox);
			in_group = true;
		}
		g_string_append(out, text);
		if (is_first)
			g_string_append(out, ": ");
		g_free(text);
	}
	if (in_group)
		end_group(out);
	if (out->len == 0) {
		g_string_free(out, TRUE);
		return NULL;
	}
	return g_string_free(out, FALSE);
}

/* Replies in the words of the world's mailers. Non-ASCII ones in both cases. */
static const char *const reply_words[] = {
	"re", "aw", "sv", "antw", "vs", "vá", "odp", "res", "rif", "ref",
	"ynt", "bls", "ats", "antwort", "на", "На", "НА", "отв", "Отв",
	"ответ", "Ответ", "回复", "回覆", "答复", "答覆", "返信", "답장", "תשובה",
	"رد", "σχετ", "ΑΠ",
};

/* Behind one of the words, or NULL. */
static const char *skip_reply_word(const char *p)
{
	for (size_t i = 0; i < G_N_ELEMENTS(reply_words); i++) {
		size_t len = strlen(reply_words[i]);

		if (g_ascii_strncasecmp(p, reply_words[i], len) != 0)
			continue;
		if (!g_unichar_isalpha(g_utf8_get_char_validated(p + len, -1)))
			return p + len;
	}
	return NULL;
}

/* Behind "[2]", "(2)" or "^2"; p if there is none. */
static const char *skip_counter(const char *p)
{
	const char *digits = p + 1, *end;

	if (*p != '[' && *p != '(' && *p != '^')
		return p;
	end = digits + strspn(digits, "0123456789");
	if (end == digits)
		return p;
	if (*p == '^')
		return end;
	return *end == (*p == '[' ? ']' : ')') ? end + 1 : p;
}

const char *mime_subject_base(const char *subject)
{
	static const char wide_colon[] = "\xef\xbc\x9a";
	const char *p;

	if (subject == NULL)
		return NULL;
	for (;;) {
		subject += strspn(subject, " \t");
		p = skip_reply_word(subject);
		if (p == NULL)
			return subject;
		p += strspn(p, " ");
		p = skip_counter(p);
		p += strspn(p, " ");
		if (*p == ':')
			subject = p + 1;
		else if (g_str_has_prefix(p, wide_colon))
			subject = p + strlen(wide_colon);
		else
			return subject;
	}
}
