/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The runner of batch mode: takes commands from -e or line by line from
 * standard input, runs one after the other, and turns what failed into a line
 * on standard error and an exit status. There is one of it in a process.
 */
#include "src/base/base.h"
#include "ui/batch.h"
#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/mail/account.h"
#include "src/mail/mailbox.h"
#include "src/rc/command.h"
#include "src/rc/lexer.h"
#include "ui/json.h"
#include "ui/text.h"

#include <errno.h>
#include <glib-unix.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <unistd.h>

enum { EXIT_OK, EXIT_FAILED_COMMAND, EXIT_USAGE, EXIT_NO_CONNECTION };

static struct {
	GMainLoop *loop;
	struct batch_startup startup;
	struct account *account;
	struct mailbox *mailbox;
	/* Who waits for an account; fn NULL: nobody. */
	struct {
		struct account *account;
		batch_online_fn *fn;
		void *data;
		guint source;
	} waiting;
	batch_news_fn *news; /* NULL: nobody listens */
	void *news_data;
	char *text;          /* the commands that run */
	const char *file;    /* where they are from */
	size_t next_command; /* of startup.commands */
	GString *input;      /* read from standard input, not yet run */
	guint input_source;
	bool input_ended;
	bool has_lost_output; /* standard output takes no more */
	bool is_running;     /* a list of commands is under way */
	int status;
} batch;

/* --- accounts --------------------------------------------------------------- */

static bool has_settled(struct account *account)
{
	enum account_state state = account_state(account);

	return state == ACCOUNT_ONLINE || state == ACCOUNT_FAILED
		|| state == ACCOUNT_WAITING;
}

static gboolean tell_waiting(gpointer data)
{
	struct account *account = batch.waiting.account;
	batch_online_fn *fn = batch.waiting.fn;
	GError *error = NULL;

	(void)data;
	batch.waiting.source = 0;
	if (fn == NULL || !has_settled(account))
		return G_SOURCE_REMOVE;
	batch.waiting.fn = NULL;
	if (account_state(account) != ACCOUNT_ONLINE) {
		const GError *why = account_error(account);

		error = why != NULL ? g_error_copy(why)
			: g_error_new(NET_ERROR, NET_ERROR_CONNECT, "%s",
				account_state_text(account));
	}
	fn(account, error, batch.waiting.data);
	g_clear_error(&error);
	return G_SOURCE_REMOVE;
}

static void wake_waiting(struct account *account)
{
	if (batch.waiting.fn != NULL && batch.waiting.account == account
			&& has_settled(account) && batch.waiting.source == 0)
		batch.waiting.source = g_idle_add(tell_waiting, NULL);
}

void batch_when_online(struct account *account, batch_online_fn *fn, void *data)
{
	g_assert(batch.waiting.fn == NULL);
	batch.waiting.account = account;
	batch.waiting.fn = fn;
	batch.waiting.data = data;
	if (account_state(account) == ACCOUNT_OFFLINE)
		account_connect(account);
	wake_waiting(account);
}

static void on_state_changed(struct account *account, void *data)
{
	(void)data;
	wake_waiting(account);
}

static void on_mailboxes_changed(struct account *account, void *data)
{
	(void)account;
	(void)data;
}

static void on_mailbox_news(struct account *account, const char *mailbox,
	enum account_news_kind kind, void *data)
{
	(void)kind;
	(void)data;
	if (batch.news != NULL)
		batch.news(account, mailbox, batch.news_data);
}

void batch_set_news(batch_news_fn *fn, void *data)
{
	batch.news = fn;
	batch.news_data = data;
}

static void on_message(struct account *account, bool is_alert,
	const char *text, void *data)
{
	(void)data;
	if (is_alert)
		text_complain("culver: %s: %s", account_name(account), text);
}

static void on_wants_secret(struct account *account, const char *refusal,
	void *data)
{
	(void)refusal;
	(void)data;
	account_give_secret(account, NULL);
}

static void on_wants_verdict(struct account *account,
	const struct tls_peer *peer, void *data)
{
	(void)peer;
	(void)data;
	account_give_verdict(account, ACCOUNT_VERDICT_REFUSE);
}

static void on_verdict_cancelled(struct account *account, void *data)
{
	(void)account;
	(void)data;
}

const struct account_ops batch_account_ops = {
	.state_changed = on_state_changed,
	.mailboxes_changed = on_mailboxes_changed,
	.mailbox_news = on_mailbox_news,
	.message = on_message,
	.wants_secret = on_wants_secret,
	.wants_verdict = on_wants_verdict,
	.verdict_cancelled = on_verdict_cancelled,
};

/* Accounts are made when the first command needs one: the commands before may
 * have set what they are made of. */
struct account *batch_account(GError **error)
{
	const char *name = batch.startup.account;

	if (batch.account != NULL)
		return batch.account;
	if (!accounts_from_options(&batch_account_ops, NULL, error))
		return NULL;
	if (name != NULL)
		batch.account = account_find(name);
	else if (accounts()->len > 0)
		batch.account = g_ptr_array_index(accounts(), 0);
	if (batch.account == NULL)
		g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT,
			"no account: name one as ACCOUNT or URL, or in the rc");
	return batch.account;
}

bool batch_wants_all_accounts(void)
{
	return batch.startup.account == NULL;
}

unsigned batch_columns(void)
{
	return batch.startup.columns;
}

struct mailbox *batch_mailbox(void)
{
	return batch.mailbox;
}

void batch_set_mailbox(struct mailbox *mailbox_take)
{
	if (batch.mailbox != NULL)
		mailbox_unref(&batch.mailbox);
	batch.mailbox = mailbox_take;
	if (mailbox_take != NULL)
		batch.account = mailbox_account(mailbox_take);
}

const char *batch_default_mailbox(void)
{
	return batch.startup.mailbox != NULL ? batch.startup.mailbox : "!";
}

/* --- running ------------------------------------------------------------------ */

static void run_next(void);

/* The line of the commands that run, or NULL. */
static const char *line_at(const struct command_origin *origin)
{
	const char *line = batch.text;

	if (g_strcmp0(origin->file, batch.file) != 0)
		return NULL;
	for (unsigned i = 1; i < origin->line && line != NULL; i++) {
		line = strchr(line, '\n');
		line = line != NULL ? line + 1 : NULL;
	}
	return line;
}

/* The name of the command that the column belongs to; free with g_free(). */
static char *name_at(const char *line, unsigned column)
{
	const char *begin = line;

	for (const char *p = line; *p != '\0' && *p != '\n' &&
		(unsigned)(p - line) + 1 < column; p++) {
		if (*p == ';' || *p == '{')
			begin = p + 1;
	}
	begin += strspn(begin, " \t");
	return g_strndup(begin, strcspn(begin, " \t\n;"));
}

static void on_report(const struct command_origin *origin, bool is_warning,
	const char *message, void *data)
{
	const char *line = line_at(origin);
	char *where = line != NULL ? name_at(line, origin->column) :
		g_strdup_printf("%s:%u:%u", origin->file, origin->line,
			origin->column);

	(void)data;
	text_complain("culver: %s: %s%s", where, is_warning ? "warning: " : "",
		message);
	g_free(where);
	if (!is_warning && batch.status == EXIT_OK)
		batch.status = EXIT_FAILED_COMMAND;
}

/* "set NAME?" and the like; option is NULL for a mere text. */
static void on_echo(const char *option, const char *text, void *data)
{
	JsonBuilder *line = json_line();

	(void)data;
	json_add_string(line, "option", option);
	json_add_string(line, "value", text);
	json_print(line);
}

/* What cannot connect or log in is told apart from what a command did wrong. */
static bool is_connection_error(const GError *error)
{
	return error->domain == NET_ERROR || error->domain == TLS_ERROR
		|| error->domain == IMAP_ERROR
		|| g_error_matches(error, MAIL_ERROR, MAIL_ERROR_OFFLINE);
}

static void on_failed(const struct command_call *call, const GError *error,
	void *data)
{
	(void)data;
	text_complain("culver: %s: %s", call->row->name, error->message);
	if (is_connection_error(error))
		batch.status = EXIT_NO_CONNECTION;
	else if (batch.status == EXIT_OK)
		batch.status = EXIT_FAILED_COMMAND;
}

static gboolean run_next_later(gpointer data)
{
	(void)data;
	run_next();
	return G_SOURCE_REMOVE;
}

static void check_output(void)
{
	if (json_output_error() == 0)
		return;
	/* A reader that has gone, as "| head" does, knows why. */
	if (json_output_error() != EPIPE && !batch.has_lost_output)
		text_complain("culver: cannot write to standard output: %s",
			g_strerror(json_output_error()));
	batch.has_lost_output = true;
	if (batch.status == EXIT_OK)
		batch.status = EXIT_FAILED_COMMAND;
}

static void on_done(bool any_failed, void *data)
{
	(void)any_failed;
	(void)data;
	check_output();
	batch.is_running = false;
	g_idle_add(run_next_later, NULL);
}

static bool before(const struct command_call *call, GError **error, void *data)
{
	(void)data;
	if (call->row->is_batch)
		return true;
	g_set_error(error, CMD_ERROR, CMD_ERROR_CONTEXT,
		"works on a screen only, not in batch mode");
	return false;
}

static void run_text(const char *text, size_t len, const char *file)
{
	static const struct command_run_ops ops = {
		.before = before, .failed = on_failed, .done = on_done,
	};
	struct command_list *list;

	batch.is_running = true;
	g_free(batch.text);
	batch.text = g_strndup(text, len);
	batch.file = file;
	list = command_parse(text, len, file, on_report, NULL);
	if (batch.status != EXIT_OK && !batch.startup.keep_going)
		on_done(true, NULL);
	else
		command_list_run(list, options_global(), 0,
			!batch.startup.keep_going, &ops, NULL);
	command_list_unref(&list);
}

/*
 * How much of the input is whole commands: up to the last newline outside
 * blocks. All of it once standard input has ended.
 */
static size_t complete_input(void)
{
	struct arena *arena;
	struct rc_lexer *lexer;
	struct rc_token token;
	size_t complete = 0;
	int depth = 0;

	if (batch.input_ended)
		return batch.input->len;
	if (!g_utf8_validate(batch.input->str, (gssize)batch.input->len, NULL))
		return batch.input->len;
	arena = arena_new();
	lexer = rc_lexer_new(batch.input->str, batch.input->len, arena);
	do {
		rc_lexer_next(lexer, &token);
		if (token.type == RC_TOKEN_OPEN)
			depth++;
		else if (token.type == RC_TOKEN_CLOSE && depth > 0)
			depth--;
		else if (token.type == RC_TOKEN_END && depth == 0)
			complete = token.end;
	} while (token.type != RC_TOKEN_EOF);
	rc_lexer_free(&lexer);
	arena_free(&arena);
	return complete;
}

static bool run_input(void)
{
	size_t len = complete_input();
	char *text;

	if (len == 0)
		return false;
	text = g_strndup(batch.input->str, len);
	g_string_erase(batch.input, 0, (gssize)len);
	run_text(text, len, "stdin");
	g_free(text);
	return true;
}

static bool has_stopped(void)
{
	return batch.has_lost_output
		|| (batch.status != EXIT_OK && !batch.startup.keep_going);
}

static void run_next(void)
{
	const char *const *commands = batch.startup.commands;

	if (batch.is_running)
		return;
	if (!has_stopped() && commands[batch.next_command] != NULL) {
		const char *text = commands[batch.next_command++];
		char *file = g_strdup_printf("-e %zu", batch.next_command);

		run_text(text, strlen(text), g_intern_string(file));
		g_free(file);
		return;
	}
	if (!has_stopped() && batch.input != NULL && run_input())
		return;
	if (has_stopped() || batch.input == NULL || batch.input_ended)
		g_main_loop_quit(batch.loop);
}

static gboolean on_input(gint fd, GIOCondition condition, gpointer data)
{
	char octets[4096];
	ssize_t n = read(fd, octets, sizeof(octets));

	(void)condition;
	(void)data;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return G_SOURCE_CONTINUE;
	if (n > 0) {
		g_string_append_len(batch.input, octets, n);
		run_next();
		return G_SOURCE_CONTINUE;
	}
	batch.input_ended = true;
	batch.input_source = 0;
	run_next();
	return G_SOURCE_REMOVE;
}

static void start_input(void)
{
	batch.input = g_string_new(NULL);
	batch.input_source = g_unix_fd_add(STDIN_FILENO,
		G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, NULL);
}

static void on_logged_out(const GError *error, void *data)
{
	(void)error;
	(void)data;
	g_main_loop_quit(batch.loop);
}

/* Every account says LOGOUT, one after the other: what was confirmed is on
 * the server already, so an error here is nobody's concern. */
static void log_out(void)
{
	const GPtrArray *all = accounts();

	for (guint i = 0; i < all->len; i++) {
		struct account *account = g_ptr_array_index(all, i);

		if (account_state(account) != ACCOUNT_ONLINE)
			continue;
		account_logout(account, on_logged_out, NULL);
		g_main_loop_run(batch.loop);
	}
}

int batch_run(const struct batch_startup *startup)
{
	batch.startup = *startup;
	batch.loop = g_main_loop_new(NULL, FALSE);
	if (startup->commands[0] == NULL)
		start_input();
	else
		g_idle_add(run_next_later, NULL);
	command_set_report(on_report, NULL);
	command_set_echo(on_echo, NULL);
	g_main_loop_run(batch.loop);
	batch_set_mailbox(NULL);
	log_out();
	source_clear(&batch.input_source);
	source_clear(&batch.waiting.source);
	g_clear_pointer(&batch.text, g_free);
	if (batch.input != NULL)
		g_string_free(batch.input, TRUE);
	g_main_loop_unref(batch.loop);
	return batch.status;
}
