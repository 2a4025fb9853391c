/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "! ACTION": how a session signs in, and what it knows of the server. */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/net/sasl-mechanism.h"
#include "src/session/timing.h"
#include "tests/imap/imapd.h"
#include "tests/imap/play.h"

/* What those below leave for all sessions is gone. */
void play_reset_signin(void)
{
	sasl_scram_set_nonce(NULL);
	session_set_binding(NULL, NULL);
}

/* "sign-in auth=A,B as-user token token-only uncompressed here": the config. */
static void do_sign_in(struct play *play, char **words)
{
	struct session_config *config = &play->config;
	const char *auth = words_value(words, "auth", NULL);

	if (auth != NULL)
		play->auth = g_strsplit(auth, ",", -1);
	config->auth = (const char *const *)play->auth;
	config->acts_as = words_have(words, "as-user") ? "user" : NULL;
	config->token_only = words_have(words, "token-only");
	config->has_token = config->token_only || words_have(words, "token");
	config->compress = words_have(words, "uncompressed") ?
		SESSION_COMPRESS_NO : SESSION_COMPRESS_AUTO;
	if (words_have(words, "here"))
		config->host = "localhost";
}

static void do_token(struct play *play, char **words)
{
	GError *error = g_error_new_literal(NET_ERROR, NET_ERROR_SECRET,
		"the token command 'oama' failed: no browser");

	play->wants_secret = false;
	session_give_token(play->session, words[1], error);
	g_error_free(error);
}

/* Of the client, as in the RFCs' examples. */
static void do_nonce(struct play *play, char **words)
{
	(void)play;
	sasl_scram_set_nonce(g_intern_string(words[1]));
}

/* "binding NAME OCTETS": as if TLS had one. */
static void do_binding(struct play *play, char **words)
{
	(void)play;
	session_set_binding(g_intern_string(words[1]), words[2]);
}

static void recall(struct play *play, enum session_fact fact, char *value_take)
{
	if (play->session == NULL)
		play->session = session_new(&play->config, &play_session_ops,
			play);
	session_give_fact(play->session, fact, value_take);
	g_free(value_take);
}

/* "recall CAP CAP": what it said after log-in another time; "recall-greeting":
 * before. */
static void do_recall(struct play *play, char **words)
{
	bool is_greeting = strcmp(words[0], "recall-greeting") == 0;

	recall(play, is_greeting ? SESSION_FACT_GREETING :
		SESSION_FACT_CAPABILITIES, g_strjoinv(" ", words + 1));
}

/* "recall-unbindable DAYS": so long ago channel binding failed. */
static void do_recall_unbindable(struct play *play, char **words)
{
	gint64 seconds = g_ascii_strtoll(words[1], NULL, 10) * 24 * 60 * 60;

	recall(play, SESSION_FACT_UNBINDABLE, g_strdup_printf(
		"%" G_GINT64_FORMAT,
		g_get_real_time() / G_USEC_PER_SEC - seconds));
}

static void do_deflate(struct play *play, char **words)
{
	(void)words;
	imapd_deflate(play->imapd, imapd_n_connections(play->imapd));
}

const struct play_action play_signin_actions[] = {
	{ "sign-in", do_sign_in }, { "token", do_token },
	{ "nonce", do_nonce }, { "binding", do_binding },
	{ "recall", do_recall }, { "recall-greeting", do_recall },
	{ "recall-unbindable", do_recall_unbindable },
	{ NULL, NULL },
};

const struct play_action play_signin_network[] = {
	{ "deflate", do_deflate }, { NULL, NULL },
};
