/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/list.h"
#include "src/base/arena.h"
#include "src/imap/arg.h"
#include "src/imap/parser.h"
#include "src/imap/utf7.h"

/* The first row of an attribute has its name; later ones are XLIST's words. */
static const struct {
	unsigned attribute;
	const char *name;
	unsigned implies;
} attributes[] = {
	{ IMAP_MAILBOX_NOSELECT, "\\Noselect", 0 },
	{ IMAP_MAILBOX_NONEXISTENT, "\\NonExistent", IMAP_MAILBOX_NOSELECT },
	{ IMAP_MAILBOX_NOINFERIORS, "\\Noinferiors",
		IMAP_MAILBOX_HAS_NO_CHILDREN },
	{ IMAP_MAILBOX_HAS_CHILDREN, "\\HasChildren", 0 },
	{ IMAP_MAILBOX_HAS_NO_CHILDREN, "\\HasNoChildren", 0 },
	{ IMAP_MAILBOX_MARKED, "\\Marked", 0 },
	{ IMAP_MAILBOX_UNMARKED, "\\Unmarked", 0 },
	{ IMAP_MAILBOX_SUBSCRIBED, "\\Subscribed", 0 },
	{ IMAP_MAILBOX_REMOTE, "\\Remote", 0 },
	{ IMAP_MAILBOX_NO_ACCESS, "\\NoAccess", 0 },
	{ IMAP_MAILBOX_ALL, "\\All", 0 },
	{ IMAP_MAILBOX_ARCHIVE, "\\Archive", 0 },
	{ IMAP_MAILBOX_DRAFTS, "\\Drafts", 0 },
	{ IMAP_MAILBOX_FLAGGED, "\\Flagged", 0 },
	{ IMAP_MAILBOX_JUNK, "\\Junk", 0 },
	{ IMAP_MAILBOX_SENT, "\\Sent", 0 },
	{ IMAP_MAILBOX_TRASH, "\\Trash", 0 },
	{ IMAP_MAILBOX_IMPORTANT, "\\Important", 0 },
	{ IMAP_MAILBOX_INBOX, "\\Inbox", 0 },
	{ IMAP_MAILBOX_ALL, "\\AllMail", 0 },
	{ IMAP_MAILBOX_FLAGGED, "\\Starred", 0 },
	{ IMAP_MAILBOX_JUNK, "\\Spam", 0 },
};

const char *imap_mailbox_attribute_name(unsigned attribute)
{
	for (size_t i = 0; i < G_N_ELEMENTS(attributes); i++)
		if (attributes[i].attribute & attribute)
			return attributes[i].name;
	return NULL;
}

unsigned imap_mailbox_attribute_from_name(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(attributes); i++)
		if (g_ascii_strcasecmp(name, attributes[i].name) == 0)
			return attributes[i].attribute;
	return 0;
}

static unsigned implied_attributes(unsigned attribute)
{
	for (size_t i = 0; i < G_N_ELEMENTS(attributes); i++)
		if (attributes[i].attribute == attribute)
			return attributes[i].implies;
	return 0;
}

static unsigned attributes_from_args(const struct imap_arg *args, size_t n)
{
	unsigned bits = 0, bit;
	const char *name;

	for (size_t i = 0; i < n; i++)
		if (imap_arg_get_astring(&args[i], &name)) {
			bit = imap_mailbox_attribute_from_name(name);
			bits |= bit | implied_attributes(bit);
		}
	return bits;
}

/* mailbox = "INBOX" / astring. A mailbox may be called NIL. */
const char *imap_mailbox_from_arg(const struct imap_arg *arg, bool utf8,
	struct arena *arena)
{
	const char *octets, *copy;
	char *name;

	if (imap_arg_is_nil(arg))
		octets = arg->str;
	else if (!imap_arg_get_astring(arg, &octets))
		return NULL;
	name = imap_mailbox_name_decode(octets, utf8);
	copy = arena_strdup(arena, name);
	g_free(name);
	return copy;
}

/* DQUOTE QUOTED-CHAR DQUOTE / nil */
static bool get_delimiter(const struct imap_arg *arg, char *delimiter_out)
{
	const char *str;

	if (!imap_arg_get_nstring(arg, &str))
		return false;
	*delimiter_out = str == NULL ? '\0' : *str;
	return true;
}

/* mbox-list-extended = "(" [mbox-list-extended-item *(SP ...)] ")": the
 * values of the item of this tag. */
static bool get_extended(const struct imap_arg *arg, const char *tag,
	const struct imap_arg **values_out, size_t *n_out)
{
	const struct imap_arg *items;
	const char *item;
	size_t n;

	if (!imap_arg_get_list(arg, &items, &n))
		return false;
	for (size_t i = 0; i + 1 < n; i += 2)
		if (imap_arg_get_astring(&items[i], &item) &&
			g_ascii_strcasecmp(item, tag) == 0)
			return imap_arg_get_list(&items[i + 1], values_out,
				n_out);
	return false;
}

static void read_extended(struct imap_list *list, const struct imap_arg *arg,
	bool utf8, struct arena *arena)
{
	const struct imap_arg *values;
	const char *value;
	size_t n;

	/* oldname-extended-item = "OLDNAME" SP "(" mailbox ")" */
	if (get_extended(arg, "OLDNAME", &values, &n) && n > 0)
		list->old_name = imap_mailbox_from_arg(values, utf8, arena);
	/* childinfo-extended-item = "CHILDINFO" SP "("
	 * list-select-base-opt-quoted
	 *                           *(SP list-select-base-opt-quoted) ")" */
	if (!get_extended(arg, "CHILDINFO", &values, &n))
		return;
	for (size_t i = 0; i < n; i++)
		if (imap_arg_get_astring(&values[i], &value) &&
			g_ascii_strcasecmp(value, "SUBSCRIBED") == 0)
			list->has_subscribed_children = true;
}

/*
 * mailbox-list = "(" [mbx-list-flags] ")" SP
 *                (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox
 *                [SP mbox-list-extended]
 */
bool imap_list_from_response(const struct imap_response *response, bool utf8,
	struct arena *arena, struct imap_list *list_out)
{
	const struct imap_arg *args = response->args, *items;
	size_t n;

	*list_out = (struct imap_list){ 0 };
	if (response->n_args < 3 || !imap_arg_get_list(&args[0], &items, &n) ||
		!get_delimiter(&args[1], &list_out->delimiter))
		return false;
	list_out->attributes = attributes_from_args(items, n);
	if (strcmp(response->name, "LSUB") == 0 &&
		(list_out->attributes & IMAP_MAILBOX_NOSELECT) == 0)
		list_out->attributes |= IMAP_MAILBOX_SUBSCRIBED;
	list_out->name = (list_out->attributes & IMAP_MAILBOX_INBOX) != 0 ?
		"INBOX" : imap_mailbox_from_arg(&args[2], utf8, arena);
	list_out->attributes &= ~(unsigned)IMAP_MAILBOX_INBOX;
	if (response->n_args > 3)
		read_extended(list_out, &args[3], utf8, arena);
	return list_out->name != NULL;
}

static void read_status(struct imap_status *status, const char *name,
	const struct imap_arg *value)
{
	const struct {
		const char *name;
		bool *has;
		uint32_t *n;
		uint64_t *n64;
	} table[] = {
		{ "MESSAGES", &status->has_messages, &status->messages, NULL },
		{ "UNSEEN", &status->has_unseen, &status->unseen, NULL },
		{ "UIDNEXT", &status->has_uid_next, &status->uid_next, NULL },
		{ "UIDVALIDITY", &status->has_uid_validity,
			&status->uid_validity, NULL },
		{ "DELETED", &status->has_deleted, &status->deleted, NULL },
		{ "DELETED-STORAGE", &status->has_deleted_storage, NULL,
			&status->deleted_storage },
		{ "HIGHESTMODSEQ", &status->has_highest_mod_seq, NULL,
			&status->highest_mod_seq },
		{ "SIZE", &status->has_size, NULL, &status->size },
		{ "APPENDLIMIT", &status->has_append_limit,
			&status->append_limit, NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		if (g_ascii_strcasecmp(name, table[i].name) != 0)
			continue;
		*table[i].has = table[i].n != NULL ?
			imap_arg_get_number(value, table[i].n) :
			imap_arg_get_number64(value, table[i].n64);
	}
}

/* "(" objectid ")" (RFC 8474): letters, digits, "-" and "_" */
static const char *read_id(const struct imap_arg *arg, struct arena *arena)
{
	const char *id;

	if (arg->type != IMAP_ARG_LIST || arg->n_items != 1 ||
		!imap_arg_get_astring(&arg->items[0], &id))
		return NULL;
	for (const char *p = id; *p != '\0'; p++)
		if (!g_ascii_isalnum(*p) && *p != '-' && *p != '_')
			return NULL;
	return arena_strdup(arena, id);
}

/* "STATUS" SP mailbox SP "(" [status-att-list] ")" */
bool imap_status_from_response(const struct imap_response *response, bool utf8,
	struct arena *arena, struct imap_status *status_out)
{
	const struct imap_arg *items;
	const char *name;
	size_t n;

	*status_out = (struct imap_status){ 0 };
	if (response->n_args < 2 ||
		!imap_arg_get_list(&response->args[1], &items, &n))
		return false;
	status_out->name =
		imap_mailbox_from_arg(&response->args[0], utf8, arena);
	for (size_t i = 0; i + 1 < n; i += 2) {
		if (imap_arg_is_atom(&items[i], "MAILBOXID"))
			status_out->mailbox_id = read_id(&items[i + 1], arena);
		else if (imap_arg_get_atom(&items[i], &name))
			read_status(status_out, name, &items[i + 1]);
	}
	return status_out->name != NULL;
}

/* Both codings write such a name alike. */
static bool is_plain(const char *octets)
{
	for (; *octets != '\0'; octets++)
		if (*octets == '&' || (unsigned char)*octets >= 0x80)
			return false;
	return true;
}

enum imap_name_coding imap_list_coding(const struct imap_response *response)
{
	size_t at = strcmp(response->name, "STATUS") == 0 ? 0 : 2;
	const char *octets;
	char *name;

	if (response->n_args <= at ||
		!imap_arg_get_astring(&response->args[at], &octets) ||
		!g_utf8_validate(octets, -1, NULL) || is_plain(octets))
		return IMAP_NAME_NEUTRAL;
	name = imap_utf7_to_utf8(octets);
	g_free(name);
	return name != NULL ? IMAP_NAME_UTF7 : IMAP_NAME_UTF8;
}

/* "(" 1*Namespace-Descr ")" / nil; "(" string SP (char / nil) [...] ")" */
static bool get_namespaces(const struct imap_arg *arg, bool utf8,
	struct arena *arena, const struct imap_namespace **namespaces_out,
	size_t *n_out)
{
	const struct imap_arg *items, *fields;
	struct imap_namespace *namespaces;
	size_t n, n_fields;

	if (!imap_arg_get_list(arg, &items, &n))
		return false;
	if (n == 0)
		return true;
	namespaces = arena_new_array(arena, struct imap_namespace, n);
	for (size_t i = 0; i < n; i++) {
		if (!imap_arg_get_list(&items[i], &fields, &n_fields) ||
			n_fields < 2 ||
			!get_delimiter(&fields[1], &namespaces[i].delimiter))
			return false;
		namespaces[i].prefix = imap_arg_is_nil(&fields[0]) ? "" :
			imap_mailbox_from_arg(&fields[0], utf8, arena);
		if (namespaces[i].prefix == NULL)
			return false;
	}
	*namespaces_out = namespaces;
	*n_out = n;
	return true;
}

bool imap_namespaces_from_response(const struct imap_response *response,
	bool utf8, struct arena *arena, struct imap_namespaces *namespaces_out)
{
	struct imap_namespaces *out = namespaces_out;
	const struct imap_arg *args = response->args;

	*out = (struct imap_namespaces){ 0 };
	return response->n_args >= 3 &&
		get_namespaces(&args[0], utf8, arena, &out->personal,
			&out->n_personal) &&
		get_namespaces(&args[1], utf8, arena, &out->other,
			&out->n_other) &&
		get_namespaces(&args[2], utf8, arena, &out->shared,
			&out->n_shared);
}
