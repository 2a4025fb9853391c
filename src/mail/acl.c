/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/acl.h"
#include "src/base/error.h"
#include "src/mail/asking.h"
#include "src/mail/private.h"
#include "src/session/acl.h"

struct acl_asking {
	struct asking base;
	acl_fn *entry;
	acl_grantable_fn *grantable;
};

static struct acl_asking *acl_asking_new(struct account *account,
	const char *what, account_done_fn *done, void *data)
{
	return asking_new(sizeof(struct acl_asking), account, what, done,
		data);
}

static bool can_start(struct acl_asking *asking)
{
	return asking_can_start(&asking->base, IMAP_CAP_ACL,
		"access control lists");
}

/* --- asking --------------------------------------------------------------- */

static void on_my_rights(const struct imap_my_rights *rights, void *data)
{
	struct acl_asking *asking = data;

	if (!mail.is_releasing)
		asking->entry(NULL, rights->rights, asking->base.data);
}

void acl_get_own(struct account *account, const char *mailbox, acl_fn *rights,
	account_done_fn *done, void *data)
{
	struct acl_asking *asking = acl_asking_new(account,
		"cannot tell your rights", done, data);

	asking->entry = rights;
	if (can_start(asking))
		session_my_rights(account->session, mailbox, on_my_rights,
			asking_answered, asking);
}

static void on_acl(const struct imap_acl *acl, void *data)
{
	struct acl_asking *asking = data;

	for (size_t i = 0; i < acl->n_entries && !mail.is_releasing; i++)
		asking->entry(acl->entries[i].identifier,
			acl->entries[i].rights, asking->base.data);
}

void acl_get(struct account *account, const char *mailbox, acl_fn *entry,
	account_done_fn *done, void *data)
{
	struct acl_asking *asking = acl_asking_new(account,
		"cannot tell everybody's rights", done, data);

	asking->entry = entry;
	if (can_start(asking))
		session_acl(account->session, mailbox, on_acl,
			asking_answered, asking);
}

static void on_list_rights(const struct imap_list_rights *rights, void *data)
{
	struct acl_asking *asking = data;
	char *optional;

	if (mail.is_releasing)
		return;
	optional = rights->n_optional > 0 ?
		g_strjoinv("", (char **)rights->optional) : g_strdup("");
	asking->grantable(rights->required, optional, asking->base.data);
	g_free(optional);
}

void acl_get_grantable(struct account *account, const char *mailbox,
	const char *identifier, acl_grantable_fn *grantable,
	account_done_fn *done, void *data)
{
	struct acl_asking *asking = acl_asking_new(account,
		"cannot tell what may be granted", done, data);

	asking->grantable = grantable;
	if (can_start(asking))
		session_list_rights(account->session, mailbox, identifier,
			on_list_rights, asking_answered, asking);
}

/* --- changing ------------------------------------------------------------- */

void acl_set(struct account *account, const char *mailbox,
	const char *identifier, const char *rights,
	account_done_fn *done, void *data)
{
	struct acl_asking *asking = acl_asking_new(account,
		"cannot set rights", done, data);

	if (can_start(asking))
		session_set_acl(account->session, mailbox, identifier, rights,
			asking_answered, asking);
}

void acl_delete(struct account *account, const char *mailbox,
	const char *identifier, account_done_fn *done, void *data)
{
	struct acl_asking *asking = acl_asking_new(account,
		"cannot remove rights", done, data);

	if (can_start(asking))
		session_delete_acl(account->session, mailbox, identifier,
			asking_answered, asking);
}

bool acl_check_rights(const char *rights, GError **error)
{
	if (imap_rights_are_valid(rights))
		return true;
	g_set_error(error, CMD_ERROR, CMD_ERROR_USAGE,
		"expected letters of rights, such as lrs, +w or -te, not '%s'",
		rights);
	return false;
}

/* --- words ---------------------------------------------------------------- */

static void add_word(GString *words, const char *separator, const char *word)
{
	if (words->len > 0)
		g_string_append(words, separator);
	g_string_append(words, word);
}

/* In the order of the table; then what no row has. */
char *acl_rights_to_words(const char *rights)
{
	char *real = imap_rights_real(rights);
	GString *words = g_string_new(NULL);

	for (const struct imap_right *row = imap_rights; row->letter != '\0';
		row++)
		if (strchr(real, row->letter) != NULL)
			add_word(words, ", ", row->name);
	for (const char *c = real; *c != '\0'; c++) {
		const char letter[] = { *c, '\0' };

		if (imap_right_find(*c) == NULL)
			add_word(words, ", ", letter);
	}
	g_free(real);
	return g_string_free(words, FALSE);
}

char *acl_rights_missing(const char *rights)
{
	/* What reading mail and tidying up needs. */
	static const char wanted[] = "rswite";
	GString *words = g_string_new(NULL);

	for (const char *c = wanted; *c != '\0'; c++) {
		const struct imap_right *row = imap_right_find(*c);
		char *word;

		if (imap_rights_have(rights, *c))
			continue;
		word = g_strdup_printf("%s (%c)", row->summary, *c);
		add_word(words, ", ", word);
		g_free(word);
	}
	if (words->len == 0) {
		g_string_free(words, TRUE);
		return NULL;
	}
	g_string_prepend(words, "no right to ");
	return g_string_free(words, FALSE);
}
