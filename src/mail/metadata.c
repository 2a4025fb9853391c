/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/metadata.h"
#include "src/base/error.h"
#include "src/mail/asking.h"
#include "src/mail/private.h"
#include "src/session/metadata.h"

#include <inttypes.h>

struct metadata_asking {
	struct asking base;
	char *entry; /* that was asked for, or NULL */
	metadata_fn *metadata;
};

static void metadata_release(struct asking *asking)
{
	g_free(((struct metadata_asking *)asking)->entry);
}

static struct metadata_asking *metadata_asking_new(struct account *account,
	const char *what, account_done_fn *done, void *data)
{
	struct metadata_asking *asking = asking_new(sizeof(*asking), account,
		what, done, data);

	asking->base.release = metadata_release;
	return asking;
}

static bool can_start(struct metadata_asking *asking, const char *mailbox)
{
	return mailbox[0] == '\0' ?
		asking_can_start(&asking->base, IMAP_CAP_METADATA_SERVER,
			"metadata of its own") :
		asking_can_start(&asking->base, IMAP_CAP_METADATA,
			"metadata of mailboxes");
}

/* entry = "/private" or "/shared", then components: no empty one, no "*" or
 * "%", no slash at the end. */
static bool is_entry(const char *entry)
{
	size_t len = strlen(entry);

	if (g_ascii_strncasecmp(entry, "/private", 8) != 0 &&
		g_ascii_strncasecmp(entry, "/shared", 7) != 0)
		return false;
	for (const char *c = entry; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c >= 0x7f)
			return false;
	return strstr(entry, "//") == NULL && strpbrk(entry, "*%") == NULL &&
		entry[len - 1] != '/';
}

bool metadata_check_entry(const char *entry, GError **error)
{
	if (is_entry(entry))
		return true;
	g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
		"expected an entry below /private or /shared, not '%s'", entry);
	return false;
}

/* Some servers name every entry there might be: what has no value is told
 * only when that very entry was asked for. */
static void on_metadata(const struct imap_metadata *metadata, void *data)
{
	struct metadata_asking *asking = data;

	for (size_t i = 0; i < metadata->n_entries && !mail.is_releasing; i++) {
		const struct imap_metadata_entry *entry = &metadata->entries[i];

		if (entry->value != NULL || (asking->entry != NULL &&
			g_ascii_strcasecmp(asking->entry, entry->name) == 0))
			asking->metadata(entry->name, entry->value, entry->len,
				asking->base.data);
	}
}

/* What the code says in words; NULL where the server's own have to do. */
static GError *code_error(const struct asking *asking,
	enum imap_metadata_code code, uint64_t size)
{
	switch (code) {
	case IMAP_METADATA_MAX_SIZE:
		return g_error_new(MAIL_ERROR, MAIL_ERROR_SERVER,
			"%s: the server takes %" PRIu64 " octets at most",
			asking->what, size);
	case IMAP_METADATA_TOO_MANY:
		return g_error_new(MAIL_ERROR, MAIL_ERROR_SERVER,
			"%s: the server takes no more entries here",
			asking->what);
	case IMAP_METADATA_NO_PRIVATE:
		return g_error_new(MAIL_ERROR, MAIL_ERROR_SERVER,
			"%s: the server has no private entries here",
			asking->what);
	case IMAP_METADATA_NONE:
	case IMAP_METADATA_LONG_ENTRIES:
		break;
	}
	return NULL;
}

/* The folder view shows comments, where it gets them with the list. */
static void show_comment(const struct metadata_asking *asking)
{
	struct account *account = asking->base.account;

	if (!mail.batch && g_str_has_suffix(asking->entry, "/comment") &&
		account->session != NULL &&
		session_has(account->session, IMAP_CAP_LIST_METADATA))
		account_refresh_mailboxes(account, NULL, NULL);
}

static void on_done(const struct imap_result *result,
	enum imap_metadata_code code, uint64_t size, void *data)
{
	struct metadata_asking *self = data;
	struct asking *asking = &self->base;
	GError *error = NULL;

	if (result->outcome == IMAP_OUTCOME_NO)
		error = code_error(asking, code, size);
	if (error == NULL)
		error = account_result_error(asking->what, result);
	if (error == NULL && code == IMAP_METADATA_LONG_ENTRIES)
		account_say(asking->account, true, "entries that are too long "
			"were left out; the longest has %" PRIu64 " octets",
			size);
	if (error == NULL && self->metadata == NULL && !mail.is_releasing)
		show_comment(self);
	asking_end(asking, error);
	g_clear_error(&error);
}

void metadata_get(struct account *account, const char *mailbox,
	const char *entry, metadata_fn *metadata,
	account_done_fn *done, void *data)
{
	struct metadata_asking *asking = metadata_asking_new(account,
		"cannot read metadata", done, data);

	asking->entry = g_strdup(entry);
	asking->metadata = metadata;
	if (can_start(asking, mailbox))
		session_metadata(account->session, mailbox, entry, on_metadata,
			on_done, asking);
}

void metadata_set(struct account *account, const char *mailbox,
	const char *entry, const char *value,
	account_done_fn *done, void *data)
{
	struct metadata_asking *asking = metadata_asking_new(account,
		"cannot set metadata", done, data);

	asking->entry = g_strdup(entry);
	if (can_start(asking, mailbox))
		session_set_metadata(account->session, mailbox, entry, value,
			on_done, asking);
}
