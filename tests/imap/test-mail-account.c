/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What mail makes of an account's data: quotas and their warning, alerts told
 * once, rights and capabilities in words. A scripted server answers by table.
 */
#include "src/base/base.h"
#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/acl.h"
#include "src/mail/metadata.h"
#include "src/mail/quota.h"
#include "src/rc/command.h"
#include "src/rc/option.h"
#include "tests/imap/imapd.h"

enum { PATIENCE_S = 20 };

/* An answer by the command's name; "%s" is its tag. */
struct reply {
	const char *command, *answer;
};

struct stage {
	struct imapd *imapd;
	struct account *account;
	const struct reply *replies;
	GString *said;      /* messages of the account, a line each */
	GString *told;      /* what was asked for, a line each */
	bool is_done;
	char *error;        /* of done, or NULL */
};

static const struct reply log_in[] = {
	{ "LOGIN", "%s OK [CAPABILITY IMAP4rev1 QUOTA ACL RIGHTS=kxte METADATA "
		"IDLE X-NEW] in" },
	{ "LIST", "* LIST () \"/\" INBOX\r\n%s OK done" },
	{ "LSUB", "%s OK done" },
	{ "LOGOUT", "* BYE bye\r\n%s OK done" },
	{ "STATUS", "%s OK done" },
	{ NULL, NULL },
};

/* --- the stage ------------------------------------------------------------ */

static void on_message(struct account *account, bool is_alert, const char *text,
	void *data)
{
	struct stage *stage = data;

	(void)account;
	g_string_append_printf(stage->said, "%s%s\n", is_alert ? "! " : "",
		text);
}

static const struct account_ops account_ops = { .message = on_message };

static const struct reply *find_reply(const struct reply *replies,
	const char *command)
{
	for (; replies != NULL && replies->command != NULL; replies++)
		if (g_str_has_prefix(command, replies->command))
			return replies;
	return NULL;
}

static void say(struct stage *stage, const char *line)
{
	char *whole = g_strconcat(line, "\r\n", NULL);

	imapd_send(stage->imapd, 1, whole, strlen(whole));
	g_free(whole);
}

static void answer(struct stage *stage, const char *line)
{
	char **words = g_strsplit(line, " ", 2);
	const struct reply *reply = words[1] == NULL ? NULL :
		find_reply(stage->replies, words[1]);

	if (reply == NULL && words[1] != NULL)
		reply = find_reply(log_in, words[1]);
	if (reply != NULL) {
		char **parts = g_strsplit(reply->answer, "%s", 2);
		char *text = g_strjoinv(words[0], parts);

		say(stage, text);
		g_free(text);
		g_strfreev(parts);
	}
	g_strfreev(words);
}

static gboolean on_tick(gpointer data)
{
	(void)data;
	return G_SOURCE_CONTINUE;
}

static void turn(struct stage *stage)
{
	char *line;

	g_main_context_iteration(NULL, TRUE);
	while (imapd_n_connections(stage->imapd) > 0 &&
		(line = imapd_take_line(stage->imapd, 1)) != NULL) {
		answer(stage, line);
		g_free(line);
	}
}

/* Until the condition holds, or the test is over. */
#define await(stage, condition) \
	do { \
		gint64 until_ = g_get_monotonic_time() + \
			(gint64)PATIENCE_S * G_USEC_PER_SEC; \
		while (!(condition)) { \
			g_assert_cmpint(g_get_monotonic_time(), <, until_); \
			turn(stage); \
		} \
	} while (0)

static void set_option(const char *name, const char *value)
{
	GError *error = NULL;

	option_set_value(options_account("work"), option_find(name), value,
		&error);
	g_assert_no_error(error);
}

static guint tick;

static void begin(struct stage *stage, gconstpointer replies)
{
	const struct mail_config config = { .cache_dir = NULL };
	GError *error = NULL;

	*stage = (struct stage){ .replies = replies };
	stage->said = g_string_new(NULL);
	stage->told = g_string_new(NULL);
	stage->imapd = imapd_new();
	tick = g_timeout_add(5, on_tick, NULL);
	options_init();
	commands_init();
	mail_init(&config);
	set_option("url", "imap://user@127.0.0.1/");
	set_option("password", "pass");
	set_option("auth", "LOGIN");
	set_option("tls", "none");
	stage->account = account_new("work", &account_ops, stage, &error);
	g_assert_no_error(error);
	account_connect(stage->account);
	await(stage, imapd_n_connections(stage->imapd) > 0);
	say(stage, "* OK [CAPABILITY IMAP4rev1] hello");
	await(stage, account_state(stage->account) == ACCOUNT_ONLINE &&
		account_has_mailboxes(stage->account));
}

static void end(struct stage *stage, gconstpointer data)
{
	(void)data;
	mail_release();
	commands_release();
	options_release();
	imapd_free(&stage->imapd);
	source_clear(&tick);
	g_string_free(stage->said, TRUE);
	g_string_free(stage->told, TRUE);
	g_free(stage->error);
}

static void on_done(const GError *error, void *data)
{
	struct stage *stage = data;

	stage->is_done = true;
	g_free(stage->error);
	stage->error = error != NULL ? g_strdup(error->message) : NULL;
}

/* --- quotas --------------------------------------------------------------- */

static const struct reply quota_replies[] = {
	{ "GETQUOTAROOT", "* QUOTAROOT INBOX \"\"\r\n"
		"* QUOTA \"\" (STORAGE 95 100 MESSAGE 3 1000)\r\n%s OK done" },
	{ NULL, NULL },
};

static void on_quota(const struct quota *quota, void *data)
{
	struct stage *stage = data;
	char *amounts = quota_to_string(quota);

	g_string_append_printf(stage->told, "%s %u%% %s\n", quota->resource,
		quota_percent(quota), amounts);
	g_free(amounts);
}

static void test_quota(struct stage *stage, gconstpointer data)
{
	(void)data;
	g_assert_null(account_quota_warning(stage->account));
	quota_get(stage->account, "INBOX", on_quota, NULL, on_done, stage);
	g_assert_false(stage->is_done);
	await(stage, stage->is_done);
	g_assert_null(stage->error);
	g_assert_cmpstr(stage->told->str, ==,
		"STORAGE 95% 95K of 100K\nMESSAGE 0% 3 of 1000\n");
	g_assert_cmpstr(account_quota_warning(stage->account), ==,
		"storage 95% full");
	g_assert_nonnull(strstr(stage->said->str, "! storage 95% full"));
}

/* The warning comes once for each time that the bound is passed. */
static void test_quota_untold(struct stage *stage, gconstpointer data)
{
	(void)data;
	say(stage, "* QUOTA \"\" (STORAGE 91 100)");
	await(stage, stage->said->len > 0);
	g_string_truncate(stage->said, 0);
	say(stage, "* QUOTA \"\" (STORAGE 92 100)");
	await(stage, g_strcmp0(account_quota_warning(stage->account),
		"storage 92% full") == 0);
	g_assert_cmpstr(stage->said->str, ==, "");
	say(stage, "* QUOTA \"\" (STORAGE 10 100)");
	await(stage, account_quota_warning(stage->account) == NULL);
	say(stage, "* QUOTA \"\" (STORAGE 100 100)");
	await(stage, stage->said->len > 0);
}

static void test_quota_amounts(void)
{
	static const struct {
		struct quota quota;
		unsigned percent;
		const char *text;
	} table[] = {
		{ { .used = 5, .unit = 1024 }, 0, "5K, no limit" },
		{ { .used = 5, .limit = 0, .has_limit = true }, 100, "5 of 0" },
		{ { .used = 1ull << 62, .limit = 1, .has_limit = true,
			.unit = 1024 }, 1000, NULL },
		{ { .used = 1, .limit = 3, .has_limit = true }, 33, "1 of 3" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
		char *text = quota_to_string(&table[i].quota);

		g_assert_cmpuint(quota_percent(&table[i].quota), ==,
			table[i].percent);
		if (table[i].text != NULL)
			g_assert_cmpstr(text, ==, table[i].text);
		g_free(text);
	}
}

/* --- alerts --------------------------------------------------------------- */

static void test_alerts(struct stage *stage, gconstpointer data)
{
	(void)data;
	say(stage, "* OK [ALERT] down at six");
	say(stage, "* OK [ALERT] down at six");
	say(stage, "* OK [ALERT] down at seven");
	await(stage, strstr(stage->said->str, "seven") != NULL);
	g_assert_cmpstr(stage->said->str, ==,
		"! the server says: down at six\n"
		"! the server says: down at seven\n");
}

/* --- rights and metadata -------------------------------------------------- */

static const struct reply rights_replies[] = {
	{ "MYRIGHTS", "* MYRIGHTS INBOX lrsd\r\n%s OK done" },
	{ "SETACL", "%s NO [NOPERM] not yours" },
	{ "SETMETADATA", "%s NO [METADATA MAXSIZE 10] long" },
	{ "GETMETADATA", "* METADATA INBOX (/private/a {2}\r\nhi /private/b NIL)"
		"\r\n%s OK [METADATA LONGENTRIES 5000] done" },
	{ NULL, NULL },
};

static void on_rights(const char *identifier, const char *rights, void *data)
{
	struct stage *stage = data;
	char *words = acl_rights_to_words(rights);
	char *missing = acl_rights_missing(rights);

	g_assert_null(identifier);
	g_string_append_printf(stage->told, "%s\n%s\n", words, missing);
	g_free(missing);
	g_free(words);
}

static void test_rights(struct stage *stage, gconstpointer data)
{
	(void)data;
	acl_get_own(stage->account, "INBOX", on_rights, on_done, stage);
	await(stage, stage->is_done);
	g_assert_null(stage->error);
	g_assert_cmpstr(stage->told->str, ==, "lookup, read, seen, delete-old\n"
		"no right to set flags and keywords (w), "
		"add messages by append and copy (i)\n");
	stage->is_done = false;
	acl_set(stage->account, "INBOX", "bob", "+l", on_done, stage);
	await(stage, stage->is_done);
	g_assert_nonnull(strstr(stage->error, "cannot set rights"));
	g_assert_nonnull(strstr(stage->error, "not yours"));
	g_assert_null(acl_rights_missing("lrswipkxtea"));
}

static void on_metadata(const char *entry, const char *value, size_t len,
	void *data)
{
	struct stage *stage = data;

	g_string_append_printf(stage->told, "%s=%.*s\n", entry, (int)len,
		value);
}

static void test_metadata(struct stage *stage, gconstpointer data)
{
	(void)data;
	metadata_get(stage->account, "INBOX", NULL, on_metadata, on_done,
		stage);
	await(stage, stage->is_done);
	g_assert_null(stage->error);
	g_assert_cmpstr(stage->told->str, ==, "/private/a=hi\n");
	g_assert_nonnull(strstr(stage->said->str, "the longest has 5000"));
	stage->is_done = false;
	metadata_set(stage->account, "INBOX", "/private/a", "x", on_done,
		stage);
	await(stage, stage->is_done);
	g_assert_cmpstr(stage->error, ==,
		"cannot set metadata: the server takes 10 octets at most");
}

static void test_names(void)
{
	static const char *const good[] = { "/private/comment", "/shared" };
	static const char *const bad[] = { "", "/other", "/shared/",
		"/shared//x", "/shared/*", "/shared/\r" };

	for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_true(metadata_check_entry(good[i], NULL));
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		GError *error = NULL;

		g_assert_false(metadata_check_entry(bad[i], &error));
		g_assert_error(error, CMD_ERROR, CMD_ERROR_USAGE);
		g_error_free(error);
	}
	g_assert_true(acl_check_rights("+te", NULL));
	g_assert_false(acl_check_rights("l r", NULL) ||
		acl_check_rights("L", NULL));
}

/* --- capabilities --------------------------------------------------------- */

struct seen {
	const char *name; /* looked for */
	int state;        /* -1: not told */
	char *why;
};

static void on_capability(const char *name, unsigned rfc,
	enum account_capability_state state, const char *why, void *data)
{
	struct seen *seen = data;

	(void)rfc;
	if (strcmp(name, seen->name) != 0)
		return;
	g_assert_cmpint(seen->state, ==, -1);
	seen->state = (int)state;
	seen->why = g_strdup(why);
}

static void expect(struct stage *stage, const char *name,
	enum account_capability_state state, const char *words)
{
	struct seen seen = { .name = name, .state = -1 };

	account_each_capability(stage->account, on_capability, &seen);
	g_test_message("%s: %s", name, seen.why);
	g_assert_cmpint(seen.state, ==, state);
	g_assert_nonnull(seen.why);
	g_assert_nonnull(strstr(seen.why, words));
	g_free(seen.why);
}

static void test_capabilities(struct stage *stage, gconstpointer data)
{
	(void)data;
	expect(stage, "QUOTA", ACCOUNT_CAP_USED, "space used");
	expect(stage, "MOVE", ACCOUNT_CAP_NOT_OFFERED, "COPY");
	expect(stage, "CONVERT", ACCOUNT_CAP_NOT_OFFERED, "as they are");
	expect(stage, "X-NEW", ACCOUNT_CAP_AVAILABLE, "not known");
	expect(stage, "AUTH=LOGIN", ACCOUNT_CAP_USED, "log-in");
	set_option("imap_disable", "METADATA AUTH=PLAIN");
	expect(stage, "METADATA", ACCOUNT_CAP_DISABLED, "imap_disable");
	expect(stage, "AUTH=PLAIN", ACCOUNT_CAP_DISABLED, "imap_disable");
	set_option("imap_idle", "no");
	expect(stage, "IDLE", ACCOUNT_CAP_DISABLED, "imap_idle");
}

/* What is not offered is said in one sentence, and not asked for. */
static void test_not_offered(struct stage *stage, gconstpointer data)
{
	(void)data;
	say(stage, "* CAPABILITY IMAP4rev1");
	say(stage, "* OK [ALERT] now");
	await(stage, stage->said->len > 0);
	quota_get(stage->account, "INBOX", on_quota, NULL, on_done, stage);
	g_assert_false(stage->is_done);
	await(stage, stage->is_done);
	g_assert_cmpstr(stage->error, ==,
		"the server offers no quotas (QUOTA)");
}

#define ADD(path, test, replies) \
	g_test_add("/mail/account/" path, struct stage, replies, begin, test, \
		end)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("quota", test_quota, quota_replies);
	ADD("quota/untold", test_quota_untold, NULL);
	g_test_add_func("/mail/account/quota/amounts", test_quota_amounts);
	ADD("alerts", test_alerts, NULL);
	ADD("rights", test_rights, rights_replies);
	ADD("metadata", test_metadata, rights_replies);
	g_test_add_func("/mail/account/names", test_names);
	ADD("capabilities", test_capabilities, NULL);
	ADD("not-offered", test_not_offered, NULL);
	return g_test_run();
}
