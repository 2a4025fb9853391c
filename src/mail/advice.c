/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"
#include "src/mail/advice.h"
#include "src/session/session.h"

/* Sorted by code. */
static const struct advice {
	const char *code, *text;
} table[] = {
	{ "ALREADYEXISTS", "a mailbox of this name is there already; choose "
		"another name" },
	{ "AUTHENTICATIONFAILED", "the user name or the password is wrong" },
	{ "AUTHORIZATIONFAILED", "this user may not act for that one" },
	{ "CANNOT", "this server can never do it here; another name or "
		"place may work" },
	{ "CLIENTBUG", "that is an error of culver; please report it, with "
		"the trace" },
	{ "CONTACTADMIN", "ask whoever runs the server" },
	{ "CORRUPTION", "the server's own data are damaged; ask whoever runs "
		"it" },
	{ "EXPIRED", "the password or account has expired; renew it with "
		"whoever runs the server" },
	{ "EXPUNGEISSUED", "another program has just removed some of them; "
		"try again" },
	{ "HASCHILDREN", "delete or move the mailboxes below it first" },
	{ "INUSE", "another program is using it; try again in a moment" },
	{ "LIMIT", "that is more than the server allows; do it in smaller "
		"parts, or close other programs that use the account" },
	{ "NONEXISTENT", "there is no such mailbox; perhaps it was renamed or "
		"deleted: list the folders again" },
	{ "NOPERM", "you have no right to do that there" },
	{ "OVERQUOTA", "the account is full; delete messages, or empty the "
		"trash" },
	{ "PRIVACYREQUIRED", "the server wants TLS for that; set tls = "
		"required" },
	{ "REFERRAL", "it is on another server; to go there, start culver with "
		"that address" },
	{ "SERVERBUG", "that is an error of the server; ask whoever runs it" },
	{ "TRYCREATE", "the mailbox does not exist; create it first" },
	{ "UNAVAILABLE", "something that the server needs is down; try again "
		"later" },
	{ "UNKNOWN-CTE", "the server cannot decode this part" },
};

static int compare(const void *code, const void *row)
{
	return strcmp(code, ((const struct advice *)row)->code);
}

const char *advice_of_code(const char *code)
{
	const struct advice *row = code == NULL ? NULL : bsearch(code, table,
		G_N_ELEMENTS(table), sizeof(table[0]), compare);

	return row == NULL ? NULL : row->text;
}

char *advice_refusal(const struct imap_result *result)
{
	const char *advice = advice_of_code(result->code);
	const char *text = result->text != NULL ? result->text : "";
	GString *sentence = g_string_new("server says \"");

	if (result->code != NULL)
		g_string_append_printf(sentence, "[%s] ", result->code);
	g_string_append_printf(sentence, "%s\"", text);
	if (advice != NULL)
		g_string_append_printf(sentence, ": %s", advice);
	return g_string_free(sentence, FALSE);
}
