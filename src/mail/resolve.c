/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names as a user writes them: of mailboxes, and URLs of accounts. */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/imap/list.h"
#include "src/mail/private.h"
#include "src/mail/url.h"
#include "src/session/session.h"

static char *resolve_use(struct account *account, const char *text, GError **error)
{
	unsigned use = imap_mailbox_attribute_from_name(text);
	const char *name = (use & IMAP_MAILBOX_SPECIAL_USE) == 0 ? NULL :
		account_mailbox_by_use(account, use);

	if (name == NULL)
		g_set_error(error, MAIL_ERROR, MAIL_ERROR_NOT_FOUND,
			"account '%s' has no mailbox for %s", account->name,
			text);
	return g_strdup(name);
}

/* "account/Name": only if an account has that name. */
static const char *split_account(const char *text, struct account **account_out)
{
	const char *slash = strchr(text, '/');

	for (guint i = 0; i < mail.accounts->len; i++) {
		struct account *account = mail.accounts->pdata[i];
		size_t len = strlen(account->name);

		if (slash != NULL && (size_t)(slash - text) == len &&
			strncmp(text, account->name, len) == 0) {
			*account_out = account;
			return slash + 1;
		}
	}
	return text;
}

/* Names of other users and shared ones have prefixes of their own. */
static bool has_prefix(const struct imap_namespace *namespaces, size_t n,
	const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (namespaces[i].prefix[0] != '\0' &&
			g_str_has_prefix(name, namespaces[i].prefix))
			return true;
	return false;
}

/*
 * The prefix of one's own mailboxes where the server has one ("INBOX." on
 * Courier) and the name does without: "Archive" then means "INBOX.Archive",
 * also when it is to be created. NULL: the name stands as it is (RFC 2342).
 */
static const char *missing_prefix(const struct account *account, const char *name)
{
	const struct imap_namespaces *all = account->session == NULL ? NULL :
		session_namespaces(account->session);

	if (all == NULL || all->n_personal == 0 ||
		all->personal[0].prefix[0] == '\0' ||
		account_mailbox_find(account, name) != NULL ||
		has_prefix(all->personal, all->n_personal, name) ||
		has_prefix(all->other, all->n_other, name) ||
		has_prefix(all->shared, all->n_shared, name))
		return NULL;
	return all->personal[0].prefix;
}

static char *plain_name(const struct account *account, const char *text)
{
	const char *prefix;

	if (g_ascii_strcasecmp(text, "INBOX") == 0)
		return g_strdup("INBOX");
	prefix = missing_prefix(account, text);
	return prefix == NULL ? g_strdup(text) : g_strconcat(prefix, text, NULL);
}

char *mailbox_resolve(struct account *current, const char *text, struct account **account_out, GError **error)
{
	struct account *account = current;

	if (text[0] != '=' && text[0] != '+')
		text = split_account(text, &account);
	if (account == NULL) {
		g_set_error(error, MAIL_ERROR, MAIL_ERROR_NOT_FOUND,
			"'%s': there is no account; set url in the rc, or name "
			"one on the command line", text);
		return NULL;
	}
	*account_out = account;
	if (text[0] == '\\')
		return resolve_use(account, text, error);
	if (strcmp(text, "!") == 0)
		text = account->options->inbox != NULL ?
			account->options->inbox : "INBOX";
	if (text[0] == '=' || text[0] == '+')
		text++;
	if (text[0] == '\0' || !g_utf8_validate(text, -1, NULL)) {
		g_set_error(error, MAIL_ERROR, MAIL_ERROR_NOT_FOUND,
			"'%s' is not the name of a mailbox", text);
		return NULL;
	}
	return plain_name(account, text);
}

/* The host without "imap." and the like, made unique. */
static char *choose_name(const char *host)
{
	static const char *const prefixes[] = { "imap.", "imaps.", "mail." };
	const char **taken = options_accounts();
	char *name;

	for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++)
		if (g_str_has_prefix(host, prefixes[i]) &&
			strchr(host + strlen(prefixes[i]), '.') != NULL)
			host += strlen(prefixes[i]);
	name = g_strdup(host);
	for (int n = 2; g_strv_contains(taken, name); n++) {
		g_free(name);
		name = g_strdup_printf("%s-%d", host, n);
	}
	g_free(taken);
	return name;
}

/* The URL without the mailbox. */
static char *account_part(const char *url)
{
	const char *authority = strstr(url, "://");
	const char *slash = authority == NULL ? NULL :
		strchr(authority + 3, '/');

	return slash == NULL ? g_strdup(url) :
		g_strndup(url, (gsize)(slash + 1 - url));
}

char *account_options_from_url(const char *url, char **mailbox_out, GError **error)
{
	struct mail_url parsed;
	char *name, *value;

	*mailbox_out = NULL;
	if (!mail_url_parse(url, &parsed, error))
		return NULL;
	name = choose_name(parsed.host);
	value = account_part(url);
	if (!option_set_value(options_account(name), option_find("url"), value,
		error))
		g_clear_pointer(&name, g_free);
	else
		*mailbox_out = g_steal_pointer(&parsed.mailbox);
	g_free(value);
	mail_url_release(&parsed);
	return name;
}
