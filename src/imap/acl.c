/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/imap/acl.h"
#include "src/base/arena.h"
#include "src/imap/arg.h"
#include "src/imap/list.h"
#include "src/imap/parser.h"

/* Of one response; what is beyond is not shown. */
enum { ENTRIES_MAX = 10 * 1000, GROUPS_MAX = 64 };

const struct imap_right imap_rights[] = {
	{ 'l', "lookup", "see it in lists", false },
	{ 'r', "read", "open it and read its messages", false },
	{ 's', "seen", "keep what was read", false },
	{ 'w', "write", "set flags and keywords", false },
	{ 'i', "insert", "add messages by append and copy", false },
	{ 'p', "post", "send mail to its address", false },
	{ 'k', "create", "create mailboxes below it", false },
	{ 'x', "delete-mailbox", "delete or rename it", false },
	{ 't', "delete", "mark messages as deleted", false },
	{ 'e', "expunge", "remove marked messages for good", false },
	{ 'a', "admin", "change these rights", false },
	{ 'n', "annotate", "write shared annotations of messages", false },
	{ 'c', "create-old", "create mailboxes below it", true },
	{ 'd', "delete-old", "delete messages, or it", true },
	{ '\0', NULL, NULL, false },
};

/* What the old letters stand for (RFC 4314 2.1.1). Whether c or d includes x
 * is up to the server. */
static const struct {
	char old;
	const char *now;
} old_rights[] = {
	{ 'c', "kx" },
	{ 'd', "etx" },
};

const struct imap_right *imap_right_find(char letter)
{
	for (const struct imap_right *right = imap_rights;
		right->letter != '\0'; right++)
		if (right->letter == letter)
			return right;
	return NULL;
}

static bool has_any(const char *rights, const char *letters)
{
	return strpbrk(rights, letters) != NULL;
}

bool imap_rights_have(const char *rights, char letter)
{
	if (letter != '\0' && strchr(rights, letter) != NULL)
		return true;
	/* Only where the server knows no new letters at all. */
	if (has_any(rights, "kxte"))
		return false;
	return (letter == 'k' && strchr(rights, 'c') != NULL) ||
		(letter != '\0' && strchr("te", letter) != NULL &&
		strchr(rights, 'd') != NULL);
}

char *imap_rights_real(const char *rights)
{
	GString *real = g_string_new(NULL);

	for (const char *c = rights; *c != '\0'; c++) {
		bool is_virtual = false;

		for (size_t i = 0; i < G_N_ELEMENTS(old_rights); i++)
			is_virtual |= *c == old_rights[i].old &&
				has_any(rights, old_rights[i].now);
		if (!is_virtual)
			g_string_append_c(real, *c);
	}
	return g_string_free(real, FALSE);
}

bool imap_rights_are_valid(const char *rights)
{
	if (*rights == '+' || *rights == '-')
		rights++;
	for (; *rights != '\0'; rights++)
		if (!g_ascii_islower(*rights) && !g_ascii_isdigit(*rights))
			return false;
	return true;
}

char *imap_rights_to_old(const char *rights)
{
	GString *old = g_string_new(NULL);

	for (const char *c = rights; *c != '\0'; c++) {
		char letter = strchr("kx", *c) != NULL ? 'c' :
			strchr("te", *c) != NULL ? 'd' : *c;

		if (strchr(old->str, letter) == NULL)
			g_string_append_c(old, letter);
	}
	return g_string_free(old, FALSE);
}

/* acl-data = "ACL" SP mailbox *(SP identifier SP rights) */
bool imap_acl_from_response(const struct imap_response *response, bool utf8,
	struct arena *arena, struct imap_acl *acl_out)
{
	const struct imap_arg *args = response->args;
	struct imap_acl_entry *entries;
	size_t n;

	*acl_out = (struct imap_acl){ 0 };
	if (response->n_args < 1)
		return false;
	acl_out->mailbox = imap_mailbox_from_arg(&args[0], utf8, arena);
	n = MIN((response->n_args - 1) / 2, (size_t)ENTRIES_MAX);
	entries = arena_new_array(arena, struct imap_acl_entry, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct imap_acl_entry *entry = &entries[acl_out->n_entries];

		if (imap_arg_get_astring(&args[2 * i + 1],
			&entry->identifier) &&
			imap_arg_get_astring(&args[2 * i + 2], &entry->rights))
			acl_out->n_entries++;
	}
	acl_out->entries = entries;
	return acl_out->mailbox != NULL;
}

/* listrights-data = "LISTRIGHTS" SP mailbox SP identifier SP rights
 *                   *(SP rights) */
bool imap_list_rights_from_response(const struct imap_response *response,
	bool utf8, struct arena *arena, struct imap_list_rights *rights_out)
{
	const struct imap_arg *args = response->args;
	const char **optional;
	size_t n;

	*rights_out = (struct imap_list_rights){ 0 };
	if (response->n_args < 3 ||
		!imap_arg_get_astring(&args[1], &rights_out->identifier) ||
		!imap_arg_get_astring(&args[2], &rights_out->required))
		return false;
	rights_out->mailbox = imap_mailbox_from_arg(&args[0], utf8, arena);
	n = MIN(response->n_args - 3, (size_t)GROUPS_MAX);
	optional = arena_new_array(arena, const char *, n + 1);
	for (size_t i = 0; i < n; i++)
		if (imap_arg_get_astring(&args[i + 3],
			&optional[rights_out->n_optional]))
			rights_out->n_optional++;
	rights_out->optional = optional;
	return rights_out->mailbox != NULL;
}

/* myrights-data = "MYRIGHTS" SP mailbox SP rights */
bool imap_my_rights_from_response(const struct imap_response *response,
	bool utf8, struct arena *arena, struct imap_my_rights *rights_out)
{
	*rights_out = (struct imap_my_rights){ 0 };
	if (response->n_args < 2 || !imap_arg_get_astring(&response->args[1],
		&rights_out->rights))
		return false;
	rights_out->mailbox = imap_mailbox_from_arg(&response->args[0], utf8,
		arena);
	return rights_out->mailbox != NULL;
}
