/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a session learned of its server, kept in the cache for the next one. A
 * fact begins with whose it is: when the account is moved to another server
 * or user, it means nothing any more.
 */
#include "src/base/base.h"
#include "src/cache/cache.h"
#include "src/mail/private.h"
#include "src/session/session.h"

static const char *const keys[SESSION_N_FACTS] = {
	[SESSION_FACT_GREETING] = "imap-greeting",
	[SESSION_FACT_CAPABILITIES] = "imap-capabilities",
	[SESSION_FACT_UNBINDABLE] = "imap-unbindable",
};

static char *owner_of(const struct account *account)
{
	return g_strdup_printf("%s@%s:%u\n", account->user, account->host,
		account->port);
}

void account_learned(struct session *session, enum session_fact fact,
	const char *value, void *data)
{
	struct account *account = data;
	char *owner = owner_of(account);
	char *text = g_strconcat(owner, value, NULL);

	(void)session;
	cache_put_fact(account->cache, keys[fact], text);
	g_free(text);
	g_free(owner);
}

static void take_fact(struct account *account, enum session_fact fact,
	const char *text)
{
	char *owner = owner_of(account);

	if (text != NULL && account->session != NULL &&
		g_str_has_prefix(text, owner))
		session_give_fact(account->session, fact,
			text + strlen(owner));
	g_free(owner);
}

static void on_greeting(const char *text, void *data)
{
	take_fact(data, SESSION_FACT_GREETING, text);
}

static void on_capabilities(const char *text, void *data)
{
	take_fact(data, SESSION_FACT_CAPABILITIES, text);
}

static void on_unbindable(const char *text, void *data)
{
	take_fact(data, SESSION_FACT_UNBINDABLE, text);
}

void account_recall(struct account *account)
{
	static cache_fact_fn *const takers[SESSION_N_FACTS] = {
		[SESSION_FACT_GREETING] = on_greeting,
		[SESSION_FACT_CAPABILITIES] = on_capabilities,
		[SESSION_FACT_UNBINDABLE] = on_unbindable,
	};

	for (int fact = 0; fact < SESSION_N_FACTS; fact++)
		cache_load_fact(account->cache, keys[fact], takers[fact],
			account);
}
