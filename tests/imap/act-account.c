/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "! ACTION": quotas, rights and metadata. */
#include "src/base/base.h"
#include "tests/imap/play.h"
#include "src/imap/list.h"
#include "src/session/acl.h"
#include "src/session/metadata.h"
#include "src/session/quota.h"

#include <inttypes.h>

/* --- what they tell ------------------------------------------------------- */

static void on_quota(const struct imap_quota *quota, void *data)
{
	GString *line = g_string_new(NULL);

	for (size_t i = 0; i < quota->n_resources; i++) {
		const struct imap_quota_resource *resource =
			&quota->resources[i];

		g_string_append_printf(line, " %s=%" PRIu64 "/",
			resource->name, resource->used);
		if (resource->has_limit)
			g_string_append_printf(line, "%" PRIu64,
				resource->limit);
		else
			g_string_append(line, "none");
	}
	label_event(data, "quota \"%s\"%s", quota->root, line->str);
	g_string_free(line, TRUE);
}

static void on_status(const struct imap_status *status, void *data)
{
	label_event(data, "deleted %s messages=%u octets=%" PRIu64,
		status->name, status->deleted, status->deleted_storage);
}

static void on_my_rights(const struct imap_my_rights *rights, void *data)
{
	label_event(data, "rights %s %s", rights->mailbox, rights->rights);
}

static void on_acl(const struct imap_acl *acl, void *data)
{
	for (size_t i = 0; i < acl->n_entries; i++)
		label_event(data, "acl %s %s %s", acl->mailbox,
			acl->entries[i].identifier, acl->entries[i].rights);
}

static void on_list_rights(const struct imap_list_rights *rights, void *data)
{
	char *optional = rights->n_optional == 0 ? g_strdup("") :
		g_strjoinv(" ", (char **)rights->optional);

	label_event(data, "grantable %s %s (%s) %s", rights->mailbox,
		rights->identifier, rights->required, optional);
	g_free(optional);
}

static void on_metadata(const struct imap_metadata *metadata, void *data)
{
	for (size_t i = 0; i < metadata->n_entries; i++) {
		const struct imap_metadata_entry *entry =
			&metadata->entries[i];

		label_event(data, "metadata \"%s\" %s %s", metadata->mailbox,
			entry->name,
			entry->value != NULL ? entry->value : "NIL");
	}
}

static void on_metadata_done(const struct imap_result *result,
	enum imap_metadata_code code, uint64_t size, void *data)
{
	if (code != IMAP_METADATA_NONE)
		label_event(data, "code %d %" PRIu64, code, size);
	play_on_done(result, data);
}

/* --- the calls ------------------------------------------------------------ */

static struct session_request *make_quota(struct play *play, char **words,
	struct label *label)
{
	return session_quota(play->session, words[1], SESSION_INTERACTIVE,
		on_quota, words_have(words, "deleted") ? on_status : NULL,
		play_on_done, label);
}

static struct session_request *make_acl(struct play *play, char **words,
	struct label *label)
{
	struct session *session = play->session;

	if (strcmp(words[0], "rights") == 0)
		return session_my_rights(session, words[1], on_my_rights,
			play_on_done, label);
	if (strcmp(words[0], "acl") == 0)
		return session_acl(session, words[1], on_acl, play_on_done,
			label);
	if (strcmp(words[0], "grantable") == 0)
		return session_list_rights(session, words[1], words[2],
			on_list_rights, play_on_done, label);
	if (strcmp(words[0], "set-acl") == 0)
		return session_set_acl(session, words[1], words[2], words[3],
			play_on_done, label);
	return session_delete_acl(session, words[1], words[2], play_on_done,
		label);
}

/* "server" is the mailbox "". */
static struct session_request *make_metadata(struct play *play, char **words,
	struct label *label)
{
	const char *mailbox = strcmp(words[1], "server") == 0 ? "" : words[1];

	if (strcmp(words[0], "metadata") == 0)
		return session_metadata(play->session, mailbox, words[2],
			on_metadata, on_metadata_done, label);
	return session_set_metadata(play->session, mailbox, words[2], words[3],
		on_metadata_done, label);
}

static void do_quota(struct play *play, char **words)
{
	play_request(play, words, make_quota);
}

static void do_acl(struct play *play, char **words)
{
	play_request(play, words, make_acl);
}

static void do_metadata(struct play *play, char **words)
{
	play_request(play, words, make_metadata);
}

const struct play_action play_account_actions[] = {
	{ "quota", do_quota },
	{ "rights", do_acl }, { "acl", do_acl }, { "grantable", do_acl },
	{ "set-acl", do_acl }, { "delete-acl", do_acl },
	{ "metadata", do_metadata }, { "set-metadata", do_metadata },
	{ NULL, NULL },
};
