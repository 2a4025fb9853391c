/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message's row. See row.h. */
#include "src/base/base.h"
#include "ui/row.h"

#include "src/mail/account.h"
#include "src/mail/details.h"
#include "src/mail/listing.h"
#include "src/mime/header.h"
#include "src/mime/text.h"
#include "ui/options.h"
#include "ui/text.h"

const char *row_status(const struct row_context *context)
{
	const struct message_row *row = context->row;

	if (row->pending == MESSAGE_FAILED)
		return "!";
	if (row->flags & IMAP_FLAG_DELETED)
		return "D";
	if (row->pending == MESSAGE_PENDING)
		return text_sign("·", ".");
	if (context->is_tagged)
		return "*";
	if (row->flags & IMAP_FLAG_FLAGGED)
		return "F";
	if (!(row->flags & IMAP_FLAG_SEEN))
		return row->is_new ? "N" : "O";
	return row->flags & IMAP_FLAG_ANSWERED ? "A" : " ";
}

/* --- values --------------------------------------------------------------- */

typedef bool value_fn(const struct row_context *context, GString *out);

static const struct imap_address *first(const struct imap_addresses *addresses)
{
	for (size_t i = 0; i < addresses->n; i++) {
		if (addresses->items[i].host)
			return &addresses->items[i];
	}
	return NULL;
}

static bool put(GString *out, const char *text)
{
	if (text)
		g_string_append(out, text);
	return text && *text;
}

static bool put_taken(GString *out, char *text_take)
{
	bool is_set = put(out, text_take);

	g_free(text_take);
	return is_set;
}

static const struct imap_address *author(const struct row_context *c)
{
	return c->row->envelope ? first(&c->row->envelope->from) : NULL;
}

static bool value_number(const struct row_context *c, GString *out)
{
	g_string_append_printf(out, "%*u", c->number_width,
		listing_number_at(c->listing, c->place));
	return true;
}

static bool value_thread_number(const struct row_context *c, GString *out)
{
	uint32_t rank, size;

	if (!listing_thread_rank(c->listing, c->place, &rank, &size))
		return false;
	g_string_append_printf(out, "%u", rank);
	return true;
}

static bool value_thread_size(const struct row_context *c, GString *out)
{
	uint32_t rank, size;

	if (!listing_thread_rank(c->listing, c->place, &rank, &size))
		return false;
	g_string_append_printf(out, "%u", size);
	return true;
}

static bool value_n_folded(const struct row_context *c, GString *out)
{
	uint32_t n = listing_n_folded(c->listing, c->place);

	g_string_append_printf(out, "%u", n);
	return n > 0;
}

static bool value_status(const struct row_context *c, GString *out)
{
	return put(out, row_status(c)) && out->str[0] != ' ';
}

static bool value_from(const struct row_context *c, GString *out)
{
	return put(out, c->row->from);
}

static bool value_address(const struct row_context *c, GString *out)
{
	const struct imap_address *a = author(c);

	if (!a || !a->mailbox)
		return false;
	g_string_append_printf(out, "%s@%s", a->mailbox, a->host);
	return true;
}

static bool value_user(const struct row_context *c, GString *out)
{
	const struct imap_address *a = author(c);

	return a && put(out, a->mailbox);
}

static bool value_from_line(const struct row_context *c, GString *out)
{
	const struct imap_address *a = author(c);

	return a && put_taken(out, mime_address_format(a));
}

static bool value_first_name(const struct row_context *c, GString *out)
{
	const char *name = c->row->from ? c->row->from : "";

	g_string_append_len(out, name, (gssize)strcspn(name, " @"));
	return *name;
}

static bool value_initials(const struct row_context *c, GString *out)
{
	char **words = g_strsplit_set(c->row->from ? c->row->from : "", " -.@", -1);

	for (size_t i = 0; words[i]; i++) {
		if (g_unichar_isalpha(g_utf8_get_char(words[i])))
			g_string_append_unichar(out, g_utf8_get_char(words[i]));
	}
	g_strfreev(words);
	return out->len > 0;
}

static bool value_subject(const struct row_context *c, GString *out)
{
	const char *subject = c->row->subject;

	put(out, c->tree);
	if (!c->has_subject)
		return true;
	return put(out, subject && *subject ? subject : "(no subject)") && subject && *subject;
}

static bool value_octets(const struct row_context *c, GString *out)
{
	g_string_append_printf(out, "%" G_GUINT64_FORMAT, c->row->size);
	return c->row->size > 0;
}

static bool value_size(const struct row_context *c, GString *out)
{
	return put_taken(out, mime_size_format(c->row->size));
}

static bool value_attachment(const struct row_context *c, GString *out)
{
	return c->row->has_attachment && put(out, text_sign("📎", "@"));
}

static bool value_message_id(const struct row_context *c, GString *out)
{
	return c->row->envelope && put(out, c->row->envelope->message_id);
}

static bool value_to(const struct row_context *c, GString *out)
{
	const struct imap_address *a = c->row->envelope ? first(&c->row->envelope->to) : NULL;

	if (!a)
		return false;
	g_string_append(out, "To ");
	return put_taken(out, mime_address_name(a));
}

static bool value_to_all(const struct row_context *c, GString *out)
{
	return c->row->envelope &&
		put_taken(out, mime_addresses_format(&c->row->envelope->to));
}

static bool value_cc_all(const struct row_context *c, GString *out)
{
	return c->row->envelope &&
		put_taken(out, mime_addresses_format(&c->row->envelope->cc));
}

static bool value_mailbox(const struct row_context *c, GString *out)
{
	return put(out, mailbox_name(c->mailbox));
}

static bool value_account(const struct row_context *c, GString *out)
{
	return put(out, account_name(mailbox_account(c->mailbox)));
}

static bool value_total(const struct row_context *c, GString *out)
{
	g_string_append_printf(out, "%u", mailbox_length(c->mailbox));
	return true;
}

static bool value_keywords(const struct row_context *c, GString *out)
{
	const char *const *words = mailbox_keywords_at(c->mailbox, c->row->number - 1);

	for (size_t i = 0; words && words[i]; i++)
		g_string_append_printf(out, "%s%s", i > 0 ? " " : "", words[i]);
	return out->len > 0;
}

/* The first of them asks the server; the row is painted again when it has
 * told. */
static bool value_preview(const struct row_context *c, GString *out)
{
	const struct message_details *details = mailbox_want_details(c->mailbox,
		c->row->uid);

	return details && details->preview && put(out, details->preview);
}

static bool value_labels(const struct row_context *c, GString *out)
{
	const struct message_details *details = mailbox_want_details(c->mailbox,
		c->row->uid);

	if (!details || !details->labels)
		return value_keywords(c, out);
	return details->labels[0] &&
	       put_taken(out, g_strjoinv(" ", details->labels));
}

static bool value_date_here(const struct row_context *c, GString *out)
{
	format_time(out, ui_options()->date_format, c->row->internaldate);
	return true;
}

static bool value_short_date(const struct row_context *c, GString *out)
{
	format_short_date(out, c->row->internaldate, c->now);
	return true;
}

static bool value_seen_sign(const struct row_context *c, GString *out)
{
	if (!(c->row->flags & IMAP_FLAG_SEEN))
		return put(out, "N");
	return c->row->flags & IMAP_FLAG_ANSWERED && put(out, "A");
}

static bool value_flag_sign(const struct row_context *c, GString *out)
{
	if (c->row->flags & IMAP_FLAG_DELETED)
		return put(out, "D");
	return c->row->flags & IMAP_FLAG_FLAGGED && put(out, "F");
}

static bool value_tag_sign(const struct row_context *c, GString *out)
{
	return c->is_tagged && put(out, "*");
}

static const struct {
	const char *letters, *name; /* name: neomutt's long form */
	enum theme_object object;
	value_fn *fn;
} values[] = {
	{ "C", "number", THEME_INDEX_NUMBER, value_number },
	{ "Z", "combined-flags", THEME_INDEX_FLAGS, value_status },
	{ "S", "status-flags", THEME_INDEX_FLAGS, value_status },
	{ "L", "from-list", THEME_INDEX_AUTHOR, value_from },
	{ "F", "sender", THEME_INDEX_AUTHOR, value_from },
	{ "Fp", NULL, THEME_INDEX_AUTHOR, value_from },
	{ "n", "name", THEME_INDEX_AUTHOR, value_from },
	{ "a", "from", THEME_INDEX_AUTHOR, value_address },
	{ "A", "reply-to", THEME_INDEX_AUTHOR, value_address },
	{ "u", "username", THEME_INDEX_AUTHOR, value_user },
	{ "v", "first-name", THEME_INDEX_AUTHOR, value_first_name },
	{ "f", "from-full", THEME_INDEX_AUTHOR, value_from_line },
	{ "I", "initials", THEME_INDEX_AUTHOR, value_initials },
	{ "s", "subject", THEME_INDEX_SUBJECT, value_subject },
	{ "c", "body-characters", THEME_INDEX_SIZE, value_octets },
	{ "cr", "size", THEME_INDEX_SIZE, value_size },
	{ "e", "thread-number", THEME_INDEX_NUMBER, value_thread_number },
	{ "E", "thread-count", THEME_INDEX_NUMBER, value_thread_size },
	{ "M", "collapsed-count", THEME_INDEX_COLLAPSED, value_n_folded },
	{ "X", "attachment-count", THEME_INDEX_SIZE, value_attachment },
	{ "i", "message-id", THEME_INDEX, value_message_id },
	{ "t", "to", THEME_INDEX_AUTHOR, value_to },
	{ "r", "to-all", THEME_INDEX_AUTHOR, value_to_all },
	{ "R", "cc-all", THEME_INDEX_AUTHOR, value_cc_all },
	{ "b", "mailbox-name", THEME_INDEX, value_mailbox },
	{ "B", "list-address", THEME_INDEX, value_mailbox },
	{ "m", "message-count", THEME_INDEX, value_total },
	{ "g", "tags", THEME_INDEX_TAGS, value_keywords },
	{ "y", "x-label", THEME_INDEX_LABEL, value_keywords },
	{ "D", "date-format-local", THEME_INDEX_DATE, value_date_here },
	{ "d", "date-format", THEME_INDEX_DATE, value_date_here },
	{ "zs", NULL, THEME_INDEX_FLAGS, value_seen_sign },
	{ "zc", NULL, THEME_INDEX_FLAGS, value_flag_sign },
	{ "zt", NULL, THEME_INDEX_FLAGS, value_tag_sign },
	{ NULL, "short_date", THEME_INDEX_DATE, value_short_date },
	{ NULL, "account", THEME_INDEX, value_account },
	{ NULL, "folder", THEME_INDEX, value_mailbox },
	{ NULL, "preview", THEME_INDEX, value_preview },
	{ NULL, "labels", THEME_INDEX_LABEL, value_labels },
};

static bool is_named(const char *letters, const char *name)
{
	size_t len = strlen(letters);

	return name && letters[0] == '{' && len == strlen(name) + 2 &&
		strncmp(letters + 1, name, len - 2) == 0;
}

static bool expand_date(const char *letters, GString *out, const struct row_context *c)
{
	size_t len = strlen(letters);
	char *format;

	if (len < 3 || !strchr("{[(<", letters[0]))
		return false;
	format = g_strndup(letters + 1, len - 2);
	format_time(out, format, c->row->internaldate);
	g_free(format);
	return true;
}

static enum theme_object sign_object(const struct row_context *c)
{
	if (c->row->pending == MESSAGE_FAILED)
		return THEME_ERROR;
	if (c->is_tagged)
		return THEME_INDEX_TAG;
	return c->row->flags & IMAP_FLAG_FLAGGED ? THEME_INDEX_FLAGGED : THEME_INDEX_FLAGS;
}

static bool expand(const char *letters, GString *out, enum theme_object *object,
	const void *data)
{
	const struct row_context *c = data;

	for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
		if (g_strcmp0(values[i].letters, letters) != 0 &&
			!is_named(letters, values[i].name))
			continue;
		*object = values[i].object;
		if (*object == THEME_INDEX_FLAGS)
			*object = sign_object(c);
		return values[i].fn(c, out);
	}
	*object = THEME_INDEX_DATE;
	return expand_date(letters, out, c);
}

struct format_line *row_format(const char *format, int columns,
	const struct row_context *context)
{
	return format_expand(format, columns, THEME_INDEX, expand, context);
}
