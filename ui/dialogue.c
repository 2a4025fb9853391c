/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What accounts ask, and the first start. Questions carry the account as their
 * data, so that they can be cancelled when they have lost their meaning.
 */
#include "src/base/base.h"
#include "ui/dialogue.h"
#include "src/mail/account.h"
#include "src/rc/option.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/startup.h"
#include "ui/text.h"
#include "ui/view.h"

#include <errno.h>
#include <gio/gio.h>

/* --- what waits ---------------------------------------------------------- */

struct waiting {
	struct account *account;
	char *refusal; /* of the former password; NULL: none */
	const struct tls_peer *peer; /* the account's; NULL: a password */
};

static GQueue waiting = G_QUEUE_INIT;

static void free_waiting(gpointer data)
{
	struct waiting *one = data;

	g_free(one->refusal);
	g_free(one);
}

static void forget_waiting(const struct account *account)
{
	for (GList *link = waiting.head, *next; link; link = next) {
		struct waiting *one = link->data;

		next = link->next;
		if (one->account != account)
			continue;
		free_waiting(one);
		g_queue_delete_link(&waiting, link);
	}
}

static void let_wait(struct account *account, const char *refusal,
	const struct tls_peer *peer)
{
	struct waiting *one = g_new0(struct waiting, 1);

	forget_waiting(account);
	one->account = account;
	one->refusal = g_strdup(refusal);
	one->peer = peer;
	g_queue_push_tail(&waiting, one);
	view_message(VIEW_WARNING,
		"%s waits for %s: open a mailbox of it to answer",
		account_name(account),
		peer ? "a word on its certificate" : "its password");
}

void dialogue_stop(void)
{
	g_queue_clear_full(&waiting, free_waiting);
}

/* --- secrets -------------------------------------------------------------- */

static void on_secret(const char *text, void *data)
{
	account_give_secret(data, text);
	if (text == NULL)
		view_message(VIEW_WARNING, "%s stays offline; $ tries again",
			account_name(data));
}

/* The server's words may say that it wants another kind of password. */
static void ask_secret(struct account *account, const char *refusal)
{
	char *label = g_strdup_printf("%s for %s: ",
		refusal ? "Wrong password. Password" : "Password",
		account_name(account));
	char *said = g_strconcat(" The server said: ", refusal, NULL);
	const char *const above[] = { said, NULL };
	struct prompt_request request = {
		.kind = PROMPT_SECRET, .label = label,
		.above = refusal ? above : NULL,
		.done = on_secret, .data = account,
	};

	prompt_ask(&request);
	g_free(said);
	g_free(label);
}

void dialogue_secret(struct account *account, const char *refusal,
	bool is_looked_at)
{
	if (is_looked_at)
		ask_secret(account, refusal);
	else
		let_wait(account, refusal, NULL);
}

/* --- certificates --------------------------------------------------------- */

static void on_verdict(const char *text, void *data)
{
	enum account_verdict verdict = ACCOUNT_VERDICT_REFUSE;

	if (g_strcmp0(text, "o") == 0)
		verdict = ACCOUNT_VERDICT_ONCE;
	else if (g_strcmp0(text, "a") == 0)
		verdict = ACCOUNT_VERDICT_ALWAYS;
	account_give_verdict(data, verdict);
}

static char *day(int64_t time)
{
	GDateTime *date = g_date_time_new_from_unix_local(time);
	char *text = date != NULL ? g_date_time_format(date, "%-d %b %Y") : NULL;

	g_clear_pointer(&date, g_date_time_unref);
	return text != NULL ? text : g_strdup("?");
}

/* Names in a certificate are the stranger's: what they hide is made visible. */
static void add_row(GPtrArray *lines, const char *label, const char *value)
{
	char *clean = text_reveal(value != NULL ? value : "");

	g_ptr_array_add(lines, g_strdup_printf(" %-12s %s", label, clean));
	g_free(clean);
}

/* 64 hex digits in two lines of four groups, to be read aloud. */
static void add_fingerprint(GPtrArray *lines, const char *fingerprint)
{
	const char *hex = strchr(fingerprint, ':');
	GString *text = g_string_new(NULL);

	hex = hex != NULL ? hex + 1 : fingerprint;
	for (size_t i = 0; hex[i] != '\0'; i++) {
		if (text->len > 0 && i % 8 == 0)
			g_string_append_c(text, ' ');
		g_string_append_c(text, hex[i]);
		if (i % 32 == 31) {
			g_ptr_array_add(lines, g_strdup_printf(" %-12s %s",
				i < 32 ? "sha256" : "", text->str));
			g_string_truncate(text, 0);
		}
	}
	g_string_free(text, TRUE);
}

static GPtrArray *describe(const struct tls_peer *peer)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	char *from = day(peer->not_before), *to = day(peer->not_after);
	char *dates = g_strdup_printf("%s to %s", from, to);

	g_ptr_array_add(lines, g_strdup_printf(
		" The certificate of %s:%u is not trusted:", peer->host, peer->port));
	add_row(lines, "", peer->reason);
	add_row(lines, "issued to", peer->subject);
	add_row(lines, "by", peer->issuer);
	add_row(lines, "valid", dates);
	add_fingerprint(lines, peer->fingerprint);
	g_ptr_array_add(lines, NULL);
	g_free(dates);
	g_free(to);
	g_free(from);
	return lines;
}

static void ask_verdict(struct account *account, const struct tls_peer *peer)
{
	GPtrArray *lines = describe(peer);
	struct prompt_request request = {
		.kind = PROMPT_KEYS,
		.label = "(r)eject, accept (o)nce, (a)lways accept this one? ",
		.keys = "roa",
		.above = (const char *const *)lines->pdata,
		.done = on_verdict, .data = account,
	};

	prompt_ask(&request);
	g_ptr_array_unref(lines);
}

void dialogue_verdict(struct account *account, const struct tls_peer *peer,
	bool is_looked_at)
{
	if (is_looked_at)
		ask_verdict(account, peer);
	else
		let_wait(account, NULL, peer);
}

void dialogue_verdict_cancelled(struct account *account)
{
	forget_waiting(account);
	prompt_cancel(account);
}

void dialogue_account_shown(struct account *account)
{
	struct waiting *asked = NULL;

	for (GList *link = waiting.head; link && !asked; link = link->next) {
		struct waiting *one = link->data;

		if (one->account == account)
			asked = one;
	}
	if (!asked)
		return;
	g_queue_remove(&waiting, asked);
	if (asked->peer)
		ask_verdict(account, asked->peer);
	else
		ask_secret(account, asked->refusal);
	free_waiting(asked);
}

/* --- the first start ------------------------------------------------------ */

static struct {
	char *rc_file;
	char *account; /* whose coming online brings the offer; NULL: none */
	char *address;
	bool is_offered;
} first;

static void ask_address(void);

static void forget_first(void)
{
	g_clear_pointer(&first.account, g_free);
	g_clear_pointer(&first.address, g_free);
	g_clear_pointer(&first.rc_file, g_free);
}

/* A new file only: an rc that has come to be meanwhile is somebody's work. */
static void on_rc_written(GObject *source, GAsyncResult *result, gpointer data)
{
	GError *error = NULL;

	(void)data;
	if (g_file_replace_contents_finish(G_FILE(source), result, NULL, &error))
		view_message(VIEW_INFO, "wrote %s", g_file_peek_path(G_FILE(source)));
	else
		view_message(VIEW_ERROR, "%s", error->message);
	g_clear_error(&error);
	forget_first();
}

static char *rc_text(void)
{
	const struct options *options =
		options_values(options_account(first.account));
	char *url = g_strescape(options->url, NULL);
	bool is_address = strstr(first.address, "://") == NULL;
	char *text = g_strdup_printf("# culver: see culverrc(5)\n"
		"account %s {\n"
		"    set url = \"%s\"\n"
		"    %sset from = \"%s\"\n"
		"    # set password_command = \"pass show mail/%s\"\n"
		"}\n", first.account, url, is_address ? "" : "# ",
		is_address ? first.address : "ada@example.org", first.account);

	g_free(url);
	return text;
}

static void on_offer(const char *text, void *data)
{
	GFile *file;
	char *dir, *contents;
	GBytes *bytes;

	(void)data;
	if (g_strcmp0(text, "yes") != 0 || first.account == NULL) {
		forget_first();
		return;
	}
	dir = g_path_get_dirname(first.rc_file);
	g_mkdir_with_parents(dir, 0700);
	g_free(dir);
	contents = rc_text();
	bytes = g_bytes_new_take(contents, strlen(contents));
	file = g_file_new_for_path(first.rc_file);
	g_file_replace_contents_bytes_async(file, bytes, NULL, FALSE,
		G_FILE_CREATE_PRIVATE, NULL, on_rc_written, NULL);
	g_object_unref(file);
	g_bytes_unref(bytes);
}

void dialogue_account_online(struct account *account)
{
	const char *home = g_get_home_dir();
	bool is_below;
	char *label;

	if (first.account == NULL || first.rc_file == NULL || first.is_offered
			|| strcmp(first.account, account_name(account)) != 0)
		return;
	first.is_offered = true;
	is_below = g_str_has_prefix(first.rc_file, home);
	label = g_strdup_printf("Keep this account in %s%s?", is_below ? "~" : "",
		first.rc_file + (is_below ? strlen(home) : 0));
	prompt_quad(OPTION_ASK_YES, label, on_offer, NULL, NULL);
	g_free(label);
}

static void on_address(const char *text, void *data)
{
	struct view *view = view_current();
	struct account *account = NULL;
	GError *error = NULL;
	char *mailbox = NULL, *name = NULL;

	(void)data;
	if (text == NULL) {
		view->ops->quit(view);
		return;
	}
	if (strchr(text, '@') != NULL)
		name = account_options_from_url(text, &mailbox, &error);
	if (name != NULL)
		account = account_new(name, screen_account_ops(), NULL, &error);
	if (account == NULL) {
		view_message(VIEW_ERROR, "%s", error != NULL ? error->message
			: "an address looks like ada@example.org");
		g_clear_error(&error);
		ask_address();
	} else {
		first.account = g_strdup(name);
		first.address = g_strdup(text);
		view->ops->open_mailbox(view, account,
			mailbox != NULL ? mailbox : "INBOX", false, NULL);
	}
	g_free(mailbox);
	g_free(name);
}

static void ask_address(void)
{
	static const char *const above[] = {
		" Welcome to culver.",
		"",
		" Your mail address is enough: the server is found by DNS, or tried",
		" as imap.<domain>. A URL like imaps://user@host/ works too.",
		NULL,
	};
	struct prompt_request request = {
		.kind = PROMPT_LINE, .label = "Address: ", .above = above,
		.done = on_address,
	};

	prompt_ask(&request);
}

void dialogue_first_run(const struct startup *startup)
{
	first.rc_file = g_strdup(startup->rc_file);
	ask_address();
}
