/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Passwords and access tokens of an account: from its options, its commands,
 * or a person. A token that says how long it is good for serves all
 * connections until then; another is got for each.
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/private.h"
#include "src/mail/token.h"
#include "src/net/secret.h"
#include "src/session/session.h"

enum {
	TOKEN_MARGIN = 60, /* seconds before its end that it is not used */
};

bool account_is_token_only(const struct options *options)
{
	return options->token_command != NULL && options->password == NULL &&
		options->password_command == NULL;
}

void account_forget_secrets(struct account *account)
{
	secret_cancel(&account->secret_command);
	secret_cancel(&account->token_command);
	secret_free(&account->token);
}

/* --- passwords ----------------------------------------------------------- */

static void ask_person(struct account *account, const char *refusal)
{
	if (mail.batch || account->ops->wants_secret == NULL)
		session_give_secret(account->session, NULL);
	else
		account->ops->wants_secret(account, refusal, account->data);
}

static void on_secret(const char *text, const GError *error, void *data)
{
	struct account *account = data;

	account->secret_command = NULL;
	if (text != NULL) {
		session_give_secret(account->session, text);
		return;
	}
	account_say(account, true, "%s", error->message);
	ask_person(account, NULL);
}

void account_wants_secret(struct session *session, const char *refusal,
	void *data)
{
	struct account *account = data;
	const struct options *options = account->options;

	if (refusal == NULL && options->password != NULL)
		session_give_secret(session, options->password);
	else if (refusal == NULL && options->password_command != NULL) {
		secret_cancel(&account->secret_command);
		account->secret_command = secret_run(options->password_command,
			SECRET_PASSWORD, (unsigned)options->timeout_ms,
			on_secret, account);
	} else {
		ask_person(account, refusal);
	}
}

void account_give_secret(struct account *account, const char *secret)
{
	if (account->session != NULL)
		session_give_secret(account->session, secret);
}

/* --- tokens -------------------------------------------------------------- */

static int64_t now(void)
{
	return g_get_real_time() / G_USEC_PER_SEC;
}

static void on_token(const char *text, const GError *error, void *data)
{
	struct account *account = data;
	int64_t lifetime = 0;
	GError *problem = NULL;
	char *token = NULL;

	account->token_command = NULL;
	if (text != NULL)
		token = token_parse(text, &lifetime, &problem);
	if (token != NULL && lifetime > TOKEN_MARGIN) {
		secret_free(&account->token);
		account->token = secret_dup(token);
		account->token_until = now() + lifetime - TOKEN_MARGIN;
	}
	session_give_token(account->session, token,
		problem != NULL ? problem : error);
	secret_free(&token);
	g_clear_error(&problem);
}

void account_wants_token(struct session *session, bool is_refused, void *data)
{
	struct account *account = data;
	const struct options *options = account->options;

	if (is_refused || account->token_until <= now())
		secret_free(&account->token);
	if (account->token != NULL)
		session_give_token(session, account->token, NULL);
	else if (account->token_command == NULL)
		account->token_command = secret_run(options->token_command,
			SECRET_TOKEN, (unsigned)options->timeout_ms, on_token,
			account);
}
