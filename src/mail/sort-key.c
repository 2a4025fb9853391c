/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/sort-key.h"
#include "src/base/error.h"
#include "src/imap/envelope.h"
#include "src/mail/mailbox.h"
#include "src/mime/header.h"

static const struct {
	const char *name, *server;
} fields[] = {
	[SORT_ARRIVAL] = { "arrival", "ARRIVAL" },
	[SORT_CC] = { "cc", "CC" },
	[SORT_DATE] = { "date", "DATE" },
	[SORT_DISPLAY] = { "display", "DISPLAYFROM" },
	[SORT_FROM] = { "from", "FROM" },
	[SORT_SIZE] = { "size", "SIZE" },
	[SORT_SUBJECT] = { "subject", "SUBJECT" },
	[SORT_TO] = { "to", "TO" },
};

static bool parse_key(const char *word, struct sort_key *key)
{
	key->is_reverse = g_str_has_prefix(word, "reverse-");
	if (key->is_reverse)
		word += strlen("reverse-");
	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
		key->field = (enum sort_field)i;
		if (strcmp(fields[i].name, word) == 0)
			return true;
	}
	return false;
}

bool sort_keys_parse(const char *text, struct sort_keys *keys_out,
	GError **error)
{
	char **words = g_strsplit(text, ",", -1);
	bool ok = words[0] != NULL && g_strv_length(words) <= SORT_KEYS_MAX;

	keys_out->n = 0;
	for (unsigned i = 0; ok && words[i] != NULL; i++)
		ok = parse_key(words[i], &keys_out->keys[keys_out->n++]);
	g_strfreev(words);
	if (!ok)
		g_set_error(error, MAIL_ERROR, MAIL_ERROR_PATTERN,
			"'%s' is no order: expected arrival, cc, date, "
			"display, from, size, subject or to, each with "
			"reverse- before it or not, and commas between", text);
	return ok;
}

char *sort_keys_to_server(const struct sort_keys *keys)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < keys->n; i++)
		g_string_append_printf(text, "%s%s%s", i > 0 ? " " : "",
			keys->keys[i].is_reverse ? "REVERSE " : "",
			fields[keys->keys[i].field].server);
	return g_string_free(text, FALSE);
}

bool sort_keys_need_display(const struct sort_keys *keys)
{
	for (unsigned i = 0; i < keys->n; i++)
		if (keys->keys[i].field == SORT_DISPLAY)
			return true;
	return false;
}

/* --- the base subject ---------------------------------------------------- */

/* subj-blob = "[" *BLOBCHAR "]" *WSP; NULL if there is none. */
static const char *skip_blob(const char *at)
{
	if (*at != '[')
		return NULL;
	at += 1 + strcspn(at + 1, "[]");
	if (*at != ']')
		return NULL;
	at++;
	return at + strspn(at, " ");
}

/* subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":" */
static const char *skip_refwd(const char *at)
{
	static const char *const words[] = { "re", "fwd", "fw" };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		size_t len = strlen(words[i]);
		const char *end = at + len, *blob;

		if (g_ascii_strncasecmp(at, words[i], len) != 0)
			continue;
		end += strspn(end, " ");
		blob = skip_blob(end);
		end = blob != NULL ? blob : end;
		if (*end == ':')
			return end + 1;
	}
	return NULL;
}

/* subj-leader = (*subj-blob subj-refwd) / WSP, then a blob that is not all. */
static const char *skip_leaders(const char *at)
{
	for (;;) {
		const char *from = at, *blob, *refwd;

		at += strspn(at, " ");
		for (blob = at; skip_blob(blob) != NULL;)
			blob = skip_blob(blob);
		refwd = skip_refwd(blob);
		if (refwd != NULL)
			at = refwd;
		else if (skip_blob(at) != NULL && *skip_blob(at) != '\0')
			at = skip_blob(at);
		if (at == from)
			return at;
	}
}

/* subj-trailer = "(fwd)" / WSP */
static void cut_trailers(GString *text)
{
	for (;;) {
		gsize len = text->len;

		while (len > 0 && text->str[len - 1] == ' ')
			len--;
		if (len >= 5 && g_ascii_strncasecmp(text->str + len - 5,
			"(fwd)", 5) == 0)
			len -= 5;
		if (len == text->len)
			return;
		g_string_truncate(text, len);
	}
}

/* "[fwd: " subject "]" */
static bool cut_forward(GString *text)
{
	if (g_ascii_strncasecmp(text->str, "[fwd:", 5) != 0 ||
		!g_str_has_suffix(text->str, "]"))
		return false;
	g_string_truncate(text, text->len - 1);
	g_string_erase(text, 0, 5);
	return true;
}

static GString *squeeze(const char *text)
{
	GString *out = g_string_new(NULL);

	for (; *text != '\0'; text++) {
		bool is_space = g_ascii_isspace(*text);

		if (!is_space)
			g_string_append_c(out, *text);
		else if (out->len > 0 && out->str[out->len - 1] != ' ')
			g_string_append_c(out, ' ');
	}
	return out;
}

char *sort_base_subject(const char *decoded)
{
	GString *text = squeeze(decoded);

	do {
		cut_trailers(text);
		g_string_erase(text, 0, skip_leaders(text->str) - text->str);
	} while (cut_forward(text));
	return g_string_free(text, FALSE);
}

/* --- messages ------------------------------------------------------------ */

/* i;unicode-casemap (RFC 5051): each character in title case, decomposed. */
static char *casemap_take(char *text_take)
{
	GString *titled;
	char *mapped;

	if (text_take != NULL && g_str_is_ascii(text_take)) {
		for (char *p = text_take; *p != '\0'; p++)
			*p = g_ascii_toupper(*p);
		return text_take;
	}
	titled = g_string_new(NULL);
	for (const char *p = text_take; p != NULL && *p != '\0';
		p = g_utf8_next_char(p))
		g_string_append_unichar(titled,
			g_unichar_totitle(g_utf8_get_char(p)));
	mapped = g_utf8_normalize(titled->str, (gssize)titled->len,
		G_NORMALIZE_ALL);
	g_string_free(titled, TRUE);
	g_free(text_take);
	return mapped != NULL ? mapped : g_strdup("");
}

static const struct imap_address *first_of(const struct imap_addresses *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].host != NULL)
			return &list->items[i];
	return NULL;
}

/* The mailbox of the first address: what is before its "@". */
static char *box_of(const struct imap_addresses *list)
{
	const struct imap_address *address = first_of(list);

	return address == NULL || address->mailbox == NULL ? NULL :
		mime_header_decode(address->mailbox);
}

/* The name, else box@host (RFC 5957 3). */
static char *display_of(const struct imap_addresses *list)
{
	const struct imap_address *address = first_of(list);

	if (address == NULL)
		return NULL;
	if (address->name != NULL && *address->name != '\0')
		return mime_header_decode(address->name);
	return g_strdup_printf("%s@%s", address->mailbox != NULL ?
		address->mailbox : "", address->host);
}

static int64_t date_of(const struct message_row *row)
{
	int64_t time;
	int offset;

	if (row->envelope != NULL && row->envelope->date != NULL &&
		mime_date_parse(row->envelope->date, &time, &offset))
		return time;
	return row->internaldate;
}

static char *subject_of(const struct imap_envelope *envelope)
{
	char *decoded = mime_header_decode(envelope->subject);
	char *base = sort_base_subject(decoded != NULL ? decoded : "");

	g_free(decoded);
	return base;
}

char *sort_text_of_subject(const struct imap_envelope *envelope)
{
	return casemap_take(subject_of(envelope));
}

char *sort_text_of_name(const struct imap_addresses *addresses)
{
	return casemap_take(display_of(addresses));
}

static void value_init(enum sort_field field, const struct message_row *row,
	struct sort_value *value)
{
	static const struct imap_envelope empty;
	const struct imap_envelope *envelope =
		row->envelope != NULL ? row->envelope : &empty;

	*value = (struct sort_value){ 0 };
	switch (field) {
	case SORT_ARRIVAL:
		value->number = row->internaldate;
		break;
	case SORT_DATE:
		value->number = date_of(row);
		break;
	case SORT_SIZE:
		value->number = (int64_t)MIN(row->size, (uint64_t)INT64_MAX);
		break;
	case SORT_CC:
		value->text = casemap_take(box_of(&envelope->cc));
		break;
	case SORT_DISPLAY:
		value->text = sort_text_of_name(&envelope->from);
		break;
	case SORT_FROM:
		value->text = casemap_take(box_of(&envelope->from));
		break;
	case SORT_SUBJECT:
		value->text = sort_text_of_subject(envelope);
		break;
	case SORT_TO:
		value->text = casemap_take(box_of(&envelope->to));
		break;
	}
}

void sort_values_init(const struct sort_keys *keys,
	const struct message_row *row, struct sort_value values[SORT_KEYS_MAX])
{
	for (unsigned i = 0; i < keys->n; i++)
		value_init(keys->keys[i].field, row, &values[i]);
	for (unsigned i = keys->n; i < SORT_KEYS_MAX; i++)
		values[i] = (struct sort_value){ 0 };
}

void sort_values_release(struct sort_value values[SORT_KEYS_MAX])
{
	for (unsigned i = 0; i < SORT_KEYS_MAX; i++)
		g_clear_pointer(&values[i].text, g_free);
}

int sort_values_compare(const struct sort_keys *keys,
	const struct sort_value *a, const struct sort_value *b)
{
	for (unsigned i = 0; i < keys->n; i++) {
		int order = a[i].text != NULL ?
			strcmp(a[i].text, b[i].text) :
			(a[i].number > b[i].number) -
				(a[i].number < b[i].number);

		if (order != 0)
			return keys->keys[i].is_reverse ? -order : order;
	}
	return 0;
}
