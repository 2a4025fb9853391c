/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/fetch.h"
#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/imap/arg.h"
#include "src/imap/bodystructure.h"
#include "src/imap/date.h"
#include "src/imap/parser.h"
#include "src/imap/utf7.h"

#define REFERENCES "HEADER.FIELDS (REFERENCES)"

struct reader {
	struct arena *arena;
	struct imap_fetch *fetch;
	struct imap_section *sections; /* of fetch; as many as items */
};

typedef void read_item_fn(struct reader *reader, const struct imap_arg *value);

static void read_uid(struct reader *reader, const struct imap_arg *value)
{
	if (!imap_arg_get_number(value, &reader->fetch->uid))
		reader->fetch->uid = 0;
}

static void read_flags(struct reader *reader, const struct imap_arg *value)
{
	reader->fetch->has_flags = imap_flags_from_arg(value, reader->arena,
		&reader->fetch->flags);
}

static void read_internaldate(struct reader *reader,
	const struct imap_arg *value)
{
	const char *str;

	reader->fetch->has_internaldate = imap_arg_get_astring(value, &str) &&
		imap_date_time_parse(str, &reader->fetch->internaldate,
			&reader->fetch->internaldate_offset);
}

static void read_size(struct reader *reader, const struct imap_arg *value)
{
	reader->fetch->has_size = imap_arg_get_number64(value,
		&reader->fetch->size);
}

/* "MODSEQ" SP "(" permsg-modsequence ")" (RFC 7162) */
static void read_mod_seq(struct reader *reader, const struct imap_arg *value)
{
	if (value->type == IMAP_ARG_LIST && value->n_items > 0)
		value = value->items;
	if (!imap_arg_get_number64(value, &reader->fetch->mod_seq))
		reader->fetch->mod_seq = 0;
}

static void read_envelope(struct reader *reader, const struct imap_arg *value)
{
	reader->fetch->has_envelope = imap_envelope_from_arg(value,
		reader->arena, &reader->fetch->envelope);
}

static void read_body(struct reader *reader, const struct imap_arg *value)
{
	reader->fetch->body = imap_body_from_arg(value, reader->arena, NULL);
}

/* --- what only some servers know ----------------------------------------- */

static struct imap_details *details(struct reader *reader)
{
	reader->fetch->has_details = true;
	return &reader->fetch->details;
}

/* "(" objectid ")", or NIL (RFC 8474) */
static const char *object_id(const struct reader *reader,
	const struct imap_arg *value)
{
	const char *str;

	if (value->type == IMAP_ARG_LIST && value->n_items == 1)
		value = value->items;
	return imap_arg_get_astring(value, &str) ?
		arena_strdup(reader->arena, str) : NULL;
}

static void read_email_id(struct reader *reader, const struct imap_arg *value)
{
	details(reader)->email_id = object_id(reader, value);
}

static void read_thread_id(struct reader *reader, const struct imap_arg *value)
{
	details(reader)->thread_id = object_id(reader, value);
}

/* date-time or NIL (RFC 8514) */
static void read_save_date(struct reader *reader, const struct imap_arg *value)
{
	struct imap_details *d = details(reader);
	const char *str;

	d->has_save_date = imap_arg_get_astring(value, &str) &&
		imap_date_time_parse(str, &d->save_date, &d->save_date_offset);
}

/* nstring (RFC 8970); in a list behind FUZZY, as first proposed */
static void read_preview(struct reader *reader, const struct imap_arg *value)
{
	struct imap_details *d = details(reader);
	const char *str;

	if (value->type == IMAP_ARG_LIST && value->n_items == 2)
		value = &value->items[1];
	d->preview = imap_arg_get_nstring(value, &str) ?
		arena_strdup(reader->arena, str) : NULL;
}

/* "(" [astring *(SP astring)] ")", encoded as mailbox names are */
static void read_labels(struct reader *reader, const struct imap_arg *value)
{
	struct imap_details *d = details(reader);
	const struct imap_arg *items;
	const char **labels, *str;
	size_t n;

	if (!imap_arg_get_list(value, &items, &n))
		return;
	labels = arena_new_array(reader->arena, const char *, n + 1);
	d->has_labels = true;
	d->n_labels = 0;
	for (size_t i = 0; i < n; i++) {
		if (!imap_arg_get_astring(&items[i], &str))
			continue;
		char *utf8 = imap_utf7_to_utf8(str);

		labels[d->n_labels++] = arena_strdup(reader->arena,
			utf8 != NULL ? utf8 : str);
		g_free(utf8);
	}
	d->labels = labels;
}

static void read_gm_id(struct reader *reader, const struct imap_arg *value)
{
	if (!imap_arg_get_number64(value, &details(reader)->gm_id))
		reader->fetch->details.gm_id = 0;
}

static void read_gm_thread(struct reader *reader, const struct imap_arg *value)
{
	if (!imap_arg_get_number64(value, &details(reader)->gm_thread))
		reader->fetch->details.gm_thread = 0;
}

static const struct {
	const char *name;
	enum imap_fetch_items item; /* 0 if nobody asks for it by a bit */
	read_item_fn *read;
} table[] = {
	{ "UID", 0, read_uid },
	{ "FLAGS", IMAP_FETCH_FLAGS, read_flags },
	{ "INTERNALDATE", IMAP_FETCH_INTERNALDATE, read_internaldate },
	{ "RFC822.SIZE", IMAP_FETCH_SIZE, read_size },
	{ "ENVELOPE", IMAP_FETCH_ENVELOPE, read_envelope },
	{ "BODYSTRUCTURE", IMAP_FETCH_BODYSTRUCTURE, read_body },
	{ "BODY", 0, read_body },
	{ "MODSEQ", 0, read_mod_seq },
	{ "EMAILID", IMAP_FETCH_EMAIL_ID, read_email_id },
	{ "THREADID", IMAP_FETCH_THREAD_ID, read_thread_id },
	{ "SAVEDATE", IMAP_FETCH_SAVE_DATE, read_save_date },
	{ "PREVIEW", IMAP_FETCH_PREVIEW, read_preview },
	{ "X-GM-LABELS", IMAP_FETCH_GM_LABELS, read_labels },
	{ "X-GM-MSGID", IMAP_FETCH_GM_ID, read_gm_id },
	{ "X-GM-THRID", IMAP_FETCH_GM_THREAD, read_gm_thread },
};

/* What follows the name and colon of the only field, without the ends of line
 * behind it; "" if the field is not there. */
static const char *field_body(struct arena *arena, const char *data, size_t len)
{
	const char *colon = len == 0 ? NULL : memchr(data, ':', len);
	const char *end = data + len, *at;

	if (colon == NULL)
		return "";
	at = colon + 1;
	while (at < end && g_ascii_isspace(*at))
		at++;
	while (end > at && g_ascii_isspace(end[-1]))
		end--;
	return arena_strndup(arena, at, (size_t)(end - at));
}

static void read_references(struct reader *reader, const struct imap_arg *value)
{
	const char *str;

	if (!imap_arg_get_nstring(value, &str))
		return;
	reader->fetch->has_references = true;
	reader->fetch->references = str == NULL ? "" :
		field_body(reader->arena, str, (size_t)value->len);
}

/* ["<" number ">"] behind a section */
static bool parse_origin(const char *at, struct imap_section *section)
{
	uint64_t n = 0;

	if (*at == '\0')
		return true;
	if (*at++ != '<' || !g_ascii_isdigit(*at))
		return false;
	for (; g_ascii_isdigit(*at); at++) {
		n = n * 10 + (uint64_t)(*at - '0');
		if (n > UINT32_MAX)
			return false;
	}
	section->has_origin = true;
	section->origin = (uint32_t)n;
	return strcmp(at, ">") == 0;
}

/* section = "[" [section-spec] "]", from its bracket on */
static bool parse_section(struct reader *reader, const char *at,
	struct imap_section *section)
{
	const char *close = strchr(at, ']');
	char *name;

	if (*at != '[' || close == NULL || !parse_origin(close + 1, section))
		return false;
	name = arena_strndup(reader->arena, at + 1, (size_t)(close - at - 1));
	for (char *p = name; *p != '\0'; p++)
		*p = g_ascii_toupper(*p);
	section->section = name;
	return true;
}

/* "BODY[...]", "BINARY[...]", "BINARY.SIZE[...]", and RFC822 and its kin as
 * what they stand for. */
static bool parse_section_name(struct reader *reader, const char *name,
	struct imap_section *section)
{
	static const char *const rfc822[][2] = { { "RFC822", "" },
		{ "RFC822.HEADER", "HEADER" }, { "RFC822.TEXT", "TEXT" } };

	for (size_t i = 0; i < G_N_ELEMENTS(rfc822); i++)
		if (g_ascii_strcasecmp(name, rfc822[i][0]) == 0) {
			section->section = rfc822[i][1];
			return true;
		}
	if (g_ascii_strncasecmp(name, "BODY[", 5) == 0)
		return parse_section(reader, name + 4, section);
	section->is_binary = true;
	section->is_size = g_ascii_strncasecmp(name, "BINARY.SIZE[", 12) == 0;
	if (section->is_size)
		return parse_section(reader, name + 11, section);
	return g_ascii_strncasecmp(name, "BINARY[", 7) == 0 &&
		parse_section(reader, name + 6, section);
}

static void read_section(struct reader *reader, const char *name,
	const struct imap_arg *value)
{
	struct imap_section section = { 0 };

	if (!parse_section_name(reader, name, &section))
		return;
	if (!section.has_origin && strcmp(section.section, REFERENCES) == 0 &&
		value->type != IMAP_ARG_SPOOLED) {
		read_references(reader, value);
		return;
	}
	if (section.is_size && !imap_arg_get_number64(value, &section.size))
		return;
	if (value->type == IMAP_ARG_SPOOLED)
		section.is_spooled = true;
	else if (section.is_size)
		section.data = NULL;
	else if (!imap_arg_get_nstring(value, &section.data))
		return;
	section.len = section.data == NULL ? 0 : (size_t)value->len;
	reader->sections[reader->fetch->n_sections++] = section;
}

static void read_item(struct reader *reader, const char *name,
	const struct imap_arg *value)
{
	for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
		if (g_ascii_strcasecmp(name, table[i].name) == 0) {
			table[i].read(reader, value);
			return;
		}
	read_section(reader, name, value);
}

static bool is_section_name(const char *name)
{
	return g_ascii_strncasecmp(name, "B", 1) == 0 ||
		g_ascii_strncasecmp(name, "RFC822", 6) == 0;
}

/* Room for as many sections as there can be. */
static void make_sections(struct reader *reader, const struct imap_arg *items,
	size_t n)
{
	const char *name;
	size_t n_sections = 0;

	for (size_t i = 0; i + 1 < n; i += 2)
		if (imap_arg_get_atom(&items[i], &name) &&
			is_section_name(name))
			n_sections++;
	if (n_sections > 0)
		reader->sections = arena_new_array(reader->arena,
			struct imap_section, n_sections);
	reader->fetch->sections = reader->sections;
}

static bool fail(GError **error, const char *fault)
{
	g_set_error(error, IMAP_ERROR, IMAP_ERROR_SYNTAX,
		"cannot use the FETCH response: %s", fault);
	return false;
}

bool imap_fetch_from_response(const struct imap_response *response,
	struct arena *arena, struct imap_fetch *fetch_out, GError **error)
{
	struct reader reader = { .arena = arena, .fetch = fetch_out };
	const struct imap_arg *items;
	const char *name;
	size_t n;

	*fetch_out = (struct imap_fetch){ .references = "" };
	if (!response->has_number || response->number == 0)
		return fail(error, "no number");
	if (response->n_args == 0 ||
		!imap_arg_get_list(&response->args[0], &items, &n))
		return fail(error, "no list of items");
	if (strcmp(response->name, "UIDFETCH") == 0)
		fetch_out->uid = response->number;
	else
		fetch_out->msn = response->number;
	make_sections(&reader, items, n);
	for (size_t i = 0; i + 1 < n; i += 2) {
		if (!imap_arg_get_atom(&items[i], &name))
			return fail(error, "name of an item expected");
		read_item(&reader, name, &items[i + 1]);
	}
	return n % 2 == 0 || fail(error, "item without a value");
}

char *imap_fetch_items_to_string(enum imap_fetch_items items, bool mod_seq)
{
	GString *text = g_string_new("(UID");

	for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
		if (table[i].item != 0 && (items & table[i].item) != 0)
			g_string_append_printf(text, " %s", table[i].name);
	if (items & IMAP_FETCH_REFERENCES)
		g_string_append(text, " BODY.PEEK[" REFERENCES "]");
	if (mod_seq)
		g_string_append(text, " MODSEQ");
	g_string_append_c(text, ')');
	return g_string_free(text, FALSE);
}
